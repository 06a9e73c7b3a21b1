/**
 * What happens below the steps, told to whoever listens: a request that takes long, one that is sent again, and how each ended.
 * Nothing of it is a secret: there is no query, no header and no body in it.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpFailed, LoginError } from "./errors/LoginError.ts"
import type { Step } from "./errors/Step.ts"

interface Place {
  readonly step: Step
  /** With its port, where that is not the usual one. */
  readonly host: string
}

/**
 * - `Slow`: no answer for `after`, and it is waited on for `limit` at the most, from the start (told once a request);
 * - `Answered`: an answer came, whatever it says; `Unanswered`: none, and `error` says why. Both tell how long it took;
 * - `Again`: after a passing fault the same will be asked again `after` some time, for the `count`th time of `most`.
 */
export type Notice =
  | (Place & { readonly _tag: "Slow"; readonly after: Duration.Duration; readonly limit: Duration.Duration })
  | (Place & { readonly _tag: "Answered"; readonly status: number; readonly took: Duration.Duration })
  | (Place & { readonly _tag: "Unanswered"; readonly error: HttpFailed; readonly took: Duration.Duration })
  | {
      readonly _tag: "Again"
      readonly error: LoginError
      readonly after: Duration.Duration
      readonly count: number
      readonly most: number
    }

export interface Listener {
  /** How long a request may take before it is `Slow`. */
  readonly slowAfter: Duration.Duration
  /** Called where it happens; the login waits for it. */
  readonly tell: (notice: Notice) => void
}

/** Who listens. Nobody does unless `Effect.provideService(Notice.Listener, …)` names somebody, and then nothing is watched. */
export const Listener = Context.Reference<Listener | undefined>("webqq-login/Notice/Listener", {
  defaultValue: () => undefined
})

/** The usual patience: two seconds. */
export const listener = (tell: (notice: Notice) => void): Listener => ({ slowAfter: Duration.seconds(2), tell })

/** Tells of it, where somebody listens. */
export const tell = (notice: () => Notice): Effect.Effect<void> =>
  Effect.withFiber((fiber) => {
    const listener = fiber.getRef(Listener)
    return listener === undefined ? Effect.void : Effect.sync(() => listener.tell(notice()))
  })
