/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/accept.h"

#include <string.h>

#include "core/edit/accepter.h"
#include "core/model/declaration.h"
#include "core/plan/plan.h"
#include "core/util/keys.h"

/* ---- one drift ---- */

/* Collects the edits and effects of one drift; a refusal is in the report. */
static enum accepted collect(struct accept *s, const struct drift_item *d)
{
	static enum accepted (*const grants[DRIFT_KIND_COUNT])(struct accept *,
							       const struct drift_item *) = {
		[DRIFT_APPEARED] = accept_appeared, [DRIFT_GONE] = accept_gone};
	static enum accepted (*const accounts[DRIFT_KIND_COUNT])(struct accept *,
								 const struct drift_item *) = {
		[DRIFT_APPEARED] = accept_new_account,
		[DRIFT_GONE] = accept_lost_account,
		[DRIFT_CHANGED] = accept_changed};
	return (d->entitlement ? grants : accounts)[d->kind](s, d);
}

/* ---- was it what was meant, and nothing else? ---- */

static void wanted_keys(struct accept *s, const struct edit_set *set, struct key_vec *out)
{
	struct wanted w = {0};
	wanted_make(&set->model, &set->index, s->u, s->arena, s->in->today, &w);
	for (size_t i = 0; i < w.grants.len; i++)
		vec_push(s->arena, out,
			 grant_key(w.grants.at[i].principal, w.grants.at[i].entitlement));
	keys_sort_once(out);
}

static void rename_keys(struct accept *s, struct key_vec *keys)
{
	size_t kept = 0, count = universe_principals(s->u);
	uint32_t *to = arena_alloc(s->arena, (count + 1) * sizeof(*to));
	for (size_t i = 0; i < count; i++)
		to[i] = (uint32_t)i;
	for (size_t i = 0; i < s->effects.len; i++) {
		const struct effect *e = &s->effects.at[i];
		if (e->kind == EFFECT_RENAME)
			to[e->principal] = e->now;
		else if (e->kind == EFFECT_DROP)
			to[e->principal] = UINT32_MAX;
	}
	for (size_t i = 0; i < keys->len; i++) {
		uint32_t principal = to[grant_principal(keys->at[i])];
		if (principal != UINT32_MAX)
			keys->at[kept++] = grant_key(principal, grant_entitlement(keys->at[i]));
	}
	keys->len = kept;
}

static void keys_of(struct accept *s, enum effect_kind kind, struct key_vec *out)
{
	for (size_t i = 0; i < s->effects.len; i++) {
		if (s->effects.at[i].kind == kind)
			vec_push(s->arena, out, s->effects.at[i].key);
	}
	keys_sort_once(out);
}

static void meant_keys(struct accept *s, struct key_vec *keys)
{
	struct key_vec removed = {0};
	size_t kept = 0;
	wanted_keys(s, s->set, keys);
	rename_keys(s, keys);
	keys_of(s, EFFECT_REMOVE, &removed);
	for (size_t i = 0; i < keys->len; i++) {
		if (!keys_have(&removed, keys->at[i]))
			keys->at[kept++] = keys->at[i];
	}
	keys->len = kept;
	keys_of(s, EFFECT_ADD, keys);
}

static bool has_meant_grants(struct accept *s, const struct edit_set *after)
{
	struct key_vec meant = {0}, made = {0};
	meant_keys(s, &meant);
	wanted_keys(s, after, &made);
	return meant.len == made.len &&
	       (!made.len || !memcmp(meant.at, made.at, made.len * sizeof(*made.at)));
}

static bool is_same_account(const struct account *a, const struct account *b, unsigned but)
{
	unsigned differ =
		account_difference(a, b, ATTRIBUTE_ALL) | account_difference(b, a, ATTRIBUTE_ALL);
	return !(differ & ~but) && a->state == b->state && a->protect == b->protect &&
	       a->unlisted == b->unlisted && a->bundles.len == b->bundles.len;
}

static const struct accept_change *change_of(const struct accept *s, const struct account *declared)
{
	for (size_t i = 0; i < s->changes.len; i++) {
		if (s->changes.at[i].declared == declared)
			return &s->changes.at[i];
	}
	return NULL;
}

/* Each account that stays is as it was, or as it is live. */
static bool has_meant_accounts(const struct accept *s, const struct edit_set *after)
{
	size_t stayed = 0;
	const struct account_vec *all = &s->set->model.accounts;
	for (size_t i = 0; i < all->len; i++) {
		const struct accept_change *c = change_of(s, &all->at[i]);
		const struct account *now =
			model_find_account(&after->index, c ? c->name : all->at[i].meta.name);
		if (!now)
			continue;
		stayed++;
		if (!is_same_account(&all->at[i], now, c ? c->attributes : 0))
			return false;
		if (c && account_difference(c->live, now, c->attributes))
			return false;
	}
	return stayed + s->dropped == all->len &&
	       stayed + s->documented.len == after->model.accounts.len;
}

static struct error *check_meant(struct accept *s, const struct edit_set *after)
{
	if (has_meant_grants(s, after) && has_meant_accounts(s, after))
		return NULL;
	return error_at(ERROR_INPUT, s->edits.at[0].document,
			"the manifests would say something else too");
}

/* ---- all together, or one by one ---- */

/* What the edits would have been, for a person to make. */
static const char *by_hand(const struct accept *s)
{
	struct str out = STR(s->arena);
	for (size_t i = 0; i < s->edits.len; i++) {
		const struct edit *e = &s->edits.at[i];
		str_printf(&out, "%s%s", i ? ", " : "by hand: ", edit_describe(s->arena, e));
		if (e->at.line)
			str_printf(&out, " at %u:%u", e->at.line, e->at.column);
	}
	return str_text(&out);
}

static struct error *apply(struct accept *s, struct edit_set *out)
{
	accept_finish(s);
	if (s->edits.len == 0) {
		*out = *s->set;
		return NULL;
	}
	struct edit_set after;
	TRY(edit_set_apply(s->set, &s->edits, s->in->strings, s->arena, &after));
	TRY(check_meant(s, &after));
	*out = after;
	return NULL;
}

static void add_refusal(struct accept *s, struct error *error)
{
	struct location at = error->where;
	if (at.file)
		at.file = arena_strdup(s->report->arena, at.file);
	else
		at = s->edits.at[0].document;
	report_add(s->report, SEVERITY_ERROR, "E0605", at, 0, by_hand(s), "%s", error->message);
	error_free(error);
}

static void accept_one(const struct accept_input *in, struct arena *a, struct report *report,
		       size_t i, uint8_t *outcome, struct edit_set *set)
{
	struct accept s;
	struct edit_set before = *set;
	accept_begin(&s, in, &before, a, report);
	*outcome = collect(&s, in->drifts[i]);
	struct error *error = apply(&s, set);
	if (error) {
		add_refusal(&s, error);
		*outcome = ACCEPT_REFUSED;
		*set = before;
	}
	accept_end(&s);
}

void accept_drifts(const struct accept_input *in, struct arena *a, struct report *report,
		   uint8_t *outcomes, struct edit_set *out)
{
	struct accept s;
	struct report refusals = {.arena = report->arena};
	accept_begin(&s, in, in->set, a, &refusals);
	for (size_t i = 0; i < in->count; i++)
		outcomes[i] = collect(&s, in->drifts[i]);
	struct error *error = apply(&s, out);
	accept_end(&s);
	if (!error) {
		report_join(report, &refusals);
		return;
	}
	error_free(error);
	*out = *in->set;
	for (size_t i = 0; i < in->count; i++)
		accept_one(in, a, report, i, &outcomes[i], out);
}

/* ---- ignoring ---- */

struct error *accept_ignore(const struct accept_input *in, struct arena *a, const char *fingerprint,
			    const char *until, const char *reason, struct edit_set *out)
{
	struct accept s;
	struct report report = {.arena = a};
	const struct organization *o = &in->set->model.organizations.at[0];
	struct edit add = {.kind = EDIT_ADD_ITEM,
			   .document = o->at,
			   .parents = {"spec"},
			   .key = "ignoredDrift",
			   .item.fields = {{"fingerprint", fingerprint},
					   {"until", until},
					   {"reason", reason}}};
	accept_begin(&s, in, in->set, a, &report);
	for (size_t i = 0; i < o->ignored_drift.len; i++) {
		const struct drift_ignore *ignore = &o->ignored_drift.at[i];
		if (!strcmp(ignore->fingerprint, fingerprint))
			vec_push(a, &s.edits,
				 (struct edit){.kind = EDIT_REMOVE_ITEM,
					       .document = o->at,
					       .at = ignore->at});
	}
	vec_push(a, &s.edits, add);
	struct error *error = apply(&s, out);
	if (error)
		error = error_wrap(error, "%s", by_hand(&s));
	accept_end(&s);
	return error;
}
