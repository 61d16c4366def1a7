/* SPDX-License-Identifier: Apache-2.0 */
/* The last snapshot, as the branch has it and as the folder has it. */
#include <string.h>

#include "core/git/history_write.h"
#include "core/language/manifest.h"
#include "core/record/record_commit.h"
#include "core/record/recorder.h"
#include "core/util/file.h"

#define RECENT 200 /* commits among which an earlier record of a run is looked for */

/* Whether a recent commit of the folder is of this run: it was resumed, or is recorded
 * once more. */
static struct error *find_run(struct recorder *r, struct history *h, const char *tip)
{
	const char *name = r->in->run ? r->in->run->name : NULL;
	struct commit_vec commits = {0};
	struct commit_query query = {
		.from = tip, .folder = r->in->place->below, .max = RECENT, .simplified = true};
	if (!name)
		return NULL;
	TRY(history_list(h, r->arena, &query, &commits));
	for (size_t i = 0; i < commits.len; i++) {
		const char *run = commit_trailer(&commits.at[i], "Writ-Run");
		r->again |= run && !strcmp(run, name);
	}
	return NULL;
}

static struct error *load_committed(struct recorder *r, struct history *h)
{
	const struct record_place *place = r->in->place;
	const char *branch = place->settings.branch;
	char tip[HISTORY_ID];
	bool there;
	TRY(history_tip(h, branch, tip));
	if (!*tip)
		return NULL;
	TRY(history_has(h, tip, place->below, &there));
	if (!there)
		return NULL;
	TRY(history_read_files(h, r->arena, tip, place->below, MANIFEST_FILE_MAX, &r->base.files));
	if (r->base.files.len == 0)
		return NULL;
	r->has_base = true;
	TRY(find_run(r, h, tip));
	return snapshot_parse(
		arena_printf(r->arena, "%s:%s", branch ? branch : "HEAD", place->below), r->arena,
		&r->base);
}

/* Tells that commits are not signed although git's configuration asks for it: its signing may
 * run any program. */
static void tell_unsigned(const struct recorder *r, struct history *h)
{
	const struct record_place *place = r->in->place;
	if (place->settings.sign.kind == SIGN_NONE && history_wants_signatures(h))
		recorder_note(
			r, arena_printf(
				   r->arena,
				   "commit.gpgsign is set in %s, but writ signs with the "
				   "configuration's snapshot.sign alone: the commit is not signed",
				   place->repository));
}

static struct error *look_at_repository(struct recorder *r)
{
	CLEANUP(history_close) struct history *h = NULL;
	const struct record_place *place = r->in->place;
	TRY(history_open(place->repository, &h));
	TRY(record_check(h, place, &r->files));
	tell_unsigned(r, h);
	return load_committed(r, h);
}

struct error *recorder_load_base(struct recorder *r)
{
	const struct record_place *place = r->in->place;
	r->files = true;
	TRY(record_check_links(place, r->arena));
	if (place->commit)
		TRY(look_at_repository(r));
	if (r->files)
		TRY(file_check_place(place->folder));
	if (r->files)
		TRY(snapshot_load(place->folder, r->in->read, r->arena, &r->on_disk, &r->has_disk));
	if (!place->commit) {
		r->base = r->on_disk;
		r->has_base = r->has_disk;
	}
	if (r->has_base && r->live.organization)
		TRY(snapshot_check_organization(&r->base, r->live.organization, r->live.org_id));
	return NULL;
}

void recorder_tell_edited(struct recorder *r, const struct snapshot *s)
{
	const char *file = snapshot_find_edited(s, r->arena);
	if (file)
		recorder_note(r, arena_printf(r->arena,
					      "%s/%s was edited by hand, or mixed by a merge; the "
					      "snapshot says again what is "
					      "live",
					      s->place, file));
}

/* Another run may be recording. What was read is newer than the last snapshot only if that
 * snapshot was there before the read. */
struct error *recorder_look_at_folder(const struct recorder *r, char out[static HISTORY_ID])
{
	CLEANUP(history_close) struct history *h = NULL;
	const struct record_place *place = r->in->place;
	char tip[HISTORY_ID];
	*out = '\0';
	TRY(history_open(place->repository, &h));
	TRY(history_tip(h, place->settings.branch, tip));
	return *tip ? history_id_at(h, tip, place->below, out) : NULL;
}

struct error *recorder_check_unmoved(const struct recorder *r)
{
	char now[HISTORY_ID];
	TRY(recorder_look_at_folder(r, now));
	return strcmp(now, r->seen) ? history_moved(r->in->place->repository, r->in->place->below)
				    : NULL;
}
