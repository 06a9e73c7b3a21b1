<?php
// A login at Qzone with PHP's curl. It knows nothing of any replay.
$curl = curl_init();
curl_setopt_array($curl, [CURLOPT_COOKIEFILE => "", CURLOPT_RETURNTRANSFER => true, CURLOPT_USERAGENT => "Mozilla/5.0 (X11; Linux x86_64)"]);

function ask(string $url, string $referer = ""): string {
    global $curl;
    curl_setopt_array($curl, [CURLOPT_URL => $url, CURLOPT_HTTPHEADER => $referer === "" ? [] : ["Referer: $referer"]]);
    $body = curl_exec($curl);
    if ($body === false || curl_getinfo($curl, CURLINFO_RESPONSE_CODE) >= 400) exit("no login: " . curl_error($curl) . $body . "\n");
    return $body;
}

function cookie(string $name): string {
    global $curl;
    foreach (curl_getinfo($curl, CURLINFO_COOKIELIST) as $line) {
        $parts = explode("\t", $line);
        if ($parts[5] === $name && $parts[6] !== "") return $parts[6];
    }
    return "";
}

function hash33(string $text): int {
    $value = 0;
    foreach (str_split($text) as $char) $value = ($value * 33 + ord($char)) & 0xffffffff;
    return $value & 0x7fffffff;
}

$page = "https://qzs.qzone.qq.com/qzone/v5/loginsucc.html?para=izone";
$login = "https://xui.ptlogin2.qq.com/cgi-bin/xlogin?appid=549000912&daid=5&style=40&s_url=https%3A%2F%2Fqzs.qzone.qq.com%2Fqzone%2Fv5%2Floginsucc.html%3Fpara%3Dizone&pt_3rd_aid=0";
$show = ["appid" => 549000912, "e" => 2, "l" => "M", "s" => 3, "d" => 72, "v" => 4, "t" => 0.5, "daid" => 5, "pt_3rd_aid" => 0, "u1" => $page];
ask("https://ssl.ptlogin2.qq.com/ptqrshow?" . http_build_query($show));
$poll = "https://ssl.ptlogin2.qq.com/ptqrlogin?" . http_build_query([
    "u1" => $page, "ptqrtoken" => hash33(cookie("qrsig")), "ptredirect" => 0, "h" => 1, "t" => 1, "g" => 1, "from_ui" => 1, "ptlang" => 2052,
    "action" => "0-0-1", "js_ver" => 26092315, "js_type" => 1, "login_sig" => "", "pt_uistyle" => 40, "aid" => 549000912, "daid" => 5, "pt_3rd_aid" => 0,
]);
do {
    sleep(1);
    preg_match_all("/'([^']*)'/", ask($poll, $login), $found);
    [$code, , $url] = $found[1];
} while ($code === "66" || $code === "67");
if ($code !== "0") exit("no login: $code\n");
ask($url);
echo "p_skey ", cookie("p_skey"), "\n";
