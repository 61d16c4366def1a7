/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/git/history_git.h"
#include "core/git/history_write.h"

/* ---- where the two stand ---- */

static struct error *folder_of(struct history *h, const git_oid *commit, const char *folder,
			       char out[static HISTORY_ID])
{
	char id[HISTORY_ID];
	git_oid_tostr(id, sizeof(id), commit);
	return history_id_at(h, id, folder, out);
}

static struct error *compare(struct history *h, const struct history_target *t, const git_oid *ours,
			     const git_oid *theirs, enum history_ahead *out)
{
	git_oid base;
	char before[HISTORY_ID], there[HISTORY_ID], here[HISTORY_ID];
	int code = git_merge_base(&base, h->repository, ours, theirs);
	*out = HISTORY_AHEAD_IN_FOLDER;
	if (code == GIT_ENOTFOUND)
		return NULL; /* the two histories have nothing in common */
	if (code)
		return git_failed(code, "comparing branches of %s", h->path);
	if (git_oid_equal(&base, theirs)) {
		*out = HISTORY_NOT_AHEAD;
		return NULL;
	}
	TRY(folder_of(h, &base, t->folder, before));
	TRY(folder_of(h, theirs, t->folder, there));
	TRY(folder_of(h, ours, t->folder, here));
	if (!strcmp(before, there) || !strcmp(here, there))
		*out = HISTORY_AHEAD_ELSEWHERE;
	return NULL;
}

static struct error *look(struct history *h, const struct history_target *t,
			  struct history_remote *from, const char *branch, enum history_ahead *out,
			  char out_tip[static HISTORY_ID])
{
	CLEANUP(git_commit_free) git_commit *there = NULL;
	git_oid ours, theirs;
	TRY(history_remote_find(from, branch, &theirs));
	if (git_oid_is_zero(&theirs))
		return NULL;
	git_oid_tostr(out_tip, HISTORY_ID, &theirs);
	int code = git_reference_name_to_id(&ours, h->repository, branch);
	if (!code && git_oid_equal(&ours, &theirs))
		return NULL;
	if (code && code != GIT_ENOTFOUND)
		return git_failed(code, "reading branch %s of %s", branch, h->path);
	if (git_commit_lookup(&there, h->repository, &theirs))
		TRY(history_remote_fetch(from, branch, code ? NULL : &ours));
	if (!code)
		return compare(h, t, &ours, &theirs, out);
	*out = HISTORY_AHEAD_IN_FOLDER; /* the remote has the branch, and nothing of it is here */
	return NULL;
}

struct error *history_look_ahead(struct history *h, const struct history_target *t,
				 const char *remote, enum history_ahead *out,
				 char out_tip[static HISTORY_ID])
{
	ARENA a = {0};
	struct history_remote *from;
	const char *branch = "";
	*out = HISTORY_NOT_AHEAD;
	*out_tip = '\0';
	TRY(history_branch_name(h, t->branch, &a, &branch));
	TRY(history_remote_open(h, remote, &from));
	struct error *error = look(h, t, from, branch, out, out_tip);
	history_remote_close(from);
	return error;
}

/* ---- our commits behind theirs ---- */

struct rebase {
	struct history *h;
	const struct history_target *target;
	struct arena *arena;
	git_oid onto; /* the newest commit that was made anew */
	struct history_moved_vec *moved;
};

/* Makes `tree` anew, with the target's folder as it is in `from`. */
static struct error *take_folder(struct rebase *r, const git_commit *from, git_tree *tree,
				 git_oid *out)
{
	char id[HISTORY_ID];
	git_tree_update update = {.action = GIT_TREE_UPDATE_UPSERT,
				  .filemode = GIT_FILEMODE_TREE,
				  .path = r->target->folder};
	TRY(folder_of(r->h, git_commit_id(from), r->target->folder, id));
	if (!*id)
		return error_new(ERROR_REFUSED, "a commit of this branch has no %s",
				 r->target->folder);
	int code = git_oid_fromstr(&update.id, id);
	if (!code)
		code = git_tree_create_updated(out, r->h->repository, tree, 1, &update);
	return code ? git_failed(code, "storing a folder") : NULL;
}

/* Refuses a commit that changes more than the one folder: only such as writ makes are moved. */
static struct error *check_own(struct rebase *r, const git_commit *commit)
{
	CLEANUP(git_commit_free) git_commit *parent = NULL;
	CLEANUP(git_tree_free) git_tree *before = NULL;
	git_oid made;
	int code = git_commit_parentcount(commit) == 1 ? git_commit_parent(&parent, commit, 0) : 0;
	if (!code && parent)
		code = git_commit_tree(&before, parent);
	if (code)
		return git_failed(code, "reading a parent");
	if (before)
		TRY(take_folder(r, commit, before, &made));
	if (before && git_oid_equal(&made, git_commit_tree_id(commit)))
		return NULL;
	return error_new(ERROR_REFUSED,
			 "this branch has commits beside those of %s that were not pushed",
			 r->target->folder);
}

/* The tree of the commit below, with our folder as `commit` has it; *out_there says that nothing
 * differs. */
static struct error *take_onto(struct rebase *r, const git_commit *commit, git_commit **onto,
			       git_tree **out, bool *out_there)
{
	CLEANUP(git_tree_free) git_tree *below = NULL;
	git_oid made;
	int code = git_commit_lookup(onto, r->h->repository, &r->onto);
	if (!code)
		code = git_commit_tree(&below, *onto);
	if (code)
		return git_failed(code, "reading a commit");
	TRY(take_folder(r, commit, below, &made));
	*out_there = git_oid_equal(&made, git_tree_id(below));
	code = git_tree_lookup(out, r->h->repository, &made);
	return code ? git_failed(code, "reading the new tree") : NULL;
}

static struct error *move_commit(struct rebase *r, const git_oid *id)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	CLEANUP(git_commit_free) git_commit *onto = NULL;
	CLEANUP(git_tree_free) git_tree *tree = NULL;
	bool there;
	int code = git_commit_lookup(&commit, r->h->repository, id);
	if (code)
		return git_failed(code, "reading a commit");
	TRY(check_own(r, commit));
	TRY(take_onto(r, commit, &onto, &tree, &there));
	if (there)
		return NULL; /* the others have the change already */
	struct history_move move;
	const git_commit *parent = onto;
	git_oid_tostr(move.from, HISTORY_ID, id);
	TRY(history_store_commit(r->h, r->target, r->arena,
				 &(struct history_commit_text){git_commit_author(commit),
							       git_commit_committer(commit),
							       git_commit_message(commit)},
				 tree, &parent, 1, &r->onto));
	git_oid_tostr(move.to, HISTORY_ID, &r->onto);
	vec_push(r->arena, r->moved, move);
	return NULL;
}

/* Appends our commits that the remote lacks, oldest first. */
static struct error *list_own(struct history *h, struct arena *a, const git_oid *ours,
			      const git_oid *theirs, struct oid_vec *out)
{
	CLEANUP(git_revwalk_free) git_revwalk *walk = NULL;
	git_oid id;
	int code = git_revwalk_new(&walk, h->repository);
	if (!code)
		code = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
	if (!code)
		code = git_revwalk_push(walk, ours);
	if (!code)
		code = git_revwalk_hide(walk, theirs);
	while (!code && !(code = git_revwalk_next(&id, walk)))
		vec_push(a, out, id);
	return code && code != GIT_ITEROVER ? git_failed(code, "walking %s", h->path) : NULL;
}

/* Brings what others changed into the work tree. A file that somebody is working on stops that, and
 * nothing is touched then. */
static struct error *check_out(struct rebase *r, const git_oid *ours)
{
	CLEANUP(git_commit_free) git_commit *from = NULL;
	CLEANUP(git_commit_free) git_commit *to = NULL;
	CLEANUP(git_tree_free) git_tree *old = NULL;
	CLEANUP(git_tree_free) git_tree *new = NULL;
	git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
	int code = git_commit_lookup(&from, r->h->repository, ours);
	if (!code)
		code = git_commit_lookup(&to, r->h->repository, &r->onto);
	if (!code)
		code = git_commit_tree(&old, from);
	if (!code)
		code = git_commit_tree(&new, to);
	options.checkout_strategy = GIT_CHECKOUT_SAFE;
	options.baseline = old;
	if (!code)
		code = git_checkout_tree(r->h->repository, (const git_object *)new, &options);
	return code ? git_failed(code, "bringing what others pushed into %s", r->h->path) : NULL;
}

/* Our branch, and the commits of it that others do not have. */
struct own_branch {
	const char *name;
	git_oid tip;
	bool here; /* checked out */
	struct oid_vec commits;
};

static struct error *find_own(struct rebase *r, const char *tip, struct own_branch *out)
{
	struct history *h = r->h;
	*out = (struct own_branch){.name = ""};
	TRY(history_branch_name(h, r->target->branch, r->arena, &out->name));
	TRY(history_is_checked_out(h, r->target->branch, &out->here));
	int code = git_oid_fromstr(&r->onto, tip);
	if (!code)
		code = git_reference_name_to_id(&out->tip, h->repository, out->name);
	if (code)
		return git_failed(code, "reading branch %s of %s", out->name, h->path);
	return list_own(h, r->arena, &out->tip, &r->onto, &out->commits);
}

/* Moves the branch to the last commit that was made; where it is checked out, the work tree
 * follows. */
static struct error *move_branch(struct rebase *r, const struct own_branch *own, const char *why)
{
	CLEANUP(git_reference_free) git_reference *moved = NULL;
	if (own->here)
		TRY(check_out(r, &own->tip));
	TRY(history_sync_objects(r->h));
	int code = git_reference_create_matching(&moved, r->h->repository, own->name, &r->onto, 1,
						 &own->tip, why);
	return code ? git_failed(code, "moving branch %s of %s", own->name, r->h->path) : NULL;
}

struct error *history_rebase(struct history *h, const struct history_target *t, struct arena *a,
			     const char *tip, struct history_moved_vec *out)
{
	struct rebase r = {.h = h, .target = t, .arena = a, .moved = out};
	struct own_branch own;
	TRY(find_own(&r, tip, &own));
	for (size_t i = 0; i < own.commits.len; i++)
		TRY(move_commit(&r, &own.commits.at[i]));
	return move_branch(&r, &own, "writ: behind what others pushed");
}

/* ---- a merge of both ---- */

/* Makes a merge of both commits: their tree with our folder. */
static struct error *merge_commits(struct rebase *r, const git_oid *ours, const char *message)
{
	CLEANUP(git_commit_free) git_commit *mine = NULL;
	CLEANUP(git_commit_free) git_commit *others = NULL;
	CLEANUP(git_tree_free) git_tree *tree = NULL;
	bool there;
	int code = git_commit_lookup(&mine, r->h->repository, ours);
	if (code)
		return git_failed(code, "reading a commit");
	TRY(take_onto(r, mine, &others, &tree, &there));
	const git_commit *parents[] = {mine, others};
	return history_store_commit(r->h, r->target, r->arena,
				    &(struct history_commit_text){git_commit_author(mine),
								  git_commit_committer(mine),
								  message},
				    tree, parents, 2, &r->onto);
}

struct error *history_unite(struct history *h, const struct history_target *t, struct arena *a,
			    const char *tip, const char *message)
{
	struct rebase r = {.h = h, .target = t, .arena = a};
	struct own_branch own;
	TRY(find_own(&r, tip, &own));
	for (size_t i = 0; i < own.commits.len; i++) {
		CLEANUP(git_commit_free) git_commit *commit = NULL;
		if (git_commit_lookup(&commit, h->repository, &own.commits.at[i]))
			return git_failed(-1, "reading a commit");
		TRY(check_own(&r, commit));
	}
	TRY(merge_commits(&r, &own.tip, message));
	return move_branch(&r, &own, "writ: united with what others recorded");
}
