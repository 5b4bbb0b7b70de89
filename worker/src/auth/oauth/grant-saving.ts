import { reportFault } from '../../log.ts'
import type { RenewalTurn } from './renewal-turn.ts'

/**
 * Follows one request at the token endpoint to its end, for only then it is known whether what was
 * renewed in it is saved.
 */
export class GrantSaving {
  #turn: RenewalTurn | null = null

  began(turn: RenewalTurn): void {
    this.#turn = turn
  }

  /** Answers the request, and passes on whether it succeeded. */
  async follow(answer: () => Promise<Response>): Promise<Response> {
    let isSaved = false
    try {
      const response = await answer()
      isSaved = response.ok
      return response
    } finally {
      await this.#settle(isSaved)
    }
  }

  /** Never rejects: the tokens are issued or not, and an unsettled turn ends by itself. */
  async #settle(isSaved: boolean): Promise<void> {
    try {
      if (isSaved) await this.#turn?.saved()
      else await this.#turn?.leave()
    } catch (fault) {
      reportFault(fault)
    }
  }
}
