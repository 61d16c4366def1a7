# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL cluster of a bats test's own.

# cluster_answers: whether the server takes connections; 60 seconds at most, or until it ends.
cluster_answers() {
	for _ in $(seq 600); do
		PGPASSWORD=admin-password psql -h "$FOLDER" -p "$PORT" -U admin \
			-c 'SELECT 1' postgres >/dev/null 2>&1 && return
		kill -0 "$SERVER" 2>/dev/null || break
		sleep 0.1
	done
	return 1
}

# cluster_start: sets FOLDER, PORT and SERVER. A port that was free may be somebody else's by the
# time the server asks for it; then it ends, and gets another one.
cluster_start() {
	local script=$WRIT_ROOT/tests/unit/core/ledger/stores/cluster.sh
	FOLDER=$(mktemp -d /tmp/writ-cluster-XXXXXX)
	sh "$script" make "$FOLDER" || skip 'PostgreSQL is not installed'
	for _ in 1 2 3; do
		PORT=$(free_port)
		sh "$script" run "$FOLDER" "$PORT" 3>&- &
		SERVER=$!
		! cluster_answers || return 0
	done
	cat "$FOLDER/server.log"
	return 1
}

# cluster_end: of a teardown; nothing when there is none.
cluster_end() {
	if [ -n "${SERVER:-}" ]; then
		kill -INT "$SERVER" 2>/dev/null || :
		wait "$SERVER" 2>/dev/null || :
	fi
	case ${FOLDER:-} in /tmp/writ-cluster-*) rm -rf "$FOLDER" ;; esac
}
