/* SPDX-License-Identifier: Apache-2.0 */
/* What an organisation's own rules find (core/model/house_rules.h). */
#include <fnmatch.h>

#include "core/language/linter.h"
#include "core/model/declaration.h"
#include "core/util/clock.h"

static const struct account *owner_account(const struct linter *l,
					   const struct declaration_line *line)
{
	if (line->account)
		return line->account;
	return line->entry->member == PRINCIPAL_ACCOUNT
		       ? model_find_account(&l->index, line->entry->name)
		       : NULL;
}

/* ---- what declarations need ---- */

struct needs {
	struct linter *linter;
	const struct rules *rules;
};

static void lacks(struct linter *l, const struct rule_need *need, struct location at,
		  const char *wanted, const char *what)
{
	linter_find(l, need->weight, "W0721", at,
		    arena_printf(l->report->arena, "%s; %s:%u asks for it", wanted,
				 need->grant.at.file, need->grant.at.line),
		    "a grant %s", what);
}

static void check_end(struct linter *l, const struct rule_need *need, const struct words *words,
		      struct location at)
{
	int32_t last = l->today + need->ends_within;
	char day[DATE_TEXT];
	if (need->ends_within < 0 ||
	    (words && words->expires != DATE_NONE && words->expires <= last))
		return;
	date_format(last, day);
	lacks(l, need, at, arena_printf(l->report->arena, "say \"expires\", %s at the latest", day),
	      words && words->expires != DATE_NONE ? "that ends too late" : "without an end");
}

static void check_need(struct linter *l, const struct rule_need *need,
		       const struct declaration_line *line)
{
	const struct words *words = line->entry->words;
	struct location at = line->entry->at;
	const struct account *account = owner_account(l, line);
	if (need->reason && !(words && words->reason))
		lacks(l, need, at, "say why in \"reason\"", "without a reason");
	if (need->ticket && !(words && words->ticket))
		lacks(l, need, at,
		      arena_printf(l->report->arena, "say \"ticket\", like %s",
				   quoted(l->report->arena, need->ticket)),
		      "without a ticket");
	else if (need->ticket && fnmatch(need->ticket, words->ticket, 0) != 0)
		lacks(l, need, at,
		      arena_printf(l->report->arena, "expected one like %s",
				   quoted(l->report->arena, need->ticket)),
		      arena_printf(l->report->arena, "with the ticket %s",
				   quoted(l->report->arena, words->ticket)));
	if (need->owner && account && !account->owner)
		lacks(l, need, account->meta.name_at, "name who answers for it in \"owner\"",
		      "to an account without an owner");
	check_end(l, need, words, at);
}

static void check_line(void *context, const struct declaration_line *line)
{
	const struct needs *n = context;
	struct entitlement e = declaration_entitlement(line);
	if (words_have_ended(line->entry->words, n->linter->today))
		return;
	for (size_t i = 0; i < n->rules->require.len; i++) {
		const struct rule_need *need = &n->rules->require.at[i];
		if (rule_grant_takes(&need->grant, &e))
			check_need(n->linter, need, line);
	}
}

/* ---- what stays apart ---- */

/* At the later of two lines. */
static void tell_apart(struct linter *l, const struct rule_apart *rule, const struct declaration *x,
		       const struct declaration *y)
{
	bool turned = location_compare(x->at, y->at) > 0;
	const struct declaration *first = turned ? y : x, *then = turned ? x : y;
	struct arena *a = l->report->arena;
	linter_find(l, rule->weight, "W0722", then->at,
		    arena_printf(a, "%s:%u keeps them apart%s%s", rule->at.file, rule->at.line,
				 rule->reason ? ": " : "",
				 rule->reason ? quoted_words(a, rule->reason) : ""),
		    "%s is to hold this beside what %s:%u:%u grants",
		    quoted(a, then->principal.name), first->at.file, first->at.line,
		    first->at.column);
}

/* The grants of one principal: the first that a rule knows, and each that it keeps apart from
 * that. */
static void check_principal(struct linter *l, const struct rule_apart *rule,
			    const struct declaration *all, size_t count)
{
	const struct declaration *first = NULL;
	for (size_t i = 0; i < count; i++) {
		const struct declaration *d = &all[i];
		int number = d->expired ? -1 : rule_apart_find(rule, &d->entitlement);
		if (number < 0)
			continue;
		if (!first)
			first = d;
		else if (number != rule_apart_find(rule, &first->entitlement))
			tell_apart(l, rule, first, d);
	}
}

static void check_apart(struct linter *l, const struct rules *rules,
			const struct declaration_vec *all)
{
	for (size_t i = 0, end; i < all->len; i = end) {
		for (end = i; end < all->len &&
			      !principal_compare(&all->at[end].principal, &all->at[i].principal);)
			end++;
		for (size_t k = 0; k < rules->apart.len; k++)
			check_principal(l, &rules->apart.at[k], &all->at[i], end - i);
	}
}

void lint_rules(struct linter *l)
{
	const struct rules *sides[] = {l->options->operator_rules, &l->organization->rules};
	struct declaration_vec declared = {0};
	for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); i++) {
		struct needs needs = {l, sides[i]};
		const struct declaration_walk walk = {.line = check_line, .context = &needs};
		if (!sides[i])
			continue;
		if (sides[i]->require.len)
			declaration_walk(l->model, &l->index, &walk);
		if (sides[i]->apart.len && declared.len == 0)
			declaration_collect(l->model, &l->index, l->arena, l->today, &declared);
		if (sides[i]->apart.len)
			check_apart(l, sides[i], &declared);
	}
}
