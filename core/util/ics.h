/* SPDX-License-Identifier: Apache-2.0 */
/* ics.h - calendars that other programs read (RFC 5545).
 *
 * Lines end in CR LF and are folded at 75 octets, never inside a character. */
#ifndef WRIT_ICS_H
#define WRIT_ICS_H

#include <stdint.h>

#include "core/util/str.h"

/* One whole day. Texts are UTF-8 of any length; NULL members are left out. */
struct ics_day {
	/* The same in every export, so that a calendar moves the event. */
	const char *uid;
	const char *summary, *description;
	int32_t day;   /* days since 1970 */
	int64_t stamp; /* when this export was made, seconds since 1970 */
};

void ics_begin(struct str *out, const char *title);
void ics_add_day(struct str *out, const struct ics_day *day);
/* `count`: how many days were added. A calendar has at least one component (3.6), so an empty one
 * gets its time zone. */
void ics_end(struct str *out, size_t count);

#endif
