/* SPDX-License-Identifier: Apache-2.0 */
/* The control path: what a person does in a console, and what a test wants to know. Nothing of it
 * is Adobe's. */
#include <string.h>

#include "cmd/adobe-emulator/ims.h"
#include "cmd/adobe-emulator/server/grant_order.h"
#include "cmd/adobe-emulator/server/server.h"
#include "cmd/adobe-emulator/wire/json_fields.h"
#include "core/util/file.h"
#include "core/util/json.h"
#include "core/util/unicode.h"

static void respond_done(struct request *r, struct response *response)
{
	struct tree *body = tree_object();
	tree_bool(body, "ok", true);
	response_json(r, response, 200, body);
}

static void respond_wrong(struct request *r, struct response *response, const char *why)
{
	struct tree *body = tree_object();
	tree_bool(body, "ok", false);
	tree_text(body, "error", why);
	response_json(r, response, 400, body);
}

static void respond_outcome(struct request *r, struct response *response, const char *wrong)
{
	if (wrong)
		respond_wrong(r, response, wrong);
	else
		respond_done(r, response);
}

/* ---- the administrator's click ---- */

static void click(struct server *s, struct request *r, struct response *response, bool give)
{
	CLEANUP(reply_free) struct reply *order = request_json(r);
	respond_outcome(r, response,
			order ? grant_order_carry_out(s, order, give) : "a JSON object is due");
}

static void give(struct server *s, struct request *r, struct response *response)
{
	click(s, r, response, true);
}

static void take(struct server *s, struct request *r, struct response *response)
{
	click(s, r, response, false);
}

/* ---- administrators, as the console lists them ---- */

static const char *entry_type(struct server *s, const struct grant *g)
{
	if (g->kind == PRINCIPAL_ACCOUNT)
		return "Technical Account";
	const struct user *u = find_user(s->org, g->name, REVISION_LATEST);
	if (g->kind == PRINCIPAL_GROUP)
		return "User Group";
	return !strcmp(u->type, "adobeID")	  ? "Adobe ID"
	       : !strcmp(u->type, "enterpriseID") ? "Enterprise ID"
						  : "Federated ID";
}

static void administrators(struct server *s, struct request *r, struct response *response)
{
	struct tree *body = tree_array();
	for (size_t i = 0; i < s->org->grants.len; i++) {
		const struct grant *g = s->org->grants.at[i];
		if (!g->entitlement.role || !lives(&g->life, REVISION_LATEST))
			continue;
		const struct org_credential *c =
			g->kind == PRINCIPAL_ACCOUNT
				? find_account(s->org, g->name, REVISION_LATEST)
				: NULL;
		struct tree *item = tree_push_object(body);
		tree_text(item, "email", c ? c->tech_email : g->name);
		tree_text(item, "type", entry_type(s, g));
		tree_text(item, "role", role_table[g->entitlement.role].name);
		if (g->entitlement.product)
			tree_text(item, "product", g->entitlement.product);
		if (g->entitlement.profile)
			tree_text(item, "profile", g->entitlement.profile);
		if (g->entitlement.group)
			tree_text(item, "group", g->entitlement.group);
	}
	response_json(r, response, 200, body);
}

static void add_api(struct tree *body, const struct org_credential *c, const char *spelling)
{
	struct tree *item = tree_push_object(body);
	tree_text(item, "kind", principal_kind_name(PRINCIPAL_ACCOUNT));
	tree_text(item, "name", c->account);
	tree_text(item, "api", spelling);
}

static void add_apis(const struct org *org, struct tree *body)
{
	for (size_t i = 0; i < org->credentials.len; i++) {
		const struct org_credential *c = org->credentials.at[i];
		for (size_t k = 0; lives(&c->life, REVISION_LATEST) && k < c->subscriptions.len;
		     k++) {
			if (lives(&c->subscriptions.at[k]->life, REVISION_LATEST))
				add_api(body, c, c->subscriptions.at[k]->service->name);
		}
	}
}

/* Answers with everything that anybody holds at this moment, without the lag of reads. */
static void grants(struct server *s, struct request *r, struct response *response)
{
	struct tree *body = tree_array();
	for (size_t i = 0; i < s->org->grants.len; i++) {
		const struct grant *g = s->org->grants.at[i];
		const struct entitlement *e = &g->entitlement;
		const char *const parts[][2] = {
			{"role", e->role ? role_table[e->role].name : NULL},
			{"product", e->product},
			{"profile", e->profile},
			{"group", e->group},
		};
		if (!lives(&g->life, REVISION_LATEST))
			continue;
		struct tree *item = tree_push_object(body);
		tree_text(item, "kind", principal_kind_name(g->kind));
		tree_text(item, "name", g->name);
		for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++) {
			if (parts[k][1])
				tree_text(item, parts[k][0], parts[k][1]);
		}
	}
	add_apis(s->org, body);
	response_json(r, response, 200, body);
}

/* ---- people, groups, products ---- */

/* Whether a console may let a name through, even if no manifest can hold it. */
static bool name_ok(const struct server *s, const char *text)
{
	return org_name_ok(text) ||
	       (switch_is(&s->switches, SWITCH_ODD_NAMES, "hold") && text && *text);
}

static bool email_ok(const struct server *s, const char *text)
{
	const char *at = text ? strchr(text, '@') : NULL;
	return at && at > text && strchr(at, '.') && name_ok(s, text) && !strchr(text, ' ');
}

static void set_text(struct server *s, const char **member, const struct reply *order,
		     const char *key)
{
	const char *text = reply_text(order, key);
	if (text && org_text_ok(text))
		*member = org_intern(s->org, text);
}

static const char *edit_user(struct server *s, const struct reply *order)
{
	const char *email = reply_text(order, "email"), *type = reply_text(order, "type");
	struct user *u = email ? find_user(s->org, email, REVISION_LATEST) : NULL;
	if (reply_bool(order, "absent", false)) {
		if (u)
			drop_user(s->org, u);
		return u ? NULL : "no such user";
	}
	if (!email_ok(s, email))
		return "email is due";
	if (!u)
		u = make_user(s->org, email, type ? type : "federatedID");
	set_text(s, &u->username, order, "username");
	set_text(s, &u->domain, order, "domain");
	set_text(s, &u->first, order, "firstname");
	set_text(s, &u->last, order, "lastname");
	set_text(s, &u->country, order, "country");
	org_touched(s->org, "user.update", u->email, NULL);
	return NULL;
}

static const char *edit_members(struct server *s, struct group *g, const struct reply *order)
{
	for (const struct reply *item = reply_first(array_at(order, "add")); item;
	     item = reply_after(item)) {
		struct user *u = reply_own_text(item)
					 ? find_user(s->org, reply_own_text(item), REVISION_LATEST)
					 : NULL;
		if (!u)
			return "no such user";
		join_group(s->org, g, u);
	}
	for (const struct reply *item = reply_first(array_at(order, "remove")); item;
	     item = reply_after(item)) {
		struct user *u = reply_own_text(item)
					 ? find_user(s->org, reply_own_text(item), REVISION_LATEST)
					 : NULL;
		if (!u || !leave_group(s->org, g, u))
			return "no such member";
	}
	return NULL;
}

static const char *edit_group(struct server *s, const struct reply *order)
{
	const char *name = reply_text(order, "name");
	struct group *g = name ? find_group(s->org, name, REVISION_LATEST) : NULL;
	if (reply_bool(order, "absent", false)) {
		if (g)
			drop_group(s->org, g);
		return g ? NULL : "no such group";
	}
	if (!name_ok(s, name))
		return "name is due";
	if (!g)
		g = make_group(s->org, name);
	g->read_only = reply_bool(order, "readOnly", g->read_only);
	s->org->dirty = true;
	return edit_members(s, g, order);
}

static const char *edit_profile(struct server *s, const struct reply *order)
{
	const char *product = reply_text(order, "product");
	const char *name = reply_text(order, "profile");
	if (!name_ok(s, product) || !name_ok(s, name))
		return "product and profile are due";
	struct profile *p = find_profile(s->org, product, name, REVISION_LATEST);
	if (reply_bool(order, "absent", false)) {
		if (p)
			drop_profile(s->org, p);
	} else if (!p) {
		p = make_profile(s->org, product, name);
	}
	catalogue_make(s->org);
	return p ? NULL : "no such profile";
}

static const char *edit_project(struct server *s, const struct reply *order)
{
	const char *id = reply_text(order, "id");
	struct project *p = id ? find_project(s->org, id, REVISION_LATEST) : NULL;
	if (!p)
		return "no such project";
	p->guarded = reply_bool(order, "guarded", p->guarded);
	s->org->dirty = true;
	return NULL;
}

static void edit(struct server *s, struct request *r, struct response *response,
		 const char *(*function)(struct server *s, const struct reply *order))
{
	CLEANUP(reply_free) struct reply *order = request_json(r);
	respond_outcome(r, response, order ? function(s, order) : "a JSON object is due");
}

static void users(struct server *s, struct request *r, struct response *response)
{
	edit(s, r, response, edit_user);
}

static void groups(struct server *s, struct request *r, struct response *response)
{
	edit(s, r, response, edit_group);
}

static void profiles(struct server *s, struct request *r, struct response *response)
{
	edit(s, r, response, edit_profile);
}

static void projects(struct server *s, struct request *r, struct response *response)
{
	edit(s, r, response, edit_project);
}

/* ---- the whole state ---- */

static void get_state(struct server *s, struct request *r, struct response *response)
{
	response_text(response, 200, "application/json",
		      tree_print_pretty(r->arena, org_tree(s->org)));
}

static void get_manifest(struct server *s, struct request *r, struct response *response)
{
	response_text(response, 200, "application/yaml", org_manifest_text(s->org, r->arena));
}

/* Puts another organisation in place of the present one; it is logged as one change. */
static void replace_state(struct server *s, struct request *r, struct response *response,
			  const char *manifest_path, const struct reply *document)
{
	struct org *next = NULL;
	struct error *error = org_read(manifest_path, document, r->now, &next);
	if (error) {
		respond_wrong(r, response, arena_strdup(r->arena, error->message));
		error_free(error);
		return;
	}
	next->manifest_path = s->org->manifest_path;
	next->json_path = s->org->json_path;
	next->signing_key = signer_pem(s->signer, &next->arena);
	next->changed = s->org->changed;
	next->context = s->org->context;
	if (next->serial < s->org->serial)
		next->serial = s->org->serial;
	org_free(s->org);
	s->org = next;
	org_begin(s->org, r->now);
	org_touched(s->org, "organization.replace", s->org->name, NULL);
	respond_done(r, response);
}

static void put_manifest(struct server *s, struct request *r, struct response *response)
{
	const char *path = arena_printf(r->arena, "%s.new", s->org->manifest_path);
	struct error *error = file_write_atomic(path, r->body, r->body_len, 0644);
	if (error) {
		respond_wrong(r, response, arena_strdup(r->arena, error->message));
		error_free(error);
		return;
	}
	const char *text = tree_print(r->arena, org_tree(s->org));
	CLEANUP(reply_free) struct reply *document = read_json(text, strlen(text), REPLY_KEYS_ONCE);
	replace_state(s, r, response, path, document);
	unlink(path);
}

static void put_state(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *document = request_json(r);
	if (document)
		replace_state(s, r, response, s->org->manifest_path, document);
	else
		respond_wrong(r, response, "a JSON object is due");
}

/* ---- tokens and time ---- */

static void token(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *order = request_json(r);
	const char *client = reply_text(order, "client_id");
	const char *scopes = reply_text(order, "scope");
	int64_t seconds = whole_at(order, "expires_in", 86399);
	struct tree *body = tree_object();
	tree_text(body, "access_token",
		  ims_user_token(s, r, client, scopes ? scopes : USER_SCOPES, seconds));
	tree_text(body, "token_type", "bearer");
	tree_text(body, "client_id", client ? client : "aio-cli-console-auth");
	tree_int(body, "expires_in", seconds);
	response_json(r, response, 200, body);
}

static void revoke_token(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *order = request_json(r);
	const char *text = reply_text(order, "token");
	struct caller c;
	if (!text || !token_read(s->signer, r->arena, text, &c)) {
		respond_wrong(r, response, "token is due");
		return;
	}
	vec_push(&s->arena, &s->revoked, arena_strdup(&s->arena, c.id));
	respond_done(r, response);
}

static void advance_clock(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *order = request_json(r);
	const struct reply *ms = reply_get(order, "advance_ms");
	if (reply_kind(ms) != REPLY_NUMBER || reply_number(ms) < -1e12 || reply_number(ms) > 1e12) {
		respond_wrong(r, response, "advance_ms is due");
		return;
	}
	s->clock_offset_ms += (int64_t)reply_number(ms);
	respond_done(r, response);
}

/* ---- logs, switches, faults ---- */

static void print_array(struct request *r, struct response *response, const struct tree *array)
{
	struct str text = STR(r->arena);
	tree_write(&text, array);
	response_text(response, 200, "application/json", str_text(&text));
}

static void requests(struct server *s, struct request *r, struct response *response)
{
	print_array(r, response, s->log.requests);
}

static void changes(struct server *s, struct request *r, struct response *response)
{
	print_array(r, response, s->log.changes);
}

static void reset(struct server *s, struct request *r, struct response *response)
{
	log_reset(&s->log);
	faults_clear(&s->faults);
	limits_reset(&s->limits);
	respond_done(r, response);
}

static void reset_logs(struct server *s, struct request *r, struct response *response)
{
	log_reset(&s->log);
	respond_done(r, response);
}

static void get_switches(struct server *s, struct request *r, struct response *response)
{
	response_json(r, response, 200, switches_tree(&s->switches));
}

static void put_switches(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *order = request_json(r);
	struct switches next = s->switches;
	if (!reply_is_object(order)) {
		respond_wrong(r, response, "a JSON object is due");
		return;
	}
	for (const struct reply *item = reply_first(order); item; item = reply_after(item)) {
		const char *value = reply_kind(item) == REPLY_NUMBER
					    ? arena_printf(r->arena, "%.0f", reply_number(item))
					    : reply_own_text(item);
		struct error *error =
			value ? switches_set(&next, reply_key(item), value)
			      : error_new(ERROR_USAGE, "a switch has a text or a number");
		if (error) {
			respond_wrong(r, response, arena_strdup(r->arena, error->message));
			error_free(error);
			return;
		}
	}
	s->switches = next;
	get_switches(s, r, response);
}

static void reset_switches(struct server *s, struct request *r, struct response *response)
{
	switches_init(&s->switches);
	get_switches(s, r, response);
}

static void put_rate_limits(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *order = request_json(r);
	const char *text = reply_text(order, "rate_limits");
	struct error *error = limits_parse(text ? text : "", &s->limits);
	limits_reset(&s->limits);
	respond_outcome(r, response, error ? arena_strdup(r->arena, error->message) : NULL);
	error_free(error);
}

static void get_faults(struct server *s, struct request *r, struct response *response)
{
	response_json(r, response, 200, faults_tree(&s->faults));
}

static void add_fault(struct server *s, struct request *r, struct response *response)
{
	struct reply *order = request_json(r);
	int64_t id;
	const char *wrong = order ? faults_add(&s->faults, order, &id) : "a JSON object is due";
	if (wrong) {
		respond_wrong(r, response, wrong);
		return;
	}
	struct tree *body = tree_object();
	tree_bool(body, "ok", true);
	tree_int(body, "id", id);
	response_json(r, response, 200, body);
}

static void clear_faults(struct server *s, struct request *r, struct response *response)
{
	faults_clear(&s->faults);
	respond_done(r, response);
}

static void index_page(struct server *s UNUSED, struct request *r, struct response *response)
{
	struct str out = STR(r->arena);
	str_add(&out, "adobe-emulator: this path is not Adobe's; see adobe-emulator(1)\n");
	for (const struct route *row = control_surface.routes; row->method; row++)
		str_printf(&out, "%-6s /_control%s\n", row->method, row->path);
	response_text(response, 200, "text/plain; charset=utf-8", str_text(&out));
}

static void missing(struct server *s UNUSED, struct request *r, struct response *response,
		    bool known UNUSED)
{
	respond_wrong(r, response, "no such control call; GET /_control lists them");
	response->status = 404;
}

static const struct route routes[] = {
	{"GET", "", index_page, 0},
	{"POST", "/give", give, 0},
	{"POST", "/take", take, 0},
	{"GET", "/administrators", administrators, 0},
	{"GET", "/grants", grants, 0},
	{"POST", "/users", users, 0},
	{"POST", "/groups", groups, 0},
	{"POST", "/profiles", profiles, 0},
	{"POST", "/projects", projects, 0},
	{"GET", "/manifest", get_manifest, 0},
	{"PUT", "/manifest", put_manifest, 0},
	{"GET", "/state", get_state, 0},
	{"PUT", "/state", put_state, 0},
	{"POST", "/token", token, 0},
	{"POST", "/revoke", revoke_token, 0},
	{"POST", "/clock", advance_clock, 0},
	{"GET", "/requests", requests, 0},
	{"GET", "/changes", changes, 0},
	{"DELETE", "/log", reset_logs, 0},
	{"GET", "/switches", get_switches, 0},
	{"PUT", "/switches", put_switches, 0},
	{"DELETE", "/switches", reset_switches, 0},
	{"PUT", "/rate-limits", put_rate_limits, 0},
	{"GET", "/faults", get_faults, 0},
	{"POST", "/faults", add_fault, 0},
	{"DELETE", "/faults", clear_faults, 0},
	{"POST", "/reset", reset, 0},
	{0},
};

const struct surface control_surface = {
	.name = "control",
	.prefix = "/_control",
	.routes = routes,
	.missing = missing,
};
