/**
 * `webqq-login fleet add`: a new account, or what was saved on this machine, in a fleet.
 */
import * as Effect from "effect/Effect"
import { NoSession } from "../../../errors/LoginError.ts"
import { toJson } from "../../../Session.ts"
import { SessionStore } from "../../../store/SessionStore.ts"
import type { Values } from "../../line/Command.ts"
import * as Sessions from "../../inputs/sessions.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import { usage } from "../../process/CommandFailed.ts"
import type { add as command } from "./fleet.ts"
import { ask } from "./reach.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings) =>
  flags["from-store"] === true ? Sessions.withStore(fromStore(flags, around), around) : addOne(flags, around)

const addOne = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { egress, profile, site } = flags
  if (profile === undefined || site === undefined) {
    return yield* usage(
      { en: "an account has a name and a site", zh: "需要账号的名称和站点" },
      {
        en: "webqq-login fleet add NAME --site qzone; or --from-store takes in what is saved here",
        zh: "webqq-login fleet add 名称 --site qzone；或用 --from-store 导入本机已保存的会话"
      }
    )
  }
  yield* ask(flags, around, { what: "add", profile, site, egress })
  const { streams } = around
  streams.tell({
    en: `added ${profile}; webqq-login fleet login ${profile} prints the link to scan`,
    zh: `已添加 ${profile}；webqq-login fleet login ${profile} 可打印扫码链接`
  })
  if (flags.json === true) streams.json({ _tag: "Added", profile, site })
})

const fromStore = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const store = yield* SessionStore
  const { egress, json, profile: named } = flags
  const { streams } = around
  const saved = named === undefined ? (yield* store.list).saved : [yield* store.load(named)]
  if (saved.length === 0) return yield* new NoSession({ step: "SessionStore", profile: "" })
  for (const { profile, session } of saved) {
    const { site } = session
    const asking = ask(flags, around, { what: "add", profile, site, session: toJson(session), egress })
    // Of many, some may have been taken in before.
    const isNew = yield* asking.pipe(
      Effect.as(true),
      Effect.catchIf(
        ({ tag }) => tag === "AlreadyThere" && named === undefined,
        () => Effect.succeed(false)
      )
    )
    streams.tell(
      isNew
        ? { en: `added ${profile} with its session`, zh: `已添加 ${profile} 及其会话` }
        : { en: `${profile} is there already: left as it is`, zh: `${profile} 已存在：保持不变` }
    )
    if (json === true) streams.json({ _tag: isNew ? "Added" : "AlreadyThere", profile, site })
  }
  streams.tell({
    en: "the fleet renews them from now on: the copies here are not used for that, and can be forgotten with webqq-login logout",
    zh: "此后由服务负责续期；本机的副本不再使用，可用 webqq-login logout 删除"
  })
})
