/**
 * Which flags of a login go together, and the intervals and limits that they and the environment set.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as LoginConfig from "../../../LoginConfig.ts"
import * as Limits from "../../inputs/limits.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { Values } from "../../line/Command.ts"
import { usage } from "../../process/CommandFailed.ts"
import type { login } from "./login.ts"

type Flags = Values<typeof login>

const seeHelp = { en: "see webqq-login login --help", zh: "请看 webqq-login login --help" }

/** Flags that do not go together are wrong usage. */
export const checkFlags = (flags: Pick<Flags, "fresh" | "no-scan" | "qr" | "qr-file" | "replay" | "speed">) => {
  if (flags.fresh === true && flags["no-scan"] === true) {
    const message = { en: "--fresh and --no-scan contradict each other", zh: "--fresh 与 --no-scan 相互矛盾" }
    return Effect.fail(usage(message, seeHelp))
  }
  if (flags.speed !== undefined && flags.replay === undefined) {
    const message = { en: "--speed needs --replay", zh: "--speed 只能与 --replay 同用" }
    return Effect.fail(usage(message, seeHelp))
  }
  const other = [...(flags.qr ?? []), ...(flags["qr-file"] === undefined ? [] : ["file"])].find(
    (place) => place !== "none"
  )
  if (flags.qr?.includes("none") === true && other !== undefined) {
    const message = {
      en: `--qr none and a code in another place (${other}) contradict each other`,
      zh: `--qr none 与其他显示位置（${other}）相互矛盾`
    }
    return Effect.fail(usage(message, seeHelp))
  }
  return Effect.void
}

/** Intervals and limits: flags first, then the environment. */
export const readLimits = (
  flags: Pick<Flags, "max-refresh" | "poll-interval" | "timeout">,
  speed: number,
  around: Surroundings
) =>
  Effect.map(Limits.readFor(around), (config): LoginConfig.LoginConfig => {
    const { "max-refresh": maxRefresh, "poll-interval": pollInterval, timeout } = flags
    return {
      ...config,
      ...(pollInterval === undefined ? {} : { pollInterval: Duration.millis(pollInterval) }),
      ...(timeout === undefined ? {} : { timeout: Duration.millis(timeout) }),
      ...(maxRefresh === undefined ? {} : { maxRefresh }),
      // Sockets do not run faster when the clock does.
      requestTimeout: Duration.times(config.requestTimeout, Math.max(1, speed))
    }
  })
