/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/drift_accept.h"

#include <string.h>

#include "cmd/writ/reviewing.h"
#include "cmd/writ/session.h"
#include "cmd/writ/snapshot_reading.h"
#include "cmd/writ/snapshot_recording.h"
#include "core/edit/accept.h"
#include "core/edit/edit_write.h"
#include "core/plan/drift_ignore.h"
#include "core/plan/plan.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/log.h"

/* The manifests, the organisation and its last snapshot, and what a plan makes of the drift between
 * them. */
struct organization_reading {
	struct edit_set set;
	struct session session;
	struct universe *universe;
	struct live live;
	struct base base;
	struct plan plan;
};

static void reading_done(struct organization_reading *r)
{
	close_session(&r->session);
	universe_free(r->universe);
}

static struct error *load_edited(struct run *run, struct arguments paths, struct edit_set *out)
{
	static const char *const here[] = {"."};
	struct manifest_reader reader = {run->strings, &run->arena, &run->report};
	if (paths.count == 0)
		paths = (struct arguments){here, 1};
	return edit_set_load(&reader, paths.at, paths.count, run->options.org, out);
}

static struct error *read_live(struct run *run, struct organization_reading *r)
{
	struct named_organization service = service_of(&r->set.model.organizations.at[0]);
	TRY(open_session(run, &service, &r->session));
	if (run->report.errors)
		return NULL;
	r->universe = universe_new(run->strings);
	TRY(provider_read(r->session.provider->reader, r->session.handle, &run->arena, r->universe,
			  &query_all, &r->live));
	TRY(load_base(run, &r->session, run->options.base, service.organization, r->universe,
		      &r->base));
	if (r->base.lost)
		return error_new(ERROR_INPUT, "the last snapshot is not at hand: %s", r->base.lost);
	if (!r->base.live)
		return error_new(ERROR_USAGE, "there is no snapshot where they are kept; name "
					      "one with --base");
	return NULL;
}

static void plan_set(struct run *run, const struct organization_reading *r,
		     const struct edit_set *set, struct report *report, struct plan *out)
{
	struct plan_input input = {.wanted = &set->model,
				   .index = &set->index,
				   .live = &r->live,
				   .base = r->base.live,
				   .base_name = r->base.name,
				   .accepts = true,
				   .universe = r->universe,
				   .reader = r->session.provider->reader,
				   .session = r->session.handle,
				   .operator_policy = session_policy(&r->session),
				   .now = run->now};
	plan_make(&input, &run->arena, report, out);
}

static struct error *read_all(struct run *run, struct arguments paths,
			      struct organization_reading *out)
{
	TRY(load_edited(run, paths, &out->set));
	if (run->report.errors)
		return NULL;
	TRY(read_live(run, out));
	if (run->report.errors == 0)
		plan_set(run, out, &out->set, &run->report, &out->plan);
	return NULL;
}

/* ---- which drifts ---- */

static bool is_fingerprint(const char *text)
{
	size_t len = strspn(text, "0123456789abcdef");
	return len == DRIFT_FINGERPRINT && !text[len] && access(text, F_OK) != 0;
}

static const struct drift_item *find_drift(const struct drift_vec *all, const char *fingerprint)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!strcmp(all->at[i].fingerprint, fingerprint))
			return &all->at[i];
	}
	return NULL;
}

static struct error *unknown_drift(const char *fingerprint)
{
	return error_new(ERROR_INPUT, "there is no drift with the fingerprint \"%.64s\"",
			 fingerprint);
}

struct error *drift_check_named(const struct drift_vec *all, struct arguments named)
{
	for (size_t i = 0; i < named.count; i++) {
		if (!find_drift(all, named.at[i]))
			return unknown_drift(named.at[i]);
	}
	return NULL;
}

VEC(accepted_vec, const struct drift_item *);

/* Chooses the named drifts, or without names all that nothing ignores: each once, in their own
 * order. */
static struct error *choose(struct run *run, const struct drift_vec *all, struct arguments named,
			    struct accepted_vec *out)
{
	TRY(drift_check_named(all, named));
	for (size_t i = 0; i < all->len; i++) {
		bool chosen = named.count == 0 && all->at[i].fate != DRIFT_IGNORED;
		for (size_t k = 0; k < named.count; k++)
			chosen |= !strcmp(all->at[i].fingerprint, named.at[k]);
		if (chosen)
			vec_push(&run->arena, out, &all->at[i]);
	}
	return NULL;
}

/* ---- what was done ---- */

struct acceptance {
	struct accepted_vec drifts;
	uint8_t *outcomes; /* enum accepted */
	struct text_vec written;
	const char *until;	     /* ignored through this day, and not accepted; NULL */
	const struct report *report; /* why some were refused */
	const char *error;	     /* why what was agreed is not recorded; NULL */
};

static size_t count_outcomes(const struct acceptance *a, enum accepted outcome)
{
	size_t count = 0;
	for (size_t i = 0; i < a->drifts.len; i++)
		count += a->outcomes[i] == outcome;
	return count;
}

static void add_counts(const struct acceptance *a, struct str *out)
{
	str_printf(out, "%sAccepted %zu", a->drifts.len ? "\n" : "",
		   count_outcomes(a, ACCEPT_WRITTEN));
	if (count_outcomes(a, ACCEPT_NOTHING))
		str_printf(out, ", nothing to write for %zu", count_outcomes(a, ACCEPT_NOTHING));
	if (count_outcomes(a, ACCEPT_REFUSED))
		str_printf(out, ", refused %zu", count_outcomes(a, ACCEPT_REFUSED));
	if (count_outcomes(a, ACCEPT_AGREED))
		str_printf(out, ", recorded as agreed %zu", count_outcomes(a, ACCEPT_AGREED));
	str_add(out, ".\n");
}

static void add_text(const struct acceptance *a, struct str *out)
{
	static const char *const words[] = {"nothing to write", "written", "refused",
					    "recorded as agreed"};
	for (size_t i = 0; i < a->drifts.len; i++) {
		const struct drift_item *d = a->drifts.at[i];
		str_printf(out, "%s  %s %s: %s\n", d->fingerprint,
			   change_address(out->arena, d->principal, d->entitlement),
			   drift_kind_name(d->kind), words[a->outcomes[i]]);
		if (d->look_alike)
			str_printf(out, "      %s\n", render_shown(out->arena, d->look_alike));
	}
	if (a->until)
		str_printf(out, "\nIgnored 1, until %s is over; it stays open.\n", a->until);
	else
		add_counts(a, out);
	for (size_t i = 0; i < a->written.len; i++)
		str_printf(out, "Wrote %s\n", render_shown(out->arena, a->written.at[i].text));
}

static void add_json(const struct acceptance *a, struct str *out)
{
	static const char *const words[] = {"nothing", "written", "refused", "agreed"};
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_key(out, "drift");
	str_addc(out, '[');
	for (size_t i = 0; i < a->drifts.len; i++) {
		const struct drift_item *d = a->drifts.at[i];
		str_add(out, i ? ",\n  {" : "\n  {");
		json_put_text(out, "fingerprint", d->fingerprint);
		json_put_text(out, "address",
			      change_address(out->arena, d->principal, d->entitlement));
		json_put_text(out, "kind", drift_kind_name(d->kind));
		json_put_text(out, "outcome", words[a->outcomes[i]]);
		if (d->look_alike)
			json_put_text(out, "look_alike", d->look_alike);
		str_addc(out, '}');
	}
	str_add(out, a->drifts.len ? "\n]" : "]");
	json_put_key(out, "files");
	str_addc(out, '[');
	for (size_t i = 0; i < a->written.len; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, a->written.at[i].text);
	}
	str_addc(out, ']');
	render_diagnostics_json(out, a->report->items.at, a->report->items.len);
	if (a->error)
		json_put_text(out, "error", a->error);
	str_add(out, "}\n");
}

static void render(struct str *out, enum format format, const void *answer)
{
	if (format == FORMAT_JSON)
		add_json(answer, out);
	else
		add_text(answer, out);
}

/* ---- the commands ---- */

static struct accept_input input_of(struct run *run, const struct organization_reading *r,
				    const struct accepted_vec *drifts)
{
	return (struct accept_input){.set = &r->set,
				     .live = &r->live,
				     .base = r->base.live,
				     .universe = r->universe,
				     .drifts = drifts->at,
				     .count = drifts->len,
				     .strings = run->strings,
				     .today = time_day(run->now)};
}

/* Whether manifests do not say it, so that no apply would ever close it; or cannot say it, as who
 * an account is. */
static bool is_unsaid(const struct drift_item *d)
{
	return d && (d->fate == DRIFT_LEFT || d->remade);
}

VEC(fingerprint_vec, const char *);

/* Of what is accepted, what the manifests as they are now written leave open. */
static void find_left(struct run *run, const struct organization_reading *r,
		      const struct edit_set *after, const struct acceptance *done,
		      struct fingerprint_vec *out)
{
	struct plan plan = {0};
	struct report report = {.arena = &run->arena};
	plan_set(run, r, after, &report, &plan);
	for (size_t i = 0; i < done->drifts.len; i++) {
		const char *fingerprint = done->drifts.at[i]->fingerprint;
		if (done->outcomes[i] != ACCEPT_REFUSED &&
		    is_unsaid(find_drift(&plan.drift, fingerprint)))
			vec_push(&run->arena, out, fingerprint);
	}
}

/* What manifests do not say: the decision is recorded beside the snapshot. */
static struct error *record_agreed(struct run *run, const struct organization_reading *r,
				   const struct edit_set *after, struct acceptance *done)
{
	struct fingerprint_vec accepted = {0};
	struct result_record recorded = {0};
	bool any;
	find_left(run, r, after, done, &accepted);
	if (accepted.len == 0)
		return NULL;
	const struct record_decision decision = {
		.accepted = accepted.at, .count = accepted.len, .why = run->options.why};
	TRY(record_decided(run, &r->session, &decision, &recorded, &any));
	if (!any) {
		log_note("what no manifest says stays open: name the snapshot's folder with "
			 "--snapshot DIR, and it is recorded as agreed there");
		return NULL;
	}
	for (size_t i = 0, k = 0; i < done->drifts.len && k < accepted.len; i++) {
		if (accepted.at[k] != done->drifts.at[i]->fingerprint)
			continue;
		if (done->outcomes[i] == ACCEPT_NOTHING)
			done->outcomes[i] = ACCEPT_AGREED;
		k++;
	}
	return NULL;
}

static struct error *accept(struct run *run, const struct organization_reading *r,
			    struct arguments named)
{
	struct acceptance done = {.report = &run->report};
	struct edit_set after;
	TRY(choose(run, &r->plan.drift, named, &done.drifts));
	done.outcomes = arena_zalloc(&run->arena, done.drifts.len + 1);
	struct accept_input in = input_of(run, r, &done.drifts);
	accept_drifts(&in, &run->arena, &run->report, done.outcomes, &after);
	TRY(edit_write(&r->set.files, &after.files, &run->arena, &done.written));
	report_sort(&run->report);
	struct error *error = record_agreed(run, r, &after, &done);
	done.error = error ? error_text(&run->arena, error) : NULL;
	struct error *untold = output_all(run, render, &done);
	run->told = true;
	if (error)
		error_free(untold);
	return error ? error : untold;
}

struct error *drift_accept(struct run *run, struct arguments words, int *status UNUSED)
{
	struct organization_reading r = {0};
	struct arguments named = {words.at, 0};
	TRY(refuse_reviews(run, "what drift accept did"));
	while (named.count < words.count && is_fingerprint(words.at[named.count]))
		named.count++;
	struct error *error = read_all(run, arguments_behind(words, named.count), &r);
	if (!error && run->report.errors == 0)
		error = accept(run, &r, named);
	reading_done(&r);
	return error;
}

static struct error *ignore(struct run *run, const struct organization_reading *r,
			    const char *fingerprint)
{
	struct acceptance done = {.until = run->options.until, .report = &run->report};
	struct edit_set after;
	struct accepted_vec none = {0};
	const struct drift_item *d = find_drift(&r->plan.drift, fingerprint);
	int32_t until = 0;
	if (!d)
		return unknown_drift(fingerprint);
	date_parse(run->options.until, &until);
	const char *why =
		drift_not_ignorable(d, until, time_day(run->now), session_policy(&r->session));
	if (why)
		return error_new(ERROR_INPUT, "%s is not to be ignored: %s", fingerprint, why);
	struct accept_input in = input_of(run, r, &none);
	TRY(accept_ignore(&in, &run->arena, fingerprint, run->options.until, run->options.reason,
			  &after));
	TRY(edit_write(&r->set.files, &after.files, &run->arena, &done.written));
	vec_push(&run->arena, &done.drifts, d);
	done.outcomes = arena_alloc(&run->arena, 1);
	done.outcomes[0] = ACCEPT_WRITTEN;
	return output_all(run, render, &done);
}

static struct error *check_ignore(const struct run *run, struct arguments words)
{
	const struct options *o = &run->options;
	int32_t until;
	if (words.count == 0 || !is_fingerprint(words.at[0]))
		return error_new(ERROR_USAGE, "name the drift by its fingerprint, %d digits",
				 DRIFT_FINGERPRINT);
	if (!o->until || !o->reason || !*o->reason)
		return error_new(ERROR_USAGE, "--until and --reason are due");
	if (!date_parse(o->until, &until))
		return error_new(ERROR_USAGE,
				 "--until \"%.64s\": expected a date such as 2027-03-31", o->until);
	if (until < time_day(run->now))
		return error_new(ERROR_USAGE, "--until %s: the day is over", o->until);
	return NULL;
}

struct error *drift_ignore(struct run *run, struct arguments words, int *status UNUSED)
{
	struct organization_reading r = {0};
	TRY(refuse_reviews(run, "what drift ignore did"));
	TRY(check_ignore(run, words));
	struct error *error = read_all(run, arguments_behind(words, 1), &r);
	if (!error && run->report.errors == 0)
		error = ignore(run, &r, words.at[0]);
	reading_done(&r);
	return error;
}
