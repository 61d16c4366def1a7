#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make-organisation.sh ACCOUNTS FILES FOLDER: an organisation of ACCOUNTS accounts with four grants
# each, in FILES files.
set -eu
mkdir -p "$3"
awk -v accounts="$1" -v files="$2" -v folder="$3" '
function organisation(file) {
	printf "apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: file}\n" >file
}
BEGIN {
	organisation(folder "/0-organisation.yaml")
	per = int((accounts + files - 1) / files)
	for (i = 0; i < accounts; i++) {
		file = sprintf("%s/accounts-%06d.yaml", folder, int(i / per))
		if (file != last) { if (last) close(last); last = file } else printf "---\n" >file
		printf "apiVersion: writ/v1\nkind: TechnicalAccount\nmetadata:\n  name: account-%06d\nspec:\n", i >file
		printf "  owner: team-%d@example.com\n  adminRoles:\n    - role: product-administrator\n", i % 97 >file
		printf "      product: Product %d\n  products:\n", i % 50 >file
		for (k = 0; k < 3; k++)
			printf "    - {product: Product %d, profile: Profile %d}\n", \
				(i + k * 7) % 50, (int(i / 50) + k) % 8 >file
	}
}'
