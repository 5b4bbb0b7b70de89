/** elf(5): 64 bit, little endian, as on both architectures that there is confinement for. */
const MAGIC = '\u007fELF\u0002\u0001'
const PT_INTERP = 3

/** The dynamic loader that an ELF program names; null for what is none or names none. */
export function loaderOf(beginning: Buffer): string | null {
  if (beginning.length < 64 || beginning.toString('latin1', 0, MAGIC.length) !== MAGIC) return null
  const table = Number(beginning.readBigUInt64LE(32))
  const size = beginning.readUInt16LE(54)
  const count = beginning.readUInt16LE(56)
  for (let at = table; at < table + size * count && at + 40 <= beginning.length; at += size) {
    if (beginning.readUInt32LE(at) !== PT_INTERP) continue
    const offset = Number(beginning.readBigUInt64LE(at + 8))
    const length = Number(beginning.readBigUInt64LE(at + 32))
    if (offset + length > beginning.length) return null
    return beginning.toString('latin1', offset, offset + length - 1)
  }
  return null
}
