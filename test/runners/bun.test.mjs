import { test } from "bun:test"
import { register } from "./cases.mjs"

register(test)
