#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What tries to be more than text, put into each word of a JSON document, and a look for it in what
# comes out.
#
#   sweep.pl fill FILE N [PAYLOAD]   the document with its N-th word (from 0) replaced; ends with 1
#                                    where there is none
#   sweep.pl payload PAYLOAD         the payload itself, for file names: no "/" and no NUL
#   sweep.pl look FORMAT <TEXT       ends with 1, and says what it saw, where something arrived raw
use strict;
use warnings;
use JSON::PP;

my $e = "\e";
my @payloads = (
	join('', map { chr } 1 .. 31, 127),
	join('', map { chr } 128 .. 159),
	# colours, cursor, screen, modes, reports, titles, links, clipboard, printing, character
	# sets, resets
	"${e}[31mred${e}[0m${e}[2J${e}[H${e}[1A${e}[2K${e}[?25l${e}[?1049h${e}[6n${e}[5i",
	"${e}]0;title\a${e}]8;;http://example.com\a${e}]52;c;ZXZpbA==\a${e}]1337;File=:AAAA\a${e}]9;note\a",
	"${e}Pq${e}\\${e}_apc${e}\\${e}^pm${e}\\${e}Xsos${e}\\${e}c${e}7${e}8${e}(0${e}#8${e}>",
	"\x{9b}31m\x{9d}0;title\x{9c}\x{90}q\x{9c}\x{85}next\x{84}index",
	"ok\rno\b\b\bes\fpage\x0bdown\x0eshift\x0f\x7f\ttab\nline",
	"\n::add-mask::x\n::stop-commands::t\n::error file=a::b\n##[error]c\n##vso[task.complete]d\n",
	"\x{202a}\x{202b}\x{202c}\x{202d}\x{202e}\x{2066}\x{2067}\x{2068}\x{2069}\x{200e}\x{200f}\x{61c}",
	"\x{200b}\x{200c}\x{200d}\x{2060}\x{feff}\x{ad}\x{34f}\x{115f}\x{180e}\x{2028}\x{2029}\x{fffe}",
);

sub words {
	my ($value, $found) = @_;
	if (ref $value eq 'HASH') {
		for my $key (sort keys %$value) {
			push @$found, \$value->{$key}
				if defined $value->{$key} && !ref $value->{$key};
			words($value->{$key}, $found);
		}
	} elsif (ref $value eq 'ARRAY') {
		for my $item (@$value) {
			push @$found, \$item if defined $item && !ref $item;
			words($item, $found);
		}
	}
	return $found;
}

sub fill {
	my ($file, $n, $payload) = @_;
	open(my $in, '<:raw', $file) or die "$file: $!";
	my $document = JSON::PP->new->utf8->decode(do { local $/; <$in> });
	my @places = grep { !JSON::PP::is_bool($$_) && $$_ =~ /[^0-9]/ } @{words($document, [])};
	exit 1 if $n >= @places;
	# What it was stays in front, so that a time is a broken time and not just any text.
	${$places[$n]} .= $payloads[defined $payload ? $payload : $n % @payloads];
	print JSON::PP->new->utf8->canonical->encode($document);
	return;
}

# What a terminal, a log of a build or a reader must not get from somebody else.
sub look {
	my ($format) = @_;
	binmode(STDIN, ':raw');
	my $text = do { local $/; <STDIN> } // '';
	my $ok = utf8::decode($text);
	my @seen;
	push @seen, 'no UTF-8' unless $ok;
	push @seen, sprintf('U+%04X', ord $1) while $text =~ /([\x00-\x08\x0b\x0c\x0e-\x1f\x7f])/g;
	push @seen, 'CR' if $format ne 'ics' && $format ne 'csv' && $text =~ /\r/;
	push @seen, 'a line that ends with LF alone' if $format eq 'ics' && $text =~ /(?<!\r)\n/;
	# A saved plan is shown as the bytes that were signed.
	if ($format ne 'json') {
		push @seen, sprintf('U+%04X', ord $1)
			while $text =~ /([\x{80}-\x{9f}\x{61c}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{2069}\x{feff}\x{ad}])/g;
	}
	push @seen, "a command: $1" if $text =~ /^\s*(::(?:add-mask|stop-commands)|##\[|##vso)/m;
	push @seen, "a command: $1" if $format ne 'github' && $text =~ /^\s*(::error)/m;
	return unless @seen;
	print "$format: @seen[0 .. ($#seen < 7 ? $#seen : 7)]\n";
	exit 1;
}

my ($command, @arguments) = @ARGV;
if ($command eq 'fill') {
	fill(@arguments);
} elsif ($command eq 'payload') {
	my $name = $payloads[$arguments[0]] // exit 1;
	$name =~ tr{/}{}d;
	binmode(STDOUT, ':utf8');
	print $name;
} else {
	look(@arguments);
}
