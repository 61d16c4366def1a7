/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "core/language/check.h"
#include "core/language/manifest.h"
#include "core/model/declaration.h"
#include "core/plan/plan.h"
#include "core/util/clock.h"
#include "core/util/file.h"
#include "core/util/str.h"
#include "providers/registry.h"
#include "tests/unit/check.h"

#define ORGANIZATION(spec)                                                                         \
	"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: "       \
	"file" spec "}\n"
#define DOCUMENT(kind, name, spec)                                                                 \
	"---\napiVersion: writ/v1\nkind: " kind "\nmetadata: {name: " name "}\nspec: {" spec "}\n"
#define ACCOUNT(name, spec) DOCUMENT("TechnicalAccount", name, spec)
#define BUNDLE(name, spec) DOCUMENT("AccessBundle", name, spec)
#define ROLE(spec) DOCUMENT("AdminRole", "r", "role: support-administrator, " spec)
#define HOLDERS(list)                                                                              \
	DOCUMENT("ProductAssignment", "h", "product: P, profile: A, members: [" list "]")
#define PA "{product: P, profile: A}"
#define PB "{product: P, profile: B}"

/* "+technicalAccount/a added; " and so on for all changes, with who moved since the last snapshot,
 * then "u ADDRESS; " for what is unlisted and "b WHY; " for what is blocked. */
static const char *describe(struct arena *a, const struct plan *plan)
{
	static const char signs[] = "+~-";
	struct str out = STR(a);
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		str_printf(&out, "%c%s %s%s%s%s; ", signs[c->action],
			   change_address(a, c->principal, c->entitlement), reason_name(c->reason),
			   c->withheld ? " withheld" : "", c->mover ? " " : "",
			   c->mover ? mover_name(c->mover) : "");
	}
	for (size_t i = 0; i < plan->unlisted.len; i++)
		str_printf(&out, "u %s; ",
			   change_address(a, plan->unlisted.at[i].principal,
					  plan->unlisted.at[i].entitlement));
	for (size_t i = 0; i < plan->blocked.len; i++)
		str_printf(&out, "b %s; ", plan->blocked.at[i].message);
	return str_text(&out);
}

static void load(struct arena *a, struct intern *strings, const char *text, struct model *out)
{
	char path[] = "/tmp/writ-plan-XXXXXX";
	const char *paths[] = {path};
	struct report report = {.arena = a};
	struct manifest_reader reader = {strings, a, &report};
	close(mkstemp(path));
	assert_ok(file_write_atomic(path, text, strlen(text), 0600));
	assert_ok(manifest_load(&reader, paths, 1, out, NULL));
	check_model(out, (struct location){path, 1, 1}, &report);
	report_print(stderr, &report);
	assert_int_equal(report.errors, 0);
	unlink(path);
}

/* "ghost" holds grants, but the service does not list it. */
static void load_live(struct arena *a, struct intern *strings, struct universe *u, const char *text,
		      struct live *out)
{
	struct model *model = arena_zalloc(a, sizeof(*model));
	struct model_index index;
	load(a, strings, text, model);
	model_index(model, a, &index);
	*out = (struct live){.organization = "acme", .source = "test"};
	out->catalogue.apis = model->organizations.at[0].status.apis;
	out->catalogue.has_apis = model->organizations.at[0].status.has_apis;
	live_pairs(model, &index, u, a, &out->grants);
	for (size_t i = 0; i < index.accounts.len; i++) {
		const struct account *account = index.accounts.at[i];
		if (account->state != STATE_ABSENT && strcmp(account->meta.name, "ghost") != 0)
			vec_push(a, &out->accounts, *account);
	}
	out->org_id = model->organizations.at[0].org_id;
}

/* Plans as `asked` says, between the texts (base: NULL, or the snapshot); what is wrong goes to
 * `report`. licences[] gets those used and freed. */
static const char *plan_between(struct arena *a, struct plan_input asked, const char *base_text,
				const char *live_text, const char *wanted_text,
				struct report *report, size_t licences[2])
{
	struct intern *strings = intern_new();
	struct model wanted = {0};
	struct model_index index;
	struct universe *u = universe_new(strings);
	struct live live, base;
	struct plan plan = {0};
	load(a, strings, wanted_text, &wanted);
	model_index(&wanted, a, &index);
	load_live(a, strings, u, live_text, &live);
	if (base_text)
		load_live(a, strings, u, base_text, &base);
	struct plan_input input = asked;
	input.wanted = &wanted;
	input.index = &index;
	input.live = &live;
	input.base = base_text ? &base : NULL;
	input.universe = u;
	if (!asked.consent.removals)
		input.consent = (struct consent){CONSENT_NONE, 0, -1};
	assert_true(time_parse("2026-06-01T12:00:00Z", &input.now));
	plan_make(&input, a, report, &plan);
	const char *out = describe(a, &plan);
	licences[0] = plan.licences_used;
	licences[1] = plan.licences_freed;
	universe_free(u);
	intern_free(strings);
	return out;
}

static const char *plan_with(struct arena *a, struct plan_input asked, const char *live_text,
			     const char *wanted_text, struct report *report)
{
	size_t licences[2];
	return plan_between(a, asked, NULL, live_text, wanted_text, report, licences);
}

static const char *plan_of(struct arena *a, const char *live_text, const char *wanted_text)
{
	struct report report = {.arena = a};
	struct plan_input asked = {.reader = registry_find("file")->reader};
	const char *out = plan_with(a, asked, live_text, wanted_text, &report);
	assert_int_equal(report.errors, 0);
	return out;
}

/* writ-manifest(5), "WHAT A PLAN DOES": a row for each sentence that can go wrong. */
static const struct {
	const char *live, *wanted, *plan;
} rows[] = {
	/* a missing key is not managed, an empty list means none */
	{ACCOUNT("a", "products: [" PA ", " PB "]"), ACCOUNT("a", ""), ""},
	{ACCOUNT("a", "adminRoles: [support-administrator]"), ACCOUNT("a", "products: []"),
	 "u grant/technicalAccount/a/role/support-administrator; "},
	{ACCOUNT("a", "products: [" PA "]"), ACCOUNT("a", "products: []"),
	 "-grant/technicalAccount/a/product/P/A not-listed; "},
	{ACCOUNT("a", "products: [" PA "]"), ACCOUNT("a", "products: [], unlisted: report"),
	 "u grant/technicalAccount/a/product/P/A; "},
	{ACCOUNT("a", "products: [" PA "]"), ACCOUNT("a", "products: [], unlisted: keep"), ""},
	/* bundles claim both kinds: what leaves a bundle leaves its accounts */
	{ACCOUNT("a", "adminRoles: [support-administrator], products: [" PA "]"),
	 DOCUMENT("AccessBundle", "b", "") ACCOUNT("a", "bundles: [b]"),
	 "-grant/technicalAccount/a/role/support-administrator not-listed withheld; "
	 "-grant/technicalAccount/a/product/P/A not-listed; "},
	/* the strongest of several claims */
	{ROLE("members: [{user: j@example.com}]"), ROLE("members: []"),
	 "u grant/user/j%40example.com/role/support-administrator; "},
	{ROLE("members: [{user: j@example.com}]"), ROLE("members: [], unlisted: keep"), ""},
	{ROLE("members: [{user: j@example.com}]"), ROLE("members: [], unlisted: remove"),
	 "-grant/user/j%40example.com/role/support-administrator not-listed withheld; "},
	{ACCOUNT("a", "adminRoles: [support-administrator]"),
	 ACCOUNT("a", "adminRoles: [], unlisted: keep") ROLE("members: [], unlisted: remove"),
	 "-grant/technicalAccount/a/role/support-administrator not-listed withheld; "},
	/* a grant holds through its last day, and ends whatever unlisted says */
	{ACCOUNT("a", ""),
	 ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-06-01}]"),
	 "+grant/technicalAccount/a/product/P/A added; "},
	{ACCOUNT("a", ""),
	 ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-05-31}]"), ""},
	{ACCOUNT("a", "products: [" PA "]"),
	 ACCOUNT("a", "unlisted: keep, products: [{product: P, profile: A, expires: 2026-05-31}]"),
	 "-grant/technicalAccount/a/product/P/A expired; "},
	{ACCOUNT("a", "products: [" PA "]"),
	 ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-05-31}]") HOLDERS("a"),
	 ""},
	/* e-mails are equal after folding and stand in the service's spelling */
	{ROLE("members: [{user: Jane@Example.com}]"), ROLE("members: [{user: jane@example.com}]"),
	 ""},
	/* accounts */
	{"", ACCOUNT("a", ""), "+technicalAccount/a added; "},
	{ACCOUNT("a", "owner: x"), ACCOUNT("a", "owner: y"), "~technicalAccount/a changed; "},
	{ACCOUNT("a", "owner: x"), ACCOUNT("a", ""), ""},
	{ACCOUNT("a", "credential: c"), ACCOUNT("a", ""), "~technicalAccount/a changed; "},
	/* APIs are grants, which `apis` claims, and a bundle only where it lists them */
	{ACCOUNT("a", "apis: [x, y]"), ACCOUNT("a", "apis: [y, x]"), ""},
	{ACCOUNT("a", "apis: [x]"), ACCOUNT("a", "apis: [y]"),
	 "+grant/technicalAccount/a/api/y added; -grant/technicalAccount/a/api/x not-listed; "},
	{ACCOUNT("a", "apis: [x]"), ACCOUNT("a", "adminRoles: [], products: []"), ""},
	{ACCOUNT("a", "apis: [x]"), ACCOUNT("a", "apis: [], unlisted: report"),
	 "u grant/technicalAccount/a/api/x; "},
	{ACCOUNT("a", "apis: [x]"), ACCOUNT("a", "apis: [{api: x, expires: 2026-05-31}]"),
	 "-grant/technicalAccount/a/api/x expired; "},
	{ACCOUNT("a", "apis: [x, z]"),
	 BUNDLE("b", "apis: [y, {api: x, reason: r}]") ACCOUNT("a", "bundles: [b]"),
	 "+grant/technicalAccount/a/api/y added; -grant/technicalAccount/a/api/z not-listed; "},
	{ACCOUNT("a", "apis: [x]"), BUNDLE("b", "apis: []") ACCOUNT("a", "bundles: [b]"),
	 "-grant/technicalAccount/a/api/x not-listed; "},
	{ACCOUNT("a", "apis: [x]"), BUNDLE("b", "products: []") ACCOUNT("a", "bundles: [b]"), ""},
	{"", ACCOUNT("a", "apis: [x]"),
	 "+technicalAccount/a added; +grant/technicalAccount/a/api/x added; "},
	/* those that hand out rights need consent to go, like roles */
	{ACCOUNT("a", "apis: [User Management API]"), ACCOUNT("a", "apis: []"),
	 "-grant/technicalAccount/a/api/User%20Management%20API not-listed withheld; "},
	{ACCOUNT("a", "apis: [AdobeIOManagementAPISDK]"), ACCOUNT("a", "apis: []"),
	 "-grant/technicalAccount/a/api/AdobeIOManagementAPISDK not-listed withheld; "},
	{ACCOUNT("a", ""), "", "u technicalAccount/a; "},
	/* one deletion; what goes with the account is no change of its own */
	{ACCOUNT("a", "products: [" PA "]"), ACCOUNT("a", "state: absent"),
	 "-technicalAccount/a state-absent withheld; "},
	{"", ACCOUNT("a", "state: absent"), ""},
	{ACCOUNT("a", "state: absent"), ACCOUNT("a", ""), "+technicalAccount/a added; "},
	{ACCOUNT("a", "adminRoles: [support-administrator], products: [" PA "]"),
	 ACCOUNT("a", "state: absent"), "-technicalAccount/a state-absent withheld; "},
	/* said twice, ended twice, held twice: one change */
	{ACCOUNT("a", ""), ACCOUNT("a", "products: [" PA "]") HOLDERS("a"),
	 "+grant/technicalAccount/a/product/P/A added; "},
	{ACCOUNT("a", "products: [" PA "]"),
	 ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-05-31}]")
		 HOLDERS("{account: a, expires: 2026-05-30}"),
	 "-grant/technicalAccount/a/product/P/A expired; "},
	{ACCOUNT("a", "adminRoles: [support-administrator]") ROLE("members: [a]"),
	 ACCOUNT("a", "adminRoles: []"),
	 "-grant/technicalAccount/a/role/support-administrator not-listed withheld; "},
	/* what is left alone stands in the order of names */
	{ACCOUNT("b", "products: [" PB ", " PA "]") ACCOUNT("a", "products: [" PA "]"),
	 ACCOUNT("a", "products: [], unlisted: report")
		 ACCOUNT("b", "products: [], unlisted: report"),
	 "u grant/technicalAccount/a/product/P/A; u grant/technicalAccount/b/product/P/A; "
	 "u grant/technicalAccount/b/product/P/B; "},
	{ACCOUNT("b", "") ACCOUNT("a", "products: [" PA "]"), "",
	 "u technicalAccount/a; u technicalAccount/b; "},
	/* an account that goes under an earlier name */
	{ACCOUNT("old", "products: [" PA "]"),
	 "---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: new, previously: "
	 "[older, old]}\nspec: {state: absent}\n",
	 "-technicalAccount/old state-absent withheld; "},
	/* an account that is not declared, and what it holds */
	{ACCOUNT("a", "") ACCOUNT("b", "") ROLE("members: [a, b, {group: G}]"), ROLE("members: []"),
	 "u technicalAccount/a; u grant/technicalAccount/a/role/support-administrator; "
	 "u technicalAccount/b; u grant/technicalAccount/b/role/support-administrator; "
	 "u grant/group/G/role/support-administrator; "},
	/* some ended, one of them live */
	{ACCOUNT("a", "products: [" PB "]"),
	 ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-05-31}, "
		      "{product: P, profile: B, expires: 2026-05-31}]"),
	 "-grant/technicalAccount/a/product/P/B expired; "},
	/* what an account holds that the service does not list */
	{ACCOUNT("ghost", "products: [" PA "]"), ACCOUNT("ghost", "state: absent"), ""},
	{ACCOUNT("ghost", "adminRoles: [support-administrator]"),
	 ROLE("members: [], unlisted: remove"),
	 "-grant/technicalAccount/ghost/role/support-administrator not-listed withheld; "},
	/* a group's administrators */
	{ACCOUNT("a", "adminRoles: [{role: user-group-administrator, group: G}]"),
	 ACCOUNT("a", "adminRoles: [{role: user-group-administrator, group: H}]"),
	 "+grant/technicalAccount/a/role/user-group-administrator/H added; "
	 "-grant/technicalAccount/a/role/user-group-administrator/G not-listed withheld; "},
};

static void plan_is_the_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *live = arena_printf(&a, "%s%s", ORGANIZATION(""), rows[i].live);
		const char *wanted = arena_printf(&a, "%s%s", ORGANIZATION(""), rows[i].wanted);
		assert_string_equal(plan_of(&a, live, wanted), rows[i].plan);
	}
}

static void a_rename_is_one_update(void **state)
{
	(void)state;
	ARENA a = {0};
	static const char renamed[] =
		ORGANIZATION("") "---\napiVersion: writ/v1\nkind: TechnicalAccount\n"
				 "metadata: {name: new, previously: [older, old]}\n"
				 "spec: {products: [" PB "]}\n";
	assert_string_equal(
		plan_of(&a, ORGANIZATION("") ACCOUNT("old", "products: [" PA ", " PB "]"), renamed),
		"~technicalAccount/new renamed; "
		"-grant/technicalAccount/new/product/P/A not-listed; ");
	/* when both are live the earlier one is an account that nobody declares */
	assert_string_equal(
		plan_of(&a, ORGANIZATION("") ACCOUNT("old", "") ACCOUNT("new", ""), renamed),
		"+grant/technicalAccount/new/product/P/B added; u technicalAccount/old; ");
}

static void the_organization_judges_undeclared_accounts(void **state)
{
	(void)state;
	ARENA a = {0};
	static const char live[] = ORGANIZATION("") ACCOUNT("a", "products: [" PA "]");
	assert_string_equal(plan_of(&a, live, ORGANIZATION(", unlisted: keep")), "");
	assert_string_equal(plan_of(&a, live, ORGANIZATION(", unlisted: remove")),
			    "-technicalAccount/a undeclared withheld; ");
}

static enum capability grant_nothing(struct provider *p, const struct principal *principal,
				     const struct account *account, const struct entitlement *e)
{
	(void)p, (void)principal, (void)account, (void)e;
	return CAN_NOT;
}

static const char *refuse_place(struct provider *p, struct arena *a, const struct account *account)
{
	(void)p, (void)account;
	return arena_strdup(a, "two projects have this title");
}

static void refuse_name(struct arena *a, const struct account *account, struct refusal_vec *out)
{
	(void)account;
	vec_push(a, out,
		 (struct refusal){ATTRIBUTE_CREDENTIAL, "too short for this service",
				  "expected a longer one"});
}

/* What the provider says no to is found when the plan is made. */
static void a_provider_refuses_at_plan_time(void **state)
{
	(void)state;
	ARENA a = {0};
	struct provider_reader reader = *registry_find("file")->reader;
	struct report report = {.arena = &a};
	reader.can_grant = grant_nothing;
	reader.check_account = refuse_place;
	reader.check_names = refuse_name;
	plan_with(&a, (struct plan_input){.reader = &reader}, ORGANIZATION(""),
		  ORGANIZATION("") ACCOUNT("a", "products: [" PA "]"), &report);
	assert_int_equal(report.errors, 1);
	assert_string_equal(report.items.at[0].id, "E0603");
	assert_string_equal(report.items.at[0].summary, "too short for this service");
	report = (struct report){.arena = &a};
	reader = *registry_find("file")->reader;
	reader.can_grant = grant_nothing;
	plan_with(&a, (struct plan_input){.reader = &reader}, ORGANIZATION(""),
		  ORGANIZATION("") ACCOUNT("a", "products: [" PA "]"), &report);
	assert_int_equal(report.errors, 1);
	assert_string_equal(report.items.at[0].id, "E0604");
}

/* An account that the service cannot have so is left alone, whole, and stops nobody else. */
static void an_account_that_cannot_be_stops_nobody(void **state)
{
	(void)state;
	static const struct {
		const char *live, *wanted, *plan;
	} stuck[] = {
		{"", ACCOUNT("a", "products: [" PA "]"),
		 "b two projects have this title; b its account is not possible yet; "},
		{ACCOUNT("a", "description: old, products: [" PB "]"),
		 ACCOUNT("a", "description: new, products: [" PA "]"),
		 "u grant/technicalAccount/a/product/P/B; b two projects have this title; "
		 "b its account is not possible yet; "},
		/* what is as it is wanted is asked of nobody */
		{ACCOUNT("a", "products: [" PB "]"), ACCOUNT("a", "products: [" PA "]"),
		 "+grant/technicalAccount/a/product/P/A added; "
		 "-grant/technicalAccount/a/product/P/B not-listed; "},
	};
	struct provider_reader reader = *registry_find("file")->reader;
	reader.check_account = refuse_place;
	for (size_t i = 0; i < sizeof(stuck) / sizeof(*stuck); i++) {
		ARENA a = {0};
		struct report report = {.arena = &a};
		const char *live = arena_printf(&a, "%s%s", ORGANIZATION(""), stuck[i].live);
		const char *wanted = arena_printf(&a, "%s%s", ORGANIZATION(""), stuck[i].wanted);
		assert_string_equal(plan_with(&a, (struct plan_input){.reader = &reader}, live,
					      wanted, &report),
				    stuck[i].plan);
		assert_int_equal(report.errors, 0);
	}
}

/* A snapshot stands for its service: that one's names, and the APIs that it tells. */
static void a_snapshot_stands_for_its_service(void **state)
{
	static const char live[] = "apiVersion: writ/v1\nkind: Organization\n"
				   "metadata: {name: acme}\nspec: {provider: file}\n"
				   "status: {apis: [{api: X, code: x, products: [" PA "]}]}\n";
	static const struct {
		const char *account, *plan;
		size_t errors;
	} stand_ins[] = {
		{ACCOUNT("a", "credential: a, products: []"), "", 1},
		{ACCOUNT("asset-a", "products: [" PA "]"),
		 "+technicalAccount/asset-a added; "
		 "b no API of account \"asset-a\" offers product \"P\", profile \"A\": "
		 "add \"X\" to its `apis`; ",
		 0},
		{ACCOUNT("asset-a", "apis: [Y]"),
		 "+technicalAccount/asset-a added; b the catalogue has no API \"Y\"; ", 0},
		{ACCOUNT("asset-a", "apis: [x], products: [" PA "]"),
		 "+technicalAccount/asset-a added; +grant/technicalAccount/asset-a/api/x added; "
		 "+grant/technicalAccount/asset-a/product/P/A added; ",
		 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(stand_ins) / sizeof(*stand_ins); i++) {
		ARENA a = {0};
		struct report report = {.arena = &a};
		const struct plan_input input = {.reader = registry_find("file")->reader,
						 .service = registry_find("adobe")->reader};
		const char *wanted =
			arena_printf(&a, "%s%s", ORGANIZATION(""), stand_ins[i].account);
		const char *plan = plan_with(&a, input, live, wanted, &report);
		if (report.errors != stand_ins[i].errors ||
		    (!report.errors && strcmp(plan, stand_ins[i].plan)))
			fail_msg("row %zu: %zu errors, %s", i, report.errors, plan);
	}
}

/* "x" and "y" carry every profile. */
static bool carries(struct provider *p, const char *api, const struct entitlement *product)
{
	(void)p, (void)product;
	return !strcmp(api, "x") || !strcmp(api, "y");
}

/* An API goes with the profiles that it alone carries, or not at all. */
static void an_api_that_carries_a_profile_stays(void **state)
{
	static const struct {
		const char *live, *wanted, *plan;
	} carriers[] = {
		{ACCOUNT("a", "apis: [x], products: [" PA "]"), ACCOUNT("a", "apis: []"),
		 "-grant/technicalAccount/a/api/x not-listed withheld; "},
		{ACCOUNT("a", "apis: [x], products: [" PA "]"), ACCOUNT("a", "apis: [z]"),
		 "+grant/technicalAccount/a/api/z added; "
		 "-grant/technicalAccount/a/api/x not-listed withheld; "},
		{ACCOUNT("a", "apis: [x], products: [" PA "]"),
		 ACCOUNT("a", "apis: [], products: []"),
		 "-grant/technicalAccount/a/api/x not-listed; "
		 "-grant/technicalAccount/a/product/P/A not-listed; "},
		{ACCOUNT("a", "apis: [x], products: [" PA "]"),
		 ACCOUNT("a", "apis: [y], products: [" PA "]"),
		 "+grant/technicalAccount/a/api/y added; "
		 "-grant/technicalAccount/a/api/x not-listed; "},
		{ACCOUNT("a", "apis: [x, y], products: [" PA "]"), ACCOUNT("a", "apis: [y]"),
		 "-grant/technicalAccount/a/api/x not-listed; "},
		/* one of the two has to stay */
		{ACCOUNT("a", "apis: [x, y], products: [" PA "]"), ACCOUNT("a", "apis: []"),
		 "-grant/technicalAccount/a/api/x not-listed withheld; "
		 "-grant/technicalAccount/a/api/y not-listed; "},
		{ACCOUNT("a", "apis: [x, z], products: [" PA "]"), ACCOUNT("a", "apis: [x]"),
		 "-grant/technicalAccount/a/api/z not-listed; "},
		/* an API that stays needs a profile */
		{ACCOUNT("a", "apis: [x], products: [" PA "]"),
		 ACCOUNT("a", "apis: [x], products: []"),
		 "-grant/technicalAccount/a/product/P/A not-listed withheld; "},
		{ACCOUNT("a", "apis: [x], products: [" PA ", " PB "]"),
		 ACCOUNT("a", "apis: [x], products: [" PA "]"),
		 "-grant/technicalAccount/a/product/P/B not-listed; "},
		{ACCOUNT("a", "apis: [x], products: [" PA "]"),
		 ACCOUNT("a", "apis: [x], products: [" PB "]"),
		 "+grant/technicalAccount/a/product/P/B added; "
		 "-grant/technicalAccount/a/product/P/A not-listed; "},
		{ACCOUNT("a", "apis: [x, z], products: [" PA "]"),
		 ACCOUNT("a", "apis: [z], products: []"),
		 "-grant/technicalAccount/a/api/x not-listed; "
		 "-grant/technicalAccount/a/product/P/A not-listed; "},
		{ACCOUNT("a", "apis: [x]"), ACCOUNT("a", "apis: []"),
		 "-grant/technicalAccount/a/api/x not-listed; "},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(carriers) / sizeof(*carriers); i++) {
		ARENA a = {0};
		struct provider_reader reader = *registry_find("file")->reader;
		struct report report = {.arena = &a};
		reader.carries = carries;
		const char *live = arena_printf(&a, "%s%s", ORGANIZATION(""), carriers[i].live);
		const char *wanted = arena_printf(&a, "%s%s", ORGANIZATION(""), carriers[i].wanted);
		const char *plan = plan_with(&a, (struct plan_input){.reader = &reader}, live,
					     wanted, &report);
		if (strcmp(plan, carriers[i].plan) != 0)
			fail_msg("row %zu: %s", i, plan);
	}
}

static bool sees_nothing(struct provider *p, const struct principal *principal,
			 const struct account *account, const struct entitlement *e)
{
	(void)p, (void)principal, (void)account, (void)e;
	return false;
}

static bool sees_everything(struct provider *p, const struct principal *principal,
			    const struct account *account, const struct entitlement *e)
{
	return !sees_nothing(p, principal, account, e);
}

static enum capability by_hand(struct provider *p, const struct principal *principal,
			       const struct account *account, const struct entitlement *e)
{
	(void)p, (void)principal, (void)account, (void)e;
	return CAN_MANUAL;
}

/* A read that does not show a grant does not prove that it is gone: its end is for a person to
 * make. */
static void what_no_read_shows_ends_by_hand(void **state)
{
	static const struct {
		const char *live, *wanted, *plan;
	} unseen[] = {
		{ACCOUNT("a", ""),
		 ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-05-31}]"),
		 "-grant/technicalAccount/a/product/P/A expired; "},
		/* not when it is wanted again, live, or held by an account that is not there or
		   goes */
		{ACCOUNT("a", ""),
		 ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-05-31}]")
			 HOLDERS("a"),
		 "+grant/technicalAccount/a/product/P/A added; "},
		{ACCOUNT("a", "products: [" PA "]"),
		 ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-05-31}]"),
		 "-grant/technicalAccount/a/product/P/A expired; "},
		{"", ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-05-31}]"),
		 "+technicalAccount/a added; "},
		{"", ROLE("members: [{user: j@example.com, expires: 2026-05-31}]"),
		 "-grant/user/j%40example.com/role/support-administrator expired withheld; "},
		/* among others, before and behind it */
		{ACCOUNT("a", "products: [" PA "]") ACCOUNT("b", "") ACCOUNT("c", ""),
		 ACCOUNT("a", "products: [" PA ", " PB "]")
			 ACCOUNT("b", "products: [{product: P, profile: A, expires: 2026-05-31}]")
				 ACCOUNT("c", "products: [" PA "]"),
		 "+grant/technicalAccount/a/product/P/B added; "
		 "+grant/technicalAccount/c/product/P/A added; "
		 "-grant/technicalAccount/b/product/P/A expired; "},
		{ACCOUNT("a", "") ACCOUNT("b", "products: [" PA "]"),
		 ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-05-31}]")
			 ACCOUNT("b", "products: []"),
		 "-grant/technicalAccount/a/product/P/A expired; "
		 "-grant/technicalAccount/b/product/P/A not-listed; "},
	};
	struct provider_reader reader = *registry_find("file")->reader;
	(void)state;
	reader.sees = sees_nothing;
	reader.can_grant = by_hand;
	reader.price = NULL;
	for (size_t i = 0; i < sizeof(unseen) / sizeof(*unseen); i++) {
		ARENA a = {0};
		struct report report = {.arena = &a};
		const char *live = arena_printf(&a, "%s%s", ORGANIZATION(""), unseen[i].live);
		const char *wanted = arena_printf(&a, "%s%s", ORGANIZATION(""), unseen[i].wanted);
		assert_string_equal(plan_with(&a, (struct plan_input){.reader = &reader}, live,
					      wanted, &report),
				    unseen[i].plan);
		assert_int_equal(report.errors, 0);
	}
}

/* What nobody sees counts as live where removals are compared with it. */
static void consent_to_all_is_consent_to_what_no_read_shows(void **state UNUSED)
{
	static const struct {
		int32_t percent;
		const char *plan;
	} cases[] = {
		{100, "-grant/technicalAccount/a/role/support-administrator expired; "},
		{99, "-grant/technicalAccount/a/role/support-administrator expired withheld; "},
	};
	struct provider_reader reader = *registry_find("file")->reader;
	reader.sees = sees_nothing;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ARENA a = {0};
		struct report report = {.arena = &a};
		struct plan_input asked = {.reader = &reader,
					   .consent = {CONSENT_PERCENT, cases[i].percent, -1}};
		assert_string_equal(plan_with(&a, asked, ORGANIZATION("") ACCOUNT("a", ""),
					      ORGANIZATION("")
						      ACCOUNT("a", "adminRoles: [{role: "
								   "support-administrator, "
								   "expires: 2026-05-31}]"),
					      &report),
				    cases[i].plan);
	}
}

/* One that has ended and would be seen is gone. */
static void what_a_read_shows_has_ended(void **state UNUSED)
{
	ARENA a = {0};
	struct report report = {.arena = &a};
	struct provider_reader reader = *registry_find("file")->reader;
	reader.sees = sees_everything;
	assert_string_equal(
		plan_with(&a, (struct plan_input){.reader = &reader},
			  ORGANIZATION("") ACCOUNT("a", ""),
			  ORGANIZATION("") ACCOUNT(
				  "a", "products: [{product: P, profile: A, expires: 2026-05-31}]"),
			  &report),
		"");
	assert_int_equal(report.errors, 0);
}

/* A grant that is sent though no read shows it. */
static void what_no_read_shows_is_sent(void **state UNUSED)
{
	ARENA a = {0};
	struct report report = {.arena = &a};
	struct provider_reader reader = *registry_find("file")->reader;
	reader.sees = sees_nothing;
	assert_string_equal(plan_with(&a, (struct plan_input){.reader = &reader},
				      ORGANIZATION("") ACCOUNT("a", ""),
				      ORGANIZATION("") ACCOUNT("a", "products: [" PA "]"), &report),
			    "+grant/technicalAccount/a/product/P/A added; ");
	assert_int_equal(report.errors, 0);
}

#define NAMED(name, id, spec)                                                                      \
	ACCOUNT(name, spec) "status: {id: " id ", email: " id "@techacct.example}\n"
#define ID_A "11111111-1111-8111-8111-111111111111"
#define ID_B "22222222-2222-8222-8222-222222222222"

/* Where nothing moves an account, the snapshot tells a new name of its project from a new project.
 */
static void somebody_renamed_a_project(void **state)
{
#define IN(id, project) NAMED("a", id, "project: " project)
	static const struct {
		const char *base, *live, *wanted, *plan;
		bool fixed, told;
	} titles[] = {
		{IN(ID_A, "P"), IN(ID_A, "Q"), ACCOUNT("a", "project: P"), "", true, true},
		{IN(ID_A, "P"), IN(ID_A, "Q"), ACCOUNT("a", "project: P"),
		 "~technicalAccount/a changed drift; ", false, false},
		/* another account under the name, another wish, and nothing that was renamed */
		{IN(ID_A, "P"), IN(ID_B, "Q"), ACCOUNT("a", "project: P"),
		 "~technicalAccount/a changed drift; ", true, false},
		{IN(ID_A, "P"), IN(ID_A, "Q"), ACCOUNT("a", "project: R"),
		 "~technicalAccount/a changed conflict; ", true, false},
		{IN(ID_A, "P"), IN(ID_A, "P"), ACCOUNT("a", "project: R"),
		 "~technicalAccount/a changed pending; ", true, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		ARENA a = {0};
		size_t licences[2];
		struct report report = {.arena = &a};
		struct provider_reader reader = *registry_find("file")->reader;
		reader.fixed = titles[i].fixed ? ATTRIBUTE_PROJECT : 0;
		const char *out =
			plan_between(&a, (struct plan_input){.reader = &reader},
				     arena_printf(&a, ORGANIZATION("") "%s", titles[i].base),
				     arena_printf(&a, ORGANIZATION("") "%s", titles[i].live),
				     arena_printf(&a, ORGANIZATION("") "%s", titles[i].wanted),
				     &report, licences);
		bool told = report.items.len && !strcmp(report.items.at[0].id, "W0716");
		if (strcmp(out, titles[i].plan) != 0 || told != titles[i].told)
			fail_msg("row %zu: %s", i, out);
	}
}

/* With the last snapshot as the third leg. */
static void somebody_renamed_an_account(void **state)
{
	static const struct {
		const char *base, *live, *wanted, *plan;
		bool prune, told; /* told: that the name is another one in the service */
	} based[] = {
		/* the id tells it */
		{NAMED("a", ID_A, ""), NAMED("x", ID_B, "") NAMED("b", ID_A, ""), ACCOUNT("a", ""),
		 "u technicalAccount/x; ", false, true},
		{NAMED("a", ID_A, ""), NAMED("b", ID_A, ""),
		 ACCOUNT("a", "products: [" PA "], credential: a") ROLE("members: [a]"),
		 "+grant/technicalAccount/b/role/support-administrator added pending; "
		 "+grant/technicalAccount/b/product/P/A added pending; ",
		 false, true},
		/* not when a manifest knows that name, when the id is another's, or when there is
		   none */
		{NAMED("a", ID_A, ""), NAMED("b", ID_A, ""), ACCOUNT("a", "") ACCOUNT("b", ""),
		 "+technicalAccount/a added drift; ", false},
		{NAMED("a", ID_A, ""), NAMED("b", ID_B, ""), ACCOUNT("a", ""),
		 "+technicalAccount/a added drift; u technicalAccount/b; ", false},
		{NAMED("a", ID_A, ""), ACCOUNT("b", ""), ACCOUNT("a", ""),
		 "+technicalAccount/a added drift; u technicalAccount/b; ", false},
		{ACCOUNT("a", ""), NAMED("b", ID_B, ""), ACCOUNT("a", ""),
		 "+technicalAccount/a added drift; u technicalAccount/b; ", false},
		{ACCOUNT("c", ""), NAMED("b", ID_B, ""), ACCOUNT("a", ""),
		 "+technicalAccount/a added pending; u technicalAccount/b; ", false},
		{NAMED("a", ID_A, ""), NAMED("b", ID_A, "") NAMED("z", ID_B, ""),
		 ACCOUNT("a", "") ACCOUNT("b", ""),
		 "+technicalAccount/a added drift; u technicalAccount/z; ", false},
		{NAMED("a", ID_A, ""), NAMED("b", ID_A, ""), ACCOUNT("a", "state: absent"),
		 "-technicalAccount/b state-absent withheld pending; ", false},
		/* one id of two names: the first */
		{NAMED("a", ID_A, ""), NAMED("y", ID_A, "") NAMED("b", ID_A, ""), ACCOUNT("a", ""),
		 "u technicalAccount/y; ", false, true},
		/* an earlier name that a manifest gives goes first: one account becomes
		 * one other */
		{NAMED("b", ID_A, ""), NAMED("p", ID_A, ""),
		 ACCOUNT("a, previously: [p]", "credential: p") ACCOUNT("b", ""),
		 "~technicalAccount/a renamed conflict; +technicalAccount/b added drift; ", false},
		{NAMED("b", ID_A, ""), NAMED("p", ID_A, ""),
		 ACCOUNT("b", "") ACCOUNT("c, previously: [p]", "credential: p"),
		 "+technicalAccount/b added drift; ~technicalAccount/c renamed conflict; ", false},
		{NAMED("b", ID_A, ""), NAMED("p", ID_A, ""),
		 ACCOUNT("b", "") ACCOUNT("c, previously: [p]", "state: absent"),
		 "+technicalAccount/b added drift; -technicalAccount/p state-absent withheld "
		 "pending; ",
		 false},
		/* who moved */
		{ACCOUNT("a", ""), ACCOUNT("a", ""), ACCOUNT("b, previously: [a]", ""),
		 "~technicalAccount/b renamed pending; ", false},
		{ACCOUNT("a", ""), ACCOUNT("a", ""), ACCOUNT("b, previously: [a]", "credential: a"),
		 "~technicalAccount/b renamed pending; ", false},
		{"", ACCOUNT("a", "owner: x@example.com"), ACCOUNT("a", "owner: y@example.com"),
		 "~technicalAccount/a changed pending; ", false},
		{"", ACCOUNT("a", ""), ACCOUNT("a", "products: [" PA "]"),
		 "+grant/technicalAccount/a/product/P/A added pending; ", false},
		/* what the snapshot had and nobody declares goes when that is asked for */
		{ACCOUNT("a", ""), ACCOUNT("a", "") ACCOUNT("b", ""), "",
		 "-technicalAccount/a undeclared withheld pending; u technicalAccount/b; ", true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(based) / sizeof(*based); i++) {
		ARENA a = {0};
		struct report report = {.arena = &a};
		struct plan_input asked = {.reader = registry_find("file")->reader,
					   .prune = based[i].prune};
		size_t licences[2];
		const char *out = plan_between(
			&a, asked, arena_printf(&a, ORGANIZATION("") "%s", based[i].base),
			arena_printf(&a, ORGANIZATION("") "%s", based[i].live),
			arena_printf(&a, ORGANIZATION("") "%s", based[i].wanted), &report,
			licences);
		bool told = report.items.len && !strcmp(report.items.at[0].id, "W0719");
		assert_string_equal(out, based[i].plan);
		assert_int_equal(told, based[i].told);
	}
}

static const char *explain(struct provider *p, struct arena *a, const struct principal *principal,
			   const struct account *account, const struct entitlement *e)
{
	(void)p, (void)account;
	return e->role ? NULL : arena_printf(a, "%s cannot hold it", principal->name);
}

/* What lacks something that can be brought is blocked, and stops nothing else. */
static void a_provider_says_why(void **state)
{
	(void)state;
	ARENA a = {0};
	struct provider_reader reader = *registry_find("file")->reader;
	struct report report = {.arena = &a};
	reader.can_grant = grant_nothing;
	reader.explain = explain;
	const char *plan = plan_with(
		&a, (struct plan_input){.reader = &reader}, ORGANIZATION(""),
		ORGANIZATION("")
			ACCOUNT("a", "adminRoles: [support-administrator], products: [" PA "]"),
		&report);
	assert_int_equal(report.errors, 1);
	assert_string_equal(report.items.at[0].summary,
			    "provider file has no way to grant this, by API or by hand");
	assert_string_equal(plan, "+technicalAccount/a added; b a cannot hold it; ");
}

static void a_target_is_one_account(void **state)
{
	(void)state;
	ARENA a = {0};
	struct report report = {.arena = &a};
	struct plan_input asked = {.reader = registry_find("file")->reader, .target = "a"};
	assert_string_equal(plan_with(&a, asked, ORGANIZATION(""),
				      ORGANIZATION("") ACCOUNT("a", "") ACCOUNT("b", "")
					      ROLE("members: [{user: a@example.com}]"),
				      &report),
			    "+technicalAccount/a added; ");
}

static void organisations_are_told_apart_by_name_and_id(void **state)
{
	static const struct {
		const char *live, *wanted;
		size_t errors;
	} ids[] = {{"", "", 0},
		   {", orgId: x", "", 0},
		   {"", ", orgId: x", 0},
		   {", orgId: x", ", orgId: x", 0},
		   {", orgId: x", ", orgId: y", 1}};
	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		ARENA a = {0};
		struct report report = {.arena = &a};
		struct plan_input asked = {.reader = registry_find("file")->reader};
		plan_with(&a, asked, arena_printf(&a, ORGANIZATION("%s"), ids[i].live),
			  arena_printf(&a, ORGANIZATION("%s"), ids[i].wanted), &report);
		assert_int_equal(report.errors, ids[i].errors);
	}
}

static void a_licence_is_of_a_product(void **state UNUSED)
{
	static const struct {
		const char *live, *wanted;
		size_t used, freed;
	} cases[] = {
		{ACCOUNT("a", ""), ACCOUNT("a", "products: [" PA ", " PB "]"), 1, 0},
		{ACCOUNT("a", "products: [" PA "]"), ACCOUNT("a", "products: [" PB "]"), 0, 0},
		{ACCOUNT("a", "products: [" PA "]"), ACCOUNT("a", "products: [" PA ", " PB "]"), 0,
		 0},
		{ACCOUNT("a", "products: [" PA ", " PB "]"), ACCOUNT("a", "products: [" PB "]"), 0,
		 0},
		{ACCOUNT("a", "products: [" PA ", " PB "]"), ACCOUNT("a", "products: []"), 0, 1},
		{ACCOUNT("a", "products: [" PA ", " PB "]"), ACCOUNT("a", "state: absent"), 0, 1},
		{ACCOUNT("a", "adminRoles: [support-administrator]"),
		 ACCOUNT("a", "adminRoles: []"), 0, 0},
		{"", ACCOUNT("a", "products: [" PA ", {product: Q, profile: A}]"), 2, 0},
		{"",
		 DOCUMENT("ProductAssignment", "p",
			  "product: P, profile: A, members: [{user: j@example.com}, {group: G}]"),
		 1, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ARENA a = {0};
		struct report report = {.arena = &a};
		size_t licences[2];
		struct plan_input asked = {.reader = registry_find("file")->reader,
					   .consent = {CONSENT_PERCENT, 100, -1}};
		plan_between(&a, asked, NULL,
			     arena_printf(&a, "%s%s", ORGANIZATION(""), cases[i].live),
			     arena_printf(&a, "%s%s", ORGANIZATION(""), cases[i].wanted), &report,
			     licences);
		assert_int_equal(report.errors, 0);
		assert_int_equal(licences[0], cases[i].used);
		assert_int_equal(licences[1], cases[i].freed);
	}
}

static void what_nobody_sees_frees_no_licence(void **state UNUSED)
{
	ARENA a = {0};
	struct report report = {.arena = &a};
	size_t licences[2];
	struct provider_reader reader = *registry_find("file")->reader;
	reader.sees = sees_nothing;
	const char *out = plan_between(
		&a, (struct plan_input){.reader = &reader, .consent = {CONSENT_COUNT, 1, -1}}, NULL,
		ORGANIZATION("") ACCOUNT("a", ""),
		ORGANIZATION("")
			ACCOUNT("a", "products: [{product: P, profile: A, expires: 2026-05-31}]"),
		&report, licences);
	assert_string_equal(out, "-grant/technicalAccount/a/product/P/A expired; ");
	assert_int_equal(licences[0], 0);
	assert_int_equal(licences[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_is_the_difference),
		cmocka_unit_test(a_rename_is_one_update),
		cmocka_unit_test(the_organization_judges_undeclared_accounts),
		cmocka_unit_test(a_provider_refuses_at_plan_time),
		cmocka_unit_test(an_account_that_cannot_be_stops_nobody),
		cmocka_unit_test(a_snapshot_stands_for_its_service),
		cmocka_unit_test(an_api_that_carries_a_profile_stays),
		cmocka_unit_test(what_no_read_shows_ends_by_hand),
		cmocka_unit_test(consent_to_all_is_consent_to_what_no_read_shows),
		cmocka_unit_test(what_a_read_shows_has_ended),
		cmocka_unit_test(what_no_read_shows_is_sent),
		cmocka_unit_test(a_licence_is_of_a_product),
		cmocka_unit_test(what_nobody_sees_frees_no_licence),
		cmocka_unit_test(somebody_renamed_a_project),
		cmocka_unit_test(somebody_renamed_an_account),
		cmocka_unit_test(a_provider_says_why),
		cmocka_unit_test(a_target_is_one_account),
		cmocka_unit_test(organisations_are_told_apart_by_name_and_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
