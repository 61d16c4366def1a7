/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/checkpoint.h"

#include <string.h>

#include "core/ledger/emptied.h"
#include "core/util/failpoint.h"
#include "core/util/str.h"

#define RANGES_MAX ((size_t)512 << 10) /* bytes of an entry that names records */

/* ---- which nobody needs ---- */

/* An entry of a run, by the number of its record. */
struct run_mark {
	const char *run;
	uint64_t number;
};
VEC(run_mark_vec, struct run_mark);

static int by_run(const void *a, const void *b)
{
	const struct run_mark *x = a, *y = b;
	int order = strcmp(x->run, y->run);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static bool has_lasting_entry(const struct ledger_record *r)
{
	for (size_t i = 0; i < r->entries.len; i++) {
		enum entry_type type = r->entries.at[i].type;
		if (type == ENTRY_ATTESTED || type == ENTRY_CHECKPOINT)
			return true;
	}
	return false;
}

/* The record from which on all are kept: the last whole state begins there, or the plan of a run
 * that has not ended. */
static uint64_t first_kept(const struct ledger_record_vec *records, const struct ledger_view *view)
{
	uint64_t state = 0, first;
	for (size_t i = 0; i < records->len; i++)
		state = records->at[i].state_at ? records->at[i].state_at : state;
	first = state; /* without a state nothing is emptied */
	for (size_t i = 0; i < view->open.len; i++)
		first = view->open.at[i].first < first ? view->open.at[i].first : first;
	return first;
}

static bool is_unrecorded(const struct ledger_view *view, const char *run)
{
	for (size_t i = 0; i < view->unrecorded.len; i++) {
		if (!strcmp(view->unrecorded.at[i], run))
			return true;
	}
	return ledger_view_find(view, run) != NULL;
}

static void list_marks(const struct ledger_record_vec *records, struct arena *a,
		       struct run_mark_vec *out)
{
	for (size_t i = 0; i < records->len; i++) {
		const struct ledger_entry_vec *entries = &records->at[i].entries;
		for (size_t k = 0; k < entries->len; k++) {
			if (entries->at[k].run)
				vec_push(a, out,
					 (struct run_mark){entries->at[k].run,
							   records->at[i].number});
		}
	}
	vec_sort(out, by_run);
}

/* Keeps every record of a run when one of them is kept. True when that added records. `from` ..
 * `to` are the run's marks. */
static bool keep_whole(const struct run_mark_vec *marks, size_t from, size_t to, bool needed,
		       bool *kept)
{
	bool changed = false;
	for (size_t i = from; i < to; i++)
		needed |= kept[marks->at[i].number];
	for (size_t i = from; needed && i < to; i++) {
		changed |= !kept[marks->at[i].number];
		kept[marks->at[i].number] = true;
	}
	return changed;
}

/* A record can be of two runs. Then a kept run keeps the other one too, so this goes on until
 * nothing is added. */
static void keep_runs(const struct run_mark_vec *marks, const struct ledger_view *view, bool *kept)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t from = 0, to; from < marks->len; from = to) {
			for (to = from + 1; to < marks->len; to++) {
				if (strcmp(marks->at[to].run, marks->at[from].run) != 0)
					break;
			}
			changed |= keep_whole(marks, from, to,
					      is_unrecorded(view, marks->at[from].run), kept);
		}
	}
}

void checkpoint_find(const struct ledger_record_vec *records, const struct ledger_view *view,
		     int64_t until, struct arena *a, struct checkpoint *out)
{
	struct run_mark_vec marks = {0};
	bool *kept = arena_zalloc(a, (records->len + 1) * sizeof(*kept));
	uint64_t first = first_kept(records, view);
	size_t ranges = 0;
	checkpoint_init(out, a, records->len);
	for (size_t i = 0; i < records->len; i++) {
		const struct ledger_record *r = &records->at[i];
		kept[r->number] = r->number >= first || (!r->emptied && r->at >= until) ||
				  has_lasting_entry(r);
	}
	list_marks(records, a, &marks);
	keep_runs(&marks, view, kept);
	for (uint64_t n = 1; n <= records->len; n++) {
		ranges += !kept[n] && (n == 1 || kept[n - 1]);
		if (ranges * 2 * sizeof("\"999999999999\"") > RANGES_MAX)
			break;
		if (!kept[n])
			checkpoint_mark(out, n);
	}
}

/* ---- written ---- */

static void add_ranges(struct str *out, const struct checkpoint *c)
{
	size_t count = 0;
	for (uint64_t from = 1, to; from <= c->to; from = to + 1) {
		to = from;
		if (!c->marked[from])
			continue;
		while (to < c->to && c->marked[to + 1])
			to++;
		str_printf(out, "%s\"%llu", count++ ? ", " : "", (unsigned long long)from);
		if (to > from)
			str_printf(out, "-%llu", (unsigned long long)to);
		str_addc(out, '"');
	}
}

void checkpoint_add(struct ledger *l, const struct ledger_record_vec *records,
		    const struct checkpoint *c)
{
	ARENA a = {0};
	struct str body = STR(&a);
	char chain[SHA256_TEXT];
	checkpoint_chain(records, c->to, chain);
	str_addc(&body, '{');
	json_put_number(&body, "to", (int64_t)c->to);
	json_put_text(&body, "chain", chain);
	json_put_key(&body, "emptied");
	str_addc(&body, '[');
	add_ranges(&body, c);
	str_add(&body, "]}");
	ledger_add(l, ENTRY_CHECKPOINT, NULL, body.at);
}

/* ---- emptied ---- */

static struct error *empty_one(struct store *s, const struct ledger_record *r)
{
	ARENA a = {0};
	char bytes[EMPTIED_TEXT];
	struct emptied e = {.number = r->number};
	struct new_record record = {.number = r->number, .bytes = bytes};
	memcpy(e.digest, r->digest, SHA256_SIZE);
	memcpy(e.before, r->before, SHA256_SIZE);
	memcpy(record.before, r->before, SHA256_SIZE);
	record.len = emptied_text(&e, bytes);
	return s->kind->empty(s, &a, &record);
}

struct error *checkpoint_empty(struct ledger *l, const struct ledger_record_vec *records,
			       const struct checkpoint *c, size_t *count)
{
	struct store *s = ledger_store(l);
	*count = 0;
	for (size_t i = 0; i < records->len && s->kind->empty; i++) {
		const struct ledger_record *r = &records->at[i];
		if (r->emptied || !c->marked[r->number])
			continue;
		FAILPOINT("ledger-before-empty");
		TRY(empty_one(s, r));
		++*count;
	}
	return NULL;
}
