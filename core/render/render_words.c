/* SPDX-License-Identifier: Apache-2.0 */
/* What the lines of a plan are made of. */
#include "core/render/render.h"

#include <string.h>

#include "core/util/clock.h"
#include "core/util/text_escape.h"

const char *render_shown(struct arena *a, const char *text)
{
	struct str out = STR(a);
	text_escape(&out, text, strlen(text), 0);
	return str_text(&out);
}

const char *render_words(struct arena *a, const char *text)
{
	struct str out = STR(a);
	text_escape_words(&out, text, strlen(text));
	return str_text(&out);
}

const char *render_place(struct arena *a, struct location at)
{
	return arena_printf(a, "%s:%u:%u", render_words(a, at.file), at.line, at.column);
}

const char *render_time(struct arena *a, int64_t seconds)
{
	char *text = arena_alloc(a, TIME_TEXT);
	time_format(seconds, text);
	return text;
}

const char *render_day(struct arena *a, int32_t day)
{
	char *text = arena_alloc(a, DATE_TEXT);
	date_format(day, text);
	return text;
}

const char *render_blocked(struct arena *a, const struct entitlement *e)
{
	return e ? render_entitlement(a, e) : "technical account";
}

const char *render_entitlement(struct arena *a, const struct entitlement *e)
{
	struct str out = STR(a);
	if (e->api)
		return arena_printf(a, "API %s", render_words(a, e->api));
	if (e->role)
		str_add(&out, role_table[e->role].name);
	if (e->role && e->group)
		str_printf(&out, " of group %s", render_words(a, e->group));
	if (e->product)
		str_printf(&out, "%s%s", e->role ? " of " : "", render_words(a, e->product));
	if (e->profile)
		str_printf(&out, " / %s", render_words(a, e->profile));
	return str_text(&out);
}

static const char *symbol(enum action action)
{
	static const char *const symbols[] = {"+", "~", "-"};
	return symbols[action];
}

const char *render_attributes(struct arena *a, unsigned set)
{
	static const char *const names[] = {"description", "owner", "labels", "project",
					    "credential"};
	struct str out = STR(a);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (set & (1U << i))
			str_printf(&out, "%s%s", out.len ? ", " : "", names[i]);
	}
	return str_text(&out);
}

static size_t count_lost(const struct change *c)
{
	return (size_t)c->lost_roles + c->lost_products;
}

const char *render_change(struct arena *a, const struct change *c)
{
	const char *sign = symbol(c->action);
	if (c->type == CHANGE_GRANT)
		return arena_printf(a, "%s %s", sign, render_entitlement(a, c->entitlement));
	if (c->action == ACTION_CREATE)
		return arena_printf(a, "%s technical account", sign);
	const char *differs = c->after ? render_attributes(a, c->attributes) : "";
	if (c->reason == REASON_RENAMED)
		return arena_printf(a, "%s renamed from %s%s%s", sign,
				    render_words(a, c->before->meta.name), *differs ? ", " : "",
				    differs);
	if (c->action == ACTION_UPDATE)
		return arena_printf(a, "%s %s", sign, differs);
	size_t lost = count_lost(c);
	return arena_printf(a, "%s technical account, with the %zu grant%s it holds", sign, lost,
			    lost == 1 ? "" : "s");
}

const char *render_principal(struct arena *a, const struct principal *p)
{
	static const char *const kinds[] = {"", "group ", "user "};
	return arena_printf(a, "%s%s", kinds[p->kind], render_words(a, p->name));
}

bool render_is_forbidden(const struct change *c)
{
	return c->withheld && c->withheld != WITHHELD_CONSENT;
}

void render_steps(struct str *out, const char *steps)
{
	size_t serial = 1;
	for (const char *at = steps; at && *at; serial++) {
		size_t len = strcspn(at, "\n");
		str_printf(out, "    %zu. ", serial);
		text_escape(out, at, len, 0);
		str_addc(out, '\n');
		at += len + (at[len] == '\n');
	}
}

/* ---- what a plan comes to ---- */

static bool has_ignored(const struct plan *plan)
{
	for (size_t i = 0; i < plan->drift.len; i++) {
		if (plan->drift.at[i].fate == DRIFT_IGNORED)
			return true;
	}
	return false;
}

/* "2 accounts and grants are": what is not possible yet. */
static const char *blocked_words(struct arena *a, const struct plan *plan)
{
	size_t all = plan->blocked.len, accounts = 0;
	for (size_t i = 0; i < all; i++)
		accounts += !plan->blocked.at[i].entitlement;
	const char *what = accounts == 0     ? "grant"
			   : accounts == all ? "account"
					     : "accounts and grant";
	return arena_printf(a, "%zu %s%s", all, what, all == 1 ? " is" : "s are");
}

/* Why there are no changes, where all that is claimed was seen and is possible. */
static const char *why_none(const struct plan *plan)
{
	if (has_ignored(plan))
		return "What the manifests ignore is left as it is.";
	if (!plan->whole && !plan->restores)
		return "Nothing of the run is left that this plan takes back.";
	if (plan->summary.unlisted)
		return "What is live and not listed is left alone.";
	return plan->restores ? "The live organisation is as the snapshot says."
			      : "The live organisation matches the manifests.";
}

static const char *no_changes(struct arena *a, const struct plan *plan)
{
	size_t unseen = plan->summary.unseen;
	struct str out = STR(a);
	str_add(&out, "No changes");
	if (plan->target)
		str_printf(&out, " of %s", render_words(a, plan->target));
	if (plan->unseen.len && (unseen || !plan->target))
		str_add(&out, " in what can be seen");
	if (unseen)
		str_printf(&out, "; %zu claimed grant%s cannot be seen", unseen,
			   unseen == 1 ? "" : "s");
	if (plan->blocked.len)
		str_printf(&out, "%s%s not possible yet", unseen || plan->target ? "; " : ". ",
			   blocked_words(a, plan));
	if (plan->target)
		str_add(&out, "; --target leaves out all else");
	str_addc(&out, '.');
	if (!plan->target && !plan->blocked.len && !plan->unseen.len)
		str_printf(&out, " %s", why_none(plan));
	return str_text(&out);
}

const char *render_summary(struct arena *a, const struct plan *plan)
{
	const struct summary *s = &plan->summary;
	size_t pending = plan_pending(plan);
	struct str out = STR(a);
	if (plan->changes.len == 0)
		return no_changes(a, plan);
	str_printf(&out, "Plan: %zu to add, %zu to change, %zu to remove", s->add, s->change,
		   s->remove);
	if (s->withheld)
		str_printf(&out, " (%zu removal%s withheld)", s->withheld,
			   s->withheld == 1 ? "" : "s");
	if (s->manual)
		str_printf(&out, ", %zu of them by hand", s->manual);
	if (s->attested)
		str_printf(&out, ", %zu of them attested and not seen", s->attested);
	if (pending + s->attested < plan->changes.len)
		str_printf(&out, ", %zu of them not pending",
			   plan->changes.len - pending - s->attested);
	if (plan->blocked.len)
		str_printf(&out, ", and %zu not possible yet", plan->blocked.len);
	if (s->unseen)
		str_printf(&out, "; %zu cannot be seen", s->unseen);
	if (plan->target)
		str_printf(&out, ", of %s alone", render_words(a, plan->target));
	str_addc(&out, '.');
	return str_text(&out);
}
