/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/review_organizations.h"

#include <string.h>

#include "core/render/render.h"

#define TOLD_MOST 3 /* so many organisations are named in the title */

struct joining {
	struct review *out;
	struct arena *arena;
	const struct organization_result_vec *all;
	const struct review_vec *reviews; /* one vector for each organisation */
};

/* ---- the title ---- */

static const char *title_of(const struct review_vec *reviews, bool alarm)
{
	for (size_t i = 0; i < reviews->len; i++) {
		const struct review *r = &reviews->at[i];
		if (alarm ? r->alarm : r->calm)
			return alarm ? r->alarm : r->calm;
	}
	return NULL;
}

/* "acme: 1 administrator right granted; beta: ...", from the organisations that have such a title.
 */
static const char *join_titles(const struct joining *j, bool alarm)
{
	struct str out = STR(j->arena);
	size_t count = 0;
	for (size_t i = 0; i < j->all->len; i++) {
		const char *title = title_of(&j->reviews[i], alarm);
		if (title && count++ < TOLD_MOST)
			str_printf(&out, "%s%s: %s", out.len ? "; " : "", j->all->at[i].name,
				   title);
	}
	if (count > TOLD_MOST)
		str_printf(&out, "; and %zu more", count - TOLD_MOST);
	return out.len ? str_text(&out) : NULL;
}

/* The calm title, where all organisations have the same. */
static const char *common_calm(const struct joining *j)
{
	const char *first = NULL;
	for (size_t i = 0; i < j->all->len; i++) {
		const char *title = title_of(&j->reviews[i], false);
		if (title && first && strcmp(title, first) != 0)
			return join_titles(j, false);
		first = title ? title : first;
	}
	return first;
}

/* ---- what each came to ---- */

static enum review_level level_of(int status)
{
	static const struct {
		int status;
		enum review_level level;
	} levels[] = {{0, LEVEL_NOTE}, {2, LEVEL_NOTE}, {4, LEVEL_WARNING}, {6, LEVEL_WARNING}};
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		if (levels[i].status == status)
			return levels[i].level;
	}
	return LEVEL_ERROR;
}

static bool is_known(const struct joining *j, size_t i)
{
	return j->reviews[i].len > 0 && !j->all->at[i].cut;
}

/* Adds an item for each organisation; with `unknown` only for those of which no whole result is
 * there. */
static void add_results(const struct joining *j, const struct review_section *section, bool unknown)
{
	review_open(j->out, j->arena, section);
	for (size_t i = 0; i < j->all->len; i++) {
		const struct organization_result *r = &j->all->at[i];
		const struct review_item item = {
			.rule = section->rule,
			.what = unknown ? "no whole result" : r->name,
			.who = unknown ? r->name : NULL,
			.about = unknown,
			.marks = arena_printf(j->arena, "%d, %s", r->status, r->word),
			.note = r->summary ? render_shown(j->arena, r->summary) : NULL,
			.address = r->name,
			.at = r->at,
			.borrowed = true,
			.level = unknown ? LEVEL_ERROR : level_of(r->status),
			.rank = (uint32_t)i};
		if (!unknown || !is_known(j, i))
			review_add(j->out, j->arena, &item);
	}
	review_close(j->out);
}

/* ---- what each has to be read of ---- */

static void add_section(const struct joining *j, const struct review *r,
			const struct review_section *section,
			const struct organization_result *organization)
{
	struct review_section s = *section;
	s.of = organization->name;
	for (size_t i = 0; i < s.items.len; i++) {
		struct review_item *item = &s.items.at[i];
		item->of = s.of;
		if (item->at.file)
			continue;
		item->at = r->at.file ? r->at : organization->at;
		item->borrowed = true;
	}
	vec_push(j->arena, &j->out->sections, s);
}

/* Adds the sections that are to be read first, of all organisations, or the other sections. */
static void add_sections(const struct joining *j, bool first)
{
	for (size_t i = 0; i < j->all->len; i++) {
		for (size_t k = 0; k < j->reviews[i].len; k++) {
			const struct review *r = &j->reviews[i].at[k];
			for (size_t n = 0; n < r->sections.len; n++) {
				if ((r->sections.at[n].level == LEVEL_ERROR) == first)
					add_section(j, r, &r->sections.at[n], &j->all->at[i]);
			}
		}
	}
}

static void add_facts(const struct joining *j, size_t i)
{
	if (!j->out->at.file)
		j->out->at = j->all->at[i].at;
	for (size_t k = 0; k < j->reviews[i].len; k++) {
		const struct review *r = &j->reviews[i].at[k];
		for (size_t n = 0; n < r->facts.len; n++)
			vec_push(j->arena, &j->out->facts,
				 (struct review_fact){arena_printf(j->arena, "%s: %s",
								   j->all->at[i].name,
								   r->facts.at[n].name),
						      r->facts.at[n].value});
	}
}

/* ---- for programs ---- */

static struct review_fact *find_output(struct review_fact_vec *outputs, const char *name)
{
	for (size_t i = 0; i < outputs->len; i++) {
		if (!strcmp(outputs->at[i].name, name))
			return &outputs->at[i];
	}
	return NULL;
}

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* Counts are added up, and what is true of one is true; digests have no sum. */
static void add_up(const struct joining *j, const struct review_fact *fact)
{
	struct review_fact *sum = find_output(&j->out->outputs, fact->name);
	bool flag = !strcmp(fact->name, "changes");
	if (!flag && !is_number(fact->value))
		return;
	if (!sum)
		vec_push(j->arena, &j->out->outputs, *fact);
	else if (flag)
		sum->value = !strcmp(fact->value, "true") ? fact->value : sum->value;
	else
		sum->value = arena_printf(j->arena, "%llu",
					  strtoull(sum->value, NULL, 10) +
						  strtoull(fact->value, NULL, 10));
}

static void add_outputs(const struct joining *j, int status)
{
	struct review_fact_vec own = {0};
	for (size_t i = 0; i < j->all->len; i++) {
		const char *name = j->all->at[i].name;
		for (size_t k = 0; k < j->reviews[i].len; k++) {
			const struct review_fact_vec *outputs = &j->reviews[i].at[k].outputs;
			for (size_t n = 0; n < outputs->len; n++) {
				const struct review_fact *fact = &outputs->at[n];
				add_up(j, fact);
				vec_push(j->arena, &own,
					 (struct review_fact){
						 arena_printf(j->arena, "%s_%s", fact->name, name),
						 fact->value});
			}
		}
	}
	review_add_count(&j->out->outputs, j->arena, "organizations", j->all->len);
	review_add_count(&j->out->outputs, j->arena, "status", (size_t)status);
	for (size_t i = 0; i < own.len; i++)
		vec_push(j->arena, &j->out->outputs, own.at[i]);
}

void review_of_organizations(struct review *out, struct arena *a, const char *command,
			     const struct organization_result_vec *all,
			     const struct review_vec *reviews, int status)
{
	const struct joining j = {out, a, all, reviews};
	*out = (struct review){.subject = command,
			       .headline =
				       arena_printf(a, "%zu organisation%s, exit status %d.",
						    all->len, all->len == 1 ? "" : "s", status)};
	out->alarm = join_titles(&j, true);
	out->calm = common_calm(&j);
	add_results(&j,
		    &(struct review_section){.rule = "no-result",
					     .title = "Organisations without a result",
					     .kept = true},
		    true);
	if (!out->alarm && out->sections.len)
		out->alarm = "Some organisations have no result";
	if (!out->calm)
		out->calm = "Nothing was found";
	add_sections(&j, true);
	add_results(&j,
		    &(struct review_section){.rule = "organization",
					     .title = "Organisations",
					     .kept = true,
					     .again = true},
		    false);
	add_sections(&j, false);
	for (size_t i = 0; i < all->len; i++)
		add_facts(&j, i);
	add_outputs(&j, status);
}
