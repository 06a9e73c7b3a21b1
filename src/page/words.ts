/**
 * What the page says, in both languages.
 */
import type { Bilingual } from "../Language.ts"
import type { Phase } from "./PageState.ts"

export const title: Bilingual = { en: "Sign in with QQ", zh: "QQ 扫码登录" }

/** The line below the code. */
export const phases: Readonly<Record<Phase, Bilingual>> = {
  asking: { en: "Asking for a code …", zh: "正在获取二维码……" },
  waiting: { en: "Scan this code with QQ on your phone", zh: "请用手机 QQ 扫描二维码" },
  scanned: { en: "Scanned. Confirm on the phone", zh: "已扫码，请在手机上确认" },
  expired: { en: "This code is over", zh: "二维码已失效" },
  confirmed: { en: "Confirmed. Opening the session …", zh: "已确认，正在建立会话……" },
  done: { en: "Signed in. You can close this page", zh: "登录成功，可以关闭本页" },
  failed: { en: "It did not work", zh: "登录没有成功" }
}

export const words = {
  refresh: { en: "New code", zh: "换一个二维码" },
  language: { en: "中文", zh: "English" },
  left: { en: "{n} s left", zh: "剩余 {n} 秒" },
  camera: {
    en: "QQ's camera wants the code on another screen; it does not take a picture from the album.",
    zh: "请用手机 QQ 的扫一扫直接扫描屏幕，不支持从相册选取图片。"
  },
  yours: {
    en: "Scan only a code that you asked for yourself: whoever runs this page will act as you.",
    zh: "只扫描你自己要求显示的二维码：运行本页的人将以你的身份登录。"
  },
  code: { en: "QR code", zh: "二维码" },
  gone: {
    en: "The program that showed this page has ended.",
    zh: "显示本页的程序已经结束。"
  },
  offline: { en: "No connection, trying again …", zh: "连接中断，正在重试……" }
} as const satisfies Readonly<Record<string, Bilingual>>
