/**
 * What is said of a network that gives no answer, and of a server that wants none of us: whose turn it is, in both languages.
 */
import type { Bilingual } from "../Language.ts"
import * as Faults from "./answerFaults.ts"
import { ptlogin2, startAgain, unknownAnswer, untold } from "./pageAdvice.ts"
import { plainText } from "./plainText.ts"
import { inChinese } from "./Step.ts"

interface Said {
  readonly message: Bilingual
  readonly cure: Bilingual
}

// C: QQNotified#621, QAuxiliary#526, QQkey_Tool#5, deltaforce#51, otter-music#28 (2021 to 2026). Which code answers it is not published.
const withCamera: Bilingual = {
  en: "with QQ's camera from another screen: QQ refuses pictures from the album",
  zh: "请用手机 QQ 的相机扫描另一块屏幕上的码：QQ 会拒绝相册中的图片"
}

const deadAtOnce = (codes: number): Said => ({
  message: {
    en: `${ptlogin2} ended each QR code at its first poll (${codes} shown)`,
    zh: `${ptlogin2} 在首次轮询时就结束了每个二维码（共显示 ${codes} 个）`
  },
  cure: {
    en: "nobody was too slow: something between here and the server keeps old answers or drops cookies; leave out proxies and caches, or try another network",
    zh: "并非扫码太慢：本机与服务器之间可能有代理或缓存返回旧的响应、丢弃 cookie；请去掉代理和缓存，或换用其他网络"
  }
})

export const qrExpired = ({ atOnce, codes }: { readonly codes: number; readonly atOnce?: boolean }): Said =>
  atOnce === true ? deadAtOnce(codes) : tooSlow(codes)

const tooSlow = (codes: number): Said => ({
  message: {
    en: `no QR code of ${ptlogin2} was confirmed in time (${codes} shown)`,
    zh: `${ptlogin2} 的二维码在有效期内没有得到确认（共显示 ${codes} 个）`
  },
  cure: {
    en: `start again and scan the code while it is fresh, ${withCamera.en}`,
    zh: `请重新开始，并在二维码有效期内扫描：${withCamera.zh}`
  }
})

export const qrRefused = (): Said => ({
  // Or by Tencent: the code is the same (C).
  message: {
    en: `the login was refused on the phone, says ${ptlogin2}`,
    zh: `${ptlogin2} 表示手机上拒绝了本次登录`
  },
  cure: {
    en: `start again and confirm on the phone; scan ${withCamera.en}`,
    zh: `请重新开始，并在手机上确认登录；扫码时${withCamera.zh}`
  }
})

export const loginRejected = (error: {
  readonly step: string
  readonly code: string
  readonly serverMessage: string
  readonly kind?: RejectionKind
  readonly link?: string
}): Said => {
  const code = plainText(error.code, 20)
  if (error.step === "Renewal") {
    return {
      message: {
        en: `${ptlogin2} does not renew this session (code ${code})`,
        zh: `${ptlogin2} 不再为该会话续期（代码 ${code}）`
      },
      cure: startAgain
    }
  }
  const said = plainText(error.serverMessage)
  return {
    message: {
      en: `${ptlogin2} rejected the login with code ${code}${said === "" ? "" : `: ${said}`}`,
      zh: `${ptlogin2} 拒绝登录，代码 ${code}${said === "" ? "" : `：${said}`}`
    },
    cure: ofRejection(error.kind, plainText(error.link ?? ""), said !== "")
  }
}

type RejectionKind = "ours" | "wait" | "network" | "heal" | "unknown"

const ofRejection = (kind: RejectionKind | undefined, link: string, says: boolean): Bilingual => {
  switch (kind) {
    case "ours":
      return {
        en: "this program asked otherwise than the server wants, and waiting does not help: look for a newer version. webqq-login record writes down what was asked and answered, without secrets",
        zh: "本程序的请求不符合服务器的要求，等待没有用：请查找新版本。webqq-login record 可录下请求和响应（不含敏感信息）"
      }
    case "wait":
      return { en: "wait some minutes, then start again", zh: "请等待几分钟后重新开始" }
    case "network":
      return {
        en: `the server mistrusts this network: ${otherNetwork.en}`,
        zh: `服务器不信任当前网络：${otherNetwork.zh}`
      }
    case "heal":
      return link === ""
        ? {
            en: "the account is restricted: heal it in QQ on the phone, then start again",
            zh: "账号受限：请先在手机 QQ 上解除，再重新开始"
          }
        : { en: `heal the account at ${link}, then start again`, zh: `请先在 ${link} 恢复账号，再重新开始` }
    default:
      return says
        ? { en: "follow what the message says, on the phone", zh: "请按照提示在手机上处理" }
        : {
            en: `look for a notice in QQ on the phone, then start again; if it stays so, the network may be the reason: ${otherNetwork.en}`,
            zh: `请查看手机 QQ 中的通知，再重新开始；若仍如此，可能是网络的原因：${otherNetwork.zh}`
          }
  }
}

// C(6): most 403 of ptqrlogin come to addresses of data centres, or outside of the mainland (PROTOCOL.md).
const otherNetwork: Bilingual = {
  en: "use the one that the phone uses; no VPN, no proxy, no cloud server, no foreign address",
  zh: "请改用与手机相同的网络；不要用 VPN、代理、云服务器或境外地址"
}

export const accessDenied = ({ host, step }: { readonly step: string; readonly host: string }): Said => ({
  message: { en: `${step}: ${host} denied access (403)`, zh: `${inChinese(step)}：${host} 拒绝访问（403）` },
  cure:
    step === "ScanStatus"
      ? {
          en: `wait a while; if it stays so, the server mistrusts this network: ${otherNetwork.en}. If another network does not help either, the server wants what the page sends and this version does not (login_sig, say two reports): look for a newer version`,
          zh: `请稍后再试；若仍如此，说明服务器不信任当前网络：${otherNetwork.zh}。换用网络也无效时，可能是服务器要求网页才会发送的参数（有两份报告提到 login_sig）：请查找新版本`
        }
      : {
          en: `wait a while; if it stays so, the server mistrusts this network: ${otherNetwork.en}`,
          zh: `请稍后再试；若仍如此，说明服务器不信任当前网络：${otherNetwork.zh}`
        }
})

const ofStatus = (status: number, step: string): Bilingual => {
  if (status === 429) return { en: "asked too often: wait some minutes", zh: "请求过于频繁：请等待几分钟" }
  if (status === 408 || status >= 500) {
    return { en: "the server is in trouble or busy: try again later", zh: "服务器出错或繁忙：请稍后再试" }
  }
  // None of these answers with a redirect: the login page of a network does.
  if (status >= 300 && status <= 399) return sentElsewhere
  return step === "Check" ? untold : unknownAnswer
}

const sentElsewhere: Bilingual = {
  en: "something else answered, as the login page of a network does: open any site in a browser and log in there, then start again",
  zh: "应答的可能不是该服务器，而是当前网络的认证页面：请先用浏览器打开任意网站并登录当前网络，再重新开始"
}

export const httpFailed = (error: Faults.NetworkFault & { readonly step: string; readonly host: string }): Said => {
  const { en, zh } = Faults.ofNetwork(error)
  const cause = error.status === undefined ? (error.code ?? "") : `HTTP ${error.status}`
  return {
    message: {
      en: `${error.step}: no usable answer from ${error.host} (${en}${cause === "" ? "" : `: ${cause}`})`,
      zh: `${inChinese(error.step)}：${error.host} 没有可用的响应（${zh}${cause === "" ? "" : `：${cause}`}）`
    },
    cure: error.status === 409 || error.code === "ERR_REPLAY_MISMATCH" ? notRecorded : ofNetwork(error)
  }
}

// None of Tencent's servers is known to answer 409: a replay does, to what it does not hold.
const notRecorded: Bilingual = {
  en: "this was asked of a replay, and the scenario does not hold it: the report of the replay tells in what it differs",
  zh: "这是向重放发出的请求，而场景中没有它：重放的报告会说明差异"
}

const ofNetwork = ({
  host,
  reason,
  status = 500,
  step
}: {
  readonly reason: Faults.NetworkFault["reason"]
  readonly host: string
  readonly status?: number
  readonly step: string
}): Bilingual => {
  switch (reason) {
    case "dns": {
      const closed = /\bweb2\.qq\.com$/.test(host)
      return {
        en: `check the network and the name server${closed ? "; Web QQ's own hosts closed on 2019-01-03" : `; ${byProxy.en}`}`,
        zh: `请检查网络和域名解析${closed ? "；Web QQ 自己的服务器已于 2019-01-03 关闭" : `；${byProxy.zh}`}`
      }
    }
    case "tls":
      return {
        en: "check the clock and the certificates of this machine; else a proxy is reading along, or the login page of this network answers in its place: open any site in a browser",
        zh: "请检查本机的时间和证书；否则可能是代理在窃听，或是当前网络的认证页面在应答：请先用浏览器打开任意网站"
      }
    case "proxy":
      return {
        en: "the proxy did not let us through: check its address, user and password (--proxy, HTTPS_PROXY, ALL_PROXY), or leave it out with NO_PROXY",
        zh: "代理没有放行：请检查代理的地址、用户名和密码（--proxy、HTTPS_PROXY、ALL_PROXY），或用 NO_PROXY 绕过它"
      }
    case "too many open files":
      return {
        en: "allow the process more open files (ulimit -n), or fewer connections (maxSockets of Transport.layer)",
        zh: "请放宽进程可打开的文件数（ulimit -n），或减少连接数（Transport.layer 的 maxSockets）"
      }
    case "status":
      return ofStatus(status, step)
    case "too large":
      return {
        en: "something other than Tencent's server answered: leave out proxies, or log in to this network in a browser first",
        zh: "响应可能不是来自腾讯服务器：请去掉代理，或先用浏览器登录当前网络"
      }
    case "connect":
    case "timeout":
      return { en: `check the network, then start again; ${byProxy.en}`, zh: `请检查网络后重新开始；${byProxy.zh}` }
    default:
      return { en: "check the network, then start again", zh: "请检查网络后重新开始" }
  }
}

// Where nobody gets out but by a proxy, names are often not even resolved (github/copilot-cli#41, Redential/redential-cli#83).
const byProxy: Bilingual = {
  en: "where the way out is a proxy, name it with --proxy or HTTPS_PROXY",
  zh: "如须经代理上网，请用 --proxy 或 HTTPS_PROXY 指定"
}
