/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "providers/adobe/account/role_evidence.h"
#include "tests/unit/check.h"

#define ORG "0123456789ABCDEF01234567@AdobeOrg"

static struct reply *parse(struct arena *a, const char *text)
{
	const char *why = NULL;
	char *copy = arena_strdup(a, text);
	for (char *at = copy; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	return reply_parse(copy, strlen(copy), &why);
}

/* "Y" held, "n" not held, "?" unknown: of system, storage, deployment, support administrator. */
static const char *told(const struct seen_roles *seen, struct arena *a)
{
	struct str out = STR(a);
	for (int role = ROLE_SYSTEM_ADMINISTRATOR; role <= ROLE_SUPPORT_ADMINISTRATOR; role++) {
		bool known = seen->known & (1U << role), held = seen->held & (1U << role);
		str_addc(&out, !known ? '?' : held ? 'Y' : 'n');
	}
	return str_text(&out);
}

static void a_profile_tells_what_is_sure(void **state)
{
	(void)state;
	static const struct {
		const char *roles;
		bool good;
		const char *told;
	} rows[] = {
		{"[]", true, "nn??"},
		{"[{'named_role':'storage_admin','organization':'" ORG "'}]", true, "nY??"},
		{"[{'named_role':'org_admin'},{'named_role':'support_admin','target_type':'TRG_ORG'"
		 "}]",
		 true, "Yn?Y"},
		{"[{'named_role':'storage_admin','organization':'9999@AdobeOrg'}]", true, "nn??"},
		{"[{'named_role':'storage_admin','organization':'"
		 "0123456789abcdef01234567@AdobeOrg'}]",
		 true, "nY??"},
		/* perhaps storage administrator under another name */
		{"[{'named_role':'STORAGE_OWNER','target_type':'TRG_ORG'}]", true, "????"},
		{"[{'named_role':'storage_admin'},{'named_role':'x'}]", true, "?Y??"},
		{"[{'named_role':'license_admin','target_type':'TRG_PRODUCT'}]", true, "nn??"},
		{"[{}]", true, "????"},
		{"{}", false, "????"},
		{"'storage_admin'", false, "????"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct seen_roles seen = {0};
		struct reply *roles = parse(&a, rows[i].roles);
		assert_non_null(roles);
		assert_int_equal(role_evidence_from_roles(roles, ORG, &seen), rows[i].good);
		assert_string_equal(told(&seen, &a), rows[i].told);
		reply_free(roles);
	}
	struct seen_roles seen = {0};
	assert_false(role_evidence_from_roles(NULL, ORG, &seen));
}

static void the_probe_tells_two_roles_apart_only_with_help(void **state)
{
	(void)state;
	static const uint16_t system = 1U << ROLE_SYSTEM_ADMINISTRATOR;
	static const struct {
		long status;
		const char *body;
		uint16_t known, held;
		const char *told;
	} rows[] = {
		{403, "{'error_code':'access_error','message':'m'}", 0, 0, "nn??"},
		{403, "{'error_code':'403003','message':'the gateway'}", 0, 0, "????"},
		{403, "[]", 0, 0, "????"},
		{401, "{'error_code':'unauthorized'}", 0, 0, "????"},
		{500, "{'error_code':'runtime_error'}", 0, 0, "????"},
		{200, "{'policyType':'x'}", 0, 0, "????"},
		{200, "{'policyType':'x'}", system, 0, "nY??"},
		{200, "{'policyType':'x'}", system, system, "Y???"},
		{0, "{}", 0, 0, "????"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct seen_roles seen = {.known = rows[i].known, .held = rows[i].held};
		struct reply *body = parse(&a, rows[i].body);
		role_evidence_from_probe(rows[i].status, body, &seen);
		assert_string_equal(told(&seen, &a), rows[i].told);
		reply_free(body);
	}
	struct seen_roles seen = {0};
	role_evidence_from_probe(403, NULL, &seen);
	assert_int_equal(seen.known, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile_tells_what_is_sure),
		cmocka_unit_test(the_probe_tells_two_roles_apart_only_with_help),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
