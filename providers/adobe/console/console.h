/* SPDX-License-Identifier: Apache-2.0 */
/* console.h - reads the Developer Console (facts/developer-console.md).
 *
 * Lists are read as a whole. What takes a call for each account is asked for the accounts of the
 * query alone. */
#ifndef ADOBE_CONSOLE_H
#define ADOBE_CONSOLE_H

#include "providers/adobe/session/session.h"

/* Finds the number that the console has for the organisation, once. ERROR_DENIED when the token may
 * not read it, ERROR_INPUT when the configuration has no credential for it. */
MUST_CHECK struct error *console_organization(struct provider *p);

/* Replaces p->apis, p->projects and p->credentials by what is live. Names of products are those of
 * the console. */
MUST_CHECK struct error *console_read(struct provider *p, const struct query *query);
/* Reads those details of the query that were not read yet. */
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

/* Asks once more what one credential has; *gone is true when it is not there, or not there any
 * more. */
MUST_CHECK struct error *console_refresh(struct provider *p, struct credential *c, bool *gone);

/* The same for several credentials, side by side. A row becomes NULL when it is not there, or when
 * nothing could be learnt of it. */
void console_refresh_all(struct provider *p, struct credential **rows, size_t count);

/* Finds one account's credential with all its details, without reading the rest, for what is done
 * with a single account. `account` needs its name, project and credential. *out is NULL when there
 * is none. */
MUST_CHECK struct error *console_find_detailed(struct provider *p, const struct account *account,
					       struct credential **out);

/* How many projects have this title. */
size_t console_count_projects(const struct provider *p, const char *title);
const struct console_project *console_find_project(const struct provider *p, const char *title);

#endif
