/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/cleanup.h"
#include "providers/adobe/wire/address_class.h"
#include "tests/unit/check.h"

static void networks_are_told_apart(void **state UNUSED)
{
	static const struct {
		const char *address;
		enum peer peer;
	} rows[] = {
		{"", PEER_NONE},
		{"localhost", PEER_NONE},
		{"127.0.0.1", PEER_OWN},
		{"127.255.255.254", PEER_OWN},
		{"::1", PEER_OWN},
		{"::ffff:127.0.0.1", PEER_OWN},
		{"0.0.0.0", PEER_PRIVATE},
		{"10.1.2.3", PEER_PRIVATE},
		{"100.64.0.1", PEER_PRIVATE},
		{"169.254.169.254", PEER_PRIVATE},
		{"172.31.255.255", PEER_PRIVATE},
		{"192.168.0.1", PEER_PRIVATE},
		{"::ffff:192.168.0.1", PEER_PRIVATE},
		{"224.0.0.1", PEER_PRIVATE},
		{"255.255.255.255", PEER_PRIVATE},
		{"::", PEER_PRIVATE},
		{"fd00::1", PEER_PRIVATE},
		{"fe80::1", PEER_PRIVATE},
		{"11.0.0.1", PEER_PUBLIC},
		{"100.128.0.1", PEER_PUBLIC},
		{"172.32.0.1", PEER_PUBLIC},
		{"223.255.255.255", PEER_PUBLIC},
		{"2a02:26f0::1", PEER_PUBLIC},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (address_class_of(rows[i].address) != rows[i].peer)
			fail_msg("%s: %d", rows[i].address, address_class_of(rows[i].address));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
