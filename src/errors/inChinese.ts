/**
 * The reasons inside of errors, which are English for programs, as a Chinese sentence shows them. Looked up by the English text,
 * as gettext does; what is not known here, such as a library's or the system's own words, stays as it is.
 */

/** What `reason` says, in Chinese. */
export const inChinese = (reason: string): string => {
  for (const [english, chinese] of table) {
    if (english.test(reason)) return reason.replace(english, chinese)
  }
  return reason
}

const table: ReadonlyArray<readonly [english: RegExp, chinese: string]> = [
  // HttpFailed, RedirectUntrusted
  [/^dns$/, "域名解析"],
  [/^connect$/, "连接"],
  [/^tls$/, "TLS"],
  [/^reset$/, "连接中断"],
  [/^timeout$/, "超时"],
  [/^too large$/, "过大"],
  [/^status$/, "状态"],
  [/^transport$/, "传输"],
  [/^not a URL$/, "不是网址"],
  [/^scheme$/, "协议"],
  [/^user info$/, "用户信息"],
  [/^port$/, "端口"],
  [/^host$/, "主机"],
  [/^path$/, "路径"],
  // BadQrCode, BadCallback, BadJson
  [/^the body is not a PNG picture$/, "内容不是 PNG 图片"],
  [/^the cookie (\S+) is missing$/, "缺少 cookie $1"],
  [/^bad escape at (\d+)$/, "第 $1 个字符处的转义有误"],
  [/^no quoted string at (\d+)$/, "第 $1 个字符处应为引号括起的字符串"],
  [/^line break in a string at (\d+)$/, "第 $1 个字符处的字符串中有换行"],
  [/^unterminated string at (\d+)$/, "第 $1 个字符处的字符串没有结束"],
  [/^longer than (\d+) characters$/, "超过 $1 个字符"],
  [/^does not start with (\S+)$/, "不以 $1 开头"],
  [/^no opening bracket at (\d+)$/, "第 $1 个字符处缺少左括号"],
  [/^no comma or closing bracket at (\d+)$/, "第 $1 个字符处缺少逗号或右括号"],
  [/^text after the call at (\d+)$/, "第 $1 个字符起，调用之后还有内容"],
  [/^(\d+) arguments, not (\S+)$/, "有 $1 个参数，应为 $2 个"],
  [/^(\d+) arguments, not (\d+) to (\d+)$/, "有 $1 个参数，应为 $2 至 $3 个"],
  [/^code is not a number$/, "代码不是数字"],
  [/^not JSON$/, "不是 JSON"],
  [/^not a JSON object$/, "不是 JSON 对象"],
  [/^no integer retcode$/, "没有整数 retcode"],
  [/^no result$/, "没有 result"],
  [/^result: Missing key\s+at (.+)$/, "result 缺少 $1"],
  [/^result: Expected (.+?)(?:, got .+?)?\s+at (.+)$/, "result 的 $2 应为 $1"],
  // StoreFailed
  [/^permission denied (\(\w+\))$/, "权限不足$1"],
  [/^the operation is not permitted (\(\w+\))$/, "不允许此操作$1"],
  [/^the file system is read-only (\(\w+\))$/, "文件系统是只读的$1"],
  [/^no space is left on the device (\(\w+\))$/, "设备上没有剩余空间$1"],
  [/^the disk quota is used up (\(\w+\))$/, "磁盘配额已用完$1"],
  [/^a part of the path is not a folder (\(\w+\))$/, "路径的一部分不是目录$1"],
  [/^the path is too long (\(\w+\))$/, "路径过长$1"],
  [/^the place cannot be made (\(\w+\))$/, "无法在该处创建目录$1"],
  [/^the device reported a fault (\(\w+\))$/, "设备报告故障$1"],
  [/^too many files are open in this process (\(\w+\))$/, "本进程打开的文件过多$1"],
  [/^this user has no home folder$/, "当前用户没有主目录"],
  [/^(".*") cannot be the name of a profile$/, "$1 不能用作会话名称"],
  [/^this profile holds a session of (\S+)$/, "该名称下保存的是 $1 的会话"],
  [/^it belongs to user (\d+), and this is user (\d+)$/, "属于用户 $1，而当前用户是 $2"],
  [/^it is a symbolic link$/, "是符号链接"],
  [/^it is not a folder$/, "不是目录"],
  [/^it is not a plain file$/, "不是普通文件"],
  [/^others can look into it, and this file system cannot prevent that$/, "其他用户可以查看它，而该文件系统无法阻止"],
  [/^it is far too large for a session$/, "对会话文件来说过大"],
  [/^it is not UTF-8 text$/, "不是 UTF-8 文本"],
  [/^it is not JSON$/, "不是 JSON"],
  [/^it is not a saved session$/, "不是已保存的会话"],
  [/^it is not a saved session: (.+)$/s, "不是已保存的会话：$1"],
  [/^it is not one of the saved sessions$/, "不是已保存的会话"],
  [/^it has format (\S+), and this version knows format 1$/, "格式为 $1，而当前版本只认识格式 1"],
  [/^it holds the profile (.+)$/, "其中是名称 $1 的会话"],
  [/^it cannot be locked: this Node was built without node:sqlite$/, "无法加锁：此 Node 不含 node:sqlite"],
  [/^it cannot be locked: (.+)$/, "无法加锁：$1"],
  [/^another process has held it for (\d+) s$/, "另一个进程已占用它 $1 秒"],
  [/^no answer within (\d+) s$/, "$1 秒内没有响应"]
]
