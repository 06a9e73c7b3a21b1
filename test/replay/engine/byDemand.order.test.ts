import { assert, describe, it } from "@effect/vitest"
import { Engine } from "webqq-login/replay"
import type { ScenarioFile } from "../../../src/replay/format/ScenarioFile.ts"
import { get, shop } from "../../support/scenarios.ts"

const api = "https://api.shop.example"
const evidence = "it was refused"

type Exchange = ScenarioFile["exchanges"][number]

/** What is asked for and with what: `GET /list?page=1`. */
const asked = (line: string): Engine.WireRequest => {
  const [method = "", path = ""] = line.split(" ")
  return { method, url: `${api}${path}`, headers: [], body: new Uint8Array(0) }
}

/** An exchange that is recorded with the query of this line. */
const recorded = (id: string, line: string, more: Partial<Exchange> = {}): Exchange => {
  const { method, url } = asked(line)
  const { origin, pathname, searchParams } = new URL(url)
  return get(id, "", id, {
    request: { method: method as "GET", url: `${origin}${pathname}`, query: Object.fromEntries(searchParams) },
    ...more
  })
}

const demandsOn = (...paths: ReadonlyArray<string>) => paths.map((path) => ({ url: `${api}${path}` }))

const start = (
  strictness: Engine.Strictness,
  exchanges: ReadonlyArray<Exchange>,
  more: Partial<ScenarioFile> = {}
): Engine.Engine => Engine.make(shop(exchanges, { format: "webqq-fixture/2", ...more }), { strictness })

/** Which exchange answered each request, or the verdict on it. */
const play = (engine: Engine.Engine, ...lines: ReadonlyArray<string>) =>
  lines.map((line) => {
    const answer = engine.handle(asked(line))
    return answer._tag === "Answer" ? answer.exchange.id : answer.verdict
  })

const unused = (engine: Engine.Engine) =>
  engine.verify().flatMap((one) => (one._tag === "Unused" ? [`${one.exchange.id} ${one.served}`] : []))

const told = (engine: Engine.Engine) => engine.warnings().map(({ about, kind, text }) => ({ kind, about, ...text }))
const kinds = (engine: Engine.Engine) => engine.warnings().map(({ about, kind }) => `${kind}: ${about}`)

describe("an exchange that is open, where the server decides", () => {
  const exchanges = [
    recorded("list", "GET /list"),
    recorded("poll", "GET /state", { times: 3, open: true }),
    recorded("sent", "GET /sent")
  ]

  it.each([
    ["as often as it says", 3],
    ["less often", 1],
    ["more often", 5]
  ])("may come %s", (_, times) => {
    const engine = start("server", exchanges)
    const polls = Array.from({ length: times }, () => "GET /state")
    assert.deepStrictEqual(play(engine, "GET /list", ...polls, "GET /sent"), [
      "list",
      ...polls.map(() => "poll"),
      "sent"
    ])
    assert.deepStrictEqual([engine.verify(), engine.warnings()], [[], []])
  })

  it("has to come once", () => {
    const engine = start("server", exchanges)
    assert.strictEqual(engine.next()?.id, "list")
    play(engine, "GET /list")
    assert.deepStrictEqual(unused(engine), ["poll 0", "sent 0"])
    assert.strictEqual(engine.next()?.id, "poll")
    play(engine, "GET /state")
    assert.deepStrictEqual(unused(engine), ["sent 0"])
    assert.strictEqual(engine.next()?.id, "sent")
  })

  it("is over once the client has gone on: then it is asked again", () => {
    const engine = start("server", exchanges)
    play(engine, "GET /list", "GET /state", "GET /sent")
    assert.isFalse(engine.expects(asked("GET /state")))
    assert.deepStrictEqual(play(engine, "GET /state"), ["poll"])
    assert.deepStrictEqual(kinds(engine), ["asked again: state"])
  })

  it("ends for the next answer of the same address, which comes when it says something else", () => {
    const engine = start("server", [
      recorded("wait", "GET /state?seen=no", { open: true }),
      recorded("seen", "GET /state?seen=yes"),
      recorded("done", "GET /state?seen=no")
    ])
    const polls = ["no", "no", "yes", "no"].map((seen) => `GET /state?seen=${seen}`)
    assert.deepStrictEqual(play(engine, ...polls), ["wait", "wait", "seen", "done"])
    assert.deepStrictEqual([engine.verify(), engine.warnings()], [[], []])
  })
})

describe("the answers of one address", () => {
  it("come one after another, each as often as it says, and the last of them again", () => {
    const engine = start("server", [
      recorded("wait", "GET /state", { times: 2 }),
      recorded("done", "GET /state"),
      recorded("end", "GET /end")
    ])
    const polls = Array.from({ length: 5 }, () => "GET /state")
    assert.deepStrictEqual(play(engine, ...polls, "GET /end"), ["wait", "wait", "done", "done", "done", "end"])
    assert.deepStrictEqual(engine.verify(), [])
    assert.deepStrictEqual(kinds(engine), ["asked again: state"])
    assert.deepStrictEqual(engine.served(), ["wait", "wait", "done", "done", "done", "end"])
  })

  it("are told apart by what is asked, also where one of them comes again", () => {
    const engine = start("server", [recorded("one", "GET /item?n=1"), recorded("two", "GET /item?n=2")])
    assert.deepStrictEqual(play(engine, "GET /item?n=1", "GET /item?n=2", "GET /item?n=1", "GET /item?n=3"), [
      "one",
      "two",
      "one",
      "differs"
    ])
  })

  it("are taken in the order in which they stand, whatever they are told apart by", () => {
    const exchanges = [
      recorded("other", "GET /item?n=2"),
      get("some", "", "", { request: { method: "GET", url: `${api}/item`, query: { n: { re: "1|3" } } } }),
      recorded("one", "GET /item?n=1")
    ]
    const end = recorded("end", "GET /end")
    const [asks, more] = [["GET /item?n=1", "GET /item?n=1", "GET /item?n=1"], "GET /item?n=3"]
    assert.deepStrictEqual(play(start("server", [...exchanges, end]), ...asks, more), ["some", "one", "one", "some"])
    const free = start("server", [end], { optional: exchanges })
    assert.deepStrictEqual(play(free, ...asks, more), ["some", "some", "some", "some"])
  })

  it("are compared with the one that a request is most like, where it is like none", () => {
    const engine = start("server", [
      recorded("far", "GET /item?a=1&b=1&c=1"),
      recorded("near", "GET /item?a=2&b=2&c=1"),
      recorded("nearer", "GET /item?a=2&b=2&c=2")
    ])
    const answer = engine.handle(asked("GET /item?a=2&b=2&c=3"))
    assert.deepStrictEqual(answer._tag === "Mismatch" && [answer.exchange?.id, answer.differences], [
      "near",
      [{ field: "query.c", expected: "1", listed: true, got: ["3"] }]
    ])
  })
})

describe("where an address has more exchanges than are looked at", () => {
  const exchanges = Array.from({ length: 120 }, (_, n) => recorded(`e${n}`, `GET /item?n=${n}&x=1`))
  /** The closest to a request for one of them with another x, after so many were served. */
  const closest = (served: number, n: number) => {
    const engine = start("server", exchanges)
    play(engine, ...Array.from({ length: served }, (_, one) => `GET /item?n=${one}&x=1`))
    const answer = engine.handle(asked(`GET /item?n=${n}&x=2`))
    return answer._tag === "Mismatch" ? answer.exchange?.id : undefined
  }

  it("those around the one that is due are compared, some before it and some behind", () => {
    for (const [served, ns] of [
      [0, [0, 20, 49]],
      [60, [40, 59, 60, 61, 80]],
      [119, [75, 119]],
      [120, [75, 119]]
    ] as const) {
      for (const n of ns) assert.strictEqual(closest(served, n), `e${n}`, `${n} after ${served}`)
    }
    for (const [served, n] of [
      [0, 60],
      [60, 10],
      [60, 110],
      [120, 60]
    ] as const)
      assert.notStrictEqual(closest(served, n), `e${n}`)
  })

  it("they are gone through once, however many logins play them", () => {
    let looked = 0
    const scenario = shop(exchanges, { format: "webqq-fixture/2" })
    const watched = scenario.exchanges.map((exchange) => ({
      ...exchange,
      get request() {
        looked++
        return exchange.request
      }
    }))
    const anew = () => Engine.make({ ...scenario, exchanges: watched }, { strictness: "server" })
    anew()
    const first = looked
    looked = 0
    anew()
    assert.isAtMost(looked, first / 2)
  })

  it("each is answered all the same", () => {
    const engine = start("server", exchanges, {
      demands: [{ url: `${api}/item`, required: { "query.n": { evidence } } }]
    })
    for (const n of [100, 3, 119, 0, 100]) assert.deepStrictEqual(play(engine, `GET /item?n=${n}`), [`e${n}`])
    assert.deepStrictEqual(engine.served(), ["e100", "e3", "e119", "e0", "e100"])
  })
})

describe("what changes something at the server", () => {
  const exchanges = [recorded("buy", "POST /buy"), recorded("end", "GET /end")]

  it("is not done twice where nothing is known of the address", () => {
    const engine = start("server", exchanges)
    assert.deepStrictEqual(play(engine, "POST /buy", "POST /buy", "GET /end"), ["buy", "already served", "end"])
    const [problem, ...more] = engine.verify()
    assert.lengthOf(more, 0)
    assert.isDefined(problem)
    assert.match(Engine.describe(problem), /POST .*\/buy matches "buy", already served once; "end" must come next/)
    assert.deepStrictEqual(engine.wrong(), engine.verify())
  })

  it("is answered once more where the server was seen to do so", () => {
    const engine = start("server", exchanges, { demands: demandsOn("/buy") })
    assert.deepStrictEqual(play(engine, "POST /buy", "POST /buy", "GET /end"), ["buy", "buy", "end"])
    assert.deepStrictEqual(kinds(engine), ["asked again: buy"])
  })

  it.each(["GET", "HEAD"])("is nothing of %s: it may come any number of times", (method) => {
    const engine = start("server", [recorded("list", `${method} /list`), recorded("end", "GET /end")])
    assert.deepStrictEqual(play(engine, `${method} /list`, `${method} /list`, "GET /end"), ["list", "list", "end"])
    assert.deepStrictEqual(kinds(engine), ["asked again: list"])
  })

  it("is answered by what may come at any time, where there is such", () => {
    const engine = start("server", exchanges, { optional: [recorded("more", "POST /buy")] })
    assert.deepStrictEqual(play(engine, "POST /buy", "POST /buy", "POST /buy", "GET /end"), [
      "buy",
      "more",
      "more",
      "end"
    ])
    assert.deepStrictEqual([engine.verify(), engine.warnings()], [[], []])
  })
})

describe("what may come at any time", () => {
  const optional = [recorded("help", "GET /help?lang=en"), recorded("hilfe", "GET /help?lang=de")]

  it("has to be as recorded where nothing else is known of it", () => {
    const engine = start("server", [recorded("list", "GET /list")], { optional })
    assert.deepStrictEqual(play(engine, "GET /help?lang=de", "GET /help?lang=zh", "GET /help?lang=en", "GET /list"), [
      "hilfe",
      "differs",
      "help",
      "list"
    ])
    assert.deepStrictEqual(kinds(engine), [`not in the scenario: ${api}/help`])
  })

  it("is answered by the first of that address, loosely", () => {
    const engine = start("loose", [recorded("list", "GET /list")], { optional })
    assert.deepStrictEqual(play(engine, "GET /help?lang=de", "GET /help?lang=zh", "POST /help?lang=en", "GET /list"), [
      "hilfe",
      "help",
      "differs",
      "list"
    ])
    assert.deepStrictEqual(engine.verify(), [])
  })

  it("is neither expected, nor missing, nor out of order", () => {
    const engine = start("server", [recorded("list", "GET /list"), recorded("end", "GET /end")], { optional })
    assert.isFalse(engine.expects(asked("GET /help?lang=en")))
    assert.deepStrictEqual(play(engine, "GET /list", "GET /help?lang=en", "GET /help?lang=en", "GET /end"), [
      "list",
      "help",
      "help",
      "end"
    ])
    assert.deepStrictEqual([engine.verify(), engine.warnings()], [[], []])
  })
})

describe("what is told", () => {
  it("of the order, of repetitions, and of what is not as recorded, once each, in both languages", () => {
    const engine = start("server", [recorded("list", "GET /list?page=1"), recorded("item", "GET /item")], {
      demands: demandsOn("/list", "/item")
    })
    play(engine, "GET /item", "GET /list?page=2", "GET /list?page=3", "GET /list?page=4")
    assert.deepStrictEqual(told(engine), [
      {
        kind: "odd order",
        about: "item",
        en: `"item" was asked before "list": the recorded client did it the other way round`,
        zh: `"item" 在 "list" 之前请求：录制的客户端顺序相反`
      },
      {
        kind: "as recorded",
        about: "list",
        en: `list query.page: expected "1", got "2"`,
        zh: `list query.page：应为 "1"，实为 "2"`
      },
      {
        kind: "asked again",
        about: "list",
        en: `"list" was asked again: the same answer was given once more`,
        zh: `"list" 被再次请求：已再次给出相同的响应`
      }
    ])
    for (const warning of engine.warnings()) assert.strictEqual(warning._tag, "Warning")
    assert.deepStrictEqual(
      engine.warnings().map(({ field }) => field),
      [undefined, "query.page", undefined]
    )
  })

  it("of a method that the recorded client did not use", () => {
    const engine = start("server", [recorded("list", "GET /list")])
    play(engine, "HEAD /list")
    assert.deepStrictEqual(told(engine), [
      {
        kind: "as recorded",
        about: "list",
        en: "list method: expected GET, got HEAD",
        zh: "list method：应为 GET，实为 HEAD"
      }
    ])
  })

  it("of a picture that came before its time, and not that it came again", () => {
    const engine = start("server", [recorded("list", "GET /list"), recorded("picture", "GET /ptqrshow")])
    assert.isTrue(engine.expects(asked("GET /ptqrshow")))
    assert.deepStrictEqual(play(engine, "GET /ptqrshow", "GET /list"), ["picture", "list"])
    assert.deepStrictEqual([engine.verify(), kinds(engine)], [[], ["odd order: ptqrshow"]])
  })

  it("of a picture that was asked for again: it is another", () => {
    const engine = start("server", [recorded("picture", "GET /ptqrshow"), recorded("end", "GET /end")])
    play(engine, "GET /ptqrshow", "GET /ptqrshow", "GET /end")
    assert.deepStrictEqual(told(engine), [
      {
        kind: "asked again",
        about: "ptqrshow",
        en: `"picture" was asked again: another code was made, with a qrsig of its own`,
        zh: `"picture" 被再次请求：已生成另一个二维码，其 qrsig 也不同`
      }
    ])
  })

  it("of two exchanges of one address by that address, and of one without a path by its host", () => {
    const engine = start(
      "server",
      [
        recorded("first", "GET /a/list?page=1"),
        recorded("second", "GET /b/list?page=2"),
        recorded("root", "GET /?x=1")
      ],
      { demands: demandsOn("/a/list", "/b/list", "/") }
    )
    play(engine, "GET /a/list", "GET /b/list?page=2&y=1", "GET /")
    assert.deepStrictEqual(
      engine.warnings().map(({ about, field }) => `${about} ${field}`),
      ["list query.page", "list query.y", "api.shop.example query.x"]
    )
  })

  it("of what is not in the scenario, where all else went well", () => {
    const engine = start("server", [recorded("list", "GET /list"), recorded("end", "GET /end")])
    play(engine, "GET /list", "GET /favicon.ico")
    assert.deepStrictEqual(engine.warnings(), [])
    assert.deepStrictEqual(
      engine.wrong().map(({ _tag }) => _tag),
      ["Mismatch"]
    )
    assert.deepStrictEqual(
      engine.verify().map(({ _tag }) => _tag),
      ["Mismatch", "Unused"]
    )
    play(engine, "GET /end")
    assert.deepStrictEqual(engine.verify(), [])
    assert.deepStrictEqual(told(engine), [
      {
        kind: "not in the scenario",
        about: `${api}/favicon.ico`,
        en: `GET ${api}/favicon.ico is not in the scenario: it was answered with 409`,
        zh: `场景中没有 GET ${api}/favicon.ico：已返回 409`
      }
    ])
    assert.strictEqual(engine.warnings()[0]?._tag, "Warning")
  })

  it("of what the scenario has, asked otherwise, is a problem also where all else went well", () => {
    const engine = start("server", [recorded("list", "GET /list?page=1"), recorded("end", "GET /end")])
    assert.deepStrictEqual(play(engine, "GET /list?page=2", "GET /list?page=1", "GET /end"), ["differs", "list", "end"])
    assert.deepStrictEqual(
      engine.verify().map(({ _tag }) => _tag),
      ["Mismatch"]
    )
    assert.deepStrictEqual(engine.warnings(), [])
  })
})

describe("where a client may leave", () => {
  const exchanges = [
    recorded("list", "GET /list"),
    recorded("item", "GET /item"),
    recorded("bill", "GET /bill", { mayEnd: true }),
    recorded("end", "GET /end")
  ]

  it("it may, and that is told", () => {
    const engine = start("server", exchanges)
    play(engine, "GET /list", "GET /item", "GET /bill")
    assert.deepStrictEqual(engine.verify(), [])
    assert.deepStrictEqual(told(engine), [
      {
        kind: "left",
        about: "bill",
        en: `the client left it at "bill": others go on from there`,
        zh: `客户端在 "bill" 处停止：其他客户端会继续`
      }
    ])
    assert.strictEqual(engine.warnings()[0]?._tag, "Warning")
  })

  it("it may not before that, nor with something left undone", () => {
    const engine = start("server", exchanges)
    play(engine, "GET /list", "GET /item")
    assert.deepStrictEqual([unused(engine), kinds(engine)], [["bill 0", "end 0"], []])
    const hasty = start("server", exchanges, { demands: demandsOn("/list", "/item", "/bill") })
    play(hasty, "GET /list", "GET /bill")
    assert.deepStrictEqual(unused(hasty), ["item 0", "end 0"])
    assert.deepStrictEqual(kinds(hasty), ["odd order: bill"])
    play(hasty, "GET /item")
    assert.deepStrictEqual([unused(hasty), kinds(hasty).at(-1)], [[], "left: bill"])
  })

  it("it has not, where it goes on to the end", () => {
    const last = start("server", exchanges.slice(0, 3))
    for (const engine of [start("server", exchanges), last]) {
      play(engine, "GET /list", "GET /item", "GET /bill", "GET /end")
      assert.deepStrictEqual(
        kinds(engine).filter((kind) => kind.startsWith("left")),
        []
      )
    }
    assert.deepStrictEqual(last.verify(), [])
  })
})

describe("what a client sends of its own", () => {
  const back = (to: string) => `back=${encodeURIComponent(to)}`
  const [home, one, two] = [`${api}/home?a=1`, "https://one.example/", "https://two.example/"]
  const exchanges = [
    recorded("list", `GET /list?${back(home)}`, {
      response: { status: 302, headers: [["Location", home]], body: { text: "" } }
    }),
    recorded("end", "GET /end")
  ]
  const demands = [{ url: `${api}/list`, echoed: ["query.back"] as const }]
  const location = (engine: Engine.Engine, line: string) => {
    const answer = engine.handle(asked(line))
    return answer._tag === "Answer" ? answer.headers[0]?.[1] : undefined
  }

  it("comes back to it as it said it last", () => {
    const engine = start("server", exchanges, { demands })
    const said = [one, two, two, one].map((own) => location(engine, `GET /list?${back(own)}`))
    assert.deepStrictEqual(said, [one, two, two, one])
    assert.deepStrictEqual(kinds(engine), ["asked again: list"])
  })

  it("comes back also where that may come at any time", () => {
    const [list, end] = exchanges
    const engine = start("server", [end!], { demands, optional: [list!] })
    assert.deepStrictEqual(
      [one, two].map((own) => location(engine, `GET /list?${back(own)}`)),
      [one, two]
    )
  })

  it.each(["server", "loose"] as const)(
    "is where it goes on, and the recorded address is no longer: %s",
    (strictness) => {
      const page = recorded("home", "GET /home?a=1")
      const [list, end] = exchanges
      const its = `GET /list?${back(`${api}/mine?x=1`)}`
      for (const more of [{ optional: [page] }, {}]) {
        const between = "optional" in more ? [] : [page]
        const engine = start(strictness, [list!, ...between, end!], { demands, ...more })
        assert.deepStrictEqual(play(engine, its, "GET /home?a=1", "GET /mine?x=1", "GET /mine?x=1", "GET /end"), [
          "list",
          "differs",
          "home",
          "home",
          "end"
        ])
      }
    }
  )

  it("is not taken from an address that does not give it back", () => {
    const engine = start("server", exchanges, { demands: demandsOn("/list") })
    assert.strictEqual(location(engine, `GET /list?${back(one)}`), home)
  })
})

describe("loosely", () => {
  const exchanges = [
    recorded("list", "GET /list?page=1"),
    recorded("more", "GET /list?page=2"),
    recorded("end", "GET /end")
  ]

  it("the one that fits is taken first, then whatever is due, then what was served last", () => {
    const engine = start("loose", exchanges)
    const pages = [2, 9, 8].map((page) => `GET /list?page=${page}`)
    assert.deepStrictEqual(play(engine, ...pages, "GET /end"), ["more", "list", "more", "end"])
    assert.deepStrictEqual(engine.verify(), [])
    assert.deepStrictEqual(kinds(engine), ["odd order: list", "as recorded: list", "asked again: list"])
  })

  it("what has no address in the scenario is not answered", () => {
    const engine = start("loose", exchanges)
    assert.deepStrictEqual(play(engine, "GET /else", "POST /list?page=1"), ["differs", "differs"])
  })
})
