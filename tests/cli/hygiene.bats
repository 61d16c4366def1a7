#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a process leaves behind when it has to end, and whom it lets look.

setup() {
	load helper
	common_setup
	quickstart
}

@test "a file that grows past its limit is an error and no signal" {
	status=0
	(
		ulimit -f 1
		exec "$WRIT" plan --live live.yaml --out plan.json manifests 2>stderr >/dev/null
	) || status=$?
	[ "$status" -eq 1 ]
	grep -q 'File too large' stderr
	[ ! -e plan.json ]
}

@test "memory that runs out is a sentence and status 1" {
	head -c 900000 /dev/zero | tr '\0' '#' >manifests/big.yaml
	seen=0
	for kilobytes in $(seq 8000 700 40000); do
		status=0
		(
			ulimit -v "$kilobytes"
			exec "$WRIT" validate manifests
		) >stdout 2>stderr || status=$?
		# 127: the loader itself had too little.
		case $status in
		0 | 127) ;;
		1)
			grep -qE 'out of memory|Cannot allocate memory|^writ: error: lib' stderr
			seen=1
			;;
		*)
			echo "$kilobytes KiB: $status"
			cat stderr
			return 1
			;;
		esac
	done
	[ "$seen" -eq 1 ]
}

@test "no core is dumped, and no other process of the user looks in" {
	mkfifo slow.yaml
	(
		ulimit -c unlimited
		exec "$WRIT" validate - <slow.yaml >/dev/null 2>&1
	) &
	program=$!
	exec 9>slow.yaml
	while [ "$(cat /proc/$program/comm)" != writ ] ||
		grep -q 'Max core file size *unlimited' /proc/$program/limits; do
		sleep 0.05
	done
	grep -q 'Max core file size *0 *0 ' /proc/$program/limits
	[ "$(stat -c %u /proc/$program/mem)" = 0 ]
	kill -ABRT "$program"
	exec 9>&-
	wait "$program" || true
	run ls core*
	[ "$status" -ne 0 ]
}

@test "a result that has no place is told before anything is done; folders of many are made" {
	for option in --format=json=none/result.json --export-csv=none/left.csv --format=text=.; do
		ends 1 apply --live live.yaml --auto-approve "$option" manifests
		grep -qE 'its folder is not there; make it first|is a folder; the name of a file' stderr
	done
	ends 1 plan --live live.yaml --out none/plan.json manifests
	grep -q 'none/plan.json cannot be written: its folder is not there' stderr
	[ ! -e none ]
	ends 2 plan --live live.yaml --detailed-exitcode manifests
	mkdir below
	cd below
	git init -q .
	ends 0 import --live ../live.yaml --out ../away/a/manifests
	ends 0 snapshot --live ../live.yaml --out ../apart/snapshot
	ends 0 init ../new/start
	ls ../away/a/manifests/organization.yaml ../apart/snapshot/organization.yaml ../new/start
}

@test "no result is written through a link, and nothing is done before that is known" {
	mkdir home checkout
	mv manifests checkout/
	echo kept >home/profile
	ln -s ../home/profile checkout/plan.json
	ln -s ../home/profile checkout/good.json.sig
	ln -s ../home checkout/folder
	git init -q checkout
	cd checkout
	for option in --out=plan.json --format=json=plan.json --out=good.json --out=folder/new \
		--format=text=folder/profile; do
		ends 1 plan --live ../live.yaml "$option" manifests
		grep -q 'is a symbolic link; nothing is written through one' stderr
	done
	ends 1 apply --live ../live.yaml --auto-approve --allow-remove '100%' \
		--export-csv folder/rows.csv manifests
	ends 1 import --live ../live.yaml --out folder/new
	ends 1 snapshot --live ../live.yaml --out folder/org
	ends 1 expiring --format ics=folder/dates.ics manifests
	cd .. || return 1
	[ "$(cat home/profile)" = kept ]
	[ "$(ls home)" = profile ]
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

@test "a saved plan is for its user alone, whatever the umask" {
	umask 0
	touch plan.json
	chmod 666 plan.json
	ends 0 plan --live live.yaml --out plan.json --format json=second.json manifests
	[ "$(stat -c %a plan.json second.json | sort -u)" = 600 ]
	ends 4 apply --live live.yaml --plan plan.json
	[ -z "$(find state -type f ! -perm 600)" ]
	[ -z "$(find state -mindepth 1 -type d ! -perm 700)" ]
}

@test "state that others may write is not used" {
	for folder in state state/writ; do
		rm -rf state
		install -d -m 700 state state/writ
		chmod 777 "$folder"
		ends 1 apply --live live.yaml --auto-approve --allow-remove '100%' manifests
		grep -q 'may be written by others' stderr
	done
	rm -rf state
	install -d -m 700 state real
	ln -s ../real state/writ
	ends 1 apply --live live.yaml --auto-approve --allow-remove '100%' manifests
	grep -q 'is no folder' stderr
	if [ "$(id -u)" = 0 ]; then
		rm -rf state
		install -d -m 700 state state/writ
		chown 65534 state/writ
		ends 1 apply --live live.yaml --auto-approve --allow-remove '100%' manifests
		grep -q 'belongs to another user' stderr
	fi
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

@test "a lock that somebody else has is waited for, ten seconds at most" {
	mkdir place
	mv live.yaml place/live.yaml
	ends 0 snapshot --live place/live.yaml --snapshot snapshots/acme
	sed -i 's/description: Copies/description: Moves/' place/live.yaml
	mkdir one two
	flock -F place sleep 60 3>&- &
	first=$!
	flock -F snapshots/.acme.writ sleep 60 3>&- &
	second=$!
	(cd one && ends 7 apply --live ../place/live.yaml --auto-approve --allow-remove 1 \
		../manifests) &
	apply=$!
	(cd two && ends 8 snapshot --live ../place/live.yaml --snapshot ../snapshots/acme) &
	snapshot=$!
	began=$SECONDS
	wait "$apply" && wait "$snapshot"
	[ $((SECONDS - began)) -le 20 ]
	kill "$first" "$second"
	grep -q "another process has the lock of $PWD/place\$" one/stderr
	grep -q 'another process has the lock of ../snapshots/.acme.writ$' two/stderr
	# Nothing has begun, and one that is free again is taken.
	ends 0 apply --live place/live.yaml --auto-approve --allow-remove 1 manifests
}
