/**
 * The general way of an exchange: over any `HttpClient`, whoever made it and whatever wraps it.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpMethod } from "effect/http/HttpMethod"
import { type Exchange, type Incoming, nothing, type Outgoing } from "./Exchange.ts"
import { fromHttpClientError } from "./httpErrors.ts"
import { beginningOf, headOf, limitedBody } from "./response.ts"

export const generalExchange = (client: HttpClient.HttpClient): Exchange => {
  // An answer that is not read to its end would hold its connection: the scope of the exchange closes it.
  const scoped = HttpClient.withScope(client)
  return Effect.fnUntraced(function* (request, keep) {
    const scope = yield* Scope.make()
    let whole = false
    let come: Incoming | undefined
    const exchange = Effect.gen(function* () {
      const response = yield* scoped.execute(toClientRequest(request))
      const head = headOf(response)
      yield* keep(head)
      const maxBytes = request.maxBytes(head.status)
      if (maxBytes === 0) return { ...head, body: nothing } satisfies Incoming
      if (request.partial) {
        yield* beginningOf(response, maxBytes, (body) => void (come = { ...head, body }))
        return come ?? { ...head, body: nothing }
      }
      const body = yield* limitedBody(response, maxBytes)
      // There is nothing to close any more, and to abort what has ended costs time in every poll.
      whole = true
      return { ...head, body } satisfies Incoming
    })
    return yield* exchange.pipe(
      Effect.mapError(fromHttpClientError),
      Scope.provide(scope),
      Effect.onExit(() => (whole ? Effect.void : Scope.close(scope, Exit.void))),
      Effect.timeoutOrElse({
        duration: request.deadline,
        orElse: () => (come === undefined ? Effect.fail({ reason: "timeout" } as const) : Effect.succeed(come))
      }),
      Effect.provideService(HttpClient.TracerDisabledWhen, always)
    )
  })
}

// The client's own spans hold the whole URL, and its trace headers would reach a third party: the steps have spans of ours.
const always = () => true

const toClientRequest = ({ body, headers, method, url }: Outgoing) => {
  const { "content-type": contentType, ...others } = headers
  // As text: a URL object would be taken apart, and its query written anew.
  const outgoing = HttpClientRequest.make(method as HttpMethod)(url.href, { headers: others })
  return body === undefined ? outgoing : HttpClientRequest.bodyText(outgoing, body, contentType)
}
