/* SPDX-License-Identifier: Apache-2.0 */
/* project_delete.h - projects that a run made, and in which no credential is left.
 *
 * The console deletes a project with all that is in it. So only one is deleted that still is as
 * writ makes them: with its title, one workspace, and no credential of any kind in it; and it is
 * looked at once more just before. */
#ifndef ADOBE_PROJECT_DELETE_H
#define ADOBE_PROJECT_DELETE_H

#include "core/plan/plan.h"
#include "providers/adobe/session/session.h"

/* This is provider_reader.look_at_projects. */
MUST_CHECK struct error *project_look_at_all(struct provider *p, struct made_project_vec *all);

/* Carries out the change of one project. The error is for what ends the run before anything was
 * sent. */
MUST_CHECK struct error *project_delete(struct provider *p, struct arena *a,
					const struct change *change, struct outcome *out);

#endif
