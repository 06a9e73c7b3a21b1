/**
 * Step 4, getvfwebqq: the token `vfwebqq`.
 */
import * as Clock from "effect/Clock"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import { callApi } from "./callApi.ts"
import * as Endpoints from "../protocol/Endpoints.ts"
import { decode, VfwebqqResult } from "../protocol/Envelope.ts"
import type { Site } from "../Site.ts"
import { traced } from "./traced.ts"

/** `ptwebqq` in, `vfwebqq` out. Fails with `BadJson`, `ApiRefused` (100000: cookies or Referer), `AccessDenied`, `HttpFailed`. */
export const fetch = traced("Vfwebqq.fetch")(function* (site: Site, ptwebqq: Redacted.Redacted) {
  const variation = { random: yield* Random.next, now: yield* Clock.currentTimeMillis }
  const { vfwebqq } = yield* callApi(Endpoints.getvfwebqq(site, ptwebqq, variation), decodeResult)
  return Redacted.make(vfwebqq, { label: "vfwebqq" })
})

const decodeResult = decode(VfwebqqResult)
