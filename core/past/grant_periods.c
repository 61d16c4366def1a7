/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/grant_periods.h"

#include <string.h>

#include "core/past/reviewers.h"
#include "core/render/render.h"
#include "core/util/csv.h"
#include "core/util/json.h"

void grant_periods_hide(struct unseen_vec *all, struct arena *a, const struct tenure *t,
			const struct tenure *last)
{
	if (last && !principal_compare(&last->principal, &t->principal) &&
	    !entitlement_compare(&last->entitlement, &t->entitlement))
		return;
	struct entitlement *copy = arena_alloc(a, sizeof(*copy));
	*copy = t->entitlement;
	struct unseen_item *item = unseen_item_of(all, a, copy, NULL);
	bool users = !*t->principal.name;
	item->claimed += !users || !item->anybody;
	item->anybody |= users;
}

struct moment grant_periods_since(const struct grant_periods *answer, const struct tenure *t)
{
	struct moment m = *grant_periods_moment(answer, t->from);
	if (t->dark_before && !m.unsure)
		m.unsure = "the snapshot before could not show it";
	return m;
}

struct moment grant_periods_until(const struct grant_periods *answer, const struct tenure *t)
{
	struct moment m = *grant_periods_moment(answer, t->to);
	if (t->dark_after) {
		m = *grant_periods_moment(answer, t->to - 1);
		m.unsure = "the snapshot behind it could not show it, and it may be held still";
	}
	return m;
}

static void trace_lines(struct grant_periods *answer, const struct signers *signers,
			struct arena *a)
{
	const struct past_manifests *r = &answer->reasons;
	struct line_origin_request_vec requests = {0};
	const char *why = NULL;
	answer->facts = arena_zalloc(a, (r->declarations.len + 1) * sizeof(*answer->facts));
	for (size_t i = 0; i < r->declarations.len; i++)
		answer->facts[i].declaration = &r->declarations.at[i];
	for (size_t i = 0; i < answer->tenures.len && r->commit; i++) {
		const struct tenure *t = &answer->tenures.at[i];
		size_t count;
		const struct declaration *s =
			past_manifests_find(r, &t->principal, &t->entitlement, &count);
		for (size_t k = 0; k < count; k++) {
			struct fact *f = &answer->facts[s + k - r->declarations.at];
			vec_push(a, &requests,
				 (struct line_origin_request){s[k].at, &f->origin, r->root,
							      r->commit});
			if (s[k].bundle)
				vec_push(a, &requests,
					 (struct line_origin_request){s[k].bundle_at,
								      &f->bundle_origin, r->root,
								      r->commit});
		}
	}
	line_origin_find(a, &requests, signers, &why);
}

/* Why no run can be asked for the line that gave a grant; NULL: one can. */
static const char *no_run(const struct grant_periods *answer, const struct tenure *t)
{
	const struct moment m = grant_periods_since(answer, t);
	if (m.unsure)
		return m.unsure;
	if (m.run)
		return NULL;
	return t->from == 0 ? "it was there when the history began"
	       : m.drift    ? "it came by drift, which nobody approved"
			    : "the commit that has it names no run";
}

static void trace_firsts(struct grant_periods *answer, const struct grant_periods_source *source,
			 struct arena *a)
{
	struct past_line_request_vec requests = {0};
	struct past_lines *lines =
		past_lines_new(source->manifests, source->signers, source->strings);
	for (size_t i = 0; i < answer->tenures.len; i++) {
		const struct tenure *t = &answer->tenures.at[i];
		struct past_line_request r = {.principal = &t->principal,
					      .entitlement = &t->entitlement,
					      .unknown = no_run(answer, t)};
		struct error *error =
			r.unknown ? NULL
				  : past_manifests_of_moment(source->snapshots, a,
							     grant_periods_moment(answer, t->from),
							     &r.commit);
		if (error)
			r.unknown = error_text(a, error);
		error_free(error);
		vec_push(a, &requests, r);
	}
	past_lines_find(lines, a, &requests);
	past_lines_free(lines);
	answer->firsts = requests.at;
}

void grant_periods_trace(struct grant_periods *answer, const struct grant_periods_source *source,
			 struct arena *a)
{
	trace_lines(answer, source->signers, a);
	trace_firsts(answer, source, a);
}

static bool is_approved(const struct grant_periods *answer, const struct tenure *t, struct arena *a)
{
	const struct past_manifests *r = &answer->reasons;
	size_t count;
	bool claimed;
	const struct declaration *s =
		past_manifests_find(r, &t->principal, &t->entitlement, &count);
	for (size_t k = 0; k < count; k++) {
		const struct fact *f = &answer->facts[s + k - r->declarations.at];
		if (reviewers_approver(a, fact_origin(f), &claimed))
			return true;
	}
	return false;
}

void grant_periods_keep_unapproved(struct grant_periods *answer, struct arena *a)
{
	size_t kept = 0;
	for (size_t i = 0; i < answer->tenures.len; i++) {
		if (is_approved(answer, &answer->tenures.at[i], a))
			continue;
		answer->firsts[kept] = answer->firsts[i];
		answer->tenures.at[kept++] = answer->tenures.at[i];
	}
	answer->tenures.len = kept;
}
