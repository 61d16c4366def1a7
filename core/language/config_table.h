/* SPDX-License-Identifier: Apache-2.0 */
/* config_table.h - the field tables of kind Configuration; shared by config*.c only. */
#ifndef WRIT_CONFIG_TABLE_H
#define WRIT_CONFIG_TABLE_H

#include "core/language/config.h"
#include "core/language/schema_table.h"

extern const struct table config_document;

/* What the tables check beside their fields, in config_check.c. */
table_check config_check_source, config_check_sink, config_check_sign, config_check_ledger,
	config_check_holder, config_check_principal, config_check_organization,
	config_check_document;

/* What an organisation is before anything is said of it. */
extern const struct organization_config config_initial;

#endif
