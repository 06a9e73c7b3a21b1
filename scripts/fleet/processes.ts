/**
 * What processes used of the machine, as the kernel counts it.
 */
import { readFileSync } from "node:fs"

const ticksPerSecond = 100

/** Of `/proc/PID/stat`, what comes after the name of the program, which may hold anything. */
const statOf = (pid: number) => {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8")
  return text.slice(text.lastIndexOf(")") + 2).split(" ")
}

/** Seconds of CPU of a process and of all its children, those that ended included. */
export const cpuOf = (pid: number): number => {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number)
    const theirs = children.reduce((sum, child) => sum + cpuOf(child), 0)
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = statOf(pid).slice(11, 15).map(Number)
    return theirs + (user + system + endedUser + endedSystem) / ticksPerSecond
  } catch {
    // It has just ended: its parent, which is read after it, has counted it.
    return 0
  }
}

/** Bytes of memory that a process holds. */
export const memoryOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? NaN) * 1024
