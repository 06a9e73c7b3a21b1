/**
 * Files that a person names: plain ones and pipes, as of `<(gpg -d file)`, up to a limit. Nothing here keeps the process from hearing
 * a signal, however slow the other end of a pipe is; a device and a folder are refused before they are opened. `-` is what is typed or piped
 * into this process.
 */
import * as Effect from "effect/Effect"
import type { Stats } from "node:fs"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Tty from "node:tty"
import { faultOf, UnreadableFile } from "./UnreadableFile.ts"

/** Its bytes, at most `limit`. Interruption closes it. */
export const read = (path: string, limit: number): Effect.Effect<Uint8Array, UnreadableFile> =>
  path === stdin
    ? fromStdin(limit)
    : Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(
          attempt(path, () => open(path, limit)),
          ({ descriptor, stats }) =>
            restore(
              stats.isFIFO()
                ? fromPipe(path, pipeOf(descriptor), limit)
                : attempt(path, (signal) => fromPlain(path, descriptor, limit, signal))
            )
        )
      )

/** The name by which a line calls stdin, and stdout where something is written. */
export const stdin = "-"

/** Whatever it is, a terminal and a socket included. It is read once; the second time, there is nothing left. */
const fromStdin = (limit: number): Effect.Effect<Uint8Array, UnreadableFile> =>
  Effect.flatMap(
    attempt(stdin, async () => Fs.fstatSync(0)),
    (stats) => {
      if (stats.isFIFO() || stats.isSocket()) return fromPipe(stdin, pipeOf(0), limit)
      if (Tty.isatty(0)) return fromPipe(stdin, new Tty.ReadStream(0), limit)
      return attempt(stdin, (signal) => fromPlain(stdin, 0, limit, signal))
    }
  )

const pipeOf = (descriptor: number) => new Net.Socket({ fd: descriptor, readable: true, writable: false })

const attempt = <A>(path: string, run: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, UnreadableFile> =>
  Effect.tryPromise({ try: run, catch: (cause) => new UnreadableFile({ path, fault: faultOf(cause) }) })

/** Its text, in UTF-8; a mark at its beginning is left out. */
export const readText = (path: string, limit: number): Effect.Effect<string, UnreadableFile> =>
  Effect.flatMap(read(path, limit), (bytes) =>
    Effect.try({
      try: () => utf8.decode(bytes),
      catch: () => new UnreadableFile({ path, fault: { reason: "no text" } })
    })
  )

const utf8 = new TextDecoder("utf-8", { fatal: true })

/** The same at once, of a plain file only. */
export const readPlainSync = (path: string, limit: number): Uint8Array => {
  try {
    check(path, Fs.statSync(path), limit, false)
    const descriptor = Fs.openSync(path, flags)
    try {
      check(path, Fs.fstatSync(descriptor), limit, false)
      const bytes = new Gathered(path, limit)
      const piece = new Uint8Array(pieceSize)
      for (let length = 1; length > 0; bytes.add(piece.slice(0, length))) {
        length = Fs.readSync(descriptor, piece)
      }
      return bytes.whole()
    } finally {
      Fs.closeSync(descriptor)
    }
  } catch (cause) {
    throw new UnreadableFile({ path, fault: faultOf(cause) })
  }
}

const { O_NOCTTY = 0, O_NONBLOCK = 0, O_RDONLY } = Fs.constants

// A pipe opens at once, whether or not anybody writes to it.
const flags = O_RDONLY | O_NONBLOCK | O_NOCTTY

const pieceSize = 2 ** 16

const open = async (path: string, limit: number) => {
  // What is no file is not even opened. It may be another one a moment later, so that what was opened is looked at, too.
  check(path, await stat(path), limit, true)
  const descriptor = await new Promise<number>((resolve, reject) =>
    Fs.open(path, flags, (error, opened) => (error === null ? resolve(opened) : reject(error)))
  )
  try {
    const stats = Fs.fstatSync(descriptor)
    check(path, stats, limit, true)
    return { descriptor, stats }
  } catch (cause) {
    Fs.closeSync(descriptor)
    throw cause
  }
}

const stat = (path: string) =>
  new Promise<Stats>((resolve, reject) =>
    Fs.stat(path, (error, stats) => (error === null ? resolve(stats) : reject(error)))
  )

const check = (path: string, stats: Stats, limit: number, pipes: boolean): void => {
  if (stats.isDirectory()) throw new UnreadableFile({ path, fault: { reason: "folder" } })
  if (stats.isFIFO() && !pipes) throw new UnreadableFile({ path, fault: { reason: "pipe" } })
  if (!stats.isFile() && !stats.isFIFO()) throw new UnreadableFile({ path, fault: { reason: "special" } })
  if (stats.size > limit) throw new UnreadableFile({ path, fault: { reason: "too large", limit } })
}

/** Pieces, as long as they do not come to more than the limit: what the system says of the size of a file may not be so. */
class Gathered {
  readonly #path: string
  readonly #limit: number
  readonly #pieces: Array<Uint8Array> = []
  #length = 0
  constructor(path: string, limit: number) {
    this.#path = path
    this.#limit = limit
  }
  add(piece: Uint8Array): void {
    this.#length += piece.length
    if (this.#length > this.#limit)
      throw new UnreadableFile({ path: this.#path, fault: { reason: "too large", limit: this.#limit } })
    this.#pieces.push(piece)
  }
  whole(): Uint8Array {
    return Buffer.concat(this.#pieces, this.#length)
  }
}

const fromPlain = async (path: string, descriptor: number, limit: number, signal: AbortSignal): Promise<Uint8Array> => {
  try {
    const bytes = new Gathered(path, limit)
    while (!signal.aborted) {
      const piece = new Uint8Array(pieceSize)
      const length = await new Promise<number>((resolve, reject) =>
        Fs.read(descriptor, piece, 0, pieceSize, null, (error, count) =>
          error === null ? resolve(count) : reject(error)
        )
      )
      if (length === 0) break
      bytes.add(piece.subarray(0, length))
    }
    return bytes.whole()
  } finally {
    // The number of stdin would be given to the next file that is opened.
    if (descriptor !== 0) Fs.closeSync(descriptor)
  }
}

/** Waits for whoever writes to it without a thread that could not be called back. */
const fromPipe = (path: string, stream: Net.Socket, limit: number): Effect.Effect<Uint8Array, UnreadableFile> =>
  Effect.callback((resume) => {
    const bytes = new Gathered(path, limit)
    const fail = (cause: unknown) => {
      stream.destroy()
      resume(Effect.fail(new UnreadableFile({ path, fault: faultOf(cause) })))
    }
    stream.on("data", (piece) => {
      try {
        bytes.add(piece)
      } catch (cause) {
        fail(cause)
      }
    })
    stream.on("error", fail)
    stream.on("end", () => {
      stream.destroy()
      resume(Effect.succeed(bytes.whole()))
    })
    return Effect.sync(() => stream.destroy())
  })
