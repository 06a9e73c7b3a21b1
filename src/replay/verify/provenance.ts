/**
 * Where the bytes of a scenario come from has to be said so that somebody can look it up.
 */
import * as Site from "../../Site.ts"
import { must, type Rule } from "./rule.ts"

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
