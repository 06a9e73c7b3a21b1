import { test } from "node:test"
import { register } from "./cases.mjs"

register(test)
