/**
 * An HTTP client in memory for tests of single steps: it answers from a list, in order, and keeps what it was asked.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"

export interface Answer {
  readonly status?: number
  readonly headers?: ReadonlyArray<readonly [string, string]>
  readonly body?: string | Uint8Array
  /** A code of node's network errors: the request fails with it. */
  readonly fails?: string
  /** Never answers. */
  readonly hangs?: boolean
}

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  /** When, in epoch milliseconds of the program's clock. */
  readonly at: number
}

/** The client, the list of requests that it has seen, and how many of them hang. */
export const answering = (answers: ReadonlyArray<Answer>) => {
  const asked: Array<Asked> = []
  let held = 0
  const client = HttpClient.make((request, url) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      const answer = answers[asked.length]
      asked.push({ method: request.method, url: url.href, headers: { ...request.headers }, body: bodyOf(request), at })
      if (answer === undefined) return Effect.die(new Error(`no answer left for ${request.method} ${url.href}`))
      if (answer.hangs === true) {
        held++
        return Effect.onInterrupt(Effect.never, () => Effect.sync(() => void held--))
      }
      if (answer.fails !== undefined) {
        const cause = Object.assign(new Error(`${answer.fails} ${url.href}`), { code: answer.fails })
        return Effect.fail(
          new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
        )
      }
      const headers = new Headers(answer.headers?.map(([name, value]): [string, string] => [name, value]) ?? [])
      const body = typeof answer.body === "string" ? answer.body : answer.body?.slice()
      return Effect.succeed(
        HttpClientResponse.fromWeb(request, new Response(body ?? null, { status: answer.status ?? 200, headers }))
      )
    })
  )
  return { client, asked, held: () => held }
}

const bodyOf = (request: HttpClientRequest.HttpClientRequest): string =>
  request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""

/** The body of a poll. */
export const ptuiCB = (code: string, url = "", message = "", nickname = ""): Answer => ({
  body: `ptuiCB('${code}','0','${url}','0','${message}', '${nickname}');\r\n`
})

/** A picture and its cookie: the smallest thing that passes for an answer of ptqrshow. */
export const picture = (qrsig: string): Answer => ({
  headers: [["set-cookie", `qrsig=${qrsig}; PATH=/; DOMAIN=ptlogin2.qq.com;`]],
  body: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
})
