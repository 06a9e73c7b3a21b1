/**
 * `webqq-login export`: writes a saved session into an encrypted file, for another machine.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as LoginError from "../../../errors/LoginError.ts"
import { stdin } from "../../../files/namedFile.ts"
import { now } from "../../../files/wholeFile.ts"
import type { Bilingual } from "../../../Language.ts"
import * as SessionExport from "../../../store/SessionExport.ts"
import type { Values } from "../../line/Command.ts"
import { CommandFailed, codeOf, usage, whyUnwritten } from "../../process/CommandFailed.ts"
import { inThread } from "../../process/inThread.ts"
import * as Passphrase from "../../inputs/passphrase.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { exportSession as command } from "./export.ts"
import * as Sessions from "../../inputs/sessions.ts"
import * as Working from "../../inputs/working.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings) => Sessions.withStore(write(flags, around), around)

const write = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  if (flags.file === stdin && flags.json === true) {
    return yield* usage(
      { en: "--json and - both write to stdout", zh: "--json 和 - 都要写标准输出" },
      { en: "give one of them", zh: "请只使用其中之一" }
    )
  }
  const file = flags.file === stdin ? stdin : Path.resolve(flags.file)
  const exists = usage(
    { en: `${file} exists already`, zh: `${file} 已存在` },
    { en: "choose another name, or replace it with --force", zh: "请换一个名称，或用 --force 覆盖" }
  )
  // Before anybody has to think of a passphrase.
  if (file !== stdin && flags.force !== true && Fs.existsSync(file)) return yield* exists
  yield* Working.use(flags, around, (picked) => seal(picked, file, flags, exists, around))
})

const seal = Effect.fnUntraced(function* (
  { profile, session }: Sessions.Picked,
  file: string,
  flags: Flags,
  exists: CommandFailed,
  around: Surroundings
) {
  const { streams } = around
  const force = flags.force === true
  const passphrase = yield* Passphrase.read(flags["passphrase-file"], true, around)
  const text = yield* inThread(SessionExport.seal({ profile, session }, passphrase))
  if (file === stdin) {
    streams.raw(text)
    return streams.tell({
      en: `exported ${profile}; on the other machine: webqq-login import -`,
      zh: `已导出 ${profile}；在另一台机器上运行：webqq-login import -`
    })
  }
  yield* Effect.try({
    try: () => (force ? now.replace : now.create)(file, text),
    catch: (cause) => (codeOf(cause) === "EEXIST" && !force ? exists : unwritable(file, whyUnwritten(cause)))
  })
  streams.tell({
    en: `exported ${profile} to ${file}; on the other machine: webqq-login import ${Path.basename(file)}`,
    zh: `已将 ${profile} 导出到 ${file}；在另一台机器上运行：webqq-login import ${Path.basename(file)}`
  })
  if (flags.json === true) streams.json({ _tag: "Exported", profile, file })
})

const unwritable = (file: string, code: Bilingual) =>
  new CommandFailed({
    said: {
      message: { en: `cannot write ${file} (${code.en})`, zh: `无法写入 ${file}（${code.zh}）` },
      cure: { en: "name a file in a folder that you may write to", zh: "请指定可写文件夹中的文件" }
    },
    exitCode: LoginError.exitCodes.StoreFailed
  })
