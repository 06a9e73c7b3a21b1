import { dirname, join } from "node:path"

/** Where runs of the bundled command keep what was compiled of it, for the next ones: it goes with the bundle. */
export const cacheOf = (entry: string): string => join(dirname(entry), "cache")
