/**
 * The connection to the server that shows codes, opened while the rest of the command is still being loaded: at a distance, that
 * is a round trip or two that nobody waits for.
 */
import * as Fs from "node:fs"
import type * as Https from "node:https"
import * as Tls from "node:tls"
import type { Command } from "../line/Command.ts"

const host = "ssl.ptlogin2.qq.com"

let opened: Tls.TLSSocket | undefined

/** Opens it for a command that will need it for certain, and not by way of a proxy. */
export const openFor = (
  { asksForCode = () => "no" }: Command,
  values: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>
): void => {
  const asks = asksForCode(values)
  if (asks === "no" || values["proxy"] !== undefined || proxyVariables.some((name) => env[name])) return
  // A profile may have a proxy of its own.
  if (isMissing("ways", env) && (asks === "yes" || isMissing("sessions", env))) open()
}

/** Variables that name a proxy. */
export const proxyVariables = ["https_proxy", "http_proxy", "all_proxy"].flatMap((name) => [name, name.toUpperCase()])

/** Whether none of these was ever kept here: known for certain without loading what keeps it, or not known. */
const isMissing = (
  folder: "sessions" | "ways",
  { HOME, XDG_STATE_HOME }: Readonly<Record<string, string | undefined>>
): boolean => {
  const state = XDG_STATE_HOME || (HOME && `${HOME}/.local/state`)
  return process.platform === "linux" && Boolean(state) && !Fs.existsSync(`${state}/webqq-login/${folder}`)
}

/** Begins to open it. Where it fails, whoever asks for it opens another and is told why that fails. */
const open = (): void => {
  // As Node's own agent would.
  const socket = Tls.connect({ host, port: 443, servername: host, ALPNProtocols: ["http/1.1"] })
  const forget = () => {
    if (opened === socket) opened = undefined
  }
  opened = socket.setNoDelay(true).on("error", forget).on("close", forget).unref()
}

/** Lets an agent take it for the first connection there. */
export const lend = <A extends Https.Agent>(agent: A): A => {
  const createConnection = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    if (opened === undefined || options.host !== host || Number(options.port) !== 443) {
      return createConnection(options, callback)
    }
    const socket = opened.ref()
    opened = undefined
    return socket
  }
  return agent
}

/** Whether there is one. */
export const isOpen = (): boolean => opened !== undefined

/** Lets the handshake go on, which waits while a task runs: one that loads a part of the command, say. */
export const goOn = (): Promise<void> =>
  opened === undefined ? Promise.resolve() : new Promise((resolve) => setImmediate(resolve))
