/**
 * The five steps as one would write them without a library, and without what a library adds: no deadline, no retry, no limit on an
 * answer, no error but a rejected promise. How a request is sent is left to the floor and to the peers beside this file.
 */
import { writeFileSync } from "node:fs"

export interface Http {
  readonly send: (
    url: string,
    headers: Record<string, string>,
    form?: string
  ) => Promise<{ readonly status: number | undefined; readonly body: Uint8Array }>
  /** The value of a cookie that was set for a domain. */
  readonly cookie: (name: string, domain: string) => string | undefined
}

export interface Options {
  /** Milliseconds before each poll; half of it once the code is scanned. */
  readonly interval: number
  readonly onQr?: (png: Uint8Array) => void
  readonly onState?: (code: string) => void
}

export const userAgent =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
const base = "https://ssl.ptlogin2.qq.com"
const page =
  "https://ui.ptlogin2.qq.com/cgi-bin/login?daid=164&target=self&style=16&mibao_css=m_webqq&appid=501004106&enable_qlogin=0&no_verifyimg=1&s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html&f_url=loginerroralert&strong_login=1&login_state=10&t=20131024001"
const proxy = "https://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1"

const utf8 = new TextDecoder()

export const login = async ({ cookie, send }: Http, { interval, onQr, onState }: Options) => {
  const qr = await send(
    `${base}/ptqrshow?appid=501004106&e=2&l=M&s=3&d=72&v=4&t=${Math.random()}&daid=164&pt_3rd_aid=0`,
    {}
  )
  onQr?.(qr.body)
  let token = 0
  for (const char of cookie("qrsig", "ptlogin2.qq.com") ?? "") token += (token << 5) + char.charCodeAt(0)
  let scanned = false
  let poll: ReadonlyArray<string>
  do {
    const wait = (scanned ? interval / 2 : interval) * (1 + Math.random() * 0.1)
    await new Promise((resolve) => setTimeout(resolve, wait))
    const query = `ptqrtoken=${token & 0x7fffffff}&webqq_type=10&remember_uin=1&login2qq=1&aid=501004106&u1=http%3A%2F%2Fw.qq.com%2Fproxy.html%3Flogin2qq%3D1%26webqq_type%3D10&ptredirect=0&ptlang=2052&daid=164&from_ui=1&pttype=1&dumy=&fp=loginerroralert&action=0-0-${Date.now() % 1_000_000}&mibao_css=m_webqq&t=1&g=1&js_type=0&js_ver=10226&login_sig=&pt_randsalt=0`
    const { body } = await send(`${base}/ptqrlogin?${query}`, { referer: page })
    poll = [...utf8.decode(body).matchAll(/'((?:[^'\\]|\\.)*)'/g)].map((match) => match[1] ?? "")
    scanned = poll[0] === "67"
    onState?.(poll[0] ?? "")
  } while (poll[0] === "66" || poll[0] === "67")
  if (poll[0] !== "0") throw new Error(`code ${poll[0]}`)

  const checked = await send(poll[2] ?? "", { referer: proxy })
  if (checked.status !== 302) throw new Error(`check_sig answered ${checked.status}`)
  const ptwebqq = cookie("ptwebqq", "qq.com") ?? ""
  const api = `https://s.web2.qq.com/api/getvfwebqq?ptwebqq=${ptwebqq}&clientid=53999199&psessionid=&t=${Math.random()}`
  const tokens = JSON.parse(utf8.decode((await send(api, { referer: proxy })).body))
  const r = JSON.stringify({ ptwebqq, clientid: 53999199, psessionid: "", status: "online" })
  const headers = {
    referer: "https://d1.web2.qq.com/proxy.html?v=20151105001&callback=1&id=2",
    origin: "https://d1.web2.qq.com",
    "content-type": "application/x-www-form-urlencoded"
  }
  const opened = JSON.parse(
    utf8.decode((await send("https://d1.web2.qq.com/channel/login2", headers, `r=${encodeURIComponent(r)}`)).body)
  )
  if (tokens.retcode !== 0 || opened.retcode !== 0) throw new Error("refused")
  const { psessionid, uin } = opened.result
  return { ptwebqq, vfwebqq: tokens.result.vfwebqq, psessionid, clientid: 53999199, uin }
}

/** `node FILE login INTERVAL PICTURE`: one login, told of as the command tells of it. */
export const asProgram = async (http: () => Http): Promise<void> => {
  const [, , command, interval, file = ""] = process.argv
  if (command !== "login") return
  const onQr = (png: Uint8Array) => {
    writeFileSync(file, png, { mode: 0o600 })
    console.log(JSON.stringify({ _tag: "QrShown" }))
  }
  const session = await login(http(), { interval: Number(interval), onQr })
  console.log(JSON.stringify({ _tag: "LoggedIn", session }))
  process.exit()
}
