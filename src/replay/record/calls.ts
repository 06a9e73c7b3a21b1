/**
 * Where the quoted texts of a call such as `ptuiCB('0','…')` stand as they are written, however long it is and however it breaks off. What
 * they say is the matter of `PtuiCallback`. Each letter is looked at once.
 */

export interface Call {
  readonly name: string
  /** From behind the first quote to the last one. */
  readonly literals: ReadonlyArray<{ readonly start: number; readonly end: number }>
  /** Whether the text is this call and nothing else. */
  readonly isWhole: boolean
}

/** The call that a text begins with; its literals are those before the first thing that is none. */
export const readCall = (text: string): Call | undefined => {
  let at = 0
  const skip = (what: RegExp) => {
    const from = at
    while (at < text.length && what.test(text[at] ?? "")) at++
    return text.slice(from, at)
  }
  const take = (what: string) => {
    skip(/\s/)
    if (text[at] !== what) return false
    at++
    return true
  }
  skip(/\s/)
  const name = skip(/\w/)
  if (name === "" || !take("(")) return undefined
  const literals: Array<Call["literals"][number]> = []
  while (take("'")) {
    const start = at
    while (at < text.length && text[at] !== "'") at += text[at] === "\\" ? 2 : 1
    if (at >= text.length) return { name, literals, isWhole: false }
    literals.push({ start, end: at++ })
    if (!take(",")) break
  }
  const isClosed = take(")")
  take(";")
  skip(/\s/)
  return { name, literals, isWhole: isClosed && at === text.length }
}
