"use strict"
/**
 * Loaded before a program that is measured: leads its connections to the server of the bench, over TLS or, so that the
 * cost of TLS hides nothing, over plain TCP beneath the same https URLs; and reports the CPU time of the whole process.
 */
const { BENCH_CPU, BENCH_PORT, BENCH_TLS } = process.env
const tls = process.getBuiltinModule("node:tls")
const net = process.getBuiltinModule("node:net")
const place = { host: "127.0.0.1", port: Number(BENCH_PORT) }
const { connect } = tls
// undici waits for the end of a handshake.
const plainly = () =>
  net.connect(place).once("connect", function () {
    this.emit("secureConnect")
  })
tls.connect = (options) => (BENCH_TLS === "1" ? connect({ ...options, ...place }) : plainly())
// The time of a thread is in that of the process.
if (BENCH_CPU === "1" && process.getBuiltinModule("node:worker_threads").isMainThread) {
  process.on("exit", () => process.getBuiltinModule("node:fs").writeSync(3, JSON.stringify(process.cpuUsage())))
}
