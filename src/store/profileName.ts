/**
 * What a profile may be called. It needs nothing of the store: the command line checks names before it loads any of that.
 */

/** Whether it is safe as a file name everywhere, Windows included, as a key, and in a shell. */
export const isProfileName = (name: string): boolean =>
  name.length <= 64 && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && !name.endsWith(".") && !device.test(name)

// Windows takes these for devices, whatever follows a dot.
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
