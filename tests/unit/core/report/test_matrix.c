/* SPDX-License-Identifier: Apache-2.0 */
/* What a cell of the matrix comes to, for each way in which a grant can be said and seen. */
#include <string.h>

#include "core/language/manifest.h"
#include "core/language/stored.h"
#include "core/report/matrix.h"
#include "core/report/matrix_page.h"
#include "core/util/clock.h"
#include "tests/unit/check.h"

#define ORG                                                                                        \
	"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: "       \
	"file}\n"
#define USERS_UNSEEN "status: {unseen: [system-administrator]}\n"
#define ROBOT(spec)                                                                                \
	"---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: robot}\n"              \
	"spec: {" spec "}\n"
#define ROLES(list) "adminRoles: [" list "]"
#define ADMIN ROLES("{role: storage-administrator}")
#define ENDS ROLES("{role: storage-administrator, expires: 2026-05-31}")
#define UNSEEN "status: {unseen: [storage-administrator]}\n"
#define DESK(member)                                                                               \
	"---\napiVersion: writ/v1\nkind: AdminRole\nmetadata: {name: desk}\n"                      \
	"spec: {role: storage-administrator, members: [" member "]}\n"

static const struct row {
	const char *wanted, *seen; /* NULL: not read */
	const char *cells;	   /* "PRINCIPAL STATE;" of each */
	size_t administrators, pending, unseen;
} rows[] = {
	{ORG, ORG, "", 0, 0, 0},
	{ORG ROBOT(""), NULL, "", 0, 0, 0},
	{ORG ROBOT(ADMIN), NULL, "robot declared;", 1, 0, 0},
	{ORG ROBOT(ENDS), NULL, "robot ended;", 0, 0, 0},
	{NULL, ORG ROBOT(ADMIN), "robot held;", 1, 0, 0},
	{NULL, ORG ROBOT("") UNSEEN, "robot not seen;", 0, 0, 1},
	{ORG ROBOT(ADMIN), ORG ROBOT(ADMIN), "robot held;", 1, 0, 0},
	{ORG ROBOT(ADMIN), ORG ROBOT(""), "robot declared, not held;", 0, 1, 0},
	{ORG ROBOT(ADMIN), ORG, "robot declared, not held;", 0, 1, 0},
	{ORG ROBOT(ADMIN), ORG ROBOT("") UNSEEN, "robot not seen;", 1, 0, 1},
	{ORG ROBOT(""), ORG ROBOT(ADMIN), "robot held, not declared;", 1, 0, 0},
	{ORG, ORG ROBOT(ADMIN), "robot held, not declared;", 1, 0, 0},
	{ORG ROBOT(ENDS), ORG ROBOT(ADMIN), "robot ended, still held;", 1, 0, 0},
	{ORG ROBOT(ENDS), ORG ROBOT(""), "robot ended;", 0, 0, 0},
	{ORG ROBOT(ENDS), ORG ROBOT("") UNSEEN, "robot ended, may still be held;", 1, 0, 1},
	/* Held is what was seen, whatever else was not. */
	{ORG ROBOT(ADMIN), ORG ROBOT(ADMIN) UNSEEN, "robot held;", 1, 0, 0},
	/* Of several lines the one that holds longest counts. */
	{ORG ROBOT(ENDS) DESK("{account: robot}"), NULL, "robot declared;", 1, 0, 0},
	{ORG DESK("{user: JANE@example.com}"), ORG DESK("{user: jane@example.com}"),
	 "jane@example.com held;", 1, 0, 0},
	/* A user who is not listed may hold what is not seen of users. */
	{ORG, ORG USERS_UNSEEN, "all users not seen;", 0, 0, 1},
	{NULL, ORG USERS_UNSEEN DESK("{user: jane@example.com}"),
	 "all users not seen;jane@example.com held;", 1, 0, 1},
};

static void load(struct arena *a, struct intern *strings, const char *text, struct model *out)
{
	struct stored_file_vec files = {0};
	vec_push(a, &files,
		 (struct stored_file){.path = "m.yaml", .bytes = text, .len = strlen(text)});
	assert_ok(stored_parse_model("m", &files, strings, a, out));
}

static const char *cells_of(struct arena *a, const struct matrix *m)
{
	struct str out = STR(a);
	for (size_t i = 0; i < m->cells.len; i++) {
		const struct matrix_cell *c = &m->cells.at[i];
		str_printf(&out, "%s %s;",
			   *matrix_principal_of(m, c)->who->name
				   ? matrix_principal_of(m, c)->who->name
				   : "all users",
			   matrix_state_name(c->state));
	}
	return str_text(&out);
}

/* Whatever is printed tells every state, and what nobody could see. */
static void check_prints(struct arena *a, const struct matrix *m)
{
	static void (*const printers[])(struct str *, const struct matrix *) = {
		matrix_print_text, matrix_print_json, matrix_print_csv, matrix_page_print};
	for (size_t i = 0; i < COUNT(printers); i++) {
		struct str out = STR(a);
		printers[i](&out, m);
		for (size_t k = 0; k < m->cells.len; k++)
			assert_non_null(
				strstr(str_text(&out), matrix_state_name(m->cells.at[k].state)));
	}
}

static void check_row(struct arena *a, struct intern *strings, const struct row *r)
{
	struct model wanted = {0}, seen = {0};
	struct model_index index;
	struct live live = {0};
	struct matrix m;
	struct universe *u = universe_new(strings);
	struct matrix_input input = {.universe = u, .strings = strings};
	assert_true(time_parse("2026-06-01T00:00:00Z", &input.now));
	if (r->wanted) {
		load(a, strings, r->wanted, &wanted);
		model_index(&wanted, a, &index);
		input.wanted = &wanted;
		input.index = &index;
	}
	if (r->seen) {
		load(a, strings, r->seen, &seen);
		stored_of_model(&seen, COLLECT_ALL, a, u, &live);
		input.seen = &seen;
		input.live = &live;
	}
	matrix_make(&input, a, &m);
	assert_string_equal(cells_of(a, &m), r->cells);
	assert_int_equal(m.administrators, r->administrators);
	assert_int_equal(m.pending, r->pending);
	assert_int_equal(m.unseen, r->unseen);
	check_prints(a, &m);
	universe_free(u);
}

static void what_is_said_and_seen(void **state UNUSED)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		print_message("row %zu\n", i);
		check_row(&a, strings, &rows[i]);
		intern_free(strings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_said_and_seen)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
