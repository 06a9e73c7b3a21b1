/**
 * What the requests of a scenario have to speak of.
 */
import { isDeepStrictEqual } from "node:util"
import { must, type Rule } from "./rule.ts"

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
