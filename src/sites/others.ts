/**
 * The other sites whose sessions are cookies: groups, VIP, games, channels.
 */
import { living, type Site } from "./schema.ts"

/** QQ groups. */
export const qun: Site = {
  ...living("qun.qq.com"),
  name: "qun",
  title: { en: "QQ groups", zh: "QQ 群" },
  appid: "715030901",
  daid: "73",
  u1: "https://qun.qq.com/",
  // Its calls carry bkn, the hash of skey (C(10)).
  needs: ["skey"],
  // The list of one's groups (C(5)): it alone tells, the page looks logged in when the skey has been displaced (2026-10).
  check: {
    method: "POST",
    url: "https://qun.qq.com/cgi-bin/qun_mgr/get_group_list",
    headers: { referer: "https://qun.qq.com/member.html" },
    form: { bkn: "{{g_tk skey}}" },
    good: [{ json: { ec: [0] } }],
    dead: [{ json: { ec: [4, 1] } }]
  },
  evidence: { source: "sun589/QQkey_Tool, netcccyun/qqapi includes/lib/QQLogin.php", newest: "2026-09" }
}

/** QQ VIP. */
export const vip: Site = {
  ...living("vip.qq.com"),
  name: "vip",
  title: { en: "QQ VIP", zh: "QQ 会员" },
  appid: "8000201",
  daid: "18",
  u1: "https://vip.qq.com/loginsuccess.html",
  // C(2). A good answer is JSON, of which nobody published the fields: one that says code or ret must say 0 (I).
  check: {
    method: "POST",
    url: "https://club.vip.qq.com/api/trpc/qid_mall_server/GetMainPage",
    query: { g_tk: "{{g_tk p_skey}}" },
    headers: { referer: "https://club.vip.qq.com/qid/mine" },
    json: {},
    good: [{ json: { code: [0, null], ret: [0, null] } }],
    dead: [
      { status: 302, location: "https://ui.ptlogin2.qq.com/" },
      { text: "Redirecting to https://ui.ptlogin2.qq.com/" }
    ]
  },
  evidence: { source: "vikiboss/mioki plugins/qr-login, lkeme/QRLib, sun589/QQkey_Tool", newest: "2026-06" }
}

/** Tencent's games: League of Legends and others below game.qq.com. */
export const game: Site = {
  ...living("game.qq.com"),
  name: "game",
  title: { en: "Tencent games (game.qq.com)", zh: "腾讯游戏（game.qq.com）" },
  appid: "21000501",
  daid: "8",
  u1: "https://lol.qq.com/",
  // With these numbers uin and skey come for qq.com, measured in 2026-10 (S); p_skey of game.qq.com may not.
  needs: ["skey"],
  // I: only the form for acctype=qc is captured. So only answers that were captured count as dead; isLogin 0 is not among them.
  check: {
    method: "GET",
    url: "https://ams.game.qq.com/ams/userLoginSvr",
    query: { callback: "x", acctype: "pt" },
    headers: { referer: "https://lol.qq.com/" },
    good: [{ json: { isLogin: [1, true] } }],
    dead: [{ json: { ret: [101, -990_301, -9908] } }]
  },
  evidence: { source: "KiinGma/qqbot hash33.go, PROTOCOL.md", newest: "2026-10" }
}

/** QQ channels (QQ 频道). */
export const pd: Site = {
  ...living("pd.qq.com"),
  name: "pd",
  title: { en: "QQ channels (pd.qq.com)", zh: "QQ 频道（pd.qq.com）" },
  appid: "1600001587",
  daid: "823",
  u1: "https://pd.qq.com/explore",
  // Here bkn is the hash of p_skey (C(2)).
  signing: { gtk: "p_skey", bkn: "p_skey" },
  // A search in a public channel (C(2)). Clients take any other retcode for dead, unless data came with it (I: none was captured).
  check: {
    method: "POST",
    url: "https://pd.qq.com/qunng/guild/gotrpc/auth/trpc.group_pro.in_guild_search_svr.InGuildSearch/NewSearch",
    query: { bkn: "{{g_tk p_skey}}" },
    headers: {
      "x-oidb": '{"uint32_command":"0x9287","uint32_service_type":"2"}',
      referer: "https://pd.qq.com/",
      origin: "https://pd.qq.com"
    },
    json: {
      guild_id: "592843764045681811",
      query: "test",
      cookie: "",
      member_cookie: "",
      search_type: { type: 0, feed_type: 0 },
      cond: { channel_ids: [], feed_rank_type: 0, type_list: [2, 3] }
    },
    good: [{ json: { retcode: [0] } }, { json: { data: { not: [null] } } }],
    dead: [{ json: { retcode: { not: [0, null] } } }]
  },
  evidence: { source: "fish2018/pansou plugin/qqpd/qqpd.go", newest: "2026-08" }
}
