/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/organizations.h"

#include <string.h>

#include "core/language/manifest.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

#define ORGANIZATION(name, spec)                                                                   \
	"---\napiVersion: writ/v1\nkind: Organization\nmetadata: {name: " name "}\n"               \
	"spec: {provider: file" spec "}\n"
#define TWO ORGANIZATION("beta", "") ORGANIZATION("acme", "")
#define ACCOUNT(meta) ACCOUNT_WITH(meta, "")
#define ACCOUNT_WITH(meta, spec)                                                                   \
	"---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {" meta "}\nspec: {" spec "}" \
	"\n"
#define BUNDLE(meta)                                                                               \
	"---\napiVersion: writ/v1\nkind: AccessBundle\nmetadata: {" meta "}\n"                     \
	"spec: {adminRoles: [support-administrator]}\n"
#define ROLE(meta, members)                                                                        \
	"---\napiVersion: writ/v1\nkind: AdminRole\nmetadata: {" meta "}\n"                        \
	"spec: {role: support-administrator, members: [" members "]}\n"
#define PRODUCT(meta, members)                                                                     \
	"---\napiVersion: writ/v1\nkind: ProductAssignment\nmetadata: {" meta "}\n"                \
	"spec: {product: P, profile: Q, members: [" members "]}\n"

static void add_names(struct str *out, const char *kind, const struct metadata *meta)
{
	str_printf(out, " %s:%s", kind, meta->name);
}

static void add_model(struct str *out, const struct model *m)
{
	str_printf(out, "%s%s", out->len ? "; " : "", m->organizations.at[0].meta.name);
	for (size_t i = 0; i < m->bundles.len; i++)
		add_names(out, "bundle", &m->bundles.at[i].meta);
	for (size_t i = 0; i < m->accounts.len; i++)
		add_names(out, "account", &m->accounts.at[i].meta);
	for (size_t i = 0; i < m->roles.len; i++)
		add_names(out, "role", &m->roles.at[i].meta);
	for (size_t i = 0; i < m->products.len; i++)
		add_names(out, "product", &m->products.at[i].meta);
}

static void add_findings(struct str *out, struct report *report)
{
	report_sort(report);
	for (size_t i = 0; i < report->items.len; i++) {
		const struct diagnostic *d = &report->items.at[i];
		str_printf(out, "%s%s %u:%u %s; %s", i ? " | " : "", d->id, d->at.line,
			   d->at.column, d->summary, d->detail);
	}
}

static void read_set(const char *text, struct intern *strings, struct arena *a,
		     struct report *report, struct model_vec *out)
{
	struct stored_file file = {.path = "f", .bytes = text, .len = strlen(text)};
	const struct stored_file_vec files = {&file, 1, 1};
	const struct manifest_reader reader = {.strings = strings, .arena = a, .report = report};
	struct model set = {0};
	manifest_parse(&reader, NULL, &files, &set);
	organizations_check(&set, (struct location){"f", 1, 1}, a, report, out);
}

/* What becomes of a set: its organisations by name, each with its documents; else all findings. */
static void assert_set(const char *text, const char *expected)
{
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct report report = {.arena = &a};
	struct model_vec models = {0};
	struct str out = STR(&a);
	read_set(text, strings, &a, &report, &models);
	if (report.errors)
		add_findings(&out, &report);
	else
		for (size_t i = 0; i < models.len; i++)
			add_model(&out, &models.at[i]);
	assert_string_equal(str_text(&out), expected);
	intern_free(strings);
}

static void a_set_is_cut_by_its_organizations(void **state UNUSED)
{
	static const struct {
		const char *set, *expected;
	} rows[] = {
		/* One: nothing need be said, and what is said must be right. */
		{ORGANIZATION("acme", "") ACCOUNT("name: a"), "acme account:a"},
		{ORGANIZATION("acme", "") ACCOUNT("name: a, organization: acme"), "acme account:a"},
		{ORGANIZATION("acme", "") ACCOUNT("name: a, organization: acne"),
		 "E0516 9:35 unknown organisation \"acne\"; did you mean acme?"},
		/* Several, by name; documents as they stand. */
		{TWO, "acme; beta"},
		{TWO ACCOUNT("name: z, organization: acme") ACCOUNT("name: a, organization: acme")
			 ACCOUNT("organization: beta, name: a"),
		 "acme account:z account:a; beta account:a"},
		{TWO BUNDLE("name: b, organization: beta") ROLE("name: r, organization: acme", "")
			 PRODUCT("name: p, organization: beta", "{group: G}"),
		 "acme role:r; beta bundle:b product:p"},
		/* Nothing is guessed. */
		{TWO ACCOUNT("name: a"),
		 "E0517 14:11 \"a\" does not say of which organisation it is; "
		 "expected organization: one of beta, acme"},
		{TWO ACCOUNT("name: a, organization: gamma"),
		 "E0516 14:35 unknown organisation \"gamma\"; the set has beta, acme"},
		{TWO ACCOUNT("name: a, organization: Beta"),
		 "E0405 14:35 bad name \"Beta\"; expected a-z, 0-9 and \"-\" inside, at most 63, "
		 "such as asset-archiver"},
		/* Two that are one. */
		{ORGANIZATION("acme", "") TWO,
		 "E0513 14:18 second Organization \"acme\"; the first is at f:4:18"},
		/* What is said twice is told once, and its documents are its own. */
		{ORGANIZATION("acme", "") ORGANIZATION("acme", "") ACCOUNT("name: a"),
		 "E0513 9:18 second Organization \"acme\"; the first is at f:4:18"},
		{ORGANIZATION("acme", "") ORGANIZATION("acme", "")
			 ACCOUNT("name: a, organization: gamma"),
		 "E0513 9:18 second Organization \"acme\"; the first is at f:4:18"
		 " | E0516 14:35 unknown organisation \"gamma\"; the set has acme"},
		{TWO ORGANIZATION("acme", "") ACCOUNT("name: a"),
		 "E0513 14:18 second Organization \"acme\"; the first is at f:9:18"
		 " | E0517 19:11 \"a\" does not say of which organisation it is; "
		 "expected organization: one of beta, acme"},
		{ORGANIZATION("acme", ", orgId: 1A@X") ORGANIZATION("beta", ", orgId: 1a@x"),
		 "E0518 10:31 organisations \"acme\" and \"beta\" have one orgId; "
		 "the first is at f:5:31"},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_set(rows[i].set, rows[i].expected);
}

/* A document of the other organisation is not there. */
static void nothing_refers_across(void **state UNUSED)
{
	static const struct {
		const char *set, *expected;
	} rows[] = {
		{TWO ACCOUNT("name: a, organization: acme")
			 ROLE("name: r, organization: beta", "a"),
		 "E0503 20:47 unknown account \"a\"; no TechnicalAccount has this name; users are "
		 "{user: E-MAIL}"},
		{TWO BUNDLE("name: b, organization: acme")
			 ACCOUNT_WITH("name: a, organization: beta", "bundles: [b]"),
		 "E0502 20:18 unknown bundle \"b\"; no AccessBundle has this name"},
		{TWO ACCOUNT("name: a, organization: acme") ACCOUNT("name: a, organization: acme"),
		 "E0501 19:18 TechnicalAccount \"a\" stands twice; the first is at f:14:18"},
		/* An earlier name, and a credential, that are taken in the other one are free. */
		{TWO ACCOUNT("name: a, organization: acme")
			 ACCOUNT("name: b, organization: beta, previously: [a]"),
		 "acme account:a; beta account:b"},
		{TWO ACCOUNT_WITH("name: a, organization: acme", "project: P, credential: c")
			 ACCOUNT_WITH("name: b, organization: beta", "project: P, credential: c"),
		 "acme account:a; beta account:b"},
		{TWO ROLE("name: r, organization: acme", "{user: A@example.com}")
			 ROLE("name: r, organization: beta", "{user: a@example.com}"),
		 "acme role:r; beta role:r"},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_set(rows[i].set, rows[i].expected);
}

/* What could not be read may be what is missing. */
static void half_a_set_says_little(void **state UNUSED)
{
	static const struct {
		const char *set, *expected;
	} rows[] = {
		{TWO "---\napiVersion: writ/v1\nkind: Organisation\nmetadata: {name: gamma}\nspec: "
		     "{}\n" ACCOUNT("name: a, organization: gamma"),
		 "E0419 13:7 unknown kind \"Organisation\"; did you mean Organization? | "
		 "E0402 15:7 missing key \"provider\"; expected provider: one of adobe, file"},
		{TWO ACCOUNT("organization: acme") ROLE("name: r, organization: acme", "a"),
		 "E0402 14:11 missing key \"name\"; expected name: a name such as asset-archiver"},
		/* Of two of one name there is nothing to choose: that there are two is told. */
		{ORGANIZATION("acme", "") ORGANIZATION("acme", "") ACCOUNT("name: a"),
		 "E0513 9:18 second Organization \"acme\"; the first is at f:4:18"},
		/* Nor is what is nobody's missed by the others. */
		{TWO ACCOUNT("name: a") ROLE("name: r, organization: acme", "a"),
		 "E0517 14:11 \"a\" does not say of which organisation it is; expected "
		 "organization: "
		 "one of beta, acme"},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_set(rows[i].set, rows[i].expected);
}

static void assert_chosen(const char *set, const char *name, const char *expected)
{
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct report report = {.arena = &a};
	struct model_vec models = {0};
	struct model model = {0};
	read_set(set, strings, &a, &report, &models);
	struct error *error = organizations_choose(&models, &a, name, &model);
	assert_string_equal(error ? error->message : model.organizations.at[0].meta.name, expected);
	error_free(error);
	intern_free(strings);
}

static void one_is_chosen_by_name(void **state UNUSED)
{
	static const char one[] = ORGANIZATION("acme", "");
	assert_chosen(one, NULL, "acme");
	assert_chosen(one, "acme", "acme");
	assert_chosen(one, "beta", "the manifests describe organisation \"acme\", not \"beta\"");
	assert_chosen(TWO, "beta", "beta");
	assert_chosen(TWO, NULL,
		      "the manifests describe 2 organisations: acme, beta; choose one with --org");
	assert_chosen(TWO, "be",
		      "the manifests describe 2 organisations: acme, beta; none is \"be\"");
}

/* The digest of acme's documents in this set, of which no finding is expected. */
static const char *digest_of(struct arena *a, struct intern *strings, const char *text)
{
	struct report report = {.arena = a};
	struct model_vec models = {0};
	unsigned char digest[SHA256_SIZE];
	char *out = arena_alloc(a, SHA256_TEXT);
	read_set(text, strings, a, &report, &models);
	assert_int_equal(report.errors, 0);
	assert_string_equal(models.at[0].organizations.at[0].meta.name, "acme");
	organizations_digest(&models.at[0], digest);
	sha256_text(digest, out);
	return out;
}

static void a_digest_is_of_one_organisation(void **state UNUSED)
{
	static const char before[] = TWO ACCOUNT("name: a, organization: acme")
		BUNDLE("name: b, organization: beta") ROLE("name: r, organization: acme", "a");
	static const struct {
		const char *text;
		bool same;
	} rows[] = {
		{before, true},
		{ORGANIZATION("acme", "") ORGANIZATION("beta", ", unlisted: remove") ACCOUNT(
			 "name: a, organization: acme") ROLE("name: r, organization: acme", "a"),
		 true},
		{"# a word\n" TWO ACCOUNT("organization: beta, name: a") ACCOUNT(
			 "name: a, organization: acme") ROLE("name: r, organization: acme", "a"),
		 true},
		{ORGANIZATION("beta", "") ORGANIZATION("acme", ", unlisted: remove") ACCOUNT(
			 "name: a, organization: acme") ROLE("name: r, organization: acme", "a"),
		 false},
		{TWO ACCOUNT("name: a, organization: acme"), false},
		{TWO ACCOUNT_WITH("name: a, organization: acme", "adminRoles: []")
			 ROLE("name: r, organization: acme", "a"),
		 false},
		{TWO ACCOUNT_WITH("name: a, organization: acme", "state: absent")
			 ROLE("name: r, organization: acme", "{user: a@example.com}"),
		 false},
		{TWO ACCOUNT("name: a, organization: acme")
			 ROLE("name: r, organization: acme", "a, {user: a@example.com}"),
		 false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		bool same = !strcmp(digest_of(&a, strings, before),
				    digest_of(&a, strings, rows[i].text));
		assert_int_equal(same, rows[i].same);
		intern_free(strings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_is_cut_by_its_organizations),
		cmocka_unit_test(nothing_refers_across),
		cmocka_unit_test(half_a_set_says_little),
		cmocka_unit_test(one_is_chosen_by_name),
		cmocka_unit_test(a_digest_is_of_one_organisation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
