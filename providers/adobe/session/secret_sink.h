/* SPDX-License-Identifier: Apache-2.0 */
/* secret_sink.h - where secrets of new credentials go: the operator's secretSink, and
 * nowhere else. */
#ifndef ADOBE_SECRET_SINK_H
#define ADOBE_SECRET_SINK_H

#include <stdbool.h>

#include "core/language/config.h"

bool sink_is_configured(const struct organization_config *config);

/* Checks, before a secret is made, that it could be handed over, as far as can be told without one:
 * the folder is there, it is ours, and nobody else can write to it. ERROR_INPUT when no sink is
 * configured. */
MUST_CHECK struct error *sink_check(const struct organization_config *config, const char *account);

/* Hands over one secret: as the file ACCOUNT in the folder (mode 0600, replaced as a whole), or to
 * the command on standard input with WRIT_ACCOUNT and WRIT_CLIENT_ID in its environment. */
MUST_CHECK struct error *sink_write(const struct organization_config *config, const char *account,
				    const char *client_id, const struct secret *secret);

#endif
