/**
 * What is said of a login in the background by those who did not carry it on: its code, and how it failed.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import { LoginError } from "../../../errors/LoginError.ts"
import type { FailedLine, QrShownLine } from "../../../LoginEvent.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import { CommandFailed, usage } from "../../process/CommandFailed.ts"
import { both } from "../../terminal/advice.ts"
import { show } from "../../terminal/showCode.ts"

const decode = Schema.decodeUnknownOption(LoginError)

/** The failure with which `login` would have ended. */
export const failureOf = ({ error, exitCode }: typeof FailedLine.Encoded): LoginError | CommandFailed =>
  Option.getOrElse(decode(error), () =>
    error._tag === "Interrupted"
      ? new CommandFailed({ said: ended, exitCode, tag: error._tag })
      : new CommandFailed({ said: { message: both(error.message), cure: both(error.cure) }, exitCode, tag: error._tag })
  )

const ended = {
  message: {
    en: "this login was ended: by login cancel, by a signal, or with its process",
    zh: "该登录已终止：被 login cancel、信号或进程退出中止"
  },
  cure: { en: "start again", zh: "请重新开始" }
}

/** Shows the code where it can be seen, and says where its picture is. */
export const tellCode = (
  { attempt, file, page, url }: typeof QrShownLine.Encoded,
  { env, streams }: Surroundings
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const png = file === undefined ? undefined : yield* Effect.option(Effect.try(() => Fs.readFileSync(file)))
    if (file !== undefined && png !== undefined && Option.isSome(png)) {
      const picture = { write: () => file }
      yield* show(png.value, attempt, { places: new Set(["auto", "file"]), streams, file: picture, env })
    }
    if (page !== undefined) streams.insist({ en: `the code is on this page: ${page}`, zh: `二维码页面：${page}` })
    // Where there is a picture, its text is told with it.
    else if (file === undefined && url !== undefined) {
      streams.insist({ en: `the code says ${url}`, zh: `二维码的内容：${url}` })
    }
  })

export const unknown = (id: string) =>
  usage(
    { en: `nothing is known of a login ${id}`, zh: `没有关于登录 ${id} 的记录` },
    {
      en: "begin one with webqq-login login start; what ended is told for a day",
      zh: "请用 webqq-login login start 开始；已结束的登录保留一天"
    }
  )
