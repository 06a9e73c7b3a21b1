/** node:https and tough-cookie. */
import https from "node:https"
import { asProgram, type Http, userAgent } from "./login.ts"
import { toughJar } from "./toughJar.ts"

const agent = new https.Agent({ keepAlive: true, maxFreeSockets: 1024 })

export const make = (): Http => {
  const { cookie, header, store } = toughJar()
  return {
    cookie,
    send: (url, headers, form) =>
      new Promise((resolve, reject) => {
        const request = https.request(url, {
          method: form === undefined ? "GET" : "POST",
          agent,
          headers: { "user-agent": userAgent, ...headers, cookie: header(url) }
        })
        request.on("response", (response) => {
          store(url, response.headers["set-cookie"] ?? [])
          const chunks: Array<Buffer> = []
          response.on("data", (chunk: Buffer) => chunks.push(chunk))
          response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(chunks) }))
          response.on("error", reject)
        })
        request.on("error", reject)
        request.end(form)
      })
  }
}

await asProgram(make)
