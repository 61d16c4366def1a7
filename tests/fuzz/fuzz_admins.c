/* SPDX-License-Identifier: Apache-2.0 */
/* A list of administrators that somebody exported: the table and what its cells mean. */
#include <string.h>

#include "providers/adobe/users/admin_export.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a table holds survives being written and read again. */
static void write_again(const struct csv_table *t, struct arena *a)
{
	struct csv_table again;
	struct str out = STR(a);
	for (size_t row = 0; row < t->rows; row++) {
		const char *cells[CSV_COLUMNS_MAX];
		for (size_t i = 0; i < t->columns; i++)
			cells[i] = csv_at(t, row, i)->text;
		csv_add_row(&out, cells, t->columns);
	}
	if (t->columns == 1)
		return; /* an empty cell alone is an empty line */
	struct error *e = csv_read("again", str_text(&out), out.len, a, &again);
	if (e || again.columns != t->columns || again.rows != t->rows)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct entitlement asked[] = {
		{.role = ROLE_STORAGE_ADMINISTRATOR},
		{.product = "Photo", .role = ROLE_PRODUCT_ADMINISTRATOR},
	};
	ARENA a = {0};
	struct admin_export admins;
	struct csv_table table;
	const char *text = arena_strndup(&a, (const char *)data, size);
	struct error *e = csv_read("fuzz", text, size, &a, &table);
	if (!e)
		write_again(&table, &a);
	error_free(e);
	e = admin_export_parse("fuzz", text, size, &a, &admins);
	for (size_t i = 0; !e && i < admins.rows.len; i++) {
		for (int k = 0; k < 2; k++)
			admin_export_see(&admins, admins.rows.at[i].email,
					 k ? USER_ANY : USER_ADOBE_ID, &asked[k]);
		if (!admin_export_find(&admins, admins.rows.at[i].email))
			__builtin_trap();
	}
	error_free(e);
	return 0;
}
