/**
 * `--qr image`: the picture itself within the text of a terminal, by the protocol of kitty or that of iTerm2. A picture needs less room than
 * half blocks, and a font plays no part in it.
 */
import type { Size } from "./pictureRows.ts"
import type { Picture } from "./streams.ts"

export type Protocol = "kitty" | "iterm2"

/** What a terminal says that it knows, by variables that it sets. Within tmux and screen no picture gets through. */
export const protocolOf = (env: Readonly<Record<string, string | undefined>>): Protocol | undefined => {
  const { KITTY_WINDOW_ID, LC_TERMINAL, STY, TERM, TERM_PROGRAM, TMUX } = env
  if (TMUX || STY || TERM === "dumb") return undefined
  if (KITTY_WINDOW_ID || TERM === "xterm-kitty" || TERM === "xterm-ghostty" || TERM_PROGRAM === "ghostty")
    return "kitty"
  const others = ["iTerm.app", "WezTerm", "mintty"]
  return others.includes(TERM_PROGRAM ?? "") || LC_TERMINAL === "iTerm2" ? "iterm2" : undefined
}

/** Rows below which a camera would have to come too near, and above which nobody needs more. */
const least = 8
const most = 22

const escape = "\u001b"
/** One for the last picture: only that is taken off again. */
const kittyId = 1904

/** The picture in a square of characters, twice as many columns as rows; nothing where the terminal has no room for it. */
export const draw = (png: Uint8Array, protocol: Protocol, room: Size): Picture | undefined => {
  const rows = Math.min(most, room.rows, Math.floor(room.columns / 2))
  if (rows < least) return undefined
  const columns = 2 * rows
  const data = Buffer.from(png).toString("base64")
  const image = protocol === "kitty" ? kitty(data, columns, rows) : iterm2(data, png.length, columns, rows)
  // First the rows that it will stand in, so that nothing scrolls once it is there.
  const up = `${"\n".repeat(rows - 1)}${escape}[${rows - 1}A`
  const text = `${up}${escape}7${image}${escape}8${escape}[${rows - 1}B`
  return {
    text,
    columns,
    rows,
    ...(protocol === "kitty" ? { erase: `${escape}_Ga=d,d=I,i=${kittyId},q=2${escape}\\` } : {})
  }
}

/** In pieces of 4,096 characters, the cursor left where it is, without an answer. */
const kitty = (data: string, columns: number, rows: number): string => {
  const pieces = data.match(/.{1,4096}/g) ?? []
  return pieces
    .map((piece, index) => {
      const more = `m=${index === pieces.length - 1 ? 0 : 1}`
      const head = index === 0 ? `a=T,f=100,C=1,q=2,i=${kittyId},c=${columns},r=${rows},${more}` : `q=2,${more}`
      return `${escape}_G${head};${piece}${escape}\\`
    })
    .join("")
}

const iterm2 = (data: string, size: number, columns: number, rows: number): string =>
  `${escape}]1337;File=inline=1;size=${size};width=${columns};height=${rows};preserveAspectRatio=1:${data}\u0007`
