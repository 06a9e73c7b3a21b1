/**
 * Logs in through the real URLs: in a network and mount namespace of its own, `/etc/hosts` points the qq.com names at a
 * loopback server with a certificate for them, and the command knows nothing of it: the built one, or with `--installed` the one that
 * somebody has who installs the packed tarball.
 *
 *     npm run build && npm run real-hosts
 *
 * Plays every scenario that goes from a code to a session, or begins with a saved one; at each site that lives the whole life of a session:
 * login, check good, rate limit, dead and scanned for again, dead and renewed; and sites of one's own from their files, right and wrong ones.
 * And README's first minute, with the tarball installed. With names as arguments only those, of scenarios or of sites (`own` for the files,
 * `README.md` for that minute). No secret may stand on stderr. Needs Linux, root,
 * `unshare` and `ip`.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { execFile, execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Engine, ReplayServer, Scenario } from "../src/replay/index.ts"
import * as Session from "../src/Session.ts"
import * as Site from "../src/Site.ts"
import * as SessionStore from "../src/store/SessionStore.ts"
import { secretsOf } from "../test/support/canaries.ts"
import * as Readme from "./real-hosts/readme.ts"
import { selfSigned } from "../test/support/certificate.ts"
import { siteEnds, siteStory } from "../test/support/siteStory.ts"
import { codeOnly, stranger, strangerStory } from "../test/support/strangerStory.ts"

const variable = "WEBQQ_LOGIN_REAL_HOSTS"
const folder = process.env[variable] ?? ""
const flags = process.argv.slice(2).filter((word) => word.startsWith("--"))
const names = process.argv.slice(2).filter((word) => !word.startsWith("--"))
const root = fileURLToPath(new URL("..", import.meta.url))
const installed = flags.includes("--installed")
/** Whatever Node the machine has, the one that runs this is the one that is called node. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` }

/** A line of the command, and how it has to end: exit code, the tags of `--json` or else all that it says, and more. */
interface Call {
  readonly line: string
  readonly exitCode: number
  readonly says: RegExp
  readonly also?: (ended: Ended) => ReadonlyArray<string>
}

interface Play {
  readonly name: string
  readonly scenario: Scenario.Scenario
  readonly calls: ReadonlyArray<Call>
  readonly files?: Readonly<Record<string, unknown>>
}

interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const lineOf = (site: string) => `login --site ${site} --json --qr none --poll-interval 50ms`

/** What differs between the last line and the end that the scenario promises. */
const differences =
  ({ outcome }: Scenario.Scenario) =>
  ({ stdout }: Ended): ReadonlyArray<string> => {
    const last = JSON.parse(stdout.trimEnd().split("\n").at(-1) || "{}") as {
      readonly session?: Record<string, unknown>
      readonly error?: Record<string, unknown>
    }
    const { events: _, ...expected } =
      "session" in outcome ? { ...outcome.session, events: 0 } : { ...outcome, _tag: outcome.error }
    const actual = "session" in outcome ? last.session : last.error
    if (actual === undefined) return [`the last line is ${JSON.stringify(last)}`]
    return Object.entries(expected)
      .filter(([name, value]) => name !== "cookies" && name !== "error" && actual[name] !== value)
      .map(([name]) => `${name} is ${JSON.stringify(actual[name])}`)
  }

/** All that is saved is as old as it was when the scenario was recorded. */
const today = (saved: Session.Session, clock: string, now: number): Session.Session => {
  const later = (time: string) => new Date(Date.parse(time) + now - Date.parse(clock)).toISOString()
  const json = Session.toJson(saved)
  return Effect.runSync(
    Session.fromJson({
      ...json,
      obtainedAt: later(json.obtainedAt),
      ...(json.expiresAt === undefined ? {} : { expiresAt: later(json.expiresAt) }),
      cookies: json.cookies.map((one) => (one.expires === undefined ? one : { ...one, expires: later(one.expires) }))
    })
  )
}

const scenarios = Effect.runSync(Effect.flatMap(Scenario.list, (all) => Effect.forEach(all, Scenario.load)))
const isMeant = (name: string) => names.length === 0 || names.includes(name)

const recorded: ReadonlyArray<Play> = scenarios
  .filter(({ name, outcome, saved }) => isMeant(name) && ("session" in outcome || saved !== undefined))
  .map((scenario) => ({
    name: `${scenario.name} (${scenario.site})`,
    scenario,
    calls: [
      {
        line: lineOf(scenario.site),
        exitCode: "session" in scenario.outcome ? 0 : NaN,
        says: /./,
        also: differences(scenario)
      }
    ]
  }))

const lives: ReadonlyArray<Play> = Site.all
  .filter(({ closed, name }) => closed === undefined && isMeant(name))
  .flatMap(({ name }) => scenarios.filter((scenario) => scenario.name === name))
  .map((scenario) => ({
    name: `${scenario.site}: login, check good, rate limit, dead and scanned for again, dead and renewed`,
    scenario: siteStory(scenario),
    calls: siteEnds.map(([exitCode, says]) => ({ line: lineOf(scenario.site), exitCode, says }))
  }))

const wrongSite = (place: string, hint: string) => ({
  line: lineOf("./wrong.json"),
  exitCode: 2,
  says: new RegExp(`wrong\\.json is not a site:[^]*at ${place}[^]*write it like this one: .*${hint}`)
})

const own: ReadonlyArray<Play> = !isMeant("own")
  ? []
  : scenarios
      .filter(({ name }) => name === "music")
      .flatMap((music): ReadonlyArray<Play> => [
        {
          name: "a site of one's own with authorize: login, cookies, check good, rate limit; and a code alone",
          scenario: strangerStory(music),
          files: { "site.json": stranger, "code.json": codeOnly },
          calls: [
            { line: lineOf("./site.json"), exitCode: 0, says: /^QrShown .*Confirmed Saved LoggedIn$/ },
            { line: "cookies --site ./site.json", exitCode: 0, says: /\bws_key=Stand-In-ws-key\*0123456789\n$/ },
            { line: "status --site ./site.json", exitCode: 0, says: /works; its server was asked/ },
            { line: lineOf("./site.json"), exitCode: 6, says: /^SessionFound Failed$/ },
            { line: lineOf("./code.json"), exitCode: 0, says: /^QrShown .*Confirmed Saved LoggedIn$/ },
            { line: "token code --site ./code.json", exitCode: 0, says: /^[0-9A-F]{32}\n$/ }
          ]
        },
        ...(
          [
            [
              "authorize\\.redeemHosts",
              { authorize: { ...stranger.authorize, redeemHosts: undefined } },
              "redeemHosts"
            ],
            ["authorize\\.clientId", { authorize: { ...stranger.authorize, clientId: "music" } }, "clientId"],
            ["check\\.url", { check: { ...stranger.check, url: "http://h5.weishi.qq.com/check" } }, "check"]
          ] as const
        ).map(([place, change, hint]) => ({
          name: `a site of one's own that is wrong at ${place.replaceAll("\\", "")} is refused, and nobody is asked`,
          scenario: { ...music, exchanges: [] },
          files: { "wrong.json": { ...stranger, ...change } },
          calls: [wrongSite(place, hint)]
        }))
      ])

const plays = [...recorded, ...lives, ...own]
const readme = isMeant("README.md") ? [Readme.scenarioOf(scenarios)] : []
const hosts = [
  ...new Set(
    [...plays.map(({ scenario }) => scenario), ...readme].flatMap(({ exchanges }) =>
      exchanges.map(({ request }) => new URL(request.url).host)
    )
  )
]

/** Packs the project and installs it in an empty folder, as a stranger would. */
const install = (place: string) => {
  mkdirSync(place)
  const npm = (line: string, cwd: string) => execFileSync("npm", line.split(" "), { cwd, encoding: "utf8", env })
  const [packed] = JSON.parse(npm(`pack --json --pack-destination ${place}`, root)) as [{ readonly filename: string }]
  npm(`install --no-audit --no-fund --prefer-offline ${packed.filename}`, place)
}

/** Starts this script again where those names lead here, with no other network. */
const enter = (): number => {
  const temporary = mkdtempSync(join(tmpdir(), "webqq-login-hosts-"))
  try {
    if (readme.length > 0 && Readme.install(temporary) !== 0) return 1
    writeFileSync(join(temporary, "hosts"), hosts.map((host) => `127.0.0.1 ${host}\n`).join(""))
    const script = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"'
    if (installed) install(join(temporary, "installed"))
    const again = [process.execPath, fileURLToPath(import.meta.url), ...flags, ...names]
    const { error, status } = spawnSync(
      "unshare",
      ["-mn", "sh", "-c", script, "sh", join(temporary, "hosts"), ...again],
      {
        stdio: "inherit",
        env: { ...process.env, [variable]: temporary }
      }
    )
    if (error !== undefined) console.error(`unshare: ${error.message}; this check needs Linux and root`)
    return status ?? 1
  } finally {
    rmSync(temporary, { recursive: true })
  }
}

/** Runs a line of the built command in a folder that is its home, too. */
const run = (line: string, authority: string, home: string) =>
  Effect.promise(
    () =>
      new Promise<Ended>((resolve) => {
        const command = installed
          ? join(folder, "installed", "node_modules", ".bin", "webqq-login")
          : join(root, "dist", "cli.cjs")
        const ours = { NODE_EXTRA_CA_CERTS: authority, XDG_STATE_HOME: home, LC_ALL: "C" }
        execFile(command, line.split(" "), { env: { ...env, ...ours }, cwd: home }, (error, stdout, stderr) =>
          resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr })
        )
      })
  )

/** The tags of `--json`, or else all that was said. */
const told = ({ stderr, stdout }: Ended) =>
  stdout.startsWith("{")
    ? stdout
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { readonly _tag?: string })._tag ?? "nothing")
        .join(" ")
    : stdout + stderr

const played = (play: Play, tls: { readonly cert: string; readonly key: string }) =>
  Effect.gen(function* () {
    const { calls, files = {}, scenario } = play
    const home = mkdtempSync(join(folder, "home-"))
    for (const [name, value] of Object.entries(files)) writeFileSync(join(home, name), JSON.stringify(value))
    const { saved } = scenario
    if (saved !== undefined) {
      const kept = today(saved, scenario.clock, yield* Clock.currentTimeMillis)
      yield* SessionStore.SessionStore.use((store) => store.save(kept)).pipe(
        Effect.provide(SessionStore.layerFile({ directory: join(home, "webqq-login", "sessions") }))
      )
    }
    const server = yield* ReplayServer.make(scenario, { port: 80, tls: { ...tls, port: 443 } })
    const wrong: Array<string> = []
    const secrets = secretsOf(scenario)
    for (const { also, exitCode, line, says } of calls) {
      const ended = yield* run(line, join(folder, "ca.pem"), home)
      const said = told(ended)
      const isAsWanted = Number.isNaN(exitCode) ? ended.exitCode !== 0 : ended.exitCode === exitCode
      if (!isAsWanted || !says.test(said)) wrong.push(`${line}: ${ended.exitCode} ${said}, not ${exitCode} ${says}`)
      wrong.push(...(also?.(ended) ?? []))
      wrong.push(...secrets.filter((secret) => ended.stderr.includes(secret)).map((secret) => `${secret} on stderr`))
    }
    const report = Engine.report(scenario, server.verify())
    return report === "" ? wrong : [...wrong, report]
  }).pipe(Effect.scoped)

const check = Effect.gen(function* () {
  const { cert, key } = selfSigned(hosts)
  writeFileSync(join(folder, "ca.pem"), cert)
  const tell = (what: string, problems: ReadonlyArray<string>) => {
    console.log(`${problems.length === 0 ? "ok" : "FAILED"}  ${what}`)
    for (const problem of problems) console.log(`        ${problem.replaceAll("\n", "\n        ")}`)
    return problems.length === 0 ? 0 : 1
  }
  let failed = 0
  for (const play of plays) failed += tell(play.name, yield* played(play, { cert, key }))
  if (plays.length > 0) {
    const well = plays.length - failed
    console.log(`${well} of ${plays.length} scenarios were played through the real URLs to the end that they promise`)
  }
  for (const scenario of readme) {
    for (const [what, problems] of yield* Readme.play(folder, scenario, { key, cert })) failed += tell(what, problems)
  }
  return failed === 0 ? 0 : 1
})

process.exitCode = folder === "" ? enter() : await Effect.runPromise(check)
