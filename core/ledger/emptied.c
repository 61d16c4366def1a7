/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/emptied.h"

#include <stdio.h>
#include <string.h>

#define DIGEST_LEN (SHA256_TEXT - 1)

size_t emptied_text(const struct emptied *e, char out[static EMPTIED_TEXT])
{
	char digest[SHA256_TEXT], before[SHA256_TEXT];
	sha256_text(e->digest, digest);
	sha256_text(e->before, before);
	const char *quote = e->number > 1 ? "\"" : "";
	return (size_t)snprintf(out, EMPTIED_TEXT,
				"{\"number\": %llu, \"emptied\": \"%s\", \"before\": %s%s%s}",
				(unsigned long long)e->number, digest, quote,
				e->number > 1 ? before : "null", quote);
}

/* The digest behind the first `key`; zeros are left where there is none. */
static void find_digest(const char *text, const char *key, unsigned char out[SHA256_SIZE])
{
	char digest[SHA256_TEXT];
	const char *at = strstr(text, key);
	if (!at || strlen(at + strlen(key)) < DIGEST_LEN)
		return;
	snprintf(digest, sizeof(digest), "%.*s", DIGEST_LEN, at + strlen(key));
	sha256_parse(digest, out);
}

/* There is one form only: the bytes must be those that emptied_text() would write. */
bool emptied_parse(uint64_t number, const char *bytes, size_t len, struct emptied *out)
{
	char text[EMPTIED_TEXT], again[EMPTIED_TEXT];
	struct emptied e = {.number = number};
	if (len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)len, bytes);
	find_digest(text, "\"emptied\": \"", e.digest);
	find_digest(text, "\"before\": \"", e.before);
	if (emptied_text(&e, again) != len || memcmp(again, bytes, len) != 0)
		return false;
	*out = e;
	return true;
}

void record_digest(uint64_t number, const char *bytes, size_t len, unsigned char out[SHA256_SIZE])
{
	struct emptied e;
	if (emptied_parse(number, bytes, len, &e))
		memcpy(out, e.digest, SHA256_SIZE);
	else
		sha256_of(bytes, len, out);
}
