/* SPDX-License-Identifier: Apache-2.0 */
/* console.h - the Developer Console: what is there (facts/developer-console.md).
 *
 * Lists are read as a whole; what costs a call an account is asked for the accounts of the query
 * alone. */
#ifndef ADOBE_CONSOLE_H
#define ADOBE_CONSOLE_H

#include "providers/adobe/session/session.h"

/* Looks the organisation's number up, once. ERROR_DENIED when the token may not, ERROR_INPUT when
 * the configuration has no credential for it. */
MUST_CHECK struct error *console_organization(struct provider *p);

/* Replaces p->apis, projects and credentials by what is live; names of products are those of the
 * console. */
MUST_CHECK struct error *console_read(struct provider *p, const struct query *query);
/* Reads the details that the query asks for and that are not here yet. */
MUST_CHECK struct error *console_read_rest(struct provider *p, const struct query *query);

/* The API of the catalogue by name or code, case aside; NULL. */
const struct api *console_find_api(const struct provider *p, const char *name);
/* The licence of a (product, profile) that this API offers; NULL. */
const struct licence *api_find_licence(const struct api *api, const char *product,
				       const char *profile);
/* What a credential has of an API; NULL. */
struct subscription *credential_find_api(const struct credential *c, const char *code);
/* Whether the profile is selected in any of its APIs. */
bool credential_holds(const struct credential *c, const char *product, const char *profile);

/* Asks anew what one credential has; *gone when it is not there (any more). */
MUST_CHECK struct error *console_refresh(struct provider *p, struct credential *c, bool *gone);

/* The same of several, side by side; a row becomes NULL where it is not there, or no answer told.
 */
void console_refresh_all(struct provider *p, struct credential **rows, size_t count);

/* Finds one account's credential with all its details without a read of the rest: for what is done
 * with a single account. `account` needs its name, project and credential. *out is NULL when there
 * is none. */
MUST_CHECK struct error *console_find_detailed(struct provider *p, const struct account *account,
					       struct credential **out);

/* Projects that bear this title. */
size_t console_count_projects(const struct provider *p, const char *title);
const struct console_project *console_find_project(const struct provider *p, const char *title);

#endif
