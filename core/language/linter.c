/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/linter.h"

#include <string.h>

/* What both sides say of a warning; the stricter of them. */
static enum weight weight_of(const struct linter *l, const char *id)
{
	const struct rules *sides[] = {l->options->operator_rules, &l->organization->rules};
	enum weight weight = WEIGHT_WARNING;
	for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); i++) {
		for (size_t k = 0; sides[i] && k < sides[i]->levels.len; k++) {
			const struct rule_level *said = &sides[i]->levels.at[k];
			if (!strcmp(said->id, id))
				weight = said->weight;
		}
	}
	return weight;
}

static bool is_ignored(const struct linter *l, const char *id)
{
	for (size_t i = 0; i < l->options->ignored_count; i++) {
		if (!strcmp(l->options->ignored[i], id))
			return true;
	}
	return false;
}

static PRINTF(6, 0) void find(struct linter *l, enum weight weight, const char *id,
			      struct location at, const char *detail, const char *fmt, va_list args)
{
	enum severity severity = weight == WEIGHT_ERROR ? SEVERITY_ERROR : SEVERITY_WARNING;
	if (weight == WEIGHT_NONE)
		return;
	if (weight == WEIGHT_WARNING && is_ignored(l, id))
		return;
	const char *summary = report_is_full(l->report, severity)
				      ? ""
				      : arena_vprintf(l->report->arena, fmt, args);
	report_add(l->report, severity, id, at, 0, detail, "%s", summary);
}

void linter_warn(struct linter *l, const char *id, struct location at, const char *detail,
		 const char *fmt, ...)
{
	enum weight weight = weight_of(l, id);
	va_list args;
	if (weight == WEIGHT_WARNING && l->options->errors_and_rules)
		return;
	va_start(args, fmt);
	find(l, weight, id, at, detail, fmt, args);
	va_end(args);
}

void linter_find(struct linter *l, enum weight weight, const char *id, struct location at,
		 const char *detail, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	find(l, weight, id, at, detail, fmt, args);
	va_end(args);
}
