/**
 * Scenarios out of what a browser has saved (HTTP Archive, HAR 1.2), and into it.
 */
export { BadHar, said } from "./BadHar.ts"
export * from "./fromHar.ts"
export type { Mended } from "./mend.ts"
export { toHar } from "./toHar.ts"
