import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { X509Certificate } from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { environment, lines } from "../../src/cli/commands/fixtures/clients/ways.ts"
import { command, file } from "./child.ts"

const has = (name: string, ...args: ReadonlyArray<string>) => spawnSync(name, args).status === 0
const namespaces =
  has("unshare", "--mount", "--net", "ip", "link") ||
  has("unshare", "--user", "--map-root-user", "--mount", "--net", "ip", "link")
const programs = [
  ["Python's urllib", "python3", "test/programs/login.py"],
  ["curl", "curl", "test/programs/login.sh"]
] as const
const { PATH = "" } = process.env

/** `serve webqq` with these flags, and a client behind it. */
const serve = (
  flags: ReadonlyArray<string>,
  client: ReadonlyArray<string>,
  options: Parameters<typeof command>[1] = {}
) => command(["fixtures", "serve", "webqq", ...flags, "--", ...client], { ...options, env: { PATH, ...options.env } })

const vfwebqq = JSON.parse(Fs.readFileSync(file("fixtures/webqq/scenario.json"), "utf8")).outcome.session.vfwebqq

describe.concurrent("fixtures serve, for clients with addresses of their own", () => {
  for (const [name, needed, program] of programs) {
    it.skipIf(!has(needed, "--version"))(`${name} logs in through the proxy, unmodified`, async () => {
      const { code, stderr, stdout } = await serve(["--tls"], [program])
      assert.match(stdout, new RegExp(`123456789.*${vfwebqq}|${vfwebqq}.*123456789`), stderr)
      assert.deepStrictEqual([code, stderr.includes(`"webqq" was played `)], [0, true], stderr)
    })

    it.skipIf(!has(needed, "--version") || !namespaces)(`${name} logs in by the real hosts, unmodified`, async () => {
      const { code, stderr, stdout } = await serve(["--tls", "--hosts"], [program])
      assert.match(stdout, new RegExp(`123456789.*${vfwebqq}|${vfwebqq}.*123456789`), stderr)
      assert.deepStrictEqual([code, stderr.includes(`"webqq" was played `)], [0, true], stderr)
    })
  }

  it.skipIf(!has("python3", "--version"))(
    "tells a client that takes an address where that is, as conform does",
    async () => {
      const client = ["python3", file("test/support/client.py"), "{origin}"]
      const { code, stderr, stdout } = await serve(["--any-pace"], client)
      assert.strictEqual(code, 0, stderr)
      assert.include(stdout, vfwebqq)
      assert.match(stderr, /^python: GET https:\/\/ssl\.ptlogin2\.qq\.com\/ptqrshow → 200 ptqrshow$/m)
    }
  )

  it("gives scripts both origins and the certificate, and people a line for each language; then takes the files away", async () => {
    let certificate = ""
    const { code, stderr, stdout } = await command("fixtures serve webqq --tls", {
      watch: (server, out, err) => {
        const [, , pem = ""] = out.split("\n")
        if (!err.includes("Perl: ") || certificate !== "") return
        certificate = Fs.readFileSync(pem, "utf8")
        assert.deepStrictEqual(Fs.readdirSync(Path.dirname(pem)).toSorted(), ["ca.pem", "php", "truststore.jks"])
        assert.strictEqual(Fs.statSync(Path.dirname(pem)).mode & 0o777, 0o700)
        server.kill("SIGTERM")
      }
    })
    assert.strictEqual(code, 1)
    assert.match(
      stdout,
      /^http:\/\/127\.0\.0\.1:(\d+)\nhttps:\/\/127\.0\.0\.1:\d+\n\/.*\/webqq-login-ca-\w+\/ca\.pem\n$/
    )
    assert.isTrue(new X509Certificate(certificate).ca)
    assert.notInclude(certificate, "PRIVATE")
    for (const language of ["Node.js", "Python", "curl", "Java", "Go", "PHP", "Perl"])
      assert.match(stderr, new RegExp(`^${language}: \\w+=\\S*.*$`, "m"))
  })

  it("the client has the variables that it needs, and none that lead elsewhere; stdout is its own", async () => {
    const script = `console.log(JSON.stringify(process.env))`
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    Fs.writeFileSync(Path.join(folder, "env.cjs"), script)
    const { stdout } = await serve([], [process.execPath, `${folder}/env.cjs`], {
      env: { no_proxy: "*", ALL_PROXY: "http://proxy.example:1", HTTPS_PROXY: "http://proxy.example:1", MINE: "kept" }
    })
    Fs.rmSync(folder, { recursive: true })
    const env = JSON.parse(stdout) as Record<string, string>
    const proxy = env["https_proxy"] ?? ""
    assert.match(proxy, /^http:\/\/127\.0\.0\.1:\d+$/)
    assert.deepInclude(env, {
      MINE: "kept",
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      http_proxy: proxy,
      NODE_USE_ENV_PROXY: "1"
    })
    for (const name of ["no_proxy", "ALL_PROXY", "WEBQQ_LOGIN_NAMESPACE"]) assert.notProperty(env, name)
    for (const name of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
      assert.match(env[name] ?? "", /\/ca\.pem$/)
  })

  it.skipIf(!namespaces)(
    "by the real hosts nothing else can be reached, and the usual stores hold our authority alone",
    async () => {
      const bundle = "/etc/ssl/certs/ca-certificates.crt"
      const before = Fs.existsSync(bundle) ? Fs.readFileSync(bundle, "utf8") : undefined
      const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
      Fs.writeFileSync(
        Path.join(folder, "look.mjs"),
        `import { readFileSync, existsSync } from "node:fs"; import { lookup } from "node:dns/promises"
      const { HTTPS_PROXY, https_proxy, SSL_CERT_FILE } = process.env
      const told = (name) => lookup(name).then(({ address }) => address, ({ code }) => code)
      console.log(JSON.stringify({ HTTPS_PROXY, https_proxy, hosts: [await told("ssl.ptlogin2.qq.com"), await told("w.qq.com"), await told("example.com")],
        same: existsSync("${bundle}") ? readFileSync("${bundle}", "utf8") === readFileSync(SSL_CERT_FILE, "utf8") : undefined }))`
      )
      const { stdout } = await serve(["--hosts"], [process.execPath, `${folder}/look.mjs`], {
        env: { HTTPS_PROXY: "http://proxy.example:1" }
      })
      Fs.rmSync(folder, { recursive: true })
      assert.deepStrictEqual(JSON.parse(stdout).hosts.slice(0, 2), ["127.0.0.1", "127.0.0.1"])
      assert.match(JSON.parse(stdout).hosts[2], /^(ENOTFOUND|EAI_AGAIN)$/)
      assert.deepInclude(JSON.parse(stdout), before === undefined ? {} : { same: true })
      assert.notProperty(JSON.parse(stdout), "HTTPS_PROXY")
      // Outside, nothing has changed.
      assert.strictEqual(Fs.existsSync(bundle) ? Fs.readFileSync(bundle, "utf8") : undefined, before)
    }
  )

  it("how the client ended is told, and its failure is ours", async () => {
    const failed = await serve([], ["sh", "-c", "exit 3"])
    assert.strictEqual(failed.code, 1)
    assert.match(failed.stderr, /note: the client ended with exit code 3\nerror: scenario "webqq" was not played/)
    const missing = await serve([], ["no-such-program"])
    assert.strictEqual(missing.code, 2)
    assert.match(missing.stderr, /error: cannot start no-such-program \(ENOENT\)\n→ write a command behind --/)
  })

  it("a signal ends the client, too, and the report comes", async () => {
    let sent = false
    const { code, stderr } = await serve([], ["sh", "-c", "echo ready; exec sleep 100"], {
      watch: (server, out) => {
        if (!out.includes("ready") || sent) return
        sent = true
        server.kill("SIGTERM")
      }
    })
    assert.strictEqual(code, 1)
    assert.match(stderr, /note: the client was ended by SIGTERM\nerror: scenario "webqq" was not played as written/)
  })

  it.skipIf(!has("curl", "--version"))("says where a client does not trust the authority, once", async () => {
    const { stderr } = await serve(
      [],
      ["sh", "-c", "unset CURL_CA_BUNDLE SSL_CERT_FILE; for n in 1 2; do curl -s https://ssl.ptlogin2.qq.com/; done"]
    )
    assert.lengthOf(stderr.match(/does not trust the certificate for ssl\.ptlogin2\.qq\.com/g) ?? [], 1, stderr)
  })

  it.each([
    ["--hosts without a client", "fixtures serve webqq --hosts", {}, /--hosts leads nobody .*\n→ write it behind --/],
    [
      "--hosts at another port",
      "fixtures serve webqq --hosts --port 8080 -- true",
      {},
      /ports are 80 and 443\n→ leave --port out/
    ],
    [
      "namespaces where there is no unshare",
      "fixtures serve webqq --hosts -- true",
      { PATH: "/nowhere" },
      /nobody make namespaces.*\n.*ENOENT\n→ leave --hosts out: the client then goes through a proxy/
    ]
  ] as const)("says what is wrong with %s", async (_, line, env, says) => {
    const { code, stderr, stdout } = await command(line, { env })
    assert.deepStrictEqual([code, stdout], [2, ""])
    assert.match(stderr, says)
  })

  it("says what the machine said where it allows no namespaces, and leaves nothing behind", async () => {
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    Fs.writeFileSync(
      Path.join(folder, "unshare"),
      "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2; exit 1\n",
      { mode: 0o755 }
    )
    const { code, stderr } = await command("fixtures serve webqq --hosts -- true", {
      env: { PATH: `${folder}:${PATH}` }
    })
    Fs.rmSync(folder, { recursive: true })
    assert.strictEqual(code, 2)
    assert.match(stderr, /nobody make namespaces.*\n {2}unshare: unshare failed: Operation not permitted\n→/)
  })

  it("a folder that somebody else named is not taken for a namespace, and stays as it is", async () => {
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    Fs.writeFileSync(Path.join(folder, "hosts"), "127.0.0.1 elsewhere\n")
    await command("fixtures serve webqq --hosts -- true", { env: { PATH: "/nowhere", WEBQQ_LOGIN_NAMESPACE: folder } })
    assert.deepStrictEqual(Fs.readdirSync(folder), ["hosts"])
    Fs.rmSync(folder, { recursive: true })
  })
})

describe("the variables for a client", () => {
  const trust = { pem: "/tmp/a b/ca.pem", jks: "/tmp/a b/t.jks", php: "/tmp/a b/php" }

  it("are quoted where a shell would take them apart", () => {
    const told = lines({ proxy: "http://127.0.0.1:8080", trust }).map(({ en }) => en)
    assert.include(
      told,
      "curl: CURL_CA_BUNDLE='/tmp/a b/ca.pem' http_proxy=http://127.0.0.1:8080 https_proxy=http://127.0.0.1:8080"
    )
    assert.include(
      told,
      `Java: JAVA_TOOL_OPTIONS='"-Djavax.net.ssl.trustStore=/tmp/a b/t.jks" -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=8080 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8080'`
    )
  })

  it("name no proxy where the hosts lead here", () => {
    const played = { scenario: "webqq", origin: "http://127.0.0.1:1/__/client" }
    const env = environment({ proxy: undefined, trust }, played, {
      HTTPS_PROXY: "http://proxy.example:1",
      PATH: "/bin"
    })
    assert.deepStrictEqual(
      Object.keys(env).filter((name) => /proxy/i.test(name)),
      []
    )
    assert.strictEqual(env["PATH"], "/bin")
    assert.strictEqual(env["PHP_INI_SCAN_DIR"], ":/tmp/a b/php")
  })
})
