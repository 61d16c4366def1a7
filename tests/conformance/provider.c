/* SPDX-License-Identifier: Apache-2.0 */
/* The conformance suite: what every provider must do, written against core/contract/provider.h
 * alone. A provider is known here only by how a test organisation is put before it: as a file, or
 * to an emulator of the service. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/language/check.h"
#include "core/language/emit.h"
#include "core/language/manifest.h"
#include "core/plan/plan.h"
#include "core/util/file.h"
#include "providers/registry.h"
#include "tests/conformance/emulator.h"
#include "tests/unit/check.h"

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

/* What reads users and groups at Adobe; also there in what is wanted, so that it is never news. */
#define READER ACCOUNT("user-manager", "{apis: [User Management API]}")

/* How a provider is met. */
struct fixture {
	const char *provider;
	struct emulator *emulator; /* NULL: the organisation is a file */
};

/* One test: an organisation, the manifests, and all that lives meanwhile. */
struct world {
	const struct fixture *fixture;
	struct arena arena;
	struct intern *strings;
	const struct provider_entry *provider;
	struct provider *session;
	char folder[32], live[64], manifests[64];
};

/* The rows speak of provider file; at Adobe an organisation has an id, and somebody who reads its
 * users. */
static const char *adapt(struct world *w, const char *text)
{
	static const char said[] = "provider: file";
	const char *at = strstr(text, said);
	if (!w->fixture->emulator || !at)
		return text;
	return arena_printf(&w->arena, "%.*sprovider: adobe, orgId: \"" EMULATED_ORG "\"%s" READER,
			    (int)(at - text), text, at + sizeof(said) - 1);
}

static const char *member(struct world *w, struct json_span object, const char *key)
{
	struct json_span value;
	assert_true(json_member(object, key, &value));
	return json_string(&w->arena, value);
}

/* The credential whose account may read users, as the operator's configuration would name it. */
static void configure_reader(struct world *w, struct emulator *e)
{
	const char *text = emulator_control(e, &w->arena, "GET", "state", "");
	struct json_span state = {text, strlen(text)}, all, item, secrets, secret;
	struct json_cursor at = {0}, first = {0};
	assert_true(json_member(state, "credentials", &all));
	while (json_next(all, &at, &item)) {
		if (strcmp(member(w, item, "account"), "user-manager") != 0)
			continue;
		assert_true(json_member(item, "secrets", &secrets));
		assert_true(json_next(secrets, &first, &secret));
		const char *value = member(w, secret, "secret");
		const char *path = arena_printf(&w->arena, "%s/secret", e->folder);
		assert_ok(file_write_atomic(path, value, strlen(value), 0600));
		e->config.server.client_id = member(w, item, "clientId");
		e->config.server.secret = (struct secret_source){.kind = SECRET_FILE, .name = path};
	}
	assert_non_null(e->config.server.client_id);
}

static void put_live(struct world *w, const char *live)
{
	struct emulator *e = w->fixture->emulator;
	if (!e) {
		assert_ok(file_write_atomic(w->live, live, strlen(live), 0600));
		return;
	}
	emulator_put(e, &w->arena, live);
	e->config.endpoints.user_management =
		arena_printf(&w->arena, "%s/v2/usermanagement", e->url);
	e->config.endpoints.storage = arena_printf(&w->arena, "%s/v1", e->url);
	configure_reader(w, e);
}

static void start(void **state, struct world *w, const char *live, const char *manifests)
{
	*w = (struct world){.fixture = *state,
			    .strings = intern_new(),
			    .folder = "/tmp/writ-conformance-XXXXXX"};
	assert_non_null(mkdtemp(w->folder));
	snprintf(w->live, sizeof(w->live), "%s/live.yaml", w->folder);
	snprintf(w->manifests, sizeof(w->manifests), "%s/manifests.yaml", w->folder);
	manifests = adapt(w, manifests);
	assert_ok(file_write_atomic(w->manifests, manifests, strlen(manifests), 0600));
	put_live(w, adapt(w, live));
	w->provider = registry_find(w->fixture->provider);
	struct settings settings = {.strings = w->strings, .organization = "acme"};
	if (w->fixture->emulator)
		settings.config = &w->fixture->emulator->config;
	else
		settings.live_path = w->live;
	assert_ok(w->provider->reader->open(&settings, &w->session));
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
	assert_ok(provider_read(w->provider->reader, w->session, &w->arena, u, &query_all, out));
	return u;
}

/* Plans the file at `path` against live; returns the universe that the plan's names live in. */
static struct universe *make_plan(struct world *w, const char *path, struct plan *out,
				  size_t *errors)
{
	struct report report = {.arena = &w->arena};
	struct manifest_reader reader = {w->strings, &w->arena, &report};
	struct model *model = arena_zalloc(&w->arena, sizeof(*model));
	struct model_index *index = arena_zalloc(&w->arena, sizeof(*index));
	struct live *live = arena_zalloc(&w->arena, sizeof(*live));
	struct universe *u = universe_new(w->strings);
	assert_ok(manifest_load(&reader, &path, 1, model, NULL));
	check_model(model, (struct location){path, 1, 1}, &report);
	assert_int_equal(report.errors, 0);
	model_index(model, &w->arena, index);
	const struct query query = query_of(model, index, &w->arena);
	assert_ok(provider_read(w->provider->reader, w->session, &w->arena, u, &query, live));
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
	struct outcome outcomes[64] = {0};
	size_t len = 0;
	for (size_t i = plan->changes.len; i-- > 0;) {
		const struct change *c = &plan->changes.at[i];
		if (change_phase(c) == phase && !change_is_manual(c))
			batch[len++] = &plan->changes.at[i];
	}
	assert_ok(
		provider_execute(w->provider->writer, w->session, &w->arena, batch, len, outcomes));
	for (size_t i = 0; i < len; i++) {
		if (outcomes[i].class != expected)
			fail_msg("%s: outcome %d, not %d: %s",
				 change_address(&w->arena, batch[i]->principal,
						batch[i]->entitlement),
				 outcomes[i].class, expected,
				 outcomes[i].message ? outcomes[i].message : "");
	}
}

/* What is left for people is no failure of a provider's. */
static size_t count_left(const struct plan *plan)
{
	size_t left = 0;
	for (size_t i = 0; i < plan->changes.len; i++)
		left += !change_is_manual(&plan->changes.at[i]);
	return left;
}

static void send_all(struct world *w, const struct plan *plan)
{
	assert_ok(provider_begin(w->provider->writer, w->session, plan));
	for (int phase = 0; phase < PHASE_COUNT; phase++)
		send_phase(w, plan, phase, OUTCOME_APPLIED);
}

#define HAS(profile) "apis: [P API], products: [{product: P, profile: " profile "}]"

/* A row for one provider alone says what only it has. */
static const struct row {
	const char *live, *wanted;
	size_t changes;
	const char *only;
} rows[] = {
	{ORGANIZATION, ORGANIZATION, 0},
	{ORGANIZATION EXISTS, ORGANIZATION ACCOUNT("account-a", "{}"), 1},
	{ORGANIZATION EXISTS,
	 ORGANIZATION ACCOUNT("account-a", "{adminRoles: [storage-administrator], " HAS("A") "}"),
	 4},
	{ORGANIZATION EXISTS ACCOUNT("account-a", "{" HAS("A") "}"),
	 ORGANIZATION ACCOUNT("account-a", "{" HAS("B") "}"), 2},
	{ORGANIZATION EXISTS ACCOUNT("account-a", "{" HAS("A") "}"),
	 ORGANIZATION ACCOUNT("account-a", "{state: absent}"), 1},
	{ORGANIZATION EXISTS ACCOUNT("account-old", "{owner: x, " HAS("A") "}"),
	 ORGANIZATION RENAMED("account-new", "account-old", "{owner: y, " HAS("B") "}"), 3},
	{ORGANIZATION EXISTS,
	 ORGANIZATION MEMBERS("{role: support-administrator, members: "
			      "[{user: jane@EXAMPLE.com}, {group: Designers}]}"),
	 2, "file"}, /* at Adobe a group is no administrator */
	{ORGANIZATION EXISTS,
	 ORGANIZATION MEMBERS("{role: support-administrator, members: [{user: jane@EXAMPLE.com}]}"),
	 1},
	{ORGANIZATION EXISTS MEMBERS(
		 "{role: support-administrator, members: [{user: Jane@example.com}]}"),
	 ORGANIZATION MEMBERS("{role: support-administrator, members: [], unlisted: remove}"), 1},
	{ORGANIZATION ACCOUNT("account-a", "{description: x, apis: [B, A]}")
		 ACCOUNT("account-b", "{apis: [C]}"),
	 ORGANIZATION ACCOUNT("account-a",
			      "{description: 'y: \"z\" # no', owner: 'no', apis: [A, CSDK]}")
		 ACCOUNT("account-b", "{}"),
	 3},
	{ORGANIZATION ACCOUNT("account-a", "{}"),
	 ORGANIZATION ACCOUNT("account-a", "{project: '010'}"), 1,
	 "file"}, /* at Adobe a credential stays in its project */
};

static bool is_for(void **state, const struct row *row)
{
	const struct fixture *fixture = *state;
	return !row->only || !strcmp(row->only, fixture->provider);
}

static void an_applied_plan_leaves_nothing(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!is_for(state, &rows[i]))
			continue;
		struct world w;
		struct plan plan;
		size_t errors;
		start(state, &w, rows[i].live, rows[i].wanted);
		struct universe *u = make_plan(&w, w.manifests, &plan, &errors);
		assert_int_equal(errors, 0);
		assert_int_equal(plan.changes.len, rows[i].changes);
		send_all(&w, &plan);
		universe_free(u);
		u = make_plan(&w, w.manifests, &plan, &errors);
		assert_int_equal(count_left(&plan), 0);
		universe_free(u);
		end(&w);
	}
}

static void an_export_plans_to_nothing(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!is_for(state, &rows[i]))
			continue;
		struct world w;
		struct plan plan;
		struct live live;
		size_t errors;
		start(state, &w, rows[i].live, "");
		struct str out = STR(&w.arena);
		struct universe *u = read_live(&w, &live);
		for (size_t k = 0; k < live.accounts.len; k++)
			universe_principal(u, PRINCIPAL_ACCOUNT, live.accounts.at[k].meta.name,
					   true);
		universe_rank(u);
		emit_all(&out, &live, u);
		universe_free(u);
		assert_ok(file_write_atomic(w.manifests, out.at, out.len, 0600));
		u = make_plan(&w, w.manifests, &plan, &errors);
		assert_int_equal(errors, 0);
		assert_int_equal(plan.changes.len, 0);
		assert_int_equal(plan.unlisted.len, 0);
		universe_free(u);
		end(&w);
	}
}

/* A grant that is there already, or gone already, is done; an account that is there already is
 * refused. */
static void sending_twice_does_no_harm(void **state)
{
	struct world w;
	struct plan plan, after;
	size_t errors;
	start(state, &w,
	      ORGANIZATION EXISTS ACCOUNT("account-b",
					  "{apis: [P API], products: [{product: P, profile: "
					  "A}, {product: P, profile: B}]}"),
	      ORGANIZATION ACCOUNT("account-a", "{" HAS("A") "}")
		      ACCOUNT("account-b", "{" HAS("B") "}"));
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
	static const char *const wanted[] = {
		ORGANIZATION ACCOUNT("account-a", "{products: [{product: Q, profile: A}]}"),
		ORGANIZATION ACCOUNT("account-a", "{products: [{product: P, profile: C}]}"),
		ORGANIZATION ACCOUNT("account-a",
				     "{adminRoles: [{role: product-administrator, product: Q}]}"),
		ORGANIZATION ACCOUNT("account-a",
				     "{adminRoles: [{role: user-group-administrator, group: X}]}"),
		ORGANIZATION MEMBERS(
			"{role: support-administrator, members: [{user: joe@example.com}]}"),
		ORGANIZATION MEMBERS("{role: support-administrator, members: [{group: Joes}]}"),
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		struct world w;
		struct plan plan;
		size_t errors;
		start(state, &w, ORGANIZATION EXISTS, wanted[i]);
		universe_free(make_plan(&w, w.manifests, &plan, &errors));
		assert_int_equal(errors, 0);
		assert_int_equal(plan.blocked.len, 1);
		end(&w);
	}
}

/* The service enforces what it would, also when the plan did not know. */
static void a_grant_to_nobody_is_refused(void **state)
{
	struct world w;
	struct plan plan;
	size_t errors;
	start(state, &w, ORGANIZATION EXISTS, ORGANIZATION ACCOUNT("account-a", "{" HAS("A") "}"));
	struct universe *u = make_plan(&w, w.manifests, &plan, &errors);
	send_phase(&w, &plan, PHASE_GRANT, OUTCOME_REFUSED); /* its account was not made */
	universe_free(u);
	end(&w);
}

/* ---- seeded lives ---- */

#define LIVES 12 /* of each provider; PROVIDER_LIVES says another number, LIFE_SEED the first */

static uint32_t draw(uint32_t *state, uint32_t below)
{
	*state = *state * 1103515245U + 12345U;
	return (*state >> 8 & 0xFFFFU) % below;
}

static void add_item(struct str *out, bool *any, const char *item)
{
	str_printf(out, "%s%s", *any ? ", " : "", item);
	*any = true;
}

/* Each has a profile: of one whose last goes, the API that carries it goes first. */
static void draw_account(uint32_t *state, struct str *out, const char *name)
{
	static const char *const profiles[] = {"{product: P, profile: A}",
					       "{product: P, profile: B}"};
	static const char *const apis[] = {"A", "B", "C"};
	uint32_t held = 1 + draw(state, 3);
	bool any = false;
	str_printf(out,
		   "---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: %s}\n"
		   "spec:\n  description: say %u\n  apis: [",
		   name, draw(state, 3));
	add_item(out, &any, "P API");
	for (size_t i = 0; i < 3; i++) {
		if (draw(state, 2))
			add_item(out, &any, apis[i]);
	}
	str_add(out, "]\n  products: [");
	any = false;
	for (size_t i = 0; i < 2; i++) {
		if (held & 1U << i)
			add_item(out, &any, profiles[i]);
	}
	str_add(out, "]\n");
}

static void draw_members(uint32_t *state, struct str *out, const char *kind, const char *spec)
{
	static const char *const users[] = {"Jane@example.com", "kim@example.com"};
	bool any = false;
	str_printf(out,
		   "---\napiVersion: writ/v1\nkind: %s\nmetadata: {name: g%zu}\n"
		   "spec: {%s, unlisted: remove, members: [",
		   kind, out->len, spec);
	for (size_t i = 0; i < 2; i++) {
		if (draw(state, 2))
			add_item(out, &any, arena_printf(out->arena, "{user: %s}", users[i]));
	}
	str_add(out, "]}\n");
}

/* An organisation of always the same accounts and users, who hold this and that. */
static const char *draw_organization(struct arena *a, uint32_t *state)
{
	struct str out = STR(a);
	str_add(&out, ORGANIZATION "status:\n  products: [{product: P, profile: A}, "
				   "{product: P, profile: B}]\n  users: [Jane@example.com, "
				   "kim@example.com]\n  groups: [Designers]\n");
	str_add(&out, ACCOUNT("account-z", "{apis: [A, B, C]}")); /* so that there are such */
	draw_account(state, &out, "account-a");
	draw_account(state, &out, "account-b");
	draw_members(state, &out, "AdminRole", "role: support-administrator");
	draw_members(state, &out, "AdminRole", "role: product-administrator, product: P");
	draw_members(state, &out, "AdminRole", "role: developer, product: P, profile: B");
	draw_members(state, &out, "AdminRole", "role: user-group-administrator, group: Designers");
	draw_members(state, &out, "ProductAssignment", "product: P, profile: A");
	return str_text(&out);
}

/* The organisation as an import writes it. */
static const char *export(struct world *w)
{
	struct live live;
	struct str out = STR(&w->arena);
	struct universe *u = read_live(w, &live);
	for (size_t i = 0; i < live.accounts.len; i++)
		universe_principal(u, PRINCIPAL_ACCOUNT, live.accounts.at[i].meta.name, true);
	universe_rank(u);
	emit_all(&out, &live, u);
	universe_free(u);
	return str_text(&out);
}

/* Manifests take the place of the former ones, and are carried out; what is left then. */
static size_t converge(struct world *w, const char *manifests)
{
	struct plan plan;
	size_t errors;
	assert_ok(file_write_atomic(w->manifests, manifests, strlen(manifests), 0600));
	struct universe *u = make_plan(w, w->manifests, &plan, &errors);
	assert_int_equal(errors, 0);
	assert_int_equal(plan.blocked.len, 0);
	send_all(w, &plan);
	universe_free(u);
	universe_free(make_plan(w, w->manifests, &plan, &errors));
	return count_left(&plan);
}

/* What was read is written so that its plan is empty; other manifests are reached from it, and it
 * is reached again from them, to the byte. */
static void live_once(void **state, uint32_t seed)
{
	struct world w;
	struct plan plan;
	size_t errors;
	ARENA a = {0};
	uint32_t number = seed * 7919U + 17U;
	const char *before = draw_organization(&a, &number);
	const char *wanted = draw_organization(&a, &number);
	start(state, &w, before, "");
	const char *first = export(&w);
	assert_ok(file_write_atomic(w.manifests, first, strlen(first), 0600));
	universe_free(make_plan(&w, w.manifests, &plan, &errors));
	bool still = errors + plan.changes.len + plan.unlisted.len == 0;
	size_t left = converge(&w, adapt(&w, wanted));
	const char *changed = export(&w);
	size_t right = converge(&w, adapt(&w, before));
	const char *last = export(&w);
	bool moved = strcmp(changed, first) != 0 || strcmp(before, wanted) == 0;
	if (!still || !moved || left || right || strcmp(first, last) != 0)
		fail_msg("seed %u: %s%s%zu and %zu left\n%s\n%s", seed,
			 still ? "" : "an import plans to something, ",
			 moved ? "" : "nothing was changed, ", left, right, first, last);
	end(&w);
}

static void seeded_lives_are_reached_and_left(void **state)
{
	const char *from = getenv("LIFE_SEED"), *count = getenv("PROVIDER_LIVES");
	uint32_t first = from ? (uint32_t)strtoul(from, NULL, 10) : 1;
	uint32_t lives = count ? (uint32_t)strtoul(count, NULL, 10) : LIVES;
	for (uint32_t seed = first; seed < first + lives; seed++)
		live_once(state, seed);
}

#define TEST(name, function, fixture)                                                              \
	{                                                                                          \
		name ": " #function, function, NULL, NULL, fixture                                 \
	}
#define SUITE(name, fixture)                                                                       \
	TEST(name, an_applied_plan_leaves_nothing, fixture),                                       \
		TEST(name, an_export_plans_to_nothing, fixture),                                   \
		TEST(name, sending_twice_does_no_harm, fixture),                                   \
		TEST(name, what_does_not_exist_is_found_when_planning, fixture),                   \
		TEST(name, a_grant_to_nobody_is_refused, fixture),                                 \
		TEST(name, seeded_lives_are_reached_and_left, fixture)

int main(void)
{
	struct emulator emulator;
	struct fixture file = {"file", NULL}, adobe = {"adobe", &emulator};
	const struct CMUnitTest tests[] = {SUITE("file", &file), SUITE("adobe", &adobe)};
	emulator_start(&emulator, ORGANIZATION);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	emulator_stop(&emulator);
	return failed;
}
