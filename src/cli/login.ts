/**
 * `webqq-login login`: runs the login, and tells people on stderr and programs on stdout what happens.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Facade from "../Facade.ts"
import * as Language from "../Language.ts"
import * as Login from "../Login.ts"
import * as LoginConfig from "../LoginConfig.ts"
import type { LoginEvent, LoginEventLine } from "../LoginEvent.ts"
import * as Session from "../Session.ts"
import * as Site from "../Site.ts"
import type { Values } from "./command.ts"
import type { login as command } from "./commands.ts"
import { CommandFailed, exitCodes } from "./failure.ts"
import { jsonLine, printable } from "./output.ts"
import * as QrFile from "./qrFile.ts"
import * as Render from "./render.ts"
import { failure, type Surroundings } from "./report.ts"

type Flags = Values<(typeof command)["flags"]>

/** Logs in; yields the exit code, after everything has been said. Interruption removes the file and closes the sockets. */
export const run = (flags: Flags, around: Surroundings): Effect.Effect<number> => {
  const tell = (cause: Parameters<typeof failure>[0]) => failure(cause, flags.json === true, around)
  return Effect.scoped(attempt(flags, around)).pipe(
    Effect.provide(Logger.layer([logger(around)])),
    Effect.provideService(Language.Language, around.language),
    Effect.matchCause({ onSuccess: () => 0, onFailure: tell }),
    Effect.onInterrupt(() => Effect.sync(() => tell(Cause.interrupt())))
  )
}

const attempt = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { language, output } = around
  yield* checkFlags(flags, language)
  const speed = flags.speed ?? 1
  // The replay brings a server along, so it is loaded only where it is needed.
  const replay =
    flags.replay === undefined
      ? undefined
      : yield* (yield* load(import("./replay.ts"))).start(flags.replay, speed, language)
  const site = yield* findSite(flags.site ?? replay?.site ?? Site.webqq.name, language)
  const config = yield* readConfig(flags, speed, language)
  const onEvent = yield* teller(flags, around)
  const session = yield* Login.login(site, { onEvent }).pipe(
    Effect.provideService(LoginConfig.LoginConfig, config),
    Effect.provideService(Clock.Clock, replay?.clock ?? (yield* Clock.Clock)),
    Effect.provide(replay?.httpClient ?? Facade.httpClient),
    // Not after an interruption: that leaves every recording half played.
    Effect.onExit((exit) =>
      Effect.sync(() => {
        const report = replay === undefined || Exit.hasInterrupts(exit) ? "" : replay.report()
        if (report !== "") output.line(report)
      })
    )
  )
  if (flags.json === true) return
  const showSecrets = flags["show-secrets"] === true
  output.stdout(Render.summary(session, language, showSecrets))
  if (!showSecrets) output.line(Render.hidden[language])
})

const load = <A>(module: Promise<A>) => Effect.promise(() => module)

/** Tells of an event: people first, then programs. */
const teller = Effect.fnUntraced(function* (flags: Flags, { env, language, output }: Surroundings) {
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
  const qrOutput = import("./qrOutput.ts")
  return (event: LoginEvent): Effect.Effect<void> => {
    if (event._tag === "QrShown") {
      const { attempt, expiresAt, png } = event
      return Effect.map(load(qrOutput), ({ show }) => {
        const shown = show(png, attempt, options)
        print({ _tag: "QrShown", attempt, ...shown, expiresAt: DateTime.formatIso(expiresAt) })
      })
    }
    return Effect.sync(() => {
      output.status(Render.status(event)[language])
      if (!passing.has(event._tag)) output.settle()
      print(event._tag === "LoggedIn" ? { _tag: "LoggedIn", session: Session.toJson(event.session) } : event)
    })
  }
})

/** States whose line is overwritten by the next. */
const passing: ReadonlySet<LoginEvent["_tag"]> = new Set(["Waiting", "Scanned", "ScanWithdrawn"])

/** Warnings of the library, a line each; everything with `WEBQQ_DEBUG=1`. */
const logger = ({ env, language, output }: Surroundings) =>
  Logger.make(({ logLevel, message }) => {
    if (logLevel !== "Warn" && logLevel !== "Error" && logLevel !== "Fatal" && !env["WEBQQ_DEBUG"]) return
    const text = (Array.isArray(message) ? message : [message]).map(String).join(" ")
    output.line({ en: "note: ", zh: "提示：" }[language] + printable(text))
  })

const usage = (en: string, zh: string, cure: Language.Bilingual, language: Language.Language) =>
  new CommandFailed({ message: { en, zh }[language], cure: cure[language], exitCode: exitCodes.usage })

const seeHelp = { en: "see webqq-login login --help", zh: "请看 webqq-login login --help" }

const checkFlags = (flags: Flags, language: Language.Language) => {
  if (flags.speed !== undefined && flags.replay === undefined) {
    return Effect.fail(usage("--speed needs --replay", "--speed 只能与 --replay 同用", seeHelp, language))
  }
  if (flags["qr-file"] !== undefined && flags.qr === "none") {
    const [en, zh] = ["--qr-file and --qr none contradict each other", "--qr-file 与 --qr none 相互矛盾"] as const
    return Effect.fail(usage(en, zh, seeHelp, language))
  }
  return Effect.void
}

const findSite = (name: string, language: Language.Language) => {
  const site = Site.find(name)
  const cure = { en: "name one with --site", zh: "请用 --site 指定站点" }
  return site === undefined
    ? Effect.fail(usage(`no site is called ${name}`, `没有名为 ${name} 的站点`, cure, language))
    : Effect.succeed(site)
}

/** Intervals and limits: flags first, then `WEBQQ_…` of the environment, then the defaults. */
const readConfig = (flags: Flags, speed: number, language: Language.Language) =>
  LoginConfig.LoginConfig.pipe(
    Effect.provide(LoginConfig.layerConfig),
    Effect.mapError(({ message }) => {
      const cure = { en: "correct or unset that variable", zh: "请更正或取消该环境变量" }
      return usage(printable(message), printable(message), cure, language)
    }),
    Effect.map((config): LoginConfig.LoginConfig => {
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
  )
