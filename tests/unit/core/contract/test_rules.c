/* SPDX-License-Identifier: Apache-2.0 */
#include "core/contract/rules.h"

#include <string.h>

#include "core/language/manifest.h"
#include "core/util/str.h"
#include "providers/registry.h"
#include "tests/unit/check.h"

#define ORGANIZATION                                                                               \
	"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\n"                        \
	"spec: {provider: adobe, orgId: A@AdobeOrg}\n---\n"
#define ACCOUNT(name, spec)                                                                        \
	"apiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: " name "}\n"                \
	"spec: {" spec "}\n"

/* "LINE:COLUMN ID; " of each finding, in the order of places. */
static const char *findings(struct arena *a, const char *text)
{
	struct report report = {.arena = a};
	struct model model = {0};
	struct stored_file_vec files = {0};
	struct intern *strings = intern_new();
	const struct manifest_reader reader = {.strings = strings, .arena = a, .report = &report};
	vec_push(a, &files,
		 (struct stored_file){.path = "m.yaml", .bytes = text, .len = strlen(text)});
	manifest_parse(&reader, NULL, &files, &model);
	rules_check(registry_find("adobe")->reader, a, &model, &report);
	report_sort(&report);
	struct str out = STR(a);
	for (size_t i = 0; i < report.items.len; i++) {
		const struct diagnostic *d = &report.items.at[i];
		str_printf(&out, "%u:%u %s; ", d->at.line, d->at.column, d->id);
		if (!strcmp(d->id, "E0603") && strncmp(d->detail, "expected ", 9) != 0)
			str_add(&out, "without a form; ");
	}
	intern_free(strings);
	return str_text(&out);
}

/* Each at the value that is wrong, or at the name where that is not said. */
static void what_adobe_refuses_is_told_at_its_place(void **state UNUSED)
{
	static const struct {
		const char *text, *findings;
	} rows[] = {
		{ORGANIZATION ACCOUNT("asset-archiver", ""), ""},
		{ORGANIZATION ACCOUNT("asset", ""), "8:18 E0603; "},
		{ORGANIZATION ACCOUNT("asset", "credential: asset-archiver"), ""},
		{ORGANIZATION ACCOUNT("asset-archiver", "credential: abc"), "9:20 E0603; "},
		{ORGANIZATION ACCOUNT("asset-archiver", "credential: abc, project: a-b"),
		 "9:20 E0603; 9:34 E0603; "},
		/* whoever is absent, or has an id, has a name that the service took */
		{ORGANIZATION ACCOUNT("asset", "state: absent"), ""},
		{ORGANIZATION ACCOUNT("asset", "") "status: {id: id-1}\n", ""},
		/* a value of the wrong type is told once; others beside it too */
		{ORGANIZATION ACCOUNT("asset-archiver", "credential: [a]"), "9:20 E0403; "},
		{ORGANIZATION ACCOUNT("asset-archiver", "credential: abc, protect: maybe"),
		 "9:20 E0603; 9:34 E0408; "},
		{ORGANIZATION "apiVersion: writ/v1\nkind: AdminRole\nmetadata: {name: r}\n"
			      "spec: {role: support-administrator, members: [{group: G}]}\n",
		 "9:47 E0604; "},
		{ORGANIZATION "apiVersion: writ/v1\nkind: ProductAssignment\nmetadata: {name: r}\n"
			      "spec: {product: P, profile: A, members: [{group: G}]}\n",
		 ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *found = findings(&a, rows[i].text);
		if (strcmp(found, rows[i].findings) != 0)
			fail_msg("row %zu: \"%s\", not \"%s\"", i, found, rows[i].findings);
	}
}

static size_t asked;

static const char *count_question(enum principal_kind kind, const struct entitlement *e)
{
	(void)kind, (void)e;
	asked++;
	return NULL;
}

/* What is asked grows with what is written, not with what it expands to. */
static void a_bundle_is_read_once(void **state UNUSED)
{
	ARENA a = {0};
	struct model model = {0};
	struct report report = {.arena = &a};
	struct bundle bundle = {.meta.name = "b"};
	const struct provider_reader reader = {.name = "x", .check_kind = count_question};
	for (size_t i = 0; i < 3; i++)
		vec_push(&a, &bundle.roles, (struct entry){.role = ROLE_SUPPORT_ADMINISTRATOR});
	vec_push(&a, &model.bundles, bundle);
	for (size_t i = 0; i < 100; i++) {
		struct account account = {.meta.name = "a"};
		vec_push(&a, &account.bundles, (struct text_item){.text = "b"});
		vec_push(&a, &model.accounts, account);
	}
	asked = 0;
	rules_check(&reader, &a, &model, &report);
	assert_int_equal(asked, 3);
}

/* By name or code, the case of letters aside. */
static void a_catalogue_tells_what_a_grant_needs(void **state UNUSED)
{
	static const struct {
		const char *wanted, *live; /* APIs of the account; NULL: not said */
		const char *api;	   /* that is granted; NULL: the profile A of product P */
		const char *why;	   /* a part; NULL: nothing speaks against it */
	} rows[] = {
		{"x", NULL, NULL, NULL},
		{"x sdk", NULL, NULL, NULL},
		{"y", NULL, NULL, "add \"X\" to its `apis`"},
		{NULL, NULL, NULL, "add \"X\" to its `apis`"},
		{NULL, "X", NULL, NULL},
		{"y", "X", NULL, "add \"X\" to its `apis`"},
		{"x", NULL, "x", NULL},
		{"x", NULL, "Weather", "the catalogue has no API \"Weather\""},
		{"x", NULL, "y", "API \"y\" cannot be added: TERMS"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct catalogue c = {.has_apis = true};
		size_t steps = 1000;
		struct api_offer x = {.name = "X", .code = "X SDK"};
		struct account wanted = {.meta.name = "w", .has_apis = rows[i].wanted};
		struct account live = {.meta.name = "w", .has_apis = true};
		const struct entitlement e = {.api = rows[i].api,
					      .product = rows[i].api ? NULL : "p",
					      .profile = rows[i].api ? NULL : "A"};
		vec_push(&a, &x.products, (struct entry){.product = "P", .profile = "a"});
		vec_push(&a, &c.apis, x);
		vec_push(&a, &c.apis,
			 (struct api_offer){.name = "Y", .code = "Y", .unavailable = "TERMS"});
		if (rows[i].wanted)
			vec_push(&a, &wanted.apis, (struct entry){.name = rows[i].wanted});
		if (rows[i].live)
			vec_push(&a, &live.apis, (struct entry){.name = rows[i].live});
		const char *why = rules_blocks(&c, &a, &wanted, &live, &e, &steps);
		if (!why != !rows[i].why || (why && !strstr(why, rows[i].why)))
			fail_msg("row %zu: %s", i, why ? why : "fine");
		c.has_apis = false;
		assert_null(rules_blocks(&c, &a, &wanted, &live, &e, &steps));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_adobe_refuses_is_told_at_its_place),
		cmocka_unit_test(a_bundle_is_read_once),
		cmocka_unit_test(a_catalogue_tells_what_a_grant_needs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
