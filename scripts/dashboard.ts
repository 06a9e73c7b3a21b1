/**
 * The pages of a fleet in a real Chromium, with ten thousand accounts in SQLite: the dashboard shows them, finds one, and tells of a change
 * without a touch; the link for a person who must scan shows the code of one account, and nothing else. All that the browser was sent is
 * searched for secrets. Times are printed, and nothing fails on them. Pictures are left in .tmp/dashboard. Ends with 1 where anything is
 * not as it should be.
 *
 *     npm run dashboard [-- --accounts N]        (CHROMIUM names another browser than /usr/bin/chromium)
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import type { BrowserContextOptions, Page } from "playwright-core"
import { toPng } from "../src/qr/QrPng.ts"
import { toJson } from "../src/Session.ts"
import { launch, scanned } from "../test/support/chromium.ts"
import * as FleetServer from "../test/support/fleetServer.ts"
import { servedFleet } from "../test/support/servedFleet.ts"
import { outages } from "./dashboard/outages.ts"
import { drawAsServer, standInText } from "./make-qr.ts"

const { values } = parseArgs({ options: { accounts: { type: "string", default: "10000" } } })
const total = Number(values.accounts)

const pictures = fileURLToPath(new URL("../.tmp/dashboard/", import.meta.url))
mkdirSync(pictures, { recursive: true })

let failures = 0
const check = (what: string, right: boolean) => {
  console.log(`${right ? "ok    " : "FAILED"} ${what}`)
  if (!right) failures++
}
const timed = async (what: string, work: () => Promise<unknown>) => {
  const from = performance.now()
  await work()
  console.log(`       ${what}: ${Math.round(performance.now() - from)} ms`)
}

const server = FleetServer.make()
const folder = join(mkdtempSync(join(tmpdir(), "webqq-fleet-")), "fleet")
let fleet = await servedFleet(folder, server)
const token = (scope: "read" | "secrets") => readFileSync(join(folder, `${scope}.token`), "utf8").trim()
const base = () => `http://127.0.0.1:${fleet.port}`

const send = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(base() + path, {
    method,
    headers: { authorization: `Bearer ${token("secrets")}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`)
  return response.json() as Promise<Readonly<Record<string, unknown>>>
}

const codeOf = (key: string) => toPng(drawAsServer(standInText.replace("Stand-In", key)), { scale: 3, quiet: 2 })
const nameOf = (number: number) => `guild-${String(number).padStart(5, "0")}`
await timed(`${total} accounts are added over the API`, async () => {
  let next = 0
  const adder = async () => {
    for (let number = next++; number < total; number = next++) {
      const session = toJson(FleetServer.sessionFor(20_000 + number))
      await send("PUT", `/accounts/${nameOf(number)}`, { site: "qzone", session })
    }
  }
  await Promise.all(Array.from({ length: 8 }, adder))
})
await send("PUT", "/accounts/alice", { site: "qzone", session: toJson(FleetServer.sessionFor(10_001)) })
await send("PUT", "/accounts/carol", { site: "qzone" })

// What weeks would bring about: all but a few were looked at, some fail, some are over.
const database = new DatabaseSync(join(folder, "fleet.db"))
database.exec(`PRAGMA busy_timeout = 5000;
  UPDATE fleet_accounts SET version = version + 1, checked_at = obtained_at + 1000 * (rowid % 9999),
    next_at = ${Date.now()} + 3600000 + rowid * 1000 WHERE profile LIKE 'guild-%';
  UPDATE fleet_accounts SET version = version + 1, state = 'failing', failures = 3 + rowid % 5, last_error = 'HttpFailed' WHERE rowid % 97 = 1 AND profile LIKE 'guild-%';
  UPDATE fleet_accounts SET version = version + 1, failures = 1, last_error = 'AccessDenied' WHERE rowid % 89 = 1 AND state = 'good' AND profile LIKE 'guild-%';
  UPDATE fleet_accounts SET version = version + 1, state = 'scan', last_error = 'SignedOut', next_at = NULL WHERE rowid % 83 = 1 AND profile LIKE 'guild-%';
  UPDATE fleet_accounts SET version = version + 1, state = 'paused', failures = 0, last_error = NULL, next_at = NULL WHERE rowid % 479 = 1 AND profile LIKE 'guild-%'`)
const sealed = database.prepare("SELECT sealed FROM fleet_accounts WHERE sealed IS NOT NULL").all() as Array<{
  readonly sealed: string
}>
const countOf = (where: string) =>
  Number((database.prepare(`SELECT count(*) AS n FROM fleet_accounts WHERE ${where}`).get() as { n: number }).n)

const browser = await launch()

/** All that browsers were sent, and where they asked. */
const received: Array<string> = []
const addresses = new Set<string>()
const complaints: Array<string> = []
const open = async (address: string, options: BrowserContextOptions = {}) => {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text())
  })
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("response", (response) => {
    addresses.add(response.url())
    received.push(JSON.stringify(response.headers()))
    response.text().then(
      (text) => received.push(text),
      () => {}
    )
  })
  await page.goto(address)
  return page
}
const enter = async (page: Page, secret = token("read")) => {
  await page.fill("#token", secret)
  await page.press("#token", "Enter")
}
const rows = (page: Page) => page.locator("#rows tr")
const until = (page: Page, what: () => boolean) => page.waitForFunction(what, undefined, { timeout: 15_000 })

const page = await open(`${base()}/dashboard`)
check("it asks for a token", await page.locator("#token").isVisible())
await enter(page, "no-such-token")
await page.waitForSelector("#wrong:not([hidden])")
check("shows nothing for one of somebody else", (await rows(page).count()) === 0)
complaints.splice(0)
await timed("first rows after the token", async () => {
  await enter(page)
  await page.waitForSelector("#rows tr")
})
check("a page of accounts is shown, and no more", (await rows(page).count()) === 100)
const tab = (name: string) => page.locator("#tabs button", { hasText: name })
check("the states are counted", (await tab("failing").innerText()).endsWith(String(countOf("state = 'failing'"))))
check("and all", (await tab("all").innerText()).endsWith(String(total + 2)))
check("the token is in no address", ![...addresses].some((address) => address.includes(token("read"))))
const kept = await page.evaluate(() => [localStorage.length, document.cookie, Object.values(sessionStorage).join()])
check("and is kept with the tab alone", kept.join("|") === `0||${token("read")}`)

await timed("the next page", async () => {
  await page.click("#after")
  await until(page, () => document.querySelector("#rows tr")?.getAttribute("data-profile") === "guild-00098")
})
const wanted = nameOf(total - 1)
await timed("a search that finds one", async () => {
  await page.fill("#search", wanted.slice(3).toUpperCase())
  await until(page, () => document.querySelectorAll("#rows tr").length === 1)
})
check("it is the one", (await rows(page).first().getAttribute("data-profile")) === wanted)
await page.fill("#search", "%")
await page.waitForSelector("#none:not([hidden])")
check("a search that finds none says so", await page.locator("#none").isVisible())
await page.fill("#search", "")

database.exec(
  `UPDATE fleet_accounts SET version = version + 1, next_at = ${Date.now()} - 1000 WHERE rowid % 5 = 2 AND state = 'good'`
)
await tab("due").click()
await until(page, () => document.querySelector("#tabs button:last-child")?.getAttribute("aria-pressed") === "true")
await until(page, () => document.querySelector("#rows td:nth-child(6)")?.textContent === "now")
check(
  "what is due is listed",
  (await page.locator("#rows td:nth-child(6)").allInnerTexts()).every((text) => text === "now")
)
await page.locator("#reasons button", { hasText: "denied" }).click()
await until(page, () => document.querySelector("#rows td:nth-child(3)")?.textContent?.includes("denied") === true)
check(
  "what fails can be asked for by its reason",
  (await rows(page).count()) === Math.min(100, countOf("last_error = 'AccessDenied'"))
)
await tab("scan").click()
await until(
  page,
  () => document.querySelector("#rows small:not(th small)")?.textContent?.includes("fleet login") === true
)
check(
  "who must be scanned for comes with what to do",
  (await page.locator("#rows").innerText()).includes("webqq-login fleet login carol")
)

await tab("all").click()
await page.fill("#search", "alice")
await page.waitForSelector("#rows tr[data-profile=alice] .good")
server.state.behaviourOf = (uin) => (uin === 10_001 ? { check: "dead", renewal: "refused" } : {})
await timed("a change of state on the page, without a touch", async () => {
  await send("POST", "/accounts/alice/ensure", { how: "check" })
  await page.waitForSelector("#rows tr[data-profile=alice] .scan", { timeout: 15_000 })
})
check("with why", (await page.locator("#rows td").nth(1).innerText()).length > 0)
check("and it is among what happened", (await page.locator("#happened").innerText()).includes("alice: needs a scan"))
await page.click("#language")
check("it speaks Chinese when told to", (await page.locator("#rows .scan").innerText()) === "待扫码")
await page.click("#language")
await page.reload()
check("the tab remembers the token", await page.waitForSelector("#rows tr").then(() => true))
await page.screenshot({ path: `${pictures}light.png` })

const looks: ReadonlyArray<readonly [name: string, BrowserContextOptions]> = [
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: "zh-CN" }],
  ["small", { viewport: { width: 320, height: 480 }, colorScheme: "dark" }]
]
for (const [name, options] of looks) {
  const page = await open(`${base()}/dashboard/`, options)
  await page.screenshot({ path: `${pictures}${name}-token.png` })
  await enter(page)
  await page.waitForSelector("#rows tr")
  await page.locator("#tabs button").nth(2).click()
  await page.waitForSelector("#rows .failing")
  await page.waitForTimeout(200)
  await page.screenshot({ path: `${pictures}${name}.png` })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  check(`${name}: nothing is wider than the screen`, wide <= 0)
  await page.context().close()
}

// The person who must scan has a link, and no token.
server.state.poll = "waiting"
server.state.code = codeOf("OneOfOne")
const { link } = (await send("POST", "/accounts/carol/link")) as { readonly link: string }
const scan = await open(link)
await scan.waitForSelector("body[data-phase=waiting]", { timeout: 15_000 })
await scan.waitForFunction(() => document.querySelector("img")?.complete === true)
const first = scanned(await scan.screenshot())
check("a scan link shows a code that can be scanned, without a token", first?.includes("OneOfOne") === true)
check("and names no account", !(await scan.locator("body").innerText()).includes("carol"))
await scan.screenshot({ path: `${pictures}scan.png` })
const asked = await scan.evaluate(async () => {
  const paths = ["/accounts", "/accounts/carol", "/counts", "/events"]
  return Promise.all(paths.map((path) => fetch(path).then(({ status }) => status)))
})
check(
  "it opens nothing else",
  asked.every((status) => status === 401)
)
complaints.splice(0)
await page.fill("#search", "carol")
await page.waitForSelector("#rows tr[data-profile=carol] .scan")

// The machine ends, and comes back: the page goes on by itself, with a code of the new one.
database.close()
const { port } = fleet
await fleet.stop()
await page.waitForFunction(() => document.querySelector("#live.bad") !== null, undefined, { timeout: 15_000 })
check("the dashboard says that nobody answers", true)
server.state.code = codeOf("TwoOfTwo")
await timed("a scan page shows another code after its machine was ended and started", async () => {
  fleet = await servedFleet(folder, server, { port })
  let seen: string | undefined
  for (const until = Date.now() + 30_000; seen?.includes("TwoOfTwo") !== true && Date.now() < until;) {
    await scan.waitForTimeout(100)
    seen = scanned(await scan.screenshot())
  }
  check("a scan page goes on without a touch", seen?.includes("TwoOfTwo") === true)
})
complaints.splice(0)
server.state.scanned = 10_003
server.state.poll = "confirmed"
await scan.waitForSelector("body[data-phase=done]", { timeout: 30_000 })
check("and it is scanned there", (await scan.locator("#who").innerText()) === "椰子")
await page.waitForSelector("#rows tr[data-profile=carol] .good", { timeout: 15_000 })
check(
  "the dashboard has gone on, too, and shows that",
  !(await page.locator("#live").getAttribute("class"))?.includes("bad")
)
await scan.goto(link)
check("the link has served", (await scan.locator("body").getAttribute("data-phase")) === "done")
complaints.splice(0)

await outages({ check, timed, open, enter })
complaints.splice(0)

await page.click("#leave")
check(
  "the token can be forgotten",
  (await page.evaluate(() => sessionStorage.length)) === 0 && (await rows(page).count()) === 0
)
check(`nothing to complain of: ${complaints.join("; ")}`, complaints.length === 0)

const all = received.join("\n")
const leaks = ["CANARY", token("read"), token("secrets"), ...sealed.map(({ sealed }) => sealed.slice(0, 40))]
check(`no secret in ${received.length} answers (${all.length} letters)`, !leaks.some((secret) => all.includes(secret)))
check(
  "nothing was asked for elsewhere",
  [...addresses].every((address) => address.startsWith("http://127.0.0.1:"))
)

await browser.close()
await fleet.stop()
rmSync(join(folder, ".."), { recursive: true })
console.log(failures === 0 ? "the pages of a fleet hold" : `${failures} wrong`)
process.exitCode = failures === 0 ? 0 : 1
