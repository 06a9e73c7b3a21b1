/**
 * What clients of this protocol get wrong, found in what they ask.
 */
import type { Fault } from "../engine/model.ts"
import { misplaced, missing } from "./cookies.ts"
import type { Detector, Finding } from "./finding.ts"
import { headers } from "./headers.ts"
import { type History, isAt, type Seen } from "./history.ts"
import { numbers } from "./numbers.ts"
import { polling } from "./polling.ts"
import { neverChecked, redirect, stoppedBehind } from "./redirect.ts"
import { token } from "./token.ts"

const detectors: ReadonlyArray<Detector> = [headers, token, polling, redirect, missing, misplaced, numbers]

/** Everything that is wrong with a request that is about to be answered. Only Tencent's protocol is known here. */
export const detect = (seen: Seen, history: History): ReadonlyArray<Finding> =>
  history.isKnown ? detectors.flatMap((detector) => detector(seen, history)) : []

const otherVfwebqq: Fault = {
  name: "getvfwebqq-skipped",
  section: "Step 5: login2",
  says: {
    en: "step 4 was never asked: the vfwebqq that login2 answers with is another one, and does not work",
    zh: "没有请求第 4 步：login2 响应中的 vfwebqq 是另一个值，无法使用"
  },
  cure: { en: "ask getvfwebqq first, and keep what it says", zh: "请先请求 getvfwebqq，并使用其结果" }
}

/** Why a login was not gone on with, where that has a name; `next` is the path that was due. */
export const whyStopped = (history: History, next: string): Fault | undefined => {
  const last = history.last()
  if (last === undefined) return undefined
  if (last.url.href === history.location()?.href) return stoppedBehind
  if (next.endsWith("/check_sig") && isAt(last.read.address, "ptqrlogin")) return neverChecked
  if (next.endsWith("/getvfwebqq") && history.served("login2") !== undefined) return otherVfwebqq
  return undefined
}
