/**
 * The public modules, each a namespace: `Login` is the story, `Session` and `LoginError` are what comes out of it.
 */
export * as CookieFormat from "./store/CookieFormat.ts"
export * as CookieJar from "./http/CookieJar.ts"
export * as Facade from "./Facade.ts"
export * as KeepSignedIn from "./KeepSignedIn.ts"
export * as Language from "./Language.ts"
export * as Login from "./Login.ts"
export * as LoginConfig from "./LoginConfig.ts"
export * as LoginError from "./errors/LoginError.ts"
export * as LoginEvent from "./LoginEvent.ts"
export * as QqHttp from "./http/QqHttp.ts"
export * as Session from "./Session.ts"
export * as SessionExport from "./store/SessionExport.ts"
export * as SessionStore from "./store/SessionStore.ts"
export * as SignIn from "./SignIn.ts"
export * as Site from "./Site.ts"
