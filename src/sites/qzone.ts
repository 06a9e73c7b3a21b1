/**
 * Qzone, on the web and for phones: two sets of numbers, one set of cookies.
 */
import type { Check } from "./check.ts"
import { living, type Site } from "./schema.ts"

/** The owner's own card (PROTOCOL.md, session checks, C(3)). */
const ownCard: Check = {
  method: "GET",
  url: "https://h5.qzone.qq.com/proxy/domain/base.qzone.qq.com/cgi-bin/user/cgi_userinfo_get_all",
  query: { uin: "{{uin}}", vuin: "{{uin}}", fupdate: "1", rd: "{{random}}", g_tk: "{{g_tk p_skey}}" },
  headers: { referer: "https://user.qzone.qq.com/{{uin}}" },
  good: [{ json: { code: [0] } }],
  // -3000 is captured. The other codes and 401 are one client's of 2026 (S). 403 is a wrong g_tk and no dead session.
  dead: [{ json: { code: [-3000, -3, -100, -10_001, -10_006] } }, { status: 401 }],
  // -10000 is the rate limit, captured; -2 is one client's (S).
  later: [{ json: { code: [-10_000, -2] } }],
  account: "data.uin"
}

/** Qzone on the web. */
export const qzone: Site = {
  ...living("qzone.qq.com"),
  name: "qzone",
  title: { en: "Qzone", zh: "QQ 空间" },
  appid: "549000912",
  daid: "5",
  u1: "https://qzs.qzone.qq.com/qzone/v5/loginsucc.html?para=izone",
  check: ownCard,
  evidence: {
    source: "Dimlitter/tankstorm-keepalive, lumia1998/koishi-plugin-qzone, 11273/QzonePhoto",
    newest: "2026-08"
  }
}

/** Qzone for phones. That check_sig is on Qzone's host is I: nobody has captured it. */
export const qzoneH5: Site = {
  ...living("qzone.qq.com"),
  name: "qzone-h5",
  title: { en: "Qzone for phones (H5)", zh: "QQ 空间手机版（H5）" },
  appid: "549000929",
  daid: "5",
  u1: "https://h5.qzone.qq.com/mqzone/index",
  check: ownCard,
  evidence: { source: "aioqzone/aioqzone src/qqqr/constant.py", newest: "2024-02" }
}
