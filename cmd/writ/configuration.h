/* SPDX-License-Identifier: Apache-2.0 */
/* configuration.h - the operator's configuration, and what it says of the organisation at hand. */
#ifndef WRIT_CMD_CONFIGURATION_H
#define WRIT_CMD_CONFIGURATION_H

#include "cmd/writ/command.h"

/* Fills run->config once; what is wrong in the file is in the run's report. */
MUST_CHECK struct error *load_config(struct run *run);

/* The same, unless the run needs none: with --live only one that the operator names counts. */
MUST_CHECK struct error *load_config_that_counts(struct run *run);

/* An organisation as manifests or a plan name it; members are NULL where they are silent. */
struct named_organization {
	const char *provider, *organization, *org_id;
};
struct named_organization service_of(const struct organization *organization);

/* Finds what the operator says of an organisation, or of the only one there is when `service` is
 * silent; *out is NULL when that is nothing. With --live only a configuration that the operator
 * names counts, since a file needs none. */
MUST_CHECK struct error *find_configured(struct run *run, const struct named_organization *service,
					 const struct organization_config **out);

/* The same for an organisation in the file or folder `live`, in place of --live; NULL: it is in no
 * file. */
MUST_CHECK struct error *find_configured_at(struct run *run, const char *live,
					    const struct named_organization *service,
					    const struct organization_config **out);

#endif
