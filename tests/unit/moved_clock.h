/* SPDX-License-Identifier: Apache-2.0 */
/* moved_clock.h - a steady clock that stands still until somebody sleeps.
 *
 * It takes the place of core/util/clock_steady.c, which the linker then leaves in the library: what
 * waits for minutes is tested at once, and how long it would have waited is known exactly. */
#ifndef TEST_MOVED_CLOCK_H
#define TEST_MOVED_CLOCK_H

#include "core/util/clock.h"

static int64_t moved_clock_ms = 1000;

int64_t clock_steady_ms(void)
{
	return moved_clock_ms;
}

void clock_sleep_ms(unsigned ms)
{
	moved_clock_ms += ms;
}

#endif
