/**
 * `webqq-login login`: runs the login, and tells people on stderr and programs on stdout what happens.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as LoginConfig from "../../../LoginConfig.ts"
import * as Notice from "../../../Notice.ts"
import type { StoreFailed } from "../../../errors/LoginError.ts"
import { SessionStore } from "../../../store/SessionStore.ts"
import * as SignIn from "../../../SignIn.ts"
import type { Values } from "../../line/Command.ts"
import { note } from "../../terminal/advice.ts"
import { notKept } from "../../terminal/eventWords.ts"
import { hidden, next, summary } from "../../terminal/sessionSummary.ts"
import { checkFlags, readLimits } from "./limits.ts"
import type { login as command } from "./login.ts"
import { teller } from "./tellEvents.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import * as ChooseSite from "../../inputs/chooseSite.ts"
import { client, tellProxy } from "../../inputs/network.ts"
import * as SiteFile from "../../inputs/siteFile.ts"
import * as Stores from "../../inputs/stores.ts"
import * as Ways from "../../inputs/ways.ts"

type Flags = Values<typeof command>

/** Logs in. Interruption removes the file and closes the sockets. */
export const run = Effect.fnUntraced(function* (flags: Flags, given: Surroundings) {
  const { language, streams } = given
  yield* checkFlags(flags)
  const speed = flags.speed ?? 1
  // The replay brings a server along, so it is loaded only where it is needed.
  const replay =
    flags.replay === undefined
      ? undefined
      : yield* (yield* load(import("../../inputs/replay.ts"))).start(flags.replay, speed)
  const site = yield* replay === undefined
    ? ChooseSite.resolve(flags, given)
    : SiteFile.resolve(flags.site ?? replay.site)
  const wanted = { fresh: flags.fresh === true, profile: flags.profile, site: site.name }
  const around = replay === undefined ? yield* Ways.ofLogin(given, wanted) : given
  const config = yield* readLimits(flags, speed, around)
  const { newCode, tell } = yield* teller(flags, around)
  // What a recording yields is no session of the user's, unless a profile is named for it.
  const real = replay === undefined || flags.profile !== undefined
  const save = real && flags["no-save"] !== true
  let notSaved: StoreFailed | undefined
  let { profile } = flags
  const signIn = (fresh: boolean): ReturnType<typeof SignIn.signIn> =>
    SignIn.signIn(site, {
      profile: flags.profile,
      save,
      fresh,
      force: flags.force === true,
      scan: flags["no-scan"] !== true,
      onEvent: (event) => {
        if (event._tag === "SessionFound") profile = event.profile
        // Where another one was saved meanwhile, there is one that works.
        if (event._tag === "NotSaved" && event.why !== "superseded") notSaved = event.reason
        const isKept = event._tag === "Saved" || event._tag === "SessionStillGood"
        return isKept && replay === undefined
          ? Effect.andThen(tell(event), Ways.keep(around, event.profile))
          : tell(event)
      }
    }).pipe(
      // Whoever asks for a new code has seen one: what is kept has been asked about.
      Effect.raceFirst(Effect.as(replay === undefined ? newCode : Effect.never, undefined)),
      Effect.flatMap((session) => (session === undefined ? signIn(true) : Effect.succeed(session)))
    )
  const signedIn = signIn(flags.fresh === true)
  const session = yield* (save ? Effect.andThen(Effect.forkScoped(warn(around)), signedIn) : signedIn).pipe(
    Effect.provideService(LoginConfig.LoginConfig, config),
    // Sockets do not run faster when the clock does.
    Effect.updateService(Notice.Listener, (listener) =>
      listener === undefined || speed < 1
        ? listener
        : { ...listener, slowAfter: Duration.times(listener.slowAfter, speed) }
    ),
    Effect.provideService(Clock.Clock, replay?.clock ?? (yield* Clock.Clock)),
    // What a replay yields is saved now, and not when it was recorded.
    Effect.provide([
      real ? Stores.forLogin(around) : Stores.inMemory(replay.saved),
      replay?.httpClient ?? client(around)
    ]),
    Effect.tapError(tellProxy(around)),
    Effect.onExit((exit) =>
      Effect.sync(() => {
        const report = replay?.report(Exit.isSuccess(exit))
        if (report !== undefined) streams.tell(...report[language].split("\n"))
      })
    )
  )
  if (flags.json !== true && notSaved !== undefined) {
    const { rescue } = yield* load(import("./rescue.ts"))
    notSaved = yield* rescue(session, notSaved, { profile, force: flags.force === true }, around)
  }
  if (flags.json !== true && (notSaved === undefined || streams.isShown)) {
    const showSecrets = flags["show-secrets"] === true
    streams.print(summary(session, language, showSecrets))
    if (!showSecrets) streams.tell(hidden)
    if (save && notSaved === undefined) streams.tell(...next(session, site))
  }
  if (notSaved !== undefined) return yield* notSaved
})

/** Says, while the code is being fetched, that nothing can be kept: whoever would scan for that can stop here. */
const warn = ({ streams }: Surroundings) =>
  SessionStore.use((store) => store.ready).pipe(
    Effect.catch((error) => Effect.sync(() => streams.tell(note(notKept(error, streams.isDropped)))))
  )

const load = <A>(module: Promise<A>) => Effect.promise(() => module)
