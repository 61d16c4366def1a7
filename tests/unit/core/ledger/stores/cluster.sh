#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cluster.sh make FOLDER | run FOLDER PORT: a PostgreSQL cluster of a test's own. "run" becomes the
# server, which ends with whoever started it. Exit status 77: there is no PostgreSQL here.
# The server refuses root, so that root's tests run it as somebody else.
set -eu
folder=$2
bin=$(find /usr/lib/postgresql/*/bin /usr/local/pgsql/bin -name initdb 2>/dev/null | sort -V |
	tail -n 1)
[ -n "$bin" ] || bin=$(command -v initdb) || exit 77
bin=${bin%/*}
user=$(id -un)
if [ "$user" = root ]; then
	user=nobody
	if id postgres >/dev/null 2>&1; then user=postgres; fi
fi

as_user() {
	if [ "$(id -un)" = root ]; then
		exec setpriv --reuid "$user" --regid "$(id -g "$user")" \
			--clear-groups --pdeathsig INT "$@"
	fi
	exec setpriv --pdeathsig INT "$@"
}

case $1 in
make)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -keyout "$folder/server.key" \
		-out "$folder/server.crt" 2>/dev/null
	chmod 600 "$folder/server.key"
	printf 'admin-password\n' >"$folder/admin"
	[ "$(id -un)" != root ] || chown -R "$user" "$folder"
	(as_user "$bin/initdb" -D "$folder/data" -U admin --pwfile "$folder/admin" \
		-A scram-sha-256 -E UTF8 \
		--locale C --no-instructions >"$folder/initdb.log" 2>&1)
	;;
run)
	cd "$folder"
	as_user "$bin/postgres" -D "$folder/data" -p "$3" -c listen_addresses=127.0.0.1 \
		-c max_connections=40 \
		-c unix_socket_directories="$folder" -c shared_buffers=16MB -c ssl=on \
		-c ssl_cert_file="$folder/server.crt" -c ssl_key_file="$folder/server.key" \
		>>"$folder/server.log" 2>&1
	;;
esac
