import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { execFileSync, spawnSync } from "node:child_process"
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { tryLock } from "../../src/store/processLock.ts"
import * as LoginError from "../../src/errors/LoginError.ts"
import * as SessionStore from "../../src/store/SessionStore.ts"
import { aSession, counted, inFolder, temporaryFolder } from "../support/sessionStores.ts"
import { watched } from "../support/systemCalls.ts"

const program = fileURLToPath(new URL("../support/storeProgram.ts", import.meta.url))
const mode = (path: string) => (lstatSync(path).mode & 0o777).toString(8)

/** A store in a folder that holds the session `p`. */
const withSaved = Effect.gen(function* () {
  const { directory, layer, parent } = yield* inFolder
  const store = yield* Effect.provide(SessionStore.SessionStore, layer)
  yield* store.save(aSession(), "p")
  return { store, directory, parent, file: join(directory, "p.json") }
})

type Store = SessionStore.SessionStore["Service"]
const everyUse = (store: Store): ReadonlyArray<Effect.Effect<unknown, LoginError.LoginError>> => [
  store.load("p"),
  store.save(aSession(), "p"),
  store.modify("p", counted),
  store.remove("p"),
  store.find({ profile: "p" })
]

const assertRefused = Effect.fnUntraced(function* (store: Store, path: string, reason: RegExp) {
  for (const use of everyUse(store)) {
    const error = yield* Effect.flip(use)
    if (error._tag !== "StoreFailed") return assert.fail(`failed with ${error._tag}`)
    assert.match(error.message, reason)
    assert.strictEqual(error.path, path)
  }
})

describe("the files of saved sessions", () => {
  it.effect.each(["000", "022", "027", "077", "177"])("belong to their owner alone under umask %s", (umask) =>
    Effect.gen(function* () {
      const { directory, layer } = yield* inFolder
      yield* Effect.acquireRelease(
        Effect.sync(() => process.umask(Number.parseInt(umask, 8))),
        (before) => Effect.sync(() => process.umask(before))
      )
      // A folder that others made, since no program can make one in a folder that it cannot enter itself.
      mkdirSync(join(directory, ".."), { mode: 0o700 })
      chmodSync(join(directory, ".."), 0o700)
      yield* SessionStore.SessionStore.use((store) => store.save(aSession(), "p")).pipe(Effect.provide(layer))
      assert.strictEqual(mode(directory), "700")
      assert.deepStrictEqual(
        readdirSync(directory).map((name) => [name, mode(join(directory, name))]),
        [
          [".lock", "600"],
          ["p.json", "600"]
        ]
      )
    })
  )

  it.effect("are closed again by the next save, where somebody opened them, and not by a look", () =>
    Effect.gen(function* () {
      const { directory, file, store } = yield* withSaved
      chmodSync(directory, 0o755)
      chmodSync(file, 0o644)
      yield* store.load("p")
      yield* store.list
      assert.deepStrictEqual([mode(directory), mode(file)], ["755", "644"])
      yield* store.modify("p", counted)
      assert.deepStrictEqual([mode(directory), mode(file)], ["700", "600"])
    })
  )

  it.effect("are looked for without making anything", () =>
    Effect.gen(function* () {
      const { layer, parent } = yield* inFolder
      const store = yield* Effect.provide(SessionStore.SessionStore, layer)
      yield* store.list
      yield* Effect.flip(store.load("p"))
      yield* Effect.flip(store.remove("p"))
      assert.deepStrictEqual(readdirSync(parent), [])
    })
  )

  it.effect("are JSON that people can read", () =>
    Effect.gen(function* () {
      const { file } = yield* withSaved
      const text = readFileSync(file, "utf8")
      assert.isTrue(text.startsWith(`{\n  "schema": 1,\n  "profile": "p",\n  "savedAt": "1970-01-01T00:00:00.000Z",\n`))
      assert.isTrue(text.endsWith("}\n"))
    })
  )
})

describe("what a store has said", () => {
  it.effect("outlives the power: a session is on the disk before its name, one that is forgotten is gone from it", () =>
    Effect.gen(function* () {
      const { directory, store } = yield* withSaved
      const saved = yield* watched(store.save(aSession({ uin: 2 }), "p"))
      assert.deepStrictEqual(saved.calls, ["sync a file", "rename to p.json", "sync a folder"])
      const removed = yield* watched(store.remove("p"))
      assert.deepStrictEqual(removed.calls, ["remove p.json", "sync a folder"])
      assert.deepStrictEqual(readdirSync(directory), [".lock"])
    })
  )
})

describe("a note that a session was good", () => {
  it.effect("is a file that only its owner may read, follows no link, and goes with its session", () =>
    Effect.gen(function* () {
      const { directory, parent, store } = yield* withSaved
      const saved = yield* store.load("p")
      const note = join(directory, ".p.note")
      yield* store.foundGood(saved)
      assert.strictEqual(statSync(note).mode & 0o777, 0o600)
      assert.strictEqual(yield* store.wasGoodAt(saved), 0)
      assert.deepStrictEqual((yield* store.list).broken, [])
      yield* store.remove("p")
      assert.isFalse(existsSync(note))
      const victim = join(parent, "victim")
      writeFileSync(victim, "precious")
      symlinkSync(victim, note)
      yield* store.foundGood(saved)
      assert.strictEqual(readFileSync(victim, "utf8"), "precious")
      assert.isUndefined(yield* store.wasGoodAt(saved))
    })
  )

  it.effect("that cannot be read, or says something else, is none", () =>
    Effect.gen(function* () {
      const { directory, store } = yield* withSaved
      const saved = yield* store.load("p")
      for (const text of ["", "x", `${saved.session.obtainedAt.epochMilliseconds} 1`, "1 1\n"]) {
        writeFileSync(join(directory, ".p.note"), text)
        assert.isUndefined(yield* store.wasGoodAt(saved))
      }
    })
  )
})

describe("the folder of saved sessions", () => {
  const where = (env: Record<string, string>) =>
    SessionStore.SessionStore.use(({ where }) => Effect.succeed(where)).pipe(
      Effect.provide(Layer.provide(SessionStore.layerFile(), ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))
    )

  it.effect("is in the state folder of the user", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* where({ XDG_STATE_HOME: "/state", HOME: "/h" }), "/state/webqq-login/sessions")
      assert.match(yield* where({ HOME: "/h" }), /^\/h\/.*webqq-login\/sessions$/)
      const error = yield* Effect.flip(where({}))
      assert.match(error.message, /no home folder/)
    })
  )

  it.effect("may be given", () =>
    Effect.gen(function* () {
      const { directory, layer } = yield* inFolder
      assert.strictEqual((yield* Effect.provide(SessionStore.SessionStore, layer)).where, directory)
    })
  )
})

describe("what is not a file or folder of this user", () => {
  it.effect("a symbolic link in the place of a session is refused, and what it points to is left alone", () =>
    Effect.gen(function* () {
      const { file, parent, store } = yield* withSaved
      const target = join(parent, "target")
      renameSync(file, target)
      symlinkSync(target, file)
      const before = readFileSync(target)
      yield* assertRefused(store, file, /symbolic link/)
      assert.deepStrictEqual(readFileSync(target), before)
      assert.isTrue(lstatSync(file).isSymbolicLink())
      assert.deepStrictEqual(
        (yield* store.list).broken.map(({ path }) => path),
        [file]
      )
    })
  )

  it.effect("a symbolic link that leads nowhere is refused, and nothing is made where it points", () =>
    Effect.gen(function* () {
      const { file, parent, store } = yield* withSaved
      yield* store.remove("p")
      symlinkSync(join(parent, "nowhere"), file)
      yield* assertRefused(store, file, /symbolic link/)
      assert.isFalse(existsSync(join(parent, "nowhere")))
    })
  )

  it.effect("a symbolic link in the place of the folder is refused", () =>
    Effect.gen(function* () {
      const { directory, parent, store } = yield* withSaved
      renameSync(directory, join(parent, "real"))
      symlinkSync(join(parent, "real"), directory)
      const before = readdirSync(join(parent, "real"))
      for (const use of everyUse(store)) assert.match((yield* Effect.flip(use)).message, /sessions.*symbolic link/)
      assert.match((yield* Effect.flip(store.list)).message, /symbolic link/)
      assert.deepStrictEqual(readdirSync(join(parent, "real")), before)
    })
  )

  it.effect("a symbolic link in the place of the lock is refused", () =>
    Effect.gen(function* () {
      const { directory, parent, store } = yield* withSaved
      const lock = join(directory, ".lock")
      renameSync(lock, join(parent, "lock"))
      symlinkSync(join(parent, "lock"), lock)
      assert.match((yield* Effect.flip(store.save(aSession(), "p"))).message, /\.lock.*symbolic link/)
    })
  )

  it.effect("a folder or a pipe in the place of a session is refused without waiting for it", () =>
    Effect.gen(function* () {
      const { file, store } = yield* withSaved
      yield* store.remove("p")
      mkdirSync(file)
      yield* assertRefused(store, file, /not a plain file/)
      renameSync(file, `${file}.away`)
      execFileSync("mkfifo", [file])
      yield* assertRefused(store, file, /not a plain file/)
    })
  )

  it.effect("a folder or a pipe in the place of the lock is refused without waiting for it", () =>
    Effect.gen(function* () {
      const { directory, store } = yield* withSaved
      const lock = join(directory, ".lock")
      rmSync(lock)
      for (const make of [() => mkdirSync(lock), () => execFileSync("mkfifo", [lock])]) {
        make()
        const error = yield* Effect.flip(store.save(aSession(), "p"))
        assert.strictEqual(error.path, lock)
        assert.match(error.message, /not a plain file/)
        assert.strictEqual((yield* store.load("p")).session.uin, 10001)
        rmSync(lock, { recursive: true })
      }
    })
  )

  const isRoot = process.geteuid?.() === 0
  const ifRoot = isRoot ? "" : " (skipped: only root can give files away)"

  it.effect.skipIf(!isRoot)(`a session of another user is refused${ifRoot}`, () =>
    Effect.gen(function* () {
      const { file, store } = yield* withSaved
      const before = readFileSync(file)
      chownSync(file, 65534, 65534)
      yield* assertRefused(store, file, /belongs to user 65534, and this is user 0/)
      assert.deepStrictEqual(readFileSync(file), before)
      assert.strictEqual(statSync(file).uid, 65534)
    })
  )

  it.effect.skipIf(!isRoot)(`a lock of another user is refused, whatever its mode${ifRoot}`, () =>
    Effect.gen(function* () {
      const { directory, store } = yield* withSaved
      const lock = join(directory, ".lock")
      chmodSync(lock, 0o666)
      chownSync(lock, 65534, 65534)
      for (const use of [store.save(aSession(), "p"), store.modify("p", counted), store.remove("p")]) {
        const error = yield* Effect.flip<unknown, LoginError.LoginError, never>(use)
        assert.match(error.message, /\.lock.*belongs to user 65534/)
      }
      assert.strictEqual((yield* store.load("p")).session.uin, 10001)
    })
  )

  it.effect.skipIf(!isRoot)(`a folder of another user is refused${ifRoot}`, () =>
    Effect.gen(function* () {
      const { directory, store } = yield* withSaved
      const before = readdirSync(directory)
      lchownSync(directory, 65534, 65534)
      for (const use of everyUse(store)) assert.match((yield* Effect.flip(use)).message, /belongs to user 65534/)
      assert.deepStrictEqual(readdirSync(directory), before)
    })
  )
})

describe("a session file that cannot be read", () => {
  it.effect.each([
    ["not UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /not UTF-8/],
    ["far too large", Buffer.alloc(5 * 1024 * 1024, 0x20), /far too large/]
  ] as const)("is named and left as it is: %s", ([, bytes, reason]) =>
    Effect.gen(function* () {
      const { file, store } = yield* withSaved
      writeFileSync(file, bytes)
      for (const use of [store.load("p"), store.save(aSession(), "p"), store.modify("p", counted)]) {
        assert.match((yield* Effect.flip<unknown, LoginError.LoginError, never>(use)).message, reason)
      }
      assert.isTrue(readFileSync(file).equals(bytes))
      yield* store.remove("p")
      assert.isFalse(existsSync(file))
    })
  )

  it.effect("is told with its cure, in both languages", () =>
    Effect.gen(function* () {
      const { file, store } = yield* withSaved
      writeFileSync(file, "{")
      const error = yield* Effect.flip(store.load("p"))
      assert.deepStrictEqual(LoginError.describe(error), {
        message: `the saved sessions at ${file} could not be used: it is not JSON`,
        cure: "repair it or move it away, then log in again; it was left as it is"
      })
      assert.match(LoginError.describe(error, "zh").cure, /移走/)
    })
  )

  it.effect("is named by the list beside files of others, which are left alone too", () =>
    Effect.gen(function* () {
      const { directory, store } = yield* withSaved
      const strays = ["notes.txt", "-x.json", "folder", "q.json"]
      for (const name of strays) {
        if (name === "folder") mkdirSync(join(directory, name))
        else writeFileSync(join(directory, name), "x")
      }
      writeFileSync(join(directory, ".DS_Store"), "x")
      const { broken, saved } = yield* store.list
      yield* store.save(aSession(), "p")
      assert.strictEqual(saved.length, 1)
      assert.deepStrictEqual(
        broken.map(({ path }) => path),
        strays.map((name) => join(directory, name)).toSorted()
      )
      for (const name of strays) {
        if (name !== "folder") assert.strictEqual(readFileSync(join(directory, name), "utf8"), "x")
      }
    })
  )

  it.effect("is not what a dead writer left: that goes with the next save, and not with a look", () =>
    Effect.gen(function* () {
      const { directory, store } = yield* withSaved
      const left = join(directory, `.p.json.${crypto.randomUUID()}.tmp`)
      const foreign = join(directory, ".other.tmp")
      writeFileSync(left, "half a sess")
      writeFileSync(foreign, "x")
      const { broken } = yield* store.list
      assert.deepStrictEqual(broken, [])
      assert.isTrue(existsSync(left))
      yield* store.save(aSession(), "q")
      assert.isFalse(existsSync(left))
      assert.isTrue(existsSync(foreign))
    })
  )
})

describe("a place that cannot be written to", () => {
  it.effect("a file in the way of the folder", () =>
    Effect.gen(function* () {
      const { layer, parent } = yield* inFolder
      writeFileSync(join(parent, "state"), "")
      const store = yield* Effect.provide(SessionStore.SessionStore, layer)
      const error = yield* Effect.flip(store.save(aSession()))
      assert.match(error.message, /a part of the path is not a folder \(ENOTDIR\)/)
      assert.strictEqual((error as LoginError.StoreFailed).above, join(parent, "state"))
      assert.strictEqual(LoginError.exitCodes[error._tag], 9)
    })
  )

  // Root may write anywhere, so it becomes somebody else for a while.
  const asOrdinaryUser = Effect.acquireRelease(
    Effect.sync(() => (process.geteuid?.() === 0 ? process.seteuid?.(65534) : undefined)),
    () => Effect.sync(() => (process.getuid?.() === 0 ? process.seteuid?.(0) : undefined))
  )

  it.effect("a folder that may only be read still gives its sessions, and says why it takes none", () =>
    Effect.gen(function* () {
      const { directory, file, parent, store } = yield* withSaved
      for (const path of [parent, join(parent, "state"), directory, file, join(directory, ".lock")]) {
        if (process.getuid?.() === 0) chownSync(path, 65534, 65534)
      }
      yield* asOrdinaryUser
      yield* Effect.addFinalizer(() => Effect.sync(() => chmodSync(directory, 0o700)))
      chmodSync(directory, 0o500)
      assert.strictEqual((yield* store.load("p")).session.uin, 10001)
      for (const use of [store.save(aSession(), "p"), store.modify("p", counted), store.remove("p")]) {
        const error = yield* Effect.flip<unknown, LoginError.LoginError, never>(use)
        assert.match(error.message, /permission denied \(EACCES\)/)
        assert.match(LoginError.describe(error).cure, /XDG_STATE_HOME/)
        assert.match(LoginError.describe(error, "zh").cure, /XDG_STATE_HOME/)
      }
      assert.strictEqual(mode(directory), "500")
      chmodSync(directory, 0o000)
      assert.match((yield* Effect.flip(store.load("p"))).message, /permission denied \(EACCES\)/)
      assert.match((yield* Effect.flip(store.list)).message, /permission denied \(EACCES\)/)
    })
  )

  it.effect("a folder that takes no folder in is named, however far above that of the sessions it is", () =>
    Effect.gen(function* () {
      const { layer, parent } = yield* inFolder
      yield* Effect.addFinalizer(() => Effect.sync(() => chmodSync(parent, 0o700)))
      chmodSync(parent, 0o555)
      yield* asOrdinaryUser
      const store = yield* Effect.provide(SessionStore.SessionStore, layer)
      for (const use of [store.save(aSession()), store.ready]) {
        const error = (yield* Effect.flip(
          use as Effect.Effect<unknown, LoginError.LoginError>
        )) as LoginError.StoreFailed
        assert.deepInclude({ ...error }, { path: store.where, above: parent, code: "EACCES" })
        assert.include(error.message, `: ${parent}: permission denied (EACCES)`)
        assert.include(LoginError.describe(error, "zh").message, `：${parent}：权限不足（EACCES）`)
      }
    })
  )

  const unshared = spawnSync("unshare", ["-rm", "true"]).status === 0
  const orSkipped = unshared ? "" : " (skipped: this system lets nobody mount)"

  it.effect.skipIf(!unshared)(`a full disk and a read-only one keep the session that was there${orSkipped}`, () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const output = execFileSync("unshare", ["-rm", process.execPath, program, "fullDisk", folder], {
        encoding: "utf8"
      })
      const { files, said, told, uin } = JSON.parse(output)
      assert.strictEqual(said[0], "kept")
      assert.match(said[1], /no space is left on the device \(ENOSPC\)/)
      assert.match(said[2], /the file system is read-only \(EROFS\)/)
      // Before anybody scans a code for nothing.
      assert.strictEqual(told[0], "ready")
      assert.match(told[1], /no space is left on the device \(ENOSPC\)/)
      assert.strictEqual(uin, 1)
      assert.deepStrictEqual(files, [".lock", "p.json"])
    })
  )
})

describe("the lock of the folder", () => {
  const realTurns = Effect.promise(async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  })

  /** Lets time pass until the fiber is done. */
  const passTime = Effect.fnUntraced(function* <A, E>(fiber: Fiber.Fiber<A, E>) {
    for (let i = 0; i < 5000 && fiber.pollUnsafe() === undefined; i++) {
      yield* realTurns
      yield* TestClock.adjust("10 millis")
    }
    return yield* Fiber.join(fiber)
  })

  const heldBySomebody = Effect.gen(function* () {
    const kept = yield* withSaved
    const path = join(kept.directory, ".lock")
    const leave = tryLock(path)
    assert.isDefined(leave)
    assert.isUndefined(tryLock(path))
    return { ...kept, path, leave: Effect.sync(() => leave?.()) }
  })

  it.effect("is waited for", () =>
    Effect.gen(function* () {
      const { leave, store } = yield* heldBySomebody
      const fiber = yield* Effect.forkChild(store.save(aSession({ uin: 2 }), "p"))
      yield* realTurns
      yield* TestClock.adjust("1 second")
      yield* realTurns
      assert.isUndefined(fiber.pollUnsafe())
      assert.strictEqual((yield* store.load("p")).session.uin, 10001)
      yield* leave
      yield* passTime(fiber)
      assert.strictEqual((yield* store.load("p")).session.uin, 2)
    })
  )

  it.effect("is given up after ten seconds, with the reason", () =>
    Effect.gen(function* () {
      const { leave, path, store } = yield* heldBySomebody
      const fiber = yield* Effect.forkChild(Effect.flip(store.save(aSession(), "p")))
      const error = yield* passTime(fiber)
      assert.strictEqual(error.path, path)
      assert.match(error.message, /another process has held it for 10 s/)
      yield* leave
      yield* store.save(aSession(), "p")
    })
  )

  it.effect("is not kept by one who stopped waiting for it", () =>
    Effect.gen(function* () {
      const { leave, path, store } = yield* heldBySomebody
      const fiber = yield* Effect.forkChild(store.save(aSession(), "p"))
      yield* realTurns
      yield* Fiber.interrupt(fiber)
      yield* leave
      const free = tryLock(path)
      assert.isDefined(free)
      free?.()
    })
  )

  it.effect("is not given back before an interrupted save is whole", () =>
    Effect.gen(function* () {
      const { directory, store } = yield* withSaved
      for (let turns = 0; turns < 30; turns++) {
        const fiber = yield* Effect.forkChild(store.save(aSession({ uin: turns }), "p"))
        for (let i = 0; i < turns; i++) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(readdirSync(directory), [".lock", "p.json"])
        yield* store.load("p")
        const free = tryLock(join(directory, ".lock"))
        assert.isDefined(free)
        free?.()
      }
    })
  )

  it.effect("holds nothing, and is refused where it does", () =>
    Effect.gen(function* () {
      const { directory, store } = yield* withSaved
      const lock = join(directory, ".lock")
      assert.strictEqual(statSync(lock).size, 0)
      writeFileSync(lock, "somebody's own text, long enough to look at")
      const error = yield* Effect.flip(store.save(aSession(), "p"))
      assert.strictEqual(error.path, lock)
      assert.match(error.message, /cannot be locked/)
      assert.match(readFileSync(lock, "utf8"), /own text/)
    })
  )
})
