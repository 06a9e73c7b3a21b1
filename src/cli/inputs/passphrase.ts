/**
 * The passphrase of an exported session: from a file, from the environment, or typed on a terminal, where nothing of it shows.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as NamedFile from "../../files/namedFile.ts"
import { why } from "../../files/UnreadableFile.ts"
import type { Bilingual } from "../../Language.ts"
import { type CommandFailed, usage } from "../process/CommandFailed.ts"
import { note } from "../terminal/advice.ts"
import type { Input } from "../terminal/streams.ts"
import type { Surroundings } from "./Surroundings.ts"
import { controlKey, typing } from "./typing.ts"

const least = 8

/** Bytes of a file of which the first line counts. */
const limit = 2 ** 16

const isOpenToOthers = (file: string) => {
  if (file === NamedFile.stdin) return false
  const stats = Fs.statSync(file, { throwIfNoEntry: false })
  return process.platform !== "win32" && stats?.isFile() === true && (stats.mode & 0o077) !== 0
}

/** Reads it. One that is `chosen` here is typed twice, and must not be short. */
export const read = Effect.fnUntraced(function* (file: string | undefined, chosen: boolean, around: Surroundings) {
  const passphrase = yield* given(file, around) ?? prompt(chosen, around)
  if (passphrase === "") return yield* wrong({ en: "the passphrase is empty", zh: "口令为空" })
  if (chosen && [...passphrase].length < least) {
    return yield* usage(
      { en: `the passphrase has fewer than ${least} characters`, zh: `口令少于 ${least} 个字符` },
      {
        en: "choose a longer one: whoever guesses it can act as you",
        zh: "请使用更长的口令：猜中它的人可以冒用你的账号"
      }
    )
  }
  return passphrase
})

const wrong = (message: Bilingual) => usage(message, otherWays)

const otherWays: Bilingual = {
  en: "type it on a terminal, or give it with --passphrase-file or WEBQQ_PASSPHRASE",
  zh: "请在终端中输入，或用 --passphrase-file 或 WEBQQ_PASSPHRASE 提供"
}

const given = (file: string | undefined, around: Surroundings): Effect.Effect<string, CommandFailed> | undefined => {
  const { WEBQQ_PASSPHRASE: set } = around.env
  if (file === undefined) return set === undefined ? undefined : Effect.succeed(set)
  return Effect.matchEffect(NamedFile.read(file, limit), {
    onFailure: (error) => {
      const { en, zh } = why(error.fault)
      return Effect.fail(
        wrong({ en: `cannot read the passphrase from ${file} (${en})`, zh: `无法从 ${file} 读取口令（${zh}）` })
      )
    },
    onSuccess: (bytes) => {
      if (isOpenToOthers(file)) {
        around.streams.tell(
          note({
            en: `others on this machine can read or change ${file}: close it with chmod 600`,
            zh: `本机其他用户可以读取或修改 ${file}：请用 chmod 600 关闭其权限`
          })
        )
      }
      return Effect.succeed(Buffer.from(bytes).toString("utf8").split(/\r?\n/, 1)[0] ?? "")
    }
  })
}

const prompt = Effect.fnUntraced(function* (chosen: boolean, around: Surroundings) {
  const input: Input = around.input ?? process.stdin
  if (input.isTTY !== true || around.streams.terminal() === undefined) {
    return yield* wrong({
      en: "there is no passphrase, and no terminal to ask for it",
      zh: "没有口令，也没有可供询问的终端"
    })
  }
  const first = yield* ask(input, { en: "passphrase (not shown): ", zh: "口令（不显示）：" }, around)
  if (!chosen) return first
  const second = yield* ask(input, { en: "once more: ", zh: "再输入一次：" }, around)
  return first === second ? first : yield* wrong({ en: "these were two passphrases", zh: "两次输入的口令不一致" })
})

const ask = (input: Input, question: Bilingual, { streams }: Surroundings): Effect.Effect<string> =>
  Effect.suspend(() => {
    streams.ask(question)
    let typed: ReadonlyArray<string> = []
    const answer = typing<string>(input, (end) => (text) => {
      for (const key of text) {
        if (key === "\r" || key === "\n" || key === controlKey("D")) return end(Effect.succeed(typed.join("")))
        if (key === controlKey("C")) return end(Effect.interrupt)
        if (key === "\u007f" || key === "\b") typed = typed.slice(0, -1)
        else if (key === controlKey("U")) typed = []
        else typed = [...typed, key]
      }
    })
    return Effect.ensuring(answer, Effect.sync(streams.settle))
  })
