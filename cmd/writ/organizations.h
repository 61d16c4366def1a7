/* SPDX-License-Identifier: Apache-2.0 */
/* organizations.h - a command that goes through several organisations.
 *
 * Each is the work of a process of its own, as if it had been the only one: no memory, provider,
 * clock or error is shared, and one that fails stops no other. What they print is kept and printed
 * whole, in the order of names, so that the same input prints the same bytes; a table of all comes
 * last, and the exit status is the worst. */
#ifndef WRIT_CMD_ORGANIZATIONS_H
#define WRIT_CMD_ORGANIZATIONS_H

#include "cmd/writ/command.h"

/* The work of a command for one organisation. */
typedef struct error *organization_function(struct run *run, int *status);

/* Does `one` for each organisation of the set at these PATHs; without them, of the current folder.
 * With one organisation, or --org, that is all that happens. The set is read once. */
MUST_CHECK struct error *organizations_of_set(struct run *run, struct arguments paths,
					      organization_function *one, int *status);

/* The same for the organisations of the configuration, unless --org or --live names one. */
MUST_CHECK struct error *organizations_configured(struct run *run, organization_function *one,
						  int *status);

/* The same for organisations whose names are known already, from the configuration or from saved
 * plans. */
MUST_CHECK struct error *organizations_named(struct run *run, const struct line_vec *names,
					     organization_function *one, int *status);

#endif
