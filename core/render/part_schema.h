/* SPDX-License-Identifier: Apache-2.0 */
/* part_schema.h - JSON Schemas of what writ writes, from tables of its keys.
 *
 * What writ reads has field tables of its own (schema_table.h); these are for plans and events,
 * whose readers must allow keys that a later version adds. writ itself allows none in a plan
 * (planfile_check()). */
#ifndef WRIT_PART_SCHEMA_H
#define WRIT_PART_SCHEMA_H

#include <stdbool.h>

#include "core/util/json.h"
#include "core/util/str.h"

/* One key; `type` is the inside of a JSON Schema, or NULL for an object of `parts` or one of
 * `variants`. */
struct part {
	const char *key, *type, *help;
	const struct part *parts; /* ends with a row without key */
	bool nullable, optional, list;
	const struct part *const *variants; /* ends with NULL */
};

#define TEXT "\"type\": \"string\""
#define TEXT_OR_NULL "\"type\": [\"string\", \"null\"]"
#define TEXTS "\"type\": \"array\", \"items\": {\"type\": \"string\"}"
#define COUNT "\"type\": \"integer\", \"minimum\": 0"
#define COUNT_OR_NULL "\"type\": [\"integer\", \"null\"], \"minimum\": 0"
#define DIGEST TEXT ", \"pattern\": \"^sha256:[0-9a-f]{64}$\""
#define DIGEST_OR_NULL TEXT_OR_NULL ", \"pattern\": \"^sha256:[0-9a-f]{64}$\""
#define DAY_OR_NULL TEXT_OR_NULL ", \"pattern\": \"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\""
#define MOMENT TEXT ", \"pattern\": \"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$\""

/* What plans, reports, changes and events all speak of. */
extern const struct part part_principal[], part_entitlement[], part_location[], part_diagnostic[],
	part_attested[];

/* Appends the JSON Schema (2020-12) of an object of `parts`, with a newline at the end. */
void part_print_schema(struct str *out, const char *title, const struct part *parts);

/* The first key of checked text that an object of `parts` must have and does not, in `a`, objects
 * in it included and lists not: "policy.min_persons". NULL: it has them all. */
const char *part_find_missing(const struct part *parts, struct json_span object, struct arena *a);

#endif
