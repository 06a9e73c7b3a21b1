import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A login at Qzone with Java's HttpClient. It knows nothing of any replay. */
public class Login {
    static final CookieManager jar = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
    static final HttpClient client = HttpClient.newBuilder().cookieHandler(jar).build();

    static String ask(String url, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url)).header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)");
        if (headers.length > 0) request.headers(headers);
        var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 400) throw new Exception("no login: " + answer.statusCode() + " " + answer.body());
        return answer.body();
    }

    static String cookie(String name) {
        return jar.getCookieStore().getCookies().stream().filter(c -> c.getName().equals(name) && !c.getValue().isEmpty())
            .findFirst().map(c -> c.getValue()).orElse("");
    }

    public static void main(String[] args) throws Exception {
        var page = URLEncoder.encode("https://qzs.qzone.qq.com/qzone/v5/loginsucc.html?para=izone", StandardCharsets.UTF_8);
        ask("https://ssl.ptlogin2.qq.com/ptqrshow?appid=549000912&e=2&l=M&s=3&d=72&v=4&t=0.5&daid=5&pt_3rd_aid=0&u1=" + page);
        int token = 0;
        for (char c : cookie("qrsig").toCharArray()) token = token * 33 + c;
        var login = "https://xui.ptlogin2.qq.com/cgi-bin/xlogin?appid=549000912&daid=5&style=40&s_url=https%3A%2F%2Fqzs.qzone.qq.com%2Fqzone%2Fv5%2Floginsucc.html%3Fpara%3Dizone&pt_3rd_aid=0";
        var poll = "https://ssl.ptlogin2.qq.com/ptqrlogin?ptredirect=0&h=1&t=1&g=1&from_ui=1&ptlang=2052&action=0-0-1&js_ver=26092315&js_type=1"
            + "&login_sig=&pt_uistyle=40&aid=549000912&daid=5&pt_3rd_aid=0&u1=" + page + "&ptqrtoken=" + (token & 0x7fffffff);
        String[] said;
        do {
            Thread.sleep(1000);
            said = Pattern.compile("'([^']*)'").matcher(ask(poll, "Referer", login)).results().map(MatchResult::group).map(s -> s.substring(1, s.length() - 1)).toArray(String[]::new);
        } while (said[0].equals("66") || said[0].equals("67"));
        if (!said[0].equals("0")) throw new Exception("no login: " + said[0]);
        ask(said[2]);
        System.out.println("p_skey " + cookie("p_skey"));
    }
}
