#!/usr/bin/env perl
# A login at Qzone with Perl's LWP. It knows nothing of any replay.
use strict;
use warnings;
use LWP::UserAgent;
use URI;

my $agent = LWP::UserAgent->new(agent => 'Mozilla/5.0 (X11; Linux x86_64)', cookie_jar => {}, max_redirect => 0);

sub ask {
    my ($url, $referer, @query) = @_;
    my $uri = URI->new($url);
    $uri->query_form(@query) if @query;
    my $answer = $agent->get($uri, $referer ? (Referer => $referer) : ());
    die 'no login: ', $answer->status_line, ' ', $answer->content if $answer->code >= 400;
    return $answer->content;
}

sub cookie {
    my ($wanted, $domain) = @_;
    my $value = '';
    $agent->cookie_jar->scan(sub { $value = $_[2] if $_[1] eq $wanted && $_[4] =~ /\Q$domain\E$/ && $_[2] ne '' });
    return $value;
}

sub hash33 {
    my $value = 0;
    $value = ($value * 33 + ord) & 0xffffffff for split //, shift;
    return $value & 0x7fffffff;
}

my $page = 'https://qzs.qzone.qq.com/qzone/v5/loginsucc.html?para=izone';
my $login = 'https://xui.ptlogin2.qq.com/cgi-bin/xlogin?appid=549000912&daid=5&style=40&s_url=https%3A%2F%2Fqzs.qzone.qq.com%2Fqzone%2Fv5%2Floginsucc.html%3Fpara%3Dizone&pt_3rd_aid=0';
my @show = (appid => 549000912, e => 2, l => 'M', s => 3, d => 72, v => 4, t => 0.5, daid => 5, pt_3rd_aid => 0, u1 => $page);
ask('https://ssl.ptlogin2.qq.com/ptqrshow', undef, @show);
my ($code, $url) = ('66', '');
my @poll = (
    u1 => $page, ptqrtoken => hash33(cookie('qrsig', 'ptlogin2.qq.com')), ptredirect => 0, h => 1, t => 1, g => 1, from_ui => 1, ptlang => 2052,
    action => '0-0-1', js_ver => 26092315, js_type => 1, login_sig => '', pt_uistyle => 40, aid => 549000912, daid => 5, pt_3rd_aid => 0,
);
while ($code eq '66' || $code eq '67') {
    sleep 1;
    my $said = ask('https://ssl.ptlogin2.qq.com/ptqrlogin', $login, @poll);
    ($code, $url) = ($said =~ /'([^']*)'/g)[0, 2];
}
die "no login: $code" if $code ne '0';
ask($url);
print 'p_skey ', cookie('p_skey', 'qzone.qq.com'), "\n";
