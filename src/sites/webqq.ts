/**
 * Web QQ, which closed on 2019-01-03: as its servers answered last, and as the seed document of 2015 describes it.
 */
import type { Check } from "./check.ts"
import type { Site } from "./schema.ts"

/**
 * The list of friends online (PROTOCOL.md, session checks; the request is that of pandolia/qqbot and slince/smartqq). What the codes mean
 * stands under retcodes there: those of a session that is over, and those of a server that is busy.
 */
const getOnlineBuddies2 = (scheme: "http" | "https", t: string): Check => ({
  method: "GET",
  url: `${scheme}://d1.web2.qq.com/channel/get_online_buddies2`,
  query: { vfwebqq: "{{vfwebqq}}", clientid: "53999199", psessionid: "{{psessionid}}", t },
  headers: { referer: `${scheme}://d1.web2.qq.com/proxy.html?v=20151105001&callback=1&id=2` },
  // `errmsg` beside retcode 0 and `"result":"error"` came from servers in trouble (pandolia/qqbot#311).
  good: [{ json: { retcode: [0], errmsg: [null, ""], result: { not: ["error", null] } } }],
  dead: [{ json: { retcode: [100, 103, 108, 121, 100_000, 100_001, 100_002] } }],
  later: [{ json: { retcode: [112, 113, 100_003] } }]
})

const base = {
  appid: "501004106",
  daid: "164",
  u1: "http://w.qq.com/proxy.html?login2qq=1&webqq_type=10",
  // The host drifted from ptlogin4 (2013 to spring 2017) to ptlogin2 (PROTOCOL.md, step 3).
  redirectHosts: ["ptlogin2.web2.qq.com", "ptlogin4.web2.qq.com"],
  cookieDomains: ["qq.com"],
  target: "web2.qq.com",
  tokens: true,
  closed: "2019-01"
} as const

/** Web QQ in its last wire form, late 2018. Its hosts closed on 2019-01-03. */
export const webqq: Site = {
  ...base,
  name: "webqq",
  title: { en: "Web QQ, as it answered in 2018", zh: "Web QQ（2018 年的形式）" },
  dialect: "mq_comm",
  check: getOnlineBuddies2("https", "{{random}}"),
  evidence: { source: "pandolia/qqbot, AlexJialene/smart-qq", newest: "2018-12" }
}

/** Web QQ by its newer page, from 2017-08 on, with the address of 2018-11: no ptwebqq comes (PROTOCOL.md, step 2). */
export const webqq2018: Site = {
  ...base,
  name: "webqq-2018",
  title: { en: "Web QQ, by the newer page of 2018", zh: "Web QQ（2018 年的新登录页）" },
  u1: "https://web2.qq.com/proxy.html",
  dialect: "c_login_2",
  check: getOnlineBuddies2("https", "{{random}}"),
  evidence: { source: "hexsum/Mojo-Webqq, AlexJialene/smart-qq, ZhelinCheng/Node-QQBot", newest: "2018-11" }
}

/** Web QQ as the seed document of 2015 describes it, to the letter. */
export const webqq2015: Site = {
  ...base,
  name: "webqq-2015",
  title: { en: "Web QQ, as described in 2015", zh: "Web QQ（2015 年文档的形式）" },
  dialect: "seed",
  check: getOnlineBuddies2("http", "0.1"),
  evidence: { source: "www.scienjus.com/webqq-analysis-2", newest: "2015-12" }
}
