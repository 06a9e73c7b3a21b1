/**
 * Web QQ's servers over TLS on this machine, in a bad state: one answer in six is spoiled in one of the ways of the fault matrix, or does not
 * come at all; polls wait, sessions die, and renewals are refused now and then. What it does is drawn from a seed. Started by soak.ts, and
 * ends with it.
 */
import https from "node:https"
import type { AddressInfo } from "node:net"
import type { Exchange } from "../../src/replay/Scenario.ts"
import { selfSigned } from "../../test/support/certificate.ts"
import { ptuiCB } from "../../test/support/answers.ts"
import { spoilers } from "../../test/support/faultServer.ts"
import * as QqServer from "../../test/support/qqServer.ts"

export interface Ready {
  readonly port: number
  readonly authority: string
}

let state = Number(process.argv[2])
/** Between 0 and 1: a linear congruential generator, so that a run can be had again. */
const chance = () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32

const healthy = QqServer.make()
const confirmed = healthy.state.poll

const spoiled: ReadonlyArray<(typeof spoilers)[string]> = [
  ...Object.values(spoilers),
  ({ response }) => void response.socket?.resetAndDestroy(),
  ({ hold }) => hold()
]

const answerTo = (path: string): Exchange["response"] => {
  healthy.state.poll = chance() < 0.5 ? ptuiCB("66") : confirmed
  healthy.state.check = chance() < 0.9 ? QqServer.good : QqServer.refused
  healthy.state.renewal = chance() < 0.8 ? QqServer.auth("2", QqServer.checkSig) : QqServer.auth("1")
  const { body = "", headers = [], status = 200 } = healthy.respond(path)
  return { status, headers: headers.map(([name, value]) => [name, value]), body: Buffer.from(body) }
}

const { cert, key } = selfSigned(["*.ptlogin2.qq.com", "*.web2.qq.com", "*.qq.com"])
const server = https.createServer({ cert, key }, (request, response) => {
  const path = new URL(request.url ?? "", "https://qq.com").pathname.split("/").at(-1)!
  request.resume()
  const answer = answerTo(path)
  if (chance() >= 1 / 6) {
    response
      .writeHead(answer.status, [...answer.headers.flat(), "Content-Length", String(answer.body.length)])
      .end(answer.body)
    return
  }
  const spoil = spoiled[Math.floor(chance() * spoiled.length)]!
  // Whoever waits in vain hangs up.
  void Promise.resolve(spoil({ response, answer, hold: () => {}, wrote: () => {} })).catch(() => {})
})
// A TLS socket has no reset of its own; it ends in the midst of everything all the same.
server.on("secureConnection", (socket) => Object.assign(socket, { resetAndDestroy: () => socket.destroy() }))
server.on("clientError", (_, socket) => socket.destroy())
server.listen(0, "127.0.0.1", () =>
  process.send?.({ port: (server.address() as AddressInfo).port, authority: cert } satisfies Ready)
)
process.on("disconnect", () => process.exit())
