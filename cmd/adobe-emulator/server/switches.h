/* SPDX-License-Identifier: Apache-2.0 */
/* switches.h - what nobody knows of Adobe, and its oddities (facts/), each of which can be
 * switched.
 *
 * One table has them all; the man page has the same list. */
#ifndef EMULATOR_SWITCHES_H
#define EMULATOR_SWITCHES_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/adobe-emulator/wire/json_tree.h"
#include "core/util/error.h"

enum switch_id {
#define SWITCH(id, name, choices, initial, help) SWITCH_##id,
#include "cmd/adobe-emulator/server/switches.def"
#undef SWITCH
	SWITCH_COUNT,
};

struct switch_info {
	const char *name;
	const char *choices; /* words with "|" between; "N": a whole number */
	const char *initial, *help;
};
extern const struct switch_info switch_table[SWITCH_COUNT];

/* Values: the index of the chosen word in `choices`, or the number. */
struct switches {
	int64_t value[SWITCH_COUNT];
};

void switches_init(struct switches *w);
MUST_CHECK struct error *switches_set(struct switches *w, const char *name, const char *value);
/* "NAME=VALUE" of the command line. */
MUST_CHECK struct error *switches_set_pair(struct switches *w, const char *pair);
/* {"name": "value", ...} of all. */
struct tree *switches_tree(const struct switches *w);

/* Whether the switch has that word. The word must be one of its choices. */
bool switch_is(const struct switches *w, enum switch_id id, const char *word);
int64_t switch_number(const struct switches *w, enum switch_id id);
static inline bool switch_on(const struct switches *w, enum switch_id id)
{
	return switch_is(w, id, "on");
}

#endif
