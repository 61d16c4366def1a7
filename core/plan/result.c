/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/result.h"

const char *fate_name(enum fate fate)
{
	static const char *const names[FATE_COUNT] = {
		"not tried", "done", "failed", "unknown", "manual", "withheld", "not seen yet"};
	return names[fate];
}
