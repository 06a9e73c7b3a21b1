/**
 * The end of the process, at once. Node's own waits for what the system's threads are still busy with, which nobody can call back: a name
 * that no server answers for, for 20 seconds, and a key that is made of a passphrase, for a second or more.
 */

/** How much goes on in such threads that Node does not tell of. */
export const threads = { busy: 0 }

const isWaitedFor = () => threads.busy > 0 || process.getActiveResourcesInfo().includes("GetAddrInfoReqWrap")

const shell = "/bin/sh"

/** Whether the process is ours to replace. Looked up late: threads and files are seldom asked for at an end. */
const isAlone = () =>
  process.getBuiltinModule("node:worker_threads").isMainThread && process.getBuiltinModule("node:fs").existsSync(shell)

/** Ends the process with that code, whatever goes on in it, after its `exit` listeners. */
export const end = (code: number): never => {
  if (isWaitedFor() && process.execve !== undefined && isAlone()) {
    process.emit("exit", code)
    // Another program takes the place of this one, and its threads are gone.
    process.execve(shell, [shell, "-c", `exit ${code}`], {})
  }
  process.exit(code)
}
