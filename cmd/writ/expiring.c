/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cmd/writ/expiring_render.h"
#include "cmd/writ/organizations.h"
#include "cmd/writ/planning.h"
#include "core/model/declaration.h"
#include "core/util/clock.h"

#define DEFAULT_DAYS 30 /* as the lint W0707 */

/* ---- what will end ---- */

/* The same day `count` calendar months on, or the last of that month. */
static int32_t add_months(int32_t day, int32_t count)
{
	char text[64];
	int32_t out = day;
	date_format(day, text);
	long month = strtol(text, NULL, 10) * 12 + strtol(text + 5, NULL, 10) - 1 + count;
	for (long d = strtol(text + 8, NULL, 10); d > 0; d--) {
		snprintf(text, sizeof(text), "%04ld-%02ld-%02ld", month / 12, month % 12 + 1, d);
		if (date_parse(text, &out))
			break;
	}
	return out;
}

static int32_t span_end(int32_t today, struct span span)
{
	if (span.count == 0)
		return today + DEFAULT_DAYS;
	if (span.unit == 'm')
		return add_months(today, span.count);
	return today + span.count * (span.unit == 'w' ? 7 : 1);
}

/* Of the declarations [from, to) of one grant, the one that holds longest, if it holds longer than
 * `end`; else NULL. */
static const struct declaration *find_longer(const struct declaration_vec *all, size_t from,
					     size_t to, int32_t end)
{
	const struct declaration *best = NULL;
	for (size_t i = from; i < to; i++) {
		int32_t other = ending_day(&all->at[i]);
		if (other > end && (!best || other > ending_day(best)))
			best = &all->at[i];
	}
	return best;
}

static bool is_twin(const struct declaration *a, const struct declaration *b)
{
	bool same_bundle =
		a->bundle && b->bundle ? !strcmp(a->bundle, b->bundle) : a->bundle == b->bundle;
	return a->kind == b->kind && !strcmp(a->document, b->document) && same_bundle;
}

static size_t count_twins(const struct declaration_vec *all, size_t from, size_t i)
{
	size_t count = 0;
	for (size_t k = from; k < i; k++)
		count += is_twin(&all->at[k], &all->at[i]);
	return count;
}

static int by_end(const void *left, const void *right)
{
	const struct ending *a = left, *b = right;
	int32_t x = ending_day(a->declaration), y = ending_day(b->declaration);
	if (x != y)
		return x < y ? -1 : 1;
	return a->declaration < b->declaration
		       ? -1
		       : a->declaration > b->declaration; /* one array, in order */
}

static void find_endings(struct arena *a, const struct declaration_vec *all, struct endings *out)
{
	for (size_t from = 0, to; from < all->len; from = to) {
		for (to = from + 1;
		     to < all->len && declaration_is_same_grant(&all->at[from], &all->at[to]); to++)
			;
		for (size_t i = from; i < to; i++) {
			int32_t end = ending_day(&all->at[i]);
			if (end < out->today || end > out->until || end == INT32_MAX)
				continue;
			vec_push(a, &out->all,
				 (struct ending){&all->at[i], find_longer(all, from, to, end),
						 count_twins(all, from, i)});
		}
	}
	vec_sort(&out->all, by_end);
}

/* ---- what has ended and is held ---- */

static bool is_of(const struct declaration *d, const struct principal *p,
		  const struct entitlement *e)
{
	return p && e && principal_compare(&d->principal, p) == 0 &&
	       entitlement_compare(&d->entitlement, e) == 0;
}

/* Whether the account is not live under its name, and no snapshot says who it was: somebody may
 * have given it another name in the service. */
static bool may_be_renamed(const struct plan *plan, const struct change *c,
			   const struct declaration *d)
{
	return !plan->base_live && c->type == CHANGE_ACCOUNT && c->action == ACTION_CREATE &&
	       principal_compare(&d->principal, c->principal) == 0;
}

/* Whether a plan would take the grant away because it has ended, or lists it as left alone with an
 * account that it may not change; false, and *out_unseen, where no source shows it. */
static bool is_held(const struct plan *plan, const struct declaration *d, bool *out_unseen)
{
	*out_unseen = false;
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		*out_unseen |= may_be_renamed(plan, c, d);
		if (c->reason != REASON_EXPIRED || !is_of(d, c->principal, c->entitlement))
			continue;
		*out_unseen = c->unseen;
		return !c->unseen;
	}
	for (size_t i = 0; i < plan->unlisted.len; i++) {
		if (is_of(d, plan->unlisted.at[i].principal, plan->unlisted.at[i].entitlement))
			return true;
	}
	return false;
}

/* Where several lines made one grant, the one that ended last is listed. */
static void find_overdue(struct arena *a, const struct plan *plan,
			 const struct declaration_vec *all, struct endings *out)
{
	for (size_t from = 0, to; from < all->len; from = to) {
		const struct declaration *last = &all->at[from];
		bool unseen, over = last->expired;
		for (to = from + 1;
		     to < all->len && declaration_is_same_grant(&all->at[from], &all->at[to]);
		     to++) {
			over &= all->at[to].expired;
			if (ending_day(&all->at[to]) > ending_day(last))
				last = &all->at[to];
		}
		if (over && (is_held(plan, last, &unseen) || unseen))
			vec_push(a, &out->all,
				 (struct ending){.declaration = last, .unseen = unseen});
	}
	vec_sort(&out->all, by_end);
}

static struct error *answer_overdue(struct run *run, const struct plan *plan, int *status)
{
	struct declaration_vec declarations = {0};
	struct model_index index = {0};
	struct endings all = {.organization = plan->organization,
			      .overdue = true,
			      .today = time_day(run->now),
			      .now = run->now};
	model_index(plan->wanted, &run->arena, &index);
	declaration_collect(plan->wanted, &index, &run->arena, all.today, &declarations);
	find_overdue(&run->arena, plan, &declarations, &all);
	for (size_t i = 0; i < all.all.len; i++) {
		if (all.all.at[i].unseen)
			*status = EXIT_ERROR; /* whether overdue grants are held is not known */
	}
	return output_all(run, expiring_render, &all);
}

static struct error *check_overdue(const struct options *o)
{
	if (o->span.count)
		return error_new(ERROR_USAGE, "--overdue is of what has ended, --in of what will");
	for (size_t i = 0; i < o->outputs.len; i++) {
		if (o->outputs.at[i].format == FORMAT_ICS)
			return error_new(ERROR_USAGE, "format ics is for what will end");
	}
	return NULL;
}

static struct error *list_overdue(struct run *run, int *status)
{
	struct session session = {0};
	struct universe *u = NULL;
	struct plan plan = {0};
	TRY(check_overdue(&run->options));
	struct error *error = make_plan(run, &session, &u, &plan);
	if (!error && !run->report.errors)
		error = answer_overdue(run, &plan, status);
	universe_free(u);
	close_session(&session);
	return error;
}

static struct error *expiring_one(struct run *run, int *status)
{
	if (run->options.overdue)
		return list_overdue(run, status);
	struct manifests m;
	struct declaration_vec declarations = {0};
	TRY(load_manifests(run, run->options.paths, run->options.path_count, &m));
	if (run->report.errors)
		return NULL;
	int32_t today = time_day(run->now);
	struct endings all = {.organization = m.model.organizations.at[0].meta.name,
			      .today = today,
			      .until = span_end(today, run->options.span),
			      .now = run->now};
	declaration_collect(&m.model, &m.index, &run->arena, today, &declarations);
	find_endings(&run->arena, &declarations, &all);
	return output_all(run, expiring_render, &all);
}

struct error *cmd_expiring(struct run *run, int *status)
{
	return organizations_of_set(run, arguments_of(&run->options), expiring_one, status);
}
