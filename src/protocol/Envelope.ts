/**
 * The JSON answers of s.web2.qq.com and d1.web2.qq.com: `{"retcode":0,"result":{…}}`, or a refusal with another `retcode` and
 * sometimes an `errmsg` or `retmsg`.
 *
 * Sources: bodies in slince/smartqq `tests/Fixtures`, ae86jung/SmartQQ-Robot `README.md`, Yinzo/SmartQQBot#30 and #124,
 * pandolia/qqbot#6; `retcode` 0 that is an error in AlexJialene/smart-qq `README.md`. See PROTOCOL.md.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { JsonFault } from "../errors/answerFaults.ts"
import { complaintsOf } from "../errors/Complaint.ts"

/**
 * What an answer amounts to.
 *
 * - `Ok`: `retcode` 0 and a result of the wanted shape
 * - `Refused`: the server said no. `errmsg` is its own text, empty where it gave none
 * - `Bad`: not such an answer at all. `fault` names what is wrong and where, and never quotes the body, which may hold secrets
 */
export type Envelope<A> =
  | { readonly _tag: "Ok"; readonly result: A }
  | { readonly _tag: "Refused"; readonly retcode: number; readonly errmsg: string }
  | { readonly _tag: "Bad"; readonly fault: JsonFault }

const bad = (fault: JsonFault) => ({ _tag: "Bad", fault }) as const

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

/**
 * Turns the text of an answer into a verdict on it, where `schema` describes `result` alone; keys that it does not name are
 * ignored. A `retcode` of 0 beside an `errmsg`, or with `"result":"error"`, is a refusal: both were captured.
 */
export const decode = <A>(schema: Schema.ConstraintDecoder<A>): ((text: string) => Envelope<A>) => {
  const decodeResult = Schema.decodeUnknownResult(schema)
  return (text) => {
    // The message of JSON.parse quotes what it read, so it is dropped.
    const json = Result.try({ try: (): unknown => JSON.parse(text), catch: () => "not JSON" as const })
    if (Result.isFailure(json)) return bad({ reason: json.failure })
    const body = json.success
    if (typeof body !== "object" || body === null || Array.isArray(body)) return bad({ reason: "not a JSON object" })
    const { retcode, errmsg, retmsg, result } = body as Record<string, unknown>
    if (typeof retcode !== "number" || !Number.isSafeInteger(retcode)) return bad({ reason: "no integer retcode" })

    if (retcode !== 0 || isText(errmsg) || result === "error") {
      const said = [errmsg, result === "error" ? result : retmsg].find(isText)
      return { _tag: "Refused", retcode, errmsg: said ?? "" }
    }
    if (result === undefined) return bad({ reason: "no result" })
    const decoded = decodeResult(result)
    if (Result.isSuccess(decoded)) return { _tag: "Ok", result: decoded.success }
    return bad({ reason: "another result", complaints: complaintsOf(decoded.failure) })
  }
}

/** The result of `getvfwebqq`: a token of 80 hex digits, though nothing depends on that. A secret. */
export const VfwebqqResult = Schema.Struct({ vfwebqq: Schema.NonEmptyString })

/**
 * The result of `login2`. `uin` is the QQ number, which passes 2^31; one that a JSON number cannot hold exactly is refused instead
 * of rounded. `psessionid` contains the user's skey: a secret. The `vfwebqq` that comes with them does not work and is ignored, as
 * Tencent's own client did (hexsum/Mojo-URLMonitor `smartqq/mq.js`).
 */
export const Login2Result = Schema.Struct({
  uin: Schema.Int.check(Schema.isGreaterThan(0)),
  psessionid: Schema.NonEmptyString
})
