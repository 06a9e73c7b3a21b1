/**
 * `webqq-login cookies`: the cookies of a saved session, for other programs.
 */
import * as Effect from "effect/Effect"
import * as Site from "../../../Site.ts"
import * as CookieFormat from "../../../store/CookieFormat.ts"
import type { Values } from "../../line/Command.ts"
import { usage } from "../../process/CommandFailed.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { cookies as command } from "./cookies.ts"
import { isPrintable } from "../../terminal/printable.ts"
import * as Sessions from "../../inputs/sessions.ts"
import * as Working from "../../inputs/working.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings) => Sessions.withStore(print(flags, around), around)

const print = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const format = flags.json === true ? "json" : (flags.format ?? "header")
  if (flags.json === true && flags.format !== undefined && flags.format !== "json") {
    const message = { en: "--json and --format contradict each other", zh: "--json 与 --format 相互矛盾" }
    return yield* usage(message, { en: "give one of them", zh: "请只使用其中之一" })
  }
  yield* Working.use(flags, around, (picked) => printOf(picked, format, flags, around))
})

const printOf = Effect.fnUntraced(function* (
  picked: Sessions.Picked,
  format: NonNullable<Flags["format"]>,
  flags: Flags,
  around: Surroundings
) {
  const { streams } = around
  const { cookies } = picked.session
  const { url: wanted } = flags
  if (wanted !== undefined) Sessions.tellOfAnother(flags, picked, wanted, around)
  if (wanted === undefined && (format === "netscape" || format === "json" || format === "playwright")) {
    return yield* give(format, yield* CookieFormat.valid(cookies), "", streams)
  }
  const url = wanted ?? `https://${Site.opens(yield* Sessions.needSite(picked))}/`
  const sent = yield* CookieFormat.sentTo(cookies, url)
  if (sent.length === 0) {
    const { host } = new URL(url)
    return yield* usage(
      {
        en: `no cookie of ${picked.profile} would be sent to ${host}`,
        zh: `${picked.profile} 没有会发送到 ${host} 的 cookie`
      },
      {
        en: "name another address with --url; --format json shows where each cookie goes",
        zh: "请用 --url 指定其他地址；--format json 可查看每个 cookie 的去向"
      }
    )
  }
  yield* give(format, sent, url, streams)
})

const give = Effect.fnUntraced(function* (
  format: NonNullable<Flags["format"]>,
  cookies: CookieFormat.Cookies,
  url: string,
  streams: Surroundings["streams"]
) {
  switch (format) {
    case "json":
      return streams.json(CookieFormat.toJson(cookies))
    case "playwright":
      return streams.json(CookieFormat.playwright(cookies))
    case "netscape":
      return streams.raw(yield* exact(CookieFormat.netscape(cookies)))
    case "header":
      return streams.raw(yield* exact(`${CookieFormat.header(cookies)}\n`))
    case "curl":
      return streams.raw(yield* exact(`${CookieFormat.curl(cookies, url)}\n`))
  }
})

/** Other programs get a text as it is or not at all: none is changed on its way, and none steers a terminal. */
const exact = (text: string) =>
  isPrintable(text.replace(/[\t\n]/g, ""))
    ? Effect.succeed(text)
    : Effect.fail(
        usage(
          { en: "a cookie holds characters that no terminal may see", zh: "有 cookie 含有不可打印的字符" },
          { en: "use --json, which escapes them", zh: "请用 --json，其中这些字符会被转义" }
        )
      )
