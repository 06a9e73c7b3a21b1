/**
 * `webqq-login sites`: where one can log in.
 */
import * as Effect from "effect/Effect"
import type { Language } from "../../../Language.ts"
import * as Site from "../../../Site.ts"
import type { Values } from "../../line/Command.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import { signsOf } from "../../terminal/signs.ts"
import type { sites as command } from "./sites.ts"

export const run = (flags: Values<typeof command>, { language, streams }: Surroundings) =>
  Effect.sync(() => {
    if (flags.json !== true) return streams.print(Site.all.flatMap((site) => described(site, language)))
    for (const site of Site.all) {
      const { authorize, check, closed = null, evidence, name, title, tokens } = site
      const redeem = authorize?.redeem ?? null
      streams.json({
        name,
        title,
        opens: Site.opens(site),
        tokens,
        redeem,
        signs: tokens || redeem !== null ? [] : signsOf(site),
        checked: check !== undefined,
        checkedAt: hostOf(site) ?? null,
        renewal: closed === null ? renewalOf(site) : null,
        evidence,
        closed
      })
    }
  })

const width = Math.max(...Site.all.map(({ name }) => name.length)) + 2

const described = (site: Site.Site, language: Language) => {
  const [first, ...rest] = [site.title, opens(site), ...kept(site), known(site)].map((line) => line[language])
  return [`${site.name.padEnd(width)}${first}`, ...rest.map((line) => " ".repeat(width) + line)]
}

const opens = (site: Site.Site) => {
  if (site.tokens) return { en: "opens the five values of Web QQ", zh: "可得：Web QQ 的五个值" }
  const host = Site.opens(site)
  if (site.authorize?.redeem === "music") {
    return {
      en: `opens musicid and musickey, and cookies for ${host}; renewed without a scan for three days at a time`,
      zh: `可得：musicid 和 musickey，以及 ${host} 的 cookie；无需扫码即可续期，每次三天`
    }
  }
  const signs = signsOf(site)
  const names = signs.map(({ name, of }) => `${name} (${of})`)
  return {
    en: `opens cookies for ${host}, and ${names.join(" and ")}, which ${signs.length > 1 ? "sign" : "signs"} its calls`,
    zh: `可得：${host} 的 cookie，以及接口签名 ${names.join(" 和 ")}`
  }
}

/** Where a kept session is asked about. */
const hostOf = ({ check }: Site.Site) => (check === undefined ? undefined : new URL(check.url).hostname)

/** `own`: the site has a way that was seen to work in 2026; `tried`: pt4_auth, of which no answer was published since 2021. */
const renewalOf = ({ authorize }: Site.Site) => (authorize?.redeem === "music" ? "own" : "tried")

/** What becomes of a kept session: nothing is said of a site that answers no more. */
const kept = (site: Site.Site) => {
  if (site.closed !== undefined) return []
  const host = hostOf(site)
  const asked =
    host === undefined
      ? { en: "no call is known that tells whether a session works", zh: "没有已知的接口可查询会话是否有效" }
      : { en: `${host} tells whether a saved session works`, zh: `可向 ${host} 查询已保存的会话是否有效` }
  const renewed =
    renewalOf(site) === "own"
      ? { en: "its own renewal was seen to work in 2026", zh: "其自有的续期在 2026 年有成功记录" }
      : {
          en: "a renewal is tried, and may be refused: nobody has published one since 2021",
          zh: "会尝试续期，但可能被拒绝：2021 年后没有公开的成功记录"
        }
  return [{ en: `${asked.en}; ${renewed.en}`, zh: `${asked.zh}；${renewed.zh}` }]
}

const known = ({ closed, evidence: { newest, source } }: Site.Site) =>
  closed === undefined
    ? { en: `newest sign of life: ${newest}, in ${source}`, zh: `最近的可用记录：${newest}，来源 ${source}` }
    : {
        en: `closed: its hosts answer no more since ${closed}; login --replay plays recordings of it (${source}, ${newest})`,
        zh: `已关闭：自 ${closed} 起服务器不再应答；可用 login --replay 重放记录（${source}，${newest}）`
      }
