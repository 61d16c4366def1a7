/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - the live organisation, opened through its provider as options and configuration say.
 */
#ifndef WRIT_CMD_SESSION_H
#define WRIT_CMD_SESSION_H

#include "cmd/writ/configuration.h"

/* An open live organisation. */
struct session {
	const struct provider_entry *provider;
	struct provider *handle;
	const struct organization_config *config; /* NULL: none */
	const char *identity; /* what tells the organisation from others, for its ledger */
};
/* When the report has errors after it, nothing is open. */
MUST_CHECK struct error *open_session(struct run *run, const struct named_organization *service,
				      struct session *out);
/* The same of an organisation that stands at PATH, as --live would have it. */
MUST_CHECK struct error *open_session_at(struct run *run, const char *live,
					 const struct named_organization *service,
					 struct session *out);
/* The same for who asks nothing of the organisation but what its ledger is called: it is opened
 * only where nothing else tells. */
MUST_CHECK struct error *name_session(struct run *run, const struct named_organization *service,
				      struct session *out);
void close_session(struct session *session);
const struct operator_policy *session_policy(const struct session *session); /* NULL: none */

#endif
