/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody has to read beside changes: what guards say, what is not possible, what is not
 * seen. */
#include <string.h>

#include "core/render/render.h"
#include "core/render/review.h"

/* ---- guards ---- */

/* Whether a guard counts the change. */
static bool is_counted(const struct guard *g, const struct change *c)
{
	static const struct {
		const char *guard;
		enum risk risk;
	} counted[] = {{"maxAdminGrants", RISK_ADMIN_GRANT},
		       {"roleRemovals", RISK_ADMIN_REMOVAL},
		       {"accountDeletes", RISK_ACCOUNT_DELETE},
		       {"maxRemovals", RISK_REMOVAL},
		       {"maxRemovalDelta", RISK_REMOVAL}};
	for (size_t i = 0; i < sizeof(counted) / sizeof(*counted); i++) {
		if (!strcmp(g->name, counted[i].guard))
			return c->risk == counted[i].risk;
	}
	return c->withheld;
}

/* The line that a guard is told on: that of the first change it counts, else of the first change.
 */
static struct location stopped_at(struct arena *a, const struct plan *plan, const struct guard *g)
{
	size_t first = 0;
	if (plan->changes.len == 0)
		return (struct location){0};
	while (first < plan->changes.len && !is_counted(g, &plan->changes.at[first]))
		first++;
	struct location at = change_cause(&plan->changes.at[first < plan->changes.len ? first : 0]);
	if (at.file)
		at.file = review_file(a, at.file);
	return at;
}

static const char *remedy_of(struct arena *a, const struct guard *g)
{
	const char *key = guard_key(g);
	if (g->verdict == VERDICT_ALLOWED)
		return NULL;
	if (g->flag)
		return arena_printf(a, "allow with %s%s%s", render_shown(a, g->flag),
				    key ? ", or by " : "", key ? key : "");
	return key ? arena_printf(a, "no option allows it; %s sets the limit", key) : NULL;
}

void review_add_guards(struct review *out, struct arena *a, const struct guard_vec *guards,
		       const struct plan *plan)
{
	static const enum review_level levels[VERDICT_COUNT] = {LEVEL_NOTE, LEVEL_NOTE,
								LEVEL_WARNING, LEVEL_ERROR};
	for (size_t i = 0; i < guards->len; i++) {
		const struct guard *g = &guards->at[i];
		const char *unit = guard_unit(g);
		if (g->verdict == VERDICT_PASS)
			continue;
		struct review_item item = {
			.rule = "guard",
			.what = arena_printf(a, "%s%s%s: %lld%s, limit %lld%s",
					     render_shown(a, g->name), g->subject ? " of " : "",
					     g->subject ? render_words(a, g->subject) : "",
					     (long long)g->value, unit, (long long)g->limit, unit),
			.marks = verdict_name(g->verdict),
			.note = remedy_of(a, g),
			.address = arena_printf(a, "%s %s", g->name, g->subject ? g->subject : ""),
			.at = stopped_at(a, plan, g),
			.borrowed = true,
			.level = levels[g->verdict],
		};
		review_add(out, a, &item);
	}
}

/* ---- what is not possible ---- */

void review_add_blocked(struct review *out, struct arena *a, const struct blocked_vec *all,
			enum review_level level)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct blocked_item *b = &all->at[i];
		struct review_item item = {
			.rule = "blocked",
			.sign = "+",
			.what = render_blocked(a, b->entitlement),
			.who = render_principal(a, b->principal),
			.marks = b->message,
			.note = b->nearest ? arena_printf(a, "did you mean %s?",
							  render_words(a, b->nearest))
					   : NULL,
			.address = change_address(a, b->principal, b->entitlement),
			.at = b->at,
			.level = level,
		};
		if (item.at.file)
			item.at.file = review_file(a, item.at.file);
		review_add(out, a, &item);
	}
}

/* ---- what is not seen ---- */

void review_add_unseen(struct review *out, struct arena *a, const struct unseen_vec *all,
		       enum review_level level)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct unseen_item *u = &all->at[i];
		struct review_item item = {
			.rule = "unseen",
			.what = render_entitlement(a, u->entitlement),
			.marks = u->ended ? arena_printf(
						    a,
						    "%zu should have ended, and may still be held",
						    u->ended)
					  : NULL,
			.note = render_unseen_note(a, u),
			.address = arena_printf(a, "%s, %s", entitlement_address(a, u->entitlement),
						u->source ? u->source : "no source"),
			.level = level,
		};
		review_add(out, a, &item);
	}
}
