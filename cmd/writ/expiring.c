/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cmd/writ/organizations.h"
#include "cmd/writ/planning.h"
#include "core/language/schema_decode.h"
#include "core/model/declaration.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/csv.h"
#include "core/util/ics.h"
#include "core/util/json.h"

#define DEFAULT_DAYS 30 /* as the lint W0707 */

/* One declaration that ends, and the one of the same grant that holds longest after it. */
struct ending {
	const struct declaration *declaration,
		*goes_on; /* goes_on: NULL when the grant ends with it */
	size_t twin;	  /* how many alike stand before it in its document */
	bool unseen;	  /* of what is overdue: no source shows whether it is held */
};

struct endings {
	const char *organization;
	bool overdue; /* what has ended and is held, instead of what ends soon */
	int32_t today, until;
	int64_t now;
	VEC(, struct ending) all;
};

/* ---- which ---- */

/* The same day `count` calendar months on, or the last of that month. */
static int32_t add_months(int32_t day, int32_t count)
{
	char text[64];
	int32_t out = day;
	date_format(day, text);
	long month = strtol(text, NULL, 10) * 12 + strtol(text + 5, NULL, 10) - 1 + count;
	for (long d = strtol(text + 8, NULL, 10); d > 0; d--) {
		snprintf(text, sizeof(text), "%04ld-%02ld-%02ld", month / 12, month % 12 + 1, d);
		if (date_parse(text, &out))
			break;
	}
	return out;
}

static int32_t span_end(int32_t today, struct span span)
{
	if (span.count == 0)
		return today + DEFAULT_DAYS;
	if (span.unit == 'm')
		return add_months(today, span.count);
	return today + span.count * (span.unit == 'w' ? 7 : 1);
}

static int32_t end_of(const struct declaration *s)
{
	return s->words && s->words->expires != DATE_NONE ? s->words->expires : INT32_MAX;
}

/* Of the declarations [from, to) of one grant, the one that holds longest, if it holds longer than
 * `end`; else NULL. */
static const struct declaration *find_longer(const struct declaration_vec *all, size_t from,
					     size_t to, int32_t end)
{
	const struct declaration *best = NULL;
	for (size_t i = from; i < to; i++) {
		int32_t other = end_of(&all->at[i]);
		if (other > end && (!best || other > end_of(best)))
			best = &all->at[i];
	}
	return best;
}

static bool is_twin(const struct declaration *a, const struct declaration *b)
{
	bool same_bundle =
		a->bundle && b->bundle ? !strcmp(a->bundle, b->bundle) : a->bundle == b->bundle;
	return a->kind == b->kind && !strcmp(a->document, b->document) && same_bundle;
}

static size_t count_twins(const struct declaration_vec *all, size_t from, size_t i)
{
	size_t count = 0;
	for (size_t k = from; k < i; k++)
		count += is_twin(&all->at[k], &all->at[i]);
	return count;
}

static int by_end(const void *left, const void *right)
{
	const struct ending *a = left, *b = right;
	int32_t x = end_of(a->declaration), y = end_of(b->declaration);
	if (x != y)
		return x < y ? -1 : 1;
	return a->declaration < b->declaration
		       ? -1
		       : a->declaration > b->declaration; /* one array, in order */
}

static void find_endings(struct arena *a, const struct declaration_vec *all, struct endings *out)
{
	for (size_t from = 0, to; from < all->len; from = to) {
		for (to = from + 1;
		     to < all->len && declaration_is_same_grant(&all->at[from], &all->at[to]); to++)
			;
		for (size_t i = from; i < to; i++) {
			int32_t end = end_of(&all->at[i]);
			if (end < out->today || end > out->until || end == INT32_MAX)
				continue;
			vec_push(a, &out->all,
				 (struct ending){&all->at[i], find_longer(all, from, to, end),
						 count_twins(all, from, i)});
		}
	}
	vec_sort(&out->all, by_end);
}

/* ---- shown ---- */

static const char *distance(struct arena *a, int32_t days)
{
	if (days < 0)
		return arena_printf(a, "%d day%s ago", -days, days == -1 ? "" : "s");
	return days == 0 ? "today" : arena_printf(a, "in %d day%s", days, days == 1 ? "" : "s");
}

/* "goes on until 2026-07-01 by roles.yaml:3:7"; NULL when it ends. */
static const char *sequel(struct arena *a, const struct ending *e)
{
	if (!e->goes_on)
		return NULL;
	int32_t end = end_of(e->goes_on);
	return arena_printf(a, "goes on %s%s by %s", end == INT32_MAX ? "without an end" : "until ",
			    end == INT32_MAX ? "" : render_day(a, end),
			    render_place(a, e->goes_on->at));
}

static void add_overdue_title(struct str *out, const struct endings *all)
{
	size_t unseen = 0, count = all->all.len;
	for (size_t i = 0; i < count; i++)
		unseen += all->all.at[i].unseen;
	if (count == unseen)
		str_add(out, unseen ? "No grant that can be seen has ended and is still held"
				    : "No grant has ended and is still held");
	else
		str_printf(out, "%zu grant%s ended and %s still held", count - unseen,
			   count - unseen == 1 ? " has" : "s have",
			   count - unseen == 1 ? "is" : "are");
	if (unseen)
		str_printf(out, "; %zu may still be held: no source shows %s", unseen,
			   unseen == 1 ? "it" : "them");
	str_add(out, ".\n");
}

static void add_title(struct str *out, const struct endings *all)
{
	if (all->overdue) {
		add_overdue_title(out, all);
		return;
	}
	const char *until = render_day(out->arena, all->until);
	size_t go_on = 0, count = all->all.len;
	for (size_t i = 0; i < count; i++)
		go_on += all->all.at[i].goes_on != NULL;
	if (count == 0)
		str_printf(out, "No grant ends by %s.\n", until);
	else
		str_printf(out, "%zu grant%s by %s%s.\n", count, count == 1 ? " ends" : "s end",
			   until,
			   go_on ? arena_printf(out->arena, "; %zu go%s on by another line", go_on,
						go_on == 1 ? "es" : "")
				 : "");
}

static void add_text(struct str *out, const struct endings *all)
{
	static const char *const kinds[] = {"", "group ", "user "};
	struct arena *a = out->arena;
	add_title(out, all);
	for (size_t i = 0; i < all->all.len; i++) {
		const struct ending *e = &all->all.at[i];
		const struct declaration *s = e->declaration;
		int32_t end = end_of(s);
		if (i == 0 || end != end_of(all->all.at[i - 1].declaration))
			str_printf(out, "\n%s, %s\n", render_day(a, end),
				   distance(a, end - all->today));
		str_printf(out, "  %s%s  %s", kinds[s->principal.kind],
			   render_words(a, s->principal.name),
			   render_entitlement(a, &s->entitlement));
		if (s->words->reason)
			str_printf(out, "  \"%s\"", render_words(a, s->words->reason));
		if (s->words->ticket)
			str_printf(out, "  %s", render_words(a, s->words->ticket));
		if (s->owner)
			str_printf(out, "  owner %s", render_words(a, s->owner));
		str_printf(out, "  %s%s\n", render_place(a, s->at),
			   e->unseen ? "  [may still be held]" : "");
		if (s->bundle)
			str_printf(out, "    in bundle %s at %s\n", s->bundle,
				   render_place(a, s->bundle_at));
		if (e->goes_on)
			str_printf(out, "    %s\n", sequel(a, e));
	}
}

static void add_json_ending(struct str *out, const struct endings *all, const struct ending *e)
{
	const struct declaration *s = e->declaration;
	struct arena *a = out->arena;
	str_addc(out, '{');
	json_put_text(out, "address", change_address(a, &s->principal, &s->entitlement));
	render_principal_json(out, &s->principal);
	render_entitlement_json(out, &s->entitlement);
	json_put_text(out, "expires", render_day(a, end_of(s)));
	json_put_number(out, "days", end_of(s) - all->today);
	json_put_text(out, "reason", s->words->reason);
	json_put_text(out, "ticket", s->words->ticket);
	json_put_text(out, "owner", s->owner);
	render_location_json(out, s->at);
	render_bundle_json(out, s->bundle, s->bundle_at);
	if (all->overdue) {
		json_put_key(out, "held");
		str_add(out, e->unseen ? "null" : "true");
	}
	json_put_key(out, "goes_on");
	if (e->goes_on) {
		int32_t end = end_of(e->goes_on);
		str_addc(out, '{');
		json_put_text(out, "expires", end == INT32_MAX ? NULL : render_day(a, end));
		render_location_json(out, e->goes_on->at);
		str_addc(out, '}');
	} else {
		str_add(out, "null");
	}
	str_addc(out, '}');
}

static void add_json(struct str *out, const struct endings *all)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "organization", all->organization);
	json_put_text(out, "today", render_day(out->arena, all->today));
	json_put_text(out, "until", all->overdue ? NULL : render_day(out->arena, all->until));
	json_put_key(out, "grants");
	str_addc(out, '[');
	for (size_t i = 0; i < all->all.len; i++) {
		str_add(out, i ? ",\n  " : "\n  ");
		add_json_ending(out, all, &all->all.at[i]);
	}
	str_add(out, all->all.len ? "\n]}\n" : "]}\n");
}

static void add_csv(struct str *out, const struct endings *all)
{
	static const char *const titles[] = {"expires",	    "days",   "principal_kind", "principal",
					     "entitlement", "reason", "ticket",		"owner",
					     "file",	    "line",   "column",		"bundle",
					     "goes_on",	    "held",   "title",		"address"};
	struct arena *a = out->arena;
	csv_add_row(out, titles, sizeof(titles) / sizeof(*titles));
	for (size_t i = 0; i < all->all.len; i++) {
		const struct ending *e = &all->all.at[i];
		const struct declaration *s = e->declaration;
		const char *const cells[] = {
			render_day(a, end_of(s)),
			arena_printf(a, "%d", end_of(s) - all->today),
			principal_kind_name(s->principal.kind),
			s->principal.name,
			entitlement_address(a, &s->entitlement),
			s->words->reason,
			s->words->ticket,
			s->owner,
			s->at.file,
			arena_printf(a, "%u", s->at.line),
			arena_printf(a, "%u", s->at.column),
			s->bundle,
			sequel(a, e),
			!all->overdue ? ""
			: e->unseen   ? "unknown"
				      : "true",
			entitlement_title(a, &s->entitlement),
			change_address(a, &s->principal, &s->entitlement),
		};
		csv_add_row(out, cells, sizeof(cells) / sizeof(*cells));
	}
}

/* A calendar's event is named by the grant, not by its line or its date: an edit then moves the
 * event instead of adding one. */
static const char *uid_of(struct arena *a, const struct endings *all, const struct ending *e)
{
	const struct declaration *s = e->declaration;
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	struct sha256 *sum = sha256_new();
	sha256_add_text(sum, all->organization);
	sha256_add_text(sum, change_address(a, &s->principal, &s->entitlement));
	sha256_add_text(sum, kind_names[s->kind]);
	sha256_add_text(sum, s->document);
	sha256_add_text(sum, s->bundle ? s->bundle : "");
	sha256_add_text(sum, arena_printf(a, "%zu", e->twin));
	sha256_end(sum, digest);
	sha256_text(digest, text);
	return arena_printf(a, "%.32s@writ", text + strlen("sha256:"));
}

static void add_ics(struct str *out, const struct endings *all)
{
	struct arena *a = out->arena;
	ics_begin(out, arena_printf(a, "Grants of %s that end", all->organization));
	for (size_t i = 0; i < all->all.len; i++) {
		const struct ending *e = &all->all.at[i];
		const struct declaration *s = e->declaration;
		struct str words = STR(a);
		str_printf(&words, "%s", change_address(a, &s->principal, &s->entitlement));
		if (s->words->reason)
			str_printf(&words, "\nReason: %s", s->words->reason);
		if (s->words->ticket)
			str_printf(&words, "\nTicket: %s", s->words->ticket);
		if (s->owner)
			str_printf(&words, "\nOwner: %s", s->owner);
		str_printf(&words, "\nOrganisation: %s", all->organization);
		str_printf(&words, "\nManifest: %s", render_place(a, s->at));
		if (s->bundle)
			str_printf(&words, "\nBundle: %s, %s", s->bundle,
				   render_place(a, s->bundle_at));
		if (e->goes_on)
			str_printf(&words, "\nThe grant %s", sequel(a, e));
		ics_add_day(out,
			    &(struct ics_day){.uid = uid_of(a, all, e),
					      .summary = arena_printf(
						      a, "%s: last day of %s", s->principal.name,
						      render_entitlement(a, &s->entitlement)),
					      .description = str_text(&words),
					      .day = end_of(s),
					      .stamp = all->now});
	}
	ics_end(out, all->all.len);
}

static void render(struct str *out, enum format format, const void *answer)
{
	if (format == FORMAT_JSON)
		add_json(out, answer);
	else if (format == FORMAT_CSV)
		add_csv(out, answer);
	else if (format == FORMAT_ICS)
		add_ics(out, answer);
	else
		add_text(out, answer);
}

/* ---- what has ended and is held ---- */

static bool is_of(const struct declaration *d, const struct principal *p,
		  const struct entitlement *e)
{
	return p && e && principal_compare(&d->principal, p) == 0 &&
	       entitlement_compare(&d->entitlement, e) == 0;
}

/* Whether the account is not live under its name, and no snapshot says who it was: somebody may
 * have given it another name in the service. */
static bool may_be_renamed(const struct plan *plan, const struct change *c,
			   const struct declaration *d)
{
	return !plan->base_live && c->type == CHANGE_ACCOUNT && c->action == ACTION_CREATE &&
	       principal_compare(&d->principal, c->principal) == 0;
}

/* Whether a plan would take the grant away because it has ended, or lists it as left alone with an
 * account that it may not change; false, and *out_unseen, where no source shows it. */
static bool is_held(const struct plan *plan, const struct declaration *d, bool *out_unseen)
{
	*out_unseen = false;
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		*out_unseen |= may_be_renamed(plan, c, d);
		if (c->reason != REASON_EXPIRED || !is_of(d, c->principal, c->entitlement))
			continue;
		*out_unseen = c->unseen;
		return !c->unseen;
	}
	for (size_t i = 0; i < plan->unlisted.len; i++) {
		if (is_of(d, plan->unlisted.at[i].principal, plan->unlisted.at[i].entitlement))
			return true;
	}
	return false;
}

/* Where several lines made one grant, the one that ended last is listed. */
static void find_overdue(struct arena *a, const struct plan *plan,
			 const struct declaration_vec *all, struct endings *out)
{
	for (size_t from = 0, to; from < all->len; from = to) {
		const struct declaration *last = &all->at[from];
		bool unseen, over = last->expired;
		for (to = from + 1;
		     to < all->len && declaration_is_same_grant(&all->at[from], &all->at[to]);
		     to++) {
			over &= all->at[to].expired;
			if (end_of(&all->at[to]) > end_of(last))
				last = &all->at[to];
		}
		if (over && (is_held(plan, last, &unseen) || unseen))
			vec_push(a, &out->all,
				 (struct ending){.declaration = last, .unseen = unseen});
	}
	vec_sort(&out->all, by_end);
}

static struct error *answer_overdue(struct run *run, const struct plan *plan, int *status)
{
	struct declaration_vec declarations = {0};
	struct model_index index = {0};
	struct endings all = {.organization = plan->organization,
			      .overdue = true,
			      .today = time_day(run->now),
			      .now = run->now};
	model_index(plan->wanted, &run->arena, &index);
	declaration_collect(plan->wanted, &index, &run->arena, all.today, &declarations);
	find_overdue(&run->arena, plan, &declarations, &all);
	for (size_t i = 0; i < all.all.len; i++) {
		if (all.all.at[i].unseen)
			*status = EXIT_ERROR; /* whether overdue grants are held is not known */
	}
	return output_all(run, render, &all);
}

static struct error *check_overdue(const struct options *o)
{
	if (o->span.count)
		return error_new(ERROR_USAGE, "--overdue is of what has ended, --in of what will");
	for (size_t i = 0; i < o->outputs.len; i++) {
		if (o->outputs.at[i].format == FORMAT_ICS)
			return error_new(ERROR_USAGE, "format ics is for what will end");
	}
	return NULL;
}

static struct error *list_overdue(struct run *run, int *status)
{
	struct session session = {0};
	struct universe *u = NULL;
	struct plan plan = {0};
	TRY(check_overdue(&run->options));
	struct error *error = make_plan(run, &session, &u, &plan);
	if (!error && !run->report.errors)
		error = answer_overdue(run, &plan, status);
	universe_free(u);
	close_session(&session);
	return error;
}

static struct error *expiring_one(struct run *run, int *status)
{
	if (run->options.overdue)
		return list_overdue(run, status);
	struct manifests m;
	struct declaration_vec declarations = {0};
	TRY(load_manifests(run, run->options.paths, run->options.path_count, &m));
	if (run->report.errors)
		return NULL;
	int32_t today = time_day(run->now);
	struct endings all = {.organization = m.model.organizations.at[0].meta.name,
			      .today = today,
			      .until = span_end(today, run->options.span),
			      .now = run->now};
	declaration_collect(&m.model, &m.index, &run->arena, today, &declarations);
	find_endings(&run->arena, &declarations, &all);
	return output_all(run, render, &all);
}

struct error *cmd_expiring(struct run *run, int *status)
{
	return organizations_of_set(run, arguments_of(&run->options), expiring_one, status);
}
