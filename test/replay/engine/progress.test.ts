import { assert, describe, it } from "@effect/vitest"
import { few } from "../../../src/replay/engine/alike.ts"
import * as Progress from "../../../src/replay/engine/progress.ts"
import { get, shop } from "../../support/scenarios.ts"

const url = "https://api.shop.example/"

/** Of a letter each: one that comes once, twice (`2`), or is open (`o`). */
const start = (kinds: string) =>
  Progress.make(
    shop(
      Array.from(kinds, (kind, at) =>
        get(`e${at}`, url, "", kind === "o" ? { open: true, times: 3 } : { times: kind === "2" ? 2 : 1 })
      )
    ).exchanges
  )

/** The same, after these were served. */
const served = (kinds: string, ...places: ReadonlyArray<number>) => {
  const progress = start(kinds)
  for (const place of places) progress.serve(place)
  return progress
}

describe("how far a login has come", () => {
  it("is nowhere at the beginning", () => {
    const progress = start("12o")
    assert.deepStrictEqual([progress.firstMissing(), progress.farthest(), progress.count(1)], [0, -1, 0])
    assert.deepStrictEqual([0, 1, 2].map(progress.isMissing), [true, true, true])
    assert.deepStrictEqual(progress.served([0, 1, 2]), [])
  })

  it("is told by how often each came: one is missing until it came as often as it says, and an open one until it came", () => {
    const progress = served("12o", 1, 2)
    assert.deepStrictEqual([0, 1, 2].map(progress.count), [0, 1, 1])
    assert.deepStrictEqual([0, 1, 2].map(progress.isMissing), [true, true, false])
    assert.deepStrictEqual([progress.firstMissing(), progress.farthest()], [0, 2])
    progress.serve(0)
    assert.deepStrictEqual([progress.firstMissing(), progress.farthest()], [1, 2])
    progress.serve(1)
    assert.deepStrictEqual([progress.firstMissing(), progress.farthest()], [3, 2])
  })

  it.each<readonly [string, string, ReadonlyArray<number>, ReadonlyArray<number>]>([
    ["all", "1111", [], [0, 1, 2, 3]],
    ["what has not come", "1111", [0, 2], [1, 3]],
    ["what has not come often enough", "2111", [0, 1], [0, 2, 3]],
    ["an open one, for as long as nothing behind it came", "oo11", [0], [0, 1, 2, 3]],
    ["no open one that the client has gone on from", "oo11", [0, 1], [1, 2, 3]],
    ["an open one that has not come, also where the client went on", "oo11", [2], [0, 1, 3]],
    ["nothing, where all has come", "1111", [0, 1, 2, 3], []]
  ])("due is %s", (_, kinds, places, due) => {
    assert.deepStrictEqual(served(kinds, ...places).due([0, 1, 2, 3]), due)
    // Whether it was asked before or not.
    const progress = start(kinds)
    const list = [0, 1, 2, 3]
    progress.due(list)
    for (const place of places) {
      progress.serve(place)
      progress.due(list)
    }
    assert.deepStrictEqual(progress.due(list), due)
  })

  it("due of some is what is due of these", () => assert.deepStrictEqual(served("1111", 1).due([1, 3]), [3]))

  const all = Array.from({ length: 200 }, (_, at) => at)
  const upTo = (count: number) => served("1".repeat(200), ...all.slice(0, count))

  it("due is looked for among the few that come next", () => {
    const progress = served("1".repeat(200), 0, 1, 5)
    assert.deepStrictEqual(
      progress.due(all),
      all.slice(2, 2 + few).filter((place) => place !== 5)
    )
  })

  it("served are those that came, the last of the places first", () => {
    const progress = served("11111", 3, 1)
    assert.deepStrictEqual([[0, 1, 2, 3, 4], [0, 1, 2], [1], [0, 2], [4], []].map(progress.served), [
      [3, 1],
      [1],
      [1],
      [],
      [],
      []
    ])
  })

  it("served is looked for among the few up to the last, wherever that stands", () => {
    assert.deepStrictEqual(upTo(120).served(all), all.slice(120 - few, 120).toReversed())
    const progress = served("1".repeat(200), 3, 2, 199)
    assert.deepStrictEqual(progress.served(all.slice(0, 199)), [3, 2])
    assert.deepStrictEqual(progress.served(all), [199])
  })

  it("what is done is walked past once, however often it is asked what is due", () => {
    let looked = 0
    const { exchanges } = shop(all.map((at) => get(`e${at}`, url, "")))
    const watched = exchanges.map((exchange) => ({
      ...exchange,
      get times() {
        looked++
        return 1
      }
    }))
    const progress = Progress.make(watched)
    for (const place of all.slice(0, 150)) progress.serve(place)
    progress.due(all)
    progress.firstMissing()
    looked = 0
    assert.strictEqual(progress.due(all)[0], 150)
    assert.strictEqual(progress.firstMissing(), 150)
    assert.isAtMost(looked, few + 2)
  })
})
