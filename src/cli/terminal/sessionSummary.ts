/**
 * A session as people read it. No secret passes through here unless it is asked for.
 */
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { Bilingual, Language } from "../../Language.ts"
import type { Session } from "../../Session.ts"
import type { Site } from "../../Site.ts"
import * as CookieFormat from "../../store/CookieFormat.ts"
import { printable } from "./printable.ts"
import { signsOf } from "./signs.ts"

/** A value a line. Of a secret only its length is told, unless `showSecrets`. */
export const summary = (session: Session, language: Language, showSecrets: boolean): ReadonlyArray<string> => {
  const secret = (value: Redacted.Redacted) => {
    const text = Redacted.value(value)
    if (text === "") return { en: "(empty)", zh: "（空）" }[language]
    if (showSecrets) return text
    return { en: `(hidden, ${text.length} characters)`, zh: `（已隐藏，${text.length} 个字符）` }[language]
  }
  const {
    bkn,
    clientid,
    code,
    expiresAt,
    gtk,
    musicid,
    musickey,
    nickname,
    openid,
    psessionid,
    ptwebqq,
    site,
    uin,
    vfwebqq
  } = session
  // Where there are no tokens, the cookies that sign are what is worth hiding.
  const keys = psessionid === undefined ? session.cookies.filter(({ name }) => signing.has(name)) : []
  const rows: ReadonlyArray<readonly [name: string, value: string | number | undefined]> = [
    ["site", site],
    ["uin", uin],
    ["nickname", nickname],
    ["ptwebqq", ptwebqq && secret(ptwebqq)],
    ["vfwebqq", vfwebqq && secret(vfwebqq)],
    ["psessionid", psessionid && secret(psessionid)],
    ["clientid", clientid],
    ["gtk", gtk],
    ["bkn", bkn],
    ["musicid", musicid],
    ["musickey", musickey && secret(musickey)],
    ["openid", openid && secret(openid)],
    ["expiresAt", expiresAt && DateTime.formatIso(expiresAt)],
    ["code", code && secret(code)],
    ...keys.map(({ name, value }) => [name, secret(value)] as const)
  ]
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(10)}  ${value}`]))
}

const signing: ReadonlySet<string> = new Set(["p_skey", "skey"])

/** What a script does with a session that was kept; nothing for Web QQ's, of which no call is left. */
export const next = (session: Session, of: Site): ReadonlyArray<Bilingual> => {
  const { musickey, code, site } = session
  // Where two numbers sign, they are the same, and its calls name the second.
  const signs = signsOf(of).map(({ name }) => name)
  const name =
    musickey !== undefined
      ? "musickey"
      : code !== undefined
        ? "code"
        : signs.findLast((name) => session[name] !== undefined)
  if (name === undefined) return []
  return [
    {
      en: `next: webqq-login token ${name} --site ${site}, or webqq-login cookies --site ${site}`,
      zh: `接下来：webqq-login token ${name} --site ${site} 或 webqq-login cookies --site ${site}`
    }
  ]
}

/** Why secrets are missing in the summary. */
export const hidden: Bilingual = {
  en: "secrets are hidden; --show-secrets or --json prints them",
  zh: "敏感信息已隐藏；可用 --show-secrets 或 --json 显示"
}

/** All of it, secrets in clear: a cookies.txt with its values as remarks, which `import --from` takes as well. */
export const whole = (session: Session, language: Language): string => {
  const [head = "", ...rows] = CookieFormat.netscape(session.cookies).split("\n")
  const remarks = summary(session, language, true).map((line) => `# ${printable(line)}`)
  return [head, ...remarks, ...rows].join("\n")
}
