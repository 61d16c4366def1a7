/* SPDX-License-Identifier: Apache-2.0 */
/* ims.h - what other surfaces ask the token service. */
#ifndef EMULATOR_IMS_H
#define EMULATOR_IMS_H

#include "cmd/adobe-emulator/server/server.h"

/* The scopes of the command line tool's user tokens (facts/developer-console.md, "Who may call").
 */
#define USER_SCOPES                                                                                \
	"openid AdobeID read_organizations adobeio_api unified_dev_portal "                        \
	"additional_info.roles additional_info.projectedProductContext gnav read_pc.dma_bullseye"

/* A token of the developer user, for the command line tool when `client_id` is NULL. Scopes are
 * separated by blanks or commas. */
const char *ims_user_token(struct server *s, struct request *r, const char *client_id,
			   const char *scopes, int64_t life_s);

/* Appends {principal, organization, named_role, ...} for each organisation-wide role held. */
void ims_add_roles(const struct server *s, uint64_t view, enum principal_kind kind,
		   const char *name, const char *principal, struct tree *array);

#endif
