/**
 * The one place of a session from which news is told. Whoever takes it gets a number that is higher
 * than all before, and the highest that is known has the place. Nothing of this is stored: after it
 * was forgotten, the first that claims the place has it until a higher one does, so that a stream
 * that was replaced may tell something once more, but never stays.
 */
export class Place {
  #number = 0
  #leave = () => {}

  /** @param leave called when another takes the place, or it is given up */
  take(leave: () => void): number {
    this.#leave()
    this.#leave = leave
    // By the clock, so that numbers go on rising over what was forgotten.
    this.#number = Math.max(Date.now(), this.#number + 1)
    return this.#number
  }

  /** True when this number has the place. */
  claim(number: number): boolean {
    this.#number = Math.max(this.#number, number)
    return number === this.#number
  }

  giveUp(): void {
    this.#leave()
    this.#leave = () => {}
  }
}
