/**
 * Where one can log in, as data. The three QR requests are the same for every Tencent site; what differs is a few
 * numbers, an address, the hosts to trust, and whether Web QQ's two token calls follow.
 */
import * as Schema from "effect/Schema"
import { type Bilingual, expected } from "./Language.ts"

/**
 * Which parameter set is sent, named after the official page that sent it (PROTOCOL.md, step 2):
 * - `seed`: `mq_comm.js` as the seed document of 2015 prints it: no ptqrtoken, its constants, http for steps 3 to 5;
 * - `mq_comm`: the same page from 2017-02-09 on: ptqrtoken, https;
 * - `c_login_2`: the newer page, still in use elsewhere.
 */
export const Dialect = Schema.Literals(["seed", "mq_comm", "c_login_2"])
export type Dialect = typeof Dialect.Type

const text = (pattern: RegExp, words: Bilingual) => Schema.String.check(Schema.isPattern(pattern, expected(words)))

const Digits = text(/^\d{1,12}$/, { en: "1 to 12 digits", zh: "1 至 12 位数字" })
const Host = text(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, { en: "a host, qzone.qq.com for one", zh: "主机名，如 qzone.qq.com" })
const Month = text(/^\d{4}-\d{2}$/, { en: "a month, 2026-02 for one", zh: "月份，如 2026-02" })

export const Site = Schema.Struct({
  /** Short name, as `--site` takes it. */
  name: text(/^[a-z0-9][a-z0-9-]*$/, {
    en: "a short name: lower-case letters, digits and -",
    zh: "短名称：小写字母、数字和 -"
  }),
  title: Schema.Struct({ en: Schema.String, zh: Schema.String }),
  appid: Digits,
  daid: Digits,
  /** The address that a browser would end at; the server echoes it as `s_url`. */
  u1: text(/^https?:\/\/\S+$/, { en: "an http or https address", zh: "http 或 https 地址" }),
  pt3rdAid: Schema.optionalKey(Digits),
  dialect: Dialect,
  /** The only hosts to which the check_sig URL may point. */
  redirectHosts: Schema.NonEmptyArray(Host),
  /** The only domains (and what is below them) whose cookies are kept. */
  cookieDomains: Schema.NonEmptyArray(Host),
  /** The host whose `p_skey` the site's calls are signed with. */
  target: Host,
  /** Whether Web QQ's getvfwebqq and login2 follow (steps 4 and 5). */
  tokens: Schema.Boolean,
  /** Where the numbers come from, and the month of the newest sign that they work (`2026-02`). */
  evidence: Schema.Struct({
    source: Schema.String,
    newest: Month
  }),
  /** The month since which the site itself is closed. */
  closed: Schema.optionalKey(Month)
})
export type Site = typeof Site.Type

const webqqBase = {
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
  ...webqqBase,
  name: "webqq",
  title: { en: "Web QQ, as it answered in 2018", zh: "Web QQ（2018 年的形式）" },
  dialect: "mq_comm",
  evidence: { source: "pandolia/qqbot, AlexJialene/smart-qq", newest: "2018-12" }
}

/** Web QQ as the seed document of 2015 describes it, to the letter. */
export const webqq2015: Site = {
  ...webqqBase,
  name: "webqq-2015",
  title: { en: "Web QQ, as described in 2015", zh: "Web QQ（2015 年文档的形式）" },
  dialect: "seed",
  evidence: { source: "www.scienjus.com/webqq-analysis-2", newest: "2015-12" }
}

// What the sites below have in common: the newer page, cookies in place of tokens (PROTOCOL.md, other sites).
const livingBase = { dialect: "c_login_2", cookieDomains: ["qq.com"], tokens: false } as const

/** Qzone on the web. */
export const qzone: Site = {
  ...livingBase,
  name: "qzone",
  title: { en: "Qzone", zh: "QQ 空间" },
  appid: "549000912",
  daid: "5",
  u1: "https://qzs.qzone.qq.com/qzone/v5/loginsucc.html?para=izone",
  redirectHosts: ["ptlogin2.qzone.qq.com"],
  target: "qzone.qq.com",
  evidence: { source: "aioqzone/aioqzone, vikiboss/mioki, lkeme/QRLib", newest: "2026-02" }
}

/** Qzone for phones. */
export const qzoneH5: Site = {
  ...livingBase,
  name: "qzone-h5",
  title: { en: "Qzone for phones (H5)", zh: "QQ 空间手机版（H5）" },
  appid: "549000929",
  daid: "5",
  u1: "https://h5.qzone.qq.com/mqzone/index",
  redirectHosts: ["ptlogin2.qzone.qq.com"],
  target: "qzone.qq.com",
  evidence: { source: "aioqzone/aioqzone src/qqqr/constant.py", newest: "2024-02" }
}

/** QQ groups. */
export const qun: Site = {
  ...livingBase,
  name: "qun",
  title: { en: "QQ groups", zh: "QQ 群" },
  appid: "715030901",
  daid: "73",
  u1: "https://qun.qq.com/",
  redirectHosts: ["ptlogin2.qun.qq.com"],
  target: "qun.qq.com",
  evidence: { source: "hexsum/Mojo-Webqq lib/Mojo/Webqq/Model/Ext.pm", newest: "2018-01" }
}

/** QQ VIP. */
export const vip: Site = {
  ...livingBase,
  name: "vip",
  title: { en: "QQ VIP", zh: "QQ 会员" },
  appid: "8000201",
  daid: "18",
  u1: "https://vip.qq.com/loginsuccess.html",
  redirectHosts: ["ptlogin2.vip.qq.com"],
  target: "vip.qq.com",
  evidence: { source: "vikiboss/mioki plugins/qr-login, lkeme/QRLib", newest: "2026-02" }
}

/** QQ Music, through graph.qq.com. */
export const music: Site = {
  ...livingBase,
  name: "music",
  title: { en: "QQ Music (graph.qq.com)", zh: "QQ 音乐（graph.qq.com）" },
  appid: "716027609",
  daid: "383",
  u1: "https://graph.qq.com/oauth2.0/login_jump",
  pt3rdAid: "100497308",
  redirectHosts: ["ssl.ptlogin2.graph.qq.com", "ptlogin2.graph.qq.com"],
  target: "graph.qq.com",
  evidence: { source: "aurora0x27/qqmusic-api-cxx, vikiboss/mioki, lkeme/QRLib", newest: "2026-02" }
}

/** Tencent's games: League of Legends and others below game.qq.com. */
export const game: Site = {
  ...livingBase,
  name: "game",
  title: { en: "Tencent games (game.qq.com)", zh: "腾讯游戏（game.qq.com）" },
  appid: "21000501",
  daid: "8",
  u1: "https://lol.qq.com/",
  redirectHosts: ["ptlogin2.game.qq.com"],
  target: "game.qq.com",
  evidence: { source: "KiinGma/qqbot hash33.go", newest: "2023-03" }
}

/** Every site that comes with the library. */
export const all: ReadonlyArray<Site> = [qzone, qzoneH5, qun, vip, music, game, webqq, webqq2015]

/** The site of that name, if there is one. */
export const find = (name: string): Site | undefined => all.find((site) => site.name === name)
