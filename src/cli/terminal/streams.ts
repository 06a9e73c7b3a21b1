/**
 * Where words go: stderr for people, stdout for programs. Neither a closed pipe nor a missing terminal disturbs the caller.
 *
 * Whatever is written here may come from a server, a file or the command line. Each text is one line, and nothing in it reaches the
 * terminal but what can be read.
 */
import type { Bilingual, Language } from "../../Language.ts"
import { jsonText, printable, printableText } from "./printable.ts"

/** The part of a stream that is used. */
export interface Sink {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly write: (text: string | Uint8Array) => unknown
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

/** A line, in the language of the person who reads it or in both. */
export type Line = string | Bilingual

export interface Streams {
  /** Says something to people, on stderr, a line each. */
  readonly tell: (...lines: ReadonlyArray<Line>) => void
  /** Tells of the present state: on a terminal the next state takes its place, elsewhere it is a line. */
  readonly status: (line: Line) => void
  /** Ends the line that `status` left open, if it did. */
  readonly settle: () => void
  /** Shows a picture of our own making on stderr: the only text whose control sequences reach the terminal. */
  readonly draw: (picture: string) => void
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
  /** Size in characters of the terminal behind stderr, if it is one that understands control sequences. */
  readonly terminal: () => { readonly columns: number; readonly rows: number } | undefined
}

/** `env` is looked at for `TERM`. */
export const make = (
  streams: { readonly stdout: Sink; readonly stderr: Sink },
  language: Language,
  env: Readonly<Record<string, string | undefined>>
): Streams => {
  const { stderr, stdout } = streams
  const capable = stderr.isTTY === true && env["TERM"] !== "dumb"
  let open = false
  const settle = () => {
    if (open) stderr.write("\n")
    open = false
  }
  const raw = (text: string) => {
    // On a screen that shows both streams, the line of the one must not run into the line of the other.
    if (stdout.isTTY === true) settle()
    stdout.write(text)
  }
  const draw = (picture: string) => {
    settle()
    stderr.write(`${picture}\n`)
  }
  const shown = (line: Line) => printable(typeof line === "string" ? line : line[language])
  const joined = (lines: ReadonlyArray<Line>) => lines.map(shown).join("\n")
  return {
    tell: (...lines) => draw(joined(lines)),
    status: (line) => {
      const text = shown(line)
      stderr.write(capable ? `${open ? "\r\u001b[K" : ""}${text}` : `${text}\n`)
      open = capable
    },
    settle,
    draw,
    print: (lines) => {
      if (lines.length > 0) raw(`${joined(lines)}\n`)
    },
    json: (value, indent) => raw(`${jsonText(value, indent)}\n`),
    raw,
    bytes: (data) => {
      if (stdout.isTTY === true) raw(printableText(new TextDecoder().decode(data)))
      else stdout.write(data)
    },
    isShown: stdout.isTTY === true,
    // A terminal that does not say how large it is reports 0.
    terminal: () => (capable ? { columns: stderr.columns || 80, rows: stderr.rows || 24 } : undefined)
  }
}
