/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/render_text_parts.h"

#include <string.h>

#include "core/util/clock.h"
#include "core/util/unicode.h"

#define COLLAPSE_FROM 4	       /* equal ordinary changes that become one line */
#define COLLAPSE_GRAVE_FROM 21 /* of roles and deleted accounts, where up to 20 are named */
#define UNLISTED_SHOWN 20
#define DRIFT_SHOWN 20
#define MANUAL_SHOWN 5 /* each has some seven steps */

static const char *const section_titles[RISK_COUNT] = {
	[RISK_ADMIN_GRANT] = "ADMIN GRANTS",
	[RISK_ADMIN_REMOVAL] = "ADMIN REMOVALS",
	[RISK_ACCOUNT_DELETE] = "ACCOUNT DELETIONS",
	[RISK_REMOVAL] = "REMOVALS",
	[RISK_ORDINARY] = "CHANGES",
};

struct text_renderer {
	struct str *out;
	const struct plan *plan;
	bool colour;
};

/* ---- sections ---- */

static void paint(const struct text_renderer *r, const char *code, const char *text)
{
	if (r->colour)
		str_printf(r->out, "\033[%sm%s\033[0m", code, text);
	else
		str_add(r->out, text);
}

static const char *colour_of(enum action action)
{
	static const char *const codes[] = {"32", "33", "31"};
	return codes[action];
}

static int32_t end_of(const struct change *c)
{
	return c->words ? c->words->expires : DATE_NONE;
}

static void add_reason(const struct text_renderer *r, const struct change *c)
{
	char day[DATE_TEXT];
	if (c->reason != REASON_ADDED)
		str_printf(r->out, "  (%s)", reason_name(c->reason));
	if (end_of(c) == DATE_NONE)
		return;
	date_format(end_of(c), day);
	str_printf(r->out, "  until %s", day);
}

static void add_marks(const struct text_renderer *r, const struct change *c)
{
	if (c->mover == MOVER_DRIFT)
		str_add(r->out, "  [drift]");
	if (change_is_manual(c))
		str_add(r->out, c->attested ? "  [by hand, attested, not seen]"
				: c->unseen ? "  [by hand, unknown whether done]"
					    : "  [by hand]");
	else if (c->unseen)
		str_add(r->out, "  [no read shows it]");
	if (c->via == CAN_COMMAND)
		str_add(r->out, "  [by your command]");
	if (c->withheld)
		paint(r, "33", "  [withheld]");
}

static void add_bundle(const struct text_renderer *r, const struct change_bundle *bundle)
{
	struct arena *a = r->out->arena;
	if (!bundle)
		return;
	str_printf(r->out, "  [by bundle %s", render_words(a, bundle->name));
	if (!bundle->whole)
		str_printf(r->out, " at %s", render_place(a, bundle->at));
	str_addc(r->out, ']');
}

static void add_why(const struct text_renderer *r, const struct change *c)
{
	struct arena *a = r->out->arena;
	add_reason(r, c);
	if (c->words && c->words->reason)
		str_printf(r->out, "  \"%s\"", render_words(a, c->words->reason));
	if (c->words && c->words->ticket)
		str_printf(r->out, "  %s", render_words(a, c->words->ticket));
	add_marks(r, c);
	add_bundle(r, c->bundle);
	str_printf(r->out, "  %s\n", render_place(a, change_cause(c)));
}

static void add_line(const struct text_renderer *r, const struct change *c)
{
	str_add(r->out, "    ");
	paint(r, colour_of(c->action), render_change(r->out->arena, c));
	add_why(r, c);
	if (c->type == CHANGE_ACCOUNT && c->action == ACTION_UPDATE)
		render_values_text(r->out, c->before, c->after, c->attributes);
	render_lost_text(r->out, c);
	if (c->note)
		str_printf(r->out, "      %s\n", render_shown(r->out->arena, c->note));
}

static void add_principal(const struct text_renderer *r, const struct principal *p)
{
	str_printf(r->out, "  %s\n", render_principal(r->out->arena, p));
}

VEC(pointer_vec, const struct change *);

/* A change, with the greatest power of all that its section tells of who it is about. */
struct led_change {
	const struct change *change;
	uint8_t power;
};
VEC(led_change_vec, struct led_change);

/* Orders changes by what their lines say, apart from who they are about, the reason and the place.
 */
static int by_words(const struct change *x, const struct change *y)
{
	const int64_t left[] = {x->action, x->reason, x->withheld, x->type,  x->entitlement_rank,
				end_of(x), x->mover,  x->via,	   x->unseen},
		      right[] = {y->action, y->reason, y->withheld, y->type,  y->entitlement_rank,
				 end_of(y), y->mover,  y->via,	    y->unseen};
	for (size_t i = 0; i < sizeof(left) / sizeof(*left); i++) {
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	}
	return 0;
}

static int by_words_then_principal(const void *a, const void *b)
{
	const struct change *x = *(const struct change *const *)a,
			    *y = *(const struct change *const *)b;
	int order = by_words(x, y);
	if (order)
		return order;
	return (x->principal_rank > y->principal_rank) - (x->principal_rank < y->principal_rank);
}

static int by_principal(const void *a, const void *b)
{
	const struct change *x = *(const struct change *const *)a,
			    *y = *(const struct change *const *)b;
	if (x->principal_rank != y->principal_rank)
		return x->principal_rank < y->principal_rank ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int by_led_power(const void *a, const void *b)
{
	const struct led_change *x = a, *y = b;
	if (x->power != y->power)
		return x->power < y->power ? -1 : 1;
	return by_principal(&x->change, &y->change);
}

/* Orders changes by who they are about: who gains or loses most power is first, and what is of one
 * stays together. */
static void arrange(struct pointer_vec *all)
{
	ARENA scratch = {0};
	struct led_change_vec led = {0};
	vec_sort(all, by_principal);
	for (size_t i = 0, end; i < all->len; i = end) {
		uint8_t power = POWER_NONE;
		for (end = i;
		     end < all->len && all->at[end]->principal_rank == all->at[i]->principal_rank;
		     end++) {
			uint8_t own = change_power(all->at[end]);
			power = own < power ? own : power;
		}
		for (size_t k = i; k < end; k++)
			vec_push(&scratch, &led, (struct led_change){all->at[k], power});
	}
	vec_sort(&led, by_led_power);
	for (size_t i = 0; i < led.len; i++)
		all->at[i] = led.at[i].change;
}

static bool is_alike(const struct change *x, const struct change *y)
{
	return x->action != ACTION_UPDATE && by_words(x, y) == 0;
}

/* Adds the note of changes that share one line: the note itself where all have the same, else how
 * many there are, since they would be too many to read. */
static void add_notes(const struct text_renderer *r, const struct change *const *same, size_t count)
{
	const char *note = same[0]->note;
	size_t noted = 0, alike = 0;
	for (size_t i = 0; i < count; i++) {
		noted += same[i]->note != NULL;
		alike += note && same[i]->note && !strcmp(note, same[i]->note);
	}
	if (alike == count)
		str_printf(r->out, "    %s\n", render_shown(r->out->arena, note));
	else if (noted)
		str_printf(r->out, "    %zu of them with a note: see the plan as JSON\n", noted);
}

static const char *render_alike(struct arena *a, const struct change *const *same, size_t count)
{
	static const char *const nouns[PRINCIPAL_KIND_COUNT] = {"accounts", "groups", "users",
								"projects"};
	const struct change *c = same[0];
	bool mixed = false;
	for (size_t i = 0; i < count; i++)
		mixed |= same[i]->principal->kind != c->principal->kind;
	if (c->type == CHANGE_GRANT)
		return arena_printf(a, "+ %zu %s → %s", count,
				    mixed ? "principals" : nouns[c->principal->kind],
				    render_entitlement(a, c->entitlement));
	return arena_printf(a, "+ %zu technical accounts", count);
}

/* The bundle by which all of them are said; NULL: not all are said by one. */
static const struct change_bundle *bundle_of(const struct change *const *same, size_t count)
{
	const struct change_bundle *first = same[0]->bundle;
	for (size_t i = 1; i < count && first; i++) {
		const struct change_bundle *other = same[i]->bundle;
		if (!other || location_compare(first->at, other->at) != 0)
			return NULL;
	}
	return first;
}

static void add_collapsed(const struct text_renderer *r, const struct change *const *same,
			  size_t count)
{
	const struct change *c = same[0];
	struct arena *a = r->out->arena;
	str_add(r->out, "  ");
	paint(r, colour_of(c->action), render_alike(a, same, count));
	add_reason(r, c);
	add_marks(r, c);
	const struct change_bundle *bundle = bundle_of(same, count);
	add_bundle(r, bundle);
	str_printf(r->out, "  %s", render_place(a, bundle ? change_cause(c) : c->at));
	str_printf(r->out, bundle && bundle->whole ? "\n" : " and %zu more\n", count - 1);
	add_notes(r, same, count);
}

/* Prints each run of equal additions as one line and keeps the other changes in *all: each removal
 * is named by itself. */
static void collapse(const struct text_renderer *r, struct pointer_vec *all, size_t from)
{
	size_t kept = 0;
	vec_sort(all, by_words_then_principal);
	for (size_t i = 0, end; i < all->len; i = end) {
		for (end = i + 1; end < all->len && is_alike(all->at[i], all->at[end]); end++)
			;
		if (end - i >= from && all->at[i]->action == ACTION_CREATE) {
			add_collapsed(r, all->at + i, end - i);
			continue;
		}
		for (size_t k = i; k < end; k++)
			all->at[kept++] = all->at[k];
	}
	all->len = kept;
}

static void add_changes(const struct text_renderer *r, struct pointer_vec *all, const char *title,
			bool red, size_t collapse_from)
{
	if (all->len == 0)
		return;
	str_addc(r->out, '\n');
	paint(r, red ? "1;31" : "1", title);
	str_printf(r->out, " (%zu)\n", all->len);
	collapse(r, all, collapse_from);
	arrange(all);
	for (size_t i = 0; i < all->len; i++) {
		if (i == 0 || all->at[i]->principal_rank != all->at[i - 1]->principal_rank)
			add_principal(r, all->at[i]->principal);
		add_line(r, all->at[i]);
	}
}

static void add_section(const struct text_renderer *r, enum risk risk)
{
	ARENA scratch = {0};
	struct pointer_vec all = {0};
	bool admin = risk == RISK_ADMIN_GRANT || risk == RISK_ADMIN_REMOVAL;
	for (size_t i = 0; i < r->plan->changes.len; i++) {
		const struct change *c = &r->plan->changes.at[i];
		if (c->risk == risk && c->mover != MOVER_CONFLICT && !change_moves_identity(c))
			vec_push(&scratch, &all, c);
	}
	add_changes(r, &all, section_titles[risk], admin,
		    admin || risk == RISK_ACCOUNT_DELETE ? COLLAPSE_GRAVE_FROM : COLLAPSE_FROM);
}

/* Adds the accounts that get another credential or project, and so leave their rights to it. */
static void add_moves(const struct text_renderer *r)
{
	ARENA scratch = {0};
	struct pointer_vec all = {0};
	for (size_t i = 0; i < r->plan->changes.len; i++) {
		const struct change *c = &r->plan->changes.at[i];
		if (change_moves_identity(c) && c->mover != MOVER_CONFLICT)
			vec_push(&scratch, &all, c);
	}
	add_changes(r, &all, "ACCOUNTS MOVE", true, COLLAPSE_GRAVE_FROM);
}

static int by_extended_power(const void *a, const void *b)
{
	const struct extended_item *x = *(const struct extended_item *const *)a,
				   *y = *(const struct extended_item *const *)b;
	uint8_t left = entitlement_power(x->entitlement), right = entitlement_power(y->entitlement);
	return left != right ? (left < right ? -1 : 1) : (x > y) - (x < y);
}

/* Adds what is held, and given until a later day than before: all rights over others, and some of
 * the rest. */
static void add_extended(const struct text_renderer *r)
{
	ARENA scratch = {0};
	struct arena *a = r->out->arena;
	VEC(, const struct extended_item *) all = {0};
	for (size_t i = 0; i < r->plan->extended.len; i++)
		vec_push(&scratch, &all, &r->plan->extended.at[i]);
	if (all.len == 0)
		return;
	vec_sort(&all, by_extended_power);
	str_addc(r->out, '\n');
	paint(r, "1", "HELD LONGER THAN BEFORE");
	str_printf(r->out, " (%zu)\n", all.len);
	size_t shown = 0;
	for (; shown < all.len; shown++) {
		const struct extended_item *x = all.at[shown];
		if (shown >= UNLISTED_SHOWN && entitlement_power(x->entitlement) == POWER_NONE)
			break;
		str_printf(r->out, "  %s  %s  ", render_principal(a, x->principal),
			   render_entitlement(a, x->entitlement));
		paint(r, "33", render_extension(a, x));
		str_printf(r->out, "  %s\n", render_place(a, x->at));
	}
	if (shown < all.len)
		str_printf(r->out, "  and %zu more; --format json has each\n", all.len - shown);
}

static void add_guards(const struct text_renderer *r)
{
	bool first = true;
	for (size_t i = 0; i < r->plan->guards.len; i++) {
		const struct guard *g = &r->plan->guards.at[i];
		if (g->verdict == VERDICT_PASS)
			continue;
		if (first)
			str_add(r->out, "\nGUARDS\n");
		first = false;
		str_add(r->out, "  ");
		paint(r, g->verdict == VERDICT_ALLOWED ? "32" : "1;31", verdict_name(g->verdict));
		str_printf(r->out, "  %s", render_shown(r->out->arena, g->name));
		if (g->subject)
			str_printf(r->out, " of %s", render_words(r->out->arena, g->subject));
		const char *unit = guard_unit(g);
		str_printf(r->out, ": %lld%s, limit %lld%s", (long long)g->value, unit,
			   (long long)g->limit, unit);
		if (g->verdict != VERDICT_ALLOWED)
			str_add(r->out,
				render_shown(r->out->arena, guard_remedy(r->out->arena, g)));
		str_addc(r->out, '\n');
	}
}

static const char *age_of(const struct text_renderer *r, int64_t since)
{
	int64_t days = (r->plan->created - since) / (24 * 60 * 60);
	return days < 1 ? "since today"
			: arena_printf(r->out->arena, "for %lld day%s", (long long)days,
				       days == 1 ? "" : "s");
}

static void add_manual(const struct text_renderer *r)
{
	size_t shown_steps = 0;
	if (r->plan->summary.manual == 0)
		return;
	str_printf(r->out, "\nBY HAND (%zu)\n", r->plan->summary.manual);
	for (size_t i = 0; i < r->plan->changes.len; i++) {
		const struct change *c = &r->plan->changes.at[i];
		if (!change_is_manual(c))
			continue;
		if (++shown_steps > MANUAL_SHOWN)
			continue;
		str_printf(r->out, "  %s: %s", render_principal(r->out->arena, c->principal),
			   render_change(r->out->arena, c));
		if (c->withheld)
			paint(r, "33", "  [withheld]");
		if (c->since && !c->attested)
			str_printf(r->out, "  (waits %s)", age_of(r, c->since));
		str_addc(r->out, '\n');
		if (c->attested)
			str_printf(r->out, "    %s\n",
				   render_shown(r->out->arena,
						attestation_text(r->out->arena, c->attested)));
		else if (render_is_forbidden(c))
			str_printf(r->out, "    %s\n", RENDER_NOT_TO_BE_MADE);
		else
			render_steps(r->out, c->steps);
	}
	if (shown_steps > MANUAL_SHOWN)
		str_printf(r->out, "  and %zu more; --format json has every step\n",
			   shown_steps - MANUAL_SHOWN);
}

/* Adds the conflicts: changes where both manifests and somebody in the organisation left what the
 * snapshot says, so that somebody has to decide. */
static void add_conflicts(const struct text_renderer *r)
{
	size_t count = 0;
	for (size_t i = 0; i < r->plan->changes.len; i++)
		count += r->plan->changes.at[i].mover == MOVER_CONFLICT;
	if (count == 0)
		return;
	str_addc(r->out, '\n');
	paint(r, "1;31", "CONFLICTS");
	str_printf(r->out, " (%zu): changed here and in the organisation since the snapshot\n",
		   count);
	for (size_t i = 0; i < r->plan->changes.len; i++) {
		const struct change *c = &r->plan->changes.at[i];
		if (c->mover != MOVER_CONFLICT)
			continue;
		add_principal(r, c->principal);
		add_line(r, c);
	}
}

static void add_blocked(const struct text_renderer *r)
{
	const struct blocked_vec *all = &r->plan->blocked;
	struct arena *a = r->out->arena;
	if (all->len == 0)
		return;
	str_printf(r->out, "\nNOT POSSIBLE YET (%zu)\n", all->len);
	for (size_t i = 0; i < all->len && i < UNLISTED_SHOWN; i++) {
		const struct blocked_item *b = &all->at[i];
		str_printf(r->out, "  %s  %s: %s", render_principal(a, b->principal),
			   render_blocked(a, b->entitlement), b->message);
		if (b->nearest)
			str_printf(r->out, "; did you mean %s?", render_words(a, b->nearest));
		if (b->at.file)
			str_printf(r->out, "  %s", render_place(a, b->at));
		str_addc(r->out, '\n');
	}
	if (all->len > UNLISTED_SHOWN)
		str_printf(r->out, "  and %zu more\n", all->len - UNLISTED_SHOWN);
}

static void add_drift(const struct text_renderer *r)
{
	struct drift_vec drift = {0}, made = {0};
	for (size_t i = 0; i < r->plan->drift.len; i++) {
		const struct drift_item *d = &r->plan->drift.at[i];
		vec_push(r->out->arena, drift_is_unrecorded(d) ? &made : &drift, *d);
	}
	if (drift.len)
		str_printf(r->out, "\nDRIFT SINCE THE SNAPSHOT (%zu)\n", drift.len);
	render_drift_text(r->out, &drift, true, DRIFT_SHOWN);
	if (made.len)
		str_printf(r->out, "\nMADE BY RUNS, AND NOT RECORDED (%zu)\n", made.len);
	render_drift_text(r->out, &made, true, DRIFT_SHOWN);
}

static void add_unlisted(const struct text_renderer *r)
{
	const struct unlisted_vec *all = &r->plan->unlisted;
	if (all->len == 0)
		return;
	str_printf(r->out, "\nLIVE BUT NOT LISTED, LEFT ALONE (%zu)\n", all->len);
	for (size_t i = 0; i < all->len && i < UNLISTED_SHOWN; i++) {
		const struct unlisted_item *u = &all->at[i];
		struct arena *a = r->out->arena;
		if (u->principal)
			str_printf(r->out, "  %s  %s", render_principal(a, u->principal),
				   u->entitlement ? render_entitlement(a, u->entitlement)
				   : u->was_known
					   ? "no manifest declares this account, which the last "
					     "snapshot has; --prune deletes it"
					   : "no manifest declares this account");
		else
			str_printf(r->out, "  %zu principal%s  %s", u->count,
				   u->count == 1 ? "" : "s", render_entitlement(a, u->entitlement));
		str_addc(r->out, '\n');
		if (u->was_to_end)
			str_printf(r->out, "    %s\n", render_lost_end(a, u));
		if (u->look_alike)
			str_printf(r->out, "    %s\n", render_shown(a, u->look_alike));
	}
	if (all->len > UNLISTED_SHOWN)
		str_printf(r->out, "  and %zu more\n", all->len - UNLISTED_SHOWN);
}

/* Adds what runs made and nobody uses. */
static void add_projects(const struct text_renderer *r)
{
	const struct made_project_vec *all = &r->plan->projects;
	struct arena *a = r->out->arena;
	if (all->len == 0)
		return;
	str_printf(r->out, "\nPROJECTS WITHOUT CREDENTIALS (%zu); --prune deletes them\n",
		   all->len);
	for (size_t i = 0; i < all->len && i < UNLISTED_SHOWN; i++)
		str_printf(r->out, "  %s (%s)\n", render_project(a, &all->at[i]),
			   render_words(a, all->at[i].id));
	if (all->len > UNLISTED_SHOWN)
		str_printf(r->out, "  and %zu more\n", all->len - UNLISTED_SHOWN);
}

/* Adds the files that were left out. A manifest there may declare accounts, so nothing is removed
 * as undeclared. */
static void add_left_out(const struct text_renderer *r)
{
	const struct line_vec *all = &r->plan->left_out;
	if (all->len == 0)
		return;
	str_printf(r->out, "\nFILES LEFT OUT, SINCE THEY ARE NO MANIFESTS (%zu)\n", all->len);
	for (size_t i = 0; i < all->len && i < UNLISTED_SHOWN; i++)
		str_printf(r->out, "  %s\n", render_shown(r->out->arena, all->at[i]));
	if (all->len > UNLISTED_SHOWN)
		str_printf(r->out, "  and %zu more\n", all->len - UNLISTED_SHOWN);
}

/* The sections, in the order of a review: the dangerous first, then what is lost, then the rest. */
static void add_body(const struct text_renderer *r)
{
	const struct plan *plan = r->plan;
	render_refusals_text(r->out, plan, r->colour);
	render_policy_text(r->out, plan, r->colour);
	add_section(r, RISK_ADMIN_GRANT);
	add_moves(r);
	render_identity_text(r->out, plan, r->colour);
	add_conflicts(r);
	add_extended(r);
	for (int risk = RISK_ADMIN_GRANT + 1; risk < RISK_COUNT; risk++)
		add_section(r, risk);
	add_manual(r);
	add_blocked(r);
	render_unseen_text(r->out, &plan->unseen, plan->summary.unseen);
	add_guards(r);
	add_drift(r);
	add_unlisted(r);
	add_projects(r);
	add_left_out(r);
}

void render_plan_text(struct str *out, const struct planned *planned, bool colour)
{
	const struct plan *plan = planned->plan;
	struct str body = STR(out->arena);
	struct text_renderer r = {out, plan, colour};
	bool has_head = render_has_head(plan);
	struct review review = {0};
	ARENA scratch = {0};
	const char *summary = render_summary(out->arena, plan);
	add_body(&(struct text_renderer){&body, plan, colour});
	paint(&r, "1", summary);
	str_addc(out, '\n');
	if (has_head) {
		review_of_plan(&review, &scratch, planned);
		render_head_text(out, &review, str_text(&body), colour);
	}
	str_add(out, str_text(&body));
	if (plan->changes.len + plan->extended.len + plan->blocked.len + plan->unseen.len +
			    plan->loosened.len + plan->lost_rules.len ==
		    0 &&
	    plan->unlisted.len + plan->drift.len + plan->left_out.len + plan->projects.len == 0)
		return;
	str_printf(out, "\nOrganisation %s, provider %s, plan %s\n", plan->organization,
		   plan->provider, planned->plan_digest);
	str_printf(out, "Saved to a file, it is %s\n", planned->digest);
	if (plan->cost.seconds)
		str_printf(out, "About %s at the service's limits.\n",
			   render_cost(out->arena, plan));
	if (plan->licences_used + plan->licences_freed)
		str_printf(out, "Licences: %zu used, %zu freed.\n", plan->licences_used,
			   plan->licences_freed);
	if (has_head)
		render_foot_text(out, &review, str_text(&body), colour);
	str_printf(out, "%s\n", summary);
}
