/**
 * What holds of every scenario beyond its schema: where it comes from, that what is derived is right, and that no value belongs
 * to anybody. Each rule gives its complaints, which name the place and say what to do.
 */
import * as Result from "effect/Result"
import { isDeepStrictEqual } from "node:util"
import { gtk, hash33, time33 } from "../../protocol/Hash.ts"
import { parse, parseAuth } from "../../protocol/PtuiCallback.ts"
import type { ScenarioFile } from "../ScenarioFile.ts"
import * as Site from "../../Site.ts"
import * as Psessionid from "../Psessionid.ts"
import { setCookieOf } from "../record/secrets.ts"
import { isStandIn } from "../record/standIns.ts"
import { leaves, suspicious } from "./literals.ts"

type File = typeof ScenarioFile.Encoded
type Exchange = File["exchanges"][number]
type Rule = (file: File) => ReadonlyArray<string>

const isStep = (exchange: Exchange, path: string) => exchange.request.url.endsWith(path)

const setCookies = ({ response }: Exchange) =>
  response.headers
    .filter(([name]) => name.toLowerCase() === "set-cookie")
    .map(([, line]) => setCookieOf(line))
    .map(([name, value]) => ({ name, value }))

const textOf = ({ response: { body } }: Exchange) => (body !== undefined && "text" in body ? body.text : "")

const callbacks = (file: File) =>
  file.exchanges
    .filter((exchange) => isStep(exchange, "/ptqrlogin") && exchange.response.status === 200)
    .flatMap((poll) => {
      const callback = parse(textOf(poll))
      return Result.isSuccess(callback) ? [callback.success] : []
    })

const opened = (exchange: Exchange) => {
  const { body } = exchange.response
  const { result } = (body !== undefined && "json" in body ? body.json : {}) as { readonly result?: unknown }
  if (!isStep(exchange, "/login2") || typeof result !== "object" || result === null) return undefined
  const { psessionid, uin, vfwebqq } = result as Record<string, unknown>
  return typeof psessionid === "string" ? { psessionid, uin, vfwebqq } : undefined
}

const account = (file: File): number | undefined =>
  ("session" in file.outcome ? file.outcome.session.uin : undefined) ?? file.saved?.uin

/** Whether an address is one of Tencent's QQ. */
export const isTencents = (url: string): boolean => /(?:^|\.)qq\.com$/.test(URL.parse(url)?.hostname ?? "")

/** The site whose appid requests with these queries name. Web QQ's two forms differ in the token of their polls. */
export const siteOf = (queries: ReadonlyArray<Readonly<Record<string, unknown>>>): Site.Site | undefined => {
  const asked = new Set(queries.flatMap(({ aid, appid }) => [aid, appid]))
  const token = queries.some(({ ptqrtoken }) => ptqrtoken !== undefined)
  const found = Site.all.filter(({ appid }) => asked.has(appid))
  return found.find(({ dialect }) => (dialect === "seed") !== token) ?? found[0]
}

/** A rule is kept or broken at a place; `fix` says what to do. */
const must = (kept: boolean, place: string, fix: string) => (kept ? [] : [`${place}: ${fix}`])

const citation = /^(https?:\/\/\S+|[\w.-]+\/[\w.-]+(#\d+| [\w./-]+( \([0-9a-f]{7}\))?))$/

export const provenance: Rule = (file) => {
  const closed = Site.find(file.site)?.closed
  const all = [
    ["provenance", file.provenance] as const,
    ...file.exchanges.flatMap(({ id, provenance }) =>
      provenance === undefined ? [] : [[`${id}.provenance`, provenance] as const]
    )
  ]
  return all.flatMap(([place, from]) => {
    if (from.kind === "recorded") {
      const late = closed !== undefined && from.date.slice(0, 7) >= closed
      return must(
        !late,
        place,
        `${file.site} is closed since ${closed}: nothing can have been recorded in ${from.date}; say synthetic`
      )
    }
    const cites = (from.cite ?? []).flatMap((cite) =>
      must(
        citation.test(cite),
        place,
        `"${cite}" cannot be looked up; write owner/repository path, owner/repository#issue, or a URL`
      )
    )
    return from.kind === "transcribed"
      ? cites
      : [...must(from.reason.length >= 30, place, "say in a sentence what is made up, and why"), ...cites]
  })
}

/** Requests all name what a client must not send, and what it is known by. */
export const requests: Rule = (file) =>
  file.exchanges.flatMap(({ id, request }) => {
    const { b3, referer, traceparent, "user-agent": agent } = request.headers ?? {}
    const absent = isDeepStrictEqual([b3, traceparent], [{ absent: true }, { absent: true }])
    return [
      ...must(request.query !== undefined, `${id}.request.query`, "list every parameter, or {} where there is none"),
      ...must(absent, `${id}.request.headers`, `add "traceparent": {"absent": true} and "b3": {"absent": true}`),
      ...must(agent !== undefined, `${id}.request.headers`, `add a matcher for "user-agent"`),
      ...must(
        referer !== undefined || id.startsWith("ptqrshow"),
        `${id}.request.headers`,
        `add the "referer", {"absent": true} where there is none`
      )
    ]
  })

/** Polls and renewals carry the cookie that was set, and its hash. */
export const hashes: Rule = (file) => {
  let qrsig: string | undefined
  return file.exchanges.flatMap((exchange) => {
    const { id, request } = exchange
    const { cookies = {}, query = {} } = request
    if (isStep(exchange, "/ptqrshow")) {
      const before = qrsig
      qrsig = setCookies(exchange).find(({ name }) => name === "qrsig")?.value
      return must(qrsig !== undefined && qrsig !== before, `${id}.response`, "set a new qrsig with each picture")
    }
    if (isStep(exchange, "/ptqrlogin")) {
      const dialect = Site.find(file.site)?.dialect
      // The seed document knows no ptqrtoken.
      const token = dialect === "seed" ? undefined : String(hash33(qrsig ?? ""))
      return [
        ...must(cookies["qrsig"] === qrsig, `${id}.request.cookies.qrsig`, "it is the qrsig of the last picture"),
        ...must(
          query["ptqrtoken"] === token,
          `${id}.request.query.ptqrtoken`,
          token === undefined ? "take it out, the seed dialect has none" : `write ${token}, the hash33 of the qrsig`
        )
      ]
    }
    if (isStep(exchange, "/pt4_auth")) {
      const supertoken = file.saved?.cookies.find(({ name }) => name === "supertoken")?.value ?? ""
      const token = String(time33(supertoken))
      return [
        ...must(cookies["supertoken"] === supertoken, `${id}.request.cookies.supertoken`, "it is the one of `saved`"),
        ...must(
          query["auth_token"] === token,
          `${id}.request.query.auth_token`,
          `write ${token}, the time33 of the supertoken`
        )
      ]
    }
    return must(
      typeof cookies["qrsig"] !== "string",
      `${id}.request.cookies.qrsig`,
      'write {"absent": true}: it belongs to ptlogin2'
    )
  })
}

/** Cookies, callback and tokens speak of one account. */
export const accounts: Rule = (file) => {
  const uin = account(file)
  const cookies = file.exchanges.flatMap((exchange) =>
    setCookies(exchange).map((cookie) => ({ ...cookie, id: exchange.id }))
  )
  const named = cookies.flatMap(({ name }) => /^ptnick_(\d+)$/.exec(name)?.[1] ?? [])
  const owner = uin ?? Number(named[0] ?? cookies.flatMap(({ value }) => /^o0*(\d+)$/.exec(value)?.[1] ?? [])[0])
  const nickname =
    callbacks(file).findLast((callback) => callback.nickname !== "")?.nickname ?? file.saved?.nickname ?? ""
  const hex = Buffer.from(nickname, "utf8").toString("hex")
  const ofCookies = cookies.flatMap(({ id, name, value }) => {
    if (["uin", "p_uin", "superuin", "pt2gguin"].includes(name)) {
      const fits = value === "" || Number(/^o0*(\d+)$/.exec(value)?.[1]) === owner
      return must(fits, `${id}.response cookie ${name}`, `write o and ${owner}, padded with zeroes to ten digits`)
    }
    if (!name.startsWith("ptnick_")) return []
    return [
      ...must(name === `ptnick_${owner}`, `${id}.response cookie ${name}`, `its name is ptnick_${owner}`),
      ...must(value === hex, `${id}.response cookie ${name}`, `write ${hex}, the nickname in hex`)
    ]
  })
  const session = "session" in file.outcome ? file.outcome.session : {}
  const last = (name: string) => cookies.findLast((cookie) => cookie.name === name && cookie.value !== "")?.value
  const number = (name: "gtk" | "bkn", source: string | undefined) => {
    const expected = source === undefined ? undefined : gtk(source)
    if (session.gtk === undefined) return []
    return must(
      session[name] === expected,
      `outcome.session.${name}`,
      expected === undefined ? "take it out" : `write ${expected}`
    )
  }
  return [
    ...ofCookies,
    ...must(
      session.nickname === undefined || session.nickname === nickname,
      "outcome.session.nickname",
      `write ${nickname}`
    ),
    ...number("gtk", last("p_skey") ?? ""),
    ...number("bkn", last("skey")),
    ...tokens(file, last("skey") ?? "", uin)
  ]
}

const tokens = (file: File, skey: string, uin: number | undefined) =>
  file.exchanges.flatMap((exchange) => {
    const result = opened(exchange)
    if (result === undefined) return []
    const term = Psessionid.read(result.psessionid)
    const place = `${exchange.id}.response.body.json.result`
    const fits = isDeepStrictEqual([term?.uin, term?.skey, term?.vfwebqq], [result.uin, skey, result.vfwebqq])
    const other = "session" in file.outcome && file.outcome.session.vfwebqq === result.vfwebqq
    return [
      ...must(
        fits,
        `${place}.psessionid`,
        "it holds the uin, the skey and the vfwebqq of this very answer (PROTOCOL.md, step 5)"
      ),
      ...must(uin === undefined || result.uin === uin, `${place}.uin`, `write ${uin}, the account of the outcome`),
      ...must(!other, `${place}.vfwebqq`, "it differs from the one of step 4, which is the session's")
    ]
  })

export const saved: Rule = (file) => {
  const { clock, site } = file
  if (file.saved === undefined) return []
  const { cookies, obtainedAt, psessionid = "", uin } = file.saved
  const term = Psessionid.read(psessionid)
  const skey = cookies.find(({ name }) => name === "skey")?.value
  return [
    ...must(file.saved.site === site, "saved.site", `write ${site}, the site of the scenario`),
    ...must(uin === account(file), "saved.uin", "it is the account of the outcome"),
    ...must(Date.parse(obtainedAt) < Date.parse(clock), "saved.obtainedAt", "it lies before the clock"),
    ...must(
      psessionid === "" || isDeepStrictEqual([term?.uin, term?.skey], [uin, skey]),
      "saved.psessionid",
      "it holds the uin and the skey of `saved`"
    )
  ]
}

/** check_sig is asked at the very address that the server gave. */
export const redirect: Rule = (file) => {
  const checkSig = file.exchanges.find((exchange) => isStep(exchange, "/check_sig"))
  if (checkSig === undefined) return []
  const last = callbacks(file).at(-1)
  const renewal = file.exchanges.findLast((exchange) => isStep(exchange, "/pt4_auth"))
  const renewed = renewal && Result.getOrElse(parseAuth(textOf(renewal)), () => ({ url: "" })).url
  const site = Site.find(file.site)
  // What the official page appends to the address of a renewal.
  const more = renewed ? { regmaster: "", aid: site?.appid, s_url: site?.u1 } : {}
  const url = URL.parse(renewed || last?.url || last?.message || "")
  const { request } = checkSig
  return must(
    url !== null &&
      request.url === url.origin + url.pathname &&
      isDeepStrictEqual({ ...request.query }, { ...Object.fromEntries(url.searchParams), ...more }),
    `${checkSig.id}.request`,
    "its address and query are those of the callback before it"
  )
}

/** Long numbers that are nobody's: those of the sites, and the hashes of cookies. */
const numbers = (file: File): ReadonlyArray<string> => {
  const query = file.exchanges.flatMap(({ request }) =>
    ["appid", "aid", "pt_3rd_aid", "js_ver"].map((name) => request.query?.[name])
  )
  const cookies = [...file.exchanges.flatMap(setCookies), ...(file.saved?.cookies ?? [])]
  return [
    // Web QQ's clientid, the address of nobody in its answers, and a year in seconds.
    "53999199",
    "23600812",
    "31536000",
    ...Site.all.flatMap(({ appid, pt3rdAid = appid }) => [appid, pt3rdAid]),
    ...query.filter((value) => typeof value === "string"),
    ...cookies.flatMap(({ value }) => [hash33, time33, gtk].map((hash) => String(hash(value))))
  ]
}

/** No value belongs to anybody. */
export const standIns: Rule = (file) => {
  const isNick = (name: string) => /^ptnick_|^nick(name)?$/.test(name)
  const values = file.exchanges.flatMap((exchange) => [
    ...setCookies(exchange).map(
      ({ name, value }) => [`${exchange.id}.response cookie ${name}`, isNick(name) ? "" : value] as const
    ),
    ...(["ptsigx", "ptwebqq", "vfwebqq"] as const).map(
      (name) => [`${exchange.id}.request.query.${name}`, exchange.request.query?.[name] ?? ""] as const
    ),
    [`${exchange.id}.response vfwebqq`, opened(exchange)?.vfwebqq ?? ""] as const
  ])
  const kept = (file.saved?.cookies ?? []).map(
    ({ name, value }) => [`saved cookie ${name}`, isNick(name) ? "" : value] as const
  )
  const uin = account(file)
  const owner = uin === undefined ? [] : [["outcome.session.uin", String(uin)] as const]
  const fix = "replace it by a stand-in, the same one everywhere (fixtures/README.md, stand-ins)"
  const shown = [...values, ...kept, ...owner].flatMap(([place, value]) =>
    must(typeof value === "string" && isStandIn(value), place, `this looks like somebody's secret: ${fix}`)
  )
  // What is no stand-in may be derived from one, or be a file's hash.
  const known = new Set<unknown>([
    file.saved?.psessionid,
    ...file.exchanges.flatMap((exchange) => {
      const { body } = exchange.response
      return [
        ...setCookies(exchange).flatMap(({ name, value }) => (isNick(name) ? [value, `${name}=${value}`] : [])),
        exchange.request.query?.["psessionid"],
        opened(exchange)?.psessionid,
        body !== undefined && "file" in body ? body.sha256 : undefined
      ]
    }),
    ...(file.saved?.cookies ?? []).flatMap(({ name, value }) => (isNick(name) ? value : [])),
    ...numbers(file)
  ]) as ReadonlySet<string>
  const { exchanges, saved, title } = file
  // Neither the tags of events nor the sources are values of anybody.
  const outcome = { ...file.outcome, events: undefined }
  const bodies = exchanges.map((exchange) => ({ ...exchange, provenance: undefined }))
  const hidden = Array.from(leaves({ title, exchanges: bodies, outcome, saved }, "")).flatMap(([place, text]) =>
    suspicious(text, known).map(
      (found) => `${place}: "${found.slice(0, 4)}…" (${found.length} letters) looks like a secret: ${fix}`
    )
  )
  return [...shown, ...new Set(hidden)]
}
