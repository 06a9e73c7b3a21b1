/**
 * How many columns of a terminal a text takes.
 */

const widthOf = (letter: string): number => (letter > "\u2e80" ? 2 : 1)

/** Columns of a text without control sequences; Chinese letters are two columns wide. */
export const width = (text: string): number => [...text].reduce((sum, letter) => sum + widthOf(letter), 0)

/** As much of a text as fits; what was cut off ends with an ellipsis. */
export const cut = (text: string, columns: number): string => {
  if (width(text) <= columns) return text
  let kept = ""
  let room = columns - 1
  for (const letter of text) {
    room -= widthOf(letter)
    if (room < 0) break
    kept += letter
  }
  return `${kept}…`
}
