/**
 * Keys out of passphrases at a small cost, by the same function: for tests that seal much and are not about what a guess costs.
 */
import { syncBuiltinESMExports } from "node:module"
import { afterAll, beforeAll } from "vitest"

/** For all tests of the file. */
export const cheapKeys = (): void => {
  const crypto = process.getBuiltinModule("node:crypto")
  const { scrypt } = crypto
  beforeAll(() => {
    crypto.scrypt = ((passphrase, salt, length, options, done) =>
      scrypt(passphrase, salt, length, { ...options, N: 2 }, done)) as typeof scrypt
    syncBuiltinESMExports()
  })
  afterAll(() => {
    crypto.scrypt = scrypt
    syncBuiltinESMExports()
  })
}
