/** got with connections kept alive, and tough-cookie, which it takes as its jar. */
import got from "got"
import https from "node:https"
import { asProgram, type Http, userAgent } from "./login.ts"
import { toughJar } from "./toughJar.ts"

const client = got.extend({
  agent: { https: new https.Agent({ keepAlive: true, maxFreeSockets: 1024 }) },
  followRedirect: false,
  responseType: "buffer",
  retry: { limit: 0 },
  throwHttpErrors: false
})

export const make = (): Http => {
  const { cookie, jar } = toughJar()
  return {
    cookie,
    send: async (url, headers, form) => {
      const { body, statusCode } = await client(url, {
        method: form === undefined ? "GET" : "POST",
        headers: { "user-agent": userAgent, ...headers },
        body: form,
        cookieJar: jar
      })
      return { status: statusCode, body }
    }
  }
}

await asProgram(make)
