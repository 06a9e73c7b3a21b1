// Loaded before a machine of the fleet, so that its clock is wrong by as many milliseconds as the variable says.
"use strict"
const off = Number(process.env.WEBQQ_FLEET_CLOCK_OFF)
const { now } = Date
globalThis.Date = class extends Date {
  constructor(...values) {
    if (values.length === 0) super(now() + off)
    else super(...values)
  }
  static now() {
    return now() + off
  }
}
