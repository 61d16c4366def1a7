/* SPDX-License-Identifier: Apache-2.0 */
/* What takes calls of its own for each credential: its account, project, APIs and licences. */
#include <string.h>

#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/console.h"
#include "providers/adobe/console/console_reader.h"
#include "providers/adobe/session/console_calls.h"

static struct http_request *ask_integration(struct calls *c, const struct credential *row)
{
	return calls_add(c, "GET", "/organizations/{org}/integrations/{id}",
			 "organizations/%s/integrations/%s", c->session->org_number, row->id);
}

static struct http_request *ask_place(struct calls *c, const struct credential *row)
{
	return calls_add(c, "GET", "/organizations/{org}/projects_workspaces/credentials/{id}",
			 "organizations/%s/projects_workspaces/credentials/%s",
			 c->session->org_number, row->id);
}

static struct http_request *ask_properties(struct calls *c, const struct credential *row,
					   const char *code)
{
	struct str path = STR(&c->arena);
	http_escape(&path, code);
	return calls_add(c, "GET",
			 "/organizations/{org}/integrations/entp/{id}/service/{code}/properties",
			 "organizations/%s/integrations/entp/%s/service/%s/properties",
			 c->session->org_number, row->id, str_text(&path));
}

static void read_detail(struct provider *p, const struct reply *body, struct credential *c)
{
	const char *name = session_keep_live(p, reply_text(body, "name"));
	const char *id = reply_text(body, "technicalAccountId");
	c->name = name ? name : c->name;
	c->description = session_keep_live(p, reply_text(body, "description"));
	c->tech_id = session_keep_live(p, id ? id : reply_text(body, "technicalAcctId"));
	c->email = session_keep_live(p, reply_text(body, "technicalAccountEmail"));
	c->subscriptions = (struct subscription_vec){0};
	const struct reply *codes = reply_get(body, "sdkList");
	for (const struct reply *i = reply_first(codes); i; i = reply_after(i)) {
		const char *code = reply_own_text(i);
		if (code && !credential_find_api(c, code))
			vec_push(&p->arena, &c->subscriptions,
				 (struct subscription){.code = session_keep(p, code)});
	}
	c->detailed = true;
}

/* Reads a credential's project and workspace, which the specification shows as an array and real
 * answers as an object. */
static void read_place(struct provider *p, const struct reply *body, struct credential *c)
{
	const struct reply *place = reply_is_array(body) ? reply_first(body) : body;
	c->project_id = session_keep(p, reply_id(place, "projectId", &p->arena));
	c->workspace_id = session_keep(p, reply_id(place, "workspaceId", &p->arena));
	c->project = c->project_id ? console_find_title(p, c->project_id) : NULL;
}

static bool is_of_another(const struct provider *p, const struct api *own, const char *id)
{
	for (size_t i = 0; i < p->apis.len; i++) {
		if (&p->apis.at[i] != own && licences_find_id(&p->apis.at[i].licences, id))
			return true;
	}
	return false;
}

/* Each service may list the licences of all services; those that only others offer are not
 * its own. */
static void read_selected(struct provider *p, const struct reply *body, struct subscription *s)
{
	const struct api *api = console_find_code(p, s->code);
	const struct reply *all = reply_get(body, "licenseConfigs");
	s->selected = (struct licence_vec){0};
	for (const struct reply *i = reply_first(all); i; i = reply_after(i)) {
		struct licence l;
		if (!reply_bool(i, "selected", false) || !console_read_licence(p, i, &l))
			continue;
		const struct licence *own = api ? licences_find_id(&api->licences, l.id) : NULL;
		if (own || !is_of_another(p, api, l.id))
			vec_push(&p->arena, &s->selected, own ? *own : l);
	}
}

static bool offers_any(struct provider *p, const char *code)
{
	const struct api *api = console_find_code(p, code);
	return !api || api->licences.len > 0;
}

static struct error *read_licences_held(struct provider *p, struct credential *const *rows,
					size_t count)
{
	CALLS_DONE struct calls c = CALLS(p);
	VEC(, struct subscription *) asked = {0};
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; rows[i] && k < rows[i]->subscriptions.len; k++) {
			struct subscription *s = &rows[i]->subscriptions.at[k];
			if (!offers_any(p, s->code))
				continue;
			ask_properties(&c, rows[i], s->code);
			vec_push(&c.arena, &asked, s);
		}
	}
	TRY(calls_read(&c, 0));
	for (size_t i = 0; i < asked.len; i++)
		read_selected(p, c.all.at[i]->json, asked.at[i]);
	return NULL;
}

struct error *console_read_details(struct provider *p, struct credential **rows, size_t count)
{
	CALLS_DONE struct calls c = CALLS(p);
	for (size_t i = 0; i < count; i++)
		ask_integration(&c, rows[i]);
	for (size_t i = 0; i < count; i++) {
		if (!rows[i]->project_id)
			ask_place(&c, rows[i]);
	}
	TRY(calls_read(&c, 0));
	for (size_t i = 0, place = count; i < count; i++) {
		const struct http_request *where = rows[i]->project_id ? NULL : c.all.at[place++];
		if (where && call_found(where))
			read_place(p, where->json, rows[i]);
		if (call_found(c.all.at[i]))
			read_detail(p, c.all.at[i]->json, rows[i]);
		else
			rows[i] = NULL;
	}
	return read_licences_held(p, rows, count);
}

struct error *console_refresh(struct provider *p, struct credential *c, bool *gone)
{
	struct credential *row = c;
	TRY(console_read_details(p, &row, 1));
	*gone = !row;
	return NULL;
}

/* Reads each credential anew; a read that fails leaves the others alone. */
void console_refresh_all(struct provider *p, struct credential **rows, size_t count)
{
	ARENA scratch = {0};
	if (count == 0)
		return;
	struct credential **left = arena_alloc(&scratch, count * sizeof(*left));
	memcpy(left, rows, count * sizeof(*left));
	struct error *error = console_read_details(p, left, count);
	for (size_t i = 0; i < count && error && count > 1; i++) {
		left[i] = rows[i];
		struct error *own = console_read_details(p, &left[i], 1);
		left[i] = own ? NULL : left[i];
		error_free(own);
	}
	for (size_t i = 0; i < count; i++)
		rows[i] = error && count == 1 ? NULL : left[i];
	error_free(error);
}

struct subscription *credential_find_api(const struct credential *c, const char *code)
{
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		if (!strcmp(c->subscriptions.at[i].code, code))
			return &c->subscriptions.at[i];
	}
	return NULL;
}

bool credential_holds(const struct credential *c, const char *product, const char *profile)
{
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct licence_vec *all = &c->subscriptions.at[i].selected;
		for (size_t k = 0; k < all->len; k++) {
			if (names_equal(all->at[k].product, product) &&
			    names_equal(all->at[k].profile, profile))
				return true;
		}
	}
	return false;
}
