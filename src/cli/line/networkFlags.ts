/**
 * Flags of every command that asks a server.
 */
import type { Flags, ValueKind } from "./Command.ts"

export const proxyAddress: ValueKind<string> = {
  metavar: "URL",
  expected: {
    en: "the address of a proxy, such as http://127.0.0.1:8080 or socks5://127.0.0.1:1080, or none",
    zh: "代理的地址，如 http://127.0.0.1:8080 或 socks5://127.0.0.1:1080，或 none"
  },
  secret: true,
  read: (text) => {
    // As curl takes it: without a scheme it is spoken to by http.
    const address = /^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}$/i.test(text) ? `http://${text}` : text
    const isProxy = /^(?:https?|socks(?:4a?|5h?)?):\/\/[^/\s]/.test(address) && isWhole(address)
    return text === "none" || isProxy ? address : undefined
  }
}

/** Whether it is an address whose user and password can be read. */
export const isWhole = (text: string): boolean => {
  try {
    const { password, username } = new URL(text)
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

/** Printable ASCII, as `WEBQQ_USER_AGENT`: Node refuses a header that is not. */
export const userAgent: ValueKind<string> = {
  metavar: "TEXT",
  expected: {
    en: "the name of a browser, in at most 500 letters of ASCII",
    zh: "浏览器的 User-Agent，最多 500 个 ASCII 字符"
  },
  read: (text) => (/^[\x21-\x7e](?:[\x20-\x7e]{0,498}[\x21-\x7e])?$/.test(text) ? text : undefined)
}

export const networkFlags = {
  proxy: {
    summary: {
      en: "go by this proxy, or by none (else the profile's, or HTTPS_PROXY, ALL_PROXY …)",
      zh: "使用此代理，none 表示不用（默认取自会话，其次 HTTPS_PROXY、ALL_PROXY 等）"
    },
    value: proxyAddress
  },
  "user-agent": {
    summary: {
      en: "the browser to name to servers (else the profile's, or WEBQQ_USER_AGENT)",
      zh: "向服务器报告的浏览器（默认取自会话，其次 WEBQQ_USER_AGENT）"
    },
    value: userAgent
  }
} as const satisfies Flags

/** What the line says of the way to servers. */
export const wayOf = (
  values: Readonly<Record<string, unknown>>
): { readonly proxy?: string; readonly userAgent?: string } => {
  const { proxy, "user-agent": userAgent } = values
  return {
    ...(typeof proxy === "string" ? { proxy } : {}),
    ...(typeof userAgent === "string" ? { userAgent } : {})
  }
}
