/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/apply/applier.h"
#include "core/util/json.h"

/* What is known of each change, by its number. Entries may name numbers that the plan at hand
 * does not have. */
struct recall {
	struct arena *arena;
	VEC(, struct recalled) changes;
	VEC(, const char *) accounts; /* to be made, by change; NULL for the rest */
	bool vouched;		      /* for the plan, when the run began */
};

/* Calls `take` for each change that a list names, as "c3" or "c3-c9". The ledger's chain was
 * checked, so that the list is what writ wrote; what is no such name is passed over. */
static void each_change(struct recall *r, struct json_span object, const char *key,
			void (*take)(struct recalled *c, const struct recalled *given),
			const struct recalled *given)
{
	struct json_span list, item;
	struct json_cursor at = {0};
	size_t from, to;
	if (!json_member(object, key, &list))
		return;
	while (json_next(list, &at, &item)) {
		if (!change_range_parse(json_string(r->arena, item), &from, &to))
			continue;
		while (r->changes.len < to) {
			vec_push(r->arena, &r->changes, (struct recalled){0});
			vec_push(r->arena, &r->accounts, (const char *)NULL);
		}
		for (size_t i = from; i < to; i++)
			take(&r->changes.at[i], given);
	}
}

static struct recalled *change_of(struct recall *r, const char *id, size_t *out_number)
{
	size_t to;
	if (!change_range_parse(id, out_number, &to) || to > r->changes.len)
		return NULL;
	return &r->changes.at[*out_number];
}

static void set_sent(struct recalled *c, const struct recalled *given)
{
	c->sent = c->cut = true;
	c->meant_at = given->meant_at;
}

static void take_sent(struct recall *r, struct json_span payload, uint64_t record)
{
	const struct recalled given = {.meant_at = record};
	struct json_span list, item;
	struct json_cursor made = {0};
	size_t number;
	each_change(r, payload, "changes", set_sent, &given);
	if (!json_member(payload, "made", &list))
		return;
	while (json_next(list, &made, &item)) {
		if (change_of(r, json_get_text(r->arena, item, "change"), &number))
			r->accounts.at[number] = json_get_text(r->arena, item, "account");
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

static void set_fate(struct recalled *c, const struct recalled *given)
{
	c->fate = given->fate;
	c->once = given->once;
	c->cut = false;
}

static void take_fate(struct recall *r, struct json_span payload)
{
	struct recalled given = {.fate = fate_called(json_get_text(r->arena, payload, "outcome"))};
	given.once = json_get_true(payload, "once");
	each_change(r, payload, "changes", set_fate, &given);
}

/* A late result tells what came of one intent. It says nothing of a later intent, and does not
 * overrule what was read since. */
static void set_late(struct recalled *c, const struct recalled *given)
{
	if (c->cut && c->meant_at <= given->meant_at)
		set_fate(c, given);
}

static void take_late(struct recall *r, struct json_span payload)
{
	struct recalled given = {.fate = fate_called(json_get_text(r->arena, payload, "outcome")),
				 .once = json_get_true(payload, "once"),
				 .meant_at = (uint64_t)json_get_number(payload, "behind", 0)};
	each_change(r, payload, "changes", set_late, &given);
}

/* An entry about the secret of an account. */
static void take_delivery(struct recall *r, struct json_span payload, bool late)
{
	size_t number;
	struct recalled *c = change_of(r, json_get_text(r->arena, payload, "deliver"), &number);
	const char *outcome = json_get_text(r->arena, payload, "outcome");
	if (!c)
		return;
	bool done = outcome && !strcmp(outcome, fate_name(FATE_DONE));
	c->delivering = true;
	c->delivered = done || (late && c->delivered);
}

static void read_all(struct recall *r, const struct ledger_entry_vec *entries)
{
	for (size_t i = 0; i < entries->len; i++) {
		const struct ledger_entry *e = &entries->at[i];
		struct json_span unused;
		if (e->type == ENTRY_BEGIN)
			r->vouched = json_get_true(e->body, "vouched");
		else if (json_member(e->body, "deliver", &unused))
			take_delivery(r, e->body, e->type == ENTRY_LATE);
		else if (e->type == ENTRY_INTENT)
			take_sent(r, e->body, e->number);
		else if (e->type == ENTRY_LATE)
			take_late(r, e->body);
		else if (e->type == ENTRY_RESULT || e->type == ENTRY_RECONCILED)
			take_fate(r, e->body);
	}
}

void applier_recall(struct applier *p, const struct ledger_entry_vec *entries)
{
	struct recall r = {.arena = p->arena};
	size_t count = p->plan->changes.len;
	read_all(&r, entries);
	p->vouched |= r.vouched;
	if (r.changes.len < count)
		count = r.changes.len;
	if (count && r.changes.at)
		memcpy(p->recalled, r.changes.at, count * sizeof(*p->recalled));
}

bool applier_is_accepted(const struct applier *p, size_t i)
{
	const struct recalled *c = &p->recalled[i];
	return p->resumed && c->sent && !c->cut && (c->fate == FATE_DONE || c->fate == FATE_LATE);
}

void applier_tell_recorded(struct applier *p)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct recalled *c = &p->recalled[i];
		if (c->sent)
			applier_set_fate(p, i, c->cut ? FATE_UNKNOWN : c->fate,
					 "by the ledger, and not compared with live now");
	}
}

const char *recall_owed(struct arena *a, const struct ledger_entry_vec *entries)
{
	struct recall r = {.arena = a};
	const char *owed = NULL;
	read_all(&r, entries);
	for (size_t i = 0; i < r.changes.len && !owed; i++) {
		const struct recalled *c = &r.changes.at[i];
		bool made = c->cut || c->fate == FATE_DONE || c->fate == FATE_LATE ||
			    c->fate == FATE_UNKNOWN || c->delivering;
		if (c->sent && made && !c->delivered)
			owed = r.accounts.at[i];
	}
	return owed;
}
