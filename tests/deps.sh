#!/bin/sh
# Installs those of the named Debian packages that are missing; silent when none is. COMMAND:PACKAGE is
# there when the command is: node and npm often come from elsewhere, and Debian's would clash with those.
set -eu

if ! command -v dpkg-query >/dev/null; then
	echo "deps: not a Debian system; needed are: $*"
	exit 0
fi
installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
missing=
for name; do
	case $name in
	*:*) command -v "${name%%:*}" >/dev/null || missing="$missing ${name#*:}" ;;
	*) printf '%s\n' "$installed" | grep -Fqx "$name" || missing="$missing $name" ;;
	esac
done
[ -n "$missing" ] || exit 0

echo "deps: installing$missing"
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
$sudo apt-get update -qq
# shellcheck disable=SC2086 # a list of names
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
