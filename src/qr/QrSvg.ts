/**
 * A QR code as an SVG, for a page or a chat message.
 */
import type { QrMatrix } from "./QrMatrix.ts"
import { isDark, quietZone } from "./QrMatrix.ts"

/**
 * A standalone SVG document, black on white, one unit a module, with `quiet` light modules around (4 unless given).
 */
export const toSvg = (matrix: QrMatrix, options: { readonly quiet?: number } = {}): string => {
  const quiet = options.quiet ?? quietZone
  const side = matrix.size + 2 * quiet
  let path = ""
  for (let row = 0; row < matrix.size; row++) {
    for (let column = 0; column < matrix.size; column++) {
      if (!isDark(matrix, row, column)) continue
      const start = column
      while (isDark(matrix, row, column + 1)) column++
      const width = column - start + 1
      path += `M${start + quiet} ${row + quiet}h${width}v1h-${width}z`
    }
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${path}"/></svg>\n`
  )
}
