/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/wire/json_fields.h"

#include <stdlib.h>
#include <string.h>

struct reply *read_json(const char *bytes, size_t len, enum reply_keys keys)
{
	struct reply *root = NULL;
	error_free(reply_read("", bytes, len, keys, &root));
	return root;
}

bool is_flag(const struct reply *value)
{
	return reply_kind(value) == REPLY_TRUE || reply_kind(value) == REPLY_FALSE;
}

bool whole_of(const struct reply *value, int64_t *out)
{
	double number = reply_number(value);
	const char *text = reply_own_text(value);
	size_t len = text ? strlen(text) : 0;
	if (reply_kind(value) == REPLY_NUMBER) {
		if (!(number > -9e15 && number < 9e15) || (double)(int64_t)number != number)
			return false;
		*out = (int64_t)number;
		return true;
	}
	if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
		return false;
	*out = strtoll(text, NULL, 10);
	return true;
}

int64_t whole_at(const struct reply *from, const char *key, int64_t otherwise)
{
	int64_t value;
	return whole_of(reply_get(from, key), &value) ? value : otherwise;
}

const struct reply *array_at(const struct reply *from, const char *key)
{
	const struct reply *value = reply_get(from, key);
	return reply_is_array(value) ? value : NULL;
}
