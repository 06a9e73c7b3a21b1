/**
 * A QR code as text for a terminal.
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { QrMatrix } from "./QrMatrix.ts"
import { isDark, quietZone } from "./QrMatrix.ts"
import * as QrPicture from "./QrPicture.ts"

/**
 * How to draw, and how much room there is.
 *
 * - `style`: `blocks` (unless given) puts two modules above each other in one character, `spaces` spends two blanks on
 *   a module, for terminals or fonts without half blocks
 * - `quiet`: light modules around the code, 4 unless given. The server's own picture has 2, and phones read that, too
 * - `columns`, `rows`: size of the terminal in characters; not checked unless given
 */
export interface RenderOptions {
  readonly style?: "blocks" | "spaces"
  readonly quiet?: number
  readonly columns?: number
  readonly rows?: number
}

// The colours 0 to 15 belong to the user's theme, whose "white" may be any grey; 16 to 231 are fixed, and 16 and 231
// are their black and white. Both sides are always set, so that neither theme nor background shows through.
const lightCell = "\u001b[38;5;16;48;5;231m"
const darkCell = "\u001b[38;5;231;48;5;16m"
const reset = "\u001b[0m"

/**
 * Width and height in characters that `render` needs: 41 × 21 for the version 4 of Web QQ, 82 × 41 in the style `spaces`.
 */
export const dimensions = (
  matrix: QrMatrix,
  style: "blocks" | "spaces" = "blocks",
  quiet = quietZone
): { readonly columns: number; readonly rows: number } => {
  const side = matrix.size + 2 * quiet
  return style === "blocks" ? { columns: side, rows: Math.ceil(side / 2) } : { columns: side * 2, rows: side }
}

/**
 * The picture of a `QrShown`, drawn; see `render`. `undefined` where it holds no code that can be read, or the terminal is too small.
 */
export const fromPng = (png: Uint8Array, options: RenderOptions = {}): string | undefined =>
  Option.getOrUndefined(Option.flatMap(Result.getSuccess(QrPicture.fromPng(png)), (matrix) => render(matrix, options)))

/**
 * Draws the code with its light modules around it, black on white on any theme: lines joined by `\n`, each of which
 * ends with a reset. None when the terminal is too small, since a wrapped or cropped code cannot be scanned.
 *
 * **Details**
 *
 * The two colours are the content and not decoration: without them the code comes out inverted on every dark terminal.
 * So there is no colourless style; who must not send colours (`NO_COLOR`, `TERM=dumb`) shows a file instead.
 */
export const render = (matrix: QrMatrix, options: RenderOptions = {}): Option.Option<string> => {
  const style = options.style ?? "blocks"
  const quiet = options.quiet ?? quietZone
  const needed = dimensions(matrix, style, quiet)
  if (needed.columns > (options.columns ?? Infinity) || needed.rows > (options.rows ?? Infinity)) return Option.none()
  const step = style === "blocks" ? 2 : 1
  const end = matrix.size + quiet
  const lines: Array<string> = []
  for (let row = -quiet; row < end; row += step) {
    let line = ""
    let cell = ""
    for (let column = -quiet; column < end; column++) {
      const upper = isDark(matrix, row, column)
      const lower = isDark(matrix, row + step - 1, column)
      // Whole cells are painted by their background: a full block leaves seams where lines have extra spacing.
      const next = upper && lower ? darkCell : lightCell
      if (next !== cell) line += next
      cell = next
      line += style === "spaces" ? "  " : upper === lower ? " " : upper ? "▀" : "▄"
    }
    lines.push(line + reset)
  }
  return Option.some(lines.join("\n"))
}
