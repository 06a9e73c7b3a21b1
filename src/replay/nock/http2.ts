/**
 * HTTP/2 while nock is at work: nock takes hold of the socket and waits for HTTP/1.1, so that a request would hang for ever.
 */
import type * as Http2 from "node:http2"

/**
 * Makes `connect` of `node:http2` throw, and tells `onRefused` where to it was to go, until what it returns is called. Imports that are there already are
 * covered, too.
 */
export const forbidHttp2 = (onRefused: (error: Error) => void): (() => void) => {
  const http2 = process.getBuiltinModule("node:http2") as { -readonly [K in keyof typeof Http2]: (typeof Http2)[K] }
  const { syncBuiltinESMExports } = process.getBuiltinModule("node:module")
  const { connect } = http2
  const refuse = (authority: string | URL): never => {
    const error = new Error(
      `node:http2 asks ${String(authority)}: nock knows HTTP/1.1 only, and the request would hang. ` +
        "Let the client use HTTP/1.1, or ReplayServer with tls"
    )
    onRefused(error)
    throw error
  }
  http2.connect = refuse
  syncBuiltinESMExports()
  return () => {
    if (http2.connect === refuse) http2.connect = connect
    syncBuiltinESMExports()
  }
}
