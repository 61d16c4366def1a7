/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/attestation.h"

#include "tests/unit/check.h"

#define STEP "grant/technicalAccount/a/role/storage-administrator"

static const struct principal account = {"a", PRINCIPAL_ACCOUNT};
static const struct entitlement storage = {.role = ROLE_STORAGE_ADMINISTRATOR};

static struct change step(enum action action)
{
	return (struct change){.principal = &account,
			       .entitlement = &storage,
			       .type = CHANGE_GRANT,
			       .action = action,
			       .via = CAN_MANUAL,
			       .unseen = true};
}

static void a_word_is_of_one_step_of_one_account(void **state)
{
	static const struct {
		struct attestation said;
		enum action action;
		const char *id;
		bool found;
	} rows[] = {
		{{.address = STEP}, ACTION_CREATE, NULL, true},
		{{.address = STEP, .id = "1"}, ACTION_CREATE, "1", true},
		{{.address = STEP, .id = "1"}, ACTION_CREATE, NULL, true},
		{{.address = STEP}, ACTION_CREATE, "1", true},
		{{.address = STEP, .id = "1"}, ACTION_CREATE, "2", false},
		{{.address = STEP, .removal = true}, ACTION_CREATE, NULL, false},
		{{.address = STEP, .removal = true}, ACTION_DELETE, NULL, true},
		{{.address = STEP "x"}, ACTION_CREATE, NULL, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct attestation said = rows[i].said;
		const struct attestation_vec all = {.at = &said, .len = 1};
		const struct change c = step(rows[i].action);
		assert_int_equal(attestation_find(&all, &c, rows[i].id) != NULL, rows[i].found);
	}
}

static void what_a_read_shows_or_writ_does_needs_no_word(void **state)
{
	struct attestation said = {.address = STEP};
	const struct attestation_vec all = {.at = &said, .len = 1};
	struct change seen = step(ACTION_CREATE), sent = seen, idle = seen;
	(void)state;
	seen.unseen = false;
	sent.via = CAN_API;
	idle.idle = true;
	assert_null(attestation_find(&all, &seen, NULL));
	assert_null(attestation_find(&all, &sent, NULL));
	assert_null(attestation_find(&all, &idle, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_of_one_step_of_one_account),
		cmocka_unit_test(what_a_read_shows_or_writ_does_needs_no_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
