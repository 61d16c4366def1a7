/* SPDX-License-Identifier: Apache-2.0 */
/* Open drift as documents, one OpenDrift an item. */
#include <string.h>

#include "core/language/emit.h"
#include "core/language/schema_decode.h"
#include "core/model/live.h"
#include "core/record/open_drift.h"
#include "core/util/clock.h"

/* The agreed side of accounts as TechnicalAccount documents, in the order of names. */
static void emit_before(const struct drift_vec *items, const struct live *agreed,
			const struct universe *u, struct account_vec *accounts, struct str *out)
{
	struct live before = {.organization = agreed->organization,
			      .grants = agreed->grants,
			      .words = agreed->words};
	for (size_t i = 0; i < items->len; i++) {
		const struct drift_item *d = &items->at[i];
		if (!d->entitlement && d->before)
			vec_push(out->arena, accounts, *d->before);
	}
	vec_sort(accounts, account_order);
	before.accounts = *accounts;
	emit_kind(out, KIND_TECHNICAL_ACCOUNT, &before, u);
}

/* Adds one line of such a document. The grants of an account that is still there have items of
 * their own. */
static void add_line(struct str *out, const char *line, size_t len, bool spec)
{
	str_add(out, spec ? "    " : "  ");
	str_addn(out, line, len);
}

/* Gives "spec" an empty mapping where an account had nothing but lists: a key without a value could
 * not be read back. */
static void end_spec(struct str *out, size_t begun)
{
	if (out->len != begun)
		return;
	str_cut(out, begun - 1);
	str_add(out, " {}\n");
}

static bool is_list(const char *line)
{
	return !strncmp(line, "  adminRoles:", 13) || !strncmp(line, "  products:", 11) ||
	       !strncmp(line, "  apis:", 7);
}

static void add_before(struct str *out, const char *text, const char *end, bool grants)
{
	size_t spec = 0; /* where the lines of `spec` begin, while they are read */
	bool skipped = false;
	str_add(out, "  before:\n");
	for (const char *at = text; at < end;) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		size_t len = feed ? (size_t)(feed + 1 - at) : (size_t)(end - at);
		if (*at != ' ') {
			if (spec)
				end_spec(out, spec);
			spec = 0;
			if (!strncmp(at, "spec:", 5)) {
				str_add(out, "    spec:\n");
				spec = out->len;
			}
		} else {
			skipped = !grants && spec && (at[2] != ' ' ? is_list(at) : skipped);
			if (!skipped)
				add_line(out, at, len, spec);
		}
		at += len;
	}
	if (spec)
		end_spec(out, spec);
}

/* Adds the words of a grant that is gone. */
static void add_words(struct str *out, const struct drift_item *d, const struct live *agreed,
		      const struct universe *u)
{
	char day[DATE_TEXT];
	const struct words *w =
		d->entitlement && d->kind == DRIFT_GONE
			? live_words(agreed, universe_principal_number(u, d->principal_rank),
				     universe_entitlement_number(u, d->entitlement_rank))
			: NULL;
	if (!w)
		return;
	emit_field(out, "reason", w->reason);
	emit_field(out, "ticket", w->ticket);
	if (w->expires == DATE_NONE)
		return;
	date_format(w->expires, day);
	emit_field(out, "expires", day);
}

static void add_item(struct str *out, const struct drift_item *d, const struct live *agreed,
		     const struct universe *u)
{
	const struct entitlement *e = d->entitlement;
	str_printf(out, "%sapiVersion: %s\nkind: %s\nmetadata:\n  name: \"%s\"\nspec:\n",
		   out->len ? "---\n" : "", API_VERSION, kind_names[KIND_OPEN_DRIFT],
		   d->fingerprint);
	emit_field(out, "drift", drift_kind_name(d->kind));
	str_add(out, d->unseen ? "  unseen: true\n" : "");
	str_add(out, d->unsure ? "  unseenBefore: true\n" : "");
	emit_field(out, "principal", principal_kind_name(d->principal->kind));
	emit_field(out, "name", d->principal->name);
	emit_field(out, "role", e && e->role ? role_table[e->role].name : NULL);
	emit_field(out, "product", e ? e->product : NULL);
	emit_field(out, "profile", e ? e->profile : NULL);
	emit_field(out, "group", e ? e->group : NULL);
	emit_field(out, "api", e ? e->api : NULL);
	add_words(out, d, agreed, u);
	emit_field(out, "since", d->since);
	emit_field(out, "run", d->run);
}

/* Where each account's document begins. */
static const char **cut(struct arena *a, const char *text, size_t count)
{
	const char **at = arena_alloc(a, (count + 1) * sizeof(*at));
	for (size_t i = 0; i < count; i++) {
		at[i] = text;
		const char *next = strstr(text, "\n---\n");
		text = next ? next + 5 : text + strlen(text);
	}
	at[count] = text;
	return at;
}

void open_drift_emit(const struct drift_vec *items, const struct live *agreed,
		     const struct universe *u, struct str *out)
{
	ARENA scratch = {0};
	struct account_vec accounts = {0};
	struct str text = STR(&scratch);
	emit_before(items, agreed, u, &accounts, &text);
	const char **documents = cut(&scratch, str_text(&text), accounts.len);
	for (size_t i = 0; i < items->len; i++) {
		const struct drift_item *d = &items->at[i];
		add_item(out, d, agreed, u);
		if (d->entitlement || !d->before)
			continue;
		size_t at =
			(size_t)((struct account *)vec_find(&accounts, d->before, account_order) -
				 accounts.at);
		const char *end = documents[at + 1];
		if (at + 1 < accounts.len)
			end -= strlen("---\n");
		add_before(out, documents[at], end, d->kind == DRIFT_GONE);
	}
}
