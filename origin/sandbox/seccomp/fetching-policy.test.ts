import { describe, expect, it } from 'vitest'
import { evaluateNamed } from '../testing/filter.ts'
import { assemble } from './assemble.ts'
import { fetchingPolicy } from './fetching-policy.ts'

const THREAD = 0x3d0f00n // what glibc passes for a thread
const CHILD = 0x1200011n // what it passes for fork(3)

describe('the filter of what fetches packages', () => {
  const filter = assemble(fetchingPolicy(), 'x86_64')

  it.each(['execve', 'execveat', 'fork', 'vfork'])('denies %s', (name) =>
    expect(evaluateNamed(filter, name)).toBe('errno 1'),
  )

  it('lets it have threads, and no children', () => {
    expect(evaluateNamed(filter, 'clone', [THREAD])).toBe('allow')
    expect(evaluateNamed(filter, 'clone', [CHILD])).toBe('errno 1')
    expect(evaluateNamed(filter, 'clone3')).toBe('errno 38')
  })

  it('kills for ptrace', () => expect(evaluateNamed(filter, 'ptrace')).toBe('kill'))

  it.each(['socket', 'connect', 'openat', 'rename', 'chmod', 'flock'])('allows %s', (name) =>
    expect(evaluateNamed(filter, name)).toBe('allow'),
  )
})
