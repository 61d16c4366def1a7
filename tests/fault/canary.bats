#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# No secret is in what a run says or leaves, whatever fails beside it: the client secret of writ's
# own account, the person's token, the tokens that the service gives and the secret of the account
# that is made, as they are, in hexadecimal and in base64 at each alignment. What it leaves is also
# the snapshot and each object of its repository. Of the calls and pieces of memory every
# CANARY_STEP-th fails; each fault of the service comes at its first, second and fourth request.

setup() {
	load service
	service_setup
	git_setup
	export WRIT_CONFIG=$PWD/config.yaml
	skip_sanitized
	SHIM=$(dirname "$WRIT")/fault/shim.so ALLOC=$(dirname "$WRIT")/fault/alloc.so
	[ -e "$SHIM" ] || skip 'calls of this program cannot fail'
	[ -e "$ALLOC" ] || skip 'memory cannot be refused to this program'
}

teardown() {
	emulator_stop
}

begin() {
	service_with_work
	wants_each_kind
	rm -rf left hit repo
	mkdir left
	git init -q repo
}

# The repository as it stands in files, and each of its objects inflated, whether it has a name or
# not.
gather_repository() {
	cp -R repo left/
	git -C repo cat-file --batch-all-objects --batch --buffer >left/objects || :
}

# faulty VARIABLE...: an apply that tells all it can, with these in its environment.
faulty() {
	status=0
	env "$@" "$WRIT" apply --log debug --auto-approve --allow-remove 100% \
		--snapshot repo/org --commit --format json=left/result.json wanted.yaml \
		>left/out 2>left/err </dev/null || status=$?
	[ ! -d state ] || cp -R state left/
	gather_repository
	find . -maxdepth 1 -name 'core*' -exec mv {} left/ \;
}

# needles: every form of the secrets, a line each.
needles() {
	local file
	for file in asset-archiver.secret user-token sink/brand-new; do
		[ -s "$file" ] || continue
		perl -MMIME::Base64 -e '
			local $/;
			my $word = <STDIN>;
			chomp $word;
			my @forms = ($word, unpack("H*", $word), uc unpack("H*", $word));
			for my $before (0 .. 2) {
				my $text = encode_base64(("\0" x $before) . $word, "");
				$text =~ s/=+$//;
				$text = substr($text, $before ? 4 : 0, -4);
				(my $url = $text) =~ tr{+/}{-_};
				push @forms, $text, $url;
			}
			print map { "$_\n" } @forms;' <"$file"
	done
	# Tokens that the service gave begin as the one that was lent does, and go on differently.
	head -c 30 user-token
	echo
}

# clean WHAT: nothing of them is in what is left.
clean() {
	needles >words
	[ "$(wc -l <words)" -gt 15 ] || return
	if grep -rlFf words left; then
		echo "behind $1"
		return 1
	fi
}

@test "the scan finds each form" {
	begin
	mapfile -t forms < <(needles)
	for form in "${forms[@]}"; do
		echo "x${form}y" >left/out
		run ! clean 'a form'
	done
	echo nothing >left/out
	clean nothing
}

@test "the scan looks into commits, also into those without a name" {
	begin
	faulty A=1
	[ "$status" -eq 0 ]
	clean 'an apply'
	grep -q '^    brand-new$\|name: brand-new' left/objects
	cp sink/brand-new repo/org/made.txt
	git -C repo add org/made.txt
	git -C repo reset -q --hard
	[ -z "$(git -C repo status --porcelain)" ]
	gather_repository
	run ! clean 'a blob'
	grep -q objects <<<"$output"
}

# sweep WHAT STEP VARIABLE LIBRARY [WORD...]: each STEP-th of what the library counts fails, alone
# and with all that follow.
sweep() {
	local kind n count=0
	for kind in '' +; do
		for ((n = 1; ; n += $2)); do
			begin
			faulty "$3=$n$kind" "$3_LOG=$PWD/hit" "LD_PRELOAD=$4" "${@:5}"
			[ -e hit ] || break
			clean "$1 $n$kind"
			count=$((count + 1))
		done
	done
	echo "# $count of $1" >&3
	[ "$count" -gt 3 ]
}

@test "calls that fail" {
	sweep call "${CANARY_STEP:-61}" WRIT_FAULT "$SHIM" "WRIT_FAULT_BELOW=$PWD"
}

@test "memory that is refused" {
	sweep piece $((20 * ${CANARY_STEP:-61})) WRIT_ALLOC "$ALLOC"
}

# The rest of each fault, as the emulator is told it.
faults() {
	cat <<-'END'
		"kind":"status","status":500,"phase":"after"
		"kind":"status","status":403,"phase":"before"
		"kind":"unauthorized"
		"kind":"expire"
		"kind":"redirect","location":"http://127.0.0.1:9/","phase":"before"
		"kind":"reset","bytes":40,"phase":"after"
		"kind":"truncate","bytes":120,"phase":"after"
		"kind":"garbage","phase":"after"
		"kind":"html","phase":"after"
		"kind":"duplicate-keys"
		"kind":"large"
	END
}

@test "a service that fails" {
	count=0
	while read -r fault; do
		for nth in 1 2 4; do
			begin
			control POST faults "{\"nth\":$nth,\"count\":1,$fault}" >ordered
			run ! grep '"ok":false' ordered
			faulty A=1
			clean "$fault at request $nth"
			count=$((count + 1))
		done
	done < <(faults)
	echo "# $count faults" >&3
}
