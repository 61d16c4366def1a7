/* SPDX-License-Identifier: Apache-2.0 */
/* project_workspace.h - the project and workspace that a new credential is made in.
 *
 * No create is repeated before a look by name: the console would make a second project. */
#ifndef ADOBE_PROJECT_WORKSPACE_H
#define ADOBE_PROJECT_WORKSPACE_H

#include "providers/adobe/session/session.h"

struct project_place {
	bool made;					 /* by this call */
	const char *project_id, *workspace_id, *project; /* interned */
};

/* Finds or makes the account's project; *out is applied when there is one with a workspace. What
 * `earlier` says may have been made before is looked for, and not made once more or under another
 * name: titles are not unique. */
MUST_CHECK struct error *
project_workspace_prepare(struct provider *p, struct arena *a, const struct account *account,
			  struct outcome earlier, struct project_place *place, struct outcome *out);

#endif
