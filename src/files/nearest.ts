/**
 * Where a path ends that is not there: the folder in which nothing could be made, or what stands in the way of one.
 */
import { lstatSync } from "node:fs"
import { dirname } from "node:path"

/** The path, or the nearest above it that is there; a link counts as itself. */
export const nearest = (path: string): string =>
  isThere(path) || dirname(path) === path ? path : nearest(dirname(path))

const isThere = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // Nobody may look into the folder that it would lie in.
    return false
  }
}
