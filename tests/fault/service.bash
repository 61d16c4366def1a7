# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2119,SC2120 # some tests give switches
# What the tests of an apply that is stopped share: a service that starts anew, a manifest with a
# change of each kind for it, and what it was told.

# service_setup: the setup() of a test that starts one.
service_setup() {
	load ../cli/helper
	load ../emulator/helper
	common_setup
	emulator_setup
}

# many_changes LAST: start.yaml, and wanted.yaml, which makes the accounts from 100 to LAST and
# gives ten others another product.
many_changes() {
	local i a='products: [{product: P, profile: A}]' b='products: [{product: P, profile: B}]'
	{
		organization ''
		echo 'status: {products: [{product: P, profile: A}, {product: P, profile: B}]}'
	} | tee start.yaml >wanted.yaml
	for i in $(seq 100 "$1"); do
		document TechnicalAccount "created-$i" "$a"
	done >>wanted.yaml
	for i in $(seq 10 19); do
		document TechnicalAccount "kept-$i" "$a" >>start.yaml
		document TechnicalAccount "kept-$i" "$b" >>wanted.yaml
	done
}

# three_accounts FOLDER: live.yaml, which holds a product more than the manifests in FOLDER say, the
# organisation's and one for each account, and than the snapshot.
three_accounts() {
	local i
	organization '' | tee "$1/0.yaml" >live.yaml
	echo 'status: {products: [{product: P, profile: A}, {product: P, profile: B}]}' >>live.yaml
	for i in 1 2 3; do
		document TechnicalAccount "account-$i" 'products: [{product: P, profile: A}]' |
			tee "$1/$i.yaml" >>live.yaml
	done
	ends 0 snapshot --live live.yaml --out snapshot
	sed -i '/^spec:/s/{product: P, profile: A}/&, {product: P, profile: B}/' live.yaml
}

# wants_accounts COUNT PROJECTS APIS: wanted.yaml has so many new ones, in projects in turn.
wants_accounts() {
	local n
	for n in $(seq "$1"); do
		document TechnicalAccount "new-account-$n" \
			"project: Project $((n % $2)), apis: [$3]"
	done | sed 1d | wants
}

# service_again [SWITCH...]: the service as it was at first, and nothing that another one left.
service_again() {
	rm -rf state sink
	emulator_stop
	rm -f ./*.secret live.*
	cp "$WRIT_ROOT/tests/emulator/live.yaml" live.yaml
	operated_start "$@"
}

# A service from which an account, a grant to be given and one to be taken are wanted; its log
# begins here.
service_with_work() {
	service_again
	organization_adds 'patience: 2'
	own_account
	control POST give \
		'{"email":"joe.doe@example.com","product":"Adobe Express","profile":"Beta"}' >put
	control DELETE log >put
}

# wants_account_and_members MEMBERS [MORE]: an account to be made, and these members of a profile.
wants_account_and_members() {
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: brand-new}
		spec: {project: Brand New, apis: [$STORAGE_API]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: beta}
		spec: {product: Adobe Express, profile: Beta, members: [$1]${2:+, $2}}
	END
}

wants_each_kind() {
	wants_account_and_members '{user: kim@example.com}, {user: jane@example.com}' \
		'unlisted: remove'
}

# What the service changed, without the numbers that it made up.
told() {
	changes | sed 's/^\(secret.create [^ ]*\) .*/\1/' | sort
}

# The service was told each change of `due` once, the secret is where it belongs, and nothing is
# left.
all_is_done_once() {
	told >made
	diff due made || return
	[ -s sink/brand-new ] || { echo 'the sink is empty'; return 1; }
	ends 0 plan --detailed-exitcode wanted.yaml || return
	ends 0 ledger verify
}
