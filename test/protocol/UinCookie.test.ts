import { assert, it } from "@effect/vitest"
import * as UinCookie from "../../src/protocol/UinCookie.ts"

it.each([
  ["o0012345678", 12345678],
  ["o2735534596", 2735534596],
  ["o0", 0],
  ["o", undefined],
  ["", undefined],
  ["12345678", undefined],
  ["o12a", undefined],
  ["xo12", undefined],
  ["o-12", undefined],
  [`o${"0".repeat(1_000_000)}1`, undefined]
] as const)("%s", (value, uin) => {
  assert.strictEqual(UinCookie.read(value), uin)
})
