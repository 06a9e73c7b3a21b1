/**
 * What to do about an answer that is not what was asked for: a web page in its place, by its kind, or something that this version does not
 * know. Whoever reads it may have nobody to turn to, so each names what they can do themselves.
 */
import type { Bilingual } from "../Language.ts"
import type { PageFault } from "./answerFaults.ts"

/** Where ptlogin2's own three requests are answered: ptqrshow, ptqrlogin, pt4_auth. */
export const ptlogin2 = "ssl.ptlogin2.qq.com"

export const startAgain: Bilingual = { en: "sign in again with a new code", zh: "请用新的二维码重新登录" }

export const unknownAnswer: Bilingual = {
  en: "start again; if it stays so, the protocol has changed: look for a newer version. webqq-login record writes down what came, without secrets",
  zh: "请重新开始；若仍如此，说明协议已变化：请查找新版本。webqq-login record 可录下收到的响应（不含敏感信息）"
}

/** At the check of a saved session: to start again would end in the same. */
export const untold: Bilingual = {
  en: "try again later; if it stays so, the site has changed: log in anew with --fresh, and look for a newer version",
  zh: "请稍后再试；若一直如此，说明站点有变化：请用 --fresh 重新扫码登录，并查找新版本"
}

// S: coolxi-tech/deltaforce#2, of authorize: after many scans a page comes, and another address or account helps.
const elsewhere: Bilingual = {
  en: "wait a day, or use another network (no VPN, proxy or cloud server) or another account",
  zh: "请等待一天，或换用其他网络（不要用 VPN、代理或云服务器）或其他账号"
}

/** What to do about a web page. */
export const ofPage = (page: NonNullable<PageFault["page"]>): Bilingual => {
  switch (page) {
    case "captcha":
      return {
        en: `sign in once in a browser on this network and pass the captcha there; else ${elsewhere.en}`,
        zh: `请先在当前网络上用浏览器登录一次并通过验证；否则${elsewhere.zh}`
      }
    case "risk control":
      return {
        en: `too many scans, or a network that the server mistrusts: ${elsewhere.en}`,
        zh: `扫码次数过多，或服务器不信任当前网络：${elsewhere.zh}`
      }
    case "captive portal":
      return {
        en: "open any site in a browser and log in to this network, then start again",
        zh: "请先用浏览器打开任意网站并登录当前网络，再重新开始"
      }
    case "web page":
      return {
        en: `it may be a captcha or risk control after many scans: ${elsewhere.en}; or the login page of this network: open any site in a browser first`,
        zh: `可能是多次扫码后的验证码或风控：${elsewhere.zh}；也可能是当前网络的认证页面：请先用浏览器打开任意网站`
      }
  }
}
