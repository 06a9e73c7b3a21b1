/**
 * Intervals and limits from `WEBQQ_…` in the environment.
 */
import * as Effect from "effect/Effect"
import type { Language } from "../../Language.ts"
import * as LoginConfig from "../../LoginConfig.ts"
import { type CommandFailed, usage } from "../terminal/failure.ts"
import { printable } from "../terminal/output.ts"

const correct = { en: "correct or unset that variable", zh: "请更正或取消该环境变量" }

/** The defaults, where the environment says nothing else. */
export const read = (language: Language): Effect.Effect<LoginConfig.LoginConfig, CommandFailed> =>
  LoginConfig.LoginConfig.pipe(
    Effect.provide(LoginConfig.layerConfig),
    Effect.mapError(({ message }) => {
      // Effect's own words: SchemaError(Expected a valid Duration string at ["WEBQQ"]["POLL_INTERVAL"])
      const [, expected = "", path = ""] = /(Expected .+?)(?:, got .+)?\s+at ((?:\["\w+"\])+)/.exec(message) ?? []
      const name = [...path.matchAll(/"(\w+)"/g)].map(([, part]) => part).join("_")
      if (name === "") return usage({ en: printable(message), zh: printable(message) }, correct, language)
      return usage(
        { en: `${name}: bad value`, zh: `${name}：值无效` },
        expected.includes("Duration")
          ? { en: `expected a duration such as "5 seconds"`, zh: `应为时长，如 "5 seconds"` }
          : { en: `correct or unset it (${expected.toLowerCase()})`, zh: `请更正或取消该环境变量（${expected}）` },
        language
      )
    })
  )
