/* SPDX-License-Identifier: Apache-2.0 */
/* config_table.h - the field tables of kind Configuration; shared by config*.c only. */
#ifndef WRIT_CONFIG_TABLE_H
#define WRIT_CONFIG_TABLE_H

#include "core/language/config.h"
#include "core/language/schema_table.h"

extern const struct table config_document;

/* What an organisation is before anything is said of it. */
extern const struct organization_config config_initial;

#endif
