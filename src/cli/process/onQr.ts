/**
 * `--on-qr COMMAND`: somebody else's program that is told of a login, to send its code where a person is. It is started once, without
 * a shell, and reads a line of JSON for each event; of the session it learns whose it is and where it is kept, and nothing that is worth
 * a password. Whatever becomes of it, the login goes on.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import type { LoginEventLine } from "../../LoginEvent.ts"
import type { Bilingual } from "../../Language.ts"
import type { Surroundings } from "../inputs/Surroundings.ts"
import { note } from "../terminal/advice.ts"
import { jsonText } from "../terminal/printable.ts"
import { failedLine } from "./tellFailure.ts"

type Line = typeof LoginEventLine.Encoded

/** What the command is told: the lines of `--json`, but that the session is not in that of `LoggedIn`. */
export type OnQrLine =
  | Exclude<Line, { readonly _tag: "LoggedIn" }>
  | { readonly _tag: "LoggedIn"; readonly site: string; readonly uin: number; readonly profile?: string }

export interface OnQr {
  readonly tell: (line: Line) => void
}

/** How long it may go on after the login is over, and after it was asked to end. */
const patience = { login: "5 seconds", signal: "1 second" } as const

/** The same where somebody interrupts us: within half a second the process ends, and before that it has a last line to say. */
const haste = { login: "100 millis", signal: "100 millis" } as const

/** Starts it; when the scope closes it is told of a failure, has its stdin closed, and has to end soon. */
export const open = (
  words: readonly [string, ...ReadonlyArray<string>],
  around: Surroundings
): Effect.Effect<OnQr, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { language, streams } = around
    const child = start(words, around)
    let profile: string | undefined
    let over = false
    const say = (what: Bilingual) =>
      streams.tell(note({ en: `the command of --on-qr ${what.en}`, zh: `--on-qr 的命令${what.zh}` }))
    const write = (line: OnQrLine) => void child.stdin?.write(`${jsonText(line)}\n`)
    const ended = Effect.callback<void>((resume) => {
      child.once("close", () => resume(Effect.void))
      if (isGone(child)) resume(Effect.void)
    })
    child.on("error", (cause: NodeJS.ErrnoException) => {
      say({ en: `cannot be started (${cause.code})`, zh: `无法启动（${cause.code}）` })
    })
    child.on("exit", (code, signal) => {
      if (over && code === 0) return
      const how = code === null ? String(signal) : String(code)
      if (over) say({ en: `failed (${how})`, zh: `失败（${how}）` })
      else say({ en: `has ended (${how}); the login goes on`, zh: `已结束（${how}），登录继续` })
    })
    // The process may end before the scope does.
    const kill = () => void child.kill("SIGKILL")
    process.on("exit", kill)
    yield* Effect.addFinalizer((exit) =>
      Effect.gen(function* () {
        if (Exit.isFailure(exit)) write(failedLine(exit.cause as Cause.Cause<never>, language))
        over = true
        child.stdin?.end()
        const { login, signal } = Exit.hasInterrupts(exit) ? haste : patience
        const late = yield* Effect.timeoutOption(ended, login)
        if (late._tag === "None") {
          child.kill("SIGTERM")
          const deaf = yield* Effect.timeoutOption(ended, signal)
          if (deaf._tag === "None") kill()
        }
        process.removeListener("exit", kill)
      })
    )
    return {
      tell: (line) => {
        if ("profile" in line && line._tag !== "SessionRefused") profile = line.profile
        if (line._tag !== "LoggedIn") return write(line)
        const { site, uin } = line.session
        write({ _tag: "LoggedIn", site, uin, ...(profile === undefined ? {} : { profile }) })
      }
    }
  })

const isGone = ({ exitCode, pid, signalCode }: ChildProcess) =>
  pid === undefined || exitCode !== null || signalCode !== null

/** Its stdout goes nowhere, since ours belongs to whoever started us; what it says on stderr is shown. */
const start = ([program, ...args]: readonly [string, ...ReadonlyArray<string>], { env, streams }: Surroundings) => {
  // It needs no key to what was exported.
  const { WEBQQ_PASSPHRASE: _, ...others } = env
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"], env: others, windowsHide: true })
  child.stdin?.on("error", () => {})
  let begun = ""
  let left = most
  const onText = (text: string) => {
    const lines = (begun + text).split("\n")
    begun = (lines.pop() ?? "").slice(-longest)
    const shown = lines.slice(0, left).map((line) => `on-qr: ${line.slice(0, longest)}`)
    if (shown.length > 0) streams.tell(...shown)
    left -= shown.length
    if (left > 0) return
    // One that never stops would leave no time for anything else.
    child.stderr?.off("data", onText).resume()
    streams.tell(
      note({
        en: `the command of --on-qr says more than ${most} lines; no more of them are shown`,
        zh: `--on-qr 的命令输出超过 ${most} 行，其余不再显示`
      })
    )
  }
  child.stderr?.setEncoding("utf8").on("data", onText)
  return child
}

/** Lines that are shown. */
const most = 1000

/** Characters of a line that are shown. */
const longest = 500
