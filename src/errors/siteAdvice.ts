/**
 * What is said about a kept session that is over or of which nobody knows, and about the codes and keys behind graph.qq.com: what happened,
 * and what to do about it, in both languages.
 */
import type { Bilingual } from "../Language.ts"
import * as Faults from "./answerFaults.ts"
import { ofPage, startAgain, unknownAnswer, untold } from "./pageAdvice.ts"
import { plainText } from "./plainText.ts"

interface Said {
  readonly message: Bilingual
  readonly cure: Bilingual
}

export const signedOut = ({ host, status }: { readonly host: string; readonly status: number }): Said => ({
  message: {
    en: `${host} asks for a login (HTTP ${status}): the session is over`,
    zh: `${host} 要求重新登录（HTTP ${status}）：会话已失效`
  },
  cure: startAgain
})

export const accountMismatch = ({ host, uin }: { readonly host: string; readonly uin: number }): Said => ({
  message: {
    en: `${host} answers for the account ${uin}, which is not that of the session`,
    zh: `${host} 的响应属于账号 ${uin}，与该会话的账号不符`
  },
  cure: {
    en: "sign in again with a new code, scanned by the account that the session is meant for",
    zh: "请用该会话所属的账号重新扫码登录"
  }
})

export const checkUnclear = (error: {
  readonly host: string
  readonly kind: "later" | "unknown"
  readonly status: number
  readonly code?: string
  readonly serverMessage: string
  readonly page?: Page
}): Said => {
  const code = error.code === undefined ? "" : `, ${plainText(error.code, 20)}`
  const said = error.serverMessage === "" ? "" : `: ${plainText(error.serverMessage)}`
  const what = `HTTP ${error.status}${code}${said}`
  if (error.page !== undefined) {
    const { en, zh } = Faults.ofPage(error.page)
    return {
      message: {
        en: `${error.host} does not say whether the session works: ${en} (${what})`,
        zh: `${error.host} 没有说明会话是否可用：${zh}（${what}）`
      },
      cure: ofPage(error.page)
    }
  }
  return error.kind === "later"
    ? {
        message: {
          en: `${error.host} has been asked too often and does not say whether the session works (${what})`,
          zh: `${error.host} 请求过于频繁，暂不能确定会话是否可用（${what}）`
        },
        cure: {
          en: "wait some minutes and try again; the saved session is kept",
          zh: "请几分钟后再试；已保存的会话仍然保留"
        }
      }
    : {
        message: {
          en: `${error.host} gave an answer that does not say whether the session works (${what})`,
          zh: `${error.host} 的响应无法说明会话是否可用（${what}）`
        },
        cure: untold
      }
}

type Page = NonNullable<Faults.PageFault["page"]>

/** The three bad ends of authorize, and two that nobody has seen (PROTOCOL.md, authorize). */
export const authorizeRefused = ({
  code,
  host,
  kind,
  page,
  serverMessage
}: {
  readonly host: string
  readonly kind: "login page" | "refused" | "risk control" | "captive portal" | "no code"
  readonly code?: string
  readonly serverMessage: string
  readonly page?: Page
}): Said => {
  const what = [code === undefined ? "" : plainText(code, 40), plainText(serverMessage)].filter((part) => part !== "")
  const [en, zh] = what.length === 0 ? ["", ""] : [` (${what.join(": ")})`, `（${what.join("：")}）`]
  switch (kind) {
    case "login page":
      return {
        message: {
          en: `${host} shows the login page again in place of a code: it does not take this login`,
          zh: `${host} 没有给出授权码，而是再次显示登录页：它不认可本次登录`
        },
        cure: startAgain
      }
    case "refused":
      return {
        message: { en: `${host} refuses the authorization${en}`, zh: `${host} 拒绝授权${zh}` },
        cure: {
          en: `with a site of your own, check clientId, redirectUri and scope in its file: they have to be as they were registered; else ${serverMessage === "" ? "" : "do what the message says, or "}try another account`,
          zh: `如使用自己的站点文件，请检查其中的 clientId、redirectUri 和 scope 是否与注册时一致；否则请${serverMessage === "" ? "" : "按提示处理，或"}换用其他账号`
        }
      }
    case "risk control":
      return {
        message: {
          en: `${host} shows a page in place of the redirect with the code: that is its risk control${page === "captcha" ? ", which wants a captcha" : ""}, often after many scans`,
          zh: `${host} 没有重定向，而是返回网页：这是风控${page === "captcha" ? "，要求验证码" : ""}，常见于多次扫码之后`
        },
        cure: page === "captcha" ? ofPage(page) : restFromScans
      }
    case "captive portal":
      return {
        message: {
          en: `something else than ${host} answered: ${Faults.ofPage(kind).en}`,
          zh: `响应并非来自 ${host}：${Faults.ofPage(kind).zh}`
        },
        cure: ofPage(kind)
      }
    case "no code":
      return {
        message: { en: `${host} redirects without a code${en}`, zh: `${host} 的重定向中没有授权码${zh}` },
        cure: unknownAnswer
      }
  }
}

const restFromScans: Bilingual = {
  en: "wait some hours, or use another network or another account; do not go on scanning",
  zh: "请等待数小时，或换用其他网络或账号；不要继续扫码"
}

export const scanNeeded = (error: { readonly site: string; readonly profile: string }): Said => {
  const [profile, site] = [plainText(error.profile), plainText(error.site)]
  return {
    message:
      profile === ""
        ? {
            en: `there is no saved session for ${site}, and a scan was not allowed`,
            zh: `没有 ${site} 的已保存会话，而本次不允许扫码`
          }
        : {
            en: `${profile} neither works nor can be renewed, and a scan was not allowed`,
            zh: `${profile} 已不可用且无法续期，而本次不允许扫码`
          },
    cure: {
      en: `sign in where somebody can scan: webqq-login login --site ${site}`,
      zh: `请在可以扫码的地方登录：webqq-login login --site ${site}`
    }
  }
}

export const noSession = (error: { readonly profile: string; readonly step: string }): Said => {
  const profile = plainText(error.profile)
  if (error.step === "Renewal") {
    return {
      message: {
        en: `the session${profile === "" ? "" : ` under ${profile}`} was not renewed; it stays as it is`,
        zh: `${profile === "" ? "" : `${profile} 的`}会话没有续期，仍保持原样`
      },
      cure: {
        en: "webqq-login status tells whether it still works; where it does not, sign in again: webqq-login login",
        zh: "webqq-login status 可查看它是否仍可用；如已失效，请重新登录：webqq-login login"
      }
    }
  }
  return {
    message:
      profile === ""
        ? { en: "there is no saved session that works", zh: "没有可用的已保存会话" }
        : {
            en: `there is no saved session that works under ${profile}`,
            zh: `${profile} 没有可用的已保存会话`
          },
    cure: {
      en: "log in first: webqq-login login --site NAME; webqq-login sites lists them",
      zh: "请先登录：webqq-login login --site 站点；webqq-login sites 列出全部站点"
    }
  }
}

/** A cookie that the server withholds from this account by p_skey_forbid. */
export const cookieForbidden = (name: string, host: string): Said => ({
  message: {
    en: `the login went through, but ${host} withholds the cookie ${name} from this account (p_skey_forbid)`,
    zh: `登录已通过，但 ${host} 不向该账号发放 ${name}（p_skey_forbid）`
  },
  cure: {
    en: "the account is protected against logins at new places: turn that off in QQ on the phone (security, login protection), or log in with another account",
    zh: "账号开启了登录保护：请在手机 QQ 的安全设置中关闭登录保护后重试，或换用其他账号"
  }
})

// PROTOCOL.md, QQ Music: what QQLogin and the refresh answer.
const musicCodes: ReadonlyArray<readonly [codes: ReadonlyArray<number>, cure: Bilingual]> = [
  [
    [20_271],
    {
      en: "QQ Music wants a captcha: sign in once in its app or at y.qq.com, then again here",
      zh: "QQ 音乐要求验证码：请先在其应用或 y.qq.com 登录一次，再重新登录"
    }
  ],
  [
    [20_272, 20_274],
    {
      en: "QQ Music wants the account bound to a phone: do so in its app, then log in again",
      zh: "QQ 音乐要求绑定手机：请在其应用中绑定后重新登录"
    }
  ],
  [
    [20_277, 20_278, 20_450],
    {
      en: "QQ Music restricts this account: see its app for the reason, or use another account",
      zh: "QQ 音乐限制了该账号：请在其应用中查看原因，或换用其他账号"
    }
  ],
  [
    [20_279],
    {
      en: "too many devices are signed in to QQ Music: remove some in its app, then log in again",
      zh: "登录 QQ 音乐的设备过多：请在其应用中移除一些后重新登录"
    }
  ],
  [
    [104_604],
    {
      en: "too many requests: wait some minutes, then log in again",
      zh: "请求过多：请等待几分钟后重新登录"
    }
  ],
  [[1000, 104_400, 104_401], startAgain]
]

/** What to do about a code of QQ Music's. */
export const ofMusicCode = (retcode: number): Bilingual =>
  musicCodes.find(([codes]) => codes.includes(retcode))?.[1] ?? unknownAnswer
