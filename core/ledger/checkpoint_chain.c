/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/checkpoint_chain.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/json.h"

void checkpoint_init(struct checkpoint *c, struct arena *a, size_t records)
{
	*c = (struct checkpoint){.marked = arena_zalloc(a, (records + 1) * sizeof(*c->marked))};
}

void checkpoint_mark(struct checkpoint *c, uint64_t number)
{
	c->count += !c->marked[number];
	c->marked[number] = true;
	c->to = number > c->to ? number : c->to;
}

/* ---- the chain ---- */

/* Goes on from the digest of all records before it. */
static void chain_on(unsigned char chain[SHA256_SIZE], const struct ledger_record *r)
{
	unsigned char both[2 * SHA256_SIZE];
	memcpy(both, chain, SHA256_SIZE);
	memcpy(both + SHA256_SIZE, r->digest, SHA256_SIZE);
	sha256_of(both, sizeof(both), chain);
}

void checkpoint_chain(const struct ledger_record_vec *records, uint64_t to, char out[SHA256_TEXT])
{
	unsigned char chain[SHA256_SIZE] = {0};
	for (size_t i = 0; i < to && i < records->len; i++)
		chain_on(chain, &records->at[i]);
	sha256_text(chain, out);
}

/* "7", or "3-9"; false when it is none of records before `end`. */
static bool parse_range(const char *text, uint64_t end, uint64_t *from, uint64_t *to)
{
	char *at = NULL;
	if (!text || *text < '1' || *text > '9')
		return false;
	*from = *to = strtoull(text, &at, 10);
	if (*at == '-' && at[1] >= '1' && at[1] <= '9')
		*to = strtoull(at + 1, &at, 10);
	return !*at && *from <= *to && *to < end;
}

static bool take_ranges(struct arena *a, struct json_span body, uint64_t end,
			struct checkpoint *out)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	uint64_t from, to;
	if (!json_member(body, "emptied", &list))
		return false;
	while (json_next(list, &cursor, &item)) {
		if (!parse_range(json_string(a, item), end, &from, &to))
			return false;
		for (; from <= to; from++)
			checkpoint_mark(out, from);
	}
	return true;
}

static const char *take_checkpoint(struct arena *a, const struct ledger_record_vec *records,
				   const struct ledger_entry *e, struct checkpoint *out)
{
	char chain[SHA256_TEXT];
	const char *said = json_get_text(a, e->body, "chain");
	int64_t to = json_get_number(e->body, "to", 0);
	if (to < 1 || (uint64_t)to >= e->number)
		return "its checkpoint is of records that are not before it";
	if (!take_ranges(a, e->body, (uint64_t)to + 1, out))
		return "its checkpoint does not say which records it is of";
	checkpoint_chain(records, (uint64_t)to, chain);
	return said && !strcmp(said, chain)
		       ? NULL
		       : "the records before its checkpoint are not those that it was made of";
}

void checkpoint_check(struct ledger_record_vec *records, struct arena *a, struct checkpoint *out)
{
	checkpoint_init(out, a, records->len);
	for (size_t i = 0; i < records->len; i++) {
		struct ledger_record *r = &records->at[i];
		for (size_t k = 0; k < r->entries.len && !r->damage; k++) {
			if (r->entries.at[k].type == ENTRY_CHECKPOINT)
				r->damage = take_checkpoint(a, records, &r->entries.at[k], out);
		}
	}
	for (size_t i = 0; i < records->len; i++) {
		struct ledger_record *r = &records->at[i];
		r->named = out->marked[r->number];
		if (r->emptied && !r->damage && !r->named)
			r->damage = "it was emptied, and no checkpoint names it";
	}
}
