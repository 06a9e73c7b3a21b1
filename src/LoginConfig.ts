/**
 * Intervals and limits of a login, and of keeping it: a reference with defaults, so that no layer is needed to use them.
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { expected } from "./Language.ts"

export interface LoginConfig {
  /** Wait before each poll while nobody has scanned; half of it once somebody has (the official page: 2 s and 1 s). */
  readonly pollInterval: Duration.Duration
  /** Each wait is lengthened by a random share of up to this much, so that many logins do not poll in step. */
  readonly jitter: number
  /** How long one code is polled at the most. The server ends it after 2 to 4 minutes (PROTOCOL.md). */
  readonly codeLife: Duration.Duration
  /** How many expired codes are replaced before `QrExpired`. */
  readonly maxRefresh: number
  /** Limit of the whole login. */
  readonly timeout: Duration.Duration
  /** Limit of one request, its body included. */
  readonly requestTimeout: Duration.Duration
  /** How often a request that met a passing fault is sent again. */
  readonly retries: number
  /** How many faults in a row the polling rides out, with growing waits of up to 30 s. */
  readonly maxFaults: number
  /**
   * Age at which a session is renewed. Servers end one after one or two days (PROTOCOL.md, lifetimes); cookies without an expiry
   * of their own are not trusted for longer.
   */
  readonly renewAfter: Duration.Duration
  /** How often a session that is kept alive is checked. */
  readonly checkEvery: Duration.Duration
  /** The API hosts refuse library agents (PROTOCOL.md, dangers). */
  readonly userAgent: string
}

export const defaults: LoginConfig = {
  pollInterval: Duration.seconds(2),
  jitter: 0.1,
  codeLife: Duration.minutes(3),
  maxRefresh: 5,
  timeout: Duration.minutes(10),
  requestTimeout: Duration.seconds(10),
  retries: 3,
  maxFaults: 6,
  renewAfter: Duration.hours(36),
  checkEvery: Duration.minutes(30),
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
}

/** The configuration in force. `Effect.provideService(LoginConfig, …)` or `LoginConfig.layer` changes it. */
export const LoginConfig = Context.Reference<LoginConfig>("webqq-login/LoginConfig", { defaultValue: () => defaults })

/** Values that differ from the defaults; durations in any spelling of Effect's, `"50 millis"` for one. */
export type Options = {
  readonly [K in keyof LoginConfig]?: LoginConfig[K] extends Duration.Duration ? Duration.Input : LoginConfig[K]
}

const positive = Schema.makeFilter<Duration.Duration>((value) => Duration.toMillis(value) >= 1, {
  ...expected({ en: "a duration of 1 ms or more", zh: "至少 1 毫秒的时长" })
})
const finite = Schema.makeFilter<Duration.Duration>(
  Duration.isFinite,
  expected({ en: "a duration that ends", zh: "有限的时长" })
)
const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** What a value may be. Node refuses a header that is not printable ASCII. */
const limits = {
  pollInterval: Schema.DurationFromString.check(finite),
  jitter: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
  codeLife: Schema.DurationFromString.check(positive, finite),
  maxRefresh: count,
  timeout: Schema.DurationFromString.check(positive),
  requestTimeout: Schema.DurationFromString.check(positive),
  retries: count,
  maxFaults: count,
  renewAfter: Schema.DurationFromString,
  checkEvery: Schema.DurationFromString.check(positive),
  userAgent: Schema.String.check(
    Schema.isPattern(/^[\t\x20-\x7e]+$/, expected({ en: "printable ASCII", zh: "可打印的 ASCII 字符" }))
  )
} as const
let checked: ((values: unknown) => LoginConfig) | undefined

/** The defaults with some values changed. Throws on a duration that cannot be read, and on a value that makes no sense. */
export const make = (options: Options = {}): LoginConfig => {
  const { checkEvery, codeLife, pollInterval, renewAfter, requestTimeout, timeout } = { ...defaults, ...options }
  checked ??= Schema.decodeUnknownSync(Schema.toType(Schema.Struct(limits)))
  return checked({
    ...defaults,
    ...options,
    codeLife: Duration.fromInputUnsafe(codeLife),
    pollInterval: Duration.fromInputUnsafe(pollInterval),
    requestTimeout: Duration.fromInputUnsafe(requestTimeout),
    timeout: Duration.fromInputUnsafe(timeout),
    renewAfter: Duration.fromInputUnsafe(renewAfter),
    checkEvery: Duration.fromInputUnsafe(checkEvery)
  })
}

/** Changes some of the values. */
export const layer = (options: Options): Layer.Layer<never> => Layer.sync(LoginConfig, () => make(options))

// A poll without a wait is for tests of one's own: against real servers it would be an attack.
const environment = { ...limits, pollInterval: limits.pollInterval.check(positive) } as const
const read = <K extends keyof LoginConfig>(key: K, name: string) =>
  Config.schema(environment[key] as Schema.Codec<LoginConfig[K], string>, name).pipe(Config.withDefault(defaults[key]))

/**
 * Reads the values from the environment: `WEBQQ_POLL_INTERVAL="2 seconds"`, `WEBQQ_JITTER`, `WEBQQ_CODE_LIFE`,
 * `WEBQQ_MAX_REFRESH`, `WEBQQ_TIMEOUT`, `WEBQQ_REQUEST_TIMEOUT`, `WEBQQ_RETRIES`, `WEBQQ_MAX_FAULTS`,
 * `WEBQQ_RENEW_AFTER`, `WEBQQ_CHECK_EVERY`, `WEBQQ_USER_AGENT`; each is optional. Fails with a `ConfigError` that names the
 * variable.
 */
export const layerConfig: Layer.Layer<never, Config.ConfigError> = Layer.effect(
  LoginConfig,
  Effect.suspend(() =>
    Config.all({
      pollInterval: read("pollInterval", "POLL_INTERVAL"),
      jitter: read("jitter", "JITTER"),
      codeLife: read("codeLife", "CODE_LIFE"),
      maxRefresh: read("maxRefresh", "MAX_REFRESH"),
      timeout: read("timeout", "TIMEOUT"),
      requestTimeout: read("requestTimeout", "REQUEST_TIMEOUT"),
      retries: read("retries", "RETRIES"),
      maxFaults: read("maxFaults", "MAX_FAULTS"),
      renewAfter: read("renewAfter", "RENEW_AFTER"),
      checkEvery: read("checkEvery", "CHECK_EVERY"),
      userAgent: read("userAgent", "USER_AGENT")
    }).pipe(Config.nested("WEBQQ"))
  )
)
