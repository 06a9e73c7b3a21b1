/**
 * `webqq-login logout`: forgets saved sessions on this machine.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Path from "node:path"
import { exitCodes, NoSession, said } from "../../../errors/LoginError.ts"
import { SessionStore } from "../../../store/SessionStore.ts"
import type { Values } from "../../line/Command.ts"
import { CommandFailed, usage } from "../../process/CommandFailed.ts"
import { advice } from "../../terminal/advice.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { logout as command } from "./logout.ts"
import * as Ways from "../../inputs/ways.ts"
import * as Sessions from "../../inputs/sessions.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings) => Sessions.withStore(forget(flags, around), around)

const forget = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { streams } = around
  const store = yield* SessionStore
  const profiles = yield* chosen(flags)
  let left = 0
  for (const profile of profiles) {
    // What cannot be forgotten does not save the others.
    const removed = yield* Effect.result(store.remove(profile))
    if (Result.isSuccess(removed)) {
      yield* Ways.forget(around, profile)
      streams.tell({ en: `forgot ${profile}`, zh: `已删除 ${profile}` })
      if (flags.json === true) streams.json({ _tag: "Forgotten", profile })
      continue
    }
    if (profiles.length === 1) return yield* removed.failure
    // Somebody else was faster.
    if (removed.failure._tag === "NoSession") continue
    left++
    streams.insist(...advice(said(removed.failure)))
    if (flags.json === true) streams.json({ _tag: "NotForgotten", profile, reason: removed.failure.reason })
  }
  streams.tell({
    en: "the server was not told: there, a session lasts until it ends by itself",
    zh: "没有通知服务器：会话在服务器上会持续到自行失效"
  })
  if (left > 0) return yield* stillThere(left, profiles.length)
})

const stillThere = (left: number, all: number) =>
  new CommandFailed({
    said: {
      message: {
        en: `${left} of ${all} saved sessions could not be forgotten`,
        zh: `${all} 个已保存的会话中有 ${left} 个无法删除`
      },
      cure: {
        en: "remove by hand what is named above: it may hold secrets",
        zh: "请手动删除上面列出的内容，其中可能含有敏感信息"
      }
    },
    exitCode: exitCodes.StoreFailed
  })

const chosen = Effect.fnUntraced(function* ({ all, profile }: Flags) {
  if (profile !== undefined && all === true) {
    const message = { en: "--profile and --all contradict each other", zh: "--profile 与 --all 相互矛盾" }
    return yield* usage(message, { en: "give one of them", zh: "请只使用其中之一" })
  }
  if (profile !== undefined) return [profile]
  const { broken, saved } = yield* (yield* SessionStore).list
  // One that cannot be read holds secrets all the same; what has another name is not ours to remove.
  const profiles = [
    ...saved.map(({ profile }) => profile),
    ...broken.flatMap(({ path }) => (path.endsWith(".json") ? [Path.basename(path, ".json")] : []))
  ]
  if (profiles.length === 0) return yield* new NoSession({ step: "SessionStore", profile: "" })
  if (profiles.length === 1 || all === true) return profiles
  return yield* usage(
    {
      en: `there are several saved sessions: ${profiles.join(", ")}`,
      zh: `有多个已保存的会话：${profiles.join("、")}`
    },
    { en: "name one with --profile, or forget --all", zh: "请用 --profile 指定其一，或用 --all 全部删除" }
  )
})
