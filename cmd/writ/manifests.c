/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/manifests.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/language/check.h"
#include "core/util/clock.h"
#include "core/util/file.h"
#include "core/util/log.h"
#include "core/util/manifest_walk.h"

/* Whether a folder is another one, or below it where no name begins with a dot. */
static bool holds_folder(const char *outer, const char *inner)
{
	CLEANUP(free) char *top = realpath(outer, NULL);
	CLEANUP(free) char *folder = realpath(inner, NULL);
	size_t len = top && strcmp(top, "/") != 0 ? strlen(top) : 0;
	return top && folder && !strncmp(top, folder, len) &&
	       (!folder[len] || (folder[len] == '/' && !strstr(folder + len, "/.")));
}

/* Refuses a live file among the manifests: as a manifest it would ask for whatever is there, so
 * nothing would ever be removed. */
static struct error *check_apart(const char *live, const char *const *paths, size_t count)
{
	ARENA a = {0};
	if (live && access(live, F_OK)) /* opening the live file tells it */
		return NULL;
	for (size_t i = 0; live && i < count; i++) {
		bool folders = file_is_folder(live) && file_is_folder(paths[i]);
		if (folders ? holds_folder(paths[i], live) || holds_folder(live, paths[i])
			    : manifest_walk_finds(&a, paths[i], live) ||
				      manifest_walk_finds(&a, live, paths[i]))
			return error_new(
				ERROR_USAGE,
				"--live \"%.64s\" is also a manifest of \"%.64s\"; keep live "
				"apart from manifests, and name the folder that has only these",
				live, paths[i]);
	}
	return NULL;
}

struct error *choose_organization(struct run *run, struct manifests *m)
{
	TRY(organizations_choose(&m->organizations, &run->arena, run->options.org, &m->model));
	if (m->organizations.len > 1)
		organizations_digest(&m->model, m->digest);
	model_index(&m->model, &run->arena, &m->index);
	return NULL;
}

struct error *load_set(struct run *run, const char *const *paths, size_t count, bool planned,
		       struct manifests *out)
{
	static const char *const here[] = {"."};
	struct model set = {0};
	if (count == 0) {
		TRY(options_check_results(&run->options, *here));
		paths = here;
		count = 1;
	}
	TRY(check_apart(run->options.live, paths, count));
	*out = (struct manifests){0};
	bool commit = planned && checkout_find(&run->arena, paths, count, &out->checkout);
	struct manifest_reader reader = {.strings = run->strings,
					 .arena = &run->arena,
					 .report = &run->report,
					 .read = commit ? &out->read : NULL,
					 .left_out = &out->left_out,
					 .apart = run->options.live};
	TRY(manifest_load(&reader, paths, count, &set, planned ? out->digest : NULL));
	for (size_t i = 0; i < out->left_out.len; i++)
		log_note("left out %s: %s", out->left_out.at[i].file, out->left_out.at[i].why);
	if (commit)
		out->commit = checkout_commit(&out->checkout, &run->arena, &out->read);
	organizations_check(&set, (struct location){paths[0], 1, 1}, &run->arena, &run->report,
			    &out->organizations);
	return NULL;
}

static struct error *load(struct run *run, const char *const *paths, size_t count, bool planned,
			  struct manifests *out)
{
	if (run->loaded)
		*out = *run->loaded;
	else
		TRY(load_set(run, paths, count, planned, out));
	return run->report.errors ? NULL : choose_organization(run, out);
}

struct error *load_manifests(struct run *run, const char *const *paths, size_t count,
			     struct manifests *out)
{
	return load(run, paths, count, false, out);
}

struct error *load_manifests_of_commit(struct run *run, const char *const *paths, size_t count,
				       struct manifests *out)
{
	return load(run, paths, count, true, out);
}

void lint_manifests(struct run *run, const struct model *model, const struct rules *operator_rules,
		    enum lints which)
{
	const struct lint_options options = {.operator_rules = operator_rules,
					     .ignored = run->options.ignored.at,
					     .ignored_count = run->options.ignored.len,
					     .errors_and_rules = which != LINTS_ALL};
	lint_model(model, &run->arena, time_day(run->now), run->strings, &options, &run->report);
}
