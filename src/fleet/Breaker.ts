/**
 * Tells an address that is blocked, or a network that is down, from accounts that are out of order: where most of the last accounts
 * failed, no account is the reason. The fleet then goes on at a tenth of its pace, and one is told instead of ten thousand.
 */
export interface Breaker {
  /** The last accounts, the newest at the end: when each was asked, and whether it failed. */
  readonly last: ReadonlyArray<{ readonly at: number; readonly failed: boolean }>
  readonly open: boolean
}

export const closed: Breaker = { last: [], open: false }

const window = 50
/** What is longer ago says nothing of the network of now: a small fleet asks an account an hour. */
const windowMillis = 600_000
/** So many have to be known before anything is said of them. */
const enough = 20

/** How many of the last accounts failed. */
export const failuresOf = ({ last }: Breaker): number => last.filter(({ failed }) => failed).length

/** After one more account. It opens where more than half of the last ones failed, and closes where less than a quarter did. */
export const next = ({ last, open }: Breaker, failed: boolean, at: number): Breaker => {
  const now = [...last, { at, failed }].slice(-window).filter((one) => one.at > at - windowMillis)
  const share = failuresOf({ last: now, open }) / now.length
  return { last: now, open: open ? share >= 0.25 : now.length >= enough && share > 0.5 }
}

/** How much of the usual pace is left. */
export const pace = ({ open }: Breaker): number => (open ? 0.1 : 1)
