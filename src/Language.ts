/**
 * The two languages in which every message to people exists.
 */
import * as Context from "effect/Context"

/** English or Chinese. */
export type Language = "en" | "zh"

/** One message in both languages. */
export interface Bilingual {
  readonly en: string
  readonly zh: string
}

/**
 * Language of the messages that the library writes to its log. The default is English.
 */
export const Language = Context.Reference<Language>("webqq-login/Language", { defaultValue: () => "en" })

/**
 * Reads the language from the environment the way POSIX does: `LC_ALL`, then `LC_MESSAGES`, then `LANG`; a value
 * that starts with `zh` is Chinese, anything else English.
 */
export const fromEnv = (env: Readonly<Record<string, string | undefined>>): Language =>
  (env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "").toLowerCase().startsWith("zh") ? "zh" : "en"

/** Both at once, for a reader of whom nothing is known. */
export const inBoth = ({ en, zh }: Bilingual): string => `${en} / ${zh}`

/**
 * Annotations of a check or a schema: what a value should be, as the end of the sentence "expected …". Whoever tells people what is
 * wrong with a value finds both languages there; Effect itself, in an error of its own, says it in English.
 */
export const expected = (words: Bilingual): { readonly expected: string; readonly words: Bilingual } => ({
  expected: words.en,
  words
})
