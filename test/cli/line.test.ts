import { assert, describe, it } from "@effect/vitest"
import * as LoginError from "webqq-login/LoginError"
import * as Site from "webqq-login/Site"
import { parse } from "../../src/cli/line/parse.ts"
import { fixtures, serve } from "../../src/cli/commands/fixtures/fixtures.ts"
import { login } from "../../src/cli/commands/login/login.ts"
import { commands } from "../../src/cli/commands/table.ts"
import { everyCommand, find } from "../../src/cli/line/find.ts"
import { render } from "../../src/cli/line/help.ts"
import { suggest } from "../../src/cli/line/suggest.ts"
import { width } from "../../src/cli/terminal/width.ts"

const all = everyCommand(commands)
const found = (...path: ReadonlyArray<string>) => find(commands, path).found

const names = commands.map(({ name }) => name).join(", ")
const sites = Site.all.map(({ name }) => name).join(", ")

const words = (line: string) => parse(commands, line === "" ? [] : line.split(" "))
const login_ = (...flags: ReadonlyArray<string>) => parse(commands, ["login", ...flags])

const values = (parsed: ReturnType<typeof parse>) => {
  if (parsed._tag !== "Run") throw new Error(JSON.stringify(parsed))
  return parsed.values
}

const mistake = (parsed: ReturnType<typeof parse>) => {
  if (parsed._tag !== "Mistake") throw new Error(JSON.stringify(parsed))
  return `${parsed.mistake.message.en} / ${parsed.mistake.cure.en}`
}

describe("the command line", () => {
  it("reads every kind of flag, with and without the equals sign", () => {
    const flags = [
      "--site=webqq-2015",
      "--qr",
      "none",
      "--max-refresh",
      "0",
      "--speed=2.5",
      "--json",
      "--replay",
      "a b"
    ]
    assert.deepEqual(values(login_(...flags)), {
      site: "webqq-2015",
      qr: ["none"],
      "max-refresh": 0,
      speed: 2.5,
      json: true,
      replay: "a b"
    })
  })

  it("reads the argument wherever it stands", () => {
    for (const line of ["token gtk --site qun", "token --site qun gtk", "--lang zh token --site=qun -- gtk"]) {
      assert.deepInclude(values(words(line)), { name: "gtk", site: "qun" })
    }
    assert.deepEqual(values(words("cookies --url HTTPS://QZONE.qq.com")), { url: "https://qzone.qq.com/" })
    assert.deepEqual(values(words("login --site ./my.json --fresh")), { site: "./my.json", fresh: true })
  })

  it("lets the last of equal flags win", () => {
    assert.deepEqual(values(words("login --timeout 1s --timeout 2s")), { timeout: 2000 })
  })

  it("takes all of those that may be given several times", () => {
    assert.deepEqual(values(words("login --qr terminal --qr=page")), { qr: ["terminal", "page"] })
  })

  const durations: ReadonlyArray<readonly [string, number | undefined]> = [
    ["50ms", 50],
    ["50 millis", 50],
    ["1 milli", 1],
    ["2s", 2000],
    ["2 seconds", 2000],
    ["1 second", 1000],
    ["1.5s", 1500],
    ["3m", 180_000],
    ["1 minute", 60_000],
    ["1h", 3_600_000],
    ["24 hours", 86_400_000],
    ["25h", undefined],
    ["0s", undefined],
    ["0.1ms", undefined],
    ["5", undefined],
    ["-5s", undefined],
    ["2 fortnights", undefined],
    ["2 constructor", undefined],
    ["s", undefined],
    ["", undefined],
    ["1e3ms", undefined],
    ["Infinity", undefined]
  ]
  it.each(durations)("reads the duration %j as %j milliseconds", (text, millis) => {
    const parsed = login_(`--timeout=${text}`)
    if (millis === undefined) assert.match(mistake(parsed), /^--timeout: bad value .* expected a duration/)
    else assert.deepEqual(values(parsed), { timeout: millis })
  })

  const profileRule =
    "expected letters, digits and . _ -, at most 64, beginning with a letter or digit (and not con, nul or their like)"
  const mistakes: ReadonlyArray<readonly [line: string, said: string]> = [
    ["--quiet status --verbose", "--verbose and --quiet contradict each other / see webqq-login status --help"],
    ["logn", `unknown command "logn" / did you mean login?`],
    ["frobnicate", `unknown command "frobnicate" / the commands are: ${names}`],
    ["login --jsn", `unknown flag "--jsn" / did you mean --json?`],
    ["login --poll", `unknown flag "--poll" / did you mean --poll-interval?`],
    ["login --frobnicate", `unknown flag "--frobnicate" / see webqq-login login --help`],
    ["login -x", `unknown flag "-x" / see webqq-login login --help`],
    ["login --__proto__", `unknown flag "--__proto__" / see webqq-login login --help`],
    ["login --qr termnal", `--qr: bad value "termnal" / did you mean terminal?`],
    [
      "login --qr hologram",
      `--qr: bad value "hologram" / expected one of auto, terminal, image, file, open, page, url, none`
    ],
    ["login --site", `--site needs a value / expected one of ${sites}, or a file such as ./site.json`],
    ["login --site --json", `--site needs a value / expected one of ${sites}, or a file such as ./site.json`],
    ["login --site qzonee", `--site: bad value "qzonee" / did you mean qzone?`],
    ["login --site=nowhere", `--site: bad value "nowhere" / expected one of ${sites}, or a file such as ./site.json`],
    ["login --qr-file=", `--qr-file: bad value "" / expected the path of a file`],
    ["login --profile=", `--profile: bad value "" / ${profileRule}`],
    ["login --profile ../x", `--profile: bad value "../x" / ${profileRule}`],
    ["status --profile a/b", `--profile: bad value "a/b" / ${profileRule}`],
    ["login --max-refresh -1", `--max-refresh: bad value "-1" / expected a whole number from 0 to 1000`],
    ["token", "NAME is missing / expected the name of a value, such as gtk"],
    ["token gtk skey", `unexpected argument "skey" / see webqq-login token --help`],
    ["completions tcsh", `SHELL: bad value "tcsh" / expected one of bash, zsh, fish, powershell`],
    ["completions pwsh", `SHELL: bad value "pwsh" / expected one of bash, zsh, fish, powershell`],
    ["completions fihs", `SHELL: bad value "fihs" / did you mean fish?`],
    ["export --force", "FILE is missing / expected the path of a file"],
    ["status --fresh", `unknown flag "--fresh" / see webqq-login status --help`],
    ["cookies --url qq.com", `--url: bad value "qq.com" / expected an address such as https://user.qzone.qq.com/`],
    [
      "cookies --url=file:///etc/passwd",
      `--url: bad value "file:///etc/passwd" / expected an address such as https://user.qzone.qq.com/`
    ],
    // What may hold a password is not said back.
    ...["ftp://me:word@x", "me:word@x:1", "http://me:%zz@x", "http://me:word@x:99999"].map(
      (proxy) =>
        [
          `status --proxy ${proxy}`,
          "--proxy: bad value / expected the address of a proxy, such as http://127.0.0.1:8080 or socks5://127.0.0.1:1080, or none"
        ] as const
    ),
    ["fleet list --fleet me:word@x", "--fleet: bad value / expected an address such as https://user.qzone.qq.com/"],
    ["cookies --format xml", `--format: bad value "xml" / expected one of header, netscape, json, curl, playwright`],
    ["login qzone", `unexpected argument "qzone" / did you mean --site qzone?`],
    ["status qun", `unexpected argument "qun" / did you mean --site qun?`],
    ["cookies curl", `unexpected argument "curl" / did you mean --format curl?`],
    ["version", `unknown command "version" / did you mean --version?`],
    ["-v", `unknown flag "-v" / did you mean --version?`],
    ["login -v", `unknown flag "-v" / did you mean --version?`],
    ["list", `unknown command "list" / did you mean status?`],
    ["whoami", `unknown command "whoami" / did you mean status?`],
    ["qzone login", `unknown command "qzone" / did you mean login --site qzone?`],
    ["LOGIN", `unknown command "LOGIN" / did you mean login?`],
    ["fixtures serve", "SCENARIO is missing / expected a scenario as webqq-login fixtures list names it, or ./folder"],
    [
      "login --replay",
      "--replay needs a value / expected a scenario as webqq-login fixtures list names it, or ./folder"
    ],
    ["login --site QZONE", `--site: bad value "QZONE" / did you mean qzone?`],
    ["status help", `unexpected argument "help" / see webqq-login status --help`],
    ["conform -- true", `unknown command "conform" / did you mean fixtures conform?`],
    ["start", `unknown command "start" / did you mean login start?`],
    ["serve webqq", `unknown command "serve" / did you mean fixtures serve or fleet serve?`],
    ["use work", `unknown command "use" / did you mean --profile NAME?`],
    ["constructor", `unknown command "constructor" / the commands are: ${names}`],
    ["login --json=yes", "--json takes no value / see webqq-login login --help"],
    ["login --max-refresh 1.5", `--max-refresh: bad value "1.5" / expected a whole number from 0 to 1000`],
    ["login --max-refresh=-1", `--max-refresh: bad value "-1" / expected a whole number from 0 to 1000`],
    ["login --speed 0", `--speed: bad value "0" / expected a number from 0.1 to 100`],
    ["login --speed NaN", `--speed: bad value "NaN" / expected a number from 0.1 to 100`],
    ["login now", `unexpected argument "now" / see webqq-login login --help`],
    ["login --lang de", `--lang: bad value "de" / expected one of en, zh`],
    ["--json", `unknown flag "--json" / see webqq-login --help`],
    ["login --\u001b[31m", `unknown flag "--\ufffd[31m" / see webqq-login login --help`]
  ]
  it.each(mistakes)("says of %j: %s", (line, said) => {
    assert.strictEqual(mistake(words(line)), said)
  })

  it("has help for nothing at all, for --help anywhere, and for a command", () => {
    for (const line of ["", "--help", "-h", "--lang zh", "--version --help", "help"]) {
      assert.deepInclude(words(line), { _tag: "Help", found: undefined })
    }
    for (const line of ["login --help", "--help login", "login --bogus -h", "help login", "login help"]) {
      assert.deepInclude(words(line), { _tag: "Help", found: { command: login, path: ["login"] } })
    }
    for (const line of [
      "fixtures serve --help",
      "help fixtures serve",
      "fixtures help serve",
      "-h fixtures serve webqq"
    ]) {
      assert.deepInclude(words(line), { _tag: "Help", found: { command: serve, path: ["fixtures", "serve"] } })
    }
    assert.deepInclude(words("fixtures --help"), { _tag: "Help", found: { command: fixtures, path: ["fixtures"] } })
    assert.strictEqual(words("-V")._tag, "Version")
  })

  it("takes the language from any place", () => {
    assert.strictEqual(words("--lang zh login").language, "zh")
    assert.strictEqual(words("login --lang=zh").language, "zh")
    assert.strictEqual(words("login --lang zh --bogus").language, "zh")
    assert.strictEqual(words("login").language, undefined)
  })

  it("never throws, whatever comes", () => {
    const pieces = [
      "--",
      "-",
      "---",
      "--=",
      "-=",
      "--qr=",
      "-h=1",
      "--no-json",
      "",
      "\u0000",
      "login",
      "-hV",
      "-Vx",
      "=",
      "💥"
    ]
    for (const a of pieces) for (const b of pieces) for (const c of pieces) parse(commands, [a, b, c])
  })
})

describe("the table of commands", () => {
  it("knows the sites that there are", () => {
    const { value } = login.flags.site
    assert.deepEqual(
      value.choices,
      Site.all.map((site) => site.name)
    )
  })

  it("calls no flag as it calls an operand, and no operand is missing before one that must be there", () => {
    for (const { command } of all) {
      const operands = Object.entries(command.operands ?? {})
      for (const [index, [name, { many, optional }]] of operands.entries()) {
        assert.notProperty(command.flags, name)
        if (many === true || optional === true) assert.strictEqual(index, operands.length - 1, name)
      }
    }
  })

  it("has nothing in its examples that it does not understand", () => {
    for (const { command, path } of all) {
      for (const example of command.examples) {
        const [, line = ""] = /webqq-login ([^)|]*)/.exec(example) ?? []
        assert.deepInclude(words(line.trim()), { _tag: "Run" }, example)
        assert.isTrue(line.startsWith(path.join(" ")), example)
      }
    }
  })

  it("gives a flag the same kind and letter in every command", () => {
    const seen = new Map<string, string>()
    for (const { command } of all) {
      for (const [name, { short, value }] of Object.entries(command.flags)) {
        const kind = `${short} ${value === undefined}`
        assert.strictEqual(seen.get(name) ?? kind, kind, name)
        seen.set(name, kind)
      }
    }
  })
})

/** Without blanks, since lines are broken at them. */
const unfolded = (text: string) => text.replaceAll(/\s/gu, "")

describe("help", () => {
  it("tells of every exit code that there is", () => {
    const help = render(commands, found("login"), "en")
    for (const code of new Set(Object.values(LoginError.exitCodes))) assert.match(help, new RegExp(`^  ${code} `, "m"))
  })

  it("lists every command, flag and value in both languages", () => {
    for (const language of ["en", "zh"] as const) {
      for (const { command, path } of all) {
        const above = path.length === 1 ? undefined : found(...path.slice(0, -1))
        const { flags, name, operands = {}, summary } = command
        const all = unfolded(render(commands, above, language))
        assert.include(all, name + unfolded(summary[language]))
        const help = unfolded(render(commands, { command, path }, language))
        for (const { summary, value } of Object.values(operands)) {
          assert.include(help, unfolded(value.metavar + summary[language]))
        }
        for (const [flag, { many, short, summary, value }] of Object.entries({ ...flags })) {
          const names = `--${flag}${short === undefined ? "" : `, -${short}`}`
          const left = `${names} ${value?.metavar ?? ""}${many === true ? " …" : ""}`
          assert.include(help, unfolded(left + summary[language]))
        }
      }
    }
  })

  it("has no line wider than 80 columns", () => {
    for (const language of ["en", "zh"] as const) {
      for (const one of [undefined, ...all]) {
        for (const line of render(commands, one, language).split("\n")) assert.isAtMost(width(line), 80, line)
      }
    }
  })

  it("begins no line with a sign that ends a word", () => {
    for (const one of [undefined, ...all]) assert.notMatch(render(commands, one, "zh"), /^ *[，。、；：）」]/mu)
  })

  it("tells only of exit codes that the command can end with", () => {
    const codes = (...path: ReadonlyArray<string>) =>
      Array.from(render(commands, found(...path), "en").matchAll(/^ {2}(\d+) /gm), ([, code]) => Number(code))
    assert.deepEqual(codes("completions"), [0, 1, 2, 130])
    assert.deepEqual(codes("logout"), [0, 1, 2, 4, 9, 130])
    assert.deepEqual(codes("login"), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130])
    const known = new Set<number>(Object.values(LoginError.exitCodes))
    for (const { command, path } of all) {
      if (command.load !== undefined && path.join(" ") !== "login") assert.isDefined(command.exits, path.join(" "))
      for (const code of command.exits ?? []) assert.isTrue(known.has(code), path.join(" "))
    }
  })
})

describe("suggest", () => {
  const table: ReadonlyArray<readonly [given: string, best: string | undefined]> = [
    ["jsno", "json"],
    ["timout", "timeout"],
    ["time", "timeout"],
    ["show-secret", "show-secrets"],
    ["tmieout", "timeout"],
    ["t", undefined],
    ["zzzz", undefined],
    ["x".repeat(100_000), undefined]
  ]
  it.each(table)("knows what is meant, case %#", (given, best) => {
    const cure = suggest(given, ["json", "timeout", "show-secrets"], "--")
    assert.strictEqual(cure?.en, best === undefined ? undefined : `did you mean --${best}?`)
  })
})
