/**
 * The QR code as a file: only its owner may read it, and it is gone when the program ends, however it ends.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { NotPlain, now } from "../../files/wholeFile.ts"
import { ofCommands } from "../../errors/ExitCode.ts"
import { codeOf, CommandFailed, usage, whyUnwritten } from "../process/CommandFailed.ts"
import { isForeign, isOurPng, markPng, taken } from "./ownFile.ts"

export interface QrFile {
  /** Writes the picture, with our mark, in the place of the last one; returns the absolute path. Throws `CommandFailed`. */
  readonly write: (png: Uint8Array) => string
}

/**
 * A file at `path`, or one in a fresh folder of the system's temporary folder. Nothing is written yet, but a `path` that
 * cannot be written fails here, before a code is asked for. A file that is there already is replaced where it is a code of ours, or
 * where `force` says so; a link is never followed.
 */
export const make = (path: string | undefined, force = false): Effect.Effect<QrFile, CommandFailed, Scope.Scope> =>
  Effect.gen(function* () {
    if (path === "-") return yield* noPicture
    const target = path === undefined ? undefined : Path.resolve(path)
    // Of what somebody puts there later nobody has said that it may go.
    const isTaken = (file: string) => isForeign(file, isOurPng)
    if (target !== undefined) {
      yield* check(target)
      if (!force && isTaken(target)) return yield* taken(target)
    }
    let mayReplace = force
    let written: string | undefined
    let folder: string | undefined
    const remove = () => {
      if (written !== undefined && !isTaken(written)) Fs.rmSync(written, { force: true })
      if (folder !== undefined) Fs.rmSync(folder, { recursive: true, force: true })
      written = folder = undefined
    }
    // The finalizer does not run where a second signal or a fault outside of any fiber ends the process.
    process.on("exit", remove)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        process.removeListener("exit", remove)
        remove()
      })
    )
    return {
      write: (png) => {
        try {
          if (target === undefined) folder ??= Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-login-"))
          const file = target ?? Path.join(folder!, "qr.png")
          if (!mayReplace && isTaken(file)) throw taken(file)
          mayReplace = false
          now.replace(file, markPng(png), { passing: true })
          return (written = file)
        } catch (cause) {
          if (cause instanceof CommandFailed) throw cause
          throw failed(target ?? Os.tmpdir(), cause, ofCommands.unexpected)
        }
      }
    }
  })

const noPicture = usage(
  { en: "stdout has the result of the login, and no room for a picture", zh: "标准输出用于登录结果，不能输出图片" },
  { en: "name a file with --qr-file", zh: "请用 --qr-file 指定文件" }
)

const check = (target: string) =>
  Effect.try({
    try: () => {
      Fs.accessSync(Path.dirname(target), Fs.constants.W_OK)
      const stat = Fs.lstatSync(target, { throwIfNoEntry: false })
      if (stat !== undefined && !stat.isFile()) throw new NotPlain()
    },
    catch: (cause) => failed(target, cause, ofCommands.usage)
  })

const failed = (path: string, cause: unknown, exitCode: number) =>
  new CommandFailed({
    said: {
      message: {
        en: `cannot write the QR code to ${path} (${whyUnwritten(cause).en})`,
        zh: `无法写入二维码文件 ${path}（${whyUnwritten(cause).zh}）`
      },
      cure: isFull(cause)
        ? { en: "free some space there, then start again", zh: "请先释放该处的空间，再重新开始" }
        : {
            en: "name a file in a folder that you may write with --qr-file, or use --qr terminal",
            zh: "请用 --qr-file 指定可写文件夹中的文件，或用 --qr terminal"
          }
    },
    exitCode
  })

/** No other name helps there, and who begins a login in the background gives none. */
const isFull = (cause: unknown) => ["ENOSPC", "EDQUOT"].includes(codeOf(cause))
