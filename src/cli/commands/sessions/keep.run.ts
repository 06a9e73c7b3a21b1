/**
 * `webqq-login keep`: checks saved sessions from time to time, renews them before their servers end them, and says when only a scan can help.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { LoginError, said } from "../../../errors/LoginError.ts"
import type { Bilingual } from "../../../Language.ts"
import * as KeepSignedIn from "../../../KeepSignedIn.ts"
import { type LoginEventLine, type SignInEvent, toLine } from "../../../LoginEvent.ts"
import * as SignIn from "../../../SignIn.ts"
import type { Site } from "../../../Site.ts"
import type { Values } from "../../line/Command.ts"
import { untilSignal } from "../../process/untilSignal.ts"
import { advice } from "../../terminal/advice.ts"
import { wordsOf } from "../../terminal/eventWords.ts"
import type { Line, Streams } from "../../terminal/streams.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import * as Sessions from "../../inputs/sessions.ts"
import * as Ways from "../../inputs/ways.ts"
import { askForScan } from "./askForScan.ts"
import type { keep as command } from "./keep.ts"

type Flags = Values<typeof command>

/** No account is asked about more often, however often the service is started. */
const atMostEvery = Duration.minutes(15)

export const run = (flags: Flags, around: Surroundings) => Sessions.withStore(keep(flags, around), around)

const keep = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const wanted = flags.profiles === undefined ? [{}] : Array.from(new Set(flags.profiles), (profile) => ({ profile }))
  const picked = yield* Effect.forEach(wanted, Sessions.pick)
  // Before the first is kept: one that cannot be is told at once.
  const sites = yield* Effect.forEach(picked, Sessions.needSite)
  const ways = yield* Effect.forEach(picked, ({ profile }) => Ways.ofProfile(around, profile))
  const keeping = Effect.forEach(picked, (one, index) => keepOne(one, sites[index]!, flags, ways[index]!), {
    concurrency: "unbounded",
    discard: true
  })
  const names = picked.map(({ profile }) => profile)
  const begin = Effect.sync(() =>
    around.streams.tell({
      en: `keeping ${names.join(", ")} signed in until a signal comes`,
      zh: `保持 ${names.join("、")} 的会话有效，直到收到信号`
    })
  )
  yield* Effect.raceFirst(untilSignal, Effect.andThen(begin, keeping))
})

const keepOne = Effect.fnUntraced(function* (picked: Sessions.Picked, site: Site, flags: Flags, around: Surroundings) {
  const { profile } = picked
  const teller = yield* tellerOf(flags, { ...around, streams: streamsOf(profile, around.streams) })
  const layer = KeepSignedIn.layer(site, {
    profile,
    restAtLeast: atMostEvery,
    onScanNeeded: () => Effect.void,
    ...teller
  })
  while (yield* SignIn.wasGood(picked, atMostEvery)) yield* Effect.sleep("1 minute")
  return yield* Sessions.online(Effect.scoped(Effect.andThen(Layer.build(layer), Effect.never)), around)
})

/** Each line says of which session it is, and none is written over by the next. */
const streamsOf = (profile: string, streams: Streams): Streams => {
  const named = (line: Line): Line =>
    typeof line === "string" ? `${profile}: ${line}` : { en: `${profile}: ${line.en}`, zh: `${profile}：${line.zh}` }
  const tell = (...lines: ReadonlyArray<Line>) => streams.tell(...lines.map(named))
  return {
    ...streams,
    tell,
    insist: (...lines) => streams.insist(...lines.map(named)),
    status: (line) => tell(typeof line === "function" ? line() : line),
    terminal: () => undefined,
    json: (line) => streams.json({ ...withoutSession(line as typeof LoginEventLine.Encoded), profile })
  }
}

/** What runs for weeks has its lines in some log. */
const withoutSession = (line: typeof LoginEventLine.Encoded): object =>
  line._tag === "LoggedIn" ? { _tag: line._tag, site: line.session.site, uin: line.session.uin } : line

/** Programs are told of everything, and of no session more than whose it is; people of what changes. */
const tellerOf = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { language, streams } = around
  const print = (line: object) => {
    if (flags.json === true) streams.json(line)
  }
  let isGood = false
  // What has been said since the session was good the last time.
  let told = new Set<string>()
  const once = (say: Streams["tell"], ...lines: ReadonlyArray<Bilingual>) => {
    const text = lines.map(({ en }) => en).join("\n")
    if (!told.has(text)) say(...lines)
    told.add(text)
  }
  const asking = yield* askForScan(flags, around)
  const onEvent = Effect.fnUntraced(function* (event: SignInEvent) {
    const isTold = yield* asking.tell(event)
    const isNews = event._tag !== "SessionFound" && !(event._tag === "SessionStillGood" && isGood)
    if (event._tag === "LoggedIn") {
      isGood = true
      told = new Set()
    }
    if (isTold || event._tag === "QrShown") return
    if (event._tag !== "LoggedIn" && isNews) once(streams.tell, wordsOf(event))
    print(toLine(event))
  })
  const onFailure = (error: LoginError) =>
    Effect.sync(() => {
      isGood = false
      const { cure, message } = said(error)
      once(streams.insist, ...advice({ cure, message }))
      const words = { message: message[language], cure: cure[language] }
      print({ _tag: "NotSignedIn", error: { ...encode(error), ...words } })
    })
  return {
    scan: asking.mayAsk,
    onEvent,
    onFailure: (error: LoginError) => Effect.andThen(asking.end(Exit.fail(error)), onFailure(error))
  }
})

const encode = Schema.encodeSync(LoginError)
