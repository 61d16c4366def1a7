#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Who wrote a line: the git program is the witness, over a history as organisations' member lists
# have it.

setup() {
	load helper
	common_setup
	git_setup
	unset GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	git init -q org
	cd org || return
	mkdir config
	organization >config/organization.yaml
	commit 'the organisation' Root
}

DAY=0

# commit MESSAGE AUTHOR [OPTION...]: all of the work tree, a day after the last.
commit() {
	DAY=$((DAY + 1))
	local day
	day=$(date -u -d "2020-01-01 +$DAY days" +%Y-%m-%dT12:00:00Z)
	git add -A
	GIT_AUTHOR_NAME=$2 GIT_AUTHOR_DATE=$day GIT_COMMITTER_DATE=$day git commit -q \
		-m "$1" "${@:3}"
}

# team NAME ROLE MEMBER...: a document of a role with its members.
team() {
	printf '%s\n' 'apiVersion: writ/v1' 'kind: AdminRole' "metadata: {name: $1}" spec: \
		"  role: $2" '  members:'
	printf -- '    - user: %s@example.com\n' "${@:3}"
}

# told: who writ says wrote each line that grants something, "FILE:LINE COMMIT".
told() {
	ends 0 who role config --format json
	jq -r '.grants[].declarations[] | "\(.location.file):\(.location.line) \(.since.commit)"' \
		stdout | sort
}

# witness [OPTION...]: the same of the git program.
witness() {
	jq -r '.grants[].declarations[].location | "\(.file):\(.line)"' stdout | sort |
		while IFS=: read -r file line; do
			echo "$file:$line $(git blame -w -C -l -s -- "$file" | sed -n "${line}p" |
				tr -d '^' | cut -d ' ' -f 1 | cut -c 1-40)"
		done
}

agrees() {
	told >first
	witness >second
	rm -f config/stdout
	mv first second ..
	[ "$(wc -l <../first)" -ge "${LINES_DUE:-2}" ]
	diff ../second ../first
}

# Members come and go by pull requests, files are renamed, split, joined and formatted.
history() {
	local i name
	RANDOM=$1
	team admins support-administrator ann bob carol dave >config/admins.yaml
	team storage storage-administrator erin frank >config/storage.yaml
	commit 'first teams' Ann
	for i in $(seq "$2"); do
		name="member$RANDOM"
		file=$(find config -name '*.yaml' ! -name organization.yaml | sort |
			sed -n "$((RANDOM % 2 + 1))p")
		git checkout -q -b "pr$i"
		case $((RANDOM % 6)) in
		0) sed -i "0,/^  members:/s//  members:\n    - user: $name@example.com/" "$file" ;;
		1) echo "    - {user: $name@example.com, reason: joined in $i}" >>"$file" ;;
		2)
			[ "$(grep -c user: "$file")" -lt 4 ] ||
				sed -i '0,/^ *- user: member/{/^ *- user: member/d}' "$file"
			echo "    - user: $name@example.com" >>"$file"
			;;
		3) sed -i 's/^    - /      -   /; s/^      -   {/    - {/' "$file" ;;
		4) git mv "$file" "config/moved$i.yaml" ;;
		5) sed -i "s/^spec:/spec: # seen in $i/" "$file" ;;
		esac
		sed -i 's/^      -   /    - /' config/*.yaml
		[ -z "$(git status --porcelain)" ] || commit "change $i" "Author$((RANDOM % 7))"
		git checkout -q main
		DAY=$((DAY + 1))
		day=$(date -u -d "2020-01-01 +$DAY days" +%Y-%m-%dT12:00:00Z)
		GIT_AUTHOR_DATE=$day GIT_COMMITTER_DATE=$day git merge -q --no-ff \
			-m "Merge pull request #$i" "pr$i"
	done
}

@test "each line is the commit's that git blame -w -C names, over a long history of members" {
	history 7 40
	[ "$(git rev-list --count HEAD)" -gt 60 ]
	LINES_DUE=15
	agrees
}

@test "a file that was renamed, and edited since, is followed" {
	team admins support-administrator ann bob carol >config/admins.yaml
	commit 'first team' Ann
	git mv config/admins.yaml config/people.yaml
	commit 'another name' Mover
	sed -i 's/bob@/robert@/' config/people.yaml
	commit 'Bob is Robert' Bob
	agrees
	[ "$(jq -r '[.grants[].declarations[0].since.author] | join(" ")' stdout)" = 'Ann Ann Bob' ]
}

@test "documents that moved to a file of their own are followed" {
	{
		team admins support-administrator ann-of-administration bob-of-administration
		echo ---
		team storage storage-administrator carol-of-storage dave-of-storage
	} >config/all.yaml
	commit 'all teams' Ann
	team admins support-administrator ann-of-administration bob-of-administration \
		>config/all.yaml
	team storage storage-administrator carol-of-storage dave-of-storage >config/storage.yaml
	commit 'a file each' Mover
	agrees
	[ "$(jq -r '[.grants[].declarations[0].since.author] | unique | join(" ")' stdout)" = Ann ]
}

@test "white space is looked through, and a checkout with CR LF as well" {
	team admins support-administrator ann bob >config/admins.yaml
	commit 'first team' Ann
	sed -i 's/^    - /  -   /' config/admins.yaml
	commit 'another indentation' Formatter
	agrees
	sed -i 's/$/\r/' config/admins.yaml
	ends 0 who role config --format json
	[ "$(jq -r '[.grants[].declarations[0].since.author] | unique | join(" ")' stdout)" = Ann ]
}

@test "listed commits are looked through where they changed no word, and nowhere else" {
	document AdminRole admins 'role: support-administrator,
		members: [{user: ann@example.com, reason: first}, {user: bob@example.com}]' |
		sed 1d >config/admins.yaml
	commit 'first team' Ann
	cat >config/admins.yaml <<-'END'
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: admins}
		spec:
		  role: support-administrator
		  members:
		    - "user": "ann@example.com"
		      reason: first
		    - {user: eve@example.com}
	END
	commit 'style: only the form' Formatter
	authors() {
		ends 0 who role config --format json
		jq -r '[.grants[] | .principal.name + " " + .declarations[0].since.author] |
			join(", ")' stdout
	}
	[ "$(authors)" = 'ann@example.com Formatter, eve@example.com Formatter' ]
	git rev-parse HEAD >.git-blame-ignore-revs
	# Of no commit yet, it says nothing.
	[ "$(authors)" = 'ann@example.com Formatter, eve@example.com Formatter' ]
	commit 'what blame ignores' Formatter
	[ "$(authors)" = 'ann@example.com Ann, eve@example.com Formatter' ]
	git rm -q .git-blame-ignore-revs
	commit 'nothing is ignored' Formatter
	{ echo '# style'; git rev-parse HEAD~2; } >.git/ignored
	git config blame.ignoreRevsFile .git/ignored
	[ "$(authors)" = 'ann@example.com Ann, eve@example.com Formatter' ]
	git config --add blame.ignoreRevsFile ''
	[ "$(authors)" = 'ann@example.com Formatter, eve@example.com Formatter' ]
}

@test "a shallow clone blames nobody for what is older than it" {
	team admins support-administrator ann bob >config/admins.yaml
	commit 'first team' Ann
	echo '    - user: carol@example.com' >>config/admins.yaml
	commit 'Carol' Carol
	echo read >README
	commit 'docs' Bot
	git clone -q --depth 1 "file://$PWD" ../one
	git clone -q --depth 2 "file://$PWD" ../two
	git clone -q --depth 3 "file://$PWD" ../three
	cd ../one
	ends 1 who role config --format json
	[ "$(jq -c '[.grants[].declarations[0] | [.committed, .since, .merge]] | unique' \
		stdout)" = '[[true,null,null]]' ]
	ends 1 who role config
	[ "$(grep -c 'not known here, by 2020-.* the clone is shallow' stdout)" -eq 3 ]
	if grep -q Bot stdout; then return 1; fi
	cd ../two
	ends 1 who role config --format json
	[ "$(jq -c '[.grants[].declarations[0].since]' stdout)" = '[null,null,null]' ]
	cd ../three
	ends 1 who role config --format json
	[ "$(jq -c '[.grants[].declarations[0].since.author]' stdout)" = '[null,null,"Carol"]' ]
	ends 0 why user/carol@example.com all config
	git fetch -q --unshallow
	ends 0 who role config --format json
	[ "$(jq -c '[.grants[].declarations[0].since.author]' stdout)" = '["Ann","Ann","Carol"]' ]
}

@test "a partial clone says what it lacks" {
	git config uploadpack.allowFilter true
	team admins support-administrator ann bob >config/admins.yaml
	commit 'first team' Ann
	team admins support-administrator ann bob carol >config/admins.yaml
	commit 'Carol' Carol
	for filter in blob:none tree:0; do
		partial=../partial-${filter%:*}
		git clone -q --filter="$filter" "file://$PWD" "$partial"
		ends 1 who role "$partial/config" --format json
		jq -e '[.grants[].declarations[0].since] | unique == [null]' stdout
		grep -q 'no commits are told: .* as in a partial clone' stderr ||
			{ cat stderr; return 1; }
		git -C "$partial" -c gc.auto=0 fetch -q --refetch --no-filter
		ends 0 who role "$partial/config" --format json
		[ "$(jq -c '[.grants[].declarations[0].since.author]' stdout)" = \
			'["Ann","Ann","Carol"]' ]
	done
}

@test "reviews are claims, unless an allowed signer signed the merge" {
	ssh-keygen -q -t ed25519 -N '' -f ../key -C merger
	echo "merger@example.com $(cut -d ' ' -f 1-2 ../key.pub)" >../signers
	(cd .. && operator_says <<<'signers: signers')
	chmod 600 ../signers
	git config gpg.format ssh
	git config user.signingkey "$PWD/../key"
	# merged OPTION...: who is told to have reviewed, and whether that is a claim.
	merged() {
		git checkout -q -B topic main
		team admins support-administrator "$1" >config/admins.yaml
		commit "team of $1" Ann ${2:+-m "$2"}
		git checkout -q main
		git merge -q --no-ff -m 'Merge pull request' \
			-m 'Reviewed-by: Rita <rita@example.com>' "${@:3}" topic
		ends 0 who role config --format json --config ../config.yaml
		jq -c '.grants[0].declarations[0] | [.reviewers, .reviewers_claimed]' stdout
	}
	[ "$(merged ann '')" = '["Rita <rita@example.com>",true]' ]
	[ "$(merged bob '' -S)" = '["Rita <rita@example.com>",false]' ]
	# What the author says beside is a claim again.
	[ "$(merged carol 'Approved-by: Otto <otto@example.com>' -S)" = \
		'["Rita <rita@example.com>, Otto <otto@example.com>",true]' ]
	ssh-keygen -q -t ed25519 -N '' -f ../other -C other
	git config user.signingkey "$PWD/../other"
	[ "$(merged dave '' -S)" = '["Rita <rita@example.com>",true]' ]
	ends 0 who role config --config ../config.yaml
	grep -q 'reviewed  by Rita <rita@example.com> (claimed: no signed merge says so)' stdout
}
