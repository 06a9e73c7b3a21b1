// Of mocha and jest with CommonJS.
const { register } = require("./cases.mjs")

register(globalThis.test ?? globalThis.it)
