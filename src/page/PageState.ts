/**
 * What the page shows, made of what happens: one state at a time, of which the last one stays.
 */
import type { Bilingual } from "../Language.ts"
import type { SignInEvent } from "../LoginEvent.ts"
import { isLoginError, type LoginError, said } from "../errors/LoginError.ts"

/** The last word of whoever runs the login, where that is no error of a login. */
export interface LastWord {
  readonly message: Bilingual
  readonly cure: Bilingual
}

/**
 * - `asking`: there is no code yet, or a kept session is being looked at
 * - `waiting`, `scanned`: a code is shown, or its owner is being asked on the phone
 * - `expired`: the code is over and must not be readable any more; another follows, or `failed`
 * - `confirmed`: the session is being opened
 * - `done`, `failed`: the last word
 */
export type Phase = "asking" | "waiting" | "scanned" | "expired" | "confirmed" | "done" | "failed"

export interface PageState {
  readonly phase: Phase
  /** Number of the code that is shown, or was last; 0 before the first. */
  readonly code: number
  /** When the code is given up, in milliseconds since 1970 by the server's clock. */
  readonly expiresAt: number | undefined
  /** The code's picture as the server sent it, where one may be scanned. */
  readonly png: Uint8Array | undefined
  /** Whose session it is, as soon as that is known. */
  readonly nickname: string | undefined
  /** What went wrong and what to do about it, with `failed`. */
  readonly message: Bilingual | undefined
  readonly cure: Bilingual | undefined
}

export const initial: PageState = {
  phase: "asking",
  code: 0,
  expiresAt: undefined,
  png: undefined,
  nickname: undefined,
  message: undefined,
  cure: undefined
}

/** Nothing that can be scanned is left on a page whose code is over. */
const without = { png: undefined, expiresAt: undefined } as const

/** The state after an event; events that are nobody's business on a page change nothing. */
export const next = (state: PageState, event: SignInEvent): PageState => {
  switch (event._tag) {
    case "QrShown":
      return {
        ...state,
        phase: "waiting",
        code: event.attempt,
        png: event.png,
        expiresAt: event.expiresAt.epochMilliseconds
      }
    case "Scanned":
      return { ...state, phase: "scanned" }
    case "ScanWithdrawn":
      return { ...state, phase: "waiting" }
    case "Expired":
      return { ...state, ...without, phase: "expired" }
    case "Confirmed":
      return { ...state, ...without, phase: "confirmed", nickname: event.nickname }
    case "LoggedIn":
      return { ...state, ...without, phase: "done", nickname: event.session.nickname }
    default:
      return state
  }
}

/** The last word where the login failed. */
export const failed = (state: PageState, error: LoginError | LastWord): PageState => {
  const { cure, message } = isLoginError(error) ? said(error) : error
  return { ...state, ...without, phase: "failed", message, cure }
}

/** The last word where whoever ran the login ended it. */
export const ended = (state: PageState): PageState =>
  isOver(state)
    ? state
    : {
        ...state,
        ...without,
        phase: "failed",
        message: { en: "the login was ended where it was started", zh: "登录已在启动它的地方结束" },
        cure: { en: "start it again there, and open the new page", zh: "请在那里重新开始，并打开新的页面" }
      }

/** Whether nothing more will come. */
export const isOver = ({ phase }: PageState): boolean => phase === "done" || phase === "failed"
