/**
 * `webqq-login request`: one request in the name of a saved session, its answer on stdout.
 */
import * as Effect from "effect/Effect"
import { exitCodes } from "../../../errors/LoginError.ts"
import * as NamedFile from "../../../files/namedFile.ts"
import { why } from "../../../files/UnreadableFile.ts"
import * as SessionRequest from "../../../SessionRequest.ts"
import type { Values } from "../../line/Command.ts"
import { CommandFailed, usage } from "../../process/CommandFailed.ts"
import { note } from "../../terminal/advice.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import * as Sessions from "../../inputs/sessions.ts"
import * as Working from "../../inputs/working.ts"
import type { request as command } from "./request.ts"

type Flags = Values<typeof command>

export const run = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  // Before anybody is asked anything.
  const body = yield* bodyOf(flags.data)
  yield* Sessions.withStore(
    Working.use(flags, around, (picked, way) => send(flags, body, picked, way)),
    around
  )
})

const send = Effect.fnUntraced(function* (
  flags: Flags,
  body: Uint8Array | undefined,
  picked: Sessions.Picked,
  around: Surroundings
) {
  const site = yield* Sessions.needSite(picked)
  Sessions.tellOfAnother(flags, picked, flags.url, around)
  const request = SessionRequest.send(site, picked.session, flags.url, {
    method: flags.method,
    headers: Object.fromEntries(flags.header ?? []),
    body,
    sign: [...(flags.gtk === true ? (["gtk"] as const) : []), ...(flags.bkn === true ? (["bkn"] as const) : [])]
  })
  const answer = yield* Sessions.online(request, around).pipe(
    Effect.catchTag("NotSent", (error) => {
      const { cure, message } = SessionRequest.said(error)
      return Effect.fail(usage(message, cure))
    })
  )
  around.streams.bytes(answer.body)
  const { status } = answer
  const { host } = new URL(flags.url)
  const [, location] = answer.headers.find(([name]) => name === "location") ?? []
  if (location !== undefined && status >= 300 && status < 400) around.streams.tell(note(redirected(status, location)))
  if (status >= 400) return yield* refused(status, host)
})

const refused = (status: number, host: string) =>
  new CommandFailed({
    said: {
      message: { en: `${host} answered with status ${status}`, zh: `${host} 返回状态 ${status}` },
      cure: { en: "what it says about it is on stdout", zh: "它给出的说明在标准输出" }
    },
    exitCode: status === 403 ? exitCodes.AccessDenied : exitCodes.HttpFailed
  })

/** The address itself may hold a ticket. */
const redirected = (status: number, location: string) => {
  const to = URL.canParse(location) ? new URL(location).host : ""
  return to === ""
    ? { en: `the answer is a redirect (${status}), which is not followed`, zh: `响应是重定向（${status}），未跟随` }
    : {
        en: `the answer is a redirect to ${to} (${status}), which is not followed`,
        zh: `响应是到 ${to} 的重定向（${status}），未跟随`
      }
}

/** Bytes. */
const limit = 2 ** 26

const bodyOf = Effect.fnUntraced(function* (data: ReadonlyArray<string> | undefined) {
  if (data === undefined) return undefined
  const parts = yield* Effect.forEach(data, (text) =>
    text === NamedFile.stdin || text.startsWith("@")
      ? read(text === NamedFile.stdin ? text : text.slice(1))
      : Effect.succeed(Buffer.from(text))
  )
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from("&"), part])))
})

const read = (file: string) =>
  Effect.mapError(NamedFile.read(file, limit), (error) => {
    const { en, zh } = why(error.fault)
    return usage(
      { en: `cannot read ${file} (${en})`, zh: `无法读取 ${file}（${zh}）` },
      { en: "name a file behind the @, or - for stdin", zh: "请在 @ 后指定文件，或用 - 表示标准输入" }
    )
  })
