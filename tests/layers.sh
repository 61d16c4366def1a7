#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rules no compiler checks: who may include whom, which library is used
# where, which functions are never called, and how the program is linked.
set -u
cd "${WRIT_ROOT:-.}" || exit 1
prog=${WRIT:-build/writ}
count=0

# report NAME FINDINGS: passes when there are no findings.
report() {
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

sources=$(find cmd core providers -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
# FILE<space>HEADER for every #include; quotes and brackets are kept.
includes=$(for f in $sources; do
	sed -n "s|^[[:space:]]*#[[:space:]]*include[[:space:]]*\\([\"<][^\">]*[\">]\\).*|$f \\1|p" "$f"
done)

# forbid NAME FILE-ERE ALLOWED-ERE: quoted includes of those files outside the allowed ones.
forbid() {
	report "$1" "$(printf '%s\n' "$includes" | awk -v file="$2" -v allowed="$3" \
		'$1 ~ file && $2 ~ /^"/ && $2 !~ allowed { print $1 " includes " $2 }')"
}

# A wing includes itself and what stands below it in this list.
wings='util model git language contract plan render ledger apply edit record past'
report 'the wings of core include only downwards' "$(printf '%s\n' "$includes" | awk -v wings="$wings" '
	BEGIN { n = split(wings, list, " "); for (i = 1; i <= n; i++) floor[list[i]] = i }
	$1 ~ /^core\// {
		split($1, from, "/")
		if (!(from[2] in floor)) print $1 " is in no wing"
		if ($2 !~ /^"core\//) next
		split(substr($2, 2), to, "/")
		if (floor[to[2]] > floor[from[2]]) print $1 " includes " $2 ", which stands above it"
	}')"
forbid 'core includes only core' '^core/' '^"core/'
forbid 'providers include only core and providers' '^providers/' '^"(core|providers)/'
forbid 'cmd includes only cmd, core and providers/registry.h' '^cmd/' \
	'^"(cmd/|core/|providers/registry[.]h"$)'

# A provider never includes another provider's directory.
report 'providers do not include each other' "$(printf '%s\n' "$includes" | awk '
	$1 ~ /^providers\/[^\/]+\// && $2 ~ /^"providers\/[^\/]+\// {
		split($1, from, "/"); split(substr($2, 2), to, "/")
		if (from[2] != to[2]) print $1 " includes " $2
	}')"

# only NAME HEADER-ERE FILE...: that library's headers appear in those files alone.
only() {
	name=$1 header=$2
	shift 2
	report "$name" "$(printf '%s\n' "$includes" | awk -v header="$header" -v files=" $* " \
		'$2 ~ header && !index(files, " " $1 " ") { print $1 " includes " $2 }')"
}
only 'libyaml only in core/language/yaml.c' '^[<"]yaml[.]h' core/language/yaml.c
only 'cJSON only in core/util/reply.c' '^[<"](cjson/)?cJSON' core/util/reply.c
only 'libcurl only in the Adobe provider'\''s curl_transfer.c' '^[<"]curl/' providers/adobe/wire/curl_transfer.c
only 'libmicrohttpd only in the emulator'\''s listen.c' '^[<"]microhttpd' \
	cmd/adobe-emulator/listen.c
only 'OpenSSL only where digests, signatures and secrets are made' '^[<"]openssl/' core/util/crypto.c core/util/digest.c \
	core/util/secret.c cmd/adobe-emulator/wire/jwt.c
only 'libgit2 only in core/git/history_git.h' '^[<"]git2' core/git/history_git.h
only 'the inner header of core/history only there' '^"core/git/history_git[.]h' \
	core/git/history.c core/git/history_shallow.c core/git/history_write.c core/git/history_index.c core/git/history_push.c \
	core/git/history_owner.c core/git/history_remote.c core/git/history_blame.c
only 'utf8proc only in core/util/unicode.c' '^[<"]utf8proc' core/util/unicode.c

# A name means one thing: no struct, enum or union is defined twice, and a test takes none of the
# program's names for its own. Tests may share theirs, for each is a program of its own.
# `struct provider` is the exception: the contract leaves it open, and each provider fills it in.
report 'no struct or enum is defined twice' "$(find cmd core providers tests -name '*.[ch]' |
	LC_ALL=C sort | xargs perl -0777 -ne '
	s{/\*.*?\*/}{$& =~ tr/\n//cdr}gse;
	s{^[ \t]*#[ \t]*define(?:.*\\\n)*.*}{$& =~ tr/\n//cdr}gme;
	while (/\b(?:(?:struct|enum|union)\s+(\w+)\s*\{|VEC\((\w+),)/g) {
		my ($name, $line) = ($1 // $2, 1 + substr($_, 0, $-[0]) =~ tr/\n//);
		next if $name eq "provider" && $ARGV =~ m{^providers/};
		print "$ARGV:$line defines $name, as $seen{$name} does\n" if $seen{$name};
		$seen{$name} = "$ARGV:$line" unless $ARGV =~ m{^tests/};
	}')"

# Comments and string literals are blanked (lines kept) before names are sought.
banned=$(for f in $sources; do
	perl -0777 -pe '
		s{("(?:\\.|[^"\\\n])*"|\x27(?:\\.|[^\x27\\\n])*\x27)|//[^\n]*|/\*.*?\*/}
		 {my $t = defined $1 ? "\"\"" : $&; $t =~ s/[^\n]//g unless defined $1; $t}gse' "$f" |
		perl -ne 'print "'"$f"':$.: $1\n" while
			/(?<![\w.]|->)(strcpy|strcat|sprintf|strtok|atoi|alloca|system|popen|setlocale|exit)\s*\(/g'
done)
report 'no banned function is called' "$banned"

if [ -x "$prog" ]; then
	report 'the program imports neither system nor popen, and loads no library by name' \
		"$(nm -D "$prog" | awk '$1 == "U" && $2 ~ /^(system|popen|dlopen|dlsym)(@|$)/ { print $2 }')"
	head=$(readelf -hW "$prog")
	segments=$(readelf -lW "$prog")
	dynamic=$(readelf -dW "$prog")
	found=
	case $head in *'Type:'*DYN*) ;; *) found='not position independent' ;; esac
	report 'the program is position independent' "$found"
	found=
	case $dynamic in *BIND_NOW* | *'Flags: '*NOW*) ;; *) found='no BIND_NOW' ;; esac
	case $segments in *GNU_RELRO*) ;; *) found="$found no RELRO" ;; esac
	report 'the program is bound at start' "$found"
	report 'the stack is not executable' "$(printf '%s\n' "$segments" | awk '
		/GNU_STACK/ { seen = 1; if ($7 ~ /E/) print "executable stack" }
		END { if (!seen) print "no GNU_STACK header" }')"
	found=
	if LC_ALL=C grep -aq WRIT_FAILPOINT "$prog"; then found='WRIT_FAILPOINT is in the program'; fi
	report 'the program has no failpoints' "$found"
else
	report "there is a program at $prog" missing
fi
echo "1..$count"
