/**
 * Where on the screen the last picture stands, so that it can be taken off again. The rows below it stay, and close up to it.
 */

/** In characters. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface PictureRows {
  /** A picture was drawn: the columns of each line of it; `erase` takes off what lies above the characters. */
  readonly drawn: (lines: ReadonlyArray<number>, erase?: string) => void
  /** A line was written below it, that many columns wide. */
  readonly wrote: (columns: number) => void
  /** What takes it off a screen of that size, the cursor being in the row below the last line; nothing where there is none. */
  readonly takeOff: (screen: Size) => string
}

const csi = "\u001b["

export const make = (): PictureRows => {
  let picture: { readonly lines: ReadonlyArray<number>; readonly erase: string } | undefined
  let below: Array<number> = []
  return {
    drawn: (lines, erase = "") => {
      picture = { lines, erase }
      below = []
    },
    wrote: (columns) => {
      if (picture !== undefined) below.push(columns)
    },
    takeOff: (screen) => {
      if (picture === undefined) return ""
      // Most terminals break a line that has become too long for them.
      const rowsOf = (lines: ReadonlyArray<number>) =>
        lines.reduce((rows, columns) => rows + Math.max(1, Math.ceil(columns / screen.columns)), 0)
      const own = rowsOf(picture.lines)
      const distance = own + rowsOf(below)
      // What has left the screen at its top is out of reach, and then the cursor is in the last row.
      const up = Math.min(distance, screen.rows - 1)
      const left = own - (distance - up)
      const { erase } = picture
      picture = undefined
      if (left <= 0) return erase
      const down = up - left
      return `${erase}\r${csi}${up}A${csi}${left}M${down > 0 ? `${csi}${down}B` : ""}`
    }
  }
}
