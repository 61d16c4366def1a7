#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deb.sh STAGE OUT VERSION SINCE: a Debian package OUT of what `make install` left in STAGE. SINCE,
# seconds since 1970, is the time of all that is in it, so that two runs make the same bytes.
set -eu
stage=$1 out=$2 version=$3 since=$4
tree=$(dirname "$0")/..
doc=$stage/usr/share/doc/writ
# configured KEY: as git knows who works in this tree; nothing where it does not.
configured() {
	git -C "$tree" config "$1" 2>/dev/null | head -n 1 | tr -d '<>' || :
}
# Who packages it for others says so as with Debian's own tools, else it is who git says, else
# nobody: example.org is reserved for that.
name=${DEBFULLNAME:-$(configured user.name)}
address=${DEBEMAIL:-${EMAIL:-$(configured user.email)}}
maintainer="${name:-nobody in particular} <${address:-nobody@example.org}>"
architecture=$(dpkg --print-architecture)

strip --strip-unneeded "$stage"/usr/bin/*
install -d "$doc" "$stage/DEBIAN"
# Debian's zsh looks there.
if [ -d "$stage/usr/share/zsh/site-functions" ]; then
	mv "$stage/usr/share/zsh/site-functions" "$stage/usr/share/zsh/vendor-completions"
fi
cp -R "$tree/examples" "$doc/examples"
find "$doc/examples" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
grep -rlZ -m 1 '^#!' "$doc/examples" | xargs -0 chmod 755
find "$stage/usr/share/man" -type f -exec gzip -9n {} +

cat >"$doc/copyright" <<-END
	Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
	Upstream-Name: writ

	Files: *
	Copyright: 2026 the authors of writ
	License: Apache-2.0
	 On Debian systems the full text of the Apache License, Version 2.0, is in
	 /usr/share/common-licenses/Apache-2.0.
END
{
	printf 'writ (%s) unstable; urgency=medium\n\n  * See /usr/share/doc/writ/NEWS.md.gz.\n\n' \
		"$version"
	printf ' -- %s  %s\n' "$maintainer" "$(LC_ALL=C date -u -R -d "@$since")"
} | gzip -9n >"$doc/changelog.gz"
gzip -9nc "$tree/.github/CHANGELOG.md" >"$doc/NEWS.md.gz"

# dpkg-shlibdeps wants a source package to be in.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/debian"
printf 'Source: writ\n\nPackage: writ\nArchitecture: any\n' >"$work/debian/control"
programs=$(cd "$stage" && pwd)/usr/bin
depends=$(cd "$work" && dpkg-shlibdeps -O "$programs/writ" "$programs/adobe-emulator" 2>/dev/null |
	sed 's/^shlibs:Depends=//')

cat >"$stage/DEBIAN/control" <<-END
	Package: writ
	Version: $version
	Architecture: $architecture
	Maintainer: $maintainer
	Installed-Size: $(du -sk --exclude=DEBIAN "$stage" | cut -f 1)
	Depends: $depends
	Recommends: ca-certificates, git, openssh-client
	Section: admin
	Priority: optional
	Description: permissions of service accounts as code
	 writ keeps the permissions of an organisation's service accounts in YAML
	 manifests. It shows how the live organisation differs, makes it so, reads it
	 back, and leaves a record of what was done.
END
(cd "$stage" && find usr -type f | LC_ALL=C sort | xargs md5sum >DEBIAN/md5sums)
chmod 644 "$stage"/DEBIAN/*
find "$stage" -exec touch -h -d "@$since" {} +
SOURCE_DATE_EPOCH=$since dpkg-deb --root-owner-group -Zxz --build "$stage" "$out" >/dev/null
