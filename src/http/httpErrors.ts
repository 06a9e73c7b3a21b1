/**
 * The only place that knows the errors of sockets and of the HTTP client. Their text holds the full URL, so nothing of it is
 * kept but the kind of fault and the system's code.
 */
import type { HttpClientError } from "effect/http/HttpClientError"
import type { Fault } from "./Exchange.ts"
import { TooLarge } from "./response.ts"

/** Translates an error of a socket; `otherwise` is what it is where its code says nothing. */
export const fromSocketError = (error: unknown, otherwise: "transport" | "reset"): Fault => {
  const { code, proxy } = codedOf(error) ?? {}
  const reason = kindOf(code) ?? otherwise
  return {
    reason,
    ...(code === undefined ? {} : { code }),
    ...(reason === "proxy" && typeof proxy === "string" ? { proxy } : {})
  }
}

/** Translates an error of the general client, or of reading a body through it. */
export const fromHttpClientError = (error: HttpClientError | typeof TooLarge): Fault =>
  error === TooLarge
    ? { reason: TooLarge }
    : // A fault after the head has no code of its own in every client: the body was cut off.
      fromSocketError(error.reason.cause, error.reason._tag === "TransportError" ? "transport" : "reset")

// Causes nest: the client's reason holds the socket's error, which may hold an aggregate of one error per address tried.
const codedOf = (value: unknown, depth = 0): { readonly code: string; readonly proxy: unknown } | undefined => {
  if (typeof value !== "object" || value === null || depth > 4) return undefined
  const { code, cause, errors, proxy } = value as Record<string, unknown>
  if (typeof code === "string") return { code, proxy }
  return codedOf(cause, depth + 1) ?? (Array.isArray(errors) ? codedOf(errors[0], depth + 1) : undefined)
}

const kindOf = (code = ""): Fault["reason"] | undefined => {
  // Of an agent that goes by a proxy: this side of it, before there was anything behind it.
  if (code.startsWith("ERR_PROXY_")) return "proxy"
  if (/^(ENOTFOUND|EAI_)/.test(code)) return "dns"
  if (/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/.test(code)) return "reset"
  if (/^ETIMEDOUT$|_TIMEOUT$/.test(code)) return "timeout"
  if (/^(EMFILE|ENFILE)$/.test(code)) return "too many open files"
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN|EACCES|EPERM)$/.test(code)) return "connect"
  if (/^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH)/.test(code)) return "tls"
  return undefined
}
