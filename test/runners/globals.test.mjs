// Of jest with ES modules, mocha and vitest.
import { register } from "./cases.mjs"

register(globalThis.test ?? globalThis.it)
