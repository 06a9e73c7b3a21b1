import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Session, toJson } from "webqq-login/Session"
import { webqq } from "./support/savedSessions.ts"

const json = toJson(webqq)
const [cookie] = webqq.cookies
const decode = Schema.decodeUnknownResult(Session)

describe("the secrets of a session", () => {
  it("are not printed, and come back as they were", () => {
    const decoded = Result.getOrThrow(decode(json))
    assert.deepEqual(toJson(decoded), json)
    assert.strictEqual(String(decoded.vfwebqq), "<redacted:vfwebqq>")
    assert.strictEqual(String(decoded.cookies[0]?.value), "<redacted:cookie>")
    assert.isTrue(Schema.toEquivalence(Session)(decoded, webqq))
  })

  it.each<[what: string, value: unknown]>([
    ["no text", 1],
    ["nothing", null],
    ["what no header can carry", "a;b"]
  ])("cannot be %s in a file, nor where a program makes one", (_what, value) => {
    const [first, ...others] = json.cookies
    assert.isTrue(Result.isFailure(decode({ ...json, cookies: [{ ...first, value }, ...others] })))
    const made = (secret: unknown) => () => new Session({ ...webqq, cookies: [{ ...cookie, value: secret } as never] })
    assert.throws(made(Redacted.make(value)))
    assert.throws(made(value))
    assert.doesNotThrow(made(Redacted.make("a")))
  })
})
