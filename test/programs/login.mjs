// A login at Qzone with the fetch of Node.js, and a jar that is just good enough. It knows nothing of any replay.
import { setTimeout as sleep } from "node:timers/promises"

const jar = new Map()

const ask = async (address, query = {}, referer = undefined) => {
  const url = new URL(address)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const belongs = (domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`)
  const cookie = Array.from(jar.values()).filter(({ domain, value }) => value !== "" && belongs(domain))
  const headers = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64)",
    ...(cookie.length === 0 ? {} : { cookie: cookie.map(({ name, value }) => `${name}=${value}`).join("; ") }),
    ...(referer === undefined ? {} : { referer })
  }
  const answer = await fetch(url, { headers, redirect: "manual" })
  if (answer.status >= 400) throw new Error(`no login: ${answer.status} ${await answer.text()}`)
  for (const line of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
    const [, domain = url.hostname] = /;\s*domain=\.?([^;]+)/i.exec(line) ?? []
    jar.set(`${domain} ${name}`, { domain, name, value })
  }
  return answer.text()
}

const hash33 = (text) =>
  [...text].reduce((value, char) => (Math.imul(value, 33) + char.charCodeAt(0)) | 0, 0) & 0x7fffffff

const u1 = "https://qzs.qzone.qq.com/qzone/v5/loginsucc.html?para=izone"
const login =
  "https://xui.ptlogin2.qq.com/cgi-bin/xlogin?appid=549000912&daid=5&style=40&s_url=https%3A%2F%2Fqzs.qzone.qq.com%2Fqzone%2Fv5%2Floginsucc.html%3Fpara%3Dizone&pt_3rd_aid=0"
const show = { appid: 549000912, e: 2, l: "M", s: 3, d: 72, v: 4, t: Math.random(), daid: 5, pt_3rd_aid: 0, u1 }
await ask("https://ssl.ptlogin2.qq.com/ptqrshow", show)
const ptqrtoken = hash33(jar.get("ptlogin2.qq.com qrsig").value)
const poll = {
  u1,
  ptqrtoken,
  ptredirect: 0,
  h: 1,
  t: 1,
  g: 1,
  from_ui: 1,
  ptlang: 2052,
  action: "0-0-1",
  js_ver: 26092315,
  js_type: 1,
  login_sig: "",
  pt_uistyle: 40,
  aid: 549000912,
  daid: 5,
  pt_3rd_aid: 0
}
let code, url
do {
  await sleep(1000)
  const said = await ask("https://ssl.ptlogin2.qq.com/ptqrlogin", poll, login)
  ;[code, , url] = Array.from(said.matchAll(/'([^']*)'/g), ([, argument]) => argument)
} while (code === "66" || code === "67")
if (code !== "0") throw new Error(`no login: ${code}`)
await ask(url)
console.log("p_skey", jar.get("qzone.qq.com p_skey").value)
