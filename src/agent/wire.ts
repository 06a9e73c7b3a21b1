/**
 * What is said at the socket of a login in the background: a word that asks, and a JSON object a line that answers.
 */
import type { Bilingual } from "../Language.ts"
import type { LoginEventLine } from "../LoginEvent.ts"
import type { SessionJson } from "../Session.ts"
import type { Ended } from "./LoginRecord.ts"

/**
 * - `ask`: how it stands now; `follow`: that, and all that follows. Whoever hears the end by one of these has taken the session;
 * - `watch`: the same as `follow`, without the session; `cancel`: the same, while it is made to end.
 */
const wishes = ["ask", "follow", "watch", "cancel"] as const
export type Wish = (typeof wishes)[number]

export const isWish = (text: string): text is Wish => wishes.some((wish) => wish === text)

/** Letters of the longest wish, with some to spare. */
export const wishLimit = 16

/** What people are told beside the events: a line, or what holds the login up until that is over (`undefined`). */
export interface Said {
  readonly _tag: "Said"
  readonly line?: string | Bilingual
  readonly passing?: true
}

export type Answer =
  | { readonly _tag: "Line"; readonly line: typeof LoginEventLine.Encoded }
  | Said
  /** All that happened so far has been told. */
  | { readonly _tag: "Now" }
  /** A session is told of where it is kept nowhere else. */
  | ({ readonly _tag: "Ended"; readonly session?: SessionJson } & Ended)

export const toText = (answer: Answer): string => `${JSON.stringify(answer)}\n`
