/**
 * The only place that knows the errors of the HTTP client. Their text holds the full URL, so nothing of it is kept but the
 * kind of fault and the system's code.
 */
import type { HttpClientError } from "effect/http/HttpClientError"
import { HttpFailed, type Step } from "../errors/LoginError.ts"
import { TooLarge } from "./response.ts"

/** Translates a fault of the client, or of reading the body, into one of ours. */
export const fromHttpClientError = (error: HttpClientError | typeof TooLarge, step: Step, host: string): HttpFailed => {
  if (error === TooLarge) return new HttpFailed({ step, host, reason: TooLarge })
  const code = codeOf(error.reason.cause)
  // A fault after the headers has no code of its own in every client: the body was cut off.
  const reason = kindOf(code) ?? (error.reason._tag === "TransportError" ? "transport" : "reset")
  return new HttpFailed({ step, host, reason, ...(code === undefined ? {} : { code }) })
}

// Causes nest: the client's reason holds the socket's error, which may hold an aggregate of one error per address tried.
const codeOf = (value: unknown, depth = 0): string | undefined => {
  if (typeof value !== "object" || value === null || depth > 4) return undefined
  const { code, cause, errors } = value as Record<string, unknown>
  if (typeof code === "string") return code
  return codeOf(cause, depth + 1) ?? (Array.isArray(errors) ? codeOf(errors[0], depth + 1) : undefined)
}

const kindOf = (code = ""): HttpFailed["reason"] | undefined => {
  if (/^(ENOTFOUND|EAI_)/.test(code)) return "dns"
  if (/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/.test(code)) return "reset"
  if (/^ETIMEDOUT$|_TIMEOUT$/.test(code)) return "timeout"
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN|EACCES|EPERM)$/.test(code)) return "connect"
  if (/^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH)/.test(code)) return "tls"
  return undefined
}
