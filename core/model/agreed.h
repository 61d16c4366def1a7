/* SPDX-License-Identifier: Apache-2.0 */
/* agreed.h - from what a snapshot saw to what is agreed. */
#ifndef WRIT_AGREED_H
#define WRIT_AGREED_H

#include "core/model/model.h"

/* Undoes the model's open drifts: what appeared is taken out, what is gone comes back, what changed
 * is as it was. Of what appeared to an account or a user group where it could not have been seen
 * before, the model says so from then on. Lists that change are made anew in `a`, so that other
 * models may share the old ones; the drifts stay in the model, for who asks since when, with the
 * ids of their accounts. Call it once. */
void agreed_make(struct model *snapshot, struct arena *a);

#endif
