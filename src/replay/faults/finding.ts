/**
 * What a detector finds in a request.
 */
import type { Fault } from "../engine/model.ts"
import type { History, Seen } from "./history.ts"

/** What comes of a fault: the server refused the request; the login counts as failed, though it goes on; or it is only told. */
export type Gravity = "refused" | "fails" | "told"

export interface Finding {
  readonly fault: Fault
  readonly gravity: Gravity
}

/** Looks at a request before it is answered. */
export type Detector = (seen: Seen, history: History) => ReadonlyArray<Finding>

export const refused = (fault: Fault): ReadonlyArray<Finding> => [{ fault, gravity: "refused" }]
export const fails = (fault: Fault): ReadonlyArray<Finding> => [{ fault, gravity: "fails" }]
export const told = (fault: Fault): ReadonlyArray<Finding> => [{ fault, gravity: "told" }]
export const nothing: ReadonlyArray<Finding> = []
