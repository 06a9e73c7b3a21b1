import { assert, describe, it } from "@effect/vitest"
import * as PatternOfScenarios from "../src/replay/format/Pattern.ts"
import { find, judge, type Pattern } from "./support/patterns.ts"

const { made, patterns } = find()

const complaints = async (all: ReadonlyArray<Pattern>) => {
  const verdicts = await judge(all)
  return all.flatMap(({ flags, place, source }, at) =>
    verdicts[at] === "safe" ? [] : [`${place}: /${source}/${flags} is ${verdicts[at]}`]
  )
}

/** Patterns that are made while `body` runs, each with the file of `src/` that makes it. */
const madeIn = (body: () => unknown): ReadonlyArray<Pattern> => {
  const all: Array<Pattern> = []
  const Original = globalThis.RegExp
  globalThis.RegExp = new Proxy(Original, {
    construct: (target, args, newTarget) => {
      const pattern = Reflect.construct(target, args, newTarget) as RegExp
      const [place = ""] = /src\/[\w./]+\.ts/.exec(new Error().stack?.split("\n").slice(2).join("\n") ?? "") ?? []
      all.push({ source: pattern.source, flags: pattern.flags, place })
      return pattern
    }
  })
  try {
    body()
  } finally {
    globalThis.RegExp = Original
  }
  return all
}

describe("patterns", () => {
  it("are found in every form that the sources have them in", () => {
    const texts = patterns.map(({ source }) => source)
    assert.isAbove(patterns.length, 100)
    assert.isTrue(texts.includes("\\s+"), "a literal")
    assert.isTrue(patterns.some(({ place }) => place.startsWith("src/cli/")))
    assert.isTrue(find("test/support/patternSamples.ts").patterns.some(({ source }) => source === "^(?:a|b)+$"))
    assert.deepStrictEqual([...find("test/support/patternSamples.ts").made], ["test/support/patternSamples.ts"])
  })

  it("take linear time, whatever text they meet", { timeout: 600_000 }, async () => {
    assert.deepStrictEqual(await complaints(patterns), [])
  })

  it("are judged: one that is quadratic is told", async () => {
    const [complaint = ""] = await complaints([{ source: "\\s+$", flags: "", place: "here" }])
    assert.match(complaint, /^here: .*2nd degree polynomial/)
  })

  it("that are made of what turns up take linear time as well", async () => {
    const all = madeIn(() => {
      // Of a scenario's pattern, what reads a single letter.
      PatternOfScenarios.compile("[a-c]\\d(?:x|y){1,3}")
    })
    const ours = all.filter(({ place }) => made.has(place))
    assert.deepStrictEqual(
      [...made].filter((file) => !ours.some(({ place }) => place === file)),
      []
    )
    assert.deepStrictEqual(await complaints(ours), [])
  })
})
