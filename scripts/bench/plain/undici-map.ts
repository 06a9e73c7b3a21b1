/** undici.request, and a Map for the cookies. */
import { request } from "undici"
import { asProgram, type Http, userAgent } from "./login.ts"

export const make = (): Http => {
  const jar = new Map<string, { name: string; value: string; domain: string }>()
  return {
    cookie: (name, domain) => jar.get(`${name};${domain}`)?.value,
    send: async (url, headers, form) => {
      const { hostname } = new URL(url)
      const sent = [...jar.values()].filter(({ domain }) => `.${hostname}`.endsWith(`.${domain}`))
      const cookie = sent.map(({ name, value }) => `${name}=${value}`).join("; ")
      const response = await request(url, {
        method: form === undefined ? "GET" : "POST",
        headers: { "user-agent": userAgent, ...headers, ...(cookie === "" ? {} : { cookie }) },
        body: form ?? null
      })
      for (const line of [response.headers["set-cookie"] ?? []].flat()) {
        const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(line) ?? []
        const domain = /;\s*domain=\.?([^;]+)/i.exec(line)?.[1] ?? hostname
        if (value === "") jar.delete(`${name};${domain}`)
        else jar.set(`${name};${domain}`, { name, value, domain })
      }
      return { status: response.statusCode, body: new Uint8Array(await response.body.arrayBuffer()) }
    }
  }
}

await asProgram(make)
