/**
 * Hosts that had gone, and headers without which the servers refused.
 */
import type { Fault } from "../engine/model.ts"
import { type Detector, nothing, refused, told } from "./finding.ts"
import { isAt } from "./history.ts"

const empty: Fault = {
  name: "referer-empty",
  section: "Dangers",
  says: {
    en: "the header Referer is there and empty: check_sig answered 403 to that, s.web2 retcode 100000",
    zh: "Referer 头存在但为空：check_sig 会因此返回 403，s.web2 会返回 retcode 100000"
  },
  cure: { en: "leave the header out where there is nothing to say", zh: "没有内容时请不要发送该头" }
}

const missing: Fault = {
  name: "referer-missing",
  section: "Step 4: getvfwebqq",
  says: {
    en: "there is no Referer: s.web2 answered retcode 100000",
    zh: "没有 Referer：s.web2 会返回 retcode 100000"
  },
  cure: {
    en: "send https://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1, in the scheme of the request",
    zh: "请发送 https://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1，协议须与请求相同"
  }
}

const otherScheme: Fault = {
  name: "referer-of-another-scheme",
  section: "Step 4: getvfwebqq",
  says: {
    en: "the Referer is of another scheme than the request: s.web2 answered retcode 100000",
    zh: "Referer 的协议与请求不同：s.web2 会返回 retcode 100000"
  },
  cure: { en: "let both be https, or both http", zh: "请让两者同为 https 或同为 http" }
}

const library: Fault = {
  name: "user-agent-of-a-library",
  section: "Step 4: getvfwebqq",
  says: {
    en: "the User-Agent is no browser's: one source says that s.web2 then answered retcode 100000, one client of 2017 did so and logged in",
    zh: "User-Agent 不是浏览器的：有资料称 s.web2 会返回 retcode 100000，但 2017 年有客户端这样做仍登录成功"
  },
  cure: { en: "send the one of a browser: Mozilla/5.0 …", zh: "请发送浏览器的 User-Agent：Mozilla/5.0 …" }
}

const gone: Fault = {
  name: "host-closed",
  section: "What closed and what lives",
  says: {
    en: "d.web2.qq.com gave way to d1.web2.qq.com on 2015-12-09, and answered 403 from then on",
    zh: "d.web2.qq.com 已于 2015-12-09 由 d1.web2.qq.com 取代，此后返回 403"
  },
  cure: { en: "ask d1.web2.qq.com", zh: "请改用 d1.web2.qq.com" }
}

const noForm: Fault = {
  name: "login2-no-form",
  section: "Step 5: login2",
  says: {
    en: "login2 is sent without the form field r, which holds its JSON",
    zh: "login2 的请求中没有表单字段 r（其内容为 JSON）"
  },
  cure: {
    en: "send application/x-www-form-urlencoded with one field: r={…}, percent-encoded",
    zh: "请以 application/x-www-form-urlencoded 发送一个字段：r={…}，并做百分号编码"
  }
}

// Scenarios do not name it, and clients do.
const goneHost = "d.web2.qq.com"

/** What is wrong with a request before any value is looked at. */
export const headers: Detector = ({ read, url }, { scenario }) => {
  if (url.hostname === goneHost && Date.parse(scenario.clock) >= Date.parse("2015-12-09T00:00:00Z"))
    return refused(gone)
  const [referer] = read.headers().get("referer") ?? []
  if (referer === "" && ["check_sig", "getvfwebqq"].some((path) => isAt(read.address, path))) return refused(empty)
  if (isAt(read.address, "getvfwebqq")) {
    if (referer === undefined) return refused(missing)
    if (/^https?:/.test(referer) && !referer.startsWith(url.protocol)) return refused(otherScheme)
    const [agent = ""] = read.headers().get("user-agent") ?? []
    return agent.startsWith("Mozilla/") ? nothing : told(library)
  }
  return isAt(read.address, "login2") && !read.form().has("r") ? refused(noForm) : nothing
}
