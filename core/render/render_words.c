/* SPDX-License-Identifier: Apache-2.0 */
/* How a change, an entitlement, a name, a place and a time are spelt in all that people read. */
#include "core/render/render.h"

#include <string.h>

#include "core/util/clock.h"
#include "core/util/text_escape.h"

const char *render_cost(struct arena *a, const struct plan *plan)
{
	size_t calls = plan->cost.calls, minutes = (plan->cost.seconds + 59) / 60;
	const char *took = minutes == 0	  ? "less than a minute"
			   : minutes == 1 ? "1 minute"
					  : arena_printf(a, "%zu minutes", minutes);
	return arena_printf(a, "%zu call%s, %s", calls, calls == 1 ? "" : "s", took);
}

const char *render_shown(struct arena *a, const char *text)
{
	struct str out = STR(a);
	text_escape(&out, text, strlen(text), 0);
	return str_text(&out);
}

const char *render_lost_end(struct arena *a, const struct unlisted_item *u)
{
	return arena_printf(a, "it was to end on %s, which no manifest says any more",
			    render_shown(a, u->was_to_end));
}

const char *render_words(struct arena *a, const char *text)
{
	struct str out = STR(a);
	text_escape_words(&out, text, strlen(text));
	return str_text(&out);
}

const char *render_place(struct arena *a, struct location at)
{
	const char *file = at.file;
	while (!strncmp(file, "./", 2))
		file += 2;
	return arena_printf(a, "%s:%u:%u", render_words(a, file), at.line, at.column);
}

const char *render_time(struct arena *a, int64_t seconds)
{
	char *text = arena_alloc(a, TIME_TEXT);
	time_format(seconds, text);
	return text;
}

const char *render_extension(struct arena *a, const struct extended_item *item)
{
	const char *now = item->after == DATE_NONE
				  ? "no end any more"
				  : arena_printf(a, "until %s", render_day(a, item->after));
	return arena_printf(a, "%s, was %s", now, render_day(a, item->before));
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

/* The name of a product or profile. What would read as the joint between the two is escaped. */
static const char *part(struct arena *a, const char *name)
{
	const char *words = render_words(a, name), *joint;
	struct str out = STR(a);
	while ((joint = strstr(words, " / "))) {
		str_addn(&out, words, (size_t)(joint - words));
		str_add(&out, " \\/");
		words = joint + 2;
	}
	str_add(&out, words);
	return str_text(&out);
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
		str_printf(&out, "%s%s", e->role ? " of " : "", part(a, e->product));
	if (e->profile)
		str_printf(&out, " / %s", part(a, e->profile));
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

const char *render_project(struct arena *a, const struct made_project *p)
{
	struct str out = STR(a);
	str_printf(&out, "project \"%s\"", render_words(a, p->title));
	if (p->account)
		str_printf(&out, ", made for account %s", render_words(a, p->account));
	str_printf(&out, "%s by run %s", p->account ? "" : ", made", render_words(a, p->run));
	return str_text(&out);
}

const char *render_change(struct arena *a, const struct change *c)
{
	const char *sign = symbol(c->action);
	if (c->type == CHANGE_PROJECT)
		return arena_printf(a, "%s %s, without a credential", sign,
				    render_project(a, c->project));
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
	static const char *const kinds[PRINCIPAL_KIND_COUNT] = {"", "group ", "user ", "project "};
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
