/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/project_workspace.h"

#include <string.h>

#include "core/util/failpoint.h"
#include "core/util/json.h"
#include "core/util/report.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/wishes.h"
#include "providers/adobe/session/console_calls.h"

#define SERIAL_MAX 50 /* so many names are tried for projects whose titles begin alike */

/* A project that is asked for, and how far that came. */
struct project_ask {
	struct project_place *place;
	struct http_request *request; /* its request in this round; NULL: it has none */
	const char *name;
	unsigned serial;
	long status;
	bool looks, looked, blind, over; /* blind: a look failed */
};

/* ---- looking for projects by title ---- */

static void ask_title(struct calls *c, struct project_ask *one)
{
	struct str value = STR(&c->arena);
	http_escape(&value, one->place->project);
	one->request = calls_add(c, "GET", "/organizations/{org}/projects?title",
				 "organizations/%s/projects?title=%s", c->session->org_number,
				 str_text(&value));
}

static void read_title(struct provider *p, struct arena *a, struct project_ask *one)
{
	const struct http_request *r = one->request;
	one->blind = !call_found(r) && !http_is_missing(r);
	if (!one->blind)
		one->place->project_id = session_keep(p, reply_id(reply_first(r->json), "id", a));
	one->looks = !one->blind && !one->place->project_id;
}

static bool any_looks(const struct project_ask *all, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (all[i].looks)
			return true;
	}
	return false;
}

static struct error *look_once(struct provider *p, struct arena *a, struct project_ask *all,
			       size_t len)
{
	CALLS_DONE struct calls c = CALLS(p);
	for (size_t i = 0; i < len; i++) {
		if (all[i].looks)
			ask_title(&c, &all[i]);
	}
	struct error *error = http_run(p->http, &c.arena, c.all.at, c.all.len);
	for (size_t i = 0; i < len; i++) {
		if (all[i].looks)
			read_title(p, a, &all[i]);
	}
	return error;
}

/* Looks for the projects that are marked: no answer told what became of them, and a later look may
 * show more than the first. */
static struct error *look_for_projects(struct provider *p, struct arena *a, struct project_ask *all,
				       size_t len)
{
	for (struct patience t = session_patience(p, false);
	     any_looks(all, len) && patience_next(&t);)
		TRY(look_once(p, a, all, len));
	for (size_t i = 0; i < len; i++)
		all[i].looks = false;
	return NULL;
}

/* ---- making them ---- */

static bool is_taken(const struct provider *p, const char *name)
{
	for (size_t i = 0; i < p->projects.len; i++) {
		if (p->projects.at[i].name && !strcmp(p->projects.at[i].name, name))
			return true;
	}
	return false;
}

/* Whether an earlier project of this call has the name already: two titles can give one name. */
static bool is_chosen(const struct project_ask *all, size_t len, const char *name)
{
	for (size_t i = 0; i < len; i++) {
		if (all[i].name && !strcmp(all[i].name, name))
			return true;
	}
	return false;
}

static bool choose_name(const struct provider *p, struct arena *a, struct project_ask *all,
			size_t len, struct project_ask *one)
{
	one->name = NULL;
	for (; one->serial < SERIAL_MAX; one->serial++) {
		const char *name =
			project_name(a, one->place->project, one->serial ? one->serial + 1 : 0);
		if (is_taken(p, name) || is_chosen(all, len, name))
			continue;
		one->name = name;
		one->serial++;
		return true;
	}
	return false;
}

static void ask_project(struct calls *c, struct project_ask *one)
{
	struct str body = STR(&c->arena);
	str_addc(&body, '{');
	json_put_text(&body, "name", one->name);
	json_put_text(&body, "title", one->place->project);
	json_put_text(&body, "type", "default");
	str_addc(&body, '}');
	one->request = calls_add(c, "POST", "/organizations/{org}/projects",
				 "organizations/%s/projects", c->session->org_number);
	one->request->body = str_text(&body);
}

static void judge_project(struct provider *p, struct arena *a, struct project_ask *one)
{
	const struct http_request *r = one->request;
	struct project_place *place = one->place;
	place->out = call_outcome(r, a);
	one->status = r->evidence.status;
	if (place->out.class == OUTCOME_APPLIED) {
		place->project_id = session_keep(p, reply_id(r->json, "projectId", a));
		place->told = place->project_id != NULL;
		place->workspace_id = session_keep(p, reply_id(r->json, "workspaceId", a));
	}
	bool untold = place->out.class == OUTCOME_APPLIED && !place->project_id;
	one->looks = untold || place->out.class == OUTCOME_UNKNOWN ||
		     (one->status == 409 && !one->looked);
}

/* Sends one request for each project that is not settled yet. */
static struct error *send_projects(struct provider *p, struct arena *a, struct project_ask *all,
				   size_t len)
{
	CALLS_DONE struct calls c = CALLS(p);
	for (size_t i = 0; i < len; i++) {
		all[i].request = NULL;
		all[i].over = all[i].over || !choose_name(p, a, all, len, &all[i]);
		if (!all[i].over)
			ask_project(&c, &all[i]);
	}
	if (c.all.len == 0)
		return NULL;
	FAILPOINT("console-project");
	struct error *error = http_run(p->http, &c.arena, c.all.at, c.all.len);
	FAILPOINT("console-project-made");
	for (size_t i = 0; i < len; i++) {
		if (all[i].request)
			judge_project(p, a, &all[i]);
	}
	return error;
}

static struct outcome not_shown(struct arena *a, const struct project_place *place)
{
	return (struct outcome){
		OUTCOME_UNKNOWN,
		arena_printf(a,
			     "project %s was asked for before, and no read shows it: titles are "
			     "not unique, so only a new plan asks again, when this run is closed "
			     "(writ ledger close)",
			     quoted(a, place->project)),
		.once = true};
}

/* Names that the list shows were passed over, so one that is taken is of a project that it does not
 * show: most likely of one with this title, which an earlier try made. */
static void go_on(struct project_ask *one)
{
	if (one->over)
		return;
	bool taken = one->status == 409 && !one->place->project_id;
	one->looked |= one->status == 409;
	if (taken && one->blind)
		one->place->out = (struct outcome){
			OUTCOME_UNKNOWN, "its name is taken, and no read tells by which project"};
	one->over = !taken || one->blind || one->place->earlier.tried;
}

static void add_project(struct provider *p, const struct project_place *place, const char *name)
{
	vec_push(
		&p->arena, &p->projects,
		(struct console_project){place->project_id, place->project, session_keep(p, name)});
}

static void finish_project(struct provider *p, struct arena *a, struct project_ask *one)
{
	struct project_place *place = one->place;
	if (place->project_id) {
		place->made = true;
		add_project(p, place, one->name);
		place->out = (struct outcome){OUTCOME_APPLIED, NULL};
	} else if (place->out.class == OUTCOME_APPLIED) {
		place->out = (struct outcome){OUTCOME_UNKNOWN, "the project's id was not told"};
	}
	if (!place->project_id && one->looked && place->earlier.tried)
		place->out = not_shown(a, place);
	place->out.once = place->out.class == OUTCOME_UNKNOWN;
	if (place->out.once)
		vec_push(&p->sent_arena, &p->unsure, place->project);
}

static bool any_is_unfinished(const struct project_ask *all, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!all[i].over)
			return true;
	}
	return false;
}

static struct error *make_projects(struct provider *p, struct arena *a, struct project_ask *all,
				   size_t len)
{
	struct error *error = NULL;
	for (size_t i = 0; i < len; i++)
		all[i].place->out = call_refused("all names that its title gives are taken");
	while (!error && any_is_unfinished(all, len)) {
		error = send_projects(p, a, all, len);
		if (!error)
			error_free(look_for_projects(p, a, all, len));
		for (size_t i = 0; i < len; i++)
			go_on(&all[i]);
	}
	for (size_t i = 0; i < len; i++)
		finish_project(p, a, &all[i]);
	return error;
}

static struct error *find_made_before(struct provider *p, struct arena *a, struct project_ask *all,
				      size_t len)
{
	for (size_t i = 0; i < len; i++)
		all[i].looks = true;
	struct error *error = look_for_projects(p, a, all, len);
	for (size_t i = 0; i < len; i++) {
		if (all[i].place->project_id)
			add_project(p, all[i].place, NULL);
		else
			all[i].place->out = not_shown(a, all[i].place);
	}
	return error;
}

/* ---- workspaces ---- */

static bool lacks_workspace(const struct project_place *place, bool made)
{
	return place->out.class == OUTCOME_APPLIED && !place->workspace_id && place->made == made;
}

static void read_workspace(struct provider *p, struct arena *a, const struct http_request *r,
			   struct project_place *place)
{
	if (!call_found(r) && !http_is_missing(r)) {
		place->out = call_outcome(r, a);
		place->out.class =
			OUTCOME_NOT_SENT; /* the outcome of what the place is needed for */
		return;
	}
	for (const struct reply *i = reply_first(r->json); i; i = reply_after(i)) {
		const char *name = reply_text(i, "name");
		if (!place->workspace_id || (name && !strcmp(name, "Production")))
			place->workspace_id = session_keep(p, reply_id(i, "id", a));
	}
}

static struct error *read_workspaces(struct provider *p, struct arena *a,
				     struct project_place *places, size_t len, bool made,
				     bool *left)
{
	CALLS_DONE struct calls c = CALLS(p);
	VEC(, struct project_place *) asked = {0};
	for (size_t i = 0; i < len; i++) {
		if (!lacks_workspace(&places[i], made))
			continue;
		vec_push(&c.arena, &asked, &places[i]);
		calls_add(&c, "GET", "/organizations/{org}/projects/{id}/workspaces",
			  "organizations/%s/projects/%s/workspaces", p->org_number,
			  places[i].project_id);
	}
	struct error *error = http_run(p->http, &c.arena, c.all.at, c.all.len);
	*left = false;
	for (size_t i = 0; i < asked.len; i++) {
		read_workspace(p, a, c.all.at[i], asked.at[i]);
		*left |= lacks_workspace(asked.at[i], made);
	}
	return error;
}

static struct error *find_workspaces(struct provider *p, struct arena *a,
				     struct project_place *places, size_t len, bool made)
{
	bool left = false;
	for (size_t i = 0; i < len; i++)
		left |= lacks_workspace(&places[i], made);
	for (struct patience t = session_patience(p, !made); left && patience_next(&t);)
		TRY(read_workspaces(p, a, places, len, made, &left));
	for (size_t i = 0; i < len; i++) {
		if (lacks_workspace(&places[i], made))
			places[i].out = call_refused(arena_printf(a, "project %s has no workspace",
								  quoted(a, places[i].project)));
	}
	return NULL;
}

/* ---- all of them ---- */

static bool is_unsure(const struct provider *p, const char *title)
{
	for (size_t i = 0; i < p->unsure.len; i++) {
		if (!strcmp(p->unsure.at[i], title))
			return true;
	}
	return false;
}

VEC(project_ask_vec, struct project_ask);

/* Sorts a place before anything is sent: its project is there, was refused, or has to be looked for
 * or made. */
static void sort_place(struct provider *p, struct arena *a, struct project_place *place,
		       struct project_ask_vec *before, struct project_ask_vec *due)
{
	const struct console_project *there = console_find_project(p, place->project);
	place->out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (console_count_projects(p, place->project) > 1)
		place->out = call_refused(arena_printf(a, "several projects have the title %s",
						       quoted(a, place->project)));
	else if (there)
		place->project_id = there->id;
	else if (place->earlier.once || is_unsure(p, place->project))
		vec_push(a, before, (struct project_ask){.place = place});
	else
		vec_push(a, due, (struct project_ask){.place = place});
}

/* Says of all places that are not settled when an error ends the call that nothing was sent for
 * them. */
static void set_unsaid(struct arena *a, struct project_place *places, size_t len,
		       const struct error *error)
{
	const char *why = error_text(a, error);
	for (size_t i = 0; i < len; i++) {
		if (places[i].out.class == OUTCOME_APPLIED)
			places[i].out.class = OUTCOME_NOT_SENT;
		if (!places[i].out.message)
			places[i].out.message = why;
	}
}

struct error *project_workspace_prepare(struct provider *p, struct arena *a,
					struct project_place *places, size_t len)
{
	struct project_ask_vec before = {0}, due = {0};
	for (size_t i = 0; i < len; i++)
		sort_place(p, a, &places[i], &before, &due);
	struct error *error = find_made_before(p, a, before.at, before.len);
	if (!error)
		error = make_projects(p, a, due.at, due.len);
	if (!error)
		error = find_workspaces(p, a, places, len, false);
	if (!error)
		error = find_workspaces(p, a, places, len, true);
	if (error)
		set_unsaid(a, places, len, error);
	return error;
}
