/**
 * The first byte of each value's encoding. A tag once given out is never given another meaning: the
 * golden hashes of the tests pin them.
 */
export const TAG = {
  undefined: 0x00,
  null: 0x01,
  true: 0x02,
  false: 0x03,
  number: 0x04,
  nan: 0x05,
  bigint: 0x06,
  string: 0x07,
  /** A string with lone surrogates, as UTF-16 code units. */
  illFormedString: 0x08,
  array: 0x10,
  hole: 0x11,
  end: 0x12,
  object: 0x13,
  map: 0x14,
  set: 0x15,
  date: 0x16,
  regexp: 0x17,
  url: 0x18,
  error: 0x19,
  boxed: 0x1a,
  arrayBuffer: 0x1b,
  dataView: 0x1c,
  typedArray: 0x1d,
  tensor: 0x1e,
  /** A reference to a container that the value lies in, as the distance to it. */
  cycle: 0x1f,
  handled: 0x20,
  selfDescribed: 0x21,
  json: 0x22,
  instance: 0x23,
  sequence: 0x24,
  bytes: 0x25,
  partialEnd: 0x26,
  returned: 0x28,
} as const;
