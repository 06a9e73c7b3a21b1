#!/usr/bin/env python3
"""A login at Web QQ with Python's urllib, as it would have been written in 2018. It knows nothing of any replay, and prints the five values as JSON."""

import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.request
from urllib.parse import quote, urlencode

AGENT = "Mozilla/5.0 (X11; Linux x86_64)"
LOGIN = (
    "https://ui.ptlogin2.qq.com/cgi-bin/login?daid=164&target=self&style=16&mibao_css=m_webqq&appid=501004106"
    "&enable_qlogin=0&no_verifyimg=1&s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html&f_url=loginerroralert&strong_login=1"
    "&login_state=10&t=20131024001"
)
S_PAGE = "https://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1"
D_PAGE = "https://d1.web2.qq.com/proxy.html?v=20151105001&callback=1&id=2"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


jar = http.cookiejar.CookieJar()
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), NoRedirect)


def ask(url, referer=None, form=None, **headers):
    data = None if form is None else urlencode(form).encode()
    request = urllib.request.Request(url, data, {"User-Agent": AGENT, **headers})
    if referer:
        request.add_header("Referer", referer)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as answer:
        if answer.code != 302:
            raise SystemExit(f"{answer.code} {answer.read().decode()}")
        return answer.code, answer.read()


def cookie(name, domain):
    return next((c.value for c in jar if c.name == name and c.domain.lstrip(".") == domain), "")


def hash33(text):
    value = 0
    for char in text:
        value = (value * 33 + ord(char)) & 0xFFFFFFFF
    return value & 0x7FFFFFFF


def query(**parameters):
    return urlencode(parameters, quote_via=quote)


ask("https://ssl.ptlogin2.qq.com/ptqrshow?" + query(appid=501004106, e=2, l="M", s=3, d=72, v=4, t=0.5, daid=164, pt_3rd_aid=0))
poll = "https://ssl.ptlogin2.qq.com/ptqrlogin?" + query(
    ptqrtoken=hash33(cookie("qrsig", "ptlogin2.qq.com")), webqq_type=10, remember_uin=1, login2qq=1, aid=501004106,
    u1="http://w.qq.com/proxy.html?login2qq=1&webqq_type=10", ptredirect=0, ptlang=2052, daid=164, from_ui=1, pttype=1, dumy="",
    fp="loginerroralert", action="0-0-1", mibao_css="m_webqq", t=1, g=1, js_type=0, js_ver=10226, login_sig="", pt_randsalt=0,
)  # fmt: skip
state = ["66"]
while state[0] in ("66", "67"):
    time.sleep(0.6)
    state = re.findall(r"'([^']*)'", ask(poll, LOGIN)[1].decode())
if state[0] != "0":
    raise SystemExit(f"no login: {state}")
status, _ = ask(state[2], S_PAGE)
assert status == 302, status
ptwebqq = cookie("ptwebqq", "qq.com")
values = query(ptwebqq=ptwebqq, clientid=53999199, psessionid="", t=0.5)
vfwebqq = json.loads(ask("https://s.web2.qq.com/api/getvfwebqq?" + values, S_PAGE)[1])["result"]["vfwebqq"]
r = {"ptwebqq": ptwebqq, "clientid": 53999199, "psessionid": "", "status": "online"}
_, body = ask("https://d1.web2.qq.com/channel/login2", D_PAGE, {"r": json.dumps(r)}, Origin="https://d1.web2.qq.com")
result = json.loads(body)["result"]
names = {"ptwebqq": ptwebqq, "vfwebqq": vfwebqq, "psessionid": result["psessionid"], "clientid": 53999199}
print(json.dumps({**names, "uin": result["uin"]}))
