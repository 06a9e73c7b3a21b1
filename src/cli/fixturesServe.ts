/**
 * `webqq-login fixtures serve NAME`: a scenario on a loopback socket, for clients in any language.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Engine from "../replay/Engine.ts"
import type { Exchange } from "../replay/Scenario.ts"
import * as ReplayServer from "../replay/ReplayServer.ts"
import { CommandFailed, exitCodes, usage } from "./failure.ts"
import type { Flags } from "./fixturesCommand.ts"
import type { Input } from "./output.ts"
import { printable } from "./output.ts"
import type { Surroundings } from "./report.ts"
import * as ScenarioFolder from "./scenarioFolder.ts"
import { untilSignal } from "./untilSignal.ts"

/** About what one answer of Tencent's servers takes, in milliseconds. */
const usualDelay = 200

/**
 * Serves until a signal comes, and fails unless every login was played as written. The origin is the only line on stdout, so that a
 * script can read it.
 */
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
  const deaf = yield* Deferred.make<never, CommandFailed>()
  const key = pause === undefined ? undefined : enters(around.input ?? process.stdin)
  const runPromise = Effect.runPromiseWith(yield* Effect.context())
  const server = yield* ReplayServer.make(scenario, {
    ...(port === undefined ? {} : { port }),
    beforeAnswer: async (exchange) => {
      if (key !== undefined && pauses(exchange)) {
        const hint = { en: `${exchange.id} waits: press Enter`, zh: `${exchange.id} 等待中：请按回车键` }
        output.line(hint[language])
        if (!(await key())) await runPromise(Effect.andThen(Deferred.fail(deaf, noInput(language)), Effect.never))
      }
      if (speed !== undefined) await runPromise(Effect.sleep(usualDelay / speed))
    }
  }).pipe(Effect.catchDefect((defect) => Effect.fail(cannotListen(port, defect, language))))
  output.stdout(`${server.origin}\n`)
  output.line(how(scenario.exchanges[0], server.origin)[language])
  yield* Effect.raceFirst(untilSignal, Deferred.await(deaf))
  const report = Engine.report(scenario, server.verify())
  if (report !== "") {
    return yield* new CommandFailed({
      message: report.split("\n").map(printable).join("\n"),
      cure: {
        en: "correct the client, or the scenario where the client is right",
        zh: "请修正客户端；如果客户端是对的，请修正场景"
      }[language],
      exitCode: exitCodes.unexpected
    })
  }
  output.line(
    { en: `"${scenario.name}" was played as written`, zh: `已按 "${scenario.name}" 的录制完整重放` }[language]
  )
})

type Language = Surroundings["language"]

const noInput = (language: Language) =>
  usage(
    { en: "nobody can press Enter: stdin is closed", zh: "无法按回车键：标准输入已关闭" },
    { en: "leave --pause out, or give it a terminal or a pipe", zh: "请省略 --pause，或提供终端或管道" },
    language
  )

const cannotListen = (port: number | undefined, defect: unknown, language: Language) => {
  const { code } = ((defect as Error).cause ?? {}) as NodeJS.ErrnoException
  return usage(
    code === "EADDRINUSE"
      ? { en: `port ${port} is taken`, zh: `端口 ${port} 已被占用` }
      : { en: `cannot listen on port ${port ?? 0} (${code})`, zh: `无法监听端口 ${port ?? 0}（${code}）` },
    code === "EACCES"
      ? { en: "choose one above 1023, or leave --port out", zh: "请选择大于 1023 的端口，或省略 --port" }
      : { en: "choose another one, or leave --port out", zh: "请换一个端口，或省略 --port" },
    language
  )
}

const how = (first: Exchange | undefined, origin: string) => {
  const path = first?.request.url.replace("://", "/") ?? ""
  return {
    en: `in the place of ${first?.request.url} ask ${origin}/__/my-login/${path}
my-login is any name; a new one begins the scenario anew. A wrong request is answered with 409 and told what is wrong.
${origin}/__/my-login/verify tells whether all was as written; so does the end: Ctrl-C.`,
    zh: `请求 ${origin}/__/my-login/${path} 以代替 ${first?.request.url}
my-login 可为任意名称，换一个名称即重新开始。请求有误时返回 409 并说明差异。
${origin}/__/my-login/verify 给出是否与录制完全一致；按 Ctrl-C 结束时也会给出。`
  }
}

/** Waits for a line of its own each time; one that is typed while nobody waits is for nobody. False where no line can come any more. */
const enters = (input: Input | NodeJS.ReadStream): (() => Promise<boolean>) => {
  const waiting: Array<(pressed: boolean) => void> = []
  let open = true
  const stream = input as NodeJS.ReadStream
  stream.on("data", (text: Buffer | string) => {
    for (const _ of String(text).matchAll(/\n|\r(?!\n)/g)) waiting.shift()?.(true)
  })
  const close = () => {
    open = false
    for (const resolve of waiting.splice(0)) resolve(false)
  }
  stream.on("end", close).on("error", close).resume()
  return () => (open ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(false))
}
