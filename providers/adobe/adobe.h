/* SPDX-License-Identifier: Apache-2.0 */
/* adobe.h - organisations at Adobe, through its public APIs.
 *
 * Technical accounts and their products are the Developer Console's, users and groups the User
 * Management API's. What neither can do, a person or the operator's own program does (manual.h,
 * role_command.h). */
#ifndef PROVIDER_ADOBE_H
#define PROVIDER_ADOBE_H

#include "core/contract/provider.h"

extern const struct provider_reader adobe_reader;
extern const struct provider_writer adobe_writer;
extern const struct provider_access adobe_access;

#endif
