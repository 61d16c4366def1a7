/* SPDX-License-Identifier: Apache-2.0 */
/* escape.h - foreign text in the syntax of a format, so that it stays text.
 *
 * Foreign is all that a manifest, a service or a command line said. Text comes here as
 * render_words() and render_shown() give it: on one line, nothing in it that cannot be seen. */
#ifndef WRIT_ESCAPE_H
#define WRIT_ESCAPE_H

#include "core/util/str.h"

/* Markdown: a code span. In one nothing is a link, an image, HTML, a mention, a reference to an
 * issue or a commit, nor an emoji, whatever a site does to text besides CommonMark. */
void escape_code_span(struct str *out, const char *text);
/* How many backticks a fence needs around these lines: more than stand in a row among them, and at
 * least three. */
size_t escape_fence(const char *lines);

/* HTML and XML: text, also between double quotes. */
void escape_markup(struct str *out, const char *text);

/* A workflow command of GitHub: its message, or one of its properties. */
void escape_command(struct str *out, const char *text);
void escape_command_property(struct str *out, const char *text);

/* A message of SARIF 2.1.0, as a JSON value: "{" and "}" doubled (section 3.11.5), "[" and "]"
 * with a backslash unless they have one (section 3.11.6). */
void escape_sarif(struct str *out, const char *text);

#endif
