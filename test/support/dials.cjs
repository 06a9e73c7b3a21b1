"use strict"
/**
 * Loaded before the command: writes down whom it connects to, and leads all of it to a port of the test.
 */
const { DIALS, LEAD_PORT } = process.env
const fs = process.getBuiltinModule("node:fs")
const tls = process.getBuiltinModule("node:tls")
const { connect } = tls
tls.connect = (options) => {
  fs.appendFileSync(DIALS, `${options.host}:${options.port}\n`)
  return connect({ ...options, host: "127.0.0.1", port: Number(LEAD_PORT) })
}
