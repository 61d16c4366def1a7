/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/journal.h"

#include <string.h>

#include "core/util/file.h"

static const char magic[16] = "writ journal 1\n";

#define HEADER 16
#define TRAILER (4 + SHA256_SIZE)
#define FILE_MAX ((size_t)2 << 30)

static uint64_t get(const unsigned char *from, int bytes)
{
	uint64_t value = 0;
	for (int i = 0; i < bytes; i++)
		value |= (uint64_t)from[i] << (8 * i);
	return value;
}

static void advance(unsigned char head[static SHA256_SIZE], const void *header, const void *payload,
		    size_t len)
{
	struct sha256 *s = sha256_new();
	sha256_add(s, head, SHA256_SIZE);
	sha256_add(s, header, HEADER);
	sha256_add(s, payload, len);
	sha256_end(s, head);
}

static bool journal_is(const char *bytes, size_t len)
{
	return len >= sizeof(magic) && !memcmp(bytes, magic, sizeof(magic));
}

/* The record at bytes[at ..], if it is whole and sound by itself. */
static bool is_record(const unsigned char *bytes, size_t len, size_t at, size_t *end)
{
	if (len - at < HEADER + TRAILER)
		return false;
	uint64_t size = get(bytes + at, 4), type = get(bytes + at + 4, 4);
	if (size > JOURNAL_PAYLOAD_MAX || type < RECORD_BEGIN || type > RECORD_END ||
	    len - at - HEADER - TRAILER < size)
		return false;
	uint32_t crc = crc32c(0, bytes + at, HEADER + size);
	*end = at + HEADER + size + TRAILER;
	return crc == get(bytes + at + HEADER + size, 4);
}

/* Looks behind a bad record for a good one, which a torn write cannot leave. */
static bool has_record_behind(const unsigned char *bytes, size_t len, size_t from)
{
	size_t end;
	for (size_t at = from + 1; at < len; at++) {
		if (is_record(bytes, len, at, &end))
			return true;
	}
	return false;
}

static struct error *corrupt(const char *name, size_t at, const char *what)
{
	return error_new(ERROR_INPUT, "journal %s is damaged at byte %zu: %s", name, at, what);
}

struct error *journal_parse(const char *name, const char *text, size_t len, struct arena *a,
			    struct journal_record_vec *out, struct journal_state *state)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t at = sizeof(magic), end;
	*state = (struct journal_state){.next = 1, .torn = len};
	if (len < sizeof(magic) && !memcmp(text, magic, len))
		return NULL; /* killed before its first line was written: nothing was begun */
	if (!journal_is(text, len))
		return error_new(ERROR_INPUT, "%s is no journal of this version", name);
	sha256_of(magic, sizeof(magic), state->head);
	for (; at < len && is_record(bytes, len, at, &end); at = end) {
		uint32_t size = (uint32_t)get(bytes + at, 4);
		struct journal_record r = {
			get(bytes + at + 4, 4), get(bytes + at + 8, 8), NULL, size, {0}};
		advance(state->head, bytes + at, bytes + at + HEADER, size);
		if (r.sequence != state->next)
			return corrupt(name, at, "a record is missing");
		if (memcmp(state->head, bytes + end - SHA256_SIZE, SHA256_SIZE) != 0)
			return corrupt(name, at, "the chain of digests does not hold");
		r.payload = arena_strndup(a, text + at + HEADER, size);
		memcpy(r.head, state->head, sizeof(r.head));
		vec_push(a, out, r);
		state->next++;
		state->ended |= r.type == RECORD_END;
	}
	if (at < len && has_record_behind(bytes, len, at))
		return corrupt(name, at, "a bad record stands in front of a good one");
	state->good = at;
	state->torn = len - at;
	return NULL;
}

struct error *journal_read(const char *path, struct arena *a, struct journal_record_vec *out,
			   struct journal_state *state)
{
	CLEANUP(free) char *bytes = NULL;
	size_t len;
	TRY(file_read(path, FILE_MAX, &bytes, &len));
	return journal_parse(path, bytes, len, a, out, state);
}
