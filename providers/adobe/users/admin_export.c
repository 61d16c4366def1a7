/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/users/admin_export.h"

#include <string.h>

#include "core/util/file.h"
#include "core/util/report.h"
#include "core/util/unicode.h"
#include "providers/adobe/users/role_names.h"

enum export_column {
	COLUMN_IDENTITY,
	COLUMN_EMAIL,
	COLUMN_ROLES,
	COLUMN_PROFILES,
	COLUMN_GROUPS,
	COLUMN_PRODUCTS,
	COLUMN_DEVELOPER,
	COLUMN_COUNT
};

/* The Admin Console's own names of columns; `role` is what their cells list the objects of. */
static const struct {
	const char *name;
	enum role role;
} columns[COLUMN_COUNT] = {
	[COLUMN_IDENTITY] = {"Identity Type", ROLE_NONE},
	[COLUMN_EMAIL] = {"Email", ROLE_NONE},
	[COLUMN_ROLES] = {"Admin Roles", ROLE_NONE},
	[COLUMN_PROFILES] = {"Product Configurations Administered",
			     ROLE_PRODUCT_PROFILE_ADMINISTRATOR},
	[COLUMN_GROUPS] = {"User Groups Administered", ROLE_USER_GROUP_ADMINISTRATOR},
	[COLUMN_PRODUCTS] = {"Products Administered", ROLE_PRODUCT_ADMINISTRATOR},
	[COLUMN_DEVELOPER] = {"Developer Access", ROLE_DEVELOPER},
};

#define NOT_THERE SIZE_MAX

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim(const char **text, size_t *len)
{
	while (*len && is_blank(**text)) {
		++*text;
		--*len;
	}
	while (*len && is_blank((*text)[*len - 1]))
		--*len;
}

static bool is_text(const char *text, const char *word)
{
	size_t len = strlen(text);
	trim(&text, &len);
	if (len != strlen(word))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (ascii_lower(text[i]) != ascii_lower(word[i]))
			return false;
	}
	return true;
}

/* ---- header ---- */

static struct error *find_column(const struct csv_table *t, enum export_column column, size_t *out)
{
	*out = NOT_THERE;
	for (size_t i = 0; i < t->columns; i++) {
		const struct csv_cell *cell = csv_at(t, 0, i);
		if (!is_text(cell->text, columns[column].name))
			continue;
		if (*out != NOT_THERE)
			return error_at(ERROR_INPUT, csv_place(t, cell), "a second column \"%s\"",
					columns[column].name);
		*out = i;
	}
	return NULL;
}

static struct error *find_columns(const struct csv_table *t, size_t *at)
{
	bool roles = false;
	for (int i = 0; i < COLUMN_COUNT; i++) {
		TRY(find_column(t, i, &at[i]));
		roles |= i >= COLUMN_ROLES && at[i] != NOT_THERE;
	}
	struct location start = {t->name, 1, 1};
	if (at[COLUMN_EMAIL] == NOT_THERE)
		return error_at(ERROR_INPUT, start,
				"there is no column \"Email\": this is no list of users");
	if (!roles)
		return error_at(ERROR_INPUT, start,
				"there is no column that tells of roles, as \"Admin Roles\" does");
	return NULL;
}

/* ---- rows ---- */

static void add_unknown(struct arena *a, const char *word, size_t len, struct location at,
			struct admin_export *out)
{
	for (size_t i = 0; i < out->unknown.len; i++) {
		const char *have = out->unknown.at[i].word;
		if (strlen(have) == len && !memcmp(have, word, len))
			return;
	}
	vec_push(a, &out->unknown, (struct admin_export_word){arena_strndup(a, word, len), at});
}

static void read_roles(const struct csv_table *t, const struct csv_cell *cell,
		       struct admin_export_row *row, struct arena *a, struct admin_export *out)
{
	const char *list = cell->text;
	row->has_roles = true;
	while (*list) {
		size_t len = strcspn(list, ",;"), used = len;
		const char *word = list;
		trim(&word, &used);
		enum role role = used ? role_of_word(word, used) : ROLE_NONE;
		row->roles |= role ? (uint16_t)(1U << role) : 0;
		row->has_roles &= role || used == 0;
		if (!role && used)
			add_unknown(a, word, used, csv_place(t, cell), out);
		list += len + (list[len] != '\0');
	}
}

static bool is_blank_row(const struct csv_table *t, size_t at)
{
	for (size_t i = 0; i < t->columns; i++) {
		if (!is_text(csv_at(t, at, i)->text, ""))
			return false;
	}
	return true;
}

/* NULL when the cell holds no address. */
static const char *read_email(const struct csv_cell *cell, struct arena *a)
{
	const char *text = cell->text;
	size_t len = strlen(text);
	trim(&text, &len);
	return memchr(text, '@', len) ? arena_strndup(a, text, len) : NULL;
}

static void read_row(const struct csv_table *t, size_t at, const size_t *where,
		     struct admin_export_row *row, struct arena *a, struct admin_export *out)
{
	if (where[COLUMN_IDENTITY] != NOT_THERE)
		row->is_adobe_id = is_text(csv_at(t, at, where[COLUMN_IDENTITY])->text, "Adobe ID");
	if (where[COLUMN_ROLES] != NOT_THERE)
		read_roles(t, csv_at(t, at, where[COLUMN_ROLES]), row, a, out);
	for (int i = COLUMN_PROFILES; i < COLUMN_COUNT; i++) {
		if (where[i] != NOT_THERE)
			row->lists[columns[i].role] = csv_at(t, at, where[i])->text;
	}
}

static void add_row(const struct csv_table *t, size_t at, const size_t *where, struct arena *a,
		    struct admin_export *out)
{
	const struct csv_cell *cell = csv_at(t, at, where[COLUMN_EMAIL]);
	struct admin_export_row row = {.email = read_email(cell, a)};
	if (!row.email) {
		vec_push(a, &out->unnamed, csv_place(t, cell));
		return;
	}
	read_row(t, at, where, &row, a, out);
	vec_push(a, &out->rows, row);
}

static int by_email(const void *a, const void *b)
{
	const struct admin_export_row *x = a, *y = b;
	return ascii_casecmp(x->email, y->email);
}

struct error *admin_export_parse(const char *name, const char *text, size_t len, struct arena *a,
				 struct admin_export *out)
{
	struct csv_table table;
	struct admin_export admins = {0};
	size_t where[COLUMN_COUNT];
	TRY(csv_read(name, text, len, a, &table));
	TRY(find_columns(&table, where));
	for (size_t i = 1; i < table.rows; i++) {
		if (!is_blank_row(&table, i))
			add_row(&table, i, where, a, &admins);
	}
	if (admins.unnamed.len && !admins.rows.len)
		return error_at(ERROR_INPUT, admins.unnamed.at[0],
				"no row has an e-mail address in column \"Email\"");
	vec_sort(&admins.rows, by_email);
	*out = admins;
	return NULL;
}

struct error *admin_export_load(const char *path, struct arena *a, struct admin_export *out)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	TRY(file_read(path, ADMINS_BYTES, &text, &len));
	return admin_export_parse(path, text, len, a, out);
}

/* ---- questions ---- */

const struct admin_export_row *admin_export_find(const struct admin_export *admins,
						 const char *email)
{
	struct admin_export_row key = {.email = email};
	return vec_find(&admins->rows, &key, by_email);
}

bool admin_export_list_has(const char *list, const char *name)
{
	ARENA a = {0};
	const char *items = text_fold(&a, list), *item = text_fold(&a, name);
	size_t len = strlen(item);
	for (const char *at = items; len && (at = strstr(at, item)); at++) {
		const char *before = at, *behind = at + len;
		while (before > items && is_blank(before[-1]))
			before--;
		while (is_blank(*behind))
			behind++;
		if ((before == items || before[-1] == ',' || before[-1] == ';') &&
		    (!*behind || *behind == ',' || *behind == ';'))
			return true;
	}
	return false;
}

static enum sighting see_row(const struct admin_export_row *row, const struct entitlement *e)
{
	const char *about = e->group ? e->group : e->profile ? e->profile : e->product;
	if (!about && row->roles & (1U << e->role))
		return SIGHTING_HELD;
	if (!about)
		return row->has_roles ? SIGHTING_ABSENT : SIGHTING_UNKNOWN;
	if (!row->lists[e->role])
		return SIGHTING_UNKNOWN;
	return admin_export_list_has(row->lists[e->role], about) ? SIGHTING_HELD : SIGHTING_ABSENT;
}

bool admin_export_have_other(const struct admin_export *admins, const char *email)
{
	const struct admin_export_row *end = admins->rows.at + admins->rows.len;
	for (const struct admin_export_row *row = admin_export_find(admins, email);
	     row && row < end && !ascii_casecmp(row->email, email); row++) {
		if (!row->is_adobe_id)
			return true;
	}
	return false;
}

enum sighting admin_export_see(const struct admin_export *admins, const char *email,
			       enum user_type type, const struct entitlement *e)
{
	enum sighting found = SIGHTING_UNKNOWN;
	bool adobe_id = type == USER_ADOBE_ID ||
			(type == USER_ANY && !admin_export_have_other(admins, email));
	const struct admin_export_row *end = admins->rows.at + admins->rows.len;
	for (const struct admin_export_row *row = admin_export_find(admins, email);
	     row && row < end && !ascii_casecmp(row->email, email); row++) {
		enum sighting now =
			row->is_adobe_id == adobe_id ? see_row(row, e) : SIGHTING_UNKNOWN;
		if (now > found)
			found = now;
	}
	return found;
}
