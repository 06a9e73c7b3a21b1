/**
 * A way to a server on which nothing goes on when it is told to: connections are taken and stay open, and no letter comes through, as where
 * a machine froze or a network lost it.
 */
import { connect, createServer, type AddressInfo, type Socket } from "node:net"

export const hanging = async (port: number) => {
  const pairs = new Set<readonly [Socket, Socket]>()
  let hangs = false
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1")
    const pair = [near, far] as const
    pairs.add(pair)
    for (const socket of pair) {
      socket.on("error", () => {})
      socket.on("close", () => {
        pairs.delete(pair)
        for (const other of pair) other.destroy()
      })
    }
    if (!hangs) near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    hang: () => {
      hangs = true
      for (const pair of pairs) for (const socket of pair) socket.unpipe()
    },
    goOn: () => {
      hangs = false
      for (const [near, far] of pairs) near.pipe(far).pipe(near)
    },
    close: () => {
      server.close()
      for (const pair of pairs) for (const socket of pair) socket.destroy()
    }
  }
}
