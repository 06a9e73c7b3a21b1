"use strict"
/** Loaded before the command: writes down every place that a socket of it connects to, and every name that it asks for. */
const { SOCKETS } = process.env
const fs = process.getBuiltinModule("node:fs")
const net = process.getBuiltinModule("node:net")
const dns = process.getBuiltinModule("node:dns")
const { connect } = net.Socket.prototype
const note = (text) => fs.appendFileSync(SOCKETS, `${text}\n`)
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  note(`${options.host ?? "localhost"}:${options.port ?? options.path}`)
  return connect.apply(this, args)
}
const { lookup } = dns
dns.lookup = (name, ...rest) => {
  if (!net.isIP(name)) note(`name ${name}`)
  return lookup(name, ...rest)
}
