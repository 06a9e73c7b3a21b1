/**
 * `webqq-login fixtures serve NAME`: a scenario on a loopback socket, for clients in any language.
 */
import * as Effect from "effect/Effect"
import type { Exchange } from "../replay/Scenario.ts"
import * as ReplayServer from "../replay/ReplayServer.ts"
import { usage } from "./failure.ts"
import type { Flags } from "./fixturesCommand.ts"
import type { Surroundings } from "./report.ts"
import * as ScenarioFolder from "./scenarioFolder.ts"

/** About what one answer of Tencent's servers takes, in milliseconds. */
const usualDelay = 200

/** Serves until it is interrupted. The origin is the only line on stdout, so that a script can read it. */
export const serve = Effect.fnUntraced(function* (
  flags: Pick<Flags, "rest" | "port" | "speed" | "pause">,
  around: Surroundings
) {
  const { language, output } = around
  const { pause, port, speed } = flags
  const scenario = yield* ScenarioFolder.load(flags.rest[0] ?? "", language)
  const pauses = ({ id }: Exchange) => pause !== undefined && (id === pause || id === `poll-${pause}`)
  if (pause !== undefined && !scenario.exchanges.some(pauses)) {
    const ids = scenario.exchanges.map(({ id }) => id)
    return yield* usage(
      { en: `${scenario.name} has no ${pause}`, zh: `${scenario.name} 中没有 ${pause}` },
      { en: `pause at one of ${ids.join(", ")}`, zh: `可暂停于：${ids.join("、")}` },
      language
    )
  }
  const runPromise = Effect.runPromiseWith(yield* Effect.context())
  const server = yield* ReplayServer.make(scenario, {
    ...(port === undefined ? {} : { port }),
    beforeAnswer: (exchange) => {
      const wait = speed === undefined ? Effect.void : Effect.sleep(usualDelay / speed)
      if (!pauses(exchange)) return runPromise(wait)
      const hint = { en: `${exchange.id} waits: press Enter`, zh: `${exchange.id} 等待中：请按回车键` }
      return runPromise(
        Effect.andThen(
          Effect.sync(() => output.line(hint[language])),
          Effect.andThen(enter(around), wait)
        )
      )
    }
  }).pipe(
    Effect.catchDefect(() =>
      Effect.fail(
        usage(
          { en: `port ${port} is taken`, zh: `端口 ${port} 已被占用` },
          { en: "choose another one, or leave --port out", zh: "请换一个端口，或省略 --port" },
          language
        )
      )
    )
  )
  output.stdout(`${server.origin}\n`)
  output.line(how(scenario.exchanges[0], server.origin)[language])
  return yield* Effect.never
})

const how = (first: Exchange | undefined, origin: string) => {
  const path = first?.request.url.replace("://", "/") ?? ""
  return {
    en: `in the place of ${first?.request.url} ask ${origin}/__/my-login/${path}
my-login is any name; a new one begins the scenario anew. A wrong request is answered with 409 and told what is wrong. Ctrl-C ends it.`,
    zh: `请求 ${origin}/__/my-login/${path} 以代替 ${first?.request.url}
my-login 可为任意名称，换一个名称即重新开始。请求有误时返回 409 并说明差异。按 Ctrl-C 结束。`
  }
}

/** The next line that is typed. */
const enter = ({ input = process.stdin }: Surroundings): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const listener = () => {
      input.off("data", listener)
      input.pause()
      resume(Effect.void)
    }
    input.on("data", listener)
    input.resume()
    return Effect.sync(() => input.off("data", listener))
  })
