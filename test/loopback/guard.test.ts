import { assert, describe, it } from "@effect/vitest"
import { type Own, refusal, type Refused } from "../../src/loopback/guard.ts"

const at = "127.0.0.1:8080"
const own: Own = { hosts: new Set(["ssl.ptlogin2.qq.com", "d1.web2.qq.com"]), isPage: (path) => path === "/page" }

/** Headers, and what stands before them: `:method`, `:scheme`, `:path`. */
type Sent = Readonly<Record<string, string | ReadonlyArray<string>>>

const ask = ({ ":method": method = "GET", ":path": url = "/x", ":scheme": scheme = "http", ...headers }: Sent) =>
  refusal(
    {
      method: String(method),
      url: String(url),
      rawHeaders: Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((text) => [name, text]))
    },
    scheme === "https" ? "https" : "http",
    own
  )

const tab = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" }
const fetched = { "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" }
const evil = "https://evil.example"

describe("what a client of this machine sends", () => {
  it.each<readonly [what: string, sent: Sent]>([
    ["curl", { Host: at }],
    ["a client that posts", { Host: "localhost:8080", ":method": "POST" }],
    ["through another port that leads here", { Host: "localhost:9999" }],
    ["on the port that needs no number", { Host: "127.0.0.1" }],
    ["in other letters", { HOST: "LocalHost:8080" }],
    ["a person who types the address", { Host: at, "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate" }],
    ["our own page", { Host: at, Origin: `http://${at}`, "Sec-Fetch-Site": "same-origin", ":method": "POST" }],
    ["our own page over https", { Host: at, Origin: `https://${at}`, ":scheme": "https", ":method": "POST" }],
    ["a link from anywhere to a page", { Host: at, ...tab, ":path": "/page" }],
    ["a client that was led here", { Host: "ssl.ptlogin2.qq.com" }],
    ["a client that was led here, with our port", { Host: "d1.web2.qq.com:8080" }],
    ["a client that plays a page", { Host: at, Origin: "https://d1.web2.qq.com", ":method": "POST" }],
    ["a page of one of these names that asks another", { Host: "ssl.ptlogin2.qq.com", "Sec-Fetch-Site": "same-site" }],
    [
      "a page of one of these names that asks by path",
      { Host: at, Origin: "http://d1.web2.qq.com", ...fetched, "Sec-Fetch-Site": "cross-site" }
    ]
  ])("is answered: %s", (_, sent) => {
    assert.isUndefined(ask(sent))
  })
})

describe("what a page of somebody else can have a browser send", () => {
  it.each<readonly [what: string, by: Refused, sent: Sent]>([
    ["a name that was pointed here", "host", { Host: "evil.example:8080", "Sec-Fetch-Site": "same-origin" }],
    ["a name that was pointed here, to a page", "host", { Host: "evil.example:8080", ...tab, ":path": "/page" }],
    ["a name that begins with ours", "host", { Host: "127.0.0.1.evil.example:8080" }],
    ["a name that ends with ours", "host", { Host: "evil-localhost:8080" }],
    ["a name under ours", "host", { Host: "evil.localhost:8080" }],
    ["a name under one that leads here", "host", { Host: "evil.ssl.ptlogin2.qq.com" }],
    ["any address", "host", { Host: "0.0.0.0:8080" }],
    ["a user before the name", "host", { Host: "evil.example@localhost:8080" }],
    ["a dot after the name", "host", { Host: "localhost.:8080" }],
    ["a port that is none", "host", { Host: "localhost:8080:80" }],
    ["a line after the name", "host", { Host: "localhost\n" }],
    ["no name", "host", {}],
    ["an empty name", "host", { Host: "" }],
    ["two names", "host", { Host: [at, at] }],
    ["a form of another page", "origin", { Host: at, Origin: evil, "Sec-Fetch-Site": "cross-site", ":method": "POST" }],
    ["another page, of a browser that tells no site", "origin", { Host: at, Origin: evil }],
    ["a page without an origin of its own", "origin", { Host: at, Origin: "null" }],
    ["a page of another port", "origin", { Host: at, Origin: "http://127.0.0.1:9999", "Sec-Fetch-Site": "same-site" }],
    ["our page by its other name", "origin", { Host: at, Origin: "http://localhost:8080" }],
    ["our page over https, to http", "origin", { Host: at, Origin: `https://${at}` }],
    ["our page over http, to https", "origin", { Host: at, Origin: `http://${at}`, ":scheme": "https" }],
    ["two origins", "origin", { Host: at, Origin: [`http://${at}`, evil] }],
    ["an origin that begins with ours", "origin", { Host: at, Origin: `http://${at}.evil.example` }],
    ["an origin with a user of our name", "origin", { Host: at, Origin: `http://${at}@evil.example` }],
    ["an origin of a scheme of its own", "origin", { Host: at, Origin: "evil://d1.web2.qq.com" }],
    ["an origin that is empty", "origin", { Host: at, Origin: "" }],
    ["a socket of another page", "origin", { Host: at, Origin: evil, Upgrade: "websocket" }],
    ["what another page asks leave for", "origin", { Host: at, Origin: evil, ":method": "OPTIONS" }],
    [
      "a picture in another page",
      "sec-fetch-site",
      { Host: at, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image" }
    ],
    ["a script in a page of another port", "sec-fetch-site", { Host: at, "Sec-Fetch-Site": "same-site" }],
    ["a link to what is no page", "sec-fetch-site", { Host: at, ...tab, ":path": "/page/../x" }],
    ["a page in a frame", "sec-fetch-site", { Host: at, ...tab, "Sec-Fetch-Dest": "iframe", ":path": "/page" }],
    ["a page that is fetched", "sec-fetch-site", { Host: at, ...tab, "Sec-Fetch-Mode": "no-cors", ":path": "/page" }],
    ["a page that is posted to", "sec-fetch-site", { Host: at, ...tab, ":path": "/page", ":method": "POST" }],
    ["a site that nobody knows", "sec-fetch-site", { Host: at, "Sec-Fetch-Site": "" }],
    ["two sites", "sec-fetch-site", { Host: at, "Sec-Fetch-Site": ["same-origin", "cross-site"] }],
    [
      "our own origin from elsewhere",
      "sec-fetch-site",
      { Host: at, Origin: `http://${at}`, "Sec-Fetch-Site": "cross-site" }
    ],
    [
      "another page, where clients are led here",
      "sec-fetch-site",
      { Host: "ssl.ptlogin2.qq.com", "Sec-Fetch-Site": "cross-site" }
    ]
  ])("is refused: %s", (_, by, sent) => {
    assert.strictEqual(ask(sent), by)
  })

  it.each([
    { Origin: "http://127.0.0.1:9999" },
    { Origin: "http://localhost:9999" },
    { Origin: "https://10.0.0.5" },
    { "Sec-Fetch-Site": "same-site" }
  ])("is refused from another port of this machine, though this machine is called one of our hosts: %j", (headers) => {
    const addresses = new Set(["10.0.0.5"])
    const rawHeaders = ["Host", at, ...Object.entries(headers).flat()]
    assert.isDefined(
      refusal({ method: "GET", url: "/x", rawHeaders }, "http", {
        hosts: new Set(["127.0.0.1", "localhost", "10.0.0.5"]),
        addresses
      })
    )
  })

  it("is refused at once, however long the headers are", () => {
    for (const length of [1 << 10, 1 << 20]) assert.strictEqual(ask({ Host: "a".repeat(length) }), "host")
  })
})
