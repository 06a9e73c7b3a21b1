/**
 * `webqq-login status`: which saved sessions work.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Bilingual, Language } from "../../../Language.ts"
import { type LoginError, NoSession, said, type StoreFailed } from "../../../errors/LoginError.ts"
import type { HttpClient } from "effect/http/HttpClient"
import { type Saved, SessionStore } from "../../../store/SessionStore.ts"
import type { Session } from "../../../Session.ts"
import * as SignIn from "../../../SignIn.ts"
import type { Values } from "../../line/Command.ts"
import type { CommandFailed } from "../../process/CommandFailed.ts"
import { advice } from "../../terminal/advice.ts"
import { span, table } from "../../terminal/table.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { status as command } from "./status.ts"
import * as Ways from "../../inputs/ways.ts"
import * as Sessions from "../../inputs/sessions.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings) => Sessions.withStore(status(flags, around), around)

/** What is known of a saved session. */
interface Known extends Saved {
  /** Undefined where nobody could tell. */
  readonly good: boolean | undefined
  /** Whether its server was asked. */
  readonly asked: boolean
  readonly reason?: LoginError | CommandFailed
  readonly expectedEnd: DateTime.Utc | undefined
}

const status = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { language, streams } = around
  const { find, name } = yield* Sessions.siteOf(flags.site)
  const offline = flags.offline === true
  const lines: Array<ReadonlyArray<string>> = []
  let good = false
  let untold: LoginError | CommandFailed | undefined
  const tell = (one: Known, now: DateTime.Utc) => {
    good ||= one.good === true
    if (one.good === undefined) untold ??= one.reason
    if (flags.json === true) streams.json(toLine(one, language))
    else lines.push(cells(one, now, language))
  }
  // One client for all: to make one takes longer than to look at a session.
  const broken = yield* Sessions.online(
    inPortions(
      yield* SessionStore,
      flags.profile,
      Effect.fnUntraced(function* (some) {
        const known: ReadonlyArray<Known> = yield* Effect.forEach(
          some.filter(({ session }) => session.site === (name ?? session.site)),
          (saved) => look({ ...saved, site: find(saved.session) }, offline, around),
          { concurrency: offline ? 1 : 4 }
        )
        const now = yield* DateTime.now
        for (const one of known) tell(one, now)
      })
    ),
    around
  )
  if (lines.length > 0) streams.print(table([heads[language], ...lines]))
  for (const error of broken) {
    streams.insist(...advice(said(error)))
    if (flags.json === true) streams.json({ _tag: "Broken", path: error.path, reason: error.reason })
  }
  if (good) return
  // Where nobody could tell, that is the failure.
  return yield* untold ?? new NoSession({ step: "Check", profile: flags.profile ?? "" })
})

/** All of them, or that of a profile, and then no other is read; and what cannot be read. */
const inPortions = <E, R>(
  store: SessionStore["Service"],
  profile: string | undefined,
  see: (saved: ReadonlyArray<Saved>) => Effect.Effect<void, E, R>
): Effect.Effect<ReadonlyArray<StoreFailed>, E | StoreFailed, R> =>
  profile === undefined
    ? store.inPortions(see)
    : Effect.matchEffect(store.load(profile), {
        onSuccess: (saved) => Effect.as(see([saved]), []),
        onFailure: (error) => Effect.succeed(error._tag === "StoreFailed" ? [error] : [])
      })

const look = Effect.fnUntraced(function* (picked: Sessions.Picked, offline: boolean, around: Surroundings) {
  const now = yield* DateTime.now
  const known = { ...picked, expectedEnd: expectedEnd(picked, now), asked: false }
  const site = yield* Effect.result(Sessions.needSite(picked))
  if (Result.isFailure(site)) return { ...known, good: undefined, reason: site.failure } satisfies Known
  const { check, tokens } = site.success
  if (tokens && offline) {
    return {
      ...known,
      good: known.expectedEnd !== undefined && now.epochMilliseconds < known.expectedEnd.epochMilliseconds
    } satisfies Known
  }
  const asked = check !== undefined && !offline
  const checking: Effect.Effect<unknown, LoginError | CommandFailed, HttpClient> = asked
    ? Effect.flatMap(Ways.ofProfile(around, picked.profile), (way) => {
        const check = SignIn.check(site.success, picked.session)
        return way === around ? check : Sessions.online(check, way)
      })
    : SignIn.checkByAge(site.success, picked.session)
  const checked = yield* Effect.result(checking)
  if (asked && Result.isSuccess(checked)) yield* SignIn.foundGood(site.success, picked)
  if (Result.isSuccess(checked)) return { ...known, good: true, asked } satisfies Known
  const reason = checked.failure
  // Where the clock was wrong then, its age says nothing, and nobody was asked.
  if (!asked && isAhead(picked.session, now)) return { ...known, good: undefined } satisfies Known
  return {
    ...known,
    good: reason._tag !== "CommandFailed" && SignIn.isDead(reason) ? false : undefined,
    asked,
    reason
  } satisfies Known
})

/** Web QQ's sessions lasted about two days (PROTOCOL.md, lifetimes); others end with their p_skey, if that says when. */
const expectedEnd = ({ session, site }: Sessions.Picked, now: DateTime.Utc): DateTime.Utc | undefined => {
  if (session.psessionid === undefined) {
    return session.cookies.find(({ domain, name }) => name === "p_skey" && domain === site?.target)?.expires
  }
  return isAhead(session, now) ? undefined : DateTime.addDuration(session.obtainedAt, "2 days")
}

/** Obtained by a clock that was ahead: its age is not known. */
const isAhead = ({ obtainedAt }: Session, now: DateTime.Utc) => obtainedAt.epochMilliseconds > now.epochMilliseconds

const toLine = ({ asked, expectedEnd, good, profile, reason, savedAt, session }: Known, language: Language) => ({
  _tag: "SavedSession",
  profile,
  site: session.site,
  uin: session.uin,
  nickname: session.nickname,
  obtainedAt: DateTime.formatIso(session.obtainedAt),
  savedAt: DateTime.formatIso(savedAt),
  expectedEnd: expectedEnd === undefined ? null : DateTime.formatIso(expectedEnd),
  good: good ?? null,
  asked,
  ...(reason === undefined ? {} : { reason: { _tag: reason._tag, ...inWords(reason, language) } })
})

const saidOf = (error: LoginError | CommandFailed) => (error._tag === "CommandFailed" ? error.said : said(error))

const inWords = (error: LoginError | CommandFailed, language: Language) => {
  const { cure, message } = saidOf(error)
  return { message: message[language], cure: cure[language] }
}

const heads = {
  en: ["profile", "site", "uin", "age", "expected end", "state"],
  zh: ["名称", "站点", "uin", "已登录", "预计失效", "状态"]
}

const cells = (one: Known, now: DateTime.Utc, language: Language): ReadonlyArray<string> => [
  one.profile,
  one.session.site,
  String(one.session.uin),
  isAhead(one.session, now)
    ? unknown[language]
    : span(now.epochMilliseconds - one.session.obtainedAt.epochMilliseconds, language),
  end(one.expectedEnd, now, language),
  state(one)[language]
]

const end = (at: DateTime.Utc | undefined, now: DateTime.Utc, language: Language): string => {
  if (at === undefined) return unknown[language]
  const left = at.epochMilliseconds - now.epochMilliseconds
  const far = span(Math.abs(left), language)
  return left > 0 ? { en: `in ${far}`, zh: `${far}后` }[language] : { en: `${far} ago`, zh: `${far}前` }[language]
}

const unknown = { en: "unknown", zh: "未知" }

const ofNoAge = {
  en: "unknown: saved while a clock was ahead, and no server was asked",
  zh: "未知：保存时系统时间超前，且未询问服务器"
}

const byAge = { en: "by its age, no server was asked", zh: "按时间推断，未询问服务器" }

const state = ({ asked, good, reason }: Known): Bilingual => {
  const why = reason === undefined ? undefined : saidOf(reason).message
  if (good === undefined && why === undefined) return ofNoAge
  if (good === undefined) return { en: `unknown: ${why?.en}`, zh: `未知：${why?.zh}` }
  if (!good) {
    const { en, zh } = why ?? { en: "too old", zh: "时间过长" }
    return asked
      ? { en: `does not work: ${en}`, zh: `不可用：${zh}` }
      : { en: `does not work: ${en}; ${byAge.en}`, zh: `不可用：${zh}；${byAge.zh}` }
  }
  return asked
    ? { en: "works; its server was asked", zh: "可用；已询问服务器" }
    : { en: `should work ${byAge.en}`, zh: `应可用；${byAge.zh}` }
}
