/**
 * How a login went, in words: what was wrong with it, and what is worth knowing.
 */
import type { Bilingual } from "../../Language.ts"
import { said } from "../problems/problemWords.ts"
import type { Engine, Warning } from "./model.ts"

/** Warnings in words, a line each; those about parts of one exchange stand in one line. */
export const warned = (warnings: ReadonlyArray<Warning>): ReadonlyArray<Bilingual> => {
  const fields = new Map<string, Array<string>>()
  const others: Array<Bilingual> = []
  for (const { about, field, text } of warnings) {
    if (field === undefined) others.push(text)
    else {
      const names = fields.get(about)
      if (names === undefined) fields.set(about, [field])
      else names.push(field)
    }
  }
  return [
    ...others,
    ...Array.from(fields, ([about, names]) => ({
      en: `${about} is not as recorded in ${names.join(", ")}: no server is known to look at that`,
      zh: `${about} 与录制不同：${names.join("、")}（没有服务器检查这些内容的记录）`
    }))
  ]
}

type Lines = readonly [Bilingual, ...ReadonlyArray<Bilingual>]

const inLines = ({ en, zh }: Bilingual): Lines => {
  const chinese = zh.split("\n")
  const [first = { en, zh }, ...others] = en.split("\n").map((line, at) => ({ en: line, zh: chinese[at] ?? line }))
  return [first, ...others]
}

/** How a login went, a line each: what was wrong, or that nothing was, and what is worth knowing. */
export const conclusion = (engine: Pick<Engine, "scenario" | "strictness" | "verify" | "warnings">): Lines => {
  const { scenario, strictness } = engine
  const { name } = scenario
  const good =
    strictness === "exact"
      ? { en: `scenario "${name}" was played as written`, zh: `已按场景 "${name}" 的录制完整重放` }
      : {
          en: `scenario "${name}" was played to its end, as the server took it`,
          zh: `场景 "${name}" 已完整重放，服务器会接受`
        }
  const [first, ...others] = inLines(said(scenario, engine.verify()) ?? good)
  const told = warned(engine.warnings())
  const count = { en: `${told.length} warning${told.length === 1 ? "" : "s"}:`, zh: `${told.length} 条提示：` }
  const warnings = told.map(({ en, zh }) => ({ en: `- ${en}`, zh: `- ${zh}` }))
  return [first, ...others, ...(told.length === 0 ? [] : [count, ...warnings])]
}
