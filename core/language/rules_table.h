/* SPDX-License-Identifier: Apache-2.0 */
/* rules_table.h - the field tables of rules, which manifests and the operator's configuration both
 * have; shared by schema_table.c and config_table.c only. */
#ifndef WRIT_RULES_TABLE_H
#define WRIT_RULES_TABLE_H

#include "core/language/schema_table.h"

/* Of a struct rules. The operator may make a finding count for less too. */
extern const struct table rules_of_operator, rules_of_manifests;

#endif
