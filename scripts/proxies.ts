/**
 * `npm run build && npm run proxies`: logs in by the proxies that people have: tinyproxy, squid and microsocks, with and without a
 * password, and by one with a wrong one. In a namespace of its own, as `npm run real-hosts`, the names of qq.com lead to a loopback server;
 * the proxies are real, and what they write down says that the login went by them. What is not installed is skipped, and named.
 */
import * as Effect from "effect/Effect"
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { ReplayServer, Scenario } from "../src/replay/index.ts"
import { selfSigned } from "../test/support/certificate.ts"

const variable = "WEBQQ_LOGIN_PROXIES"
const folder = process.env[variable] ?? ""

const scenario = Effect.runSync(Scenario.load("qzone"))
const hosts = [...new Set(scenario.exchanges.map(({ request }) => new URL(request.url).host))]

const [user, password, wrong] = ["somebody", "CANARY-of-a-proxy", "CANARY-that-is-wrong"]

/** A proxy of Debian's: what starts it on a port, and the file in which it says whom it led where. */
interface Kind {
  readonly name: string
  readonly scheme: string
  readonly program: string
  readonly start: (port: number, place: string, closed: boolean) => ChildProcess
}

const file = (place: string, name: string, text: string): string => {
  writeFileSync(join(place, name), text)
  return join(place, name)
}

const logging = (place: string, program: string, args: ReadonlyArray<string>): ChildProcess => {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] })
  const write = (data: unknown) => writeFileSync(join(place, "log"), String(data), { flag: "a" })
  child.stdout.on("data", write)
  child.stderr.on("data", write)
  return child
}

const ncsa = ["/usr/lib/squid/basic_ncsa_auth", "/usr/lib64/squid/basic_ncsa_auth"].find((path) => existsSync(path))

const kinds: ReadonlyArray<Kind> = [
  {
    name: "tinyproxy",
    scheme: "http",
    program: "tinyproxy",
    start: (port, place, closed) => {
      const lines = [`Port ${port}`, "Listen 127.0.0.1", "LogLevel Connect", "ConnectPort 443", "Timeout 30"]
      if (closed) lines.push(`BasicAuth ${user} ${password}`)
      return logging(place, "tinyproxy", ["-d", "-c", file(place, "conf", `${lines.join("\n")}\n`)])
    }
  },
  {
    name: "squid",
    scheme: "http",
    program: "squid",
    start: (port, place, closed) => {
      const words = spawnSync("openssl", ["passwd", "-apr1", password], { encoding: "utf8" }).stdout.trim()
      const lines = [
        `http_port 127.0.0.1:${port}`,
        `pid_filename ${join(place, "pid")}`,
        `access_log stdio:${join(place, "log")}`,
        `cache_log ${join(place, "cache.log")}`,
        "cache deny all",
        "coredump_dir none",
        "shutdown_lifetime 0 seconds",
        "visible_hostname here",
        ...(closed
          ? [
              `auth_param basic program ${ncsa} ${file(place, "users", `${user}:${words}\n`)}`,
              "acl known proxy_auth REQUIRED",
              "http_access allow known",
              "http_access deny all"
            ]
          : ["http_access allow all"])
      ]
      spawnSync("chmod", ["-R", "a+rwX", place])
      return logging(place, "squid", ["-N", "-f", file(place, "conf", `${lines.join("\n")}\n`)])
    }
  },
  ...["socks5h", "socks5"].map((scheme): Kind => ({
    name: `microsocks (${scheme})`,
    scheme,
    program: "microsocks",
    start: (port, place, closed) =>
      logging(place, "microsocks", [
        "-i",
        "127.0.0.1",
        "-p",
        String(port),
        ...(closed ? ["-u", user, "-P", password] : [])
      ])
  }))
]

/** Starts this script again where the names lead here, with no other network. */
const enter = (): number => {
  const temporary = mkdtempSync(join(tmpdir(), "webqq-login-proxies-"))
  try {
    spawnSync("chmod", ["755", temporary])
    writeFileSync(
      join(temporary, "hosts"),
      `127.0.0.1 localhost\n${hosts.map((host) => `127.0.0.1 ${host}\n`).join("")}`
    )
    const script = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"'
    const again = [process.execPath, fileURLToPath(import.meta.url)]
    const { error, status } = spawnSync(
      "unshare",
      ["-mn", "sh", "-c", script, "sh", join(temporary, "hosts"), ...again],
      { stdio: "inherit", env: { ...process.env, [variable]: temporary } }
    )
    if (error !== undefined) console.error(`unshare: ${error.message}; this check needs Linux and root`)
    return status ?? 1
  } finally {
    rmSync(temporary, { recursive: true })
  }
}

const run = (state: string, line: string, env: Readonly<Record<string, string>> = {}) =>
  new Promise<{ readonly exitCode: number; readonly said: string }>((resolve) => {
    const command = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url))
    const all = { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"), XDG_STATE_HOME: state, WEBQQ_RETRIES: "0", ...env }
    execFile(process.execPath, [command, ...line.split(" ")], { env: all, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), said: stderr + stdout })
    )
  })

const listening = async (port: number) => {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => (socket.destroy(), resolve(true)))
      socket.on("error", () => resolve(false))
    })
    if (reached) return true
    await sleep(50)
  }
  return false
}

const login = "login --site qzone --profile me --qr none"
let ports = 20_000
let failed = 0
let done = 0

/** One proxy, open or closed: what is wrong with a login by it. */
const by = async (kind: Kind, closed: boolean): Promise<ReadonlyArray<string>> => {
  const port = ports++
  const place = join(folder, `proxy-${port}`)
  mkdirSync(place)
  const child = kind.start(port, place, closed)
  try {
    if (!(await listening(port))) return ["it does not listen", logOf(place)]
    const address = (word: string) => `${kind.scheme}://${word === "" ? "" : `${user}:${word}@`}127.0.0.1:${port}`
    const shown = `${kind.scheme}://127.0.0.1:${port}`
    const proxy = address(closed ? password : "")
    const wrongs: Array<string> = []
    const expect = (what: string, right: boolean, said: string) => {
      if (!right) wrongs.push(`${what}\n${said}`)
    }
    const state = join(place, "state")
    for (const [how, line, env] of [
      ["--proxy", `${login} --fresh --proxy ${proxy} --poll-interval 50ms`, {}],
      ["HTTPS_PROXY", `${login} --fresh --poll-interval 50ms`, { HTTPS_PROXY: proxy }],
      ["all_proxy", `${login} --fresh --poll-interval 50ms`, { all_proxy: proxy }]
    ] as const) {
      const before = hostsIn(place)
      // The way that --proxy kept would come before the variables.
      const ended = await played(() => run(how === "--proxy" ? state : join(place, how), line, env))
      expect(how, ended.exitCode === 0 && ended.said.includes("logged in"), ended.said)
      expect(`${how}: it did not go by the proxy`, await ledMore(place, before), logOf(place))
      expect(`${how}: the password is told`, !ended.said.includes("CANARY"), ended.said)
    }
    const before = hostsIn(place)
    const kept = await played(() => run(state, "renew --profile me"))
    expect("renew, by the way that was kept", await ledMore(place, before), kept.said)
    const doctor = await played(() => run(state, `doctor --proxy ${proxy}`))
    expect("doctor", doctor.said.includes(shown) && !doctor.said.includes("CANARY"), doctor.said)
    if (closed) {
      for (const word of [wrong, ""]) {
        const { exitCode, said } = await run(join(place, "other"), `${login} --proxy ${address(word)} --timeout 20s`)
        const told = said.includes("the proxy did not let us through") && said.includes(shown)
        expect(`a wrong password, or none: exit code ${exitCode}`, exitCode === 6 && told, said)
        expect("the wrong password is told", !said.includes("CANARY"), said)
      }
    }
    return wrongs
  } finally {
    child.kill("SIGKILL")
  }
}

const logOf = (place: string) => (existsSync(join(place, "log")) ? readFileSync(join(place, "log"), "utf8") : "")

/** How often it says that it led somebody. */
const hostsIn = (place: string): number =>
  (logOf(place).match(/ptlogin2|client\[\d+\].*connected|CONNECT/gu) ?? []).length

/** Whether it says so more often than before. Some say it when a connection is over, and a little later. */
const ledMore = async (place: string, before: number): Promise<boolean> => {
  for (let waited = 0; waited < 20_000 && hostsIn(place) <= before; waited += 50) await sleep(50)
  return hostsIn(place) > before
}

/** While the servers play a login. */
const played = <A>(use: () => Promise<A>): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        yield* ReplayServer.make(scenario, { port: 80, tls: { ...certificate, port: 443 } })
        return yield* Effect.promise(use)
      })
    )
  )

const certificate = selfSigned(hosts)

const check = async () => {
  writeFileSync(join(folder, "ca.pem"), certificate.cert)
  for (const kind of kinds) {
    if (spawnSync("sh", ["-c", `command -v ${kind.program}`]).status !== 0) {
      console.log(`skipped  ${kind.name}: ${kind.program} is not installed`)
      continue
    }
    for (const closed of [false, true]) {
      const wrongs = await by(kind, closed)
      done++
      if (wrongs.length > 0) failed++
      console.log(`${wrongs.length === 0 ? "ok" : "FAILED"}  ${kind.name}, ${closed ? "with" : "without"} a password`)
      for (const text of wrongs) console.log(`        ${text.replaceAll("\n", "\n        ")}`)
    }
  }
  console.log(`${done - failed} of ${done} proxies led a login to its end, and told nobody a password`)
  return failed === 0 ? 0 : 1
}

process.exitCode = folder === "" ? enter() : await check()
