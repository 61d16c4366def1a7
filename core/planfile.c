#include "core/planfile.h"

#include <assert.h>
#include <string.h>

#include "core/render.h"
#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/unicode.h"

struct loader {
	const char *name; /* of the file */
	struct intern *strings;
	struct arena *arena;
	struct plan *plan;
};

static struct error *bad(const struct loader *l, const char *what)
{
	return error_at(ERROR_INPUT, (struct location){l->name, 1, 1}, "not a sound plan: %s",
			what);
}

static bool is_null(struct json_span s)
{
	return s.len == 4 && !memcmp(s.at, "null", 4);
}

/* The text of a member, interned; NULL when it is absent, null or no text. */
static const char *text(const struct loader *l, struct json_span object, const char *key)
{
	struct json_span value;
	if (!json_member(object, key, &value))
		return NULL;
	const char *out = json_string(l->arena, value);
	return out ? intern(l->strings, out) : NULL;
}

static int64_t number(struct json_span object, const char *key, int64_t missing)
{
	struct json_span value;
	int64_t out;
	return json_member(object, key, &value) && json_number(value, &out) ? out : missing;
}

/* The index of `word` among names given by `name_of`; `count` when it is none of them. */
static unsigned word(const char *word, unsigned count, const char *(*name_of)(unsigned))
{
	unsigned i = 0;
	while (i < count && (!word || strcmp(word, name_of(i)) != 0))
		i++;
	return i;
}

static const char *action_word(unsigned i)
{
	return action_name((enum action)i);
}

static const char *reason_word(unsigned i)
{
	return reason_name((enum reason)i);
}

static const char *risk_word(unsigned i)
{
	return risk_name((enum risk)i);
}

static const char *principal_word(unsigned i)
{
	return principal_kind_name((enum principal_kind)i);
}

static struct error *read_principal(const struct loader *l, struct json_span change,
				    struct change *c)
{
	struct json_span object;
	struct principal *p = arena_zalloc(l->arena, sizeof(*p));
	if (!json_member(change, "principal", &object))
		return bad(l, "a change without principal");
	unsigned kind = word(text(l, object, "kind"), 3, principal_word);
	p->name = text(l, object, "name");
	p->kind = (uint8_t)kind;
	if (kind == 3 || !p->name || !*p->name)
		return bad(l, "a principal without kind or name");
	c->principal = p;
	return NULL;
}

static bool is_object_name(const char *name)
{
	return !name || (*name && !text_smuggles_role(name));
}

static struct error *read_entitlement(const struct loader *l, struct json_span change,
				      struct change *c)
{
	struct json_span object;
	struct entitlement *e = arena_zalloc(l->arena, sizeof(*e));
	if (!json_member(change, "entitlement", &object) || is_null(object))
		return bad(l, "a grant without entitlement");
	const char *role = text(l, object, "role");
	e->role = (uint8_t)(role ? role_find(role) : ROLE_NONE);
	e->product = text(l, object, "product");
	e->profile = text(l, object, "profile");
	e->group = text(l, object, "group");
	if ((role && !e->role) || !is_object_name(e->product) || !is_object_name(e->profile) ||
	    !is_object_name(e->group))
		return bad(l, "an entitlement that is none");
	enum scope scope = role_table[e->role].scope;
	if ((scope == SCOPE_PRODUCT || scope == SCOPE_PROFILE) != !!e->product ||
	    (scope == SCOPE_PROFILE) != !!e->profile || (scope == SCOPE_GROUP) != !!e->group)
		return bad(l, "an entitlement whose scope does not fit its role");
	c->entitlement = e;
	return NULL;
}

static int by_label(const void *a, const void *b)
{
	const struct label *x = a, *y = b;
	return strcmp(x->key, y->key);
}

static void read_labels(const struct loader *l, struct json_span object, struct account *a)
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
	vec_sort(&a->meta.labels, by_label);
}

static void read_apis(const struct loader *l, struct json_span object, struct account *a)
{
	struct json_span apis, value;
	struct json_cursor cursor = {0};
	if (!json_member(object, "apis", &apis))
		return;
	a->has_apis = true;
	while (json_next(apis, &cursor, &value)) {
		const char *api = json_string(l->arena, value);
		if (api)
			vec_push(l->arena, &a->apis,
				 (struct text_item){intern(l->strings, api), {0}});
	}
}

static unsigned said(struct json_span object)
{
	static const char *const keys[] = {"description", "owner",	"labels",
					   "project",	  "credential", "apis"};
	struct json_span ignored;
	unsigned set = 0;
	for (unsigned i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		set |= json_member(object, keys[i], &ignored) ? 1U << i : 0;
	return set;
}

/* One side of an account's change; `name` when the side does not say it. */
static const struct account *read_side(const struct loader *l, struct json_span change,
				       const char *side, const char *name, unsigned *set)
{
	struct json_span object;
	if (!json_member(change, side, &object) || is_null(object))
		return NULL;
	struct account *a = arena_zalloc(l->arena, sizeof(*a));
	const char *own = text(l, object, "name");
	a->meta.name = own ? own : name;
	a->description = text(l, object, "description");
	a->owner = text(l, object, "owner");
	a->project = text(l, object, "project");
	a->credential = text(l, object, "credential");
	read_labels(l, object, a);
	read_apis(l, object, a);
	*set |= said(object);
	return a;
}

static struct error *read_account(const struct loader *l, struct json_span body, struct change *c)
{
	unsigned set = 0;
	c->before = read_side(l, body, "before", c->principal->name, &set);
	c->after = read_side(l, body, "after", c->principal->name, &set);
	c->attributes = (uint8_t)set;
	if (c->principal->kind != PRINCIPAL_ACCOUNT || !c->before == (c->action != ACTION_CREATE) ||
	    !c->after == (c->action != ACTION_DELETE))
		return bad(l, "a change of an account whose before or after does not fit");
	return NULL;
}

static void read_words(const struct loader *l, struct json_span body, struct change *c)
{
	struct json_span after;
	if (!json_member(body, "after", &after) || is_null(after))
		return;
	struct words *w = arena_zalloc(l->arena, sizeof(*w));
	const char *day = text(l, after, "expires");
	w->reason = text(l, after, "reason");
	w->ticket = text(l, after, "ticket");
	if (!day || !date_parse(day, &w->expires))
		w->expires = DATE_NONE;
	c->words = w;
}

static struct error *read_location(const struct loader *l, struct json_span change,
				   struct change *c)
{
	struct json_span at;
	if (!json_member(change, "location", &at))
		return bad(l, "a change without location");
	c->at.file = text(l, at, "file");
	c->at.line = (uint32_t)number(at, "line", 0);
	c->at.column = (uint32_t)number(at, "column", 0);
	return c->at.file ? NULL : bad(l, "a change without location");
}

static enum risk risk_of(const struct change *c)
{
	assert(c->type == CHANGE_ACCOUNT || c->entitlement);
	if (c->type == CHANGE_ACCOUNT)
		return c->action == ACTION_DELETE ? RISK_ACCOUNT_DELETE : RISK_ORDINARY;
	if (c->entitlement->role)
		return c->action == ACTION_CREATE ? RISK_ADMIN_GRANT : RISK_ADMIN_REMOVAL;
	return c->action == ACTION_CREATE ? RISK_ORDINARY : RISK_REMOVAL;
}

static enum mover mover_of(const char *name)
{
	unsigned i = MOVER_COUNT - 1;
	while (i > MOVER_UNKNOWN && (!name || strcmp(name, mover_name((enum mover)i)) != 0))
		i--;
	return (enum mover)i;
}

static struct error *read_change(const struct loader *l, struct json_span object)
{
	struct change c = {0};
	struct json_span body, actions, first, withheld, unknown, idle, lost;
	struct json_cursor cursor = {0};
	const char *type = text(l, object, "type"), *via = text(l, object, "via");
	if (!type || !json_member(object, "change", &body) ||
	    !json_member(body, "actions", &actions) || !json_next(actions, &cursor, &first))
		return bad(l, "a change without type or actions");
	unsigned action = word(json_string(l->arena, first), 3, action_word);
	unsigned reason = word(text(l, object, "action_reason"), REASON_COUNT, reason_word);
	unsigned risk = word(text(l, object, "risk"), RISK_COUNT, risk_word);
	if (action == 3 || reason == REASON_COUNT || risk == RISK_COUNT)
		return bad(l, "a change with an unknown action, reason or risk");
	c.action = (uint8_t)action;
	c.reason = (uint8_t)reason;
	c.risk = (uint8_t)risk;
	c.via = via && !strcmp(via, "api")	 ? CAN_API
		: via && !strcmp(via, "command") ? CAN_COMMAND
						 : CAN_MANUAL;
	c.type = !strcmp(type, "grant") ? CHANGE_GRANT : CHANGE_ACCOUNT;
	TRY(read_principal(l, object, &c));
	assert(c.principal);
	if (c.type == CHANGE_GRANT) {
		TRY(read_entitlement(l, object, &c));
		assert(c.entitlement);
		read_words(l, body, &c);
	} else {
		TRY(read_account(l, body, &c));
	}
	const char *address = text(l, object, "address");
	if (!address || strcmp(address, change_address(l->arena, c.principal, c.entitlement)) != 0)
		return bad(l, "a change whose address does not fit what it does");
	if (c.risk != risk_of(&c) || (c.type == CHANGE_GRANT && c.action == ACTION_UPDATE))
		return bad(l, "a change whose risk does not fit what it does");
	if (json_member(object, "lost", &lost)) {
		c.lost_roles = (uint32_t)number(lost, "roles", 0);
		c.lost_products = (uint32_t)number(lost, "products", 0);
	}
	c.mover = (uint8_t)mover_of(text(l, object, "since_snapshot"));
	c.withheld = json_member(object, "withheld", &withheld) && withheld.len == 4;
	c.unseen = json_member(object, "unknown", &unknown) && unknown.len == 4;
	c.idle = json_member(object, "idle", &idle) && idle.len == 4;
	c.note = text(l, object, "note");
	TRY(read_location(l, object, &c));
	vec_push(l->arena, &l->plan->changes, c);
	return NULL;
}

static struct error *read_changes(const struct loader *l, struct json_span root)
{
	struct json_span changes, change;
	struct json_cursor cursor = {0};
	if (!json_member(root, "changes", &changes))
		return bad(l, "no changes");
	while (json_next(changes, &cursor, &change))
		TRY(read_change(l, change));
	for (size_t i = 1; i < l->plan->changes.len; i++) {
		if (change_phase(&l->plan->changes.at[i - 1]) >
		    change_phase(&l->plan->changes.at[i]))
			return bad(l, "changes that are not in the order of execution");
	}
	return NULL;
}

static struct error *read_time(const struct loader *l, struct json_span root, const char *key,
			       int64_t *out)
{
	const char *value = text(l, root, key);
	return value && time_parse(value, out) ? NULL : bad(l, "a time is missing");
}

/* A plan only tightens what the operator says when it is applied. */
static const struct policy no_limits = {INT32_MAX, 100, INT32_MAX, 0, 100};

static void read_policy(const struct loader *l, struct json_span root)
{
	struct json_span policy;
	struct guards limits = {-1, -1, -1, -1};
	if (json_member(root, "policy", &policy)) {
		limits.max_removals = (int32_t)number(policy, "max_removals", -1);
		limits.max_removal_delta = (int32_t)number(policy, "max_removal_delta", -1);
		limits.max_admin_grants = (int32_t)number(policy, "max_admin_grants", -1);
		limits.min_holders = (int32_t)number(policy, "min_holders", -1);
	}
	l->plan->policy = policy_tighten(no_limits, &limits);
}

static void read_consent(const struct loader *l, struct json_span root)
{
	struct json_span consent, shrink;
	l->plan->consent = (struct consent){.admin_grants = -1};
	if (!json_member(root, "consent", &consent))
		return;
	const char *remove = text(l, consent, "allow_remove");
	if (remove)
		consent_parse(remove, &l->plan->consent);
	l->plan->consent.admin_grants = (int32_t)number(consent, "allow_admin_grants", -1);
	l->plan->consent.live_shrink = json_member(consent, "allow_live_shrink", &shrink);
}

static const char *verdict_word(unsigned i)
{
	return verdict_name((enum guard_verdict)i);
}

/* For show; apply judges the guards again, and needs to know of an empty set. */
static void read_guards(const struct loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "guards", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		unsigned verdict = word(text(l, item, "verdict"), VERDICT_COUNT, verdict_word);
		struct guard g = {.name = text(l, item, "name"),
				  .subject = text(l, item, "subject"),
				  .flag = text(l, item, "flag"),
				  .limit = number(item, "limit", 0),
				  .value = number(item, "value", 0),
				  .verdict = (enum guard_verdict)verdict};
		if (!g.name || verdict == VERDICT_COUNT)
			continue;
		vec_push(l->arena, &l->plan->guards, g);
		l->plan->empty_manifests |= !strcmp(g.name, "emptyManifests");
		if (!strcmp(g.name, "liveShrink"))
			l->plan->live_shrink = (int32_t)g.value;
	}
}

static void read_unlisted(const struct loader *l, struct json_span root)
{
	struct json_span list, item, entitlement, known;
	struct json_cursor cursor = {0};
	if (!json_member(root, "unlisted", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct change c = {0};
		struct error *error = read_principal(l, item, &c);
		bool grant =
			json_member(item, "entitlement", &entitlement) && !is_null(entitlement);
		if (!error && grant)
			error = read_entitlement(l, item, &c);
		if (!error)
			vec_push(l->arena, &l->plan->unlisted,
				 (struct unlisted_item){
					 .principal = c.principal,
					 .entitlement = c.entitlement,
					 .was_known =
						 json_member(item, "no_longer_declared", &known)});
		error_free(error);
	}
}

static const char *kind_word(unsigned i)
{
	return drift_kind_name((enum drift_kind)i);
}

static const char *fate_word(unsigned i)
{
	return drift_fate_name((enum drift_fate)i);
}

static void read_differs(const struct loader *l, struct json_span object, struct drift_item *d)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(object, "differs", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		const char *name = json_string(l->arena, item);
		if (!name)
			continue;
		for (unsigned bit = 1; bit < ATTRIBUTE_ALL; bit <<= 1) {
			if (!strcmp(name, render_attributes(l->arena, bit)))
				d->attributes |= (uint8_t)bit;
		}
		d->remade |= !strcmp(name, "id");
	}
}

/* For show. */
static void read_drift(const struct loader *l, struct json_span root)
{
	struct json_span list, item, entitlement;
	struct json_cursor cursor = {0};
	if (!json_member(root, "drift", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct change c = {0};
		struct error *error = read_principal(l, item, &c);
		if (!error && json_member(item, "entitlement", &entitlement) &&
		    !is_null(entitlement))
			error = read_entitlement(l, item, &c);
		unsigned kind = word(text(l, item, "kind"), DRIFT_KIND_COUNT, kind_word);
		unsigned fate = word(text(l, item, "fate"), DRIFT_FATE_COUNT, fate_word);
		const char *fingerprint = text(l, item, "fingerprint");
		if (!error && kind < DRIFT_KIND_COUNT && fate < DRIFT_FATE_COUNT && fingerprint) {
			struct drift_item d = {.principal = c.principal,
					       .entitlement = c.entitlement,
					       .kind = (uint8_t)kind,
					       .fate = (uint8_t)fate};
			snprintf(d.fingerprint, sizeof(d.fingerprint), "%s", fingerprint);
			read_differs(l, item, &d);
			vec_push(l->arena, &l->plan->drift, d);
		}
		error_free(error);
	}
}

static const char *read_steps(const struct loader *l, struct json_span object)
{
	struct json_span list, line;
	struct json_cursor cursor = {0};
	struct str out = STR(l->arena);
	if (!json_member(object, "steps", &list))
		return NULL;
	while (json_next(list, &cursor, &line)) {
		const char *step = json_string(l->arena, line);
		if (step)
			str_printf(&out, "%s\n", step);
	}
	return str_text(&out);
}

/* For show: apply describes what is left again. */
static void read_manual(const struct loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "manual", &list))
		return;
	for (size_t i = 0; i < l->plan->changes.len; i++) {
		struct change *c = &l->plan->changes.at[i];
		if (!change_is_manual(c) || !json_next(list, &cursor, &item))
			continue;
		const char *since = text(l, item, "since");
		c->steps = read_steps(l, item);
		if (!since || !time_parse(since, &c->since))
			c->since = 0;
	}
}

static int by_account_name(const void *a, const void *b)
{
	const struct account *const *x = a, *const *y = b;
	return strcmp((*x)->meta.name, (*y)->meta.name);
}

static void read_accounts(const struct loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "accounts", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct account *a = arena_zalloc(l->arena, sizeof(*a));
		a->meta.name = text(l, item, "name");
		a->credential = text(l, item, "credential");
		a->project = text(l, item, "project");
		a->id = text(l, item, "id");
		a->email = text(l, item, "email");
		if (a->meta.name)
			vec_push(l->arena, &l->plan->accounts, a);
	}
	vec_sort(&l->plan->accounts, by_account_name);
}

static void read_cost(const struct loader *l, struct json_span root)
{
	struct json_span cost;
	if (!json_member(root, "cost", &cost))
		return;
	l->plan->cost.calls = (size_t)number(cost, "calls", 0);
	l->plan->licences_used = (size_t)number(cost, "licences_used", 0);
	l->plan->licences_freed = (size_t)number(cost, "licences_freed", 0);
	l->plan->cost.seconds = 60 * (size_t)number(cost, "minutes", 0);
}

/* What names the manifests. */
static struct error *read_manifest(const struct loader *l, struct json_span root)
{
	struct json_span manifest;
	if (!json_member(root, "manifest", &manifest))
		return NULL;
	const char *digest = text(l, manifest, "digest"), *commit = text(l, manifest, "commit");
	if (digest && !sha256_parse(digest, l->plan->manifest_digest))
		return bad(l, "manifest.digest is no digest");
	if (commit && strlen(commit) == 40 && strspn(commit, "0123456789abcdef") == 40)
		l->plan->manifest_commit = commit;
	return NULL;
}

bool planfile_is(const char *bytes, size_t len)
{
	return len > 0 && bytes[0] == '{' &&
	       memmem(bytes, len < 256 ? len : 256, "\"format_version\"", 16);
}

struct error *planfile_parse(const char *name, const char *bytes, size_t len,
			     struct intern *strings, struct arena *a, struct plan *out)
{
	struct loader l = {name, strings, a, out};
	struct json_span root = {bytes, len}, live;
	TRY(json_check(name, bytes, len));
	const char *version = text(&l, root, "format_version");
	if (!version || strncmp(version, "1.", 2) != 0)
		return bad(&l, "format_version is not 1.x");
	out->organization = text(&l, root, "organization");
	out->org_id = text(&l, root, "org_id");
	out->provider = text(&l, root, "provider");
	if (!out->organization || !out->provider)
		return bad(&l, "no organization or provider");
	out->source = json_member(root, "live", &live) ? text(&l, live, "source") : NULL;
	TRY(read_time(&l, root, "created", &out->created));
	TRY(read_time(&l, root, "expires", &out->expires));
	TRY(read_manifest(&l, root));
	read_policy(&l, root);
	read_consent(&l, root);
	TRY(read_changes(&l, root));
	read_guards(&l, root);
	read_drift(&l, root);
	read_unlisted(&l, root);
	read_manual(&l, root);
	read_accounts(&l, root);
	read_cost(&l, root);
	plan_summarize(out);
	return NULL;
}
