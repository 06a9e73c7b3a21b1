/**
 * What nine public clients of this protocol send, request by request: their addresses, parameters, headers, and which cookies. Each is
 * named after its repository; the month is that of its last sign of life. Numbers of somebody's account are replaced.
 */

/** A request of a client. In values, `{qrsig}` is the cookie, `{token}` its hash33, `{ptwebqq}` the cookie or an empty text, `{vfwebqq}` and `{psessionid}` what steps 4 and 5 answered. */
export interface Ask {
  readonly url: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Names of the cookies that it sends, where it has them; all that belong there where it is left out. */
  readonly cookies?: ReadonlyArray<string>
  /** The JSON of the form field r. */
  readonly r?: object
  /** A form; in its values `{gtk}` is the hash of the cookie p_skey, or of nothing. */
  readonly form?: Readonly<Record<string, string>>
  /** A body in JSON. */
  readonly json?: object
  readonly multipart?: true
}

export interface Client {
  readonly name: string
  /** Folders of the scenarios that it is played against. */
  readonly scenarios: ReadonlyArray<string>
  /** What it asks before it shows a code. */
  readonly before: ReadonlyArray<Ask>
  readonly show: Ask
  readonly poll: Ask
  /** How it asks for check_sig, whose address comes from the poll. */
  readonly check: Omit<Ask, "url">
  /** Makes an address of its own out of what it took from that one. */
  readonly builds?: (url: string) => string
  /** Whether it goes on to where check_sig redirects it. */
  readonly follows?: true
  /** Whether it gives up when the code expires. */
  readonly givesUp?: true
  readonly after: ReadonlyArray<Ask>
  /** Cookies of its own, whatever the server sets. */
  readonly own?: Readonly<Record<string, string>>
}

const ui = (blank = "") =>
  `https://ui.ptlogin2.qq.com/cgi-bin/login?daid=164&target=self&style=16&mibao_css=m_webqq&appid=501004106&enable_qlogin=0&no_verifyimg=1${blank}&s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html&f_url=loginerroralert${blank}&strong_login=1&login_state=10&t=20131024001`

const parametersOf = (url: string) => Object.fromEntries(new URL(url).searchParams)

const loginPage = (headers: Readonly<Record<string, string>> = {}): Ask => ({
  url: "https://ui.ptlogin2.qq.com/cgi-bin/login",
  query: parametersOf(ui()),
  headers
})

const ptqrshow = "https://ssl.ptlogin2.qq.com/ptqrshow"
const ptqrlogin = "https://ssl.ptlogin2.qq.com/ptqrlogin"

/** The parameters of the old page, as clients copied them. */
const mqComm = (action: string, jsVer: string) => ({
  webqq_type: "10",
  remember_uin: "1",
  login2qq: "1",
  aid: "501004106",
  u1: "http://w.qq.com/proxy.html?login2qq=1&webqq_type=10",
  ptredirect: "0",
  ptlang: "2052",
  daid: "164",
  from_ui: "1",
  pttype: "1",
  dumy: "",
  fp: "loginerroralert",
  action,
  mibao_css: "m_webqq",
  t: "undefined",
  g: "1",
  js_type: "0",
  js_ver: jsVer,
  login_sig: "",
  pt_randsalt: "0"
})

/** Those of the new one. */
const cLogin2 = (u1: string, action: string, jsVer: string) => ({
  u1,
  ptqrtoken: "{token}",
  ptredirect: "0",
  h: "1",
  t: "1",
  g: "1",
  from_ui: "1",
  ptlang: "2052",
  action,
  js_ver: jsVer,
  js_type: "1",
  login_sig: "{pt_login_sig}",
  pt_uistyle: "40",
  aid: "501004106",
  daid: "164",
  mibao_css: "m_webqq"
})

const oldPicture = { appid: "501004106", e: "0", l: "M", s: "5", d: "72", v: "4" }
const newPicture = {
  appid: "501004106",
  e: "2",
  l: "M",
  s: "3",
  d: "72",
  v: "4",
  t: "0.587",
  daid: "164",
  pt_3rd_aid: "0"
}
const qzonePicture = { appid: "549000912", e: "2", l: "M", s: "3", d: "72", v: "4", t: "0.4", daid: "5" }
const qzoneU1 = "https://qzs.qzone.qq.com/qzone/v5/loginsucc.html?para=izone"

const chrome = (version: string, system = "Windows NT 10.0; Win64; x64") =>
  `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36`

const sPage = (scheme: string) => `${scheme}://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1`
const dPage = (scheme: string, version = "20151105001") =>
  `${scheme}://d1.web2.qq.com/proxy.html?v=${version}&callback=1&id=2`

const getvfwebqq = (scheme: string, t: string, headers: Readonly<Record<string, string>>): Ask => ({
  url: `${scheme}://s.web2.qq.com/api/getvfwebqq`,
  query: { ptwebqq: "{ptwebqq}", clientid: "53999199", psessionid: "", t },
  headers
})
const login2 = (scheme: string, headers: Readonly<Record<string, string>>, psessionid: string | null = ""): Ask => ({
  url: `${scheme}://d1.web2.qq.com/channel/login2`,
  headers,
  r: { ptwebqq: "{ptwebqq}", clientid: 53999199, psessionid, status: "online" }
})

const mioki = chrome("142.0.0.0")
const mojo = "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/37.0.2062"
const xlogin = (url: string) =>
  `https://xui.ptlogin2.qq.com/cgi-bin/xlogin?daid=164&target=self&style=40&pt_disable_pwd=1&mibao_css=m_webqq&appid=501004106&enable_qlogin=0&no_verifyimg=1&s_url=${encodeURIComponent(url)}&f_url=loginerroralert&strong_login=1&login_state=10&t=20131024001`
const xloginPage = (url: string, headers: Readonly<Record<string, string>>): Ask => ({
  url: "https://xui.ptlogin2.qq.com/cgi-bin/xlogin",
  query: parametersOf(xlogin(url)),
  headers
})
const pandolia = {
  "user-agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.9; rv:27.0) Gecko/20100101 Firefox/27.0",
  "content-type": "application/x-www-form-urlencoded; charset=UTF-8"
}
const yinzo = chrome("47.0.2526.111", "Macintosh; Intel Mac OS X 10_11_3")
const nodeQqBot = chrome("69.0.3497.100")
const qzonePhoto = { "user-agent": chrome("131.0.0.0") }
const qrLib = { "user-agent": chrome("120.0.0.0"), referer: "https://qzone.qq.com/" }

export const clients: ReadonlyArray<Client> = [
  {
    name: "vikiboss/mioki plugins/qr-login (2026-02)",
    scenarios: ["qzone"],
    before: [],
    show: {
      url: ptqrshow,
      query: { ...qzonePicture, u1: qzoneU1 },
      headers: {
        "user-agent": mioki,
        referer: `https://xui.ptlogin2.qq.com/cgi-bin/xlogin?appid=549000912&style=20&s_url=${qzoneU1}&maskOpacity=60&daid=5&target=self`
      },
      cookies: []
    },
    poll: {
      url: ptqrlogin,
      query: { ptqrtoken: "{token}", from_ui: "1", aid: "549000912", daid: "5", u1: qzoneU1 },
      headers: {
        "user-agent": mioki,
        referer: `https://xui.ptlogin2.qq.com/cgi-bin/xlogin?appid=549000912&style=20&s_url=${encodeURIComponent(qzoneU1)}&maskOpacity=60&daid=18&target=self`
      },
      cookies: ["qrsig"]
    },
    check: { headers: { "user-agent": "node" }, cookies: [] },
    after: []
  },
  {
    name: "11273/QzonePhoto (2026-07)",
    scenarios: ["qzone"],
    before: [
      {
        url: "https://xui.ptlogin2.qq.com/cgi-bin/xlogin",
        query: { s_url: qzoneU1, appid: "549000912" },
        headers: qzonePhoto
      }
    ],
    show: { url: ptqrshow, query: { appid: "549000912", daid: "5" }, headers: qzonePhoto, cookies: [] },
    poll: {
      url: "https://xui.ptlogin2.qq.com/ssl/ptqrlogin",
      query: {
        u1: qzoneU1,
        ptqrtoken: "{token}",
        from_ui: "1",
        login_sig: "{pt_login_sig}",
        aid: "549000912",
        daid: "5"
      },
      headers: qzonePhoto,
      cookies: ["qrsig"]
    },
    check: { headers: qzonePhoto, cookies: [] },
    after: []
  },
  {
    name: "lkeme/QRLib (2026-02)",
    scenarios: ["qzone"],
    before: [],
    show: { url: ptqrshow, query: { ...qzonePicture, u1: qzoneU1 }, headers: qrLib, cookies: [] },
    poll: {
      url: ptqrlogin,
      query: {
        ptqrtoken: "{token}",
        from_ui: "1",
        aid: "549000912",
        daid: "5",
        action: "0-0-1795693628112",
        pt_uistyle: "40",
        js_ver: "21020514",
        js_type: "1",
        u1: qzoneU1
      },
      headers: qrLib,
      cookies: ["qrsig"]
    },
    check: { headers: { "user-agent": qrLib["user-agent"] }, cookies: [] },
    after: []
  },
  {
    name: "hexsum/Mojo-Webqq (2019-04)",
    scenarios: ["webqq", "webqq-2018"],
    before: [
      { url: "http://w.qq.com/", headers: { "user-agent": mojo } },
      xloginPage("http://w.qq.com/proxy.html", { "user-agent": mojo, referer: "http://w.qq.com/" })
    ],
    show: {
      url: ptqrshow,
      query: newPicture,
      headers: { "user-agent": mojo, referer: xlogin("http://w.qq.com/proxy.html") }
    },
    poll: {
      url: ptqrlogin,
      query: cLogin2("http://w.qq.com/proxy.html", "0-0-1516082717616", "10233"),
      headers: { "user-agent": mojo, referer: xlogin("http://w.qq.com/proxy.html") }
    },
    check: { headers: { "user-agent": mojo } },
    follows: true,
    after: [
      getvfwebqq("https", "1795693692", { "user-agent": mojo, referer: sPage("https") }),
      login2("http", { "user-agent": mojo, referer: dPage("http") }, null)
    ]
  },
  {
    name: "pandolia/qqbot (2020-08)",
    scenarios: ["webqq-2017-04"],
    own: {
      RK: "StandIn+/0",
      ptcz: "Stand-In-ptcz",
      pgv_pvi: "1",
      pgv_info: "ssid=s1",
      qrsig: "Stand-In-qrsig-of-nobody"
    },
    before: [
      loginPage(pandolia),
      {
        url: ptqrlogin,
        query: { ptqrtoken: "{token}", ...mqComm("0-0-1013308.647406671", "10141") },
        headers: { ...pandolia, referer: ui() }
      }
    ],
    show: { url: ptqrshow, query: { ...oldPicture, t: "0.5152473182664488" }, headers: { ...pandolia, referer: ui() } },
    poll: {
      url: ptqrlogin,
      query: { ptqrtoken: "{token}", ...mqComm("0-0-1131529.2571543877", "10141") },
      headers: { ...pandolia, referer: ui() }
    },
    check: { headers: { ...pandolia, referer: ui() } },
    follows: true,
    after: [
      getvfwebqq("https", "0.16683550597648678", {
        ...pandolia,
        referer: sPage("https"),
        origin: "https://s.web2.qq.com"
      }),
      login2("https", { ...pandolia, referer: dPage("https"), origin: "https://d1.web2.qq.com" }),
      {
        url: "https://d1.web2.qq.com/channel/get_online_buddies2",
        query: { vfwebqq: "{vfwebqq}", clientid: "53999199", psessionid: "{psessionid}", t: "0.7015985246481558" },
        headers: { ...pandolia, referer: dPage("https"), origin: "https://d1.web2.qq.com" }
      }
    ]
  },
  {
    name: "slince/smartqq (2018-09)",
    scenarios: ["webqq-2017-04"],
    before: [],
    show: { url: ptqrshow, query: { ...oldPicture, t: "0.1" }, headers: { "user-agent": "GuzzleHttp/7" } },
    poll: {
      url: ptqrlogin,
      query: { ptqrtoken: "{token}", ...mqComm("0-0-4303", "10203") },
      headers: { "user-agent": "GuzzleHttp/7", referer: ui(" ") }
    },
    check: { headers: { "user-agent": "GuzzleHttp/7", referer: sPage("http") } },
    follows: true,
    after: [
      getvfwebqq("http", "0.1", { "user-agent": "GuzzleHttp/7", referer: sPage("http") }),
      login2("http", { "user-agent": "GuzzleHttp/7", referer: dPage("http") })
    ]
  },
  {
    name: "xhan/qqbot (2016)",
    scenarios: ["webqq-2015"],
    own: {
      Domain: "ptlogin2.qq.com",
      Path: "/",
      RK: "StandIn+/0",
      ptcz: "Stand-In-ptcz",
      pgv_pvi: "1",
      ETK: "",
      superuin: "o0987654321",
      superkey: "Stand-In-superkey-of-nobody",
      supertoken: "1",
      ptisp: "ctc",
      ptnick_987654321: "e6a4b0",
      pgv_info: "ssid=s1",
      pgv_pvid: "1",
      o_cookie: "987654321",
      qrsig: "Stand-In-qrsig-of-nobody"
    },
    before: [
      loginPage(),
      { url: ptqrlogin, query: mqComm("0-0-1181587.374127727", "10138"), headers: { referer: ui() } }
    ],
    show: { url: ptqrshow, query: { ...oldPicture, t: "0.6164061641785169" }, cookies: [] },
    poll: { url: ptqrlogin, query: mqComm("0-0-1544721.6969661955", "10138"), headers: { referer: ui() } },
    check: {},
    // It asks once, after somebody has pressed Enter.
    givesUp: true,
    after: []
  },
  {
    name: "Yinzo/SmartQQBot (2018)",
    scenarios: ["webqq-2017-04"],
    before: [loginPage({ "user-agent": yinzo, referer: dPage("http", "20030916001") })],
    show: {
      url: ptqrshow,
      query: { ...oldPicture, l: "L", s: "8" },
      headers: { "user-agent": "python-requests/2.28.1" }
    },
    poll: {
      url: ptqrlogin,
      query: { ...mqComm("0-0-0", "10203"), ptqrtoken: "{token}" },
      headers: { "user-agent": yinzo, referer: ui() }
    },
    check: { headers: { "user-agent": yinzo, referer: dPage("http", "20030916001") } },
    follows: true,
    // Step 5 before step 4, and step 4 with the Referer of step 5.
    after: [
      login2("http", { "user-agent": yinzo, referer: dPage("http", "20030916001") }),
      getvfwebqq("http", "1530000000", { "user-agent": yinzo, referer: dPage("http", "20030916001") })
    ]
  },
  {
    name: "ZhelinCheng/Node-QQBot (2018)",
    scenarios: ["webqq", "webqq-2018"],
    own: { pgv_pvi: "1", pgv_si: "s1" },
    before: [
      xloginPage("https://web2.qq.com/proxy.html", { "user-agent": nodeQqBot, referer: "https://web2.qq.com/" })
    ],
    show: { url: ptqrshow, query: newPicture, cookies: [] },
    poll: {
      url: ptqrlogin,
      query: cLogin2("https://web2.qq.com/proxy.html", "1-1-1795693680211", "10284"),
      headers: { "user-agent": nodeQqBot, referer: sPage("https") },
      cookies: ["pgv_pvi", "pgv_si", "pt_login_sig", "qrsig"]
    },
    // The very header of the polls, whatever belongs where.
    check: { headers: { "user-agent": nodeQqBot }, cookies: ["pgv_pvi", "pgv_si", "pt_login_sig", "qrsig"] },
    after: [
      {
        ...getvfwebqq("https", "1795693689266", { "user-agent": nodeQqBot, referer: sPage("https") }),
        query: { ptwebqq: "", clientid: "53999199", psessionid: "", t: "1795693689266" }
      },
      {
        ...login2("https", { "user-agent": nodeQqBot, referer: sPage("https") }),
        r: { ptwebqq: "", clientid: 53999199, psessionid: "", status: "online" },
        multipart: true
      }
    ]
  }
]

export const clientOf = (name: string): Client => {
  const found = clients.find((client) => client.name.includes(name))
  if (found === undefined) throw new Error(`no client is called ${name}`)
  return found
}
