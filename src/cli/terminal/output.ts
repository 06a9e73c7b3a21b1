/**
 * Where words go: stderr for people, stdout for programs. Neither a closed pipe nor a missing terminal disturbs the caller.
 */

/** The part of a stream that is used. */
export interface Sink {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly write: (text: string) => unknown
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

export interface Output {
  /** Writes to stdout, in one piece. */
  readonly stdout: (text: string) => void
  /** Writes a whole line, or several, to stderr. */
  readonly line: (text: string) => void
  /** Tells of the present state: on a terminal the next state takes its place, elsewhere it is a line. */
  readonly status: (text: string) => void
  /** Ends the line that `status` left open, if it did. */
  readonly settle: () => void
  /** Size in characters of the terminal behind stderr, if it is one that understands control sequences. */
  readonly terminal: () => { readonly columns: number; readonly rows: number } | undefined
}

/** `env` is looked at for `TERM`. */
export const make = (
  streams: { readonly stdout: Sink; readonly stderr: Sink },
  env: Readonly<Record<string, string | undefined>>
): Output => {
  const { stderr, stdout } = streams
  const capable = stderr.isTTY === true && env["TERM"] !== "dumb"
  let open = false
  const settle = () => {
    if (open) stderr.write("\n")
    open = false
  }
  return {
    stdout: (text) => {
      // On a screen that shows both streams, the line of the one must not run into the line of the other.
      if (stdout.isTTY === true) settle()
      stdout.write(text)
    },
    line: (text) => {
      settle()
      stderr.write(`${text}\n`)
    },
    status: (text) => {
      stderr.write(capable ? `${open ? "\r\u001b[K" : ""}${text}` : `${text}\n`)
      open = capable
    },
    settle,
    // A terminal that does not say how large it is reports 0.
    terminal: () => (capable ? { columns: stderr.columns || 80, rows: stderr.rows || 24 } : undefined)
  }
}

// Control characters, and those that change the direction of the text around them.
const unprintable = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Text of others made safe for a terminal: it can neither move the cursor nor forge a line. */
export const printable = (text: string): string => text.replace(unprintable, "\ufffd")

/** A value as one line of JSON that is safe for a terminal, too: unprintable characters are escaped. */
export const jsonLine = (value: unknown): string =>
  `${JSON.stringify(value).replace(unprintable, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`
