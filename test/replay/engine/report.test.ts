import { assert, describe, it } from "@effect/vitest"
import { Engine } from "webqq-login/replay"
import { get, shop } from "../../support/scenarios.ts"

const api = "https://api.shop.example"

const warning = (kind: Engine.Warning["kind"], about: string, field?: string): Engine.Warning => ({
  _tag: "Warning",
  kind,
  about,
  ...(field === undefined ? {} : { field }),
  text: { en: `${kind} (${about})`, zh: `提示（${about}）` }
})

describe("what is worth knowing of a login", () => {
  it("is nothing where nothing was", () => assert.deepStrictEqual(Engine.warned([]), []))

  it("is said in its own words, in the order in which it came", () =>
    assert.deepStrictEqual(Engine.warned([warning("odd order", "b"), warning("left", "a")]), [
      { en: "odd order (b)", zh: "提示（b）" },
      { en: "left (a)", zh: "提示（a）" }
    ]))

  it("stands in one line for all parts of one exchange that are not as recorded, after everything else", () => {
    const warnings = [
      warning("as recorded", "list", "query.page"),
      warning("as recorded", "basket", "cookie id"),
      warning("fault", "list"),
      warning("as recorded", "list", "header referer")
    ]
    assert.deepStrictEqual(Engine.warned(warnings), [
      { en: "fault (list)", zh: "提示（list）" },
      {
        en: "list is not as recorded in query.page, header referer: no server is known to look at that",
        zh: "list 与录制不同：query.page、header referer（没有服务器检查这些内容的记录）"
      },
      {
        en: "basket is not as recorded in cookie id: no server is known to look at that",
        zh: "basket 与录制不同：cookie id（没有服务器检查这些内容的记录）"
      }
    ])
  })
})

describe("how a login went", () => {
  const scenario = shop([get("items", `${api}/items`, "", { times: 2 })])
  const ask = (url: string) => ({ method: "GET", url, headers: [], body: new Uint8Array(0) })

  /** An engine to which these were sent. */
  const played = (strictness: Engine.Strictness, ...paths: ReadonlyArray<string>) => {
    const engine = Engine.make(scenario, { strictness })
    for (const path of paths) engine.handle(ask(`${api}/${path}`))
    return engine
  }

  it("well, as written", () =>
    assert.deepStrictEqual(Engine.conclusion(played("exact", "items", "items")), [
      { en: `scenario "shop" was played as written`, zh: `已按场景 "shop" 的录制完整重放` }
    ]))

  it.each(["server", "loose"] as const)("well, as the server took it: %s", (strictness) =>
    assert.deepStrictEqual(Engine.conclusion(played(strictness, "items", "items")), [
      {
        en: `scenario "shop" was played to its end, as the server took it`,
        zh: `场景 "shop" 已完整重放，服务器会接受`
      }
    ])
  )

  it("badly: each line of what was wrong is a line, in both languages", () =>
    assert.deepStrictEqual(Engine.conclusion(played("exact", "items", "other")), [
      {
        en: `scenario "shop" was not played as written (2 problems):`,
        zh: `场景 "shop" 没有按录制重放（2 处问题）：`
      },
      {
        en: `- GET ${api}/other is not in the scenario; "items" must come next:`,
        zh: `- 场景中没有 GET ${api}/other；接下来应为 "items"：`
      },
      {
        en: `    url: expected ${api}/items, got ${api}/other`,
        zh: `    url：应为 ${api}/items，实为 ${api}/other`
      },
      {
        en: `- "items" was requested once, not twice (GET ${api}/items): the client stopped early, or "times" is too high`,
        zh: `- "items" 被请求 1 次，而不是 2 次（GET ${api}/items）：客户端过早停止，或 "times" 过大`
      }
    ]))

  it("with warnings, which are counted, below what was or was not wrong", () => {
    const warnings = [warning("odd order", "b"), warning("left", "a")]
    const of = (count: number) => ({
      scenario,
      strictness: "server" as const,
      verify: () => [],
      warnings: () => warnings.slice(0, count)
    })
    const good = {
      en: `scenario "shop" was played to its end, as the server took it`,
      zh: `场景 "shop" 已完整重放，服务器会接受`
    }
    const [b, a] = [
      { en: "- odd order (b)", zh: "- 提示（b）" },
      { en: "- left (a)", zh: "- 提示（a）" }
    ]
    assert.deepStrictEqual(Engine.conclusion(of(1)), [good, { en: "1 warning:", zh: "1 条提示：" }, b])
    assert.deepStrictEqual(Engine.conclusion(of(2)), [good, { en: "2 warnings:", zh: "2 条提示：" }, b, a])
    const bad = played("exact", "items").verify()
    const [head, ...lines] = Engine.conclusion({ ...of(1), verify: () => bad }).map(({ en }) => en)
    assert.strictEqual(head, `scenario "shop" was not played as written (1 problem):`)
    assert.deepStrictEqual(lines.slice(1), ["1 warning:", "- odd order (b)"])
  })
})
