/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/restore.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/reviewing.h"

#include <assert.h>
#include <string.h>

#include "core/language/stored.h"
#include "core/render/rehearsal.h"

/* The organisation that the snapshot is of, or the one that --org names: names carry, ids are
 * learnt anew. */
static struct named_organization target(const struct run *run, const struct organization *o)
{
	struct named_organization service = service_of(o);
	if (run->options.org && strcmp(run->options.org, o->meta.name) != 0) {
		service.organization = run->options.org;
		service.org_id = NULL;
	}
	return service;
}

static struct error *open_target(struct run *run, struct restore *r)
{
	assert(r->wanted.organizations.len == 1 && r->wanted.organizations.at); /* it was checked */
	struct named_organization service = target(run, &r->wanted.organizations.at[0]);
	close_session(&r->session);
	return open_session(run, &service, &r->session);
}

/* Where the last snapshot is, only the configuration says, and that is found by
 * the organisation. */
static struct error *find_source(struct run *run, const char *given, struct restore *r)
{
	if (!given) {
		TRY(open_session(run, &(struct named_organization){0}, &r->session));
		if (run->report.errors)
			return NULL;
	}
	TRY(find_snapshot(run, &r->session, given, run->options.org, &r->source));
	if (r->source.path)
		return NULL;
	return error_new(ERROR_USAGE,
			 "there is no snapshot yet where they are kept; name one with --%s",
			 run->command && !strcmp(run->command->name, "drift") ? "base" : "from");
}

/* The plan is of the organisation that is live, whatever the snapshot's was called. */
static void rename_wanted(struct run *run, struct restore *r)
{
	struct organization *o = &r->wanted.organizations.at[0];
	if (!run->options.org || strcmp(run->options.org, r->live.organization) != 0)
		return;
	o->meta.name = r->live.organization;
	o->org_id = r->live.org_id;
}

struct error *restore_read(struct run *run, const char *given, struct restore *out)
{
	*out = (struct restore){0};
	TRY(find_source(run, given, out));
	if (run->report.errors)
		return NULL;
	out->source.agreed = true;
	TRY(load_snapshot(run, &out->source, &out->wanted));
	struct organization *o = &out->wanted.organizations.at[0];
	if (o->snapshot.format) /* manifests that are no snapshot say their own */
		o->guards = o->snapshot.policy;
	model_index(&out->wanted, &run->arena, &out->index);
	TRY(open_target(run, out));
	if (run->report.errors)
		return NULL;
	out->universe = universe_new(run->strings);
	TRY(provider_read(out->session.provider->reader, out->session.handle, &run->arena,
			  out->universe, &query_all, &out->live));
	TRY(check_target(run, &out->index, &out->live));
	rename_wanted(run, out);
	return NULL;
}

void restore_done(struct restore *r)
{
	close_session(&r->session);
	universe_free(r->universe);
}

/* What the options say. */
static struct restore_wish wish_of(const struct options *options)
{
	return (struct restore_wish){.prune = options->prune, .consent = options->consent};
}

void restore_plan(struct run *run, struct restore *r, const struct restore_wish *wish,
		  struct plan *out)
{
	struct live *base = NULL;
	if (wish->left) {
		struct model *copy = arena_alloc(&run->arena, sizeof(*copy));
		*copy = r->wanted;
		base = arena_zalloc(&run->arena, sizeof(*base));
		stored_of_model(copy, COLLECT_ALL, &run->arena, r->universe, base);
		r->wanted.organizations.at[0].ignored_drift = *wish->left;
	}
	struct plan_input input = {.wanted = &r->wanted,
				   .index = &r->index,
				   .live = &r->live,
				   .base = base,
				   .base_name = base ? r->source.path : NULL,
				   .exact = true,
				   .prune = wish->prune,
				   .universe = r->universe,
				   .reader = r->session.provider->reader,
				   .session = r->session.handle,
				   .operator_policy = session_policy(&r->session),
				   .consent = wish->consent,
				   .target = run->options.target,
				   .now = run->now};
	input.consent.live_shrink = true; /* what is gone is to come back */
	plan_make(&input, &run->arena, &run->report, out);
}

/* ---- the command ---- */

static struct error *rehearse(struct run *run, struct restore *r)
{
	struct plan plan = {0};
	const struct restore_wish wish = wish_of(&run->options);
	TRY(refuse_reviews(run, "a rehearsal"));
	/* What exists beside accounts stays: a rehearsal needs to know which products there are. */
	r->live.accounts.len = 0;
	r->live.grants.len = 0;
	restore_plan(run, r, &wish, &plan);
	for (size_t i = 0; i < run->options.outputs.len && run->report.errors == 0; i++) {
		const struct output *o = &run->options.outputs.at[i];
		struct str text = STR(&run->arena);
		if (o->format == FORMAT_JSON)
			rehearsal_json(&text, &plan, r->source.path);
		else
			rehearsal_text(&text, &plan, r->source.path);
		TRY(output_write(o, str_text(&text), text.len));
	}
	return NULL;
}

static struct error *restore(struct run *run, struct restore *r, int *status)
{
	struct plan plan = {0};
	const struct restore_wish wish = wish_of(&run->options);
	TRY(restore_read(run, run->options.from, r));
	if (run->report.errors)
		return NULL;
	if (run->options.rehearse)
		return rehearse(run, r);
	restore_plan(run, r, &wish, &plan);
	return run->report.errors ? NULL : publish_plan(run, &plan, status);
}

struct error *cmd_restore(struct run *run, int *status)
{
	struct restore r;
	if (run->options.path_count)
		return error_new(ERROR_USAGE,
				 "restore takes no PATH; name the snapshot with --from");
	struct error *error = restore(run, &r, status);
	restore_done(&r);
	return error;
}
