/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/drift_runs.h"

#include <string.h>
#include <sys/stat.h>

#include "cmd/writ/ledger_access.h"
#include "core/git/history.h"
#include "core/model/declaration.h"
#include "core/past/run_list.h"
#include "core/render/planfile.h"
#include "core/util/log.h"

/* What one run did, for as many items as nobody has spoken for. */
struct run_deeds {
	const struct known_run *run;
	const struct plan *plan;
};

static enum action action_of(const struct drift_item *d)
{
	static const enum action actions[DRIFT_KIND_COUNT] = {ACTION_CREATE, ACTION_DELETE,
							      ACTION_UPDATE};
	return actions[d->kind];
}

static bool was_made(const struct run_deeds *r, size_t i)
{
	return i < r->run->changes && r->run->fates[i] == FATE_DONE;
}

/* The run's change of what an item is about; NULL. */
static const struct change *find_deed(const struct run_deeds *r, const struct drift_item *d)
{
	for (size_t i = 0; i < r->plan->changes.len; i++) {
		const struct change *c = &r->plan->changes.at[i];
		if (!was_made(r, i) || principal_compare(c->principal, d->principal) != 0 ||
		    !c->entitlement != !d->entitlement)
			continue;
		if (!d->entitlement || entitlement_compare(c->entitlement, d->entitlement) == 0)
			return c;
	}
	return NULL;
}

static struct error *load_deeds(struct run *run, const struct known_run *known,
				struct run_deeds *out)
{
	struct run_plan kept;
	struct plan *plan = arena_zalloc(&run->arena, sizeof(*plan));
	TRY(run_list_plan(&run->arena, known, &kept));
	TRY(planfile_parse(known->name, kept.bytes, kept.len, run->strings, &run->arena, plan));
	*out = (struct run_deeds){known, plan};
	return NULL;
}

/* Marks what this run made; `spoken` says of which items a later one knows more. */
static void take(const struct run_deeds *r, struct drift_vec *items, bool *spoken)
{
	for (size_t i = 0; i < items->len; i++) {
		struct drift_item *d = &items->at[i];
		const struct change *c = spoken[i] ? NULL : find_deed(r, d);
		if (!c)
			continue;
		spoken[i] = true;
		if (c->action == action_of(d))
			d->made_by = r->run->name;
	}
}

static bool is_of(struct run *run, const struct session *session, const char *organization,
		  const struct known_run *r)
{
	const struct provider_reader *reader = session->provider->reader;
	return r->ledger &&
	       !strcmp(r->ledger->key, ledger_key(&run->arena, organization,
						  provider_identity(reader, session->handle)));
}

static struct error *load_runs(struct run *run, const char *organization, struct known_run_vec *out)
{
	const struct commit_vec none = {0};
	struct known_ledger_vec *ledgers = arena_zalloc(&run->arena, sizeof(*ledgers));
	TRY(ledger_access_at_hand(run, organization, ledgers));
	run_list_load(&run->arena, ledgers, &none, out);
	return NULL;
}

void drift_tell_runs(struct run *run, const struct session *session, const char *organization,
		     struct drift_vec *items)
{
	struct known_run_vec runs = {0};
	if (items->len == 0)
		return;
	struct error *error = load_runs(run, organization, &runs);
	if (error)
		log_note("whether a run did this is not known: %s", error->message);
	error_free(error);
	bool *spoken = arena_zalloc(&run->arena, items->len * sizeof(*spoken));
	for (size_t i = runs.len; i-- > 0;) {
		const struct known_run *r = &runs.at[i];
		struct run_deeds deeds;
		if (!is_of(run, session, organization, r) || r->damage)
			continue;
		if (r->tree)
			return; /* recorded, and so is what was before it */
		error = load_deeds(run, r, &deeds);
		if (!error)
			take(&deeds, items, spoken);
		error_free(error); /* what its plan was is not known here */
	}
}

/* The folder that was compared with, where it is one; what the operator configured needs no name.
 */
static const char *base_folder(const struct run *run)
{
	const char *base = run->options.base;
	struct stat st;
	return base && !stat(base, &st) && S_ISDIR(st.st_mode) ? base : NULL;
}

static bool is_in_repository(struct run *run, const char *folder)
{
	const char *root = NULL, *below;
	error_free(history_find(&run->arena, folder, &root, &below));
	return root != NULL;
}

const char *drift_record_command(struct run *run, const char *name)
{
	const struct options *o = &run->options;
	const char *folder = base_folder(run);
	struct str out = STR(&run->arena);
	str_add(&out, "writ snapshot");
	if (!folder || is_in_repository(run, folder))
		str_add(&out, " --commit");
	option_add(&out, "snapshot", folder);
	option_add(&out, "live", o->live);
	option_add(&out, "config", o->config);
	option_add(&out, "org", o->org);
	option_add(&out, "roles-from", o->roles_from);
	option_add(&out, "run", name);
	return str_text(&out);
}
