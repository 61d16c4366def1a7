#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What is handed out: a Debian package, an archive of the sources, and how an image is made.

setup() {
	load helper
	common_setup
}

# The build folder that the tested program stands in, by the name that it was built with: under
# another one all of it would be made anew, while other tests run it.
built() {
	local build
	build=$(dirname "${WRIT#"$WRIT_ROOT"/}")
	make --no-print-directory -C "$WRIT_ROOT" B="$build" CC="${CC:-gcc}" "$@"
}

# Once a file: what is packaged is what was built.
setup_file() {
	command -v dpkg-deb dpkg-shlibdeps >/dev/null || return 0
	built deb DEB="$BATS_FILE_TMPDIR/writ.deb" >"$BATS_FILE_TMPDIR/log" 2>&1 ||
		{ cat "$BATS_FILE_TMPDIR/log"; return 1; }
	dpkg-deb -x "$BATS_FILE_TMPDIR/writ.deb" "$BATS_FILE_TMPDIR/root"
}

needs_dpkg() {
	[ -e "$BATS_FILE_TMPDIR/writ.deb" ] || skip 'no dpkg-deb or dpkg-shlibdeps'
	root=$BATS_FILE_TMPDIR/root
}

@test "the package has the programs, manual pages, completions, schemas and examples" {
	needs_dpkg
	for file in bin/writ bin/adobe-emulator share/man/man1/writ-plan.1.gz \
		share/man/man5/writ-manifest.5.gz \
		share/bash-completion/completions/writ share/zsh/vendor-completions/_writ \
		share/fish/vendor_completions.d/writ.fish \
		share/writ/schemas/TechnicalAccount.schema.json \
		share/doc/writ/copyright share/doc/writ/examples/quickstart/tour.sh; do
		[ -s "$root/usr/$file" ] || { echo "no $file"; return 1; }
	done
	dpkg-deb -f "$BATS_FILE_TMPDIR/writ.deb" Depends | grep -q 'libgit2-.*libyaml-0-2'
	dpkg-deb -c "$BATS_FILE_TMPDIR/writ.deb" | awk '$2 != "root/root" { exit 1 }'
}

@test "two packages of one build are the same bytes" {
	needs_dpkg
	built deb DEB="$PWD/again.deb" >/dev/null
	cmp "$BATS_FILE_TMPDIR/writ.deb" again.deb
}

@test "lintian finds nothing in the package" {
	needs_dpkg
	command -v lintian >/dev/null || skip 'no lintian'
	local as=()
	[ "$(id -u)" -ne 0 ] || as=(--allow-root)
	lintian "${as[@]}" --fail-on error,warning "$BATS_FILE_TMPDIR/writ.deb" >said 2>&1 ||
		{ cat said; return 1; }
}

teardown() {
	[ -z "${place:-}" ] || rm -rf "$place"
}

@test "the packaged program runs as another user, in folders that it may not write to" {
	needs_dpkg
	local as=()
	place=$(mktemp -d /tmp/writ-package.XXXXXX)
	dpkg-deb -x "$BATS_FILE_TMPDIR/writ.deb" "$place/root"
	mkdir -m 700 "$place/state"
	cp -R "$place/root/usr/share/doc/writ/examples/quickstart" "$place/work"
	if [ "$(id -u)" -eq 0 ]; then
		as=(setpriv --reuid 65532 --regid 65532 --clear-groups)
		chown 65532:65532 "$place/state"
	fi
	chmod -R a+rX,a-w "$place/work" "$place/root"
	chmod 755 "$place"
	cd "$place/work"
	[ "$("${as[@]}" "$place/root/usr/bin/writ" version)" = "$("$WRIT" version)" ]
	"${as[@]}" env HOME=/nowhere XDG_STATE_HOME="$place/state" "$place/root/usr/bin/writ" plan \
		--live live.yaml manifests >"$BATS_TEST_TMPDIR/plan"
	"$WRIT" plan --live live.yaml manifests | cmp - "$BATS_TEST_TMPDIR/plan"
	chmod -R u+w "$place"
}

@test "make dist is the committed sources, the same bytes each time, and builds" {
	git -C "$WRIT_ROOT" rev-parse HEAD >/dev/null 2>&1 || skip 'no git checkout'
	built dist DIST="$PWD/one.tar.gz" >/dev/null
	built dist DIST="$PWD/two.tar.gz" >/dev/null
	cmp one.tar.gz two.tar.gz
	tar -xzf one.tar.gz
	cd writ-*/
	[ "$(basename "$PWD")" = "writ-$("$WRIT" version | cut -d ' ' -f 2)" ]
	make -n all >/dev/null
	[ ! -e .git ]
	# What is packaged from it has the same time.
	make -n deb | grep -q "deb[.]sh .*'$(git -C "$WRIT_ROOT" log -1 --format=%ct)'"
}

# maintainer NAME ADDRESS VARIABLE=VALUE...: of a package that is made in these surroundings, where
# git knows that name and address.
maintainer() {
	export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=$1 \
		GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=$2
	(
		unset DEBFULLNAME DEBEMAIL EMAIL
		[ -z "${3:-}" ] || export "${@:3}"
		built deb DEB="$BATS_TEST_TMPDIR/one.deb" >/dev/null
	)
	dpkg-deb -f one.deb Maintainer
}

@test "a package's maintainer is who makes it: as Debian's tools ask, or as git knows" {
	needs_dpkg
	[ "$(maintainer Ann ann@example.com DEBFULLNAME='Bob B' DEBEMAIL=bob@example.com)" = \
		'Bob B <bob@example.com>' ]
	[ "$(maintainer 'Ann <A>' ann@example.com)" = 'Ann A <ann@example.com>' ]
	[ "$(maintainer '' '')" = 'nobody in particular <nobody@example.org>' ]
}

@test "the image is made from named things, and runs as nobody in particular" {
	file=$WRIT_ROOT/.package/Containerfile
	grep -v '^#' "$file" | sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' >lines
	# Each line is an instruction that is known, and in a form that needs no shell to stop it.
	run ! grep -vE '^(FROM|RUN|WORKDIR|COPY|ENV|VOLUME|USER|ENTRYPOINT|CMD) ' <(grep . lines)
	grep -E '^FROM ' lines | grep -vE ':[0-9a-z.-]+( AS [a-z]+)?$' && return 1
	run ! grep -E '^FROM .*:latest|^ADD |curl|wget|sudo|chmod 777' lines
	[ "$(grep -c '^FROM' lines)" -eq 2 ]
	[ "$(grep '^USER' lines)" = 'USER 65532:65532' ]
	[ "$(sed -n '/^USER/,$p' lines | grep -c '^RUN\|^COPY')" -eq 0 ]
	grep -qx 'ENTRYPOINT \["/usr/bin/writ"\]' lines
	grep -E 'apt-get install' lines | grep -v 'no-install-recommends' && return 1
	# What it calls is there.
	grep -qE 'make deps-build && make deb DEB=' lines
	for target in deps-build deb; do
		grep -qE "^$target:" "$WRIT_ROOT/Makefile" ||
			{ echo "no target $target"; return 1; }
	done
}
