/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody has to read of a plan. */
#include <string.h>

#include "core/render/render.h"
#include "core/render/review.h"

#define GROUP_FROM 4	    /* equal ordinary changes that become one line */
#define GROUP_GRAVE_FROM 21 /* of what is grave, where up to 20 are named each on its own */

#define LEAST 20 /* of what is kept and gives nobody power */

struct filler {
	struct review *review;
	struct arena *arena;
	const struct plan *plan;
	const char *rule;
	enum review_level level;
	bool (*takes)(const struct change *c);
	struct located {
		struct location last;  /* the place that was asked for last */
		const char *last_file; /* and the file that it was answered */
	} places, bundles;
};

/* The place with its file as the repository calls it. That costs a look at the disk, and many
 * changes have the same file, so the last answer is kept. */
static struct location locate(struct arena *a, struct located *kept, struct location at)
{
	if (!at.file)
		return at;
	if (!kept->last.file || strcmp(kept->last.file, at.file) != 0) {
		kept->last = at;
		kept->last_file = review_file(a, at.file);
	}
	at.file = kept->last_file;
	return at;
}

static struct location place_of(struct filler *f, struct location at)
{
	return locate(f->arena, &f->places, at);
}

/* ---- changes ---- */

/* Where all accounts of a bundle get what an item of it says, somebody wrote that item, and so it
 * is the place. */
static void add_bundle(struct filler *f, const struct change_bundle *bundle,
		       struct review_item *item)
{
	struct arena *a = f->arena;
	const char *mark = arena_printf(a, "by bundle %s", render_words(a, bundle->name));
	item->marks = item->marks ? arena_printf(a, "%s, %s", item->marks, mark) : mark;
	if (bundle->whole)
		return;
	struct location at = locate(a, &f->bundles, bundle->at);
	const char *note =
		arena_printf(a, "the bundle says it at %s:%u", render_words(a, at.file), at.line);
	item->note = item->note ? arena_printf(a, "%s; %s", item->note, note) : note;
}

static struct review_item item_of(struct filler *f, const struct change *c)
{
	struct review_item item = review_change(f->arena, c);
	item.rule = f->rule;
	item.level = f->level;
	item.at = place_of(f, change_cause(c));
	if (c->bundle)
		add_bundle(f, c->bundle, &item);
	return item;
}

static void fill_changes(struct filler *f)
{
	for (size_t i = 0; i < f->plan->changes.len; i++) {
		const struct change *c = &f->plan->changes.at[i];
		if (!f->takes(c))
			continue;
		struct review_item item = item_of(f, c);
		review_add(f->review, f->arena, &item);
	}
}

static bool is_conflict(const struct change *c)
{
	return c->mover == MOVER_CONFLICT;
}

/* Includes changes in conflict: who is to get a right must not be hidden behind what somebody else
 * did. */
static bool is_admin_grant(const struct change *c)
{
	return c->risk == RISK_ADMIN_GRANT;
}

static bool is_credential(const struct change *c)
{
	return change_moves_identity(c);
}

static bool is_granted(const struct change *c)
{
	return is_admin_grant(c) && !is_credential(c);
}

static bool is_other_conflict(const struct change *c)
{
	return is_conflict(c) && !is_admin_grant(c) && !is_credential(c);
}

static bool is_admin_removal(const struct change *c)
{
	return c->risk == RISK_ADMIN_REMOVAL && !is_conflict(c);
}

static bool is_account_delete(const struct change *c)
{
	return c->risk == RISK_ACCOUNT_DELETE && !is_conflict(c);
}

static bool is_removal(const struct change *c)
{
	return c->risk == RISK_REMOVAL && !is_conflict(c);
}

static bool is_ordinary(const struct change *c)
{
	return c->risk == RISK_ORDINARY && !is_conflict(c) && !is_credential(c);
}

static void fill_manual(struct filler *f)
{
	for (size_t i = 0; i < f->plan->changes.len; i++) {
		const struct change *c = &f->plan->changes.at[i];
		if (!change_is_manual(c))
			continue;
		struct review_item item = item_of(f, c);
		item.reason = item.ticket = item.note = NULL;
		item.marks = c->withheld ? "withheld" : NULL;
		item.steps = render_is_forbidden(c) ? NULL : c->steps;
		item.note = render_is_forbidden(c) ? RENDER_NOT_TO_BE_MADE : NULL;
		if (c->attested) {
			item.note = render_shown(f->arena, attestation_text(f->arena, c->attested));
			item.steps = NULL;
		}
		review_add(f->review, f->arena, &item);
	}
}

/* ---- what is beside changes ---- */

/* Adds the refusals, which are not told again among the warnings. */
static void fill_refusals(struct filler *f)
{
	for (size_t i = 0; i < f->plan->warnings.len; i++) {
		const struct diagnostic *d = &f->plan->warnings.at[i];
		struct review_item item = {
			.rule = d->id,
			.what = render_words(f->arena, d->summary),
			.note = render_words(f->arena, d->detail),
			.address = d->id,
			.about = true,
			.level = f->level,
		};
		if (plan_is_refused_for(d))
			review_add(f->review, f->arena, &item);
	}
}

/* Adds the limits and rules that the manifests had before and gave up. */
static void fill_policy(struct filler *f)
{
	struct arena *a = f->arena;
	for (size_t i = 0; i < f->plan->loosened.len; i++) {
		const struct loosened *l = &f->plan->loosened.at[i];
		struct review_item item = {
			.rule = f->rule,
			.what = render_loosened(a, l),
			.note = arena_printf(a, "looser than that of %s",
					     render_words(a, f->plan->policy_before)),
			.address = arena_printf(a, "%s %s", l->name, l->subject ? l->subject : ""),
			.about = true,
			.level = f->level,
		};
		review_add(f->review, a, &item);
	}
	for (size_t i = 0; i < f->plan->lost_rules.len; i++) {
		struct review_item item = {
			.rule = f->rule,
			.what = arena_printf(a, "not kept any more: %s",
					     render_words(a, f->plan->lost_rules.at[i])),
			.note = arena_printf(a, "a rule of %s",
					     render_words(a, f->plan->rules_before)),
			.address = arena_printf(a, "rules %s", f->plan->lost_rules.at[i]),
			.about = true,
			.level = f->level,
		};
		review_add(f->review, a, &item);
	}
}

static void add_identity(struct filler *f, const struct identity_item *id)
{
	struct review_item item = {
		.rule = f->rule,
		.what = id->message,
		.who = render_words(f->arena, id->account),
		.about = true,
		.address =
			arena_printf(f->arena, "%s %s", id->account, identity_kind_name(id->kind)),
		.level = f->level,
	};
	review_add(f->review, f->arena, &item);
}

/* Whether the account may be another one than it is taken for. */
static bool is_in_doubt(const struct identity_item *id)
{
	return id->kind == IDENTITY_MADE_ANEW || id->kind == IDENTITY_UNPROVEN;
}

static void fill_made_anew(struct filler *f)
{
	for (size_t i = 0; i < f->plan->identities.len; i++) {
		if (is_in_doubt(&f->plan->identities.at[i]))
			add_identity(f, &f->plan->identities.at[i]);
	}
}

VEC(moved_vec, const char *);

static bool has_moved(const struct moved_vec *moved, const char *account)
{
	for (size_t i = 0; i < moved->len; i++) {
		if (!strcmp(moved->at[i], account))
			return true;
	}
	return false;
}

/* Adds what is told of identities. Accounts that move to another credential or project are left
 * out, for they are told among the changes. */
static void fill_identities(struct filler *f)
{
	struct moved_vec moved = {0};
	for (size_t i = 0; i < f->plan->changes.len; i++) {
		if (is_credential(&f->plan->changes.at[i]))
			vec_push(f->arena, &moved, f->plan->changes.at[i].principal->name);
	}
	for (size_t i = 0; i < f->plan->identities.len; i++) {
		const struct identity_item *id = &f->plan->identities.at[i];
		if (!is_in_doubt(id) && !has_moved(&moved, id->account))
			add_identity(f, id);
	}
}

static bool is_admin_extension(const struct extended_item *x)
{
	return entitlement_power(x->entitlement) != POWER_NONE;
}

static void fill_some_extended(struct filler *f, bool admin)
{
	struct arena *a = f->arena;
	for (size_t i = 0; i < f->plan->extended.len; i++) {
		const struct extended_item *x = &f->plan->extended.at[i];
		if (is_admin_extension(x) != admin)
			continue;
		struct review_item item = {
			.rule = f->rule,
			.sign = "~",
			.what = render_entitlement(a, x->entitlement),
			.who = render_principal(a, x->principal),
			.marks = render_extension(a, x),
			.address = change_address(a, x->principal, x->entitlement),
			.at = place_of(f, x->at),
			.level = f->level,
			.power = entitlement_power(x->entitlement),
		};
		review_add(f->review, a, &item);
	}
}

static void fill_extended_admin(struct filler *f)
{
	fill_some_extended(f, true);
}

static void fill_extended(struct filler *f)
{
	fill_some_extended(f, false);
}

static void fill_blocked(struct filler *f)
{
	review_add_blocked(f->review, f->arena, &f->plan->blocked, f->level);
}

static void fill_unseen(struct filler *f)
{
	review_add_unseen(f->review, f->arena, &f->plan->unseen, f->level);
}

static void fill_guards(struct filler *f)
{
	review_add_guards(f->review, f->arena, &f->plan->guards, f->plan);
}

/* Of which drift a section is. */
enum drift_sort { SORT_POWER, SORT_OTHER, SORT_MADE };

static enum drift_sort sort_of(const struct drift_item *d)
{
	if (drift_is_unrecorded(d))
		return SORT_MADE;
	return d->fate != DRIFT_IGNORED && drift_gives_rights(d) ? SORT_POWER : SORT_OTHER;
}

static void fill_some_drift(struct filler *f, enum drift_sort sort)
{
	struct arena *a = f->arena;
	for (size_t i = 0; i < f->plan->drift.len; i++) {
		const struct drift_item *d = &f->plan->drift.at[i];
		if (sort_of(d) != sort)
			continue;
		struct review_item item = {
			.rule = f->rule,
			.sign = render_drift_sign(d),
			.what = render_drift_what(a, d),
			.who = render_principal(a, d->principal),
			.marks = render_drift_fate(a, d),
			.note = d->look_alike ? render_shown(a, d->look_alike) : NULL,
			.address = d->fingerprint,
			.about = !d->entitlement,
			.level = f->level,
			.power = d->entitlement ? entitlement_power(d->entitlement) : POWER_NONE,
			.rank = d->principal_rank,
		};
		review_add(f->review, a, &item);
	}
}

static void fill_drift_admin(struct filler *f)
{
	fill_some_drift(f, SORT_POWER);
}

static void fill_drift(struct filler *f)
{
	fill_some_drift(f, SORT_OTHER);
}

static void fill_made(struct filler *f)
{
	fill_some_drift(f, SORT_MADE);
}

static size_t count_drift(const struct plan *plan)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->drift.len; i++)
		count += !drift_is_unrecorded(&plan->drift.at[i]);
	return count;
}

/* NULL: there is nothing more to say of it. */
static const char *note_of_unlisted(struct arena *a, const struct unlisted_item *u)
{
	const char *end = u->was_to_end ? render_lost_end(a, u) : NULL;
	const char *near = u->look_alike ? render_shown(a, u->look_alike) : NULL;
	return end && near ? arena_printf(a, "%s; %s", end, near) : end ? end : near;
}

static void fill_unlisted(struct filler *f)
{
	struct arena *a = f->arena;
	for (size_t i = 0; i < f->plan->unlisted.len; i++) {
		const struct unlisted_item *u = &f->plan->unlisted.at[i];
		struct review_item item = {
			.rule = f->rule,
			.what = u->entitlement ? render_entitlement(a, u->entitlement)
				: u->was_known ? "no manifest declares this account, which the "
						 "last snapshot has; --prune deletes it"
					       : "no manifest declares this account",
			.who = u->principal ? render_principal(a, u->principal)
					    : arena_printf(a, "%zu principal%s", u->count,
							   u->count == 1 ? "" : "s"),
			.note = note_of_unlisted(a, u),
			.address = u->principal ? change_address(a, u->principal, u->entitlement)
						: entitlement_address(a, u->entitlement),
			.at = place_of(f, u->at),
			.about = !u->entitlement,
			.level = f->level,
		};
		review_add(f->review, a, &item);
	}
}

/* The sections of a plan's review, in the order in which they are read. */
static const struct plan_part {
	const char *rule, *title;
	enum review_level level;
	size_t group_from;
	bool kept, again, aside;
	size_t least;
	void (*fill)(struct filler *f);
	bool (*takes)(const struct change *c);
} parts[] = {
	{"refused", "Apply refuses this as it is", LEVEL_ERROR, .kept = true,
	 .fill = fill_refusals},
	{"policy", "Guards or rules are looser than before", LEVEL_ERROR, .kept = true,
	 .fill = fill_policy},
	{"admin-grant", "Administrator rights granted", LEVEL_ERROR, GROUP_GRAVE_FROM, .kept = true,
	 .fill = fill_changes, .takes = is_granted},
	{"credential", "Accounts move to another credential or project", LEVEL_ERROR,
	 GROUP_GRAVE_FROM, .kept = true, .fill = fill_changes, .takes = is_credential},
	{"made-anew", "Other accounts than they may be taken for", LEVEL_ERROR, .kept = true,
	 .fill = fill_made_anew},
	{"conflict", "Changed here and in the organisation since the snapshot", LEVEL_ERROR,
	 GROUP_GRAVE_FROM, .fill = fill_changes, .takes = is_other_conflict},
	{"extended-admin", "Administrator rights that end later than before", LEVEL_WARNING,
	 GROUP_GRAVE_FROM, .kept = true, .least = LEAST, .fill = fill_extended_admin},
	{"admin-removal", "Administrator rights removed", LEVEL_WARNING, GROUP_GRAVE_FROM,
	 .fill = fill_changes, .takes = is_admin_removal},
	{"account-delete", "Accounts deleted", LEVEL_WARNING, GROUP_GRAVE_FROM,
	 .fill = fill_changes, .takes = is_account_delete},
	{"removal", "Removals", LEVEL_WARNING, GROUP_FROM, .fill = fill_changes,
	 .takes = is_removal},
	{"ordinary", "Changes", LEVEL_NOTE, GROUP_FROM, .fill = fill_changes, .takes = is_ordinary},
	{"extended", "Held longer than before", LEVEL_NOTE, GROUP_FROM, .fill = fill_extended},
	{"identity", "Which credential and project", LEVEL_WARNING, .kept = true, .least = LEAST,
	 .aside = true, .fill = fill_identities},
	{"by-hand", "By hand", LEVEL_NOTE, .again = true, .fill = fill_manual},
	{"blocked", "Not possible yet", LEVEL_ERROR, GROUP_FROM, .kept = true, .least = LEAST,
	 .fill = fill_blocked},
	{"unseen", "Cannot be seen", LEVEL_WARNING, .kept = true, .least = LEAST, .aside = true,
	 .fill = fill_unseen},
	{"guard", "Guards", LEVEL_NOTE, .kept = true, .least = LEAST, .fill = fill_guards},
	{"drift-admin", "Administrator rights that somebody granted since the snapshot",
	 LEVEL_WARNING, GROUP_GRAVE_FROM, .kept = true, .least = LEAST, .aside = true,
	 .fill = fill_drift_admin},
	{"drift", "Drift since the snapshot", LEVEL_WARNING, GROUP_FROM, .aside = true,
	 .fill = fill_drift},
	{"drift", "Made by runs that nobody recorded", LEVEL_NOTE, GROUP_FROM, .aside = true,
	 .fill = fill_made},
	{"unlisted", "Live but not listed, left alone", LEVEL_NOTE, GROUP_FROM, .aside = true,
	 .fill = fill_unlisted},
};

static void add_part(struct filler *f, const struct plan_part *part)
{
	f->rule = part->rule;
	f->level = part->level;
	f->takes = part->takes;
	review_open(f->review, f->arena,
		    &(struct review_section){.rule = part->rule,
					     .title = part->title,
					     .kept = part->kept,
					     .least = part->least,
					     .again = part->again,
					     .aside = part->aside,
					     .group_from = part->group_from});
	part->fill(f);
	review_close(f->review);
}

/* ---- the whole ---- */

static size_t count_of(const struct plan *plan, bool (*takes)(const struct change *c))
{
	size_t count = 0;
	for (size_t i = 0; i < plan->changes.len; i++)
		count += takes(&plan->changes.at[i]);
	return count;
}

struct told_count {
	bool (*takes)(const struct change *c);
	const char *one, *many;
};
static const struct told_count alarms[] = {
	{is_granted, "administrator right granted", "administrator rights granted"},
	{is_credential, "account moves to another credential",
	 "accounts move to another credential"},
};
static const struct told_count losses[] = {
	{is_admin_removal, "administrator right removed", "administrator rights removed"},
	{is_account_delete, "account deleted", "accounts deleted"},
	{is_removal, "other removal", "other removals"},
};

static void add_told(struct str *out, const struct plan *plan, const struct told_count *all,
		     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = count_of(plan, all[i].takes);
		if (n)
			str_printf(out, "%s%zu %s", out->len ? ", " : "", n,
				   n == 1 ? all[i].one : all[i].many);
	}
}

static void add_extended(struct str *out, const struct plan *plan)
{
	size_t n = 0;
	for (size_t i = 0; i < plan->extended.len; i++)
		n += is_admin_extension(&plan->extended.at[i]);
	if (n)
		str_printf(out, "%s%zu administrator right%s", out->len ? ", " : "", n,
			   n == 1 ? " ends later" : "s end later");
}

/* Adds what is to be feared in the plan and what is lost; whether there is anything to fear. */
static bool add_title(struct str *out, const struct plan *plan)
{
	if (plan_will_be_refused(plan))
		str_add(out, "Apply refuses this as it is");
	if (plan->loosened.len)
		str_add(out, out->len ? ", guards are looser than before"
				      : "Guards are looser than before");
	if (plan->lost_rules.len)
		str_add(out,
			out->len ? ", rules are not kept any more" : "Rules are not kept any more");
	add_told(out, plan, alarms, sizeof(alarms) / sizeof(*alarms));
	bool alarm = out->len > 0;
	if (!alarm)
		str_add(out, "No administrator right granted");
	add_extended(out, plan);
	add_told(out, plan, losses, sizeof(losses) / sizeof(*losses));
	return alarm;
}

const char *review_plan_line(struct arena *a, const struct plan *plan)
{
	struct str title = STR(a);
	const char *summary = render_summary(a, plan);
	return add_title(&title, plan) ? arena_printf(a, "%s %s.", summary, str_text(&title))
				       : summary;
}

static void add_facts(struct review *r, struct arena *a, const struct planned *planned)
{
	const struct plan *plan = planned->plan;
	vec_push(a, &r->facts,
		 (struct review_fact){
			 "Organisation",
			 arena_printf(a, "%s, provider %s", plan->organization, plan->provider)});
	vec_push(a, &r->facts, (struct review_fact){"Plan", planned->plan_digest});
	vec_push(a, &r->facts, (struct review_fact){"Saved plan", planned->digest});
	if (plan->manifest_commit)
		vec_push(a, &r->facts,
			 (struct review_fact){"Manifests",
					      arena_printf(a, "commit %s", plan->manifest_commit)});
	if (plan->base)
		vec_push(a, &r->facts,
			 (struct review_fact){"Snapshot", render_shown(a, plan->base)});
	if (plan->cost.seconds)
		vec_push(a, &r->facts,
			 (struct review_fact){"Cost",
					      arena_printf(a, "about %s", render_cost(a, plan))});
	if (plan->licences_used + plan->licences_freed)
		vec_push(a, &r->facts,
			 (struct review_fact){"Licences", arena_printf(a, "%zu used, %zu freed",
								       plan->licences_used,
								       plan->licences_freed)});
}

static void add_outputs(struct review *r, struct arena *a, const struct planned *planned)
{
	const struct plan *plan = planned->plan;
	const struct summary *s = &plan->summary;
	const struct {
		const char *name;
		size_t count;
	} counts[] = {{"add", s->add},
		      {"change", s->change},
		      {"remove", s->remove},
		      {"withheld", s->withheld},
		      {"manual", s->manual},
		      {"blocked", s->blocked},
		      {"unseen", s->unseen},
		      {"drift", count_drift(plan)},
		      {"admin-grants", count_of(plan, is_granted)},
		      {"credential-changes", count_of(plan, is_credential)}};
	vec_push(a, &r->outputs,
		 (struct review_fact){"changes", plan_pending(plan) ? "true" : "false"});
	vec_push(a, &r->outputs, (struct review_fact){"digest", planned->plan_digest});
	vec_push(a, &r->outputs, (struct review_fact){"saved-digest", planned->digest});
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		review_add_count(&r->outputs, a, counts[i].name, counts[i].count);
}

/* The place for what has no line of its own: the line where the organisation says what becomes of
 * what is not listed, else the first line of all. */
static struct location fallback(struct filler *f)
{
	const struct plan *plan = f->plan;
	for (size_t i = 0; i < plan->unlisted.len; i++) {
		if (plan->unlisted.at[i].at.file)
			return place_of(f, plan->unlisted.at[i].at);
	}
	if (plan->changes.len)
		return place_of(f, plan->changes.at[0].at);
	return plan->blocked.len ? place_of(f, plan->blocked.at[0].at) : (struct location){0};
}

void review_of_plan(struct review *out, struct arena *a, const struct planned *planned)
{
	const struct plan *plan = planned->plan;
	struct filler f = {.review = out, .arena = a, .plan = plan};
	*out = (struct review){.subject = "plan",
			       .organization = plan->organization,
			       .headline = render_summary(a, plan),
			       .foreign = plan->target != NULL};
	struct str title = STR(a);
	if (add_title(&title, plan))
		out->alarm = str_text(&title);
	else
		out->calm = str_text(&title);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		add_part(&f, &parts[i]);
	out->at = fallback(&f);
	add_facts(out, a, planned);
	add_outputs(out, a, planned);
}
