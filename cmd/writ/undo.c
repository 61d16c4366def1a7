/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/undo.h"

#include <string.h>

#include "cmd/writ/ledger_access.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/publishing.h"
#include "cmd/writ/snapshot_reading.h"
#include "core/render/planfile.h"
#include "core/util/log.h"
#include "providers/registry.h"

/* The run that is to be undone, and the plan that it carried out. */
struct past {
	const struct known_run *run;
	const char *file;
	struct plan plan;
	unsigned char digest[SHA256_SIZE];
};

static struct error *check_run(const struct known_run *r)
{
	if (!r->ledger)
		return error_new(ERROR_INPUT,
				 "no ledger at hand has run %s: what it did is not known here",
				 r->name);
	if (r->damage || !r->plan)
		return error_new(ERROR_INPUT, "the records of run %s are damaged: %s", r->name,
				 r->damage ? r->damage : "it does not name its plan");
	return NULL;
}

static struct error *load_plan(struct run *run, struct past *p)
{
	struct run_plan plan;
	p->file = p->run->name;
	TRY(run_list_plan(&run->arena, p->run, &plan));
	sha256_of(plan.bytes, plan.len, p->digest);
	return planfile_parse(p->file, plan.bytes, plan.len, run->strings, &run->arena, &p->plan);
}

static struct error *find_past(struct run *run, struct past *out)
{
	struct known_run_vec *runs = arena_zalloc(&run->arena, sizeof(*runs));
	struct known_ledger_vec *ledgers = arena_zalloc(&run->arena, sizeof(*ledgers));
	TRY(ledger_access_all(run, ledgers));
	if (run->report.errors)
		return NULL;
	run_list_load(&run->arena, ledgers, &(struct commit_vec){0}, runs);
	TRY(run_list_find(runs, run->options.paths[0], &out->run));
	TRY(check_run(out->run));
	return load_plan(run, out);
}

static struct error *check_organization(struct run *run, const struct session *session,
					const struct past *p, const struct live *live)
{
	const char *key = ledger_key(&run->arena, live->organization,
				     provider_identity(session->provider->reader, session->handle));
	if (!strcmp(key, p->run->ledger->key))
		return NULL;
	return error_new(ERROR_INPUT, "run %s was not of this live organisation", p->run->name);
}

static void tell(const struct run *run, const struct past *p, const struct undo *undo,
		 const struct plan *plan)
{
	for (size_t i = 0; i < undo->notes.len; i++)
		log_note("%s", undo->notes.at[i]);
	if (p->run->state == RUN_OPEN)
		log_note("run %s has not ended; an apply of this plan ends it", p->run->name);
	if (plan->changes.len)
		log_note(
			"manifests that still say what the run did bring it back: revert them too");
	if (plan->changes.len && !run->options.out)
		log_note("to apply this plan, save it with --out FILE and give that to writ apply");
}

/* Reads live, and works out what it is to be once the run is taken back. */
static struct error *make_undo(struct run *run, struct session *session, const struct past *p,
			       struct universe *u, struct live *live, struct undo *out)
{
	struct query query = {COLLECT_ALL, p->plan.accounts.at, p->plan.accounts.len};
	const struct provider_reader *reader = session->provider->reader;
	TRY(provider_read(reader, session->handle, &run->arena, u, &query, live));
	TRY(check_organization(run, session, p, live));
	struct base base;
	struct universe *apart =
		universe_new(run->strings); /* the plan is not compared with a snapshot */
	struct error *error =
		load_base(run, session, run->options.base, live->organization, apart, &base);
	universe_free(apart);
	TRY(error);
	if (base.lost)
		log_note("the last snapshot is not at hand, so what drifted since is not known: %s",
			 base.lost);
	struct undo_input past = {.run = p->run,
				  .plan = &p->plan,
				  .file = p->file,
				  .live = live,
				  .universe = u,
				  .attributes = reader->attributes,
				  .reader = reader,
				  .session = session->handle,
				  .agreed = base.live};
	undo_make(&past, &run->arena, out);
	return NULL;
}

static struct error *plan_undo(struct run *run, struct session *session, struct past *p,
			       struct universe *u, int *status)
{
	struct live live = {0};
	struct undo undo;
	struct model_index index;
	struct plan plan = {0};
	TRY(make_undo(run, session, p, u, &live, &undo));
	model_index(&undo.wanted, &run->arena, &index);
	struct plan_input input = {.wanted = &undo.wanted,
				   .index = &index,
				   .live = &live,
				   .universe = u,
				   .reader = session->provider->reader,
				   .session = session->handle,
				   .unproven = &undo.unproven,
				   .operator_policy = session_policy(session),
				   .consent = run->options.consent,
				   .now = run->now};
	memcpy(plan.manifest_digest, p->digest, sizeof(plan.manifest_digest));
	plan_make(&input, &run->arena, &run->report, &plan);
	if (run->report.errors)
		return NULL;
	undo_place(&undo, u, &run->arena, &plan);
	TRY(note_ledger(run, session, &plan));
	TRY(publish_plan(run, &plan, status));
	tell(run, p, &undo, &plan);
	return NULL;
}

struct error *cmd_undo(struct run *run, int *status)
{
	struct past past = {0};
	struct session session = {0};
	if (run->options.path_count != 1)
		return error_new(ERROR_USAGE, "undo takes one RUN; `writ log` lists them");
	TRY(find_past(run, &past));
	if (run->report.errors)
		return NULL;
	struct named_organization service = {past.plan.provider, past.plan.organization,
					     past.plan.org_id};
	TRY(open_session(run, &service, &session));
	if (run->report.errors)
		return NULL;
	struct universe *u = universe_new(run->strings);
	struct error *error = plan_undo(run, &session, &past, u, status);
	universe_free(u);
	close_session(&session);
	return error;
}
