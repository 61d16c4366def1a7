setup() { load helper; writ_setup; }
teardown() { emulator_stop; }
@test "x" {
	operated_start
	own_account
	wants <<-'END'
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: fonts}
		spec: {product: Adobe Fonts, profile: All Fonts, members: [{user: kim@example.com}], unlisted: report}
	END
	control POST faults '{"operation": "list-users", "kind": "status", "status": 429, "retry_after": "23", "times": 1}' | jq -e .ok
	"$WRIT" plan --json wanted.yaml >o 2>e; 
	cp o /mnt/t/people/exp/plan.jsonl; cp e /mnt/t/people/exp/plan.err
	control POST faults '{"operation": "action", "kind": "status", "status": 429, "retry_after": "23", "times": 1}' | jq -e .ok
	"$WRIT" apply --auto-approve --json wanted.yaml >o 2>e || :
	cp o /mnt/t/people/exp/apply.jsonl; cp e /mnt/t/people/exp/apply.err
}
