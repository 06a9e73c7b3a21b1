/**
 * The floor: the same five steps on bare node:http, as one would write them without a library, and without what a library
 * adds: no deadline, no retry, no limit on an answer, no error but a rejected promise. As a program it logs in once.
 */
import http from "node:http"
import https from "node:https"
import { writeFileSync } from "node:fs"

export interface FloorOptions {
  /** Milliseconds before each poll; half of it once the code is scanned. */
  readonly interval: number
  readonly onQr?: (png: Buffer) => void
  readonly onState?: (code: string) => void
}

const agents = {
  "http:": new http.Agent({ keepAlive: true, maxFreeSockets: 1024 }),
  "https:": new https.Agent({ keepAlive: true, maxFreeSockets: 1024 })
}
const userAgent =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
const base = "https://ssl.ptlogin2.qq.com"
const page =
  "https://ui.ptlogin2.qq.com/cgi-bin/login?daid=164&target=self&style=16&mibao_css=m_webqq&appid=501004106&enable_qlogin=0&no_verifyimg=1&s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html&f_url=loginerroralert&strong_login=1&login_state=10&t=20131024001"
const proxy = "https://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1"

export const login = async ({ interval, onQr, onState }: FloorOptions) => {
  const jar = new Map<string, { name: string; value: string; domain: string }>()

  const send = (url: string, headers: Record<string, string>, form?: string) =>
    new Promise<{ status: number | undefined; body: Buffer }>((resolve, reject) => {
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

  const qr = await send(
    `${base}/ptqrshow?appid=501004106&e=2&l=M&s=3&d=72&v=4&t=${Math.random()}&daid=164&pt_3rd_aid=0`,
    {}
  )
  onQr?.(qr.body)
  let token = 0
  for (const char of jar.get("qrsig;ptlogin2.qq.com")?.value ?? "") token += (token << 5) + char.charCodeAt(0)
  let scanned = false
  let poll: ReadonlyArray<string>
  do {
    const wait = (scanned ? interval / 2 : interval) * (1 + Math.random() * 0.1)
    await new Promise((resolve) => setTimeout(resolve, wait))
    const query = `ptqrtoken=${token & 0x7fffffff}&webqq_type=10&remember_uin=1&login2qq=1&aid=501004106&u1=http%3A%2F%2Fw.qq.com%2Fproxy.html%3Flogin2qq%3D1%26webqq_type%3D10&ptredirect=0&ptlang=2052&daid=164&from_ui=1&pttype=1&dumy=&fp=loginerroralert&action=0-0-${Date.now() % 1_000_000}&mibao_css=m_webqq&t=1&g=1&js_type=0&js_ver=10226&login_sig=&pt_randsalt=0`
    const { body } = await send(`${base}/ptqrlogin?${query}`, { referer: page })
    poll = [...body.toString().matchAll(/'((?:[^'\\]|\\.)*)'/g)].map((match) => match[1] ?? "")
    scanned = poll[0] === "67"
    onState?.(poll[0] ?? "")
  } while (poll[0] === "66" || poll[0] === "67")
  if (poll[0] !== "0") throw new Error(`code ${poll[0]}`)

  const checked = await send(poll[2] ?? "", { referer: proxy })
  if (checked.status !== 302) throw new Error(`check_sig answered ${checked.status}`)
  const ptwebqq = jar.get("ptwebqq;qq.com")?.value ?? ""
  const api = `https://s.web2.qq.com/api/getvfwebqq?ptwebqq=${ptwebqq}&clientid=53999199&psessionid=&t=${Math.random()}`
  const tokens = JSON.parse(String((await send(api, { referer: proxy })).body))
  const r = JSON.stringify({ ptwebqq, clientid: 53999199, psessionid: "", status: "online" })
  const headers = {
    referer: "https://d1.web2.qq.com/proxy.html?v=20151105001&callback=1&id=2",
    origin: "https://d1.web2.qq.com",
    "content-type": "application/x-www-form-urlencoded"
  }
  const opened = JSON.parse(
    String((await send("https://d1.web2.qq.com/channel/login2", headers, `r=${encodeURIComponent(r)}`)).body)
  )
  if (tokens.retcode !== 0 || opened.retcode !== 0) throw new Error("refused")
  const { psessionid, uin } = opened.result
  return { ptwebqq, vfwebqq: tokens.result.vfwebqq, psessionid, clientid: 53999199, uin, cookies: [...jar.values()] }
}

if (process.argv[2] === "login") {
  const [, , , interval, file] = process.argv
  const onQr = (png: Buffer) => {
    if (file !== undefined) writeFileSync(file, png, { mode: 0o600 })
    console.log(JSON.stringify({ _tag: "QrShown" }))
  }
  const session = await login({ interval: Number(interval), onQr })
  console.log(JSON.stringify({ _tag: "LoggedIn", session }))
  for (const agent of Object.values(agents)) agent.destroy()
}
