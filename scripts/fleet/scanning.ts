/**
 * A person looks at the page of a scan link when the machine that shows the code dies: the page goes on with a code of another machine, and
 * one that was served by the dead machine itself has it when it comes back by another. Nobody needs a new link.
 */
import { performance } from "node:perf_hooks"
import { begun, problemOf } from "./faults.ts"
import type { Machine } from "./machine.ts"
import { type Fleet, settled, until } from "./rounds.ts"

interface Seen {
  readonly phase: string
  readonly picture?: string
}

/** What a page is told, until it is over or broken off. */
const watch = (machine: Machine, page: string) => {
  const seen: Array<Seen> = []
  const end = new AbortController()
  const follow = async () => {
    const response = await fetch(`http://${machine.host}:7070${page}events`, { signal: end.signal })
    let text = ""
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const parts = text.split("\n\n")
      text = parts.pop()!
      for (const part of parts) if (part.startsWith("data: ")) seen.push(JSON.parse(part.slice(6)) as Seen)
    }
  }
  // A machine that dies breaks it off.
  const over = follow().catch(() => {})
  return { seen, over, end: () => end.abort(), last: () => seen.at(-1), picture: () => seen.at(-1)?.picture }
}

export const scanning = {
  name: "the machine that shows a code dies while somebody looks at its page",
  prove: async (fleet: Fleet, machines: ReadonlyArray<Machine>): Promise<ReadonlyArray<string>> => {
    const { tencent } = fleet
    const wrong: Array<string> = []
    for (const [index, signal] of (["SIGKILL", "SIGTERM"] as const).entries()) {
      const profile = `scan-${signal}`
      const uin = 900_000 + index
      tencent.scannedBy(0)
      const [someone] = machines
      await someone!.ask("PUT", `/accounts/${profile}`, { site: "qzone" })
      const { text } = await someone!.ask("POST", `/accounts/${profile}/link`)
      const page = new URL((JSON.parse(text) as { readonly link: string }).link).pathname
      const first = watch(someone!, page)
      await until("a code is shown", 30_000, () => first.picture() !== undefined)
      const by = tencent.asked().findLast(({ path }) => path === "ptqrshow")?.by
      const owner = machines.find(({ out }) => out === by)
      const other = machines.find((machine) => machine !== owner)
      if (owner === undefined || other === undefined) return [`nobody knows who shows the code: ${by}`]
      first.end()
      const [there, here] = [watch(other, page), watch(owner, page)]
      await until("both pages show it", 10_000, () => there.picture() !== undefined && here.picture() !== undefined)
      wrong.push(...problemOf("the pages show different codes", there.picture() === here.picture()))
      const before = there.picture()

      const struck = performance.now()
      owner.signal(signal)
      const goesOn = await until(`the page goes on after ${signal}`, 30_000, () => {
        const now = there.last()
        return now?.phase === "waiting" && now.picture !== undefined && now.picture !== before
      })
      const after = (performance.now() - struck) / 1000
      await here.over
      const third = machines.find((machine) => machine !== owner && machine !== other)!
      const back = watch(third, page)
      await until("the page is there at the third machine", 15_000, () => back.picture() !== undefined)
      wrong.push(
        ...problemOf(`the page shows no new code after ${signal}`, goesOn),
        ...problemOf("who comes back by another machine sees another code", back.picture() === there.picture())
      )

      tencent.scannedBy(uin)
      await until("both pages are done", 20_000, () => there.last()?.phase === "done" && back.last()?.phase === "done")
      const [[state, obtained] = []] = await fleet.database.query(
        `SELECT state, obtained_at IS NOT NULL FROM fleet_accounts WHERE profile = '${profile}'`
      )
      wrong.push(
        ...problemOf("the page does not say that it is done", there.last()?.phase === "done"),
        ...problemOf("nor where somebody came back", back.last()?.phase === "done"),
        ...problemOf(`the account is ${state} after the scan`, state === "good" && obtained === "t")
      )
      console.log(`        ${signal}: a new code after ${after.toFixed(1)} s`)
      for (const each of [there, here, back]) each.end()
      tencent.scannedBy(0)
      await other.ask("DELETE", `/accounts/${profile}`)
      await owner.ended()
      wrong.push(...(await begun(owner)))
      await settled(fleet)
    }
    return wrong
  }
}
