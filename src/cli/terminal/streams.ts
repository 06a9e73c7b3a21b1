/**
 * Where words go: stderr for people, stdout for programs. Neither a closed pipe nor a missing terminal disturbs the caller.
 *
 * Whatever is written here may come from a server, a file or the command line. Each text is one line, and nothing in it reaches the
 * terminal but what can be read.
 */
import type { Bilingual, Language } from "../../Language.ts"
import * as PictureRows from "./pictureRows.ts"
import type { Size } from "./pictureRows.ts"
import { jsonText, printable, printableText } from "./printable.ts"
import { cut, width } from "./width.ts"

/** The part of a stream that is used. */
export interface Sink {
  readonly isTTY?: boolean
  /** Whether it leads nowhere, as /dev/null does. */
  readonly isNull?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly write: (text: string | Uint8Array) => unknown
  readonly on?: (event: "resize", listener: () => void) => unknown
  readonly off?: (event: "resize", listener: () => void) => unknown
}

/** The part of a terminal's input that is used. */
export interface Input {
  readonly isTTY?: boolean
  readonly setRawMode: (on: boolean) => unknown
  readonly setEncoding: (encoding: "utf8") => unknown
  readonly resume: () => unknown
  readonly pause: () => unknown
  readonly on: (event: "data", listener: (text: string) => void) => unknown
  readonly off: (event: "data", listener: (text: string) => void) => unknown
}

/** Characters and control sequences. */
export interface Picture extends Size {
  readonly text: string
  /** What takes off of it that which are no characters. */
  readonly erase?: string
}

/** A line, in the language of the person who reads it or in both. */
export type Line = string | Bilingual

export interface Streams {
  /** Says something to people, on stderr, a line each; nothing where they want to be left alone (`--quiet`). */
  readonly tell: (...lines: ReadonlyArray<Line>) => void
  /** The same, but said in any case: an error, or what was asked for. */
  readonly insist: (...lines: ReadonlyArray<Line>) => void
  /** Asks something on a terminal; the answer is typed behind it. */
  readonly ask: (question: Line) => void
  /** Tells of the present state: on a terminal the next state takes its place, elsewhere it is a line. */
  readonly status: (line: Line | (() => Line)) => void
  /** Shows the present state anew, where it is made by a function. */
  readonly refresh: () => void
  /** Tells what holds the present state up: on a terminal in its place, until it is over (`undefined`); elsewhere it is a line. */
  readonly remark: (line: Line | undefined) => void
  /** Takes the line of the state off the terminal, until it is shown anew. */
  readonly clear: () => void
  /** Ends the line that `status` left open, if it did. */
  readonly settle: () => void
  /** Shows a picture of our own making on stderr, perhaps with a line below it: the only text whose control sequences reach the terminal. */
  readonly draw: (picture: Picture, caption?: Line) => void
  /** Takes the last picture off the terminal with that line, as far as it can be reached. What stands below closes up to it. */
  readonly withdraw: () => void
  /** Calls it when the terminal has another size, until what it returns is called. */
  readonly onResize: (listener: () => void) => () => void
  /** Gives a result, on stdout, a line each and in one piece. */
  readonly print: (lines: ReadonlyArray<string>) => void
  /** Gives values, on stdout, a line of JSON each, or one that is indented. */
  readonly json: (value: unknown, indent?: number) => void
  /** Gives a text as it is, on stdout, to somebody who has asked for just that. */
  readonly raw: (text: string) => void
  /** Gives the bytes of somebody else, on stdout: as they are, but that no terminal acts upon them. */
  readonly bytes: (data: Uint8Array) => void
  /** Whether stdout is a terminal, on which everybody near it reads. */
  readonly isShown: boolean
  /** Whether nobody gets what goes to stdout. */
  readonly isDropped: boolean
  /** Size in characters of the terminal behind stderr, if it is one that understands control sequences. */
  readonly terminal: () => Size | undefined
}

/** `env` is looked at for `TERM`. With `quiet`, people are told nothing but what has to be said. */
export const make = (
  streams: { readonly stdout: Sink; readonly stderr: Sink },
  language: Language,
  env: Readonly<Record<string, string | undefined>>,
  quiet = false
): Streams => {
  const { stderr, stdout } = streams
  const capable = stderr.isTTY === true && env["TERM"] !== "dumb"
  const rows = PictureRows.make()
  let open = false
  let state: Line | (() => Line) | undefined
  let remark: Line | undefined
  const shown = (line: Line) => printable(typeof line === "string" ? line : line[language])
  // A terminal that does not say how large it is reports 0.
  const size = (): Size => ({ columns: stderr.columns || 80, rows: stderr.rows || 24 })

  const lines = (all: ReadonlyArray<Line>) => {
    const texts = all.map(shown)
    // Only from a terminal is anything ever taken off.
    if (capable) for (const text of texts) rows.wrote(width(text))
    stderr.write(`${texts.join("\n")}\n`)
  }
  const settle = () => {
    if (open) {
      stderr.write("\n")
      rows.wrote(1)
    }
    open = false
    state = remark = undefined
  }
  const clear = () => {
    if (open) stderr.write("\r\u001b[K")
    open = false
  }
  /** What stands in the last line, which must not break: only one row of it could be written over. */
  const render = () => {
    const line = remark ?? (typeof state === "function" ? state() : state)
    if (line === undefined) return clear()
    stderr.write(`${open ? "\r\u001b[K" : ""}${cut(shown(line), size().columns - 1)}`)
    open = true
  }
  const status = (line: Line | (() => Line)) => {
    remark = undefined
    if (!capable) return lines([typeof line === "function" ? line() : line])
    state = line
    render()
  }
  const insist = (...all: ReadonlyArray<Line>) => {
    const interrupted = open
    clear()
    lines(all)
    if (interrupted) render()
  }
  const tell = (...all: ReadonlyArray<Line>) => {
    if (!quiet) insist(...all)
  }
  const raw = (text: string) => {
    if (stdout.isTTY === true) {
      // On a screen that shows both streams, the line of the one must not run into the line of the other.
      settle()
      for (const line of text.split("\n").slice(0, -1)) rows.wrote(width(line))
    }
    stdout.write(text)
  }
  return {
    tell,
    insist,
    ask: status,
    status: (line) => {
      if (!quiet) status(line)
    },
    refresh: () => {
      if (state !== undefined || remark !== undefined) render()
    },
    clear,
    remark: (line) => {
      if (quiet || line === remark) return
      if (!capable) return line === undefined ? undefined : tell(line)
      remark = line
      render()
    },
    settle,
    draw: ({ columns, erase, rows: height, text }, caption) => {
      const interrupted = open
      clear()
      const below = quiet || caption === undefined ? [] : [shown(caption)]
      stderr.write(`${[text, ...below].join("\n")}\n`)
      if (capable) rows.drawn([...Array.from({ length: height }, () => columns), ...below.map(width)], erase)
      if (interrupted) render()
    },
    withdraw: () => {
      const off = capable ? rows.takeOff(size()) : ""
      if (off === "") return
      stderr.write(off)
      if (open) render()
    },
    onResize: (listener) => {
      stderr.on?.("resize", listener)
      return () => void stderr.off?.("resize", listener)
    },
    print: (all) => {
      if (all.length > 0) raw(`${all.map(shown).join("\n")}\n`)
    },
    json: (value, indent) => raw(`${jsonText(value, indent)}\n`),
    raw,
    bytes: (data) => {
      if (stdout.isTTY === true) raw(printableText(new TextDecoder().decode(data)))
      else stdout.write(data)
    },
    isShown: stdout.isTTY === true,
    isDropped: stdout.isNull === true,
    terminal: () => (capable ? size() : undefined)
  }
}
