/**
 * Where this program keeps what lasts: sessions, the ways to their servers, logins in the background, a fleet.
 */
import * as Effect from "effect/Effect"
import * as UserDirectories from "effect/persistence/UserDirectories"
import { resolve } from "node:path"

/** The folder of that name below `webqq-login` in the user's state folder. Fails where this user has no home. */
export const stateFolder = (name: string) =>
  Effect.map(UserDirectories.make().state("webqq-login"), (state) => resolve(state, name))
