#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ceph.sh COMMAND [ARGUMENT...]: runs a command beside a Ceph object gateway of its own, on
# 127.0.0.1
# and in a folder that goes with it: one monitor, one store in memory, one gateway. The command
# finds
# it by WRIT_S3_ENDPOINT, WRIT_S3_BUCKET, WRIT_S3_KEY_ID and WRIT_S3_SECRET.
set -eu
for tool in ceph ceph-mon ceph-osd monmaptool radosgw radosgw-admin curl; do
	command -v "$tool" >/dev/null || { echo "ceph.sh: there is no $tool here" >&2; exit 1; }
done

folder=$(mktemp -d /tmp/writ-ceph-XXXXXX)
pids=
# Only what was started here, by its id, the gateway first.
end() {
	for pid in $pids; do kill "$pid" 2>/dev/null || :; done
	for pid in $pids; do
		for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
		kill -9 "$pid" 2>/dev/null || :
	done
	wait
	rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' HUP INT TERM

fail() {
	echo "ceph.sh: $1" >&2
	tail -n 20 "$folder"/*.out >&2
	exit 1
}

# Two ports that nobody has just now.
free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'
}
monitor=$(free_port)
gateway=$(free_port)
fsid=$(cat /proc/sys/kernel/random/uuid)
mkdir "$folder/mon" "$folder/osd" "$folder/run"
# Without authentication among themselves; the gateway would else ask for ciphers that go with one.
cat >"$folder/ceph.conf" <<EOF
[global]
fsid = $fsid
mon host = v2:127.0.0.1:$monitor/0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
mon allow pool size one = true
mon data avail crit = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 268435456
rgw rados pool pg num min = 1
run dir = $folder/run
admin socket = $folder/run/\$name.asok
crash dir = $folder
log file = $folder/\$name.out
keyring = $folder/keyring
[mon.a]
mon data = $folder/mon
[osd.0]
osd data = $folder/osd
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$gateway
EOF
export CEPH_CONF="$folder/ceph.conf"

# run NAME COMMAND...: in the background, ended before what was started earlier.
run() {
	name=$1
	shift
	"$@" >"$folder/$name.out" 2>&1 &
	pids="$! $pids"
}
quietly() {
	timeout 120 "$@" >"$folder/command.out" 2>&1 || fail "$* failed"
}

quietly monmaptool --create --addv a "[v2:127.0.0.1:$monitor]" --fsid "$fsid" "$folder/monmap"
quietly ceph-mon --mkfs -i a --monmap "$folder/monmap"
run monitor ceph-mon -f -i a
osd=$(cat /proc/sys/kernel/random/uuid)
quietly ceph osd new "$osd"
quietly ceph-osd --mkfs -i 0 --osd-uuid "$osd"
run store ceph-osd -f -i 0

WRIT_S3_ENDPOINT=http://127.0.0.1:$gateway
WRIT_S3_BUCKET=ledgers
WRIT_S3_KEY_ID=WRITTESTKEY
WRIT_S3_SECRET=$(head -c 18 /dev/urandom | base64 | tr '+/' 'ab')
export WRIT_S3_ENDPOINT WRIT_S3_BUCKET WRIT_S3_KEY_ID WRIT_S3_SECRET
quietly radosgw-admin user create --uid writ --display-name writ --access-key "$WRIT_S3_KEY_ID" \
	--secret-key "$WRIT_S3_SECRET"
run gateway radosgw -f -n client.rgw
for _ in $(seq 300); do
	curl -s -o /dev/null "$WRIT_S3_ENDPOINT/" && break
	sleep 0.2
done
empty=$(printf '' | sha256sum | cut -d ' ' -f 1)
quietly curl -sS --fail --aws-sigv4 aws:amz:us-east-1:s3 --user "$WRIT_S3_KEY_ID:$WRIT_S3_SECRET" \
	-H "x-amz-content-sha256: $empty" -X PUT "$WRIT_S3_ENDPOINT/$WRIT_S3_BUCKET"
"$@"
