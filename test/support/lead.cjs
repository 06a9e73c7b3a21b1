"use strict"
/**
 * Loaded before the command: leads its connections to the server of a test, whatever host they are for, and sends the process a
 * signal before a draft is given a name that ends in a certain way.
 */
const { LEAD_PORT, LEAD_SIGNAL, LEAD_WRITE } = process.env
const fs = process.getBuiltinModule("node:fs")
const tls = process.getBuiltinModule("node:tls")
const { connect } = tls
tls.connect = (options) => connect({ ...options, host: "127.0.0.1", port: Number(LEAD_PORT) })

if (LEAD_WRITE) {
  const watched = (place, name) => {
    const original = place[name]
    place[name] = (from, to) => {
      if (String(to).endsWith(LEAD_WRITE)) {
        fs.writeSync(2, "SIGNALLED\n")
        process.kill(process.pid, LEAD_SIGNAL)
      }
      return original(from, to)
    }
  }
  watched(fs, "renameSync")
  watched(fs.promises, "rename")
  process.getBuiltinModule("node:module").syncBuiltinESMExports()
}
