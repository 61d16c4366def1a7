/* SPDX-License-Identifier: Apache-2.0 */
/* page.h - what every HTML page of writ begins and ends with: one file, no network, and a policy
 * that allows its own style and script alone, by their digests. */
#ifndef WRIT_PAGE_H
#define WRIT_PAGE_H

#include "core/util/str.h"

/* Begins a page, up to its body. `style` is added to the style sheet of all such pages ("":
 * nothing); `script` is what page_end() gets ("": none). */
void page_begin(struct str *out, const char *title, const char *style, const char *script);
void page_end(struct str *out, const char *script);

/* For a page with a style sheet of its own: its beginning, up to the title. */
void page_policy(struct str *out, const char *style, const char *script);

#endif
