/**
 * What to do about a scenario that cannot be used: its name may be a slip.
 */
import type { Bilingual } from "../../Language.ts"
import type { BadScenario } from "../../replay/Scenario.ts"
import { suggest } from "../line/suggest.ts"

export const whichScenario = ({ names = [], path }: BadScenario): Bilingual =>
  suggest(path, names, "") ?? {
    en: "webqq-login fixtures list names them all",
    zh: "webqq-login fixtures list 列出全部场景"
  }
