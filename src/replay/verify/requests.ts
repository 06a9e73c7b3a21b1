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
      ...must(request.query !== undefined, `${id}.request.query`, {
        en: "list every parameter, or {} where there is none",
        zh: "请列出全部参数，没有参数则写 {}"
      }),
      ...must(absent, `${id}.request.headers`, {
        en: `add "traceparent": {"absent": true} and "b3": {"absent": true}`,
        zh: `请加上 "traceparent": {"absent": true} 和 "b3": {"absent": true}`
      }),
      ...must(agent !== undefined, `${id}.request.headers`, {
        en: `add a matcher for "user-agent"`,
        zh: `请加上 "user-agent" 的匹配项`
      }),
      ...must(referer !== undefined || id.startsWith("ptqrshow"), `${id}.request.headers`, {
        en: `add the "referer", {"absent": true} where there is none`,
        zh: `请加上 "referer"，没有则写 {"absent": true}`
      })
    ]
  })
