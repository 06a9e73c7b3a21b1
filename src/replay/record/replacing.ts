/**
 * From secrets to what stands for them, wherever and however they are written.
 */
import * as Redacted from "effect/Redacted"
import * as Endpoints from "../../protocol/Endpoints.ts"
import * as SiteCheck from "../../protocol/SiteCheck.ts"
import { gtk, hash33, time33 } from "../../protocol/Hash.ts"
import * as Site from "../../Site.ts"
import * as Psessionid from "../Psessionid.ts"
import { coded, readings, spellings, views } from "./encodings.ts"
import { finder, isNumber, withoutZeroes } from "./finder.ts"
import { isNickname, type Secret } from "./secrets.ts"
import * as StandIns from "./standIns.ts"

export interface Replacing {
  /** A text with every secret in it replaced. */
  readonly text: (text: string) => string
  /** The value of a cookie or a field that is known by its name: also where it is too short to be found elsewhere. */
  readonly value: (name: string, value: string) => string
  /** Name of a secret that a text still holds, in any spelling. */
  readonly leak: (text: string) => string | undefined
}

const hashes = { hash33, time33, gtk } as const

/** Which hash a field holds. */
const hashOf: Readonly<Record<string, (text: string) => number>> = {
  ptqrtoken: hash33,
  auth_token: time33,
  g_tk: gtk,
  gtk,
  bkn: gtk
}

const protocol =
  "ptuicb ptui_auth_cb timeout transport result retcode errmsg retmsg vfwebqq psessionid uin status cip index port user_state account nickname success " +
  "content-type text/html application/json image/png charset=utf-8 set-cookie location domain path expires secure httponly samesite max-age 认证中 登录成功 二维码"

// What client and server say of any account: neither a nickname such as "login" nor a number such as the clientid can be told from it.
const vocabulary = () => {
  const none = Redacted.make("")
  const variation = { random: 0, now: 0 }
  const requests = Site.all.flatMap((site) => [
    Endpoints.ptqrshow(site, variation),
    Endpoints.ptqrlogin(site, none, variation),
    Endpoints.checkSig(site, Redacted.make(`https://${site.redirectHosts[0]}/check_sig`)),
    Endpoints.getvfwebqq(site, none, variation),
    Endpoints.login2(site, none),
    ...(site.check === undefined ? [] : [SiteCheck.request(site.check, () => "")]),
    Endpoints.pt4Auth(site, none)
  ])
  const texts = requests.flatMap(({ form = none, headers, url }) => [
    Redacted.value(url),
    decodeURIComponent(Redacted.value(form)),
    ...Object.entries(headers).flat()
  ])
  return [...texts, protocol].join("\n").toLowerCase()
}

/** Whether a value can be told from other text, so that it is replaced wherever it stands. */
const isDistinct = (value: string, words: string, numbers: ReadonlySet<string>): boolean => {
  if (isNumber(value)) return value.length >= 5 && !numbers.has(value)
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
  if (/[^\0-\x7f]/.test(value) && [...value.replaceAll(/[\s\p{P}]/gu, "")].length < 2) return false
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
  const long = value.length >= 6 || /[^\0-\x7f]/.test(value)
  return long && /[\p{L}\p{N}\p{S}]/u.test(value) && !words.includes(value.toLowerCase())
}

const upper = (text: string) => text.replaceAll(/%[0-9a-fA-F]{2}/g, (code) => code.toUpperCase())

/** A login has about twenty, of some 200 letters each at the most. */
const most = { secrets: 2000, letters: 64 * 1024 }

/** Nothing where some secret has no stand-in left, or where there are more, or longer ones, than any login has. */
export const make = (secrets: ReadonlyArray<Secret>): Replacing | undefined => {
  const letters = secrets.reduce((sum, { value }) => sum + value.length, 0)
  if (secrets.length > most.secrets || letters > most.letters) return undefined
  const words = vocabulary()
  const numbersOfWords = new Set(words.match(/\d+/g))
  const distinct = secrets.filter(({ value }) => isDistinct(value, words, numbersOfWords))
  const originals = distinct.map(({ value }) => value.toLowerCase())
  const standIns = new Map<string, string>()
  const used = new Set<string>()
  const isFree = (made: string) => !used.has(made) && !originals.some((value) => made.toLowerCase().includes(value))
  // A psessionid is made of others, so it comes last.
  const nested = distinct.filter(({ name, value }) => name === "psessionid" && Psessionid.read(value) !== undefined)
  for (const { name, value } of distinct.filter((secret) => !nested.includes(secret))) {
    const made = StandIns.make(name, value, isFree)
    if (made === undefined) return undefined
    standIns.set(value, made)
    used.add(made)
  }
  for (const { value } of nested) {
    const term = Psessionid.read(value)
    if (term === undefined) continue
    const inner = (text: string) => standIns.get(text) ?? text
    const made = { ...term, process: "00001ad00000066b02", uin: Number(inner(String(term.uin))) }
    standIns.set(value, Psessionid.write({ ...made, skey: inner(term.skey), vfwebqq: inner(term.vfwebqq) }))
  }

  const forms = new Map<string, string>()
  const names = new Map<string, string>()
  const note = (name: string, form: string, made: string) => {
    if (forms.has(form)) return
    forms.set(form, made)
    names.set(form.toLowerCase(), name)
  }
  for (const { name, value } of distinct) {
    for (const [form, made] of spellings(value, standIns.get(value) ?? "")) note(name, form, made)
  }
  for (const { name, value } of distinct) {
    const made = standIns.get(value) ?? ""
    if (name === "uin" && Number(value) < 2 ** 32) {
      note("uin", Psessionid.uinBytes(Number(value)), Psessionid.uinBytes(Number(made)))
    }
    // Two may be one number: then it is the one that this secret is known for.
    for (const [hash, of] of name === "supertoken" ? Object.entries(hashes).toReversed() : Object.entries(hashes)) {
      const number = String(of(value))
      if (number.length >= 6) note(`${hash} of ${name}`, number, String(of(made)))
    }
  }

  const plain = finder(forms.keys(), "as written")
  const standInOf = (found: string) => {
    const made = forms.get(found) ?? forms.get(upper(found))
    if (made !== undefined || !isNumber(found)) return made ?? found
    // Zeroes in front are padding: they stay.
    const number = withoutZeroes(found)
    return found.slice(0, found.length - number.length) + (forms.get(number) ?? number)
  }
  const replacePlain = (text: string) => {
    const parts: Array<string> = []
    let done = 0
    for (const found of plain(text)) {
      parts.push(text.slice(done, found.index), standInOf(found.text))
      done = found.index + found.text.length
    }
    return parts.length === 0 ? text : parts.join("") + text.slice(done)
  }
  const replace = (text: string, depth: number): string => {
    const direct = replacePlain(text)
    if (depth === 0) return direct
    return direct.replaceAll(coded, (stretch) => {
      for (const reading of readings(stretch)) {
        const made = replace(reading.text, depth - 1)
        if (made !== reading.text) return reading.rewrite(made)
      }
      return stretch
    })
  }

  const hidden = finder(forms.keys(), "of any case")
  const replaceValue = (named: string, value: string): string => {
    const name = isNickname(named) ? "nickname" : named
    if (name.startsWith("ptnick_") && /^(?:[0-9a-f]{2})+$/i.test(value)) {
      return Buffer.from(replaceValue("nickname", Buffer.from(value, "hex").toString("utf8"))).toString("hex")
    }
    const replaced = replace(value, 2)
    if (replaced !== value) return replaced
    const hash = Object.hasOwn(hashOf, name) ? hashOf[name] : undefined
    // A number of two digits is a kind of login, or a yes, and nobody's.
    if (hash === undefined) return /^\d{0,2}$/.test(value) ? value : StandIns.makeShort(name, value)
    const source = distinct.find((secret) => String(hash(secret.value)) === value)
    return source === undefined ? value : String(hash(standIns.get(source.value) ?? ""))
  }
  return {
    text: (text) => replace(text, 2),
    value: replaceValue,
    leak: (text) => {
      for (const view of views(text)) {
        for (const { text: found } of hidden(view)) {
          return names.get((isNumber(found) ? withoutZeroes(found) : found).toLowerCase()) ?? "a secret"
        }
      }
      return undefined
    }
  }
}
