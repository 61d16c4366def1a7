/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/render.h"
#include "core/report/matrix.h"
#include "core/util/json.h"

static const char *const held_names[] = {
	[HELD_UNASKED] = NULL,
	[HELD_YES] = "held",
	[HELD_NO] = "not held",
	[HELD_UNSEEN] = "not seen",
};

static void put_bool(struct str *out, const char *key, bool value)
{
	json_put_key(out, key);
	str_add(out, value ? "true" : "false");
}

static void put_day(struct str *out, const char *key, int32_t day)
{
	json_put_text(out, key, day == DATE_NONE ? NULL : render_day(out->arena, day));
}

/* NULL: there is no such account on that side. */
static void put_side(struct str *out, const char *key, bool asked, const struct account *account)
{
	json_put_key(out, key);
	str_add(out, !asked ? "null" : account ? "true" : "false");
}

static void put_unseen(struct str *out, const struct account *live)
{
	json_put_key(out, "unseen");
	str_addc(out, '[');
	for (size_t i = 0; live && i < live->unseen.len; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, live->unseen.at[i].text);
	}
	str_addc(out, ']');
}

static void add_account(struct str *out, const struct matrix *m, const struct matrix_principal *p)
{
	const struct account *said = p->declared ? p->declared : p->live;
	str_addc(out, '{');
	json_put_text(out, "name", p->who->name);
	json_put_text(out, "owner", p->owner);
	json_put_text(out, "description", said ? said->description : NULL);
	json_put_text(out, "email", p->live ? p->live->email : NULL);
	put_side(out, "declared", m->manifests != NULL, p->declared);
	put_side(out, "live", m->snapshot != NULL, p->live);
	put_unseen(out, p->live);
	str_addc(out, '}');
}

static void add_accounts(struct str *out, const struct matrix *m)
{
	const char *before = "\n  ";
	json_put_key(out, "accounts");
	str_addc(out, '[');
	for (size_t i = 0; i < m->principals.len; i++) {
		const struct matrix_principal *p = &m->principals.at[i];
		if (p->who->kind != PRINCIPAL_ACCOUNT || !matrix_has(p))
			continue;
		str_add(out, before);
		add_account(out, m, p);
		before = ",\n  ";
	}
	str_add(out, "\n]");
}

static void put_since(struct str *out, const struct matrix *m, const struct matrix_cell *c)
{
	const struct line_origin *o = matrix_origin(m, c);
	json_put_text(out, "held_since", c->since ? render_time(out->arena, c->since) : NULL);
	json_put_key(out, "held_since_unsure");
	str_add(out, !c->since ? "null" : c->since_unsure ? "true" : "false");
	json_put_text(out, "declared_since",
		      o ? render_time(out->arena, o->commit.commit_time) : NULL);
}

static void put_drift(struct str *out, const struct open_drift *d)
{
	static const char *const kinds[DRIFT_KIND_COUNT] = {
		[DRIFT_APPEARED] = "appeared",
		[DRIFT_GONE] = "gone",
		[DRIFT_CHANGED] = "changed",
	};
	json_put_key(out, "open_drift");
	if (!d) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	json_put_text(out, "kind", kinds[d->kind]);
	json_put_text(out, "since", d->since);
	json_put_text(out, "run", d->run);
	str_addc(out, '}');
}

static void put_principal(struct str *out, const struct principal *who)
{
	if (*who->name) {
		render_principal_json(out, who);
		return;
	}
	json_put_key(out, "principal"); /* any user */
	str_add(out, "{\"kind\": \"user\", \"name\": null}");
}

static void add_grant(struct str *out, const struct matrix *m, const struct matrix_cell *c)
{
	const struct principal *who = matrix_principal_of(m, c)->who;
	const struct entitlement *e = matrix_entitlement(m, c);
	str_addc(out, '{');
	json_put_text(out, "address", *who->name ? change_address(out->arena, who, e) : NULL);
	put_principal(out, who);
	render_entitlement_json(out, e);
	put_bool(out, "administers", matrix_is_power(e));
	json_put_text(out, "state", matrix_state_name(c->state));
	json_put_text(out, "live", held_names[c->held]);
	json_put_key(out, "declared");
	str_add(out, !m->manifests ? "null" : c->declared ? "true" : "false");
	put_day(out, "expires", c->expires);
	json_put_text(out, "reason", c->words ? c->words->reason : NULL);
	json_put_text(out, "ticket", c->words ? c->words->ticket : NULL);
	json_put_text(out, "owner", matrix_principal_of(m, c)->owner);
	put_since(out, m, c);
	put_drift(out, c->drift);
	json_put_key(out, "declarations");
	str_addc(out, '[');
	for (size_t i = c->fact; i < c->fact + c->facts; i++) {
		str_add(out, i > c->fact ? ",\n    " : "\n    ");
		grant_answer_add_json(out, &m->facts.at[i]);
	}
	str_add(out, c->facts ? "\n  ]}" : "]}");
}

static void put_sources(struct str *out, const struct matrix *m)
{
	json_put_text(out, "manifests", m->manifests);
	json_put_text(out, "manifests_commit", m->commit);
	json_put_text(out, "snapshot", m->snapshot);
	json_put_text(out, "snapshot_note", m->snapshot_note);
	json_put_text(out, "lines_lost", m->lines_lost);
	json_put_text(out, "history_lost", m->history_lost);
}

static void put_changes(struct str *out, const struct change_table *changes)
{
	json_put_key(out, "changes");
	if (changes)
		past_changes_print_json(out, changes);
	else
		str_add(out, "null");
}

void matrix_print_json(struct str *out, const struct matrix *m)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "organization", m->organization);
	json_put_text(out, "org_id", m->org_id);
	json_put_text(out, "made", render_time(out->arena, m->now));
	put_sources(out, m);
	json_put_key(out, "summary");
	str_addc(out, '{');
	json_put_number(out, "administrators", (int64_t)m->administrators);
	json_put_number(out, "principals", (int64_t)m->known);
	json_put_number(out, "grants", (int64_t)m->cells.len);
	json_put_number(out, "not_seen", (int64_t)m->unseen);
	str_addc(out, '}');
	put_changes(out, m->changes);
	add_accounts(out, m);
	json_put_key(out, "grants");
	str_addc(out, '[');
	for (size_t i = 0; i < m->cells.len; i++) {
		str_add(out, i ? ",\n  " : "\n  ");
		add_grant(out, m, &m->cells.at[i]);
	}
	str_add(out, m->cells.len ? "\n]}\n" : "]}\n");
}
