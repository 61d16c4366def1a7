/* SPDX-License-Identifier: Apache-2.0 */
/* project_workspace.h - the projects and workspaces that new credentials are made in.
 *
 * No create is repeated before a look by name: the console would make a second project. */
#ifndef ADOBE_PROJECT_WORKSPACE_H
#define ADOBE_PROJECT_WORKSPACE_H

#include "providers/adobe/session/session.h"

struct project_place {
	const char *project;	/* its title, interned */
	struct outcome earlier; /* what is known of earlier tries, of all accounts that share it */
	/* What the call fills in. */
	struct outcome out; /* applied when there is a project with a workspace */
	bool made;	    /* by this call */
	bool told;	    /* likewise, and the service's answer says so */
	const char *project_id, *workspace_id; /* interned */
};

/* Finds or makes the projects side by side; each title is there once. Titles are not unique in the
 * console, so a project that `earlier` says may have been made is looked for, and not made again or
 * under another name. After an error each row says how far it came. */
MUST_CHECK struct error *project_workspace_prepare(struct provider *p, struct arena *a,
						   struct project_place *places, size_t len);

#endif
