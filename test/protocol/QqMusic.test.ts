import { assert, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { qqLogin } from "../../src/protocol/QqMusic.ts"

it("hides the body of a call, which holds the code", () => {
  const { form = assert.fail() } = qqLogin(Redacted.make("CODE"), 5381)
  assert.strictEqual(String(form), "<redacted:form>")
  assert.include(Redacted.value(form), "CODE")
})
