/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/model/declaration.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

#define TODAY 100

static const struct words over = {.expires = TODAY - 1}, holds = {.expires = TODAY};

/* Interned names, because equal ones are compared by their addresses. */
struct scene {
	struct arena arena;
	struct intern *strings;
	struct model model;
	struct model_index index;
};

static void add_account(struct scene *s, const char *name, enum state state)
{
	struct account a = {.meta.name = intern(s->strings, name), .state = state};
	vec_push(&s->arena, &a.roles,
		 (struct entry){
			 .at = {"own", 1, 1}, .role = ROLE_SUPPORT_ADMINISTRATOR, .words = &holds});
	vec_push(&s->arena, &a.bundles,
		 (struct text_item){intern(s->strings, "nobody-defines-it"), {"own", 2, 1}});
	vec_push(&s->arena, &a.bundles,
		 (struct text_item){intern(s->strings, "reader"), {"own", 3, 1}});
	vec_push(&s->arena, &s->model.accounts, a);
}

static void begin(struct scene *s)
{
	*s = (struct scene){.strings = intern_new()};
	add_account(s, "here", STATE_PRESENT);
	add_account(s, "gone", STATE_ABSENT);
	struct bundle b = {.meta.name = intern(s->strings, "reader")};
	vec_push(&s->arena, &b.products,
		 (struct entry){.at = {"bundle", 1, 1},
				.product = intern(s->strings, "Photo"),
				.profile = intern(s->strings, "All"),
				.words = &over});
	vec_push(&s->arena, &s->model.bundles, b);
	struct assignment d = {.meta.name = intern(s->strings, "admins"),
			       .role = ROLE_SYSTEM_ADMINISTRATOR};
	vec_push(&s->arena, &d.members,
		 (struct entry){.at = {"role", 1, 1},
				.name = intern(s->strings, "jane@example.com"),
				.member = PRINCIPAL_USER});
	vec_push(&s->arena, &s->model.roles, d);
	struct assignment empty = {.meta.name = intern(s->strings, "nobody")};
	vec_push(&s->arena, &s->model.products, empty);
	model_index(&s->model, &s->arena, &s->index);
}

static void end(struct scene *s)
{
	intern_free(s->strings);
	arena_done(&s->arena);
}

struct notes {
	struct arena *arena;
	struct str text;
};

static void note_account(void *context, const struct account *a)
{
	struct notes *n = context;
	str_printf(&n->text, "account %s\n", a->meta.name);
}

static void note_assignment(void *context, const struct assignment *d)
{
	struct notes *n = context;
	str_printf(&n->text, "document %s\n", d->meta.name);
}

static void note_line(void *context, const struct declaration_line *line)
{
	struct notes *n = context;
	struct entitlement e = declaration_entitlement(line);
	str_printf(&n->text, "  %s %s in %s by %s:%u\n",
		   e.role ? role_table[e.role].name : "product", e.product ? e.product : "-",
		   line->bundle ? line->bundle->meta.name : "-", declaration_place(line)->file,
		   declaration_place(line)->line);
}

static void a_walk_visits_each_line_once(void **state UNUSED)
{
	struct scene s;
	begin(&s);
	struct notes n = {&s.arena, {.arena = &s.arena}};
	struct declaration_walk walk = {note_account, note_assignment, note_line, &n};
	declaration_walk(&s.model, &s.index, &walk);
	assert_string_equal(n.text.at, "account here\n"
				       "  support-administrator - in - by own:1\n"
				       "  product Photo in reader by own:3\n"
				       "document admins\n"
				       "  system-administrator - in - by role:1\n"
				       "document nobody\n");
	end(&s);
}

static void what_is_over_is_wanted_no_more(void **state UNUSED)
{
	struct scene s;
	begin(&s);
	struct universe *u = universe_new(s.strings);
	struct wanted wanted = {0};
	wanted_make(&s.model, &s.index, u, &s.arena, TODAY, &wanted);
	assert_int_equal(wanted.grants.len, 2);
	assert_string_equal(wanted.grants.at[0].at->file, "own");
	assert_string_equal(wanted.grants.at[1].at->file, "role");
	assert_int_equal(wanted.expired.len, 1);
	assert_string_equal(wanted.expired.at[0].at->file, "bundle");
	struct pair_vec pairs = {0};
	live_pairs(&s.model, &s.index, u, &s.arena, &pairs);
	assert_int_equal(pairs.len, 3); /* live has no dates */
	universe_free(u);
	end(&s);
}

static void declarations_come_in_the_order_of_principals(void **state UNUSED)
{
	struct scene s;
	begin(&s);
	struct declaration_vec all = {0};
	declaration_collect(&s.model, &s.index, &s.arena, TODAY, &all);
	assert_int_equal(all.len, 3);
	static const struct {
		const char *document, *bundle;
		enum kind kind;
		bool expired;
	} rows[] = {
		{"here", NULL, KIND_TECHNICAL_ACCOUNT, false},
		{"here", "reader", KIND_TECHNICAL_ACCOUNT, true},
		{"admins", NULL, KIND_ADMIN_ROLE, false},
	};
	for (size_t i = 0; i < all.len; i++) {
		const struct declaration *d = &all.at[i];
		assert_string_equal(d->document, rows[i].document);
		assert_string_equal(d->bundle ? d->bundle : "-",
				    rows[i].bundle ? rows[i].bundle : "-");
		assert_int_equal(d->kind, rows[i].kind);
		assert_int_equal(d->expired, rows[i].expired);
	}
	assert_string_equal(all.at[1].bundle_at.file, "bundle");
	end(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_visits_each_line_once),
		cmocka_unit_test(what_is_over_is_wanted_no_more),
		cmocka_unit_test(declarations_come_in_the_order_of_principals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
