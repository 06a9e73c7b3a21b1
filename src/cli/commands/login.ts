/**
 * `webqq-login login`: runs the login, and tells people on stderr and programs on stdout what happens.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Facade from "../../Facade.ts"
import type * as Language from "../../Language.ts"
import * as LoginConfig from "../../LoginConfig.ts"
import type { StoreFailed } from "../../errors/LoginError.ts"
import type { LoginEventLine, SignInEvent } from "../../LoginEvent.ts"
import { toLine } from "../../LoginEvent.ts"
import { SessionStore } from "../../store/SessionStore.ts"
import * as SignIn from "../../SignIn.ts"
import * as Site from "../../Site.ts"
import type { Values } from "../line/parse.ts"
import type { login as command } from "../line/commands.ts"
import * as Config from "../inputs/config.ts"
import { usage } from "../terminal/failure.ts"
import { jsonLine } from "../terminal/output.ts"
import { perform } from "../terminal/perform.ts"
import * as QrFile from "../terminal/qrFile.ts"
import * as Render from "../terminal/render.ts"
import type { Surroundings } from "../terminal/report.ts"
import * as SiteFile from "../inputs/siteFile.ts"
import * as Stores from "../inputs/stores.ts"

type Flags = Values<typeof command>

/** Logs in; yields the exit code, after everything has been said. Interruption removes the file and closes the sockets. */
export const run = (flags: Flags, around: Surroundings): Effect.Effect<number> =>
  perform(attempt(flags, around), flags.json === true, around)

const attempt = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { language, output } = around
  yield* checkFlags(flags, language)
  const speed = flags.speed ?? 1
  // The replay brings a server along, so it is loaded only where it is needed.
  const replay =
    flags.replay === undefined
      ? undefined
      : yield* (yield* load(import("../inputs/replay.ts"))).start(flags.replay, speed, language)
  const site = yield* SiteFile.resolve(flags.site ?? replay?.site ?? Site.webqq.name, language)
  const config = yield* readConfig(flags, speed, language)
  const tell = yield* teller(flags, around)
  // What a recording yields is no session of the user's, unless a profile is named for it.
  const real = replay === undefined || flags.profile !== undefined
  const save = real && flags["no-save"] !== true
  let notSaved: StoreFailed | undefined
  const signIn = SignIn.signIn(site, {
    profile: flags.profile,
    save,
    fresh: flags.fresh === true,
    onEvent: (event) => {
      if (event._tag === "NotSaved") notSaved = event.reason
      return tell(event)
    }
  })
  const session = yield* (save ? Effect.andThen(Effect.forkScoped(warn(around)), signIn) : signIn).pipe(
    Effect.provide(real ? Stores.forLogin(around) : Stores.inMemory(replay.saved)),
    Effect.provideService(LoginConfig.LoginConfig, config),
    Effect.provideService(Clock.Clock, replay?.clock ?? (yield* Clock.Clock)),
    Effect.provide(replay?.httpClient ?? around.httpClient ?? Facade.httpClient),
    Effect.tapError(({ _tag }) =>
      Effect.sync(() => {
        if (_tag === "HttpFailed" && site.closed !== undefined)
          output.line(Render.note(Render.closed(living), language))
      })
    ),
    Effect.onExit((exit) =>
      Effect.sync(() => {
        const report = replay === undefined ? "" : replay.report(Exit.isSuccess(exit))
        if (report !== "") output.line(report)
      })
    )
  )
  if (flags.json !== true) {
    const showSecrets = flags["show-secrets"] === true
    output.stdout(Render.summary(session, language, showSecrets))
    if (!showSecrets) output.line(Render.hidden[language])
  }
  if (notSaved !== undefined) return yield* notSaved
})

/** Says, while the code is being fetched, that nothing can be kept: whoever would scan for that can stop here. */
const warn = ({ language, output }: Surroundings) =>
  SessionStore.use((store) => store.ready).pipe(
    Effect.catch((error) => Effect.sync(() => output.line(Render.note(Render.notKept(error), language))))
  )

const living = Site.all.filter((site) => site.closed === undefined).map((site) => site.name)

const load = <A>(module: Promise<A>) => Effect.promise(() => module)

/** Tells of an event: people first, then programs. */
export const teller = Effect.fnUntraced(function* (
  flags: Pick<Flags, "qr" | "qr-file" | "json">,
  { env, language, output }: Surroundings
) {
  const path = flags["qr-file"]
  const mode = flags.qr ?? (path === undefined ? "auto" : "file")
  const options = {
    mode,
    output,
    file: yield* QrFile.make(path, language),
    fileWanted: path !== undefined,
    language,
    env
  }
  const print = (line: typeof LoginEventLine.Encoded) => {
    if (flags.json === true) output.stdout(jsonLine(line))
  }
  // The first request is under way while this is loaded.
  const qrOutput = import("../terminal/qrOutput.ts")
  return (event: SignInEvent): Effect.Effect<void> => {
    if (event._tag === "QrShown") {
      const { attempt, expiresAt, png } = event
      return Effect.map(load(qrOutput), ({ show }) => {
        const shown = show(png, attempt, options)
        print({ _tag: "QrShown", attempt, ...shown, expiresAt: DateTime.formatIso(expiresAt) })
      })
    }
    return Effect.sync(() => {
      output.status(Render.status(event, language))
      if (!passing.has(event._tag)) output.settle()
      print(toLine(event))
    })
  }
})

/** States whose line is overwritten by the next. */
const passing: ReadonlySet<SignInEvent["_tag"]> = new Set(["Waiting", "Scanned", "ScanWithdrawn"])

const seeHelp = { en: "see webqq-login login --help", zh: "请看 webqq-login login --help" }

/** Flags that do not go together are wrong usage. */
export const checkFlags = (flags: Pick<Flags, "qr" | "qr-file" | "replay" | "speed">, language: Language.Language) => {
  if (flags.speed !== undefined && flags.replay === undefined) {
    const message = { en: "--speed needs --replay", zh: "--speed 只能与 --replay 同用" }
    return Effect.fail(usage(message, seeHelp, language))
  }
  if (flags["qr-file"] !== undefined && flags.qr === "none") {
    const message = { en: "--qr-file and --qr none contradict each other", zh: "--qr-file 与 --qr none 相互矛盾" }
    return Effect.fail(usage(message, seeHelp, language))
  }
  return Effect.void
}

/** Intervals and limits: flags first, then the environment. */
export const readConfig = (
  flags: Pick<Flags, "max-refresh" | "poll-interval" | "timeout">,
  speed: number,
  language: Language.Language
) =>
  Effect.map(Config.read(language), (config): LoginConfig.LoginConfig => {
    const { "max-refresh": maxRefresh, "poll-interval": pollInterval, timeout } = flags
    return {
      ...config,
      ...(pollInterval === undefined ? {} : { pollInterval: Duration.millis(pollInterval) }),
      ...(timeout === undefined ? {} : { timeout: Duration.millis(timeout) }),
      ...(maxRefresh === undefined ? {} : { maxRefresh }),
      // Sockets do not run faster when the clock does.
      requestTimeout: Duration.times(config.requestTimeout, Math.max(1, speed))
    }
  })
