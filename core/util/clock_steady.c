/* SPDX-License-Identifier: Apache-2.0 */
/* These two stand in a file of their own, so that a test can link a clock in their place that it
 * moves. */
#include <time.h>

#include "core/util/clock.h"

int64_t clock_steady_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now); /* a lease goes on while the machine sleeps */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_sleep_ms(unsigned ms)
{
	struct timespec left = {ms / 1000, (long)(ms % 1000) * 1000000};
	while (ms && nanosleep(&left, &left))
		;
}
