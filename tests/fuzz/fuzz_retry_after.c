/* SPDX-License-Identifier: Apache-2.0 */
/* Retry-After: whatever a service sends, the wait is between a second and the longest
 * one allowed. */
#include <assert.h>
#include <string.h>

#include "core/util/arena.h"
#include "providers/adobe/wire/classify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA a = {0};
	static const int64_t times[] = {0, 1792750000, INT32_MAX, INT64_C(253402300799)};
	const char *value = arena_strndup(&a, (const char *)data, size);
	enum retry_after first = RETRY_NONE;
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		uint32_t wait_s = 0;
		enum retry_after kind = retry_after_parse(value, times[i], &wait_s);
		assert(kind != RETRY_NONE && (i == 0 || kind == first));
		assert(kind == RETRY_SECONDS ? wait_s >= 1 && wait_s <= RETRY_AFTER_MAX
					     : wait_s == 0);
		first = kind;
	}
	size_t digits = strspn(value, "0123456789");
	assert(first == RETRY_SECONDS || digits == 0 || value[digits]);
	return 0;
}
