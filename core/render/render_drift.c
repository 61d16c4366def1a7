/* SPDX-License-Identifier: Apache-2.0 */
/* Drift as text and JSON. */
#include <string.h>

#include "core/render/render.h"
#include "core/render/render_text_parts.h"
#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/text_escape.h"

static const char *shown(struct arena *a, const char *name)
{
	struct str out = STR(a);
	text_escape_words(&out, name, strlen(name));
	return str_text(&out);
}

const char *render_drift_sign(const struct drift_item *d)
{
	static const char *const signs[DRIFT_KIND_COUNT] = {"+", "-", "~"};
	return signs[d->kind];
}

/* What drifted; of an account that changed, with these words for what differs. */
static const char *what_words(struct arena *a, const struct drift_item *d, const char *words)
{
	struct str out = STR(a);
	if (d->entitlement || d->kind != DRIFT_CHANGED) {
		str_add(&out, d->entitlement ? render_entitlement(a, d->entitlement)
					     : "technical account");
		return str_text(&out);
	}
	bool renamed =
		d->before && d->after && strcmp(d->before->meta.name, d->after->meta.name) != 0;
	if (renamed)
		str_printf(&out, "renamed from %s%s", shown(a, d->before->meta.name),
			   *words || d->remade ? ", " : "");
	str_printf(&out, "%s%s%s", words, *words && d->remade ? ", " : "",
		   d->remade ? "made anew under its old name" : "");
	return str_text(&out);
}

static const char *names_of(struct arena *a, const struct drift_item *d)
{
	return what_words(a, d, render_attributes(a, d->attributes));
}

/* Whether it is known from what to what an account changed: a saved plan may say less. */
static bool has_values(const struct drift_item *d)
{
	return d->kind == DRIFT_CHANGED && !d->entitlement && d->before && d->after;
}

const char *render_drift_what(struct arena *a, const struct drift_item *d)
{
	if (!has_values(d))
		return names_of(a, d);
	return what_words(a, d, review_difference(a, d->before, d->after, d->attributes));
}

/* That no manifest, and so no plan, takes away a value where there was none; NULL: there was. */
static const char *unsaid_words(struct arena *a, const struct drift_item *d)
{
	unsigned lost = has_values(d) ? d->attributes & account_unsaid(d->before) : 0;
	if (!lost)
		return NULL;
	const char *words = render_attributes(a, lost);
	if (d->fate == DRIFT_LEFT)
		return arena_printf(a, "left alone: no manifest can say that it has no %s", words);
	if (d->fate == DRIFT_REVERTED)
		return arena_printf(a,
				    "this plan takes back the rest of it; no manifest can say that "
				    "it has no %s",
				    words);
	return NULL;
}

const char *render_drift_fate(struct arena *a, const struct drift_item *d)
{
	static const char *const fates[DRIFT_FATE_COUNT] = {"left alone", "this plan takes it back",
							    "the manifests say the same by now",
							    "the manifests moved too", ""};
	char day[DATE_TEXT];
	if (d->fate == DRIFT_AGREED && d->remade) /* manifests have no ids */
		return "the manifests mean whoever has this name";
	if (d->fate == DRIFT_REVERTED && d->remade)
		return "this plan takes back the rest of it; the account stays another one";
	const char *unsaid = unsaid_words(a, d);
	if (unsaid)
		return unsaid;
	if (d->fate != DRIFT_IGNORED || !d->ignore)
		return d->fate == DRIFT_IGNORED ? "ignored" : fates[d->fate];
	if (d->ignore->until == INT32_MAX) /* by the command line, for this plan */
		return arena_printf(a, "left alone: %s", shown(a, d->ignore->reason));
	date_format(d->ignore->until, day);
	return arena_printf(a, "ignored until %s: %s", day, shown(a, d->ignore->reason));
}

static bool is_same(const struct principal *a, const struct principal *b)
{
	return a->kind == b->kind && !strcmp(a->name, b->name);
}

void render_drift_text(struct str *out, const struct drift_vec *all, bool fates, size_t most)
{
	static const char *const kinds[] = {"", "group ", "user "};
	struct arena *a = out->arena;
	for (size_t i = 0; i < all->len && i < most; i++) {
		const struct drift_item *d = &all->at[i];
		const struct principal *p = d->principal;
		if (i == 0 || !is_same(all->at[i - 1].principal, p))
			str_printf(out, "  %s%s\n", kinds[p->kind], shown(a, p->name));
		str_printf(out, "    %s %s  %s", render_drift_sign(d), names_of(a, d),
			   d->fingerprint);
		if (fates || d->fate == DRIFT_IGNORED)
			str_printf(out, "  (%s)", render_drift_fate(a, d));
		if (d->open_because)
			str_printf(out, "  (not ignored: %s)", d->open_because);
		if (d->unsure)
			str_add(out, "  (the snapshot could not show it)");
		if (d->made_by)
			str_printf(out, "  (run %s did this)", shown(a, d->made_by));
		if (d->since)
			str_printf(out, "  since %.10s, found by %s", d->since, shown(a, d->run));
		str_addc(out, '\n');
		if (has_values(d))
			render_values_text(out, d->before, d->after, d->attributes);
		if (d->look_alike)
			str_printf(out, "      %s\n", render_shown(a, d->look_alike));
	}
	if (all->len > most)
		str_printf(out, "  and %zu more; --format json has them all\n", all->len - most);
}

static void add_differs(struct str *out, const struct drift_item *d)
{
	json_put_key(out, "differs");
	str_addc(out, '[');
	bool first = true;
	for (unsigned bit = 1; bit < ATTRIBUTE_ALL; bit <<= 1) {
		if (!(d->attributes & bit))
			continue;
		str_add(out, first ? "" : ", ");
		json_add_text(out, render_attributes(out->arena, bit));
		first = false;
	}
	if (d->remade)
		str_add(out, first ? "\"id\"" : ", \"id\"");
	str_addc(out, ']');
}

static void add_account(struct str *out, const char *name, const struct drift_item *d,
			const struct account *account)
{
	if (d->entitlement)
		return;
	unsigned set = d->kind == DRIFT_CHANGED ? d->attributes : ATTRIBUTE_ALL;
	render_account_json(out, name, account, set, true, d->kind == DRIFT_CHANGED);
}

static void add_ignore(struct str *out, const struct drift_ignore *ignore)
{
	char day[DATE_TEXT];
	if (!ignore)
		return;
	date_format(ignore->until, day);
	json_put_key(out, "ignored");
	str_addc(out, '{');
	json_put_text(out, "until", ignore->until == INT32_MAX ? NULL : day);
	json_put_text(out, "reason", ignore->reason);
	render_location_json(out, ignore->at);
	str_addc(out, '}');
}

void render_drift_json(struct str *out, const struct drift_vec *all, bool fates)
{
	json_put_key(out, "drift");
	str_addc(out, '[');
	for (size_t i = 0; i < all->len; i++) {
		const struct drift_item *d = &all->at[i];
		str_add(out, i ? ",\n  {" : "\n  {");
		json_put_text(out, "address",
			      change_address(out->arena, d->principal, d->entitlement));
		json_put_text(out, "type", d->entitlement ? "grant" : "technicalAccount");
		render_principal_json(out, d->principal);
		render_entitlement_json(out, d->entitlement);
		json_put_text(out, "kind", drift_kind_name(d->kind));
		add_differs(out, d);
		add_account(out, "before", d, d->before);
		add_account(out, "after", d, d->after);
		json_put_text(out, "fingerprint", d->fingerprint);
		if (d->unsure)
			str_add(out, ", \"unseen_before\": true");
		if (fates || d->fate == DRIFT_IGNORED)
			json_put_text(out, "fate", drift_fate_name(d->fate));
		add_ignore(out, d->ignore);
		if (d->open_because)
			json_put_text(out, "not_ignored", d->open_because);
		if (d->look_alike)
			json_put_text(out, "look_alike", d->look_alike);
		if (d->made_by)
			json_put_text(out, "made_by", d->made_by);
		if (d->unrecorded)
			str_add(out, ", \"unrecorded\": true");
		if (d->since) {
			json_put_text(out, "since", d->since);
			json_put_text(out, "run", d->run);
		}
		str_addc(out, '}');
	}
	str_add(out, all->len ? "\n]" : "]");
}
