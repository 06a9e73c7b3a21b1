/**
 * Runs lines of the command inside of the test's process, with sessions in memory and answers from a list.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as HttpClient from "effect/http/HttpClient"
import type { Language } from "webqq-login/Language"
import type { Session } from "webqq-login/Session"
import * as SessionStore from "webqq-login/SessionStore"
import { wayOf } from "../../src/cli/line/networkFlags.ts"
import { parse } from "../../src/cli/line/parse.ts"
import { commands } from "../../src/cli/commands/table.ts"
import type { Surroundings } from "../../src/cli/inputs/Surroundings.ts"
import { toExitCode } from "../../src/cli/process/toExitCode.ts"
import { type Answer, answering } from "../support/answers.ts"
import { screen } from "./screen.ts"

export interface Options {
  readonly answers?: ReadonlyArray<Answer>
  /** In the place of `answers`: a server that holds what it is told. */
  readonly client?: HttpClient.HttpClient
  readonly language?: Language
  readonly env?: Readonly<Record<string, string>>
  readonly input?: Surroundings["input"]
  /** In place of what the store in memory does. */
  readonly store?: Partial<SessionStore.SessionStore["Service"]>
}

/** Runs a login that polls, while the test's clock goes on by itself. */
export const ended = <A>(fiber: Fiber.Fiber<A>) =>
  Effect.gen(function* () {
    while (fiber.pollUnsafe() === undefined) {
      yield* TestClock.adjust("100 millis")
      yield* Effect.promise(() => new Promise(setImmediate))
    }
    return yield* Fiber.join(fiber)
  })

/** A store that holds these sessions, and what runs a line of words with it. */
export const withSessions = Effect.fnUntraced(function* (sessions: Readonly<Record<string, Session>>) {
  const services = yield* Effect.scoped(Layer.build(Layer.fresh(SessionStore.layerMemory)))
  const store = Context.get(services, SessionStore.SessionStore)
  // The last one is the newest.
  for (const [profile, session] of Object.entries(sessions)) {
    yield* store.save(session, profile)
    yield* TestClock.adjust("1 second")
  }
  const run = Effect.fnUntraced(function* (line: string, options: Options = {}) {
    const parsed = parse(commands, line.split(" "))
    if (parsed._tag !== "Run") throw new Error(JSON.stringify(parsed))
    const { run } = yield* Effect.promise(parsed.load)
    const { asked, client } = answering(options.answers ?? [])
    const { language = "en" } = options
    const { streams, stderr, stdout } = screen(
      { isTTY: options.input !== undefined },
      {},
      language,
      parsed.values["quiet"] === true
    )
    const around: Surroundings = {
      streams,
      language,
      env: options.env ?? {},
      verbose: parsed.values["verbose"] === true,
      store: Layer.succeed(SessionStore.SessionStore, { ...store, ...options.store }),
      ...wayOf(parsed.values),
      httpClient: Layer.succeed(HttpClient.HttpClient, options.client ?? client),
      ...(options.input === undefined ? {} : { input: options.input })
    }
    const code = yield* toExitCode(run(parsed.values as never, around), parsed.values["json"] === true, around)
    // Its help says with what a command can end.
    const { exits = [code] } = parsed.command
    if (![0, 1, 2, 130, ...exits].includes(code)) throw new Error(`${line}: exit code ${code} is not in its help`)
    return {
      code,
      stdout: stdout(),
      stderr: stderr(),
      asked,
      /** The lines of `--json`. */
      lines: () =>
        stdout()
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line))
    }
  })
  return { run, store }
})
