/* SPDX-License-Identifier: Apache-2.0 */
/* Projects that runs made and in which no credential is left, or ever was. */
#include <string.h>

#include "core/plan/planner.h"

void planner_number_projects(struct planner *p)
{
	const struct made_project_vec *all = p->in->projects;
	for (size_t i = 0; all && i < all->len; i++)
		universe_principal(p->u, PRINCIPAL_PROJECT, all->at[i].id, true);
}

/* Whether an account is made in a project of this title, or stays in one. */
static bool is_wanted(struct planner *p, const char *title)
{
	const struct model_index *index = p->in->index;
	for (size_t i = 0; i < index->accounts.len; i++) {
		const struct account *a = index->accounts.at[i];
		const char *own = provider_project_of(p->in->reader, &p->scratch, a);
		if (a->state != STATE_ABSENT && own && !strcmp(own, title))
			return true;
	}
	return false;
}

static void delete_project(struct planner *p, const struct made_project *project)
{
	uint32_t number = universe_principal(p->u, PRINCIPAL_PROJECT, project->id, true);
	uint32_t rank = universe_principal_rank(p->u, number);
	planner_add_change(p, (struct change){
				      .principal = universe_principal_at(p->u, rank),
				      .principal_rank = rank,
				      .project = project,
				      .action = ACTION_DELETE,
				      .type = CHANGE_PROJECT,
				      .reason = REASON_UNDECLARED,
				      .risk = RISK_REMOVAL,
				      .via = provider_can_account(p->in->reader, p->in->session),
				      .at = p->organization->at,
			      });
}

static int by_id(const void *a, const void *b)
{
	const struct made_project *x = a, *y = b;
	return strcmp(x->id, y->id);
}

void planner_add_projects(struct planner *p)
{
	const struct made_project_vec *all = p->in->projects;
	bool whole = p->plan->left_out.len == 0; /* else a file left out may want them */
	if (!all || p->organization->unlisted == UNLISTED_KEEP || p->in->target)
		return;
	for (size_t i = 0; i < all->len; i++) {
		const struct made_project *project = &all->at[i];
		if (project->standing != PROJECT_EMPTY || is_wanted(p, project->title))
			continue;
		if (p->in->prune && whole)
			delete_project(p, project);
		else
			vec_push(p->arena, &p->plan->projects, *project);
	}
	vec_sort(&p->plan->projects, by_id);
}
