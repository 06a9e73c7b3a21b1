/**
 * A small terminal: what it shows after what was written to it. It knows the few control sequences that the command uses, and throws
 * at any other.
 */
import type { Language } from "webqq-login/Language"
import * as Streams from "../../src/cli/terminal/streams.ts"

const escape = "\u001b"
const parts = new RegExp(`${escape}\\[([\\d;]*)([A-Za-z])|[^]`, "gu")

export const emulator = (columns: number, rows: number) => {
  let width = columns
  let height = rows
  /** The rows that have left the screen, then those on it. */
  const lines: Array<string> = [""]
  let listener: (() => void) | undefined
  let top = 0
  let row = 0
  let column = 0
  const line = (at: number) => (lines[at] ??= "")
  const down = () => {
    row++
    line(row)
    if (row - top >= height) top++
  }
  const put = (letter: string) => {
    if (column >= width) {
      down()
      column = 0
    }
    lines[row] = line(row).padEnd(column).slice(0, column) + letter + line(row).slice(column + 1)
    column++
  }
  const control: Readonly<Record<string, (count: number) => void>> = {
    A: (count) => void (row = Math.max(top, row - count)),
    B: (count) => void (row = Math.min(top + height - 1, row + count)),
    K: () => void (lines[row] = line(row).slice(0, column)),
    M: (count) => void lines.splice(row, count),
    m: () => {}
  }
  const write = (written: string | Uint8Array) => {
    const text = typeof written === "string" ? written : new TextDecoder().decode(written)
    for (const [part, count, code] of text.matchAll(parts)) {
      if (code !== undefined) {
        const act = control[code]
        if (act === undefined) throw new Error(`unknown: ${JSON.stringify(part)}`)
        act(Number.parseInt(count || "1", 10))
      } else if (part === "\n") {
        down()
        column = 0
      } else if (part === "\r") column = 0
      else if (part === escape) throw new Error("half of a control sequence")
      else put(part)
    }
  }
  const stderr: Streams.Sink = {
    isTTY: true,
    get columns() {
      return width
    },
    get rows() {
      return height
    },
    write,
    on: (_, added) => (listener = added),
    off: () => (listener = undefined)
  }
  return {
    stderr,
    streams: (language: Language = "en") =>
      Streams.make({ stdout: { ...stderr, isTTY: true, write }, stderr }, language, {}),
    /** What can be seen without scrolling back; empty rows at the end are left out. */
    visible: () =>
      lines
        .slice(top)
        .map((line) => line.trimEnd())
        .join("\n")
        .trimEnd()
        .split("\n"),
    /** All, as one finds it by scrolling back. */
    all: () => lines.map((line) => line.trimEnd()),
    /** As a terminal does that cuts lines and breaks none. */
    resize: (columns: number, rows: number) => {
      width = columns
      height = rows
      top = Math.max(0, lines.length - rows, top)
      listener?.()
    },
    isWatched: () => listener !== undefined
  }
}
