/* SPDX-License-Identifier: Apache-2.0 */
/* Members of JSON objects that several documents have. */
#include "core/render/render.h"

#include <string.h>

#include "core/util/clock.h"
#include "core/util/json.h"

void render_principal_json(struct str *out, const struct principal *p)
{
	json_put_key(out, "principal");
	str_addc(out, '{');
	json_put_text(out, "kind", principal_kind_name(p->kind));
	json_put_text(out, "name", p->name);
	str_addc(out, '}');
}

void render_entitlement_json(struct str *out, const struct entitlement *e)
{
	json_put_key(out, "entitlement");
	if (!e) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	if (e->api) {
		json_put_text(out, "kind", "api");
		json_put_text(out, "api", e->api);
		str_addc(out, '}');
		return;
	}
	json_put_text(out, "kind", e->role ? "role" : "product");
	if (e->role)
		json_put_text(out, "role", role_table[e->role].name);
	json_put_text(out, "product", e->product);
	json_put_text(out, "profile", e->profile);
	if (e->role)
		json_put_text(out, "group", e->group);
	str_addc(out, '}');
}

void render_location_json(struct str *out, struct location at)
{
	json_put_key(out, "location");
	if (!at.file) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	json_put_text(out, "file", at.file);
	json_put_number(out, "line", at.line);
	json_put_number(out, "column", at.column);
	str_addc(out, '}');
}

void render_bundle_json(struct str *out, const char *name, struct location at)
{
	json_put_key(out, "bundle");
	if (!name) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	json_put_text(out, "name", name);
	render_location_json(out, at);
	str_addc(out, '}');
}

static void add_labels(struct str *out, const struct label_vec *labels)
{
	json_put_key(out, "labels");
	str_addc(out, '{');
	for (size_t i = 0; i < labels->len; i++)
		json_put_text(out, labels->at[i].key, labels->at[i].value);
	str_addc(out, '}');
}

/* The same, with an id where one is given. */
static void add_known_account(struct str *out, const char *name, const struct account *a,
			      unsigned set, bool with_name, bool unsaid, const char *id)
{
	json_put_key(out, name);
	if (!a) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	if (with_name)
		json_put_text(out, "name", a->meta.name);
	if (id)
		json_put_text(out, "id", id);
	if ((set & ATTRIBUTE_DESCRIPTION) && (unsaid || a->description))
		json_put_text(out, "description", a->description);
	if ((set & ATTRIBUTE_OWNER) && (unsaid || a->owner))
		json_put_text(out, "owner", a->owner);
	if ((set & ATTRIBUTE_LABELS) && (unsaid || a->meta.has_labels))
		add_labels(out, &a->meta.labels);
	if ((set & ATTRIBUTE_PROJECT) && (unsaid || a->project))
		json_put_text(out, "project", a->project);
	if (set & ATTRIBUTE_CREDENTIAL)
		json_put_text(out, "credential", account_credential(a));
	str_addc(out, '}');
}

void render_account_json(struct str *out, const char *name, const struct account *a, unsigned set,
			 bool with_name, bool unsaid)
{
	add_known_account(out, name, a, set, with_name, unsaid, NULL);
}

void render_attested_json(struct str *out, const struct attestation *t)
{
	if (!t)
		return;
	json_put_key(out, "attested");
	str_addc(out, '{');
	json_put_text(out, "by", t->by);
	json_put_text(out, "at", render_time(out->arena, t->at));
	json_put_text(out, "why", t->why);
	str_addc(out, '}');
}

void render_guards_json(struct str *out, const struct guard_vec *guards)
{
	json_put_key(out, "guards");
	str_addc(out, '[');
	for (size_t i = 0; i < guards->len; i++) {
		const struct guard *g = &guards->at[i];
		str_add(out, i ? ", " : "");
		str_addc(out, '{');
		json_put_text(out, "name", g->name);
		if (g->subject)
			json_put_text(out, "subject", g->subject);
		json_put_number(out, "limit", g->limit);
		json_put_number(out, "value", g->value);
		json_put_text(out, "verdict", verdict_name(g->verdict));
		json_put_text(out, "flag", g->flag);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

void render_steps_json(struct str *out, const char *steps)
{
	str_addc(out, '[');
	for (const char *at = steps; at && *at;) {
		size_t len = strcspn(at, "\n");
		str_add(out, at == steps ? "" : ", ");
		json_add_text(out, arena_strndup(out->arena, at, len));
		at += len + (at[len] == '\n');
	}
	str_addc(out, ']');
}

static void add_position(struct str *out, const char *name, uint32_t line, uint32_t column)
{
	json_put_key(out, name);
	str_printf(out, "{\"line\": %u, \"column\": %u}", line, column);
}

void render_diagnostic_json(struct str *out, const struct diagnostic *d)
{
	str_addc(out, '{');
	json_put_text(out, "severity", d->severity == SEVERITY_ERROR ? "error" : "warning");
	json_put_text(out, "id", d->id);
	json_put_text(out, "summary", d->summary);
	json_put_text(out, "detail", d->detail);
	json_put_key(out, "range");
	str_addc(out, '{');
	json_put_text(out, "filename", d->at.file);
	add_position(out, "start", d->at.line, d->at.column);
	add_position(out, "end", d->end_line, d->end_column);
	str_add(out, "}}");
}

void render_digest_json(struct str *out, const char *name,
			const unsigned char bytes[static SHA256_SIZE])
{
	char buffer[SHA256_TEXT];
	sha256_text(bytes, buffer);
	json_put_text(out, name, buffer);
}

/* Adds the attributes of one side of a change: all that are said, or for an update those that
 * differ. */
static void add_attributes(struct str *out, const char *name, const struct account *a,
			   const struct change *c)
{
	bool update = c->action == ACTION_UPDATE;
	bool renamed = update && c->reason == REASON_RENAMED;
	add_known_account(out, name, a, update ? c->attributes : ATTRIBUTE_ALL, !update || renamed,
			  update, renamed && a == c->before ? a->id : NULL);
}

static void add_words(struct str *out, const char *name, const struct words *w, bool exists)
{
	char day[DATE_TEXT];
	json_put_key(out, name);
	if (!exists) {
		str_add(out, "null");
		return;
	}
	str_addc(out, '{');
	json_put_text(out, "reason", w ? w->reason : NULL);
	json_put_text(out, "ticket", w ? w->ticket : NULL);
	if (w && w->expires != DATE_NONE)
		date_format(w->expires, day);
	json_put_text(out, "expires", w && w->expires != DATE_NONE ? day : NULL);
	str_addc(out, '}');
}

static void add_lost(struct str *out, const struct change *c)
{
	str_printf(out, ", \"lost\": {\"roles\": %u, \"products\": %u", c->lost_roles,
		   c->lost_products);
	json_put_key(out, "grants");
	str_addc(out, '[');
	for (size_t i = 0; c->lost && i < c->lost->len; i++) {
		str_add(out, i ? ", {" : "{");
		render_entitlement_json(out, c->lost->at[i]);
		str_addc(out, '}');
	}
	str_add(out, "]}");
}

void render_project_json(struct str *out, const struct made_project *p)
{
	json_put_text(out, "id", p->id);
	json_put_text(out, "title", p->title);
	json_put_text(out, "account", p->account);
	json_put_text(out, "run", p->run);
}

static void add_project(struct str *out, const struct made_project *p)
{
	json_put_key(out, "before");
	str_addc(out, '{');
	render_project_json(out, p);
	str_addc(out, '}');
	json_put_key(out, "after");
	str_add(out, "null");
}

static const char *type_of(const struct change *c)
{
	static const char *const names[] = {[CHANGE_ACCOUNT] = "technicalAccount",
					    [CHANGE_GRANT] = "grant",
					    [CHANGE_PROJECT] = "project"};
	return names[c->type];
}

/* Adds what a change does, without where it was asked for and what is told of it: this is what
 * render_plan_digest() is over. */
void render_change_json(struct str *out, const struct change *c)
{
	json_put_text(out, "address", change_address(out->arena, c->principal, c->entitlement));
	json_put_text(out, "type", type_of(c));
	render_principal_json(out, c->principal);
	render_entitlement_json(out, c->entitlement);
	json_put_key(out, "change");
	str_printf(out, "{\"actions\": [\"%s\"]", action_name(c->action));
	if (c->type == CHANGE_ACCOUNT) {
		add_attributes(out, "before", c->before, c);
		add_attributes(out, "after", c->after, c);
	} else if (c->type == CHANGE_PROJECT) {
		add_project(out, c->project);
	} else {
		add_words(out, "before", NULL, c->action == ACTION_DELETE);
		add_words(out, "after", c->words, c->action == ACTION_CREATE);
	}
	str_addc(out, '}');
	json_put_text(out, "action_reason", reason_name(c->reason));
	json_put_text(out, "risk", risk_name(c->risk));
	json_put_text(out, "via", capability_name(c->via));
	if (c->type == CHANGE_ACCOUNT && c->action == ACTION_DELETE)
		add_lost(out, c);
}
