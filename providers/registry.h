/* SPDX-License-Identifier: Apache-2.0 */
/* registry.h - the list of providers. */
#ifndef WRIT_REGISTRY_H
#define WRIT_REGISTRY_H

#include "core/contract/provider.h"

/* The provider of this name, or NULL. */
const struct provider_entry *registry_find(const char *name);

#endif
