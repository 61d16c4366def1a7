/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/apply/applier.h"
#include "core/util/json.h"

/* The changes of a journal, by number; it may name more than a plan is asked for. */
struct recall {
	struct arena *arena;
	VEC(, struct recalled) changes;
	VEC(, const char *) accounts; /* to be made, by change; NULL for the rest */
};

static const char *text_of(struct recall *r, struct json_span object, const char *key)
{
	struct json_span value;
	return json_member(object, key, &value) ? json_string(r->arena, value) : NULL;
}

/* "c12" is 11. A journal's digests hold, so what it says is what writ wrote. */
static struct recalled *change_of(struct recall *r, const char *id, size_t *out_number)
{
	size_t number = id && *id == 'c' ? strtoul(id + 1, NULL, 10) : 0;
	if (number == 0 || number > UINT32_MAX)
		return NULL;
	while (r->changes.len < number) {
		vec_push(r->arena, &r->changes, (struct recalled){0});
		vec_push(r->arena, &r->accounts, (const char *)NULL);
	}
	*out_number = number - 1;
	return &r->changes.at[number - 1];
}

static void take_sent(struct recall *r, struct json_span payload)
{
	struct json_span list, item;
	struct json_cursor at = {0}, made = {0};
	size_t number;
	if (json_member(payload, "changes", &list)) {
		while (json_next(list, &at, &item)) {
			struct recalled *c = change_of(r, json_string(r->arena, item), &number);
			if (c)
				c->sent = c->cut = true;
		}
	}
	if (!json_member(payload, "made", &list))
		return;
	while (json_next(list, &made, &item)) {
		if (change_of(r, text_of(r, item, "change"), &number))
			r->accounts.at[number] = text_of(r, item, "account");
	}
}

static enum fate fate_called(const char *name)
{
	for (int i = 0; name && i < FATE_COUNT; i++) {
		if (!strcmp(fate_name(i), name))
			return i;
	}
	return FATE_UNKNOWN;
}

static void take_fate(struct recall *r, struct json_span payload)
{
	struct json_span once;
	size_t number;
	struct recalled *c = change_of(r, text_of(r, payload, "change"), &number);
	if (!c)
		return;
	c->fate = fate_called(text_of(r, payload, "outcome"));
	c->cut = false;
	c->once = json_member(payload, "once", &once) && *once.at == 't';
}

/* Of a secret. */
static void take_delivery(struct recall *r, struct json_span payload)
{
	size_t number;
	struct recalled *c = change_of(r, text_of(r, payload, "deliver"), &number);
	const char *outcome = text_of(r, payload, "outcome");
	if (!c)
		return;
	c->delivering = true;
	c->delivered = outcome && !strcmp(outcome, fate_name(FATE_DONE));
}

static struct error *read_all(struct recall *r, const char *path)
{
	struct journal_record_vec records = {0};
	struct journal_state state;
	TRY(journal_read(path, r->arena, &records, &state));
	for (size_t i = 0; i < records.len; i++) {
		struct json_span payload = {records.at[i].payload, records.at[i].len}, unused;
		TRY(json_check(path, payload.at, payload.len));
		if (json_member(payload, "deliver", &unused))
			take_delivery(r, payload);
		else if (records.at[i].type == RECORD_INTENT)
			take_sent(r, payload);
		else if (records.at[i].type == RECORD_RESULT ||
			 records.at[i].type == RECORD_RECONCILED)
			take_fate(r, payload);
	}
	return NULL;
}

struct error *applier_recall(struct applier *p, const char *path)
{
	struct recall r = {.arena = p->arena};
	size_t count = p->plan->changes.len;
	TRY(read_all(&r, path));
	if (r.changes.len < count)
		count = r.changes.len;
	if (count)
		memcpy(p->recalled, r.changes.at, count * sizeof(*p->recalled));
	return NULL;
}

bool applier_is_accepted(const struct applier *p, size_t i)
{
	const struct recalled *c = &p->recalled[i];
	return p->resumed && c->sent && !c->cut && (c->fate == FATE_DONE || c->fate == FATE_LATE);
}

struct error *applier_record_found(struct applier *p)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		enum fate fate = p->out->fates[i];
		bool told = fate == FATE_DONE || fate == FATE_LATE || fate == FATE_FAILED;
		if (told && (p->recalled[i].cut || fate != p->recalled[i].fate))
			TRY(applier_record_fate(p, RECORD_RECONCILED, i));
	}
	return journal_sync(p->journal);
}

struct error *recall_owed(struct arena *a, const char *path, const char **out)
{
	struct recall r = {.arena = a};
	*out = NULL;
	TRY(read_all(&r, path));
	for (size_t i = 0; i < r.changes.len && !*out; i++) {
		const struct recalled *c = &r.changes.at[i];
		bool made = c->cut || c->fate == FATE_DONE || c->fate == FATE_LATE ||
			    c->fate == FATE_UNKNOWN || c->delivering;
		if (c->sent && made && !c->delivered)
			*out = r.accounts.at[i];
	}
	return NULL;
}
