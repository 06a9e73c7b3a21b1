/**
 * Which values of a login nobody else may see: those of all cookies, those of the fields that are known to be personal, and
 * whatever these hold in turn.
 */
import type { SessionJson } from "../../Session.ts"
import type { Capture } from "../../replay/Recorder.ts"
import * as Psessionid from "../psessionid.ts"
import { unescape } from "./encodings.ts"

/** `name` says what it is, and holds nothing of the value. */
export interface Secret {
  readonly name: string
  readonly value: string
}

/**
 * Fields of queries, forms and JSON whose values are secret or personal; of `auth_token`, `ptqrtoken`, `g_tk` and `bkn`, the hashes of
 * others, no secret is made (PROTOCOL.md, steps 1 to 5).
 */
const fields =
  "uin|ptuin|qq|openid|ptsigx|ptwebqq|vfwebqq|psessionid|skey|p_skey|pt4_token|qrsig|supertoken|superkey|superuin|login_sig|clientkey|cip|nick|nickname"
const isField = new RegExp(`^(?:${fields})$`, "i")
const inQuery = new RegExp(`(?:^|[?&;\\s"'{,])(${fields})=([^&;#"'\\s]*)`, "gi")

const isNickname = (name: string) => /^nick(name)?$/i.test(name)

const isUinCookie = (value: string) => /^o0*[1-9]\d{4,}$/.test(value)

/** A cookie's pair, from the start of its line. */
export const pairOf = (text: string): readonly [name: string, value: string] => {
  const at = text.indexOf("=")
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

export const setCookieOf = (line: string) => pairOf(line.split(";", 1)[0] ?? "")

/** The sixth string of `ptuiCB(…)` where it stands in the body, as it is written there. */
export const nicknameLiteral = /^(\s*ptuiCB\s*\((?:\s*'(?:[^'\\]|\\.)*'\s*,){5}\s*')((?:[^'\\]|\\.)*)'/s

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Every secret of these captures and of the session that was kept before them, each value once. */
export const discover = (captures: ReadonlyArray<Capture>, saved: SessionJson | undefined): ReadonlyArray<Secret> => {
  const found = new Map<string, Secret>()
  const add = (name: string, value: string): void => {
    // A number below 10000 is nobody's.
    if (value === "" || found.has(value) || /^0*\d{1,4}$/.test(value)) return
    if (isUinCookie(value)) return add("uin", value.replace(/^o0*/, ""))
    if (name.startsWith("ptnick_") && /^(?:[0-9a-f]{2})+$/i.test(value)) return add("nickname", fromHex(value))
    const safe = isNickname(name) ? "nickname" : name.replaceAll(/\d+|[^A-Za-z_-]/g, "").replaceAll(/_+/g, "-")
    const inner = name === "psessionid" ? Psessionid.read(value) : undefined
    if (inner !== undefined) {
      add("uin", String(inner.uin))
      add("skey", inner.skey)
      add("vfwebqq", inner.vfwebqq)
    }
    found.set(value, { name: safe, value })
  }
  const addJson = (json: unknown): void => {
    if (Array.isArray(json)) for (const item of json) addJson(item)
    else if (typeof json === "object" && json !== null) {
      for (const [name, value] of Object.entries(json)) {
        if (isField.test(name) && (typeof value === "string" || typeof value === "number")) add(name, String(value))
        else addJson(value)
      }
    } else if (typeof json === "string") addText(json)
  }
  const addText = (text: string): void => {
    for (const view of new Set([text, decoded(text), decoded(decoded(text))])) {
      for (const [, name = "", value = ""] of view.matchAll(inQuery)) add(name, decoded(value))
    }
  }
  for (const { requestBody, requestHeaders, responseBody, responseHeaders, url } of captures) {
    addText(url)
    for (const [name, value] of requestHeaders) {
      if (name.toLowerCase() !== "cookie") addText(value)
      else for (const part of value.split(";")) add(...pairOf(part))
    }
    for (const [name, value] of responseHeaders) {
      if (name.toLowerCase() === "set-cookie") add(...setCookieOf(value))
      else addText(value)
    }
    const form = Buffer.from(requestBody).toString("utf8")
    addText(form)
    for (const [name, value] of new URLSearchParams(form)) {
      const json = tryJson(value)
      if (json === undefined) addText(`${name}=${encodeURIComponent(value)}`)
      else addJson(json)
    }
    const body = Buffer.from(responseBody).toString("utf8")
    const nickname = nicknameLiteral.exec(body)?.[2]
    if (nickname !== undefined) add("nickname", unescape(nickname))
    const json = tryJson(body)
    if (json === undefined) addText(unescape(body))
    else addJson(json)
  }
  for (const { name, value } of saved?.cookies ?? []) add(name, value)
  addJson(saved)
  return [...found.values()]
}

const fromHex = (hex: string) => Buffer.from(hex, "hex").toString("utf8")
