/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/stores/s3_list.h"

#include <string.h>

#include "core/util/str.h"

static const struct {
	const char *name;
	char stands_for;
} entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};

/* The length of the entity that `text` begins with; 0: none that is known. */
static size_t entity(const char *text, char *out)
{
	for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++) {
		size_t len = strlen(entities[i].name);
		if (!strncmp(text, entities[i].name, len)) {
			*out = entities[i].stands_for;
			return len;
		}
	}
	return 0;
}

/* NULL when there is something in it that is no text. */
static const char *unescape(struct arena *a, const char *text, size_t len)
{
	struct str out = STR(a);
	for (size_t i = 0, step; i < len; i += step) {
		char c = text[i];
		step = c == '&' ? entity(text + i, &c) : 1;
		if (step == 0 || text[i] == '<')
			return NULL;
		str_addc(&out, c);
	}
	return str_text(&out);
}

/* What stands between the tag `open` and the tag `close`, from *at on, which is moved behind both;
 * NULL when there is no more. */
static const char *element(const char **at, const char *open, const char *close, size_t *len)
{
	const char *text = strstr(*at, open);
	const char *end = text ? strstr(text + strlen(open), close) : NULL;
	if (!end)
		return NULL;
	text += strlen(open);
	*len = (size_t)(end - text);
	*at = end + strlen(close);
	return text;
}

static struct error *no_list(const char *what)
{
	return error_new(ERROR_INPUT, "the object store answers with what is no list: %s", what);
}

struct error *s3_list_read(struct arena *a, const char *bytes, size_t len, struct s3_key_vec *out,
			   bool *more)
{
	static const char root[] = "<ListBucketResult", end[] = "</ListBucketResult>";
	const char *at = bytes, *text;
	size_t size = 0;
	if (strlen(bytes) != len || !strstr(bytes, root) || !strstr(bytes, end))
		return no_list("it is not of that form, or not whole");
	text = element(&at, "<IsTruncated>", "</IsTruncated>", &size);
	if (!text || (strncmp(text, "true<", 5) != 0 && strncmp(text, "false<", 6) != 0))
		return no_list("it does not say whether that is all");
	*more = *text == 't';
	for (at = bytes; (text = element(&at, "<Key>", "</Key>", &size));) {
		const char *key = unescape(a, text, size);
		if (!key)
			return no_list("a key is no text");
		vec_push(a, out, key);
	}
	return NULL;
}
