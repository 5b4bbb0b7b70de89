import { describe, expect, it } from 'vitest'
import type { Ask, AskReply } from '#contract/asks.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'

const accept = (key: string, content: object): AskReply => ({
  key,
  result: { action: 'accept', content: { ...content } },
})

describe.each(formableLevels)('a tool that asks, at %s', (level) => {
  const sandbox = sandboxAt(level)
  /** Runs code whose questions are answered by `answer`; gives the value and all that was asked. */
  async function run(code: string, answer: (ask: Ask) => AskReply) {
    const put: Ask[][] = []
    const ask = async (asks: Ask[]) => {
      put.push(asks)
      return asks.map(answer)
    }
    const { outcome } = await sandbox.run(code, { ask })
    return { outcome, put }
  }

  it('asks a person, and gets what was filled in', async () => {
    const { outcome, put } = await run(
      `
async def main():
    answer = await ctx.elicit("Who?", {"type": "object", "properties": {"name": {"type": "string"}}}, key="who")
    return [answer.accepted, answer.content["name"]]
`,
      ({ key }) => accept(key, { name: 'Ada' }),
    )
    expect(outcome).toMatchObject({ kind: 'ok', value: [true, 'Ada'] })
    expect(put).toEqual([
      [
        {
          key: 'who',
          method: 'elicitation/create',
          params: {
            message: 'Who?',
            requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
          },
        },
      ],
    ])
  })

  it('puts together what is asked at the same time', async () => {
    const { outcome, put } = await run(
      `
import asyncio
async def main():
    who, said, roots = await asyncio.gather(
        ctx.elicit("Who?", {"type": "object"}), ctx.sample("Greet", max_tokens=5), ctx.roots())
    return [who.action, said.text, roots[0].uri]
`,
      ({ key, method }) => {
        if (method === 'elicitation/create') return { key, result: { action: 'decline' } }
        if (method === 'roots/list') return { key, result: { roots: [{ uri: 'file:///a' }] } }
        const content = { type: 'text', text: 'Hello' }
        return { key, result: { role: 'assistant', model: 'm', content } }
      },
    )
    expect(outcome).toMatchObject({ kind: 'ok', value: ['decline', 'Hello', 'file:///a'] })
    expect(put.map((asks) => asks.map(({ key }) => key))).toEqual([['q1', 'q2', 'q3']])
  })

  it('asks from a function that is not async', async () => {
    const { outcome } = await run(
      `
def main():
    return [ctx.sync.elicit("Who?", {"type": "object"}).content, ctx.sync.elicit("And?", {"type": "object"}).content]
`,
      ({ key }) => accept(key, { key }),
    )
    expect(outcome).toMatchObject({ kind: 'ok', value: [{ key: 'q1' }, { key: 'q2' }] })
  })

  it('catches the error of a client that cannot be asked', async () => {
    const { outcome } = await run(
      `
from mcpbox import AskError
async def main():
    try:
        await ctx.sample("Greet")
    except AskError as error:
        return [error.code, str(error)]
`,
      ({ key }) => ({ key, error: { code: -32021, message: 'cannot be asked' } }),
    )
    expect(outcome).toMatchObject({ kind: 'ok', value: [-32021, 'cannot be asked'] })
  })

  it('asks while it waits for the web', async () => {
    const { outcome } = await run(
      `
import asyncio
async def fetch():
    try:
        await http.get("https://nowhere.example/")
    except Exception as error:
        return type(error).__name__
async def main():
    return await asyncio.gather(fetch(), ctx.elicit("Who?", {"type": "object"}))
`,
      ({ key }) => accept(key, {}),
    )
    expect(outcome).toMatchObject({ kind: 'ok' })
  })

  it.each([
    ['what is no answer', 'await ctx.elicit("Who?", {"type": "object"})', { action: 'maybe' }],
    ['no message', 'await ctx.sample("Greet")', { role: 'assistant' }],
    ['no list', 'await ctx.roots()', { roots: {} }],
    ['no roots', 'await ctx.roots()', { roots: [{ uri: 7 }] }],
  ])('hears in words that the client sent %s', async (_what, question, result) => {
    const code = `async def main():\n    ${question}\n`
    const { outcome } = await run(code, ({ key }) => ({ key, result }))
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { type: 'AskError', message: expect.stringContaining('the client sent') },
    })
  })

  it.each([
    ['a schema of no object', 'await ctx.elicit("Who?", {"type": "string"})', 'ValueError'],
    ['a key that is no name', 'await ctx.roots(key="a b")', 'ValueError'],
  ])('may not ask with %s', async (_what, question, type) => {
    const { outcome, put } = await run(`async def main():\n    ${question}\n`, ({ key }) =>
      accept(key, {}),
    )
    expect(outcome).toMatchObject({ kind: 'failed', failure: { type } })
    expect(put).toEqual([])
  })

  it('is killed while it waits, when its caller cancels', async () => {
    const stop = new AbortController()
    const { outcome } = await sandbox.run('async def main():\n    await ctx.roots()\n', {
      signal: stop.signal,
      ask() {
        stop.abort()
        return new Promise(() => {})
      },
    })
    expect(outcome).toMatchObject({ kind: 'killed', reason: 'cancelled' })
  })

  it('asks for more than fits one message in several', async () => {
    const { outcome, put } = await run(
      `
import asyncio
async def main():
    answers = await asyncio.gather(*(ctx.roots() for _ in range(23)))
    return len(answers)
`,
      ({ key }) => ({ key, result: { roots: [] } }),
    )
    expect(outcome).toMatchObject({ kind: 'ok', value: 23 })
    expect(put.map((asks) => asks.length)).toEqual([10, 10, 3])
  })
})
