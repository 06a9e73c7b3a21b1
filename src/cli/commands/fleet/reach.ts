/**
 * Where the commands find the fleet, and with which token.
 */
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { readText } from "../../../files/namedFile.ts"
import { stateFolder } from "../../../files/stateFolder.ts"
import { why } from "../../../files/UnreadableFile.ts"
import type { Answer, Asked } from "../../../fleet/node/client.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import { address } from "../../line/values.ts"
import { CommandFailed, usage } from "../../process/CommandFailed.ts"

export interface Where {
  readonly fleet?: string
  readonly "token-file"?: string
}

/** Bytes of a token file. */
const limit = 4096

export const reach = Effect.fnUntraced(function* (flags: Where, { env }: Surroundings) {
  const url = flags.fleet ?? address.read(env["WEBQQ_FLEET"] || "http://127.0.0.1:7070")
  if (url === undefined) {
    return yield* usage(
      { en: "WEBQQ_FLEET is no address", zh: "WEBQQ_FLEET 不是地址" },
      { en: "write it as http://127.0.0.1:7070, or leave it out", zh: "请写成 http://127.0.0.1:7070 的形式，或不设置" }
    )
  }
  const folder = yield* Effect.orElseSucceed(stateFolder("fleet"), () => ".")
  const file = flags["token-file"] ?? (env["WEBQQ_FLEET_TOKEN_FILE"] || join(folder, "secrets.token"))
  const token = yield* Effect.mapError(readText(file, limit), ({ fault }) => {
    const { en, zh } = why(fault)
    return usage(
      { en: `cannot read the token in ${file} (${en})`, zh: `无法读取令牌文件 ${file}（${zh}）` },
      {
        en: "start webqq-login fleet serve, or name the file that it has printed with --token-file",
        zh: "请先启动 webqq-login fleet serve，或用 --token-file 指定它打印的文件"
      }
    )
  })
  const word = token.trim()
  // Whatever else the file is, it is not sent.
  if (/^[\x21-\x7e]{1,512}$/.test(word)) return { url, token: word }
  return yield* usage(
    { en: `${file} holds no token`, zh: `${file} 中不是令牌` },
    {
      en: "name a file that fleet serve has printed with --token-file",
      zh: "请用 --token-file 指定 fleet serve 打印的文件"
    }
  )
})

/** Asks the fleet, or fails as it says. */
export const ask = Effect.fnUntraced(function* (flags: Where, around: Surroundings, asked: Asked) {
  const where = yield* reach(flags, around)
  const client = yield* Effect.promise(() => import("../../../fleet/node/client.ts"))
  return yield* orFail(yield* Effect.promise((signal) => client.ask(where, asked, signal)))
})

export const orFail = <A extends Answer>(
  answer: A
): Effect.Effect<Exclude<A, { readonly failed: unknown }>, CommandFailed> => {
  if (!("failed" in answer)) return Effect.succeed(answer as Exclude<A, { readonly failed: unknown }>)
  const { cure, exitCode, message, tag } = answer.failed
  return Effect.fail(new CommandFailed({ said: { message, cure }, exitCode, tag }))
}
