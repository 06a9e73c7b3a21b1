/**
 * When a client polls: not after the end, and not faster than any page did.
 */
import type { Fault } from "../engine/model.ts"
import { type Detector, type Finding, fails, nothing, refused } from "./finding.ts"
import { isAt } from "./history.ts"

const afterTheEnd = (code: string): Fault => ({
  name: "poll-after-the-end",
  section: "Codes",
  says:
    code === "65"
      ? {
          en: "the client goes on polling a code of which the server has said that it expired (65)",
          zh: "服务器已告知二维码失效（65），客户端仍在轮询"
        }
      : {
          en: `the client goes on polling after an answer that is final (${code})`,
          zh: `在最终结果（${code}）之后，客户端仍在轮询`
        },
  cure:
    code === "65"
      ? {
          en: "stop at 65; ask for a new picture, and poll with its qrsig",
          zh: "遇到 65 应停止；请获取新图片，并用其 qrsig 轮询"
        }
      : {
          en: "stop the timer as soon as the answer is neither 66 nor 67",
          zh: "结果既不是 66 也不是 67 时，请立即停止轮询"
        }
})

/** The pages waited one second between polls at the least. */
const pageInterval = 1000
const tooFast = (millis: number): Fault => ({
  name: "poll-too-fast",
  section: "Pace",
  says: {
    en: `the client polls every ${Math.round(millis)} ms: Tencent's pages waited 1 to 3 seconds, and too many requests are refused (100003)`,
    zh: `客户端每 ${Math.round(millis)} 毫秒轮询一次：腾讯的页面间隔 1 至 3 秒，请求过多会被拒绝（100003）`
  },
  cure: {
    en: "wait two seconds after each answer before the scan, one after it",
    zh: "扫码前每次响应后等待 2 秒，扫码后等待 1 秒"
  }
})

/** Polls that should not be. */
export const polling: Detector = ({ at, read }, { codeOf, codes, pollTimes: times }) => {
  if (!isAt(read.address, "ptqrlogin")) return nothing
  const findings: Array<Finding> = []
  const end = codes[codeOf(read.cookies().get("qrsig")?.[0] ?? "") ?? codes.length]?.end
  // Of a code that is unknown or dead the server says 65 for ever; what it says after a login nobody has seen.
  if (end !== undefined) findings.push(...(end === "65" ? fails : refused)(afterTheEnd(end)))
  const [first] = times
  if (first !== undefined && at !== undefined && times.length > 1) {
    const mean = (at - first) / times.length
    if (mean < pageInterval / 2) findings.push(...fails(tooFast(mean)))
  }
  return findings
}
