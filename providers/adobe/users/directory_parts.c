/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/unicode.h"
#include "providers/adobe/users/directory_parts.h"

#define NAME_MAX_CHARS 250 /* writ-manifest(5), "YAML" */

bool directory_is_name(const char *text)
{
	return text_is_live(text) && strspn(text, " ") < strlen(text) &&
	       text_length(text, strlen(text)) <= NAME_MAX_CHARS && !text_smuggles_role(text);
}

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
