#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rules no compiler checks: who may include whom and call a provider, which library is used
# where, that what a comment cites is there, which functions are never called, and how the program
# is linked.
# core/README.md is the map of it.
# shellcheck disable=SC2016 # in what Perl runs, $ is Perl's
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
	sed -n "s|^[[:space:]]*#[[:space:]]*include[[:space:]]*\\([\"<][^\">]*[\">]\\).*|$f \\1|p" \
		"$f"
done)

# forbid NAME FILE-ERE ALLOWED-ERE: quoted includes of those files outside the allowed ones.
forbid() {
	report "$1" "$(printf '%s\n' "$includes" | awk -v file="$2" -v allowed="$3" \
		'$1 ~ file && $2 ~ /^"/ && $2 !~ allowed { print $1 " includes " $2 }')"
}

# A wing includes itself and what stands below it in this list.
wings='util model git language contract plan render ledger apply edit record past report'
report 'the wings of core include only downwards' "$(printf '%s\n' "$includes" |
	awk -v wings="$wings" '
	BEGIN { n = split(wings, list, " "); for (i = 1; i <= n; i++) floor[list[i]] = i }
	$1 ~ /^core\// {
		split($1, from, "/")
		if (!(from[2] in floor)) print $1 " is in no wing"
		if ($2 !~ /^"core\//) next
		split(substr($2, 2), to, "/")
		if (floor[to[2]] > floor[from[2]])
			print $1 " includes " $2 ", which stands above it"
	}')"
forbid 'core includes only core' '^core/' '^"core/'
forbid 'providers include only core and providers' '^providers/' '^"(core|providers)/'
forbid 'cmd includes only cmd, core and providers/registry.h' '^cmd/' \
	'^"(cmd/|core/|providers/registry[.]h"$)'

# A double that shared code with what it tests would prove nothing.
forbid 'the emulator includes only itself and core/{util,model,language}' '^cmd/adobe-emulator/' \
	'^"(cmd/adobe-emulator/|core/(util|model|language)/)'
forbid 'cmd/writ includes nothing of the emulator' '^cmd/writ/' '^"(cmd/writ/|core/|providers/)'

# A provider never includes another provider's directory.
report 'providers do not include each other' "$(printf '%s\n' "$includes" | awk '
	$1 ~ /^providers\/[^\/]+\// && $2 ~ /^"providers\/[^\/]+\// {
		split($1, from, "/"); split(substr($2, 2), to, "/")
		if (from[2] != to[2]) print $1 " includes " $2
	}')"

# A provider's functions are called in one place, where the contract is checked.
operations=$(sed -n 's/.*(\*\([a-z_]*\))(.*/\1/p' core/contract/provider.h | LC_ALL=C sort -u |
	paste -sd '|')
report 'core/contract alone calls a provider' "$(printf '%s\n' "$sources" |
	grep -vE '^(core/contract|providers|cmd/adobe-emulator)/' |
	xargs grep -nE "(reader|writer|access|[^a-z_][rw])->($operations)\(")"

# Headers for the few files that share a job. No other folder includes one.
inner='core/plan/planner.h core/plan/judge.h core/apply/applier.h core/record/recorder.h core/record/snapshot_parts.h core/record/record_message.h
	core/language/emitter.h core/edit/edit_node.h core/edit/accepter.h
	core/language/yaml_reader.h core/language/yaml_syntax.h core/language/schema_table.h core/language/schema_value.h
	core/language/schema_fields.h core/language/schema_finding.h
	core/language/config_table.h core/language/rules_table.h
	core/render/planfile_loader.h core/render/part_schema.h core/report/matrix_page_data.h
	core/git/history_git.h core/git/history_tree.h providers/adobe/users/directory_parts.h
	core/ledger/stores/s3_request.h core/ledger/stores/s3_list.h
	core/ledger/stores/postgres_server.h
	providers/adobe/console/console_reader.h providers/adobe/wire/curl_transfer.h providers/file/file_session.h
	cmd/writ/option_table.h cmd/adobe-emulator/umapi/umapi_action.h
	cmd/adobe-emulator/umapi/umapi_parts.h cmd/adobe-emulator/console/console_parts.h'
report 'inner headers stay in their wing' "$(
	printf '%s\n' "$includes" | awk -v inner="$inner" '
		BEGIN {
			n = split(inner, list, /[ \t\n]+/)
			for (i = 1; i <= n; i++) is[list[i]] = 1
		}
		{
			header = $2; gsub(/"/, "", header)
			from = $1; sub(/\/[^\/]*$/, "", from)
			to = header; sub(/\/[^\/]*$/, "", to)
			if (is[header] && from != to)
				print $1 " includes " $2 ", which is for " to " alone"
		}'
	for header in $inner; do
		[ -f "$header" ] ||
			echo "$header is in the list of inner headers, and not in the tree"
	done
	# A header that says so is meant so.
	printf '%s\n' "$sources" | xargs grep -liE 'nobody else includes it|shared by .* only' |
		while read -r header; do
			printf '%s\n' "$inner" | grep -qwF "$header" ||
				echo "$header calls itself inner and is not in the list"
		done)"

# only LIBRARY HEADER-ERE FILES-ERE: that library's headers are included there alone.
only() {
	report "$1 only in its place" "$(printf '%s\n' "$includes" |
		awk -v header="$2" -v files="$3" \
		'$2 ~ header && $1 !~ files { print $1 " includes " $2 }')"
}
only libyaml '^[<"]yaml[.]h' '^core/language/'
only cJSON '^[<"](cjson/)?cJSON' '^core/util/reply[.]c$'
only libcurl '^[<"]curl/' '^(providers/adobe/wire|core/ledger/stores)/'
only libgit2 '^[<"]git2' '^core/git/'
only libpq '^[<"](libpq-fe|postgresql/)' '^core/ledger/stores/'
only libmicrohttpd '^[<"]microhttpd' '^cmd/adobe-emulator/listen[.]c$'
only utf8proc '^[<"]utf8proc' '^core/util/unicode(_fold)?[.]c$'
# Digests and secrets; the emulator signs its tokens.
only OpenSSL '^[<"]openssl/' \
	'^(core/util/(crypto|digest|secret)|cmd/adobe-emulator/wire/jwt)[.][ch]$'

# Comments name documents by the end of their path, such as facts/ims.md, our manual pages as
# writ-plan(1), both with or without a heading (facts/ims.md, "Scopes"), and sources as plan.c.
report 'what a comment cites is in the tree' "$(find cmd core providers tests -name '*.[ch]' -o \
	-name '*.sh' -o -name '*.bats' -o -name '*.bash' | grep -v node_modules | LC_ALL=C sort |
	xargs perl -0777 -e '
	sub found { return split /\n/, `find @_ -not -path "*/node_modules/*"`; }
	my %sources = map { m{([^/]+)$}; ($1 => 1) }
		found(q{cmd core providers tests -name "*.[ch]"});
	my @documents = found(q{. -name "*.md" -not -path "./build/*"});
	sub has_heading {
		my ($file, $heading) = @_;
		open my $in, "<", $file or return 0;
		local $/;
		return <$in> =~ /^#+ \Q$heading\E$/m;
	}
	for my $source (@ARGV) {
		open my $in, "<", $source or die;
		my $text = <$in>;
		my @comments = $source =~ /[.][ch]$/ ? $text =~ m{/\*.*?\*/}gs
			: $text =~ /^\s*# .*/gm;
		for (@comments) {
			s/\s*\\?\n\s*\*?\s*/ /g;
			while (m{([\w./-]+[.]md)(?:, "([^"]+)")?}g) {
				my ($name, $heading) = ($1, $2);
				my ($file) = grep { m{/\Q$name\E$} } @documents;
				print "$source cites $name, which is not in the tree\n"
					unless $file;
				print "$source cites $name, \"$heading\", no heading of it\n"
					if $file && $heading && !has_heading($file, $heading);
			}
			while ($source =~ /[.][ch]$/ && /(?<![\w.])(\w\w+[.][ch])(?![\w.]\w)/g) {
				print "$source cites $1, which is not in the tree\n"
					unless $sources{$1} || $text =~ m{#include <\S*\Q$1\E>};
			}
			while (/(writ(?:-[a-z-]+)?|adobe-emulator)\(([1-8])\)(?:, "([^"]+)")?/g) {
				my ($page, $heading) = ("cmd/man/$1.$2.scd", $3);
				print "$source cites $1($2), which is not in the tree\n"
					unless -f $page;
				print "$source cites $1($2), \"$heading\", no heading of it\n"
					if -f $page && $heading && !has_heading($page, $heading);
			}
		}
	}')"

report 'every file says its licence, or REUSE.toml does' "$(
	set -f
	told=$(sed -n 's/^ *"\(.*\)",*$/\1/p' REUSE.toml 2>/dev/null | sed 's/\*\*/*/')
	# whatever else lies in the checkout's own folder may be somebody's
	find Makefile README.md .ci .github .package cmd core examples providers schemas tests \
		-name node_modules -prune -o -type f -print 2>/dev/null | LC_ALL=C sort |
		while read -r file; do
			head -n 3 "$file" | grep -aq 'SPDX-License-Identifier: ' && continue
			for pattern in $told; do
				# shellcheck disable=SC2254 # patterns they are
				case $file in $pattern) continue 2 ;; esac
			done
			echo "$file has no SPDX line"
		done
)"

report 'the map in core/README.md has every source' "$(for f in $sources; do
	name=${f##*/}
	grep -q "\`${name%.?}\`" core/README.md || echo "$f is not in the map"
done)"

# Left out are tables, what stands literally in a document, since it is shown as it is typed or
# printed, a single word, and what the program made: comments of examples/reviews, and golden files.
# So is a text in quotes of 60 columns or more in a script, which is printed or written as it
# stands. Data is left out too: a value stands on one line.
report 'text has at most 100 columns' "$(find Makefile README.md cmd core providers tests \
	examples .ci .github .package \
	\( -name node_modules -o -name golden -o -name comment.md \) -prune -o \
	-type f \( -name '*.[ch]' -o -name '*.md' -o -name '*.scd' -o -name '*.css' \
		-o -name '*.js' -o -name '*.def' -o -name Makefile -o -name '*.yml' \
		-o -name '*.sh' -o -name '*.bats' -o -name '*.bash' -o -name '*.pl' \
		-o -name '*.mjs' \) -print |
	LC_ALL=C sort | xargs perl -CSD -ne '
	s/\s+$//;
	my $literal = $ARGV =~ /[.](md|scd)$/ && /^\s*```/ ... /^\s*```/;
	my $shown = $ARGV =~ /[.]md$/ ? /^(\t|    )|^ *\|/
		: $ARGV =~ /[.]scd$/ ? /^\t(\$ )?writ /
		: $ARGV =~ /[.](sh|bats|bash|pl|mjs)$/
			&& m{"[^"]{60,}"|\x27[^\x27]{60,}\x27|`[^`]{60,}|/.{60,}/};
	my $text = $_;
	1 while $text =~ s/^([^\t]*)\t/$1 . " " x (8 - length($1) % 8)/e;
	print "$ARGV:$.: ", length($text), " columns\n"
		if length($text) > 100 && !$literal && !$shown && $text =~ /^ *\S+ /;
	close ARGV if eof;')"

# The test of core/plan/guard.c is tests/unit/core/plan/test_guard.c. Those of several sources at
# once are in tests/unit/several, and say at their head what they try.
report 'tests/unit mirrors the sources' \
	"$(find tests/unit -name 'test_*.c' -not -path 'tests/unit/several/*' |
	LC_ALL=C sort | while read -r f; do
		source=$(printf '%s\n' "$f" | sed 's|^tests/unit/||; s|/test_\([^/]*\)[.]c$|/\1|')
		[ -f "$source.c" ] || [ -f "$source.h" ] || echo "$f is the test of no source"
	done)"

# A name means one thing: no struct, enum or union is defined twice, and a test takes none of the
# program's names for its own. Tests may share theirs, for each is a program of its own.
# `struct provider` is the exception: the contract leaves it open, and each provider fills it in.
report 'no struct or enum is defined twice' "$(find cmd core providers tests -name '*.[ch]' \
	-not -path '*/node_modules/*' | LC_ALL=C sort | xargs perl -0777 -ne '
	s{/\*.*?\*/}{$& =~ tr/\n//cdr}gse;
	s{^[ \t]*#[ \t]*define(?:.*\\\n)*.*}{$& =~ tr/\n//cdr}gme;
	while (/\b(?:(?:struct|enum|union)\s+(\w+)\s*\{|VEC\((\w+),)/g) {
		my ($name, $line) = ($1 // $2, 1 + substr($_, 0, $-[0]) =~ tr/\n//);
		next if $name eq "provider" && $ARGV =~ m{^providers/};
		print "$ARGV:$line defines $name, as $seen{$name} does\n" if $seen{$name};
		$seen{$name} = "$ARGV:$line" unless $ARGV =~ m{^tests/};
	}')"

# Who calls whom has one direction among sources too: the linker's symbols tell, and tsort(1) names
# those that go round. A table that all of a folder stand in is handed down, not asked for.
objects=$(dirname "$prog")/obj
symbols=$([ ! -d "$objects" ] || (
	cd "$objects" || exit
	for f in $sources; do
		object=${f%.?}.o
		case $f in *.c) [ ! -f "$object" ] || echo "$object" ;; esac
	done
) | (cd "$objects" && LC_ALL=C xargs nm -A -g))
report 'no sources call each other in a circle' "$(printf '%s\n' "$symbols" | perl -ne '
	my ($from, $type, $name) = /^(.*)[.]o:\S*\s+(\w) (\S+)$/ or next;
	next if $name eq "main";
	$type eq "U" ? $asks{"$from $name"} = 1 : push @{$has{$name}}, $from;
	END {
		for (sort keys %asks) {
			my ($from, $name) = split / /;
			# The programs have names of their own, each of its own.
			my ($program) = $from =~ m{^cmd/([^/]+)};
			for my $to (@{$has{$name}}) {
				my ($other) = $to =~ m{^cmd/([^/]+)};
				print "$from $to\n" unless $program && $other && $program ne $other;
			}
		}
	}' | sort -u | tsort 2>&1 >/dev/null | sed 's/^tsort: //')"

# What no other source needs is static, but where a test takes a step of its source by itself; and
# what only a test would call is not there.
report 'each function has a caller outside its source' "$(printf '%s\n' "$symbols" | perl -ne '
	my ($from, $type, $name) = /^(.*)[.]o:\S*\s+(\w) (\S+)$/ or next;
	$type eq "U" ? $asked{$name} = 1 : $has{$name} = "$from.c";
	sub text_of {
		local (@ARGV, $/) = @_;
		return join "", map { s{/\*.*?\*/}{}gsr } <>;
	}
	END {
		my $tests = text_of(split /\n/,
			`find tests -name "*.[ch]" -not -path "*/node_modules/*"`);
		for my $name (grep { $_ ne "main" && !$asked{$_} } sort keys %has) {
			my $uses = () = text_of($has{$name}) =~ /\b$name\b/g;
			print "$has{$name}: $name() is called by tests alone\n" if $uses < 2;
			print "$has{$name}: $name() could be static\n"
				if $uses > 1 && $tests !~ /\b$name\b/;
		}
	}')"

# Comments and string literals are blanked (lines kept) before names are sought.
banned=$(for f in $sources; do
	perl -0777 -pe '
		s{("(?:\\.|[^"\\\n])*"|\x27(?:\\.|[^\x27\\\n])*\x27)|//[^\n]*|/\*.*?\*/}
		 {my $t = defined $1 ? "\"\"" : $&;
			$t =~ s/[^\n]//g unless defined $1; $t}gse' "$f" |
		perl -ne 'print "'"$f"':$.: $1\n" while
			/(?<![\w.]|->)(strcpy|strcat|sprintf|strtok|atoi|alloca|system|popen
				|setlocale|exit)\s*\(/gx'
done)
report 'no banned function is called' "$banned"

if [ -x "$prog" ]; then
	report 'the program imports neither system nor popen, and loads no library by name' \
		"$(nm -D "$prog" |
			awk '$1 == "U" && $2 ~ /^(system|popen|dlopen|dlsym)(@|$)/ { print $2 }')"
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
	# The linker drops the note from a program as soon as one part lacks it, and the C library's
	# own may; ours have it wherever the compiler marks branch targets at all.
	marked=$(find "$(dirname "$prog")/obj/core" -name '*.o' -exec readelf -nW {} + |
		grep -c 'IBT, SHSTK')
	objects=$(find "$(dirname "$prog")/obj/core" -name '*.o' | wc -l)
	found=
	[ "$marked" -eq 0 ] || [ "$marked" -eq "$objects" ] ||
		found="$marked of $objects objects are marked"
	report 'all objects are marked for control-flow protection, or none can be' "$found"
	found=
	if LC_ALL=C grep -aq WRIT_FAILPOINT "$prog"; then
		found='WRIT_FAILPOINT is in the program'
	fi
	report 'the program has no failpoints' "$found"
else
	report "there is a program at $prog" missing
fi
echo "1..$count"
