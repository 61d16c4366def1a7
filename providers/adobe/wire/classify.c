/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/wire/classify.h"

#include <string.h>
#include <time.h>

/* What a status of a complete answer means, with a JSON body and without one. A row matches the
 * first time. */
static const struct status_row {
	long from, to;
	enum outcome_class json, bare;
} rows[] = {
	{401, 401, OUTCOME_REFUSED, OUTCOME_REFUSED},
	{403, 403, OUTCOME_REFUSED, OUTCOME_REFUSED},
	{408, 408, OUTCOME_UNKNOWN,
	 OUTCOME_UNKNOWN}, /* 408: the service may have received all of the request */
	{429, 429, OUTCOME_REFUSED, OUTCOME_REFUSED},
	{400, 499, OUTCOME_REFUSED,
	 OUTCOME_UNKNOWN}, /* without JSON, something in front of the service answers */
	{200, 201, OUTCOME_APPLIED, OUTCOME_UNKNOWN},
	{0, 999, OUTCOME_UNKNOWN, OUTCOME_UNKNOWN},
};

/* Whether a service says in its own words that it is away for some time. */
static bool is_away(const struct evidence *e)
{
	return e->status == 503 && e->body == BODY_JSON && e->retry_after == RETRY_SECONDS;
}

static bool is_empty_as_due(const struct evidence *e)
{
	return e->empty_is_fine && e->body == BODY_NONE &&
	       (e->status == 200 || e->status == 201 || e->status == 204);
}

static enum outcome_class class_of(const struct evidence *e)
{
	const struct status_row *r = rows;
	if (is_empty_as_due(e))
		return OUTCOME_APPLIED;
	if (is_away(e))
		return OUTCOME_REFUSED;
	while (e->status < r->from || e->status > r->to) {
		if (++r == rows + sizeof(rows) / sizeof(*rows))
			return OUTCOME_UNKNOWN;
	}
	return e->body == BODY_JSON ? r->json : r->bare;
}

static enum next_step next_of(const struct evidence *e)
{
	if (e->status == 401)
		return NEXT_TOKEN;
	if (e->status == 429)
		return e->retry_after == RETRY_SECONDS ? NEXT_WAIT : NEXT_RETRY;
	return is_away(e) ? NEXT_WAIT : NEXT_NOTHING;
}

struct verdict classify(const struct evidence *e)
{
	if (e->transfer == TRANSFER_NOT_CONNECTED)
		return (struct verdict){OUTCOME_NOT_SENT, NEXT_RETRY};
	if (e->transfer != TRANSFER_COMPLETE)
		return (struct verdict){OUTCOME_UNKNOWN, NEXT_NOTHING};
	return (struct verdict){class_of(e), next_of(e)};
}

/* ---- Retry-After ---- */

static uint32_t clamp(int64_t seconds)
{
	return seconds < 1 ? 1 : seconds > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : (uint32_t)seconds;
}

/* Parses a date of RFC 9110 section 5.6.7: the form that is used today, and the two older ones that
 * a recipient must take. */
static bool parse_date(const char *text, int64_t *out)
{
	static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT",
					    "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"};
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct tm tm = {0};
		const char *end = strptime(text, forms[i], &tm);
		if (end && !end[strspn(end, " \t")]) {
			*out = timegm(&tm);
			return true;
		}
	}
	return false;
}

enum retry_after retry_after_parse(const char *value, int64_t now, uint32_t *wait_s)
{
	int64_t seconds = 0, date;
	if (!value)
		return RETRY_NONE;
	value += strspn(value, " \t");
	size_t digits = strspn(value, "0123456789");
	if (digits > 0 && !value[digits + strspn(value + digits, " \t")]) {
		for (size_t i = 0; i < digits && seconds <= RETRY_AFTER_MAX; i++)
			seconds = seconds * 10 + (value[i] - '0');
		*wait_s = clamp(seconds);
		return RETRY_SECONDS;
	}
	if (!parse_date(value, &date))
		return RETRY_JUNK;
	*wait_s = clamp(date - now);
	return RETRY_SECONDS;
}

bool classify_is_passing(const struct evidence *e)
{
	return e->transfer == TRANSFER_BROKEN || e->status == 408 || e->status >= 500;
}
