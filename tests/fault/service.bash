# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2119,SC2120 # some tests give switches
# What the tests of an apply that is stopped share: a service that starts anew, a manifest with a
# change of each kind for it, and what it was told.

# service_again [SWITCH...]: the service as it was at first, and nothing that another one left.
service_again() {
	rm -rf state sink
	emulator_stop
	rm -f ./*.secret live.*
	cp "$WRIT_ROOT/tests/emulator/live.yaml" live.yaml
	operated_start "$@"
}

# writ_is_its_own_account: it works with the secret of the account asset-archiver.
writ_is_its_own_account() {
	organization_adds 'policy: {minHolders: 0}' \
		"server: {clientId: $CLIENT, clientSecret: {file: asset-archiver.secret}}"
}

# A service from which an account, a grant to be given and one to be taken are wanted; its log
# begins here.
service_with_work() {
	service_again
	organization_adds 'patience: 2'
	writ_is_its_own_account
	control POST give '{"email":"joe.doe@example.com","product":"Adobe Express","profile":"Beta"}' >put
	control DELETE log >put
}

wants_each_kind() {
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: brand-new}
		spec: {project: Brand New, apis: [$STORAGE_API]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: beta}
		spec:
		  product: Adobe Express
		  profile: Beta
		  unlisted: remove
		  members: [{user: kim@example.com}, {user: jane@example.com}]
	END
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
