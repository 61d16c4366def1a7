/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/review_pack.h"

#include <stddef.h>
#include <string.h>

#define NO_TEXT UINT64_MAX
#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* ---- what there is of each ---- */

static const size_t review_texts[] = {offsetof(struct review, subject),
				      offsetof(struct review, organization),
				      offsetof(struct review, alarm), offsetof(struct review, calm),
				      offsetof(struct review, headline)};
static const size_t section_texts[] = {offsetof(struct review_section, rule),
				       offsetof(struct review_section, title),
				       offsetof(struct review_section, of)};
static const size_t item_texts[] = {
	offsetof(struct review_item, rule),   offsetof(struct review_item, sign),
	offsetof(struct review_item, what),   offsetof(struct review_item, who),
	offsetof(struct review_item, reason), offsetof(struct review_item, ticket),
	offsetof(struct review_item, marks),  offsetof(struct review_item, note),
	offsetof(struct review_item, steps),  offsetof(struct review_item, address),
	offsetof(struct review_item, of),     offsetof(struct review_item, at.file)};
static const size_t fact_texts[] = {offsetof(struct review_fact, name),
				    offsetof(struct review_fact, value)};

/* ---- writing ---- */

static void put_number(struct str *out, uint64_t number)
{
	str_addn(out, (const char *)&number, sizeof(number));
}

static void put_texts(struct str *out, const void *object, const size_t *offsets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *text;
		memcpy(&text, (const char *)object + offsets[i], sizeof(text));
		put_number(out, text ? strlen(text) : NO_TEXT);
		if (text)
			str_addn(out, text, strlen(text) + 1);
	}
}

static void put_item(struct str *out, const struct review_item *item)
{
	const uint64_t numbers[] = {item->about,     item->borrowed, item->at.line,
				    item->at.column, item->end_line, item->end_column,
				    item->level,     item->power,    item->rank,
				    item->group,     item->serial};
	struct review_item whole = *item;
	whole.address = review_address(out->arena, item);
	put_texts(out, &whole, item_texts, LENGTH(item_texts));
	for (size_t i = 0; i < LENGTH(numbers); i++)
		put_number(out, numbers[i]);
}

static void put_section(struct str *out, const struct review_section *s)
{
	const uint64_t numbers[] = {s->level, s->kept,	     s->least,	  s->again,
				    s->aside, s->group_from, s->items.len};
	put_texts(out, s, section_texts, LENGTH(section_texts));
	for (size_t i = 0; i < LENGTH(numbers); i++)
		put_number(out, numbers[i]);
	for (size_t i = 0; i < s->items.len; i++)
		put_item(out, &s->items.at[i]);
}

static void put_facts(struct str *out, const struct review_fact_vec *facts)
{
	put_number(out, facts->len);
	for (size_t i = 0; i < facts->len; i++)
		put_texts(out, &facts->at[i], fact_texts, LENGTH(fact_texts));
}

void review_pack(struct str *out, const struct review *r)
{
	struct str whole = STR(out->arena);
	put_texts(&whole, r, review_texts, LENGTH(review_texts));
	put_texts(&whole, &r->at.file, (const size_t[]){0}, 1);
	put_number(&whole, r->at.line);
	put_number(&whole, r->at.column);
	put_number(&whole, r->foreign);
	put_facts(&whole, &r->facts);
	put_facts(&whole, &r->outputs);
	put_number(&whole, r->sections.len);
	for (size_t i = 0; i < r->sections.len; i++)
		put_section(&whole, &r->sections.at[i]);
	put_number(out, whole.len);
	str_addn(out, str_text(&whole), whole.len);
}

/* ---- reading ---- */

struct unpacking {
	const char *at;
	size_t left;
	bool failed; /* all that is taken from now on is empty */
	struct arena *arena;
};

static const char *take(struct unpacking *u, size_t len)
{
	const char *at = u->at;
	if (u->failed || len > u->left) {
		u->failed = true;
		return NULL;
	}
	u->at += len;
	u->left -= len;
	return at;
}

static uint64_t take_number(struct unpacking *u)
{
	uint64_t number = 0;
	const char *at = take(u, sizeof(number));
	if (at)
		memcpy(&number, at, sizeof(number));
	return number;
}

static const char *take_text(struct unpacking *u)
{
	uint64_t len = take_number(u);
	if (len == NO_TEXT || len >= u->left)
		u->failed |= len != NO_TEXT;
	else
		return arena_strndup(u->arena, take(u, len + 1), len);
	return NULL;
}

static void take_texts(struct unpacking *u, void *object, const size_t *offsets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *text = take_text(u);
		memcpy((char *)object + offsets[i], &text, sizeof(text));
	}
}

static void take_item(struct unpacking *u, struct review_item *item)
{
	take_texts(u, item, item_texts, LENGTH(item_texts));
	item->about = take_number(u);
	item->borrowed = take_number(u);
	item->at.line = (uint32_t)take_number(u);
	item->at.column = (uint32_t)take_number(u);
	item->end_line = (uint32_t)take_number(u);
	item->end_column = (uint32_t)take_number(u);
	item->level = (enum review_level)take_number(u);
	item->power = (uint8_t)take_number(u);
	item->rank = (uint32_t)take_number(u);
	item->group = (uint32_t)take_number(u);
	item->serial = take_number(u);
}

static void take_section(struct unpacking *u, struct review_section *s)
{
	take_texts(u, s, section_texts, LENGTH(section_texts));
	s->level = (enum review_level)take_number(u);
	s->kept = take_number(u);
	s->least = take_number(u);
	s->again = take_number(u);
	s->aside = take_number(u);
	s->group_from = take_number(u);
	for (uint64_t left = take_number(u); left && !u->failed; left--) {
		struct review_item item = {0};
		take_item(u, &item);
		vec_push(u->arena, &s->items, item);
	}
	s->shown = s->items.len;
}

static void take_facts(struct unpacking *u, struct review_fact_vec *out)
{
	for (uint64_t left = take_number(u); left && !u->failed; left--) {
		struct review_fact fact = {0};
		take_texts(u, &fact, fact_texts, LENGTH(fact_texts));
		vec_push(u->arena, out, fact);
	}
}

static void take_review(struct unpacking *u, struct review *out)
{
	*out = (struct review){0};
	take_texts(u, out, review_texts, LENGTH(review_texts));
	out->at.file = take_text(u);
	out->at.line = (uint32_t)take_number(u);
	out->at.column = (uint32_t)take_number(u);
	out->foreign = take_number(u);
	take_facts(u, &out->facts);
	take_facts(u, &out->outputs);
	for (uint64_t left = take_number(u); left && !u->failed; left--) {
		struct review_section s = {0};
		take_section(u, &s);
		vec_push(u->arena, &out->sections, s);
	}
}

bool review_unpack(const char **bytes, size_t *len, struct arena *a, struct review *out)
{
	struct unpacking all = {*bytes, *len, false, a};
	uint64_t size = take_number(&all);
	const char *at = take(&all, size);
	struct unpacking one = {at, size, false, a};
	if (!at)
		return false;
	take_review(&one, out);
	*bytes = all.at;
	*len = all.left;
	return !one.failed && one.left == 0;
}
