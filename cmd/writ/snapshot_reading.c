/* SPDX-License-Identifier: Apache-2.0 */
/* The last snapshot, and plans between revisions. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/writ/session.h"
#include "cmd/writ/snapshot_reading.h"

#include "cmd/writ/snapshot_history.h"
#include "core/git/revision_path.h"
#include "core/language/manifest.h"
#include "core/language/stored.h"
#include "core/model/agreed.h"
#include "core/record/record.h"
#include "core/record/united.h"
#include "core/util/log.h"
#include "core/util/nearest.h"

/* A text that names no file is a revision: of the current folder, unless it says REV:PATH. */
static const char *as_source(struct run *run, const char *text)
{
	if (!strcmp(text, "-") || access(text, F_OK) == 0 || errno != ENOENT || strchr(text, ':'))
		return text;
	return arena_printf(&run->arena, "%s:./", text);
}

struct plan_sides find_sides(struct run *run)
{
	const struct options *o = &run->options;
	struct plan_sides sides = {o->paths, o->path_count, o->live, o->base};
	bool all = o->path_count > 0;
	if (!o->base || o->live)
		return sides;
	const char **paths = arena_alloc(&run->arena, (o->path_count + 1) * sizeof(*paths));
	for (size_t i = 0; i < o->path_count; i++) {
		paths[i] = as_source(run, o->paths[i]);
		all &= revision_path_is(paths[i]);
	}
	sides.paths = paths;
	*(all ? &sides.live : &sides.base) = as_source(run, o->base);
	if (all)
		sides.base = NULL;
	return sides;
}

const struct snapshot_settings *snapshot_settings_of(const struct organization_config *config)
{
	return config && config->snapshot.repository ? &config->snapshot : NULL;
}

/* Whether a snapshot was committed: a folder that holds a README or a .gitkeep alone waits for its
 * first one. */
static struct error *is_committed(struct run *run, const struct record_place *place,
				  char tip[static HISTORY_ID], bool *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct stored_file_vec files = {0};
	*out = false;
	TRY(history_open(place->repository, &h));
	TRY(history_tip(h, place->settings.branch, tip));
	if (*tip)
		TRY(history_has(h, tip, place->below, out));
	if (!*out)
		return NULL;
	TRY(history_list_files(h, &run->arena, tip, place->below, &files));
	*out = files.len > 0;
	return NULL;
}

/* The place where snapshots are written, if there is one already; a bare repository has it in its
 * branch alone. */
static struct error *find_written(struct run *run, const struct session *session, const char *name,
				  struct snapshot_source *out)
{
	struct record_place place;
	char tip[HISTORY_ID];
	bool any, has;
	if (session->config && session->config->name)
		name = session->config->name; /* snapshots are recorded under this name */
	TRY(record_find_place(&run->arena, run->options.snapshot,
			      snapshot_settings_of(session->config), name ? name : "snapshot",
			      false, &place, &any));
	if (!any)
		return NULL;
	const char *first = arena_printf(&run->arena, "%s/organization.yaml", place.folder);
	if (access(first, F_OK) == 0) {
		*out = (struct snapshot_source){.path = place.folder};
		return NULL;
	}
	if (errno != ENOENT && errno != ENOTDIR)
		return error_errno(errno, "looking for %s", first);
	if (!place.repository)
		return NULL;
	TRY(is_committed(run, &place, tip, &has));
	if (has)
		*out = (struct snapshot_source){
			.path = arena_printf(&run->arena, "%s:%s", tip, place.below),
			.repository = place.repository};
	return NULL;
}

/* The repository of a REV:PATH where the current folder is in none: the snapshots' own. */
static struct error *find_elsewhere(struct run *run, struct snapshot_source *out)
{
	const char *root, *below;
	struct snapshot_home m;
	TRY(history_find(&run->arena, ".", &root, &below));
	if (root)
		return NULL;
	TRY(snapshot_history_find(run, &m));
	out->repository = m.repository;
	return NULL;
}

static struct error *check_revision(const char *root, const char *given)
{
	CLEANUP(history_close) struct history *h = NULL;
	char id[HISTORY_ID];
	TRY(history_open(root, &h));
	struct error *error = history_resolve(h, given, id);
	return error ? nearest_path(given, error) : NULL;
}

/* A word alone is a revision where no file has that name, and may be meant as a file. */
static struct error *check_there(struct run *run, const char *given,
				 const struct snapshot_source *source)
{
	const char *root = source->repository, *below;
	if (!revision_path_is(source->path) || strchr(given, ':'))
		return NULL;
	if (!root)
		TRY(history_find(&run->arena, ".", &root, &below));
	if (root)
		return check_revision(root, given);
	return nearest_path(given, error_new(ERROR_INPUT,
					     "there is no file or folder \"%.256s\", and it is no "
					     "revision, for the current folder is in no git "
					     "repository",
					     given));
}

struct error *find_snapshot(struct run *run, const struct session *session, const char *given,
			    const char *name, struct snapshot_source *out)
{
	*out = (struct snapshot_source){0};
	if (!given)
		return find_written(run, session, name, out);
	if (strcmp(given, "-") != 0 && access(given, F_OK) && errno == ENOENT)
		TRY(snapshot_history_find_snapshot(run, given, &out->path, &out->repository));
	if (out->path)
		return revision_path_is(out->path) && !out->repository ? find_elsewhere(run, out)
								       : NULL;
	out->path = as_source(run, given);
	if (revision_path_is(out->path) && !out->repository)
		TRY(find_elsewhere(run, out));
	return check_there(run, given, out);
}

struct error *fix_snapshot(struct run *run, struct snapshot_source *source)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct revision_path at;
	char id[HISTORY_ID];
	if (!revision_path_is(source->path))
		return NULL;
	TRY(revision_path_find(&run->arena, source->path, source->repository, &at));
	if (!at.root)
		return NULL; /* reading the folder says what is wrong */
	TRY(history_open(at.root, &h));
	TRY(history_resolve(h, at.revision, id));
	source->path = arena_printf(&run->arena, "%s:%s", id, at.below);
	source->repository = at.root;
	return NULL;
}

/* ---- reading ---- */

static void name_files(struct arena *a, const struct revision_path *at, const char *folder,
		       const struct stored_file_vec *files, struct stored_file_vec *out)
{
	for (size_t i = 0; i < files->len; i++) {
		struct stored_file f = files->at[i];
		f.path = folder ? arena_printf(a, "%s/%s", folder, f.path)
				: revision_path_name(a, at, &f, files->len);
		vec_push(a, out, f);
	}
}

/* All its files, once; `named` has them by the names that messages call them by. */
static struct error *read_files(struct run *run, const struct snapshot_source *source,
				struct snapshot *out, struct stored_file_vec *named)
{
	struct arena *a = &run->arena;
	struct revision_path at;
	if (revision_path_is(source->path)) {
		TRY(revision_path_find(a, source->path, source->repository, &at));
		TRY(revision_path_read(&at, a, MANIFEST_FILE_MAX, &out->files));
		name_files(a, &at, NULL, &out->files, named);
		return NULL;
	}
	TRY(snapshot_read_folder(source->path, run->read, a, out));
	name_files(a, NULL, source->path, &out->files, named);
	struct snapshot *read = arena_zalloc(a, sizeof(*read));
	*read = *out;
	run->read = read;
	return NULL;
}

/* A snapshot with a conflict or of a newer program is refused in words of its own; one edited by
 * hand is named. */
static struct error *examine(struct run *run, const struct snapshot_source *source,
			     struct snapshot *s)
{
	const char *edited, *path = source->path;
	TRY(source->proper ? snapshot_parse(path, &run->arena, s) : NULL);
	TRY(snapshot_examine(path, &run->arena, s, &edited));
	if (edited)
		report_add(
			&run->report, SEVERITY_WARNING, "W0901",
			(struct location){arena_printf(&run->arena, "%s/%s", path, edited), 1, 1},
			0, "a snapshot says what was live; compare with its last commit",
			"this snapshot was edited by hand, or mixed by a merge");
	return NULL;
}

struct error *check_snapshot_of(const struct snapshot_source *source, const struct live *snapshot,
				const char *name, const char *org_id)
{
	bool same_id = !org_id || !snapshot->org_id || !strcmp(org_id, snapshot->org_id);
	if (same_id && (!name || !strcmp(name, snapshot->organization)))
		return NULL;
	return error_new(ERROR_INPUT,
			 "snapshot %s is of another organisation: \"%s\"%s%s, not \"%s\"%s%s",
			 source->path, snapshot->organization, same_id ? "" : " with id ",
			 same_id ? "" : snapshot->org_id, name ? name : snapshot->organization,
			 same_id ? "" : " with id ", same_id ? "" : org_id);
}

const char *snapshot_restores(const struct model *m, const char *key)
{
	const struct label_vec *labels =
		m->organizations.len ? &m->organizations.at[0].snapshot.restore : NULL;
	for (size_t i = 0; labels && i < labels->len; i++) {
		if (!strcmp(labels->at[i].key, key))
			return labels->at[i].value;
	}
	return NULL;
}

/* Tells of a restore that was not ended, and where it leads. */
static void tell_restore(struct run *run, const struct model *m)
{
	const char *from = snapshot_restores(m, "from"), *since = snapshot_restores(m, "since"),
		   *found_by = snapshot_restores(m, "run");
	size_t open = 0;
	for (size_t i = 0; since && i < m->drifts.len; i++)
		open += m->drifts.at[i].since && strcmp(m->drifts.at[i].since, since) <= 0;
	if (!from || !since || !found_by || run->restore_told)
		return;
	run->restore_told = true;
	log_note("a restore from %s is under way since %s (run %s): %zu of it %s open; "
		 "`writ restore` goes on, `writ restore --end --why TEXT` ends it",
		 from, since, found_by, open, open == 1 ? "is" : "are");
}

/* What is agreed where two recordings of the snapshot were merged (united.h); false when they were
 * not, and when the repository cannot be read. */
static bool find_united(struct run *run, const struct snapshot_source *source, struct model *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct revision_path at = {.root = source->repository};
	char tip[HISTORY_ID] = "";
	bool found = false;
	struct error *error = NULL;
	if (revision_path_is(source->path))
		error = revision_path_find(&run->arena, source->path, source->repository, &at);
	else
		error = history_find(&run->arena, source->path, &at.root, &at.below);
	if (!error && at.root && at.below && *at.below)
		error = history_open(at.root, &h);
	if (!error && h && !at.revision)
		error = history_tip(h, NULL, tip);
	if (!error && h && (at.revision || *tip))
		error = united_agreed(h, at.revision ? at.revision : tip, at.below, run->strings,
				      &run->arena, out, &found);
	error_free(error);
	return found;
}

struct error *load_snapshot(struct run *run, const struct snapshot_source *source,
			    struct model *out)
{
	struct snapshot s = {0};
	struct stored_file_vec named = {0};
	struct error *error;
	struct stat st;
	int missing = stat(source->path, &st) ? errno : 0;
	if (missing && missing != ENOENT)
		return error_errno(missing, "reading the snapshot %s", source->path);
	if (!missing && !S_ISDIR(st.st_mode)) {
		error = stored_load_model(source->path, NULL, run->strings, &run->arena, out);
	} else {
		TRY(read_files(run, source, &s, &named));
		TRY(examine(run, source, &s));
		error = stored_parse_model(source->path, &named, run->strings, &run->arena, out);
	}
	if (!error && source->agreed) {
		tell_restore(run, out);
		if (find_united(run, source, out))
			return NULL;
		agreed_make(out, &run->arena);
	}
	return error ? error_wrap(error, "reading the snapshot %s", source->path) : NULL;
}

struct error *load_base(struct run *run, const struct session *session, const char *given,
			const char *name, struct universe *u, struct base *out)
{
	struct snapshot_source source;
	*out = (struct base){0};
	struct error *error = find_snapshot(run, session, given, name, &source);
	if (error && !given) {
		out->lost = error_text(&run->arena, error);
		error_free(error);
		return NULL;
	}
	TRY(error);
	if (!source.path)
		return NULL;
	struct model *model = arena_zalloc(&run->arena, sizeof(*model));
	struct live *live = arena_zalloc(&run->arena, sizeof(*live));
	source.agreed = true;
	TRY(load_snapshot(run, &source, model));
	stored_of_model(model, COLLECT_ALL, &run->arena, u, live);
	TRY(check_snapshot_of(&source, live, name, NULL));
	struct grant_end_vec *ends = arena_zalloc(&run->arena, sizeof(*ends));
	grant_ends_of(model, u, &run->arena, ends);
	const struct guards *policy = &model->organizations.at[0].snapshot.policy;
	*out = (struct base){.name = source.path,
			     .live = live,
			     .policy = policy->max_removals < 0 ? NULL : policy,
			     .ends = ends,
			     .source = source,
			     .model = model};
	return NULL;
}
