/**
 * Flags of every command that asks a server.
 */
import type { Flags, ValueKind } from "./Command.ts"

export const proxyAddress: ValueKind<string> = {
  metavar: "URL",
  expected: {
    en: "the address of a proxy, such as http://127.0.0.1:8080 or socks5://127.0.0.1:1080",
    zh: "代理的地址，如 http://127.0.0.1:8080 或 socks5://127.0.0.1:1080"
  },
  read: (text) => (/^(?:https?|socks(?:4a?|5h?)?):\/\/[^/\s]/.test(text) && URL.canParse(text) ? text : undefined)
}

export const networkFlags = {
  proxy: {
    summary: {
      en: "go by this proxy (else by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY)",
      zh: "使用此代理（默认取自 HTTPS_PROXY、HTTP_PROXY、ALL_PROXY、NO_PROXY）"
    },
    value: proxyAddress
  }
} as const satisfies Flags
