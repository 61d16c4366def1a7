/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/compare.h"

#include <string.h>

int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int compare_optional(const char *a, const char *b)
{
	return a == b ? 0 : strcmp(a ? a : "", b ? b : "");
}

bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}
