/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record/united.h"

#include "core/contract/provider.h"
#include "core/language/manifest.h"
#include "core/language/stored.h"
#include "core/model/agreed.h"
#include "core/record/open_drift.h"

struct uniter {
	struct history *history;
	const char *folder;
	struct intern *strings;
	struct arena *arena;
	struct universe *u;
};

/* One side, as it was agreed there; *drifts is what was open. */
static struct error *load(struct uniter *s, const char *id, struct model *out)
{
	struct stored_file_vec files = {0};
	TRY(history_read_files(s->history, s->arena, id, s->folder, MANIFEST_FILE_MAX, &files));
	*out = (struct model){0};
	TRY(stored_parse_model(arena_printf(s->arena, "%.12s:%s", id, s->folder), &files,
			       s->strings, s->arena, out));
	agreed_make(out, s->arena);
	return NULL;
}

static void number(struct uniter *s, struct model *model, struct live *out)
{
	struct model copy = *model;
	stored_of_model(&copy, COLLECT_ALL, s->arena, s->u, out);
	for (size_t i = 0; i < out->accounts.len; i++)
		universe_principal(s->u, PRINCIPAL_ACCOUNT, out->accounts.at[i].meta.name, false);
}

/* Finds the documents of open drift that lead from the base to the other side when they are
 * undone. */
static struct error *find_way(struct uniter *s, const struct live *base, const struct live *other,
			      struct model *out)
{
	static const struct provider_reader all = {.name = "snapshot", .attributes = ATTRIBUTE_ALL};
	struct report report = {.arena = s->arena};
	struct manifest_reader reader = {
		.strings = s->strings, .arena = s->arena, .report = &report};
	struct stored_file_vec files = {0};
	struct drift_vec items = {0};
	struct str text = STR(s->arena);
	const struct drift_input input = {s->u, other, base, &all, NULL, false};
	drift_find(&input, s->arena, &items);
	for (size_t i = 0; i < items.len; i++)
		items.at[i].since = items.at[i].run = "merge";
	open_drift_emit(&items, other, s->u, &text);
	*out = (struct model){0};
	if (items.len == 0)
		return NULL;
	vec_push(s->arena, &files,
		 (struct stored_file){"open-drift.yaml", NULL, str_text(&text), text.len});
	manifest_parse(&reader, NULL, &files, out);
	return report.errors ? error_new(ERROR_INPUT,
					 "what a merge of two snapshots brought cannot be told")
			     : NULL;
}

static struct error *unite(struct uniter *s, const struct united *at, struct model *out)
{
	struct model base, one, two, way;
	struct live from = {0}, to = {0};
	TRY(load(s, at->base, &base));
	TRY(load(s, at->one, &one));
	TRY(load(s, at->two, &two));
	number(s, &base, &from);
	number(s, &two, &to);
	universe_rank(s->u);
	TRY(find_way(s, &from, &to, &way));
	struct open_drift_vec open = {0};
	for (size_t i = 0; i < one.drifts.len; i++)
		vec_push(s->arena, &open, one.drifts.at[i]);
	for (size_t i = 0; i < two.drifts.len; i++)
		vec_push(s->arena, &open, two.drifts.at[i]);
	one.drifts = way.drifts;
	agreed_make(&one, s->arena);
	one.drifts = open;
	*out = one;
	return NULL;
}

struct error *united_agreed(struct history *h, const char *revision, const char *folder,
			    struct intern *strings, struct arena *a, struct model *out,
			    bool *out_found)
{
	struct united at;
	*out_found = false;
	TRY(history_find_united(h, revision, folder, &at));
	if (!*at.base)
		return NULL;
	struct uniter s = {h, folder, strings, a, universe_new(strings)};
	struct error *error = unite(&s, &at, out);
	universe_free(s.u);
	*out_found = !error;
	return error;
}
