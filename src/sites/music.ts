/**
 * QQ Music: a login at graph.qq.com, a code, and QQ Music's own key in exchange for it.
 */
import { living, type Site } from "./schema.ts"

/** QQ Music, through graph.qq.com. */
export const music: Site = {
  ...living("graph.qq.com"),
  name: "music",
  title: { en: "QQ Music (y.qq.com)", zh: "QQ 音乐（y.qq.com）" },
  appid: "716027609",
  daid: "383",
  u1: "https://graph.qq.com/oauth2.0/login_jump",
  pt3rdAid: "100497308",
  opens: "y.qq.com",
  authorize: {
    clientId: "100497308",
    redirectUri: "https://y.qq.com/portal/wx_redirect.html?login_type=1&surl=https://y.qq.com/",
    scope: "get_user_info",
    redeem: "music"
  },
  // The owner's own home page (C(4)); that g_tk is the hash of the key is S.
  check: {
    method: "GET",
    url: "https://c6.y.qq.com/rsc/fcgi-bin/fcg_get_profile_homepage.fcg",
    query: {
      g_tk: "{{g_tk qqmusic_key}}",
      format: "json",
      inCharset: "utf-8",
      outCharset: "utf-8",
      notice: "0",
      cid: "205360838",
      needNewCode: "0",
      loginUin: "{{musicid}}",
      hostUin: "0",
      userid: "{{musicid}}",
      reqfrom: "1"
    },
    headers: { referer: "https://y.qq.com/" },
    good: [{ json: { code: [0] } }],
    dead: [{ json: { code: [1000] } }]
  },
  evidence: { source: "forkseek/music-universe, L-1124/QQMusicApi, aurora0x27/qqmusic-api-cxx", newest: "2026-10" }
}
