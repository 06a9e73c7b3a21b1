<?php
// A login at Qzone with PHP's curl. It knows nothing of any replay.
$curl = curl_init();
curl_setopt_array($curl, [CURLOPT_COOKIEFILE => "", CURLOPT_RETURNTRANSFER => true, CURLOPT_USERAGENT => "Mozilla/5.0 (X11; Linux x86_64)"]);

function ask(string $url): string {
    global $curl;
    curl_setopt($curl, CURLOPT_URL, $url);
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
$site = ["aid" => 549000912, "daid" => 5, "pt_3rd_aid" => 0];
ask("https://ssl.ptlogin2.qq.com/ptqrshow?" . http_build_query(["appid" => 549000912, "daid" => 5, "e" => 2, "l" => "M", "s" => 3, "t" => 0.5, "u1" => $page]));
$poll = "https://ssl.ptlogin2.qq.com/ptqrlogin?" . http_build_query($site + ["u1" => $page, "ptqrtoken" => hash33(cookie("qrsig")), "from_ui" => 1]);
do {
    sleep(1);
    preg_match_all("/'([^']*)'/", ask($poll), $found);
    [$code, , $url] = $found[1];
} while ($code === "66" || $code === "67");
if ($code !== "0") exit("no login: $code\n");
ask($url);
echo "p_skey ", cookie("p_skey"), "\n";
