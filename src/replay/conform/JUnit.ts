/**
 * Verdicts as JUnit XML, which every CI reads.
 */
import type { Bilingual, Language } from "../../Language.ts"
import type { Verdict } from "./Verdict.ts"

// XML has no way to write other control characters.
const escaped = (text: string) =>
  text
    // oxlint-disable-next-line no-control-regex -- which are left out
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .toWellFormed()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")

/** One suite named after the site or the command, a case for each scenario; warnings stand in `system-out`. `mark` is a line behind the first. */
export const toJUnit = (
  suite: string,
  verdicts: ReadonlyArray<Verdict>,
  language: Language = "en",
  mark = ""
): string => {
  const count = (result: Verdict["result"]) => verdicts.filter((verdict) => verdict.result === result).length
  const seconds = (millis: number) => (millis / 1000).toFixed(3)
  const lines = (list: ReadonlyArray<Bilingual>) => escaped(list.map((one) => one[language]).join("\n"))
  const time = seconds(verdicts.reduce((sum, { millis }) => sum + millis, 0))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    ...(mark === "" ? [] : [mark]),
    `<testsuite name="${escaped(suite)}" tests="${verdicts.length}" failures="${count("fail")}" errors="0" skipped="${count("skipped")}" time="${time}">`,
    ...verdicts.flatMap(({ faults, millis, problems, result, scenario, warnings }) => [
      `  <testcase classname="${escaped(suite)}" name="${escaped(scenario)}" time="${seconds(millis)}">`,
      ...(result === "fail"
        ? [
            `    <failure type="${escaped(faults[0]?.name ?? "mismatch")}" message="${escaped((faults[0]?.says ?? problems[0])?.[language] ?? "")}">${lines(problems)}</failure>`
          ]
        : []),
      ...(result === "skipped" ? [`    <skipped message="${lines(problems)}"/>`] : []),
      ...(warnings.length > 0 ? [`    <system-out>${lines(warnings)}</system-out>`] : []),
      "  </testcase>"
    ]),
    "</testsuite>",
    ""
  ].join("\n")
}
