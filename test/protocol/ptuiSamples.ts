import type { PtuiCallback } from "../../src/protocol/PtuiCallback.ts"

/** A callback of the waiting state but for the given fields. */
export const callback = (fields: Partial<PtuiCallback>): PtuiCallback => ({
  code: "66",
  extcode: "0",
  url: "",
  target: "0",
  message: "",
  nickname: "",
  ...fields
})

const checkSig = (origin: string, ptsigxLength: number, middle: string) =>
  `${origin}/check_sig?pttype=1&uin=123456789&service=ptqrlogin&nodirect=0` +
  `&ptsigx=${"0123456789abcdef".repeat(10).slice(0, ptsigxLength)}&${middle}` +
  "&j_later=0&low_login_hour=0&regmaster=0&pt_login_type=3&pt_aid=0&pt_aaid=16&pt_light=0&pt_3rd_aid=0"

const WEBQQ = "&f_url=&ptlang=2052&ptredirect=100&aid=501004106&daid=164"
const url2015 = checkSig(
  "http://ptlogin4.web2.qq.com",
  128,
  `s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html%3Flogin2qq%3D1%26webqq_type%3D10${WEBQQ}`
)
const url2017 = checkSig("http://ptlogin2.web2.qq.com", 128, `s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html${WEBQQ}`)
const url2018 = checkSig("https://ptlogin2.web2.qq.com", 128, `s_url=https%3A%2F%2Fweb2.qq.com%2Fproxy.html${WEBQQ}`)
const urlVip = checkSig(
  "https://ptlogin2.vip.qq.com",
  144,
  "s_url=https%3A%2F%2Fvip.qq.com%2Floginsuccess.html&f_url=&ptlang=2052&ptredirect=100&aid=8000201&daid=18"
)
const urlQun = checkSig(
  "http://ptlogin2.qun.qq.com",
  128,
  "s_url=http%3A%2F%2Fqun.qq.com%2F&f_url=&ptlang=2052&ptredirect=101&aid=715030901&daid=73"
)
const urlMail =
  "https://mail.qq.com/cgi-bin/login?vt=passport&vm=wpt&ft=loginpage&target=&qqmailkey=" + "0123456789abcdef".repeat(4)

const waiting = callback({ message: "二维码未失效。(3203423232)" })

/** What servers sent, and what the first description of the protocol printed. */
export const SAMPLES: ReadonlyArray<readonly [what: string, body: string, expected: PtuiCallback]> = [
  [
    "waiting, 2015 to 2017",
    "ptuiCB('66','0','','0','二维码未失效。(3814721644)', '');\r\n",
    callback({ message: "二维码未失效。(3814721644)" })
  ],
  [
    "waiting, 2018 to 2021",
    "ptuiCB('66','0','','0','二维码未失效。(2953855840)', '')",
    callback({ message: "二维码未失效。(2953855840)" })
  ],
  ["waiting, since 2022", "ptuiCB('66','0','','0','二维码未失效。', '')", callback({ message: "二维码未失效。" })],
  [
    "scanned, 2015 to 2017",
    "ptuiCB('67','0','','0','二维码认证中。(1006641921)', '');\r\n",
    callback({ code: "67", message: "二维码认证中。(1006641921)" })
  ],
  [
    "expired, 2015 to 2017",
    "ptuiCB('65','0','','0','二维码已失效。(4171256442)', '');\r\n",
    callback({ code: "65", message: "二维码已失效。(4171256442)" })
  ],
  ["refused", "ptuiCB('68','0','','0','本次登录已被拒绝', '')", callback({ code: "68", message: "本次登录已被拒绝" })],
  [
    "success, 2015 to spring 2017",
    `ptuiCB('0','0','${url2015}','0','登录成功！', '椰子');\r\n`,
    callback({ code: "0", url: url2015, message: "登录成功！", nickname: "椰子" })
  ],
  [
    "success, 2017 to 2018, escaped slash and full-width comma in the nickname",
    `ptuiCB('0','0','${url2017}','0','登录成功！', '承諾，\\/abc一世')`,
    callback({ code: "0", url: url2017, message: "登录成功！", nickname: "承諾，/abc一世" })
  ],
  [
    "success, 2018-11",
    `ptuiCB('0','0','${url2018}','0','登录成功！', '承諾，\\/abc一世')`,
    callback({ code: "0", url: url2018, message: "登录成功！", nickname: "承諾，/abc一世" })
  ],
  [
    "success, newest, seven arguments and a trailing space in the nickname",
    `ptuiCB('0','0','${urlVip}','0','登录成功！', 'Viki ', '')`,
    callback({ code: "0", url: urlVip, message: "登录成功！", nickname: "Viki " })
  ],
  [
    "success with spaces after all commas",
    `ptuiCB('0', '0', '${urlVip}', '0', '登录成功！', 'Viki ', '')`,
    callback({ code: "0", url: urlVip, message: "登录成功！", nickname: "Viki " })
  ],
  [
    "success with target 1",
    `ptuiCB('0','0','${urlQun}','1','登录成功！', '张三')`,
    callback({ code: "0", url: urlQun, target: "1", message: "登录成功！", nickname: "张三" })
  ],
  [
    "success of the mail site",
    `ptuiCB('0','0','${urlMail}','0','登录成功！', '未来');`,
    callback({ code: "0", url: urlMail, message: "登录成功！", nickname: "未来" })
  ],
  ["waiting, as first described", "ptuiCB ('66','0','','0','二维码未失效。(3203423232)','');", waiting],
  [
    "waiting, as copied with full-width brackets",
    "ptuiCB('66','0','','0','二维码未失效。（3203423232）','');",
    callback({ message: "二维码未失效。（3203423232）" })
  ],
  [
    "expired, as first described",
    "ptuiCB ('65','0','','0','二维码已失效。(4012918406)', '');",
    callback({ code: "65", message: "二维码已失效。(4012918406)" })
  ],
  [
    "scanned, as first described",
    "ptuiCB ('66','0','','0','二维码认证中。(3203423232)','');",
    callback({ message: "二维码认证中。(3203423232)" })
  ],
  [
    "success, as first described: code 66 and the URL in the fifth place",
    "ptuiCB ('66','0','','0','http://ptlogin4.web2.qq.com/check_sig?xxxxxx','');",
    callback({ message: "http://ptlogin4.web2.qq.com/check_sig?xxxxxx" })
  ],
  ["five arguments", "ptuiCB('66','0','','0','二维码未失效。(3203423232)');", waiting]
]

/** Codes and texts of other moments, all in the spelling of 2015. */
export const MESSAGES: ReadonlyArray<readonly [code: string, extcode: string, message: string]> = [
  ["3", "0", "您输入的帐号或密码不正确，请重新输入。"],
  ["4", "0", "您输入的验证码不正确，请重新输入。"],
  ["4", "2", "页面过期，请重试。*"],
  ["7", "0", "很遗憾，网络连接出现异常，请您稍后再试。(2220884626)"],
  ["7", "0", "提交参数错误，请检查。(1552982056)"],
  ["19", "0", '您的帐号暂时无法登录，请<a href="http://aq.qq.com/007" target="_blank">点击这里</a>恢复正常使用。'],
  ["24", "0", "很遗憾，网络连接出现异常，请您检查是否禁用cookies。(3972006392)"],
  ["64", "0", "由于您所在的网络环境存在异常，需要再次输入验证码"],
  ["65", "0", "二维码已失效。"],
  ["67", "0", "二维码认证中。"],
  ["10005", "0", ""],
  [
    "22009",
    "0",
    '对不起，您的号码登录异常，请使用<a href="http://im.qq.com/mobileqq/2013/" target="_blank">QQ手机版</a>扫描二维码安全登录。<a href="http://ptlogin2.qq.com/qq_cheat_help" target="_blank">(帮助反馈)</a>(22009)'
  ],
  ["-1", "0", ""]
]
