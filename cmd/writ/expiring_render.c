/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/expiring_render.h"

#include <string.h>

#include "core/language/schema_decode.h"
#include "core/render/render.h"
#include "core/util/csv.h"
#include "core/util/ics.h"
#include "core/util/json.h"

int32_t ending_day(const struct declaration *s)
{
	return s->words && s->words->expires != DATE_NONE ? s->words->expires : INT32_MAX;
}

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
	int32_t end = ending_day(e->goes_on);
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
		int32_t end = ending_day(s);
		if (i == 0 || end != ending_day(all->all.at[i - 1].declaration))
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
	json_put_text(out, "expires", render_day(a, ending_day(s)));
	json_put_number(out, "days", ending_day(s) - all->today);
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
		int32_t end = ending_day(e->goes_on);
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
			render_day(a, ending_day(s)),
			arena_printf(a, "%d", ending_day(s) - all->today),
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
					      .day = ending_day(s),
					      .stamp = all->now});
	}
	ics_end(out, all->all.len);
}

void expiring_render(struct str *out, enum format format, const void *answer)
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
