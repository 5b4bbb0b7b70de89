import { describe, expect, it } from 'vitest'
import { DistributionName } from '#contract/packages.ts'
import { noPip, packagedSandbox } from './testing/packaged-sandbox.ts'
import { type tinyIndex as open, tinyIndex } from './testing/tiny-index.ts'
import { wheel } from './testing/wheel.ts'

/** What is known of packages before a person approves them; with pip's own way to the index. */

const made = (version: string) =>
  wheel({ name: 'tiny', version, files: { 'tiny.py': '' }, license: 'MIT' })

async function known(
  index: Awaited<ReturnType<typeof open>>,
  name: string,
  version: string | null,
  env: NodeJS.ProcessEnv = index.env,
) {
  await using box = await packagedSandbox(env, `${index.url}/osv`)
  const asked = { name: DistributionName.parse(name), version }
  const [facts] = await box.source.facts([asked], new AbortController().signal)
  return facts
}

const UNKNOWN = {
  exists: null,
  released_at: null,
  latest: null,
  size_bytes: null,
  license: null,
  yanked: null,
  vulnerabilities: null,
  malware: null,
}

describe.skipIf(noPip !== null)('what is known of a package', () => {
  it('age, newest version, size, license and advisories', async () => {
    await using index = await tinyIndex([made('1.0'), made('1.1')])
    expect(await known(index, 'tiny', '1.0')).toEqual({
      name: 'tiny',
      version: '1.0',
      exists: true,
      released_at: '2020-02-03T04:05:06.000000Z',
      latest: '1.1',
      size_bytes: made('1.0').bytes.length,
      license: 'MIT',
      yanked: false,
      vulnerabilities: [],
      malware: [],
    })
  })

  it('a mark of malware is told apart from vulnerabilities; what was withdrawn is not told', async () => {
    await using index = await tinyIndex([made('1.0')])
    index.advisories.found['tiny==1.0'] = ['GHSA-1', 'MAL-2026-7', 'GHSA-old']
    index.advisories.words['GHSA-1'] = { summary: 'runs code' }
    index.advisories.words['GHSA-old'] = { withdrawn: '2026-01-01T00:00:00Z' }
    expect(await known(index, 'tiny', '1.0')).toMatchObject({
      vulnerabilities: [{ id: 'GHSA-1', summary: 'runs code' }],
      malware: ['MAL-2026-7'],
    })
  })

  it('however many vulnerabilities are known, they hide no mark of malware', async () => {
    await using index = await tinyIndex([made('1.0')])
    const many = Array.from({ length: 40 }, (_, at) => `GHSA-${at}`)
    index.advisories.found['tiny==1.0'] = [...many, 'MAL-2026-7']
    const facts = await known(index, 'tiny', '1.0')
    expect(facts).toMatchObject({ malware: ['MAL-2026-7'] })
    expect(facts?.vulnerabilities).toHaveLength(30)
  })

  it('of an answer that goes on elsewhere, a mark of malware counts and nothing else is known', async () => {
    await using index = await tinyIndex([made('1.0'), made('1.1')])
    index.advisories.continued = ['tiny==1.0', 'tiny==1.1']
    index.advisories.found['tiny==1.0'] = ['GHSA-1', 'MAL-2026-7']
    expect(await known(index, 'tiny', '1.0')).toMatchObject({
      vulnerabilities: null,
      malware: ['MAL-2026-7'],
    })
    expect(await known(index, 'tiny', '1.1')).toMatchObject({
      vulnerabilities: null,
      malware: null,
    })
  })

  it('a withdrawn release is yanked and never the newest', async () => {
    await using index = await tinyIndex([made('0.9'), made('0.8')])
    expect(await known(index, 'tiny', '0.9')).toMatchObject({ yanked: true, latest: '0.8' })
  })

  it('a package or version that is not there does not exist', async () => {
    await using index = await tinyIndex([made('1.0')])
    expect(await known(index, 'other', '1.0')).toMatchObject({ exists: false, latest: null })
    expect(await known(index, 'tiny', '7')).toMatchObject({ exists: false, latest: '1.0' })
  })

  it('without a version the newest one is told', async () => {
    await using index = await tinyIndex([made('1.9'), made('1.10'), made('2.0rc1')])
    expect(await known(index, 'tiny', null)).toMatchObject({ exists: true, latest: '1.10' })
  })

  it('an index that speaks HTML only tells less, and the rest is unknown', async () => {
    await using index = await tinyIndex([made('1.0')])
    index.state.answers = 'html'
    expect(await known(index, 'tiny', '1.0')).toMatchObject({
      exists: true,
      latest: '1.0',
      yanked: false,
      released_at: null,
      size_bytes: null,
      license: null,
    })
  })

  it('offline everything is unknown, and nothing is fine', async () => {
    await using index = await tinyIndex([made('1.0')])
    index.state.answers = 'nothing'
    expect(await known(index, 'tiny', '1.0')).toMatchObject(UNKNOWN)
  })

  it('an answer is asked for once in a while; a missing one each time', async () => {
    await using index = await tinyIndex([made('1.0')])
    await using box = await packagedSandbox(index.env, `${index.url}/osv`)
    const asked = { name: DistributionName.parse('tiny'), version: '1.0' }
    const ask = () => box.source.facts([asked], new AbortController().signal)
    index.state.answers = 'nothing'
    expect(await ask()).toMatchObject([{ exists: null, malware: null }])
    index.state.answers = 'json'
    expect(await ask()).toMatchObject([{ exists: true, malware: [] }])
    const before = index.asked.length
    await ask()
    expect(index.asked).toHaveLength(before)
  })
})
