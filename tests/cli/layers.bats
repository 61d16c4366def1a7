#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# tests/layers.sh finds what breaks each of its rules: in a small tree that keeps them all, one is
# broken at a time, and the rule is told with what breaks it.
# shellcheck disable=SC2016 # backquotes are of Markdown

LAYERS=$WRIT_ROOT/tests/layers.sh

setup() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_TEST_TMPDIR" || return
	mkdir tree
	cd tree || return
	small_tree
	builds
	echo build >.gitignore
	git init -q .
	git add -A
	git -c user.name=A -c user.email=a@example.com commit -qm small
}

# c FILE <TEXT: a source with its licence.
c() {
	mkdir -p "$(dirname "$1")"
	{ echo '/* SPDX-License-Identifier: Apache-2.0 */'; cat; } >"$1"
}

small_tree() {
	mkdir -p .ci .github .package examples tests/unit/core/util cmd/man
	touch {.ci,.github,.package,examples,cmd/man}/kept
	echo 'all:' >Makefile
	echo '# Small' >README.md
	printf '# SPDX-License-Identifier: Apache-2.0\npath = [\n"%s",\n"%s",\n"%s",\n]\n' \
		'**/kept' Makefile '*README.md' >REUSE.toml
	printf '# Sources\n\n## Map\n\n`main` `number` `yaml` `provider` `planner`\n' >core.md
	mkdir core && mv core.md core/README.md
	c core/util/number.h <<<'int number(void);'
	c core/util/number.c <<-'END'
		#include "core/util/number.h"
		int number(void) { return 1; }
	END
	c core/language/yaml.c <<<'/* number.c counts; core/README.md, "Map" */'
	c core/contract/provider.h <<<'struct provider_reader { int (*read)(void); };'
	c core/plan/planner.h <<<'/* Nobody else includes it. */'
	c cmd/writ/main.c <<-'END'
		#include "core/util/number.h"
		int main(void) { return number(); }
	END
	c cmd/adobe-emulator/main.c <<<'struct nothing;'
	c providers/file/number.c <<<'struct nothing;'
	c tests/unit/core/util/test_number.c <<<'struct nothing;'
	# Inner headers of the list that the small tree does not have.
	sed -n "/^inner='/,/'\$/p" "$LAYERS" | tr -d "'" | sed 's/^inner=//' | tr -s ' \t' '\n' |
		while read -r header; do
			[ -z "$header" ] || [ -e "$header" ] || c "$header" </dev/null
		done
	find . -name '*.h' | sed 's|.*/\(.*\)[.]h|`\1`|' >>core/README.md
}

# builds [LINK OPTION...]: build/writ and its objects, from each source.
builds() {
	local source object objects=()
	rm -rf build
	while read -r source; do
		object=build/obj/${source%.c}.o
		mkdir -p "$(dirname "$object")"
		gcc -I. -O1 -fPIE -fcf-protection=full -c -o "$object" "$source"
		case $source in cmd/adobe-emulator/* | tests/*) ;; *) objects+=("$object") ;; esac
	done < <(find cmd core providers -name '*.c')
	gcc -pie -Wl,-z,relro,-z,now "$@" -o build/writ "${objects[@]}"
}

# told: the rules that layers.sh finds broken, and by what, in an order of their own.
told() {
	WRIT_ROOT=$PWD WRIT=build/writ sh "$LAYERS" | sed -n '/^not ok/,/^\(ok\|1\.\.\)/p' |
		sed '/^ok/d; /^1\.\./d; s/^not ok [0-9]* - /RULE /'
}

# breaks RULE WHAT: what was done to the tree breaks this rule and no other, and WHAT is said of it.
# The tree is then as it was.
breaks() {
	told >../told
	[ "$(grep '^RULE' ../told)" = "RULE $1" ] || { echo "due: $1"; cat ../told; return 1; }
	grep -qxF "# $2" ../told || { echo "due: $2"; cat ../told; return 1; }
	git checkout -q .
	git clean -qfd
}

# rows RULE <TABLE, two lines a row: "FILE | LINE", and WHAT. LINE at the end of FILE breaks it.
rows() {
	local row what file
	while read -r row && read -r what; do
		file=${row%% |*}
		[ -e "$file" ] || c "$file" </dev/null
		adds "$file" "${row#*| }"
		breaks "$1" "$what" || return
	done
}

adds() {
	echo "$2" >>"$1"
}

@test "a tree that keeps all rules is found good" {
	[ -z "$(told)" ]
}

@test "who includes whom" {
	rows 'the wings of core include only downwards' <<-'END'
		core/util/number.c | #include "core/contract/provider.h"
		core/util/number.c includes "core/contract/provider.h", which stands above it
		core/attic/number.c | #include "core/util/number.h"
		core/attic/number.c is in no wing
	END
	rows 'core includes only core' <<-'END'
		core/util/number.c | #include "providers/registry.h"
		core/util/number.c includes "providers/registry.h"
		core/util/number.c | #include "number.h"
		core/util/number.c includes "number.h"
	END
	rows 'providers include only core and providers' <<-'END'
		providers/file/number.c | #include "cmd/writ/number.h"
		providers/file/number.c includes "cmd/writ/number.h"
	END
	rows 'cmd includes only cmd, core and providers/registry.h' <<-'END'
		cmd/writ/main.c | #include "providers/file/number.h"
		cmd/writ/main.c includes "providers/file/number.h"
	END
	rows 'the emulator includes only itself and core/{util,model,language}' <<-'END'
		cmd/adobe-emulator/main.c | #include "core/contract/provider.h"
		cmd/adobe-emulator/main.c includes "core/contract/provider.h"
		cmd/adobe-emulator/main.c | #include "cmd/writ/number.h"
		cmd/adobe-emulator/main.c includes "cmd/writ/number.h"
	END
	rows 'cmd/writ includes nothing of the emulator' <<-'END'
		cmd/writ/main.c | #include "cmd/adobe-emulator/number.h"
		cmd/writ/main.c includes "cmd/adobe-emulator/number.h"
	END
	rows 'providers do not include each other' <<-'END'
		providers/file/number.c | #include "providers/adobe/number.h"
		providers/file/number.c includes "providers/adobe/number.h"
	END
	rows 'inner headers stay in their wing' <<-'END'
		core/past/number.c | #include "core/plan/planner.h"
		core/past/number.c includes "core/plan/planner.h", which is for core/plan alone
		core/util/number.h | /* Nobody else includes it. */
		core/util/number.h calls itself inner and is not in the list
	END
	rm core/plan/planner.h
	breaks 'inner headers stay in their wing' \
		'core/plan/planner.h is in the list of inner headers, and not in the tree'
}

@test "who calls a provider" {
	rows 'core/contract alone calls a provider' <<-'END'
		core/util/number.c | int x(struct r *reader) { return reader->read(); }
		core/util/number.c:4:int x(struct r *reader) { return reader->read(); }
	END
}

@test "which library is used where" {
	while read -r library header; do
		rows "$library only in its place" <<-END
			cmd/writ/main.c | #include <$header>
			cmd/writ/main.c includes <$header>
		END
	done <<-'END'
		libyaml yaml.h
		cJSON cjson/cJSON.h
		libcurl curl/curl.h
		libgit2 git2.h
		libpq libpq-fe.h
		libmicrohttpd microhttpd.h
		utf8proc utf8proc.h
		OpenSSL openssl/evp.h
	END
}

@test "what the text says, and how long a line is" {
	rows 'what a comment cites is in the tree' <<-'END'
		core/util/number.c | /* As in facts/gone.md. */
		core/util/number.c cites facts/gone.md, which is not in the tree
		core/util/number.c | /* As in core/README.md, "Gone". */
		core/util/number.c cites core/README.md, "Gone", no heading of it
		core/util/number.c | /* As in gone.c. */
		core/util/number.c cites gone.c, which is not in the tree
		core/util/number.c | /* As in writ-gone(1). */
		core/util/number.c cites writ-gone(1), which is not in the tree
	END
	for file in core/util/number.c cmd/writ/number.bats tests/number.mjs; do
		mkdir -p "${file%/*}"
		echo 'struct nothing;' >"$file"
		breaks 'every file says its licence, or REUSE.toml does' \
			"$file has no SPDX line"
	done
	rows 'the map in core/README.md has every source' <<-'END'
		core/util/unmapped.c | struct nothing;
		core/util/unmapped.c is not in the map
	END
	for file in core/util/number.c README.md Makefile; do
		printf -- "- %0100d\n" 0 | sed 's|^|/* |; s|$| */|' >long
		[ "$file" != README.md ] || sed -i 's|^/\* - |word |; s|/|.|g' long
		cat long >>"$file"
		line=$(wc -l <"$file")
		columns=$(awk '{ print length }' long)
		rm long
		breaks 'text has at most 100 columns' "$file:$line: $columns columns"
	done
	rows 'tests/unit mirrors the sources' <<-'END'
		tests/unit/core/util/test_gone.c | struct nothing;
		tests/unit/core/util/test_gone.c is the test of no source
	END
}

@test "names that are defined, and functions that are called" {
	rows 'no struct or enum is defined twice' <<-'END'
		core/util/number.h | struct provider_reader { int x; };
		core/util/number.h:3 defines provider_reader, as core/contract/provider.h:2 does
		tests/unit/check.h | enum provider_reader { X };
		tests/unit/check.h:2 defines provider_reader, as core/contract/provider.h:2 does
	END
	while read -r call; do
		rows 'no banned function is called' <<-END
			core/util/number.c | int x(void) { return $call(1); }
			core/util/number.c:4: $call
		END
	done <<-'END'
		strcpy
		strcat
		sprintf
		strtok
		atoi
		alloca
		system
		popen
		setlocale
		exit
	END
}

@test "sources in a circle, and functions that nobody calls" {
	c core/util/number.c <<-'END'
		#include "core/util/number.h"
		int other(void);
		int number(void) { return other(); }
	END
	c core/language/yaml.c <<<'int number(void); int other(void) { return number(); }'
	builds
	breaks 'no sources call each other in a circle' 'core/language/yaml'
	adds core/util/number.c 'int idle(void) { return 2; }'
	builds
	breaks 'each function has a caller outside its source' \
		'core/util/number.c: idle() is called by tests alone'
	adds core/util/number.c 'int own(void); int own(void) { return 2; } int (*user)(void) = own;'
	builds
	breaks 'each function has a caller outside its source' \
		'core/util/number.c: own() could be static'
}

@test "how the program is linked" {
	adds core/util/number.h 'void *dlopen(const char *, int);'
	sed -i 's/return 1;/return dlopen("x", 1) != 0;/' core/util/number.c
	builds
	breaks 'the program imports neither system nor popen, and loads no library by name' \
		'dlopen@GLIBC_2.34'
	builds -no-pie
	breaks 'the program is position independent' 'not position independent'
	builds -Wl,-z,lazy,-z,norelro
	breaks 'the program is bound at start' 'no BIND_NOW no RELRO'
	builds -Wl,-z,execstack
	breaks 'the stack is not executable' 'executable stack'
	adds core/util/number.h 'int puts(const char *);'
	sed -i 's/return 1;/return !puts("WRIT_FAILPOINT");/' core/util/number.c
	builds
	breaks 'the program has no failpoints' 'WRIT_FAILPOINT is in the program'
}

@test "objects that are not marked for control-flow protection" {
	[ "$(uname -m)" = x86_64 ] || skip 'marks of x86-64'
	gcc -I. -O1 -fPIE -fcf-protection=none -c -o build/obj/core/util/number.o core/util/number.c
	all=$(find core -name '*.c' | wc -l)
	breaks 'all objects are marked for control-flow protection, or none can be' \
		"$((all - 1)) of $all objects are marked"
}

@test "a program that was not built" {
	rm build/writ
	breaks 'there is a program at build/writ' missing
}
