/* SPDX-License-Identifier: Apache-2.0 */
/* page.h - what every HTML page of writ begins and ends with: one file, no script, no network, and
 * a policy that says so to the browser. */
#ifndef WRIT_PAGE_H
#define WRIT_PAGE_H

#include "core/util/str.h"

/* Begins a page, up to its body. The policy allows its style sheet alone, to which `style` is
 * added ("": nothing). */
void page_begin(struct str *out, const char *title, const char *style);
void page_end(struct str *out);

#endif
