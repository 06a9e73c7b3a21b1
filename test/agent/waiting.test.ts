/**
 * `login wait` on a terminal: the code of a login in the background is looked after as that of one in the foreground is.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { onTestFinished, vi } from "vitest"
import { toPng } from "webqq-login/qr/QrPng"
import * as Carrier from "../../src/agent/Carrier.ts"
import * as Place from "../../src/agent/Place.ts"
import { run } from "../../src/cli/commands/login/wait.run.ts"
import { emulator } from "../cli/emulator.ts"
import { encode, loginText } from "../qr/samples.ts"

const isCode = (line: string) => /[▀▄]/.test(line)

describe("who waits on a terminal for a login in the background", () => {
  it.live("sees how long its code lives, sees it anew on a terminal of another size, and no more when it is dead", () =>
    Effect.gen(function* () {
      const root = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-agent-"))
      onTestFinished(() => {
        vi.unstubAllEnvs()
        Fs.rmSync(root, { recursive: true })
      })
      vi.stubEnv("XDG_STATE_HOME", root)
      const place = Place.of(yield* Place.home, Place.newId())
      yield* Place.prepare(place.folder)
      const carrier = yield* Carrier.open(place, { about: "", startedAt: DateTime.formatIso(yield* DateTime.now) })
      const file = Place.qrFile(place)
      Fs.writeFileSync(file, toPng(encode(loginText)))
      const { resize, streams, visible } = emulator(80, 40)
      const until = (seen: (lines: ReadonlyArray<string>) => boolean) =>
        Effect.suspend(() => (seen(visible()) ? Effect.void : Effect.fail(visible()))).pipe(
          Effect.tapError(() => Effect.sleep("5 millis")),
          Effect.retry({ times: 2000 })
        )
      const ends = (words: RegExp) => until((lines) => words.test(lines.at(-1) ?? ""))
      const show = (attempt: number, life: number) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          const expiresAt = DateTime.formatIso(DateTime.makeUnsafe(now + life))
          carrier.tell({ _tag: "QrShown", attempt, file, expiresAt })
          carrier.tell({ _tag: "Waiting" })
        })

      yield* show(1, 600_000)
      const around = { streams: streams(), language: "en", env: {} } as const
      const waiting = yield* Effect.forkChild(Effect.exit(Effect.scoped(run({ id: place.id }, around))))
      yield* ends(/^(10:00|9:\d\d) waiting for the scan …$/)
      assert.isTrue(visible().some(isCode))
      resize(60, 30)
      assert.isTrue(visible().some(isCode))
      carrier.say({ passing: true, line: "qq.com does not answer" })
      yield* ends(/^qq\.com does not answer$/)
      carrier.say({ passing: true })
      yield* ends(/ waiting for the scan …$/)
      carrier.tell({ _tag: "Expired", attempt: 1 })
      yield* until((lines) => !lines.some(isCode))
      // A recording's code lives by another clock.
      yield* show(2, -600_000)
      yield* ends(/^waiting for the scan …$/)
      assert.isTrue(visible().some(isCode))
      yield* carrier.end(130)
      yield* Fiber.join(waiting)
      assert.isFalse(visible().some(isCode))
    })
  )
})
