/** axios with connections kept alive, and tough-cookie. */
import { create } from "axios"
import https from "node:https"
import { asProgram, type Http, userAgent } from "./login.ts"
import { toughJar } from "./toughJar.ts"

const client = create({
  httpsAgent: new https.Agent({ keepAlive: true, maxFreeSockets: 1024 }),
  maxRedirects: 0,
  responseType: "arraybuffer",
  validateStatus: () => true
})

export const make = (): Http => {
  const { cookie, header, store } = toughJar()
  return {
    cookie,
    send: async (url, headers, form) => {
      const response = await client.request<Buffer>({
        url,
        method: form === undefined ? "GET" : "POST",
        headers: { "user-agent": userAgent, ...headers, cookie: header(url) },
        data: form
      })
      store(url, response.headers["set-cookie"] ?? [])
      return { status: response.status, body: response.data }
    }
  }
}

await asProgram(make)
