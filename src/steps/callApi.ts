/**
 * One call of an API: sent, retried after passing faults, and taken out of its envelope.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { ApiRefused, BadJson, HttpFailed } from "../errors/LoginError.ts"
import type { QqRequest } from "../protocol/Endpoints.ts"
import type { Envelope } from "../protocol/Envelope.ts"
import { withoutQueries } from "../errors/plainText.ts"
import { QqHttp, retryTransient } from "../http/QqHttp.ts"
import { pageOf } from "../protocol/WebPage.ts"

/** Sends a request to an API host and takes the result out of its envelope. */
export const callApi = Effect.fnUntraced(function* <A>(request: QqRequest, decode: (text: string) => Envelope<A>) {
  const http = yield* QqHttp
  const { step } = request
  const { host } = new URL(Redacted.value(request.url))
  const text = yield* http.send(request).pipe(
    Effect.flatMap((answer) =>
      answer.status === 200
        ? Effect.succeed(answer.text)
        : Effect.fail(new HttpFailed({ step, host, reason: "status", status: answer.status }))
    ),
    retryTransient
  )
  const envelope = decode(text)
  switch (envelope._tag) {
    case "Ok":
      return envelope.result
    case "Refused":
      return yield* new ApiRefused({ step, retcode: envelope.retcode, errmsg: withoutQueries(envelope.errmsg), host })
    case "Bad":
      return yield* new BadJson({ step, host, ...envelope.fault, ...pageOf(text) })
  }
})
