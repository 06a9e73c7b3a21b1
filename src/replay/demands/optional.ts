/**
 * What clients of Tencent's sites ask beside the login itself, and what they were answered: the login page, the page behind the redirect,
 * the list of friends online, a poll of no code. Nobody recorded these with the login: they are made up, and say so.
 */
import type { ScenarioFile } from "../format/ScenarioFile.ts"
import type { Site } from "../../Site.ts"

type Exchange = ScenarioFile["exchanges"][number]
type Provenance = NonNullable<Exchange["provenance"]>
type File = Pick<ScenarioFile, "clock" | "exchanges" | "site">

const made = (reason: string, ...cite: readonly [string, ...ReadonlyArray<string>]): Provenance => ({
  kind: "synthetic",
  reason,
  cite
})

const html = [["Content-Type", "text/html; charset=utf-8"]] as const

/** What may come at any place of this login. */
export const optionalOf = (file: File, site: Site | undefined): ReadonlyArray<Exchange> => {
  if (site === undefined || !file.exchanges.some(({ request }) => request.url.endsWith("/ptqrshow"))) return []
  const taken = new Set(file.exchanges.map(({ id }) => id))
  return [...loginPages(file, site), ...behindRedirect(file), ...buddies(file, site), ...deadPoll(file, site)].filter(
    ({ id }) => !taken.has(id)
  )
}

// What clients read out of the page (Yinzo/SmartQQBot src/smart_qq_bot/bot.py, zeruniverse/QQRobot QQBot.py).
const page = ({ appid }: Site) =>
  `<!DOCTYPE html>\n<html>\n<head><title>QQ</title></head>\n<body>\n<script>var g_appid=encodeURIComponent("${appid}"),` +
  'g_login_sig=encodeURIComponent(""),g_pt_version=encodeURIComponent("10226"),g_mibao_css=encodeURIComponent("m_webqq");' +
  `</script>\n<form><input type="hidden" name="aid" value="${appid}" /></form>\n</body>\n</html>\n`

const loginSig = "Stand-In-login-sig*0123456789012345678901234567890123456789012345"

const loginPages = ({ clock }: File, site: Site): ReadonlyArray<Exchange> => {
  const spelled = clock < "2018" ? `PATH=/; DOMAIN=ptlogin2.qq.com;` : "Path=/;Domain=ptlogin2.qq.com;"
  const pageAt = (id: string, url: string): Exchange => ({
    id,
    provenance: made(
      "the login page as far as clients read it, with the cookie that it set; no QR login needs it",
      "Yinzo/SmartQQBot src/smart_qq_bot/bot.py",
      "11273/QzonePhoto src/main/api/qzone/auth.js"
    ),
    from: { told: "status, cookie *, body", "made up": "header *" },
    request: { method: "GET", url },
    response: {
      status: 200,
      headers: [...html, ["Set-Cookie", `pt_login_sig=${loginSig};${clock < "2018" ? " " : ""}${spelled}`]],
      body: { text: page(site) }
    }
  })
  return [
    pageAt("login-page", "https://ui.ptlogin2.qq.com/cgi-bin/login"),
    pageAt("xlogin-page", "https://xui.ptlogin2.qq.com/cgi-bin/xlogin"),
    ...(site.tokens
      ? ["http://w.qq.com/", "https://web2.qq.com/"].map((url, at): Exchange => ({
          id: at === 0 ? "start-page" : "start-page-2018",
          provenance: made(
            "where a browser began; only its address is known",
            "hexsum/Mojo-Webqq lib/Mojo/Webqq/Client/Remote/_prepare_for_login.pm"
          ),
          from: { "made up": "status, header *, body" },
          request: { method: "GET", url },
          response: { status: 200, headers: html, body: { text: "<!DOCTYPE html>\n<title>WebQQ</title>\n" } }
        }))
      : [])
  ]
}

const behindRedirect = ({ exchanges }: File): ReadonlyArray<Exchange> => {
  const check = exchanges.find(({ request, response }) => request.url.endsWith("/check_sig") && response.status === 302)
  const location = check?.response.headers.find(([name]) => name.toLowerCase() === "location")?.[1]
  const url = URL.parse(location ?? "")
  if (url === null || !/^https?:$/.test(url.protocol)) return []
  const isTrap = url.hostname === "connect.qq.com"
  const query = Object.fromEntries(url.searchParams)
  return [
    {
      id: "behind-the-redirect",
      provenance: isTrap
        ? made("the 404 is told, its text is made up", "heipidage/GcmForMojo#35", "hexsum/Mojo-Webqq#240")
        : made(
            "a static page without cookies, as clients that followed the redirect told",
            "ScienJus/smartqq#52",
            "ScienJus/smartqq#71"
          ),
      from: { told: "status", "made up": "header *, body" },
      request: { method: "GET", url: `${url.origin}${url.pathname}`, query },
      response: {
        status: isTrap ? 404 : 200,
        headers: html,
        body: { text: `<!DOCTYPE html>\n<title>${isTrap ? "404 Not Found" : "proxy"}</title>\n` }
      }
    }
  ]
}

const buddies = ({ exchanges }: File, { tokens }: Site): ReadonlyArray<Exchange> => {
  const resultOf = (path: string) => {
    const body = exchanges.findLast(({ request }) => request.url.endsWith(path))?.response.body
    const { retcode, result } = (body !== undefined && "json" in body ? body.json : {}) as {
      readonly retcode?: unknown
      readonly result?: unknown
    }
    return retcode === 0 ? ((result ?? {}) as Readonly<Record<string, unknown>>) : {}
  }
  const { vfwebqq } = resultOf("/getvfwebqq")
  const { psessionid } = resultOf("/login2")
  const login2 = exchanges.findLast(({ request }) => request.url.endsWith("/login2"))
  if (!tokens || login2 === undefined || typeof vfwebqq !== "string" || typeof psessionid !== "string") return []
  return [
    {
      id: "friends-online",
      provenance: made(
        "asked once after login2, it keeps retcode 103 away; the answer has the shape of other lists of the host",
        "Yinzo/SmartQQBot#38",
        "slince/smartqq tests/Fixtures/get_friends_online_status.txt"
      ),
      from: { elsewhere: "body", told: "status", "made up": "header *" },
      request: {
        method: "GET",
        url: login2.request.url.replace(/login2$/, "get_online_buddies2"),
        query: { vfwebqq, clientid: { any: true }, psessionid, t: { any: true } }
      },
      response: {
        status: 200,
        headers: [["Content-Type", "application/json; charset=utf-8"]],
        body: { json: { result: [], retcode: 0 } }
      }
    }
  ]
}

const deadPoll = ({ exchanges }: File, { tokens }: Site): ReadonlyArray<Exchange> => {
  const poll = exchanges.find(({ request }) => request.url.endsWith("/ptqrlogin"))
  if (!tokens || poll === undefined) return []
  return [
    {
      id: "poll-of-no-code",
      provenance: made(
        "two clients polled with a qrsig of their own before they asked for a picture, and took 65 for the sign to do so",
        "pandolia/qqbot qqbot/basicqsession.py",
        "xhan/qqbot src/qqauth_qrcode.js"
      ),
      from: { elsewhere: "body", told: "status", "made up": "header *" },
      request: { method: "GET", url: poll.request.url, cookies: { qrsig: { any: true } } },
      response: {
        status: 200,
        headers: [["Content-Type", "application/x-javascript; charset=utf-8"]],
        body: { text: "ptuiCB('65','0','','0','二维码已失效。(1493179568)', '')" }
      }
    }
  ]
}
