/**
 * Writes fixtures/scenario.schema.json from the Schema in src/replay/ScenarioFile.ts: `node scripts/schema.ts`
 */
import { writeFileSync } from "node:fs"
import { jsonSchemaText } from "../src/replay/format/ScenarioFile.ts"

writeFileSync(new URL("../fixtures/scenario.schema.json", import.meta.url), jsonSchemaText())
