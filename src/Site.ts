/**
 * Where one can log in, as data. The three QR requests are the same for every Tencent site; what differs is a few
 * numbers, an address, the hosts to trust, and whether Web QQ's two token calls follow.
 */
import * as Schema from "effect/Schema"

/**
 * Which parameter set is sent, named after the official page that sent it (PROTOCOL.md, step 2):
 * - `seed`: `mq_comm.js` as the seed document of 2015 prints it: no ptqrtoken, its constants, http for steps 3 to 5;
 * - `mq_comm`: the same page from 2017-02-09 on: ptqrtoken, https;
 * - `c_login_2`: the newer page, still in use elsewhere.
 */
export const Dialect = Schema.Literals(["seed", "mq_comm", "c_login_2"])
export type Dialect = typeof Dialect.Type

const Digits = Schema.String.check(Schema.isPattern(/^\d{1,12}$/))
const Host = Schema.String.check(Schema.isPattern(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/))

export const Site = Schema.Struct({
  /** Short name, as `--site` takes it. */
  name: Schema.String.check(Schema.isPattern(/^[a-z0-9][a-z0-9-]*$/)),
  title: Schema.Struct({ en: Schema.String, zh: Schema.String }),
  appid: Digits,
  daid: Digits,
  /** The address that a browser would end at; the server echoes it as `s_url`. */
  u1: Schema.String.check(Schema.isPattern(/^https?:\/\/\S+$/)),
  pt3rdAid: Schema.optionalKey(Digits),
  dialect: Dialect,
  /** The only hosts to which the check_sig URL may point. */
  redirectHosts: Schema.NonEmptyArray(Host),
  /** The only domains (and what is below them) whose cookies are kept. */
  cookieDomains: Schema.NonEmptyArray(Host),
  /** Whether Web QQ's getvfwebqq and login2 follow (steps 4 and 5). */
  tokens: Schema.Boolean
})
export type Site = typeof Site.Type

const webqqBase = {
  appid: "501004106",
  daid: "164",
  u1: "http://w.qq.com/proxy.html?login2qq=1&webqq_type=10",
  // The host drifted from ptlogin4 (2013 to spring 2017) to ptlogin2 (PROTOCOL.md, step 3).
  redirectHosts: ["ptlogin2.web2.qq.com", "ptlogin4.web2.qq.com"],
  cookieDomains: ["qq.com"],
  tokens: true
} as const

/** Web QQ in its last wire form, late 2018. Its hosts closed on 2019-01-03. */
export const webqq: Site = {
  ...webqqBase,
  name: "webqq",
  title: { en: "Web QQ (closed on 2019-01-03)", zh: "Web QQ（已于 2019-01-03 关闭）" },
  dialect: "mq_comm"
}

/** Web QQ as the seed document of 2015 describes it, to the letter. */
export const webqq2015: Site = {
  ...webqqBase,
  name: "webqq-2015",
  title: { en: "Web QQ as described in 2015 (closed)", zh: "2015 年文档所述的 Web QQ（已关闭）" },
  dialect: "seed"
}

/** Every site that comes with the library. */
export const all: ReadonlyArray<Site> = [webqq, webqq2015]

/** The site of that name, if there is one. */
export const find = (name: string): Site | undefined => all.find((site) => site.name === name)
