/**
 * What somebody is told who has nobody to ask: every error with every reason that its schema knows, in both languages. The message says what
 * happened, and at which host where one was asked; the cure is something that this person can do.
 */
import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import * as LoginError from "webqq-login/LoginError"
import { commands } from "../../src/cli/commands/table.ts"
import { globalFlags } from "../../src/cli/line/globalFlags.ts"
import { root } from "../support/documents.ts"

const host = "asked.qq.com"

/** What each field that is no list of literals may hold; `undefined` where it may be left out. */
const values: Readonly<Record<string, ReadonlyArray<unknown>>> = {
  codes: [2],
  atOnce: [undefined, true],
  forbidden: [undefined, true],
  code: [undefined, "77"],
  serverMessage: ["", "said by the server"],
  errmsg: ["", "said by the server"],
  link: [undefined, "https://aq.qq.com/007"],
  host: [host],
  status: [undefined, 200, 302, 404, 409, 429, 503],
  retcode: [0, 103, 112, 100_001, 1000, 10_006, 20_261, 20_271, 20_272, 20_277, 20_279, 40_000, 104_604],
  name: ["p_skey"],
  profile: ["", "mine"],
  site: ["qzone"],
  path: ["/the/place"],
  above: [undefined, "/the"],
  seconds: [600],
  proxy: [undefined, "http://proxy.example:3128"],
  at: [12],
  limit: [7],
  least: [5],
  count: [3],
  expected: ["ptuiCB"],
  complaints: [[{ path: ["uin"], problem: "missing" }]],
  retryAfterMillis: [undefined],
  detail: ["the library's words"],
  uin: [10_002],
  owner: [1],
  user: [2],
  format: [9]
}

interface Field {
  readonly literals?: ReadonlyArray<string>
  /** Of one that may be left out: what it is where it is there. */
  readonly schema?: Field
  readonly ast: { readonly context?: { readonly isOptional?: boolean } }
}
type Fields = Readonly<Record<string, unknown>>
type Member = { readonly fields: Readonly<Record<string, Field>> } & (new (fields: never) => LoginError.LoginError)

/** Each value of each field with each of the others. */
const every = (fields: ReadonlyArray<readonly [string, ReadonlyArray<unknown>]>): ReadonlyArray<Fields> =>
  fields.reduce<ReadonlyArray<Fields>>(
    (some, [name, choices]) =>
      some.flatMap((one) => choices.map((value) => (value === undefined ? one : { ...one, [name]: value }))),
    [{}]
  )

/** Where each error happens, as the code has it. */
const steps: Readonly<Record<LoginError.LoginError["_tag"], ReadonlyArray<LoginError.LoginError["step"]>>> = {
  QrExpired: ["ScanStatus"],
  QrRefused: ["ScanStatus"],
  LoginRejected: ["ScanStatus", "Renewal"],
  RedirectMissing: ["Redirect", "Renewal"],
  RedirectUntrusted: ["Redirect", "Authorize"],
  SecondFactorNeeded: ["Redirect"],
  CookieMissing: ["Signature", "Authorize", "Check", "Renewal"],
  BadQrCode: ["QrCode"],
  BadCallback: ["ScanStatus", "Renewal"],
  BadJson: ["Vfwebqq", "Psession", "MusicKey", "Renewal"],
  ApiRefused: ["Vfwebqq", "Psession", "MusicKey", "Check", "Renewal"],
  SignedOut: ["Check"],
  AccountMismatch: ["Check", "Renewal"],
  CheckUnclear: ["Check"],
  AuthorizeRefused: ["Authorize"],
  AccessDenied: [
    "QrCode",
    "ScanStatus",
    "Redirect",
    "Vfwebqq",
    "Psession",
    "Authorize",
    "MusicKey",
    "Check",
    "Renewal"
  ],
  HttpFailed: ["QrCode", "ScanStatus", "Redirect", "Vfwebqq", "Psession", "Authorize", "MusicKey", "Check", "Renewal"],
  LoginTimeout: ["Login"],
  NoSession: ["SessionStore", "Renewal"],
  ScanNeeded: ["Login"],
  StoreFailed: ["SessionStore", "Login"]
}

const members = LoginError.LoginError.members as unknown as ReadonlyArray<Member>

const all: ReadonlyArray<LoginError.LoginError> = members.flatMap((Member) => {
  const names = Object.entries(Member.fields).filter(([name]) => name !== "_tag" && name !== "step")
  const tag = (Member as unknown as { readonly identifier: LoginError.LoginError["_tag"] }).identifier
  const choices = names.map(([name, { ast, literals: own, schema }]) => {
    const literals = own ?? schema?.literals
    const optional = ast.context?.isOptional === true
    // The names of places in a store are never empty.
    const some = tag === "StoreFailed" && name === "profile" ? ["mine"] : (literals ?? values[name])
    if (some === undefined) throw new Error(`what may stand in ${tag}.${name}?`)
    const given = some.filter((value) => value !== undefined)
    return [
      name,
      optional && (literals !== undefined || some.includes(undefined)) ? [undefined, ...given] : given
    ] as const
  })
  return every([["step", steps[tag]], ...choices]).map((fields) => new Member(fields as never))
})

/** Whom the error was about, where somebody was asked: nobody was for what the user or a disk ended. */
const hostOf = (error: LoginError.LoginError): string | undefined => {
  switch (error._tag) {
    case "NoSession":
    case "ScanNeeded":
    case "StoreFailed":
      return undefined
    case "RedirectMissing":
      return error.status === undefined ? "ssl.ptlogin2.qq.com" : host
    default:
      return "host" in error && error.host !== undefined ? host : "ssl.ptlogin2.qq.com"
  }
}

const flags = new Set(
  [globalFlags, ...commands.flatMap(({ commands: below = [], flags }) => [flags, ...below.map(({ flags }) => flags)])]
    .flatMap(Object.keys)
    .map((name) => `--${name}`)
)
const named = new Set(commands.map(({ name }) => name))

describe("what a person is told of an error", () => {
  it("covers each error with all that its schema knows", () => {
    assert.sameMembers([...new Set(all.map(({ _tag }) => _tag))], Object.keys(LoginError.exitCodes))
    assert.isAbove(all.length, 2000)
  })

  it("names what happened, and at which host, without a hole in the sentence", () => {
    for (const error of all) {
      const where = hostOf(error)
      for (const language of ["en", "zh"] as const) {
        const { message } = LoginError.describe(error, language)
        const about = `${message} ← ${JSON.stringify(error)}`
        if (where !== undefined) assert.include(message, where, about)
        assert.notMatch(message, /undefined|null|NaN|\(\)|（）|[:：,，]\s*(?:$|[)）;；])| {2}/, about)
        assert.isAbove(message.length, language === "en" ? 20 : 8, about)
      }
    }
  })

  it("is cured by something that this person can do", () => {
    for (const error of all) {
      const { errmsg = "", serverMessage = errmsg } = error as { errmsg?: string; serverMessage?: string }
      for (const language of ["en", "zh"] as const) {
        const { cure } = LoginError.describe(error, language)
        const about = `${cure} ← ${JSON.stringify(error)}`
        assert.isAbove(cure.length, language === "en" ? 15 : 5, about)
        assert.notMatch(cure, /undefined|null|NaN| {2}/, about)
        // Words that nobody said cannot be followed.
        if (serverMessage === "") assert.notMatch(cure, /what the message says|按照?提示/, about)
        for (const [flag] of cure.matchAll(/--[a-z-]+/g)) assert.isTrue(flags.has(flag), about)
        for (const [, name = ""] of cure.matchAll(/webqq-login ([a-z]+)/g)) {
          assert.isTrue(named.has(name) || name === "that", about)
        }
      }
    }
  })

  it("never sends anybody to an address that there is not: nobody takes reports as long as package.json names no repository", () => {
    assert.notProperty(JSON.parse(readFileSync(`${root}package.json`, "utf8")), "repository")
    const wrong = /\breport (?:it|what)\b|\bor a report\b|open an issue|提交问题|报告输出/
    for (const error of all) {
      for (const language of ["en", "zh"] as const) assert.notMatch(LoginError.describe(error, language).cure, wrong)
    }
    for (const file of [...globSync("src/**/*.ts", { cwd: root }), "GUIDE.md", "GUIDE.zh-CN.md"]) {
      assert.notMatch(readFileSync(root + file, "utf8"), wrong, file)
    }
  })
})
