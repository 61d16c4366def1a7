/* SPDX-License-Identifier: Apache-2.0 */
/* format.h - the formats of results, and what makes those that are for reviewers. */
#ifndef WRIT_FORMAT_H
#define WRIT_FORMAT_H

#include "core/render/review.h"

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_ICS,
	FORMAT_MARKDOWN,
	FORMAT_HTML,
	FORMAT_SARIF,
	FORMAT_CODEQUALITY,
	FORMAT_JUNIT,
	FORMAT_GITHUB,
	FORMAT_COUNT
};

const char *format_name(enum format format); /* "text", ... */

/* Whether it is made of a review. */
bool format_is_review(enum format format);

/* The longest comment that GitHub takes (in characters, none of which is shorter than a byte), the
 * longest summary of a step, and the longest note that GitLab takes. */
#define BYTES_GITHUB_COMMENT ((size_t)65536)
#define BYTES_STEP_SUMMARY ((size_t)1048576)
#define BYTES_GITLAB ((size_t)1000000)

/* "65536", or one of those sites' limits: "github-comment", "step-summary", "gitlab". */
bool format_parse_bytes(const char *text, size_t *out);

/* Appends the review in that format, at most `most` bytes of it (0: as many as the site takes that
 * the format is for). What was cut away for another format is there again. */
MUST_CHECK struct error *format_review(enum format format, struct review *r, size_t most,
				       struct str *out);

/* ---- a file for each ---- */

review_renderer render_markdown, render_html, render_sarif, render_codequality, render_junit,
	render_github;

/* The lines "NAME=VALUE" that a step of a workflow hands to later ones. */
void render_github_outputs(struct str *out, const struct review *r);

#endif
