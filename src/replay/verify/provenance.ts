/**
 * Where the bytes of a scenario come from has to be said so that somebody can look it up.
 */
import * as Site from "../../Site.ts"
import { must, type Rule } from "./rule.ts"

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
  return all.flatMap(([place, from]) => {
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
}
