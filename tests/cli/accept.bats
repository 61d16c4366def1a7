#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Drift that is written into the manifests, or ignored there.

setup() {
	load helper
	common_setup
	manifests >m.yaml
	acme live.yaml <<-'END'
		status:
		  products: [{product: Express, profile: Default},
		    {product: Express, profile: Templates}, {product: Stock, profile: "A, B"}]
		  users: [jane@example.com, omar@example.com]
		  groups: [Ops, Designers]
	END
	ends 0 apply --live live.yaml --auto-approve --allow-admin-grants 100 m.yaml
	ends 0 snapshot --live live.yaml --out snapshot
	cp m.yaml before.yaml
	cp live.yaml live-before.yaml
}

manifests() {
	cat <<-'END'
		# These manifests describe acme.
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec:
		  provider: file # the service
		  unlisted: report
		---
		apiVersion: writ/v1
		kind: AccessBundle
		metadata: {name: storage-access}
		spec:
		  adminRoles:
		    - {role: storage-administrator, reason: moves content} # for all of them
		---
		# It archives.
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata:
		  name: archiver
		  labels: {team: media} # who
		spec:
		  description: >-
		    Moves
		    files
		  owner: media@example.com # who answers
		  bundles: [storage-access]
		  products:
		    # Express
		    - {product: Express, profile: Default} # all have it
		    - {product: Express, profile: Templates}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: reader}
		spec: {adminRoles: [support-administrator], products: []} # reads
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: leaver}
		spec:
		  adminRoles: []
		# Who has what
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: templates}
		spec:
		  product: Express
		  profile: Templates
		  unlisted: remove
		  members:
		    - user: jane@example.com
		      reason: she makes them # really
		    # accounts
		    - leaver
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: sysadmins}
		spec: {role: system-administrator, unlisted: remove,
		  members: [{user: jane@example.com}, {group: Ops}]}
	END
}

MOVES="rename describe label take-product give-product leave role more-roles admin member newcomer \
stock owner"

# meddle MOVE...: somebody changes the live organisation.
meddle() {
	for move; do
		MOVE=$move perl -0777 -pi "$WRIT_ROOT/tests/cli/meddle.pl" live.yaml
	done
}

# admins_too: the operator lets manifests ignore drift of admin roles.
admins_too() {
	operator_says <<<'policy: {ignoreAdminDrift: true}'
	export WRIT_CONFIG=$PWD/config.yaml
}

# drift ARGUMENT...: `writ drift` on these files.
drift() { ends "$1" drift --live live.yaml --base snapshot "${@:2}"; }

# drift_changes: how many changes of a plan take drift back.
drift_changes() {
	"$WRIT" plan --live live.yaml --base snapshot --format json m.yaml >plan.json 2>errors ||
		return
	grep -c '"since_snapshot": "drift"' plan.json || true
}

# mark ADDRESS-END: the fingerprint of a drift.
mark() {
	"$WRIT" drift --live live.yaml --base snapshot --format json >found || true
	grep "$1\"" found | sed -n 's/.*"fingerprint": "\([^"]*\)".*/\1/p'
}

@test "all that drifted is written, and only the lines concerned" {
	# shellcheck disable=SC2086 # words
	meddle $MOVES
	[ "$(drift_changes)" -gt 10 ]
	drift 0 accept m.yaml
	assert_golden accept
	diff before.yaml m.yaml >stdout || true
	: >stderr
	assert_golden accept-diff
	[ "$(drift_changes)" -eq 0 ]
	ends 0 plan --live live.yaml --detailed-exitcode m.yaml
	cp m.yaml again.yaml
	drift 0 accept m.yaml
	cmp m.yaml again.yaml
}

@test "each drift alone and in sets: no plan reverts what was accepted, comments stay" {
	local set=1 bit move moves changes
	while [ "$set" -lt 8192 ]; do
		moves=
		bit=1
		for move in $MOVES; do
			[ $((set & bit)) -eq 0 ] || moves="$moves $move"
			bit=$((bit * 2))
		done
		cp before.yaml m.yaml
		cp live-before.yaml live.yaml
		# shellcheck disable=SC2086 # words
		meddle $moves
		changes=$(drift_changes)
		[ "$changes" -gt 0 ] || [ "$moves" = " stock" ] || [ "$moves" = " rename" ] ||
			{ echo "$moves: no drift"; return 1; }
		drift 0 accept m.yaml
		changes=$(drift_changes)
		[ "$changes" -eq 0 ] || { echo "$moves: $changes left"; cat m.yaml; return 1; }
		diff <(grep '^ *#' before.yaml) <(grep '^ *#' m.yaml)
		if [ $((set & (set - 1))) -eq 0 ] && [ "$set" -lt 4096 ]; then
			set=$((set * 2))
		elif [ $((set & (set - 1))) -eq 0 ]; then
			set=4099
		else
			set=$((set + 311))
		fi
	done
}

@test "what the manifests moved themselves stays pending" {
	sed -i 's/  owner: media@example.com/  owner: archive@example.com/' m.yaml
	meddle role describe
	drift 0 accept m.yaml
	grep -q 'owner: archive@example.com # who answers' m.yaml
	[ "$(drift_changes)" -eq 0 ]
	grep -q '"since_snapshot": "pending"' plan.json
}

@test "only the named drift is written" {
	meddle role more-roles describe
	ends 0 drift --live live.yaml --base snapshot accept "$(mark deployment-administrator)" \
		m.yaml
	roles='\[support-administrator, deployment-administrator\]'
	grep -q "^spec: {adminRoles: $roles, products: \[\]} # reads$" m.yaml
	[ "$(diff before.yaml m.yaml | grep -c '^>')" -eq 1 ]
	cp m.yaml again.yaml
	drift 1 accept 0123456789abcdef m.yaml
	grep -q 'no drift with the fingerprint "0123456789abcdef"' stderr
	cmp m.yaml again.yaml
}

@test "what cannot be written is told with its place, the rest is written" {
	sed -i 's/^    - storage-administrator$//; s/^  adminRoles:$/  adminRoles: []/' live.yaml
	perl -0777 -pi -e \
		's/(name: reader.*?adminRoles:) \[\]\n    - support/$1\n    - support/s' live.yaml
	meddle role
	drift 1 accept m.yaml
	assert_golden accept-refused
	grep -q deployment-administrator m.yaml
	sed -i 's/^  bundles: .*/  protect: true/' before.yaml
	cp before.yaml m.yaml
	perl -0777 -pi -e 's{apiVersion: writ/v1\nkind: TechnicalAccount
metadata:\n  name: archiver\n.*?---\n}{}s' live.yaml
	drift 1 accept "$(mark technicalAccount/archiver)" m.yaml
	grep -q '^m.yaml:17:1: error: the account is protected, and it is gone; .*\[E0605\]$' stderr
	cmp m.yaml before.yaml
}

@test "links, standard input, revisions and JSON are not written" {
	meddle role
	ln -s m.yaml link.yaml
	drift 1 accept link.yaml
	grep -q '"link.yaml" is a link' stderr
	drift 1 accept - <m.yaml
	grep -q 'standard input cannot be written back' stderr
	drift 1 accept HEAD:m.yaml
	grep -q '"HEAD:m.yaml": a revision cannot be changed' stderr
	mkdir manifests
	perl -0777 -pe 's{---\napiVersion: writ/v1\nkind: TechnicalAccount
metadata: \{name: reader\}.*?(?=---)}{}s' m.yaml >manifests/a.yaml
	jq -nc '{apiVersion: "writ/v1", kind: "TechnicalAccount", metadata: {name: "reader"},
		spec: {adminRoles: ["support-administrator"]}}' >manifests/reader.json
	cp -R manifests kept
	drift 1 accept manifests
	grep -q '^manifests/reader.json:1:1: error: JSON files are not edited; by hand: add deployment-administrator to adminRoles \[E0605\]$' stderr
	diff -r kept manifests
}

@test "what finishes a stopped run is quoted for a shell" {
	sed -i 's/^    - {product: Express, profile: Templates}$//' m.yaml
	mkdir "it's mine"
	mv m.yaml "it's mine/a b.yaml"
	cp before.yaml "it's mine/.a b.yaml.writ-new"
	ends 1 drift accept --live live.yaml --base snapshot "it's mine"
	eval "$(sed -n 's/.*finish with: \(.*\); or take back.*/\1/p' stderr)"
	cmp before.yaml "it's mine/a b.yaml"
	cd "it's mine"
	cp -- "a b.yaml" -x.yaml
	mv -- "a b.yaml" .-x.yaml.writ-new
	ends 1 drift accept --live ../live.yaml --base ../snapshot -- -x.yaml
	eval "$(sed -n 's/.*finish with: \(.*\); or take back.*/\1/p' stderr)"
	cmp ../before.yaml ./-x.yaml
}

@test "a manifest's name reaches no terminal as it is" {
	mkdir manifests
	mv m.yaml "manifests/$(printf 'm\033]0;x\007.yaml')"
	sed -i 's/description: Moves files/description: Moves all files/' live.yaml
	ends 0 drift accept --live live.yaml --base snapshot manifests
	grep -qxF 'Wrote manifests/m\x1B]0;x\x07.yaml' stdout
}

@test "one run at a time writes in a folder: 7" {
	mkdir manifests
	mv m.yaml manifests
	sed -i 's/description: Moves files/description: Moves all files/' live.yaml
	status=0
	flock manifests "$WRIT" drift accept --live live.yaml --base snapshot manifests >stdout \
		2>stderr || status=$?
	[ "$status" -eq 7 ]
	grep -q 'another run is writing in manifests/' stderr
	cmp before.yaml manifests/m.yaml
	touch manifests/.m.yaml.writ-part manifests/.m.yaml.writ-new
	status=0
	flock manifests "$WRIT" drift accept --live live.yaml --base snapshot manifests >stdout \
		2>stderr || status=$?
	[ "$status" -eq 7 ]
	[ -e manifests/.m.yaml.writ-part ] && [ -e manifests/.m.yaml.writ-new ]
	ends 0 drift accept --live live.yaml --base snapshot manifests
	grep -q 'Moves all files' manifests/m.yaml
	[ "$(ls -A manifests)" = m.yaml ]
}

@test "several files, CR LF, and a grant that goes where it is claimed" {
	mkdir manifests
	perl -0777 -ne 'my $i = 0;
		for (split /^---\n/m) {
			open my $f, ">", "manifests/" . $i++ . ".yaml";
			print $f $_;
		}' m.yaml
	sed -i 's/$/\r/' manifests/3.yaml
	meddle more-roles member stock
	drift 0 accept manifests
	grep -q '^Wrote manifests/0.yaml$' stdout
	grep -q '^Wrote manifests/3.yaml$' stdout
	[ "$(grep -c "$(printf '\r')\$" manifests/3.yaml)" -eq "$(wc -l <manifests/3.yaml)" ]
	grep -q '^    - {group: Designers}$' manifests/5.yaml
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "an account whose list says only a part of what it holds gets a document for the grant" {
	sed -i 's/^spec: {adminRoles: .*} # reads$/spec: {products: []}/' m.yaml
	cp m.yaml before.yaml
	meddle more-roles
	drift 0 accept m.yaml
	[ "$(drift_changes)" -eq 0 ]
	grep -q '^  name: product-administrator-express$' m.yaml
	grep -q '^    - reader$' m.yaml
	ends 0 plan --live live.yaml --detailed-exitcode m.yaml
}

@test "a grant of an account that was renamed is written under the name that the manifests have" {
	meddle rename give-product
	drift 0 accept "$(mark Stock/A%2C%20B)" m.yaml
	[ "$(diff before.yaml m.yaml | grep -c '^[<>]')" -eq 1 ]
	[ "$(drift_changes)" -eq 0 ]
	jq -e '[.diagnostics[].id] == ["W0719"]' plan.json
	drift 0 accept "$(mark technicalAccount/asset-archiver)" m.yaml
	[ "$(drift_changes)" -eq 0 ]
	jq -e '.diagnostics == null' plan.json
	ends 0 plan --live live.yaml --detailed-exitcode m.yaml
}

@test "a grant that is said twice goes from both places; one that had ended is said anew" {
	sed -i 's/^    - leaver$/&\n    - {account: archiver, reason: too}/' m.yaml
	ended='{role: deployment-administrator, expires: 2026-05-01}'
	sed -i "s/^spec: {adminRoles: \[support-administrator/&, $ended/" m.yaml
	cp m.yaml before.yaml
	perl -0777 -pi -e \
		's/(name: archiver\n.*?)    - \{product: Express, profile: Templates\}\n/$1/s' \
		live.yaml
	meddle role
	[ "$(drift_changes)" -eq 3 ]
	drift 0 accept m.yaml
	[ "$(drift_changes)" -eq 0 ]
	run ! grep -q 'account: archiver' m.yaml
	grep -q '^spec: {adminRoles: \[deployment-administrator\], products: \[\]} # reads$' m.yaml
	ends 0 plan --live live.yaml --detailed-exitcode m.yaml
}

# start: m.yaml and live.yaml are the organisation from here on.
start() {
	rm -rf "$XDG_STATE_HOME" snapshot
	ends 0 apply --live live.yaml --auto-approve m.yaml
	ends 0 snapshot --live live.yaml --out snapshot
}

# written NAME: what accept said of m.yaml, and what it changed there.
written() {
	diff kept.yaml m.yaml >>stdout || true
	assert_golden "$1"
}

@test "each field of an account is written where the manifests say something else" {
	acme m.yaml ', unlisted: report' <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: clerk, previously: [scribe, writer]}
		spec: {credential: clerk}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: door}
		spec: {credential: front-door, owner: door@example.com}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: gate}
		spec: {credential: iron-gate}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata:
		  name: hall
		  labels: {floor: "1", wing: east, door: "2"} # where
		spec: {project: Old}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: indexer}
		spec:
		  apis:
		    - Stock # images
		    - Fonts
		    - Firefly
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: key}
		spec: {credential: old-key}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: silent}
		spec: {}
	END
	start
	perl -0777 -pi -e '
		s/name: clerk/name: scribe/;
		s/front-door/back-door/; s/iron-gate/gate/; s/old-key/new-key/;
		s/    wing: east\n//; s/floor: "1"/floor: "3"/; s/project: Old/project: New/;
		s/    - Firefly\n    - Fonts\n/    - Analytics\n    - Fonts\n/;
		s/name: silent\nspec:\n/name: silent
  labels: {new: "yes"}\nspec:\n  apis: [Stock]\n  project: Any\n/;
	' live.yaml
	sed -i 's/old-key/new-key/' m.yaml
	cp m.yaml kept.yaml
	drift 0 accept m.yaml
	written accept-fields
	ends 0 plan --live live.yaml --detailed-exitcode m.yaml
}

@test "a grant goes to the list, the document or the new document that keeps it" {
	acme m.yaml ', unlisted: report' <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: archiver}
		spec: {}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: clerk}
		spec: {adminRoles: [{role: support-administrator, expires: 2026-12-31}]}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: guest}
		spec: {}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: leaver}
		spec: {}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: fonts}
		spec: {product: Fonts, profile: Default, unlisted: remove,
		  members: [{user: jane@example.com}]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: stock-default}
		spec: {product: Express, profile: Default, unlisted: remove, members: []}
	END
	acme live.yaml <<-'END'
		status:
		  products: [{product: Express, profile: Default},
		    {product: Fonts, profile: Default}, {product: Stock, profile: Default}]
		  users: [jane@example.com, omar@example.com]
		  groups: [Ops]
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: other}
		spec: {}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: stranger}
		spec: {}
	END
	start
	hold() {
		NAME=$1 MORE=${3:-} HELD=$2 perl -0777 -pi -e '
			my @held = map { "{product: $_, profile: Default}" } split / /, $ENV{HELD};
			my $list = "  products: [" . join(", ", @held) . "]";
			s/(name: $ENV{NAME}\nspec:\n)(.*?)  products: \[\]/$1$ENV{MORE}$2$list/s' \
				live.yaml
	}
	hold archiver 'Fonts Stock'
	hold clerk 'Express Stock'
	hold guest Stock $'  owner: guest@example.com\n'
	hold other Stock
	hold stranger 'Express Fonts'
	perl -0777 -pi -e 's{---\napiVersion: writ/v1\nkind: TechnicalAccount
metadata:\n  name: leaver\n.*?(?=---)}{}s' live.yaml
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: stock}
		spec: {product: Stock, profile: Default,
		  members: [{user: omar@example.com}, {group: Ops}]}
	END
	# The manifests went on, too.
	perl -0777 -pi -e '
		s/\{name: archiver\}/{name: asset-archiver, previously: [storer, archiver]}/;
		s/name: (guest|leaver)\}\nspec: \{\}/name: $1}\nspec: {state: absent}/g' m.yaml
	cp m.yaml kept.yaml
	drift 1 accept m.yaml
	written accept-places
}

@test "ignore adds an entry that ends by itself" {
	admins_too
	meddle role
	local one
	one=$(mark deployment-administrator)
	drift 0 --until 2026-06-30 --reason "asked: OPS-9" ignore "$one" m.yaml
	grep -qx 'Ignored 1, until 2026-06-30 is over; it stays open\.' stdout
	[ "$(grep -c Accepted stdout)" -eq 0 ]
	diff before.yaml m.yaml >stdout || true
	sed -i "s/$one/FINGERPRINT/" stdout
	assert_golden accept-ignore
	drift 2 m.yaml
	grep -q "$one  (ignored until 2026-06-30: asked: OPS-9)" stdout
	drift 0 --until 2026-07-31 --reason again ignore "$one" m.yaml
	[ "$(grep -c fingerprint m.yaml)" -eq 1 ]
	grep -q 'until: "2026-07-31", reason: again}' m.yaml
	cp m.yaml again.yaml
	drift 0 accept m.yaml
	run ! grep -q deployment-administrator m.yaml
	cp again.yaml m.yaml
	WRIT_NOW=2026-08-01T00:00:00Z drift 0 accept m.yaml
	grep -q deployment-administrator m.yaml
}

@test "ignore needs a present drift, a day to come and a reason" {
	meddle role
	local one
	one=$(mark deployment-administrator)
	drift 64 --reason x ignore "$one" m.yaml
	drift 64 --until 2026-06-30 ignore "$one" m.yaml
	drift 64 --until 2026-05-31 --reason x ignore "$one" m.yaml
	drift 64 --until soon --reason x ignore "$one" m.yaml
	drift 64 --until 2026-06-30 --reason x ignore m.yaml
	drift 1 --until 2026-06-30 --reason x ignore 0123456789abcdef m.yaml
	cmp before.yaml m.yaml
}

@test "ignore leaves other entries alone, and does not edit JSON" {
	admins_too
	meddle role describe
	local one two
	one=$(mark deployment-administrator)
	two=$(mark technicalAccount/archiver)
	drift 0 --until 2026-06-30 --reason one ignore "$one" m.yaml
	drift 0 --until 2026-06-30 --reason two ignore "$two" m.yaml
	grep -qE "fingerprint: \"?$one\"?, until: \"2026-06-30\", reason: one}" m.yaml
	grep -qE "fingerprint: \"?$two\"?, until: \"2026-06-30\", reason: two}" m.yaml
	jq -nc '{apiVersion: "writ/v1", kind: "Organization", metadata: {name: "acme"},
		spec: {provider: "file"}}' >o.json
	cp o.json kept.json
	drift 1 --until 2026-06-30 --reason one ignore "$one" o.json
	grep -q '^o.json:1:1: error: by hand: add .* to ignoredDrift: JSON files are not edited$' \
		stderr
	cmp o.json kept.json
}

@test "of an account only what is named is accepted: the rest is reported, and stays" {
	meddle newcomer
	drift 0 accept "$(mark newcomer/product/Express/Templates)" \
		"$(mark technicalAccount/newcomer)" m.yaml
	sed -n '/name: newcomer/,$p' m.yaml | diff - <(
		printf '%s\n' '  name: newcomer' spec: '  owner: "x: y"' '  adminRoles: []' \
			'  products:' '    - {product: Express, profile: Templates}' \
			'  unlisted: report'
	)
	ends 0 plan --live live.yaml --base snapshot m.yaml
	grep -q '^No changes' stdout
	grep -q '^  newcomer  storage-administrator$' stdout
	cp before.yaml m.yaml
	sed -i 's/^  unlisted: report$/  unlisted: remove/' m.yaml
	drift 0 accept "$(mark newcomer/role/storage-administrator)" m.yaml
	sed -n '/name: newcomer/,$p' m.yaml | grep -A 1 adminRoles |
		diff - <(printf '%s\n' '  adminRoles:' '    - storage-administrator')
}

@test "the outcome as JSON; manifests with errors are left alone" {
	meddle role newcomer
	drift 0 --format json accept m.yaml
	assert_golden accept-json
	printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
		'metadata: {name: former}' 'spec: {state: absent}' >>m.yaml
	printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
		'metadata: {name: former}' 'spec: {}' >>live.yaml
	drift 1 --format json accept m.yaml

	# One document, in which what was refused has its reason.
	jq -es 'length == 1 and .[0].diagnostics[0].id == "E0605" and
		.[0].drift[0].outcome == "refused"' stdout
	echo 'x: y' >>m.yaml
	cp m.yaml again.yaml
	drift 1 accept m.yaml
	cmp m.yaml again.yaml
	ends 64 drift --live live.yaml accept before.yaml
}

@test "who an account is no manifest says: it is recorded as agreed too" {
	of() {
		organization
		document TechnicalAccount robot 'adminRoles: [support-administrator]' |
			sed "s/^metadata: .*/&\nstatus: {id: $1}/"
	}
	of one >live.yaml
	ends 0 snapshot --live live.yaml --snapshot mine
	of two >live.yaml
	ends 0 drift --live live.yaml --snapshot mine revert
	grep -q '^No changes\. Nothing of the drift is left that this plan takes back\.$' stdout
	of one | sed '/^status:/d' >m.yaml
	ends 0 drift --live live.yaml --snapshot mine --why OPS-9 accept m.yaml
	grep -q ' technicalAccount/robot changed: recorded as agreed$' stdout
	ends 0 drift --live live.yaml --snapshot mine
}

@test "what no manifest says is recorded as agreed, and stays so" {
	meddle describe stock more-roles
	sed -i '/^  description: >-$/,/^    files$/d' m.yaml
	ends 0 drift --live live.yaml --base snapshot accept "$(mark technicalAccount/archiver)" \
		m.yaml
	grep -q 'nothing to write$' stdout
	grep -q 'name the snapshot.s folder with --snapshot' stderr
	ends 0 drift --live live.yaml --base snapshot --snapshot snapshot \
		--why OPS-8 accept "$(mark technicalAccount/archiver)" m.yaml
	grep -q ' technicalAccount/archiver changed: recorded as agreed$' stdout
	grep -q '^Accepted 0, recorded as agreed 1\.$' stdout
	ends 2 drift --live live.yaml --base snapshot
	run ! grep -q archiver stdout
	grep -q reader stdout
	ends 0 snapshot --live live.yaml --snapshot snapshot
	ends 2 drift --live live.yaml --base snapshot
	run ! grep -q archiver stdout
	ends 64 drift --live live.yaml --base snapshot --commit
}

@test "what is ignored and then accepted is closed by the apply of what was written" {
	meddle give-product
	local one
	one=$(mark 'archiver/product/Stock/A%2C%20B')
	[ -n "$one" ]
	ends 0 drift --live live.yaml --base snapshot --until 2026-06-30 \
		--reason later ignore "$one" m.yaml
	ends 0 apply --live live.yaml --snapshot snapshot --auto-approve m.yaml
	ends 2 drift --live live.yaml --base snapshot
	ends 0 drift --live live.yaml --base snapshot accept "$one" m.yaml
	grep -q "$one  .*: written$" stdout
	ends 0 apply --live live.yaml --snapshot snapshot --auto-approve m.yaml
	run ! grep -q 'ignored until' stdout
	ends 0 drift --live live.yaml --base snapshot
}

@test "what is decided is committed with its reason" {
	git_setup
	git init -q history
	ends 0 snapshot --live live.yaml --snapshot history/acme --commit
	meddle describe
	sed -i '/^  description: >-$/,/^    files$/d' m.yaml
	ends 0 drift --live live.yaml --base history/acme --snapshot history/acme --commit \
		--why OPS-8 --format json accept m.yaml
	grep -q '"outcome": "agreed"' stdout
	[ "$(git -C history log -1 --format='%s %(trailers:key=Writ-Why,valueonly)' | head -1)" = \
		'acme: drift was accepted OPS-8' ]
	ends 0 drift --live live.yaml --base history/acme
}

@test "a drift is ignored for ninety days at most, of an admin role only as the operator says" {
	meddle describe role
	ends 1 drift --live live.yaml --base snapshot --until 2026-08-31 \
		--reason later ignore "$(mark technicalAccount/archiver)" m.yaml
	grep -q 'for more than 90 days' stderr
	ends 0 drift --live live.yaml --base snapshot --until 2026-08-30 \
		--reason later ignore "$(mark technicalAccount/archiver)" m.yaml
	ends 2 drift --live live.yaml --base snapshot m.yaml
	grep -q '(ignored until 2026-08-30: later)' stdout
	role=$(mark role/deployment-administrator)
	ends 1 drift --live live.yaml --base snapshot --until 2026-06-30 \
		--reason later ignore "$role" m.yaml
	grep -q 'policy.ignoreAdminDrift' stderr
	entry="    - {fingerprint: \"$role\", until: 2026-06-30, reason: later}"
	sed -i "s/  ignoredDrift:/&\n$entry/" m.yaml
	ends 2 drift --live live.yaml --base snapshot m.yaml
	why="drift of an administrator right is ignored only where the operator's"
	grep -q "$role  (not ignored: $why policy.ignoreAdminDrift allows it)" stdout
	ends 0 plan --live live.yaml --base snapshot --format json m.yaml
	grep -q '"not_ignored": "drift of an administrator right' stdout
	admins_too
	ends 2 drift --live live.yaml --base snapshot m.yaml
	[ "$(grep -c '(ignored until' stdout)" -eq 2 ]
}
