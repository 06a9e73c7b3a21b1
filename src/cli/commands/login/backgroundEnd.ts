/**
 * What is said of a login in the background by those who did not carry it on: its code, and how it failed.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Said } from "../../../agent/wire.ts"
import { LoginError } from "../../../errors/LoginError.ts"
import { readPlainSync } from "../../../files/namedFile.ts"
import type { FailedLine, QrShownLine } from "../../../LoginEvent.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import { CommandFailed, usage } from "../../process/CommandFailed.ts"
import { both } from "../../terminal/advice.ts"
import { type Options, show } from "../../terminal/showCode.ts"
import type { Streams } from "../../terminal/streams.ts"
import type { Code } from "./liveCode.ts"

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

/** Bytes of a picture. */
const limit = 2 ** 20

/** Its picture of the code. Throws where that is gone, larger than a picture is, or no plain file. */
export const readPicture = (file: string): Uint8Array => readPlainSync(file, limit)

/** Where a code in the background is shown: where it can be seen, and by the name of its picture. */
export const placesOf = ({ env, streams }: Surroundings, file: string): Options => ({
  places: new Set(["auto", "file"] as const),
  streams,
  env,
  file: { write: () => file }
})

/** Shows the code, and says where its picture is; it is not looked after unless `live` does. */
export const tellCode = (
  { attempt, expiresAt, file, page, url }: typeof QrShownLine.Encoded,
  around: Surroundings,
  live?: { readonly show: (code: Code) => Effect.Effect<unknown> }
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { streams } = around
    const png = file === undefined ? undefined : yield* Effect.option(Effect.try(() => readPicture(file)))
    if (file !== undefined && png !== undefined && Option.isSome(png)) {
      yield* live === undefined
        ? show(png.value, attempt, placesOf(around, file))
        : live.show({ attempt, png: png.value, expiresAt: DateTime.makeUnsafe(expiresAt) })
    }
    if (page !== undefined) streams.insist({ en: `the code is on this page: ${page}`, zh: `二维码页面：${page}` })
    // Where there is a picture, its text is told with it.
    else if (file === undefined && url !== undefined) {
      streams.insist({ en: `the code says ${url}`, zh: `二维码的内容：${url}` })
    }
  })

/** Says to people what the process said that carries the login on. */
export const tellSaid =
  (streams: Streams) =>
  ({ line, passing }: Said): void => {
    if (passing === true) streams.remark(line)
    else if (line !== undefined) streams.tell(line)
  }

export const unknown = (id: string) =>
  usage(
    { en: `nothing is known of a login ${id}`, zh: `没有关于登录 ${id} 的记录` },
    {
      en: "begin one with webqq-login login start; what ended is told for a day",
      zh: "请用 webqq-login login start 开始；已结束的登录保留一天"
    }
  )
