/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/drift.h"

#include <string.h>
#include <unistd.h>

#include "cmd/writ/drift_accept.h"
#include "cmd/writ/drift_runs.h"
#include "cmd/writ/organizations.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/publishing.h"
#include "cmd/writ/restore.h"
#include "cmd/writ/reviewing.h"
#include "cmd/writ/streaming.h"
#include "core/language/stored.h"
#include "core/plan/drift_ignore.h"
#include "core/record/open_drift.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/log.h"
#include "core/util/nearest.h"

/* The organisation, the last snapshot of it, and what moved between the two. */
struct drifts {
	struct restore both;
	struct drift_vec all;
	struct unseen_vec unseen;
	size_t open;	   /* that somebody has to decide on */
	size_t unrecorded; /* what runs did, and no snapshot has */
};

static struct error *find_drifts(struct run *run, struct drifts *out)
{
	struct restore *r = &out->both;
	TRY(restore_read(run, run->options.base, r));
	if (run->report.errors)
		return NULL;
	tell_open_runs(run, &r->session, r->live.organization);
	struct model *model = arena_alloc(&run->arena, sizeof(*model));
	struct live *base = arena_zalloc(&run->arena, sizeof(*base));
	*model = r->wanted;
	stored_of_model(model, COLLECT_ALL, &run->arena, r->universe, base);
	TRY(check_snapshot_of(&r->source, base, r->live.organization, r->live.org_id));
	for (size_t i = 0; i < r->live.accounts.len; i++)
		universe_principal(r->universe, PRINCIPAL_ACCOUNT, r->live.accounts.at[i].meta.name,
				   true);
	for (size_t i = 0; i < base->accounts.len; i++)
		universe_principal(r->universe, PRINCIPAL_ACCOUNT, base->accounts.at[i].meta.name,
				   false);
	universe_rank(r->universe);
	struct drift_input input = {r->universe, base, &r->live, r->session.provider->reader,
				    r->session.handle};
	drift_find(&input, &run->arena, &out->all);
	drift_note_look_alikes(&input, &run->arena, &out->all);
	unseen_since(&input, &run->arena, &out->unseen);
	open_drift_remember(&r->wanted.drifts, &r->live, r->universe, &run->arena, &out->all);
	const struct drift_sides sides = restore_sides(r);
	drift_tell_runs(run, &sides, &out->all);
	return NULL;
}

/* Marks the drifts that the manifests, where some are named, say to ignore. */
static struct error *apply_ignores(struct run *run, struct arguments paths, struct drifts *d)
{
	struct manifests m;
	if (paths.count) {
		TRY(load_manifests(run, paths.at, paths.count, &m));
		if (run->report.errors)
			return NULL;
		struct drift_ignore_vec *copy = arena_alloc(&run->arena, sizeof(*copy));
		*copy = m.model.organizations.at[0].ignored_drift;
		drift_apply_ignores(&d->all, copy, &m.index, time_day(run->now),
				    session_policy(&d->both.session));
	}
	for (size_t i = 0; i < d->all.len; i++) {
		d->unrecorded += drift_is_unrecorded(&d->all.at[i]);
		d->open += drift_is_open(&d->all.at[i]);
	}
	return NULL;
}

static bool is_told_before(const struct drifts *d, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (d->all.at[k].made_by && !strcmp(d->all.at[k].made_by, d->all.at[i].made_by))
			return true;
	}
	return false;
}

/* How the runs come on record that did some of it, each once. */
static void add_runs(struct run *run, const struct drifts *d, struct str *out)
{
	for (size_t i = 0; i < d->all.len; i++) {
		const char *name = d->all.at[i].made_by;
		if (name && !is_told_before(d, i))
			str_printf(out, "\nWhat run %s did is not in the snapshot. %s: %s\n", name,
				   d->all.at[i].unrecorded ? "To record it"
							   : "If it was not recorded",
				   drift_record_command(run, name));
	}
}

static void add_counts(const struct drifts *d, struct str *out)
{
	size_t ignored = d->all.len - d->open - d->unrecorded;
	str_printf(out, "Drift: %zu since the snapshot %s", d->open, d->both.source.path);
	if (d->unrecorded)
		str_printf(out, ", and %zu that runs made and nobody recorded", d->unrecorded);
	if (ignored)
		str_printf(out, ", and %zu ignored", ignored);
	str_add(out, ".\n\n");
}

static void add_text(struct run *run, const struct drifts *d, struct str *out)
{
	const char *from = d->both.source.path;
	if (d->all.len == 0) {
		str_printf(out,
			   d->unseen.len || d->both.live.left_out.len
				   ? "No drift in what can be seen, since the snapshot %s.\n"
				   : "No drift. The live organisation is as agreed in the snapshot "
				     "%s.\n",
			   from);
		render_unseen_text(out, &d->unseen, unseen_pairs(&d->unseen));
		return;
	}
	add_counts(d, out);
	render_drift_text(out, &d->all, false, SIZE_MAX);
	add_runs(run, d, out);
	render_unseen_text(out, &d->unseen, unseen_pairs(&d->unseen));
}

/* The restore that is under way. */
static void add_restore(const struct drifts *d, struct str *out)
{
	static const char *const keys[] = {"from", "since", "run"};
	if (!snapshot_restores(&d->both.wanted, "from"))
		return;
	json_put_key(out, "restore");
	str_addc(out, '{');
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		json_put_text(out, keys[i], snapshot_restores(&d->both.wanted, keys[i]));
	str_addc(out, '}');
}

static void add_json(const struct run *run, const struct drifts *d, struct str *out)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "organization", d->both.live.organization);
	json_put_text(out, "snapshot", d->both.source.path);
	json_put_number(out, "open", (int64_t)d->open);
	json_put_number(out, "unrecorded", (int64_t)d->unrecorded);
	add_restore(d, out);
	render_drift_json(out, &d->all, false);
	render_unseen_json(out, &d->unseen);
	render_diagnostics_json(out, run->report.items.at, run->report.items.len);
	str_add(out, "}\n");
}

static struct error *review(struct run *run, const struct drifts *d)
{
	struct review review;
	if (!wants_review(&run->options))
		return NULL;
	const struct drift_told told = {.all = &d->all,
					.unseen = &d->unseen,
					.organization = d->both.live.organization,
					.from = d->both.source.path,
					.at = d->both.wanted.organizations.at[0].at,
					.partial = d->both.live.left_out.len > 0};
	review_of_drift(&review, &run->arena, &told);
	review_add_report(&review, &run->arena, &run->report);
	return write_reviews(run, &review);
}

/* "Drift: 2 since the snapshot acme, and 1 ignored." */
static const char *summary_of(struct run *run, const struct drifts *d)
{
	struct str out = STR(&run->arena);
	add_text(run, d, &out);
	const char *text = str_text(&out);
	return arena_strndup(&run->arena, text, strcspn(text, "\n"));
}

static struct error *show_one(struct run *run, int *status)
{
	const struct arguments paths = arguments_of(&run->options);
	struct drifts d = {0};
	struct error *error = find_drifts(run, &d);
	if (!error && run->report.errors == 0)
		error = apply_ignores(run, paths, &d);
	if (!error && run->report.errors == 0)
		error = review(run, &d);
	if (!error && run->report.errors == 0)
		stream_drift(&d.all);
	for (size_t i = 0; i < run->options.outputs.len && !error && !run->report.errors; i++) {
		const struct output *o = &run->options.outputs.at[i];
		struct str text = STR(&run->arena);
		if (format_is_review(o->format))
			continue;
		if (o->format == FORMAT_JSON)
			add_json(run, &d, &text);
		else
			add_text(run, &d, &text);
		error = output_write(o, str_text(&text), text.len);
	}
	if (!error && run->report.errors == 0)
		run->summary = summary_of(run, &d);
	if (!error && d.open)
		*status = EXIT_CHANGES;
	if (!error && d.unseen.len && (run->options.fail_on & FAIL_UNSEEN))
		*status = EXIT_GUARD;
	restore_done(&d.both);
	return error;
}

static struct error *show(struct run *run, struct arguments paths, int *status)
{
	if (paths.count)
		return organizations_of_set(run, paths, show_one, status);
	return organizations_configured(run, show_one, status);
}

/* ---- revert ---- */

static bool is_named(struct arguments named, const char *fingerprint)
{
	for (size_t i = 0; i < named.count; i++) {
		if (!strcmp(named.at[i], fingerprint))
			return true;
	}
	return named.count == 0;
}

/* Why a drift is not taken back unless it is named; NULL: it is. */
static const char *left_because(const struct drift_item *d)
{
	return d->unrecorded ? "a run made it" : d->unsure ? "it may have been there before" : NULL;
}

static void tell_unsure(const struct drift_vec *all)
{
	size_t count = 0;
	for (size_t i = 0; i < all->len; i++)
		count += all->at[i].unsure && !all->at[i].unrecorded;
	if (count)
		log_note("%zu that the snapshot could not show %s left: name %s to take %s back",
			 count, count == 1 ? "is" : "are",
			 count == 1 ? "its fingerprint" : "their fingerprints",
			 count == 1 ? "it" : "them");
}

/* Lists all drifts but the named ones, so that the plan leaves them alone. Without names it leaves
 * what runs made, and what may have been there before. */
static struct error *find_left(struct run *run, struct arguments named,
			       struct drift_ignore_vec *left)
{
	struct drifts d = {0};
	struct error *error = find_drifts(run, &d);
	if (!error)
		error = drift_check_named(&d.all, named);
	for (size_t i = 0; i < d.all.len && !error; i++) {
		const char *fingerprint = arena_strdup(&run->arena, d.all.at[i].fingerprint);
		const char *because = named.count ? NULL : left_because(&d.all.at[i]);
		if (because || !is_named(named, fingerprint))
			vec_push(&run->arena, left,
				 (struct drift_ignore){.fingerprint = fingerprint,
						       .reason = because ? because : "not named",
						       .until = INT32_MAX});
	}
	if (!error && !named.count)
		tell_unsure(&d.all);
	restore_done(&d.both);
	return error;
}

static struct error *revert(struct run *run, struct arguments named, int *status)
{
	struct restore r = {0};
	struct plan plan = {0};
	struct drift_ignore_vec left = {0};
	/* A plan that reverts drift deletes an account that appeared, and makes one anew that is
	 * gone. */
	struct restore_wish wish = {&left, .prune = true, .consent = run->options.consent};
	wish.consent.live_shrink = true;
	TRY(find_left(run, named, &left));
	if (run->report.errors)
		return NULL;
	struct error *error = restore_read(run, run->options.base, &r);
	if (!error && run->report.errors == 0)
		restore_plan(run, &r, &wish, &plan);
	if (!error && run->report.errors == 0)
		error = note_ledger(run, &r.session, &plan);
	if (!error && run->report.errors == 0)
		error = publish_plan(run, &plan, status);
	restore_done(&r);
	return error;
}

struct error *cmd_drift(struct run *run, int *status)
{
	static const struct {
		const char *name;
		struct error *(*function)(struct run *run, struct arguments words, int *status);
	} verbs[] = {{"revert", revert}, {"accept", drift_accept}, {"ignore", drift_ignore}};
	const struct arguments words = arguments_of(&run->options);
	const char *first = words.count ? words.at[0] : "";
	if ((run->options.commit || run->options.why) && strcmp(first, "accept") != 0)
		return error_new(ERROR_USAGE, "--%s goes with accept alone",
				 run->options.commit ? "commit" : "why");
	const char *names[sizeof(verbs) / sizeof(*verbs)];
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (!strcmp(first, verbs[i].name))
			return verbs[i].function(run, arguments_behind(words, 1), status);
		names[i] = verbs[i].name;
	}
	const char *near = nearest_word(first, names, sizeof(names) / sizeof(*names));
	if (near && access(first, F_OK))
		return error_new(ERROR_USAGE,
				 "\"%.64s\" is no verb of drift and no PATH; did you mean \"%s\"?",
				 first, near);
	return show(run, words, status);
}
