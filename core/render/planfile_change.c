/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the changes of a saved plan. What a change is called and what it would do must agree. */
#include <assert.h>
#include <string.h>

#include "core/language/schema_decode.h"
#include "core/render/planfile_loader.h"
#include "core/util/clock.h"
#include "core/util/unicode.h"

static const char *action_word(unsigned i)
{
	return action_name(i);
}

static const char *reason_word(unsigned i)
{
	return reason_name(i);
}

static const char *risk_word(unsigned i)
{
	return risk_name(i);
}

static const char *principal_word(unsigned i)
{
	return principal_kind_name(i);
}

/* Whether a manifest could hold the text: once applied, it stands in a snapshot, which is read as
 * manifests are. */
static bool is_value(const char *text)
{
	size_t offset = 0, size = 0, len = text ? strlen(text) : 0;
	return len <= YAML_SCALAR_MAX &&
	       (!len || text_check(text, len, TEXT_VALUE, &offset, &size) == TEXT_OK);
}

static bool is_object_name(const char *name)
{
	return !name || object_name_is_live(name);
}

static bool is_principal_name(enum principal_kind kind, const char *name)
{
	if (kind == PRINCIPAL_ACCOUNT)
		return schema_is_name(name, strlen(name));
	if (kind == PRINCIPAL_PROJECT)
		return *name && is_value(name);
	return kind == PRINCIPAL_USER ? schema_is_user(name) : is_object_name(name);
}

struct error *loader_read_principal(const struct planfile_loader *l, struct json_span change,
				    struct change *c)
{
	struct json_span object;
	struct principal *p = arena_zalloc(l->arena, sizeof(*p));
	if (!json_member(change, "principal", &object))
		return loader_bad(l, "a change without principal");
	unsigned kind =
		loader_word(loader_text(l, object, "kind"), PRINCIPAL_KIND_COUNT, principal_word);
	p->name = loader_text(l, object, "name");
	p->kind = kind;
	if (kind == PRINCIPAL_KIND_COUNT || !p->name || !is_principal_name(kind, p->name))
		return loader_bad(l, "a principal without kind or name");
	c->principal = p;
	return NULL;
}

static struct error *read_api(const struct planfile_loader *l, struct json_span object,
			      const struct entitlement *e, struct change *c)
{
	struct json_span other;
	if (!*e->api || !is_value(e->api) || json_member(object, "role", &other) ||
	    json_member(object, "product", &other) || c->principal->kind != PRINCIPAL_ACCOUNT)
		return loader_bad(l, "an API that is none of an account");
	c->entitlement = e;
	return NULL;
}

struct error *loader_read_entitlement(const struct planfile_loader *l, struct json_span change,
				      struct change *c)
{
	struct json_span object;
	struct entitlement *e = arena_zalloc(l->arena, sizeof(*e));
	if (!json_member(change, "entitlement", &object) || loader_is_null(object))
		return loader_bad(l, "a grant without entitlement");
	if (c->principal && c->principal->kind == PRINCIPAL_PROJECT)
		return loader_bad(l, "a grant to a project");
	const char *role = loader_text(l, object, "role");
	const char *kind = loader_text(l, object, "kind");
	e->api = loader_text(l, object, "api");
	if (!kind || !strcmp(kind, "api") != !!e->api)
		return loader_bad(l, "an entitlement whose kind does not fit");
	if (e->api)
		return read_api(l, object, e, c);
	e->role = role ? role_find(role) : ROLE_NONE;
	e->product = loader_text(l, object, "product");
	e->profile = loader_text(l, object, "profile");
	e->group = loader_text(l, object, "group");
	if ((role && !e->role) || !is_object_name(e->product) || !is_object_name(e->profile) ||
	    !is_object_name(e->group))
		return loader_bad(l, "an entitlement that is none");
	enum scope scope = role_table[e->role].scope;
	if ((scope == SCOPE_PRODUCT || scope == SCOPE_PROFILE) != !!e->product ||
	    (scope == SCOPE_PROFILE) != !!e->profile || (scope == SCOPE_GROUP) != !!e->group)
		return loader_bad(l, "an entitlement whose scope does not fit its role");
	c->entitlement = e;
	return NULL;
}

static void read_labels(const struct planfile_loader *l, struct json_span object, struct account *a)
{
	struct json_span labels, key, value;
	struct json_cursor cursor = {0};
	if (!json_member(object, "labels", &labels))
		return;
	a->meta.has_labels = true;
	while (json_next_member(labels, &cursor, &key, &value)) {
		const char *k = json_string(l->arena, key), *v = json_string(l->arena, value);
		if (v)
			vec_push(l->arena, &a->meta.labels,
				 (struct label){intern(l->strings, k), intern(l->strings, v)});
	}
	vec_sort(&a->meta.labels, label_order);
}

static unsigned said(struct json_span object)
{
	static const char *const keys[] = {"description", "owner", "labels", "project",
					   "credential"};
	struct json_span ignored;
	unsigned set = 0;
	for (unsigned i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		set |= json_member(object, keys[i], &ignored) ? 1U << i : 0;
	return set;
}

const struct account *loader_read_side(const struct planfile_loader *l, struct json_span change,
				       const char *side, const char *name, unsigned *set)
{
	struct json_span object;
	if (!json_member(change, side, &object) || loader_is_null(object))
		return NULL;
	struct account *a = arena_zalloc(l->arena, sizeof(*a));
	const char *own = loader_text(l, object, "name");
	a->meta.name = own ? own : name;
	a->id = loader_text(l, object, "id");
	a->description = loader_text(l, object, "description");
	a->owner = loader_text(l, object, "owner");
	a->project = loader_text(l, object, "project");
	a->credential = loader_text(l, object, "credential");
	read_labels(l, object, a);
	*set |= said(object);
	return a;
}

/* Whether both sides have the name of the change; only before a rename the account had another one.
 */
static bool has_right_names(const struct change *c)
{
	const char *name = c->principal->name, *old = c->before ? c->before->meta.name : name;
	bool renamed = c->reason == REASON_RENAMED;
	if (renamed && c->action != ACTION_UPDATE)
		return false;
	return (!c->after || !strcmp(c->after->meta.name, name)) &&
	       schema_is_name(old, strlen(old)) && !strcmp(old, name) == !renamed;
}

static bool has_values(const struct account *a)
{
	bool good = is_value(a->description) && is_value(a->owner) && is_value(a->project) &&
		    is_value(a->credential);
	for (size_t i = 0; i < a->meta.labels.len; i++)
		good &= is_value(a->meta.labels.at[i].key) && is_value(a->meta.labels.at[i].value);
	return good;
}

/* Plans of older versions had APIs among an account's attributes; nothing would carry them out any
 * more. */
static bool has_apis(struct json_span body)
{
	struct json_span after, apis;
	return json_member(body, "after", &after) && !loader_is_null(after) &&
	       json_member(after, "apis", &apis);
}

static struct error *read_account(const struct planfile_loader *l, struct json_span body,
				  struct change *c)
{
	unsigned set = 0;
	if (has_apis(body))
		return loader_bad(l, "APIs that are no grants");
	c->before = loader_read_side(l, body, "before", c->principal->name, &set);
	c->after = loader_read_side(l, body, "after", c->principal->name, &set);
	c->attributes = set;
	if (c->principal->kind != PRINCIPAL_ACCOUNT || !c->before == (c->action != ACTION_CREATE) ||
	    !c->after == (c->action != ACTION_DELETE))
		return loader_bad(l, "a change of an account whose before or after does not fit");
	if (c->after && !has_values(c->after))
		return loader_bad(l, "an account with a value that no manifest could hold");
	if (!has_right_names(c))
		return loader_bad(l, "a change whose names do not fit what it does");
	return NULL;
}

bool loader_read_project(const struct planfile_loader *l, struct json_span object,
			 struct made_project *out)
{
	*out = (struct made_project){.id = loader_text(l, object, "id"),
				     .title = loader_text(l, object, "title"),
				     .account = loader_text(l, object, "account"),
				     .run = loader_text(l, object, "run"),
				     .standing = PROJECT_EMPTY};
	return out->id && out->title && out->run && is_value(out->title);
}

/* For show, but for the id: apply asks the ledger which projects runs made. */
static struct error *read_project(const struct planfile_loader *l, struct json_span body,
				  struct change *c)
{
	struct json_span before, after;
	struct made_project *project = arena_zalloc(l->arena, sizeof(*project));
	if (c->action != ACTION_DELETE || c->reason != REASON_UNDECLARED ||
	    c->principal->kind != PRINCIPAL_PROJECT || !json_member(body, "before", &before) ||
	    !loader_read_project(l, before, project) ||
	    strcmp(project->id, c->principal->name) != 0 ||
	    (json_member(body, "after", &after) && !loader_is_null(after)))
		return loader_bad(l, "a change of a project that does not fit");
	c->project = project;
	return NULL;
}

static void read_words(const struct planfile_loader *l, struct json_span body, struct change *c)
{
	struct json_span after;
	if (!json_member(body, "after", &after) || loader_is_null(after))
		return;
	struct words *w = arena_zalloc(l->arena, sizeof(*w));
	const char *day = loader_text(l, after, "expires");
	w->reason = loader_text(l, after, "reason");
	w->ticket = loader_text(l, after, "ticket");
	if (!day || !date_parse(day, &w->expires))
		w->expires = DATE_NONE;
	c->words = w;
}

/* For show: apply asks the ledger again. */
static const struct attestation *read_attested(const struct planfile_loader *l,
					       struct json_span object, const char *address,
					       const struct change *c)
{
	struct json_span body;
	if (!json_member(object, "attested", &body) || loader_is_null(body))
		return NULL;
	struct attestation *t = arena_zalloc(l->arena, sizeof(*t));
	const char *at = loader_text(l, body, "at");
	t->address = address;
	t->by = loader_text(l, body, "by");
	t->why = loader_text(l, body, "why");
	t->removal = c->action == ACTION_DELETE;
	return t->by && t->why && at && time_parse(at, &t->at) && attestation_is_due(c) ? t : NULL;
}

struct error *loader_read_location(const struct planfile_loader *l, struct json_span change,
				   struct change *c)
{
	struct json_span at;
	if (!json_member(change, "location", &at))
		return loader_bad(l, "a change without location");
	c->at.file = loader_text(l, at, "file");
	c->at.line = (uint32_t)json_get_number(at, "line", 0);
	c->at.column = (uint32_t)json_get_number(at, "column", 0);
	return c->at.file ? NULL : loader_bad(l, "a change without location");
}

static struct change_bundle *read_bundle(const struct planfile_loader *l, struct json_span change)
{
	struct json_span object;
	struct change place = {0};
	const char *name =
		json_member(change, "bundle", &object) ? loader_text(l, object, "name") : NULL;
	if (!name)
		return NULL;
	error_free(loader_read_location(l, object, &place));
	if (!place.at.file)
		return NULL;
	struct change_bundle *out = arena_zalloc(l->arena, sizeof(*out));
	*out = (struct change_bundle){name, place.at, NULL, json_get_true(object, "whole")};
	return out;
}

static bool has_risk(const struct change *c, enum risk admin, enum risk other)
{
	const struct entitlement *e = c->entitlement;
	if (e->api &&
	    !api_is_admin(e->api)) /* only the service's catalogue would tell of other APIs */
		return c->risk == admin || c->risk == other;
	return c->risk == (e->api || e->role ? admin : other);
}

static bool has_right_risk(const struct change *c)
{
	assert(c->type != CHANGE_GRANT || c->entitlement);
	if (c->type == CHANGE_PROJECT)
		return c->risk == RISK_REMOVAL;
	bool account = c->principal->kind == PRINCIPAL_ACCOUNT;
	if (c->risk == RISK_ADMIN_GRANT && account &&
	    (c->type == CHANGE_GRANT ? c->action == ACTION_CREATE : change_moves_identity(c)))
		return true; /* who the account is may make it one */
	if (c->type == CHANGE_ACCOUNT)
		return c->risk ==
		       (c->action == ACTION_DELETE ? RISK_ACCOUNT_DELETE : RISK_ORDINARY);
	return c->action == ACTION_CREATE ? has_risk(c, RISK_ADMIN_GRANT, RISK_ORDINARY)
					  : has_risk(c, RISK_ADMIN_REMOVAL, RISK_REMOVAL);
}

static bool has_right_reason(const struct change *c)
{
	switch (c->action) {
	case ACTION_CREATE:
		return c->reason == REASON_ADDED;
	case ACTION_UPDATE:
		return c->reason == REASON_CHANGED || c->reason == REASON_RENAMED;
	default:
		return c->type == CHANGE_GRANT
			       ? c->reason == REASON_NOT_LISTED || c->reason == REASON_EXPIRED
			       : c->reason == REASON_UNDECLARED ||
					 (c->type == CHANGE_ACCOUNT &&
					  c->reason == REASON_STATE_ABSENT);
	}
}

static enum mover mover_of(const char *name)
{
	unsigned i = MOVER_COUNT - 1;
	while (i > MOVER_UNKNOWN && (!name || strcmp(name, mover_name(i)) != 0))
		i--;
	return i;
}

/* A plan that does not say why a change is withheld means for want of consent. */
static enum withheld withheld_of(const char *name)
{
	unsigned i = WITHHELD_COUNT - 1;
	while (i > WITHHELD_CONSENT && (!name || strcmp(name, withheld_name(i)) != 0))
		i--;
	return i;
}

/* For show: the guards count by live what goes with an account. */
static struct error *read_lost(const struct planfile_loader *l, struct json_span object,
			       struct change *c)
{
	struct json_span lost, list, item;
	struct json_cursor cursor = {0};
	struct entitlement_ref_vec *all = arena_zalloc(l->arena, sizeof(*all));
	if (!json_member(object, "lost", &lost))
		return NULL;
	c->lost_roles = (uint32_t)json_get_number(lost, "roles", 0);
	c->lost_products = (uint32_t)json_get_number(lost, "products", 0);
	if (!json_member(lost, "grants", &list))
		return NULL;
	while (json_next(list, &cursor, &item)) {
		struct change one = {.principal = c->principal};
		TRY(loader_read_entitlement(l, item, &one));
		vec_push(l->arena, all, one.entitlement);
	}
	c->lost = all;
	return NULL;
}

/* Reads of which type a change is, what is done, and why. */
static struct error *read_sort(const struct planfile_loader *l, struct json_span object,
			       struct json_span body, struct change *c)
{
	struct json_span actions, first;
	struct json_cursor cursor = {0};
	const char *type = loader_text(l, object, "type"), *via = loader_text(l, object, "via");
	if (!type || !json_member(body, "actions", &actions) ||
	    !json_next(actions, &cursor, &first))
		return loader_bad(l, "a change without type or actions");
	unsigned action = loader_word(json_string(l->arena, first), 3, action_word);
	unsigned reason =
		loader_word(loader_text(l, object, "action_reason"), REASON_COUNT, reason_word);
	unsigned risk = loader_word(loader_text(l, object, "risk"), RISK_COUNT, risk_word);
	if (action == 3 || reason == REASON_COUNT || risk == RISK_COUNT)
		return loader_bad(l, "a change with an unknown action, reason or risk");
	c->action = action;
	c->reason = reason;
	c->risk = risk;
	c->via = via && !strcmp(via, "api")	  ? CAN_API
		 : via && !strcmp(via, "command") ? CAN_COMMAND
						  : CAN_MANUAL;
	c->type = !strcmp(type, "grant")     ? CHANGE_GRANT
		  : !strcmp(type, "project") ? CHANGE_PROJECT
					     : CHANGE_ACCOUNT;
	return NULL;
}

/* Refuses a change whose members do not fit each other. */
static struct error *check_fits(const struct planfile_loader *l, const char *address,
				const struct change *c)
{
	if (!address ||
	    strcmp(address, change_address(l->arena, c->principal, c->entitlement)) != 0)
		return loader_bad(l, "a change whose address does not fit what it does");
	if (!has_right_risk(c) || (c->type == CHANGE_GRANT && c->action == ACTION_UPDATE))
		return loader_bad(l, "a change whose risk does not fit what it does");
	if (!has_right_reason(c))
		return loader_bad(l, "a change whose reason does not fit what it does");
	return NULL;
}

struct error *loader_read_change(const struct planfile_loader *l, struct json_span object)
{
	struct change c = {0};
	struct json_span body;
	if (!json_member(object, "change", &body))
		return loader_bad(l, "a change without type or actions");
	TRY(read_sort(l, object, body, &c));
	TRY(loader_read_principal(l, object, &c));
	assert(c.principal);
	if (c.type == CHANGE_GRANT) {
		TRY(loader_read_entitlement(l, object, &c));
		assert(c.entitlement);
		read_words(l, body, &c);
	} else if (c.type == CHANGE_PROJECT) {
		TRY(read_project(l, body, &c));
	} else {
		TRY(read_account(l, body, &c));
	}
	const char *address = loader_text(l, object, "address");
	TRY(check_fits(l, address, &c));
	TRY(read_lost(l, object, &c));
	c.mover = mover_of(loader_text(l, object, "since_snapshot"));
	if (json_get_true(object, "withheld"))
		c.withheld = withheld_of(loader_text(l, object, "withheld_by"));
	c.unseen = json_get_true(object, "unknown");
	c.idle = json_get_true(object, "idle");
	c.note = loader_text(l, object, "note");
	c.attested = read_attested(l, object, address, &c);
	c.bundle = read_bundle(l, object);
	TRY(loader_read_location(l, object, &c));
	vec_push(l->arena, &l->plan->changes, c);
	return NULL;
}

/* Adds an API to the account that the plan makes: it comes with the account. */
static void add_api(const struct planfile_loader *l, const struct change *grant)
{
	for (size_t i = 0; i < l->plan->changes.len; i++) {
		struct change *c = &l->plan->changes.at[i];
		if (c->type != CHANGE_ACCOUNT || c->action != ACTION_CREATE ||
		    strcmp(c->principal->name, grant->principal->name) != 0)
			continue;
		struct account *after = arena_alloc(l->arena, sizeof(*after));
		*after = *c->after;
		vec_push(l->arena, &after->apis, (struct entry){.name = grant->entitlement->api});
		after->has_apis = true;
		c->after = after;
	}
}

void loader_join_apis(const struct planfile_loader *l)
{
	for (size_t i = 0; i < l->plan->changes.len; i++) {
		const struct change *c = &l->plan->changes.at[i];
		if (c->type == CHANGE_GRANT && c->entitlement->api && c->action == ACTION_CREATE)
			add_api(l, c);
	}
}
