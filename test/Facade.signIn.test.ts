import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as CookieFormat from "webqq-login/CookieFormat"
import * as Facade from "webqq-login/Facade"
import * as LoginError from "webqq-login/LoginError"
import type { SignInEvent } from "webqq-login/LoginEvent"
import type { SessionJson } from "webqq-login/Session"
import { toJson } from "webqq-login/Session"
import * as SessionRequest from "webqq-login/SessionRequest"
import * as SessionStore from "webqq-login/SessionStore"
import * as Site from "webqq-login/Site"
import { type Answer, answering } from "./support/answers.ts"
import { accepted, qzone, renewable } from "./support/savedSessions.ts"

const good: Answer = { body: `_Callback({"code":0,"data":{"uin":123456789}});` }
const dead: Answer = { body: `_Callback({"code":-3000,"message":"请先登录空间"});` }

/** A store in memory with that session in it, and servers with these answers. */
const withSaved = async (answers: ReadonlyArray<Answer>, session = renewable) => {
  const services = await Effect.runPromise(Effect.scoped(Layer.build(Layer.fresh(SessionStore.layerMemory))))
  await Effect.runPromise(Context.get(services, SessionStore.SessionStore).save(session, "mine"))
  const { asked, client } = answering(answers)
  const events: Array<SignInEvent["_tag"]> = []
  const options = {
    site: Site.qzone,
    store: Layer.succeedContext(services),
    httpClient: Layer.succeed(HttpClient.HttpClient, client),
    config: { retries: 0 },
    onEvent: ({ _tag }) => void events.push(_tag)
  } satisfies Facade.SignInOptions
  return { asked, events, options }
}

describe("Facade.signIn", () => {
  it("takes the kept session where its site calls it good, and says what it is good for", async () => {
    const { events, options } = await withSaved([good])
    const signedIn = await Facade.signIn(options)
    assert.deepEqual(events, ["SessionFound", "SessionStillGood", "LoggedIn"])
    assert.deepEqual(signedIn.session, toJson(renewable))
    assert.deepEqual([signedIn.g_tk, signedIn.bkn], [1881399958, 1358553458])
    const sent = signedIn.cookieHeader("https://user.qzone.qq.com/")
    assert.include(sent, "p_skey=Secret*p-skey_1")
    assert.strictEqual(signedIn.cookieHeader(new URL("https://user.qzone.qq.com/")), sent)
    assert.strictEqual(signedIn.cookieHeader("https://example.com/"), "")
    // What it gives may be given on.
    assert.include(CookieFormat.header(signedIn.session.cookies), "p_skey")
    await signedIn.close()
  })

  it("renews what is dead, and asks for a scan only where it may", async () => {
    const { events, options } = await withSaved([dead, ...accepted])
    const { session } = await Facade.signIn(options)
    assert.deepEqual(events, ["SessionFound", "SessionRefused", "Renewed", "Saved", "LoggedIn"])
    assert.include(JSON.stringify(session), "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789*-AbCdE_")
    const refused = await withSaved([dead, { body: "ptui_auth_CB('1','');" }])
    const error: unknown = await Facade.signIn({ ...refused.options, scan: false }).catch((error: unknown) => error)
    assert.isTrue(LoginError.isLoginError(error) && error._tag === "ScanNeeded")
  })

  it("keeps sessions in a folder, as the command does", async () => {
    const { options } = await withSaved([good])
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    const file = SessionStore.layerFile({ directory: folder })
    await Effect.runPromise(
      Effect.provide(
        SessionStore.SessionStore.use((store) => store.save(qzone, "mine")),
        file
      )
    )
    const { session } = await Facade.signIn({ ...options, store: folder })
    assert.deepEqual(session, toJson(qzone))
    Fs.rmSync(folder, { recursive: true })
  })

  it("ends when it is told to", async () => {
    const { options } = await withSaved([{ hangs: true }])
    const error: unknown = await Facade.signIn({ ...options, signal: AbortSignal.timeout(20) }).catch((error) => error)
    assert.instanceOf(error, Error)
  })

  it("is typed", () => {
    expectTypeOf(Facade.signIn).parameter(0).toExtend<{ readonly site: Site.Site }>()
    expectTypeOf<Facade.SignedIn["session"]>().toEqualTypeOf<SessionJson>()
    expectTypeOf<Facade.SignedIn["fetch"]>().returns.resolves.toEqualTypeOf<Response>()
    expectTypeOf<Facade.SignedIn["fetch"]>().toExtend<typeof fetch>()
    expectTypeOf<Facade.SignedIn["g_tk"]>().toEqualTypeOf<number | undefined>()
    // @ts-expect-error a site has to be named
    void (() => Facade.signIn({}))
    // @ts-expect-error a store is a folder or a layer
    void (() => Facade.signIn({ site: Site.qzone, store: 1 }))
  })
})

describe("its fetch", () => {
  it("asks the site with the session, as the site's page would", async () => {
    const headers = [
      ["content-type", "application/json"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"]
    ] as const
    const { asked, options } = await withSaved([good, { status: 201, headers, body: `{"code":0}` }, { status: 204 }])
    const { fetch } = await Facade.signIn(options)
    const response = await fetch("https://user.qzone.qq.com/x?a=%e6", {
      method: "POST",
      body: new URLSearchParams({ a: "椰子" }),
      headers: { "X-A": "1" }
    })
    assert.deepInclude(asked[1], {
      method: "POST",
      url: "https://user.qzone.qq.com/x?a=%e6",
      body: "a=%E6%A4%B0%E5%AD%90"
    })
    assert.deepInclude(asked[1]?.headers, {
      "x-a": "1",
      referer: "https://user.qzone.qq.com/123456789",
      "content-type": "application/x-www-form-urlencoded;charset=UTF-8"
    })
    assert.include(asked[1]?.headers["cookie"], "p_skey=Secret*p-skey_1")
    assert.deepEqual([response.status, await response.json()], [201, { code: 0 }])
    assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"])
    const empty = await fetch(new Request("https://qun.qq.com/"))
    assert.deepEqual([empty.status, await empty.text(), asked[2]?.method], [204, "", "GET"])
    assert.notInclude(asked[2]?.headers["cookie"], "p_skey")
  })

  const elsewhere = ["https://example.com/", "http://user.qzone.qq.com/", "https://user.qzone.qq.com.example.com/"]
  it.each(elsewhere)("asks nothing of %s", async (url) => {
    const { asked, options } = await withSaved([good])
    const { fetch } = await Facade.signIn(options)
    for (const input of [url, new URL(url), new Request(url)]) {
      const error: unknown = await fetch(input).catch((error: unknown) => error)
      assert.instanceOf(error, SessionRequest.NotSent)
      assert.notInclude(String(error), "Secret")
    }
    assert.lengthOf(asked, 1)
  })

  it("follows no redirect, and takes no cookie of the caller's", async () => {
    const { options } = await withSaved([good, { status: 302, headers: [["location", "https://example.com/"]] }])
    const { fetch } = await Facade.signIn(options)
    const response = await fetch("https://user.qzone.qq.com/")
    assert.deepEqual([response.status, response.headers.get("location")], [302, "https://example.com/"])
    const error: unknown = await fetch("https://user.qzone.qq.com/", { headers: { cookie: "a=1" } }).catch(
      (error) => error
    )
    assert.instanceOf(error, SessionRequest.NotSent)
  })

  it("ends when it is told to, and says what the network did", async () => {
    const { options } = await withSaved([good, { hangs: true }, { fails: "ENOTFOUND" }])
    const { fetch } = await Facade.signIn(options)
    const aborted: unknown = await fetch("https://user.qzone.qq.com/", { signal: AbortSignal.timeout(20) }).catch(
      (error: unknown) => error
    )
    assert.instanceOf(aborted, Error)
    const down: unknown = await fetch("https://user.qzone.qq.com/").catch((error: unknown) => error)
    assert.deepInclude({ ...(down as object) }, { _tag: "HttpFailed", step: "Request", reason: "dns" })
  })
})
