import { afterAll, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { format } from "node:util"
import { inject } from "vitest"
import * as LoginConfig from "webqq-login/LoginConfig"
import * as LoginError from "webqq-login/LoginError"
import { LoginEventLine } from "webqq-login/LoginEvent"
import * as Site from "webqq-login/Site"
import { globalFlags } from "../src/cli/line/globalFlags.ts"
import { login } from "../src/cli/commands/login/login.ts"
import { commands } from "../src/cli/commands/table.ts"
import { resolve } from "../src/cli/inputs/siteFile.ts"
import {
  commandsOf,
  documents,
  type Fence,
  fencesOf,
  guides,
  linksOf,
  once,
  printedBy,
  readmes,
  root,
  rowsOf,
  sessionOf,
  withoutComments,
  writePrograms
} from "./support/documents.ts"
import { cacheOf } from "./support/compileCache.ts"

// Those for clients are run by `npm run clients`: they want programs that a checkout does not bring. The real ones are run by
// `npm run real-hosts`, where the real names are this machine, and those of a container by `npm run container`. Those for a fleet are run
// by test/fleet/guide.test.ts and recipes.test.ts, beside servers that answer.
const languages = new Set(
  ["ts", "json", "sh", "console", "text", "http"].concat(
    "console clients",
    "ts clients",
    "sh real",
    "console real",
    "sh container",
    "sh fleet",
    "ts fleet"
  )
)

const fences = documents.flatMap(fencesOf)
const blocks = once(fences)

mkdirSync(`${root}.tmp`, { recursive: true })
const folder = mkdtempSync(`${root}.tmp/docs-`)
afterAll(() => rmSync(folder, { recursive: true }))
// `npm run check` compiles them.
const programs = writePrograms(folder)

const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: Record<string, string> }
const runs = Object.entries(scripts)
  .map(([name, line]) => `${name}) set -- ${line} "$@";;`)
  .join(" ")

/** Both streams of a command as one text, and its exit code. */
const run = (command: string, language = "C"): Promise<{ readonly status: number | null; readonly output: string }> => {
  // What npm has to say about its own configuration is no part of the documents, and no session of the user's is looked at.
  const env = {
    ...process.env,
    LC_ALL: language,
    NO_COLOR: "1",
    npm_config_loglevel: "silent",
    XDG_STATE_HOME: mkdtempSync(join(folder, "state-")),
    TMPDIR: folder
  }
  // npm and npx take a third of a second to find what the path leads to, and the bundled command starts three times as fast. That the
  // sources can be run as they are is shown by the demo, in one language by README, and of fixtures by .ci/run.
  const npm = `npm() {
    if [ "$1 $2 $4" != "run -s --" ]; then command npm "$@"; return; fi
    local script=$3; shift 4
    case $script in ${runs} esac
    npx "$@"
  }`
  const npx = `npx() {
    local -x XDG_CACHE_HOME='${cacheOf(inject("command"))}'
    case "$1 $2 $LC_ALL" in
      "node src/cli/main.ts "*) shift 2; set -- node '${inject("command")}' "$@";;
      "node scripts/fixtures.ts "*) shift 2; set -- node '${inject("command")}' fixtures "$@";;
      "tsx scripts/login.ts zh"*) shift 2; set -- node '${inject("command")}' login "$@";;
    esac
    PATH=${root}/node_modules/.bin:$PATH command "$@"
  }`
  const script = `exec 2>&1\n${npx}\n${npm}\nwebqq-login() { npx node src/cli/main.ts "$@"; }\n${command}`
  return new Promise((resolve) => {
    const shell = execFile("bash", ["-uc", script], { cwd: root, env }, (_, output) =>
      resolve({ status: shell.exitCode, output })
    )
    shell.stdin?.end()
  })
}

it("no loop in a document goes on for ever where a command of it cannot start", () => {
  const shells = fences.filter(({ language }) => /^(?:sh|console)/.test(language))
  assert.deepStrictEqual(
    shells.filter(({ code }) => /\b(?:until|while)\b.*\bdo\b/.test(code)).map(({ place }) => place),
    []
  )
})

// What a command prints stands in README.zh-CN.md as it prints it there.
const isTranslated = ({ language, place }: Fence) => /^console\b/.test(language) && place.startsWith("README")
const commandsIn = (fence: Fence) =>
  sessionOf(fence)
    .map(({ command }) => command)
    .join("\n")

// What the command tells programs that it starts, and itself in another namespace.
const notForPeople = new Set(["WEBQQ_REPLAY_ORIGIN", "WEBQQ_REPLAY_SCENARIO", "WEBQQ_LOGIN_NAMESPACE", "WEBQQ_CARRIES"])

const pairs = readmes.map((readme, index) => [readme, guides[index]!] as const)

describe("the documents", () => {
  it("hold blocks of known languages only, so that none is left out", () => {
    const unknown = fences.filter(({ language }) => !languages.has(language))
    assert.deepEqual(
      unknown.map(({ place }) => place),
      []
    )
    assert.isAbove(programs.length, 5)
  })

  it.each(documents)("%s links to files that exist", (document) => {
    const dead = linksOf(document).filter((target) => !existsSync(join(root, dirname(document), target)))
    assert.deepEqual(dead, [])
  })

  it.each([...documents, ".ci/run", ".github/workflows/ci.yml"])(
    "%s names no command of npm that is not there",
    (document) => {
      const text = readFileSync(root + document, "utf8")
      const unknown = Array.from(text.matchAll(/npm run (?:-s )?([a-z][\w-]*)/g), ([, name = ""]) => name).filter(
        (name) => !(name in scripts)
      )
      assert.deepEqual(unknown, [])
    }
  )

  it("the workflow says which stages other systems leave out, each as it is called", () => {
    const stages = Array.from(
      readFileSync(`${root}.ci/run`, "utf8").matchAll(/^\s*stage ([a-z-]+) /gm),
      ([, name]) => name
    )
    const [head = "", jobs = ""] = readFileSync(`${root}.github/workflows/ci.yml`, "utf8").split(/^name: ci$/m)
    const named = /which leaves out (.*)\.$/.exec(head.replaceAll(/\n# ?/g, " ").trim())?.[1]?.split(/, | and /) ?? []
    const others = jobs.slice(jobs.indexOf("  others:"))
    const runs = stages.filter((name) => new RegExp(`npm (?:run -s )?${name}\\b|scripts/${name}\\.ts`).test(others))
    assert.sameMembers([...runs, ...named], stages)
    assert.include(runs, "check")
  })

  it.each([readmes, guides])("%s and %s show the same code", (...both) => {
    const [english, chinese] = both.map((document) =>
      fencesOf(document)
        .filter(({ language }) => language !== "text")
        .map((fence) => (isTranslated(fence) ? commandsIn(fence) : withoutComments(fence)))
    )
    assert.deepEqual(chinese, english)
  })

  it.each(guides)("%s knows every variable that is read from the environment", (guide) => {
    const ours = globSync("src/**/*.ts", { cwd: root }).flatMap((file) =>
      Array.from(readFileSync(root + file, "utf8").matchAll(/\bWEBQQ_[A-Z_]+[A-Z]/g), ([name]) => name)
    )
    const limits = Object.keys(LoginConfig.defaults).map((key) => `WEBQQ_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`)
    const table = rowsOf(guide).flatMap(([cell = ""]) =>
      Array.from(cell.matchAll(/`(WEBQQ_[A-Z_]+)/g), ([, name]) => name)
    )
    assert.sameMembers(
      table,
      [...new Set([...ours, ...limits])].filter((name) => !notForPeople.has(name))
    )
  })

  it.each(documents)("%s says no sentence twice, and begins a table below an empty line", (name) => {
    const prose = readFileSync(join(root, name), "utf8").replace(/^```[^]*?^```/gm, "")
    assert.notMatch(prose, /^[^|\n].*\n\|.*\n\|-/m)
    const sentences = prose
      .split("\n\n")
      .filter((part) => !part.startsWith("|"))
      .flatMap((part) => part.replaceAll("\n", " ").split(/(?<=[.:;] |[。：；])/))
      .map((sentence) => sentence.trim())
      .filter(({ length }) => length >= 30)
    assert.deepEqual(
      sentences.filter((sentence, at) => sentences.indexOf(sentence) !== at),
      []
    )
  })

  it("warn of no other Node than the one that comes along before the first command has run", () => {
    assert.include(readFileSync(`${root}.npmrc`, "utf8"), "loglevel=error\n")
  })

  it.each(readmes)("%s has less than 300 lines", (readme) => {
    assert.isBelow(readFileSync(root + readme, "utf8").split("\n").length, 300)
  })

  it.each(pairs)("%s or %s names every command, and every event of the login", (...both) => {
    const first = both.flatMap(rowsOf).map(([cell = ""]) => cell)
    const named = first.flatMap((cell) => Array.from(cell.matchAll(/`([A-Za-z]+)[^`]*`/g), ([, name]) => name))
    const events = LoginEventLine.members.map(({ fields }) => fields._tag.schema.literal)
    assert.includeMembers(named, [...commands.map(({ name }) => name), ...events])
  })

  it.each(guides)("%s knows every flag of the command login", (guide) => {
    const named = rowsOf(guide).flatMap(([cell = ""]) => Array.from(cell.matchAll(/`--([\w-]+)/g), ([, name]) => name))
    assert.sameMembers(named, Object.keys({ ...login.flags, ...globalFlags }))
  })

  it.each(readmes)("%s names every site, and for the living ones the newest sign of it", (readme) => {
    const text = readFileSync(root + readme, "utf8")
    for (const { closed, evidence, name } of Site.all) {
      assert.include(text, `\`${name}\``)
      if (closed === undefined) assert.match(text, new RegExp(`\`${name}\`\\D*${evidence.newest}`))
    }
  })

  it.each(guides)("%s gives every error its exit code", (guide) => {
    const tags = Object.keys(LoginError.exitCodes)
    const rows = rowsOf(guide).filter(([cell = ""]) => tags.includes(cell.replaceAll("`", "")))
    const codes = rows.map(([tag = "", code]) => [tag.replaceAll("`", ""), Number(code)])
    assert.deepEqual(Object.fromEntries(codes), LoginError.exitCodes)
  })
})

describe("the files in the documents", () => {
  const files = blocks.filter(({ language }) => language === "json")

  it.effect.each(files)("$place is a site of one's own", ({ code }) =>
    Effect.gen(function* () {
      const file = join(folder, "site.json")
      writeFileSync(file, code)
      assert.deepEqual<unknown>(yield* resolve(file), JSON.parse(code))
    })
  )
})

describe("the programs in the documents", () => {
  for (const { fence, file } of programs) {
    // A block of tests joins this run; any other is a program that prints what it says.
    if (fence.code.includes(`from "vitest"`)) {
      describe(fence.place, async () => void (await import(file)))
      continue
    }
    it(`${fence.place} prints what it says`, async () => {
      const printed: Array<string> = []
      const log = vi.spyOn(console, "log").mockImplementation((...values) => {
        printed.push(...format(...values).split("\n"))
      })
      try {
        await import(file)
      } finally {
        log.mockRestore()
      }
      assert.isNotEmpty(printed)
      assert.deepEqual(printed, printedBy(fence))
    })
  }
})

describe.concurrent("the commands in the documents", () => {
  const ci = readFileSync(`${root}.ci/run`, "utf8").replaceAll("npm run -s", "npm run")
  const commands = blocks.filter(({ language }) => language === "sh").flatMap(commandsOf)

  it("are the two that set up and show everything; .ci/run does the setting up and the testing", () => {
    assert.deepEqual(commands, ["npm ci && npm run demo", "npm test"])
    assert.match(ci, /^npm ci$/m)
    assert.match(ci, /^\s*npm test\b/m)
  })

  it("show the whole login with npm run demo", async () => {
    const { output, status } = await run("npm run demo -- --speed 100")
    assert.strictEqual(status, 0)
    assert.match(output, /^uin +123456789$/m)
    assert.match(output, /^psessionid +8368046764001d63\w+$/m)
  })

  const shown = fences.filter((fence) => isTranslated(fence) || blocks.includes(fence))
  for (const fence of shown.filter(({ language }) => language === "console")) {
    const steps = sessionOf(fence)
    it(`${fence.place}: ${steps.length} of them, in one shell`, async () => {
      const language = isTranslated(fence) && fence.place.includes("zh-CN") ? "zh_CN.UTF-8" : "C"
      const { output } = await run(steps.map(({ command }) => `${command}\nprintf '\\0'\n`).join(""), language)
      const printed = output.split("\0")
      assert.lengthOf(printed, steps.length + 1)
      for (const [index, { command, output }] of steps.entries()) assert.match(printed[index] ?? "", output, command)
    })
  }
})
