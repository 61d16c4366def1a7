/* SPDX-License-Identifier: Apache-2.0 */
/* The grants that no source shows, as text and as JSON. */
#include <string.h>

#include "core/render/render.h"
#include "core/util/json.h"

static void add_source(struct str *out, const char *source, const char *object)
{
	if (source)
		str_printf(out, "%s would show %s\n", render_shown(out->arena, source), object);
	else
		str_printf(out, "no configured source shows %s\n", object);
}

/* "whether 3 principals hold it". */
static void add_count(struct str *out, size_t count, bool anybody, const char *object)
{
	if (anybody && count == 1)
		str_printf(out, "whether any user holds %s", object);
	else if (anybody)
		str_printf(out, "whether %zu principal%s or any user holds %s", count - 1,
			   count == 2 ? "" : "s", object);
	else
		str_printf(out, "whether %zu principal%s %s", count,
			   count == 1 ? " holds" : "s hold", object);
}

const char *render_unseen_note(struct arena *a, const struct unseen_item *u)
{
	struct str out = STR(a);
	size_t claimed = u->claimed + u->wanted + u->ended;
	if (!claimed)
		str_add(&out, "not managed: ");
	add_count(&out, claimed ? claimed : u->unclaimed, u->anybody, "it");
	if (claimed && u->unclaimed)
		str_printf(&out, ", and %zu more whom nobody manages", u->unclaimed);
	str_add(&out, "; ");
	if (u->source)
		str_printf(&out, "%s would show it", render_shown(a, u->source));
	else
		str_add(&out, "no configured source shows it");
	return str_text(&out);
}

/* How many pairs of an item are counted: those that somebody asks about, or with `unclaimed` those
 * that no document speaks of. */
static size_t count_of(const struct unseen_item *u, bool unclaimed)
{
	return unclaimed ? u->unclaimed : u->claimed + u->wanted + u->ended;
}

/* Whether two items differ in their entitlement alone, so that one line tells both. */
static bool is_alike(const struct unseen_item *x, const struct unseen_item *y, bool unclaimed)
{
	const char *a = x->source ? x->source : "", *b = y->source ? y->source : "";
	return count_of(x, unclaimed) == count_of(y, unclaimed) && x->anybody == y->anybody &&
	       !strcmp(a, b);
}

/* Appends the entitlements that one line tells together with that of item i. Returns how many; 0
 * where the line of an earlier item has them. */
static size_t add_alike(struct str *out, const struct unseen_vec *all, size_t i, bool unclaimed)
{
	for (size_t k = 0; k < i; k++) {
		if (is_alike(&all->at[k], &all->at[i], unclaimed))
			return 0;
	}
	size_t alike = 0;
	for (size_t k = i; k < all->len; k++) {
		if (is_alike(&all->at[k], &all->at[i], unclaimed))
			str_printf(out, "%s%s", alike++ ? ", " : "  ",
				   render_entitlement(out->arena, all->at[k].entitlement));
	}
	return alike;
}

static void add_ended(struct str *out, const struct unseen_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].ended)
			str_printf(out, "  %s: %zu should have ended, and may still be held\n",
				   render_entitlement(out->arena, all->at[i].entitlement),
				   all->at[i].ended);
	}
}

static void add_lines(struct str *out, const struct unseen_vec *all, bool unclaimed)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct unseen_item *u = &all->at[i];
		size_t count = count_of(u, unclaimed);
		size_t alike = count ? add_alike(out, all, i, unclaimed) : 0;
		if (!alike)
			continue;
		const char *object = alike == 1 ? "it" : "them";
		str_add(out, unclaimed ? ", not managed: " : ": ");
		add_count(out, count, u->anybody, object);
		str_add(out, "; ");
		add_source(out, u->source, object);
	}
}

void render_unseen_text(struct str *out, const struct unseen_vec *all, size_t pairs)
{
	if (all->len == 0)
		return;
	str_add(out, "\nCANNOT BE SEEN");
	if (pairs)
		str_printf(out, " (%zu)", pairs);
	str_addc(out, '\n');
	add_ended(out, all);
	add_lines(out, all, false);
	add_lines(out, all, true);
}

/* ---- JSON ---- */

void render_unseen_json(struct str *out, const struct unseen_vec *all)
{
	json_put_key(out, "unseen");
	str_addc(out, '[');
	for (size_t i = 0; i < all->len; i++) {
		const struct unseen_item *u = &all->at[i];
		str_add(out, i ? ",\n  {" : "\n  {");
		render_entitlement_json(out, u->entitlement);
		json_put_number(out, "claimed", (int64_t)u->claimed);
		json_put_number(out, "wanted", (int64_t)u->wanted);
		json_put_number(out, "ended", (int64_t)u->ended);
		json_put_number(out, "unclaimed", (int64_t)u->unclaimed);
		if (u->anybody)
			str_add(out, ", \"anybody\": true");
		json_put_text(out, "source", u->source);
		str_addc(out, '}');
	}
	str_add(out, all->len ? "\n]" : "]");
}
