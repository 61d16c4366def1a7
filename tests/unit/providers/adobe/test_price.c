/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/price.h"
#include "tests/unit/check.h"
#include "tests/unit/providers/adobe/grant_change.h"

static void groups_hold_what_one_request_can(void **state UNUSED)
{
	static const struct principal other = {"other", PRINCIPAL_ACCOUNT};
	struct change all[] = {
		change_of(&archiver, &product, ACTION_CREATE), /* 0: two of one account */
		change_of(&archiver, &product, ACTION_CREATE),
		change_of(&other, &product, ACTION_CREATE), /* 2: of another */
		change_of(&other, &product, ACTION_DELETE), /* 3 */
		change_of(&jane, &product, ACTION_CREATE),  /* 4: two of users */
		change_of(&designers, &product, ACTION_CREATE),
		change_of(&jane, &product, ACTION_DELETE),     /* 6 */
		change_of(&archiver, &storage, ACTION_CREATE), /* 7: by the operator's program */
		change_of(&jane, &storage, ACTION_CREATE),
		{.principal = &archiver, .type = CHANGE_ACCOUNT}, /* 9: accounts, side by side */
		{.principal = &other, .type = CHANGE_ACCOUNT},
	};
	static const size_t due[] = {2, 1, 1, 1, 2, 1, 1, 2, 1, 2, 1};
	const struct change *list[COUNT(all)];
	all[7].via = all[8].via = CAN_COMMAND;
	for (size_t i = 0; i < COUNT(all); i++)
		list[i] = &all[i];
	for (size_t i = 0; i < COUNT(all); i++)
		assert_int_equal(price_group(list + i, COUNT(all) - i), due[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_hold_what_one_request_can),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
