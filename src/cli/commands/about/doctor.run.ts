/**
 * `webqq-login doctor`: what a login needs of this machine and its network, one thing after the other, with what to do.
 */
import * as Effect from "effect/Effect"
import type { Values } from "../../line/Command.ts"
import { heads, type Finding } from "../../doctor/Finding.ts"
import * as Machine from "../../doctor/machine.ts"
import * as Network from "../../doctor/network.ts"
import type { Bilingual, Language } from "../../../Language.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import { table } from "../../terminal/table.ts"
import { ofCommands } from "../../../errors/ExitCode.ts"
import { CommandFailed } from "../../process/CommandFailed.ts"
import type { doctor as command } from "./doctor.ts"

export const run = Effect.fnUntraced(function* ({ json }: Values<typeof command>, around: Surroundings) {
  const { language, streams } = around
  const [kept, network] = yield* Effect.all([Machine.sessions(around), Network.look(around)], {
    concurrency: "unbounded"
  })
  const findings = [Machine.node(), Machine.terminal(around), ...kept, Machine.cache(around), ...network]
  if (json === true) for (const finding of findings) streams.json(toLine(finding, language))
  else streams.print(toText(findings, language))
  const faults = findings.filter(({ state }) => state === "fault")
  const [first] = faults
  if (first !== undefined) return yield* notWell(faults.length, first.exitCode ?? ofCommands.unexpected)
})

const toLine = ({ check, cure, message, state }: Finding, language: Language) => ({
  _tag: "Checked",
  check,
  state,
  message: message[language],
  ...(cure === undefined ? {} : { cure: cure[language] })
})

const states: Readonly<Record<Finding["state"], Bilingual>> = {
  well: { en: "well", zh: "正常" },
  note: { en: "note", zh: "提示" },
  fault: { en: "FAULT", zh: "故障" }
}

const toText = (findings: ReadonlyArray<Finding>, language: Language): ReadonlyArray<string> => {
  const rows = table(
    findings.map(({ check, message, state }) => [states[state][language], heads[check][language], message[language]])
  )
  return rows.flatMap((row, index) => {
    const cure = findings[index]?.cure
    return cure === undefined ? [row] : [row, `       → ${cure[language]}`]
  })
}

const notWell = (count: number, exitCode: number) =>
  new CommandFailed({
    said: {
      message: {
        en: count === 1 ? "one thing is not well" : `${count} things are not well`,
        zh: `有 ${count} 项故障`
      },
      cure: { en: "do what stands below each of them, then look again", zh: "请按各项下面的说明处理，然后再检查一次" }
    },
    exitCode,
    tag: "NotWell"
  })
