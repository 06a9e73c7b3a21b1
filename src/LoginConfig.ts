/**
 * Intervals and limits of a login, and of keeping it: a reference with defaults, so that no layer is needed to use them.
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

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

/** The defaults with some values changed. Throws on a duration that cannot be read. */
export const make = (options: Options = {}): LoginConfig => {
  const { checkEvery, codeLife, pollInterval, renewAfter, requestTimeout, timeout } = { ...defaults, ...options }
  return {
    ...defaults,
    ...options,
    codeLife: Duration.fromInputUnsafe(codeLife),
    pollInterval: Duration.fromInputUnsafe(pollInterval),
    requestTimeout: Duration.fromInputUnsafe(requestTimeout),
    timeout: Duration.fromInputUnsafe(timeout),
    renewAfter: Duration.fromInputUnsafe(renewAfter),
    checkEvery: Duration.fromInputUnsafe(checkEvery)
  }
}

/** Changes some of the values. */
export const layer = (options: Options): Layer.Layer<never> => Layer.sync(LoginConfig, () => make(options))

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
      pollInterval: Config.Duration("POLL_INTERVAL").pipe(Config.withDefault(defaults.pollInterval)),
      jitter: Config.Finite("JITTER").pipe(Config.withDefault(defaults.jitter)),
      codeLife: Config.Duration("CODE_LIFE").pipe(Config.withDefault(defaults.codeLife)),
      maxRefresh: Config.Int("MAX_REFRESH").pipe(Config.withDefault(defaults.maxRefresh)),
      timeout: Config.Duration("TIMEOUT").pipe(Config.withDefault(defaults.timeout)),
      requestTimeout: Config.Duration("REQUEST_TIMEOUT").pipe(Config.withDefault(defaults.requestTimeout)),
      retries: Config.Int("RETRIES").pipe(Config.withDefault(defaults.retries)),
      maxFaults: Config.Int("MAX_FAULTS").pipe(Config.withDefault(defaults.maxFaults)),
      renewAfter: Config.Duration("RENEW_AFTER").pipe(Config.withDefault(defaults.renewAfter)),
      checkEvery: Config.Duration("CHECK_EVERY").pipe(Config.withDefault(defaults.checkEvery)),
      userAgent: Config.String("USER_AGENT").pipe(Config.withDefault(defaults.userAgent))
    }).pipe(Config.nested("WEBQQ"))
  )
)
