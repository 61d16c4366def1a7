/* SPDX-License-Identifier: Apache-2.0 */
/* Several accounts come into being side by side, step by step: the projects of all, then the
 * credentials of all, then the APIs of all. Each has its own outcome, and what becomes of one ends
 * none of the others. */
#include <string.h>

#include "core/util/failpoint.h"
#include "core/util/json.h"
#include "core/util/report.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/project_workspace.h"
#include "providers/adobe/console/provision.h"
#include "providers/adobe/console/subscribe.h"
#include "providers/adobe/console/wanted_apis.h"
#include "providers/adobe/session/console_calls.h"

/* The console refuses a credential without a description. */
#define DESCRIPTION_DEFAULT "Kept by writ"

void provision_print(struct str *body, const char *name, const char *description,
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

/* An account that is being made. */
struct making {
	const struct account *account;
	struct outcome earlier, *out;
	struct project_place *place; /* may be shared */
	const char *name, *id, *client;
	struct http_request *request; /* of this step; NULL: none */
	struct credential *credential;
	struct wish_vec wishes;
	bool looks; /* the credential is looked for, since no answer told whether it was made */
	bool over;  /* *out says what became of it */
};

struct wave {
	struct provider *p;
	struct arena *a;
	struct making *all;
	size_t len;
	struct project_place *places;
	size_t place_count;
};

/* ---- projects ---- */

static struct project_place *find_place(struct wave *w, const char *title)
{
	for (size_t i = 0; i < w->place_count; i++) {
		if (!strcmp(w->places[i].project, title))
			return &w->places[i];
	}
	struct project_place *place = &w->places[w->place_count++];
	*place = (struct project_place){.project = session_keep(w->p, title)};
	return place;
}

/* Of accounts that share a place, the first has asked for it: where no answer came, the others sent
 * nothing. */
static struct outcome outcome_of_place(struct wave *w, const struct making *m, bool first)
{
	struct outcome out = m->place->out;
	if (first || out.class != OUTCOME_UNKNOWN)
		return out;
	out.class = OUTCOME_NOT_SENT;
	out.message = arena_printf(w->a, "project %s, which it shares: %s",
				   quoted(w->a, m->place->project),
				   out.message ? out.message : "no answer");
	return out;
}

static struct error *prepare_places(struct wave *w)
{
	w->places = arena_zalloc(w->a, w->len * sizeof(*w->places));
	for (size_t i = 0; i < w->len; i++) {
		struct making *m = &w->all[i];
		m->place = find_place(w, project_title(w->a, m->account));
		m->place->earlier.once |= m->earlier.once;
		m->place->earlier.tried |= m->earlier.tried;
	}
	struct error *error = project_workspace_prepare(w->p, w->a, w->places, w->place_count);
	for (size_t i = 0, known = 0; i < w->len; i++) {
		struct making *m = &w->all[i];
		bool first = m->place == &w->places[known];
		known += first;
		*m->out = outcome_of_place(w, m, first);
		m->over = m->out->class != OUTCOME_APPLIED;
	}
	return error;
}

/* ---- credentials ---- */

static void ask_credentials(struct calls *c, struct making *m)
{
	m->request = calls_add(
		c, "GET", "/organizations/{org}/projects/{id}/workspaces/{id}/credentials",
		"organizations/%s/projects/%s/workspaces/%s/credentials", c->session->org_number,
		m->place->project_id, m->place->workspace_id);
}

static void read_credentials(struct wave *w, struct making *m)
{
	const struct http_request *r = m->request;
	bool told = call_found(r) || http_is_missing(r);
	for (const struct reply *i = reply_first(told ? r->json : NULL); i; i = reply_after(i)) {
		const char *own = reply_text(i, "integration_name");
		if (own && !strcmp(own, m->name))
			m->id = session_keep(w->p, reply_id(i, "id_integration", w->a));
	}
	m->looks = told && !m->id;
}

static struct error *look_once(struct wave *w)
{
	CALLS_DONE struct calls c = CALLS(w->p);
	for (size_t i = 0; i < w->len; i++) {
		if (w->all[i].looks)
			ask_credentials(&c, &w->all[i]);
	}
	struct error *error = http_run(w->p->http, &c.arena, c.all.at, c.all.len);
	for (size_t i = 0; i < w->len; i++) {
		if (w->all[i].looks)
			read_credentials(w, &w->all[i]);
	}
	return error;
}

static bool any_looks(const struct wave *w)
{
	for (size_t i = 0; i < w->len; i++) {
		if (w->all[i].looks)
			return true;
	}
	return false;
}

static void look_for_credentials(struct wave *w)
{
	struct error *error = NULL;
	for (struct patience t = session_patience(w->p, false);
	     !error && any_looks(w) && patience_next(&t);)
		error = look_once(w);
	error_free(error);
}

static bool is_listed(const struct wave *w, const struct making *m)
{
	for (size_t i = 0; i < w->p->credentials.len; i++) {
		if (!strcmp(w->p->credentials.at[i].name, m->name))
			return true;
	}
	for (const struct making *other = w->all; other < m; other++) {
		if (!strcmp(other->name, m->name))
			return true;
	}
	return false;
}

/* The storage API in the very first list brings the licence with it; added later it does not
 * (facts/cloud-storage.md, "Conditions"). */
static void storage_first(struct arena *a, const struct wish_vec *wishes, struct wish_vec *first)
{
	for (size_t i = 0; i < wishes->len; i++) {
		if (wishes->at[i].api->storage)
			vec_push(a, first, (struct wish){.api = wishes->at[i].api});
	}
}

static void ask_credential(struct calls *c, struct making *m)
{
	struct wish_vec first = {0};
	struct str body = STR(&c->arena);
	storage_first(&c->arena, &m->wishes, &first);
	provision_print(&body, m->name, m->account->description, &first);
	m->request = calls_add(
		c, "POST",
		"/organizations/{org}/projects/{id}/workspaces/{id}/credentials/"
		"oauth-server-to-server",
		"organizations/%s/projects/%s/workspaces/%s/credentials/oauth-server-to-server",
		c->session->org_number, m->place->project_id, m->place->workspace_id);
	m->request->body = str_text(&body);
}

static void judge_credential(struct wave *w, struct making *m)
{
	const struct http_request *r = m->request;
	*m->out = call_outcome(r, w->a);
	if (m->out->class == OUTCOME_APPLIED) {
		m->id = session_keep(w->p, reply_id(r->json, "id", w->a));
		m->client = session_keep(w->p, reply_text(r->json, "apiKey"));
	}
	/* A name that is taken by a credential which the list does not show means that ours is
	 * there. */
	m->out->once = r->evidence.status == 409 && !is_listed(w, m);
	m->looks = m->out->once || m->out->class == OUTCOME_UNKNOWN ||
		   (m->out->class == OUTCOME_APPLIED && !m->id);
}

/* After a try whose outcome nobody knows, a name that is taken is no refusal: it is there, and not
 * shown yet. */
static void judge_taken(struct making *m)
{
	m->out->once &= m->earlier.once || m->earlier.tried;
	if (m->out->once)
		m->out->class = OUTCOME_UNKNOWN;
}

static void conclude_credential(struct making *m)
{
	if (m->id)
		*m->out = (struct outcome){OUTCOME_APPLIED, NULL};
	else if (m->out->class == OUTCOME_APPLIED)
		*m->out = (struct outcome){OUTCOME_UNKNOWN, "the credential's id was not told"};
	m->over = m->out->class != OUTCOME_APPLIED;
	if (m->over)
		judge_taken(m);
}

static struct error *send_credentials(struct wave *w)
{
	CALLS_DONE struct calls c = CALLS(w->p);
	for (size_t i = 0; i < w->len; i++) {
		struct making *m = &w->all[i];
		m->request = NULL;
		if (m->over)
			continue;
		wanted_of_new(w->p, w->a, m->account, &m->wishes);
		ask_credential(&c, m);
	}
	if (c.all.len == 0)
		return NULL;
	FAILPOINT("console-credential");
	struct error *error = http_run(w->p->http, &c.arena, c.all.at, c.all.len);
	FAILPOINT("console-credential-made");
	for (size_t i = 0; i < w->len; i++) {
		if (w->all[i].request)
			judge_credential(w, &w->all[i]);
	}
	if (!error)
		look_for_credentials(w);
	for (size_t i = 0; i < w->len; i++) {
		if (w->all[i].request)
			conclude_credential(&w->all[i]);
	}
	return error;
}

/* Adds the new credentials to what the session knows. */
static void add_credentials(struct wave *w)
{
	for (size_t i = 0; i < w->len; i++) {
		const struct making *m = &w->all[i];
		if (m->over)
			continue;
		vec_push(&w->p->arena, &w->p->credentials,
			 (struct credential){.account = m->account->meta.name,
					     .id = m->id,
					     .client_id = m->client,
					     .name = session_keep(w->p, m->name),
					     .project_id = m->place->project_id,
					     .project = m->place->project,
					     .workspace_id = m->place->workspace_id,
					     .detailed = true});
	}
	session_sort(w->p);
	for (size_t i = 0; i < w->len; i++) {
		struct making *m = &w->all[i];
		if (!m->over)
			m->credential = session_find(w->p, m->account->meta.name);
	}
}

/* ---- APIs ---- */

/* Looks which accounts have their products and APIs already, since some come with the credential.
 */
static void look_at_new(struct wave *w)
{
	VEC(, struct credential *) rows = {0};
	for (size_t i = 0; i < w->len; i++) {
		if (!w->all[i].over)
			vec_push(w->a, &rows, w->all[i].credential);
	}
	console_refresh_all(w->p, rows.at, rows.len);
	for (size_t i = 0, row = 0; i < w->len; i++) {
		struct making *m = &w->all[i];
		if (m->over)
			continue;
		bool seen = rows.at[row++] != NULL;
		m->over = m->wishes.len == 0 || (seen && wishes_met(&m->wishes, m->credential));
	}
}

static void tell_lacking(struct wave *w, struct making *m, const struct error *error)
{
	const char *why = m->out->message ? m->out->message
			  : error	  ? error_text(w->a, error)
					  : "unknown";
	if (m->out->class != OUTCOME_APPLIED)
		*m->out = (struct outcome){
			OUTCOME_PARTLY,
			arena_printf(w->a, "the account is made, its APIs are not: %s", why)};
	m->over = true;
}

static struct error *subscribe(struct wave *w)
{
	VEC(, struct subscribe_list) lists = {0};
	look_at_new(w);
	for (size_t i = 0; i < w->len; i++) {
		struct making *m = &w->all[i];
		if (!m->over)
			vec_push(w->a, &lists,
				 (struct subscribe_list){m->credential, &m->wishes, m->out});
	}
	struct error *error = subscribe_put(w->p, w->a, lists.at, lists.len);
	for (size_t i = 0; i < w->len; i++) {
		if (!w->all[i].over)
			tell_lacking(w, &w->all[i], error);
	}
	return error;
}

/* ---- a wave ---- */

static bool is_empty(const struct wave *w, const struct project_place *place)
{
	for (size_t i = 0; i < w->len; i++) {
		if (w->all[i].place == place && w->all[i].id)
			return false;
	}
	return true;
}

/* Tells of projects that were made and stay empty: nothing else would say that they are there. */
static void tell_empty_projects(struct wave *w)
{
	for (size_t i = 0; i < w->len; i++) {
		struct making *m = &w->all[i];
		if (!m->place->made || m->id)
			continue;
		m->out->once = true;
		if (is_empty(w, m->place))
			m->out->message = arena_printf(
				w->a, "%s; project %s (%s) was made for it and is empty, so far",
				m->out->message ? m->out->message : "no answer",
				quoted(w->a, m->place->project), m->place->project_id);
	}
}

/* Says of the first account of each project that was made that this project came with it. */
static void tell_projects(struct wave *w)
{
	for (size_t i = 0, known = 0; i < w->len && known < w->place_count; i++) {
		struct making *m = &w->all[i];
		if (m->place != &w->places[known])
			continue;
		known++;
		if (!m->place->told)
			continue;
		struct made_project *made = arena_zalloc(w->a, sizeof(*made));
		made->id = m->place->project_id;
		made->title = m->place->project;
		made->account = m->account->meta.name;
		m->out->made = made;
	}
}

/* The error ends the run where nothing was carried out. Else the outcomes say what was, and who
 * sends the next wave meets the same. */
static struct error *conclude(struct wave *w, struct error *error)
{
	bool any = false;
	for (size_t i = 0; i < w->len; i++) {
		struct outcome *out = w->all[i].out;
		bool none = out->class == OUTCOME_NOT_SENT || out->class == OUTCOME_REFUSED;
		any |= w->all[i].place->made || !none;
		if (error && !out->message && out->class != OUTCOME_APPLIED)
			out->message = error_text(w->a, error);
	}
	if (!any)
		return error;
	error_free(error);
	return NULL;
}

struct error *provision_create(struct provider *p, struct arena *a,
			       const struct change *const *changes, size_t len,
			       struct outcome *outcomes)
{
	struct wave w = {.p = p, .a = a, .all = arena_zalloc(a, len * sizeof(*w.all)), .len = len};
	for (size_t i = 0; i < len; i++)
		w.all[i] = (struct making){.account = changes[i]->after,
					   .name = account_credential(changes[i]->after),
					   .earlier = outcomes[i],
					   .out = &outcomes[i]};
	struct error *error = prepare_places(&w);
	if (!error)
		error = send_credentials(&w);
	add_credentials(&w);
	if (!error)
		error = subscribe(&w);
	tell_empty_projects(&w);
	tell_projects(&w);
	return conclude(&w, error);
}
