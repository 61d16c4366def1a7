/* SPDX-License-Identifier: Apache-2.0 */
/* A plan in one sentence: how much it changes, or why nothing. */
#include "core/render/render.h"

static bool has_ignored(const struct plan *plan)
{
	for (size_t i = 0; i < plan->drift.len; i++) {
		if (plan->drift.at[i].fate == DRIFT_IGNORED)
			return true;
	}
	return false;
}

/* "2 accounts and grants are", for what is not possible yet. */
static const char *blocked_words(struct arena *a, const struct plan *plan)
{
	size_t all = plan->blocked.len, accounts = 0;
	for (size_t i = 0; i < all; i++)
		accounts += !plan->blocked.at[i].entitlement;
	const char *what = accounts == 0     ? "grant"
			   : accounts == all ? "account"
					     : "accounts and grant";
	return arena_printf(a, "%zu %s%s", all, what, all == 1 ? " is" : "s are");
}

/* Why there are no changes, where all that is claimed was seen and is possible. */
static const char *why_none(const struct plan *plan)
{
	if (has_ignored(plan))
		return "What the manifests ignore is left as it is.";
	if (!plan->whole && !plan->restores && plan->base)
		return "Nothing of the drift is left that this plan takes back.";
	if (!plan->whole && !plan->restores)
		return "Nothing of the run is left that this plan takes back.";
	if (plan->summary.unlisted)
		return "What is live and not listed is left alone.";
	return plan->restores ? "The live organisation is as the snapshot says."
			      : "The live organisation matches the manifests.";
}

static const char *no_changes(struct arena *a, const struct plan *plan)
{
	size_t unseen = plan->summary.unseen;
	const bool blind = plan->unseen.len || !plan_says_all(plan);
	struct str out = STR(a);
	str_add(&out, "No changes");
	if (plan->target)
		str_printf(&out, " of %s", render_words(a, plan->target));
	if (blind && (unseen || !plan->target))
		str_add(&out, " in what can be seen");
	if (unseen)
		str_printf(&out, "; %zu claimed grant%s cannot be seen", unseen,
			   unseen == 1 ? "" : "s");
	if (plan->blocked.len)
		str_printf(&out, "%s%s not possible yet", unseen || plan->target ? "; " : ". ",
			   blocked_words(a, plan));
	if (plan->target)
		str_add(&out, "; --target leaves out all else");
	str_addc(&out, '.');
	if (!plan->target && !plan->blocked.len && !blind)
		str_printf(&out, " %s", why_none(plan));
	return str_text(&out);
}

const char *render_summary(struct arena *a, const struct plan *plan)
{
	const struct summary *s = &plan->summary;
	size_t pending = plan_pending(plan);
	struct str out = STR(a);
	if (plan->changes.len == 0)
		return no_changes(a, plan);
	str_printf(&out, "Plan: %zu to add, %zu to change, %zu to remove", s->add, s->change,
		   s->remove);
	if (s->withheld)
		str_printf(&out, " (%zu removal%s withheld)", s->withheld,
			   s->withheld == 1 ? "" : "s");
	if (s->manual)
		str_printf(&out, ", %zu of them by hand", s->manual);
	if (s->attested)
		str_printf(&out, ", %zu of them attested and not seen", s->attested);
	if (pending + s->attested < plan->changes.len)
		str_printf(&out, ", %zu of them not pending",
			   plan->changes.len - pending - s->attested);
	if (plan->blocked.len)
		str_printf(&out, ", and %zu not possible yet", plan->blocked.len);
	if (s->unseen)
		str_printf(&out, "; %zu cannot be seen", s->unseen);
	if (plan->target)
		str_printf(&out, ", of %s alone", render_words(a, plan->target));
	str_addc(&out, '.');
	return str_text(&out);
}
