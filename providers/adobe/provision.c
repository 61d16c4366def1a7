#include "providers/adobe/provision.h"

#include <string.h>

#include "core/util/json.h"
#include "core/util/nearest.h"
#include "core/util/report.h"
#include "providers/adobe/calls.h"
#include "providers/adobe/handover.h"
#include "providers/adobe/naming.h"

#define DESCRIPTION_DEFAULT "Kept by writ" /* the console wants one */
#define SERIAL_MAX 50			   /* projects whose titles start alike */

static struct outcome refused(const char *why)
{
	return (struct outcome){OUTCOME_REFUSED, why};
}

static struct outcome outcome_of(const struct http_request *r, struct arena *a)
{
	return (struct outcome){r->verdict.class, r->message ? arena_strdup(a, r->message) : NULL};
}

/* ---- what the plan makes of an account ---- */

static bool is_of(const struct change *c, const char *account)
{
	return c->type == CHANGE_GRANT && c->principal->kind == PRINCIPAL_ACCOUNT &&
	       c->entitlement->role == ROLE_NONE && !strcmp(c->principal->name, account);
}

/* Product grants that the plan gives to the account: they can come with its APIs in one request. */
static void add_planned(struct provider *p, struct arena *a, const char *account,
			struct wish_vec *wishes)
{
	for (size_t i = 0; p->plan && i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (is_of(c, account) && c->action == ACTION_CREATE && c->via == CAN_API)
			wishes_add(a, wishes, c->entitlement->product, c->entitlement->profile);
	}
}

static bool is_planned_to_go(struct provider *p, const char *account, const struct licence *l)
{
	for (size_t i = 0; p->plan && i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (is_of(c, account) && c->action == ACTION_DELETE && !c->withheld &&
		    names_equal(c->entitlement->product, l->product) &&
		    names_equal(c->entitlement->profile, l->profile))
			return true;
	}
	return false;
}

/* ---- checks at plan time ---- */

const char *provision_offers(const struct provider *p, struct arena *a, const char *product,
			     const char *profile)
{
	struct str out = STR(a);
	for (size_t i = 0; i < p->apis.len; i++) {
		if (!api_find_licence(&p->apis.at[i], product, profile))
			continue;
		str_add(&out, out.len ? " or " : "");
		str_add(&out, quoted(a, p->apis.at[i].name));
	}
	return out.len ? str_text(&out) : NULL;
}

static const char *unknown_api(struct provider *p, struct arena *a, const char *name)
{
	VEC(, const char *) names = {0};
	for (size_t i = 0; i < p->apis.len; i++)
		vec_push(a, &names, p->apis.at[i].name);
	const char *near = nearest_word(name, names.at, names.len);
	if (near)
		return arena_printf(a, "the catalogue has no API %s; did you mean %s?",
				    quoted(a, name), quoted(a, near));
	return arena_printf(a, "the catalogue has no API %s", quoted(a, name));
}

static const char *check_api(struct provider *p, struct arena *a, const struct credential *c,
			     const struct account *account, size_t i)
{
	const char *name = account->apis.at[i].text;
	const struct api *api = console_find_api(p, name);
	if (!api)
		return unknown_api(p, a, name);
	for (size_t k = 0; k < i; k++) {
		if (console_find_api(p, account->apis.at[k].text) == api)
			return arena_printf(a, "APIs %s and %s are the same one",
					    quoted(a, account->apis.at[k].text), quoted(a, name));
	}
	if (api->disabled && !(c && credential_find_api(c, api->code)))
		return arena_printf(a, "API %s cannot be added: %s", quoted(a, name),
				    api->disabled);
	return NULL;
}

static bool is_listed(const struct account *account, const struct licence *l)
{
	for (size_t i = 0; account->has_products && i < account->products.len; i++) {
		if (names_equal(account->products.at[i].product, l->product) &&
		    names_equal(account->products.at[i].profile, l->profile))
			return true;
	}
	return false;
}

static bool is_offered(struct provider *p, const struct account *account, const struct licence *l)
{
	for (size_t i = 0; i < account->apis.len; i++) {
		const struct api *api = console_find_api(p, account->apis.at[i].text);
		if (api && api_find_licence(api, l->product, l->profile))
			return true;
	}
	return false;
}

/* An API takes its licences with it. */
static const char *check_kept(struct provider *p, struct arena *a, const struct credential *c,
			      const struct account *account)
{
	for (size_t i = 0; account->has_apis && i < c->subscriptions.len; i++) {
		const struct licence_vec *all = &c->subscriptions.at[i].selected;
		for (size_t k = 0; k < all->len; k++) {
			const struct licence *l = &all->at[k];
			if (is_listed(account, l) && !is_offered(p, account, l))
				return arena_printf(a,
						    "product %s, profile %s is held through API "
						    "%s, which `apis` "
						    "lacks",
						    quoted(a, l->product), quoted(a, l->profile),
						    c->subscriptions.at[i].code);
		}
	}
	return NULL;
}

static const char *check_project(struct provider *p, struct arena *a, const struct credential *c,
				 const struct account *account)
{
	const char *title = project_title(a, account);
	if (c && account->project && c->project && strcmp(c->project, account->project) != 0)
		return arena_printf(a,
				    "credential %s is in project %s: Adobe cannot move it to %s; "
				    "delete the account and make it anew, or keep its project",
				    quoted(a, c->name), quoted(a, c->project),
				    quoted(a, account->project));
	size_t count = c ? 1 : console_count_projects(p, title);
	if (count > 1)
		return arena_printf(a,
				    "%zu projects have the title %s; rename the others, or say "
				    "another `project`",
				    count, quoted(a, title));
	return NULL;
}

/* The credential under the account's present name, else under an earlier one. */
static struct credential *find_present(struct provider *p, const struct account *account)
{
	struct credential *c = session_find(p, account->meta.name);
	for (size_t i = 0; !c && i < account->meta.previously.len; i++)
		c = session_find(p, account->meta.previously.at[i].text);
	return c && c->detailed ? c : NULL;
}

const char *provision_check(struct provider *p, struct arena *a, const struct account *account)
{
	const struct credential *c = find_present(p, account);
	const char *why = names_check(a, account);
	if (!why)
		why = check_project(p, a, c, account);
	for (size_t i = 0; !why && i < account->apis.len; i++)
		why = check_api(p, a, c, account, i);
	return why || !c ? why : check_kept(p, a, c, account);
}

/* ---- projects ---- */

struct place {
	const char *project_id, *workspace_id, *project; /* interned */
};

static const char *keep(struct provider *p, const char *text)
{
	return text ? intern(p->strings, text) : NULL;
}

static struct error *find_project(struct provider *p, struct arena *a, const char *title,
				  const char **id)
{
	CALLS_DONE struct calls c = CALLS(p);
	struct str value = STR(&c.arena);
	http_escape(&value, title);
	struct http_request *r =
		calls_add(&c, "GET", "/organizations/{org}/projects?title",
			  "organizations/%s/projects?title=%s", p->org_number, str_text(&value));
	TRY(calls_read(&c, 0));
	*id = keep(p, json_id(json_first(r->json), "id", a));
	return NULL;
}

static struct error *find_workspace(struct provider *p, struct arena *a, struct place *place)
{
	CALLS_DONE struct calls c = CALLS(p);
	struct http_request *r = calls_add(
		&c, "GET", "/organizations/{org}/projects/{id}/workspaces",
		"organizations/%s/projects/%s/workspaces", p->org_number, place->project_id);
	TRY(calls_read(&c, 0));
	for (const struct json *i = json_first(r->json); i; i = json_after(i)) {
		const char *name = json_text(i, "name");
		if (!place->workspace_id || (name && !strcmp(name, "Production")))
			place->workspace_id = keep(p, json_id(i, "id", a));
	}
	return NULL;
}

static void add_project(struct provider *p, const struct place *place, const char *name)
{
	vec_push(&p->arena, &p->projects,
		 (struct console_project){place->project_id, place->project, keep(p, name)});
}

/* Its outcome is unknown: only a look tells, and a late one may tell more. */
static struct error *look_for_project(struct provider *p, struct arena *a, struct place *place)
{
	for (struct patience t = {0}; !place->project_id && patience_next(p, &t);) {
		TRY(find_project(p, a, place->project, &place->project_id));
	}
	return NULL;
}

static struct error *send_project(struct provider *p, struct arena *a, const char *name,
				  struct place *place, struct outcome *out, long *status)
{
	CALLS_DONE struct calls c = CALLS(p);
	struct str body = STR(&c.arena);
	str_addc(&body, '{');
	json_put_text(&body, "name", name);
	json_put_text(&body, "title", place->project);
	json_put_text(&body, "type", "default");
	str_addc(&body, '}');
	struct http_request *r = calls_add(&c, "POST", "/organizations/{org}/projects",
					   "organizations/%s/projects", p->org_number);
	r->body = str_text(&body);
	TRY(http_run(p->http, &c.arena, c.all.at, 1));
	*out = outcome_of(r, a);
	*status = r->evidence.status;
	if (out->class == OUTCOME_APPLIED) {
		place->project_id = keep(p, json_id(r->json, "projectId", a));
		place->workspace_id = keep(p, json_id(r->json, "workspaceId", a));
	}
	if (out->class == OUTCOME_UNKNOWN || (out->class == OUTCOME_APPLIED && !place->project_id))
		error_free(look_for_project(p, a, place));
	return NULL;
}

static struct error *make_project(struct provider *p, struct arena *a, struct place *place,
				  struct outcome *out)
{
	long status = 409;
	const char *name = NULL;
	for (unsigned serial = 0; serial < SERIAL_MAX && status == 409; serial++) {
		name = project_name(a, place->project, serial ? serial + 1 : 0);
		TRY(send_project(p, a, name, place, out, &status));
	}
	if (place->project_id) {
		add_project(p, place, name);
		*out = (struct outcome){OUTCOME_APPLIED, NULL};
	} else if (out->class == OUTCOME_APPLIED) {
		*out = (struct outcome){OUTCOME_UNKNOWN, "the project's id was not told"};
	}
	return NULL;
}

/* Finds or makes the project; *out is applied when there is one with a workspace. */
static struct error *prepare_place(struct provider *p, struct arena *a,
				   const struct account *account, struct place *place,
				   struct outcome *out)
{
	const char *title = project_title(a, account);
	*place = (struct place){.project = keep(p, title)};
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (console_count_projects(p, title) > 1) {
		*out = refused(
			arena_printf(a, "several projects have the title %s", quoted(a, title)));
		return NULL;
	}
	const struct console_project *there = console_find_project(p, title);
	if (there)
		place->project_id = there->id;
	else
		TRY(make_project(p, a, place, out));
	if (out->class != OUTCOME_APPLIED || place->workspace_id)
		return NULL;
	TRY(find_workspace(p, a, place));
	if (!place->workspace_id)
		*out = refused(arena_printf(a, "project %s has no workspace", quoted(a, title)));
	return NULL;
}

/* ---- credentials ---- */

static struct error *find_credential(struct provider *p, struct arena *a, const struct place *place,
				     const char *name, const char **id)
{
	CALLS_DONE struct calls c = CALLS(p);
	struct http_request *r = calls_add(
		&c, "GET", "/organizations/{org}/projects/{id}/workspaces/{id}/credentials",
		"organizations/%s/projects/%s/workspaces/%s/credentials", p->org_number,
		place->project_id, place->workspace_id);
	TRY(calls_read(&c, 0));
	for (const struct json *i = json_first(r->json); i; i = json_after(i)) {
		const char *own = json_text(i, "integration_name");
		if (own && !strcmp(own, name))
			*id = keep(p, json_id(i, "id_integration", a));
	}
	return NULL;
}

static struct error *look_for_credential(struct provider *p, struct arena *a,
					 const struct place *place, const char *name,
					 const char **id)
{
	for (struct patience t = {0}; !*id && patience_next(p, &t);) {
		TRY(find_credential(p, a, place, name, id));
	}
	return NULL;
}

static void print_credential(struct str *body, const char *name, const char *description,
			     const struct wish_vec *first)
{
	str_addc(body, '{');
	json_put_text(body, "name", name);
	json_put_text(body, "description", description ? description : DESCRIPTION_DEFAULT);
	if (first->len) {
		json_put_key(body, "services");
		wishes_print(first, body);
	}
	str_addc(body, '}');
}

/* The storage API in the very first list brings the licence with it; added later it does not (cloud-storage.md 1). */
static void storage_first(struct arena *a, const struct wish_vec *wishes, struct wish_vec *first)
{
	for (size_t i = 0; i < wishes->len; i++) {
		if (wishes->at[i].api->storage)
			vec_push(a, first, (struct wish){.api = wishes->at[i].api});
	}
}

static struct error *send_credential(struct provider *p, struct arena *a, const struct place *place,
				     const struct account *account, const struct wish_vec *first,
				     const char **id, struct outcome *out)
{
	CALLS_DONE struct calls c = CALLS(p);
	struct str body = STR(&c.arena);
	const char *name = account_credential(account);
	print_credential(&body, name, account->description, first);
	struct http_request *r = calls_add(
		&c, "POST",
		"/organizations/{org}/projects/{id}/workspaces/{id}/credentials/"
		"oauth-server-to-server",
		"organizations/%s/projects/%s/workspaces/%s/credentials/oauth-server-to-server",
		p->org_number, place->project_id, place->workspace_id);
	r->body = str_text(&body);
	TRY(http_run(p->http, &c.arena, c.all.at, 1));
	*out = outcome_of(r, a);
	if (out->class == OUTCOME_APPLIED)
		*id = keep(p, json_id(r->json, "id", a));
	if (out->class == OUTCOME_UNKNOWN || (out->class == OUTCOME_APPLIED && !*id))
		error_free(look_for_credential(p, a, place, name, id));
	if (*id)
		*out = (struct outcome){OUTCOME_APPLIED, NULL};
	else if (out->class == OUTCOME_APPLIED)
		*out = (struct outcome){OUTCOME_UNKNOWN, "the credential's id was not told"};
	return NULL;
}

static int by_account(const void *a, const void *b)
{
	const struct credential *x = a, *y = b;
	return strcmp(x->account, y->account);
}

static struct credential *add_credential(struct provider *p, const struct place *place,
					 const struct account *account, const char *id)
{
	struct credential c = {.account = account->meta.name,
			       .id = id,
			       .name = keep(p, account_credential(account)),
			       .project_id = place->project_id,
			       .project = place->project,
			       .workspace_id = place->workspace_id};
	vec_push(&p->arena, &p->credentials, c);
	vec_sort(&p->credentials, by_account);
	return session_find(p, account->meta.name);
}

/* ---- the list of APIs that an account shall have ---- */

/* Of an API that stays, what is selected stays; what the plan grants comes with it. A manifest that lists the
 * account's products leaves nothing to the service's choice. */
static void wish_apis(struct provider *p, struct arena *a, const struct account *account,
		      const struct credential *c, struct wish_vec *out)
{
	struct wish_vec now = {0};
	if (c)
		wishes_of(p, a, c, &now);
	for (size_t i = 0; i < account->apis.len; i++) {
		const struct api *api = console_find_api(p, account->apis.at[i].text);
		struct wish *there = api ? wishes_find(&now, api->code) : NULL;
		if (api && !wishes_find(out, api->code))
			vec_push(a, out, there ? *there : (struct wish){.api = api});
	}
	if (!account->has_apis)
		*out = now;
	add_planned(p, a, account->meta.name, out);
	wishes_sort(out);
}

static void wish_exactly(struct wish_vec *wishes)
{
	for (size_t i = 0; i < wishes->len; i++)
		wishes->at[i].exact = true;
}

/* Of a new account with its products listed, what came by itself goes again unless the plan grants it. */
static void wish_for_new(struct provider *p, struct arena *a, const struct account *account,
			 struct wish_vec *out)
{
	wish_apis(p, a, account, NULL, out);
	if (account->has_products && p->plan)
		wish_exactly(out);
}

static struct error *subscribe_new(struct provider *p, struct arena *a,
				   const struct account *account, struct credential *c,
				   struct outcome *out)
{
	struct wish_vec wishes = {0};
	bool gone = false;
	wish_for_new(p, a, account, &wishes);
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	struct error *unseen = console_refresh(p, c, &gone);
	error_free(unseen);
	if (wishes.len == 0 || (!unseen && !gone && wishes_met(&wishes, c)))
		return NULL;
	TRY(subscribe_put(p, a, c, &wishes, out));
	if (out->class != OUTCOME_APPLIED)
		*out = (struct outcome){OUTCOME_PARTLY,
					arena_printf(a, "the account is made, its APIs are not: %s",
						     out->message ? out->message : "unknown")};
	return NULL;
}

static struct error *make_account(struct provider *p, struct arena *a,
				  const struct account *account, struct outcome *out)
{
	struct wish_vec wishes = {0}, first = {0};
	struct place place;
	const char *id = NULL;
	TRY(prepare_place(p, a, account, &place, out));
	if (out->class != OUTCOME_APPLIED)
		return NULL;
	wish_for_new(p, a, account, &wishes);
	storage_first(a, &wishes, &first);
	TRY(send_credential(p, a, &place, account, &first, &id, out));
	if (out->class != OUTCOME_APPLIED)
		return NULL;
	struct credential *c = add_credential(p, &place, account, id);
	TRY(subscribe_new(p, a, account, c, out));
	handover_first(p, c);
	return NULL;
}

/* ---- updates ---- */

static bool same_text(const char *wanted, const char *live)
{
	return !wanted || (live && !strcmp(wanted, live));
}

static bool is_edited(const struct credential *c, const char *name, const char *description)
{
	return !strcmp(c->name, name) && same_text(description, c->description);
}

static struct error *edit_credential(struct provider *p, struct arena *a, struct credential *c,
				     const struct account *account, struct outcome *out)
{
	CALLS_DONE struct calls calls = CALLS(p);
	struct str body = STR(&calls.arena);
	struct wish_vec none = {0};
	bool gone = false;
	const char *name = account_credential(account);
	const char *description = account->description ? account->description : c->description;
	print_credential(&body, name, description, &none);
	struct http_request *r = calls_add(
		&calls, "PUT", "/organizations/{org}/credentials/oauth-server-to-server/{id}",
		"organizations/%s/credentials/oauth-server-to-server/%s", p->org_number, c->id);
	r->body = str_text(&body);
	TRY(http_run(p->http, &calls.arena, calls.all.at, 1));
	*out = outcome_of(r, a);
	if (out->class != OUTCOME_UNKNOWN) {
		c->name = out->class == OUTCOME_APPLIED ? keep(p, name) : c->name;
		return NULL;
	}
	for (struct patience t = {0}; patience_next(p, &t);) {
		struct error *unseen = console_refresh(p, c, &gone);
		error_free(unseen);
		if (!unseen && !gone && is_edited(c, name, account->description)) {
			*out = (struct outcome){OUTCOME_APPLIED, NULL};
			return NULL;
		}
	}
	return NULL;
}

/* Licences that go with an API are grants that end: only those that the plan ends. */
static const char *check_losses(struct provider *p, struct arena *a, const struct credential *c,
				struct wish_vec *wishes, const char *account)
{
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct subscription *s = &c->subscriptions.at[i];
		for (size_t k = 0; k < s->selected.len && !wishes_find(wishes, s->code); k++) {
			const struct licence *l = &s->selected.at[k];
			if (is_planned_to_go(p, account, l) ||
			    wishes_add(a, wishes, l->product, l->profile))
				continue;
			return arena_printf(
				a,
				"API %s would take product %s, profile %s with it, whose "
				"removal is not part of this plan",
				s->code, quoted(a, l->product), quoted(a, l->profile));
		}
	}
	return NULL;
}

static struct error *change_apis(struct provider *p, struct arena *a, struct credential *c,
				 const struct account *account, struct outcome *out)
{
	struct wish_vec wishes = {0};
	wish_apis(p, a, account, c, &wishes);
	const char *loss = check_losses(p, a, c, &wishes, account->meta.name);
	if (loss) {
		*out = refused(loss);
		return NULL;
	}
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	return wishes_met(&wishes, c) ? NULL : subscribe_put(p, a, c, &wishes, out);
}

static struct error *update_account(struct provider *p, struct arena *a, struct credential *c,
				    const struct account *after, unsigned attributes,
				    struct outcome *out)
{
	bool edited = attributes & (ATTRIBUTE_DESCRIPTION | ATTRIBUTE_CREDENTIAL);
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (attributes & ATTRIBUTE_PROJECT) {
		*out = refused("Adobe cannot move a credential to another project");
		return NULL;
	}
	if (edited)
		TRY(edit_credential(p, a, c, after, out));
	if (out->class != OUTCOME_APPLIED || !(attributes & ATTRIBUTE_APIS))
		return NULL;
	TRY(change_apis(p, a, c, after, out));
	if (edited && out->class != OUTCOME_APPLIED)
		out->class = OUTCOME_PARTLY;
	return NULL;
}

/* What `live` lacks of the manifest: of a create that an earlier run left half done. */
static unsigned missing_attributes(struct provider *p, const struct credential *c,
				   const struct account *wanted)
{
	unsigned missing = 0;
	struct wish_vec wishes = {0};
	ARENA scratch = {0};
	wish_apis(p, &scratch, wanted, c, &wishes);
	if (wanted->has_apis && !wishes_met(&wishes, c))
		missing |= ATTRIBUTE_APIS;
	if (!same_text(wanted->description, c->description))
		missing |= ATTRIBUTE_DESCRIPTION;
	return missing;
}

static struct error *create_account(struct provider *p, struct arena *a,
				    const struct change *change, struct outcome *out)
{
	const struct account *wanted = change->after;
	struct credential *c = session_find(p, wanted->meta.name);
	if (!c)
		return make_account(p, a, wanted, out);
	unsigned missing = c->detailed ? missing_attributes(p, c, wanted) : 0;
	if (missing)
		return update_account(p, a, c, wanted, missing, out);
	*out = refused(
		arena_printf(a, "there is already an account %s", quoted(a, wanted->meta.name)));
	return NULL;
}

/* ---- deletes ---- */

static struct error *is_gone(struct provider *p, const struct credential *c, bool *gone)
{
	CALLS_DONE struct calls calls = CALLS(p);
	struct http_request *r =
		calls_add(&calls, "GET", "/organizations/{org}/integrations/{id}",
			  "organizations/%s/integrations/%s", p->org_number, c->id);
	for (struct patience t = {0}; !*gone && patience_next(p, &t);) {
		http_done(r);
		TRY(calls_read(&calls, 0));
		*gone = !call_found(r);
	}
	return NULL;
}

static void forget(struct provider *p, struct credential *c)
{
	size_t i = (size_t)(c - p->credentials.at);
	memmove(c, c + 1, (p->credentials.len - i - 1) * sizeof(*c));
	p->credentials.len--;
}

static struct error *delete_account(struct provider *p, struct arena *a, struct credential *c,
				    struct outcome *out)
{
	CALLS_DONE struct calls calls = CALLS(p);
	bool gone = false;
	struct http_request *r =
		calls_add(&calls, "DELETE",
			  "/organizations/{org}/projects/{id}/workspaces/{id}/credentials/{id}",
			  "organizations/%s/projects/%s/workspaces/%s/credentials/%s",
			  p->org_number, c->project_id, c->workspace_id, c->id);
	r->empty_is_fine = true;
	TRY(http_run(p->http, &calls.arena, calls.all.at, 1));
	*out = outcome_of(r, a);
	if (r->evidence.status == 404 && out->class == OUTCOME_REFUSED)
		*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (out->class == OUTCOME_UNKNOWN)
		error_free(is_gone(p, c, &gone));
	if (gone)
		*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (out->class == OUTCOME_APPLIED)
		forget(p, c);
	return NULL;
}

struct error *provision_change(struct provider *p, struct arena *a, const struct change *change,
			       struct outcome *out)
{
	if (change->action == ACTION_CREATE)
		return create_account(p, a, change, out);
	struct credential *c = session_find(p, change->before->meta.name);
	if (!c || !c->detailed) {
		*out = refused(arena_printf(a, "there is no account %s",
					    quoted(a, change->before->meta.name)));
		return NULL;
	}
	if (change->action == ACTION_DELETE)
		return delete_account(p, a, c, out);
	TRY(update_account(p, a, c, change->after, change->attributes, out));
	if (out->class == OUTCOME_APPLIED && change->reason == REASON_RENAMED) {
		c->account = keep(p, change->after->meta.name);
		vec_sort(&p->credentials, by_account);
	}
	return NULL;
}

/* ---- product grants ---- */

static void set_all(struct outcome *outcomes, size_t len, struct outcome one)
{
	for (size_t i = 0; i < len; i++)
		outcomes[i] = one;
}

/* What is so needs no request; what the answer leaves open, a look has told. */
static struct outcome grant_outcome(struct arena *a, const struct credential *c,
				    const struct change *change, struct outcome all, bool offered)
{
	const struct entitlement *e = change->entitlement;
	if (credential_holds(c, e->product, e->profile) == (change->action == ACTION_CREATE))
		return (struct outcome){OUTCOME_APPLIED, NULL};
	if (!offered)
		return refused(arena_printf(a,
					    "no API of the account offers product %s, profile %s",
					    quoted(a, e->product), quoted(a, e->profile)));
	if (all.class != OUTCOME_APPLIED)
		return all;
	return (struct outcome){OUTCOME_UNKNOWN, "it was accepted, but no read shows it yet"};
}

struct error *provision_grants(struct provider *p, struct arena *a,
			       const struct change *const *changes, size_t len,
			       struct outcome *outcomes)
{
	const char *account = changes[0]->principal->name;
	struct credential *c = session_find(p, account);
	struct wish_vec wishes = {0};
	struct outcome all = {OUTCOME_APPLIED, NULL};
	bool *offered = arena_zalloc(a, len * sizeof(*offered));
	if (!c || !c->detailed) {
		set_all(outcomes, len,
			refused(arena_printf(a, "there is no account %s", quoted(a, account))));
		return NULL;
	}
	wishes_of(p, a, c, &wishes);
	for (size_t i = 0; i < len; i++) {
		const struct entitlement *e = changes[i]->entitlement;
		offered[i] = changes[i]->action == ACTION_CREATE
				     ? wishes_add(a, &wishes, e->product, e->profile)
				     : wishes_remove(&wishes, e->product, e->profile);
	}
	wishes_sort(&wishes);
	if (!wishes_met(&wishes, c))
		TRY(subscribe_put(p, a, c, &wishes, &all));
	for (size_t i = 0; i < len; i++)
		outcomes[i] = grant_outcome(a, c, changes[i], all, offered[i]);
	return NULL;
}
