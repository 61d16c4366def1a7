/* SPDX-License-Identifier: Apache-2.0 */
/* rehearsal.h - what a restore takes, told without doing it.
 *
 * The plan is that of an empty organisation. What it holds is counted in the order in which it
 * would be carried out, and what no API restores becomes a checklist for people: secrets,
 * administrators, and what must exist beforehand. */
#ifndef WRIT_REHEARSAL_H
#define WRIT_REHEARSAL_H

#include "core/plan/plan.h"
#include "core/util/str.h"

/* Text for a screen or a printer; `from` is the snapshot's place. */
void rehearsal_text(struct str *out, const struct plan *plan, const char *from);
void rehearsal_json(struct str *out, const struct plan *plan, const char *from);

#endif
