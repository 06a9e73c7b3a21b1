/**
 * Intervals and limits from `WEBQQ_…` in the environment.
 */
import * as Effect from "effect/Effect"
import type { Language } from "../Language.ts"
import * as LoginConfig from "../LoginConfig.ts"
import { type CommandFailed, usage } from "./failure.ts"
import { printable } from "./output.ts"

/** The defaults, where the environment says nothing else. */
export const read = (language: Language): Effect.Effect<LoginConfig.LoginConfig, CommandFailed> =>
  LoginConfig.LoginConfig.pipe(
    Effect.provide(LoginConfig.layerConfig),
    Effect.mapError(({ message }) =>
      usage(
        { en: printable(message), zh: printable(message) },
        { en: "correct or unset that variable", zh: "请更正或取消该环境变量" },
        language
      )
    )
  )
