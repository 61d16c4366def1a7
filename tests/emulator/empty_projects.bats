#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031 # a test is a subshell
# A project that a run made and that has no credential any more, or never got one, is told, and a
# plan can delete it. No other project is ever deleted.

load helper

setup() {
	writ_setup
	wants <<END
apiVersion: writ/v1
kind: TechnicalAccount
metadata: {name: report-reader}
spec: {project: Report Reader, apis: [$STORAGE_API]}
END
	wants bare.yaml <<END
apiVersion: writ/v1
kind: AdminRole
metadata: {name: support}
spec: {role: support-administrator, members: [], unlisted: keep}
END
}

teardown() {
	emulator_stop
}

start() {
	emulator_start --rate-limits off
	credential asset-archiver
	keep_secrets
	server_config 'policy: {minHolders: 0}'
}

# gone: the account is deleted, and wanted.yaml knows nothing of it any more.
gone() {
	"$WRIT" apply --auto-approve wanted.yaml
	sed 's/spec: {project: .*/spec: {state: absent}/' wanted.yaml >gone.yaml
	"$WRIT" apply --auto-approve --allow-remove 1 gone.yaml
}

titles() {
	control GET state | jq -r '[.projects[].title] | sort | join(",")'
}

# project: the address of the project that the run made.
project() {
	control GET state | jq -r '.projects[] | select(.title == "Report Reader").id'
}

@test "it is told, and deleted with --prune and consent" {
	start
	before=$(titles)
	gone
	id=$(project)
	run "$WRIT" plan --detailed-exitcode bare.yaml
	[ "$status" -eq 0 ]
	[[ $output == *'PROJECTS WITHOUT CREDENTIALS (1); --prune deletes them'* ]]
	[[ $output == *'project "Report Reader", made for account report-reader by run '*"($id)"* ]]
	"$WRIT" plan --out told.json bare.yaml >told.out
	[ "$(jq -r '.projects[] | [.id, .title, .account] | join(" ")' told.json)" = \
		"$id Report Reader report-reader" ]
	"$WRIT" show told.json | diff - told.out

	run "$WRIT" apply --auto-approve --prune bare.yaml
	[ "$status" -eq 4 ]
	[[ $output == *'projectDeletes: 1, limit 0; allow with --allow-remove 1'* ]]
	[ "$(project)" = "$id" ]

	"$WRIT" plan --prune --out prune.json bare.yaml >prune.out
	grep -qF -- '- project "Report Reader", made for account report-reader by run' prune.out
	[ "$(jq -r '.changes[] | [.address, .type, .change.actions[0], .risk, .action_reason,
		.change.before.title] | join(" ")' prune.json)" = \
		"project/$id project delete removal undeclared Report Reader" ]
	"$WRIT" show prune.json | diff - prune.out
	run "$WRIT" apply --auto-approve --prune --allow-remove 1 bare.yaml
	[ "$status" -eq 0 ]
	[ "$(titles)" = "$before" ]
	"$WRIT" log >log.out
	grep -q '1 done' log.out
	"$WRIT" log --changes >changes.out
	grep -q "deleted .*project $id" changes.out
	# Runs of one second have no order in the log.
	run=$("$WRIT" log --changes --format json |
		jq -r '.changes[] | select(.principal.kind == "project").run')
	"$WRIT" log --changes --format html >changes.html
	kind=$(sed -n 's|.*<option value="\([0-9]*\)">projects</option>.*|\1|p' changes.html)
	grep "data-who=\"$kind\"" changes.html | grep -q "$id"
	jq -e '[.. | .enum? | select(.)] | any(index("project"))' \
		"$WRIT_ROOT/schemas/changes.schema.json"
	"$WRIT" plan --prune bare.yaml >after.out
	run ! grep -q PROJECT after.out
	"$WRIT" log verify
	"$WRIT" undo "$run" >undo.out 2>undo.err
	grep -q "$id: the project was deleted, and comes back with no plan" undo.err
}

# fails WORD...: an apply that is refused, with these words, and after which all projects are there.
fails() {
	local all
	all=$(titles)
	run "$WRIT" apply --auto-approve --allow-remove 9 "${@:2}"
	[ "$status" -ne 0 ]
	[[ $output == *"$1"* ]] || { echo "$output"; return 1; }
	[ "$(titles)" = "$all" ]
}

@test "one that a run made and whose credential was refused is told when nobody wants it" {
	start
	before=$(titles)
	control POST faults '{"method":"POST","path":"/console/*oauth-server-to-server",
		"kind":"status","status":403,"times":9}'
	run "$WRIT" apply --auto-approve wanted.yaml
	[ "$status" -eq 5 ]
	control DELETE faults
	[ "$(titles)" != "$before" ]
	run "$WRIT" plan --prune wanted.yaml
	[[ $output != *'PROJECTS WITHOUT'* && $output != *'- project'* ]]
	run "$WRIT" apply --auto-approve --prune --allow-remove 1 bare.yaml
	[ "$status" -eq 0 ]
	[ "$(titles)" = "$before" ]
}

@test "one that somebody uses, renamed, or made, stays" {
	start
	org POST projects '{"name":"Playing","title":"Playing","type":"default"}'
	gone
	id=$(project)
	run "$WRIT" plan --prune bare.yaml
	[[ $output != *Playing* && $output == *'- project "Report Reader"'* ]]
	"$WRIT" plan --prune --out kept.json bare.yaml

	workspace=$(org GET "projects/$id/workspaces" | jq -r '.[0].id')
	made=$(org POST "projects/$id/workspaces/$workspace/credentials/oauth-server-to-server" \
		'{"name":"of-somebody","description":"hers"}' | jq -r .id)
	run "$WRIT" plan --prune bare.yaml
	[[ $output != *'project'* ]]
	fails 'the plan is stale' --plan kept.json
	org DELETE "projects/$id/workspaces/$workspace/credentials/$made"

	org PATCH "projects/$id" '{"title":"Hers now"}'
	run "$WRIT" plan --prune bare.yaml
	[[ $output != *'project'* ]]
	org PATCH "projects/$id" '{"title":"Report Reader"}'

	sed 's/^spec: {provider/spec: {unlisted: keep, provider/' bare.yaml >keep.yaml
	run "$WRIT" plan --prune keep.yaml
	[[ $output != *'project'* ]]
}

@test "a plan file is not believed about what runs made" {
	start
	gone
	playing=$(org POST projects '{"name":"Playing","title":"Playing","type":"default"}' |
		jq -r .projectId)
	"$WRIT" plan --prune --out one.json bare.yaml
	sed "s/$(project)/$playing/g; s/\"Report Reader\"/\"Playing\"/" one.json >forged.json
	fails "the ledger has no run that made project \"Playing\" ($playing)" --plan forged.json
	"$WRIT" apply --plan one.json --allow-remove 1
	[[ $(titles) == *Playing* && $(titles) != *'Report Reader'* ]]
}

@test "what the console refuses to delete is told with what a person does" {
	start
	gone
	control POST projects "{\"id\":\"$(project)\",\"guarded\":true}"
	fails 'Project delete is not allowed for entity id=' --prune bare.yaml
	[[ $output == *'delete it in the Developer Console, or what is attached to it there'* ]]
	[ "$status" -eq 5 ]
}

@test "an answer that is lost is looked for, and one that goes by itself is done" {
	start
	gone
	control POST faults '{"method":"DELETE","path":"/console/*/projects/*","kind":"reset",
		"bytes":0,"phase":"after"}'
	run "$WRIT" apply --auto-approve --prune --allow-remove 1 bare.yaml
	[ "$status" -eq 0 ]
	[ -z "$(project)" ]
	run "$WRIT" plan bare.yaml
	[[ $output != *PROJECTS* ]]
}

@test "the ledger knows it after the run that made it died" {
	start
	status=0
	WRIT_FAILPOINT=apply-before-last-look:1:kill "$WRIT_FAILPOINT_BIN" \
		apply --auto-approve wanted.yaml || status=$?
	[ "$status" -ne 0 ]
	"$WRIT" apply --resume
	gone
	run "$WRIT" plan bare.yaml
	[[ $output == *'PROJECTS WITHOUT CREDENTIALS (1)'* ]]
}
