/**
 * What the lines of the command alone do not show: programs of others, proxies, files of browsers and stores, pictures.
 */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as CookieFormat from "webqq-login/CookieFormat"
import { fromPng } from "webqq-login/qr/QrPicture"
import { toPng } from "webqq-login/qr/QrPng"
import { readText } from "webqq-login/qr/QrReader"
import { isDark } from "webqq-login/qr/QrMatrix"
import { Authority, Har, ReplayServer, Scenario } from "webqq-login/replay"
import * as Site from "webqq-login/Site"
import * as ScanStatus from "webqq-login/steps/ScanStatus"
import * as Redacted from "effect/Redacted"
import { command } from "../cli/child.ts"
import { anyPng, encode, loginText } from "../qr/samples.ts"
import { type Answer, picture } from "../support/answers.ts"
import { readers } from "../support/cookieReaders.ts"
import { root } from "../support/documents.ts"
import { inLogin } from "../support/inLogin.ts"
import { httpProxy } from "../support/proxies.ts"
import { qzone } from "../support/savedSessions.ts"

const inFolder = <A>(use: (folder: string) => Effect.Effect<A>): Effect.Effect<A> =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-report-"))),
    use,
    (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
  )

const run = (line: string | ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
  Effect.promise(() => command(line, { env }))

/** A picture that can be shown, and its cookie. */
export const shownCode: Answer = { ...picture("Q"), body: toPng(encode(loginText), { scale: 3, quiet: 2 }) }

/** That QQ wants its camera and another screen stands where people look who have only one phone. */
export const documentsSayCamera = Effect.sync(() => {
  for (const [file, says] of [
    ["GUIDE.md", /QQ refuses pictures from the album/],
    ["GUIDE.zh-CN.md", /QQ 会拒绝相册中的图片/],
    ["README.md", /camera wants on another screen/],
    ["README.zh-CN.md", /相机扫描另一块屏幕/],
    ["PROTOCOL.md", /from another screen; pictures from its album are refused/]
  ] as const) {
    assert.match(Fs.readFileSync(root + file, "utf8"), says, file)
  }
})

const names = ({ lines }: { readonly lines: ReadonlyArray<{ readonly _tag: string }> }) => lines.map(({ _tag }) => _tag)

/** A whole login whose names no resolver knows: only the proxy does, and it is told of everything. */
export const byProxy = inFolder((folder) =>
  Effect.scoped(
    Effect.gen(function* () {
      const scenario = yield* Effect.orDie(Scenario.load("qzone"))
      const authority = yield* Authority.make
      const server = yield* ReplayServer.make(scenario, { tls: { authority }, strictness: "server", anyPace: true })
      Fs.writeFileSync(Path.join(folder, "ca.pem"), authority.certificate)
      const ended = yield* run("login --site qzone --qr none --json --no-save --poll-interval 50ms", {
        HTTPS_PROXY: server.origin,
        NODE_EXTRA_CA_CERTS: Path.join(folder, "ca.pem")
      })
      assert.strictEqual(ended.code, 0, ended.stderr)
      assert.strictEqual(names(ended).at(-1), "LoggedIn")
      assert.deepStrictEqual(server.verify(), [])
    })
  )
)

export const proxyRefuses = Effect.scoped(
  Effect.gen(function* () {
    const { asked, port } = yield* httpProxy({ refuse: 403 })
    const ended = yield* run("login --site qzone --qr none --json --no-save", {
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      WEBQQ_RETRIES: "0"
    })
    assert.strictEqual(ended.code, 6)
    const { error } = ended.lines.at(-1) as unknown as { readonly error: Record<string, string> }
    assert.deepInclude(error, { _tag: "HttpFailed", reason: "proxy", host: "ssl.ptlogin2.qq.com" })
    assert.match(error["cure"] ?? "", /HTTPS_PROXY/)
    assert.include(ended.stderr, `this went by the proxy http://127.0.0.1:${port}`)
    assert.deepStrictEqual([...new Set(asked)], ["ssl.ptlogin2.qq.com:443"])
  })
)

const wanted = ["p_skey", "skey", "uin"]

/** What a program sends to Qzone from the cookies.txt of a session; nothing where this machine lacks it. */
const sentBy = (name: RegExp, url: string) =>
  Effect.gen(function* () {
    const jar = CookieFormat.netscape(qzone.cookies.filter(({ name }) => name !== "gone"))
    return yield* Effect.forEach(
      readers.filter((reader) => reader.isHere && name.test(reader.name)),
      (reader) =>
        Effect.map(
          reader.sends(jar, [url]),
          ([sent = []]) => [reader.name, sent.map((pair) => pair.split("=")[0])] as const
        )
    )
  })

export const sessionCookies = Effect.gen(function* () {
  for (const [name, sent] of yield* sentBy(/Python|yt-dlp/, "https://user.qzone.qq.com/"))
    assert.includeMembers(sent, wanted, name)
})

export const wget = Effect.gen(function* () {
  for (const [, sent] of yield* sentBy(/wget/, "http://user.qzone.qq.com/")) {
    // By http, p_skey is not sent by anybody: it is Secure.
    assert.includeMembers(sent, ["skey", "uin"])
    assert.notInclude(sent, "host")
  }
})

const poll = (body: string | Uint8Array, headers: Answer["headers"] = []) =>
  inLogin([{ body, headers }])
    .run(ScanStatus.poll(Site.qzone, Redacted.make("Q")))
    .pipe(Effect.orDie)

const bytes = (before: string, middle: ReadonlyArray<number>, after: string) =>
  new Uint8Array([...Buffer.from(before), ...middle, ...Buffer.from(after)])

const url = "https://ptlogin2.qzone.qq.com/check_sig?ptsigx=T"

export const nicknameInBytes = Effect.gen(function* () {
  const answer = bytes(`ptuiCB('0','0','${url}','0','登录成功！', 'a`, [0xff, 0xc4, 0xe3], `b');`)
  for (const headers of [[], [["content-type", "text/html; charset=gbk"]]] as const) {
    const status = yield* poll(answer, headers)
    assert.deepInclude({ ...status }, { _tag: "Confirmed" })
    assert.match(status._tag === "Confirmed" ? status.nickname : "", /^a\ufffd+b$/)
  }
})

const har = (change: (text: string) => string) =>
  Effect.map(
    Effect.flatMap(Effect.orDie(Scenario.load("qzone")), (scenario) => Effect.orDie(Har.toHar(scenario))),
    (value) => change(JSON.stringify(value))
  )

const importing = (text: string) =>
  inFolder((folder) => {
    const file = Path.join(folder, "a.har")
    Fs.writeFileSync(file, text)
    return run(["fixtures", "import-har", file, "--site", "qzone", "--out", Path.join(folder, "new")], { LC_ALL: "C" })
  })

export const sanitizedHar = Effect.gen(function* () {
  const ended = yield* importing(yield* har((text) => text.replaceAll("Set-Cookie", "X-Removed")))
  assert.strictEqual(ended.code, 2)
  assert.match(
    ended.stderr,
    /no answer of the login in this file sets a cookie.*\n→ export it again with sensitive data/
  )
})

export const browserOfToday = Effect.gen(function* () {
  const more =
    "login_sig=tKv6mZq83LwXr0NhYp2BsJd7UcFe4GaQi9oVxM&o1vId=0123456789abcdef0123456789abcdef&pt_js_version=c1987b96"
  const ended = yield* importing(
    yield* har((text) =>
      text
        .replaceAll("https://ssl.ptlogin2.qq.com/ptqr", "https://xui.ptlogin2.qq.com/ssl/ptqr")
        .replaceAll(/(ptqrlogin\?)/g, `$1${more}&`)
    )
  )
  assert.strictEqual(ended.code, 0, ended.stderr)
  assert.match(ended.stderr, /made .*, without its secrets/)
})

export const brokenFiles = inFolder((folder) =>
  Effect.gen(function* () {
    const env = { XDG_STATE_HOME: folder, LC_ALL: "C" }
    const place = Path.join(folder, "webqq-login", "sessions")
    const whole = "qzone-of-0.1.0"
    const broken = { empty: "", zeroes: "\0".repeat(4096) }
    Fs.mkdirSync(place, { recursive: true, mode: 0o700 })
    for (const [profile, text] of Object.entries({ ...broken, [whole]: Fs.readFileSync(kept(whole), "utf8") })) {
      Fs.writeFileSync(Path.join(place, `${profile}.json`), text, { mode: 0o600 })
    }
    const status = yield* run("status --offline", env)
    for (const profile of Object.keys(broken)) {
      assert.include(status.stderr, `${profile}.json could not be used`)
      const token = yield* run(`token gtk --profile ${profile}`, env)
      assert.strictEqual(token.code, 9, token.stderr)
      assert.match(token.stderr, /repair it or move it away, then log in again; it was left as it is/)
      assert.strictEqual((yield* run(`logout --profile ${profile}`, env)).code, 0)
    }
    assert.strictEqual((yield* run("status --offline", env)).stderr.includes("could not be used"), false)
    assert.match((yield* run(`token gtk --profile ${whole}`, env)).stdout, /^\d+\n$/)
  })
)

const kept = (name: string) => Path.join(root, `test/support/kept/0.1.0/${name}.json`)

export const pictures = Effect.sync(() => {
  const layouts = [
    [4, { scale: 5, quiet: 0 }],
    [5, { scale: 3, quiet: 2 }],
    [7, { scale: 8, quiet: 0 }]
  ] as const
  for (const [version, layout] of layouts) {
    const matrix = Result.getOrThrow(fromPng(toPng(encode(loginText, version), layout)))
    assert.deepStrictEqual(readText(matrix), Option.some(loginText))
  }
  const matrix = encode(loginText)
  for (const [colour, rest] of [
    [0, []],
    [2, [1, 1]],
    [6, [1, 1, 255]]
  ] as const) {
    const samplesOf = (row: number, column: number) => {
      const shade = isDark(matrix, Math.floor(row / 3), Math.floor(column / 3)) ? 0 : 255
      return [shade, ...rest.map((channel) => (channel === 1 ? shade : channel))]
    }
    const { png } = anyPng({ side: matrix.size * 3, depth: 8, colour, samplesOf })
    assert.deepStrictEqual(readText(Result.getOrThrow(fromPng(png))), Option.some(loginText), `colour type ${colour}`)
  }
})
