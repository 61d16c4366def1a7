/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/clock.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY 86400 /* seconds; POSIX time has no leap seconds */

static bool digits(const char *text, size_t count, int *out)
{
	*out = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*out = *out * 10 + (text[i] - '0');
	}
	return true;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

static bool parse_day(const char *text, int32_t *out)
{
	int year, month, day;
	if (!digits(text, 4, &year) || text[4] != '-' || !digits(text + 5, 2, &month) ||
	    text[7] != '-' || !digits(text + 8, 2, &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
	*out = (int32_t)(timegm(&tm) / DAY);
	return true;
}

bool date_parse(const char *text, int32_t *out_days)
{
	return strlen(text) == 10 && parse_day(text, out_days);
}

bool time_parse(const char *text, int64_t *out)
{
	int32_t day;
	int hour, minute, second;
	if (strlen(text) != 20 || !parse_day(text, &day) || text[10] != 'T' || text[13] != ':' ||
	    text[16] != ':' || text[19] != 'Z')
		return false;
	if (!digits(text + 11, 2, &hour) || !digits(text + 14, 2, &minute) ||
	    !digits(text + 17, 2, &second) || hour > 23 || minute > 59 || second > 59)
		return false;
	*out = (int64_t)day * DAY + hour * 3600 + minute * 60 + second;
	return true;
}

struct error *clock_now(int64_t *out)
{
	const char *fixed = getenv("WRIT_NOW");
	if (!fixed) {
		*out = time(NULL);
		return NULL;
	}
	if (!time_parse(fixed, out))
		return error_new(ERROR_USAGE, "WRIT_NOW must be YYYY-MM-DDThh:mm:ssZ");
	return NULL;
}

void time_format(int64_t seconds, char out[static TIME_TEXT])
{
	time_t t = seconds;
	struct tm tm;
	gmtime_r(&t, &tm);
	strftime(out, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

void date_format(int32_t days, char out[static DATE_TEXT])
{
	time_t t = (time_t)days * DAY;
	struct tm tm;
	gmtime_r(&t, &tm);
	if (!strftime(out, DATE_TEXT, "%Y-%m-%d", &tm))
		*out = '\0';
}

int32_t time_day(int64_t seconds)
{
	assert(seconds >= 0);
	return (int32_t)(seconds / DAY);
}

void duration_text(int64_t ms, char out[])
{
	long long seconds = ms / 1000, minutes = seconds / 60;
	if (minutes && seconds % 60)
		snprintf(out, DURATION_TEXT, "%lld min %lld s", minutes, seconds % 60);
	else if (minutes)
		snprintf(out, DURATION_TEXT, "%lld min", minutes);
	else
		snprintf(out, DURATION_TEXT, "%lld s", seconds);
}
