/** fetch, as undici has it, and tough-cookie. */
import { fetch } from "undici"
import { asProgram, type Http, userAgent } from "./login.ts"
import { toughJar } from "./toughJar.ts"

export const make = (): Http => {
  const { cookie, header, store } = toughJar()
  return {
    cookie,
    send: async (url, headers, form) => {
      const response = await fetch(url, {
        method: form === undefined ? "GET" : "POST",
        headers: { "user-agent": userAgent, ...headers, cookie: header(url) },
        body: form ?? null,
        redirect: "manual"
      })
      store(url, response.headers.getSetCookie())
      return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) }
    }
  }
}

await asProgram(make)
