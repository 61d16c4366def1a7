#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A set that is about several organisations.

load helper

setup() {
	common_setup
	organizations acme beta
}

# organizations NAME...: manifests/NAME.yaml with an account that gets a role, and live/NAME.yaml, which lacks it.
organizations() {
	mkdir -p manifests live
	local name
	for name; do
		cat >"manifests/$name.yaml" <<-END
			apiVersion: writ/v1
			kind: Organization
			metadata: {name: $name}
			spec: {provider: file, unlisted: remove}
			---
			apiVersion: writ/v1
			kind: TechnicalAccount
			metadata: {name: archiver, organization: $name}
			spec:
			  owner: media@example.com
			  adminRoles:
			    - {role: storage-administrator, reason: "archive of $name", expires: 2026-07-01}
		END
		cat >"live/$name.yaml" <<-END
			apiVersion: writ/v1
			kind: Organization
			metadata: {name: $name}
			spec: {provider: file}
			---
			apiVersion: writ/v1
			kind: TechnicalAccount
			metadata: {name: archiver}
			spec: {owner: media@example.com, adminRoles: []}
		END
	done
}

@test "--org chooses one organisation of a set, and no document of another counts" {
	ends 0 plan --org beta --live live/beta.yaml --out plan.json manifests
	[ "$(jq -r '.organization + " " + (.changes | length | tostring)' plan.json)" = 'beta 1' ]
	[ "$(jq -r '.changes[0].location.file' plan.json)" = manifests/beta.yaml ]
	ends 0 apply --org acme --live live/acme.yaml --auto-approve manifests
	ends 2 plan --detailed-exitcode --org beta --live live/beta.yaml manifests
	ends 1 plan --org gamma --live live/beta.yaml manifests
	grep -qxF 'writ: error: the manifests describe 2 organisations: acme, beta; none is "gamma"' stderr
}

@test "what is about one organisation asks for --org where there are several, and takes it" {
	local words=() command
	while read -r command; do
		read -ra words <<<"$command"
		ends 64 "${words[@]}"
		grep -qF 'the manifests describe 2 organisations: acme, beta; choose one with --org' stderr
		[ ! -s stdout ]
		ends 0 "${words[@]}" --org beta
	done <<-'END'
		why archiver --manifests manifests
		who storage-administrator --manifests manifests
		expiring --in 60d manifests
		edit grant archiver support-administrator --manifests manifests --reason test
	END
	grep -q support-administrator manifests/beta.yaml
	run -1 grep -q support-administrator manifests/acme.yaml
}

@test "validate reads the whole set, and warns of one with --org" {
	sed -i '/owner/d' manifests/*.yaml
	ends 0 validate manifests
	grep -q '^manifests/acme.yaml:.*warning' stderr
	grep -q '^manifests/beta.yaml:.*warning' stderr
	ends 0 validate --org beta manifests
	run -1 grep -q acme.yaml stderr
	grep -q '^manifests/beta.yaml:.*warning' stderr
	sed -i 's/organization: acme/organization: acne/' manifests/acme.yaml
	ends 1 validate --org beta manifests
	grep -q '^manifests/acme.yaml:.*did you mean acme' stderr
}

@test "an account that moves to another organisation goes in one and comes in the other" {
	sed -n '/^---/,$p' manifests/acme.yaml | sed 's/organization: acme/organization: beta/; s/archiver/mover/' >manifests/moved.yaml
	sed -i '/^---/,$d' manifests/acme.yaml
	ends 4 plan --org acme --live live/acme.yaml --fail-on guard manifests
	grep -q emptyManifests stdout
	ends 0 plan --org beta --live live/beta.yaml --out plan.json manifests
	[ "$(jq -r '.changes[0].address' plan.json)" = technicalAccount/mover ]
}

@test "fmt puts the organisation behind the name" {
	printf '%s\n' 'apiVersion: writ/v1' 'kind: AccessBundle' 'metadata:' '  labels: {a: b}' '  organization: acme' \
		'  name: b' 'spec: {}' >manifests/bundle.yaml
	ends 0 fmt manifests/bundle.yaml
	[ "$(sed -n '3,5p' manifests/bundle.yaml | tr -d ' \n')" = metadata:name:borganization:acme ]
}

@test "what drift brings into the manifests says whose it is" {
	ends 0 snapshot --live live/beta.yaml --snapshot snapshot --org beta
	sed -i 's/adminRoles: \[\]/adminRoles: [support-administrator]/' live/beta.yaml
	printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' 'metadata: {name: found}' 'spec: {}' >>live/beta.yaml
	ends 64 drift accept --live live/beta.yaml --base snapshot --why found manifests
	ends 0 drift accept --org beta --live live/beta.yaml --base snapshot --why found manifests
	grep -A1 'name: found' manifests/beta.yaml | grep -qx '  organization: beta'
	ends 0 validate manifests
}
