/* SPDX-License-Identifier: Apache-2.0 */
/* lock.h - one apply an organisation at a time.
 *
 * An flock() that dies with its holder; what stands in the file is for messages alone. */
#ifndef WRIT_LOCK_H
#define WRIT_LOCK_H

#include "core/util/error.h"

#define LOCK_WAIT_MS 10000 /* a run that only ends is waited for; one that works is not */

/* Takes the lock at PATH, which is made with 0600 when it is absent. ERROR_LOCKED, with who
 * holds it, when it does not come free within LOCK_WAIT_MS. *out is a descriptor to close;
 * `holder` is one line about this run. */
MUST_CHECK struct error *lock_take(const char *path, const char *holder, int *out);

#endif
