/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/wire/json_tree.h"

#include <string.h>

#include "core/util/unicode.h"

/* cJSON returns NULL when memory is out, and nothing here goes on without it. */
static cJSON *must(cJSON *tree)
{
	if (!tree)
		abort();
	return tree;
}

cJSON *tree_object(void)
{
	return must(cJSON_CreateObject());
}

cJSON *tree_array(void)
{
	return must(cJSON_CreateArray());
}

cJSON *tree_add(cJSON *object, const char *key, cJSON *child)
{
	cJSON_AddItemToObject(object, key, must(child));
	return child;
}

void tree_text(cJSON *object, const char *key, const char *text)
{
	tree_add(object, key, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

void tree_int(cJSON *object, const char *key, int64_t value)
{
	tree_add(object, key, cJSON_CreateNumber((double)value));
}

void tree_int_text(cJSON *object, const char *key, int64_t value)
{
	char digits[24];
	snprintf(digits, sizeof(digits), "%lld", (long long)value);
	tree_text(object, key, digits);
}

void tree_bool(cJSON *object, const char *key, bool value)
{
	tree_add(object, key, cJSON_CreateBool(value));
}

void tree_null(cJSON *object, const char *key)
{
	tree_add(object, key, cJSON_CreateNull());
}

cJSON *tree_add_object(cJSON *object, const char *key)
{
	return tree_add(object, key, tree_object());
}

cJSON *tree_add_array(cJSON *object, const char *key)
{
	return tree_add(object, key, tree_array());
}

void tree_texts(cJSON *object, const char *key, const struct words_vec *texts)
{
	cJSON *array = tree_add_array(object, key);
	for (size_t i = 0; i < texts->len; i++)
		tree_push_text(array, texts->at[i]);
}

cJSON *tree_push(cJSON *array, cJSON *child)
{
	cJSON_AddItemToArray(array, must(child));
	return child;
}

cJSON *tree_push_object(cJSON *array)
{
	return tree_push(array, tree_object());
}

void tree_push_text(cJSON *array, const char *text)
{
	tree_push(array, cJSON_CreateString(text));
}

const cJSON *tree_get(const cJSON *from, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(from, key);
}

const cJSON *tree_get_array(const cJSON *from, const char *key)
{
	const cJSON *value = tree_get(from, key);
	return cJSON_IsArray(value) ? value : NULL;
}

const char *tree_get_text(const cJSON *from, const char *key)
{
	return cJSON_GetStringValue(tree_get(from, key));
}

bool tree_whole(const cJSON *value, int64_t *out)
{
	if (cJSON_IsNumber(value) && value->valuedouble > -9e15 && value->valuedouble < 9e15 &&
	    (double)(int64_t)value->valuedouble == value->valuedouble) {
		*out = (int64_t)value->valuedouble;
		return true;
	}
	const char *text = cJSON_GetStringValue(value);
	size_t len = text ? strlen(text) : 0;
	if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
		return false;
	*out = strtoll(text, NULL, 10);
	return true;
}

int64_t tree_get_int(const cJSON *from, const char *key, int64_t otherwise)
{
	int64_t value;
	return tree_whole(tree_get(from, key), &value) ? value : otherwise;
}

bool tree_get_bool(const cJSON *from, const char *key, bool otherwise)
{
	const cJSON *value = tree_get(from, key);
	return cJSON_IsBool(value) ? cJSON_IsTrue(value) : otherwise;
}

static bool is_utf8(const char *text, size_t len)
{
	for (size_t at = 0, size; at < len; at += size) {
		if (text_decode(text + at, len - at, &size) == TEXT_MALFORMED)
			return false;
	}
	return true;
}

cJSON *tree_parse(const char *text, size_t len)
{
	const char *end = NULL;
	if (!is_utf8(text, len))
		return NULL;
	cJSON *tree = cJSON_ParseWithLengthOpts(text, len, &end, false);
	if (!tree)
		return NULL;
	while (end < text + len && strchr(" \t\r\n", *end) && *end)
		end++;
	if (end == text + len)
		return tree;
	cJSON_Delete(tree);
	return NULL;
}

const char *tree_print(struct arena *a, cJSON *tree)
{
	char *text = cJSON_PrintUnformatted(tree);
	if (!text)
		abort();
	const char *copy = arena_strdup(a, text);
	cJSON_free(text);
	cJSON_Delete(tree);
	return copy;
}

const char *tree_print_pretty(struct arena *a, cJSON *tree)
{
	char *text = cJSON_Print(tree);
	if (!text)
		abort();
	const char *copy = arena_printf(a, "%s\n", text);
	cJSON_free(text);
	cJSON_Delete(tree);
	return copy;
}
