#!/usr/bin/env bash
# A login at Web QQ with curl, as it would have been written in 2018. It knows nothing of any replay.
set -euo pipefail
jar=$(mktemp)
trap 'rm -f "$jar"' EXIT

login='https://ui.ptlogin2.qq.com/cgi-bin/login?daid=164&target=self&style=16&mibao_css=m_webqq&appid=501004106&enable_qlogin=0'
login+='&no_verifyimg=1&s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html&f_url=loginerroralert&strong_login=1&login_state=10&t=20131024001'
s_page='https://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1'
d_page='https://d1.web2.qq.com/proxy.html?v=20151105001&callback=1&id=2'

ask() { curl --silent --show-error --fail-with-body --user-agent 'Mozilla/5.0 (X11; Linux x86_64)' --cookie "$jar" --cookie-jar "$jar" "$@"; }
cookie() { awk -v name="$1" '$6 == name { print $7 }' "$jar"; }
hash33() {
  local text=$1 value=0 index code
  for ((index = 0; index < ${#text}; index++)); do
    printf -v code %d "'${text:index:1}"
    value=$(((value * 33 + code) & 0xffffffff))
  done
  echo $((value & 0x7fffffff))
}
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p"; }

ask 'https://ssl.ptlogin2.qq.com/ptqrshow?appid=501004106&e=2&l=M&s=3&d=72&v=4&t=0.5&daid=164&pt_3rd_aid=0' --output /dev/null
poll="https://ssl.ptlogin2.qq.com/ptqrlogin?ptqrtoken=$(hash33 "$(cookie qrsig)")&webqq_type=10&remember_uin=1&login2qq=1&aid=501004106"
poll+='&u1=http%3A%2F%2Fw.qq.com%2Fproxy.html%3Flogin2qq%3D1%26webqq_type%3D10&ptredirect=0&ptlang=2052&daid=164&from_ui=1&pttype=1'
poll+='&dumy=&fp=loginerroralert&action=0-0-1&mibao_css=m_webqq&t=1&g=1&js_type=0&js_ver=10226&login_sig=&pt_randsalt=0'
code=66
while [[ $code == 66 || $code == 67 ]]; do
  sleep 0.6
  answer=$(ask --referer "$login" "$poll")
  code=$(sed "s/[^']*'\([^']*\)'.*/\1/" <<<"$answer")
done
url=$(sed -n "s/^[^']*'0','[^']*','\([^']*\)'.*/\1/p" <<<"$answer")
[[ $(ask --referer "$s_page" --write-out '%{http_code}' --output /dev/null "$url") == 302 ]]
ptwebqq=$(cookie ptwebqq)
answer=$(ask --referer "$s_page" "https://s.web2.qq.com/api/getvfwebqq?ptwebqq=$ptwebqq&clientid=53999199&psessionid=&t=0.5")
vfwebqq=$(field vfwebqq <<<"$answer")
r="{\"ptwebqq\":\"$ptwebqq\",\"clientid\":53999199,\"psessionid\":\"\",\"status\":\"online\"}"
answer=$(ask --referer "$d_page" --header 'Origin: https://d1.web2.qq.com' --data-urlencode "r=$r" https://d1.web2.qq.com/channel/login2)
echo "uin $(field uin <<<"$answer"), vfwebqq $vfwebqq"
