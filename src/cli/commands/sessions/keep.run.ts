/**
 * `webqq-login keep`: checks saved sessions from time to time, renews them before their servers end them, and says when only a scan can help.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { LoginError, said } from "../../../errors/LoginError.ts"
import type { Bilingual } from "../../../Language.ts"
import * as KeepSignedIn from "../../../KeepSignedIn.ts"
import * as LoginConfig from "../../../LoginConfig.ts"
import { type SignInEvent, toLine } from "../../../LoginEvent.ts"
import * as SignIn from "../../../SignIn.ts"
import type { Site } from "../../../Site.ts"
import type { Values } from "../../line/Command.ts"
import { untilSignal } from "../../process/untilSignal.ts"
import { advice } from "../../terminal/advice.ts"
import { wordsOf } from "../../terminal/eventWords.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import * as Sessions from "../../inputs/sessions.ts"
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
  const keeping = Effect.forEach(picked, (one, index) => keepOne(one, sites[index]!, flags, around), {
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
  yield* Effect.raceFirst(untilSignal, Effect.andThen(begin, Sessions.online(keeping, around)))
})

const keepOne = Effect.fnUntraced(function* (picked: Sessions.Picked, site: Site, flags: Flags, around: Surroundings) {
  const { profile } = picked
  const layer = KeepSignedIn.layer(site, {
    profile,
    scan: false,
    restAtLeast: atMostEvery,
    onScanNeeded: () => Effect.void,
    ...tellerOf(profile, flags, around)
  })
  while (yield* SignIn.wasGood(picked, atMostEvery)) yield* Effect.sleep("1 minute")
  const config = yield* LoginConfig.LoginConfig
  yield* Effect.scoped(Effect.andThen(Layer.build(layer), Effect.never)).pipe(
    Effect.provideService(LoginConfig.LoginConfig, {
      ...config,
      checkEvery: Duration.max(config.checkEvery, atMostEvery)
    })
  )
})

/** Programs are told of everything, each line with its profile and none with a session; people of what changes. */
const tellerOf = (profile: string, flags: Flags, { language, streams }: Surroundings) => {
  const print = (line: object) => {
    if (flags.json === true) streams.json({ ...line, profile })
  }
  let isGood = false
  // What has been said since the session was good the last time.
  let told = new Set<string>()
  const tell = (...lines: ReadonlyArray<Bilingual>) => {
    const text = lines.map(({ en }) => en).join("\n")
    if (told.has(text)) return
    told.add(text)
    streams.tell(...lines.map(({ en, zh }) => ({ en: `${profile}: ${en}`, zh: `${profile}：${zh}` })))
  }
  const onEvent = (event: SignInEvent) =>
    Effect.sync(() => {
      if (event._tag === "QrShown") return
      if (event._tag === "LoggedIn") {
        const { site, uin } = event.session
        isGood = true
        told = new Set()
        return print({ _tag: event._tag, site, uin })
      }
      if (event._tag !== "SessionFound" && !(event._tag === "SessionStillGood" && isGood)) tell(wordsOf(event))
      print(toLine(event))
    })
  const onFailure = (error: LoginError) =>
    Effect.sync(() => {
      isGood = false
      const { cure, message } = said(error)
      tell(...advice({ cure, message }))
      const words = { message: message[language], cure: cure[language] }
      print({ _tag: "NotSignedIn", error: { ...encode(error), ...words } })
    })
  return { onEvent, onFailure }
}

const encode = Schema.encodeSync(LoginError)
