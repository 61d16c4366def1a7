/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/past/undo.h"
#include "tests/unit/check.h"

/* A live organisation of three accounts and a user, and a past run of one change on it. */
struct world {
	struct arena arena;
	struct intern *strings;
	struct live live;
	struct plan plan;
	struct known_run run;
	uint8_t fates[8];
	struct undo undo;
	struct undo_input input;
};

static const char *name(struct world *w, const char *text)
{
	return intern(w->strings, text);
}

static const struct entitlement support = {NULL, NULL, NULL, ROLE_SUPPORT_ADMINISTRATOR};
static const struct entitlement storage = {NULL, NULL, NULL, ROLE_STORAGE_ADMINISTRATOR};

static uint32_t number_of(struct world *w, const struct entitlement *e)
{
	return universe_entitlement(w->input.universe, e->role, NULL, NULL, NULL);
}

static void hold(struct world *w, enum principal_kind kind, const char *who,
		 const struct entitlement *e)
{
	uint32_t p = universe_principal(w->input.universe, kind, name(w, who), true);
	vec_push(&w->arena, &w->live.grants, (struct pair){p, number_of(w, e)});
}

static void begin(struct world *w)
{
	static const char *const accounts[] = {"alpha", "beta", "gamma"};
	*w = (struct world){.strings = intern_new()};
	w->input = (struct undo_input){.run = &w->run,
				       .plan = &w->plan,
				       .file = "run.plan.json",
				       .live = &w->live,
				       .universe = universe_new(w->strings),
				       .attributes = ATTRIBUTE_ALL};
	w->run = (struct known_run){.name = "run", .fates = w->fates};
	w->plan = (struct plan){.organization = name(w, "acme"), .provider = name(w, "file")};
	for (size_t i = 0; i < 3; i++)
		vec_push(&w->arena, &w->live.accounts,
			 (struct account){.meta = {.name = name(w, accounts[i])}});
	hold(w, PRINCIPAL_ACCOUNT, "alpha", &support);
	hold(w, PRINCIPAL_ACCOUNT, "beta", &support);
	hold(w, PRINCIPAL_USER, "jane@example.com", &support);
}

static void end(struct world *w)
{
	universe_free(w->input.universe);
	intern_free(w->strings);
	arena_done(&w->arena);
}

static struct change *add_grant(struct world *w, enum principal_kind kind, const char *who,
				const struct entitlement *e, enum action action, enum fate fate)
{
	struct principal *p = arena_alloc(&w->arena, sizeof(*p));
	*p = (struct principal){name(w, who), kind};
	w->fates[w->plan.changes.len] = fate;
	vec_push(&w->arena, &w->plan.changes,
		 (struct change){
			 .principal = p, .entitlement = e, .type = CHANGE_GRANT, .action = action});
	w->run.changes = w->plan.changes.len;
	return &w->plan.changes.at[w->plan.changes.len - 1];
}

/* "alpha=support-administrator,... role:member,...; notes": what is wanted of those that the undo
 * speaks for. */
static const char *wanted(struct world *w)
{
	struct str out = STR(&w->arena);
	undo_make(&w->input, &w->arena, &w->undo);
	const struct model *m = &w->undo.wanted;
	for (size_t i = 0; i < m->accounts.len; i++) {
		str_printf(&out, "%s=", m->accounts.at[i].meta.name);
		for (size_t k = 0; k < m->accounts.at[i].roles.len; k++)
			str_printf(&out, "%s,",
				   role_table[m->accounts.at[i].roles.at[k].role].name);
	}
	for (size_t i = 0; i < m->roles.len; i++) {
		str_printf(&out, "%s:", role_table[m->roles.at[i].role].name);
		for (size_t k = 0; k < m->roles.at[i].members.len; k++)
			str_printf(&out, "%s,", m->roles.at[i].members.at[k].name);
	}
	for (size_t i = 0; i < w->undo.notes.len; i++)
		str_printf(&out, ";%s", w->undo.notes.at[i]);
	return str_text(&out);
}

static void only_what_was_done_is_taken_back(void **state)
{
	(void)state;
	static const struct {
		const char *who;
		const struct entitlement *e;
		enum action action;
		enum fate fate;
		bool manual, withheld;
		const char *due;
	} rows[] = {
		{"alpha", &support, ACTION_CREATE, FATE_DONE, false, false, "alpha="},
		{"alpha", &support, ACTION_CREATE, FATE_UNKNOWN, false, false, "alpha="},
		{"alpha", &support, ACTION_CREATE, FATE_FAILED, false, false, ""},
		{"alpha", &support, ACTION_CREATE, FATE_NOT_TRIED, false, false, ""},
		{"alpha", &support, ACTION_CREATE, FATE_NOT_TRIED, true, false, "alpha="},
		{"alpha", &support, ACTION_CREATE, FATE_NOT_TRIED, true, true, ""},
		{"gamma", &support, ACTION_CREATE, FATE_NOT_TRIED, true, false, ""},
		{"gamma", &support, ACTION_CREATE, FATE_UNKNOWN, false, false, ""},
		{"gamma", &support, ACTION_CREATE, FATE_DONE, false, false,
		 ";gamma: support-administrator is gone again already"},
		{"gamma", &support, ACTION_DELETE, FATE_DONE, false, false,
		 "gamma=support-administrator,"},
		{"alpha", &storage, ACTION_DELETE, FATE_DONE, false, false,
		 "alpha=support-administrator,storage-administrator,"},
		{"alpha", &support, ACTION_DELETE, FATE_DONE, false, false,
		 ";alpha: support-administrator is there again already"},
		{"delta", &support, ACTION_DELETE, FATE_DONE, false, false,
		 ";delta: no account has this name any more: it was deleted or renamed since; "
		 "support-administrator is left alone"},
		{"delta", &support, ACTION_CREATE, FATE_DONE, false, false,
		 ";delta: no account has this name any more: it was deleted or renamed since; "
		 "support-administrator is left alone"},
		{"delta", &support, ACTION_CREATE, FATE_UNKNOWN, false, false, ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;
		begin(&w);
		struct change *c = add_grant(&w, PRINCIPAL_ACCOUNT, rows[i].who, rows[i].e,
					     rows[i].action, rows[i].fate);
		c->via = rows[i].manual ? CAN_MANUAL : CAN_API;
		c->withheld = rows[i].withheld;
		const char *got = wanted(&w);
		if (strcmp(got, rows[i].due) != 0)
			fail_msg("row %zu: \"%s\", not \"%s\"", i, got, rows[i].due);
		end(&w);
	}
}

static void who_took_a_name_over_gets_and_loses_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *then, *now;
		const struct entitlement *e;
		enum action action;
		const char *due;
	} rows[] = {
		{"1", "1", &support, ACTION_CREATE, "alpha="},
		{"1", NULL, &support, ACTION_CREATE, "alpha="},
		{NULL, "2", &support, ACTION_CREATE, "alpha="},
		{"1", "2", &support, ACTION_CREATE,
		 ";alpha: another account has this name since; support-administrator is left "
		 "alone"},
		{"1", "2", &storage, ACTION_DELETE,
		 ";alpha: another account has this name since; storage-administrator is left "
		 "alone"},
		{"1", "2", NULL, ACTION_UPDATE,
		 ";alpha: another account has this name since; left alone"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;
		begin(&w);
		struct account then = {.meta = {.name = name(&w, "alpha")}, .id = rows[i].then};
		w.live.accounts.at[0].id = rows[i].now;
		vec_push(&w.arena, &w.plan.accounts, &then);
		struct change *c = add_grant(&w, PRINCIPAL_ACCOUNT, "alpha", rows[i].e,
					     rows[i].action, FATE_DONE);
		c->type = rows[i].e ? CHANGE_GRANT : CHANGE_ACCOUNT;
		c->before = c->after = &then;
		assert_string_equal(wanted(&w), rows[i].due);
		end(&w);
	}
}

static void users_are_spoken_for_by_what_they_hold(void **state)
{
	(void)state;
	struct world w;
	begin(&w);
	add_grant(&w, PRINCIPAL_USER, "JANE@example.com", &support, ACTION_CREATE, FATE_DONE);
	assert_string_equal(wanted(&w), "support-administrator:alpha,beta,");
	assert_int_equal(w.undo.wanted.roles.at[0].unlisted, UNLISTED_REMOVE);
	end(&w);
	begin(&w);
	add_grant(&w, PRINCIPAL_USER, "omar@example.com", &support, ACTION_DELETE, FATE_DONE);
	add_grant(&w, PRINCIPAL_ACCOUNT, "beta", &support, ACTION_CREATE, FATE_DONE);
	assert_string_equal(wanted(&w),
			    "beta=support-administrator:alpha,jane@example.com,omar@example.com,");
	end(&w);
}

static void a_change_that_is_not_on_record_was_not_made(void **state)
{
	(void)state;
	struct world w;
	begin(&w);
	add_grant(&w, PRINCIPAL_ACCOUNT, "alpha", &support, ACTION_CREATE, FATE_DONE);
	w.run.changes = 0;
	assert_string_equal(wanted(&w), "");
	end(&w);
}

static void guards_are_those_of_the_run(void **state)
{
	(void)state;
	struct world w;
	begin(&w);
	w.plan.policy = (struct policy){.max_removals = 3,
					.max_removal_delta = 7,
					.max_admin_grants = 1,
					.min_persons = 2,
					.min_holders = {[ROLE_SYSTEM_ADMINISTRATOR] = 4}};
	wanted(&w);
	const struct organization *o = &w.undo.wanted.organizations.at[0];
	assert_int_equal(o->unlisted, UNLISTED_KEEP);
	assert_int_equal(o->guards.max_removals, 3);
	assert_int_equal(o->guards.max_removal_delta, 7);
	assert_int_equal(o->guards.max_admin_grants, 1);
	assert_int_equal(o->guards.min_persons, 2);
	assert_int_equal(o->guards.min_holders[ROLE_SYSTEM_ADMINISTRATOR], 4);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_done_is_taken_back),
		cmocka_unit_test(who_took_a_name_over_gets_and_loses_nothing),
		cmocka_unit_test(users_are_spoken_for_by_what_they_hold),
		cmocka_unit_test(a_change_that_is_not_on_record_was_not_made),
		cmocka_unit_test(guards_are_those_of_the_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
