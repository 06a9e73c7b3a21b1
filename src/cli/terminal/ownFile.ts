/**
 * Files that a person named, and that we may write over and take away: those that are not there yet, and those with our mark in them.
 */
import * as Fs from "node:fs"
import { crc32 } from "node:zlib"
import { type CommandFailed, usage } from "../process/CommandFailed.ts"

/** How one knows a file of ours by its first bytes, 256 at the most. */
export type Mark = (head: Buffer) => boolean

/** Whether a file is there that is not ours. What cannot be read is not; a device or a folder is no file. */
export const isForeign = (file: string, mark: Mark): boolean => {
  const stats = Fs.lstatSync(file, { throwIfNoEntry: false })
  if (stats?.isFile() !== true && stats?.isSymbolicLink() !== true) return false
  try {
    const descriptor = Fs.openSync(file, Fs.constants.O_RDONLY | Fs.constants.O_NONBLOCK)
    try {
      const head = Buffer.alloc(256)
      return !mark(head.subarray(0, Fs.readSync(descriptor, head)))
    } finally {
      Fs.closeSync(descriptor)
    }
  } catch {
    return true
  }
}

/** What is said of one that is not. */
export const taken = (file: string): CommandFailed =>
  usage(
    { en: `${file} exists already, and is none of ours`, zh: `${file} 已存在，且不是本程序所写` },
    { en: "name another file, or let it be replaced with --force", zh: "请指定另一个文件，或用 --force 允许覆盖" }
  )

/** A chunk of a PNG that programs show as who made it (PNG specification, 11.3.4.3). */
const software = ((): Buffer => {
  const body = Buffer.from("tEXtSoftware\0webqq-login", "latin1")
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(body.length - 4, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), chunk.length - 4)
  return chunk
})()

/** Where the first chunk of a PNG, which is always as long, has its end. */
const behindHeader = 33

/** The same picture with our mark in it. */
export const markPng = (png: Uint8Array): Uint8Array =>
  Buffer.concat([png.subarray(0, behindHeader), software, png.subarray(behindHeader)])

export const isOurPng: Mark = (head) => head.indexOf(software) !== -1

/** Of an XML file: a line of its own behind the first. */
export const xmlMark = "<!-- webqq-login -->"

export const isOurXml: Mark = (head) => head.includes(xmlMark)
