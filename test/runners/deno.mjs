import { register } from "./cases.mjs"

register((name, run) => globalThis.Deno.test(name, run))
