/**
 * Cookies that go where they do not belong, and cookies that were lost on the way.
 */
import type { Fault } from "../engine/model.ts"
import { find } from "../../Site.ts"
import { type Detector, fails, nothing, refused, told } from "./finding.ts"
import { belongsTo, type History, isAt, overTls, type Seen } from "./history.ts"

const section = "Cookies"

const jarOfNames = (name: string, host: string): Fault => ({
  name: "jar-without-domains",
  section,
  says: {
    en: `the cookie ${name}, with which anybody may log in anew, is sent to ${host}, where it does not belong: the jar does not know domains`,
    zh: `Cookie ${name} 可用于重新登录，却被发送到不属于它的 ${host}：Cookie 存储没有区分域名`
  },
  cure: {
    en: "keep cookies by name, domain and path, and send each only to its own domain (RFC 6265)",
    zh: "请按名称、域名和路径保存 Cookie，并只发送到其所属域名（RFC 6265）"
  }
})

const elsewhere = (name: string, host: string): Fault => ({
  name: "cookie-to-another-host",
  section,
  says: {
    en: `the cookie ${name} is sent to ${host}, where it does not belong`,
    zh: `Cookie ${name} 被发送到不属于它的 ${host}`
  },
  cure: {
    en: "send each cookie only to the domain that it was set for",
    zh: "每个 Cookie 只应发送到设置它的域名"
  }
})

const inTheClear = (name: string): Fault => ({
  name: "secure-cookie-over-http",
  section,
  says: {
    en: `the cookie ${name} was set Secure and is sent over plain http, where anybody may read it`,
    zh: `Cookie ${name} 带有 Secure 属性，却通过明文 http 发送，任何人都可读取`
  },
  cure: {
    en: "ask over https, or leave the cookie out",
    zh: "请使用 https，或不要发送该 Cookie"
  }
})

/** What renews a login without a scan. */
const masterKeys = new Set(["superkey", "supertoken"])

/** Cookies of this login that are sent where no answer has sent them. */
export const misplaced: Detector = ({ read, url }, history) => {
  const domains = find(history.scenario.site)?.cookieDomains ?? ["qq.com"]
  const isOurs = domains.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`))
  return Array.from(read.cookies()).flatMap(([name, values]) =>
    values.flatMap((value) => {
      const known = value === "" ? [] : history.everSet(name, value)
      if (known.length === 0) return nothing
      const here = known.filter((cookie) => belongsTo(cookie, url))
      if (here.length > 0) {
        const safe = url.protocol === "https:" || here.some((cookie) => cookie.options?.secure !== true)
        return safe ? nothing : fails(inTheClear(name))
      }
      if (masterKeys.has(name)) return fails(jarOfNames(name, url.hostname))
      return (isOurs ? told : fails)(elsewhere(name, url.hostname))
    })
  )
}

const lost = (
  why: { readonly en: string; readonly zh: string },
  cure: Fault["cure"],
  name: string,
  section: string
): Fault => ({
  name,
  section,
  says: {
    en: `the cookie p_skey of check_sig is missing here: ${why.en}`,
    zh: `此处缺少 check_sig 设置的 Cookie p_skey：${why.zh}`
  },
  cure
})

const reasonOf = ({ read, url }: Seen, history: History): Fault => {
  const check = history.served("check_sig")
  if (check === undefined) return skipped
  const behind = check.exchange.response.headers.find(([name]) => name.toLowerCase() === "location")?.[1]
  const followed = history.wasAnswered(URL.parse(behind ?? "")?.href ?? "")
  const [sent] = read.cookies().get("p_skey") ?? []
  const others = ["p_uin", "pt4_token"].some((name) => read.cookies().has(name))
  if (followed && !others) return followedAndLost
  if (url.protocol === "http:" && history.due(overTls(url)).some(isSkey)) return secure
  return others || sent !== undefined ? byName : dropped
}

const isSkey = ({ cookie }: { readonly cookie: { readonly name: string } }) => cookie.name === "p_skey"

const skipped: Fault = {
  name: "check-sig-skipped",
  section: "Step 3: check_sig",
  says: {
    en: "the client goes on without check_sig: the poll's cookies are not enough, p_skey comes with step 3",
    zh: "客户端没有请求 check_sig：仅有轮询的 Cookie 还不够，p_skey 由第 3 步设置"
  },
  cure: {
    en: "ask for the address in the third argument of ptuiCB, without following what it redirects to",
    zh: "请请求 ptuiCB 第三个参数中的地址，不要跟随其重定向"
  }
}

const followedAndLost = lost(
  {
    en: "Location was followed, and the cookies of the 302 were lost with it",
    zh: "客户端跟随了 Location，302 响应中的 Cookie 因此丢失"
  },
  {
    en: "turn redirects off for check_sig, and read the Set-Cookie lines of the 302 itself",
    zh: "请求 check_sig 时请关闭自动重定向，并读取 302 响应本身的 Set-Cookie"
  },
  "location-followed",
  "Step 3: check_sig"
)

const byName = lost(
  {
    en: "one answer sets it for one domain and deletes it for another, and a jar that knows names only has deleted it",
    zh: "同一响应为一个域名设置它、又为另一个域名删除它，只按名称保存的 Cookie 存储把它删掉了"
  },
  {
    en: "keep cookies by name, domain and path (RFC 6265)",
    zh: "请按名称、域名和路径保存 Cookie（RFC 6265）"
  },
  "jar-without-domains",
  section
)

const secure = lost(
  { en: "it is Secure, and does not travel over plain http", zh: "它带有 Secure 属性，不能通过明文 http 发送" },
  { en: "ask over https", zh: "请使用 https" },
  "p-skey-lost",
  section
)

const dropped = lost(
  {
    en: "check_sig has set it in one of several Set-Cookie lines, and it was not kept",
    zh: "check_sig 在多行 Set-Cookie 之一中设置了它，但没有被保存"
  },
  {
    en: "read every Set-Cookie line by itself: dates hold commas, so a joined header cannot be split",
    zh: "请逐行读取 Set-Cookie：日期中含有逗号，合并后的头无法正确拆分"
  },
  "p-skey-lost",
  section
)

/** The calls of Web QQ without the cookie of step 3. */
export const missing: Detector = (seen, history) => {
  const { read, url } = seen
  const isCall = ["getvfwebqq", "login2", "get_online_buddies2"].some((path) => isAt(read.address, path))
  if (!isCall || !/(?:^|\.)web2\.qq\.com$/.test(url.hostname)) return nothing
  const due = history.due(overTls(url)).find(isSkey)
  if (due === undefined) {
    // Where it was asked for in vain, that is the fault.
    const isSkipped = history.served("check_sig") === undefined && !history.wasRefused("check_sig")
    return isSkipped && history.codes.length > 0 ? refused(skipped) : nothing
  }
  return read.cookies().get("p_skey")?.[0] === due.cookie.valueEncoded ? nothing : refused(reasonOf(seen, history))
}
