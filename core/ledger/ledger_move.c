/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/ledger_move.h"

#include <string.h>

#include "core/ledger/emptied.h"
#include "core/util/str.h"

#define COPIED_AT_ONCE 64 /* records read in one call */

static struct error *differs(uint64_t number)
{
	return error_new(ERROR_INPUT,
			 "the new place has another record %llu: it is not empty, and nothing was "
			 "moved",
			 (unsigned long long)number);
}

static struct error *copy_one(struct store *to, struct arena *a, const struct stored_record *r,
			      const unsigned char before[SHA256_SIZE])
{
	struct new_record copy = {.number = r->number, .bytes = r->bytes, .len = r->len};
	enum append_answer answer = APPEND_UNANSWERED;
	const char *words = NULL;
	struct stored_record_vec there = {0};
	memcpy(copy.before, before, SHA256_SIZE);
	TRY(to->kind->append(to, a, &copy, &answer, &words));
	if (answer == APPEND_UNANSWERED)
		return error_new(ERROR_SYSTEM, "the new place gives no answer: %s; move again",
				 words ? words : "");
	TRY(to->kind->read(to, a, r->number, r->number, &there));
	if (there.at[0].len != r->len || memcmp(there.at[0].bytes, r->bytes, r->len) != 0)
		return differs(r->number);
	return NULL;
}

static struct error *copy_all(struct ledger *from, struct ledger *to, uint64_t last)
{
	struct store *source = ledger_store(from), *target = ledger_store(to);
	unsigned char before[SHA256_SIZE] = {0};
	for (uint64_t number = 1; number <= last; number += COPIED_AT_ONCE) {
		ARENA a = {0};
		struct stored_record_vec records = {0};
		uint64_t end = number + COPIED_AT_ONCE - 1;
		TRY(source->kind->read(source, &a, number, end < last ? end : last, &records));
		for (size_t i = 0; i < records.len; i++) {
			const struct stored_record *r = &records.at[i];
			TRY(copy_one(target, &a, r, before));
			record_digest(r->number, r->bytes, r->len, before);
		}
	}
	return NULL;
}

/* The old ledger ends first, so that the two never both go on. Its hold was copied into the new
 * ledger and is released there; if this run dies before that, the hold is taken over like that
 * of any run that died. */
struct error *ledger_move(struct ledger *from, struct ledger *to, struct ledger_view *view,
			  int64_t now, uint64_t *count)
{
	ARENA a = {0};
	struct str body = STR(&a);
	struct ledger_record_vec whole = {0};
	uint64_t last = ledger_number(from);
	if (ledger_number(to) > last)
		return differs(ledger_number(to));
	TRY(copy_all(from, to, last));
	TRY(ledger_refresh(to));
	TRY(ledger_read_whole(to, &a, &whole));
	str_add(&body, "{\"to\": ");
	json_add_text(&body, ledger_store(to)->kind->describe(ledger_store(to), &a));
	str_addc(&body, '}');
	ledger_add(from, ENTRY_MOVED, NULL, body.at);
	TRY(ledger_write(from));
	*count = last;
	ledger_view_add(to, view, now);
	ledger_add(to, ENTRY_RELEASE, NULL, "{}");
	return ledger_write(to);
}
