/* SPDX-License-Identifier: Apache-2.0 */
/* What stays open when a snapshot is recorded, what closes it, and the way through the files. */
#include <string.h>

#include "core/language/config.h"
#include "core/language/manifest.h"
#include "core/language/stored.h"
#include "core/model/agreed.h"
#include "core/plan/drift_ignore.h"
#include "core/record/open_drift.h"
#include "core/record/said.h"
#include "core/record/snapshot.h"
#include "providers/registry.h"
#include "tests/unit/check.h"

#define ORG                                                                                        \
	"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: "       \
	"file}\n"                                                                                  \
	"status:\n  products: [{product: P, profile: Q}]\n  users: [ann@x.org, bob@x.org]\n"       \
	"  groups: []\n"
#define GONE_ORG                                                                                   \
	"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: "       \
	"file}\nstatus:\n  products: [{product: P, profile: Q}]\n  users: [bob@x.org]\n"           \
	"  groups: []\n"
#define ROBOT(lists)                                                                               \
	"---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: robot}\n"              \
	"spec: {description: d, " lists "}\n"
#define TWICE(lists)                                                                               \
	"---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: robot}\n"              \
	"spec: {description: e, " lists "}\n"
#define NAMED(name, id)                                                                            \
	"---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: " name "}\n"           \
	"spec: {adminRoles: [], products: []}\nstatus: {id: " id "@techacct.adobe.com}\n"
#define ROLE(user)                                                                                 \
	"---\napiVersion: writ/v1\nkind: AdminRole\nmetadata: {name: r}\nspec: {role: "            \
	"storage-administrator, members: [" user "]}\n"
#define PRODUCT(user)                                                                              \
	"---\napiVersion: writ/v1\nkind: ProductAssignment\nmetadata: {name: p}\nspec: {product: " \
	"P, profile: Q, members: [" user "]}\n"
#define NONE "adminRoles: [], products: []"
#define ADMIN "adminRoles: [storage-administrator], products: []"
#define ANN "{user: ann@x.org}"

/* A world of one recording: `agreed`, then `open` by the snapshot before (live then), and `live`
 * now. */
static const struct row {
	const char *name, *agreed, *live;
	const char *manifests; /* of the run; NULL: there was none */
	const char *target;
	bool made;	  /* all that the plan to `live` from `then` changes was made by the run */
	const char *then; /* what the run's plan saw; NULL: live */
	const char *open; /* what stays open */
	const char *managed; /* what the last snapshot remembers of its manifests; NULL: nothing */
	const char *until;   /* what was found by then is decided on; NULL: nothing is */
} rows[] = {
	/* (a) What a run made and a read shows is agreed; what it did not make is not. */
	{"made", ORG ROBOT(NONE), ORG ROBOT(ADMIN), ORG ROBOT(ADMIN), NULL, true, ORG ROBOT(NONE),
	 ""},
	{"not made", ORG ROBOT(NONE), ORG ROBOT(ADMIN), NULL, NULL, false, NULL,
	 "appeared grant/technicalAccount/robot/role/storage-administrator;"},
	{"an account made", ORG, ORG ROBOT(NONE), ORG ROBOT(NONE), NULL, true, ORG, ""},
	{"reverted and still there", ORG ROBOT(NONE), ORG ROBOT(ADMIN), ORG ROBOT(NONE), NULL,
	 false, NULL, "appeared grant/technicalAccount/robot/role/storage-administrator;"},
	{"what the service gives along, but no role", ORG,
	 ORG ROBOT("adminRoles: [storage-administrator], products: [{product: P, profile: Q}]"),
	 ORG ROBOT(NONE), NULL, true, ORG,
	 "appeared grant/technicalAccount/robot/role/storage-administrator;"},
	/* (b) Against what is agreed: what went back is no longer open. */
	{"back", ORG ROBOT(NONE), ORG ROBOT(NONE), NULL, NULL, false, NULL, ""},
	/* (c) Accounts, admin roles and attributes stay open, whoever manages them. */
	{"an account", ORG, ORG ROBOT(NONE), NULL, NULL, false, NULL,
	 "appeared technicalAccount/robot;"},
	{"an account gone", ORG ROBOT(ADMIN), ORG, NULL, NULL, false, NULL,
	 "gone technicalAccount/robot;"},
	{"an attribute", ORG ROBOT(NONE), ORG TWICE(NONE), NULL, NULL, false, NULL,
	 "changed technicalAccount/robot;"},
	{"a role of a user", ORG, ORG ROLE(ANN), ORG, NULL, false, NULL,
	 "appeared grant/user/ann%40x.org/role/storage-administrator;"},
	{"a product that nobody manages", ORG, ORG PRODUCT(ANN), ORG, NULL, false, NULL, ""},
	{"the same without manifests", ORG, ORG PRODUCT(ANN), NULL, NULL, false, NULL, ""},
	{"a product that is managed", ORG PRODUCT(ANN), ORG, ORG PRODUCT(ANN), NULL, false, NULL,
	 "gone grant/user/ann%40x.org/product/P/Q;"},
	{"a product that is reported", ORG, ORG PRODUCT(ANN), ORG PRODUCT(""), NULL, false, NULL,
	 "appeared grant/user/ann%40x.org/product/P/Q;"},
	{"the same, and the last apply claimed the profile", ORG, ORG PRODUCT(ANN), NULL, NULL,
	 false, NULL, "appeared grant/user/ann%40x.org/product/P/Q;", "product/P/Q"},
	{"the same, and the last apply wanted another grant", ORG, ORG PRODUCT(ANN), NULL, NULL,
	 false, NULL, "", "grant/user/bob%40x.org/product/P/Q"},
	{"gone, and the last apply wanted it", ORG PRODUCT(ANN), ORG, NULL, NULL, false, NULL,
	 "gone grant/user/ann%40x.org/product/P/Q;", "grant/user/ann%40x.org/product/P/Q"},
	{"gone, and wanted by the last apply but one", ORG PRODUCT(ANN), ORG, ORG, NULL, false,
	 NULL, "", "grant/user/ann%40x.org/product/P/Q"},
	{"gone, and an apply of a part says nothing of it", ORG PRODUCT(ANN), ORG, ORG ROBOT(NONE),
	 "robot", false, NULL, "gone grant/user/ann%40x.org/product/P/Q;", "product/P/Q"},
	{"a product of an account", ORG ROBOT(NONE),
	 ORG ROBOT("adminRoles: [], products: [{product: P, profile: Q}]"), NULL, NULL, false, NULL,
	 "appeared grant/technicalAccount/robot/product/P/Q;"},
	/* (d) Manifests that say the same close it; those of a part do not. */
	{"wanted", ORG ROBOT(NONE), ORG ROBOT(ADMIN), ORG ROBOT(ADMIN), NULL, false, NULL, ""},
	{"not wanted and gone", ORG ROBOT(ADMIN), ORG ROBOT(NONE), ORG ROBOT(NONE), NULL, false,
	 NULL, ""},
	{"gone, and no manifest speaks of it", ORG ROLE(ANN), ORG, ORG, NULL, false, NULL,
	 "gone grant/user/ann%40x.org/role/storage-administrator;"},
	{"wanted, of a part", ORG ROBOT(NONE), ORG ROBOT(ADMIN), ORG ROBOT(ADMIN), "robot", false,
	 NULL, "appeared grant/technicalAccount/robot/role/storage-administrator;"},
	/* (e) What a person decided is agreed, and what was found later is not. */
	{"decided", ORG ROBOT(NONE), ORG ROBOT(ADMIN), NULL, NULL, false, NULL, "", NULL,
	 "2026-06-01T12:00:00Z"},
	{"found later", ORG ROBOT(NONE), ORG ROBOT(ADMIN), NULL, NULL, false, NULL,
	 "appeared grant/technicalAccount/robot/role/storage-administrator;", NULL,
	 "2026-05-31T00:00:00Z"},
	/* (f) What is not possible yet stays open until the manifests change. */
	{"blocked", ORG PRODUCT(ANN), GONE_ORG, ORG PRODUCT(ANN), NULL, false, NULL,
	 "gone grant/user/ann%40x.org/product/P/Q;"},
};

struct world {
	struct arena arena;
	struct intern *strings;
	struct universe *u;
	struct live agreed, live, then;
	struct model wanted;
	struct model_index index;
	struct plan plan;
};

static void parse(struct world *w, const char *text, struct model *out)
{
	struct report report = {.arena = &w->arena};
	struct manifest_reader reader = {w->strings, &w->arena, &report};
	struct stored_file_vec files = {0};
	vec_push(&w->arena, &files, (struct stored_file){"a.yaml", NULL, text, strlen(text)});
	manifest_parse(&reader, "here", &files, out);
	report_print(stderr, &report);
	assert_int_equal(report.errors, 0);
}

static void number(struct world *w, const struct live *live)
{
	for (size_t i = 0; i < live->accounts.len; i++)
		universe_principal(w->u, PRINCIPAL_ACCOUNT, live->accounts.at[i].meta.name, true);
}

static void load(struct world *w, const char *text, struct live *out)
{
	struct model *model = arena_zalloc(&w->arena, sizeof(*model));
	parse(w, text, model);
	stored_of_model(model, COLLECT_ALL, &w->arena, w->u, out);
	number(w, out);
}

static void begin(struct world *w)
{
	w->strings = intern_new();
	w->u = universe_new(w->strings);
}

static void end(struct world *w)
{
	universe_free(w->u);
	intern_free(w->strings);
	arena_done(&w->arena);
}

static void make_plan(struct world *w, const struct row *row)
{
	struct report report = {.arena = &w->arena};
	struct plan_input input = {.wanted = &w->wanted,
				   .index = &w->index,
				   .live = row->then ? &w->then : &w->live,
				   .base = &w->agreed,
				   .universe = w->u,
				   .reader = registry_find("file")->reader,
				   .target = row->target,
				   .consent = {CONSENT_NONE, 0, -1},
				   .now = 1780315200};
	plan_make(&input, &w->arena, &report, &w->plan);
	report_print(stderr, &report);
	assert_int_equal(report.errors, 0);
}

static void set_up(struct world *w, const struct row *row)
{
	begin(w);
	load(w, row->agreed, &w->agreed);
	load(w, row->live, &w->live);
	if (row->then)
		load(w, row->then, &w->then);
	if (row->manifests) {
		parse(w, row->manifests, &w->wanted);
		model_index(&w->wanted, &w->arena, &w->index);
		make_plan(w, row);
	} else {
		universe_rank(w->u);
	}
}

static const char *told(struct world *w, const struct drift_vec *items)
{
	struct str out = STR(&w->arena);
	for (size_t i = 0; i < items->len; i++) {
		const struct drift_item *d = &items->at[i];
		str_printf(&out, "%s %s;", drift_kind_name((enum drift_kind)d->kind),
			   change_address(&w->arena, d->principal, d->entitlement));
	}
	return str_text(&out);
}

static void find(struct world *w, const struct row *row, const struct open_drift_vec *known,
		 struct drift_vec *out)
{
	bool *done = arena_zalloc(&w->arena, w->plan.changes.len + 1);
	const struct open_drift_decision decision = {.until = row->until};
	bool whole = row->manifests && !row->target;
	struct text_vec remembered = {0};
	if (row->managed)
		vec_push(&w->arena, &remembered, (struct text_item){.text = row->managed});
	for (size_t i = 0; i < w->plan.changes.len; i++)
		done[i] = row->made;
	struct open_drift_input input = {.universe = w->u,
					 .agreed = &w->agreed,
					 .live = &w->live,
					 .known = known,
					 .reader = registry_find("file")->reader,
					 .plan = row->manifests ? &w->plan : NULL,
					 .done = done,
					 .decides = true,
					 .managed = whole ? &w->plan.managed : &remembered,
					 .decision = &decision,
					 .found_by = "run-2",
					 .now = 1780315200};
	open_drift_find(&input, &w->arena, out);
}

static void what_stays_open(void **state UNUSED)
{
	static const struct open_drift_vec none = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w = {0};
		struct drift_vec items = {0};
		set_up(&w, &rows[i]);
		find(&w, &rows[i], &none, &items);
		if (strcmp(told(&w, &items), rows[i].open) != 0)
			print_error("%s: %s\n", rows[i].name, told(&w, &items));
		assert_string_equal(told(&w, &items), rows[i].open);
		end(&w);
	}
}

/* (e) A drift that manifests ignore is silent, and not closed. */
static void what_is_ignored_stays_open(void **state UNUSED)
{
	static const struct open_drift_vec none = {0};
	const struct row found = {.agreed = ORG ROBOT(NONE), .live = ORG TWICE(NONE)};
	struct world w = {0}, again = {0};
	struct drift_vec items = {0}, open = {0};
	set_up(&w, &found);
	find(&w, &found, &none, &items);
	assert_int_equal(items.len, 1);
	const char *manifests = arena_printf(
		&w.arena,
		"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec:\n"
		"  provider: file\n  ignoredDrift: [{fingerprint: \"%s\", until: 2026-08-30, "
		"reason: later}]\n",
		items.at[0].fingerprint);
	const struct row row = {.agreed = found.agreed, .live = found.live, .manifests = manifests};
	set_up(&again, &row);
	assert_int_equal(again.plan.drift.len, 1);
	assert_int_equal(again.plan.drift.at[0].fate, DRIFT_IGNORED);
	find(&again, &row, &none, &open);
	assert_int_equal(open.len, 1);
	end(&again);
	end(&w);
}

/* (e) Ninety days at most, and an admin role only where the operator says so. */
static void what_may_be_ignored(void **state UNUSED)
{
	static const struct operator_policy allowed = {.ignore_admin_drift = true};
	static const struct entitlement role = {.role = ROLE_STORAGE_ADMINISTRATOR};
	static const struct entitlement product = {"P", "Q", NULL, ROLE_NONE, NULL};
	const struct {
		const struct entitlement *entitlement;
		const struct operator_policy *policy;
		int32_t days;
		bool may;
	} ignorables[] = {
		{&product, NULL, 0, true},   {&product, NULL, 90, true},
		{&product, NULL, 91, false}, {NULL, NULL, 90, true},
		{NULL, NULL, 91, false},     {&role, NULL, 1, false},
		{&role, &allowed, 90, true}, {&role, &allowed, 91, false},
	};
	for (size_t i = 0; i < sizeof(ignorables) / sizeof(*ignorables); i++) {
		const struct entitlement *e = ignorables[i].entitlement;
		const struct drift_item item = {.entitlement = e, .admin = e && e->role};
		bool may = !drift_not_ignorable(&item, 1000 + ignorables[i].days, 1000,
						ignorables[i].policy);
		assert_int_equal(may, ignorables[i].may);
	}
}

/* The snapshot of w->live with these items, read back. */
static void through_files(struct world *w, const struct drift_vec *items, struct model *out)
{
	struct report report = {.arena = &w->arena};
	struct manifest_reader reader = {w->strings, &w->arena, &report};
	struct str text = STR(&w->arena);
	struct snapshot s;
	open_drift_emit(items, &w->agreed, w->u, &text);
	struct snapshot_input input = {.live = &w->live,
				       .u = w->u,
				       .reader = registry_find("file")->reader,
				       .open_drift = &text};
	snapshot_make(&input, &w->arena, &s);
	assert_null(snapshot_parse("s", &w->arena, &s));
	assert_null(snapshot_find_edited(&s, &w->arena));
	manifest_parse(&reader, NULL, &s.files, out);
	report_print(stderr, &report);
	assert_int_equal(report.errors, 0);
	assert_int_equal(out->drifts.len, items->len);
}

/* Agreed is the snapshot with its open drift undone, byte for byte; and what is open stays so, with
 * its day and its run. */
static void agreed_comes_back(void **state UNUSED)
{
	static const char *const pairs[][2] = {
		{ORG ROBOT(ADMIN), ORG ROBOT(NONE)},
		{ORG ROBOT(NONE), ORG ROBOT(ADMIN)},
		{ORG ROBOT(ADMIN), ORG},
		{ORG, ORG ROBOT(ADMIN)},
		{ORG ROBOT(ADMIN), ORG TWICE(NONE)},
		{ORG ROLE(ANN), ORG ROLE("{user: bob@x.org}")},
		{ORG ROLE(ANN), ORG},
		{ORG, ORG ROLE(ANN) ROBOT(ADMIN)},
		{ORG ROBOT("products: [{product: P, profile: Q}]"), ORG ROBOT("products: []")},
		/* One account is gone, and another has its name: two items of one address. */
		{ORG NAMED("beta", "2") NAMED("robot", "1"), ORG NAMED("robot", "2")},
		{ORG NAMED("beta", "2") NAMED("robot", "1"),
		 ORG NAMED("beta", "1") NAMED("robot", "2")},
	};
	static const struct open_drift_vec none = {0};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		const struct row row = {.agreed = pairs[i][0], .live = pairs[i][1]};
		struct world w = {0}, back = {0};
		struct drift_vec items = {0}, again = {0};
		struct model model = {0};
		struct live agreed = {0};
		set_up(&w, &row);
		find(&w, &row, &none, &items);
		assert_true(items.len > 0);
		for (size_t k = 0; k < items.len; k++) {
			items.at[k].since = "2026-05-01T00:00:00Z";
			items.at[k].run = "run-1";
		}
		through_files(&w, &items, &model);
		struct model undone = model;
		agreed_make(&undone, &w.arena);
		begin(&back);
		stored_of_model(&undone, COLLECT_ALL, &w.arena, back.u, &agreed);
		number(&back, &agreed);
		universe_rank(back.u);
		struct str is = STR(&w.arena), due = STR(&w.arena);
		struct str drift = STR(&w.arena);
		struct snapshot_input input = {.live = &agreed,
					       .u = back.u,
					       .reader = registry_find("file")->reader,
					       .open_drift = &drift};
		struct snapshot a, b;
		snapshot_make(&input, &w.arena, &a);
		input.live = &w.agreed;
		input.u = w.u;
		snapshot_make(&input, &w.arena, &b);
		for (size_t k = 0; k < a.files.len; k++)
			str_add(&is, a.files.at[k].bytes);
		for (size_t k = 0; k < b.files.len; k++)
			str_add(&due, b.files.at[k].bytes);
		assert_string_equal(str_text(&is), str_text(&due));
		find(&w, &row, &model.drifts, &again);
		assert_int_equal(again.len, items.len);
		for (size_t k = 0; k < again.len; k++) {
			assert_string_equal(again.at[k].since, "2026-05-01T00:00:00Z");
			assert_string_equal(again.at[k].run, "run-1");
		}
		end(&back);
		end(&w);
	}
}

/* What was said of a grant comes back with it, so that it ends when it should. */
static void words_come_back(void **state UNUSED)
{
	const struct row row = {
		.agreed = ORG ROBOT("adminRoles: [{role: storage-administrator, ticket: T-1, "
				    "expires: 2027-03-31}], products: []"),
		.live = ORG ROBOT(NONE)};
	static const struct open_drift_vec none = {0};
	struct world w = {0};
	struct drift_vec items = {0};
	struct model model = {0}, last = {0};
	begin(&w);
	parse(&w, row.agreed, &last);
	load(&w, row.agreed, &w.agreed);
	load(&w, row.live, &w.live);
	w.agreed.words = said_words(&last, NULL, NULL, w.u, &w.arena);
	universe_rank(w.u);
	find(&w, &row, &none, &items);
	through_files(&w, &items, &model);
	agreed_make(&model, &w.arena);
	const struct words *words = model.accounts.at[0].roles.at[0].words;
	assert_non_null(words);
	assert_string_equal(words->ticket, "T-1");
	assert_int_equal(words->expires, 20908);
	assert_null(words->reason);
	end(&w);
}

/* An owner that the service does not tell is the last one; one that it tells stays as told. */
static void owners_come_back(void **state UNUSED)
{
	struct world w = {0};
	begin(&w);
	load(&w, ORG ROBOT("owner: ann@x.org, " NONE), &w.agreed);
	load(&w, ORG ROBOT(NONE), &w.live);
	said_owners(&w.agreed, NULL, ATTRIBUTE_ALL, &w.arena, &w.live);
	assert_null(w.live.accounts.at[0].owner);
	said_owners(&w.agreed, NULL, ATTRIBUTE_ALL & ~ATTRIBUTE_OWNER, &w.arena, &w.live);
	assert_string_equal(w.live.accounts.at[0].owner, "ann@x.org");
	end(&w);
}

static bool sees_nothing(struct provider *p UNUSED, const struct principal *principal UNUSED,
			 const struct account *account UNUSED, const struct entitlement *e UNUSED)
{
	return false;
}

/* (f) What no read shows has not gone: it stays agreed, also when the snapshot cannot say so. */
static void what_is_not_seen_stays_agreed(void **state UNUSED)
{
	const struct row row = {.agreed = ORG ROBOT(ADMIN), .live = ORG ROBOT(NONE)};
	static const struct open_drift_vec none = {0};
	struct provider_reader blind = *registry_find("file")->reader;
	struct world w = {0};
	struct drift_vec items = {0}, seen = {0};
	struct model model = {0};
	blind.sees = sees_nothing;
	set_up(&w, &row);
	struct open_drift_input input = {.universe = w.u,
					 .agreed = &w.agreed,
					 .live = &w.live,
					 .known = &none,
					 .reader = &blind,
					 .decides = true,
					 .found_by = "run-1",
					 .now = 1780315200};
	open_drift_find(&input, &w.arena, &items);
	assert_int_equal(items.len, 1);
	assert_true(items.at[0].unseen);
	through_files(&w, &items, &model);
	assert_true(model.drifts.at[0].unseen);
	agreed_make(&model, &w.arena);
	assert_int_equal(model.accounts.at[0].roles.len, 1);
	const struct drift_input told_input = {w.u, &w.agreed, &w.live, &blind, NULL, false};
	drift_find(&told_input, &w.arena, &seen);
	assert_int_equal(seen.len, 0);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stays_open),
		cmocka_unit_test(what_is_ignored_stays_open),
		cmocka_unit_test(what_may_be_ignored),
		cmocka_unit_test(agreed_comes_back),
		cmocka_unit_test(words_come_back),
		cmocka_unit_test(owners_come_back),
		cmocka_unit_test(what_is_not_seen_stays_agreed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
