/**
 * Clients that are not among the nine, in the odd styles of public programs: what each sends, after files whose repositories are not known
 * where none is named. Nothing of their code is here.
 */
import type { Client } from "./clients.ts"

const ptqrshow = "https://ssl.ptlogin2.qq.com/ptqrshow"
const ptqrlogin = "https://ssl.ptlogin2.qq.com/ptqrlogin"
const newPage = "https://xui.ptlogin2.qq.com/ssl"

const poll = (u1: string, aid: string, daid: string, jsVer: string) => ({
  u1,
  ptqrtoken: "{token}",
  ptredirect: "0",
  h: "1",
  t: "1",
  g: "1",
  from_ui: "1",
  ptlang: "2052",
  action: "0-0-1656992258324",
  js_ver: jsVer,
  js_type: "1",
  login_sig: "",
  pt_uistyle: "40",
  aid,
  daid
})

const qzoneU1 = "https://qzs.qq.com/qzone/v5/loginsucc.html?para=izone"
const webPage = (host: string, id: string) => ({ referer: `http://${host}.web2.qq.com/proxy.html?callback=1&id=${id}` })
const getvfwebqq = (ptwebqq: string) => ({
  url: "http://s.web2.qq.com/api/getvfwebqq",
  query: { ptwebqq, clientid: "53999199", psessionid: "", t: "1502764648924" },
  headers: webPage("s", "1")
})
const login2 = (ptwebqq: string) => ({
  url: "http://d1.web2.qq.com/channel/login2",
  r: { ptwebqq, clientid: 53999199, psessionid: "", status: "online" },
  headers: webPage("d1", "2")
})

export const strangers: ReadonlyArray<Client & { readonly interval?: number }> = [
  {
    // It takes uin and ptsigx out of the callback, and puts them into an address of 2022, with a u1 that is not encoded.
    name: "one that builds check_sig by itself (Qzone, 2022)",
    scenarios: ["qzone"],
    before: [],
    show: {
      url: ptqrshow,
      query: { appid: "549000912", e: "2", l: "M", s: "3", d: "72", v: "4", t: "0.312", daid: "5", pt_3rd_aid: "0" }
    },
    poll: {
      url: `${newPage}/ptqrlogin`,
      query: { ...poll(qzoneU1, "549000912", "5", "22070111"), has_onekey: "1", o1vId: "1e61428d61cb" },
      cookies: ["qrsig"]
    },
    check: {},
    builds: (url) => {
      const given = new URL(url).searchParams
      const taken = ["uin", "ptsigx"].map((name) => `${name}=${given.get(name)}`).join("&")
      return `https://ptlogin2.qzone.qq.com/check_sig?pttype=1&${taken}&service=ptqrlogin&nodirect=1&s_url=${qzoneU1}&f_url=&aid=549000912&daid=5`
    },
    after: []
  },
  {
    // The polls have their own address for a Referer, and check_sig gets no cookie.
    name: "one in PHP without a jar (Qzone)",
    scenarios: ["qzone"],
    before: [],
    show: {
      url: ptqrshow,
      query: { appid: "549000912", e: "2", l: "M", s: "4", d: "72", v: "4", t: "0.54", daid: "5" }
    },
    poll: {
      url: ptqrlogin,
      query: poll(qzoneU1, "549000912", "5", "10194"),
      headers: { referer: `${ptqrlogin}?aid=549000912` },
      cookies: ["qrsig"]
    },
    check: { cookies: [] },
    after: []
  },
  {
    // felix307253927/smartQQ sends the whole Set-Cookie line as its Cookie, attributes and all.
    name: "one that sends Set-Cookie back as it came (Web QQ, 2016)",
    scenarios: ["webqq-2015", "webqq-2017-04"],
    own: { PATH: "/", DOMAIN: "ptlogin2.qq.com" },
    before: [],
    show: { url: ptqrshow, query: { appid: "501004106", e: "0", l: "M", s: "5", d: "72", v: "4", t: "0.6" } },
    poll: {
      url: ptqrlogin,
      query: {
        ptqrtoken: "{token}",
        webqq_type: "10",
        login2qq: "1",
        aid: "501004106",
        u1: "http://w.qq.com/proxy.html?login2qq=1&webqq_type=10",
        daid: "164",
        from_ui: "1",
        action: "0-14-96067",
        js_ver: "10145"
      }
    },
    check: {},
    after: [getvfwebqq("{ptwebqq}"), login2("{ptwebqq}")]
  },
  {
    // A ticker of one second, before the scan as well; Location followed; http behind it.
    name: "one in Go with a ticker (Web QQ, 2017)",
    scenarios: ["webqq-2018"],
    interval: 1000,
    before: [],
    show: {
      url: ptqrshow,
      query: { appid: "501004106", e: "2", l: "M", s: "3", d: "72", v: "4", t: "0.17", daid: "164" },
      headers: { "user-agent": "Go-http-client/1.1" }
    },
    poll: {
      url: ptqrlogin,
      query: { ...poll("http://w.qq.com/proxy.html", "501004106", "164", "10228"), mibao_css: "m_webqq" }
    },
    check: {},
    follows: true,
    after: [getvfwebqq(""), login2("")]
  },
  {
    // Both requests of the code at the newer page's host, redirects followed, authorize with a state and an `openapi` of its own.
    name: "one of QQ Music, by the newer page (2026)",
    scenarios: ["music", "music-p-skey-forbidden"],
    before: [{ url: "https://xui.ptlogin2.qq.com/cgi-bin/xlogin", query: { appid: "716027609", daid: "383" } }],
    show: {
      url: `${newPage}/ptqrshow`,
      query: {
        appid: "716027609",
        e: "2",
        l: "M",
        s: "3",
        d: "72",
        v: "4",
        t: "0.5",
        daid: "383",
        pt_3rd_aid: "100497308"
      }
    },
    poll: {
      url: `${newPage}/ptqrlogin`,
      query: {
        ...poll("https://graph.qq.com/oauth2.0/login_jump", "716027609", "383", "26030415"),
        pt_3rd_aid: "100497308"
      },
      headers: { "user-agent": "Mozilla/5.0 Chrome/149.0.0.0", referer: "https://xui.ptlogin2.qq.com/" }
    },
    check: { headers: { referer: "https://xui.ptlogin2.qq.com/" } },
    follows: true,
    after: [
      {
        url: "https://graph.qq.com/oauth2.0/authorize",
        form: {
          response_type: "code",
          client_id: "100497308",
          redirect_uri: "https://y.qq.com/portal/wx_redirect.html?login_type=1&surl=https://y.qq.com/",
          scope: "get_user_info,get_app_friends",
          state: "mine",
          from_ptlogin: "1",
          src: "1",
          update_auth: "1",
          openapi: "1010_1030",
          g_tk: "{gtk}",
          auth_time: "1780000000000",
          ui: "none"
        },
        headers: { referer: "https://xui.ptlogin2.qq.com/" }
      },
      {
        url: "https://szu.y.qq.com/cgi-bin/musicu.fcg",
        json: { req: { method: "QQLogin", param: { code: "{code}" } } }
      }
    ]
  }
]
