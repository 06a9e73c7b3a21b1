/**
 * A server that is some milliseconds away: a relay that carries every byte half a round trip later, in each direction, and stands
 * for TCP's own handshake as well, since a connection to it is open at once.
 */
import net from "node:net"
import type { Socket } from "node:net"

export const atDistance = (roundTrip: number, port: number): net.Server =>
  net.createServer((near) => {
    const far = net.connect({ host: "127.0.0.1", port, noDelay: true })
    near.setNoDelay()
    const open = performance.now() + roundTrip
    carry(near, far, () => Math.max(performance.now(), open) + roundTrip / 2)
    carry(far, near, () => performance.now() + roundTrip / 2)
  })

const carry = (from: Socket, into: Socket, arrival: () => number) => {
  let last: Promise<unknown> = Promise.resolve()
  const later = (act: () => void) => {
    const at = arrival()
    const after = async (before: Promise<unknown>) => {
      await before
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())))
      act()
    }
    last = after(last)
  }
  from.on("data", (chunk) => later(() => into.write(chunk)))
  from.on("end", () => later(() => into.end()))
  from.on("error", () => into.destroy())
}
