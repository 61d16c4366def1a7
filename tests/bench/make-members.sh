#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make-members.sh VERSIONS FOLDER: a git repository in FOLDER whose org/members.yaml, a list of some
# 1,500 members in the order of their names, has that many versions. From one to the next one member
# leaves and up to three come.
set -eu
versions=$1 folder=$2
git init -q -b main "$folder"
awk -v n="$versions" '
	function line(i) { return sprintf("    - {user: user%06d@example.com}\n", i) }
	BEGIN {
		head = "apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: file}\n---\n" \
			"apiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: robot}\nspec: {}\n---\n" \
			"apiVersion: writ/v1\nkind: ProductAssignment\nmetadata: {name: express}\nspec:\n" \
			"  product: Adobe Express\n  profile: Default\n  members:\n    - robot\n"
		seed = 7
		for (i = 0; i < 1500; i++) at[++count] = i * 600
		for (k = 0; k < n; k++) {
			if (k) leave(k * 37 % count + 1)
			for (i = 0; k && i <= k % 3; i++) {
				seed = (seed * 16807) % 2147483647
				come(seed % 900000)
			}
			text = head
			for (i = 1; i <= count; i++) text = text line(at[i])
			printf "commit refs/heads/main\n"
			printf "committer Ann <ann@example.com> %d +0000\n", 1700000000 + k * 3600
			printf "data <<MESSAGE\nmembers %d\nMESSAGE\n", k
			printf "M 100644 inline org/members.yaml\ndata %d\n%s\n", length(text), text
		}
	}
	function leave(i) {
		for (; i < count; i++) at[i] = at[i + 1]
		count--
	}
	function come(v,   i) {
		for (i = 1; i <= count; i++) if (at[i] == v) return
		for (i = count++; i >= 1 && at[i] > v; i--) at[i + 1] = at[i]
		at[i + 1] = v
	}
	' | git -C "$folder" fast-import --quiet
git -C "$folder" reset -q --hard
git -C "$folder" repack -adq
