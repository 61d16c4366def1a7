/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/users/directory_parts.h"

#include <string.h>

#include "core/util/unicode.h"

int directory_by_key(const void *a, const void *b)
{
	const struct directory_group *x = a, *y = b;
	return strcmp(x->key, y->key);
}

struct directory_group *directory_first(const struct directory *d, const char *key)
{
	struct directory_group group = {.key = key};
	return vec_find(&d->groups, &group, directory_by_key);
}
