/**
 * How a row of the reports is played: lines of the command, inside this process, against answers from a list.
 */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import { TestClock } from "effect/testing"
import type { Session } from "webqq-login/Session"
// Loaded here, so that the clock does not run on while the command loads it.
import "../../src/cli/commands/login/login.run.ts"
import "../../src/cli/terminal/showCode.ts"
import { ended, withSessions } from "../cli/inProcess.ts"
import type { Answer } from "../support/answers.ts"

/** How a line has to end; what is left out may be anything. */
export interface Ends {
  readonly exitCode: number
  /** Fields of the error, as `--json` has them. */
  readonly error?: Readonly<Record<string, unknown>>
  /** Fields that the error must not have. */
  readonly without?: ReadonlyArray<string>
  readonly message?: RegExp
  readonly cure?: RegExp
  /** Fields of the session that was opened. */
  readonly session?: Readonly<Record<string, unknown>>
  readonly stdout?: RegExp
  readonly stderr?: RegExp
  /** What stands nowhere. */
  readonly nowhere?: RegExp
  /** How many requests it took. */
  readonly asked?: number
}

export interface Line {
  readonly line: string
  readonly answers?: ReadonlyArray<Answer>
  readonly ends: Ends
}

/** One input: lines after each other, with what they keep, or a proof of its own where the command's lines are not enough. */
export type Case = { readonly input: string } & (
  | {
      readonly saved?: Session
      /** What the clock shows, as an ISO instant. */
      readonly at?: string
      readonly client?: HttpClient.HttpClient
      readonly lines: ReadonlyArray<Line>
    }
  | { readonly proof: Effect.Effect<void> }
)

export const play = Effect.fnUntraced(function* (one: Case) {
  if ("proof" in one) return yield* one.proof
  yield* TestClock.setTime(Date.parse(one.at ?? "2026-11-26T08:00:00Z"))
  const { run } = yield* withSessions(one.saved === undefined ? {} : { mine: one.saved })
  for (const { answers = [], ends, line } of one.lines) {
    const client = one.client === undefined ? {} : { client: one.client }
    const fiber = yield* Effect.forkChild(run(line, { answers, ...client }))
    const { asked, code, stderr, stdout } = yield* ended(fiber)
    const told = `${line}\n${stdout}${stderr}`
    assert.strictEqual(code, ends.exitCode, told)
    const last = stdout.startsWith("{") ? JSON.parse(stdout.trimEnd().split("\n").at(-1)!) : {}
    if (ends.error !== undefined) assert.deepInclude(last.error, ends.error, told)
    for (const field of ends.without ?? []) assert.notProperty(last.error, field, told)
    if (ends.message !== undefined) assert.match(last.error?.message, ends.message)
    if (ends.cure !== undefined) assert.match(last.error?.cure, ends.cure)
    if (ends.session !== undefined) assert.deepInclude(last.session, ends.session, told)
    if (ends.stdout !== undefined) assert.match(stdout, ends.stdout)
    if (ends.stderr !== undefined) assert.match(stderr, ends.stderr)
    if (ends.nowhere !== undefined) assert.notMatch(stdout + stderr, ends.nowhere)
    if (ends.asked !== undefined) assert.strictEqual(asked.length, ends.asked, told)
  }
})
