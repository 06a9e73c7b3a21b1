#!/usr/bin/env perl
# A login at Qzone with Perl's LWP. It knows nothing of any replay.
use strict;
use warnings;
use LWP::UserAgent;
use URI;

my $agent = LWP::UserAgent->new(agent => 'Mozilla/5.0 (X11; Linux x86_64)', cookie_jar => {}, max_redirect => 0);

sub ask {
    my ($url, %query) = @_;
    my $uri = URI->new($url);
    $uri->query_form(%query) if %query;
    my $answer = $agent->get($uri);
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
ask('https://ssl.ptlogin2.qq.com/ptqrshow', appid => 549000912, daid => 5, e => 2, l => 'M', s => 3, t => 0.5, u1 => $page);
my ($code, $url) = ('66', '');
my $token = hash33(cookie('qrsig', 'ptlogin2.qq.com'));
while ($code eq '66' || $code eq '67') {
    sleep 1;
    my $said = ask('https://ssl.ptlogin2.qq.com/ptqrlogin', u1 => $page, ptqrtoken => $token, aid => 549000912, daid => 5, from_ui => 1);
    ($code, $url) = ($said =~ /'([^']*)'/g)[0, 2];
}
die "no login: $code" if $code ne '0';
ask($url);
print 'p_skey ', cookie('p_skey', 'qzone.qq.com'), "\n";
