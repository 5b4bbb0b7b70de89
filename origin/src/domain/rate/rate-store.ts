/** Counts over all processes what each asker took in a window of time. */
export interface RateStore {
  /**
   * Takes up to `wanted` permits of what `most` leaves to `key` in the window that began at `window`.
   * @param window milliseconds since 1970
   * @returns how many it got, and how many are left after that
   */
  take(
    key: string,
    window: number,
    asked: { wanted: number; most: number },
  ): Promise<{ got: number; left: number }>
  /** Forgets windows that began before. */
  forgetBefore(window: number): Promise<void>
}
