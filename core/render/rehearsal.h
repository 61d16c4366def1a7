/* SPDX-License-Identifier: Apache-2.0 */
/* rehearsal.h - what a restore takes, told without doing it.
 *
 * The plan is that of an empty organisation. What it holds is counted in the order in which it
 * would be carried out. What must exist before is listed in the order in which to make it, and what
 * no API restores becomes a checklist for people: secrets and administrators. */
#ifndef WRIT_REHEARSAL_H
#define WRIT_REHEARSAL_H

#include "core/plan/plan.h"
#include "core/util/str.h"

/* Who and what grants are of, which writ does not make: lists of names in their order, each once.
 */
struct prerequisites {
	bool credential; /* writ's own is needed */
	struct entry_vec products;
	struct text_vec users, groups;
};

/* Of all that a snapshot holds, in `a`. */
void prerequisites_find(const struct model *snapshot, struct arena *a, struct prerequisites *out);

/* Text for a screen or a printer; `from` is the snapshot's place. */
void rehearsal_text(struct str *out, const struct plan *plan, const struct prerequisites *first,
		    const char *from);
void rehearsal_json(struct str *out, const struct plan *plan, const struct prerequisites *first,
		    const char *from);

#endif
