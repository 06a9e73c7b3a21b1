import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type * as Facade from "../../src/Facade.ts"
import type * as Login from "../../src/Login.ts"
import type * as LoginConfig from "../../src/LoginConfig.ts"
import type * as replay from "../../src/replay/index.ts"
import type * as Session from "../../src/Session.ts"
import type * as Site from "../../src/Site.ts"
import type * as SessionStore from "../../src/store/SessionStore.ts"

interface Modules {
  readonly "effect/Duration": typeof Duration
  readonly "effect/Effect": typeof Effect
  readonly "effect/Layer": typeof Layer
  readonly "effect/ManagedRuntime": typeof ManagedRuntime
  readonly "webqq-login/Facade": typeof Facade
  readonly "webqq-login/Login": typeof Login
  readonly "webqq-login/LoginConfig": typeof LoginConfig
  readonly "webqq-login/Session": typeof Session
  readonly "webqq-login/SessionStore": typeof SessionStore
  readonly "webqq-login/Site": typeof Site
  readonly "webqq-login/replay": typeof replay
}

/** Loads modules as a build sees them, its own by their public names: two builds share nothing, not even Effect. */
export const fromBuild = (root: string) => {
  const { resolve } = createRequire(join(root, "package.json"))
  return async <Name extends keyof Modules>(name: Name): Promise<Modules[Name]> =>
    await import(pathToFileURL(resolve(name)).href)
}
