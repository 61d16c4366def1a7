/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/users/umapi_page_check.h"

#define UNSAID UINT32_MAX

static bool is_counted(const struct umapi_page *page)
{
	return page->count != UNSAID && page->asked < page->count;
}

bool umapi_has_more(const struct umapi_page *page)
{
	if (!page->found || (page->says_last && page->last) || page->asked + 1 >= UMAPI_PAGES_MAX)
		return false;
	if (page->current != UNSAID && page->current < page->asked)
		return false; /* the page is the last one, sent again */
	if (page->count != UNSAID)
		return page->asked + 1 < page->count;
	return !page->repeated && page->rows > 0;
}

/* What contradicts itself in a page whose number X-Page-Count covers; NULL: nothing. */
static const char *counted_contradiction(const struct umapi_page *page)
{
	bool ends = page->asked + 1 == page->count;
	if (page->count > UMAPI_PAGES_MAX)
		return "X-Page-Count is beyond any organisation";
	if (page->last && !ends)
		return "lastPage is true, and X-Page-Count has more pages";
	if (page->says_last && !page->last && ends)
		return "lastPage is not true on the last page of X-Page-Count";
	if (page->current != UNSAID && page->current != page->asked)
		return "X-Current-Page is another page than the one asked for";
	return page->repeated ? "the page before came again" : NULL;
}

const char *umapi_contradiction(const struct umapi_page *page)
{
	if (!page->found)
		return page->asked == 0	  ? "there is no first page"
		       : is_counted(page) ? "there is no such page, and X-Page-Count has it"
					  : NULL;
	if (page->total != UNSAID && page->rows > page->total)
		return "it has more rows than X-Total-Count";
	if (page->asked == 0 && page->count == 0 && page->rows)
		return "it has rows, and X-Page-Count has no page";
	return is_counted(page) ? counted_contradiction(page) : NULL;
}

size_t umapi_missing(const struct umapi_tally *t)
{
	size_t shown = t->rows + t->hidden;
	return t->total == UNSAID || shown >= t->total ? 0 : t->total - shown;
}

const char *umapi_list_contradiction(const struct umapi_tally *t)
{
	if (t->total == UNSAID)
		return NULL;
	if (t->rows > t->total && t->first == t->total)
		return "its pages have more rows than X-Total-Count";
	return umapi_missing(t) > t->rows ? "its pages have less than half of X-Total-Count" : NULL;
}
