/**
 * The saved sessions of one build, in a process of its own: `node keeper.ts ROOT FOLDER seed COUNT` keeps so many, one in ten of them of
 * the site `music`; `node keeper.ts ROOT FOLDER measure` says what a save and two look-ups take. Started by scripts/bench/stores.ts.
 */
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Effect as Running } from "effect/Effect"
import { fromBuild } from "./fromBuild.ts"
import { median } from "./table.ts"

const [, , root = "", folder = "", what = "", count = "0"] = process.argv
const from = fromBuild(root)
const Effect = await from("effect/Effect")
const Layer = await from("effect/Layer")
const Session = await from("webqq-login/Session")
const Stores = await from("webqq-login/SessionStore")

const context = await Effect.runPromise(Effect.scoped(Layer.build(Stores.layerFile({ directory: folder }))))
type Store = Parameters<Parameters<(typeof Stores.SessionStore)["use"]>[0]>[0]
const run = <A, E>(effect: (store: Store) => Running<A, E>) =>
  Effect.runPromise(Effect.provideContext(Effect.flatMap(Stores.SessionStore, effect), context))

const cookie = (name: string, uin: number, domain: string) => ({
  name,
  value: name === "uin" ? `o0000${uin}` : `Stand-In-${uin}-${"x".repeat(40)}`,
  domain,
  path: "/",
  secure: false,
  httpOnly: false,
  hostOnly: false
})

/** Twenty cookies, as a real login leaves. */
const session = (uin: number) =>
  Effect.runSync(
    Session.fromJson({
      site: uin % 10 === 0 ? "music" : "qzone",
      uin,
      nickname: "椰子",
      gtk: 1881399958,
      bkn: 1358553458,
      obtainedAt: new Date().toISOString(),
      cookies: [
        ...["qzone.qq.com", "graph.qq.com"].map((domain) => cookie("p_skey", uin, domain)),
        ...["uin", "skey", "qqmusic_key", ...Array.from({ length: 15 }, (_, index) => `cookie${index}`)].map((name) =>
          cookie(name, uin, "qq.com")
        )
      ]
    })
  )

/** Keeps one of each site in the build's own way, and writes the others after it: ten thousand saves would take some builds minutes. */
const seed = async (many: number) => {
  for (const uin of [100_000, 100_001]) await run((store) => store.save(session(uin)))
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => [file, readFileSync(join(folder, file), "utf8")] as const)
  for (const [file] of texts) rmSync(join(folder, file))
  const start = Date.parse("2026-11-21T00:00:00Z")
  for (let uin = 200_000; uin < 200_000 + many; uin++) {
    const own = uin % 10 === 0 ? "100000" : "100001"
    const [name = "", text = ""] = texts.find(([file]) => file.includes(own)) ?? []
    const savedAt = new Date(start + (uin - 200_000) * 1000)
    const path = join(folder, name.replace(own, String(uin)))
    const stamped = text
      .replaceAll(own, String(uin))
      .replace(/"savedAt": "[^"]*"/, `"savedAt": "${savedAt.toISOString()}"`)
    writeFileSync(path, stamped, { mode: 0o600 })
    utimesSync(path, savedAt, savedAt)
  }
}

/** Milliseconds of one after another, so many times, the first of which does not count. */
const timed = async (times: number, act: (time: number) => Promise<unknown>) => {
  const all: Array<number> = []
  for (let time = 0; time <= times; time++) {
    const start = performance.now()
    await act(time)
    all.push(performance.now() - start)
  }
  return median(all.slice(1))
}

if (what === "seed") await seed(Number(count))
else {
  const save = await timed(10, (time) => run((store) => store.save(session(200_001 + time))))
  const find = await timed(3, () => run((store) => store.find({ site: "music" })))
  const none = await timed(3, () => run((store) => Effect.flip(store.find({ site: "vip" }))))
  console.log(JSON.stringify({ save, find, none }))
}
