/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/organization_options.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/writ/organization_tables.h"
#include "cmd/writ/snapshot_reading.h"
#include "core/git/revision_path.h"
#include "core/util/beneath.h"
#include "core/util/compare.h"
#include "core/util/file.h"

#define PLAN_ENDING ".json"

/* ---- where each has its own ---- */

static const char *below(struct run *run, const char *folder, const char *name, const char *ending)
{
	size_t len = strlen(folder);
	return arena_printf(&run->arena, "%s%s%s%s", folder,
			    len && folder[len - 1] == '/' ? "" : "/", name, ending);
}

static const char *live_of(struct run *run, const char *name)
{
	const char *file = below(run, run->options.live, name, ".yaml");
	return access(file, F_OK) ? below(run, run->options.live, name, "") : file;
}

/* The base of one organisation: its folder below that of --base, which may be REV:PATH, or a bare
 * REV for the current folder at that revision. */
static const char *base_of(struct run *run, const char *name)
{
	const char *base = run->options.base;
	if (access(base, F_OK) && !strchr(base, ':'))
		base = arena_printf(&run->arena, "%s:.", base);
	return below(run, base, name, "");
}

static const char *plan_of(struct run *run, const char *name)
{
	const struct line_vec *plans = &run->options.plans;
	if (plans->len == 1 && file_is_folder(plans->at[0]))
		return below(run, plans->at[0], name, PLAN_ENDING);
	for (size_t i = 0; i < plans->len; i++) {
		const char *slash = strrchr(plans->at[i], '/');
		const char *file = slash ? slash + 1 : plans->at[i];
		size_t len = strlen(name);
		if (!strncmp(file, name, len) && !strcmp(file + len, PLAN_ENDING))
			return plans->at[i];
	}
	return NULL;
}

/* Whether --out names plans to save, and not folders of manifests. */
static bool saves_plans(const struct run *run)
{
	return !strcmp(run->command->name, "plan");
}

struct options options_of_member(struct run *run, const struct member *member)
{
	struct options o = run->options;
	const char *name = member->name;
	o.org = name;
	o.live = o.live ? live_of(run, name) : NULL;
	o.base = o.base ? base_of(run, name) : NULL;
	o.snapshot = o.snapshot ? below(run, o.snapshot, name, "") : NULL;
	o.out = o.out ? below(run, o.out, name, saves_plans(run) ? PLAN_ENDING : "") : NULL;
	if (o.plans.len) {
		const char *plan = plan_of(run, name);
		o.plans = (struct line_vec){0};
		vec_push(&run->arena, &o.plans, plan);
	}
	o.outputs = (struct output_vec){0};
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		struct output output = run->options.outputs.at[i];
		output.memory = member->files.results[i];
		vec_push(&run->arena, &o.outputs, output);
	}
	return o;
}

/* ---- what cannot be about several ---- */

static struct error *refuse(const struct line_vec *names, const char *what)
{
	return error_new(ERROR_USAGE,
			 "%s of one organisation, and here are %zu; choose one with --org", what,
			 names->len);
}

static struct error *check_single(const struct options *o, const struct line_vec *names)
{
	const struct {
		const char *value, *what;
	} rows[] = {{o->target, "--target is an account"},
		    {o->roles_from, "--roles-from is an export"},
		    {o->export_csv, "--export-csv is a file"},
		    {o->run, "--run is"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].value)
			return refuse(names, rows[i].what);
	}
	return NULL;
}

/* Refuses formats that cannot be put together: texts can stand one behind the other, JSON documents
 * in one, and reviews and tables become one. */
static struct error *check_formats(const struct run *run)
{
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		const struct output *output = &run->options.outputs.at[i];
		if (!command_reviews(run->command, output->format))
			TRY(tables_check(output));
	}
	return NULL;
}

static struct error *check_live(struct run *run, const struct line_vec *names)
{
	const char *live = run->options.live;
	if (!live || file_is_folder(live))
		return NULL;
	return error_new(
		ERROR_USAGE,
		"--live \"%.64s\" is no folder that has %s.yaml or a folder %s, and the same "
		"of all %zu organisations; name one, or choose an organisation with --org",
		live, names->at[0], names->at[0], names->len);
}

static struct error *check_sides(struct run *run, const struct line_vec *names)
{
	if (find_sides(run).live == run->options.live)
		return NULL;
	return refuse(names, "--base with revisions as PATHs is");
}

static struct error *check_empty(const char *folder)
{
	const struct dirent *first;
	CLEANUP(closedir) DIR *dir = opendir(folder);
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "opening %s", folder);
	TRY(file_next(dir, folder, &first));
	if (!first)
		return NULL;
	return error_new(ERROR_INPUT,
			 "%s is not empty; what is saved of several organisations goes to a new "
			 "folder, so that nothing of another run is taken for it",
			 folder);
}

/* Manifests of several organisations cannot all go to standard output. */
static struct error *check_out(const struct run *run, const struct line_vec *names)
{
	if (strcmp(run->command->name, "import") != 0 || run->options.out)
		return NULL;
	return error_new(
		ERROR_USAGE,
		"manifests of %zu organisations go to a folder each, below --out DIR; choose one "
		"with --org",
		names->len);
}

/* Refuses to save plans where they would be read as manifests. The folder may not be there yet, so
 * a file beside it is asked about, whose name ends as theirs. */
static struct error *check_apart(struct run *run)
{
	static const char *const here[] = {"."};
	struct options own = run->options;
	size_t len = strlen(own.out);
	while (len > 1 && own.out[len - 1] == '/')
		len--;
	own.out = arena_printf(&run->arena, "%.*s" PLAN_ENDING, (int)len, own.out);
	struct arguments paths = arguments_of(&own);
	if (paths.count == 0)
		paths = (struct arguments){here, 1};
	for (size_t i = 0; i < paths.count; i++) {
		struct error *error = options_check_results(&own, paths.at[i]);
		if (!error)
			continue;
		error_free(error);
		return error_new(ERROR_USAGE,
				 "plans in \"%.64s\" would be read as manifests; save elsewhere",
				 run->options.out);
	}
	return NULL;
}

static struct error *make_folder(struct run *run, const struct line_vec *names)
{
	const char *out = run->options.out;
	if (!out || !strcmp(run->command->name,
			    "snapshot")) /* a snapshot's folder is meant to be written again */
		return NULL;
	if (saves_plans(run))
		TRY(check_apart(run));
	TRY(check_empty(out));
	return beneath_make_folders(below(run, out, names->at[0], PLAN_ENDING));
}

struct error *check_options_of_all(struct run *run, const struct line_vec *names)
{
	TRY(check_single(&run->options, names));
	TRY(check_formats(run));
	TRY(check_live(run, names));
	TRY(check_sides(run, names));
	TRY(check_out(run, names));
	return make_folder(run, names);
}

/* ---- saved plans ---- */

/* Whether a file has the name of an organisation's saved plan; *out is that organisation. */
static bool names_organization(struct run *run, const char *file, const char **out)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t len = strspn(file, letters);
	*out = arena_strndup(&run->arena, file, len);
	return len > 0 && file[0] != '-' && !strcmp(file + len, PLAN_ENDING);
}

static struct error *find_in_folder(struct run *run, const char *folder, struct line_vec *out)
{
	const struct dirent *entry;
	const char *name;
	CLEANUP(closedir) DIR *dir = opendir(folder);
	if (!dir)
		return error_errno(errno, "opening %s", folder);
	for (;;) {
		TRY(file_next(dir, folder, &entry));
		if (!entry)
			break;
		if (names_organization(run, entry->d_name, &name))
			vec_push(&run->arena, out, name);
	}
	if (out->len == 0)
		return error_new(ERROR_INPUT, "%s has no plan, such as ORGANISATION" PLAN_ENDING,
				 folder);
	return NULL;
}

static struct error *find_among_files(struct run *run, struct line_vec *out)
{
	const struct line_vec *plans = &run->options.plans;
	for (size_t i = 0; i < plans->len; i++) {
		const char *slash = strrchr(plans->at[i], '/'), *name;
		if (!names_organization(run, slash ? slash + 1 : plans->at[i], &name))
			return error_new(ERROR_USAGE,
					 "\"%.64s\": of several plans, each is called "
					 "ORGANISATION" PLAN_ENDING
					 ", as `writ plan --out DIR` saves it",
					 plans->at[i]);
		vec_push(&run->arena, out, name);
	}
	return NULL;
}

struct error *find_plans(struct run *run, struct line_vec *out)
{
	const struct line_vec *plans = &run->options.plans;
	if (plans->len == 1)
		TRY(find_in_folder(run, plans->at[0], out));
	else
		TRY(find_among_files(run, out));
	vec_sort(out, compare_texts);
	for (size_t i = 1; i < out->len; i++) {
		if (!strcmp(out->at[i - 1], out->at[i]))
			return error_new(ERROR_USAGE, "two plans are called %s" PLAN_ENDING,
					 out->at[i]);
	}
	return NULL;
}

bool has_plan_folder(const struct options *o)
{
	return o->plans.len == 1 && file_is_folder(o->plans.at[0]);
}
