/**
 * The HTTP API of a fleet, as data: what is asked and answered, by whom. The server and its clients are made of this, and so is
 * `/openapi.json`. A token is always asked for, and there are two kinds of them: `read` sees how accounts are, `secrets` may do all else.
 */
import * as Schema from "effect/Schema"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import { expected } from "../../Language.ts"
import { KeptSession } from "../../store/keptSession.ts"
import { isProfileName } from "../../store/SessionStore.ts"
import { How, LoginStep, loginFailed, NotNow } from "../Account.ts"
import { AlreadyThere, FleetEvent, NoAccount, NoEgress, State, Status, VaultFailed } from "../Status.ts"

/** There is no token, or it is not one of this fleet. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", {}, { httpApiStatus: 401 }) {}

/** The token is one that may only read. */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", {}, { httpApiStatus: 403 }) {}

/** Only a person can go on, at this link. */
export class ScanNeeded extends Schema.TaggedError<ScanNeeded>()(
  "ScanNeeded",
  { profile: Schema.String, link: Schema.String },
  { httpApiStatus: 409 }
) {}

/** Nobody can tell just now; the header `Retry-After` says when to ask again. */
export class Later extends Schema.TaggedError<Later>()(
  "Later",
  { profile: Schema.String, reason: Schema.String, retryAfterSeconds: Schema.Int },
  { httpApiStatus: 503 }
) {}

/** What was asked for makes no sense here. */
export class Wrong extends Schema.TaggedError<Wrong>()(
  "Wrong",
  { reason: Schema.Literals(["no such site", "the session is of another site", "no address of a web page"]) },
  { httpApiStatus: 422 }
) {}

const security = { token: HttpApiSecurity.bearer }

export class MayRead extends HttpApiMiddleware.Service<MayRead>()("webqq-login/fleet/MayRead", {
  security,
  error: [Unauthorized, Forbidden]
}) {}

export class MayAct extends HttpApiMiddleware.Service<MayAct>()("webqq-login/fleet/MayAct", {
  security,
  error: [Unauthorized, Forbidden]
}) {}

const Profile = Schema.String.check(
  Schema.makeFilter(
    isProfileName,
    expected({
      en: "letters, digits and . _ -, at most 64, beginning with a letter or digit",
      zh: "字母、数字和 . _ -，最多 64 个字符，以字母或数字开头"
    })
  )
)

const params = { profile: Profile }
const failed = [NoAccount, NoEgress, NotNow, VaultFailed] as const
const whole = (minimum: number, maximum: number) =>
  Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum, maximum }))

const Counts = Schema.Struct({
  good: Schema.Int,
  failing: Schema.Int,
  scan: Schema.Int,
  paused: Schema.Int,
  due: Schema.Int,
  /** Accounts by the `_tag` of their last error. */
  lastErrors: Schema.Record(Schema.String, Schema.Int)
})

/** What a database can look for. */
const word = Schema.String.check(Schema.isMaxLength(64), Schema.isPattern(/^[^\0]*$/))

/** A page of accounts; `after` of the next one is the last profile of this. */
const Query = {
  state: Schema.optionalKey(State),
  site: Schema.optionalKey(word),
  /** Only accounts that are due. */
  due: Schema.optionalKey(Schema.Literal("true")),
  /** Only accounts with this as their last error. */
  error: Schema.optionalKey(word),
  search: Schema.optionalKey(word),
  after: Schema.optionalKey(Profile),
  limit: Schema.optionalKey(whole(1, 1000))
}

const EventMessage = Schema.Struct({
  id: Schema.String,
  event: Schema.Literal("message"),
  data: Schema.fromJsonString(FleetEvent)
})

class Reading extends HttpApiGroup.make("reading")
  .add(
    HttpApiEndpoint.get("list", "/accounts", {
      query: Query,
      success: Schema.Struct({ accounts: Schema.Array(Status) }),
      error: VaultFailed
    }),
    HttpApiEndpoint.get("counts", "/counts", { success: Counts, error: VaultFailed }),
    HttpApiEndpoint.get("status", "/accounts/:profile", { params, success: Status, error: failed }),
    HttpApiEndpoint.get("events", "/events", {
      headers: { "last-event-id": Schema.optionalKey(whole(0, Number.MAX_SAFE_INTEGER)) },
      success: HttpApiSchema.StreamSse({ events: EventMessage }),
      error: VaultFailed
    }),
    HttpApiEndpoint.get("metrics", "/metrics", {
      success: Schema.String.pipe(HttpApiSchema.asText())
    })
  )
  .middleware(MayRead) {}

class Acting extends HttpApiGroup.make("acting")
  .add(
    HttpApiEndpoint.put("add", "/accounts/:profile", {
      params,
      payload: Schema.Struct({
        site: Schema.String,
        session: Schema.optionalKey(KeptSession),
        egress: Schema.optionalKey(Profile)
      }),
      success: Status,
      error: [AlreadyThere, Wrong, VaultFailed]
    }),
    HttpApiEndpoint.post("ensure", "/accounts/:profile/ensure", {
      params,
      payload: Schema.Struct({ how: How }),
      success: Status,
      error: failed
    }),
    HttpApiEndpoint.get("cookies", "/accounts/:profile/cookies", {
      params,
      query: { url: Schema.String.check(Schema.isMaxLength(2048)) },
      success: Schema.Struct({ profile: Schema.String, url: Schema.String, cookie: Schema.String }),
      error: [NoAccount, Wrong, VaultFailed, ScanNeeded, Later]
    }),
    HttpApiEndpoint.get("login", "/accounts/:profile/login", {
      params,
      success: HttpApiSchema.StreamSse({ data: LoginStep, error: loginFailed })
    }),
    HttpApiEndpoint.post("link", "/accounts/:profile/link", {
      params,
      success: Schema.Struct({ link: Schema.String }),
      error: failed
    }),
    HttpApiEndpoint.post("pause", "/accounts/:profile/pause", { params, success: Status, error: failed }),
    HttpApiEndpoint.post("resume", "/accounts/:profile/resume", { params, success: Status, error: failed }),
    HttpApiEndpoint.delete("forget", "/accounts/:profile", { params, error: failed }),
    HttpApiEndpoint.post("rotate", "/keys/rotate", {
      success: Schema.Struct({ key: Schema.String, resealed: Schema.Int }),
      error: VaultFailed
    })
  )
  .middleware(MayAct) {}

/** Whether this machine works: the only answer that needs no token, for the probes of a cluster. */
class Health extends HttpApiGroup.make("health").add(
  HttpApiEndpoint.get("health", "/health", {
    success: Schema.Struct({ ok: Schema.Literal(true) }),
    error: VaultFailed
  })
) {}

export class Api extends HttpApi.make("webqq-login-fleet")
  .add(Reading)
  .add(Acting)
  .add(Health)
  .annotateMerge(OpenApi.annotations({ title: "webqq-login fleet" })) {}
