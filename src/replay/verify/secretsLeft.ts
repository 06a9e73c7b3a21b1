/**
 * That no value of a scenario belongs to anybody.
 */
import type { Bilingual } from "../../Language.ts"
import { gtk, hash33, time33 } from "../../protocol/Hash.ts"
import * as Site from "../../Site.ts"
import { leafText, leavesOf } from "../data.ts"
import { isStandIn } from "../record/standIns.ts"
import { account, type File, must, opened, type Rule, setCookies } from "./rule.ts"
import { leaves, partsOf, suspicious } from "./suspicious.ts"

/** Long numbers and words that are nobody's: those of the sites, and the hashes of cookies. */
const nobodys = (file: File): ReadonlyArray<string> => {
  const query = file.exchanges.flatMap(({ request }) =>
    ["appid", "aid", "pt_3rd_aid", "js_ver"].map((name) => request.query?.[name])
  )
  const cookies = [...file.exchanges.flatMap(setCookies), ...(file.saved?.cookies ?? [])]
  return [
    // Web QQ's clientid, the address of nobody in its answers, and a year in seconds.
    "53999199",
    "23600812",
    "31536000",
    ...Site.all.flatMap(({ appid, check, pt3rdAid = appid }) => [
      appid,
      pt3rdAid,
      ...partsOf(check?.url ?? ""),
      ...Object.values(check?.query ?? {}),
      ...leavesOf(check?.json).map(([, leaf]) => leafText(leaf))
    ]),
    ...query.filter((value) => typeof value === "string"),
    ...cookies.flatMap(({ value }) => [hash33, time33, gtk].map((hash) => String(hash(value))))
  ]
}

const fix: Bilingual = {
  en: "replace it by a stand-in, the same one everywhere (fixtures/README.md, stand-ins)",
  zh: "请换成替代值，并在各处使用同一个（fixtures/README.md，stand-ins）"
}

/** No value belongs to anybody. */
export const secretsLeft: Rule = ({ optional = [], ...rest }) => {
  const file = { ...rest, exchanges: [...rest.exchanges, ...optional] }
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
  const shown = [...values, ...kept, ...owner].flatMap(([place, value]) =>
    must(typeof value === "string" && isStandIn(value), place, {
      en: `this looks like somebody's secret: ${fix.en}`,
      zh: `疑似他人的敏感信息：${fix.zh}`
    })
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
    ...nobodys(file)
  ]) as ReadonlySet<string>
  const { exchanges, saved, title, titleZh } = file
  // Neither the tags of events and errors nor the sources are values of anybody.
  const outcome = { ...file.outcome, events: undefined, error: undefined }
  const bodies = exchanges.map((exchange) => ({ ...exchange, provenance: undefined }))
  const hidden = Array.from(leaves({ title, titleZh, exchanges: bodies, outcome, saved }, "")).flatMap(
    ([place, text]) =>
      suspicious(text, known).flatMap((found) =>
        must(false, place, {
          en: `"${found.slice(0, 4)}…" (${found.length} letters) looks like a secret: ${fix.en}`,
          zh: `"${found.slice(0, 4)}…"（${found.length} 个字符）疑似敏感信息：${fix.zh}`
        })
      )
  )
  return [...shown, ...new Map(hidden.map((words) => [words.en, words])).values()]
}
