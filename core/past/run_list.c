/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/run_list.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/nearest.h"

#define CHANGES_MAX ((size_t)100000000) /* far above what a plan file can hold */

const char *run_state_name(enum run_state state)
{
	static const char *const names[RUN_STATE_COUNT] = {
		"done", "expired", "superseded", "open", "unreadable", "elsewhere", "emptied"};
	return names[state];
}

struct error *known_ledger_read(struct ledger *l, struct arena *a, const char *organization,
				const char *key, struct known_ledger *out)
{
	struct store *store = ledger_store(l);
	*out = (struct known_ledger){
		.organization = organization, .key = key, .place = store->kind->describe(store, a)};
	return ledger_read_all(l, a, &out->records);
}

size_t known_ledger_emptied(const struct known_ledger *l)
{
	size_t count = 0;
	for (size_t i = 0; i < l->records.len; i++)
		count += l->records.at[i].emptied;
	return count;
}

struct error *run_list_plan(struct arena *a, const struct known_run *run, struct run_plan *out)
{
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	TRY(run_records_plan(&run->entries, run->name, a, out));
	sha256_of(out->bytes, out->len, digest);
	sha256_text(digest, text);
	if (run->plan && !strcmp(text, run->plan))
		return NULL;
	return error_new(ERROR_INPUT, "the saved plan of run %s is not the one that it began with",
			 run->name);
}

const char *run_list_head(struct arena *a, const struct known_run *run)
{
	const struct ledger_record_vec *records = &run->ledger->records;
	char text[SHA256_TEXT];
	uint64_t number = 0;
	for (size_t i = 0; i < run->entries.len; i++) {
		if (run->entries.at[i].type != ENTRY_END)
			number = run->entries.at[i].number;
	}
	if (number == 0 || number > records->len)
		return NULL;
	sha256_text(records->at[number - 1].digest, text);
	return arena_printf(a, "%llu %s", (unsigned long long)number, text);
}

static const struct ledger_record *record_of(const struct known_ledger *l, const char *head)
{
	char *end = NULL, text[SHA256_TEXT];
	uint64_t number = strtoull(head, &end, 10);
	if (*end != ' ' || number == 0 || number > l->records.len)
		return NULL;
	sha256_text(l->records.at[number - 1].digest, text);
	return strcmp(text, end + 1) ? NULL : &l->records.at[number - 1];
}

bool run_list_had(const struct known_ledger *l, const char *head)
{
	return record_of(l, head) != NULL;
}

/* ---- one run ---- */

static void set_fates(struct arena *a, struct known_run *r, struct json_span body, const char *key,
		      enum fate fate)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	size_t from, to;
	if (!json_member(body, key, &list))
		return;
	while (json_next(list, &cursor, &item)) {
		if (change_range_parse(json_string(a, item), &from, &to) && to <= r->changes)
			memset(r->fates + from, (int)fate, to - from);
	}
}

static void take_fate(struct arena *a, struct known_run *r, struct json_span body)
{
	const char *outcome = json_get_text(a, body, "outcome");
	for (int f = 0; f < FATE_COUNT && outcome; f++) {
		if (!strcmp(fate_name(f), outcome))
			set_fates(a, r, body, "changes", f);
	}
}

static void take_begin(struct arena *a, struct known_run *r, struct json_span body)
{
	int64_t changes = json_get_number(body, "changes", 0);
	const char *begun = json_get_text(a, body, "begun");
	r->plan = json_get_text(a, body, "plan");
	r->by = json_get_text(a, body, "by");
	if (begun && !time_parse(begun, &r->begun))
		r->damage = "its beginning has no sound time";
	if ((size_t)changes <= CHANGES_MAX)
		r->changes = (size_t)changes;
	r->fates = arena_zalloc(a, r->changes + 1);
}

static void take_end(struct arena *a, struct known_run *r, struct json_span body)
{
	const char *end = json_get_text(a, body, "end");
	set_fates(a, r, body, "manual", FATE_MANUAL);
	set_fates(a, r, body, "withheld", FATE_WITHHELD);
	r->tree = json_get_text(a, body, "tree");
	r->state = RUN_SUPERSEDED;
	if (end && !strcmp(end, "done"))
		r->state = RUN_DONE;
	if (end && !strcmp(end, "expired"))
		r->state = RUN_EXPIRED;
}

/* Of what has no other result. */
static void take_late(struct arena *a, struct known_run *r, struct json_span body)
{
	uint8_t *before = arena_alloc(a, r->changes + 1);
	if (r->changes)
		memcpy(before, r->fates, r->changes);
	take_fate(a, r, body);
	for (size_t i = 0; i < r->changes; i++) {
		if (before[i] != FATE_UNKNOWN)
			r->fates[i] = before[i];
	}
}

/* What was to be sent and has no result is unknown. */
static void take_entry(struct arena *a, struct known_run *r, const struct ledger_entry *e)
{
	vec_push(a, &r->entries, *e);
	if (e->type == ENTRY_BEGIN)
		take_begin(a, r, e->body);
	else if (e->type == ENTRY_INTENT)
		set_fates(a, r, e->body, "changes", FATE_UNKNOWN);
	else if (e->type == ENTRY_RESULT || e->type == ENTRY_RECONCILED)
		take_fate(a, r, e->body);
	else if (e->type == ENTRY_LATE)
		take_late(a, r, e->body);
	else if (e->type == ENTRY_END)
		take_end(a, r, e->body);
}

/* The time in a run's name, for one that cannot tell it: 20260601T000000Z. */
static int64_t time_in_name(const char *name)
{
	char text[TIME_TEXT];
	int64_t out = 0;
	if (strlen(name) < 16)
		return 0;
	snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", name, name + 4, name + 6,
		 name + 9, name + 11, name + 13);
	return time_parse(text, &out) ? out : 0;
}

/* ---- those of a ledger ---- */

static struct known_run *run_of(struct arena *a, struct known_run_vec *out, size_t from,
				const struct known_ledger *l, const char *name, uint64_t number)
{
	for (size_t i = out->len; i-- > from;) { /* the last is the likeliest */
		if (!strcmp(out->at[i].name, name))
			return &out->at[i];
	}
	vec_push(a, out,
		 (struct known_run){.name = name,
				    .organization = l->organization,
				    .ledger = l,
				    .begun = time_in_name(name),
				    .number = number,
				    .state = RUN_OPEN});
	return &out->at[out->len - 1];
}

/* A damaged record may be of any run that was open by then. */
static void spread_damage(struct arena *a, struct known_run_vec *out, size_t from,
			  const struct ledger_record *record)
{
	for (size_t i = from; i < out->len; i++) {
		struct known_run *r = &out->at[i];
		if (r->state != RUN_OPEN)
			continue;
		r->state = RUN_UNREADABLE;
		r->damage = arena_printf(a, "record %llu of the ledger is damaged: %s",
					 (unsigned long long)record->number, record->damage);
	}
}

static void add_ledger(struct arena *a, const struct known_ledger *l, struct known_run_vec *out)
{
	size_t from = out->len;
	for (size_t i = 0; i < l->records.len; i++) {
		const struct ledger_record *record = &l->records.at[i];
		char digest[SHA256_TEXT];
		sha256_text(record->digest, digest);
		for (size_t k = 0; k < record->entries.len && !record->named; k++) {
			const struct ledger_entry *e = &record->entries.at[k];
			if (!e->run)
				continue;
			struct known_run *r = run_of(a, out, from, l, e->run, e->number);
			take_entry(a, r, e);
			if (!r->head || strcmp(r->head, digest) != 0)
				r->head = arena_strdup(a, digest);
		}
		if (record->damage)
			spread_damage(a, out, from, record);
	}
	for (size_t i = from; i < out->len; i++) {
		for (size_t k = 0; k < out->at[i].changes; k++)
			out->at[i].count[out->at[i].fates[k]]++;
	}
}

/* ---- all of them ---- */

static int by_name(const void *a, const void *b)
{
	const struct known_run *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static int64_t committed(const struct known_run *r)
{
	return r->commits.len ? r->commits.at[0].commit_time : 0;
}

/* A name that says no time comes last. */
static int64_t moment_of(const struct known_run *r)
{
	return r->begun ? r->begun : INT64_MAX;
}

/* Names have seconds and a digest behind them. Runs of one second stand as their ledger has them,
 * and those that commits alone know behind them, as they were committed. */
static int by_order(const void *a, const void *b)
{
	const struct known_run *x = a, *y = b;
	if (moment_of(x) != moment_of(y))
		return moment_of(x) < moment_of(y) ? -1 : 1;
	if (!x->ledger != !y->ledger)
		return x->ledger ? -1 : 1;
	if (x->ledger && x->ledger != y->ledger)
		return strcmp(x->ledger->key, y->ledger->key);
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (!x->ledger && committed(x) != committed(y))
		return committed(x) < committed(y) ? -1 : 1;
	return by_name(a, b);
}

static int by_commit_time(const void *a, const void *b)
{
	const struct commit *x = a, *y = b;
	return (x->commit_time > y->commit_time) - (x->commit_time < y->commit_time);
}

static struct known_run *find(const struct known_run_vec *runs, size_t count, const char *name)
{
	struct known_run key = {.name = name};
	return count ? bsearch(&key, runs->at, count, sizeof(*runs->at), by_name) : NULL;
}

/* Of a run that a commit alone knows; what a checkpoint names may go at any time. */
static void look_for_emptied(const struct known_ledger_vec *ledgers, const struct commit *c,
			     struct known_run *r)
{
	const char *head = commit_trailer(c, "Writ-Ledger");
	for (size_t i = 0; head && i < ledgers->len; i++) {
		const struct ledger_record *record = record_of(&ledgers->at[i], head);
		if (!record || !record->named || record->damage)
			continue;
		r->state = RUN_EMPTIED;
		r->organization = ledgers->at[i].organization;
		r->emptied_in = &ledgers->at[i];
	}
}

/* Runs of ledgers at hand are sorted; those known from commits alone come behind them, one commit
 * each until joined. */
static void add_commits(struct arena *a, const struct known_ledger_vec *ledgers,
			const struct commit_vec *commits, struct known_run_vec *out)
{
	size_t here = out->len;
	for (size_t i = 0; i < commits->len; i++) {
		const struct commit *c = &commits->at[i];
		const char *name = commit_trailer(c, "Writ-Run");
		if (!name)
			continue;
		struct known_run *r = find(out, here, name);
		for (size_t k = here; k < out->len && !r; k++)
			r = strcmp(out->at[k].name, name) ? NULL : &out->at[k];
		if (!r) {
			vec_push(a, out,
				 (struct known_run){.name = name,
						    .organization = "",
						    .by = commit_trailer(c, "Writ-Actor"),
						    .plan = commit_trailer(c, "Writ-Plan"),
						    .begun = time_in_name(name),
						    .state = RUN_ELSEWHERE});
			r = &out->at[out->len - 1];
		}
		if (r->state == RUN_ELSEWHERE)
			look_for_emptied(ledgers, c, r);
		vec_push(a, &r->commits, *c);
	}
	for (size_t i = 0; i < out->len; i++)
		vec_sort(&out->at[i].commits, by_commit_time);
}

void run_list_load(struct arena *a, const struct known_ledger_vec *ledgers,
		   const struct commit_vec *commits, struct known_run_vec *out)
{
	for (size_t i = 0; i < ledgers->len; i++)
		add_ledger(a, &ledgers->at[i], out);
	vec_sort(out, by_name);
	add_commits(a, ledgers, commits, out);
	vec_sort(out, by_order);
}

static struct error *unknown_run(const struct known_run_vec *runs, const char *name)
{
	ARENA scratch = {0};
	VEC(, const char *) names = {0};
	for (size_t i = 0; i < runs->len; i++)
		vec_push(&scratch, &names, runs->at[i].name);
	const char *near = nearest_said(&scratch, name, names.at, names.len);
	return error_new(ERROR_INPUT, "no run \"%.64s\" is known here%s", name,
			 *near ? near : "; `writ log` lists those that are");
}

struct error *run_list_find(const struct known_run_vec *runs, const char *name,
			    const struct known_run **out)
{
	const struct known_run *found = NULL;
	for (size_t i = 0; i < runs->len; i++) {
		const struct known_run *r = &runs->at[i];
		if (strncmp(r->name, name, strlen(name)) != 0)
			continue;
		if (!strcmp(r->name, name) || !found) {
			found = r;
			if (!strcmp(r->name, name))
				break;
			continue;
		}
		return error_new(ERROR_INPUT, "\"%.64s\" begins the names of several runs: %s, %s",
				 name, found->name, r->name);
	}
	if (!found)
		return unknown_run(runs, name);
	*out = found;
	return NULL;
}
