/**
 * Which values of a login nobody else may see: those of all cookies, those of the fields that are known to be personal, and
 * whatever these hold in turn.
 */
import * as Result from "effect/Result"
import type { Capture } from "./Recorder.ts"
import * as Psessionid from "../Psessionid.ts"
import { parse } from "../../protocol/PtuiCallback.ts"
import * as UinCookie from "../../protocol/UinCookie.ts"
import { unescape } from "./encodings.ts"
import { readCall } from "./calls.ts"
import { inQueries, isField, replaceFields } from "./fields.ts"
import { formPairs, parseJson } from "../data.ts"

/** `name` says what it is, and holds nothing of the value. */
export interface Secret {
  readonly name: string
  readonly value: string
}

export const isNickname = (name: string) => /^nick(name)?$/i.test(name)

/** Whether a field's value is somebody's, by its name; a number below 10000 is nobody's, unless it is a name. */
export const isSecretField = (name: string, value: string): boolean =>
  isNickname(name) ? value !== "" : isField(name) && !isNobodys(value) && !isStatus(name, value)

/** Most of what is called a code is a number that says how a call ended; that of authorize is a secret of letters and digits. */
const isStatus = (name: string, value: string) => name === "code" && !/[A-Za-z]/.test(value)

const isNobodys = (value: string) => value === "" || /^0*\d{1,4}$/.test(value)

/** A cookie's pair, from the start of its line. */
export const pairOf = (text: string): readonly [name: string, value: string] => {
  const at = text.indexOf("=")
  // What has no name is a value, as it is in browsers.
  if (at < 0) return ["", text.trim()]
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

export const setCookieOf = (line: string) => pairOf(line.split(";", 1)[0] ?? "")

/** Where the sixth string of `ptuiCB(…)` stands in a body, as it is written there. */
export const nicknameIn = (body: string): { readonly start: number; readonly end: number } | undefined => {
  const call = readCall(body)
  return call?.name === "ptuiCB" ? call.literals[5] : undefined
}

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What a session says of its owner; `Outcome` and `SessionJson` both are one. */
interface Kept {
  readonly cookies?: ReadonlyArray<{ readonly name: string; readonly value: string }>
}

/**
 * Every secret of these captures and of the sessions that were kept before them or came out of them, each value once. What a login
 * made of the answers is a secret by itself, however the answers were written.
 */
export const discover = (
  captures: ReadonlyArray<Capture>,
  sessions: ReadonlyArray<Kept | undefined>
): ReadonlyArray<Secret> => {
  const found = new Map<string, Secret>()
  const add = (name: string, value: string): void => {
    if (found.has(value) || isNobodys(value) || isStatus(name, value)) return
    if ((UinCookie.read(value) ?? 0) >= 10_000) return add("uin", value.replace(/^o0*/, ""))
    if (name.startsWith("ptnick_") && /^(?:[0-9a-f]{2})+$/i.test(value)) return add("nickname", fromHex(value))
    if (isNickname(name) && decoded(value) !== value) return add("nickname", decoded(value))
    const safe = isNickname(name) ? "nickname" : name.replaceAll(/\d+|[^A-Za-z_-]/g, "").replaceAll(/_+/g, "-")
    const inner = name === "psessionid" ? Psessionid.read(value) : undefined
    if (inner !== undefined) {
      add("uin", String(inner.uin))
      add("skey", inner.skey)
      add("vfwebqq", inner.vfwebqq)
    }
    found.set(value, { name: safe === "" ? "value" : safe, value })
  }
  const addJson = (json: unknown): void => {
    if (Array.isArray(json)) for (const item of json) addJson(item)
    else if (typeof json === "object" && json !== null) {
      for (const [name, value] of Object.entries(json)) {
        if (isField(name) && (typeof value === "string" || typeof value === "number")) add(name, String(value))
        else addJson(value)
      }
    } else if (typeof json === "string") addText(json)
  }
  const addText = (text: string): void => {
    for (const view of new Set([text, decoded(text), decoded(decoded(text))])) {
      for (const [name, value] of inQueries(view)) add(name, decoded(value))
    }
  }
  const addFields = (text: string) =>
    replaceFields(text, (name, value) => {
      add(name, unescape(value))
      return value
    })
  for (const { requestBody, requestHeaders, responseBody, responseHeaders, url } of captures) {
    addText(url)
    for (const [name, value] of requestHeaders) {
      if (name.toLowerCase() !== "cookie") addText(value)
      else for (const part of value.split(";")) add(...pairOf(part))
    }
    for (const [name, value] of responseHeaders) {
      if (name.toLowerCase() === "set-cookie") add(...setCookieOf(value))
      else addText(`${value}\n${name.replace(/^x-/i, "")}=${value}`)
    }
    const form = Buffer.from(requestBody).toString("utf8")
    addText(form)
    const asked = parseJson(form)
    if (typeof asked?.value === "object") addJson(asked.value)
    for (const [name, value] of formPairs(form)) {
      const json = parseJson(value)
      if (json === undefined) addText(`${name}=${encodeURIComponent(value.toWellFormed())}`)
      else addJson(json.value)
    }
    // As the login reads it: without a byte order mark.
    const body = new TextDecoder().decode(responseBody)
    const callback = parse(body)
    if (Result.isSuccess(callback)) add("nickname", callback.success.nickname)
    const nickname = nicknameIn(body)
    if (nickname !== undefined) add("nickname", unescape(body.slice(nickname.start, nickname.end)))
    const json = parseJson(body)
    if (json === undefined) addText(unescape(body))
    else addJson(json.value)
    // JSON in something else, and what a second key of the same name hides.
    addFields(body)
    addFields(unescape(body))
  }
  for (const session of sessions) {
    for (const { name, value } of session?.cookies ?? []) add(name, value)
    addJson(session)
  }
  return [...found.values()]
}

const fromHex = (hex: string) => Buffer.from(hex, "hex").toString("utf8")
