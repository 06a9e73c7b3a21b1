/**
 * Where the commands keep sessions: in the user's files, unless the surroundings say otherwise.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { NoSession, type StoreFailed } from "../../errors/LoginError.ts"
import type { Session } from "../../Session.ts"
import * as SessionStore from "../../store/SessionStore.ts"
import type { Surroundings } from "./Surroundings.ts"

/** For commands that are about saved sessions. */
export const forSessions = ({ store }: Surroundings): Layer.Layer<SessionStore.SessionStore, StoreFailed> =>
  store ?? SessionStore.layerFile()

/** For a login, which goes on without a place to keep it: nothing is found there, and it is told when nothing can be kept. */
export const forLogin = (around: Surroundings): Layer.Layer<SessionStore.SessionStore> =>
  forSessions(around).pipe(
    Layer.catch((error) => {
      const fail = () => Effect.fail(error)
      const none = (profile: string) => Effect.fail(new NoSession({ step: "SessionStore", profile }))
      return Layer.succeed(SessionStore.SessionStore, {
        where: error.path,
        ready: fail(),
        save: fail,
        update: fail,
        modify: fail,
        remove: fail,
        list: fail(),
        inPortions: fail,
        foundGood: () => Effect.void,
        wasGoodAt: () => Effect.undefined,
        load: none,
        find: ({ profile = "" } = {}) => none(profile)
      })
    })
  )

/** A store that is gone with the process, with one session in it where one is given. */
export const inMemory = (saved: Session | undefined): Layer.Layer<SessionStore.SessionStore> =>
  saved === undefined
    ? SessionStore.layerMemory
    : Layer.tap(SessionStore.layerMemory, (services) =>
        Effect.orDie(Context.get(services, SessionStore.SessionStore).save(saved))
      )
