/**
 * Where the bytes of a scenario come from has to be said so that somebody can look it up.
 */
import type { Bilingual } from "../../Language.ts"
import * as Site from "../../Site.ts"
import { type Exchange, type File, must, type Rule, setCookies } from "./rule.ts"

const citation = /^(https?:\/\/\S+|[\w.-]+\/[\w.-]+(#\d+| [\w./-]+( \([0-9a-f]{7}\))?))$/

const saySo = { en: "say in a sentence what is made up, and why", zh: "请用一句话说明编造了什么以及原因" }

export const provenance: Rule = (file) => {
  const closed = Site.find(file.site)?.closed
  const all = [
    ["provenance", file.provenance] as const,
    ...[...file.exchanges, ...(file.optional ?? [])].flatMap(({ id, provenance }) =>
      provenance === undefined ? [] : [[`${id}.provenance`, provenance] as const]
    )
  ]
  const parts = [...file.exchanges, ...(file.optional ?? [])].flatMap((exchange) =>
    eachPart(exchange, exchange.provenance ?? file.provenance, file.format)
  )
  const wholes = all.flatMap(([place, from]) => {
    if (from.kind === "recorded") {
      const late = closed !== undefined && from.date.slice(0, 7) >= closed
      return must(!late, place, {
        en: `${file.site} is closed since ${closed}: nothing can have been recorded in ${from.date}; say synthetic`,
        zh: `${file.site} 已于 ${closed} 关闭：${from.date} 不可能录制到任何内容；请写 synthetic`
      })
    }
    const cites = (from.cite ?? []).flatMap((cite) =>
      must(citation.test(cite), place, {
        en: `"${cite}" cannot be looked up; write owner/repository path, owner/repository#issue, or a URL`,
        zh: `"${cite}" 无法查证；请写成 owner/repository 路径、owner/repository#issue 或网址`
      })
    )
    return from.kind === "transcribed" ? cites : [...must(from.reason.length >= 30, place, saySo), ...cites]
  })
  return [...wholes, ...parts]
}

/** Names of what an answer has, as `from` calls them. */
const partsOf = (exchange: Exchange): ReadonlyArray<string> => [
  "status",
  ...exchange.response.headers
    .map(([name]) => name.toLowerCase())
    .filter((name) => name !== "set-cookie")
    .map((name) => `header ${name}`),
  ...setCookies(exchange).map(({ name }) => `cookie ${name}`),
  ...(exchange.response.body === undefined ? [] : ["body"])
]

const source = new Set(["captured", "rebuilt", "elsewhere"])

/** Each part of an answer is said once, by name or with those of its kind; and what is transcribed, somebody has printed. */
const eachPart = (
  exchange: Exchange,
  { kind }: File["provenance"],
  format: File["format"]
): ReadonlyArray<Bilingual> => {
  const place = `${exchange.id}.from`
  if (exchange.from === undefined) {
    // The first format has no word for it.
    return must(kind !== "transcribed" || format === "webqq-fixture/1", place, {
      en: "say of each part of the answer where it comes from: captured, rebuilt, elsewhere, told or made up",
      zh: "请说明响应各部分的来源：captured、rebuilt、elsewhere、told 或 made up"
    })
  }
  const said = Object.values(exchange.from).flatMap((parts) => parts.split(", "))
  const names = new Set(said)
  const parts = new Set(partsOf(exchange))
  const allOf = (part: string) => part.replace(/ .*/, " *")
  const others = [...parts].filter((part) => !names.has(part))
  const missing = others.find((part) => !names.has(allOf(part)))
  const kinds = new Set(others.map(allOf))
  const strange = said.find((part) => (part.endsWith(" *") ? !kinds.has(part) : !parts.has(part)))
  const seen = new Set<string>()
  const twice = said.find((part) => seen.size === seen.add(part).size)
  return [
    ...must(missing === undefined, place, {
      en: `it says nothing of ${missing}`,
      zh: `没有说明 ${missing}`
    }),
    ...must(strange === undefined, place, {
      en: `the answer has nothing that is left for ${strange}`,
      zh: `响应中没有可归于 ${strange} 的部分`
    }),
    ...must(twice === undefined, place, { en: `it says ${twice} twice`, zh: `${twice} 出现了两次` }),
    ...must(kind !== "recorded", place, {
      en: "take it out: a tool recorded all of it",
      zh: "请删去：全部由工具录制"
    }),
    ...must(kind !== "transcribed" || Object.keys(exchange.from).some((origin) => source.has(origin)), place, {
      en: "nobody has printed any of it: call its provenance synthetic",
      zh: "没有任何部分有公开原文：请把 provenance 写成 synthetic"
    })
  ]
}
