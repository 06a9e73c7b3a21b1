/**
 * `webqq-login login cancel`: ends a login in the background.
 */
import * as Effect from "effect/Effect"
import * as Client from "../../../agent/Client.ts"
import * as Place from "../../../agent/Place.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { Values } from "../../line/Command.ts"
import { unknown } from "./backgroundEnd.ts"
import type { cancel as command } from "./start.ts"

export const run = Effect.fnUntraced(function* ({ id, json }: Values<typeof command>, { streams }: Surroundings) {
  const told = yield* Client.listen(yield* Place.home, id, "cancel", () => {})
  if (told?._tag !== "Ended") return yield* unknown(id)
  const isCancelled = told.failed?.error._tag === "Interrupted"
  streams.tell(
    isCancelled ? { en: `ended ${id}`, zh: `已终止 ${id}` } : { en: `${id} had ended before`, zh: `${id} 此前已结束` }
  )
  if (json === true) streams.json({ _tag: isCancelled ? "Cancelled" : "EndedBefore", id, exitCode: told.exitCode })
})
