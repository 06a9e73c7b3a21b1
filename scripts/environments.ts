/**
 * `npm run build && npm run environments`: every command where it was not meant to be: without a terminal, with stdout closed or full, in a
 * home that takes nothing, that is nowhere or missing, as the user nobody, on this Node and the oldest that is supported. Each has to end
 * by itself, with an exit code of ours, without a stack trace, and without a secret that nobody asked for. A place that this machine cannot
 * offer is skipped, and named. No request leaves the machine: the proxy is one that nobody listens at. `--newest` leaves the oldest Node out,
 * `--only WORDS` all lines without these.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { commands } from "../src/cli/commands/table.ts"
import { everyCommand } from "../src/cli/line/find.ts"
import * as LoginError from "../src/errors/LoginError.ts"

const { values } = parseArgs({ options: { only: { type: "string" }, newest: { type: "boolean", default: false } } })

const root = fileURLToPath(new URL("..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "webqq-environments-"))

/** What each command is asked to do; ME is a saved session's export, OUT a place that does not exist. Any other is called alone. */
const lines: Readonly<Record<string, ReadonlyArray<string>>> = {
  login: [
    "login --replay qzone --speed 50 --qr none --profile me",
    "login --replay qzone --speed 50 --json",
    "login --site qzone --timeout 3s",
    "login --replay refused --speed 50 --qr page",
    "login"
  ],
  "login start": ["login start --replay qzone --speed 50 --profile other", "login start --site qzone --json"],
  "login wait": ["login wait 0123456789ab --timeout 1s"],
  "login cancel": ["login cancel 0123456789ab"],
  status: ["status", "status --json", "status --offline"],
  renew: ["renew"],
  keep: ["keep nobody-has-this"],
  logout: ["logout --profile nobody-has-this", "logout --all"],
  cookies: ["cookies", "cookies --format netscape --offline"],
  token: ["token gtk", "token p_skey --offline"],
  request: ["request https://user.qzone.qq.com/"],
  export: ["export OUT --passphrase-file PASS", "export OUT"],
  import: ["import ME --passphrase-file PASS", "import nowhere.webqq"],
  completions: ["completions bash"],
  record: ["record --site qzone --out OUT --timeout 3s"],
  "fixtures list": ["fixtures list"],
  "fixtures verify": ["fixtures verify qzone"],
  "fixtures format": ["fixtures format nowhere"],
  "fixtures serve": ["fixtures serve qzone -- true"],
  "fixtures conform": ["fixtures conform qzone -- true"],
  "fixtures diff": ["fixtures diff webqq-2015 webqq"],
  "fixtures import-har": ["fixtures import-har nowhere.har --out OUT"],
  "fixtures export-har": ["fixtures export-har qzone"]
}

/** Commands whose stdout is a secret that was asked for. */
const givesSecrets = /^(?:cookies|token|request|login .*--json|login wait .*--json|export -|fixtures )/

/** A run of the command as others begin it: by which words, in which home. */
interface Environment {
  readonly name: string
  /** Words in front of node. */
  readonly before?: ReadonlyArray<string>
  readonly home: (anew: () => string) => string | undefined
  readonly asNobody?: boolean
  readonly skip?: string
}

const works = (command: string, ...args: ReadonlyArray<string>) => spawnSync(command, args).status === 0
const isRoot = process.getuid?.() === 0
const needsRoot = isRoot ? {} : { skip: "needs root" }

const environments: ReadonlyArray<Environment> = [
  { name: "no terminal", home: (anew) => anew() },
  { name: "stdout closed", before: ["sh", "-c", 'exec "$@" >&-', "sh"], home: (anew) => anew() },
  { name: "stderr closed", before: ["sh", "-c", 'exec "$@" 2>&-', "sh"], home: (anew) => anew() },
  {
    name: "stdin, stdout and stderr closed",
    before: ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"],
    home: (anew) => anew()
  },
  {
    name: "stdout full",
    before: ["sh", "-c", 'exec "$@" >/dev/full', "sh"],
    home: (anew) => anew(),
    ...(existsSync("/dev/full") ? {} : { skip: "there is no /dev/full" })
  },
  {
    name: "a read-only home",
    before: [
      "unshare",
      "-m",
      "sh",
      "-c",
      'mount --bind "$HOME" "$HOME" && mount -o remount,ro,bind "$HOME" && exec "$@"',
      "sh"
    ],
    home: (anew) => anew(),
    ...(works("unshare", "-m", "true") ? {} : { skip: "this machine allows no namespaces" })
  },
  { name: "the user nobody, in root's home", home: () => "/root", asNobody: true, ...needsRoot },
  { name: "the user nobody, at home", home: (anew) => anew(), asNobody: true, ...needsRoot },
  { name: "HOME=/proc/nohome", home: () => "/proc/nohome" },
  { name: "HOME=/dev/null", home: () => "/dev/null" },
  { name: "no HOME", home: () => undefined }
]

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly late: boolean
}

const run = (
  node: string,
  line: string,
  { asNobody = false, before = [] }: Pick<Environment, "asNobody" | "before">,
  home: string | undefined
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const words = line
      .replace("OUT", join(folder, "out", crypto.randomUUID()))
      .replace("ME", join(folder, "me.webqq"))
      .replace("PASS", join(folder, "passphrase"))
      .split(" ")
    const [program = node, ...args] = [...before, node, join(folder, "dist/cli.cjs"), ...words]
    const child = spawn(program, args, {
      cwd: join(folder, "out"),
      env: {
        PATH: process.env["PATH"],
        ...(home === undefined ? {} : { HOME: home }),
        TMPDIR: join(folder, "out"),
        HTTPS_PROXY: "http://127.0.0.1:9",
        WEBQQ_RETRIES: "0"
      },
      ...(asNobody ? { uid: 65_534, gid: 65_534 } : {}),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true
    })
    const said = { stdout: "", stderr: "" }
    let late = false
    const limit = setTimeout(() => {
      late = true
      process.kill(-child.pid!, "SIGKILL")
    }, 30_000)
    // Where it waits for a signal, it gets one.
    const asked = setTimeout(() => child.kill("SIGTERM"), 10_000)
    child.stdout.on("data", (data) => (said.stdout += String(data)))
    child.stderr.on("data", (data) => (said.stderr += String(data)))
    child.on("error", reject)
    // What it left in the background holds no pipe of ours.
    child.on("exit", (code) => {
      clearTimeout(limit)
      clearTimeout(asked)
      setTimeout(() => resolve({ code, ...said, late }), 20)
    })
  })

const codes = new Set<number | null>([0, 1, 2, 130, ...Object.values(LoginError.exitCodes)])

const judge = (line: string, { code, late, stderr, stdout }: Ended, secrets: ReadonlyArray<string>) => {
  const wrongs: Array<string> = []
  if (late) wrongs.push("it does not end")
  else if (!codes.has(code)) wrongs.push(`exit code ${code}`)
  const all = stderr + stdout
  if (/^\s+at \S+ ?\(|^\s+at (?:file|node):|Node\.js v\d/m.test(all)) wrongs.push("a stack trace")
  if (/^(?:error: unexpected fault|错误：意外故障)/m.test(all)) wrongs.push("an unexpected fault")
  if (/Warning: /.test(stderr)) wrongs.push("a warning of Node's")
  // What could not be saved is printed, so that no scan is lost.
  const asked = givesSecrets.test(line) || /could not be saved/.test(stderr)
  const told = secrets.filter((secret) => stderr.includes(secret) || (!asked && stdout.includes(secret)))
  if (told.length > 0) wrongs.push("a secret")
  return wrongs
}

/** The oldest Node that is supported, where the registry has it. */
const oldest = (): string | undefined => {
  try {
    const path = execFileSync("npx", ["-y", "node@22.20", "-p", "process.execPath"], {
      encoding: "utf8",
      stdio: "pipe"
    })
    return path.trim().split("\n").at(-1)
  } catch {
    return undefined
  }
}

let runs = 0
let failed = 0
try {
  // Where everybody may read it: neither root's home nor a checkout of somebody's.
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, "out"))
  chmodSync(join(folder, "out"), 0o1777)
  for (const part of ["dist", "fixtures", "package.json"])
    cpSync(join(root, part), join(folder, part), { recursive: true })
  const nodes = [process.execPath, ...(values.newest ? [] : [oldest()])].flatMap((path, index) => {
    if (path === undefined) return []
    const copy = join(folder, `node-${index}`)
    copyFileSync(path, copy)
    chmodSync(copy, 0o755)
    return [copy]
  })
  if (nodes.length < 2 && !values.newest) console.log("skipped  Node 22.20: the registry does not give it")

  // A home with a session in it, and what is secret of that.
  const model = join(folder, "model")
  mkdirSync(model)
  await run(nodes[0]!, "login --replay qzone --speed 50 --qr none --profile me", {}, model)
  const saved = readFileSync(join(model, ".local/state/webqq-login/sessions/me.json"), "utf8")
  const { session } = JSON.parse(saved) as {
    readonly session: { readonly cookies: ReadonlyArray<{ readonly name: string; readonly value: string }> }
  }
  const secrets = session.cookies.filter(({ name }) => /skey|key|token|RK|ptcz/i.test(name)).map(({ value }) => value)
  if (secrets.length < 2) throw new Error("the session holds no secrets to look for")
  writeFileSync(join(folder, "passphrase"), "correct horse battery\n", { mode: 0o644 })
  await run(nodes[0]!, `export ${join(folder, "me.webqq")} --offline --passphrase-file PASS`, {}, model)
  chmodSync(join(folder, "me.webqq"), 0o644)

  const every = everyCommand(commands)
    .filter(({ command }) => command.load !== undefined)
    .map(({ path }) => path.join(" "))
  const unknown = Object.keys(lines).filter((name) => !every.includes(name))
  if (unknown.length > 0) throw new Error(`no command is called ${unknown.join(", ")}`)
  const all = ["--version", "--help", ...every.flatMap((name) => lines[name] ?? [name])]
  const wanted = all.filter((line) => values.only === undefined || line.includes(values.only))

  for (const [index, node] of nodes.entries()) {
    const version = execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).trim()
    for (const environment of environments) {
      if (environment.skip !== undefined) {
        console.log(`skipped  ${environment.name}: ${environment.skip}`)
        continue
      }
      const begun = performance.now()
      const before = failed
      const queue = [...wanted]
      const worker = async () => {
        for (let line = queue.shift(); line !== undefined; line = queue.shift()) {
          const home = environment.home(() => {
            const copy = join(folder, "homes", `${index}-${crypto.randomUUID()}`)
            cpSync(model, copy, { recursive: true })
            if (environment.asNobody === true) spawnSync("chown", ["-R", "65534:65534", copy])
            return copy
          })
          const ended = await run(node, line, environment, home)
          runs++
          const wrongs = judge(line, ended, secrets)
          if (wrongs.length === 0) continue
          failed++
          console.log(`FAILED  ${environment.name}, Node ${version}: webqq-login ${line}: ${wrongs.join(", ")}`)
          console.log(`        ${(ended.stderr + ended.stdout).slice(0, 1000).replaceAll("\n", "\n        ")}`)
        }
      }
      await Promise.all([worker(), worker()])
      const seconds = ((performance.now() - begun) / 1000).toFixed(1)
      console.log(
        `${failed === before ? "ok    " : "FAILED"}  ${environment.name}, Node ${version}: ${wanted.length} lines in ${seconds} s`
      )
    }
  }
  console.log(`${runs} runs of ${every.length} commands in ${environments.length} environments, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
