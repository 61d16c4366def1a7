/* The conformance suite: what every provider must do, written against core/provider.h alone. A provider is known
 * here only by how a test organisation is put before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "core/check.h"
#include "core/emit.h"
#include "core/manifest.h"
#include "core/plan.h"
#include "core/util/file.h"
#include "providers/registry.h"

#define ORGANIZATION                                                                               \
	"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: "       \
	"file}\n"
#define EXISTS                                                                                     \
	"status:\n  products: [{product: P, profile: A}, {product: P, profile: B}]\n"              \
	"  users: [Jane@example.com]\n  groups: [Designers]\n"
#define ACCOUNT(name, spec)                                                                        \
	"---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: " name                 \
	"}\nspec: " spec "\n"
#define RENAMED(name, from, spec)                                                                  \
	"---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: " name                 \
	", previously: [" from "]}\nspec: " spec "\n"
#define MEMBERS(spec)                                                                              \
	"---\napiVersion: writ/v1\nkind: AdminRole\nmetadata: {name: r}\nspec: " spec "\n"

/* One test: an organisation, the manifests, and all that lives meanwhile. */
struct world {
	struct arena arena;
	struct intern *strings;
	const struct provider_entry *provider;
	struct provider *session;
	char folder[32], live[64], manifests[64];
};

static void must(struct error *error)
{
	if (error)
		error_print(stderr, error);
	assert_null(error);
}

static void start(struct world *w, const char *live, const char *manifests)
{
	*w = (struct world){.strings = intern_new(), .folder = "/tmp/writ-conformance-XXXXXX"};
	assert_non_null(mkdtemp(w->folder));
	snprintf(w->live, sizeof(w->live), "%s/live.yaml", w->folder);
	snprintf(w->manifests, sizeof(w->manifests), "%s/manifests.yaml", w->folder);
	must(file_write_atomic(w->live, live, strlen(live), 0600));
	must(file_write_atomic(w->manifests, manifests, strlen(manifests), 0600));
	w->provider = registry_find("file");
	must(w->provider->reader->open(
		&(struct settings){.strings = w->strings, .live_path = w->live}, &w->session));
}

static void end(struct world *w)
{
	w->provider->reader->close(w->session);
	unlink(w->live);
	unlink(w->manifests);
	rmdir(w->folder);
	arena_done(&w->arena);
	intern_free(w->strings);
}

static struct universe *read_live(struct world *w, struct live *out)
{
	struct universe *u = universe_new(w->strings);
	*out = (struct live){0};
	must(provider_read(w->provider->reader, w->session, &w->arena, u, &query_all, out));
	return u;
}

/* Plans the file at `path` against live; returns the universe that the plan's names live in. */
static struct universe *make_plan(struct world *w, char *path, struct plan *out, size_t *errors)
{
	struct report report = {.arena = &w->arena};
	struct manifest_reader reader = {w->strings, &w->arena, &report};
	struct model *model = arena_zalloc(&w->arena, sizeof(*model));
	struct model_index *index = arena_zalloc(&w->arena, sizeof(*index));
	struct live *live = arena_zalloc(&w->arena, sizeof(*live));
	struct universe *u = read_live(w, live);
	must(manifest_load(&reader, &path, 1, model, NULL));
	check_model(model, (struct location){path, 1, 1}, &report);
	assert_int_equal(report.errors, 0);
	model_index(model, &w->arena, index);
	struct plan_input input = {.wanted = model,
				   .index = index,
				   .live = live,
				   .universe = u,
				   .reader = w->provider->reader,
				   .session = w->session,
				   .consent = {CONSENT_PERCENT, 100, 100}};
	*out = (struct plan){0};
	plan_make(&input, &w->arena, &report, out);
	*errors = report.errors;
	return u;
}

/* Sends the changes of one phase, last first: the order inside a phase must not matter. */
static void send_phase(struct world *w, const struct plan *plan, enum phase phase,
		       enum outcome_class expected)
{
	const struct change *batch[64] = {0};
	struct outcome outcomes[64];
	size_t len = 0;
	for (size_t i = plan->changes.len; i-- > 0;) {
		if (change_phase(&plan->changes.at[i]) == phase)
			batch[len++] = &plan->changes.at[i];
	}
	must(provider_execute(w->provider->writer, w->session, &w->arena, batch, len, outcomes));
	for (size_t i = 0; i < len; i++)
		assert_int_equal(outcomes[i].class, expected);
}

static void send_all(struct world *w, const struct plan *plan)
{
	for (int phase = 0; phase < PHASE_COUNT; phase++)
		send_phase(w, plan, (enum phase)phase, OUTCOME_APPLIED);
}

static const struct {
	const char *live, *wanted;
	size_t changes;
} rows[] = {
	{ORGANIZATION, ORGANIZATION, 0},
	{ORGANIZATION EXISTS, ORGANIZATION ACCOUNT("a", "{}"), 1},
	{ORGANIZATION EXISTS,
	 ORGANIZATION ACCOUNT(
		 "a",
		 "{adminRoles: [storage-administrator], products: [{product: P, profile: A}]}"),
	 3},
	{ORGANIZATION EXISTS ACCOUNT("a", "{products: [{product: P, profile: A}]}"),
	 ORGANIZATION ACCOUNT("a", "{products: [{product: P, profile: B}]}"), 2},
	{ORGANIZATION EXISTS ACCOUNT("a", "{products: [{product: P, profile: A}]}"),
	 ORGANIZATION ACCOUNT("a", "{state: absent}"), 1},
	{ORGANIZATION EXISTS ACCOUNT("old", "{owner: x, products: [{product: P, profile: A}]}"),
	 ORGANIZATION RENAMED("new", "old", "{owner: y, products: [{product: P, profile: B}]}"), 3},
	{ORGANIZATION EXISTS,
	 ORGANIZATION MEMBERS("{role: support-administrator, members: "
			      "[{user: jane@EXAMPLE.com}, {group: Designers}]}"),
	 2},
	{ORGANIZATION EXISTS MEMBERS(
		 "{role: support-administrator, members: [{user: Jane@example.com}]}"),
	 ORGANIZATION MEMBERS("{role: support-administrator, members: [], unlisted: remove}"), 1},
	{ORGANIZATION ACCOUNT("a", "{description: x, apis: [B, A]}"),
	 ORGANIZATION ACCOUNT(
		 "a", "{description: 'y: \"z\" # no', owner: 'no', apis: [A, C], project: '010'}"),
	 1},
};

static void an_applied_plan_leaves_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;
		struct plan plan;
		size_t errors;
		start(&w, rows[i].live, rows[i].wanted);
		struct universe *u = make_plan(&w, w.manifests, &plan, &errors);
		assert_int_equal(errors, 0);
		assert_int_equal(plan.changes.len, rows[i].changes);
		send_all(&w, &plan);
		universe_free(u);
		u = make_plan(&w, w.manifests, &plan, &errors);
		assert_int_equal(plan.changes.len, 0);
		universe_free(u);
		end(&w);
	}
}

static void an_export_plans_to_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;
		struct plan plan;
		struct live live;
		size_t errors;
		start(&w, rows[i].live, "");
		struct str out = STR(&w.arena);
		struct universe *u = read_live(&w, &live);
		for (size_t k = 0; k < live.accounts.len; k++)
			universe_principal(u, PRINCIPAL_ACCOUNT, live.accounts.at[k].meta.name,
					   true);
		universe_rank(u);
		emit_all(&out, &live, u);
		universe_free(u);
		must(file_write_atomic(w.manifests, out.at, out.len, 0600));
		u = make_plan(&w, w.manifests, &plan, &errors);
		assert_int_equal(errors, 0);
		assert_int_equal(plan.changes.len, 0);
		assert_int_equal(plan.unlisted.len, 0);
		universe_free(u);
		end(&w);
	}
}

/* A grant that is there already, or gone already, is done; an account that is there already is refused. */
static void sending_twice_does_no_harm(void **state)
{
	(void)state;
	struct world w;
	struct plan plan, after;
	size_t errors;
	start(&w, ORGANIZATION EXISTS ACCOUNT("b", "{products: [{product: P, profile: A}]}"),
	      ORGANIZATION ACCOUNT("a", "{products: [{product: P, profile: A}]}")
		      ACCOUNT("b", "{products: []}"));
	struct universe *u = make_plan(&w, w.manifests, &plan, &errors);
	send_all(&w, &plan);
	send_phase(&w, &plan, PHASE_ACCOUNTS, OUTCOME_REFUSED);
	send_phase(&w, &plan, PHASE_GRANT, OUTCOME_APPLIED);
	send_phase(&w, &plan, PHASE_REMOVE, OUTCOME_APPLIED);
	struct universe *again = make_plan(&w, w.manifests, &after, &errors);
	assert_int_equal(after.changes.len, 0);
	universe_free(again);
	universe_free(u);
	end(&w);
}

static void what_does_not_exist_is_found_when_planning(void **state)
{
	(void)state;
	static const char *const wanted[] = {
		ORGANIZATION ACCOUNT("a", "{products: [{product: Q, profile: A}]}"),
		ORGANIZATION ACCOUNT("a", "{products: [{product: P, profile: C}]}"),
		ORGANIZATION ACCOUNT("a",
				     "{adminRoles: [{role: product-administrator, product: Q}]}"),
		ORGANIZATION ACCOUNT("a",
				     "{adminRoles: [{role: user-group-administrator, group: X}]}"),
		ORGANIZATION MEMBERS(
			"{role: support-administrator, members: [{user: joe@example.com}]}"),
		ORGANIZATION MEMBERS("{role: support-administrator, members: [{group: Joes}]}"),
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		struct world w;
		struct plan plan;
		size_t errors;
		start(&w, ORGANIZATION EXISTS, wanted[i]);
		universe_free(make_plan(&w, w.manifests, &plan, &errors));
		assert_int_equal(errors, 1);
		end(&w);
	}
}

/* The service enforces what it would, also when the plan did not know. */
static void a_grant_to_nobody_is_refused(void **state)
{
	(void)state;
	struct world w;
	struct plan plan;
	size_t errors;
	start(&w, ORGANIZATION EXISTS,
	      ORGANIZATION ACCOUNT("a", "{products: [{product: P, profile: A}]}"));
	struct universe *u = make_plan(&w, w.manifests, &plan, &errors);
	send_phase(&w, &plan, PHASE_GRANT, OUTCOME_REFUSED); /* its account was not made */
	universe_free(u);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_applied_plan_leaves_nothing),
		cmocka_unit_test(an_export_plans_to_nothing),
		cmocka_unit_test(sending_twice_does_no_harm),
		cmocka_unit_test(what_does_not_exist_is_found_when_planning),
		cmocka_unit_test(a_grant_to_nobody_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
