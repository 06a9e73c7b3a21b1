/**
 * `webqq-login cookies`: the cookies of a saved session, for other programs.
 */
import * as Effect from "effect/Effect"
import * as CookieFormat from "../../store/CookieFormat.ts"
import type { Values } from "../line/parse.ts"
import { usage } from "../terminal/failure.ts"
import { jsonLine } from "../terminal/output.ts"
import type { Surroundings } from "../terminal/report.ts"
import type { cookies as command } from "../line/sessionCommands.ts"
import * as Sessions from "../inputs/sessions.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings): Effect.Effect<number> =>
  Sessions.perform(print(flags, around), flags.json, around)

const print = Effect.fnUntraced(function* (flags: Flags, { language, output }: Surroundings) {
  const format = flags.json === true ? "json" : (flags.format ?? "header")
  if (flags.json === true && flags.format !== undefined && flags.format !== "json") {
    const message = { en: "--json and --format contradict each other", zh: "--json 与 --format 相互矛盾" }
    return yield* usage(message, { en: "give one of them", zh: "请只使用其中之一" }, language)
  }
  const picked = yield* Sessions.pick(flags, language)
  const { cookies } = picked.session
  if (flags.url === undefined && (format === "netscape" || format === "json")) {
    const all = yield* CookieFormat.valid(cookies)
    return output.stdout(format === "json" ? jsonLine(CookieFormat.toJson(all)) : CookieFormat.netscape(all))
  }
  const url = flags.url ?? `https://${(yield* Sessions.needSite(picked, language)).target}/`
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
      },
      language
    )
  }
  const text = {
    header: () => `${CookieFormat.header(sent)}\n`,
    netscape: () => CookieFormat.netscape(sent),
    json: () => jsonLine(CookieFormat.toJson(sent)),
    curl: () => `${CookieFormat.curl(sent, url)}\n`
  }
  output.stdout(text[format]())
})
