/**
 * `webqq-login sites`: where one can log in.
 */
import * as Effect from "effect/Effect"
import type { Language } from "../../../Language.ts"
import * as Site from "../../../Site.ts"
import type { Values } from "../../line/Command.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
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
        checked: check !== undefined,
        evidence,
        closed
      })
    }
  })

const width = Math.max(...Site.all.map(({ name }) => name.length)) + 2

const described = (site: Site.Site, language: Language) => {
  const [first, ...rest] = [site.title[language], opens(site)[language], known(site)[language]]
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
  const signs = [
    ...(site.needs?.includes("p_skey") === false ? [] : ["gtk"]),
    ...(site.needs?.includes("skey") === true || site.signing?.bkn === "p_skey" ? ["bkn"] : [])
  ]
  return {
    en: `opens cookies for ${host}, and ${signs.join(" and ")}, which ${signs.length > 1 ? "sign" : "signs"} its calls`,
    zh: `可得：${host} 的 cookie，以及接口签名 ${signs.join(" 和 ")}`
  }
}

const known = ({ closed, evidence: { newest, source } }: Site.Site) =>
  closed === undefined
    ? { en: `newest sign of life: ${newest}, in ${source}`, zh: `最近的可用记录：${newest}，来源 ${source}` }
    : {
        en: `closed: its hosts answer no more since ${closed}; login --replay plays recordings of it (${source}, ${newest})`,
        zh: `已关闭：自 ${closed} 起服务器不再应答；可用 login --replay 重放记录（${source}，${newest}）`
      }
