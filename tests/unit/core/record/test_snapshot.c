/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/language/manifest.h"
#include "core/language/stored.h"
#include "core/plan/snapshot_diff.h"
#include "core/record/rewind.h"
#include "core/record/snapshot.h"
#include "core/util/str.h"
#include "providers/registry.h"
#include "tests/unit/check.h"

struct world {
	struct arena arena;
	struct intern *strings;
	struct universe *u;
	const struct provider_reader *reader;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	w->strings = intern_new();
	w->u = universe_new(w->strings);
	w->reader = registry_find("file")->reader;
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	universe_free(w->u);
	intern_free(w->strings);
	arena_done(&w->arena);
	free(w);
	return 0;
}

#define ORGANIZATION                                                                               \
	"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: "       \
	"file}\n"

static const char *account(struct arena *a, const char *name, const char *spec)
{
	return arena_printf(a,
			    "---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: "
			    "%s}\nspec: {%s}\n",
			    name, spec);
}

static struct live live_of(struct world *w, const char *text)
{
	struct live live = {0};
	struct report report = {.arena = &w->arena};
	struct manifest_reader reader = {w->strings, &w->arena, &report};
	struct model *model = arena_zalloc(&w->arena, sizeof(*model));
	struct stored_file_vec files = {0};
	vec_push(&w->arena, &files, (struct stored_file){"a.yaml", NULL, text, strlen(text)});
	manifest_parse(&reader, "here", &files, model);
	report_print(stderr, &report);
	assert_int_equal(report.errors, 0);
	stored_of_model(model, COLLECT_ALL, &w->arena, w->u, &live);
	for (size_t i = 0; i < live.accounts.len; i++)
		universe_principal(w->u, PRINCIPAL_ACCOUNT, live.accounts.at[i].meta.name, true);
	return live;
}

static struct snapshot snapshot_of(struct world *w, const struct live *live,
				   const struct snapshot *base)
{
	struct snapshot s;
	struct snapshot_input input = {.live = live, .u = w->u, .reader = w->reader, .base = base};
	snapshot_make(&input, &w->arena, &s);
	return s;
}

static const char *accounts(struct world *w, int count)
{
	struct str text = STR(&w->arena);
	str_add(&text, ORGANIZATION);
	for (int i = 0; i < count; i++)
		str_add(&text, account(&w->arena, arena_printf(&w->arena, "a-%d", i),
				       "products: [{product: P, profile: A}]"));
	return str_text(&text);
}

static void large_organisations_are_dealt_out(void **state)
{
	static const struct {
		int accounts;
		size_t digits;
	} rows[] = {{SNAPSHOT_SMALL, 0}, {SNAPSHOT_SMALL + 1, 2}, {SNAPSHOT_MEDIUM + 1, 3}};
	struct world *w = *state;
	const char *texts[3];
	struct live lives[3];
	for (int i = 0; i < 3; i++) {
		texts[i] = accounts(w, rows[i].accounts);
		lives[i] = live_of(w, texts[i]);
	}
	universe_rank(w->u);
	for (int i = 0; i < 3; i++) {
		struct snapshot s = snapshot_of(w, &lives[i], NULL);
		struct model model = {0};
		struct report report = {.arena = &w->arena};
		struct manifest_reader reader = {w->strings, &w->arena, &report};
		assert_null(snapshot_find_edited(&s, &w->arena));
		for (size_t k = 1; k < s.files.len; k++)
			assert_true(strcmp(s.files.at[k - 1].path, s.files.at[k].path) < 0);
		assert_true(rows[i].digits ? s.files.len > 100 : s.files.len == 4);
		if (rows[i].digits)
			assert_int_equal(strlen(s.files.at[3].path),
					 strlen("technical-accounts/.yaml") + rows[i].digits);
		for (size_t k = 0; k < s.files.len; k++)
			assert_true(snapshot_owns(s.files.at[k].path));
		manifest_parse(&reader, "s", &s.files, &model);
		assert_int_equal(report.errors, 0);
		assert_int_equal(model.accounts.len, rows[i].accounts);
		assert_int_equal(model.organizations.at[0].snapshot.serial, 1);
	}
}

static void only_its_own_files_are_the_snapshots(void **state UNUSED)
{
	static const char *const other[] = {
		"README.md", "accounts.yaml", "technical-accounts/x.yaml",
		"technical-accounts/00.yml", "technical-accounts/0.yaml"};
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		assert_false(snapshot_owns(other[i]));
	assert_true(snapshot_owns("organization.yaml"));
	assert_true(snapshot_owns("technical-accounts/0f.yaml"));
}

/* One bit anywhere but in the header is an edit by hand, and the part is named. */
static void every_edit_is_found(void **state)
{
	struct world *w = *state;
	struct live live = live_of(w, accounts(w, 3));
	universe_rank(w->u);
	struct snapshot s = snapshot_of(w, &live, NULL);
	for (size_t i = 0; i < s.files.len; i++) {
		struct stored_file *f = &s.files.at[i];
		const char *header = strstr(f->bytes, "  snapshot:\n");
		size_t end = header ? (size_t)(header - f->bytes) - 1 : f->len;
		for (size_t k = 0; k < end; k++) {
			struct stored_file kept = *f;
			char *copy = arena_strndup(&w->arena, f->bytes, f->len);
			copy[k] ^= 1;
			f->bytes = copy;
			assert_string_equal(snapshot_find_edited(&s, &w->arena), f->path);
			*f = kept;
		}
	}
	assert_null(snapshot_find_edited(&s, &w->arena));
}

static void the_header_is_read_back(void **state)
{
	struct world *w = *state;
	struct live live = live_of(w, accounts(w, 1)), more = live_of(w, accounts(w, 2));
	universe_rank(w->u);
	struct snapshot first = snapshot_of(w, &live, NULL), parsed = {.files = first.files};
	assert_ok(snapshot_parse("here", &w->arena, &parsed));
	assert_int_equal(parsed.serial, 1);
	assert_string_equal(parsed.lineage, first.lineage);
	assert_string_equal(parsed.organization, "acme");
	assert_ok(snapshot_check_organization(&parsed, "acme", NULL));
	CLEANUP(error_free)
	struct error *other = snapshot_check_organization(&parsed, "acme", "X@AdobeOrg");
	assert_non_null(other);
	struct snapshot same = snapshot_of(w, &live, &parsed),
			second = snapshot_of(w, &more, &same);
	assert_true(snapshot_is_equal(&same, &first));
	assert_int_equal(second.serial, 2);
	assert_false(snapshot_is_equal(&second, &first));
}

/* What a plan did, undone in what it made, is what was there before. */
static void rewinding_a_plan_gives_what_was_before(void **state)
{
	struct world *w = *state;
	struct arena *a = &w->arena;
	const char *pa = "products: [{product: P, profile: A}]";
	const char *before_text = arena_printf(
		a, "%s%s%s%s", ORGANIZATION, account(a, "goes", pa), account(a, "old-name", pa),
		account(a, "stays", "owner: x, adminRoles: [support-administrator]"));
	const char *after_text =
		arena_printf(a, "%s%s%s%s", ORGANIZATION, account(a, "comes", pa),
			     account(a, "new-name", "credential: old-name, products: []"),
			     account(a, "stays", "owner: y, products: [{product: P, profile: B}]"));
	struct live before = live_of(w, before_text), after = live_of(w, after_text), back;
	struct change_vec found = {0}, none = {0};
	struct plan plan = {0};
	struct change rename = {.type = CHANGE_ACCOUNT,
				.action = ACTION_UPDATE,
				.reason = REASON_RENAMED,
				.before = live_find(&before, "old-name"),
				.after = live_find(&after, "new-name")};
	/* Changes by hand, as a plan of one against the other would have them. */
	const struct principal stays = {intern(w->strings, "stays"), PRINCIPAL_ACCOUNT},
			       renamed = {intern(w->strings, "new-name"), PRINCIPAL_ACCOUNT};
	const char *p = intern(w->strings, "P");
	const struct entitlement pb = {p, intern(w->strings, "B"), NULL, ROLE_NONE},
				 one = {p, intern(w->strings, "A"), NULL, ROLE_NONE},
				 role = {NULL, NULL, NULL, ROLE_SUPPORT_ADMINISTRATOR};
	struct change changes[] = {
		{.type = CHANGE_ACCOUNT,
		 .action = ACTION_CREATE,
		 .after = live_find(&after, "comes")},
		rename,
		{.type = CHANGE_ACCOUNT,
		 .action = ACTION_UPDATE,
		 .reason = REASON_CHANGED,
		 .attributes = ATTRIBUTE_OWNER,
		 .before = live_find(&before, "stays"),
		 .after = live_find(&after, "stays")},
		{.type = CHANGE_GRANT,
		 .action = ACTION_CREATE,
		 .principal = &stays,
		 .entitlement = &pb},
		{.type = CHANGE_GRANT,
		 .action = ACTION_DELETE,
		 .principal = &stays,
		 .entitlement = &role},
		{.type = CHANGE_GRANT,
		 .action = ACTION_DELETE,
		 .principal = &renamed,
		 .entitlement = &one},
		{.type = CHANGE_ACCOUNT,
		 .action = ACTION_DELETE,
		 .before = live_find(&before, "goes")},
	};
	bool done[7] = {true, true, true, true, true, true, true};
	plan.changes.at = changes;
	plan.changes.len = 7;
	rewind_plan(&plan, done, &after, &before, w->u, a, &back);
	memset(done, 0, sizeof(done));
	struct live same;
	rewind_plan(&plan, done, &after, &before, w->u, a, &same);
	universe_rank(w->u);
	snapshot_diff_make(&before, &back, w->u, a, &none);
	for (size_t i = 0; i < none.len; i++)
		print_error("%s\n",
			    change_address(a, none.at[i].principal, none.at[i].entitlement));
	assert_int_equal(none.len, 0);
	snapshot_diff_make(&after, &same, w->u, a, &none);
	assert_int_equal(none.len, 0);
	snapshot_diff_make(&before, &after, w->u, a, &found);
	assert_int_equal(found.len, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(large_organisations_are_dealt_out, set_up,
						tear_down),
		cmocka_unit_test(only_its_own_files_are_the_snapshots),
		cmocka_unit_test_setup_teardown(every_edit_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_header_is_read_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rewinding_a_plan_gives_what_was_before, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
