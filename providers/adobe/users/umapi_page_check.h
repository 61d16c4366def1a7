/* SPDX-License-Identifier: Apache-2.0 */
/* umapi_page_check.h - the pages of a list, and what they say of themselves (facts/umapi.md,
 * "Pages").
 *
 * Three things tell where a list ends: "lastPage", X-Page-Count and X-Current-Page. A page that one
 * of them contradicts proves nothing, least of all that somebody is not there. Nothing here sends
 * anything. */
#ifndef ADOBE_UMAPI_PAGE_CHECK_H
#define ADOBE_UMAPI_PAGE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UMAPI_PAGES_MAX 1000 /* two million users; a service that says more is broken */

/* What a page said of itself; UINT32_MAX: not said. */
struct umapi_page {
	uint32_t asked, current, count, total;
	size_t rows;
	bool says_last, last; /* whether "lastPage" was there, and its value */
	bool found;	      /* false: the service has no such page */
	bool repeated;	      /* its first row is that of the page before */
};

/* Whether another page follows (facts/umapi.md, "Pages": a number above the last gives the last
 * page again, or "Not found"). */
bool umapi_has_more(const struct umapi_page *page);

/* How the page contradicts itself, a constant; NULL: it does not. */
const char *umapi_contradiction(const struct umapi_page *page);

/* A whole list, to be compared with the number that the service counted. */
struct umapi_tally {
	uint32_t first, total; /* X-Total-Count of the first and of the last page; UINT32_MAX */
	size_t rows, hidden;   /* rows that came; rows that may be counted and not shown */
};

/* How many rows are missing beyond those that may be hidden: 0 where nothing is counted. */
size_t umapi_missing(const struct umapi_tally *t);
/* How the whole list contradicts its count, a constant; NULL: it does not, or it is short by so
 * little that it may have changed in between. */
const char *umapi_list_contradiction(const struct umapi_tally *t);

#endif
