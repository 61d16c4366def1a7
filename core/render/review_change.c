/* SPDX-License-Identifier: Apache-2.0 */
/* One change, as a reviewer reads it. */
#include "core/render/render.h"
#include "core/render/review.h"

static const char *sign_of(enum action action)
{
	static const char *const signs[] = {"+", "~", "-"};
	return signs[action];
}

/* ---- what differs ---- */

static void add_side(struct str *out, const char *value)
{
	if (value)
		str_printf(out, "\"%s\"", render_words(out->arena, value));
	else
		str_add(out, "nothing");
}

static void add_difference(struct str *out, const char *name, const char *before, const char *after)
{
	str_printf(out, "%s%s ", out->len ? ", " : "", name);
	add_side(out, before);
	str_add(out, " → ");
	add_side(out, after);
}

static const char *label_text(struct arena *a, const struct account *account)
{
	struct str out = STR(a);
	for (size_t i = 0; i < account->meta.labels.len; i++)
		str_printf(&out, "%s%s=%s", i ? " " : "", account->meta.labels.at[i].key,
			   account->meta.labels.at[i].value);
	return out.len ? str_text(&out) : NULL;
}

const char *review_difference(struct arena *a, const struct account *from, const struct account *to,
			      unsigned attributes)
{
	struct str out = STR(a);
	if (attributes & ATTRIBUTE_CREDENTIAL)
		add_difference(&out, "credential", account_credential(from),
			       account_credential(to));
	if (attributes & ATTRIBUTE_PROJECT)
		add_difference(&out, "project", from->project, to->project);
	if (attributes & ATTRIBUTE_OWNER)
		add_difference(&out, "owner", from->owner, to->owner);
	if (attributes & ATTRIBUTE_DESCRIPTION)
		add_difference(&out, "description", from->description, to->description);
	if (attributes & ATTRIBUTE_LABELS)
		add_difference(&out, "labels", label_text(a, from), label_text(a, to));
	return str_text(&out);
}

static const char *difference_of(struct arena *a, const struct change *c)
{
	const char *values = review_difference(a, c->before, c->after, c->attributes);
	if (c->reason != REASON_RENAMED)
		return values;
	return arena_printf(a, "renamed from \"%s\"%s%s", render_words(a, c->before->meta.name),
			    *values ? ", " : "", values);
}

static const char *what_of(struct arena *a, const struct change *c)
{
	size_t lost = (size_t)c->lost_roles + c->lost_products;
	if (c->type == CHANGE_GRANT)
		return render_entitlement(a, c->entitlement);
	if (c->type == CHANGE_PROJECT)
		return arena_printf(a, "%s, without a credential", render_project(a, c->project));
	if (c->action == ACTION_CREATE)
		return "technical account";
	if (c->action == ACTION_UPDATE)
		return difference_of(a, c);
	return arena_printf(a, "technical account, with the %zu grant%s it holds", lost,
			    lost == 1 ? "" : "s");
}

static void add_mark(struct str *out, const char *mark)
{
	str_printf(out, "%s%s", out->len ? ", " : "", mark);
}

static const char *hand_mark(const struct change *c)
{
	if (c->attested)
		return "by hand, attested, not seen";
	if (change_is_manual(c))
		return c->unseen ? "by hand, unknown whether done" : "by hand";
	return c->unseen ? "no read shows it" : NULL;
}

static const char *marks_of(struct arena *a, const struct change *c)
{
	struct str out = STR(a);
	if (c->reason != REASON_ADDED && c->reason != REASON_CHANGED && c->reason != REASON_RENAMED)
		add_mark(&out, reason_name(c->reason));
	if (c->words && c->words->expires != DATE_NONE)
		add_mark(&out, arena_printf(a, "until %s", render_day(a, c->words->expires)));
	if (c->mover == MOVER_DRIFT || c->mover == MOVER_CONFLICT)
		add_mark(&out, mover_name(c->mover));
	if (hand_mark(c))
		add_mark(&out, hand_mark(c));
	if (c->via == CAN_COMMAND)
		add_mark(&out, "by your command");
	if (c->withheld)
		add_mark(&out, "withheld");
	return out.len ? str_text(&out) : NULL;
}

/* The note of a change; of a deleted account it names what goes with it. */
static const char *note_of(struct arena *a, const struct change *c)
{
	struct str out = STR(a);
	for (size_t i = 0; c->lost && i < c->lost->len; i++)
		str_printf(&out, "%s%s",
			   i ? ", " : "takes with it: ", render_entitlement(a, c->lost->at[i]));
	if (c->note)
		str_printf(&out, "%s%s", out.len ? "; " : "", render_shown(a, c->note));
	return out.len ? str_text(&out) : NULL;
}

struct review_item review_change(struct arena *a, const struct change *c)
{
	const struct words *w = c->words;
	return (struct review_item){
		.sign = sign_of(c->action),
		.what = what_of(a, c),
		.who = render_principal(a, c->principal),
		.reason = w && w->reason ? render_words(a, w->reason) : NULL,
		.ticket = w && w->ticket ? render_words(a, w->ticket) : NULL,
		.marks = marks_of(a, c),
		.note = note_of(a, c),
		.change = c,
		.about = c->type != CHANGE_GRANT,
		.power = change_power(c),
		.rank = c->principal_rank,
	};
}
