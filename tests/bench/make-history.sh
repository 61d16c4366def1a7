#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make-history.sh SNAPSHOTS ACCOUNTS FOLDER: a git repository in FOLDER with that many snapshots of
# an organisation of that many accounts with four grants each, of which about five change from one
# to the next. Snapshots are commits of stock git.
set -eu
snapshots=$1 accounts=$2 folder=$3
mkdir -p "$folder"
git init -q -b main "$folder/repo"
awk -v n="$accounts" 'BEGIN {
	print "apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: file}\nstatus:\n  products:"
	for (p = 0; p < 20; p++) printf "    - {product: Product %d, profile: Default}\n", p
	for (a = 0; a < n; a++) {
		printf "---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: account-%06d}\nspec:\n", a
		printf "  adminRoles: [%s]\n  products:\n", a % 10 ? "" : "storage-administrator"
		for (p = 0; p < 4; p++)
			printf "    - {product: Product %d, profile: Default}\n", (a + p * 5) % 20
	}
}' >"$folder/live.yaml"
"$WRIT" snapshot --live "$folder/live.yaml" --snapshot "$folder/repo/acme" >/dev/null
cp "$folder/repo/acme/technical-accounts.yaml" "$folder/accounts.yaml"
{
	cat <<-END
		commit refs/heads/main
		committer Ann <ann@example.com> 1700000000 +0000
		data <<MESSAGE
		acme: first snapshot

		Writ-Drift: snapshot
		MESSAGE
	END
	for file in "$folder"/repo/acme/*.yaml; do
		printf 'M 100644 inline acme/%s\ndata %d\n' "${file##*/}" "$(wc -c <"$file")"
		cat "$file"
		echo
	done
	# Each snapshot moves five grants to other profiles.
	awk -v n="$snapshots" '
		{ line[NR] = $0; if ($0 ~ /product: Product/) at[++grants] = NR }
		END {
			for (k = 1; k < n; k++) {
				for (i = 0; i < 5; i++)
					sub(/profile: [A-Za-z0-9]+/, "profile: P" k,
						line[at[(k * 5 + i) * 37 % grants + 1]])
				size = 0
				for (r = 1; r <= NR; r++) size += length(line[r]) + 1
				printf "commit refs/heads/main\n"
				printf "committer Ann <ann@example.com> %d +0000\n", \
					1700000000 + k * 3600
				printf "data <<MESSAGE\nacme: 5 added, 0 changed, "
				printf "5 removed\n\n"
				printf "Writ-Run: run-%06d\nMESSAGE\n", k
				printf "M 100644 inline acme/technical-accounts.yaml\n"
				printf "data %d\n", size
				for (r = 1; r <= NR; r++) print line[r]
				print ""
			}
		}' "$folder/accounts.yaml"
} | git -C "$folder/repo" fast-import --quiet
git -C "$folder/repo" reset -q --hard
