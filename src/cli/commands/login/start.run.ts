/**
 * `webqq-login login start`: has a process of ours carry the login on, and returns as soon as there is a code to scan.
 */
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Client from "../../../agent/Client.ts"
import type { Line } from "../../../agent/LoginRecord.ts"
import * as Place from "../../../agent/Place.ts"
import type { QrShownLine } from "../../../LoginEvent.ts"
import { fromPng } from "../../../qr/QrPicture.ts"
import { render } from "../../../qr/QrTerminal.ts"
import type { Values } from "../../line/Command.ts"
import { ofCommands } from "../../../errors/ExitCode.ts"
import { CommandFailed, codeOf, usage } from "../../process/CommandFailed.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import { type Order, carry, isCarrier, variable } from "./carry.ts"
import { checkFlags } from "./limits.ts"
import type { start as command } from "./start.ts"
import { failureOf, readPicture, tellCode, tellSaid } from "./backgroundEnd.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings) => (isCarrier(around) ? carry(around) : start(flags, around))

const start = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { streams } = around
  yield* checkFlags({ ...flags, qr: [] })
  if (process.platform === "win32") return yield* notHere
  const home = yield* Place.home
  const about = aboutOf(flags)
  const startedAt = DateTime.formatIso(yield* DateTime.now)
  const { id, record } = yield* Client.findOrStart(home, about, (place) =>
    launch({ place, about, startedAt, flags }, around)
  )
  if (record !== undefined && flags.site !== undefined && record.site !== flags.site)
    return yield* elsewhere(id, record.site)
  const shown = yield* Deferred.make<typeof QrShownLine.Encoded>()
  const onLine = (line: Line) => {
    if (line._tag === "QrShown") Deferred.doneUnsafe(shown, Effect.succeed(line))
  }
  const code = yield* Client.listen(home, id, "watch", onLine, tellSaid(streams)).pipe(
    Effect.raceFirst(Deferred.await(shown))
  )
  if (code?._tag === "Ended" && code.failed !== undefined) return yield* failureOf(code.failed)
  const picture = code?._tag === "QrShown" ? code : undefined
  if (flags.json === true) {
    return streams.json({ ...picture, _tag: "Started", id, ...textOf(picture?.file) })
  }
  if (picture !== undefined) yield* tellCode(picture, around)
  streams.print([id])
  streams.tell(
    picture === undefined
      ? { en: "no scan is needed; webqq-login login wait tells of the session", zh: "无需扫码；login wait 给出会话" }
      : {
          en: `it goes on in the background: webqq-login login wait ${id}`,
          zh: `登录在后台继续：webqq-login login wait ${id}`
        }
  )
})

/** What only one login at a time may be about. */
const aboutOf = ({ profile, replay, site }: Flags): string => {
  if (profile !== undefined) return `profile ${profile}`
  return replay === undefined ? `site ${site ?? ""}` : `scenario ${replay}`
}

/** The code as text, drawn anew from the picture in the file; nothing where that cannot be read, or is gone again. */
const textOf = (file: string | undefined) => {
  if (file === undefined) return {}
  try {
    const matrix = fromPng(readPicture(file))
    return Option.match(Result.isSuccess(matrix) ? render(matrix.success) : Option.none(), {
      onNone: () => ({}),
      onSome: (text) => ({ text })
    })
  } catch {
    return {}
  }
}

/** Starts the process, gives it its order, and lets it go when it listens. */
const launch = (order: Order, around: Surroundings) =>
  Effect.callback<void, CommandFailed>((resume) => {
    const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(around.entry!), ...carrierLine(around)], {
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: { ...process.env, [variable]: "1" }
    })
    child.once("error", (cause) => resume(Effect.fail(notStarted(codeOf(cause)))))
    child.once("exit", () => resume(Effect.fail(notStarted("EXIT"))))
    child.once("message", () => {
      child.send("go", () => letGo(child))
      resume(Effect.void)
    })
    child.send(order)
    return Effect.sync(() => child.disconnect())
  })

const carrierLine = ({ language, verbose }: Surroundings) =>
  ["login", "start", "--lang", language].concat(verbose === true ? ["--verbose"] : [])

const letGo = (child: ChildProcess) => {
  child.removeAllListeners()
  if (child.connected) child.disconnect()
  child.unref()
}

const notStarted = (code: string) =>
  new CommandFailed({
    said: {
      message: {
        en: `the process that carries the login on could not be started (${code})`,
        zh: `无法启动继续登录的后台进程（${code}）`
      },
      cure: { en: "use webqq-login login, which stays", zh: "请改用 webqq-login login" }
    },
    exitCode: ofCommands.unexpected
  })

const notHere = usage(
  { en: "login start does not work on Windows", zh: "login start 不支持 Windows" },
  { en: "use webqq-login login --json, and let it run", zh: "请使用 webqq-login login --json，并让它继续运行" }
)

const elsewhere = (id: string, site = "") =>
  usage(
    { en: `this profile has a login that goes on at ${site} already`, zh: `此名称在 ${site} 的登录正在进行` },
    {
      en: `end that one first: webqq-login login cancel ${id}`,
      zh: `请先取消它：webqq-login login cancel ${id}`
    }
  )
