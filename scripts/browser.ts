/**
 * The page in a real Chromium: it follows a login without a touch, is scanned off its own screenshots in both themes and on a
 * phone's size, and no other site's page gets through to it. Pictures of it are left in .tmp/browser. Ends with 1 where anything
 * is not as it should be.
 *
 *     npm run browser        (CHROMIUM names another browser than /usr/bin/chromium)
 */
import type * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { mkdirSync, readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import type { BrowserContextOptions, Page } from "playwright-core"
import { LoginError } from "../src/index.ts"
import type { SignInEvent } from "../src/LoginEvent.ts"
import { payload } from "../src/qr/QrDecoder.ts"
import { fromPng } from "../src/qr/QrPicture.ts"
import { serve } from "../src/cli/terminal/pageServer.ts"
import { toPng } from "../src/qr/QrPng.ts"
import { launch, scanned } from "../test/support/chromium.ts"
import { qzone } from "../test/support/savedSessions.ts"
import { drawAsServer, standInText } from "./make-qr.ts"

const folder = fileURLToPath(new URL("../.tmp/browser/", import.meta.url))
mkdirSync(folder, { recursive: true })

const png = new Uint8Array(readFileSync(new URL("../fixtures/qr/s3e2.png", import.meta.url)))
const text = Option.getOrThrow(payload(Result.getOrThrow(fromPng(png))))

let failures = 0
const check = (what: string, right: boolean) => {
  console.log(`${right ? "ok    " : "FAILED"} ${what}`)
  if (!right) failures++
}

/** A page with what tells it of events, for as long as `use` takes. */
const withPage = <A>(
  use: (served: {
    address: string
    tell: (event: SignInEvent) => void
    fail: () => void
    asked: () => number
  }) => Promise<A>
) =>
  Effect.gen(function* () {
    const events = yield* Queue.unbounded<SignInEvent, LoginError.LoginError | Cause.Done>()
    let asked = 0
    const address = yield* serve({ events: Stream.fromQueue(events), refresh: Effect.sync(() => void asked++) })
    return yield* Effect.promise(() =>
      use({
        address,
        tell: (event) => Queue.offerUnsafe(events, event),
        fail: () => Queue.failCauseUnsafe(events, failure),
        asked: () => asked
      })
    )
  }).pipe(Effect.scoped, Effect.runPromise)

const shown = (attempt: number): SignInEvent => ({
  _tag: "QrShown",
  attempt,
  png,
  expiresAt: DateTime.makeUnsafe(Date.now() + 120_000)
})

const browser = await launch()

const open = async (address: string, options: BrowserContextOptions = {}) => {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1000, height: 900 }, ...options })
  const page = await context.newPage()
  const complaints: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text())
  })
  page.on("pageerror", (error) => complaints.push(error.message))
  await page.goto(address)
  return { page, complaints }
}

const reaches = async (page: Page, phase: string) => {
  await page.waitForSelector(`body[data-phase=${phase}]`, { timeout: 10_000 })
  return page.locator("#state").innerText()
}

await withPage(async ({ address, tell }) => {
  const { page } = await open(address)
  tell(shown(1))
  await reaches(page, "waiting")
  await page.clock.install()
  const again = page.waitForRequest(`${address}events`, { timeout: 10_000 })
  await page.clock.fastForward(140_000)
  check("asks what has become of a code that is over and was not replaced", (await again).method() === "GET")
  let more = 0
  page.on("request", () => more++)
  await page.waitForTimeout(2000)
  check("once", more === 0)
})

await withPage(async ({ address, asked, tell }) => {
  const { complaints, page } = await open(address)
  check("asks for a code first", (await reaches(page, "asking")) === "Asking for a code …")
  tell(shown(1))
  check("then shows it", (await reaches(page, "waiting")) === "Scan this code with QQ on your phone")
  await page.waitForFunction(() => document.querySelector("img")?.complete === true)
  check("which can be scanned off the screen", scanned(await page.screenshot({ path: `${folder}light.png` })) === text)
  check("counts its life down", /^1[12]\d s left$/u.test(await page.locator("#left").innerText()))
  tell({ _tag: "Scanned" })
  check("says that the phone asks", (await reaches(page, "scanned")) === "Scanned. Confirm on the phone")
  tell({ _tag: "ScanWithdrawn" })
  await reaches(page, "waiting")
  tell({ _tag: "Expired", attempt: 1 })
  await reaches(page, "expired")
  check("leaves no dead code to be scanned", scanned(await page.screenshot()) === undefined)
  tell(shown(2))
  await reaches(page, "waiting")
  await page.click("#refresh")
  await page.waitForFunction(() => document.querySelector<HTMLButtonElement>("#refresh")?.disabled === false)
  check("asks for a new code by its button", asked() === 1)
  await page.click("#language")
  check("speaks Chinese when told to", (await page.locator("#state").innerText()) === "请用手机 QQ 扫描二维码")
  await page.click("#language")
  tell({ _tag: "Confirmed", nickname: "<b>椰子</b>" })
  await reaches(page, "confirmed")
  check("names the owner, as text", (await page.locator("#who").innerText()) === "<b>椰子</b>")
  tell({ _tag: "LoggedIn", session: qzone })
  check("and ends with a clear word, untouched", (await reaches(page, "done")) === "Signed in. You can close this page")
  check(`with nothing to complain of: ${complaints.join("; ")}`, complaints.length === 0)
})

// A login that is carried on by another machine counts its codes from 1 again.
await withPage(async ({ address, tell }) => {
  const { page } = await open(address)
  tell(shown(1))
  await reaches(page, "waiting")
  const other = standInText.replace("Stand-In", "TwoOfTwo")
  const expiresAt = DateTime.makeUnsafe(Date.now() + 90_000)
  tell({ _tag: "QrShown", attempt: 1, png: toPng(drawAsServer(other), { scale: 3, quiet: 2 }), expiresAt })
  await page.waitForTimeout(1000)
  check("shows the code of another machine in the place of a first one", scanned(await page.screenshot()) === other)
})

const looks: ReadonlyArray<readonly [name: string, BrowserContextOptions]> = [
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: "zh-CN" }],
  ["small", { viewport: { width: 320, height: 480 } }],
  ["without-script", { javaScriptEnabled: false }]
]
for (const [name, options] of looks) {
  await withPage(async ({ address, tell }) => {
    tell(shown(1))
    const { page } = await open(address, options)
    await page.waitForSelector("#code:not([hidden])")
    await page.waitForTimeout(200)
    const picture = await page.screenshot({ path: `${folder}${name}.png`, fullPage: true })
    check(`${name}: can be scanned off the screen`, scanned(picture) === text)
  })
}

const failure = Effect.runSync(
  Effect.map(Effect.exit(Effect.fail(new LoginError.QrRefused({ step: "ScanStatus" }))), (exit) =>
    exit._tag === "Failure" ? exit.cause : (undefined as never)
  )
)
await withPage(async ({ address, fail, tell }) => {
  tell(shown(1))
  const { page } = await open(address, { locale: "zh-CN" })
  await reaches(page, "waiting")
  fail()
  await reaches(page, "failed")
  check(
    "says what went wrong and what to do",
    (await page.locator("#why, #cure").allInnerTexts()).every((said) => said !== "")
  )
})

// The page of another site, which tries what pages can try.
await withPage(async ({ address, asked, tell }) => {
  tell(shown(1))
  const hostile = createServer((_, response) => {
    response.setHeader("content-type", "text/html")
    response.end("<!doctype html><title>hostile</title>")
  })
  await new Promise<void>((resolve) => void hostile.listen(0, "127.0.0.1", resolve))
  const { port } = hostile.address() as AddressInfo
  // Another name for the same address is another site to a browser.
  const { page } = await open(`http://localhost:${port}/`)
  const tried = await page.evaluate(async (address) => {
    const outcome = (promise: Promise<unknown>) => promise.then(String, () => "refused")
    const loads = (tag: "img" | "script", source: string) =>
      outcome(
        new Promise((resolve, reject) => {
          const element = document.createElement(tag)
          element.addEventListener("load", () => resolve("loaded"))
          element.addEventListener("error", reject)
          element.src = source
          document.body.append(element)
        })
      )
    const framed = async () => {
      const frame = document.createElement("iframe")
      frame.src = address
      document.body.append(frame)
      await new Promise((resolve) => frame.addEventListener("load", resolve))
      try {
        return String(frame.contentDocument?.body.dataset["phase"] ?? "refused")
      } catch {
        return "refused"
      }
    }
    return {
      fetch: await outcome(fetch(address).then((response) => response.text())),
      post: await outcome(fetch(`${address}refresh`, { method: "POST" }).then((response) => response.status)),
      "post without asking": await outcome(
        fetch(`${address}refresh`, { method: "POST", mode: "no-cors" }).then((response) => response.status || "refused")
      ),
      picture: await loads("img", `${address}code/1`),
      script: await loads("script", `${address}script.js`),
      events: await outcome(
        new Promise((resolve, reject) => {
          const source = new EventSource(`${address}events`)
          source.addEventListener("message", resolve)
          source.addEventListener("error", reject)
        })
      ),
      frame: await framed()
    }
  }, address)
  for (const [way, outcome] of Object.entries(tried))
    check(`another site's page gets nothing by ${way}`, outcome === "refused")
  check("and no new code was asked for", asked() === 0)
  hostile.closeAllConnections()
  hostile.close()
})

await browser.close()
console.log(failures === 0 ? "the page holds" : `${failures} wrong`)
process.exitCode = failures === 0 ? 0 : 1
