/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/planning.h"
#include "cmd/writ/drift_runs.h"
#include "cmd/writ/ledger_access.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/writ/snapshot_reading.h"
#include "core/language/manifest.h"
#include "core/language/organization_before.h"
#include "core/ledger/last_manifests.h"
#include "core/plan/planned.h"
#include "core/util/clock.h"
#include "core/util/file.h"
#include "core/util/log.h"
#include "core/util/nearest.h"
#include "providers/registry.h"

/* The earlier name under which a declared account is live; NULL when it is live under its own, or
 * not at all. */
static const char *live_name(const struct account *a, const struct live *live)
{
	for (size_t i = 0; !live_find(live, a->meta.name) && i < a->meta.previously.len; i++) {
		if (live_find(live, a->meta.previously.at[i].text))
			return a->meta.previously.at[i].text;
	}
	return NULL;
}

/* Refuses an account's old name with --target: all changes of an account that gets another name are
 * said under the new one. */
static struct error *check_new_name(const char *target, const struct model_index *wanted,
				    const struct live *live)
{
	for (size_t i = 0; i < wanted->accounts.len; i++) {
		const struct account *a = wanted->accounts.at[i];
		const char *name = a->state == STATE_ABSENT ? NULL : live_name(a, live);
		if (name && !strcmp(name, target))
			return error_new(ERROR_USAGE,
					 "--target: account \"%.64s\" is to become \"%s\"; use the "
					 "new name",
					 target, a->meta.name);
	}
	return NULL;
}

const char *nearest_account(struct arena *a, const char *name, const struct model_index *wanted,
			    const struct live *live)
{
	struct line_vec names = {0};
	for (size_t i = 0; i < wanted->accounts.len; i++)
		vec_push(a, &names, wanted->accounts.at[i]->meta.name);
	for (size_t i = 0; live && i < live->accounts.len; i++)
		vec_push(a, &names, live->accounts.at[i].meta.name);
	return nearest_said(a, name, names.at, names.len);
}

struct error *check_target(const struct run *run, const struct model_index *wanted,
			   const struct live *live)
{
	ARENA scratch = {0};
	const char *target = run->options.target;
	if (!target || model_find_account(wanted, target))
		return NULL;
	if (!live_find(live, target))
		return error_new(ERROR_USAGE, "--target: no account \"%.64s\", declared or live%s",
				 target, nearest_account(&scratch, target, wanted, live));
	return check_new_name(target, wanted, live);
}

struct error *note_ledger(struct run *run, const struct session *session, struct plan *plan)
{
	struct ledger_view view;
	TRY(ledger_access_view(run, session, plan->organization, &view, NULL));
	plan->ledger_number = view.number;
	return NULL;
}

/* Takes from the ledger since when changes by hand wait, and what was attested of them. */
static void tell_steps(struct run *run, const struct ledger_view *view, struct plan *plan)
{
	struct ledger_view *now = arena_alloc(&run->arena, sizeof(*now));
	*now = *view;
	ledger_view_follow(now, plan, &run->arena);
	plan_attest(plan, &now->attested);
	for (size_t i = 0; i < plan->changes.len && now->waiting.len; i++) {
		struct change *c = &plan->changes.at[i];
		if (change_is_manual(c))
			c->since = ledger_view_waits_since(
				now, change_address(&run->arena, c->principal, c->entitlement));
	}
}

/* Warns of a run that is going on: the plan starts from live as it is, which that run may still
 * change. */
static void tell_open(const struct ledger_view *view)
{
	for (size_t i = 0; i < view->open.len; i++)
		log_note("run %s (by %s) has not ended: %s", view->open.at[i].name,
			 view->open.at[i].by,
			 view->held ? "it may be at work"
				    : "`writ apply --resume` goes on with it");
}

void tell_open_runs(struct run *run, const struct session *session, const char *organization)
{
	struct ledger_view view;
	struct error *error = ledger_access_view(run, session, organization, &view, NULL);
	if (error)
		log_note("whether a run has not ended is not known: %s",
			 error_text(&run->arena, error));
	else
		tell_open(&view);
	error_free(error);
}

static const struct organization *find_earlier(struct run *run, const struct manifests *m,
					       const char *at, struct earlier_rules *out)
{
	const char *commit;
	const struct organization *then = organization_before(
		&m->checkout, at, &m->read, m->model.organizations.at[0].meta.name, run->strings,
		&run->arena, &commit);
	if (then)
		*out = (struct earlier_rules){&then->rules,
					      arena_printf(&run->arena, "commit %.12s", commit)};
	return then;
}

/* What limits and rules of this plan are compared with. Limits: those of the last apply, which the
 * ledger knows and no proposal reaches; else those that the manifests had before, or an apply's
 * snapshot says. Rules: those of the commit that was last applied, where the clone has it, and
 * those that the manifests had before. */
static void find_before(struct run *run, const struct manifests *m, const struct ledger_view *view,
			const struct base *base, struct plan_input *out)
{
	if (view->last.commit)
		find_earlier(run, m, view->last.commit, &out->rules_before[0]);
	const struct organization *then = find_earlier(run, m, NULL, &out->rules_before[1]);
	out->guards_of = "the last apply";
	out->guards_before = view->last.policy ?: base->policy;
	if (!then || view->last.policy)
		return;
	out->guards_before = &then->guards;
	out->guards_of = out->rules_before[1].of;
}

/* Notes that there was nothing to compare limits with: then no section POLICY does not mean that
 * nothing was loosened. */
static void tell_unknown_before(struct run *run, const struct manifests *m,
				const struct plan_input *input)
{
	bool guards = input->guards_before, rules = input->rules_before[0].rules;
	if ((guards && rules) || !checkout_lacks_fork_point(&m->checkout))
		return;
	report_add(&run->report, SEVERITY_WARNING, "W0718", m->model.organizations.at[0].at, 0,
		   "fetch the history of the branch that this goes back to (fetch-depth: 0, or git "
		   "fetch --unshallow)",
		   "what %s the manifests had before is not known here, so no loosening is told",
		   guards  ? "rules"
		   : rules ? "guards"
			   : "guards and rules");
}

/* Warns of files that the last apply read and that are no manifests any more: all that they said
 * would be dropped in silence. */
static void check_left_out(struct run *run, const struct manifests *m, const char *commit)
{
	for (size_t i = 0; commit && i < m->left_out.len; i++) {
		const char *file = m->left_out.at[i].file;
		if (checkout_was_manifest(&m->checkout, &run->arena, commit, file))
			report_add(&run->report, SEVERITY_ERROR, "E0110",
				   (struct location){file, 1, 1}, 0,
				   "delete the file, or give it back its apiVersion and kind",
				   "the last apply read this file, and it is no manifest now");
	}
}

/* A snapshot stands for the service that it is of. Any other file is an organisation of its own,
 * whatever provider the manifests name. */
static const struct provider_reader *find_service(const struct run *run, const struct session *s,
						  const struct plan_sides *sides,
						  const struct live *live, const char *provider)
{
	const struct provider_entry *named = registry_find(provider);
	bool between = sides->live && sides->live != run->options.live;
	bool snapshot = live->document && live->document->snapshot.format > 0;
	if (!named || named == s->provider || !(between || snapshot))
		return NULL;
	return named->reader;
}

static void warn(struct run *run, const struct manifests *m, const char *id, const char *remedy,
		 const char *summary, const char *why)
{
	const struct location at = m->model.organizations.at[0].at;
	report_add(&run->report, SEVERITY_WARNING, id, at, 0, remedy, "%s: %s", summary, why);
}

/* Adds a warning for what apply will refuse before it sends anything, so that a reviewer knows it
 * first. */
static struct error *warn_of_history(struct run *run, const struct manifests *m,
				     const struct ledger_view *view, const char *foreign)
{
	enum manifests_age age = MANIFESTS_UNJUDGED;
	const char *why = NULL;
	if (foreign && !run->options.allow_other_ledger)
		warn(run, m, PLAN_WARNS_OTHER_LEDGER,
		     "name the right ledger, move the old one with `writ ledger move`, or give "
		     "apply --allow-other-ledger",
		     "this is another ledger than that of the snapshots, or it lost records",
		     foreign);
	if (!run->options.allow_older && !last_manifests_are(&view->last, m->digest))
		TRY(last_manifests_compare(&view->last, m->commit, m->checkout.root, &run->arena,
					   &age, &why));
	if (age == MANIFESTS_OLDER)
		warn(run, m, PLAN_WARNS_OLDER, "take the newer ones, or give apply --allow-older",
		     "the manifests are older than those that were applied last", why);
	if (age == MANIFESTS_UNTOLD)
		warn(run, m, PLAN_WARNS_UNTOLD, "bring the commits, or give apply --allow-older",
		     "whether the manifests are older than those that were applied last cannot be "
		     "told",
		     why);
	return NULL;
}

#define LEFT_OUT_TOLD 5 /* so many of a long list are named */

static const char *few_of(struct arena *a, const struct line_vec *all)
{
	struct str out = STR(a);
	size_t shown = all->len < LEFT_OUT_TOLD ? all->len : LEFT_OUT_TOLD;
	for (size_t i = 0; i < shown; i++)
		str_printf(&out, "%s%s", i ? "; " : "", all->at[i]);
	if (all->len > shown)
		str_printf(&out, "; and %zu more", all->len - shown);
	return str_text(&out);
}

void warn_of_left_out(struct run *run, const struct live *live, struct location at)
{
	const struct line_vec *all = &live->left_out;
	if (all->len)
		report_add(&run->report, SEVERITY_WARNING, PLAN_WARNS_LEFT_OUT, at, 0,
			   all->len > LEFT_OUT_TOLD ? "`--log debug` names all of them" : NULL,
			   "left out of what was read: %s", few_of(&run->arena, all));
}

/* The input of a plan while it is gathered; what the plan keeps of it is in the run's arena. */
struct gathering {
	struct run *run;
	struct session *session;
	struct universe *universe;
	struct plan_sides sides;
	struct manifests manifests;
	struct named_organization service;
	const struct organization_config *config;
	struct query query; /* what to read of live */
	struct live *live;
	struct ledger_view view;
	struct made_project_vec projects;
	struct base base;
};

static struct error *gather_wanted(struct gathering *g)
{
	struct run *run = g->run;
	struct manifests *m = &g->manifests;
	TRY(load_manifests_of_commit(run, g->sides.paths, g->sides.count, m));
	if (run->report.errors)
		return NULL;
	g->service = service_of(&m->model.organizations.at[0]);
	TRY(find_configured_at(run, g->sides.live, &g->service, &g->config));
	if (run->report.errors == 0)
		lint_manifests(run, &m->model, g->config ? &g->config->rules : NULL,
			       LINTS_ERRORS_AND_RULES);
	return run->report.errors ? NULL
				  : open_session_at(run, g->sides.live, &g->service, g->session);
}

static struct error *read_live(struct gathering *g, const struct query *query)
{
	g->live = arena_zalloc(&g->run->arena, sizeof(*g->live));
	return provider_read(g->session->provider->reader, g->session->handle, &g->run->arena,
			     g->universe, query, g->live);
}

static struct error *gather_live(struct gathering *g)
{
	const struct manifests *m = &g->manifests;
	g->query = query_of(&m->model, &m->index, &g->run->arena);
	g->query.told = true; /* by warn_of_sight() */
	TRY(read_live(g, &g->query));
	return check_target(g->run, &m->index, g->live);
}

/* Whether a declared account is in the snapshot, with its id, and no live account has its name or
 * one of its earlier names. */
static bool is_lost(const struct gathering *g, const struct account *wanted)
{
	const struct account *base = live_find(g->base.live, wanted->meta.name);
	return wanted->state != STATE_ABSENT && base && base->id &&
	       !live_find(g->live, wanted->meta.name) && !live_name(wanted, g->live);
}

static struct error *read_base(struct gathering *g)
{
	return load_base(g->run, g->session, g->sides.base, g->service.organization, g->universe,
			 &g->base);
}

/* Adds what earlier runs left on record, and the agreed state, to the input. */
static struct error *gather_past(struct gathering *g)
{
	struct run *run = g->run;
	const char *foreign = NULL;
	TRY(ledger_access_view(run, g->session, g->service.organization, &g->view, &foreign));
	TRY(warn_of_history(run, &g->manifests, &g->view, foreign));
	tell_open(&g->view);
	check_left_out(run, &g->manifests, g->view.last.commit);
	TRY(read_base(g));
	if (run->options.prune && !g->base.live)
		log_note("there is no last snapshot at hand: --prune finds no account to delete");
	return NULL;
}

/* Adds a warning for what nobody may take for absent because the plan says nothing of it. */
static void warn_of_sight(struct gathering *g)
{
	if (g->base.lost)
		warn(g->run, &g->manifests, "W0909",
		     "bring the snapshots' repository, or name a snapshot with --base",
		     "the last snapshot is not at hand, so what drifted since is not known",
		     g->base.lost);
	warn_of_left_out(g->run, g->live, g->manifests.model.organizations.at[0].at);
}

/* Somebody may have given an account another name in the service. Which one it is only details
 * tell, by its id. */
static bool is_any_lost(const struct gathering *g)
{
	const struct account_vec *wanted = &g->manifests.model.accounts;
	bool lost = false;
	for (size_t i = 0; !lost && i < wanted->len; i++)
		lost = is_lost(g, &wanted->at[i]);
	if (lost)
		log_debug("an account of the snapshot is not live under its name: the ids of those "
			  "that no manifest names are read, to find it under another one");
	return lost;
}

/* What an account has that no manifest declares, and that is to be deleted, goes with it. */
static bool is_any_pruned(const struct gathering *g)
{
	bool pruned = false;
	for (size_t i = 0; g->run->options.prune && !pruned && i < g->live->accounts.len; i++) {
		const struct account *a = &g->live->accounts.at[i];
		pruned = !model_find_account(&g->manifests.index, a->meta.name) &&
			 drift_base_of(g->base.live, a);
	}
	return pruned;
}

/* Details of accounts that no manifest names were not asked for. */
static struct error *look_further(struct gathering *g, struct universe **universe)
{
	if (!g->base.live || g->query.all || (!is_any_lost(g) && !is_any_pruned(g)))
		return NULL;
	g->query.all = g->query.rest = true;
	universe_free(*universe);
	*universe = g->universe = universe_new(g->run->strings);
	TRY(read_live(g, &g->query));
	return read_base(g);
}

/* How the projects stand that runs made; a file and a snapshot have none. */
static struct error *look_at_projects(struct gathering *g)
{
	for (size_t i = 0; i < g->view.projects.len; i++) {
		struct made_project project = g->view.projects.at[i];
		project.id = intern(g->run->strings, project.id);
		vec_push(&g->run->arena, &g->projects, project);
	}
	return provider_look_at_projects(g->session->provider->reader, g->session->handle,
					 &g->projects);
}

static const struct line_vec *names_left_out(struct arena *a, const struct manifests *m)
{
	struct line_vec *names = arena_zalloc(a, sizeof(*names));
	for (size_t i = 0; i < m->left_out.len; i++)
		vec_push(a, names, m->left_out.at[i].file);
	return names;
}

static struct plan_input input_of(struct gathering *g, const struct model *model,
				  const struct model_index *index)
{
	struct run *run = g->run;
	struct plan_input input = {
		.wanted = model,
		.index = index,
		.live = g->live,
		.base = g->base.live,
		.base_name = g->base.name,
		.prune = run->options.prune,
		.universe = g->universe,
		.reader = g->session->provider->reader,
		.session = g->session->handle,
		.service = find_service(run, g->session, &g->sides, g->live, g->service.provider),
		.operator_policy = session_policy(g->session),
		.operator_rules = g->config ? &g->config->rules : NULL,
		.consent = run->options.consent,
		.target = run->options.target,
		.withheld_before = g->view.withheld.at,
		.withheld_count = g->view.withheld.len,
		.ends_before = grant_ends_join(&g->view.ends, g->base.ends, &run->arena),
		.former = &g->view.former,
		.projects = &g->projects,
		.left_out = names_left_out(&run->arena, &g->manifests),
		.now = run->now};
	find_before(run, &g->manifests, &g->view, &g->base, &input);
	tell_unknown_before(run, &g->manifests, &input);
	return input;
}

/* What runs did and nobody recorded is agreed, and nobody else's doing. */
static void tell_runs(struct gathering *g, struct plan *plan)
{
	const struct drift_sides sides = {g->session, g->live->organization, &g->base.source,
					  g->base.model};
	if (!g->base.model)
		return;
	drift_tell_runs(g->run, &sides, &plan->drift);
	plan_credit_runs(plan);
}

struct error *make_plan(struct run *run, struct session *session, struct universe **universe,
			struct plan *out)
{
	struct gathering g = {.run = run, .session = session, .sides = find_sides(run)};
	TRY(gather_wanted(&g));
	if (run->report.errors)
		return NULL;
	*universe = g.universe = universe_new(run->strings);
	TRY(gather_live(&g));
	TRY(gather_past(&g));
	TRY(look_further(&g, universe));
	TRY(look_at_projects(&g));
	warn_of_sight(&g);
	struct model *model = arena_alloc(&run->arena, sizeof(*model));
	*model = g.manifests.model;
	struct model_index *index = arena_alloc(&run->arena, sizeof(*index));
	*index = g.manifests.index;
	const struct plan_input input = input_of(&g, model, index);
	memcpy(out->manifest_digest, g.manifests.digest, sizeof(g.manifests.digest));
	out->manifest_commit = g.manifests.commit;
	plan_make(&input, &run->arena, &run->report, out);
	out->wanted = out->wanted ?: model;
	out->base_ends = g.base.ends;
	out->whole = !run->options.target;
	out->ledger_number = g.view.number;
	tell_steps(run, &g.view, out);
	tell_runs(&g, out);
	return NULL;
}
