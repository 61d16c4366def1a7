/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/project_workspace.h"

#include <string.h>

#include "core/util/failpoint.h"
#include "core/util/json.h"
#include "core/util/report.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/subscribe.h"
#include "providers/adobe/session/console_calls.h"

#define SERIAL_MAX 50 /* projects whose titles start alike */

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
	*id = session_keep(p, reply_id(reply_first(r->json), "id", a));
	return NULL;
}

static struct error *find_workspace(struct provider *p, struct arena *a,
				    struct project_place *place)
{
	CALLS_DONE struct calls c = CALLS(p);
	struct http_request *r = calls_add(
		&c, "GET", "/organizations/{org}/projects/{id}/workspaces",
		"organizations/%s/projects/%s/workspaces", p->org_number, place->project_id);
	TRY(calls_read(&c, 0));
	for (const struct reply *i = reply_first(r->json); i; i = reply_after(i)) {
		const char *name = reply_text(i, "name");
		if (!place->workspace_id || (name && !strcmp(name, "Production")))
			place->workspace_id = session_keep(p, reply_id(i, "id", a));
	}
	return NULL;
}

static void add_project(struct provider *p, const struct project_place *place, const char *name)
{
	vec_push(
		&p->arena, &p->projects,
		(struct console_project){place->project_id, place->project, session_keep(p, name)});
}

/* Its outcome is unknown: only a look tells, and a late one may tell more. */
static struct error *look_for_project(struct provider *p, struct arena *a,
				      struct project_place *place)
{
	for (struct patience t = session_patience(p, false);
	     !place->project_id && patience_next(&t);) {
		TRY(find_project(p, a, place->project, &place->project_id));
	}
	return NULL;
}

static struct error *send_project(struct provider *p, struct arena *a, const char *name,
				  struct project_place *place, struct outcome *out, long *status)
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
	FAILPOINT("console-project");
	TRY(http_run(p->http, &c.arena, c.all.at, 1));
	FAILPOINT("console-project-made");
	*out = call_outcome(r, a);
	*status = r->evidence.status;
	if (out->class == OUTCOME_APPLIED) {
		place->project_id = session_keep(p, reply_id(r->json, "projectId", a));
		place->workspace_id = session_keep(p, reply_id(r->json, "workspaceId", a));
	}
	if (out->class == OUTCOME_UNKNOWN || (out->class == OUTCOME_APPLIED && !place->project_id))
		error_free(look_for_project(p, a, place));
	return NULL;
}

static struct outcome not_shown(struct arena *a, const struct project_place *place)
{
	return (struct outcome){
		OUTCOME_UNKNOWN,
		arena_printf(a,
			     "project %s was asked for before, and no read shows it: titles are "
			     "not unique, so only a new plan asks again",
			     quoted(a, place->project)),
		.once = true};
}

static bool is_taken(const struct provider *p, const char *name)
{
	for (size_t i = 0; i < p->projects.len; i++) {
		if (p->projects.at[i].name && !strcmp(p->projects.at[i].name, name))
			return true;
	}
	return false;
}

/* The names that the list shows are left out, so who has a name that is taken is not shown: a
 * project of this title that an earlier try made, before it is anybody else's. */
static struct error *make_project(struct provider *p, struct arena *a, bool tried,
				  struct project_place *place, struct outcome *out)
{
	long status = 409;
	const char *name = NULL;
	bool looked = false;
	*out = call_refused("all names that its title gives are taken");
	for (unsigned serial = 0; serial < SERIAL_MAX && status == 409; serial++) {
		name = project_name(a, place->project, serial ? serial + 1 : 0);
		if (is_taken(p, name))
			continue;
		TRY(send_project(p, a, name, place, out, &status));
		if (status == 409 && !looked)
			TRY(look_for_project(p, a, place));
		looked |= status == 409;
		if (place->project_id || (looked && tried))
			break;
	}
	if (place->project_id) {
		place->made = true;
		add_project(p, place, name);
		*out = (struct outcome){OUTCOME_APPLIED, NULL};
	} else if (out->class == OUTCOME_APPLIED) {
		*out = (struct outcome){OUTCOME_UNKNOWN, "the project's id was not told"};
	}
	if (!place->project_id && looked && tried)
		*out = not_shown(a, place);
	out->once = out->class == OUTCOME_UNKNOWN;
	return NULL;
}

static struct error *find_made_before(struct provider *p, struct arena *a,
				      struct project_place *place, struct outcome *out)
{
	TRY(look_for_project(p, a, place));
	if (place->project_id)
		return NULL;
	*out = not_shown(a, place);
	return NULL;
}

struct error *project_workspace_prepare(struct provider *p, struct arena *a,
					const struct account *account, struct outcome earlier,
					struct project_place *place, struct outcome *out)
{
	const char *title = project_title(a, account);
	*place = (struct project_place){.project = session_keep(p, title)};
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (console_count_projects(p, title) > 1) {
		*out = call_refused(
			arena_printf(a, "several projects have the title %s", quoted(a, title)));
		return NULL;
	}
	const struct console_project *there = console_find_project(p, title);
	if (there)
		place->project_id = there->id;
	else if (earlier.once)
		TRY(find_made_before(p, a, place, out));
	else
		TRY(make_project(p, a, earlier.tried, place, out));
	if (out->class != OUTCOME_APPLIED || place->workspace_id)
		return NULL;
	for (struct patience t = session_patience(p, there != NULL);
	     !place->workspace_id && patience_next(&t);)
		TRY(find_workspace(p, a, place));
	if (!place->workspace_id)
		*out = call_refused(
			arena_printf(a, "project %s has no workspace", quoted(a, title)));
	return NULL;
}
