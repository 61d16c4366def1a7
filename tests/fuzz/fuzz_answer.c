/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a service: what passes the gate is a tree with keys that differ, sound text and a
 * bounded depth, and the words that a person is shown of it are one printable line. */
#include <assert.h>
#include <string.h>

#include "core/util/json.h"
#include "core/util/unicode.h"
#include "providers/adobe/wire/reply_verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
	size_t len = strlen(text), size;
	for (size_t at = 0; at < len; at += size)
		assert(text_decode(text + at, len - at, &size) != TEXT_MALFORMED);
}

static void check_key(const struct reply *object, const struct reply *item)
{
	const char *key = reply_key(item);
	check_text(key);
	assert(reply_get(object, key) == item); /* the first of its name is the only one */
}

static void walk(const struct reply *value, int depth, struct arena *a)
{
	size_t count = 0;
	assert(depth <= JSON_DEPTH_MAX);
	if (reply_own_text(value))
		check_text(reply_own_text(value));
	const char *digits = reply_digits(value, a);
	assert(!digits || (*digits && strspn(digits, "0123456789") == strlen(digits)));
	for (const struct reply *i = reply_first(value); i; i = reply_after(i), count++) {
		if (reply_is_object(value))
			check_key(value, i);
		walk(i, depth + (reply_is_object(i) || reply_is_array(i)), a);
	}
	assert(count == reply_count(value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA a = {0};
	struct str words = STR(&a);
	const char *why = NULL;
	struct reply *tree = reply_parse((const char *)data, size, &why);
	if (!tree) {
		assert(why);
		return 0;
	}
	walk(tree, 1, &a);
	reply_verdict_text(tree, &words);
	for (const char *at = str_text(&words); *at; at++)
		assert((unsigned char)*at >= ' ' && *at != 0x7F);
	reply_free(tree);
	return 0;
}
