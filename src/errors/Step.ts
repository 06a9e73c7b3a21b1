/**
 * Where in a login something happened.
 */
import * as Schema from "effect/Schema"

/** The steps of the protocol, named as the files under `steps/`; `Login` is the whole of them, `SessionStore` what keeps it. */
export const Step = Schema.Literals([
  "QrCode",
  "ScanStatus",
  "Redirect",
  "Vfwebqq",
  "Psession",
  "Signature",
  "Authorize",
  "MusicKey",
  "Check",
  "Renewal",
  "Request",
  "Login",
  "SessionStore"
])
export type Step = typeof Step.Type
