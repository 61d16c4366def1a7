/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/render_text_parts.h"

#include <string.h>

static void add_title(struct str *out, const char *title, bool colour)
{
	str_printf(out, colour ? "\n\033[1;31m%s\033[0m" : "\n%s", title);
}

/* ---- limits ---- */

static const char *limit_text(struct arena *a, const struct loosened *l, int64_t value)
{
	const struct guard like = {.name = l->name};
	return arena_printf(a, "%lld%s", (long long)value, guard_unit(&like));
}

const char *render_loosened(struct arena *a, const struct loosened *l)
{
	return arena_printf(a, "%s%s%s: %s, was %s", render_words(a, l->name),
			    l->subject ? " of " : "", l->subject ? render_words(a, l->subject) : "",
			    limit_text(a, l, l->now), limit_text(a, l, l->before));
}

void render_refusals_text(struct str *out, const struct plan *plan, bool colour)
{
	struct arena *a = out->arena;
	size_t count = 0;
	for (size_t i = 0; i < plan->warnings.len; i++)
		count += plan_is_refused_for(&plan->warnings.at[i]);
	if (count == 0)
		return;
	add_title(out, "APPLY REFUSES THIS", colour);
	str_printf(out, " (%zu)\n", count);
	for (size_t i = 0; i < plan->warnings.len; i++) {
		const struct diagnostic *d = &plan->warnings.at[i];
		if (plan_is_refused_for(d))
			str_printf(out, "  %s  %s; %s\n", d->id, render_words(a, d->summary),
				   render_words(a, d->detail));
	}
}

void render_policy_text(struct str *out, const struct plan *plan, bool colour)
{
	struct arena *a = out->arena;
	if (plan->loosened.len) {
		add_title(out, "POLICY", colour);
		str_printf(out, " (%zu): guards are looser than those of %s\n", plan->loosened.len,
			   render_words(a, plan->policy_before));
	}
	for (size_t i = 0; i < plan->loosened.len; i++)
		str_printf(out, "  %s\n", render_loosened(a, &plan->loosened.at[i]));
	if (plan->lost_rules.len) {
		add_title(out, "POLICY", colour);
		str_printf(out, " (%zu): rules of %s are not kept any more\n", plan->lost_rules.len,
			   render_words(a, plan->rules_before));
	}
	for (size_t i = 0; i < plan->lost_rules.len; i++)
		str_printf(out, "  %s\n", render_words(a, plan->lost_rules.at[i]));
}

/* ---- who accounts are ---- */

void render_identity_text(struct str *out, const struct plan *plan, bool colour)
{
	const struct identity_vec *all = &plan->identities;
	if (all->len == 0)
		return;
	add_title(out, "IDENTITY", colour);
	str_printf(out, " (%zu)\n", all->len);
	for (size_t i = 0; i < all->len; i++)
		str_printf(out, "  %s  %s\n", render_words(out->arena, all->at[i].account),
			   all->at[i].message);
}

/* ---- what a change has besides its name ---- */

static const char *text_value(struct arena *a, const char *text)
{
	return text ? arena_printf(a, "\"%s\"", render_words(a, text)) : "nothing";
}

static const char *labels_value(struct arena *a, const struct label_vec *labels)
{
	struct str out = STR(a);
	for (size_t i = 0; i < labels->len; i++)
		str_printf(&out, "%s%s: %s", i ? ", " : "", render_words(a, labels->at[i].key),
			   text_value(a, labels->at[i].value));
	return labels->len ? str_text(&out) : "nothing";
}

static const char *value_of(struct arena *a, const struct account *account, unsigned attribute)
{
	switch (attribute) {
	case ATTRIBUTE_DESCRIPTION:
		return text_value(a, account->description);
	case ATTRIBUTE_OWNER:
		return text_value(a, account->owner);
	case ATTRIBUTE_LABELS:
		return labels_value(a, &account->meta.labels);
	case ATTRIBUTE_PROJECT:
		return text_value(a, account->project);
	default:
		return text_value(a, account_credential(account));
	}
}

void render_values_text(struct str *out, const struct account *before, const struct account *after,
			unsigned set)
{
	struct arena *a = out->arena;
	for (unsigned bit = 1; bit <= ATTRIBUTE_ALL; bit <<= 1) {
		if (set & bit)
			str_printf(out, "      %s: %s → %s\n", render_attributes(a, bit),
				   value_of(a, before, bit), value_of(a, after, bit));
	}
}

static void add_lost(struct str *out, const struct change *c, bool roles)
{
	for (size_t i = 0; c->lost && i < c->lost->len; i++) {
		const struct entitlement *e = c->lost->at[i];
		if (!e->role == !roles)
			str_printf(out, "      - %s\n", render_entitlement(out->arena, e));
	}
}

void render_lost_text(struct str *out, const struct change *c)
{
	add_lost(out, c, true);
	add_lost(out, c, false);
}
