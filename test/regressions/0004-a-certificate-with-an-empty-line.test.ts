import { assert, it } from "@effect/vitest"
import { createSecureContext } from "node:tls"
import { selfSigned } from "../support/certificate.ts"

// Where its base64 filled the last line, an empty one followed, and OpenSSL took the certificate for none.
it("a certificate can be read, whatever its length", () => {
  for (let length = 1; length <= 48; length++) {
    const { cert, key } = selfSigned([`${"a".repeat(length)}.qq.com`])
    assert.notMatch(cert, /\n\n/)
    createSecureContext({ cert, key })
  }
})
