/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/ics.h"

#include <string.h>

#include "core/util/clock.h"
#include "core/util/text_escape.h"

#define LINE_MAX_OCTETS 75 /* without the line break: RFC 5545, 3.1 */

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* Adds a content line, folded where it is too long; each further line begins with a blank, which
 * counts. */
static void add_line(struct str *out, const char *text)
{
	size_t len = strlen(text), room = LINE_MAX_OCTETS;
	while (len > room) {
		size_t cut = room;
		while (cut > 1 && is_continuation(text[cut]))
			cut--;
		str_addn(out, text, cut);
		str_add(out, "\r\n ");
		text += cut;
		len -= cut;
		room = LINE_MAX_OCTETS - 1;
	}
	str_addn(out, text, len);
	str_add(out, "\r\n");
}

/* Adds a property whose value is text (3.3.11). The text may have line feeds of the caller; all
 * else that is not printable is shown as by text_escape_cell(). */
static void add_text(struct str *out, const char *name, const char *value)
{
	struct str line = STR(out->arena);
	if (!value)
		return;
	str_printf(&line, "%s:", name);
	for (size_t len; *value; value += len + (value[len] == '\n')) {
		struct str shown = STR(out->arena);
		len = strcspn(value, "\n");
		text_escape_cell(&shown, value, len);
		for (const char *at = str_text(&shown); *at; at++) {
			if (strchr("\\;,", *at))
				str_addc(&line, '\\');
			str_addc(&line, *at);
		}
		if (value[len])
			str_add(&line, "\\n");
	}
	add_line(out, str_text(&line));
}

void ics_begin(struct str *out, const char *title)
{
	add_line(out, "BEGIN:VCALENDAR");
	add_line(out, "VERSION:2.0");
	add_line(out, "PRODID:-//writ//writ//EN");
	add_line(out, "CALSCALE:GREGORIAN");
	add_text(out, "X-WR-CALNAME", title);
}

/* Adds a date as "20270331". */
static void add_date(struct str *out, const char *name, int32_t day)
{
	char text[DATE_TEXT];
	date_format(day, text);
	add_line(out, arena_printf(out->arena, "%s;VALUE=DATE:%.4s%.2s%.2s", name, text, text + 5,
				   text + 8));
}

static void add_stamp(struct str *out, int64_t seconds)
{
	char text[TIME_TEXT];
	time_format(seconds, text);
	add_line(out, arena_printf(out->arena, "DTSTAMP:%.4s%.2s%.2sT%.2s%.2s%.2sZ", text, text + 5,
				   text + 8, text + 11, text + 14, text + 17));
}

void ics_add_day(struct str *out, const struct ics_day *day)
{
	add_line(out, "BEGIN:VEVENT");
	add_text(out, "UID", day->uid);
	add_stamp(out, day->stamp);
	add_date(out, "DTSTART", day->day);
	add_date(out, "DTEND", day->day + 1);
	add_text(out, "SUMMARY", day->summary);
	add_text(out, "DESCRIPTION", day->description);
	add_line(out, "TRANSP:TRANSPARENT");
	add_line(out, "END:VEVENT");
}

void ics_end(struct str *out, size_t count)
{
	static const char *const utc[] = {"BEGIN:VTIMEZONE",	"TZID:UTC",
					  "BEGIN:STANDARD",	"DTSTART:19700101T000000",
					  "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000",
					  "END:STANDARD",	"END:VTIMEZONE"};
	for (size_t i = 0; i < sizeof(utc) / sizeof(*utc) && count == 0; i++)
		add_line(out, utc[i]);
	add_line(out, "END:VCALENDAR");
}
