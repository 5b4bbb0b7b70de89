import { crc32 } from 'node:zlib'

export type WheelText = {
  name: string
  version: string
  /** Contents by path; those of the metadata are added. */
  files: Record<string, string>
  requires?: string[]
  license?: string
}

export type Wheel = { filename: string; bytes: Buffer; metadata: string }

/** A wheel (PEP 427) as a build would make it, for every platform. */
export function wheel({ name, version, files, requires = [], license }: WheelText): Wheel {
  const info = `${name}-${version}.dist-info`
  const metadata = [
    'Metadata-Version: 2.1',
    `Name: ${name}`,
    `Version: ${version}`,
    ...(license === undefined ? [] : [`License: ${license}`]),
    ...requires.map((one) => `Requires-Dist: ${one}`),
    '',
    '',
  ].join('\n')
  const all = {
    ...files,
    [`${info}/METADATA`]: metadata,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  }
  const record = [...Object.keys(all), `${info}/RECORD`].map((path) => `${path},,\n`).join('')
  const bytes = zip({ ...all, [`${info}/RECORD`]: record })
  return { filename: `${name}-${version}-py3-none-any.whl`, bytes, metadata }
}

/** A zip archive (APPNOTE.TXT, 4.3) whose entries are stored as they are. */
export function zip(files: Record<string, string>): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path)
    const data = Buffer.from(text)
    const described = Buffer.alloc(26)
    described.writeUInt16LE(20, 0)
    described.writeUInt16LE(0x0021, 8) // 1 January 1980
    described.writeUInt32LE(crc32(data), 10)
    described.writeUInt32LE(data.length, 14)
    described.writeUInt32LE(data.length, 18)
    described.writeUInt16LE(name.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(0o100644 * 0x10000, 6)
    place.writeUInt32LE(offset, 10)
    const body = [Buffer.from('PK\x03\x04', 'latin1'), described, name, data]
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), described, place, name)
    bodies.push(...body)
    offset += Buffer.concat(body).length
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  const count = Object.keys(files).length
  end.writeUInt16LE(count, 4)
  end.writeUInt16LE(count, 6)
  end.writeUInt32LE(entries.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...bodies, entries, Buffer.from('PK\x05\x06', 'latin1'), end])
}
