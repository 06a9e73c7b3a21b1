/**
 * Logs in through the real URLs: in a network and mount namespace of its own, `/etc/hosts` points the qq.com names at a
 * loopback server with a certificate for them, and the built command knows nothing of it.
 *
 *     npm run build && npm run real-hosts
 *
 * Plays every scenario that goes from a code to a session, or those named as arguments; and at each site that lives the whole life of a
 * session: login, check good, rate limit, dead and scanned for again. Needs Linux, root, `unshare` and `ip`.
 */
import * as Effect from "effect/Effect"
import { execFile, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Engine, ReplayServer, Scenario } from "../src/replay/index.ts"
import * as Site from "../src/Site.ts"
import { siteEnds, siteStory } from "../test/support/siteStory.ts"
import { selfSigned } from "../test/support/certificate.ts"

const variable = "WEBQQ_LOGIN_REAL_HOSTS"
const folder = process.env[variable]
const names = process.argv.slice(2)

const scenarios = Effect.runSync(
  Effect.flatMap(Scenario.list, (all) => Effect.forEach(names.length > 0 ? names : all, Scenario.load))
).filter(({ outcome, saved }) => "session" in outcome && saved === undefined)
const stories = Site.all
  .filter(({ closed }) => closed === undefined)
  .flatMap(({ name }) => scenarios.filter((scenario) => scenario.name === name).map(siteStory))
const hosts = [
  ...new Set(
    [...scenarios, ...stories].flatMap(({ exchanges }) => exchanges.map(({ request }) => new URL(request.url).host))
  )
]

/** Starts this script again where those names lead here, with no other network. */
const enter = (): number => {
  const temporary = mkdtempSync(join(tmpdir(), "webqq-login-hosts-"))
  try {
    writeFileSync(join(temporary, "hosts"), hosts.map((host) => `127.0.0.1 ${host}\n`).join(""))
    const script = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"'
    const again = [process.execPath, fileURLToPath(import.meta.url), ...names]
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

const login = (site: string, authority: string, state = mkdtempSync(join(folder ?? "", "state-"))) => {
  const command = fileURLToPath(new URL("../dist/cli.js", import.meta.url))
  const flags = ["login", "--site", site, "--json", "--qr", "none", "--poll-interval", "50 millis"]
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: authority,
    XDG_STATE_HOME: state
  }
  return new Promise<Ended>((resolve) => {
    execFile(process.execPath, [command, ...flags], { env }, (error, stdout) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), lines: stdout.trim().split("\n") })
    )
  })
}

interface Ended {
  readonly exitCode: number
  /** Those of `--json`. */
  readonly lines: ReadonlyArray<string>
}

const tagsOf = ({ lines }: Ended) =>
  lines.map((line) => (JSON.parse(line === "" ? "{}" : line) as { readonly _tag?: string })._tag ?? "nothing").join(" ")

/** What differs between the session that was printed and the one that the scenario promises. */
const differences = (line: string, { outcome }: Scenario.Scenario): ReadonlyArray<string> => {
  const { session } = JSON.parse(line === "" ? "{}" : line) as { readonly session?: Record<string, unknown> }
  if (session === undefined) return [`no session: ${line}`]
  const expected = "session" in outcome ? Object.entries(outcome.session).filter(([name]) => name !== "cookies") : []
  return expected.filter(([name, value]) => session[name] !== value).map(([name]) => name)
}

const check = Effect.gen(function* () {
  const { cert, key } = selfSigned(hosts)
  const authority = join(folder ?? "", "ca.pem")
  writeFileSync(authority, cert)
  let failed = 0
  for (const scenario of scenarios) {
    const problems = yield* Effect.scoped(
      Effect.gen(function* () {
        const server = yield* ReplayServer.make(scenario, { port: 80, tls: { key, cert, port: 443 } })
        const { lines } = yield* Effect.promise(() => login(scenario.site, authority))
        const line = lines.at(-1) ?? ""
        const report = Engine.report(scenario, server.verify())
        return [...differences(line, scenario), ...(report === "" ? [] : [report])]
      })
    )
    if (problems.length > 0) failed++
    console.log(`${problems.length === 0 ? "ok" : "FAILED"}  ${scenario.name} (${scenario.site})`)
    for (const problem of problems) console.log(`        ${problem.replaceAll("\n", "\n        ")}`)
  }
  for (const story of stories) {
    const problems = yield* Effect.scoped(
      Effect.gen(function* () {
        const server = yield* ReplayServer.make(story, { port: 80, tls: { key, cert, port: 443 } })
        const state = mkdtempSync(join(folder ?? "", "state-"))
        const wrong: Array<string> = []
        for (const [exitCode, tags] of siteEnds) {
          const ended = yield* Effect.promise(() => login(story.site, authority, state))
          const told = tagsOf(ended)
          if (ended.exitCode !== exitCode || !tags.test(told))
            wrong.push(`${ended.exitCode} ${told}, not ${exitCode} ${tags}`)
        }
        const report = Engine.report(story, server.verify())
        return [...wrong, ...(report === "" ? [] : [report])]
      })
    )
    if (problems.length > 0) failed++
    console.log(
      `${problems.length === 0 ? "ok" : "FAILED"}  ${story.site}: login, check good, rate limit, dead and scanned for again`
    )
    for (const problem of problems) console.log(`        ${problem.replaceAll("\n", "\n        ")}`)
  }
  const all = scenarios.length + stories.length
  console.log(`${all - failed} of ${all} scenarios were played through the real URLs to the end that they promise`)
  return failed === 0 ? 0 : 1
})

process.exitCode = folder === undefined ? enter() : await Effect.runPromise(check)
