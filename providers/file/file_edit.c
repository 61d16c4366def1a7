/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to the organisation of a file: each batch makes it anew, and puts it in place as a whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/language/emit.h"
#include "core/language/stored.h"
#include "core/language/yaml.h"
#include "core/model/grantable.h"
#include "core/plan/plan.h"
#include "core/util/compare.h"
#include "core/util/failpoint.h"
#include "core/util/file.h"
#include "core/util/keys.h"
#include "providers/file/file_session.h"

/* Each batch rewrites the file, so they are few and large; memory sets the bound. */
#define BATCH_MAX 100000

struct file_edit {
	struct provider *session;
	struct arena *arena;
	struct universe *u;
	struct live live;
	struct grantable grantable;
	struct account_vec made;    /* accounts that were made; they are sorted in at the end */
	VEC(, const char *) ids;    /* of the accounts that are live; made when needed */
	struct key_vec gone, added; /* pairs by rank */
	/* Renames of this batch: a principal's old number in front of the new one. */
	struct key_vec moved;
	const struct change *const *batch;
	size_t len;
};

static uint64_t rank_key(const struct file_edit *e, uint32_t principal, uint32_t entitlement)
{
	return grant_key(universe_principal_rank(e->u, principal),
			 universe_entitlement_rank(e->u, entitlement));
}

static struct account *find_account(struct file_edit *e, const char *name)
{
	struct account key = {.meta.name = name};
	return vec_find(&e->live.accounts, &key, account_order);
}

static struct account *find_made(struct file_edit *e, const char *name)
{
	for (size_t i = 0; i < e->made.len; i++) {
		if (!strcmp(e->made.at[i].meta.name, name))
			return &e->made.at[i];
	}
	return NULL;
}

static struct outcome refused(struct file_edit *e, const char *what, const char *name)
{
	return (struct outcome){OUTCOME_REFUSED,
				arena_printf(e->arena, "%s %s", what, quoted(e->arena, name))};
}

/* A UUID that depends on the names and the number alone, in the form of RFC 9562 version 8. */
static const char *numbered_id(struct file_edit *e, const char *name, size_t number)
{
	unsigned char d[SHA256_SIZE];
	struct sha256 *s = sha256_new();
	sha256_add_text(s, e->live.organization);
	sha256_add_text(s, name);
	if (number)
		sha256_add_text(s, arena_printf(e->arena, "%zu", number));
	sha256_end(s, d);
	return arena_printf(e->arena,
			    "%02x%02x%02x%02x-%02x%02x-8%x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			    d[0], d[1], d[2], d[3], d[4], d[5], d[6] & 15, d[7],
			    (d[8] & 0x3F) | 0x80, d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
}

static void index_ids(struct file_edit *e)
{
	for (size_t i = 0; i < e->live.accounts.len; i++) {
		if (e->live.accounts.at[i].id)
			vec_push(e->arena, &e->ids, e->live.accounts.at[i].id);
	}
	vec_sort(&e->ids, compare_texts);
}

/* An account that was renamed keeps the id that its first name gave it. */
static const char *make_id(struct file_edit *e, const char *name)
{
	const char *id = numbered_id(e, name, 0);
	if (e->ids.len == 0)
		index_ids(e);
	for (size_t i = 1; vec_find(&e->ids, &id, compare_texts); i++)
		id = numbered_id(e, name, i);
	return id;
}

static struct outcome create_account(struct file_edit *e, const struct change *c)
{
	if (find_account(e, c->after->meta.name))
		return refused(e, "there is already an account", c->after->meta.name);
	struct account a = *c->after;
	a.id = make_id(e, a.meta.name);
	a.email = arena_printf(e->arena, "%s@techacct.example", a.id);
	vec_push(e->arena, &e->made, a);
	return (struct outcome){OUTCOME_APPLIED, NULL};
}

static void move_pairs(struct file_edit *e, const char *from, const char *to)
{
	struct intern *strings = e->session->strings;
	uint32_t old = universe_principal(e->u, PRINCIPAL_ACCOUNT, intern(strings, from), true);
	uint32_t new = universe_principal(e->u, PRINCIPAL_ACCOUNT, intern(strings, to), true);
	vec_push(e->arena, &e->moved, grant_key(old, new));
}

/* Gives the pairs of old names to the new ones, all at once, since names can change places. */
static void settle_moves(struct file_edit *e)
{
	keys_sort(&e->moved);
	for (size_t i = 0; i < e->live.grants.len; i++) {
		struct pair *p = &e->live.grants.at[i];
		size_t at = keys_from(&e->moved, grant_key(p->principal, 0));
		if (at < e->moved.len && grant_principal(e->moved.at[at]) == p->principal)
			p->principal = grant_entitlement(e->moved.at[at]);
	}
}

/* Whether the batch renames the account of this name. */
static bool is_renamed(const struct file_edit *e, const char *name)
{
	for (size_t i = 0; i < e->len; i++) {
		const struct change *c = e->batch[i];
		if (c->reason == REASON_RENAMED && c->before && !strcmp(c->before->meta.name, name))
			return true;
	}
	return false;
}

static struct outcome update_account(struct file_edit *e, const struct change *c)
{
	struct account *a = find_account(e, c->before->meta.name);
	if (!a)
		return refused(e, "there is no account", c->before->meta.name);
	if (c->reason == REASON_RENAMED && find_account(e, c->after->meta.name) &&
	    !is_renamed(e, c->after->meta.name))
		return refused(e, "there is already an account", c->after->meta.name);
	account_copy(a, c->after, c->attributes);
	if (c->reason == REASON_RENAMED) {
		struct account moved = *a;
		moved.credential = account_credential(a); /* it stays the same credential: the
							     default would follow the new name */
		moved.meta.name = c->after->meta.name;
		move_pairs(e, c->before->meta.name, moved.meta.name);
		vec_push(e->arena, &e->made, moved);
		a->state = STATE_ABSENT;
	}
	return (struct outcome){OUTCOME_APPLIED, NULL};
}

static struct outcome delete_account(struct file_edit *e, const struct change *c)
{
	struct account *a = find_account(e, c->before->meta.name);
	if (!a)
		return refused(e, "there is no account", c->before->meta.name);
	a->state = STATE_ABSENT;
	return (struct outcome){OUTCOME_APPLIED, NULL};
}

/* Whether an account holds a role of the whole organisation that was given or taken here is known
 * from then on. Of one with a scope other scopes stay unseen. */
static void show_role(struct file_edit *e, const struct change *c)
{
	struct account *a = find_made(e, c->principal->name);
	struct text_vec left = {0};
	if (!a)
		a = find_account(e, c->principal->name);
	for (size_t i = 0; a && i < a->unseen.len; i++) {
		if (role_find(a->unseen.at[i].text) != c->entitlement->role)
			vec_push(e->arena, &left, a->unseen.at[i]);
	}
	if (a)
		a->unseen = left;
}

static struct outcome change_grant(struct file_edit *e, const struct change *c)
{
	const struct principal *p = c->principal;
	const struct entitlement *t = c->entitlement;
	uint64_t key = rank_key(e, universe_principal(e->u, p->kind, p->name, false),
				universe_number(e->u, t));
	if (p->kind == PRINCIPAL_ACCOUNT && t->role && !t->product && !t->group)
		show_role(e, c);
	if (c->action == ACTION_DELETE) {
		vec_push(e->arena, &e->gone, key);
		return (struct outcome){OUTCOME_APPLIED, NULL};
	}
	if (p->kind == PRINCIPAL_ACCOUNT && !find_account(e, p->name) && !find_made(e, p->name))
		return refused(e, "there is no account", p->name);
	const char *missing = grantable_check(&e->grantable, e->arena, p, t);
	if (missing)
		return (struct outcome){OUTCOME_REFUSED, missing};
	vec_push(e->arena, &e->added, key);
	return (struct outcome){OUTCOME_APPLIED, NULL};
}

static struct outcome make_change(struct file_edit *e, const struct change *c)
{
	if (c->type == CHANGE_GRANT)
		return change_grant(e, c);
	if (c->action == ACTION_CREATE)
		return create_account(e, c);
	return c->action == ACTION_UPDATE ? update_account(e, c) : delete_account(e, c);
}

/* Numbers every name of the batch before the order is fixed. */
static void number_batch(struct file_edit *e, const struct change *const *batch, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const struct change *c = batch[i];
		const struct entitlement *t = c->entitlement;
		universe_principal(e->u, c->principal->kind, c->principal->name, false);
		if (c->before)
			universe_principal(e->u, PRINCIPAL_ACCOUNT, c->before->meta.name, false);
		if (t)
			universe_number(e->u, t);
	}
	universe_rank(e->u);
}

static bool is_absent(struct file_edit *e, const char *name)
{
	const struct account *a = find_account(e, name);
	return a && a->state == STATE_ABSENT && !find_made(e, name);
}

/* Drops the pairs that were taken and adds those that were given. Pairs of deleted accounts go with
 * them. */
static void settle_grants(struct file_edit *e)
{
	struct pair_vec *pairs = &e->live.grants;
	size_t kept = 0;
	keys_sort(&e->gone);
	settle_moves(e);
	for (size_t i = 0; i < pairs->len; i++) {
		uint64_t key = rank_key(e, pairs->at[i].principal, pairs->at[i].entitlement);
		const struct principal *p = universe_principal_at(e->u, grant_principal(key));
		bool gone = keys_have(&e->gone, key);
		if (!gone && !(p->kind == PRINCIPAL_ACCOUNT && is_absent(e, p->name)))
			pairs->at[kept++] = pairs->at[i];
	}
	pairs->len = kept;
	for (size_t i = 0; i < e->added.len; i++)
		vec_push(e->arena, pairs,
			 (struct pair){
				 universe_principal_number(e->u, grant_principal(e->added.at[i])),
				 universe_entitlement_number(e->u, (uint32_t)e->added.at[i])});
}

static void settle_accounts(struct file_edit *e)
{
	struct account_vec *all = &e->live.accounts;
	live_drop_absent(all);
	for (size_t i = 0; i < e->made.len; i++)
		vec_push(e->arena, all, e->made.at[i]);
	vec_sort(all, account_order);
}

static struct error *write_folder_files(struct file_edit *e, const char *folder)
{
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct str out = STR(e->arena);
		emit_kind(&out, kind, &e->live, e->u);
		if (out.len == 0)
			continue;
		const char *path = arena_printf(e->arena, "%s/%s", folder, emit_file_name(kind));
		TRY(file_write_atomic(path, out.at, out.len, 0644));
	}
	return file_sync_folder(folder);
}

/* Empties and removes a folder that holds files only; refuses what is not ours to remove. A link
 * leads to what is not. */
static struct error *remove_fresh(const char *path)
{
	CLEANUP(close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(closedir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "opening %s", path);
	int folder = keep_fd(&fd); /* fdopendir() takes it over */
	for (const struct dirent *entry;;) {
		TRY(file_next(dir, path, &entry));
		if (!entry)
			break;
		if (unlinkat(folder, entry->d_name, 0))
			return error_errno(errno, "removing %s/%s", path, entry->d_name);
	}
	return rmdir(path) ? error_errno(errno, "removing %s", path) : NULL;
}

/* The folder is replaced as a whole, so it must hold nothing but manifests. */
static struct error *check_folder(struct file_edit *e)
{
	CLEANUP(closedir) DIR *dir = opendir(e->session->real);
	if (!dir)
		return error_errno(errno, "opening %s", e->session->real);
	for (const struct dirent *entry;;) {
		TRY(file_next(dir, e->session->real, &entry));
		if (!entry)
			return NULL;
		const char *dot = strrchr(entry->d_name, '.');
		if (entry->d_type == DT_DIR || !dot ||
		    (strcmp(dot, ".yaml") != 0 && strcmp(dot, ".yml") != 0 &&
		     strcmp(dot, ".json") != 0))
			return error_new(
				ERROR_SYSTEM,
				"the live folder also holds %s; writ replaces the folder as a "
				"whole, so keep it for the live organisation alone",
				quoted(e->arena, entry->d_name));
	}
}

static struct error *write_folder(struct file_edit *e, mode_t mode)
{
	const char *real = e->session->real, *slash = strrchr(real, '/');
	const char *parent =
		arena_strndup(e->arena, real, slash == real ? 1 : (size_t)(slash - real));
	const char *fresh = arena_printf(e->arena, "%s/.%s.writ-tmp", parent, slash + 1);
	TRY(check_folder(e));
	TRY(remove_fresh(fresh));
	if (mkdir(fresh, 0700))
		return error_errno(errno, "creating %s", fresh);
	TRY(write_folder_files(e, fresh));
	if (chmod(fresh, mode))
		return error_errno(errno, "creating %s", fresh);
	FAILPOINT("file-folder-before-exchange");
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, real, RENAME_EXCHANGE))
		return error_errno(errno, "replacing %s", real);
	FAILPOINT("file-folder-after-exchange");
	TRY(file_sync_folder(parent));
	return remove_fresh(fresh);
}

static struct error *write_live(struct file_edit *e)
{
	struct stat st;
	if (stat(e->session->real, &st))
		return error_errno(errno, "writing %s", e->session->path);
	if (S_ISDIR(st.st_mode))
		return write_folder(e, st.st_mode & 07777);
	struct str out = STR(e->arena);
	emit_all(&out, &e->live, e->u);
	return file_write_atomic(e->session->real, out.at, out.len, 0644);
}

/* Locks the file's folder: one writer at a time, whatever state folder the runs use. */
static struct error *lock_parent(struct provider *p, int *out)
{
	ARENA a = {0};
	const char *slash = strrchr(p->real, '/');
	const char *parent =
		arena_strndup(&a, p->real, slash == p->real ? 1 : (size_t)(slash - p->real));
	CLEANUP(close) int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(errno, "locking %s", parent);
	TRY(file_lock(fd, parent));
	*out = keep_fd(&fd);
	return NULL;
}

static struct error *run_batch(struct file_edit *e, const struct change *const *batch, size_t len,
			       struct outcome *outcomes)
{
	TRY(provider_read(&file_reader, e->session, e->arena, e->u, &query_all, &e->live));
	e->batch = batch;
	e->len = len;
	number_batch(e, batch, len);
	grantable_make(&e->grantable, e->arena, e->u, &e->live);
	for (size_t i = 0; i < len; i++)
		outcomes[i] = make_change(e, batch[i]);
	settle_grants(e);
	settle_accounts(e);
	FAILPOINT("file-before-write");
	struct error *error = write_live(e);
	FAILPOINT("file-after-write");
	return error;
}

static struct error *execute(struct provider *p, struct arena *a, const struct change *const *batch,
			     size_t len, struct outcome *outcomes)
{
	CLEANUP(close) int lock = -1;
	struct file_edit e = {.session = p, .arena = a, .u = universe_new(p->strings)};
	struct error *error = lock_parent(p, &lock);
	if (!error)
		error = run_batch(&e, batch, len, outcomes);
	universe_free(e.u);
	return error;
}

static struct error *begin(struct provider *p, const struct plan *plan UNUSED)
{
	if (p->stored)
		return error_new(ERROR_INPUT, "\"%s\" is a revision: it is read, never changed",
				 p->path);
	if (yaml_is_json(p->real))
		return error_new(ERROR_INPUT,
				 "\"%s\" is JSON, which holds one document, and what is live "
				 "takes several: keep it in a YAML file or in a folder",
				 p->path);
	CLEANUP(close) int lock = -1; /* one that is not to be had is no reason to begin a run */
	return lock_parent(p, &lock);
}

static const struct rate_budget budgets[] = {{NULL, 0}};

const struct provider_writer file_writer = {
	.batch_max = BATCH_MAX,
	.budgets = budgets,
	.begin = begin,
	.execute = execute,
};
