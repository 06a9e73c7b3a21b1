/**
 * The commands on accounts of a fleet: each asks the API for one thing, and says what it answered.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Bilingual, Language } from "../../../Language.ts"
import { states } from "../../../fleet/dashboard/words.ts"
import type { Answer, Asked, StatusJson } from "../../../fleet/node/client.ts"
import type { Values } from "../../line/Command.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import { span, table } from "../../terminal/table.ts"
import type * as fleet from "./fleet.ts"
import { ask, orFail, reach } from "./reach.ts"

type Flags = Values<typeof fleet.status>

export const list = {
  run: Effect.fnUntraced(function* (flags: Values<typeof fleet.list>, around: Surroundings) {
    const { state, site } = flags
    yield* show(yield* ask(flags, around, { what: "list", state, site }), flags.json === true, around)
  })
}

const on = (asked: (profile: string) => Asked) => ({
  run: Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
    yield* show(yield* ask(flags, around, asked(flags.profile)), flags.json === true, around)
  })
})

export const status = on((profile) => ({ what: "status", profile }))
export const renew = on((profile) => ({ what: "ensure", profile, how: "renew" }))
export const pause = on((profile) => ({ what: "pause", profile }))
export const resume = on((profile) => ({ what: "resume", profile }))

export const forget = {
  run: Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
    yield* ask(flags, around, { what: "forget", profile: flags.profile })
    around.streams.tell({ en: `forgot ${flags.profile}`, zh: `已删除 ${flags.profile}` })
    if (flags.json === true) around.streams.json({ _tag: "Forgotten", profile: flags.profile })
  })
}

export const rotate = {
  run: Effect.fnUntraced(function* (flags: Values<typeof fleet.rotate>, around: Surroundings) {
    const { key, resealed } = yield* answered<{ readonly key: string; readonly resealed: number }>(
      ask(flags, around, { what: "rotate" })
    )
    around.streams.tell({
      en: `${resealed} sessions are sealed with the key ${key} now; the key file keeps the old ones for backups`,
      zh: `已用密钥 ${key} 重新加密 ${resealed} 个会话；旧密钥仍保留在密钥文件中，供恢复备份使用`
    })
    if (flags.json === true) around.streams.json({ _tag: "Rotated", key, resealed })
  })
}

/** The link is all that stdout gets: it is as good as the account until somebody has scanned. */
export const login = {
  run: Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
    const { streams } = around
    const { profile } = flags
    const { link } = yield* answered<{ readonly link: string }>(ask(flags, around, { what: "link", profile }))
    if (flags.json === true) streams.json({ _tag: "ScanLink", profile, link })
    else streams.print([link])
    streams.tell({
      en: "open it, or send it to whose account it is; it is good for a day and one scan",
      zh: "请打开链接，或发给账号的主人；链接一天内有效，只能使用一次"
    })
    const where = yield* reach(flags, around)
    const client = yield* Effect.promise(() => import("../../../fleet/node/client.ts"))
    const onStep = ({ _tag, ...step }: { readonly _tag: string; readonly nickname?: string }) => {
      const words = steps[_tag]
      if (words !== undefined) streams.tell(words(step.nickname ?? ""))
      if (flags.json === true) streams.json({ _tag, ...("nickname" in step ? { nickname: step.nickname } : {}) })
    }
    const failed = yield* Effect.promise((signal) => client.watch(where, profile, onStep, signal))
    if (failed !== undefined) return yield* orFail(failed)
  })
}

const steps: Readonly<Record<string, (nickname: string) => Bilingual>> = {
  QrShown: () => ({ en: "a code is shown on the page", zh: "页面上已显示二维码" }),
  Scanned: () => ({ en: "scanned: confirm it on the phone", zh: "已扫码：请在手机上确认" }),
  ScanWithdrawn: () => ({ en: "withdrawn on the phone", zh: "手机上已取消" }),
  Expired: () => ({ en: "the code has expired", zh: "二维码已失效" }),
  SignedIn: (nickname) => ({ en: `signed in as ${nickname}`, zh: `已登录：${nickname}` })
}

const answered = <A>(asking: ReturnType<typeof ask>) => asking as Effect.Effect<A, Effect.Error<typeof asking>>

const show = (
  answer: Exclude<Answer, { readonly failed: unknown }>,
  json: boolean,
  { language, streams }: Surroundings
) =>
  Effect.gen(function* () {
    const accounts = "accounts" in answer ? answer.accounts : []
    if (json) {
      for (const account of accounts) streams.json({ _tag: "Account", ...account })
      return
    }
    if (accounts.length === 0) return streams.tell({ en: "there are no such accounts", zh: "没有符合条件的账号" })
    const now = (yield* DateTime.now).epochMilliseconds
    streams.print(table([heads[language], ...accounts.map((account) => row(account, now, language))]))
    if (accounts.some(({ lastError }) => lastError === "NoEgress")) streams.tell(noEgress)
  })

const heads = {
  en: ["profile", "site", "state", "age", "next look", "why"],
  zh: ["名称", "站点", "状态", "已存在", "下次检查", "原因"]
}

const noEgress = {
  en: "NoEgress: no machine offers it; start one with fleet serve --egress NAME, or name its proxy in --egress-file there",
  zh: "NoEgress：没有机器提供该出口；请在相应机器上运行 fleet serve --egress 名称，或在其 --egress-file 中写明代理"
}

const row = (account: StatusJson, now: number, language: Language): ReadonlyArray<string> => {
  const { egress = "", lastError = "", nextAt, obtainedAt, profile, site, state } = account
  const left = nextAt === undefined ? undefined : Date.parse(nextAt) - now
  const ahead = { en: `in ${span(left ?? 0, language)}`, zh: `${span(left ?? 0, language)}后` }[language]
  return [
    profile,
    site,
    states[state][language],
    obtainedAt === undefined ? "" : span(now - Date.parse(obtainedAt), language),
    left === undefined ? "" : left <= 0 ? { en: "now", zh: "现在" }[language] : ahead,
    lastError === "NoEgress" ? `${lastError} (${egress})` : lastError
  ]
}
