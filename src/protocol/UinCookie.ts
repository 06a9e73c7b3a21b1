/**
 * The cookies `uin` and `p_uin` hold an account as `o` and its number, padded with zeroes to ten digits (PROTOCOL.md, step 3).
 */

/** The number in such a value; `undefined` where it is none. Takes linear time. */
export const read = (value: string): number | undefined =>
  // The zeroes are left to Number: told apart from the digits after them, they would be matched in more than one way.
  value.length <= 24 && /^o\d+$/.test(value) ? Number(value.slice(1)) : undefined
