/**
 * `webqq-login login` inside this process, against a scenario in memory and in virtual time: what it writes, and how it ends.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import { run } from "../../src/cli/commands/login/login.run.ts"
// Loaded here, so that virtual time does not run on while the command loads it.
import "../../src/cli/terminal/showCode.ts"
import * as Streams from "../../src/cli/terminal/streams.ts"
import { toExitCode } from "../../src/cli/process/toExitCode.ts"
import * as Stores from "../../src/cli/inputs/stores.ts"
import type { Language } from "../../src/Language.ts"
import * as MemoryReplay from "../../src/replay/MemoryReplay.ts"
import { runVirtual } from "../../src/replay/runVirtual.ts"
import type { Scenario } from "../../src/replay/Scenario.ts"

export interface Options {
  readonly json?: boolean
  readonly terminal?: boolean
  readonly language?: Language
}

export const playCommand = (scenario: Scenario, { json = false, language = "en", terminal = false }: Options = {}) =>
  Effect.gen(function* () {
    const written = { stdout: "", stderr: "" }
    const sink = (name: "stdout" | "stderr"): Streams.Sink => ({
      ...(terminal ? { isTTY: true, columns: 120, rows: 60 } : {}),
      write: (text) => void (written[name] += text)
    })
    const env = { WEBQQ_DEBUG: "1", TERM: "xterm" }
    const around = {
      streams: Streams.make({ stdout: sink("stdout"), stderr: sink("stderr") }, language, env),
      language,
      env,
      store: Stores.inMemory(scenario.saved),
      httpClient: Layer.succeed(HttpClient.HttpClient, yield* HttpClient.HttpClient)
    }
    const flags = { site: scenario.site, qr: ["terminal"], ...(json ? { json } : {}) } as const
    const exitCode = yield* toExitCode(run(flags, around), json, around)
    return { exitCode, ...written }
  }).pipe(
    (program) => runVirtual(program, { startAt: scenario.clock, step: "1 hour" }),
    (program) => MemoryReplay.withScenario(scenario, program)
  )
