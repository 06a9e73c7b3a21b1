/**
 * A dashboard that stays open while its fleet ends, hangs, and comes back: with what it had, with other accounts, with another token. The page
 * says so within seconds, goes on without a touch, and never shows what is not there any more as if it were.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { toJson } from "../../src/Session.ts"
import * as FleetServer from "../../test/support/fleetServer.ts"
import { servedFleet } from "../../test/support/servedFleet.ts"
import { hanging } from "./hanging.ts"
import { slowness } from "./slowness.ts"

interface Tools {
  readonly check: (what: string, right: boolean) => void
  readonly timed: (what: string, work: () => Promise<unknown>) => Promise<void>
  readonly open: (address: string) => Promise<Page>
  readonly enter: (page: Page, token: string) => Promise<void>
}

export const outages = async ({ check, enter, open, timed }: Tools) => {
  const server = FleetServer.make()
  const folder = join(mkdtempSync(join(tmpdir(), "webqq-fleet-")), "fleet")
  const token = (scope: string) => readFileSync(join(folder, `${scope}.token`), "utf8").trim()
  let fleet = await servedFleet(folder, server)
  const { port } = fleet
  const start = async () => (fleet = await servedFleet(folder, server, { port }))
  const send = (method: string, path: string, body?: unknown) =>
    fetch(`http://127.0.0.1:${port}/accounts/${path}`, {
      method,
      headers: { authorization: `Bearer ${token("secrets")}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
  const add = (profile: string, uin: number) =>
    send("PUT", profile, { site: "qzone", session: toJson(FleetServer.sessionFor(uin)) })

  for (let number = 0; number < 150; number++) await add(`first-${String(number).padStart(3, "0")}`, 20_000 + number)
  await send("PUT", "alice", { site: "qzone", session: toJson(FleetServer.sessionFor(10_001)) })
  const page = await open(`http://127.0.0.1:${port}/dashboard/`)
  await enter(page, token("read"))
  const row = (profile: string, state: string) => `#rows tr[data-profile=${profile}] .${state}`
  await page.waitForSelector(row("alice", "good"))

  // Behind a proxy that answers for a machine which is away.
  server.state.poll = "waiting"
  await send("PUT", "carol", { site: "qzone" })
  const { link } = (await (await send("POST", "carol/link")).json()) as { readonly link: string }
  const scan = await open(link)
  const shows = (phase: string) => scan.waitForSelector(`body[data-phase=${phase}]`, { timeout: 15_000 })
  await shows("waiting")
  await scan.route(/\/(?:events|style\.css)$/, (route) => route.fulfill({ status: 502 }))

  // An account that is forgotten while somebody looks at its code.
  await send("PUT", "dora", { site: "qzone" })
  const doras = (await (await send("POST", "dora/link")).json()) as { readonly link: string }
  const forgotten = await open(doras.link)
  await forgotten.waitForSelector("body[data-phase=waiting]", { timeout: 15_000 })
  await timed("a scan page whose account is forgotten says so", async () => {
    await send("DELETE", "dora")
    await forgotten.waitForSelector("body[data-phase=failed]", { timeout: 15_000 })
  })
  check("and shows no code any more", (await forgotten.locator("#code:visible").count()) === 0)
  const words = [await forgotten.locator("#why").innerText()]
  await forgotten.click("#language")
  words.push(await forgotten.locator("#why").innerText())
  check(`in both languages: ${words.join(" / ")}`, /not kept signed in.* \/ .*已从服务中移除/.test(words.join(" / ")))
  await forgotten.context().close()

  const bad = "#live.bad"
  const isLive = () => page.waitForSelector("#live:not(.bad):not(:empty)", { timeout: 30_000 })
  const live = () => page.locator("#live").innerText()
  const before = await live()
  await page.waitForTimeout(1100)
  await timed("the page says that nobody answers", async () => {
    await fleet.stop()
    await page.waitForSelector(bad, { timeout: 30_000 })
  })
  check(`what it shows has a time: ${await live()}`, /no connection.* as of \d\d:\d\d:\d\d/.test(await live()))
  await page.waitForTimeout(10_000)
  check("what was there is there still", (await page.locator(row("alice", "good")).count()) === 1)
  await start()
  await timed("it goes on by itself after 10 s", isLive)
  check(
    `a scan page waits for it, too: ${await scan.locator("#state").innerText()}`,
    (await scan.locator("#why").innerText()) === ""
  )
  await scan.unroute(/\/(?:events|style\.css)$/)
  await timed("and goes on", () => scan.waitForSelector("text=Scan this code", { timeout: 15_000 }))
  check("as of now", (await live()) !== before)
  const fails = async (profile: string, uin: number) => {
    server.state.behaviourOf = (asked) => (asked === uin ? { check: "dead", renewal: "refused" } : {})
    await send("POST", `${profile}/ensure`, { how: "check" })
  }
  await timed("an event after that is shown without a touch", async () => {
    await fails("alice", 10_001)
    await page.waitForSelector("#happened >> text=alice: needs a scan", { timeout: 5000 })
    await page.waitForSelector(row("alice", "scan"), { timeout: 5000 })
  })

  await page.route(/accounts\?|counts|events/, () => {})
  await timed("the page says that nobody answers, though somebody takes the question", () =>
    page.waitForSelector(bad, { timeout: 30_000 })
  )
  await page.unroute(/accounts\?|counts|events/)
  await timed("it goes on by itself after that", isLive)

  // A machine that froze, or a network that lost it.
  const way = await hanging(port)
  const far = await open(`http://127.0.0.1:${way.port}/dashboard/`)
  await enter(far, token("read"))
  const farIsLive = () => far.waitForSelector("#live:not(.bad):not(:empty)", { timeout: 30_000 })
  await farIsLive()
  for (const after of [500, 4000, 9000]) {
    await far.waitForTimeout(after)
    const from = performance.now()
    way.hang()
    await far.waitForSelector(bad, { timeout: 30_000 })
    const seconds = (performance.now() - from) / 1000
    check(`the page says within 8 s that its fleet froze (${seconds.toFixed(1)} s)`, seconds < 8)
    way.goOn()
    await timed("it goes on by itself after that", farIsLive)
  }
  // A proxy that holds back what is told bit by bit, or an answer that takes two seconds, is no outage.
  let held = 0
  await far.route(/events/, () => void held++)
  await far.route(/accounts\?|counts/, (route) => setTimeout(() => void route.continue(), 2000))
  await far.reload()
  await farIsLive()
  let alarms = 0
  for (let second = 0; second < 12; second++) {
    await far.waitForTimeout(1000)
    alarms += await far.locator(bad).count()
  }
  check(
    "where its events are held back, and its answers are slow, it says nothing of the kind",
    held > 0 && alarms === 0
  )
  await far.context().close()
  way.close()
  await slowness({ check, open, enter }, port, token("read"))

  // Another page than the first, of accounts that are not there in the next database.
  await page.click("#after")
  await page.waitForSelector("#rows tr[data-profile=first-149]")
  await fleet.stop()
  for (const name of ["fleet.db", "fleet.db-wal", "fleet.db-shm"]) rmSync(join(folder, name), { force: true })
  await start()
  await add("bob", 10_002)
  await timed("it shows the accounts of another database that took the place", () =>
    page.waitForSelector(row("bob", "good"), { timeout: 30_000 })
  )
  check("and none of before", (await page.locator("#rows tr").count()) === 1)
  await timed("a scan page of an account that is not there any more is over", () => shows("failed"))
  await page.waitForTimeout(3000)
  await timed("and what happens there, though its events have lower numbers", async () => {
    await fails("bob", 10_002)
    await page.waitForSelector("#happened >> text=bob: needs a scan", { timeout: 5000 })
  })

  await fleet.stop()
  const [old, next] = [token("read"), "another-token-0123456789-0123456789"]
  writeFileSync(join(folder, "read.token"), `${next}\n`)
  await start()
  await timed("it asks for a token when that was changed", () =>
    page.waitForSelector("#wrong:not([hidden])", { timeout: 30_000 })
  )
  check("and shows nothing any more", (await page.locator("#rows tr, #happened li").count()) === 0)
  const kept = await page.evaluate(() => Object.values(sessionStorage).join())
  check("and keeps the old one no longer", !kept.includes(old))
  await enter(page, next)
  await page.waitForSelector(row("bob", "scan"))
  check("the new one opens it", (await page.locator("#door:visible").count()) === 0)
  await page.context().close()
  await fleet.stop()
  rmSync(join(folder, ".."), { recursive: true })
}
