/**
 * What people report of logins from 2021 to 2026, a row each: what they saw, the input that shows it, and how it ends here. All values are
 * made up. The numbers are those of the collection of reports; two are free.
 */
import type { Session } from "webqq-login/Session"
import { type Answer, picture, ptuiCB } from "../support/answers.ts"
import * as MusicServer from "../support/musicServer.ts"
import { cookie, sessionOf } from "../support/savedSessions.ts"
import type { Case, Ends, Line } from "./play.ts"
import * as Proofs from "./proofs.ts"

export interface Row {
  readonly row: number
  /** The sentence that holds here. */
  readonly says: string
  readonly cases: ReadonlyArray<Case>
}

const [code, waiting, scanned] = [picture("Q"), ptuiCB("66"), ptuiCB("67")] as const

/** A login at a site, after these answers. */
const login = (input: string, site: string, answers: ReadonlyArray<Answer>, ends: Ends): Case => ({
  input,
  lines: [{ line: `login --site ${site} --qr none --json`, answers, ends }]
})

/** One at Qzone whose code was shown. */
const after = (input: string, answers: ReadonlyArray<Answer>, ends: Ends) =>
  login(input, "qzone", [code, ...answers], ends)

const confirmed = (host: string, nickname = "椰子") =>
  ptuiCB("0", `https://${host}/check_sig?ptsigx=CANARY-ticket`, "登录成功！", nickname)

const cookies = (...lines: ReadonlyArray<string>): Answer => ({
  status: 302,
  headers: lines.map((line) => ["set-cookie", line] as const)
})

const owner = (target: string) => `p_uin=o0123456789;Path=/;Domain=${target};`
const key = (target: string, value = "CANARY-p_skey") => `p_skey=${value};Path=/;Domain=${target};Secure;`
const skey = "skey=@AbCdEfGhI;Path=/;Domain=qq.com"
const forbid = (target: string) => `p_skey_forbid=1;Path=/;Domain=${target};`

const qzoneCookies = cookies(owner("qzone.qq.com"), key("qzone.qq.com"), skey)

const saved = (site: string, obtainedAt: string, target: string): Session =>
  sessionOf({
    site,
    uin: 123456789,
    nickname: "椰子",
    obtainedAt,
    cookies: [
      cookie("p_uin", "o0123456789", target),
      cookie("p_skey", "CANARY-p_skey", target),
      cookie("skey", "@AbCdEfGhI", "qq.com"),
      cookie("superuin", "o0123456789", "ptlogin2.qq.com"),
      cookie("supertoken", "1234567890", "ptlogin2.qq.com")
    ]
  })

const atEight = "2026-11-26T08:00:00Z"
const good: Answer = { body: `_Callback({"code":0,"data":{"uin":123456789}});` }

const rejected = (number: string, text = "提交参数错误，请检查。(1552982056)") => ptuiCB(number, "", text)
const link = `您的帐号暂时无法登录，请<a href="http://aq.qq.com/007" target="_blank">点击这里</a>恢复正常使用。`
const page: Answer = { body: "<html><title>安全验证</title></html>" }

const camera = /camera.*another screen.*album/

const ours = /waiting does not help: look for a newer version/

const ofCode = (number: string, kind: string, exitCode: number, cure: RegExp): Case =>
  after(`c${number}`, [scanned, rejected(number)], {
    exitCode,
    error: { _tag: "LoginRejected", code: number, kind, serverMessage: "提交参数错误，请检查。(1552982056)" },
    message: new RegExp(`ssl\\.ptlogin2\\.qq\\.com.*code ${number}: 提交参数错误`),
    cure
  })

const denied: Ends = {
  exitCode: 8,
  error: { _tag: "AccessDenied", step: "ScanStatus", host: "ssl.ptlogin2.qq.com" },
  cure: /use the one that the phone uses; no VPN, no proxy, no cloud server, no foreign address/
}

const music = MusicServer.make()

const statusOf = (stdout: RegExp, answers: ReadonlyArray<Answer>): Line => ({
  line: "status",
  answers,
  ends: { exitCode: 0, stdout, asked: answers.length }
})

const named = (input: string, nickname: string, shown: string): Case =>
  after(input, [confirmed("ptlogin2.qzone.qq.com", nickname), qzoneCookies], {
    exitCode: 0,
    session: { uin: 123456789, nickname: shown },
    nowhere: /\p{Cc}\[2J|^forged/mu
  })

export const rows: ReadonlyArray<Row> = [
  {
    row: 1,
    says: "QQ takes a code by its camera only, from another screen: the file that holds it says so, and so do refusal and expiry",
    cases: [
      {
        input: "refused-after-confirm, the code shown as a file",
        lines: [
          {
            line: "login --site qzone --qr file --json",
            answers: [Proofs.shownCode, scanned, ptuiCB("68")],
            ends: {
              exitCode: 5,
              error: { _tag: "QrRefused" },
              cure: camera,
              stderr: /open it on another screen and scan it with QQ's camera: QQ refuses pictures from the album/
            }
          }
        ]
      },
      {
        input: "nobody scans in time",
        lines: [
          {
            line: "login --site qzone --qr none --json --max-refresh 0",
            answers: [code, waiting, ptuiCB("65")],
            ends: { exitCode: 3, error: { _tag: "QrExpired" }, cure: camera }
          }
        ]
      },
      { input: "what the documents say", proof: Proofs.documentsSayCamera }
    ]
  },
  {
    row: 2,
    says: "a login at vip that brings no p_skey is none: skey signs nothing there",
    cases: [
      ["vip-nopskey: none", cookies(owner("vip.qq.com"), skey)] as const,
      ["vip-nopskey: an empty one", cookies(owner("vip.qq.com"), key("vip.qq.com", ""), skey)] as const
    ].map(([input, answer]) => ({
      input,
      lines: [
        {
          line: "login --site vip --qr none --json",
          answers: [code, confirmed("ptlogin2.vip.qq.com"), answer],
          ends: {
            exitCode: 7,
            error: { _tag: "CookieMissing", step: "Signature", name: "p_skey", host: "vip.qq.com" },
            without: ["forbidden"]
          }
        },
        { line: "token gtk --site vip", ends: { exitCode: 4 } }
      ]
    }))
  },
  {
    row: 3,
    says: "p_skey_forbid is named where p_skey is needed, and is no dead end at QQ Music, where pt_oauth_token speaks for the login",
    cases: [
      login(
        "forbid-noskey: neither p_skey nor pt_oauth_token",
        "music",
        [code, confirmed("ssl.ptlogin2.graph.qq.com"), cookies(owner("graph.qq.com"), forbid("graph.qq.com"))],
        {
          exitCode: 7,
          error: { _tag: "CookieMissing", name: "p_skey", host: "graph.qq.com", forbidden: true },
          message: /graph\.qq\.com withholds the cookie p_skey from this account \(p_skey_forbid\)/,
          cure: /turn that off in QQ on the phone/
        }
      ),
      login(
        "forbid-skey: an skey signs nothing here",
        "music",
        [code, confirmed("ssl.ptlogin2.graph.qq.com"), cookies(owner("graph.qq.com"), forbid("graph.qq.com"), skey)],
        { exitCode: 7, error: { _tag: "CookieMissing", name: "p_skey", forbidden: true } }
      ),
      {
        input: "forbid with pt_oauth_token",
        client: MusicServer.make({ forbidden: true }).client,
        lines: [
          {
            line: "login --site music --qr none --json",
            ends: { exitCode: 0, session: { musicid: 123456789, musickey: "CANARY-key-1", gtk: 5381 } }
          }
        ]
      },
      after(
        "forbid-qzone",
        [confirmed("ptlogin2.qzone.qq.com"), cookies(owner("qzone.qq.com"), forbid("qzone.qq.com"), skey)],
        {
          exitCode: 7,
          error: { _tag: "CookieMissing", name: "p_skey", host: "qzone.qq.com", forbidden: true },
          message: /qzone\.qq\.com.*p_skey_forbid/
        }
      )
    ]
  },
  {
    row: 4,
    says: "a login goes by the proxy that HTTPS_PROXY names, also to names that only the proxy knows",
    cases: [
      login(
        "t-proxy, without the variable: names do not resolve",
        "qzone",
        Array.from({ length: 4 }, () => ({ fails: "EAI_AGAIN" })),
        {
          exitCode: 6,
          error: { _tag: "HttpFailed", reason: "dns", host: "ssl.ptlogin2.qq.com" },
          cure: /where the way out is a proxy, name it with --proxy or HTTPS_PROXY/
        }
      ),
      { input: "t-proxy", proof: Proofs.byProxy },
      { input: "a proxy that lets nobody through", proof: Proofs.proxyRefuses }
    ]
  },
  {
    row: 5,
    says: "cookies.txt keeps session cookies in Python and yt-dlp, which drop those with the expiry 0",
    cases: [{ input: "t-cookies", proof: Proofs.sessionCookies }]
  },
  {
    row: 6,
    says: "7, 24 and 4 are ours to mend, 1 asks to wait, 64 for another network, and of 10009 nobody knows",
    cases: [
      ofCode("7", "ours", 7, ours),
      ofCode("24", "ours", 7, ours),
      ofCode("4", "ours", 7, ours),
      ofCode("1", "wait", 8, /wait some minutes, then start again/),
      ofCode("64", "network", 8, /mistrusts this network.*no VPN, no proxy, no cloud server, no foreign address/),
      ofCode("10009", "unknown", 8, /follow what the message says, on the phone/)
    ]
  },
  {
    row: 7,
    says: "the link that heals an account of code 19 or 22009 is kept, in the text and in --json",
    cases: ["19", "22009"].map((number) =>
      after(`c${number}`, [scanned, ptuiCB(number, "", link)], {
        exitCode: 8,
        error: { code: number, kind: "heal", link: "http://aq.qq.com/007", serverMessage: link },
        cure: /heal the account at http:\/\/aq\.qq\.com\/007/,
        stderr: /http:\/\/aq\.qq\.com\/007/
      })
    )
  },
  {
    row: 8,
    says: "a login at QQ Music ends with musicid and musickey, y.qq.com gets the cookies that it wants, and status asks it",
    cases: [
      {
        input: "music-2025, then cookies and status",
        client: music.client,
        lines: [
          {
            line: "login --site music --qr none --json",
            ends: {
              exitCode: 0,
              session: {
                musicid: 123456789,
                musickey: "CANARY-key-1",
                openid: "CANARY-openid",
                refreshKey: "CANARY-refresh"
              }
            }
          },
          {
            line: "cookies --url https://y.qq.com/",
            ends: {
              exitCode: 0,
              stdout: /^(?=.*\buin=123456789)(?=.*qm_keyst=CANARY-key-1)(?=.*qqmusic_key=CANARY-key-1)/
            }
          },
          { line: "status", ends: { exitCode: 0, stdout: /works; its server was asked/ } }
        ]
      }
    ]
  },
  {
    row: 9,
    says: "a code that is dead at its first poll is replaced once, and what is said is not that somebody was slow",
    cases: [
      after("always65", [ptuiCB("65"), picture("R"), ptuiCB("65")], {
        exitCode: 3,
        error: { _tag: "QrExpired", codes: 2, atOnce: true },
        message: /ssl\.ptlogin2\.qq\.com ended each QR code at its first poll/,
        cure: /nobody was too slow.*leave out proxies and caches/,
        asked: 4
      })
    ]
  },
  {
    row: 10,
    says: "a page in the place of the redirect or of a poll is named by what it holds, with another network or account as its cure",
    cases: [
      after("captcha-sig", [confirmed("ptlogin2.qzone.qq.com"), page], {
        exitCode: 7,
        error: { _tag: "RedirectMissing", host: "ptlogin2.qzone.qq.com", status: 200, page: "captcha" },
        message: /ptlogin2\.qzone\.qq\.com.*a web page with a captcha/,
        cure: /another network.*another account/
      }),
      after("captcha-poll", [page], {
        exitCode: 7,
        error: { _tag: "BadCallback", reason: "a page", page: "captcha" },
        message: /ssl\.ptlogin2\.qq\.com.*a web page with a captcha/,
        cure: /another network.*another account/
      }),
      login(
        "and at authorize, where it was seen",
        "music",
        [
          code,
          confirmed("ssl.ptlogin2.graph.qq.com"),
          cookies(owner("graph.qq.com"), key("graph.qq.com")),
          { body: "<html>NWS_TCloud_PX" }
        ],
        {
          exitCode: 8,
          error: { _tag: "AuthorizeRefused", host: "graph.qq.com", kind: "risk control" },
          cure: /another network or another account; do not go on scanning/
        }
      )
    ]
  },
  {
    row: 11,
    says: "half and empty answers of a poll do not lose a code that is already scanned, and neither does a page",
    cases: [
      ["poll-empty-once", { body: "" }] as const,
      ["poll-half-once", { body: "ptuiCB('67','0','','0','二维" }] as const,
      ["poll-html-once", { body: "<html>" }] as const
    ].map(([input, answer]) =>
      after(input, [waiting, scanned, answer, confirmed("ptlogin2.qzone.qq.com"), qzoneCookies], {
        exitCode: 0,
        session: { uin: 123456789 }
      })
    )
  },
  {
    row: 12,
    says: "an account with a second factor is told so, and a host that is none of the site's gets nothing",
    cases: [
      after("mibao", [ptuiCB("0", "https://ssl.ptlogin2.qq.com/cgi-bin/mibao_vry?lang=2052")], {
        exitCode: 8,
        error: { _tag: "SecondFactorNeeded", host: "ssl.ptlogin2.qq.com" },
        cure: /sign in to this account once in a browser/,
        nowhere: /forged/,
        asked: 2
      }),
      login("generic-host", "music", [code, confirmed("ssl.ptlogin2.qq.com")], {
        exitCode: 7,
        error: { _tag: "RedirectUntrusted", host: "ssl.ptlogin2.qq.com", reason: "host" },
        cure: /the host is Tencent's/,
        nowhere: /CANARY/,
        asked: 2
      })
    ]
  },
  {
    row: 14,
    says: "a refused renewal says that the session was not renewed, and the session that still works is said to work",
    cases: [
      {
        input: "t-renew",
        at: "2026-11-26T08:01:00Z",
        saved: saved("qzone", atEight, "qzone.qq.com"),
        lines: [
          {
            line: "renew --json",
            answers: [{ body: "ptui_auth_CB('1','');" }],
            ends: {
              exitCode: 4,
              error: { _tag: "NoSession", step: "Renewal" },
              message: /the session under mine was not renewed; it stays as it is/,
              cure: /webqq-login status tells whether it still works/
            }
          },
          statusOf(/works; its server was asked/, [good])
        ]
      }
    ]
  },
  {
    row: 15,
    says: "a session that was saved by a clock that is ahead has no known age, and is asked about at once",
    cases: [
      {
        input: "t-store, obtainedAt in 2031",
        saved: saved("qzone", "2031-01-01T00:00:00Z", "qzone.qq.com"),
        lines: [
          statusOf(/ unknown +unknown +works; its server was asked/, [good]),
          {
            line: "status --offline",
            ends: {
              exitCode: 4,
              stdout: / unknown +unknown .*unknown: saved while a clock was ahead, and no server was asked/
            }
          },
          {
            line: "login --site qzone --json",
            answers: [good],
            ends: { exitCode: 0, session: { uin: 123456789 }, stdout: /"SessionStillGood".*"asked":true/, asked: 1 }
          },
          {
            line: "login --site qzone --json --no-scan",
            answers: [{ body: `{"code":-3000,"message":"请先登录"}` }, { body: "ptui_auth_CB('1','');" }],
            ends: { exitCode: 4, error: { _tag: "ScanNeeded" }, asked: 2 }
          }
        ]
      }
    ]
  },
  {
    row: 16,
    says: "what ptqrshow says in place of a picture is told",
    cases: [
      login("qr-ec313", "qzone", [{ body: `ptui_qrcode_CB({"ec":313,"em":"操作频繁，请稍后再试","qrcode":""})` }], {
        exitCode: 7,
        error: { _tag: "BadQrCode", reason: "refused", code: "313", serverMessage: "操作频繁，请稍后再试" },
        message: /ssl\.ptlogin2\.qq\.com.*313: 操作频繁，请稍后再试/
      }),
      login("qr-jsonp", "qzone", [{ body: `ptui_qrcode_CB({"ec":1,"em":""})` }], {
        exitCode: 7,
        error: { _tag: "BadQrCode", reason: "refused", code: "1" },
        cure: /^wait some minutes/
      })
    ]
  },
  {
    row: 18,
    says: "a poll that is denied may be so for the network or for want of login_sig: which of the two is open, so both are named",
    cases: [
      login("poll403html", "qun", [code, { status: 403, body: "<html>403 Forbidden</html>" }], {
        ...denied,
        cure: /mistrusts this network.*wants what the page sends and this version does not \(login_sig, say two reports\).*newer version/
      })
    ]
  },
  {
    row: 19,
    says: "a poll that is denied from an address for ever names the network",
    cases: [after("poll403", [{ status: 403 }], denied)]
  },
  {
    row: 20,
    says: "an odd nickname costs no login, and moves no cursor",
    cases: [
      named("an emoji", "🥥", "🥥"),
      named("none", "", ""),
      named("brackets and commas", "a(b),c", "a(b),c"),
      named("quotes", "a\\'b\\\"c", `a'b"c`),
      { input: "invalid UTF-8, and a GBK header", proof: Proofs.nicknameInBytes },
      named("a terminal's escape", "\\x1b[2J\\nforged", "\u001b[2J\nforged")
    ]
  },
  {
    row: 21,
    says: "a certificate that cannot be checked ends with its own cure",
    cases: ["SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"].map((fails) =>
      login(fails, "qzone", [{ fails }], {
        exitCode: 6,
        error: { _tag: "HttpFailed", reason: "tls", host: "ssl.ptlogin2.qq.com" },
        cure: /clock and the certificates.*a proxy is reading along/
      })
    )
  },
  {
    row: 22,
    says: "a browser's file without cookies is refused, with the setting that leaves them in",
    cases: [{ input: "har/sanitized", proof: Proofs.sanitizedHar }]
  },
  {
    row: 23,
    says: "a browser's login of today is imported, and a replay that does not match is no server in trouble",
    cases: [
      { input: "har/h-realxui: the xui host, u1, login_sig, o1vId", proof: Proofs.browserOfToday },
      login("a replay's 409", "qzone", [{ status: 409 }], {
        exitCode: 6,
        error: { _tag: "HttpFailed", reason: "status", status: 409 },
        cure: /asked of a replay/,
        nowhere: /trouble or busy/
      })
    ]
  },
  {
    row: 24,
    says: "a session file that is empty or full of NUL after a crash is named, harms no other, and can be logged out",
    cases: [{ input: "t-store", proof: Proofs.brokenFiles }]
  },
  {
    row: 25,
    says: "a picture of another size, version or colour is read; one that is no PNG is refused",
    cases: [
      { input: "v5, v7, e=0, s=8, RGB, RGBA", proof: Proofs.pictures },
      ...(["\xff\xd8\xff\xe0JFIF", "GIF89a"] as const).map((body) =>
        login(body.slice(-4), "qzone", [{ body }], {
          exitCode: 7,
          error: { _tag: "BadQrCode", reason: "the body is not a PNG picture" }
        })
      )
    ]
  },
  {
    row: 26,
    says: "wget skips what is marked #HttpOnly_, and gets p_skey, skey and uin all the same",
    cases: [{ input: "t-cookies", proof: Proofs.wget }]
  },
  {
    row: 27,
    says: "g_tk and bkn come each from a key of its own, out of one jar",
    cases: [
      {
        input: "qun-ok",
        lines: [
          {
            line: "login --site qun --qr none --json",
            answers: [
              code,
              confirmed("ptlogin2.qun.qq.com"),
              cookies(owner("qun.qq.com"), key("qun.qq.com", "P"), skey)
            ],
            ends: { exitCode: 0, session: { gtk: 177653, bkn: 1358553458 } }
          },
          { line: "token gtk", ends: { exitCode: 0, stdout: /^177653\n$/ } },
          { line: "token bkn", ends: { exitCode: 0, stdout: /^1358553458\n$/ } }
        ]
      }
    ]
  },
  {
    row: 28,
    says: 'whatever the code, it is told with its text: nothing ends in a bare "failed"',
    cases: ["1", "4", "7", "19", "24", "64", "86", "10006", "10009", "22009", "-1"].map((number) =>
      after(`c${number}`, [rejected(number, `文本 ${number}`)], {
        exitCode: ["4", "7", "24"].includes(number) ? 7 : 8,
        error: { _tag: "LoginRejected", code: number, serverMessage: `文本 ${number}` },
        message: new RegExp(`code ${number}: 文本 ${number}$`)
      })
    )
  }
]
