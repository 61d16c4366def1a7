/* SPDX-License-Identifier: Apache-2.0 */
/* outcome_name.h - what became of an action, in words, for rows of tests. */
#ifndef WRIT_TESTS_OUTCOME_NAME_H
#define WRIT_TESTS_OUTCOME_NAME_H

#include "core/contract/provider.h"

static inline const char *outcome_name(enum outcome_class class)
{
	static const char *const names[] = {"not sent", "refused", "applied", "partly", "unknown"};
	return names[class];
}

#endif
