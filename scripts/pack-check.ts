/**
 * Looks at the package as a stranger gets it: `npm run pack-check`, after `npm run build`. Packs, reads the list of files,
 * follows the imports, asks publint and attw, installs the tarball in an empty folder, runs the command, compiles a program, and
 * sees to it that a test of somebody else's fails where a recording is not played as written.
 */
import { execFileSync, spawnSync } from "node:child_process"
import type { ExecFileSyncOptions } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const root = fileURLToPath(new URL("..", import.meta.url))
const bin = join(root, "node_modules/.bin")
const folder = mkdtempSync(join(tmpdir(), "webqq-login-pack-"))
const env = { ...process.env, PATH: [bin, process.env["PATH"]].join(delimiter), NO_COLOR: "1" }
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

const run = (command: string, args: ReadonlyArray<string>, options: ExecFileSyncOptions = {}): string =>
  execFileSync(command, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], ...options }).toString()

const failures: Array<string> = []

const part = async (name: string, body: () => unknown) => {
  try {
    await body()
    console.log(`ok     ${name}`)
  } catch (cause) {
    failures.push(name)
    // The message of a failed command quotes what it wrote to stderr.
    const { message, stdout = "" } = cause as { message: string; stdout?: unknown }
    console.log(`FAILED ${name}\n${message.trim()}\n${String(stdout).trim()}\n`)
  }
}

const check = (fine: boolean, complaint: string) => {
  if (!fine) throw new Error(complaint)
}

const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root }))
const tarball = join(folder, packed.filename)
const files: ReadonlyArray<string> = packed.files.map((file: { path: string }) => file.path)

await part(`contents: ${files.length} files, ${Math.round(packed.size / 1000)} kB packed`, () => {
  const strange = files.filter((file) => !/^(dist|fixtures)\/|^[A-Z][\w.-]*$|^package\.json$/u.test(file))
  check(strange.length === 0, `not to be shipped: ${strange.join(", ")}`)
  const tests = files.filter((file) => /\.test\.|^dist\/(cli|test|scripts)\/|\.tsbuildinfo$/u.test(file))
  check(tests.length === 0, `tests, or the command twice: ${tests.join(", ")}`)
  const expected = [
    "README.md",
    "README.zh-CN.md",
    "GUIDE.md",
    "GUIDE.zh-CN.md",
    "PROTOCOL.md",
    "CHANGELOG.md",
    "LICENSE",
    "dist/cli.cjs",
    "dist/index.js",
    "dist/index.d.ts"
  ]
  const missing = [...expected, "fixtures/webqq/scenario.json"].filter((file) => !files.includes(file))
  check(missing.length === 0, `missing: ${missing.join(", ")}`)
})

/** The packages that a built file loads, itself and through its own modules. */
const packagesOf = async (entry: string): Promise<ReadonlyArray<string>> => {
  const bundle = await rolldown({ input: join(root, "dist", entry), platform: "node", external: /^[^./\0]/u })
  const { output } = await bundle.generate({ codeSplitting: false })
  const imports = [...output[0].imports, ...output[0].dynamicImports].filter((id) => !id.startsWith("node:"))
  return [...new Set(imports.map((id) => id.split("/", id.startsWith("@") ? 2 : 1).join("/")))]
}

const loads = (entry: string, allowed: ReadonlyArray<string>) =>
  part(`imports of ${entry}`, async () => {
    const others = (await packagesOf(entry)).filter((name) => !allowed.includes(name))
    check(others.length === 0, `loads ${others.join(", ")}`)
  })

const dependencies = Object.keys(manifest.dependencies)
await loads("cli.cjs", [])
await loads("index.js", dependencies)
await loads("replay/index.js", dependencies)
await loads("replay/NockReplay.js", [...dependencies, "nock"])

await part("publint", () => run("publint", ["run", tarball, "--strict"], { cwd: root }))
await part("attw", () => run("attw", [tarball, "--profile", "esm-only", "--no-emoji"], { cwd: root }))

const types = `@types/node@${manifest.devDependencies["@types/node"]}`
const vitest = `vitest@${manifest.devDependencies["vitest"]}`
const nock = `nock@${manifest.devDependencies["nock"]}`
writeFileSync(join(folder, "package.json"), `{ "name": "consumer", "private": true, "type": "module" }`)
await part("install in an empty folder", () => {
  run("npm", ["install", "--no-audit", "--no-fund", tarball, types, vitest])
})

// What whoever installs it gets with it, as npm tells it in a bill of materials.
interface Component {
  readonly name: string
  readonly version: string
  readonly licenses?: ReadonlyArray<unknown>
  readonly hashes?: ReadonlyArray<unknown>
}
await part("bill of materials", () => {
  const alone = join(folder, "alone")
  mkdirSync(alone)
  writeFileSync(join(alone, "package.json"), `{ "name": "alone", "version": "1.0.0", "private": true }`)
  run("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund", tarball], { cwd: alone })
  const bill = run("npm", ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"], { cwd: alone })
  const { components } = JSON.parse(bill) as { readonly components: ReadonlyArray<Component> }
  console.log(components.map(({ name, version }) => `       ${name} ${version}`).join("\n"))
  const bare = components.filter(({ hashes = [], licenses = [] }) => hashes.length === 0 || licenses.length === 0)
  check(bare.length === 0, `without a hash or a licence: ${bare.map(({ name }) => name).join(", ")}`)
  for (const name of ["webqq-login", ...dependencies]) {
    check(
      components.some((component) => component.name === name),
      `${name} is not in it`
    )
  }
  const inside = JSON.parse(
    readFileSync(join(folder, "node_modules/webqq-login/dist/bundled.json"), "utf8")
  ) as ReadonlyArray<Readonly<Record<"name" | "version" | "license" | "integrity", string | undefined>>>
  console.log(inside.map(({ name, version }) => `       ${name} ${version}, in its own files`).join("\n"))
  for (const { integrity, license, name } of inside) {
    check(integrity !== undefined && license !== undefined, `${name}, in its own files, without a hash or a licence`)
  }
  check(
    inside.some(({ name }) => name === "https-proxy-agent"),
    "what the command carries along is not told"
  )
  const { packages } = JSON.parse(readFileSync(join(alone, "package-lock.json"), "utf8"))
  const scripts = Object.keys(packages).filter((place) => packages[place].hasInstallScript === true)
  check(scripts.length === 0, `run code when they are installed: ${scripts.join(", ")}`)
})

await part("webqq-login --version", () => {
  const output = run("npx", ["--no-install", "webqq-login", "--version"])
  check(output.includes(manifest.version), `says ${output}`)
})

await part("npx of the tarball, with nothing else in the folder", () => {
  const empty = join(folder, "empty")
  mkdirSync(empty)
  cpSync(tarball, join(empty, packed.filename))
  const line = ["--yes", `./${packed.filename}`, "login", "--replay", "qzone", "--speed", "50", "--qr", "none"]
  const output = run("npx", line, { cwd: empty })
  check(/^gtk +1881399958$/m.test(output), `says ${output}`)
})

await part("webqq-login login --replay webqq --json", () => {
  const output = run("npx", [
    "--no-install",
    "webqq-login",
    "login",
    "--replay",
    "webqq",
    "--json",
    "--poll-interval",
    "50 millis"
  ])
  const last = JSON.parse(output.trim().split("\n").at(-1) ?? "null")
  check(last?._tag === "LoggedIn", `ends with ${JSON.stringify(last)}`)
})

await part("an old Node gets one line", () => {
  const old = join(folder, "old.cjs")
  writeFileSync(old, `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.9.0" } })`)
  try {
    run(process.execPath, ["--require", old, "node_modules/webqq-login/dist/cli.cjs", "--version"])
  } catch (cause) {
    const { status, stderr } = cause as { status: number; stderr: Buffer }
    const lines = stderr.toString().trim().split("\n")
    return check(status === 1 && lines.length === 1 && /22\.20.*20\.9\.0/u.test(lines[0] ?? ""), stderr.toString())
  }
  throw new Error("it ran")
})

await part("the main entry loads without nock", () => {
  run("node", ["--input-type=module", "-e", `await import("webqq-login"); await import("webqq-login/replay")`])
})

const consumer = `import * as Effect from "effect/Effect"
import { Login, Site } from "webqq-login"
import * as LoginModule from "webqq-login/Login"
import type * as LoginError from "webqq-login/LoginError"
import * as Replay from "webqq-login/replay"

const login = Login.login(Site.webqq)
const same: typeof login = LoginModule.login(Site.webqq)
export const uin = Effect.map(same, (session) => session.uin satisfies number)
export type Failure = Effect.Error<typeof login> extends LoginError.LoginError ? "typed" : never
export const failure: Failure = "typed"
export const replay: object = Replay
`
writeFileSync(join(folder, "consumer.ts"), consumer)
const strict = "--noEmit --strict --exactOptionalPropertyTypes --target ES2024 --module NodeNext --types node"
for (const skip of ["true", "false"]) {
  await part(`a TypeScript program, skipLibCheck ${skip}`, () =>
    run("tsc", [...strict.split(" "), "--lib", "ES2024,DOM", "--skipLibCheck", skip, "consumer.ts"])
  )
}

// The client of these tests looks at no status: what it swallows fails its test all the same.
const tests = `import * as Effect from "effect/Effect"
import { test } from "vitest"
import { ReplayServer, Scenario } from "webqq-login/replay"

const get = (id) => ({
  id,
  request: { method: "GET", url: "https://shop.example/" + id, query: {} },
  response: { status: 200, headers: [], body: { text: id } }
})
const scenario = await Effect.runPromise(
  Scenario.decode({
    format: "webqq-fixture/1",
    title: "a shop",
    provenance: { kind: "synthetic", reason: "to see tests fail" },
    clock: "2026-01-01T00:00:00Z",
    site: "shop",
    exchanges: [get("first"), get("second")],
    outcome: { session: {} }
  }, { name: "shop" })
)
const asking = (...paths) => () =>
  Effect.runPromise(
    ReplayServer.withScenario(scenario, ({ origin }) =>
      Effect.promise(async () => {
        for (const path of paths) await fetch(origin + "/__/a/https/shop.example/" + path)
      })
    )
  )
test("as written", asking("first", "second"))
test("unknown", asking("first", "third", "second"))
test("different", asking("first?page=2", "first", "second"))
test("out of order", asking("second", "first", "second"))
test("exhausted", asking("first", "first", "second"))
test("unused", asking("first"))
`
writeFileSync(join(folder, "shop.test.js"), tests)

const complaints: Readonly<Record<string, ReadonlyArray<string>>> = {
  "as written": [],
  unknown: [`GET https://shop.example/third is not in the scenario; "second" must come next`],
  different: [`differs from "first", which must come next`, `query.page: not in the fixture, got "2"`],
  "out of order": [`is out of order: it matches "second", but "first" must come next`],
  exhausted: [`matches "first", already served once; "second" must come next`, `raise "times"`],
  unused: [`"second" was never requested`]
}

// The guides of the documents, as they stand there, with recordings that their client does not keep to.
const fence = (document: string, holds: string): string => {
  const found = readFileSync(join(root, document), "utf8").match(/(?<=^```ts\n)[^]*?(?=^```$)/gmu) ?? []
  const code = found.find((text) => text.includes(holds) && text.includes(`from "vitest"`))
  if (code === undefined) throw new Error(`${document} has no guide with ${holds}`)
  return code
}
const guides = [
  { name: "nock", scenario: "webqq", code: fence("README.md", "NockReplay.install") },
  { name: "memory", scenario: "qzone", code: fence("fixtures/README.md", "MemoryReplay.withScenario") }
]
interface Recorded {
  readonly id: string
  readonly times?: number
}
const altered: Readonly<
  Record<string, readonly [says: RegExp | undefined, (all: ReadonlyArray<Recorded>) => ReadonlyArray<Recorded>]>
> = {
  "as written": [undefined, (all) => all],
  unknown: [
    /GET https:\S+\/check_sig is not in the scenario; (?:"getvfwebqq" must come next|the scenario is over)/u,
    (all) => all.filter(({ id }) => id !== "check-sig")
  ],
  "out of order": [
    /GET https:\S+\/ptqrshow is out of order: it matches "ptqrshow", but "poll-waiting" must come next/u,
    ([first, second, ...rest]) => [second!, first!, ...rest]
  ],
  exhausted: [
    /GET https:\S+\/ptqrlogin matches "poll-waiting", already served (?:once|twice); "check-sig" must come next/u,
    (all) => all.filter(({ id }) => !/^poll-(?!waiting)/u.test(id))
  ],
  unused: [
    /"one-more" was never requested \(\w+ https:\S+\): the client stopped early/u,
    (all) => [...all, { ...all.at(-1)!, id: "one-more" }]
  ]
}
const says = new Map<string, RegExp | undefined>()
cpSync(join(root, "fixtures/qr"), join(folder, "recorded/qr"), { recursive: true })
for (const { code, name, scenario } of guides) {
  const json = JSON.parse(readFileSync(join(root, "fixtures", scenario, "scenario.json"), "utf8"))
  for (const [what, [line, change]] of Object.entries(altered)) {
    const test = `${name}-${what.replaceAll(" ", "-")}`
    mkdirSync(join(folder, "recorded", test))
    const text = JSON.stringify({ ...json, exchanges: change(json.exchanges) })
    writeFileSync(join(folder, "recorded", test, "scenario.json"), text)
    const load = `Scenario.load("${scenario}")`
    check(code.includes(load), `the guide for ${name} does not say ${load}`)
    writeFileSync(join(folder, `${test}.test.ts`), code.replace(load, `Scenario.load("./recorded/${test}")`))
    says.set(`${test}.test.ts`, line)
  }
}

await part("a stranger's tests, and the guides, fail where a recording is not played as written, and say why", () => {
  run("npm", ["install", "--no-audit", "--no-fund", nock])
  const reporters = ["--reporter=default", "--reporter=json", "--outputFile.json=report.json"]
  const { output, status } = spawnSync("npx", ["--no-install", "vitest", "run", ...reporters], {
    cwd: folder,
    env,
    encoding: "utf8"
  })
  check(status === 1, `vitest ends with ${status}`)
  const { testResults } = JSON.parse(readFileSync(join(folder, "report.json"), "utf8"))
  const seen = new Set<string>()
  for (const { assertionResults, message, name } of testResults) {
    check(assertionResults.length > 0, `${name}: ${message}`)
    for (const { failureMessages, title } of assertionResults) {
      const said: string = failureMessages.join("\n")
      const file = basename(name)
      const shop = file === "shop.test.js"
      seen.add(shop ? title : file)
      const expected = shop ? (complaints[title] ?? []) : [says.get(file) ?? []].flat()
      check((expected.length === 0) === (said === ""), `${file} "${title}": ${said || "passes"}`)
      for (const text of expected) {
        const found = (all: string) => (typeof text === "string" ? all.includes(text) : text.test(all))
        check(found(said) && found(output.join("\n")), `${file} "${title}" does not say ${text}, but ${said}`)
      }
      check(said.length < 4000 && !/timed out/u.test(said), `${file} takes long, or says too much`)
    }
  }
  check(seen.size === says.size + Object.keys(complaints).length, `not all tests were run: ${[...seen].join(", ")}`)
})

rmSync(folder, { recursive: true, force: true })
if (failures.length > 0) {
  console.log(`${failures.length} failed: ${failures.join("; ")}`)
  process.exitCode = 1
}
