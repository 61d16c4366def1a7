/* SPDX-License-Identifier: Apache-2.0 */
/* What an organisation's own rules find (core/model/house_rules.h). Bundles are looked at once and
 * never expanded: what a set costs grows with its lines, not with what they grant. */
#include <fnmatch.h>

#include "core/language/linter.h"
#include "core/model/declaration.h"
#include "core/util/clock.h"

static struct entitlement entitlement_of(const struct assignment *assignment,
					 const struct entry *entry, bool is_api)
{
	const struct declaration_line line = {
		.assignment = assignment, .entry = entry, .is_api = is_api};
	return declaration_entitlement(&line);
}

/* Whether one more would only be counted: then no words are made for it. */
static bool is_only_counted(struct linter *l, enum weight weight, const char *id,
			    struct location at)
{
	enum severity severity = weight == WEIGHT_ERROR ? SEVERITY_ERROR : SEVERITY_WARNING;
	if (!report_is_full(l->report, severity))
		return false;
	linter_find(l, weight, id, at, "", "%s", "");
	return true;
}

/* ---- what declarations need ---- */

static void lacks(struct linter *l, const struct rule_need *need, struct location at,
		  const char *wanted, const char *what)
{
	if (is_only_counted(l, need->weight, "W0721", at))
		return;
	linter_find(l, need->weight, "W0721", at,
		    arena_printf(l->report->arena, "%s; %s:%u asks for it", wanted,
				 shown_file(l->report->arena, need->grant.at.file),
				 need->grant.at.line),
		    "a grant %s", what);
}

static void check_end(struct linter *l, const struct rule_need *need, const struct words *words,
		      struct location at)
{
	int32_t last = l->today + need->ends_within;
	char day[DATE_TEXT];
	if (need->ends_within < 0 ||
	    (words && words->expires != DATE_NONE && words->expires <= last) ||
	    is_only_counted(l, need->weight, "W0721", at))
		return;
	date_format(last, day);
	lacks(l, need, at, arena_printf(l->report->arena, "say \"expires\", %s at the latest", day),
	      words && words->expires != DATE_NONE ? "that ends too late" : "without an end");
}

static void check_words(struct linter *l, const struct rule_need *need, const struct entry *e)
{
	const struct words *words = e->words;
	struct arena *a = l->report->arena;
	bool ticket = words && words->ticket;
	bool wrong = need->ticket && (!ticket || fnmatch(need->ticket, words->ticket, 0) != 0);
	if (need->reason && !(words && words->reason))
		lacks(l, need, e->at, "say why in \"reason\"", "without a reason");
	if (!wrong || is_only_counted(l, need->weight, "W0721", e->at))
		; /* nothing to say */
	else if (!ticket)
		lacks(l, need, e->at,
		      arena_printf(a, "say \"ticket\", like %s", quoted(a, need->ticket)),
		      "without a ticket");
	else
		lacks(l, need, e->at,
		      arena_printf(a, "expected one like %s", quoted(a, need->ticket)),
		      arena_printf(a, "with the ticket %s", quoted(a, words->ticket)));
	check_end(l, need, words, e->at);
}

static void check_owner(struct linter *l, const struct rule_need *need, const struct account *a)
{
	if (need->owner && a && !a->owner)
		lacks(l, need, a->meta.name_at, "name who answers for it in \"owner\"",
		      "to an account without an owner");
}

/* A list of an account, of a bundle (`account` NULL) or of an assignment, and the account that an
 * item of it is about. */
struct entry_list {
	const struct entry_vec *entries;
	const struct account *account;
	const struct assignment *assignment;
	bool is_api;
};

static const struct account *holder_of(const struct linter *l, const struct entry_list *list,
				       const struct entry *e)
{
	if (!list->assignment)
		return list->account;
	return e->member == PRINCIPAL_ACCOUNT ? model_find_account(&l->index, e->name) : NULL;
}

static void check_list(struct linter *l, const struct rules *rules, const struct entry_list *list)
{
	for (size_t i = 0; i < list->entries->len; i++) {
		const struct entry *e = &list->entries->at[i];
		struct entitlement grant = entitlement_of(list->assignment, e, list->is_api);
		for (size_t k = 0; k < rules->require.len; k++) {
			const struct rule_need *need = &rules->require.at[k];
			if (words_have_ended(e->words, l->today) ||
			    !rule_grant_takes(&need->grant, &grant))
				continue;
			check_words(l, need, e);
			check_owner(l, need, holder_of(l, list, e));
		}
	}
}

static void check_lists(struct linter *l, const struct rules *rules, const struct account *a,
			const struct entry_vec *roles, const struct entry_vec *products,
			const struct entry_vec *apis)
{
	check_list(l, rules, &(struct entry_list){.entries = roles, .account = a});
	check_list(l, rules, &(struct entry_list){.entries = products, .account = a});
	check_list(l, rules, &(struct entry_list){.entries = apis, .account = a, .is_api = true});
}

static bool any_taken(const struct linter *l, const struct rule_grant *grant,
		      const struct entry_vec *entries, bool is_api)
{
	for (size_t i = 0; i < entries->len; i++) {
		struct entitlement e = entitlement_of(NULL, &entries->at[i], is_api);
		if (!words_have_ended(entries->at[i].words, l->today) &&
		    rule_grant_takes(grant, &e))
			return true;
	}
	return false;
}

static bool bundle_brings(const struct linter *l, const struct rule_grant *grant,
			  const struct bundle *b)
{
	return any_taken(l, grant, &b->roles, false) || any_taken(l, grant, &b->products, false) ||
	       any_taken(l, grant, &b->apis, true);
}

/* An account answers for what its bundles bring. */
static void check_bundled_owner(struct linter *l, const struct rule_need *need)
{
	const struct bundle_vec *all = &l->model->bundles;
	bool *brings = arena_zalloc(l->arena, all->len + 1);
	for (size_t i = 0; i < all->len; i++)
		brings[i] = bundle_brings(l, &need->grant, &all->at[i]);
	for (size_t i = 0; i < l->model->accounts.len; i++) {
		const struct account *a = &l->model->accounts.at[i];
		for (size_t k = 0; a->state != STATE_ABSENT && k < a->bundles.len; k++) {
			const struct bundle *b =
				model_find_bundle(&l->index, a->bundles.at[k].text);
			if (b && brings[b - all->at])
				check_owner(l, need, a);
		}
	}
}

static void check_needs(struct linter *l, const struct rules *rules)
{
	const struct model *m = l->model;
	for (size_t i = 0; i < m->accounts.len; i++) {
		const struct account *a = &m->accounts.at[i];
		if (a->state != STATE_ABSENT)
			check_lists(l, rules, a, &a->roles, &a->products, &a->apis);
	}
	for (size_t i = 0; i < m->bundles.len; i++) {
		const struct bundle *b = &m->bundles.at[i];
		check_lists(l, rules, NULL, &b->roles, &b->products, &b->apis);
	}
	const struct assignment_vec *sorts[] = {&m->roles, &m->products};
	for (size_t s = 0; s < sizeof(sorts) / sizeof(*sorts); s++) {
		for (size_t i = 0; i < sorts[s]->len; i++)
			check_list(l, rules,
				   &(struct entry_list){.entries = &sorts[s]->at[i].members,
							.assignment = &sorts[s]->at[i]});
	}
	for (size_t i = 0; i < rules->require.len; i++) {
		if (rules->require.at[i].owner)
			check_bundled_owner(l, &rules->require.at[i]);
	}
}

/* ---- what stays apart ---- */

/* A line that gives a principal one of the grants of a rule. */
struct hit {
	struct principal who;
	int number; /* of the rule's grants */
	struct location at;
};

VEC(mention_vec, const struct bundle *);

struct apart {
	struct linter *linter;
	const struct mention_vec *mentions; /* of bundles, in the order of the index's accounts */
	struct arena *arena; /* of this rule: its hits are as many as the mentions of bundles */
	const struct rule_apart *rule;
	VEC(, struct hit) hits;
};

static void tell(struct apart *p, const struct hit *x, const struct hit *y)
{
	const struct rule_apart *rule = p->rule;
	bool turned = location_compare(x->at, y->at) > 0;
	const struct hit *first = turned ? y : x, *then = turned ? x : y;
	struct arena *a = p->linter->report->arena;
	if (is_only_counted(p->linter, rule->weight, "W0722", then->at))
		return;
	linter_find(p->linter, rule->weight, "W0722", then->at,
		    arena_printf(a, "%s:%u keeps them apart%s%s", shown_file(a, rule->at.file),
				 rule->at.line, rule->reason ? ": " : "",
				 rule->reason ? quoted_words(a, rule->reason) : ""),
		    "%s is to hold this beside what %s:%u:%u grants", quoted(a, then->who.name),
		    shown_file(a, first->at.file), first->at.line, first->at.column);
}

static void add_hit(struct apart *p, enum principal_kind kind, const char *name, int number,
		    struct location at)
{
	if (number >= 0)
		vec_push(p->arena, &p->hits, (struct hit){{name, kind, 0}, number, at});
}

static int number_of(const struct apart *p, const struct entry_list *list, const struct entry *e)
{
	struct entitlement grant = entitlement_of(list->assignment, e, list->is_api);
	return words_have_ended(e->words, p->linter->today) ? -1 : rule_apart_find(p->rule, &grant);
}

static void add_list(struct apart *p, const struct entry_list *list)
{
	for (size_t i = 0; i < list->entries->len; i++) {
		const struct entry *e = &list->entries->at[i];
		int number = number_of(p, list, e);
		if (list->account)
			add_hit(p, PRINCIPAL_ACCOUNT, list->account->meta.name, number, e->at);
		else
			add_hit(p, e->member, e->name, number, e->at);
	}
}

/* Which of the rule's grants a bundle brings, as a set. */
static unsigned set_of(const struct apart *p, const struct bundle *b)
{
	const struct entry_list lists[] = {{.entries = &b->roles},
					   {.entries = &b->products},
					   {.entries = &b->apis, .is_api = true}};
	unsigned set = 0;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		for (size_t k = 0; k < lists[i].entries->len; k++) {
			int number = number_of(p, &lists[i], &lists[i].entries->at[k]);
			set |= number < 0 ? 0 : 1U << number;
		}
	}
	return set;
}

/* A bundle that brings two of them is a breach by itself; then one more hit tells it. */
static void add_bundle(struct apart *p, const struct account *a, const struct text_item *mention,
		       unsigned set)
{
	for (int number = 0, told = 0; number < RULE_GRANTS_MAX && told < 2; number++) {
		if (!(set & 1U << number))
			continue;
		add_hit(p, PRINCIPAL_ACCOUNT, a->meta.name, number, mention->at);
		told++;
	}
}

static void add_accounts(struct apart *p)
{
	struct linter *l = p->linter;
	const struct bundle_vec *all = &l->model->bundles;
	unsigned *sets = arena_zalloc(p->arena, (all->len + 1) * sizeof(*sets));
	for (size_t i = 0; i < all->len; i++)
		sets[i] = set_of(p, &all->at[i]);
	for (size_t i = 0, m = 0; i < l->index.accounts.len;
	     m += l->index.accounts.at[i++]->bundles.len) {
		const struct account *a = l->index.accounts.at[i];
		if (a->state == STATE_ABSENT)
			continue;
		add_list(p, &(struct entry_list){.entries = &a->roles, .account = a});
		add_list(p, &(struct entry_list){.entries = &a->products, .account = a});
		add_list(p,
			 &(struct entry_list){.entries = &a->apis, .account = a, .is_api = true});
		for (size_t k = 0; k < a->bundles.len; k++) {
			const struct bundle *b = p->mentions->at[m + k];
			if (b)
				add_bundle(p, a, &a->bundles.at[k], sets[b - all->at]);
		}
	}
}

static void add_assignments(struct apart *p, const struct assignment_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct assignment *d = &all->at[i];
		const struct entry nobody = {.words = NULL};
		const struct entry_list list = {.entries = &d->members, .assignment = d};
		if (number_of(p, &list, &nobody) >= 0)
			add_list(p, &list);
	}
}

static int by_principal_then_place(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	int order = principal_compare(&x->who, &y->who);
	return order ? order : location_compare(x->at, y->at);
}

/* Looked up once for all rules. */
static void find_mentions(struct linter *l, struct mention_vec *out)
{
	for (size_t i = 0; i < l->index.accounts.len; i++) {
		const struct text_vec *names = &l->index.accounts.at[i]->bundles;
		for (size_t k = 0; k < names->len; k++)
			vec_push(l->arena, out, model_find_bundle(&l->index, names->at[k].text));
	}
}

static void check_apart(struct linter *l, const struct mention_vec *mentions,
			const struct rule_apart *rule)
{
	ARENA scratch = {0};
	struct apart p = {.linter = l, .mentions = mentions, .arena = &scratch, .rule = rule};
	add_accounts(&p);
	add_assignments(&p, &l->model->roles);
	add_assignments(&p, &l->model->products);
	vec_sort(&p.hits, by_principal_then_place);
	for (size_t i = 1, first = 0; i < p.hits.len; i++) {
		const struct hit *one = &p.hits.at[first], *other = &p.hits.at[i];
		if (principal_compare(&one->who, &other->who) != 0)
			first = i;
		else if (one->number != other->number)
			tell(&p, one, other);
	}
}

void lint_rules(struct linter *l)
{
	const struct rules *sides[] = {l->options->operator_rules, &l->organization->rules};
	struct mention_vec mentions = {0};
	find_mentions(l, &mentions);
	for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); i++) {
		if (sides[i] && sides[i]->require.len)
			check_needs(l, sides[i]);
		for (size_t k = 0; sides[i] && k < sides[i]->apart.len; k++)
			check_apart(l, &mentions, &sides[i]->apart.at[k]);
	}
}
