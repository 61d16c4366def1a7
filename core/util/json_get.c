/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/json_get.h"

const char *json_get_text(struct arena *a, struct json_span object, const char *key)
{
	struct json_span value;
	return json_member(object, key, &value) ? json_string(a, value) : NULL;
}

const char *json_get_word(struct arena *a, struct json_span object, const char *key)
{
	const char *text = json_get_text(a, object, key);
	return text ? text : "";
}

int64_t json_get_number(struct json_span object, const char *key, int64_t otherwise)
{
	struct json_span value;
	int64_t number;
	return json_member(object, key, &value) && json_number(value, &number) ? number : otherwise;
}

bool json_get_true(struct json_span object, const char *key)
{
	struct json_span value;
	return json_member(object, key, &value) && *value.at == 't';
}
