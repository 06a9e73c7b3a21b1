import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { command, file } from "./child.ts"

const client = `python3 ${file("test/support/client.py")} {origin}`

/** A whole login with curl, at the addresses of the real hosts: nothing in it knows of a replay. */
const curl = `set -e; J=$(mktemp); trap 'rm $J' EXIT
curl -sS -c $J -o /dev/null 'https://ssl.ptlogin2.qq.com/ptqrshow?appid=549000912&daid=5'
T=$(python3 -c 'import sys,functools;print(functools.reduce(lambda e,c:(e*33+ord(c))&0xffffffff,sys.argv[1],0)&0x7fffffff)' $(awk '$6=="qrsig"{print $7}' $J))
until B=$(curl -sS -b $J -c $J "https://ssl.ptlogin2.qq.com/ptqrlogin?u1=https%3A%2F%2Fqzs.qq.com%2F&ptqrtoken=$T&from_ui=1&aid=549000912&daid=5"); echo "$B" | grep -q "('0'"; do :; done
curl -sS -b $J -c $J -o /dev/null "$(echo "$B" | grep -o "https:[^']*")"
grep -q p_skey $J`

const words = (line: string, ...behind: ReadonlyArray<string>) => [...line.split(" "), "--", ...behind]

describe.concurrent("webqq-login fixtures conform", () => {
  it("an unmodified script of curl passes through the proxy, with its own u1, and is told in what it is another", async () => {
    const report = Path.join(Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-")), "report.xml")
    const names = "session-still-good qzone qzone-still-good"
    const line = words(`fixtures conform ${names} --any-pace --junit ${report}`, "bash", "-c", curl)
    const { code, stderr, stdout } = await command(line)
    assert.strictEqual(code, 0, `${stdout}${stderr}`)
    assert.match(stdout, /^qzone: pass, with warnings\n {2}warning: ptqrshow is not as recorded in query\.e, /)
    assert.match(stdout, /^session-still-good, qzone-still-good: skipped\n {2}begins with a kept session, .*\n$/m)
    assert.include(stderr, "1 of 1 scenarios passed, 0 failed; 2 skipped")
    const xml = Fs.readFileSync(report, "utf8")
    assert.match(xml, /<testsuite name="fixtures conform" tests="3" failures="0" errors="0" skipped="2" time="[\d.]+">/)
    assert.match(xml, /<testcase classname="fixtures conform" name="qzone" time="[\d.]+">/)
    Fs.rmSync(Path.dirname(report), { recursive: true })
  })

  it("a client that polls without waiting fails with the sentence that names it, as text, as JSON and as JUnit", async () => {
    const report = Path.join(Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-")), "report.xml")
    const { code, stderr, stdout } = await command(
      words(`fixtures conform webqq --json --junit ${report}`, ...client.split(" "))
    )
    assert.strictEqual(code, 1, stderr)
    const verdict = JSON.parse(stdout.split("\n", 1)[0] ?? "")
    assert.deepInclude(verdict, { scenario: "webqq", result: "fail", requests: 8 })
    assert.deepStrictEqual(
      verdict.faults.map(({ name, section }: { name: string; section: string }) => [name, section]),
      [["poll-too-fast", "Pace"]]
    )
    assert.match(
      Fs.readFileSync(report, "utf8"),
      /<failure type="poll-too-fast" message="the client polls every \d+ ms: /
    )
    // What it wrote itself it writes again; what somebody else has written it leaves alone, and asks nothing.
    const again = () => command(words(`fixtures conform webqq --junit ${report}`, "true"))
    assert.strictEqual((await again()).code, 1)
    Fs.writeFileSync(report, "precious")
    const { code: refused, stderr: why, stdout: asked } = await again()
    assert.deepEqual([refused, asked, Fs.readFileSync(report, "utf8")], [2, "", "precious"])
    assert.include(why, `${report} exists already, and is none of ours\n→ name another file`)
    // And a pipe, which nobody reads, does not keep it.
    Fs.rmSync(report)
    execFileSync("mkfifo", [report])
    const piped = await command(words(`fixtures conform webqq --force --junit ${report}`, "true"))
    assert.strictEqual(piped.code, 2)
    assert.include(piped.stderr, `cannot write ${report} (not a plain file)`)
    Fs.rmSync(Path.dirname(report), { recursive: true })
  })

  it.each([
    ["that asks as it was recorded passes without a word", client, 0, /^webqq: pass\n$/],
    ["that asks nothing is told where to ask", "true", 1, /^webqq: FAIL\n {2}the client asked nothing of the server: /],
    ["that does not end is ended", "sleep 60", 1, /^webqq: FAIL\n[^]*the client did not end within 2 s$/m]
  ])("a client %s", async (_, line, exitCode, says) => {
    const { code, stderr, stdout } = await command(
      words("fixtures conform webqq --any-pace --timeout 2s", ...line.split(" "))
    )
    assert.strictEqual(code, exitCode, stderr)
    assert.match(stdout, says)
  })

  it("a warning is told in full for the first scenario, and counted for those after it; to programs each is told", async () => {
    const line = "fixtures conform qzone qzone-p-skey-forbidden --any-pace"
    const { stdout } = await command(words(line, "bash", "-c", curl))
    assert.lengthOf(stdout.match(/warning: check_sig is not as recorded in header user-agent/g) ?? [], 1)
    assert.match(stdout, /^qzone-p-skey-forbidden: .*\n {2}warning: the login failed .*\n {2}warnings as above: 3$/m)
    const { stdout: lines } = await command(words(`${line} --json`, "bash", "-c", curl))
    const last = JSON.parse(lines.trimEnd().split("\n").at(-1) ?? "")
    assert.lengthOf(last.warnings, 4)
  })

  it.each([
    ["lost the cookie", "", /check_sig sets p_skey for one domain and deletes it for another/],
    ["followed Location", "curl -sS -b $J -o /dev/null 'https://qzs.qq.com/'", /Location was followed/]
  ])("a client that %s and says so is told what it has most likely done", async (_, more, says) => {
    const { code, stdout } = await command(
      words("fixtures conform qzone --any-pace", "bash", "-c", `${curl}\n${more}\nexit 6`)
    )
    assert.strictEqual(code, 1)
    assert.match(stdout, /^ {2}the login went well, and the client ended with exit code 6: /m)
    assert.match(stdout, says)
  })

  it("a client that gives up where the server let it down, or that looks at a page of Tencent's own, is not told that it is wrong", async () => {
    const { code, stderr, stdout } = await command(
      words("fixtures conform dead-node-404-then-ok gateway-502-then-ok second-factor --any-pace", ...client.split(" "))
    )
    assert.strictEqual(code, 0, `${stdout}${stderr}`)
    assert.match(stdout, /^dead-node-404-then-ok: pass, with warnings\n {2}warning: the client left it at /m)
    assert.match(stdout, /^gateway-502-then-ok: pass, with warnings\n {2}warning: the client left it at /m)
    assert.match(stdout, /^second-factor: pass, with warnings\n {2}warning: GET .*mibao_vry is not in the scenario/m)
  })

  it.each([
    [["fixtures", "conform", "webqq"], "there is no client to run"],
    [["fixtures", "conform", "--", "true"], "neither a scenario nor --site is named"],
    [["fixtures", "conform", "webqq", "--", "./no-such-program"], "cannot start ./no-such-program (ENOENT)"]
  ])("%j says what is missing", async (line, says) => {
    const { code, stderr } = await command(line)
    assert.strictEqual(code, 2)
    assert.include(stderr, says)
  })
})
