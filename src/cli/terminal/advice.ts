/**
 * What went wrong and what to do about it, as lines for people; and remarks beside what happens.
 */
import type { Bilingual } from "../../Language.ts"

export interface Advice {
  readonly message: Bilingual
  readonly cure: Bilingual
  /** What it was in particular, a line each. */
  readonly details?: ReadonlyArray<Bilingual>
}

/** What happened, and below it what to do. */
export const advice = ({ cure, details = [], message }: Advice): ReadonlyArray<Bilingual> => [
  { en: `error: ${message.en}`, zh: `错误：${message.zh}` },
  ...details.map(({ en, zh }) => ({ en: `  ${en}`, zh: `  ${zh}` })),
  { en: `→ ${cure.en}`, zh: `→ ${cure.zh}` }
]

/** A remark beside what happens. */
export const note = ({ en, zh }: Bilingual): Bilingual => ({ en: `note: ${en}`, zh: `提示：${zh}` })

export const isNote = ({ en }: Bilingual): boolean => en.startsWith("note: ")

/** A text of several lines, as many in both languages. */
export const inLines = (text: Bilingual): readonly [Bilingual, ...ReadonlyArray<Bilingual>] => {
  const chinese = text.zh.split("\n")
  const lines = text.en.split("\n").map((en, index) => ({ en: en.trim(), zh: (chinese[index] ?? "").trim() }))
  const [first = text, ...others] = lines
  return [first, ...others]
}

/** The same text for both, where it is no language at all: the name of a place, a text of somebody else. */
export const both = (text: string): Bilingual => ({ en: text, zh: text })
