/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/checker.h"

#include "core/util/unicode.h"

void checker_finding(struct checker *c, const char *id, struct location at, const char *detail,
		     const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *summary = report_is_full(c->report, SEVERITY_ERROR)
				      ? ""
				      : arena_vprintf(c->report->arena, fmt, args);
	va_end(args);
	report_add(c->report, SEVERITY_ERROR, id, at, 0, detail, "%s", summary);
}

const char *checker_quoted(struct checker *c, const char *text)
{
	return report_is_full(c->report, SEVERITY_ERROR) ? "" : quoted(c->arena, text);
}

const char *checker_place(struct checker *c, struct location at)
{
	if (report_is_full(c->report, SEVERITY_ERROR))
		return "";
	return arena_printf(c->arena, "%s:%u:%u", at.file, at.line, at.column);
}
