/**
 * `webqq-login import --from`: a session out of the cookies that its owner has exported from a browser, and that its site calls good.
 */
import * as Effect from "effect/Effect"
import { exitCodes, said } from "../../../errors/LoginError.ts"
import { readText } from "../../../files/namedFile.ts"
import { why } from "../../../files/UnreadableFile.ts"
import type { Bilingual } from "../../../Language.ts"
import * as Login from "../../../Login.ts"
import * as SignIn from "../../../SignIn.ts"
import * as Site from "../../../Site.ts"
import * as CookieFormat from "../../../store/CookieFormat.ts"
import { CommandFailed, usage } from "../../process/CommandFailed.ts"
import { note } from "../../terminal/advice.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import * as Sessions from "../../inputs/sessions.ts"
import * as SiteFile from "../../inputs/siteFile.ts"

/** Bytes: whatever a browser holds. */
const limit = 2 ** 23

export const fromBrowser = Effect.fnUntraced(function* (
  file: string,
  flags: { readonly site?: string },
  around: Surroundings
) {
  if (flags.site === undefined) {
    return yield* usage(
      { en: "--from needs --site", zh: "--from 需要 --site" },
      {
        en: "name the site that the cookies are for; webqq-login sites lists them",
        zh: "请指定 cookie 所属的站点；webqq-login sites 列出全部站点"
      }
    )
  }
  const site = yield* SiteFile.resolve(flags.site)
  if (site.tokens) {
    return yield* usage(
      { en: `a session of ${site.name} is more than cookies`, zh: `${site.name} 的会话不只是 cookie` },
      { en: "sign in with a code: webqq-login login", zh: "请扫码登录：webqq-login login" }
    )
  }
  const text = yield* Effect.mapError(readText(file, limit), (error) => {
    const { en, zh } = why(error.fault)
    return usage({ en: `cannot read ${file} (${en})`, zh: `无法读取 ${file}（${zh}）` }, exported(site))
  })
  const cookies = CookieFormat.fromFile(text)
  if (cookies === undefined) {
    const message = {
      en: `${file} is neither a cookies.txt nor a storage state`,
      zh: `${file} 既不是 cookies.txt，也不是 storage state`
    }
    return yield* usage(message, exported(site))
  }
  const session = yield* Effect.catchTag(Login.fromCookies(site, cookies), "CookieMissing", ({ host, name }) =>
    Effect.fail(
      noSession({ en: `${file} has no cookie ${name} for ${host}`, zh: `${file} 中没有 ${host} 的 ${name}` }, site)
    )
  )
  // Nothing is kept that nobody has called good.
  yield* Effect.catch(Sessions.online(SignIn.check(site, session), around), (error) => {
    if (error._tag === "CommandFailed" || !SignIn.isDead(error)) return Effect.fail(error)
    const { en, zh } = said(error).message
    const message = {
      en: `the cookies in ${file} are no session that works: ${en}`,
      zh: `${file} 中的 cookie 已不可用：${zh}`
    }
    return Effect.fail(noSession(message, site))
  })
  if (site.check === undefined) {
    around.streams.tell(
      note({
        en: "whether it works was not asked: its site has no call that tells",
        zh: "未确认是否可用：该站点没有可供查询的接口"
      })
    )
  }
  return { session, site }
})

const exported = (site: Site.Site): Bilingual => ({
  en: `log in at https://${Site.opens(site)}/ in a browser, and export its cookies with an extension or with Playwright`,
  zh: `请在浏览器中登录 https://${Site.opens(site)}/，再用扩展程序或 Playwright 导出 cookie`
})

const noSession = (message: Bilingual, site: Site.Site) =>
  new CommandFailed({ said: { message, cure: exported(site) }, exitCode: exitCodes.NoSession })
