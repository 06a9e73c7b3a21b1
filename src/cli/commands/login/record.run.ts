/**
 * `webqq-login record`: a login whose conversation is written down, also where it ends in an error. What it says is kept in memory
 * until it is over, and leaves it only without its secrets.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as HttpClient from "effect/http/HttpClient"
import * as Login from "../../../Login.ts"
import * as LoginConfig from "../../../LoginConfig.ts"
import type { Bilingual } from "../../../Language.ts"
import type { LoginEvent } from "../../../LoginEvent.ts"
import * as OwnLogin from "../../../replay/OwnLogin.ts"
import * as Recorder from "../../../replay/record/Recorder.ts"
import * as Scrub from "../../../replay/record/Scrub.ts"
import * as Verify from "../../../replay/verify/Verify.ts"
import type { Values } from "../../line/Command.ts"
import { checkFlags, readLimits } from "./limits.ts"
import type { record as command } from "./record.ts"
import { teller } from "./tellEvents.ts"
import { runPart } from "../../process/apart.ts"
import { ofCommands } from "../../../errors/ExitCode.ts"
import { CommandFailed } from "../../process/CommandFailed.ts"
import { inLines, note } from "../../terminal/advice.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import * as ScenarioFolder from "../fixtures/scenarioFolder.ts"
import * as ChooseSite from "../../inputs/chooseSite.ts"
import { client, tellProxy } from "../../inputs/network.ts"

type Flags = Values<typeof command>

export const run = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { streams } = around
  yield* checkFlags(flags)
  const folder = yield* ScenarioFolder.free(flags.out)
  const site = yield* ChooseSite.resolve(flags, around)
  const config = yield* readLimits(flags, 1, around)
  const { tell } = yield* teller(flags, around)
  const clock = DateTime.formatIso(yield* DateTime.now)
  const recorder = Recorder.make()
  const events: Array<LoginEvent> = []
  const recorded = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, recorder.record))
  const result = yield* Login.login(site, {
    onEvent: (event) => {
      events.push(event)
      return tell(event)
    }
  }).pipe(
    Effect.tapError(tellProxy(around)),
    Effect.result,
    Effect.provideService(LoginConfig.LoginConfig, config),
    Effect.provide(Layer.provide(recorded, client(around)))
  )
  const captures = recorder.captures()
  // Where nothing was answered, the login's own error says why.
  if (captures.length === 0 && Result.isFailure(result)) return yield* result.failure
  const scrubbed = yield* runPart(around, clean, {
    captures,
    about: {
      title: flags.title ?? { en: `a login at ${site.name}`, zh: `${site.name} 的登录` }[around.language],
      clock,
      site: site.name,
      tool: "webqq-login record",
      date: clock.slice(0, 10),
      config: OwnLogin.configOf(config),
      outcome: OwnLogin.outcomeOf({ result, events })
    }
  })
  yield* ScenarioFolder.write(folder, scrubbed)
  const findings = yield* runPart(around, verify, { folder })
  const notes = new Map(findings.filter(({ rule }) => rule !== "outcome").map(({ text, zh }) => [text, zh]))
  for (const [en, zh] of notes) {
    const [first, ...others] = inLines({ en, zh })
    streams.tell(note(first), ...others.map(({ en, zh }) => ({ en: `  ${en}`, zh: `  ${zh}` })))
  }
  streams.tell({
    en: `recorded ${folder}, without its secrets; look through it before you give it away`,
    zh: `已录制 ${folder}（敏感信息已去除）；分享前请再检查一遍`
  })
  if (Result.isSuccess(result) && site.closed === undefined) streams.tell(note(firstProof(site.name)))
  const broken = findings.find(({ rule }) => rule === "outcome")
  if (broken !== undefined && Result.isSuccess(result)) return yield* unplayable(folder, broken)
  if (broken !== undefined) streams.tell(note(doesNotReplay(broken)))
  if (Result.isFailure(result)) return yield* result.failure
})

// Nobody of this project tried a real login: evidence is what others published (src/sites/).
const firstProof = (site: string): Bilingual => ({
  en: `this version knows of no recorded login at ${site}: yours is the first proof that it works`,
  zh: `此版本未收录 ${site} 的真实登录：这份录制是它可用的第一份证据`
})

const clean = ({
  about,
  captures
}: {
  readonly captures: ReadonlyArray<Recorder.Capture>
  readonly about: Scrub.About
}) =>
  Scrub.scrub(captures, about).pipe(
    Effect.mapError(ScenarioFolder.refused),
    Effect.flatMap(ScenarioFolder.withoutSecrets)
  )

const verify = ({ folder }: { readonly folder: string }) => Verify.verify(folder)

/** What takes long where the answers do. */
export const part = (
  input: Parameters<typeof clean>[0] | Parameters<typeof verify>[0]
): Effect.Effect<unknown, CommandFailed> => ("folder" in input ? verify(input) : clean(input))

const doesNotReplay = (finding: Verify.Finding): Bilingual => {
  const [{ en, zh }] = inLines({ en: finding.text, zh: finding.zh })
  return { en: `the recording does not replay: ${en}`, zh: `此录制无法重放：${zh}` }
}

const unplayable = (folder: string, finding: Verify.Finding) =>
  new CommandFailed({
    said: {
      message: doesNotReplay(finding),
      cure: {
        en: `webqq-login fixtures verify ${folder} names everything that differs`,
        zh: `webqq-login fixtures verify ${folder} 会列出所有不同之处`
      }
    },
    exitCode: ofCommands.unexpected
  })
