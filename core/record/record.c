/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record/record.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/git/history_write.h"
#include "core/language/manifest.h"
#include "core/language/stored.h"
#include "core/model/agreed.h"
#include "core/record/open_drift.h"
#include "core/record/record_commit.h"
#include "core/record/rewind.h"
#include "core/record/said.h"
#include "core/util/beneath.h"
#include "core/util/failpoint.h"

#define TRIES 3	   /* runs that record at once are few */
#define RECENT 200 /* commits among which an earlier record of a run is looked for */

/* ---- the place ---- */

/* The deepest part of a path that exists, and what is left of it. */
static const char *existing_part(struct arena *a, const char *path, const char **rest)
{
	char *part = arena_strdup(a, path);
	struct stat st;
	for (size_t len = strlen(part); len > 1 && part[len - 1] == '/'; len--)
		part[len - 1] = '\0';
	*rest = "";
	while (lstat(part, &st) && errno == ENOENT) {
		char *slash = strrchr(part, '/');
		const char *last = slash ? slash + 1 : part;
		*rest = arena_printf(a, "%s%s%s", last, **rest ? "/" : "", *rest);
		if (!slash)
			return ".";
		*slash = '\0';
		if (slash == part)
			return "/";
	}
	return part;
}

static const char *join(struct arena *a, const char *folder, const char *name)
{
	return arena_printf(a, "%s%s%s", folder, *folder && *name ? "/" : "", name);
}

static struct error *find_repository(struct arena *a, struct record_place *place)
{
	const char *rest, *below;
	const char *part = existing_part(a, place->folder, &rest);
	TRY(history_find(a, part, &place->repository, &below));
	if (place->repository)
		place->below = join(a, below, rest);
	if (place->repository && !*place->below)
		return error_new(ERROR_USAGE, "%s is the root of a repository; name a folder in it",
				 place->folder);
	return NULL;
}

/* A folder of the configuration may not leave its repository. */
static bool is_inside(const char *folder)
{
	for (const char *at = folder; *at;) {
		size_t len = strcspn(at, "/");
		if (len == 0 || (len == 1 && *at == '.') || (len == 2 && !strncmp(at, "..", 2)) ||
		    (len == 4 && !strncmp(at, ".git", 4)))
			return false;
		at += len + (at[len] == '/' && at[len + 1]);
	}
	return *folder != '\0';
}

static struct error *configured_place(struct arena *a, const char *name, bool commit,
				      struct record_place *out)
{
	out->configured = true;
	out->repository = out->settings.repository;
	out->below = out->settings.folder ? out->settings.folder : name;
	out->folder = join(a, out->repository, out->below);
	out->commit = commit || out->settings.commit;
	if (!is_inside(out->below))
		return error_new(ERROR_INPUT,
				 "snapshot.folder \"%.200s\" is no folder inside the repository",
				 out->below);
	return NULL;
}

struct error *record_find_place(struct arena *a, const char *folder,
				const struct snapshot_settings *settings, const char *name,
				bool commit, struct record_place *out, bool *out_any)
{
	*out = (struct record_place){0};
	*out_any = folder || (settings && settings->repository);
	if (settings)
		out->settings = *settings;
	if (!*out_any)
		return NULL;
	if (!folder)
		return configured_place(a, name, commit, out);
	out->settings.branch = out->settings.push = NULL; /* of another repository */
	out->folder = folder;
	out->commit = commit;
	TRY(find_repository(a, out));
	if (commit && !out->repository)
		return error_new(ERROR_INPUT, "%s is in no git repository: nothing to commit to",
				 folder);
	return NULL;
}

/* ---- the last snapshot ---- */

struct recorder {
	const struct record_input *in;
	struct arena *arena;
	struct record_result *out;
	struct universe *u;
	struct live live;
	struct snapshot base, on_disk; /* as the branch has it; as the folder has it */
	struct model agreed_model;
	struct model last_model;    /* what the base says, with its open drift */
	struct live *last, *agreed; /* as it was seen; as it was agreed. NULL: there is none */
	bool again;		    /* the branch has a commit of this run */
	bool *made; /* by change of the run: it made it, in an earlier record or since */
	const struct guards *policy; /* limits to record; NULL: not known */
	bool limits;		     /* they are all that is new */
	bool has_base, has_disk;
	bool files;		     /* the folder's files are ours to write */
	const struct snapshot *read; /* the folder, maybe, as somebody read it; NULL */
	char seen[HISTORY_ID];	     /* what the branch had of the folder before live was read */
};

static void note(const struct recorder *r, const char *line)
{
	if (r->in->note)
		r->in->note(line);
}

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

/* Git would sign with a key of its own configuration, and may run any program for it. */
static void tell_unsigned(const struct recorder *r, struct history *h)
{
	const struct record_place *place = r->in->place;
	if (place->settings.sign.kind == SIGN_NONE && history_wants_signatures(h))
		note(r,
		     arena_printf(r->arena,
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

static struct error *refuse_link(const char *path)
{
	struct stat st;
	if (!lstat(path, &st) && S_ISLNK(st.st_mode))
		return error_new(ERROR_INPUT, "%s is a link: no snapshot is written through one",
				 path);
	return NULL;
}

/* The folder is exchanged as a whole, and a commit knows it by its path in the repository. */
static struct error *check_links(struct recorder *r)
{
	const struct record_place *place = r->in->place;
	if (!place->configured)
		TRY(refuse_link(place->folder));
	for (const char *at = place->configured ? place->below : ""; *at;) {
		at += strcspn(at, "/");
		const char *part =
			arena_strndup(r->arena, place->below, (size_t)(at - place->below));
		TRY(refuse_link(join(r->arena, place->repository, part)));
		at += strspn(at, "/");
	}
	return beneath_check(place->folder);
}

static struct error *load_folder(struct recorder *r)
{
	const char *folder = r->in->place->folder;
	if (!r->read || strcmp(r->read->place, folder) != 0)
		return snapshot_load(folder, r->arena, &r->on_disk, &r->has_disk);
	r->on_disk = *r->read;
	r->has_disk = r->on_disk.files.len > 0;
	return r->has_disk ? snapshot_parse(folder, r->arena, &r->on_disk) : NULL;
}

static struct error *load_base(struct recorder *r)
{
	const struct record_place *place = r->in->place;
	r->files = true;
	TRY(check_links(r));
	if (place->commit)
		TRY(look_at_repository(r));
	if (r->files)
		TRY(load_folder(r));
	if (!place->commit) {
		r->base = r->on_disk;
		r->has_base = r->has_disk;
	}
	if (r->has_base && r->live.organization)
		TRY(snapshot_check_organization(&r->base, r->live.organization, r->live.org_id));
	return NULL;
}

static void tell_edited(struct recorder *r, const struct snapshot *s)
{
	const char *file = snapshot_find_edited(s, r->arena);
	if (file)
		note(r, arena_printf(r->arena,
				     "%s/%s was edited by hand; the snapshot says again what is "
				     "live",
				     s->place, file));
}

/* Another run may be recording: where live is unlike the last snapshot, it is newer only when that
 * stood before the read. */
static struct error *look_at_folder(const struct recorder *r, char out[static HISTORY_ID])
{
	CLEANUP(history_close) struct history *h = NULL;
	const struct record_place *place = r->in->place;
	char tip[HISTORY_ID];
	*out = '\0';
	TRY(history_open(place->repository, &h));
	TRY(history_tip(h, place->settings.branch, tip));
	return *tip ? history_id_at(h, tip, place->below, out) : NULL;
}

static struct error *check_unmoved(const struct recorder *r)
{
	char now[HISTORY_ID];
	TRY(look_at_folder(r, now));
	return strcmp(now, r->seen) ? history_moved(r->in->place->repository, r->in->place->below)
				    : NULL;
}

/* ---- before a run ---- */

struct error *record_prepare(const struct record_place *place, const char *organization,
			     const struct snapshot *read, struct arena *a)
{
	struct record_input input = {.place = place};
	struct record_result result = {0};
	struct recorder r = {.in = &input, .arena = a, .out = &result, .read = read};
	TRY(load_base(&r));
	const char *base = r.has_base ? r.base.organization : NULL;
	if (base && strcmp(base, organization) != 0)
		return error_new(ERROR_INPUT,
				 "snapshot %s is of another organisation: \"%s\", not \"%s\"",
				 r.base.place, base, organization);
	return place->commit ? record_commit(&input, NULL, a, &result) : NULL;
}

/* ---- making ---- */

static struct error *read_live(struct recorder *r)
{
	TRY(provider_read(r->in->reader, r->in->session, r->arena, r->u, &query_all, &r->live));
	for (size_t i = 0; i < r->live.accounts.len; i++)
		universe_principal(r->u, PRINCIPAL_ACCOUNT, r->live.accounts.at[i].meta.name, true);
	return NULL;
}

static bool did_anything(const struct record_run *run)
{
	for (size_t i = 0; i < run->plan->changes.len; i++) {
		if (run->done[i])
			return true;
	}
	return false;
}

/* What the last snapshot saw, and what was agreed by then. */
static struct error *read_base(struct recorder *r)
{
	if (!r->has_base)
		return NULL;
	TRY(stored_parse_model(r->base.place, &r->base.files, r->in->strings, r->arena,
			       &r->last_model));
	r->last = arena_zalloc(r->arena, sizeof(*r->last));
	r->agreed = arena_zalloc(r->arena, sizeof(*r->agreed));
	struct model seen = r->last_model, agreed = r->last_model;
	agreed_make(&agreed, r->arena);
	r->agreed_model = agreed;
	stored_of_model(&agreed, COLLECT_ALL, r->arena, r->u, r->agreed);
	stored_of_model(&seen, COLLECT_ALL, r->arena, r->u, r->last);
	for (size_t i = 0; i < r->agreed->accounts.len; i++)
		universe_principal(r->u, PRINCIPAL_ACCOUNT, r->agreed->accounts.at[i].meta.name,
				   false);
	return NULL;
}

/* What stays open once `live` is recorded. */
static void find_open(struct recorder *r, const struct live *live, bool decides, struct str *out)
{
	const struct record_run *run = r->in->run;
	struct drift_vec items = {0};
	struct open_drift_input input = {.universe = r->u,
					 .agreed = r->agreed,
					 .live = live,
					 .known = &r->last_model.drifts,
					 .reader = r->in->reader,
					 .session = r->in->session,
					 .plan = run ? run->plan : NULL,
					 .done = r->made,
					 .decides = decides,
					 .found_by = run && run->name ? run->name : "snapshot",
					 .now = r->in->now,
					 .note = r->in->note};
	if (!r->agreed)
		return;
	open_drift_find(&input, r->arena, &items);
	if (items.len)
		open_drift_emit(&items, r->agreed, r->u, out);
}

static struct snapshot_input snapshot_of(struct recorder *r, const struct live *live,
					 const struct snapshot *base)
{
	return (struct snapshot_input){.live = live,
				       .u = r->u,
				       .reader = r->in->reader,
				       .session = r->in->session,
				       .roles_from = r->in->roles_from,
				       .base = base,
				       .policy = r->policy};
}

static void make_snapshot(struct recorder *r, const struct live *live, bool decides,
			  const struct snapshot *base, struct snapshot *out)
{
	struct str *open = arena_alloc(r->arena, sizeof(*open));
	*open = (struct str)STR(r->arena);
	find_open(r, live, decides, open);
	struct snapshot_input input = snapshot_of(r, live, base);
	input.open_drift = open;
	snapshot_make(&input, r->arena, out);
}

static struct error *save_files(struct recorder *r, const struct snapshot *s)
{
	if (!r->files || (r->has_disk && snapshot_is_equal(&r->on_disk, s)))
		return NULL;
	if (r->has_disk)
		tell_edited(r, &r->on_disk);
	TRY(snapshot_save(r->in->place->folder, s, r->has_disk ? &r->on_disk : NULL));
	r->out->written = true;
	return NULL;
}

static const struct guards *last_policy(const struct recorder *r)
{
	const struct guards *last =
		r->has_base ? &r->last_model.organizations.at[0].snapshot.policy : NULL;
	return last && last->max_removals >= 0 ? last : NULL;
}

/* The limits of this run, where they are not those of the last; NULL. A snapshot by itself keeps
 * what the last one says, and so does an apply that had nothing to do and no such memory. */
static const struct guards *new_policy(const struct recorder *r, bool acted)
{
	const struct record_run *run = r->in->run;
	const struct guards *last = last_policy(r);
	if (!run || (!acted && !last))
		return NULL;
	struct guards *own = arena_alloc(r->arena, sizeof(*own));
	*own = policy_as_guards(&run->plan->policy);
	return last && !memcmp(last, own, sizeof(*own)) ? NULL : own;
}

static struct error *check_run(const struct recorder *r)
{
	const struct record_run *run = r->in->run;
	if (run && strcmp(run->plan->organization, r->live.organization) != 0)
		return error_new(ERROR_INPUT, "the run was of organisation \"%s\", live is \"%s\"",
				 run->plan->organization, r->live.organization);
	return NULL;
}

/* What would be live without the run; false when that is all the same. */
static bool rewind_run(struct recorder *r, struct live *out)
{
	const struct record_run *run = r->in->run;
	if (!run)
		return false;
	if (run->unverified)
		rewind_drop_missing(run->plan, &r->live, r->u, r->arena, run->done);
	if (!did_anything(run))
		return false;
	r->made = arena_alloc(r->arena, run->plan->changes.len);
	memcpy(r->made, run->done, run->plan->changes.len);
	const struct live *last = r->last;
	if (r->again && last)
		rewind_drop_recorded(run->plan, last, r->u, r->arena, run->done);
	if (!did_anything(run))
		return false;
	rewind_plan(run->plan, run->done, &r->live, last, r->u, r->arena, out);
	return true;
}

/* Of what is live, of what was before the run, and of what is agreed. */
static void say(struct recorder *r, struct live *earlier)
{
	const struct plan *plan = r->in->run ? r->in->run->plan : NULL;
	unsigned attributes = r->in->reader->attributes;
	r->live.words =
		said_words(r->has_base ? &r->agreed_model : NULL, plan, r->made, r->u, r->arena);
	said_owners(r->agreed, plan, attributes, r->arena, &r->live);
	if (r->agreed)
		r->agreed->words = r->live.words;
	if (!earlier)
		return;
	earlier->words = r->live.words;
	said_owners(r->agreed, plan, attributes, r->arena, earlier);
}

static struct error *write_all(struct recorder *r)
{
	struct snapshot before = {0}, after = {0};
	struct live earlier;
	if (r->in->place->commit)
		TRY(look_at_folder(r, r->seen));
	TRY(read_live(r));
	TRY(check_run(r));
	TRY(load_base(r));
	TRY(read_base(r));
	bool acted = rewind_run(r, &earlier);
	say(r, acted ? &earlier : NULL);
	universe_rank(r->u);
	const struct snapshot *base = r->has_base ? &r->base : NULL;
	const struct guards *policy = new_policy(r, acted);
	r->policy = last_policy(r);
	make_snapshot(r, acted ? &earlier : &r->live, !acted, base, &before);
	r->limits = policy && !acted && snapshot_is_equal(base, &before);
	r->policy = policy ? policy : r->policy;
	if (acted)
		make_snapshot(r, &r->live, true, &before, &after);
	else if (policy)
		make_snapshot(r, &r->live, true, base, &before);
	const struct snapshot *last = acted ? &after : &before;
	r->out->organization = r->live.organization;
	r->out->serial = last->serial;
	r->out->files = last->files.len;
	r->out->changed = !base || !snapshot_is_equal(base, last);
	FAILPOINT("record-before-files");
	if (r->in->place->commit && r->out->changed)
		TRY(check_unmoved(r));
	TRY(save_files(r, last));
	FAILPOINT("record-before-commit");
	if (!r->in->place->commit)
		return NULL;
	struct record_work work = {.expected = r->out->changed ? r->seen : NULL,
				   .before = base && snapshot_is_equal(base, &before) ? NULL
										      : &before,
				   .after = acted ? &after : NULL,
				   .first = !base,
				   .limits = r->limits,
				   .files = r->files};
	return record_commit(r->in, &work, r->arena, r->out);
}

static struct error *write_once(const struct record_input *input, struct arena *a,
				struct record_result *out)
{
	struct recorder r = {.in = input, .arena = a, .out = out};
	*out = (struct record_result){0};
	r.u = universe_new(input->strings);
	struct error *error = write_all(&r);
	universe_free(r.u);
	return error;
}

struct error *record_write(const struct record_input *input, struct arena *a,
			   struct record_result *out)
{
	struct error *error = write_once(input, a, out);
	for (int tries = 1; error && error->code == ERROR_REFUSED && tries < TRIES; tries++) {
		error_free(error); /* somebody was quicker: live is read again */
		error = write_once(input, a, out);
	}
	if (!error)
		return NULL;
	error = error_wrap(error, "the snapshot was not recorded (again with: %s)", input->repeat);
	error->code = ERROR_RECORD;
	return error;
}
