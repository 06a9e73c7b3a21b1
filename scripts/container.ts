/**
 * What the Dockerfile says, done in a clean folder without Docker: `npm run container`. The files of the checkout are copied, each RUN is
 * run, with the folder in the place of `/`, and the Node of this checkout in that of the base image; then the lines of the guide's recipe
 * are run as the image's user, with a recorded login behind them: the page has to answer, and the next container finds the session.
 * Needs Linux and root, to become that user.
 */
import { execFileSync, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, matchesGlob } from "node:path"
import { commandsOf, fencesOf, root } from "../test/support/documents.ts"

const folder = mkdtempSync(join(tmpdir(), "webqq-login-container-"))
chmodSync(folder, 0o755)

const check = (fine: boolean, complaint: string) => {
  if (!fine) throw new Error(complaint)
}

/** One FROM: what is `/` there, and what its instructions have set. */
interface Stage {
  readonly root: string
  workdir: string
  env: Record<string, string>
  user: string
  entrypoint: ReadonlyArray<string>
}

const stages: Array<Stage> = []
const names = new Map<string, Stage>()

/** Paths of the image become paths of its folder. */
const inside = (stage: Stage, text: string) => text.replace(/(?<=^|\s)\/(?=\w)/g, `${stage.root}/`)

const environment = (stage: Stage) => ({
  PATH: [join(stage.root, "usr/local/bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter),
  HOME: join(stage.root, "home/node"),
  npm_config_prefix: join(stage.root, "usr/local"),
  ...Object.fromEntries(Object.entries(stage.env).map(([name, value]) => [name, inside(stage, value)]))
})

const copy = (stage: Stage, text: string) => {
  const [, from, source = "", target = ""] = /^(?:--from=(\S+) )?(\S+) (\S+)$/.exec(text) ?? []
  if (from === undefined) {
    check(source === "." && target === ".", `COPY ${text}: only the whole checkout is copied`)
    const ignored = readFileSync(`${root}.dockerignore`, "utf8").trim().split("\n")
    const all = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" })
    for (const file of all.trim().split("\n")) {
      const isLeftOut = ignored.some((line) => file.startsWith(`${line}/`) || matchesGlob(file, line))
      if (!isLeftOut) cpSync(join(root, file), join(stage.workdir, file))
    }
    return
  }
  const earlier = names.get(from)
  const found = globSync(inside(earlier!, source))
  check(found.length > 0, `COPY ${text}: there is nothing`)
  for (const file of found) cpSync(file, join(inside(stage, target), file.slice(dirname(file).length)))
}

const build = (instructions: ReadonlyArray<string>) => {
  for (const line of instructions) {
    const [, what = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    const stage = stages.at(-1)!
    console.log(line)
    switch (what) {
      case "FROM": {
        const here = join(folder, String(stages.length))
        for (const path of ["tmp", "home/node", "usr/local"]) mkdirSync(join(here, path), { recursive: true })
        const next: Stage = { root: here, workdir: here, env: {}, user: "0:0", entrypoint: [] }
        stages.push(next)
        names.set(/ AS (\S+)$/.exec(rest)?.[1] ?? "", next)
        // In the base image, they belong to its user.
        execFileSync("chown", ["1000:1000", join(here, "home/node")])
        chmodSync(join(here, "tmp"), 0o1777)
        break
      }
      case "WORKDIR":
        stage.workdir = inside(stage, rest)
        mkdirSync(stage.workdir, { recursive: true })
        break
      case "COPY":
        copy(stage, rest)
        break
      case "RUN":
        execFileSync("sh", ["-ec", inside(stage, rest)], {
          cwd: stage.workdir,
          // How to reach a registry is this machine's.
          env: { ...process.env, ...environment(stage), HOME: process.env["HOME"] },
          stdio: ["ignore", "ignore", "inherit"]
        })
        break
      case "ENV": {
        const [name = "", value = ""] = rest.split("=")
        stage.env = { ...stage.env, [name]: value }
        break
      }
      case "USER":
        stage.user = rest
        break
      case "ENTRYPOINT":
        stage.entrypoint = JSON.parse(rest)
        break
      default:
        check(what === "VOLUME" || what === "EXPOSE", `${line}: nothing is known of this instruction`)
    }
  }
}

/** Both streams, and the exit code. `watch` is called with what was said so far. */
const run = (stage: Stage, args: ReadonlyArray<string>, watch: (said: string) => void = () => {}) =>
  new Promise<{ readonly code: number | null; readonly said: string }>((resolve) => {
    const [uid = "", gid = ""] = stage.user.split(":")
    const as = ["--reuid", uid, "--regid", gid, "--clear-groups", "--", ...stage.entrypoint, ...args]
    const child = spawn("setpriv", as, {
      cwd: stage.workdir,
      env: environment(stage),
      stdio: ["ignore", "pipe", "pipe"]
    })
    let said = ""
    const hear = (data: unknown) => watch((said += String(data)))
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    child.on("close", (code) => resolve({ code, said }))
  })

/** What stands behind the name of the image in a `docker run` of the guide, and the port that is given to the outside. */
const recipe = () =>
  fencesOf("GUIDE.md")
    .filter(({ language }) => language === "sh container")
    .flatMap(commandsOf)
    .flatMap((line) => {
      const [, options = "", args = ""] = /^docker run (.*?) webqq-login(?: (.*))?$/.exec(line) ?? []
      if (options === "") return []
      check(/ -v \S+:\/state\b/.test(` ${options}`), `${line}: nothing is kept`)
      return [{ args: args.split(" "), outside: / -p 127\.0\.0\.1:(\d+):(\d+)\b/.exec(` ${options}`) }]
    })

const play = async (stage: Stage) => {
  for (const { args, outside } of recipe()) {
    const isLogin = args[0] === "login"
    // There is no phone here: a recording answers, and nobody asks its site. The page is to be seen before it is over.
    const replay = ["--replay", "qzone", "--profile", "me", "--speed", outside === null ? "50" : "3"]
    const more = isLogin ? replay : ["--offline"]
    let page: Promise<string> | undefined
    const { code, said } = await run(stage, [...args, ...more], (said) => {
      const [, path] = /http:\/\/[^/\s]+:8080(\/\S+)/.exec(said) ?? []
      if (outside !== null && path !== undefined) {
        page ??= fetch(`http://127.0.0.1:${outside[2]}${path}`).then(
          async (response) => `${response.status} ${await response.text()}`,
          (cause: unknown) => String(cause)
        )
      }
    })
    console.log(`$ webqq-login ${[...args, ...more].join(" ")}\n${said}`)
    check(code === 0, `ends with ${code}`)
    if (outside !== null) check((await page)?.startsWith("200 <!doctype html>") === true, "the page cannot be reached")
  }
  const [kept] = globSync(join(stage.root, "state/webqq-login/sessions/*.json"))
  check(kept !== undefined, "nothing is kept in the volume")
  const { mode, uid } = statSync(kept!)
  check(
    uid === 1000 && (mode & 0o777) === 0o600,
    `the session belongs to ${uid}, with mode ${(mode & 0o777).toString(8)}`
  )
}

/** The line of a fleet in Kubernetes, with what is mounted there: it gets as far as the database, which nobody has here. */
const playFleet = async (stage: Stage) => {
  const [, line = ""] =
    /^args: \[(.*?)\]$/ms.exec(fencesOf("GUIDE.md").find(({ code }) => code.startsWith("args:"))!.code) ?? []
  const words = line.split(/,\s+/).map((word) => word.replaceAll('"', "").replace("$(POD_IP)", "127.0.0.1"))
  const mounted = join(stage.root, "secrets")
  mkdirSync(join(mounted, "..data"), { recursive: true })
  for (const name of ["fleet.key", "secrets.token", "read.token"]) {
    writeFileSync(join(mounted, "..data", name), `${randomBytes(32).toString("base64")}\n`)
    symlinkSync(join("..data", name), join(mounted, name))
  }
  const WEBQQ_FLEET_DATABASE = "postgres://fleet:nobody@127.0.0.1:9/fleet"
  const { code, said } = await run(
    { ...stage, env: { ...stage.env, WEBQQ_FLEET_DATABASE } },
    words.map((word) => inside(stage, word))
  )
  console.log(`$ webqq-login ${words.join(" ")}\n${said}`)
  check(code === 6 && said.includes("the database cannot be used"), `the fleet ends with ${code}`)
}

try {
  const text = readFileSync(`${root}Dockerfile`, "utf8")
  build(
    text
      .replaceAll("\\\n", " ")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
  )
  const image = stages.at(-1)!
  check(image.user !== "0:0", "the image's user is root")
  await play(image)
  await playFleet(image)
  console.log("ok     the Dockerfile's steps, and the guide's recipe")
} catch (cause) {
  console.log(`FAILED ${cause instanceof Error ? cause.message : String(cause)}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
