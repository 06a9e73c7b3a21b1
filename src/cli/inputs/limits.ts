/**
 * Intervals and limits from `WEBQQ_…` in the environment.
 */
import * as Effect from "effect/Effect"
import { complaintsOf, wrong } from "../../errors/Complaint.ts"
import type { Bilingual } from "../../Language.ts"
import * as LoginConfig from "../../LoginConfig.ts"
import { type CommandFailed, usage } from "../process/CommandFailed.ts"
import type { Surroundings } from "./Surroundings.ts"

/** The defaults, where the environment says nothing else. */
export const read: Effect.Effect<LoginConfig.LoginConfig, CommandFailed> = LoginConfig.LoginConfig.pipe(
  Effect.provide(LoginConfig.layerConfig),
  Effect.mapError(({ cause }) => {
    // What the environment itself could not be read for has no place in it.
    const complaint = cause._tag === "SchemaError" ? complaintsOf(cause)[0] : undefined
    const name = complaint?.path.join("_") ?? "WEBQQ_…"
    const { en, zh } = complaint === undefined ? unreadable : wrong(complaint)
    return usage(
      { en: `${name}: bad value`, zh: `${name}：值无效` },
      { en: `correct or unset it (${en.toLowerCase()})`, zh: `请更正或取消该环境变量（${zh}）` }
    )
  })
)

/** The same, with the browser that the line or the profile names. */
export const readFor = ({ userAgent }: Surroundings): Effect.Effect<LoginConfig.LoginConfig, CommandFailed> =>
  userAgent === undefined ? read : Effect.map(read, (config) => ({ ...config, userAgent }))

const unreadable: Bilingual = { en: "it cannot be read", zh: "无法读取" }
