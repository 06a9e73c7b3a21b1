import { assert, describe, it } from "@effect/vitest"
import { kindOf, pageOf, type PageKind } from "../../src/protocol/WebPage.ts"

describe("kindOf", () => {
  it.each(["<!doctype html", "<html", "<head", "<body", "<script", "<meta", "<title"])("takes %s for a page", (tag) => {
    assert.strictEqual(kindOf(`${tag}>`), "web page")
    assert.strictEqual(kindOf(`\r\n ${tag.toUpperCase()} x>`), "web page")
    assert.isUndefined(kindOf(tag.slice(1)))
    assert.isUndefined(kindOf(`x${tag}>`))
  })

  it.each<readonly [string, PageKind]>([
    ["请完成安全验证", "captcha"],
    ["拖动滑块", "captcha"],
    ["CAPTCHA for hotspot", "captcha"],
    ["WiFi 风险", "captive portal"],
    ["上网认证", "captive portal"],
    ["您的访问过于频繁", "risk control"],
    ["Unusual traffic", "risk control"],
    ["blocked by WAF", "risk control"],
    ["wafer", "web page"],
    ["portal", "web page"],
    ["502 Bad Gateway", "web page"]
  ])("tells by its words: %s", (words, kind) => {
    assert.strictEqual(kindOf(`<html>${words}`), kind)
    assert.deepStrictEqual(pageOf(`<html>${words}`), { page: kind })
    assert.isUndefined(kindOf(words))
    assert.deepStrictEqual(pageOf(words), {})
  })

  it("looks no further than 16 Ki characters", () => {
    assert.strictEqual(kindOf("<html>".padEnd(16_384 - 7) + "captcha"), "captcha")
    assert.strictEqual(kindOf("<html>".padEnd(16_384 - 6) + "captcha"), "web page")
  })
})
