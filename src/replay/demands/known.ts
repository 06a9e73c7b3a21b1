/**
 * What is known of what Tencent's servers asked for, as a scenario writes it down: from PROTOCOL.md, whose sections and sources stand as
 * evidence. Of other addresses nothing is known, and nothing is said.
 */
import type { Demand, Demands, Equal, ScenarioFile } from "../format/ScenarioFile.ts"
import { most } from "../format/Demands.ts"
import { isTencents, siteOf } from "../siteOf.ts"
import * as Site from "../../Site.ts"
import { afterLogin, type List, type Made } from "./afterLogin.ts"
import { optionalOf } from "./optional.ts"

type File = Pick<ScenarioFile, "clock" | "exchanges" | "site">
type Exchange = ScenarioFile["exchanges"][number]

/** What a scenario says beside its exchanges, as far as it is known. */
export type Known = Pick<ScenarioFile, "equal" | "demands" | "optional">

/** All that is known of the addresses of these exchanges; keys are left out where there is nothing. */
export const known = (file: File): Known => {
  const site = Site.find(file.site) ?? siteOf(file.exchanges.map(({ request }) => request.query ?? {}))
  const optional = optionalOf(file, site)
  const all = [...file.exchanges, ...optional].filter(({ request }) => isTencents(request.url))
  const byUrl = Map.groupBy(all, ({ request }) => request.url)
  const urls = [...byUrl.keys()]
  const demands = Array.from(byUrl).flatMap(([url, here]): ReadonlyArray<Demands> => {
    const path = url.slice(url.lastIndexOf("/") + 1)
    const made = own(byPath, path)?.(here, site) ?? own(afterLogin, path)?.((list) => named(here, list))
    if (made === undefined) return []
    const { checked = {}, echoed, required } = made
    return [
      {
        url,
        ...(required === undefined ? {} : { required }),
        ...(Object.keys(checked).length === 0 ? {} : { checked }),
        ...(echoed === undefined ? {} : { echoed })
      }
    ]
  })
  const equal = groups.filter(
    ({ addresses, from = "", until = "9" }) =>
      urls.some((url) => addresses.some((address) => url.startsWith(address))) &&
      from <= file.clock &&
      file.clock < until
  )
  return {
    ...(equal.length === 0 ? {} : { equal: equal.map(({ addresses, evidence }) => ({ addresses, evidence })) }),
    ...(demands.length === 0 ? {} : { demands }),
    ...(optional.length === 0 ? {} : { optional })
  }
}

/** A path may be called as what every object has: "constructor". */
const own = <A>(all: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(all, name) ? all[name] : undefined

const groups: ReadonlyArray<Equal & { readonly from?: string; readonly until?: string }> = [
  {
    addresses: ["https://ssl.ptlogin2.qq.com/ptqr", "https://xui.ptlogin2.qq.com/ssl/ptqr"],
    evidence: "the page of today asks the second, clients the first (11273/QzonePhoto src/main/api/qzone/auth.js)",
    from: "2022"
  },
  {
    addresses: ["u", "szu", "shu"].map((host) => `https://${host}.y.qq.com/cgi-bin/musicu.fcg`),
    evidence: "clients ask all three (L-1124/QQMusicApi, forkseek/music-universe; PROTOCOL.md, QQ Music)"
  },
  ...["s", "d1"].map((host) => ({
    addresses: [`https://${host}.web2.qq.com/`, `http://${host}.web2.qq.com/`],
    evidence: "clients asked both; plain http began to fail on 2018-12-04 (hexsum/Mojo-Webqq#278, pandolia/qqbot#385)",
    until: "2018-12-04"
  }))
]

/** The demands on those of these fields that the exchanges name. */
const named = (exchanges: ReadonlyArray<Exchange>, list: List): List =>
  Object.fromEntries(
    Object.entries(list).filter(
      ([field, { is }]) => is !== undefined || exchanges.some(({ request }) => has(request, field))
    )
  )

const has = ({ cookies, form, headers, json, query }: Exchange["request"], field: string): boolean => {
  const name = field.slice(field.search(/[. ]/) + 1)
  if (field.startsWith("json.")) return json?.[name] !== undefined
  const part = field.startsWith("query.")
    ? query
    : field.startsWith("header ")
      ? headers
      : field.startsWith("cookie ")
        ? cookies
        : form
  const matcher = part?.[name.split(".", 1)[0] ?? ""]
  return matcher !== undefined && !(typeof matcher === "object" && "absent" in matcher)
}

const id = (evidence: string): Demand => ({ evidence })

const application = id("numbers of the application: others are another site (PROTOCOL.md, other sites)")
const session = id("it came out of the steps before, and is of this session")

/** A value of a step before, or an empty text, which servers took as well. */
const orEmpty = (exchanges: ReadonlyArray<Exchange>, values: (exchange: Exchange) => unknown): Demand["is"] => {
  const found = new Set(exchanges.map(values).filter((value) => typeof value === "string" && value !== ""))
  const [value] = found
  return found.size === 1 && /^[0-9A-Za-z]+$/.test(String(value)) ? { re: `(${String(value)})?` } : undefined
}

const ptwebqq = (is: Demand["is"]): Demand => ({
  ...(is === undefined ? {} : { is }),
  evidence: "an empty text was accepted (hexsum/Mojo-Webqq ef4b128, RikkaApps/FCM-for-Mojo#111)"
})

/** The cookies that the two calls of Web QQ look at. */
const calls = (exchanges: ReadonlyArray<Exchange>) => {
  const cookies = ["uin", "skey", "p_uin", "pt4_token", "ptwebqq"].map((name) => [`cookie ${name}`, session] as const)
  return {
    required: named(exchanges, {
      "cookie p_skey": id("refused without the cookies of step 3 (Yinzo/SmartQQBot#32, #38)")
    }),
    checked: named(exchanges, Object.fromEntries(cookies))
  }
}

const byPath: Readonly<Record<string, (exchanges: ReadonlyArray<Exchange>, site: Site.Site | undefined) => Made>> = {
  ptqrshow: (exchanges, site) => ({
    required: named(exchanges, { "query.appid": application }),
    checked: {
      ...(site === undefined ? {} : { "query.daid": { is: site.daid, evidence: application.evidence } }),
      ...named(exchanges, { "query.pt_3rd_aid": application })
    }
  }),
  ptqrlogin: (exchanges) => ({
    required: named(exchanges, {
      "cookie qrsig": id("403 without it (pandolia/qqbot#43, slince/smartqq#26)"),
      ...(exchanges.some(({ request }) => has(request, "query.ptqrtoken"))
        ? {
            "query.ptqrtoken": {
              is: { hash: "hash33", of: "cookie qrsig" },
              evidence: "403 without it since 2017-02-09 (pandolia/qqbot#43, b3log/xiaov#26)"
            } as const
          }
        : {})
    }),
    checked: named(exchanges, { "query.aid": application, "query.daid": application, "query.pt_3rd_aid": application }),
    echoed: ["query.u1"]
  }),
  check_sig: (exchanges) => {
    const ticket = id("a ticket that is made up got 403 (liwenyao016828/fnmusic scripts/qq-checksig-probe.mjs)")
    // What has no letters, or a line's end in it, cannot be named.
    const keys = Object.keys(exchanges[0]?.request.query ?? {}).filter((key) => /^[^\n]+$/.test(key))
    const tickets = keys.filter((key) => key === "ptsigx" || key === "uin")
    const required = (tickets.length === 0 ? keys.slice(0, most.fields) : tickets).map(
      (key) => [`query.${key}`, ticket] as const
    )
    return {
      required: Object.fromEntries(required),
      checked: {
        "header referer": { is: { re: ".+" }, evidence: "an empty one got 403 in 2016 (ScienJus/smartqq#28)" }
      }
    }
  },
  getvfwebqq: (exchanges) => {
    const { checked, required } = calls(exchanges)
    const scheme = exchanges[0]?.request.url.startsWith("https:") ? "https" : "http"
    return {
      required: {
        "header referer": {
          is: { re: `${scheme}://[a-z0-9]+\\.web2\\.qq\\.com/.*` },
          evidence:
            "retcode 100000 without it, or with one of the other scheme (pandolia/qqbot#6, hexsum/Mojo-Webqq#278); a page of d1.web2 did as well (Yinzo/SmartQQBot src/smart_qq_bot/bot.py)"
        },
        ...required
      },
      checked: {
        ...named(exchanges, {
          "query.ptwebqq": ptwebqq(orEmpty(exchanges, ({ request }) => request.query?.["ptwebqq"]))
        }),
        ...checked
      }
    }
  },
  login2: (exchanges) => {
    const { checked, required } = calls(exchanges)
    const member = ({ request }: Exchange) => {
      const r = request.form?.["r"]
      return typeof r === "object" && "json" in r
        ? (r.json as { readonly ptwebqq?: unknown } | null)?.ptwebqq
        : undefined
    }
    return {
      required: {
        ...named(exchanges, {
          "form.r": { is: { any: true }, evidence: "its JSON is the request (PROTOCOL.md, step 5)" }
        }),
        ...required
      },
      checked: { "form.r.ptwebqq": ptwebqq(orEmpty(exchanges, member)), ...checked }
    }
  },
  get_online_buddies2: (exchanges) => ({
    required: named(exchanges, { "query.vfwebqq": session, "query.psessionid": session }),
    checked: calls(exchanges).checked
  }),
  pt4_auth: (exchanges) => ({
    required: named(exchanges, {
      "query.auth_token": {
        is: { hash: "time33", of: "cookie supertoken" },
        evidence: "the page computes it so (AEmpire/r6robot qm.js (8798945))"
      },
      "cookie supertoken": id("whose login is renewed (hexsum/Mojo-Webqq lib/Mojo/Webqq/Client/Remote/_check_login.pm)")
    }),
    checked: named(exchanges, { "query.appid": application, "query.daid": application })
  })
}
