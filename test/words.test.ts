import { assert, describe, it } from "@effect/vitest"
import { alone, aloneInSources } from "./support/sentences.ts"

/** Texts with spaces, or Chinese letters, that nobody reads as a sentence. */
const noSentences: ReadonlyArray<readonly [file: RegExp, text: RegExp, why: string]> = [
  [/^src\/LoginConfig\.ts$/, /^Mozilla\//, "a header"],
  [
    /^src\/page\/|dashboard\/Dashboard\.ts$|pageServer\.ts$|wireServer\.ts$/,
    /^text\/[a-z]+; charset=utf-8$/,
    "a header"
  ],
  [/^src\/replay\/tls\/tunnels\.ts$/, /^HTTP\/1\.1 /, "the head of an answer"],
  [/^src\/steps\//, /^(?:qrsig=|§=§); Path=/, "a cookie"],
  [/^src\/steps\/ScanStatus\.ts$/, /^认证中$/, "what the server writes"],
  [/^src\/protocol\/WebPage\.ts$/, /^[\p{Script=Han}a-z <!-]+$/u, "what pages of others hold"],
  [/^src\/sites\/others\.ts$/, /^Redirecting to https/, "what the server writes"],
  [/^src\/sites\//, /^\{\{g_tk /, "a place that is filled in"],
  [/^src\/http\/response\.ts$/, /^maxBytes exceeded$/, "what the library writes"],
  [/^src\/store\/processLock\.ts$/, /^SQLite is an/, "what Node writes"],
  [/^src\/replay\/NockReplay\.ts$/, /^no match$/, "the name of an event of nock"],
  [/^src\/errors\/Complaint\.ts$/, /^a valid value$/, "the key of a table that says it"],
  [/^src\/store\/processLock\.ts$/, /^PRAGMA /, "SQL"],
  [/^src\/store\/redisBackend\.ts$/, /^local now = redis\.call/, "Lua"],
  [/^src\/qr\/QrSvg\.ts$|^src\/(?:page|fleet\/dashboard)\/document\.ts$/, /^<(?:svg|path|noscript|!doctype)/, "markup"],
  [/^src\/(?:page|fleet\/dashboard)\/style\.ts$/, /^:root/, "a style sheet"],
  [/^src\/(?:page|fleet\/dashboard)\/script\.ts$/, /^"use strict"/, "a script"],
  [/^src\/page\/Page\.ts$/, /^: still here/, "a comment of the stream of events"],
  [/^src\/(?:page|fleet\/dashboard)\/words\.ts$/, /^中文$/, "the name of a language in that language"],
  [/^src\/cli\/line\/(?:help|otherNames)\.ts$/, /^(?:webqq-login|login|--profile) /, "what is typed"],
  [/^src\/cli\/line\/completions\//, /./, "a script for a shell"],
  [/^src\/fleet\/Vault\.ts$/, /^profile, site, state/, "SQL"],
  [/^src\/fleet\/database\//, /^\s*(?:PRAGMA|CREATE) /, "SQL"],
  [
    /^src\/fleet\/(?:Keyring|Webhooks)\.ts$/,
    /^webqq-login\/fleet session of §$|^webhook signature$/,
    "what a key is for"
  ],
  [/^src\/fleet\//, /^[a-zA-Z1;, -]+$/, "the log and the metrics of a service, in the language of its engine's"],
  [/clients\/namespace\.ts$/, /^set -e|^hosts: files$/, "a script for a shell, and a line of nsswitch.conf"],
  [/clients\/trustFiles\.ts$/, /^Mighty Aphrodite$/, "a part of Java's format"],
  [/^src\/cli\/terminal\/width\.ts$/, /^⺀$/, "the first of the wide letters"],
  [
    /^src\/replay\/record\/(?:fields|replacing)\.ts$/,
    /^[a-z_0-9 /=.-]+(?: \p{Script=Han}+)*$/iu,
    "words that servers use"
  ],
  [/^src\/replay\/record\/standIns\.ts$/, /^椰子/, "names that stand in for others"],
  [/^src\/replay\/verify\//, /^(?:§\.response (?:cookie §|vfwebqq)|saved cookie §)$/, "a place in a scenario"],
  [/^src\/replay\/ScenarioDiff\.ts$/, /^response\.[a-z]+ /, "a place in a scenario"],
  [/^src\/replay\/verify\/demands\.ts$/, /^(?:demands of §|equal §|§, echoed §)$/, "a place in a scenario"],
  [/^src\/replay\/format\/ScenarioFile\.ts$/, /^webqq-login fixture, formats 1 and 2$/, "the title of a schema"],
  [/^src\/replay\/conform\/JUnit\.ts$/, /^\s*<[a-z?]/, "markup"],
  [/^src\/cli\/commands\/fixtures\/conform\.run\.ts$/, /^fixtures conform$/, "the name of a suite"],
  [/^src\/replay\/demands\//, /./, "what a scenario is written with: places, evidence, sources, answers"],
  [
    /^src\/replay\/faults\/(?:headers|numbers)\.ts$/,
    /^What closed and what lives$|^QQ Music$/,
    "the title of a section"
  ],
  [/^src\/replay\/tls\//, /^webqq-login|^-----(?:BEGIN|END) /, "a part of a certificate"],
  [/^src\/store\/CookieFormat\.ts$/, /^# Netscape HTTP Cookie File$/, "the first line of a format"],
  [/^src\/cli\/commands\/.*\.run\.ts$/, /^webqq-login [a-z -]+$/, "the name of a tool, in a recording"]
]

/** What is thrown at whoever writes a program against the library, in the language of its types. */
const forProgrammers: ReadonlyArray<readonly [file: RegExp, text: RegExp]> = [
  [/^src\/replay\/record\/Recorder\.ts$/, /too large to be recorded|there is no status/],
  [/^src\/replay\/realTurns\.ts$/, /^runVirtual cannot work|^fake timers out/],
  [/^src\/replay\/nock\//, /^under §, nock lets|nock knows HTTP\/1\.1 only|Let the client use/]
]

describe("what people are told", () => {
  it("stands in both languages beside each other, wherever it is said", () => {
    const found = aloneInSources().filter(
      ({ file, text }) =>
        !noSentences.some(([where, what]) => where.test(file) && what.test(text)) &&
        !forProgrammers.some(([where, what]) => where.test(file) && what.test(text))
    )
    assert.deepEqual(
      found.map(({ place, text }) => `${place} ${text}`),
      []
    )
  })

  it("has no exception that nothing needs", () => {
    const found = aloneInSources()
    const idle = [...noSentences, ...forProgrammers].filter(
      ([where, what]) => !found.some(({ file, text }) => where.test(file) && what.test(text))
    )
    assert.deepEqual(
      idle.map(([where, what]) => `${where} ${what}`),
      []
    )
  })

  it.each<readonly [what: string, code: string, found: number]>([
    ["a sentence in English", `tell("nothing was written")`, 1],
    ["a sentence in Chinese", `tell("没有写出任何内容")`, 1],
    ["a template", "tell(`cannot read ${file} here`)", 1],
    ["English without Chinese", `tell({ en: "nothing was written" })`, 1],
    ["a choice between two", `tell(zh ? { cure: "请重试一次" } : { cure: "try it again" })`, 2],
    ["two arguments", `usage("the passphrase is empty", "口令为空")`, 2],
    ["a pair", `const words = [["try it again", "请重试一次"]]`, 2],
    ["languages in each other's place", `tell({ en: "请重试一次", zh: "try it again" })`, 2],
    ["both beside each other", `tell({ en: "try it again", zh: "请重试一次" })`, 0],
    [
      "both, with a choice inside",
      "tell({ en: n === 1 ? `one file is left` : `${n} files are left`, zh: `剩余 ${n} 个` })",
      0
    ],
    ["a list of both", `tell({ en: ["try it", "once more"].join(), zh: ["请重试"].join() })`, 0],
    [
      "a reason that the types know",
      `type R = "not a URL"; const f = (r: R) => r === "not a URL"; fail("not a URL")`,
      0
    ],
    ["a reason that a schema knows", `const R = Schema.Literals(["not a URL"]); fail({ reason: "not a URL" })`, 0],
    ["a fault of whoever writes the program", `throw new Error("no site is called so")`, 0],
    ["a question to a database", "const q = sql`SELECT this FROM that`", 0],
    ["one word", `say("done"); use("content-type")`, 0],
    ["a command line as an example", `const c = { examples: ["webqq-login login --site qzone"] }`, 0],
    ["a source that is cited", `const e = { evidence: { source: "owner/one, owner/two a/b.py" } }`, 0]
  ])("is found: %s", (_, code, found) => {
    assert.lengthOf(alone([["a.ts", code]]), found)
  })
})
