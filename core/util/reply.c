/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/reply.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "core/util/json.h"
#include "core/util/log.h"

#define WHOLE_MAX 9007199254740991.0 /* 2^53-1: beyond it a double has lost digits */

static const cJSON *inside(const struct reply *value)
{
	return (const cJSON *)(const void *)value;
}

static const struct reply *outside(const cJSON *value)
{
	return (const struct reply *)(const void *)value;
}

struct error *reply_read(const char *name, const char *bytes, size_t len, enum reply_keys keys,
			 struct reply **out)
{
	TRY(keys == REPLY_KEYS_ONCE ? json_check(name, bytes, len)
				    : json_check_but_keys(name, bytes, len));
	cJSON *tree = cJSON_ParseWithLength(bytes, len);
	if (!tree)
		return error_at(ERROR_INPUT, (struct location){.file = name}, "not strict JSON");
	*out = (struct reply *)(void *)tree;
	return NULL;
}

struct reply *reply_parse(const char *bytes, size_t len, const char **why)
{
	struct reply *root = NULL;
	if (len == 0 || len > REPLY_BYTES_MAX) {
		*why = len ? "longer than 8 MiB" : "empty";
		return NULL;
	}
	*why = "not strict JSON";
	CLEANUP(error_free)
	struct error *error = reply_read("", bytes, len, REPLY_KEYS_ONCE, &root);
	/* The log gets constants and numbers alone, nothing of the bytes. */
	if (error)
		log_debug("an answer is no strict JSON: line %u, column %u: %s", error->where.line,
			  error->where.column, error->message);
	return root;
}

/* Wipes all text of a tree; it recurses no deeper than the gate allows. */
static void wipe(cJSON *value)
{
	for (; value; value = value->next) {
		if (value->valuestring)
			explicit_bzero(value->valuestring, strlen(value->valuestring));
		wipe(value->child);
	}
}

void reply_free(struct reply *root)
{
	cJSON *tree = (cJSON *)(void *)root;
	wipe(tree);
	cJSON_Delete(tree);
}

const struct reply *reply_get(const struct reply *object, const char *key)
{
	if (!reply_is_object(object))
		return NULL;
	return outside(cJSON_GetObjectItemCaseSensitive(inside(object), key));
}

const char *reply_own_text(const struct reply *item)
{
	return cJSON_IsString(inside(item)) ? inside(item)->valuestring : NULL;
}

const char *reply_text(const struct reply *object, const char *key)
{
	return reply_own_text(reply_get(object, key));
}

const char *reply_key(const struct reply *item)
{
	return item ? inside(item)->string : NULL;
}

/* Reads a whole number that a double holds exactly; services have no other. */
static bool whole(const struct reply *item, int64_t *out)
{
	double number = cJSON_IsNumber(inside(item)) ? inside(item)->valuedouble : 0.5;
	if (!(number >= -WHOLE_MAX && number <= WHOLE_MAX) || (double)(int64_t)number != number)
		return false;
	*out = (int64_t)number;
	return true;
}

static bool is_digits(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

const char *reply_digits(const struct reply *item, struct arena *a)
{
	const char *text = reply_own_text(item);
	int64_t number;
	if (text)
		return is_digits(text) ? arena_strdup(a, text) : NULL;
	if (!whole(item, &number) || number < 0)
		return NULL;
	return arena_printf(a, "%lld", (long long)number);
}

const char *reply_id(const struct reply *object, const char *key, struct arena *a)
{
	return reply_digits(reply_get(object, key), a);
}

int64_t reply_int(const struct reply *object, const char *key, int64_t otherwise)
{
	int64_t number;
	return whole(reply_get(object, key), &number) ? number : otherwise;
}

bool reply_bool(const struct reply *object, const char *key, bool otherwise)
{
	const struct reply *item = reply_get(object, key);
	int64_t number;
	if (cJSON_IsBool(inside(item)))
		return cJSON_IsTrue(inside(item));
	return whole(item, &number) && (number == 0 || number == 1) ? number == 1 : otherwise;
}

enum reply_kind reply_kind(const struct reply *value)
{
	static const struct {
		int type;
		enum reply_kind kind;
	} rows[] = {
		{cJSON_NULL, REPLY_NULL},     {cJSON_False, REPLY_FALSE},
		{cJSON_True, REPLY_TRUE},     {cJSON_Number, REPLY_NUMBER},
		{cJSON_String, REPLY_TEXT},   {cJSON_Array, REPLY_ARRAY},
		{cJSON_Object, REPLY_OBJECT},
	};
	for (size_t i = 0; value && i < sizeof(rows) / sizeof(*rows); i++) {
		if ((inside(value)->type & 0xFF) == rows[i].type)
			return rows[i].kind;
	}
	return REPLY_ABSENT;
}

double reply_number(const struct reply *item)
{
	return cJSON_IsNumber(inside(item)) ? inside(item)->valuedouble : 0;
}

bool reply_is_array(const struct reply *value)
{
	return cJSON_IsArray(inside(value));
}

bool reply_is_object(const struct reply *value)
{
	return cJSON_IsObject(inside(value));
}

const struct reply *reply_first(const struct reply *value)
{
	return reply_is_array(value) || reply_is_object(value) ? outside(inside(value)->child)
							       : NULL;
}

const struct reply *reply_after(const struct reply *item)
{
	return item ? outside(inside(item)->next) : NULL;
}

size_t reply_count(const struct reply *value)
{
	size_t count = 0;
	for (const struct reply *i = reply_first(value); i; i = reply_after(i))
		count++;
	return count;
}
