/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/patience.h"

#include "core/util/clock.h"
#include "core/util/log.h"
#include "core/util/progress.h"

/* The pause in front of a look: 50 ms, 200, 800, 3200, and then the longest one. */
static int64_t pause_before(unsigned look)
{
	int64_t pause = 50;
	for (unsigned i = 1; i < look && pause < PATIENCE_PAUSE_MS; i++)
		pause *= 4;
	return pause < PATIENCE_PAUSE_MS ? pause : PATIENCE_PAUSE_MS;
}

static void tell(const struct patience *t, int64_t waited_ms)
{
	char waited[DURATION_TEXT], all[DURATION_TEXT];
	if (!t->what || waited_ms < PATIENCE_TOLD_MS)
		return;
	duration_text(waited_ms, waited);
	duration_text(t->all_ms, all);
	log_note("%s: %s of %s", t->what, waited, all);
}

bool patience_next(struct patience *t)
{
	int64_t now = clock_steady_ms(), waited = now - t->began_ms;
	if (t->looks++ == 0) {
		t->began_ms = now;
		return true;
	}
	if (waited >= t->all_ms || (t->hurried && t->looks > PATIENCE_HURRIED_LOOKS))
		return false;
	int64_t pause = pause_before(t->looks - 1), left = t->all_ms - waited;
	tell(t, waited);
	if (t->what)
		progress_wait(t->what, left);
	clock_sleep_ms((unsigned)(pause < left ? pause : left));
	return true;
}
