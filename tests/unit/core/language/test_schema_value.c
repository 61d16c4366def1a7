/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/language/manifest.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

/* What is wrong with a document of this kind: "COLUMN ID SUMMARY", "; " between findings. */
static const char *read_document(struct arena *a, const char *kind, const char *name,
				 const char *spec)
{
	struct intern *strings = intern_new();
	struct report report = {.arena = a};
	struct model model = {0};
	struct stored_file_vec files = {0};
	struct str out = STR(a);
	const char *text =
		arena_printf(a, "apiVersion: writ/v1\nkind: %s\nmetadata: {name: %s}\nspec: {%s}\n",
			     kind, name, spec);
	vec_push(a, &files,
		 (struct stored_file){.path = "t.yaml", .bytes = text, .len = strlen(text)});
	manifest_parse(&(struct manifest_reader){strings, a, &report}, NULL, &files, &model);
	report_sort(&report);
	for (size_t i = 0; i < report.items.len; i++) {
		const struct diagnostic *d = &report.items.at[i];
		str_printf(&out, "%s%u %s %s", i ? "; " : "", d->at.column, d->id, d->summary);
	}
	intern_free(strings);
	return str_text(&out);
}

struct row {
	const char *value, *due;
};

/* Each value in turn for the "@" of `spec`. */
static void check_values(const char *kind, const char *spec, const struct row *rows, size_t count)
{
	size_t failed = 0;
	for (size_t i = 0; i < count; i++) {
		ARENA a = {0};
		struct str text = STR(&a);
		const char *mark = strchr(spec, '@');
		str_addn(&text, spec, (size_t)(mark - spec));
		str_add(&text, rows[i].value);
		str_add(&text, mark + 1);
		const char *is = read_document(&a, kind, "x", str_text(&text));
		if (strcmp(is, rows[i].due) != 0) {
			print_error("%s: %s\n", rows[i].value, is);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

#define CHECK(kind, spec, rows) check_values(kind, spec, rows, sizeof(rows) / sizeof(*(rows)))
#define TEN "abcdefghij"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void names(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"a", ""},
		{"a-1", ""},
		{SIXTY "abc", ""},
		{"''", "18 E0412 empty value"},
		{"-a", "18 E0405 bad name \"-a\""},
		{"a-", "18 E0405 bad name \"a-\""},
		{"A", "18 E0405 bad name \"A\""},
		{"a.b", "18 E0405 bad name \"a.b\""},
		{SIXTY "abcd", "18 E0405 bad name \"abcdefghijabcdefghijabcdefghijab...\""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		assert_string_equal(read_document(&a, "TechnicalAccount", rows[i].value, ""),
				    rows[i].due);
	}
}

static void mail_addresses(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"ann@example.com", ""},
		{"'A.n!#$%&*+-/=?^_`{|}~9@x-1.EXAMPLE.com'", ""},
		{"\"a'b@example.com\"", ""},
		{SIXTY "@" TEN "." SIXTY ".com", ""},
		{"''", "53 E0412 empty value"},
		{"ann", "53 E0406 bad e-mail address \"ann\""},
		{"'@example.com'", "53 E0406 bad e-mail address \"@example.com\""},
		{".a@example.com", "53 E0406 bad e-mail address \".a@example.com\""},
		{"a.@example.com", "53 E0406 bad e-mail address \"a.@example.com\""},
		{"a..b@example.com", "53 E0406 bad e-mail address \"a..b@example.com\""},
		{"a b@example.com", "53 E0406 bad e-mail address \"a b@example.com\""},
		{"a(@example.com", "53 E0406 bad e-mail address \"a(@example.com\""},
		{"é@example.com", "53 E0406 bad e-mail address \"é@example.com\""},
		{"a@com", "53 E0406 bad e-mail address \"a@com\""},
		{"a@", "53 E0406 bad e-mail address \"a@\""},
		{"a@example.", "53 E0406 bad e-mail address \"a@example.\""},
		{"a@.com", "53 E0406 bad e-mail address \"a@.com\""},
		{"a@-b.com", "53 E0406 bad e-mail address \"a@-b.com\""},
		{"a@b-.com", "53 E0406 bad e-mail address \"a@b-.com\""},
		{"a@b_c.com", "53 E0406 bad e-mail address \"a@b_c.com\""},
		{"a@b@c.com", "53 E0406 bad e-mail address \"a@b@c.com\""},
		{"a@" SIXTY "abcd.com",
		 "53 E0406 bad e-mail address \"a@abcdefghijabcdefghijabcdefghij...\""},
		{SIXTY SIXTY SIXTY "@" SIXTY "." TEN ".com",
		 "53 E0406 bad e-mail address \"abcdefghijabcdefghijabcdefghijab...\""},
		{"[a]", "53 E0403 a list where one value is due"},
		{"{a: b}", "53 E0403 a mapping where one value is due"},
		{"", "47 E0404 \"user\" has no value"},
	};
	CHECK("AdminRole", "role: system-administrator, members: [{user: @}]", rows);
}

static void numbers(void **state)
{
	(void)state;
	static const struct row counts[] = {
		{"0", ""},
		{"7", ""},
		{"2147483647", ""},
		{"2147483648", "46 E0409 bad number \"2147483648\""},
		{"99999999999", "46 E0409 bad number \"99999999999\""},
		{"07", "46 E0409 bad number \"07\""},
		{"-1", "46 E0409 bad number \"-1\""},
		{"1x", "46 E0409 bad number \"1x\""},
		{"'1'", "46 E0409 bad number \"1\""},
		{"''", "46 E0409 bad number \"\""},
	};
	static const struct row shares[] = {
		{"0%", ""},
		{"100%", ""},
		{"'25%'", ""},
		{"101%", "50 E0410 bad percentage \"101%\""},
		{"25", "50 E0410 bad percentage \"25\""},
		{"'%'", "50 E0410 bad percentage \"%\""},
		{"-1%", "50 E0410 bad percentage \"-1%\""},
		{"05%", "50 E0410 bad percentage \"05%\""},
	};
	static const struct row holders[] = {
		{"0", ""},
		{"{}", ""},
		{"{support-administrator: 1, developer: 3}", ""},
		{"{support: 1}", "46 E0411 unknown role \"support\""},
		{"{developer: many}", "57 E0409 bad number \"many\""},
		{"{developer: [1]}", "57 E0403 a list where one value is due"},
		{"[]", "45 E0403 a list where one value is due"},
		{"'2'", "45 E0409 bad number \"2\""},
	};
	CHECK("Organization", "provider: file, guards: {minHolders: @}", holders);
	CHECK("Organization", "provider: file, guards: {maxRemovals: @}", counts);
	CHECK("Organization", "provider: file, guards: {maxRemovalDelta: @}", shares);
}

static void words(void **state)
{
	(void)state;
	static const struct row truths[] = {
		{"true", ""},
		{"false", ""},
		{"'true'", "17 E0408 bad truth value \"true\""},
		{"'false'", "17 E0408 bad truth value \"false\""},
		{"yes", "17 E0408 bad truth value \"yes\""},
	};
	static const struct row choices[] = {
		{"keep", ""},
		{"'remove'", ""},
		{"Keep", "34 E0411 \"unlisted\" is \"Keep\""},
		{"all", "34 E0411 \"unlisted\" is \"all\""},
	};
	static const struct row roles[] = {
		{"system-administrator", ""},
		{"system-administrato", "21 E0411 unknown role \"system-administrato\""},
		{"emperor", "21 E0411 unknown role \"emperor\""},
		{"{role: support-administrator, expires: 2027-02-28}", ""},
		{"{role: support-administrator, expires: 2027-02-29}",
		 "60 E0407 bad date \"2027-02-29\""},
		{"", ""},
	};
	static const struct row apis[] = {
		{"a", ""},
		{"{api: a}", ""},
		{"{api: a, reason: b, ticket: c, expires: 2027-02-28}", ""},
		{"{api: a, expires: soon}", "33 E0407 bad date \"soon\""},
		{"''", "15 E0412 empty value"},
		{"{reason: b}", "15 E0402 missing key \"api\""},
		{"[a]", "15 E0403 a list where an entry is due"},
	};
	CHECK("TechnicalAccount", "apis: [@]", apis);
	static const struct row products[] = {
		{"Express", ""},
		{"'Ex press é'", ""},
		{"''", "29 E0412 empty value"},
		{"_org_admin", "29 E0413 name \"_org_admin\" begins with \"_\""},
		{"' x'", ""},
		{"'x '", ""},
		{"'Cafe\u0301'", "34 E0206 text that is not in normal form C \"\u0301\""},
		{"\"Cafe\\u0301\"", ""},
		{"' '", "29 E0412 a name of white space alone"},
		{"'  _org_admin'", "29 E0413 name \"  _org_admin\" begins with \"_\""},
		{"\"\\u2800_org_admin\"",
		 "29 E0413 name \"\\u{2800}_org_admin\" begins with \"_\""},
		{"\"\\u203F_org_admin\"", "29 E0413 name \"\u203F_org_admin\" begins with \"_\""},
		{SIXTY SIXTY SIXTY SIXTY TEN, ""},
		{SIXTY SIXTY SIXTY SIXTY TEN "x",
		 "29 E0415 name \"abcdefghijabcdefghijabcdefghijab...\" is too long"},
	};
	CHECK("TechnicalAccount", "protect: @", truths);
	CHECK("Organization", "provider: file, unlisted: @", choices);
	CHECK("TechnicalAccount", "adminRoles: [@]", roles);
	CHECK("TechnicalAccount", "products: [{product: @, profile: Default}]", products);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(mail_addresses),
		cmocka_unit_test(numbers),
		cmocka_unit_test(words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
