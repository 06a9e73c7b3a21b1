/**
 * Statuses that say all, so that the body of such an answer is not read: which they are, and which error each is.
 */
import { AccessDenied, HttpFailed } from "./LoginError.ts"

const isServersFault = (status: number) => status === 408 || status === 429 || status >= 500

/** Whether a status is one of these. */
export const isRefused = (status: number): boolean => status === 403 || isServersFault(status)

/** The error that it is; `retryAfterMillis` is how long the server asked us to stay away, if it did. */
export const errorOf = (
  status: number,
  place: Pick<HttpFailed, "step" | "host">,
  retryAfterMillis: number | undefined
): AccessDenied | HttpFailed =>
  status === 403
    ? new AccessDenied(place)
    : new HttpFailed({
        ...place,
        reason: "status",
        status,
        ...(retryAfterMillis === undefined ? {} : { retryAfterMillis })
      })
