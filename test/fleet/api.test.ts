import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { get } from "node:http"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { toJson } from "webqq-login/Session"
import { limits } from "../../src/fleet/node/machine.ts"
import { serve } from "../../src/fleet/node/serve.ts"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { newKey } from "../../src/fleet/Keyring.ts"
import { withSessions } from "../cli/inProcess.ts"
import * as Site from "webqq-login/Site"
import * as FleetServer from "../support/fleetServer.ts"
import { freePort, servedFleet } from "../support/servedFleet.ts"

/** A fleet as a person starts it, but that Tencent's servers are in memory. */
const folder = join(mkdtempSync(join(tmpdir(), "webqq-fleet-")), "fleet")
const server = FleetServer.make()
let fleet: Awaited<ReturnType<typeof servedFleet>>
let base = ""
const token = (scope: "read" | "secrets") => readFileSync(join(folder, `${scope}.token`), "utf8").trim()

beforeAll(async () => {
  fleet = await servedFleet(folder, server)
  base = `http://127.0.0.1:${fleet.port}`
  const sessions = { alice: 10_001, bob: 10_002 }
  for (const [profile, uin] of Object.entries(sessions)) {
    const body = JSON.stringify({ site: "qzone", session: toJson(FleetServer.sessionFor(uin)) })
    const { status } = await send({ method: "PUT", path: `/accounts/${profile}`, body })
    assert.strictEqual(status, 200)
  }
})
afterAll(async () => {
  assert.isUndefined(await fleet.stop())
  rmSync(join(folder, ".."), { recursive: true })
})

interface Sent {
  readonly method?: string
  readonly path: string
  readonly body?: string
  readonly headers?: ReadonlyArray<readonly [string, string]>
  /** Nothing: the token that may do all. */
  readonly token?: string | undefined
}

/** A request letter by letter, since clients correct what is sent here. */
const send = (sent: Sent) =>
  new Promise<{ readonly status: number; readonly headers: string; readonly body: string }>((resolve, reject) => {
    const { body = "", headers = [], method = "GET", path } = sent
    const bearer = "token" in sent ? sent.token : token("secrets")
    const own = new Set(headers.map(([name]) => name.toLowerCase()))
    const lines = [
      `${method} ${path} HTTP/1.1`,
      ...(own.has("host") ? [] : [`Host: ${new URL(base).host}`]),
      ...(bearer === undefined ? [] : [`Authorization: Bearer ${bearer}`]),
      ...(body === "" || own.has("content-length") || own.has("transfer-encoding")
        ? []
        : [`Content-Length: ${Buffer.byteLength(body)}`]),
      ...(body === "" ? [] : ["Content-Type: application/json"]),
      ...headers.map(([name, value]) => `${name}: ${value}`),
      "Connection: close"
    ]
    const socket = connect(Number(new URL(base).port), "127.0.0.1")
    let text = ""
    socket.on("data", (data) => (text += String(data)))
    socket.on("error", reject)
    socket.on("close", () => {
      const [head = "", ...rest] = text.split("\r\n\r\n")
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), headers: head, body: rest.join("\r\n\r\n") })
    })
    socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`)
  })

const cookies = "/accounts/alice/cookies?url=https%3A%2F%2Fuser.qzone.qq.com%2F"

describe("what a fleet makes for itself", () => {
  it("is closed to others, and told by its path alone", () => {
    for (const name of ["fleet.db", "fleet.key", "fleet.lock", "read.token", "secrets.token"]) {
      assert.strictEqual(statSync(join(folder, name)).mode & 0o777, 0o600, name)
      if (name.endsWith(".key") || name.endsWith(".token")) {
        assert.isTrue(fleet.said.some((line) => line.includes(join(folder, name))))
        assert.isFalse(fleet.said.some((line) => line.includes(readFileSync(join(folder, name), "utf8").trim())))
      }
    }
  })

  it("is taken by one process at a time", async () => {
    const listen = { host: "127.0.0.1", port: await freePort() }
    const failed = await serve(
      { folder, listen, tokenFiles: {}, pace: {}, tell: () => {} },
      new AbortController().signal
    )
    assert.deepInclude(failed, { exitCode: 9 })
    assert.include(failed?.said.en, "another fleet serve has")
  })

  // Windows has no such rights.
  it.skipIf(process.platform === "win32")(
    "is not put where others have something else, which would be closed to them",
    async () => {
      const shared = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
      writeFileSync(join(shared, "of somebody else"), "")
      chmodSync(shared, 0o755)
      const listen = { host: "127.0.0.1", port: await freePort() }
      const settings = { folder: shared, listen, tokenFiles: {}, pace: {}, tell: () => {} }
      const failed = await serve(settings, new AbortController().signal)
      assert.include(failed?.said.en, "holds other things")
      assert.strictEqual(statSync(shared).mode & 0o777, 0o755)
      rmSync(shared, { recursive: true })
    }
  )

  it("is not made where others may ask: without tokens it does not start there", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
    const listen = { host: "0.0.0.0", port: await freePort() }
    const settings = { folder: elsewhere, listen, tokenFiles: {}, pace: {}, tell: () => {} }
    const failed = await serve(settings, new AbortController().signal)
    assert.include(failed?.said.en, "there is nothing in")
    rmSync(elsewhere, { recursive: true })
  })
})

describe("what a fleet is given", () => {
  it("may be a link to a file of somebody else, as Kubernetes hands out secrets", async () => {
    const mounted = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
    mkdirSync(join(mounted, "..data"))
    const files = {
      "fleet.key": Redacted.value(await Effect.runPromise(newKey)),
      read: "r".repeat(40),
      all: "a".repeat(40)
    }
    for (const [name, text] of Object.entries(files)) {
      const real = join(mounted, "..data", name)
      writeFileSync(real, `${text}\n`)
      symlinkSync(join("..data", name), join(mounted, name))
      if (process.geteuid?.() === 0) chownSync(real, 12_345, 12_345)
    }
    const [keyFile, read, secrets] = Object.keys(files).map((name) => join(mounted, name))
    const given = await servedFleet(join(mounted, "own"), server, {
      keyFile,
      tokenFiles: { read, secrets },
      hosts: ["fleet"]
    })
    const status = (host: string, token: string) =>
      new Promise<number>((resolve, reject) => {
        const headers = { host, authorization: `Bearer ${token}` }
        get({ host: "127.0.0.1", port: given.port, path: "/counts", headers }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        }).on("error", reject)
      })
    assert.deepStrictEqual(
      await Promise.all([status("fleet:7070", files.read), status("fleet", files.all)]),
      [200, 200]
    )
    assert.deepStrictEqual(await Promise.all([status("other", files.all), status("fleet", "x".repeat(40))]), [421, 401])
    assert.isUndefined(await given.stop())
    rmSync(mounted, { recursive: true })
  })

  it("cannot be a folder, nor what holds no token", async () => {
    const settings = { folder: join(folder, "other"), listen: { host: "127.0.0.1", port: 1 }, pace: {}, tell: () => {} }
    const started = (read: string) => serve({ ...settings, tokenFiles: { read } }, new AbortController().signal)
    assert.deepInclude(await started(folder), { exitCode: 9 })
    assert.include((await started(folder))?.said.en, "it is a folder")
    assert.include((await started(join(folder, "fleet.lock")))?.said.en, "there is nothing in")
  })
})

describe("the API", () => {
  it("gives the cookies that an address gets, and does not keep them", async () => {
    const { body, headers, status } = await send({ path: cookies })
    assert.strictEqual(status, 200)
    assert.include(JSON.parse(body).cookie, "p_skey=CANARY-p_skey-0")
    assert.match(headers, /cache-control: no-store/i)
    const elsewhere = await send({ path: "/accounts/alice/cookies?url=https://example.com/" })
    assert.strictEqual(JSON.parse(elsewhere.body).cookie, "")
  })

  it("sends whoever asks for cookies that only a scan can bring to a link, and that link to a page", async () => {
    await send({ method: "PUT", path: "/accounts/carol", body: `{"site":"qzone"}` })
    const { body, status } = await send({ path: cookies.replace("alice", "carol") })
    assert.strictEqual(status, 409)
    const { pathname } = new URL(JSON.parse(body).link)
    const page = await send({ path: pathname, token: undefined })
    assert.strictEqual(page.status, 200)
    assert.match(page.headers, /content-security-policy: default-src 'none'/i)
    assert.notInclude(page.body, "carol")
    // The login of the page went its way, and the link has served.
    server.state.scanned = 10_003
    for (let state = ""; state !== "good";) state = JSON.parse((await send({ path: "/accounts/carol" })).body).state
    const again = JSON.parse((await send({ method: "POST", path: "/accounts/carol/link" })).body).link
    assert.notStrictEqual(again.split("~")[2], pathname.split("~")[2])
    assert.strictEqual((await send({ path: cookies.replace("alice", "carol") })).status, 200)
  }, 20_000)

  it("says when to ask again where nobody can tell", async () => {
    server.state.behaviourOf = (uin) => (uin === 10_002 ? { check: "down", renewal: "down" } : {})
    for (let i = 0; i < 3; i++) await send({ method: "POST", path: "/accounts/bob/ensure", body: `{"how":"check"}` })
    const { headers, status } = await send({ path: cookies.replace("alice", "bob") })
    assert.strictEqual(status, 503)
    assert.match(headers, /retry-after: \d+/i)
  }, 20_000)

  it("shows statuses, counts, metrics and its own description to whoever may read, and no secret in them", async () => {
    for (const path of ["/accounts", "/accounts/alice", "/counts", "/metrics", "/openapi.json"]) {
      const { body, status } = await send({ path, token: token("read") })
      assert.strictEqual(status, 200, path)
      assert.notInclude(body, "CANARY")
    }
    const { body } = await send({ path: "/metrics" })
    assert.match(body, /webqq_fleet_accounts\{state="good"\} \d/)
  })

  it("says at once where its events are, then each second that it is there, and goes on from there, also for who has heard of later ones in another database", async () => {
    const end = new AbortController()
    const listeners = await Promise.all(
      [undefined, "1", "987654321"].map(async (id) => {
        const { body, headers } = await fetch(`${base}/events`, {
          headers: { authorization: `Bearer ${token("read")}`, ...(id === undefined ? {} : { "last-event-id": id }) },
          signal: end.signal
        })
        assert.strictEqual(headers.get("x-accel-buffering"), "no")
        const heard = body!.pipeThrough(new TextDecoderStream()).getReader()
        const [, from] = /^id: (\d+)\n\n/.exec((await heard.read()).value ?? "") ?? []
        if (id === "1") assert.strictEqual(from, id)
        else assert.isBelow(Number(from), 1000)
        return heard
      })
    )
    // A sign of life while nothing happens, or whoever listens would take it for dead.
    for (const heard of listeners) {
      let text = ""
      while (!/^:\n\n/m.test(text)) text += (await heard.read()).value ?? ""
    }
    await send({ method: "POST", path: "/accounts/alice/pause" })
    for (const heard of listeners) {
      let text = ""
      while (!text.includes('"tag":"paused"')) text += (await heard.read()).value ?? ""
      assert.match(text, /^id: \d+\n(?:event: message\n)?data: \{"id":\d+,/m)
    }
    end.abort()
    await send({ method: "POST", path: "/accounts/alice/resume" })
  })

  it("takes in an account of somebody's own site with its session, which describes it, and not without", async () => {
    const { site: _, ...rest } = toJson(FleetServer.sessionFor(10_003))
    const own = { ...Site.find("qzone")!, name: "mine" }
    const put = (site: string, session?: unknown) =>
      send({ method: "PUT", path: "/accounts/own", body: JSON.stringify({ site, session }) })
    assert.strictEqual((await put("mine")).status, 422)
    assert.strictEqual((await put("mine", { ...rest, site: "mine" })).status, 422)
    // Under the name of a site that everybody knows, or with cookies of others.
    assert.strictEqual((await put("qzone", { ...rest, site: "qzone", ownSite: { ...own, name: "qzone" } })).status, 400)
    assert.strictEqual((await put("mine", { ...rest, site: "mine", ownSite: { ...own, name: "other" } })).status, 400)
    const elsewhere = { ...rest, site: "mine", ownSite: { ...own, target: "a.example", cookieDomains: ["a.example"] } }
    assert.strictEqual((await put("mine", elsewhere)).status, 400)
    const taken = await put("mine", { ...rest, site: "mine", ownSite: own })
    assert.strictEqual(taken.status, 200, taken.body)
    assert.deepInclude(JSON.parse((await send({ path: "/accounts/own" })).body), { site: "mine" })
    assert.strictEqual((await send({ method: "DELETE", path: "/accounts/own" })).status, 204)
  })

  it("tells its health to anybody", async () => {
    assert.deepInclude(await send({ path: "/health", token: undefined }), { status: 200, body: `{"ok":true}` })
  })
})

const link = (change: (link: string) => string) => async () => {
  const { body } = await send({ method: "POST", path: "/accounts/alice/link" })
  return { path: change(new URL(JSON.parse(body).link).pathname), token: undefined }
}

/** What is sent, and the only answers that it may get. */
const forged: ReadonlyArray<
  readonly [name: string, sent: Sent | (() => Promise<Sent> | Sent), statuses: ReadonlyArray<number>]
> = [
  ["no token", { path: "/accounts", token: undefined }, [401]],
  ["no token, an account that is there", { path: "/accounts/alice", token: undefined }, [401]],
  ["no token, an account that is not", { path: "/accounts/nobody", token: undefined }, [401]],
  ["no token, a path that is not", { path: "/nothing", token: undefined }, [401]],
  ["no token, the description", { path: "/openapi.json", token: undefined }, [401]],
  ["no token, the metrics", { path: "/metrics", token: undefined }, [401]],
  ["no token, cookies", { path: cookies, token: undefined }, [401]],
  ["no token, forgetting", { method: "DELETE", path: "/accounts/alice", token: undefined }, [401]],
  ["an empty token", { path: "/accounts", token: "" }, [401]],
  ["another token", { path: "/accounts", token: "x".repeat(43) }, [401]],
  ["a part of the token", () => ({ path: "/accounts", token: token("secrets").slice(0, -1) }), [401]],
  ["the token and more", () => ({ path: "/accounts", token: `${token("secrets")}x` }), [401]],
  ["a token of a megabyte", { path: "/accounts", token: "x".repeat(1_000_000) }, [431]],
  [
    "a token as Basic",
    () => ({ path: "/accounts", token: undefined, headers: [["Authorization", `Basic ${token("secrets")}`]] }),
    [401]
  ],
  ["a token in the address", () => ({ path: `/accounts?token=${token("secrets")}`, token: undefined }), [401]],
  [
    "a token in a cookie",
    () => ({ path: "/accounts", token: undefined, headers: [["Cookie", `token=${token("secrets")}`]] }),
    [401]
  ],
  ["the reading token for cookies", () => ({ path: cookies, token: token("read") }), [403]],
  [
    "the reading token for an account that is not",
    () => ({ path: "/accounts/nobody/cookies?url=https://a.qq.com/", token: token("read") }),
    [403]
  ],
  [
    "the reading token for forgetting",
    () => ({ method: "DELETE", path: "/accounts/alice", token: token("read") }),
    [403]
  ],
  ["the reading token for a login", () => ({ path: "/accounts/alice/login", token: token("read") }), [403]],
  [
    "the reading token for a link",
    () => ({ method: "POST", path: "/accounts/alice/link", token: token("read") }),
    [403]
  ],
  ["the reading token for new keys", () => ({ method: "POST", path: "/keys/rotate", token: token("read") }), [403]],
  [
    "the reading token for an import",
    () => ({ method: "PUT", path: "/accounts/dave", body: `{"site":"qzone"}`, token: token("read") }),
    [403]
  ],
  ["a name that was pointed here", { path: "/accounts", headers: [["Host", "evil.example"]] }, [421]],
  [
    "two names",
    {
      path: "/accounts",
      headers: [
        ["Host", "127.0.0.1"],
        ["Host", "evil.example"]
      ]
    },
    [400, 421]
  ],
  ["no name", { path: "/accounts", headers: [["Host", ""]] }, [400, 421]],
  ["a page elsewhere", { path: "/accounts", headers: [["Origin", "https://evil.example"]] }, [421]],
  ["a page that hides where it is", { path: "/accounts", headers: [["Origin", "null"]] }, [421]],
  ["a picture in a page elsewhere", { path: "/accounts", headers: [["Sec-Fetch-Site", "cross-site"]] }, [421]],
  [
    "a page that asks whether it may",
    {
      method: "OPTIONS",
      path: "/accounts",
      headers: [
        ["Origin", "https://evil.example"],
        ["Access-Control-Request-Method", "GET"]
      ]
    },
    [421]
  ],
  ["a path with dots", { path: "/accounts/../accounts/alice" }, [400]],
  ["a path with hidden dots", { path: "/accounts/%2e%2e/alice" }, [400]],
  ["a path with a hidden slash", { path: "/accounts/alice%2fcookies" }, [400]],
  ["a path with two slashes", { path: "//accounts/alice" }, [400]],
  ["a path with a backslash", { path: "/accounts\\alice" }, [400]],
  ["a path with nothing in it", { path: "/accounts/alice%00" }, [400]],
  ["a whole address for a path", { path: "http://evil.example/accounts" }, [400, 421]],
  ["an open path with more behind it", { path: "/health/../accounts", token: undefined }, [400]],
  ["a path like an open one", { path: "/healthy", token: undefined }, [401]],
  ["an address of ten thousand letters", { path: `/accounts?search=${"x".repeat(10_000)}` }, [414]],
  ["ten megabytes", { method: "PUT", path: "/accounts/dave", body: `{"site":"${"x".repeat(10_000_000)}"}` }, [413]],
  [
    "ten megabytes that are not announced",
    {
      method: "PUT",
      path: "/accounts/dave",
      headers: [["Transfer-Encoding", "chunked"]],
      body: `989680\r\n${"x".repeat(10_000_000)}\r\n0\r\n\r\n`
    },
    [400, 413]
  ],
  [
    "two megabytes that are not announced, and are JSON",
    {
      method: "PUT",
      path: "/accounts/dave",
      headers: [["Transfer-Encoding", "chunked"]],
      body: `1e8480\r\n${`{"site":"evil","x":"`.padEnd(1_999_998, "x")}"}\r\n0\r\n\r\n`
    },
    [400, 413]
  ],
  [
    "a page that another program of this machine serves",
    { path: "/accounts", headers: [["Origin", "http://127.0.0.1:9"]] },
    [421]
  ],
  [
    "what such a page fetches without saying so",
    { path: "/accounts", headers: [["Sec-Fetch-Site", "same-site"]] },
    [421]
  ],
  [
    "two lengths",
    {
      method: "PUT",
      path: "/accounts/dave",
      body: "{}",
      headers: [
        ["Content-Length", "2"],
        ["Transfer-Encoding", "chunked"]
      ]
    },
    [400]
  ],
  ["a search that no database understands", { path: "/accounts?search=%00" }, [400]],
  ["a site that no database understands", { path: "/accounts?site=a%00" }, [400]],
  ["a body that is no JSON", { method: "PUT", path: "/accounts/dave", body: "{" }, [400]],
  ["a site that is not", { method: "PUT", path: "/accounts/dave", body: `{"site":"evil"}` }, [422]],
  [
    "a session of another site",
    () => ({
      method: "PUT",
      path: "/accounts/dave",
      body: JSON.stringify({ site: "qun", session: toJson(FleetServer.sessionFor(1)) })
    }),
    [422]
  ],
  ["a profile that is a device", { method: "PUT", path: "/accounts/con", body: `{"site":"qzone"}` }, [400]],
  ["cookies for no web page", { path: "/accounts/alice/cookies?url=file:///etc/passwd" }, [422]],
  ["a method that is not", { method: "TRACE", path: "/accounts" }, [404, 405]],
  ["a link with another account in it", link((path) => path.replace("alice", "bob")), [404]],
  ["a link that ends later", link((path) => path.replace(/~[0-9a-z]+~/, "~zzzzzz~")), [404]],
  ["a link with another signature", link((path) => path.replace(/.{32}\/$/, `${"A".repeat(32)}/`)), [404]],
  ["a link without one", { path: "/scan/alice/", token: undefined }, [404]]
]

it.effect("a command lists the accounts, and how they are, in words", () =>
  Effect.gen(function* () {
    const { run } = yield* withSessions({})
    const flags = `--site qzone --fleet ${base} --token-file ${join(folder, "read.token")}`
    const [english, chinese] = [
      yield* run(`fleet list ${flags}`),
      yield* run(`fleet list ${flags}`, { language: "zh" })
    ]
    assert.match(english.stdout, /^profile +site +state .*\nalice +qzone +good /)
    assert.match(chinese.stdout, /^名称 .*\nalice +qzone +正常 /)
  })
)

it.effect("a command takes in all that is saved, and leaves alone what is there already", () =>
  Effect.gen(function* () {
    const { run } = yield* withSessions({
      alice: FleetServer.sessionFor(10_001),
      dora: FleetServer.sessionFor(10_009)
    })
    const flags = `--json --fleet ${base} --token-file ${join(folder, "secrets.token")}`
    const { code, lines } = yield* run(`fleet add --from-store ${flags}`)
    assert.strictEqual(code, 0)
    assert.sameDeepMembers(lines(), [
      { _tag: "AlreadyThere", profile: "alice", site: "qzone" },
      { _tag: "Added", profile: "dora", site: "qzone" }
    ])
    assert.strictEqual((yield* run(`fleet add alice --from-store ${flags}`)).code, 2)
    assert.strictEqual((yield* run(`fleet forget dora ${flags}`)).code, 0)
    const nothing = yield* withSessions({})
    assert.strictEqual((yield* nothing.run(`fleet add --from-store ${flags}`)).code, 4)
  })
)

it.effect("a command says so where its token is that of another fleet", () =>
  Effect.gen(function* () {
    const foreign = join(folder, "..", "foreign.token")
    writeFileSync(foreign, "x".repeat(43))
    const { run } = yield* withSessions({})
    const { code, stderr } = yield* run(`fleet status alice --fleet ${base} --token-file ${foreign}`)
    assert.match(stderr, /^error: the fleet does not know this token\n→ name the file with --token-file/)
    assert.strictEqual(code, 2)
  })
)

describe("a command tells programs why the fleet did not do it, with the exit code of that", () => {
  const failures = [
    ["status nobody", "", "NoAccount", 4],
    ["status alice", "/elsewhere/", "HttpClientError", 7],
    ["login alice", "", "QrRefused", 5]
  ] as const
  it.effect.each(failures)("fleet %s", ([line, where, tag, exitCode]) =>
    Effect.gen(function* () {
      server.state.poll = "refused"
      const { run } = yield* withSessions({})
      const flags = `--json --fleet ${base}${where} --token-file ${join(folder, "secrets.token")}`
      const { code, lines } = yield* run(`fleet ${line} ${flags}`)
      assert.deepInclude(lines().at(-1), { _tag: "Failed", exitCode })
      assert.strictEqual(lines().at(-1).error._tag, tag)
      assert.strictEqual(code, exitCode)
    }).pipe(Effect.ensuring(Effect.sync(() => (server.state.poll = "confirmed"))))
  )
})

describe("a forged or hostile request is refused, and changes nothing", () => {
  const profiles = async () =>
    JSON.parse((await send({ path: "/accounts" })).body).accounts.map(({ profile }: { profile: string }) => profile)

  it.each(forged)("%s", async (_, sent, statuses) => {
    const before = await profiles()
    assert.includeMembers(before, ["alice", "bob"])
    const { body, status } = await send(typeof sent === "function" ? await sent() : sent).catch((cause) => ({
      // What is not read is reset.
      body: String(cause.code),
      status: statuses.includes(413) || statuses.includes(431) ? statuses.at(-1)! : 0
    }))
    assert.include(statuses, status, body.slice(0, 200))
    assert.notInclude(body, "CANARY")
    assert.deepStrictEqual(await profiles(), before)
  })

  it("without a token, nothing tells an account that is there from one that is not", async () => {
    const answers = await Promise.all(
      ["alice", "nobody"].map((name) => send({ path: `/accounts/${name}`, token: undefined }))
    )
    const [one, other] = answers.map(({ body, headers }) => headers.replace(/^date:.*$/im, "") + body)
    assert.strictEqual(one, other)
  })

  it("there are at least forty of them", () => assert.isAtLeast(forged.length, 40))

  it("whoever wants another protocol, is refused and keeps the connection open is let go", async () => {
    const socket = connect({ port: Number(new URL(base).port), host: "127.0.0.1", allowHalfOpen: true })
    const wanted = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
    socket.write(
      `GET /accounts HTTP/1.1\r\nHost: 127.0.0.1\r\n${wanted}\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`
    )
    const text = await new Promise<string>((resolve) => {
      let text = ""
      socket.on("data", (data) => (text += String(data)))
      socket.on("end", () => resolve(text))
    })
    assert.match(text, /^HTTP\/1\.1 401 /)
    // Nobody is at the other end any more: what is written comes back as an error, and else would be taken.
    const gone = new Promise<string>((resolve) => socket.on("error", (error) => resolve(String(error))))
    const writing = setInterval(() => socket.write("more"), 5)
    assert.match(await gone, /EPIPE|ECONNRESET/)
    clearInterval(writing)
  })

  it("a client that is slow to ask keeps nobody waiting", async () => {
    const socket = connect(Number(new URL(base).port), "127.0.0.1")
    socket.write("GET /accounts HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
    assert.strictEqual((await send({ path: "/counts" })).status, 200)
    socket.destroy()
    // And Node sends it away (408) after this.
    assert.deepInclude(limits, { headersTimeout: 10_000, requestTimeout: 20_000 })
  })
})
