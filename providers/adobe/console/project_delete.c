/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/project_delete.h"

#include <string.h>

#include "core/util/failpoint.h"
#include "core/util/report.h"
#include "providers/adobe/console/console.h"
#include "providers/adobe/session/console_calls.h"

/* A look at one project. */
struct project_look {
	struct made_project *project;
	struct http_request *request; /* of this round; NULL: it is over */
	const char *workspace;
};

static const struct console_project *find_listed(const struct provider *p, const char *id)
{
	for (size_t i = 0; i < p->projects.len; i++) {
		if (!strcmp(p->projects.at[i].id, id))
			return &p->projects.at[i];
	}
	return NULL;
}

static bool has_known_credential(const struct provider *p, const char *id)
{
	for (size_t i = 0; i < p->credentials.len; i++) {
		const char *of = p->credentials.at[i].project_id;
		if (of && !strcmp(of, id))
			return true;
	}
	return false;
}

static void read_workspaces(struct arena *a, struct project_look *look)
{
	const struct http_request *r = look->request;
	size_t count = reply_count(r->json);
	if (!call_found(r))
		return;
	if (count > 1)
		look->project->standing =
			PROJECT_USED; /* writ leaves it with the one it came with */
	else if (count == 1)
		look->workspace = reply_id(reply_first(r->json), "id", a);
}

static void read_credentials(struct project_look *look)
{
	const struct http_request *r = look->request;
	if (call_found(r) && reply_is_array(r->json))
		look->project->standing = reply_count(r->json) ? PROJECT_USED : PROJECT_EMPTY;
}

/* Looks into projects that are there; what no answer tells stays unseen. */
static struct error *look_into(struct provider *p, struct arena *a, struct project_look *all,
			       size_t len)
{
	CALLS_DONE struct calls c = CALLS(p);
	for (size_t i = 0; i < len; i++)
		all[i].request =
			calls_add(&c, "GET", "/organizations/{org}/projects/{id}/workspaces",
				  "organizations/%s/projects/%s/workspaces", p->org_number,
				  all[i].project->id);
	TRY(http_run(p->http, &c.arena, c.all.at, c.all.len));
	for (size_t i = 0; i < len; i++)
		read_workspaces(a, &all[i]);
	size_t from = c.all.len;
	for (size_t i = 0; i < len; i++) {
		all[i].request = NULL;
		if (all[i].workspace)
			all[i].request = calls_add(
				&c, "GET",
				"/organizations/{org}/projects/{id}/workspaces/{id}/credentials",
				"organizations/%s/projects/%s/workspaces/%s/credentials",
				p->org_number, all[i].project->id, all[i].workspace);
	}
	TRY(http_run(p->http, &c.arena, c.all.at + from, c.all.len - from));
	for (size_t i = 0; i < len; i++) {
		if (all[i].request)
			read_credentials(&all[i]);
	}
	return NULL;
}

struct error *project_look_at_all(struct provider *p, struct made_project_vec *all)
{
	ARENA a = {0};
	VEC(, struct project_look) looks = {0};
	for (size_t i = 0; i < all->len; i++) {
		struct made_project *project = &all->at[i];
		const struct console_project *there = find_listed(p, project->id);
		if (!there)
			project->standing = PROJECT_GONE;
		else if (strcmp(there->title, project->title) != 0 ||
			 has_known_credential(p, project->id))
			project->standing = PROJECT_USED;
		else
			vec_push(&a, &looks, (struct project_look){.project = project});
	}
	return look_into(p, &a, looks.at, looks.len);
}

static void forget(struct provider *p, const char *id)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->projects.len; i++) {
		if (strcmp(p->projects.at[i].id, id) != 0)
			p->projects.at[kept++] = p->projects.at[i];
	}
	p->projects.len = kept;
}

static struct error *is_gone(struct provider *p, const char *id, bool *gone)
{
	CALLS_DONE struct calls c = CALLS(p);
	struct http_request *r = calls_add(&c, "GET", "/organizations/{org}/projects/{id}",
					   "organizations/%s/projects/%s", p->org_number, id);
	for (struct patience t = session_patience(p, true); !*gone && patience_next(&t);) {
		http_done(r);
		TRY(calls_read(&c, 0));
		*gone = http_is_missing(r);
	}
	return NULL;
}

static struct error *send_delete(struct provider *p, struct arena *a, const char *id,
				 struct outcome *out)
{
	CALLS_DONE struct calls c = CALLS(p);
	bool gone = false;
	struct http_request *r = calls_add(&c, "DELETE", "/organizations/{org}/projects/{id}",
					   "organizations/%s/projects/%s", p->org_number, id);
	r->empty_is_fine = true;
	FAILPOINT("console-project-delete");
	TRY(http_run(p->http, &c.arena, c.all.at, 1));
	FAILPOINT("console-project-deleted");
	*out = call_outcome(r, a);
	if (out->class == OUTCOME_UNKNOWN)
		error_free(is_gone(p, id, &gone));
	if (gone || http_is_missing(r))
		*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (out->class == OUTCOME_REFUSED)
		out->message = arena_printf(a,
					    "%s; delete it in the Developer Console, or what "
					    "is attached to it there",
					    out->message ? out->message : "refused");
	return NULL;
}

struct error *project_delete(struct provider *p, struct arena *a, const struct change *change,
			     struct outcome *out)
{
	struct made_project now = *change->project;
	struct project_look look = {.project = &now};
	now.standing = PROJECT_UNSEEN;
	TRY(look_into(p, a, &look, 1));
	if (now.standing != PROJECT_EMPTY) {
		*out = call_refused(now.standing == PROJECT_USED
					    ? "somebody uses it by now"
					    : "no read tells whether something is in it");
		return NULL;
	}
	TRY(send_delete(p, a, now.id, out));
	if (out->class == OUTCOME_APPLIED)
		forget(p, now.id);
	return NULL;
}
