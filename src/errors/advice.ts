/**
 * What is said about each error: what happened, and what to do about it, in both languages. Of an error only its fields are known here.
 */
import type { Bilingual } from "../Language.ts"
import * as Faults from "./answerFaults.ts"
import { plainText } from "./plainText.ts"
import { ofPage, ptlogin2, startAgain, unknownAnswer } from "./pageAdvice.ts"
import { cookieForbidden, ofMusicCode } from "./siteAdvice.ts"
import { inChinese, type Step } from "./Step.ts"
import { ofStore, type StoreFault } from "./storeFaults.ts"

export { accessDenied, httpFailed, loginRejected, qrExpired, qrRefused } from "./refusalAdvice.ts"

/** What happened and what to do about it. */
export interface Said {
  readonly message: Bilingual
  readonly cure: Bilingual
}

export const redirectMissing = ({ host = "", page, status }: Faults.RedirectFault): Said => {
  if (status === undefined) {
    return {
      message: {
        en: `${ptlogin2} reported success without an address to go on to`,
        zh: `${ptlogin2} 报告成功，但没有给出后续地址`
      },
      cure: unknownAnswer
    }
  }
  const [{ en, zh }, by] = [page === undefined ? { en: "", zh: "" } : Faults.ofPage(page), plainText(host)]
  return {
    message: {
      en: `check_sig${by === "" ? "" : ` of ${by}`} answered with status ${status} in place of a redirect${en === "" ? "" : `: ${en}`}`,
      zh: `${by === "" ? "" : `${by} 的 `}check_sig 返回状态 ${status}，而不是重定向${zh === "" ? "" : `：${zh}`}`
    },
    cure: page === undefined && status !== 200 ? unknownAnswer : ofPage(page ?? "web page")
  }
}

export const redirectUntrusted = (fault: Faults.AddressFault & { readonly step: string }): Said => {
  const [{ en, zh }, host] = [Faults.ofAddress(fault), plainText(fault.host)]
  const by = fault.step === "Authorize" ? "graph.qq.com" : ptlogin2
  return {
    message: {
      en: `${by} sent us to an address that is not trusted (${en}${host === "" ? "" : `: ${host}`}); nothing was sent there`,
      zh: `${by} 给出的地址不可信（${zh}${host === "" ? "" : `：${host}`}），没有向它发送任何请求`
    },
    cure: fault.reason === "host" && /(?:^|\.)qq\.com$/.test(fault.host) ? otherHost : forged
  }
}

const forged: Bilingual = {
  en: "do not go on from this network, an answer may have been forged: start again from another one. With a site of your own, see which hosts its file trusts",
  zh: "请勿继续使用当前网络，响应可能被伪造：请换用其他网络重新开始。如使用自己的站点文件，请检查其中信任的主机"
}

// A host of Tencent's own is no sign of forgery.
const otherHost: Bilingual = {
  en: `the host is Tencent's, but none that this site is known to use: ${unknownAnswer.en}. With a site of your own, see which hosts its file trusts`,
  zh: `该主机属于腾讯，但不是此站点已知的主机：${unknownAnswer.zh}。如使用自己的站点文件，请检查其中信任的主机`
}

export const secondFactorNeeded = ({ host }: { readonly host: string }): Said => ({
  message: {
    en: `the account has a second factor: ${plainText(host)} wants its owner to verify the login first (mibao_vry)`,
    zh: `账号开启了二次验证：${plainText(host)} 要求号主先验证本次登录（mibao_vry）`
  },
  cure: {
    en: "sign in to this account once in a browser or in QQ on this network and pass its verification, then start again",
    zh: "请先在当前网络上用浏览器或 QQ 登录该账号并通过验证，再重新开始"
  }
})

export const cookieMissing = (error: {
  readonly step: string
  readonly name: string
  readonly host: string
  readonly forbidden?: boolean
}): Said => {
  const [name, host] = [plainText(error.name), plainText(error.host)]
  if (error.forbidden === true) return cookieForbidden(name, host)
  if (name === "") return nothingKept(host)
  switch (error.step) {
    case "Check":
      return {
        message: {
          en: `the saved cookie ${name} for ${host} is gone, or too old to rely on`,
          zh: `已保存的 ${host} 的 ${name} 不存在，或时间过久不可依赖`
        },
        cure: startAgain
      }
    case "Renewal":
      return {
        message: {
          en: `the cookie ${name} for ${host} is missing, so the session cannot be renewed without a scan`,
          zh: `缺少 ${host} 的 ${name}，无法免扫码续期`
        },
        cure: startAgain
      }
    default:
      return {
        message: {
          en: `the server let it through, but the cookie ${name} for ${host} never came`,
          zh: `服务器已放行，但没有得到 ${host} 的 ${name}`
        },
        cure: {
          en: "the account may be protected against logins at new places: look for a notice from QQ on the phone, then try again",
          zh: "账号可能开启了登录保护：请查看手机 QQ 的提示，然后重试"
        }
      }
  }
}

const nothingKept = (host: string): Said => ({
  message: {
    en: `the login went through, but ${host}, where its code was redeemed, set no cookie for the site's domains`,
    zh: `登录已通过，但兑换授权码的 ${host} 没有设置属于该站点域名的 cookie`
  },
  cure: {
    en: `in the site's file, see that cookieDomains holds the domain of ${host} and that redirectUri is as it was registered; where the site wants more than its address, write "redeem": "code" and redeem the code yourself`,
    zh: `请检查站点文件：cookieDomains 应包含 ${host} 的域名，redirectUri 应与注册时一致；如果站点不只需要访问该地址，请改用 "redeem": "code" 自行兑换`
  }
})

const refusedCode = (says: boolean): Bilingual => ({
  en: `${says ? "do what the message says; else " : ""}wait some minutes, and use the network that the phone uses`,
  zh: `${says ? "请按提示处理；否则" : ""}请等待几分钟，并改用与手机相同的网络`
})

export const badQrCode = (fault: Faults.QrCodeFault): Said => {
  const { en, zh } = Faults.ofQrCode(fault)
  return {
    message: {
      en: `the answer of ${ptlogin2} to ptqrshow is not a usable QR code: ${en}`,
      zh: `${ptlogin2} 对 ptqrshow 的响应不是可用的二维码：${zh}`
    },
    cure: ofNoCode(fault)
  }
}

const ofNoCode = ({ page, reason, serverMessage = "" }: Faults.QrCodeFault): Bilingual => {
  if (reason === "refused" || reason === "the body is empty") return refusedCode(serverMessage !== "")
  return page === undefined ? unknownAnswer : ofPage(page)
}

export const badCallback = (fault: Faults.CallbackFault & { readonly step: string }): Said => {
  const { en, zh } = Faults.ofCallback(fault)
  const [asked, expected] = fault.step === "Renewal" ? ["pt4_auth", "ptui_auth_CB"] : ["ptqrlogin", "ptuiCB"]
  return {
    message: {
      en: `the answer of ${ptlogin2} to ${asked} is not a ${expected} call: ${en}`,
      zh: `${ptlogin2} 对 ${asked} 的响应不是 ${expected} 调用：${zh}`
    },
    cure: fault.reason === "a page" ? ofPage(fault.page ?? "web page") : ofNoCallback(fault)
  }
}

const ofNoCallback = ({ reason, step }: Faults.CallbackFault & { readonly step: string }): Bilingual => {
  if (step === "Renewal") return startAgain
  return reason === "empty" || reason === "cut off"
    ? {
        en: "the network loses answers, or something on the way cuts them: start again from a better one, and leave out proxies",
        zh: "网络丢失了响应，或中途被截断：请换用更好的网络并去掉代理，再重新开始"
      }
    : unknownAnswer
}

export const badJson = (fault: Faults.JsonFault & { readonly step: string }): Said => {
  const [{ en, zh }, by] = [Faults.ofJson(fault), plainText(fault.host ?? "")]
  return {
    message: {
      en: `${fault.step}: the answer${by === "" ? "" : ` of ${by}`} is not the JSON that was expected: ${en}`,
      zh: `${inChinese(fault.step)}：${by === "" ? "" : `${by} 的`}响应不是预期的 JSON：${zh}`
    },
    cure: fault.page === undefined ? unknownAnswer : ofPage(fault.page)
  }
}

export const apiRefused = (error: {
  readonly step: string
  readonly retcode: number
  readonly errmsg: string
  readonly host?: string
}): Said => {
  const said = error.errmsg === "" ? "" : ` (${plainText(error.errmsg)})`
  const by: Bilingual =
    error.host === undefined
      ? { en: "refused", zh: "被拒绝" }
      : { en: `${error.host} refused`, zh: `被 ${error.host} 拒绝` }
  return {
    message: {
      en: `${error.step}: ${by.en} with retcode ${error.retcode}${said}`,
      zh: `${inChinese(error.step)}：${by.zh}，retcode ${error.retcode}${said}`
    },
    cure: error.step === "MusicKey" ? ofMusicCode(error.retcode) : ofRetcode(error.retcode)
  }
}

// PROTOCOL.md, retcodes: 103 and 108 are about cookies, 100003 and 112 about load; the rest ask for a new login.
const ofRetcode = (retcode: number): Bilingual => {
  switch (retcode) {
    case 103:
      return {
        en: "log out of Web QQ elsewhere, wait a minute, then log in again",
        zh: "请先在其他地方退出 Web QQ，等待一分钟后重新登录"
      }
    case 100003:
    case 112:
    case 113:
      return {
        en: "too many requests: wait some minutes, then log in again",
        zh: "请求过多：请等待几分钟后重新登录"
      }
    default:
      return { en: "log in again with a new code", zh: "请用新的二维码重新登录" }
  }
}

export const loginTimeout = (error: Faults.LateFault & { readonly seconds: number }): Said => {
  const host = plainText(error.host ?? "")
  const late = {
    en: `the login was not finished within ${error.seconds} s`,
    zh: `登录没有在 ${error.seconds} 秒内完成`
  }
  if (host === "") return { message: late, cure: moreTime }
  return error.waitingFor === "scan"
    ? {
        message: {
          en: `${late.en}: nobody has confirmed the code of ${host}`,
          zh: `${late.zh}：${host} 的二维码无人确认`
        },
        cure: {
          en: "start again, and scan and confirm the code while it is shown, or allow more time with --timeout",
          zh: "请重新开始，在二维码显示期间扫码并确认，或用 --timeout 放宽时限"
        }
      }
    : {
        message: {
          en: `${late.en}: no usable answer of ${host} had come`,
          zh: `${late.zh}：一直没有得到 ${host} 的可用响应`
        },
        cure: {
          en: "check the network, then start again, or allow more time with --timeout",
          zh: "请检查网络后重新开始，或用 --timeout 放宽时限"
        }
      }
}

const moreTime: Bilingual = {
  en: "start again, or allow more time with --timeout",
  zh: "请重新开始，或用 --timeout 放宽时限"
}

export const storeFailed = (fault: StoreFault & { readonly path: string; readonly step: Step }): Said => {
  const [{ cure, reason }, path] = [ofStore(fault), plainText(fault.path)]
  const what: Bilingual =
    fault.step === "Login"
      ? { en: "logins in the background", zh: "后台登录记录" }
      : { en: "saved sessions", zh: "已保存会话" }
  return {
    message: {
      en: `the ${what.en} at ${path} could not be used: ${reason.en}`,
      zh: `无法使用 ${path} 中的${what.zh}：${reason.zh}`
    },
    cure
  }
}
