/**
 * Numbers in JSON that are sent as texts. Most servers took them; one has a code for it.
 */
import type { Fault } from "../engine/model.ts"
import { type Detector, nothing, refused } from "./finding.ts"
import { isAt } from "./history.ts"

const asText = (name: string): Fault => ({
  name: "number-as-text",
  section: "QQ Music",
  says: {
    en: `${name} is a number, and is sent as a text: QQ Music answered with code 10006`,
    zh: `${name} 应为数字，却以文本发送：QQ 音乐会返回代码 10006`
  },
  cure: { en: "send it without quotes", zh: "发送时不要加引号" }
})

const isNumber = /\.param\.(musicid|loginMode)$/

/** A parameter of QQ Music that has to be a number. */
export const numbers: Detector = ({ read }) => {
  if (!isAt(read.address, "musicu.fcg")) return nothing
  const [path] = [...read.leaves()].find(([path, leaf]) => typeof leaf === "string" && isNumber.test(path)) ?? []
  return path === undefined ? nothing : refused(asText(path.slice(path.lastIndexOf(".") + 1)))
}
