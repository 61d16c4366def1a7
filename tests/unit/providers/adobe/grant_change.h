/* SPDX-License-Identifier: Apache-2.0 */
/* grant_change.h - changes of grants to try what a provider makes of them. */
#ifndef TEST_GRANT_CHANGE_H
#define TEST_GRANT_CHANGE_H

#include "core/plan/change.h"

static const struct principal archiver = {"asset-archiver", PRINCIPAL_ACCOUNT},
			      jane = {"jane@example.com", PRINCIPAL_USER},
			      designers = {"Designers", PRINCIPAL_GROUP};
static const struct entitlement product = {.product = "P", .profile = "A"},
				storage = {.role = ROLE_STORAGE_ADMINISTRATOR};

/* One that a person makes by hand. */
static inline struct change change_of(const struct principal *who, const struct entitlement *what,
				      enum action action)
{
	return (struct change){.principal = who,
			       .entitlement = what,
			       .type = CHANGE_GRANT,
			       .action = action,
			       .via = CAN_MANUAL};
}

#endif
