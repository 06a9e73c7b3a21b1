/**
 * The cookie `qrsig` of a poll and the number that is computed from it.
 */
import type { Fault } from "../engine/model.ts"
import { gtk, hash33, time33 } from "../../protocol/Hash.ts"
import { type Detector, nothing, refused, told } from "./finding.ts"
import { isAt, overTls } from "./history.ts"

const section = "Step 2: ptqrlogin"

const qrsigMissing: Fault = {
  name: "qrsig-missing",
  section,
  says: {
    en: "the poll has no cookie qrsig: the server answered 403, since it cannot know which code is meant",
    zh: "轮询没有携带 Cookie qrsig：服务器无从得知是哪个二维码，会返回 403"
  },
  cure: {
    en: "keep the cookie that ptqrshow sets, and send it with every poll",
    zh: "请保存 ptqrshow 设置的 Cookie，并在每次轮询时发送"
  }
}

const qrsigOverHttp: Fault = {
  name: "qrsig-missing",
  section,
  says: {
    en: "the poll goes over plain http, and has no cookie qrsig: it was set Secure, and a right jar keeps it back there",
    zh: "轮询使用明文 http，因而没有 Cookie qrsig：它带有 Secure 属性，正确的 Cookie 存储不会在此发送"
  },
  cure: { en: "ask over https", zh: "请使用 https" }
}

const tokenMissing: Fault = {
  name: "ptqrtoken-missing",
  section,
  says: {
    en: "the poll has no ptqrtoken: since 2017-02-09 the server answered 403",
    zh: "轮询没有 ptqrtoken：自 2017-02-09 起服务器会返回 403"
  },
  cure: {
    en: "send ptqrtoken, the hash33 of the cookie qrsig",
    zh: "请发送 ptqrtoken，即 Cookie qrsig 的 hash33"
  }
}

const ofAnotherCode = (isOlder: boolean): Fault => ({
  name: "ptqrtoken-of-another-code",
  section: "Dangers",
  says: isOlder
    ? {
        en: "ptqrtoken is of an older qrsig: the cookie is that of a newer picture, and the server answered 403",
        zh: "ptqrtoken 由较旧的 qrsig 算得：Cookie 已是较新图片的，服务器会返回 403"
      }
    : {
        en: "the cookie qrsig is not that of the picture that ptqrtoken is computed from: the server answered 403",
        zh: "Cookie qrsig 不是计算 ptqrtoken 所用图片的：服务器会返回 403"
      },
  cure: {
    en: "with every new picture take its qrsig, and compute ptqrtoken anew",
    zh: "每次取得新图片后，请使用其 qrsig 并重新计算 ptqrtoken"
  }
})

const ofOlderPicture: Fault = {
  name: "poll-of-an-older-picture",
  section: "Codes",
  says: {
    en: "a newer picture was asked for, and an older one is polled: whoever scans the one on the screen waits for nothing",
    zh: "已请求了更新的图片，却仍在轮询旧的：用户扫描屏幕上的图片后不会有任何结果"
  },
  cure: {
    en: "poll the code that is shown, and ask for one picture only",
    zh: "请轮询正在显示的二维码，并且只请求一张图片"
  }
}

const computedAs = (what: { readonly en: string; readonly zh: string }): Fault => ({
  name: "ptqrtoken-miscomputed",
  section: "Hashes",
  says: {
    en: `ptqrtoken is ${what.en} of the cookie qrsig, and not its hash33`,
    zh: `ptqrtoken 是 Cookie qrsig 的${what.zh}，而不是 hash33`
  },
  cure: {
    en: "start at 0, cut to 32 bits in each round, and keep 31 bits at the end (PROTOCOL.md has test vectors)",
    zh: "初值为 0，每轮截断为 32 位，最后保留 31 位（PROTOCOL.md 中有测试向量）"
  }
})

const wrong: Fault = {
  name: "ptqrtoken-wrong",
  section: "Hashes",
  says: {
    en: "ptqrtoken is not the hash33 of the cookie qrsig: the server answered 403",
    zh: "ptqrtoken 不是 Cookie qrsig 的 hash33：服务器会返回 403"
  },
  cure: {
    en: "compute it from the cookie's value as it came, with nothing decoded",
    zh: "请用收到的 Cookie 原值计算，不要解码"
  }
}

/** Numbers that clients have sent in its place. */
const mistakes = [
  [gtk, { en: "the g_tk (start 5381)", zh: " g_tk（初值 5381）" }],
  [time33, { en: "the time33, which keeps the 32nd bit,", zh: " time33（保留了第 32 位）" }],
  [(text: string) => time33(text) | 0, { en: "the signed 32-bit hash", zh: "有符号 32 位哈希" }],
  [(text: string) => unbounded(text), { en: "the hash without any limit", zh: "未截断的哈希" }],
  [(text: string) => hash33(decodeURIComponent(text)), { en: "the hash33 of the decoded value", zh: "解码后的 hash33" }]
] as const

const unbounded = (text: string) => {
  let e = 0
  for (let i = 0; i < text.length; i++) e += (e << 5) + text.charCodeAt(i)
  return e
}

const attempt = (hash: (text: string) => number, text: string) => {
  try {
    return String(hash(text))
  } catch {
    return undefined
  }
}

/** A poll whose cookie or token cannot be right. */
export const token: Detector = ({ read, url }, { codeByToken, codeOf, codes, due, scenario, wasRefused }) => {
  if (!isAt(read.address, "ptqrlogin")) return nothing
  const qrsig = read.cookies().get("qrsig")?.[0]
  // Who was given no picture has no cookie of it: that is the fault, then.
  if (qrsig === undefined || qrsig === "") {
    if (codes.length === 0 && wasRefused("ptqrshow")) return nothing
    const isKeptBack = url.protocol === "http:" && due(overTls(url)).some(({ cookie }) => cookie.name === "qrsig")
    return refused(isKeptBack ? qrsigOverHttp : qrsigMissing)
  }
  const [sent] = read.query().get("ptqrtoken") ?? []
  const code = codeOf(qrsig) ?? -1
  const isOutdated = code >= 0 && code < codes.length - 1 && codes[code]!.end === undefined
  const right = isOutdated ? told(ofOlderPicture) : nothing
  // The seed document, and the servers of its time, knew none.
  if (Date.parse(scenario.clock) < Date.parse("2017-02-09T00:00:00Z")) return right
  if (sent === undefined || sent === "") return refused(tokenMissing)
  if (sent === String(hash33(qrsig))) return right
  const tokens = codeByToken(sent)
  if (tokens !== undefined) return refused(ofAnotherCode(tokens < code))
  const mistake = mistakes.find(([hash]) => attempt(hash, qrsig) === sent)
  return refused(mistake === undefined ? wrong : computedAs(mistake[1]))
}
