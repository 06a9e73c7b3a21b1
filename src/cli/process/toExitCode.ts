/**
 * What surrounds every command: its log, its language, and how it ends.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import * as Language from "../../Language.ts"
import type { LoginError } from "../../errors/LoginError.ts"
import * as Notice from "../../Notice.ts"
import type { Surroundings } from "../inputs/Surroundings.ts"
import { both, note } from "../terminal/advice.ts"
import { listener } from "../terminal/noticeWords.ts"
import { ofCommands } from "../../errors/ExitCode.ts"
import { type CommandFailed } from "./CommandFailed.ts"
import { tellFailure } from "./tellFailure.ts"

/** Runs what a command does to its exit code; whatever went wrong has been said by then. */
export const toExitCode = (
  command: Effect.Effect<void, LoginError | CommandFailed, Scope.Scope>,
  json: boolean,
  around: Surroundings
): Effect.Effect<number> => {
  const tell = (cause: Cause.Cause<LoginError | CommandFailed>) => tellFailure(cause, json, around)
  return Effect.scoped(isTraced(around.env) ? traced(command, around.env) : command).pipe(
    Effect.provide(Logger.layer([logger(around)])),
    Effect.provideService(Language.Language, around.language),
    Effect.provideService(Notice.Listener, listener(around.streams, isVerbose(around))),
    Effect.matchCause({ onSuccess: () => 0, onFailure: tell }),
    Effect.onInterrupt(() =>
      Effect.sync(() => {
        // Where stdout is lost that is what happened, and it has been said.
        if (process.exitCode !== ofCommands.unexpected) tell(Cause.interrupt())
      })
    )
  )
}

/** Whether OpenTelemetry's variables name a collector. */
export const isTraced = (env: Surroundings["env"]) =>
  Boolean(env["OTEL_EXPORTER_OTLP_ENDPOINT"] || env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]) &&
  env["OTEL_SDK_DISABLED"]?.toLowerCase() !== "true"

/** Spans go to the collector; what goes wrong there is not the command's. */
const traced = <A, E, R>(command: Effect.Effect<A, E, R>, env: Surroundings["env"]): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.promise(async () => (await import("./tracing.ts")).start(env)).pipe(
      Effect.catchCause(() => Effect.undefined)
    ),
    (tracing) =>
      tracing === undefined
        ? command
        : command.pipe(Effect.withSpan("webqq-login"), Effect.provideService(Tracer.Tracer, tracing.tracer)),
    (tracing) => Effect.promise(async () => tracing?.end())
  )

/** `WEBQQ_DEBUG=1` is for where a flag has no place: it says as much as `--verbose`, and more of a fault in this program. */
export const isVerbose = ({ env, verbose }: Surroundings) => verbose === true || Boolean(env["WEBQQ_DEBUG"])

/** Warnings of the library, a line each; everything where that is wanted. */
const logger = (around: Surroundings) =>
  Logger.make(({ logLevel, message }) => {
    if (logLevel !== "Warn" && logLevel !== "Error" && logLevel !== "Fatal" && !isVerbose(around)) return
    around.streams.tell(note(both((Array.isArray(message) ? message : [message]).map(String).join(" "))))
  })
