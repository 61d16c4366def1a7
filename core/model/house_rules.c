/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/house_rules.h"

#include <string.h>

#include "core/model/live.h"
#include "core/model/model.h"
#include "core/util/unicode.h"

static enum rule_sort sort_of(const struct entitlement *e)
{
	if (e->role != ROLE_NONE)
		return RULE_SORT_ROLE;
	return e->api ? RULE_SORT_API : RULE_SORT_PRODUCT;
}

/* A service may take no notice of case, and then a rule must not be led around by it. */
static bool is_said(const char *said, const char *name)
{
	return !said || said == name || (name && !ascii_casecmp(said, name));
}

bool rule_grant_takes(const struct rule_grant *g, const struct entitlement *e)
{
	if (g->any != RULE_SORT_NONE)
		return g->any == sort_of(e);
	return g->role == e->role && (!e->api || g->api) && is_said(g->api, e->api) &&
	       is_said(g->product, e->product) && is_said(g->profile, e->profile) &&
	       is_said(g->group, e->group);
}

int rule_apart_find(const struct rule_apart *rule, const struct entitlement *e)
{
	for (size_t i = 0; i < rule->grants.len; i++) {
		if (rule_grant_takes(&rule->grants.at[i], e))
			return (int)i;
	}
	return -1;
}

/* ---- what is no longer asked for ---- */

static const char *const sort_names[] = {
	[RULE_SORT_ROLE] = "role", [RULE_SORT_PRODUCT] = "product", [RULE_SORT_API] = "api"};

static enum rule_sort sort_of_grant(const struct rule_grant *g)
{
	if (g->any != RULE_SORT_NONE)
		return g->any;
	if (g->role != ROLE_NONE)
		return RULE_SORT_ROLE;
	return g->api ? RULE_SORT_API : RULE_SORT_PRODUCT;
}

static bool is_said_as_widely(const char *wide, const char *narrow)
{
	return !wide || (narrow && is_said(wide, narrow));
}

/* Whether `wide` is about all that `narrow` is about. */
static bool takes_all_of(const struct rule_grant *wide, const struct rule_grant *narrow)
{
	if (wide->any != RULE_SORT_NONE)
		return wide->any == sort_of_grant(narrow);
	return narrow->any == RULE_SORT_NONE && wide->role == narrow->role &&
	       !wide->api == !narrow->api && is_said_as_widely(wide->api, narrow->api) &&
	       is_said_as_widely(wide->product, narrow->product) &&
	       is_said_as_widely(wide->profile, narrow->profile) &&
	       is_said_as_widely(wide->group, narrow->group);
}

static void add_grant(struct str *out, const struct rule_grant *g)
{
	if (g->any != RULE_SORT_NONE) {
		str_printf(out, "any %s", sort_names[g->any]);
		return;
	}
	const struct {
		const char *key, *value;
	} said[] = {{"role", g->role ? role_table[g->role].name : NULL},
		    {"product", g->product},
		    {"profile", g->profile},
		    {"group", g->group},
		    {"api", g->api}};
	for (size_t i = 0, count = 0; i < sizeof(said) / sizeof(*said); i++) {
		if (said[i].value)
			str_printf(out, "%s%s %s", count++ ? " " : "", said[i].key, said[i].value);
	}
}

static const char *weight_words(enum weight weight)
{
	return weight == WEIGHT_ERROR ? "" : ", level warning";
}

/* Of what a rule needs, that which none of `now` asks for as strictly, is left. */
static struct rule_need left_of(const struct rule_need *before, const struct rules *const now[2])
{
	struct rule_need left = *before;
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; now[i] && k < now[i]->require.len; k++) {
			const struct rule_need *n = &now[i]->require.at[k];
			if (n->weight < before->weight || !takes_all_of(&n->grant, &before->grant))
				continue;
			left.reason &= !n->reason;
			left.owner &= !n->owner;
			if (n->ticket && left.ticket && !strcmp(n->ticket, left.ticket))
				left.ticket = NULL;
			if (n->ends_within >= 0 && n->ends_within <= left.ends_within)
				left.ends_within = -1;
		}
	}
	return left;
}

static void find_lost_need(const struct rule_need *before, const struct rules *const now[2],
			   struct arena *a, struct line_vec *out)
{
	struct rule_need left = left_of(before, now);
	struct str text = STR(a), aspects = STR(a);
	if (left.reason)
		str_add(&aspects, ", reason");
	if (left.ticket)
		str_printf(&aspects, ", ticket %s", left.ticket);
	if (left.owner)
		str_add(&aspects, ", owner");
	if (left.ends_within >= 0)
		str_printf(&aspects, ", endsWithin %d", left.ends_within);
	if (aspects.len == 0)
		return;
	str_add(&text, "require ");
	add_grant(&text, &left.grant);
	str_printf(&text, ":%s%s", str_text(&aspects) + 1, weight_words(left.weight));
	vec_push(a, out, str_text(&text));
}

/* Which of the rule's grants all that `narrow` is about counts as; -1: none. */
static int number_of(const struct rule_apart *rule, const struct rule_grant *narrow)
{
	for (size_t i = 0; i < rule->grants.len; i++) {
		if (takes_all_of(&rule->grants.at[i], narrow))
			return (int)i;
	}
	return -1;
}

static bool keeps_as_much_apart(const struct rule_apart *now, const struct rule_apart *before)
{
	unsigned seen = 0; /* two that count as one grant are not kept apart */
	for (size_t i = 0; i < before->grants.len; i++) {
		int number = number_of(now, &before->grants.at[i]);
		if (number < 0 || seen & 1U << number)
			return false;
		seen |= 1U << number;
	}
	return now->weight >= before->weight;
}

static void find_lost_apart(const struct rule_apart *before, const struct rules *const now[2],
			    struct arena *a, struct line_vec *out)
{
	struct str text = STR(a);
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; now[i] && k < now[i]->apart.len; k++) {
			if (keeps_as_much_apart(&now[i]->apart.at[k], before))
				return;
		}
	}
	str_add(&text, "apart ");
	for (size_t i = 0; i < before->grants.len; i++) {
		str_add(&text, i ? ", " : "");
		add_grant(&text, &before->grants.at[i]);
	}
	str_add(&text, weight_words(before->weight));
	vec_push(a, out, str_text(&text));
}

static void find_lost_level(const struct rule_level *before, const struct rules *const now[2],
			    struct arena *a, struct line_vec *out)
{
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; now[i] && k < now[i]->levels.len; k++) {
			const struct rule_level *n = &now[i]->levels.at[k];
			if (!strcmp(n->id, before->id) && n->weight >= before->weight)
				return;
		}
	}
	if (before->weight == WEIGHT_ERROR)
		vec_push(a, out, arena_printf(a, "levels %s: error", before->id));
}

void rules_find_lost(const struct rules *before, const struct rules *const now[2], struct arena *a,
		     struct line_vec *out)
{
	for (size_t i = 0; i < before->require.len; i++)
		find_lost_need(&before->require.at[i], now, a, out);
	for (size_t i = 0; i < before->apart.len; i++)
		find_lost_apart(&before->apart.at[i], now, a, out);
	for (size_t i = 0; i < before->levels.len; i++)
		find_lost_level(&before->levels.at[i], now, a, out);
}
