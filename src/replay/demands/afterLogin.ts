/**
 * What is known of the calls that follow a login at sites that live: authorize, and the checks of a session (PROTOCOL.md, authorize, QQ Music,
 * session checks).
 */
import type { Demand, Demands } from "../format/ScenarioFile.ts"

/** Demands by the part that they speak of. */
export type List = Readonly<Record<string, Demand>>

/** What is known of one address. */
export type Made = Omit<Demands, "url">

const cookies = (evidence: string, ...names: ReadonlyArray<string>): List =>
  Object.fromEntries(names.map((name) => [`cookie ${name}`, { evidence }]))

/** Signed with a hash of a cookie that it is sent with. */
const signed = (cookie: string, evidence: string): Demand => ({
  is: { hash: "g_tk", of: `cookie ${cookie}` },
  evidence
})

const session = "it is of the session that the call is made for (PROTOCOL.md, session checks)"
const owner = {
  evidence: "the account whose session it is: another one is somebody else's (PROTOCOL.md, session checks)"
}
const qzone = "403 where it is another (Zhalslar/astrbot_plugin_qzone; PROTOCOL.md, session checks)"
const registered = "as registered for the client: 100010 where it is another (netcccyun/qqapi; PROTOCOL.md, authorize)"

/** By the last part of the path; `named` leaves out what no exchange has recorded. */
export const afterLogin: Readonly<Record<string, (named: (list: List) => List) => Made>> = {
  authorize: (named) => {
    const spoken = cookies(
      "check_sig set it for graph.qq.com, and it speaks for the login (PROTOCOL.md, authorize)",
      "p_skey",
      "pt_oauth_token"
    )
    const [first] = Object.entries(named(spoken))
    return {
      required: named({
        "form.response_type": { evidence: "what is asked for; as a query it gets a page (PROTOCOL.md, authorize)" },
        "form.client_id": { evidence: registered },
        "form.redirect_uri": { evidence: registered },
        // The second speaks for it where the first is withheld.
        ...Object.fromEntries(first === undefined ? [] : [first])
      }),
      checked: named({
        "form.g_tk": signed(
          "p_skey",
          "six clients compute it so, and of an empty text where p_skey is withheld (PROTOCOL.md, authorize)"
        ),
        ...cookies("check_sig set it for graph.qq.com (PROTOCOL.md, authorize)", "p_uin", "pt4_token"),
        ...(first?.[0] === "cookie p_skey" ? { "cookie pt_oauth_token": spoken["cookie pt_oauth_token"]! } : {})
      })
    }
  },
  "musicu.fcg": (named) => ({
    checked: named({
      "json.req.method": { evidence: "40000 where there is no such method (L-1124/QQMusicApi; PROTOCOL.md, QQ Music)" },
      "json.req.param.code": { evidence: "the code that authorize gave, good once (PROTOCOL.md, authorize)" },
      "json.req.param.musickey": { evidence: "the key that is refreshed (PROTOCOL.md, QQ Music)" },
      "json.req.param.musicid": { evidence: "whose key it is (PROTOCOL.md, QQ Music)" }
    })
  }),
  cgi_userinfo_get_all: (named) => ({
    required: named({ "query.g_tk": signed("p_skey", qzone), ...cookies(session, "p_skey") }),
    checked: named({ "query.uin": owner, "query.vuin": owner, ...cookies(session, "uin", "skey", "p_uin") })
  }),
  get_group_list: (named) => ({
    required: named({
      "form.bkn": signed("skey", "five clients compute it so (PROTOCOL.md, session checks)"),
      ...cookies(session, "skey")
    }),
    checked: named(cookies(session, "uin", "p_uin", "p_skey"))
  }),
  GetMainPage: (named) => ({
    required: named({
      "query.g_tk": signed("p_skey", "two clients compute it so (PROTOCOL.md, session checks)"),
      ...cookies(session, "p_skey")
    }),
    checked: named(cookies(session, "uin", "skey", "p_uin"))
  }),
  "fcg_get_profile_homepage.fcg": (named) => ({
    required: named(cookies("the key is the session (PROTOCOL.md, QQ Music)", "qqmusic_key")),
    checked: named({
      "query.g_tk": signed("qqmusic_key", "one client computes it so (PROTOCOL.md, session checks)"),
      "query.userid": owner,
      "query.loginUin": owner,
      ...cookies(session, "uin", "qm_keyst")
    })
  }),
  userLoginSvr: (named) => ({
    required: named(cookies(session, "p_skey")),
    checked: named({
      "query.acctype": { evidence: "another is another kind of account (PROTOCOL.md, session checks)" },
      ...cookies(session, "uin", "skey")
    })
  }),
  NewSearch: (named) => ({
    required: named({
      "query.bkn": signed("p_skey", "two clients compute it so (PROTOCOL.md, session checks)"),
      "header x-oidb": { evidence: "it names the command (fish2018/pansou plugin/qqpd/qqpd.go)" },
      ...cookies(session, "p_skey")
    }),
    checked: named(cookies(session, "p_uin"))
  })
}
