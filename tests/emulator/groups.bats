#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What user groups hold shows by their users alone: where it did not show, it did not come since.
# shellcheck disable=SC2154 # variables of the helper

setup() {
	load helper
	writ_setup
	git_setup
	git init -q repo
	operated_start
	own_account
	control POST groups '{"name":"Designers","add":["kim@example.com"]}' >put
	control POST groups '{"name":"Nobody","add":[]}' >put
	beta='"product":"Adobe Express","profile":"Beta"'
	control POST give "{\"group_member\":\"Designers\",$beta}" >put
	control POST give "{\"email\":\"kim@example.com\",$beta}" >put
	ends 0 snapshot --snapshot repo/org --commit --org acme
}

teardown() {
	emulator_stop
}

# named FILTER: kind and name of the principal in each address of what stdout has.
named() {
	jq -r "$1"' | .address | split("/") | "\(.[1]) \(.[2])"' stdout
}

@test "a group that shows when its users' own grants are gone did not get anything" {
	grep -qx '    - {group: Designers, product: Adobe Express, profile: Beta}' \
		repo/org/organization.yaml
	grep -qx '    - {group: Nobody}' repo/org/organization.yaml
	control POST take "{\"email\":\"kim@example.com\",$beta}" >put
	ends 2 drift --base repo/org --org acme --format json
	[ "$(named '.drift[] | select(.unseen_before)')" = 'group Designers' ]
	[ "$(named '.drift[] | select(.unseen_before | not)')" = 'user kim%40example.com' ]
	ends 0 restore --from repo/org --org acme --format json
	[ "$(named '.changes[]')" = 'user kim%40example.com' ]
	ends 0 drift --base repo/org --org acme --format json revert
	[ "$(named '.changes[]')" = 'user kim%40example.com' ]
	control PUT switches '{"name-case":"lower"}'
	ends 0 restore --from repo/org --org acme --format json
	[ "$(named '.changes[]')" = 'user kim%40example.com' ]
}

@test "what may have been there before stays marked in what is recorded" {
	wants <<-END
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: beta}
		spec: {product: Adobe Express, profile: Beta, unlisted: remove, members: []}
	END
	ends 0 apply --auto-approve --allow-remove 1 --snapshot repo/org --commit --org acme \
		wanted.yaml
	grep -qx '  unseenBefore: true' repo/org/open-drift.yaml
	ends 2 drift --base repo/org --org acme --format json
	[ "$(named '.drift[] | select(.unseen_before)')" = 'group Designers' ]
	ends 0 restore --snapshot repo/org --org acme --format json
	[ -z "$(named '.changes[]')" ]
	ends 0 apply --auto-approve --allow-remove 1 --snapshot repo/org --commit --org acme \
		wanted.yaml
	ends 0 drift --base repo/org --org acme
	control GET grants | jq -e 'map(select(.profile == "Beta")) == []'
}
