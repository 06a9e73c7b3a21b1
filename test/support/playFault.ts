/**
 * Plays one cell of the fault matrix, once or for ever, and says in what it is not as the matrix has it.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as Facade from "../../src/Facade.ts"
import * as Login from "../../src/Login.ts"
import * as LoginConfig from "../../src/LoginConfig.ts"
import { isLoginError } from "../../src/errors/LoginError.ts"
import * as Engine from "../../src/replay/engine/Engine.ts"
import { install } from "../../src/replay/NockReplay.ts"
import * as ReplayServer from "../../src/replay/ReplayServer.ts"
import { runVirtual } from "../../src/replay/runVirtual.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import * as SignIn from "../../src/SignIn.ts"
import * as Site from "../../src/Site.ts"
import { type Search, search, secretsOf, watch } from "./canaries.ts"
import { stranger, strangerStory } from "./strangerStory.ts"
import { type ExchangeName, exchangeNames, exchanges, type Fault } from "./faults.ts"
import { spoilers } from "./faultServer.ts"

export type Mode = "once" | "for ever"

// Seven polls that hang for the usual ten seconds, and the waits between them, would outlive a code.
const config = LoginConfig.make({ requestTimeout: "5 seconds" })
const deadline = 600
const maxWritten = 16 * 1024 * 1024

const load = (name: string) => Effect.runSync(Scenario.load(name))
const [login, renewal, check] = [load("webqq"), load("renewed-silently"), load("session-still-good")]
const [music, card, refresh] = [load("music"), load("qzone-still-good"), load("music-refreshed-in-time")]
const ofTheStranger = Effect.runSync(Schema.decodeUnknownEffect(Site.Site)(stranger))
const redeemed = strangerStory(music)
const site = Site.webqq

/** The conversation in which an exchange is met, and what is run in it. */
const plays: Readonly<
  Record<ExchangeName, readonly [Scenario.Scenario, Effect.Effect<unknown, unknown, HttpClient.HttpClient>]>
> = {
  ptqrshow: [login, Login.login(site)],
  ptqrlogin: [login, Login.login(site)],
  check_sig: [login, Login.login(site)],
  getvfwebqq: [login, Login.login(site)],
  login2: [login, Login.login(site)],
  pt4_auth: [{ ...renewal, exchanges: renewal.exchanges.slice(1) }, SignIn.renew(site, renewal.saved!)],
  get_online_buddies2: [check, SignIn.check(site, check.saved!)],
  cgi_userinfo_get_all: [card, SignIn.check(Site.qzone, card.saved!)],
  authorize: [music, Login.login(Site.music)],
  "musicu.fcg": [music, Login.login(Site.music)],
  "musicu.fcg refresh": [refresh, SignIn.renew(Site.music, refresh.saved!)],
  "login redeem": [
    {
      ...redeemed,
      exchanges: redeemed.exchanges.slice(0, 1 + redeemed.exchanges.findIndex(({ id }) => id === "redeemed"))
    },
    Login.login(ofTheStranger)
  ]
}

/** The exchanges that a site that lives has in common with Web QQ, in its own dialect. */
export const livingNames = ["ptqrshow", "ptqrlogin", "check_sig"] as const satisfies ReadonlyArray<ExchangeName>
const living = [load("qzone"), Login.login(Site.qzone)] as const

/** How often it is asked for before the client gives up. */
const patience = (name: ExchangeName) => 1 + (name === "ptqrlogin" ? config.maxFaults : config.retries)

/** What is wrong with a cell; nothing, where all is as it should be. With `lives`, at a site that lives. */
export const play = (fault: Fault, name: ExchangeName, mode: Mode, found: Search, lives = false) =>
  Effect.gen(function* () {
    const verdict = fault.verdicts[exchangeNames.indexOf(name)]!
    const [tag, again] = verdict.split(" ") as [string, string | undefined]
    const [original, program] = lives ? living : plays[name]
    const [first, second] = original.exchanges.filter(({ request }) => request.url.endsWith(`/${name.split(" ")[0]}`))
    const target = name === "ptqrlogin" ? second! : first!
    const extra = mode === "for ever" && again ? Infinity : again ? 1 : 0
    const scenario: Scenario.Scenario = {
      ...original,
      exchanges: original.exchanges.map((exchange) =>
        exchange === target ? { ...exchange, times: exchange.times + extra } : exchange
      )
    }

    let asked = 0
    let written = 0
    let serial = 0
    let holding = 0
    const hold = () => void (holding = serial)
    const isHit = ({ id }: Scenario.Exchange) => id === target.id && (++asked === 1 || mode === "for ever")

    const begun = yield* Effect.acquireRelease(
      Effect.sync(() => {
        if (!("nock" in fault.means)) return undefined
        const { nock } = fault.means
        return install(scenario, {
          beforeAnswer: (exchange) => {
            if (!isHit(exchange)) return
            if (nock !== undefined) throw Object.assign(new Error(`${nock} ${original.name}`), { code: nock })
            hold()
            return new Promise<void>(() => {})
          }
        })
      }),
      (installed) => Effect.sync(() => installed?.restore())
    )
    const server =
      begun === undefined
        ? yield* ReplayServer.make(scenario, {
            beforeAnswer: (exchange, _, response) => {
              if (!isHit(exchange)) return
              const wrote = (bytes: number) => void (written += bytes)
              return spoilers[fault.name]!({ response, answer: exchange.response, hold, wrote })
            }
          })
        : undefined

    const numbered = Effect.map(HttpClient.HttpClient, (client) => {
      const led = server === undefined ? client : ReplayServer.rewrite(server.origin)(client)
      return HttpClient.transform(led, (send) => Effect.suspend(() => (serial++, send)))
    })
    let started = 0
    let ended = 0
    const timed = program.pipe(Effect.onExit(() => Effect.map(Clock.currentTimeMillis, (now) => void (ended = now))))
    const { exit, sinks } = yield* watch(
      runVirtual(
        Effect.andThen(
          Effect.map(Clock.currentTimeMillis, (now) => void (started = now)),
          timed
        ),
        { startAt: scenario.clock, step: "1 hour", held: () => (holding === serial ? 1 : 0) }
      ).pipe(
        Effect.provideServiceEffect(HttpClient.HttpClient, numbered),
        Effect.provideService(LoginConfig.LoginConfig, config)
      )
    )

    const problems: Array<string> = []
    const expect = (what: string, expected: unknown, actual: unknown) => {
      if (actual !== expected) problems.push(`${what} is ${String(actual)}, not ${String(expected)}`)
    }
    const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
    if (error !== undefined && !isLoginError(error))
      problems.push(`a defect: ${Cause.pretty((exit as Exit.Failure<never, never>).cause)}`)
    const outcome = error === undefined ? "ok" : isLoginError(error) ? error._tag : "defect"
    const passes = tag === "ok" || (again !== undefined && mode === "once")
    expect("the outcome", passes ? "ok" : tag, outcome)
    if (isLoginError(error)) {
      expect("the step", exchanges[name], error.step)
      if (error._tag === "HttpFailed") expect("the reason", fault.reason, error.reason)
    }
    const givesUp = again === undefined ? 1 : patience(name)
    expect("the number of requests", passes ? target.times + (again === undefined ? 0 : 1) : givesUp, asked)
    const seconds = (ended - started) / 1000
    if (!(seconds <= deadline)) problems.push(`it took ${seconds} s`)
    if (again !== undefined && fault.name.includes("Retry-After") && seconds < 7)
      problems.push("it came back too early")
    if (written > maxWritten) problems.push(`it read ${written} bytes`)
    const verified = server?.verify() ?? begun?.engine.verify() ?? []
    for (const problem of verified) if (problem._tag === "Mismatch") problems.push(Engine.describe(problem))
    search(found, `${fault.name} in ${name}, ${mode}`, secretsOf(original), sinks)
    return problems
  }).pipe(Effect.scoped, Effect.provide(Facade.httpClient))
