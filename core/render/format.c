/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/format.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	review_renderer *render; /* NULL: not made of a review */
	size_t most;		 /* bytes that the site takes; 0: no limit */
} formats[FORMAT_COUNT] = {
	[FORMAT_TEXT] = {"text", NULL, 0},
	[FORMAT_JSON] = {"json", NULL, 0},
	[FORMAT_CSV] = {"csv", NULL, 0},
	[FORMAT_ICS] = {"ics", NULL, 0},
	[FORMAT_MARKDOWN] = {"markdown", render_markdown, BYTES_GITHUB_COMMENT},
	[FORMAT_HTML] = {"html", render_html, 0},
	/* GitHub takes 10 MiB of a compressed report; one that is smaller before need not be
	 * compressed. */
	[FORMAT_SARIF] = {"sarif", render_sarif, 10 * (size_t)1048576},
	[FORMAT_CODEQUALITY] = {"codequality", render_codequality, 0},
	[FORMAT_JUNIT] = {"junit", render_junit, 0},
	[FORMAT_GITHUB] = {"github", render_github, 0},
};

const char *format_name(enum format format)
{
	return formats[format].name;
}

bool format_is_review(enum format format)
{
	return formats[format].render != NULL;
}

bool format_parse_bytes(const char *text, size_t *out)
{
	static const struct {
		const char *name;
		size_t bytes;
	} presets[] = {{"github-comment", BYTES_GITHUB_COMMENT},
		       {"step-summary", BYTES_STEP_SUMMARY},
		       {"gitlab", BYTES_GITLAB}};
	size_t digits = strspn(text, "0123456789");
	for (size_t i = 0; i < sizeof(presets) / sizeof(*presets); i++) {
		if (!strcmp(text, presets[i].name)) {
			*out = presets[i].bytes;
			return true;
		}
	}
	if (!digits || digits > 12 || text[digits])
		return false;
	*out = strtoull(text, NULL, 10);
	return *out > 0;
}

struct error *format_review(enum format format, struct review *r, size_t most, struct str *out)
{
	return review_fit(r, formats[format].render, most ? most : formats[format].most, out);
}
