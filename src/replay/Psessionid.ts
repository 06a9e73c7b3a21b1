/**
 * What is inside a `psessionid`: an Erlang term in hex, a tuple of a process id, the account's number and two binaries
 * (PROTOCOL.md, step 5). Nothing depends on it but the fixtures, whose stand-ins have to be as true as the real thing.
 */

export interface Psessionid {
  /** Name of the Erlang node: a machine of the server. */
  readonly node: string
  /** Which process of the node, in hex. */
  readonly process: string
  readonly uin: number
  readonly skey: string
  /** The token of login2's own answer, in hex. */
  readonly vfwebqq: string
}

const head = Buffer.from("8368046764", "hex")
const processBytes = 9

/** Reads a `psessionid`; `undefined` where it is anything else. */
export const read = (hex: string): Psessionid | undefined => {
  if (!/^(?:[0-9a-f]{2})+$/.test(hex)) return undefined
  const bytes = Buffer.from(hex, "hex")
  let at = 0
  const take = (length: number) => {
    if (length > bytes.length - at) throw new RangeError("too short")
    return bytes.subarray(at, (at += length))
  }
  const expect = (expected: Buffer) => {
    if (!take(expected.length).equals(expected)) throw new RangeError("another term")
  }
  const binary = () => {
    expect(Buffer.from("6d", "hex"))
    return take(take(4).readUInt32BE())
  }
  try {
    expect(head)
    const node = take(take(2).readUInt16BE()).toString("latin1")
    const process = take(processBytes).toString("hex")
    expect(Buffer.from("6e0400", "hex"))
    const uin = take(4).readUInt32LE()
    const skey = binary().toString("latin1")
    const vfwebqq = binary().toString("hex")
    return at === bytes.length ? { node, process, uin, skey, vfwebqq } : undefined
  } catch {
    return undefined
  }
}

/** Four bytes, lowest first, in hex: how the term holds the account's number. */
export const uinBytes = (uin: number): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(uin >>> 0)
  return bytes.toString("hex")
}

const sized = (length: number, bytes: number) => length.toString(16).padStart(2 * bytes, "0")

/** The opposite of `read`. */
export const write = ({ node, process, skey, uin, vfwebqq }: Psessionid): string =>
  [
    head.toString("hex"),
    sized(node.length, 2),
    Buffer.from(node, "latin1").toString("hex"),
    process,
    "6e0400",
    uinBytes(uin),
    "6d",
    sized(skey.length, 4),
    Buffer.from(skey, "latin1").toString("hex"),
    "6d",
    sized(vfwebqq.length / 2, 4),
    vfwebqq
  ].join("")
