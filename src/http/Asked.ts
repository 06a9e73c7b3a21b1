/**
 * Whom a login asked the last, for whoever has to say at its end what it was waiting for.
 */
import * as Context from "effect/Context"
import type { LateFault } from "../errors/answerFaults.ts"
import type { Step } from "../errors/Step.ts"

export interface Asked {
  /** The last request: nothing before the first. */
  last?: { readonly step: Step; readonly host: string; isAnswered: boolean }
}

/** Filled by `QqHttp` where somebody provides one. */
export const Asked = Context.Reference<Asked | undefined>("webqq-login/http/Asked", { defaultValue: () => undefined })

/** What was being waited for: an answer, or, while a code is polled for, somebody who scans it. */
export const waitingFor = ({ last }: Asked): LateFault => {
  if (last === undefined) return {}
  const isShown = last.isAnswered && (last.step === "QrCode" || last.step === "ScanStatus")
  return { host: last.host, waitingFor: isShown ? "scan" : "answer" }
}
