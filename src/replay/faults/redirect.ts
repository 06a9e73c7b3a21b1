/**
 * Where a client goes after the code was confirmed.
 */
import type { Fault } from "../engine/model.ts"
import { find } from "../../Site.ts"
import { isTencents } from "../siteOf.ts"
import { type Detector, fails, nothing, refused, told } from "./finding.ts"
import { isAt } from "./history.ts"

const section = "Step 3: check_sig"

const untrusted = (host: string): Fault => ({
  name: "redirect-untrusted",
  section: "Dangers",
  says: {
    en: `the client goes to ${host}, which is no host of the site, because an answer said so: the login's ticket would be given away`,
    zh: `客户端按响应中的地址访问 ${host}，而它不是该站点的主机：登录凭据会因此泄露`
  },
  cure: {
    en: "check scheme, host (exactly) and path of the address before it is asked",
    zh: "请求之前，请检查地址的协议、主机（须完全一致）和路径"
  }
})

const altered: Fault = {
  name: "check-sig-altered",
  section,
  says: {
    en: "check_sig is asked with another ptsigx or uin than the answer gave: a ticket that is made up got 403",
    zh: "请求 check_sig 时的 ptsigx 或 uin 与响应给出的不同：伪造的凭据会得到 403"
  },
  cure: { en: "ask for the address as it came, byte for byte", zh: "请原样请求该地址，一个字节也不要改" }
}

const lost: Fault = {
  name: "location-followed",
  section,
  says: {
    en: "Location was followed without the cookies that check_sig has just set: the client reads the page behind the 302 and loses the login",
    zh: "客户端跟随了 Location，却没有带上 check_sig 刚设置的 Cookie：它读取了 302 之后的页面而丢失了登录"
  },
  cure: {
    en: "turn redirects off for check_sig, and read the Set-Cookie lines of the 302 itself",
    zh: "请求 check_sig 时请关闭自动重定向，并读取 302 响应本身的 Set-Cookie"
  }
}

const followed: Fault = {
  name: "location-followed",
  section,
  says: {
    en: "Location was followed: nothing of the login is there, and in summer 2018 it led to a 404",
    zh: "客户端跟随了 Location：那里没有登录所需的内容，2018 年夏天还曾指向 404"
  },
  cure: { en: "take the 302 for the success that it is, and go on", zh: "收到 302 即表示成功，请直接继续" }
}

/** The client stopped there. */
export const stoppedBehind: Fault = {
  name: "location-followed",
  section,
  says: {
    en: "the client followed Location and took what lies there for the end: the login was good, and is not gone on with",
    zh: "客户端跟随了 Location 并把那里的页面当作结果：登录其实已成功，却没有继续"
  },
  cure: lost.cure
}

/** The client never asked for the address that the confirmed poll gave. */
export const neverChecked: Fault = {
  name: "check-sig-skipped",
  section,
  says: {
    en: "the client took the confirmed poll for the end: the login's cookies come with check_sig",
    zh: "客户端把已确认的轮询当作结果：登录的 Cookie 由 check_sig 设置"
  },
  cure: {
    en: "ask for the address in the third argument of ptuiCB, without following what it redirects to",
    zh: "请请求 ptuiCB 第三个参数中的地址，不要跟随其重定向"
  }
}

/** Requests to, and behind, the address of the confirmed poll. */
export const redirect: Detector = ({ read, url }, history) => {
  const address = history.given()
  const site = find(history.scenario.site)
  const isGiven = url.hostname === address?.hostname && url.pathname === address.pathname
  // A page of Tencent's own, for a second factor, gets nothing that it did not give.
  if (isGiven && site !== undefined && !site.redirectHosts.includes(url.hostname) && !isTencents(url.href))
    return refused(untrusted(url.hostname))
  if (isGiven && isAt(read.address, "check_sig")) {
    const differs = ["ptsigx", "uin"].some((name) => url.searchParams.get(name) !== address.searchParams.get(name))
    return differs ? refused(altered) : nothing
  }
  if (url.href !== history.location()?.href) return nothing
  // Those that this very answer has set tell whether it was read.
  const check = history.served("check_sig")
  const due = history.due(url).filter(({ by }) => by === check?.url.href)
  const missing = due.some(({ cookie }) => read.cookies().get(cookie.name)?.includes(cookie.valueEncoded) !== true)
  // Where calls follow, they tell whether the login was lost; some jars hold cookies back that others send.
  const isEnd = !history.scenario.exchanges.some(({ request }) => isAt(request.url, "getvfwebqq"))
  return missing && isEnd ? fails(lost) : told(followed)
}
