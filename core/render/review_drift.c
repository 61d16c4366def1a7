/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody has to read of drift. */
#include "core/render/render.h"
#include "core/render/review.h"

#define GROUP_FROM 4	    /* equal drifts that become one line */
#define GROUP_GRAVE_FROM 21 /* of what is grave, where up to 20 are named each on its own */

static bool is_admin(const struct drift_item *d)
{
	return drift_is_open(d) && drift_gives_rights(d);
}

static bool is_other_credential(const struct drift_item *d)
{
	return drift_is_open(d) && d->kind == DRIFT_CHANGED && !d->entitlement &&
	       (d->remade || (d->attributes & ATTRIBUTE_CREDENTIAL));
}

static bool is_other(const struct drift_item *d)
{
	return drift_is_open(d) && !drift_gives_rights(d) && !is_other_credential(d);
}

static bool is_ignored(const struct drift_item *d)
{
	return d->fate == DRIFT_IGNORED;
}

static const struct drift_part {
	const char *rule, *title;
	enum review_level level;
	size_t group_from;
	bool kept;
	bool (*takes)(const struct drift_item *d);
} parts[] = {
	{"drift-admin", "Administrator rights that somebody granted", LEVEL_ERROR, GROUP_GRAVE_FROM,
	 true, is_admin},
	{"credential", "Accounts moved to another credential", LEVEL_ERROR, GROUP_GRAVE_FROM, true,
	 is_other_credential},
	{"drift", "Drift", LEVEL_WARNING, GROUP_FROM, false, is_other},
	{"drift", "Made by runs that nobody recorded", LEVEL_NOTE, GROUP_FROM, false,
	 drift_is_unrecorded},
	{"drift", "Ignored", LEVEL_NOTE, GROUP_FROM, false, is_ignored},
};

static const char *note_of(struct arena *a, const struct drift_item *d)
{
	struct str out = STR(a);
	if (d->look_alike)
		str_printf(&out, "%s; ", render_shown(a, d->look_alike));
	str_printf(&out, "fingerprint %s", d->fingerprint);
	if (d->made_by)
		str_printf(&out, ", run %s did this", render_words(a, d->made_by));
	if (d->since)
		str_printf(&out, ", since %.10s, found by %s", d->since, render_words(a, d->run));
	return str_text(&out);
}

static struct review_item item_of(struct arena *a, const struct drift_part *part,
				  const struct drift_item *d)
{
	struct location at = d->ignore	 ? d->ignore->at
			     : d->before ? d->before->at
					 : (struct location){0};
	if (at.file)
		at.file = review_file(a, at.file);
	return (struct review_item){
		.rule = part->rule,
		.sign = render_drift_sign(d),
		.what = render_drift_what(a, d),
		.who = render_principal(a, d->principal),
		.marks = is_ignored(d) ? render_drift_fate(a, d) : NULL,
		.note = note_of(a, d),
		.address = d->fingerprint,
		.about = !d->entitlement,
		.at = at,
		.level = part->level,
		.power = d->entitlement ? entitlement_power(d->entitlement) : POWER_NONE,
		.rank = d->principal_rank,
	};
}

static void add_part(struct review *out, struct arena *a, const struct drift_part *part,
		     const struct drift_vec *all)
{
	review_open(out, a,
		    &(struct review_section){.rule = part->rule,
					     .title = part->title,
					     .kept = part->kept,
					     .group_from = part->group_from});
	for (size_t i = 0; i < all->len; i++) {
		if (!part->takes(&all->at[i]))
			continue;
		struct review_item item = item_of(a, part, &all->at[i]);
		review_add(out, a, &item);
	}
	review_close(out);
}

static size_t count_of(const struct drift_vec *all, bool (*takes)(const struct drift_item *d))
{
	size_t count = 0;
	for (size_t i = 0; i < all->len; i++)
		count += takes(&all->at[i]);
	return count;
}

static void add_unseen(struct review *out, struct arena *a, const struct unseen_vec *unseen)
{
	review_open(
		out, a,
		&(struct review_section){
			.rule = "unseen", .title = "Cannot be seen", .kept = true, .aside = true});
	review_add_unseen(out, a, unseen, LEVEL_WARNING);
	review_close(out);
}

static const char *headline_of(struct arena *a, const struct drift_vec *all, bool blind)
{
	const size_t ignored = count_of(all, is_ignored),
		     unrecorded = count_of(all, drift_is_unrecorded);
	struct str out = STR(a);
	if (all->len == 0 && blind)
		return "No drift in what can be seen, since the snapshot.";
	if (all->len == 0)
		return "No drift. The live organisation is as agreed in the snapshot.";
	str_printf(&out, "Drift: %zu since the snapshot, %zu ignored", count_of(all, drift_is_open),
		   ignored);
	if (unrecorded)
		str_printf(&out, ", %zu that runs made and nobody recorded", unrecorded);
	str_addc(&out, '.');
	return str_text(&out);
}

static const char *alarm_of(struct arena *a, size_t admins, size_t credentials)
{
	struct str out = STR(a);
	if (admins)
		str_printf(&out, "%zu administrator right%s granted by somebody else", admins,
			   admins == 1 ? "" : "s");
	if (credentials)
		str_printf(&out, "%s%zu account%s to another credential", out.len ? ", " : "",
			   credentials, credentials == 1 ? " moved" : "s moved");
	return out.len ? str_text(&out) : NULL;
}

void review_of_drift(struct review *out, struct arena *a, const struct drift_told *told)
{
	const struct drift_vec *all = told->all;
	const bool blind = told->unseen->len || told->partial;
	const size_t admins = count_of(all, is_admin),
		     credentials = count_of(all, is_other_credential);
	*out = (struct review){.subject = "drift",
			       .organization = told->organization,
			       .alarm = alarm_of(a, admins, credentials),
			       .calm = blind ? "No administrator right that a read shows was "
					       "granted by somebody else"
					     : "No administrator right granted by somebody else",
			       .headline = headline_of(a, all, blind),
			       .at = told->at};
	if (out->at.file)
		out->at.file = review_file(a, out->at.file);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		add_part(out, a, &parts[i], all);
	add_unseen(out, a, told->unseen);
	vec_push(a, &out->facts, (struct review_fact){"Organisation", told->organization});
	vec_push(a, &out->facts, (struct review_fact){"Snapshot", render_shown(a, told->from)});
	review_add_count(&out->outputs, a, "drift", count_of(all, drift_is_open));
	review_add_count(&out->outputs, a, "unseen", unseen_pairs(told->unseen));
	review_add_count(&out->outputs, a, "ignored", count_of(all, is_ignored));
	review_add_count(&out->outputs, a, "admin-grants", admins);
	review_add_count(&out->outputs, a, "credential-changes", credentials);
}
