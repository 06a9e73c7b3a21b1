/**
 * A dashboard whose fleet turns slow: answers that take seconds, and signs of life that come late or not at all. That is no outage, and in
 * no phase of the one to the other is it called one for long.
 */
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as wait } from "node:timers/promises"
import type { Page } from "playwright-core"

interface Tools {
  readonly check: (what: string, right: boolean) => void
  readonly open: (address: string) => Promise<Page>
  readonly enter: (page: Page, token: string) => Promise<void>
}

/** A way to a fleet: how long it takes for an answer, and how often there is a sign of life, if at all. In milliseconds. */
const slowly = async (port: number) => {
  const pace = { answer: 0, life: 1000 }
  const listeners = new Set<ServerResponse>()
  const server = createServer(async ({ headers: { authorization = "" }, url = "" }, response) => {
    if (url.startsWith("/events")) {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders()
      listeners.add(response)
      while (!response.closed && pace.life !== Infinity) {
        response.write(":\n\n")
        await wait(pace.life)
      }
      return
    }
    if (/^\/(?:accounts|counts)/.test(url)) await wait(pace.answer)
    // Who broke it off meanwhile is not answered.
    if (response.closed) return
    const answer = await fetch(`http://127.0.0.1:${port}${url}`, { headers: { authorization } })
    const type = answer.headers.get("content-type") ?? ""
    response.writeHead(answer.status, { "content-type": type }).end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    pace,
    /** Ends the events of all who listen, and lets none of them come through any more. */
    holdBack: () => {
      pace.life = Infinity
      for (const listener of listeners) listener.destroy()
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    }
  }
}

export const slowness = async ({ check, enter, open }: Tools, fleet: number, token: string) => {
  const way = await slowly(fleet)
  const page = await open(`http://127.0.0.1:${way.port}/dashboard/`)
  const opened = Date.now()
  await enter(page, token)
  const isLive = () => page.waitForSelector("#live:not(.bad):not(:empty)", { timeout: 30_000 })
  await isLive()
  /** In how many of so many seconds it says that nobody answers. */
  const alarms = async (seconds: number) => {
    let bad = 0
    for (let second = 0; second < seconds; second++) {
      await page.waitForTimeout(1000)
      bad += await page.locator("#live.bad").count()
    }
    return bad
  }
  Object.assign(way.pace, { answer: 4000, life: 3500 })
  const late = await alarms(25)
  check(`a fleet that turns slow, and gives its signs of life late, is not called away (${late} s)`, late === 0)

  // It is asked each ten seconds, and as often its events are asked for anew and doubted three seconds later: here a second and a half after
  // it was asked, each time, so that all that is asked of it is under way then.
  Object.assign(way.pace, { answer: 0, life: 1000 })
  await page.waitForTimeout(12_000)
  await page.waitForTimeout(10_000 - ((Date.now() - opened + 3500) % 10_000))
  way.holdBack()
  await page.waitForTimeout(1000)
  way.pace.answer = 6500
  await alarms(20)
  const held = await alarms(20)
  check(`nor for long one that is slower still, and of which no sign of life comes through (${held} s)`, held === 0)
  await page.context().close()
  way.close()
}
