#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Commands that ask git, with calls of libgit2 that fail.
# shellcheck source=tests/fault/calls.bash
. "${WRIT_ROOT:-.}/tests/fault/calls.bash"

# shellcheck disable=SC2034 # of calls.bash
kinds=g

identity() {
	git -C "$1" config user.name Tester
	git -C "$1" config user.email tester@example.com
}

told() {
	[ "$status" -eq 1 ] || cmp stdout due.out
}

# What is left out is said.
noted() {
	told >/dev/null || grep -qE 'cannot be read|no commits are told' stderr ||
		grep -q 'not known' stdout
}

# A plan made where git cannot be asked names no commit, and so has another digest.
nameless() {
	sed -E 's/sha256:[0-9a-f]+/D/; s/"commit": ("[0-9a-f]*"|null)/C/' "$1"
}
planned() {
	nameless due.out >due.nameless
	[ "$status" -eq 1 ] || nameless stdout | cmp - due.nameless
}

# answers CHECK ARGUMENT...
answers() {
	check=$1
	shift
	expect "$@"
	each_fault "$*" "$check" "$@"
}

# What the repositories say of their history, whatever way it came about.
histories() {
	for repository in "$1"/repo "$1"/remote.git; do
		[ -e "$repository" ] || continue
		git -C "$repository" fsck --strict 2>&1
		git -C "$repository" log --format='%T %s' main
	done
	[ ! -e "$1/repo/org" ] || git -C "$1/repo" status --porcelain
}

recorded() {
	[ "$status" -ne 0 ] || histories case | diff due.histories - || return
	again 0 "$@" && histories case | diff due.histories -
}

# records ARGUMENT...: one commit comes of it, in how many tries there are.
records() {
	expect "$@"
	histories due >due.histories
	recording=$*
	each_fault "$*" recorded_again "$@"
}

recorded_again() {
	# shellcheck disable=SC2086 # no argument has a blank
	recorded $recording
}

configure() {
	printf 'apiVersion: writ/v1\nkind: Configuration\norganizations:\n  - {name: acme, orgId: A@AdobeOrg, snapshot: {%s}}\n' "$1" >case/config.yaml
	chmod 600 case/config.yaml
}

# ---- commits and pushes ----

prepare quickstart/live.yaml
git init -q --bare -b main case/remote.git
git init -q -b main case/repo
identity case/repo
git -C case/repo remote add origin ../remote.git
configure 'repository: repo, folder: org, push: origin'
ready
records snapshot --live live.yaml --config config.yaml --org acme

prepare quickstart/live.yaml
git init -q --bare -b main case/repo
identity case/repo
configure 'repository: repo, folder: a/b, branch: main'
in_folder case snapshot --live live.yaml --config config.yaml --org acme >/dev/null
for i in $(seq 1 80); do
	printf -- '---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: a-%s}\nspec: {owner: "%s"}\n' "$i" "$(echo "$i" | cksum)"
done >>case/live.yaml
ready
records snapshot --live live.yaml --config config.yaml --org acme

# More new files than are stored one by one: the first call of each function that puts them into a
# pack or a subfolder.
kinds='' most=1
for name in mempack_new odb_add_backend odb_hash odb_write treebuilder_new treebuilder_insert \
	treebuilder_write \
	treebuilder_filter packbuilder_new packbuilder_insert packbuilder_write tree_lookup; do
	kinds="$kinds g:git_$name"
done
prepare
mkdir case/live
printf 'apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: file}\n' \
	>case/live/organization.yaml
awk 'BEGIN { for (i = 0; i < 4200; i++) printf "---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: a-%d}\nspec: {}\n", i }' \
	>case/live/accounts.yaml
git init -q --bare -b main case/repo
configure 'repository: repo, folder: a/b, branch: main'
ready
records snapshot --live live --config config.yaml --org acme
kinds=g most=2000

# ---- questions ----

# shellcheck disable=SC2034 # of calls.bash
reads=yes
prepare quickstart/manifests quickstart/live.yaml
git init -q -b main case/repo
identity case/repo
mv case/manifests case/repo
git -C case/repo add manifests
git -C case/repo commit -q -m 'manifests: begun'
in_folder case apply --live live.yaml --auto-approve --allow-remove 1 --snapshot repo/org \
	--commit repo/manifests >/dev/null
sed -i 's/profile: Default/profile: Templates/' case/repo/manifests/accounts/report-reader.yaml
git -C case/repo commit -q -a -m 'manifests: another profile'
ready
answers noted who storage-administrator repo/manifests --as-of HEAD --snapshot repo/org
answers noted who --as-of 2030-01-01 storage-administrator --snapshot repo/org
answers noted why asset-archiver all repo/manifests --as-of HEAD --snapshot repo/org
answers noted why asset-archiver all repo/manifests
answers planned plan --live live.yaml --base repo/org repo/manifests
answers planned plan --live live.yaml --format json repo/manifests
answers told snapshot diff HEAD live.yaml --snapshot repo/org
answers told snapshot list --snapshot repo/org
answers noted log --snapshot repo/org

# ---- in the repository itself ----

prepare quickstart/manifests quickstart/live.yaml
git init -q -b main case
identity case
git -C case add manifests live.yaml
git -C case commit -q -m begun
sed -i 's/profile: Default/profile: Templates/' case/manifests/accounts/report-reader.yaml
git -C case commit -q -a -m 'another profile'
ready
answers told validate HEAD:manifests
answers planned plan --base HEAD~1:manifests HEAD:manifests
answers planned plan --live HEAD:live.yaml HEAD:manifests
answers told drift --live live.yaml --base HEAD:live.yaml
answers told restore --live live.yaml --from HEAD:manifests --rehearse

# ---- behind an apply ----

reads=
applied() {
	if [ "$status" -eq 1 ]; then # found out before anything was sent
		cmp case/live.yaml start/live.yaml || return
		again 0 apply --live live.yaml --auto-approve --allow-remove 1 --snapshot org \
			--commit manifests || return
	elif [ "$status" -eq 8 ]; then # all is done but the record of it: as it says
		# shellcheck disable=SC2046 # words
		again 0 $(sed -n 's/.*(again with: writ \([^)]*\)).*/\1/p' stderr) || return
	fi
	cmp case/live.yaml due/live.yaml && kept case | diff due.kept -
}

# What is recorded, without the count of snapshots.
kept() {
	for file in admin-roles product-assignments technical-accounts; do
		git -C "$1" show "main:org/$file.yaml" || return
	done
}

expect apply --live live.yaml --auto-approve --allow-remove 1 --snapshot org --commit manifests
kept due >due.kept
each_fault 'apply --commit' applied apply --live live.yaml --auto-approve --allow-remove 1 \
	--snapshot org --commit manifests

plan_tests
