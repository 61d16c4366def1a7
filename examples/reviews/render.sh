#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# render.sh WRIT [FOLDER]: what a reviewer of each of these pull requests gets to see, made anew in
# FOLDER, by default here: comment.md, page.html, annotations.txt, plan.txt.
set -eu
writ=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "${2:-$here}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export WRIT_NOW=2026-06-01T00:00:00Z
unset GITHUB_STEP_SUMMARY GITHUB_OUTPUT
cd "$work"
for review in new-account clean-up smuggled; do
	mkdir -p "$out/$review"
	rm -rf manifests
	cp -R "$here/$review/after" manifests
	cp "$here/$review/live.yaml" live.yaml
	"$writ" plan --log quiet --live live.yaml --format "markdown=$out/$review/comment.md" \
		--format "html=$out/$review/page.html" \
		--format "github=$out/$review/annotations.txt" \
		--format "text=$out/$review/plan.txt" manifests
done
