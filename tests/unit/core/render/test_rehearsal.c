/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/render/rehearsal.h"
#include "core/render/render.h"
#include "tests/unit/check.h"

static const struct principal clerk = {.name = "clerk", .kind = PRINCIPAL_ACCOUNT};
static const struct principal jane = {.name = "jane@example.com", .kind = PRINCIPAL_USER};
static const struct account account = {.meta.name = "clerk", .owner = "o\tne@example.com"};
static const struct entitlement express = {.product = "Express", .profile = "Default"};
static const struct entitlement system_admin = {.role = ROLE_SYSTEM_ADMINISTRATOR};

static struct entry jane_and_ops[] = {
	{.name = "jane@example.com", .member = PRINCIPAL_USER},
	{.name = "O\x1bps", .member = PRINCIPAL_GROUP},
	{.name = "clerk", .member = PRINCIPAL_ACCOUNT},
};
static struct entry roles[] = {
	{.role = ROLE_PRODUCT_ADMINISTRATOR, .product = "Stock"},
	{.role = ROLE_USER_GROUP_ADMINISTRATOR, .name = "Designers"},
};
static struct entry products[] = {{.product = "Express", .profile = "Default"}};
static struct account accounts[] = {
	{.meta.name = "clerk", .roles = {roles, 2, 2}, .products = {products, 1, 1}}};
static struct assignment assignments[] = {
	{.product = "Express", .profile = "Default", .members = {jane_and_ops, 3, 3}},
	{.product = "Nobody", .profile = "Has it"},
};
static const struct model snapshot = {.accounts = {accounts, 1, 1},
				      .products = {assignments, 2, 2}};

static struct plan start(void)
{
	return (struct plan){.organization = "acme", .cost = {.calls = 7, .seconds = 61}};
}

static void grant(struct plan *plan, struct arena *a, const struct principal *to,
		  const struct entitlement *what, enum capability via)
{
	struct change c = {.principal = to,
			   .entitlement = what,
			   .type = CHANGE_GRANT,
			   .action = ACTION_CREATE,
			   .via = via};
	vec_push(a, &plan->changes, c);
	plan->summary.manual += change_is_manual(&c);
}

/* Something of each kind. */
static struct plan whole(struct arena *a)
{
	struct plan plan = start();
	vec_push(a, &plan.changes,
		 (struct change){.principal = &clerk,
				 .after = &account,
				 .type = CHANGE_ACCOUNT,
				 .action = ACTION_CREATE});
	grant(&plan, a, &clerk, &express, CAN_API);
	grant(&plan, a, &clerk, &system_admin, CAN_MANUAL);
	grant(&plan, a, &jane, &express, CAN_COMMAND);
	grant(&plan, a, &jane, &system_admin, CAN_NOT);
	vec_push(a, &plan.blocked,
		 (struct blocked_item){
			 .principal = &jane, .entitlement = &express, .message = "no such user"});
	return plan;
}

static const char *text_of(struct arena *a, const struct plan *plan,
			   const struct prerequisites *first)
{
	struct str out = STR(a);
	rehearsal_text(&out, plan, first, "snap\x1bshot");
	return str_text(&out);
}

static const char *json_of(struct arena *a, const struct plan *plan,
			   const struct prerequisites *first)
{
	struct str out = STR(a);
	rehearsal_json(&out, plan, first, "snapshot");
	return str_text(&out);
}

static void all_that_a_restore_takes_is_told(void **state UNUSED)
{
	ARENA a = {0};
	const struct plan plan = whole(&a);
	struct prerequisites first = {.credential = true};
	prerequisites_find(&snapshot, &a, &first);
	assert_string_equal(
		text_of(&a, &plan, &first),
		"Rehearsal: organisation acme from snap\\x1Bshot, as if it were empty. Nothing "
		"is sent.\n"
		"\n"
		"  1. 1 technical account is made\n"
		"  2. 4 grants are added, 2 of them by hand, 1 by your command\n"
		"  About 7 calls, 2 minutes at the service's limits.\n"
		"\n"
		"FIRST, in this order: writ makes none of it\n"
		"  1. writ's own credential, with the rights that the service asks of it, in the "
		"operator's configuration\n"
		"  2. products and their profiles\n"
		"     [ ] Express / Default\n"
		"     [ ] Stock\n"
		"  3. users\n"
		"     [ ] jane@example.com\n"
		"  4. user groups, and their members, which no snapshot knows\n"
		"     [ ] Designers\n"
		"     [ ] O\\x1Bps\n"
		"\n"
		"SECRETS (1): the credential of each account is new, and so is its secret; give it "
		"to whoever runs the account\n"
		"  [ ] clerk  o\\tne@example.com\n"
		"\n"
		"BY HAND (2): no API makes these changes\n"
		"  [ ] clerk  + system-administrator\n"
		"  [ ] user jane@example.com  + system-administrator\n"
		"\n"
		"NOT POSSIBLE YET (1): of the above, this is not there today\n"
		"  [ ] user jane@example.com  Express / Default: no such user\n");
	assert_string_equal(
		json_of(&a, &plan, &first),
		"{\"format_version\": \"1.0\", \"organization\": \"acme\", \"from\": \"snapshot\", "
		"\"first\": [\n"
		"  {\"what\": \"credential\"},\n"
		"  {\"what\": \"product\", \"name\": \"Express\", \"profile\": \"Default\"},\n"
		"  {\"what\": \"product\", \"name\": \"Stock\", \"profile\": null},\n"
		"  {\"what\": \"user\", \"name\": \"jane@example.com\"},\n"
		"  {\"what\": \"group\", \"name\": \"Designers\"},\n"
		"  {\"what\": \"group\", \"name\": \"O\\u001Bps\"}\n"
		"], \"steps\": [{\"phase\": \"accounts\", \"changes\": 1, \"manual\": 0, "
		"\"command\": "
		"0}, {\"phase\": \"grants\", \"changes\": 4, \"manual\": 2, \"command\": 1}], "
		"\"calls\": 7, \"minutes\": 2, \"checklist\": [\n"
		"  {\"what\": \"secret\", \"address\": \"technicalAccount/clerk\"},\n"
		"  {\"what\": \"manual\", \"address\": "
		"\"grant/technicalAccount/clerk/role/system-administrator\"},\n"
		"  {\"what\": \"manual\", \"address\": "
		"\"grant/user/jane%40example.com/role/system-administrator\"},\n"
		"  {\"what\": \"missing\", \"address\": "
		"\"grant/user/jane%40example.com/product/Express/Default\", \"message\": \"no such "
		"user\"}\n"
		"]}\n");
}

static void an_empty_snapshot_takes_nothing(void **state UNUSED)
{
	ARENA a = {0};
	const struct plan plan = start();
	const struct prerequisites first = {0};
	assert_string_equal(
		text_of(&a, &plan, &first),
		"Rehearsal: organisation acme from snap\\x1Bshot, as if it were empty. Nothing "
		"is sent.\n"
		"\n"
		"  Nothing: the snapshot holds no account and no grant.\n"
		"  About 7 calls, 2 minutes at the service's limits.\n");
	assert_string_equal(
		json_of(&a, &plan, &first),
		"{\"format_version\": \"1.0\", \"organization\": \"acme\", \"from\": "
		"\"snapshot\", \"first\": [], \"steps\": [], \"calls\": 7, \"minutes\": 2, "
		"\"checklist\": []}\n");
}

static void a_price_is_told_in_words(void **state UNUSED)
{
	static const struct {
		size_t calls, seconds;
		const char *told;
	} rows[] = {{0, 0, "0 calls, less than a minute"},
		    {1, 1, "1 call, 1 minute"},
		    {2, 60, "2 calls, 1 minute"},
		    {30, 61, "30 calls, 2 minutes"}};
	ARENA a = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct plan plan = {
			.cost = {.calls = rows[i].calls, .seconds = rows[i].seconds}};
		assert_string_equal(render_cost(&a, &plan), rows[i].told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_price_is_told_in_words),
		cmocka_unit_test(all_that_a_restore_takes_is_told),
		cmocka_unit_test(an_empty_snapshot_takes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
