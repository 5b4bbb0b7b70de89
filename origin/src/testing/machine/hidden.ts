import * as fc from 'fast-check'

const SHAPES = [
  (id: string) => `hidden-${id}`,
  (id: string) => `hid"den\\${id}`,
  (id: string) => `hidden ${id}/+&=?<${id}>`,
  (id: string) => `versteckt-ß-${id}-密`,
  (id: string) => `-----BEGIN ${id}\n${id}\n-----END`,
]

/** A value that stands nowhere else, as secrets look. */
export const anyHidden = fc
  .tuple(fc.nat(SHAPES.length - 1), fc.integer({ min: 0x1000_0000, max: 0xffff_ffff }))
  .map(([shape, id]) => SHAPES[shape]?.(id.toString(16)) ?? '')
