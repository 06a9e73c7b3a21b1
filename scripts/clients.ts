/**
 * Clients of other languages, unmodified, log in at recorded sites: through the proxy, and by the real hosts where the machine allows
 * namespaces. Those of test/programs, the browser of GUIDE.md, and what GUIDE.md shows of them.
 *
 *     npm run build && npm run clients
 *
 * Needs Debian's curl, python3, php-cli, php-curl, libwww-perl, liblwp-protocol-https-perl and chromium. Java is left out where it is missing.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { delimiter, join } from "node:path"
import { documents, fencesOf, once, root, sessionOf, writePrograms } from "../test/support/documents.ts"

const node = process.execPath
const command = join(root, "dist/cli.cjs")
mkdirSync(join(root, ".tmp"), { recursive: true })
const folder = mkdtempSync(join(root, ".tmp/clients-"))
const env = {
  ...process.env,
  LC_ALL: "C.UTF-8",
  NO_COLOR: "1",
  PATH: [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter)
}

const run = (program: string, args: ReadonlyArray<string>) =>
  spawnSync(program, args, { cwd: root, encoding: "utf8", env, timeout: 120_000, killSignal: "SIGKILL" })
const has = (program: string, ...args: ReadonlyArray<string>) => run(program, args).status === 0

interface Client {
  readonly name: string
  readonly scenario: string
  readonly line: ReadonlyArray<string>
  readonly prints: RegExp
}

const browsers = writePrograms(folder, ["ts clients"]).map(({ fence, file }): Client => ({
  name: `Chromium (${fence.place})`,
  scenario: "qzone",
  line: [node, file],
  prints: /^true$/m
}))
const five = /123456789/
const key = /^p_skey AbCdEfGhIjKlMnOpQrStUvWxYz0123456789\*-AbCdE_$/m
const clients: ReadonlyArray<Client> = [
  { name: "curl", scenario: "webqq", line: ["test/programs/login.sh"], prints: five },
  { name: "Python, urllib", scenario: "webqq", line: ["/usr/bin/python3", "test/programs/login.py"], prints: five },
  { name: "Node.js, fetch", scenario: "qzone", line: [node, "test/programs/login.mjs"], prints: key },
  { name: "PHP, curl", scenario: "qzone", line: ["php", "test/programs/login.php"], prints: key },
  { name: "Perl, LWP", scenario: "qzone", line: ["perl", "test/programs/login.pl"], prints: key },
  ...(has("java", "-version")
    ? [{ name: "Java, HttpClient", scenario: "qzone", line: ["java", "test/programs/Login.java"], prints: key }]
    : []),
  ...browsers
]

let failed = 0
const tell = (name: string, fine: boolean, said: string) => {
  if (!fine) failed++
  console.log(`${fine ? "ok    " : "FAILED"} ${name}${fine ? "" : `\n${said.trim()}\n`}`)
}

const namespaces =
  has(node, command, "fixtures", "serve", "webqq", "--hosts", "--", "true") || has("unshare", "-mn", "true")
const ways = [["through the proxy", []], ...(namespaces ? [["by the real hosts", ["--hosts"]] as const] : [])] as const
try {
  for (const { line, name, prints, scenario } of clients) {
    for (const [way, flags] of ways) {
      const { status, stderr, stdout } = run(node, [command, "fixtures", "serve", scenario, ...flags, "--", ...line])
      tell(`${name}, ${way}`, status === 0 && prints.test(stdout), `exit code ${status}\n${stdout}${stderr}`)
    }
  }
  const shown = once(documents.flatMap(fencesOf)).filter(({ language }) => language === "console clients")
  for (const fence of namespaces ? shown : []) {
    const steps = sessionOf(fence)
    const { stdout } = run("bash", [
      "-uc",
      `exec 2>&1\nwebqq-login() { "${node}" "${command}" "$@"; }\n${steps.map((step) => `${step.command}\nprintf '\\0'\n`).join("")}`
    ])
    const printed = stdout.split("\0")
    for (const [index, { command: asked, output }] of steps.entries())
      tell(`${fence.place}: ${asked}`, output.test(printed[index] ?? ""), printed[index] ?? "")
  }
} finally {
  rmSync(folder, { recursive: true })
}
if (!namespaces) console.log("by the real hosts: not tried, this machine allows no namespaces")
process.exitCode = failed === 0 ? 0 : 1
