/**
 * The floor: bare node:http, and a Map for the cookies.
 */
import http from "node:http"
import https from "node:https"
import { asProgram, type Http, userAgent } from "./login.ts"

const agents = {
  "http:": new http.Agent({ keepAlive: true, maxFreeSockets: 1024 }),
  "https:": new https.Agent({ keepAlive: true, maxFreeSockets: 1024 })
}

export const make = (): Http => {
  const jar = new Map<string, { name: string; value: string; domain: string }>()
  return {
    cookie: (name, domain) => jar.get(`${name};${domain}`)?.value,
    send: (url, headers, form) =>
      new Promise((resolve, reject) => {
        const target = new URL(url)
        const sent = [...jar.values()].filter(({ domain }) => `.${target.hostname}`.endsWith(`.${domain}`))
        const cookie = sent.map(({ name, value }) => `${name}=${value}`).join("; ")
        const secure = target.protocol === "https:"
        const request = (secure ? https : http).request(target, {
          method: form === undefined ? "GET" : "POST",
          agent: agents[secure ? "https:" : "http:"],
          headers: { "user-agent": userAgent, ...headers, ...(cookie === "" ? {} : { cookie }) }
        })
        request.on("response", (response) => {
          for (const line of response.headers["set-cookie"] ?? []) {
            const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(line) ?? []
            const domain = /;\s*domain=\.?([^;]+)/i.exec(line)?.[1] ?? target.hostname
            if (value === "") jar.delete(`${name};${domain}`)
            else jar.set(`${name};${domain}`, { name, value, domain })
          }
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
