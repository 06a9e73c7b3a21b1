/**
 * `webqq-login token`: one value of a saved session, for scripts.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as CookieJar from "../../http/CookieJar.ts"
import type { Language } from "../../Language.ts"
import type { Session } from "../../Session.ts"
import type { Values } from "../line/parse.ts"
import { usage } from "../terminal/failure.ts"
import { jsonLine, printable } from "../terminal/output.ts"
import type { Surroundings } from "../terminal/report.ts"
import type { token as command } from "../line/sessionCommands.ts"
import * as Sessions from "../inputs/sessions.ts"
import { suggest } from "../line/suggest.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings): Effect.Effect<number> =>
  Sessions.perform(print(flags, around), flags.json, around)

const print = Effect.fnUntraced(function* ({ argument: name, ...flags }: Flags, { language, output }: Surroundings) {
  const picked = yield* Sessions.pick(flags, language)
  const { profile, session } = picked
  const value = ownValue(session, name) ?? (yield* cookieValue(picked, name, language))
  if (value === undefined) {
    const names = ownNames.filter((name) => ownValue(session, name) !== undefined)
    return yield* usage(
      { en: `${profile} has no ${printable(name)}`, zh: `${profile} 中没有 ${printable(name)}` },
      suggest(name, names, "") ?? {
        en: `it has ${names.join(", ")}, and its cookies`,
        zh: `其中有 ${names.join("、")}，以及 cookie`
      },
      language
    )
  }
  output.stdout(flags.json === true ? jsonLine({ profile, name, value }) : `${value}\n`)
})

const ownNames = ["site", "uin", "nickname", "gtk", "bkn", "ptwebqq", "vfwebqq", "psessionid", "clientid"] as const

const ownValue = (session: Session, name: string): string | number | undefined => {
  const own = ownNames.find((known) => known === name)
  const value = own && session[own]
  return Redacted.isRedacted(value) ? Redacted.value(value) : value
}

/** What the site's own host would be sent. */
const cookieValue = Effect.fnUntraced(function* (picked: Sessions.Picked, name: string, language: Language) {
  const { target } = yield* Sessions.needSite(picked, language)
  const jar = CookieJar.make({ domains: [], cookies: picked.session.cookies })
  return Option.getOrUndefined(Option.map(yield* jar.find(name, `https://${target}/`), Redacted.value))
})
