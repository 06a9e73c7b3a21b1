/**
 * Tells an address that is blocked, or a network that is down, from accounts that are out of order: where most of the last accounts
 * failed, no account is the reason. The fleet then goes on at a tenth of its pace, and one is told instead of ten thousand.
 */
export interface Breaker {
  /** Whether each of the last accounts failed, the newest at the end. */
  readonly last: ReadonlyArray<boolean>
  readonly open: boolean
}

export const closed: Breaker = { last: [], open: false }

const window = 50
/** So many have to be known before anything is said of them. */
const enough = 20

/** After one more account. It opens where more than half of the last ones failed, and closes where less than a quarter did. */
export const next = ({ last, open }: Breaker, failed: boolean): Breaker => {
  const now = [...last, failed].slice(-window)
  const share = now.filter(Boolean).length / now.length
  return { last: now, open: open ? share >= 0.25 : now.length >= enough && share > 0.5 }
}

/** How much of the usual pace is left. */
export const pace = ({ open }: Breaker): number => (open ? 0.1 : 1)
