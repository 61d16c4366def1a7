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
/* Opens the organisation of `service`. Nothing is open when the run's report has errors
 * afterwards. */
MUST_CHECK struct error *open_session(struct run *run, const struct named_organization *service,
				      struct session *out);
/* The same of an organisation in the file or folder `live`, as --live has it. */
MUST_CHECK struct error *open_session_at(struct run *run, const char *live,
					 const struct named_organization *service,
					 struct session *out);
/* The same for a caller that needs only `identity`: the organisation is opened only where nothing
 * else tells it. */
MUST_CHECK struct error *name_session(struct run *run, const struct named_organization *service,
				      struct session *out);
void close_session(struct session *session);
const struct operator_policy *session_policy(const struct session *session); /* NULL: none */

#endif
