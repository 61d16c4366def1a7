/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/ledger.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/ledger/checkpoint_chain.h"
#include "core/ledger/emptied.h"
#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/str.h"

#define PROCESS_BYTES 16
#define HEADER_ROOM 512 /* bytes of a record beside its entries */
/* Bytes of a text in one entry; escaped it may be twice as long. */
#define PART_MAX ((size_t)256 << 10)
#define ENTRIES_MAX (STORE_RECORD_MAX - HEADER_ROOM)
#define FIRST_PAUSE_MS 100
#define LONGEST_PAUSE_MS 5000
#define REPLACED "it is not the record that stood there before"

struct ledger {
	struct store *store;
	uint64_t number, state_at;
	int64_t written_ms;
	unsigned char digest[SHA256_SIZE];
	char process[2 * PROCESS_BYTES + 1]; /* two processes never write the same bytes */
	struct arena pending;
	VEC(, struct str) drafts; /* entries of the next records, in `pending` */
	size_t state_from,
		state_to; /* drafts with the first and the last part of a state, from 1 */
	bool broken;
};

static const char *const type_names[ENTRY_COUNT] = {
	"hold", "takeover", "plan",  "begin",	"intent",   "result", "reconciled",
	"late", "end",	    "state", "release", "attested", "moved",  "checkpoint"};

const char *entry_type_name(enum entry_type type)
{
	return type_names[type];
}

static bool type_called(const char *name, enum entry_type *out)
{
	for (int i = 0; name && i < ENTRY_COUNT; i++) {
		if (!strcmp(type_names[i], name)) {
			*out = (enum entry_type)i;
			return true;
		}
	}
	return false;
}

/* ---- reading ---- */

static const char *parse_entry(struct arena *a, struct json_span item, struct ledger_entry *e)
{
	enum { TYPE, RUN, BODY, MEMBERS };
	static const char *const keys[MEMBERS] = {"type", "run", "body"};
	struct json_span values[MEMBERS];
	json_members(item, keys, MEMBERS, values);
	if (!type_called(json_string(a, values[TYPE]), &e->type))
		return "an entry is of a type that this version does not know";
	if (!values[BODY].at)
		return "an entry has no body";
	e->run = json_string(a, values[RUN]);
	e->body = values[BODY];
	return NULL;
}

static const char *parse_entries(struct arena *a, struct json_span list, struct ledger_record *r)
{
	struct json_span item;
	struct json_cursor cursor = {0};
	if (!list.at)
		return "it has no entries";
	while (json_next(list, &cursor, &item)) {
		struct ledger_entry e = {.number = r->number, .at = r->at};
		const char *damage = parse_entry(a, item, &e);
		if (damage)
			return damage;
		vec_push(a, &r->entries, e);
	}
	return NULL;
}

static const char *parse_line(struct arena *a, const struct stored_record *s,
			      struct ledger_record *r)
{
	enum { NUMBER, AT, PROCESS, BEFORE, STATE, ENTRIES, MEMBERS };
	static const char *const keys[MEMBERS] = {"number", "at",    "process",
						  "before", "state", "entries"};
	struct json_span line = {s->bytes, s->len}, values[MEMBERS];
	struct error *error = json_check("record", line.at, line.len);
	if (error) {
		error_free(error);
		return "it is no JSON";
	}
	json_members(line, keys, MEMBERS, values);
	const char *at = json_string(a, values[AT]), *before = json_string(a, values[BEFORE]);
	int64_t number, state_at;
	r->process = json_string(a, values[PROCESS]);
	if (!json_number(values[NUMBER], &number) || (uint64_t)number != s->number)
		return "it does not say its number";
	if (!json_number(values[STATE], &state_at) || !at || !time_parse(at, &r->at) || !r->process)
		return "it does not say when and by whom it was made";
	r->state_at = (uint64_t)state_at;
	if (before ? !sha256_parse(before, r->before) : s->number != 1)
		return "it does not name the record before it";
	return parse_entries(a, values[ENTRIES], r);
}

static void parse_record(struct arena *a, const struct stored_record *s, struct ledger_record *out)
{
	struct emptied e;
	*out = (struct ledger_record){.number = s->number};
	if (emptied_parse(s->number, s->bytes, s->len, &e)) {
		out->emptied = true;
		memcpy(out->digest, e.digest, SHA256_SIZE);
		memcpy(out->before, e.before, SHA256_SIZE);
		return;
	}
	sha256_of(s->bytes, s->len, out->digest);
	out->damage = parse_line(a, s, out);
}

/* An emptied record is damage to a caller that needs its contents. */
static void need_contents(struct ledger_record *r)
{
	if (r->emptied && !r->damage)
		r->damage = "it was emptied";
}

static struct error *damaged(const struct ledger *l, const struct ledger_record *r)
{
	ARENA a = {0};
	return error_new(ERROR_INPUT, "record %llu of the ledger in %s is damaged: %s",
			 (unsigned long long)r->number, l->store->kind->describe(l->store, &a),
			 r->damage);
}

static struct error *take_head(struct ledger *l, struct ledger_record *r)
{
	need_contents(r);
	if (r->damage)
		return damaged(l, r);
	l->number = r->number;
	l->state_at = r->state_at;
	memcpy(l->digest, r->digest, sizeof(l->digest));
	return NULL;
}

/* A head that is known already says nothing new, unless it has become another. */
static struct error *check_known(const struct ledger *l, const struct stored_record *head)
{
	unsigned char digest[SHA256_SIZE];
	sha256_of(head->bytes, head->len, digest);
	if (!memcmp(digest, l->digest, SHA256_SIZE))
		return NULL;
	return damaged(l, &(struct ledger_record){.number = head->number, .damage = REPLACED});
}

struct error *ledger_refresh(struct ledger *l)
{
	ARENA a = {0};
	struct stored_record head;
	struct ledger_record record;
	TRY(l->store->kind->head(l->store, &a, &head));
	if (head.number < l->number)
		return error_new(ERROR_INPUT,
				 "the ledger in %s ends with record %llu, and had record %llu "
				 "before: records were lost or taken away",
				 l->store->kind->describe(l->store, &a),
				 (unsigned long long)head.number, (unsigned long long)l->number);
	if (head.number == 0)
		return NULL;
	if (head.number == l->number)
		return check_known(l, &head);
	parse_record(&a, &head, &record);
	return take_head(l, &record);
}

static void check_chain(struct ledger_record_vec *records)
{
	for (size_t i = 1; i < records->len; i++) {
		struct ledger_record *r = &records->at[i];
		if (!r->damage && memcmp(r->before, r[-1].digest, SHA256_SIZE) != 0)
			r->damage = "the record before it is not the one that it names";
	}
}

static struct error *read_records(struct ledger *l, struct arena *a, uint64_t from, uint64_t to,
				  struct ledger_record_vec *out)
{
	struct stored_record_vec stored = {0};
	TRY(l->store->kind->read(l->store, a, from, to, &stored));
	vec_reserve(a, out, stored.len);
	for (size_t i = 0; i < stored.len; i++)
		parse_record(a, &stored.at[i], &out->at[out->len++]);
	check_chain(out);
	return NULL;
}

static struct error *first_damage(const struct ledger *l, const struct ledger_record_vec *records)
{
	for (size_t i = 0; i < records->len; i++) {
		if (records->at[i].damage)
			return damaged(l, &records->at[i]);
	}
	return NULL;
}

/* The digest of the head as it was known is compared too, so that a store that was rewritten is
 * noticed. */
struct error *ledger_read(struct ledger *l, struct arena *a, uint64_t from, uint64_t to,
			  struct ledger_record_vec *out)
{
	if (from > to)
		return NULL;
	TRY(read_records(l, a, from, to, out));
	assert(out->at || !out->len);
	struct ledger_record *last = out->len ? &out->at[out->len - 1] : NULL;
	if (last && last->number == l->number && !last->damage &&
	    memcmp(last->digest, l->digest, SHA256_SIZE) != 0)
		last->damage = REPLACED;
	for (size_t i = 0; i < out->len; i++)
		need_contents(&out->at[i]);
	return first_damage(l, out);
}

struct error *ledger_read_all(struct ledger *l, struct arena *a, struct ledger_record_vec *out)
{
	struct checkpoint named;
	if (l->number)
		TRY(read_records(l, a, 1, l->number, out));
	checkpoint_check(out, a, &named);
	return NULL;
}

struct error *ledger_read_whole(struct ledger *l, struct arena *a, struct ledger_record_vec *out)
{
	TRY(ledger_read_all(l, a, out));
	return first_damage(l, out);
}

struct error *ledger_has(struct ledger *l, uint64_t number, const unsigned char digest[SHA256_SIZE],
			 bool *out)
{
	ARENA a = {0};
	struct stored_record_vec stored = {0};
	unsigned char found[SHA256_SIZE];
	*out = false;
	if (number == 0 || number > l->number)
		return NULL;
	TRY(l->store->kind->read(l->store, &a, number, number, &stored));
	record_digest(number, stored.at[0].bytes, stored.at[0].len, found);
	*out = !memcmp(found, digest, SHA256_SIZE);
	return NULL;
}

/* ---- adding ---- */

/* The draft that an entry goes into: the last one, or a new one when that has no room. */
static struct str *draft_for(struct ledger *l, size_t len)
{
	struct str *last = l->drafts.len ? &l->drafts.at[l->drafts.len - 1] : NULL;
	if (last && last->len + len <= ENTRIES_MAX)
		return last;
	vec_push(&l->pending, &l->drafts, (struct str)STR(&l->pending));
	if (last)
		str_reserve(&l->drafts.at[l->drafts.len - 1], ENTRIES_MAX);
	return &l->drafts.at[l->drafts.len - 1];
}

void ledger_add(struct ledger *l, enum entry_type type, const char *run, const char *body)
{
	struct str head = STR(&l->pending);
	size_t len = strlen(body);
	str_printf(&head, "{\"type\": \"%s\", \"run\": ", type_names[type]);
	json_add_text(&head, run);
	str_add(&head, ", \"body\": ");
	struct str *draft = draft_for(l, sizeof(", ") + head.len + len);
	str_add(draft, draft->len ? ", " : "");
	str_addn(draft, head.at, head.len);
	str_addn(draft, body, len);
	str_addc(draft, '}');
}

/* The end of a part that begins at `from`: never inside a character. */
static size_t part_end(const char *text, size_t len, size_t from)
{
	size_t to = len - from > PART_MAX ? from + PART_MAX : len;
	while (to < len && to > from && ((unsigned char)text[to] & 0xC0) == 0x80)
		to--;
	return to;
}

void ledger_add_parts(struct ledger *l, enum entry_type type, const char *run, const char *text,
		      size_t len, const char *more)
{
	ARENA scratch = {0};
	struct str body = STR(&scratch);
	size_t parts = 0, part = 0;
	for (size_t from = 0; from < len || parts == 0; parts++)
		from = part_end(text, len, from);
	for (size_t from = 0, to; part < parts; from = to) {
		to = part_end(text, len, from);
		str_cut(&body, 0);
		str_printf(&body, "{\"part\": %zu, \"parts\": %zu%s, \"text\": ", ++part, parts,
			   more);
		json_add_textn(&body, text + from, to - from);
		str_addc(&body, '}');
		ledger_add(l, type, run, body.at);
		if (type == ENTRY_STATE && part == 1)
			l->state_from = l->drafts.len;
		if (type == ENTRY_STATE)
			l->state_to = l->drafts.len;
	}
}

void ledger_drop(struct ledger *l)
{
	arena_done(&l->pending);
	l->drafts.at = NULL;
	l->drafts.len = l->drafts.cap = 0;
	l->state_from = l->state_to = 0;
}

/* ---- writing ---- */

static void add_line(const struct ledger *l, struct str *out, uint64_t number, uint64_t state_at,
		     const struct str *entries)
{
	char digest[SHA256_TEXT], moment[TIME_TEXT];
	int64_t now = 0;
	struct error *ill = clock_now(&now); /* it was read before, and was well */
	error_free(ill);
	time_format(now, moment);
	sha256_text(l->digest, digest);
	str_printf(out, "{\"number\": %llu, \"at\": \"%s\", \"process\": \"%s\", \"before\": ",
		   (unsigned long long)number, moment, l->process);
	json_add_text(out, number > 1 ? digest : NULL);
	str_printf(out, ", \"state\": %llu, \"entries\": [", (unsigned long long)state_at);
	str_addn(out, entries->at, entries->len);
	str_add(out, "]}");
}

static bool is_same(const struct stored_record *r, const struct new_record *record)
{
	return r->len == record->len && !memcmp(r->bytes, record->bytes, record->len);
}

/* When an answer was lost, the record that has the number may be ours. If another stands behind
 * it by now, a run took over, and the record gives no leave to send. */
static struct error *is_taken(struct ledger *l, struct arena *a, const struct new_record *record)
{
	struct stored_record head;
	TRY(l->store->kind->head(l->store, a, &head));
	if (head.number == record->number && is_same(&head, record))
		return NULL;
	return error_new(ERROR_LOCKED, "record %llu of the ledger in %s is another run's",
			 (unsigned long long)record->number, l->store->kind->describe(l->store, a));
}

/* A missing answer is no refusal, since the record may still be made: the same bytes are tried
 * until the store says that they are there. */
static struct error *append(struct ledger *l, struct arena *a, const struct new_record *record)
{
	int64_t deadline = clock_steady_ms() + LEDGER_PATIENCE_MS;
	for (unsigned pause = FIRST_PAUSE_MS;;
	     pause = pause < LONGEST_PAUSE_MS ? 2 * pause : pause) {
		enum append_answer answer = APPEND_UNANSWERED;
		const char *words = NULL;
		TRY(l->store->kind->append(l->store, a, record, &answer, &words));
		if (answer == APPEND_DONE)
			return NULL;
		if (answer == APPEND_TAKEN)
			return is_taken(l, a, record);
		if (clock_steady_ms() >= deadline)
			return error_new(ERROR_SYSTEM, "the ledger in %s gives no answer: %s",
					 l->store->kind->describe(l->store, a), words ? words : "");
		clock_sleep_ms(pause);
	}
}

/* `line` is room for it. */
static struct error *write_draft(struct ledger *l, size_t i, struct str *line)
{
	struct new_record record = {.number = l->number + 1};
	uint64_t state_at = l->state_at;
	if (l->state_to == i + 1) /* whole with this record, and not before */
		state_at = record.number - (l->state_to - l->state_from);
	str_cut(line, 0);
	str_reserve(line, l->drafts.at[i].len + HEADER_ROOM);
	add_line(l, line, record.number, state_at, &l->drafts.at[i]);
	record.bytes = line->at;
	record.len = line->len;
	int64_t began = clock_steady_ms();
	memcpy(record.before, l->digest, sizeof(record.before));
	TRY(append(l, &l->pending, &record));
	l->number = record.number;
	l->state_at = state_at;
	l->written_ms = began;
	sha256_of(line->at, line->len, l->digest);
	return NULL;
}

struct error *ledger_write(struct ledger *l)
{
	ARENA scratch = {0};
	struct str line = STR(&scratch);
	struct error *error = NULL;
	if (l->broken)
		return error_new(ERROR_PARTIAL, "the ledger could not be written before");
	for (size_t i = 0; i < l->drafts.len && !error; i++)
		error = write_draft(l, i, &line);
	l->broken = error && error->code != ERROR_LOCKED;
	ledger_drop(l);
	return error;
}

/* ---- the handle ---- */

struct error *ledger_open(struct store *store, struct ledger **out)
{
	unsigned char process[PROCESS_BYTES];
	struct ledger *l = xmalloc(sizeof(*l));
	*l = (struct ledger){.store = store};
	struct error *error = NULL;
	if (getrandom(process, sizeof(process), 0) != (ssize_t)sizeof(process))
		error = error_new(ERROR_SYSTEM, "the system has no random numbers");
	sha256_hex(process, sizeof(process), l->process);
	if (!error)
		error = ledger_refresh(l);
	if (error) {
		ledger_close(l);
		return error;
	}
	*out = l;
	return NULL;
}

void ledger_close(struct ledger *l)
{
	if (!l)
		return;
	l->store->kind->close(l->store);
	arena_done(&l->pending);
	free(l);
}

uint64_t ledger_number(const struct ledger *l)
{
	return l->number;
}

void ledger_digest(const struct ledger *l, unsigned char out[SHA256_SIZE])
{
	memcpy(out, l->digest, SHA256_SIZE);
}

uint64_t ledger_state_at(const struct ledger *l)
{
	return l->state_at;
}

struct store *ledger_store(struct ledger *l)
{
	return l->store;
}

int64_t ledger_written_ms(const struct ledger *l)
{
	return l->written_ms;
}

const char *ledger_process(const struct ledger *l)
{
	return l->process;
}
