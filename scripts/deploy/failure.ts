/** Why a deployment cannot go on, in sentences for the person who runs it, with what to do. */
export class DeployFailure extends Error {
  override readonly name = 'DeployFailure'
}
