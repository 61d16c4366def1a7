# SPDX-License-Identifier: Apache-2.0
# cutting.pl SEED PERCENT PORT [FRONT]: prints a port of its own (FRONT, or any). Connections to it
# go through to PORT, but so many percent of them are cut after some bytes, counted both ways:
# which, and after how many, the seed says.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my ($seed, $percent, $target, $front) = @ARGV;
my $door = IO::Socket::INET->new(
	LocalAddr => '127.0.0.1', LocalPort => $front || 0, Listen => 128, ReuseAddr => 1)
	or die "listen: $!";
$SIG{CHLD} = 'IGNORE';
$| = 1;
print $door->sockport, "\n";
close STDOUT;
my $parent = $$;

sub pass {
	my ($in, $left) = @_;
	my $out = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $target) or return;
	my $both = IO::Select->new($in, $out);
	while (getppid == $parent) {
		for my $from ($both->can_read(1)) {
			my $to = $from == $out ? $in : $out;
			sysread($from, my $bytes, 65536) or return;
			$bytes = substr $bytes, 0, $left;
			$left -= length $bytes;
			while (length $bytes) {
				my $sent = syswrite($to, $bytes) or return;
				substr($bytes, 0, $sent) = '';
			}
			return if $left <= 0;
		}
	}
}

for (my $number = 1; my $in = $door->accept; $number++) {
	srand($seed * 1000 + $number);
	my $left = rand(100) < $percent ? int rand 4000 : 1e15;
	my $child = fork;
	next if !defined $child || $child;
	close $door;
	pass($in, $left);
	exit;
}
