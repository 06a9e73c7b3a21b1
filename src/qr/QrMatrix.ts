/**
 * The modules of a QR code: what is left of a picture when its size in pixels and its margin are taken away.
 */

/**
 * `size` modules a side (17 + 4 × version), row by row in `modules`: 1 is dark, 0 is light. The quiet zone is not part of it.
 */
export interface QrMatrix {
  readonly size: number
  readonly modules: Uint8Array
}

/**
 * The quiet zone, in modules, that readers may rely on (ISO/IEC 18004:2015, 6.3.8).
 */
export const quietZone = 4

/**
 * Whether a module is dark. Everything outside the symbol is light, so a caller may walk over the quiet zone too.
 */
export const isDark = (matrix: QrMatrix, row: number, column: number): boolean =>
  row >= 0 &&
  column >= 0 &&
  row < matrix.size &&
  column < matrix.size &&
  matrix.modules[row * matrix.size + column] === 1

/**
 * Pixels of a square picture with `scale` pixels a module and `quiet` light modules around: one byte a pixel, row by
 * row, 0 is black and 255 is white.
 */
export const toPixels = (
  matrix: QrMatrix,
  options: { readonly scale: number; readonly quiet: number }
): { readonly side: number; readonly luma: Uint8Array } => {
  const side = (matrix.size + 2 * options.quiet) * options.scale
  const luma = new Uint8Array(side * side).fill(255)
  for (let y = 0; y < side; y++) {
    const row = Math.floor(y / options.scale) - options.quiet
    for (let x = 0; x < side; x++) {
      if (isDark(matrix, row, Math.floor(x / options.scale) - options.quiet)) luma[y * side + x] = 0
    }
  }
  return { side, luma }
}
