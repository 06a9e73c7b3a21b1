"""A login against `webqq-login fixtures serve webqq`, with Python's standard library alone: client.py ORIGIN.

It shares no line with the library: what it proves is that the scenarios can be played by anybody. It prints the five values as JSON.
"""

import http.client
import json
import re
import sys
from urllib.parse import quote, urlencode, urlsplit

ORIGIN = urlsplit(sys.argv[1])
AGENT = "Mozilla/5.0 (X11; Linux x86_64)"
U1 = "http://w.qq.com/proxy.html?login2qq=1&webqq_type=10"
REFERER = (
    "https://ui.ptlogin2.qq.com/cgi-bin/login?daid=164&target=self&style=16&mibao_css=m_webqq&appid=501004106"
    "&enable_qlogin=0&no_verifyimg=1&s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html&f_url=loginerroralert&strong_login=1"
    "&login_state=10&t=20131024001"
)

jar = {}


def belongs(domain, host):
    return host == domain or host.endswith("." + domain)


def ask(url, referer=None, form=None):
    parts = urlsplit(url)
    headers = {"User-Agent": AGENT}
    if referer:
        headers["Referer"] = referer
    cookies = [f"{name}={value}" for (domain, name), value in jar.items() if belongs(domain, parts.hostname)]
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    body = None
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Origin"] = f"{parts.scheme}://{parts.hostname}"
        body = urlencode(form)
    path = f"/__/python/{parts.scheme}/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(ORIGIN.hostname, ORIGIN.port, timeout=10)
    connection.request("GET" if body is None else "POST", path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.getheader("x-replay-mismatch"):
        sys.exit(content.decode())
    for line in answer.msg.get_all("Set-Cookie") or []:
        pair, *attributes = [part.strip() for part in line.split(";")]
        name, value = pair.split("=", 1)
        domain = next((a.split("=", 1)[1] for a in attributes if a.lower().startswith("domain=")), parts.hostname)
        if "1970" in line:
            jar.pop((domain, name), None)
        else:
            jar[(domain, name)] = value
    return answer.status, content


def hash33(text):
    value = 0
    for char in text:
        value = (value * 33 + ord(char)) & 0xFFFFFFFF
    return value & 0x7FFFFFFF


def query(**parameters):
    return urlencode(parameters, quote_via=quote)


ask("https://ssl.ptlogin2.qq.com/ptqrshow?" + query(appid=501004106, e=2, l="M", s=3, d=72, v=4, t=0.5, daid=164, pt_3rd_aid=0))
token = hash33(jar[("ptlogin2.qq.com", "qrsig")])
poll = "https://ssl.ptlogin2.qq.com/ptqrlogin?" + query(
    ptqrtoken=token, webqq_type=10, remember_uin=1, login2qq=1, aid=501004106, u1=U1, ptredirect=0, ptlang=2052, daid=164,
    from_ui=1, pttype=1, dumy="", fp="loginerroralert", action="0-0-1", mibao_css="m_webqq", t=1, g=1, js_type=0, js_ver=10226,
    login_sig="", pt_randsalt=0,
)  # fmt: skip
arguments = ["66"]
while arguments[0] in ("66", "67"):
    arguments = re.findall(r"'([^']*)'", ask(poll, REFERER)[1].decode())
assert arguments[0] == "0", arguments

s_page = "https://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1"
d_page = "https://d1.web2.qq.com/proxy.html?v=20151105001&callback=1&id=2"
status, _ = ask(arguments[2], s_page)
assert status == 302, status
ptwebqq = jar.get(("qq.com", "ptwebqq"), "")
_, body = ask("https://s.web2.qq.com/api/getvfwebqq?" + query(ptwebqq=ptwebqq, clientid=53999199, psessionid="", t=0.5), s_page)
vfwebqq = json.loads(body)["result"]["vfwebqq"]
r = {"ptwebqq": ptwebqq, "clientid": 53999199, "psessionid": "", "status": "online"}
_, body = ask("https://d1.web2.qq.com/channel/login2", d_page, {"r": json.dumps(r)})
result = json.loads(body)["result"]
print(json.dumps({**r, "uin": result["uin"], "vfwebqq": vfwebqq, "psessionid": result["psessionid"]}))
