/**
 * Programs of others that read a cookies.txt, as this machine has them: what each would send to an address.
 */
import { execFile, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import { listen } from "../../src/loopback/listen.ts"

export interface Reader {
  readonly name: string
  readonly isHere: boolean
  /** Whether it takes a line that begins with `#HttpOnly_` for a cookie, not for a remark. */
  readonly httpOnly: boolean
  /** Whether it tells what it would send by https; else it asks a server that has no certificate. */
  readonly httpsToo: boolean
  /** The cookies that it sends to each address, as `name=value`. */
  readonly sends: (jar: string, urls: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<ReadonlyArray<string>>>
}

const inFile = <A>(jar: string, use: (path: string) => Effect.Effect<A>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const folder = mkdtempSync(join(tmpdir(), "webqq-test-"))
      writeFileSync(join(folder, "cookies.txt"), jar, { mode: 0o600 })
      return folder
    }),
    (folder) => use(join(folder, "cookies.txt")),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )

const pairs = (header: string) => header.trim().split("; ").filter(Boolean)

const runs = (file: string, args: ReadonlyArray<string>) =>
  Effect.map(
    Effect.promise(() => promisify(execFile)(file, args)),
    ({ stderr, stdout }) => {
      if (stderr !== "") throw new Error(stderr)
      return stdout
    }
  )

const answers = (file: string, ...args: ReadonlyArray<string>) => spawnSync(file, args).status === 0

/** A script that makes `jar` of the file that is its first argument, and says what it sends to each of the others. */
const inPython = (python: string, makes: ReadonlyArray<string>): Reader["sends"] => {
  const script = [
    "import sys, time, urllib.request",
    // The sessions of the tests are of 2018.
    "time.time = lambda: 1542700800",
    ...makes,
    "for url in sys.argv[2:]:",
    "  request = urllib.request.Request(url)",
    "  jar.add_cookie_header(request)",
    "  print(request.get_header('Cookie', ''))"
  ].join("\n")
  return (jar, urls) =>
    inFile(jar, (path) =>
      Effect.map(runs(python, ["-c", script, path, ...urls]), (lines) => lines.split("\n").slice(0, -1).map(pairs))
    )
}

const python: Reader = {
  name: "Python's MozillaCookieJar",
  isHere: answers("python3", "--version"),
  httpOnly: true,
  httpsToo: true,
  sends: inPython("python3", [
    "import http.cookiejar",
    "jar = http.cookiejar.MozillaCookieJar()",
    "jar.load(sys.argv[1])"
  ])
}

/** The Python that yt-dlp itself is run by: it need not be the one that is called python3. */
const ofYtDlp = (): string => {
  const { stdout } = spawnSync("sh", ["-c", "command -v yt-dlp"], { encoding: "utf8" })
  const first = stdout === "" ? "" : readFileSync(stdout.trim(), "latin1").split("\n", 1)[0]!
  return /^#!(?:\/usr\/bin\/env )?(\S*python[\d.]*)$/.exec(first)?.[1] ?? ""
}

const pythonOfYtDlp = ofYtDlp()

const ytDlp: Reader = {
  name: "yt-dlp",
  isHere: pythonOfYtDlp !== "" && answers(pythonOfYtDlp, "-c", "import yt_dlp"),
  httpOnly: true,
  httpsToo: true,
  // As `yt-dlp --cookies FILE` does.
  sends: inPython(pythonOfYtDlp, [
    "from yt_dlp import YoutubeDL",
    "jar = YoutubeDL({'cookiefile': sys.argv[1], 'quiet': True}).cookiejar"
  ])
}

/** Asks a server that says which cookies came, which stands in the place of a proxy. */
const asking = (command: (path: string, port: number, url: string) => readonly [string, ...ReadonlyArray<string>]) =>
  ((jar, urls) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { port } = yield* listen(async (request, response) => void response.end(request.headers.cookie ?? ""), 0)
        return yield* inFile(jar, (path) =>
          Effect.forEach(urls, (url) => {
            const [file, ...args] = command(path, port, url)
            return Effect.map(runs(file, args), pairs)
          })
        )
      })
    )) satisfies Reader["sends"]

const wget: Reader = {
  name: "wget",
  isHere: answers("wget", "--version"),
  httpOnly: false,
  httpsToo: false,
  sends: asking((path, port, url) => {
    const proxy = ["-e", "use_proxy=yes", "-e", `http_proxy=http://127.0.0.1:${port}/`]
    return ["wget", "-q", "-O", "-", "--tries", "1", "--timeout", "5", "--load-cookies", path, ...proxy, url]
  })
}

const curl: Reader = {
  name: "curl",
  isHere: answers("curl", "--version"),
  httpOnly: true,
  httpsToo: false,
  sends: asking((path, port, url) => ["curl", "-sS", "--max-time", "5", "-x", `127.0.0.1:${port}`, "-b", path, url])
}

export const readers: ReadonlyArray<Reader> = [python, ytDlp, wget, curl]
