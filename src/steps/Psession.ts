/**
 * Step 5, login2: `psessionid` and `uin`. The `vfwebqq` in its answer is of no use and is not read.
 */
import * as Redacted from "effect/Redacted"
import { callApi } from "./callApi.ts"
import * as Endpoints from "../protocol/Endpoints.ts"
import { decode, Login2Result } from "../protocol/Envelope.ts"
import type { Site } from "../Site.ts"
import { traced } from "./traced.ts"

/** `ptwebqq` in, session id and QQ number out. Fails with `BadJson`, `ApiRefused` (103, 100001), `AccessDenied`, `HttpFailed`. */
export const open = traced("Psession.open")(function* (site: Site, ptwebqq: Redacted.Redacted) {
  const { psessionid, uin } = yield* callApi(Endpoints.login2(site, ptwebqq), decodeResult)
  return { psessionid: Redacted.make(psessionid, { label: "psessionid" }), uin }
})

const decodeResult = decode(Login2Result)
