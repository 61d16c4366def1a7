/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a plan may still be carried out after the runs before it, and what becomes of those that
 * stopped. */
#include <string.h>

#include "core/apply/applier.h"
#include "core/ledger/last_manifests.h"
#include "core/util/clock.h"

static bool is_this(const struct applier *p, const struct open_run *r)
{
	return !strcmp(r->plan, p->in->planned->digest);
}

/* Whether this is the ledger that the plan was made beside, as far as its length tells. */
static bool is_ledger_of_plan(const struct applier *p)
{
	uint64_t number = p->plan->ledger_number;
	return number && ledger_number(p->in->ledger) > number;
}

static struct error *check_used(const struct applier *p)
{
	const struct ledger_view *v = &p->view;
	char kept[TIME_TEXT];
	if (p->resumed || !(p->in->saved || p->in->expected))
		return NULL;
	for (size_t i = 0; i < v->used.len; i++) {
		if (!strcmp(v->used.at[i].plan, applier_used_as(p)))
			return error_new(ERROR_REFUSED,
					 "this plan has been applied already (run %s); make a new "
					 "one",
					 v->used.at[i].run);
	}
	if (p->in->recorded)
		return error_new(
			ERROR_REFUSED,
			"this plan has been applied already (commit %.12s); make a new one",
			p->in->recorded);
	if (p->in->untold && !p->in->allow_older && !is_ledger_of_plan(p))
		return error_new(ERROR_INPUT,
				 "whether this plan has been applied already cannot be told: %s; "
				 "--allow-older insists; nothing was sent",
				 p->in->untold);
	time_format(v->used_since, kept);
	if (p->plan->created < v->used_since)
		return error_new(ERROR_REFUSED,
				 "the plan was made before %s, and which plans were used before "
				 "that is not on record; make a new one",
				 kept);
	return NULL;
}

/* Something else was applied since: what this plan says was decided anew. */
static struct error *check_superseded(const struct applier *p)
{
	const struct last_applied *latest = &p->view.latest;
	char moment[TIME_TEXT];
	if (!p->in->saved || p->resumed || p->in->allow_older ||
	    latest->number <= p->plan->ledger_number ||
	    last_manifests_are(latest, p->plan->manifest_digest))
		return NULL;
	time_format(latest->begun, moment);
	return error_new(ERROR_REFUSED,
			 "the plan is superseded: something else was applied at %s%s%s; make a new "
			 "one",
			 moment, latest->run ? ", run " : "", latest->run ? latest->run : "");
}

/* Where there is no history here to compare with: the plan may have been made where it was at hand,
 * and carry the warning along. */
static struct error *check_warnings(const struct plan *plan)
{
	for (size_t i = 0; i < plan->warnings.len; i++) {
		const struct diagnostic *d = &plan->warnings.at[i];
		bool older = !strcmp(d->id, PLAN_WARNS_OLDER);
		if (older || !strcmp(d->id, PLAN_WARNS_UNTOLD))
			return error_new(older ? ERROR_REFUSED : ERROR_INPUT,
					 "the plan was made with this warning: %s; %s", d->summary,
					 d->detail);
	}
	return NULL;
}

/* ERROR_REFUSED: manifests of a later commit were applied. ERROR_INPUT: that cannot be told. */
static struct error *check_older(const struct applier *p)
{
	enum manifests_age age;
	const char *why;
	if (p->resumed || p->in->allow_older)
		return NULL;
	TRY(last_manifests_compare(&p->view.last, p->plan->manifest_commit, p->in->repository,
				   p->arena, &age, &why));
	if (age == MANIFESTS_OLDER)
		return error_new(ERROR_REFUSED,
				 "the manifests are older than those that were applied last: %s; "
				 "take the newer ones, or insist with --allow-older",
				 why);
	if (age == MANIFESTS_UNTOLD)
		return error_new(ERROR_INPUT,
				 "whether the manifests are older than those that were applied "
				 "last cannot be told: %s, and --allow-older insists; nothing was "
				 "sent",
				 why);
	return age == MANIFESTS_UNJUDGED ? check_warnings(p->plan) : NULL;
}

/* Refuses while a run that stopped owes somebody a secret: once that run is superseded, nothing
 * would remember it. */
static struct error *check_owed(struct arena *a, struct ledger *l, const struct provider_writer *w,
				struct provider *session, const struct open_run *r)
{
	const char *account = NULL;
	struct ledger_entry_vec entries = {0};
	if (!provider_has_sink(w, session))
		return NULL;
	TRY(run_records_read(l, a, r, &entries));
	account = recall_owed(a, &entries);
	if (!account)
		return NULL;
	return error_new(ERROR_REFUSED,
			 "an earlier run was making account \"%s\", whose secret has not reached "
			 "the sink (run %s): `writ apply --resume` goes on with it, and `writ "
			 "ledger close %s --why TEXT` says that there is none; nothing was sent",
			 account, r->name, r->name);
}

struct error *applier_settle_history(struct applier *p)
{
	const struct ledger_view *v = &p->view;
	const struct open_run *same = NULL;
	struct ledger_entry_vec entries = {0};
	for (size_t i = 0; i < v->open.len; i++)
		same = is_this(p, &v->open.at[i]) ? &v->open.at[i] : same;
	if (same) {
		TRY(run_records_read(p->in->ledger, p->arena, same, &entries));
		applier_recall(p, &entries);
		p->out->run = same->name;
		p->out->actor = same->by;
		p->resumed = p->begun = p->on_record = true;
	}
	TRY(check_used(p));
	TRY(check_superseded(p));
	if (!last_manifests_are(&p->view.last, p->plan->manifest_digest))
		TRY(check_older(p));
	for (size_t i = 0; i < v->open.len; i++) {
		if (!is_this(p, &v->open.at[i]))
			TRY(check_owed(p->arena, p->in->ledger, p->in->provider->writer,
				       p->in->session, &v->open.at[i]));
	}
	return NULL;
}

void applier_supersede(struct applier *p)
{
	struct open_run_vec *open = &p->view.open;
	size_t kept = 0;
	for (size_t i = 0; i < open->len; i++) {
		const struct open_run *r = &open->at[i];
		if (is_this(p, r)) {
			open->at[kept++] = *r;
			continue;
		}
		ledger_add(p->in->ledger, ENTRY_END, r->name, "{\"end\": \"superseded\"}");
		if (p->in->note)
			p->in->note(arena_printf(p->arena,
						 "an earlier run stopped part-way (%s, by %s); "
						 "this plan starts from what it left",
						 r->name, r->by));
	}
	open->len = kept;
}

static const char *tell_looser(struct arena *a, const struct loosened_vec *looser)
{
	struct str out = STR(a);
	for (size_t i = 0; i < looser->len; i++) {
		const struct loosened *l = &looser->at[i];
		str_printf(&out, "%s%s%s%s %lld (the plan says %lld)", i ? ", " : "", l->name,
			   l->subject ? " of " : "", l->subject ? l->subject : "",
			   (long long)l->before, (long long)l->now);
	}
	return str_text(&out);
}

/* A plan that nobody vouches for may say what it likes of its manifests' limits: those that held
 * for the last apply of all manifests hold for it too. */
void applier_keep_limits(struct applier *p)
{
	struct loosened_vec looser = {0};
	const struct guards *set = p->view.last.set;
	if (p->vouched || !set)
		return;
	const struct policy held = policy_tighten(p->policy, set);
	policy_find_loosened(&held, &p->policy, p->arena, &looser);
	if (looser.len && p->in->note)
		p->in->note(arena_printf(
			p->arena,
			"limits that manifests set at the last apply hold for a plan that is "
			"neither signed nor named by --expect: %s",
			tell_looser(p->arena, &looser)));
	p->policy = held;
}
