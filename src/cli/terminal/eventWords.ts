/**
 * What is said of the events of a login, but of a new code, which is shown (`showCode.ts`).
 */
import type { Bilingual } from "../../Language.ts"
import { said, type StoreFailed } from "../../errors/LoginError.ts"
import type { SignInEvent } from "../../LoginEvent.ts"

export const wordsOf = (event: Exclude<SignInEvent, { readonly _tag: "QrShown" }>): Bilingual => {
  switch (event._tag) {
    case "Waiting":
      return { en: "waiting for the scan …", zh: "等待扫码……" }
    case "Scanned":
      return { en: "scanned; confirm on the phone …", zh: "已扫码，请在手机上确认……" }
    case "ScanWithdrawn":
      return { en: "cancelled; scan it again …", zh: "已取消，请重新扫码……" }
    case "Expired":
      return { en: "the code has expired", zh: "二维码已失效" }
    case "Confirmed": {
      const { nickname } = event
      return { en: `confirmed by ${nickname}; opening the session …`, zh: `${nickname} 已确认，正在建立会话……` }
    }
    case "LoggedIn": {
      const { nickname, uin } = event.session
      if (nickname === undefined) return { en: `logged in as ${uin}`, zh: `已登录：${uin}` }
      return { en: `logged in as ${nickname} (${uin})`, zh: `已登录：${nickname}（${uin}）` }
    }
    case "SessionFound":
      return {
        en: `there is a saved session, ${event.profile}; looking whether it works …`,
        zh: `找到已保存的会话 ${event.profile}，正在检查是否可用……`
      }
    case "SessionStillGood":
      return event.asked
        ? { en: "it works, its server says: no scan needed", zh: "服务器确认会话可用，无需扫码" }
        : { en: "it has its cookies and is not old: no scan needed", zh: "cookie 齐全且未过期，无需扫码" }
    case "SessionRefused": {
      const { en, zh } = said(event.reason).message
      return { en: `it does not work any more: ${en}`, zh: `会话已失效：${zh}` }
    }
    case "Renewed":
      return { en: "renewed: no scan needed", zh: "已续期，无需扫码" }
    case "RenewalRefused": {
      const { en, zh } = said(event.reason).message
      // Nobody was asked without it.
      if (event.reason._tag === "CookieMissing" && event.reason.step === "Renewal") return { en, zh }
      return {
        en: `renewing it without a scan was tried, which a server may refuse: ${en}`,
        zh: `已尝试免扫码续期，未成功（服务器可能拒绝续期）：${zh}`
      }
    }
    case "Saved":
      if (event.instead !== undefined) {
        return {
          en: `saved as ${event.profile} in ${event.where}, since ${event.instead} holds another session (--force replaces another account's)`,
          zh: `${event.instead} 保存着另一个会话，因此已保存为 ${event.profile}，位置：${event.where}（--force 可覆盖另一个账号的会话）`
        }
      }
      return {
        en: `saved as ${event.profile} in ${event.where}`,
        zh: `已保存为 ${event.profile}，位置：${event.where}`
      }
    case "NotSaved":
      switch (event.why) {
        case "forgotten":
          return { en: "not saved: the session was forgotten meanwhile", zh: "未保存：该会话在此期间已被删除" }
        case "superseded":
          return { en: "not saved: another one was saved there meanwhile", zh: "未保存：在此期间那里保存了另一个会话" }
        default:
          return { en: "the session could not be saved", zh: "会话未能保存" }
      }
  }
}

/** States whose line is overwritten by the next. */
export const passing: ReadonlySet<string> = new Set<SignInEvent["_tag"]>(["Waiting", "Scanned", "ScanWithdrawn"])

/** After these no phone is let in by the code any more. */
export const ending: ReadonlySet<string> = new Set<SignInEvent["_tag"]>(["Expired", "Confirmed"])

/** The same, with the time that a code has left; in front, where a narrow terminal does not cut it off. */
export const withLeft = ({ en, zh }: Bilingual, millis: number): Bilingual => {
  const seconds = Math.max(0, Math.round(millis / 1000))
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
  return { en: `${left} ${en}`, zh: `${left} ${zh}` }
}

/** What is said where Web QQ itself cannot be reached; `living` are names of sites. */
export const closed = (living: ReadonlyArray<string>): Bilingual => ({
  en: `Web QQ's own hosts closed on 2019-01-03. These sites live, choose one with --site: ${living.join(", ")}`,
  zh: `Web QQ 自己的服务器已于 2019-01-03 关闭。仍可用的站点，请用 --site 选择：${living.join("、")}`
})

/** What is said before a scan whose session cannot be kept; `isDropped` is stdout that leads nowhere. */
export const notKept = (error: StoreFailed, isDropped: boolean): Bilingual => {
  const { en, zh } = said(error).message
  if (isDropped) {
    return {
      en: `this session cannot be kept, and stdout leads nowhere, so that a scan would be in vain: ${en}`,
      zh: `本次会话无法保存，标准输出也没有去处，扫码不会留下结果：${zh}`
    }
  }
  return {
    en: `this session cannot be kept, only printed at its end: ${en}`,
    zh: `本次会话无法保存，只能在结束时输出：${zh}`
  }
}
