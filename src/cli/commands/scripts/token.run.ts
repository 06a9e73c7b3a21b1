/**
 * `webqq-login token`: one value of a saved session, for scripts.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as CookieJar from "../../../http/CookieJar.ts"
import type { Session } from "../../../Session.ts"
import * as Site from "../../../Site.ts"
import type { Values } from "../../line/Command.ts"
import { usage } from "../../process/CommandFailed.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { token as command } from "./token.ts"
import * as Sessions from "../../inputs/sessions.ts"
import * as Working from "../../inputs/working.ts"
import { isPrintable } from "../../terminal/printable.ts"
import { suggest } from "../../line/suggest.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings) =>
  Sessions.withStore(
    Working.use(flags, around, (picked) => print(flags, picked, around)),
    around
  )

const print = Effect.fnUntraced(function* (
  { name, ...flags }: Flags,
  picked: Sessions.Picked,
  { streams }: Surroundings
) {
  const { profile, session } = picked
  const value = ownValue(session, name) ?? (yield* cookieValue(picked, name))
  if (value === undefined) {
    const names = ownNames.filter((name) => ownValue(session, name) !== undefined)
    return yield* usage(
      { en: `${profile} has no ${name}`, zh: `${profile} 中没有 ${name}` },
      suggest(name, names, "") ?? {
        en: `it has ${names.join(", ")}, and its cookies`,
        zh: `其中有 ${names.join("、")}，以及 cookie`
      }
    )
  }
  if (flags.json === true) return streams.json({ profile, name, value })
  const text = String(value)
  if (flags.raw !== true && !isPrintable(text)) {
    return yield* usage(
      {
        en: `${name} of ${profile} holds characters that a terminal would act upon`,
        zh: `${profile} 的 ${name} 含有会操纵终端的字符`
      },
      {
        en: "use --json, which escapes them, or --raw, which does not",
        zh: "请用 --json（会转义），或 --raw（原样输出）"
      }
    )
  }
  streams.raw(`${text}\n`)
})

const ownNames = [
  "site",
  "uin",
  "nickname",
  "gtk",
  "bkn",
  "ptwebqq",
  "vfwebqq",
  "psessionid",
  "clientid",
  "musicid",
  "musickey",
  "openid",
  "unionid",
  "accessToken",
  "refreshToken",
  "refreshKey",
  "expiresAt",
  "code"
] as const

const ownValue = (session: Session, name: string): string | number | undefined => {
  const own = ownNames.find((known) => known === name)
  const value = own && session[own]
  if (DateTime.isDateTime(value)) return DateTime.formatIso(value)
  return Redacted.isRedacted(value) ? Redacted.value(value) : value
}

/** What the site's own host would be sent. */
const cookieValue = Effect.fnUntraced(function* (picked: Sessions.Picked, name: string) {
  const site = yield* Sessions.needSite(picked)
  const jar = CookieJar.make({ domains: site.cookieDomains, cookies: picked.session.cookies })
  return Option.getOrUndefined(Option.map(yield* jar.find(name, `https://${Site.opens(site)}/`), Redacted.value))
})
