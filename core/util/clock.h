/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - UTC dates and times.
 *
 * WRIT_NOW=YYYY-MM-DDThh:mm:ssZ stands for the clock everywhere, so that the same input prints the
 * same bytes. */
#ifndef WRIT_CLOCK_H
#define WRIT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/util/error.h"

#define TIME_TEXT 21 /* "2026-03-31T12:00:00Z" and its NUL */
#define DATE_TEXT 11 /* "2026-03-31" and its NUL */

/* Seconds since 1970 UTC, from WRIT_NOW when it is set. ERROR_USAGE when WRIT_NOW is malformed. */
MUST_CHECK struct error *clock_now(int64_t *out);

/* Milliseconds that only ever grow, also while the machine sleeps, for how long things take;
 * WRIT_NOW and the wall clock do not move it. */
int64_t clock_steady_ms(void);

/* Waits; a signal does not shorten it. */
void clock_sleep_ms(unsigned ms);

/* Strict: exactly YYYY-MM-DDThh:mm:ssZ / YYYY-MM-DD, years 1970 to 9999, a day that exists. */
bool time_parse(const char *text, int64_t *out);
bool date_parse(const char *text, int32_t *out_days); /* days since 1970-01-01 */

void time_format(int64_t seconds, char out[static TIME_TEXT]);
void date_format(int32_t days, char out[static DATE_TEXT]); /* "" behind the year 9999 */

/* "12 s", "5 min", "5 min 30 s": in `out`, of DURATION_TEXT bytes. */
#define DURATION_TEXT 40
void duration_text(int64_t ms, char out[]);

/* The UTC day of a time. */
int32_t time_day(int64_t seconds);

#endif
