import { CONTROL } from './outside-service.ts'

/** What would keep a Durable Object from sleeping, of all that this isolate has begun. */
export interface Unfinished {
  /** Timers and intervals that were set since, and neither came nor were cleared. */
  readonly timers: number
  /** Responses of the world outside, not of the test's own controls, that were asked for since, and whose bodies nobody has read or cancelled. */
  readonly fetches: number
  stop(): void
}

/** Watches the timers and fetches of the isolate, in which the test and the objects run. */
export function watchUnfinished(): Unfinished {
  const before = { setTimeout, clearTimeout, setInterval, clearInterval, fetch }
  // workerd calls them on the global scope alone.
  const real = {
    setTimeout: setTimeout.bind(globalThis),
    clearTimeout: clearTimeout.bind(globalThis),
    setInterval: setInterval.bind(globalThis),
    clearInterval: clearInterval.bind(globalThis),
    fetch: fetch.bind(globalThis),
  }
  const timers = new Set<unknown>()
  const fetches = new Set<object>()

  globalThis.setTimeout = ((run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const timer = real.setTimeout(() => {
      timers.delete(timer)
      run(...args)
    }, ms)
    timers.add(timer)
    return timer
  }) as typeof setTimeout
  globalThis.setInterval = ((run: () => void, ms?: number) => {
    const timer = real.setInterval(run, ms)
    timers.add(timer)
    return timer
  }) as typeof setInterval
  globalThis.clearTimeout = (timer) => {
    timers.delete(timer)
    real.clearTimeout(timer ?? null)
  }
  globalThis.clearInterval = (timer) => {
    timers.delete(timer)
    real.clearInterval(timer ?? null)
  }
  globalThis.fetch = async (...asked) => {
    if (asked[0] === CONTROL) return real.fetch(...asked)
    const asking = {}
    fetches.add(asking)
    const over = () => void fetches.delete(asking)
    try {
      const response = await real.fetch(...asked)
      return withEnd(response, over)
    } catch (error) {
      over()
      throw error
    }
  }
  return {
    get timers() {
      return timers.size
    },
    get fetches() {
      return fetches.size
    },
    stop: () => void Object.assign(globalThis, before),
  }
}

/** The response, which says when its body is over, however it ends. */
function withEnd(response: Response, over: () => void): Response {
  if (response.body === null) {
    over()
    return response
  }
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        over()
        controller.close()
      } catch (error) {
        over()
        throw error
      }
    },
    cancel(reason) {
      over()
      return reader.cancel(reason)
    },
  })
  return new Response(body, response)
}
