/** Packages that cannot be had, in a sentence for the one who named them. */
export class PackageRefusal extends Error {}
