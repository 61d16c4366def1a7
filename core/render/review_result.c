/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody has to read of a run: what went wrong and what waits first, then what was done, the
 * dangerous before the rest. */
#include <string.h>

#include "core/render/render.h"
#include "core/render/render_result.h"
#include "core/render/review.h"

#define GROUP_FROM 4	    /* so many changes that say the same become one line */
#define GROUP_GRAVE_FROM 21 /* of what is grave, where up to 20 are named each on its own */
#define LEAST 20	    /* of what is kept and gives nobody power */
#define SHORT_ID 12

struct teller {
	struct review *review;
	struct arena *arena;
	const struct run_report *report;
};

/* ---- which changes ---- */

/* Which changes a part has: those of one risk (enum risk), but for accounts that move to another
 * credential or project; these accounts; or any. */
enum { CHANGES_MOVED = RISK_COUNT, CHANGES_ANY };

static bool is_among(const struct change *c, unsigned which)
{
	bool moved = change_moves_identity(c);
	if (which >= RISK_COUNT)
		return which == CHANGES_ANY || moved;
	return c->risk == which && !moved;
}

/* The sections of a result's review, in the order in which they are read. */
static const struct result_part {
	enum fate fate;
	const char *rule, *title;
	enum review_level level;
	size_t group_from;
	bool kept;
	size_t least;
	unsigned which;
} parts[] = {
	{FATE_FAILED, "failed", "Failed", LEVEL_ERROR, GROUP_GRAVE_FROM, true, 0, CHANGES_ANY},
	{FATE_UNKNOWN, "unknown", "Sent, and nobody knows what came of it", LEVEL_ERROR,
	 GROUP_GRAVE_FROM, true, 0, CHANGES_ANY},
	{FATE_NOT_TRIED, "not-tried", "Not tried", LEVEL_ERROR, GROUP_FROM, true, LEAST,
	 CHANGES_ANY},
	{FATE_DONE, "admin-grant", "Administrator rights granted", LEVEL_WARNING, GROUP_GRAVE_FROM,
	 true, 0, RISK_ADMIN_GRANT},
	{FATE_DONE, "credential", "Accounts moved to another credential or project", LEVEL_WARNING,
	 GROUP_GRAVE_FROM, true, 0, CHANGES_MOVED},
	{FATE_MANUAL, "by-hand", "By hand", LEVEL_WARNING, 0, true, LEAST, CHANGES_ANY},
	{FATE_LATE, "late", "Accepted, and not seen yet", LEVEL_WARNING, GROUP_FROM, true, LEAST,
	 CHANGES_ANY},
	{FATE_WITHHELD, "withheld", "Withheld", LEVEL_WARNING, GROUP_FROM, true, LEAST,
	 CHANGES_ANY},
	{FATE_DONE, "admin-removal", "Administrator rights removed", LEVEL_NOTE, GROUP_GRAVE_FROM,
	 false, 0, RISK_ADMIN_REMOVAL},
	{FATE_DONE, "account-delete", "Accounts deleted", LEVEL_NOTE, GROUP_GRAVE_FROM, false, 0,
	 RISK_ACCOUNT_DELETE},
	{FATE_DONE, "removal", "Removed", LEVEL_NOTE, GROUP_FROM, false, 0, RISK_REMOVAL},
	{FATE_DONE, "ordinary", "Done", LEVEL_NOTE, GROUP_FROM, false, 0, RISK_ORDINARY},
};

static bool is_of(const struct teller *f, const struct result_part *part, size_t i)
{
	return f->report->result->fates[i] == part->fate &&
	       is_among(&f->report->planned->plan->changes.at[i], part->which);
}

static size_t count_of(const struct teller *f, const struct result_part *part)
{
	size_t count = 0;
	for (size_t i = 0; i < f->report->planned->plan->changes.len; i++)
		count += is_of(f, part, i);
	return count;
}

/* ---- their items ---- */

static const char *withheld_text(enum withheld why)
{
	static const char *const texts[WITHHELD_COUNT] = {
		[WITHHELD_CONSENT] = "it needs consent",
		[WITHHELD_HOLDERS] = "too few would hold it, or nobody sees who does",
		[WITHHELD_OWN] = "writ itself needs it",
		[WITHHELD_REPLACEMENT] = "what replaces it is not there",
		[WITHHELD_CARRIER] = "it carries a product profile that stays"};
	return texts[why];
}

/* Adds the steps of a change by hand as they are now, or who attested that they were made. */
static void add_hand(struct teller *f, struct review_item *item, size_t i)
{
	const struct result *r = f->report->result;
	item->marks = NULL;
	item->steps = r->steps[i];
	if (r->attested[i]) {
		item->note = render_shown(f->arena, attestation_text(f->arena, r->attested[i]));
		item->steps = NULL;
	}
}

static void add_change(struct teller *f, const struct result_part *part, size_t i)
{
	const struct change *c = &f->report->planned->plan->changes.at[i];
	const struct result *r = f->report->result;
	struct review_item item = review_change(f->arena, c);
	item.rule = part->rule;
	item.level = part->level;
	item.at = c->at;
	if (item.at.file)
		item.at.file = review_file(f->arena, item.at.file);
	if (part->fate == FATE_WITHHELD)
		item.marks = withheld_text((enum withheld)r->withheld[i]);
	if (part->fate == FATE_MANUAL)
		add_hand(f, &item, i);
	else if (r->messages[i])
		item.note = render_shown(f->arena, r->messages[i]);
	review_add(f->review, f->arena, &item);
}

static void add_part(struct teller *f, const struct result_part *part)
{
	review_open(f->review, f->arena,
		    &(struct review_section){.rule = part->rule,
					     .title = part->title,
					     .kept = part->kept,
					     .least = part->least,
					     .group_from = part->group_from});
	for (size_t i = 0; f->report->result && i < f->report->planned->plan->changes.len; i++) {
		if (is_of(f, part, i))
			add_change(f, part, i);
	}
	review_close(f->review);
}

/* ---- the run itself ---- */

static void add_word(struct teller *f, enum review_level level, const char *address,
		     const char *text)
{
	struct review_item item = {.rule = "run",
				   .what = render_shown(f->arena, text),
				   .address = address,
				   .level = level};
	review_add(f->review, f->arena, &item);
}

static void add_run(struct teller *f)
{
	const struct run_report *report = f->report;
	review_open(f->review, f->arena,
		    &(struct review_section){.rule = "run", .title = "The run", .kept = true});
	if (report->error)
		add_word(f, LEVEL_ERROR, "error", report->error);
	if (report->record->error)
		add_word(f, LEVEL_ERROR, "record",
			 arena_printf(f->arena, "not recorded: %s", report->record->error));
	if (report->result && report->result->expired)
		add_word(f, LEVEL_ERROR, "expired",
			 "the plan had expired: what was sent is settled, nothing new was sent, "
			 "and the run has ended; make a new plan");
	bool unsure = report->resume && report->result && report->result->unsure;
	if (report->resume)
		add_word(f, LEVEL_ERROR, "resume",
			 arena_printf(f->arena, "it goes on with: %s%s%s", report->resume,
				      unsure ? "; what is unknown is not asked for again, and "
					       "where the service "
					       "does not have it the run ends with: "
					     : "",
				      unsure ? render_result_close(f->arena, report) : ""));
	review_close(f->review);
}

static void add_guards(struct teller *f)
{
	const struct plan *plan = f->report->planned->plan;
	review_open(f->review, f->arena,
		    &(struct review_section){
			    .rule = "guard", .title = "Guards", .kept = true, .least = LEAST});
	review_add_guards(f->review, f->arena,
			  f->report->result ? &f->report->result->guards : &plan->guards, plan);
	review_close(f->review);
}

static void add_blocked(struct teller *f)
{
	review_open(f->review, f->arena,
		    &(struct review_section){.rule = "blocked",
					     .title = "Not possible yet",
					     .kept = true,
					     .least = LEAST,
					     .group_from = GROUP_FROM});
	review_add_blocked(f->review, f->arena, &f->report->planned->plan->blocked, LEVEL_WARNING);
	review_close(f->review);
}

/* ---- what it is called ---- */

static const char *outcome_of(const struct run_report *report)
{
	const struct result *r = report->result;
	if (report->error || (r && r->expired))
		return "Stopped";
	if (report->unresumed)
		return "Nothing to resume";
	if (!r)
		return report->planned->plan->blocked.len ? "Nothing to apply, something waits"
							  : "Nothing to apply";
	if (r->count[FATE_FAILED] || r->count[FATE_UNKNOWN] || r->count[FATE_NOT_TRIED])
		return "Stopped part-way";
	if (report->record->error)
		return "Applied, and not on record";
	if (r->count[FATE_WITHHELD])
		return "Applied, but for what is withheld";
	if (r->count[FATE_MANUAL] || r->count[FATE_LATE] || report->planned->plan->blocked.len)
		return "Applied, something waits";
	return "Applied";
}

static void add_title(struct teller *f)
{
	static const struct {
		unsigned which;
		const char *one, *many;
	} told[] = {
		{RISK_ADMIN_GRANT, "administrator right granted", "administrator rights granted"},
		{CHANGES_MOVED, "account moved to another credential",
		 "accounts moved to another credential"},
		{RISK_ADMIN_REMOVAL, "administrator right removed", "administrator rights removed"},
		{RISK_ACCOUNT_DELETE, "account deleted", "accounts deleted"}};
	struct str out = STR(f->arena);
	const char *separator = ": ";
	str_add(&out, outcome_of(f->report));
	for (size_t i = 0; f->report->result && i < sizeof(told) / sizeof(*told); i++) {
		const struct result_part part = {.fate = FATE_DONE, .which = told[i].which};
		size_t n = count_of(f, &part);
		if (!n)
			continue;
		str_printf(&out, "%s%zu %s", separator, n, n == 1 ? told[i].one : told[i].many);
		separator = ", ";
	}
	f->review->calm = str_text(&out);
}

/* ---- facts ---- */

static void add_fact(struct teller *f, const char *name, const char *value)
{
	if (value && *value)
		vec_push(f->arena, &f->review->facts, (struct review_fact){name, value});
}

static void add_facts(struct teller *f)
{
	struct arena *a = f->arena;
	const struct planned *planned = f->report->planned;
	const struct plan *plan = planned->plan;
	const struct result *r = f->report->result;
	const struct result_record *record = f->report->record;
	add_fact(f, "Organisation",
		 plan->provider
			 ? arena_printf(a, "%s, provider %s", plan->organization, plan->provider)
			 : plan->organization);
	add_fact(f, "Plan", planned->plan_digest);
	add_fact(f, "Saved plan", planned->digest);
	add_fact(f, "Manifests",
		 plan->manifest_commit ? arena_printf(a, "commit %s", plan->manifest_commit)
				       : NULL);
	add_fact(f, "Run", r ? r->run : NULL);
	if (r && r->run)
		add_fact(f, "Ledger",
			 arena_printf(a, "record %llu of %s, %s", (unsigned long long)r->number,
				      render_shown(a, r->ledger), r->head));
	if (record->folder)
		add_fact(f, "Snapshot",
			 arena_printf(a, "%d, %s%s", (int)record->serial,
				      record->changed ? "" : "nothing new, ",
				      render_shown(a, record->folder)));
	for (size_t i = 0; i < record->commit_count; i++)
		add_fact(f, "Commit",
			 arena_printf(a, "%.*s %s", SHORT_ID, record->commits[i],
				      render_shown(a, record->subjects[i])));
}

static const char *name_of(struct arena *a, enum fate fate)
{
	char *name = arena_strdup(a, fate_name(fate));
	for (char *at = name; *at; at++)
		*at = *at == ' ' ? '-' : *at;
	return name;
}

static void add_outputs(struct teller *f)
{
	struct arena *a = f->arena;
	struct review_fact_vec *outputs = &f->review->outputs;
	const struct result *r = f->report->result;
	const struct result_part granted = {.fate = FATE_DONE, .which = RISK_ADMIN_GRANT};
	review_add_count(outputs, a, "status", (size_t)f->report->status);
	vec_push(a, outputs, (struct review_fact){"digest", f->report->planned->plan_digest});
	vec_push(a, outputs, (struct review_fact){"run", r && r->run ? r->run : ""});
	for (int fate = 0; fate < FATE_COUNT; fate++)
		review_add_count(outputs, a, name_of(a, (enum fate)fate), r ? r->count[fate] : 0);
	review_add_count(outputs, a, "blocked", f->report->planned->plan->blocked.len);
	review_add_count(outputs, a, "admin-grants", r ? count_of(f, &granted) : 0);
}

void review_of_result(struct review *out, struct arena *a, const struct run_report *report)
{
	const struct plan *plan = report->planned->plan;
	struct teller f = {out, a, report};
	*out = (struct review){.subject = "apply",
			       .organization = plan->organization,
			       .headline = report->unresumed ? render_result_unresumed(a, report)
					   : report->result  ? render_result_summary(a, report)
							     : render_summary(a, plan),
			       .foreign = !report->result && plan->target != NULL};
	add_title(&f);
	add_run(&f);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		add_part(&f, &parts[i]);
	add_guards(&f);
	add_blocked(&f);
	if (plan->changes.len && plan->changes.at[0].at.file) {
		out->at = plan->changes.at[0].at;
		out->at.file = review_file(a, out->at.file);
	}
	add_facts(&f);
	add_outputs(&f);
}
