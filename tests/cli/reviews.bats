#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The pull requests of examples/reviews, as who reviews them sees them.

setup() {
	load helper
	common_setup
	reviews="$WRIT_ROOT/examples/reviews"
}

# The digest is of all that a plan says, as JSON; what is shown of it is what is compared.
shown() {
	sed 's/sha256:[0-9a-f]\{64\}/DIGEST/g' "$1"
}

@test "the results are what render.sh makes" {
	[ "${GOLDEN:-}" != 1 ] || sh "$reviews/render.sh" "$WRIT"
	sh "$reviews/render.sh" "$WRIT" .
	for review in new-account clean-up smuggled; do
		for result in comment.md page.html annotations.txt plan.txt; do
			diff -u <(shown "$reviews/$review/$result") <(shown "$review/$result")
		done
	done
}

@test "each begins where the organisation is as its manifests say" {
	for review in new-account clean-up smuggled; do
		ends 0 validate --strict "$reviews/$review/before"
		ends 0 validate "$reviews/$review/after"
		ends 0 plan --live "$reviews/$review/live.yaml" \
			--detailed-exitcode "$reviews/$review/before"
		ends 2 plan --live "$reviews/$review/live.yaml" \
			--detailed-exitcode "$reviews/$review/after"
	done
}

@test "the dangerous lines are the first, among 300" {
	cd "$reviews/smuggled"
	[ "$(diff -r before after | grep -c '^> .*spring campaign')" -ge 300 ]
	sed -n 2p comment.md | grep -q \
		'^## 2 administrator rights granted, 1 account moves to another credential'
	sed -n 8p comment.md | grep -q 'system-administrator.*invite-sorter'
	sed -n 9p comment.md | grep -q 'User Management API.*photo-checker'
	sed -n 12p comment.md | grep -q 'leaflet-maker.*leaflet-maker-2025.*leaflet-sandbox'
	[ "$(grep -c '^::error ' annotations.txt)" -eq 3 ]
	head -n 3 annotations.txt | grep -c '^::error ' | grep -qx 3
	[ "$(grep -c '<li>' page.html)" -ge 300 ]
	grep -m 1 '<li>' page.html | grep -q 'system-administrator'
}

# What stands open of a comment, folds closed.
open_lines() {
	sed '/^<details>/,/^<\/details>$/d' "$1" | grep -c .
}

@test "one screen is enough: what is open has at most 20 lines, and every name is there" {
	for review in new-account clean-up smuggled; do
		[ "$(open_lines "$reviews/$review/comment.md")" -le 20 ]
	done
	[ "$(grep -c '^-     ' "$reviews/clean-up/comment.md")" -eq 60 ]
	[ "$(grep -c '^+     ' "$reviews/smuggled/comment.md")" -eq 300 ]
}

# Whether the first ten lines of that pull request's text have one like each of these, in that
# order.
ten_lines_have() {
	local text="$reviews/$1/plan.txt" at=0 line
	shift
	for pattern in "$@"; do
		line=$(head -n 10 "$text" | grep -n -m 1 -e "$pattern" | cut -d: -f1)
		echo "line ${line:-none}: $pattern"
		[ "${line:-0}" -gt "$at" ]
		at=$line
	done
}

@test "ten lines of text say what changes, what is dangerous, and which line causes it" {
	ten_lines_have smuggled '^Plan: 302 to add' \
		'^2 administrator rights granted, 1 account moves' \
		'system-administrator → invite-sorter  manifests/retail.yaml:108$' \
		'API User Management API → photo-checker  manifests/web-studio.yaml:185$' \
		'leaflet-maker: credential "leaflet-maker-2025" → "leaflet-sandbox"  manifests/brand.yaml:124$' \
		'Adobe Express / Default → 75 .* and 74 more$'
	ten_lines_have clean-up '(62 removals withheld)' \
		'^No administrator right granted, 2 accounts deleted, 60 other' \
		'gallery-sender: .* manifests/campaigns.yaml:73$' \
		'mockup-sender: .* manifests/campaigns.yaml:127$' \
		'Adobe Express / Default from 17 ' 'maxRemovals: .* allow with --allow-remove 62' \
		'and 15 more, below$'
	ten_lines_have new-account '^No administrator right granted' '+ technical account ' \
		'+ Substance 3D / Rendering .* manifests/accounts.yaml:39:7$'
}

# last_rows COUNT FILE: so many rows at the end of a terminal of 80 columns.
last_rows() {
	sed 's/\x1b\[[0-9;]*m//g; s/\r$//' "$2" | LC_ALL=C.UTF-8 grep -oE '^$|.{1,80}' |
		tail -n "$1"
}

@test "who is asked for consent has the dangerous lines on the screen" {
	needs_terminals
	cp -R "$reviews/smuggled/after" manifests
	cp "$reviews/smuggled/live.yaml" live.yaml
	types 'no\n' 'apply --live live.yaml manifests'
	[ "$status" -eq 1 ]
	last_rows 12 stdout >seen
	grep -q '^2 administrator rights granted, 1 account moves' seen
	grep -q '^  + system-administrator → invite-sorter' seen
	grep -q '^  + API User Management API → photo-checker' seen
	grep -q '^  ~ leaflet-maker: credential' seen
	grep -q 'Apply?' seen

	types 'no\n' 'apply --live live.yaml manifests >elsewhere'
	[ "$status" -eq 1 ] && [ "$(wc -l <stdout)" -lt 5 ]
	grep -q '^Plan: 302 to add.* 2 administrator rights granted' stdout
}

@test "a plan that fills a screen ends with what is dangerous, a short one does not repeat it" {
	tail -n 5 "$reviews/smuggled/plan.txt" >end
	head -n 1 end | grep -q '^2 administrator rights granted'
	tail -n 10 "$reviews/clean-up/plan.txt" >end
	head -n 1 end | grep -q '2 accounts deleted'
	tail -n 2 "$reviews/clean-up/plan.txt" | grep -q 'and 15 more, above$'
	[ "$(grep -c 'administrator right granted' "$reviews/new-account/plan.txt")" -eq 1 ]
}
