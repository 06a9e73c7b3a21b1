/**
 * What becomes of a session that could not be kept, where no JSON line holds it: somebody has scanned for it, and it is nowhere else.
 */
import * as Effect from "effect/Effect"
import { said, type StoreFailed } from "../../../errors/LoginError.ts"
import type { Session } from "../../../Session.ts"
import * as SignIn from "../../../SignIn.ts"
import { SessionStore } from "../../../store/SessionStore.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import * as Stores from "../../inputs/stores.ts"
import { advice, note } from "../../terminal/advice.ts"
import { canAsk, choose } from "../../terminal/choose.ts"
import { wordsOf } from "../../terminal/eventWords.ts"
import { whole } from "../../terminal/sessionSummary.ts"

/**
 * Prints it where stdout goes to a program or a file, and says that it is lost where that leads nowhere. On a terminal somebody may make room and have it saved again, or have it printed; where
 * nobody can answer, it is said how to get it. Yields why it is still not kept, or undefined where it is now.
 */
export const rescue = Effect.fnUntraced(function* (
  session: Session,
  reason: StoreFailed,
  wish: { readonly profile: string | undefined; readonly force: boolean },
  around: Surroundings
) {
  const { language, streams } = around
  const print = (): StoreFailed => {
    streams.raw(whole(session, language))
    return reason
  }
  if (streams.isDropped) {
    streams.insist(note(dropped))
    return reason
  }
  if (!streams.isShown) return print()
  if (!canAsk(around)) {
    streams.insist(note(lost))
    return reason
  }
  let failed = reason
  for (;;) {
    streams.insist(...advice(said(failed)))
    const chosen = yield* choose(question, answers, around)
    if (chosen === 1) return print()
    if (chosen === 2) return failed
    const kept = yield* Effect.gen(function* () {
      const { where } = yield* SessionStore
      const { profile } = yield* SignIn.keep(session, wish)
      return { profile, where }
    }).pipe(Effect.provide(Stores.forLogin(around)), Effect.result)
    if (kept._tag === "Failure") {
      failed = kept.failure
      continue
    }
    streams.tell(wordsOf({ _tag: "Saved", ...kept.success }))
    return undefined
  }
})

const dropped = {
  en: "it is lost: stdout leads nowhere; with stdout in a file, the next login prints what cannot be kept",
  zh: "会话已丢失：标准输出没有去处；将标准输出写入文件，下次登录就会输出无法保存的会话"
}

const lost = {
  en: "it is not printed on a terminal: with --json, or with stdout in a file, the next login prints what cannot be kept",
  zh: "不会在终端上直接输出；加上 --json，或将标准输出写入文件，下次登录就会输出无法保存的会话"
}

const question = {
  en: "The session is in hand, and kept nowhere.",
  zh: "会话已经取得，但没有保存。"
}

const answers = [
  { en: "save it again", zh: "再次保存" },
  { en: "print it here, secrets in clear", zh: "在此输出，包括明文敏感信息" },
  { en: "let it go", zh: "放弃" }
] as const
