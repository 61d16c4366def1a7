/* SPDX-License-Identifier: Apache-2.0 */
/* power_cut.c - what a disk may hold after the power was cut: power_cut BEFORE LOG SEED OUT.
 *
 * BEFORE is a folder as it was, whole on its disk; LOG is what was done below it since, as
 * power_log.c writes it; OUT becomes the folder after the cut. Certain is what was synced: a file's
 * bytes by a sync of the file, its name by a sync of its folder, and nothing by that of another. Of
 * all the rest the seed says what is kept, in any order but that what happened to one name, or to
 * one folder, keeps its own. A rename is there or not. A write that is kept may lack its end, which
 * is zeros then. SEED "all" keeps everything, and "none" no more than is certain. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/util/arena.h"
#include "core/util/file.h"
#include "core/util/vec.h"

#define FILE_MAX ((size_t)1 << 28)

struct bytes {
	char *at;
	size_t len;
};

/* At `from`; without bytes the file is cut there, or filled up with zeros. */
struct writing {
	size_t from;
	struct bytes bytes;
	bool cuts;
};
VEC(writing_vec, struct writing);

struct disk_name {
	const char *name;
	struct inode *node;
};
VEC(disk_name_vec, struct disk_name);

struct inode {
	bool folder;
	mode_t mode;
	struct disk_name_vec now, kept; /* of a folder: as the program saw it, as the disk has it */
	struct bytes synced;
	struct writing_vec since; /* not synced */
	ino_t number;		  /* in BEFORE; 0 when it was made later */
	const char *made;	  /* where it is in OUT */
};
VEC(inode_vec, struct inode *);

/* One entry that got another node, or none. */
struct step {
	struct inode *folder;
	const char *name;
	struct inode *to;
};

/* What one call did to names. */
struct move {
	struct step steps[2];
	size_t count;
	struct inode *moved[2];
	bool certain, keep;
};
VEC(move_vec, struct move);

struct disk {
	struct arena a;
	struct inode *root;
	struct inode_vec nodes;
	struct move_vec moves;
	uint64_t seed;
	bool all, none;
	unsigned share; /* of 1024, of what is kept */
};

static void fail(const char *doing, const char *path)
{
	fprintf(stderr, "power_cut: %s %s: %s\n", doing, path, strerror(errno));
	exit(1);
}

static uint64_t draw(struct disk *d)
{
	uint64_t z = d->seed += 0x9E3779B97F4A7C15;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
	return z ^ (z >> 31);
}

static bool is_kept(struct disk *d)
{
	return d->all || (!d->none && draw(d) % 1024 < d->share);
}

/* ---- names ---- */

static struct inode *new_node(struct disk *d, bool folder, mode_t mode)
{
	struct inode *n = arena_zalloc(&d->a, sizeof(*n));
	n->folder = folder;
	n->mode = mode;
	vec_push(&d->a, &d->nodes, n);
	return n;
}

static struct inode *find_entry(const struct disk_name_vec *entries, const char *name)
{
	for (size_t i = 0; i < entries->len; i++) {
		if (!strcmp(entries->at[i].name, name))
			return entries->at[i].node;
	}
	return NULL;
}

static void set_entry(struct disk *d, struct disk_name_vec *entries, const char *name,
		      struct inode *to)
{
	size_t i = 0;
	while (i < entries->len && strcmp(entries->at[i].name, name) != 0)
		i++;
	if (i < entries->len && to)
		entries->at[i].node = to;
	else if (i < entries->len)
		entries->at[i] = entries->at[--entries->len];
	else if (to)
		vec_push(&d->a, entries, (struct disk_name){name, to});
}

static struct inode *find_node(struct disk *d, const char *path)
{
	struct inode *n = d->root;
	char *rest = arena_strdup(&d->a, path);
	if (!strcmp(path, "."))
		return n;
	for (char *part = strsep(&rest, "/"); n && part; part = strsep(&rest, "/"))
		n = find_entry(&n->now, part);
	return n;
}

static struct step step_of(struct disk *d, const char *path, struct inode *to)
{
	const char *slash = strrchr(path, '/');
	const char *parent = slash ? arena_strndup(&d->a, path, (size_t)(slash - path)) : ".";
	struct step s = {find_node(d, parent), slash ? slash + 1 : path, to};
	if (!s.folder)
		fail("no folder of", path);
	return s;
}

static void add_move(struct disk *d, struct move m)
{
	for (size_t i = 0; i < m.count; i++)
		set_entry(d, &m.steps[i].folder->now, m.steps[i].name, m.steps[i].to);
	vec_push(&d->a, &d->moves, m);
}

/* ---- the log ---- */

struct record {
	char op;
	const char *path, *other;
	uint64_t number;
	struct bytes bytes;
};

static void do_names(struct disk *d, const struct record *r)
{
	struct inode *n = r->op == 'C' || r->op == 'D'
				  ? new_node(d, r->op == 'D', (mode_t)r->number)
				  : find_node(d, r->path);
	struct inode *other = r->op == 'X' ? find_node(d, r->other) : NULL;
	struct move m = {.moved = {n, other}};
	if (!n)
		fail("nothing is at", r->path);
	switch (r->op) {
	case 'U':
		m.steps[m.count++] = step_of(d, r->path, NULL);
		break;
	case 'L':
		m.steps[m.count++] = step_of(d, r->other, n);
		break;
	case 'R':
	case 'X':
		m.steps[m.count++] = step_of(d, r->path, other);
		m.steps[m.count++] = step_of(d, r->other, n);
		break;
	default:
		m.steps[m.count++] = step_of(d, r->path, n);
	}
	add_move(d, m);
}

static void sync_names(struct disk *d, const struct inode *folder)
{
	for (size_t i = 0; i < d->moves.len; i++) {
		struct move *m = &d->moves.at[i];
		for (size_t k = 0; k < m->count; k++)
			m->certain |= !folder || m->steps[k].folder == folder;
	}
}

static struct bytes written(struct arena *a, struct bytes to, const struct writing *w, size_t len)
{
	size_t end = w->from + w->bytes.len;
	size_t size = w->cuts ? w->from : end > to.len ? end : to.len;
	struct bytes out = {arena_zalloc(a, size + 1), size};
	if (to.len)
		memcpy(out.at, to.at, to.len < size ? to.len : size);
	if (len)
		memcpy(out.at + w->from, w->bytes.at, len);
	if (!w->cuts)
		memset(out.at + w->from + len, 0, w->bytes.len - len);
	return out;
}

static void sync_all(struct disk *d)
{
	sync_names(d, NULL);
	for (size_t i = 0; i < d->nodes.len; i++) {
		struct inode *n = d->nodes.at[i];
		for (size_t k = 0; k < n->since.len; k++)
			n->synced = written(&d->a, n->synced, &n->since.at[k],
					    n->since.at[k].bytes.len);
		n->since.len = 0;
	}
}

static void do_record(struct disk *d, const struct record *r)
{
	if (strchr("CDULRX", r->op)) {
		do_names(d, r);
		return;
	}
	struct inode *n = find_node(d, r->path);
	if (!n && r->op != 'A')
		return; /* a file whose name is gone: nobody finds it again */
	switch (r->op) {
	case 'W':
		vec_push(&d->a, &n->since, (struct writing){r->number, r->bytes, false});
		break;
	case 'T':
		vec_push(&d->a, &n->since, (struct writing){r->number, {NULL, 0}, true});
		break;
	case 'M':
		n->mode = (mode_t)r->number & 07777;
		break;
	case 'S':
		n->synced = r->bytes;
		n->since.len = 0;
		break;
	case 'Y':
		sync_names(d, n);
		break;
	default:
		sync_all(d);
	}
}

static void read_log(struct disk *d, const char *path)
{
	char *text;
	size_t len;
	struct error *e = file_read(path, FILE_MAX, &text, &len);
	if (e)
		fail(e->message, path);
	char *at = arena_strndup(&d->a, text, len);
	free(text);
	for (char *end = at + len; at < end;) {
		char *line = strsep(&at, "\n");
		struct record r = {.op = *strsep(&line, "\t")};
		r.path = strsep(&line, "\t");
		r.other = strsep(&line, "\t");
		r.number = strtoull(strsep(&line, "\t"), NULL, 10);
		r.bytes = (struct bytes){at, strtoull(line, NULL, 10)};
		do_record(d, &r);
		at += r.bytes.len;
	}
}

/* ---- before ---- */

static struct inode *load(struct disk *d, const char *path)
{
	struct stat st;
	if (lstat(path, &st))
		fail("reading", path);
	for (size_t i = 0; i < d->nodes.len; i++) {
		if (d->nodes.at[i]->number == st.st_ino)
			return d->nodes.at[i]; /* its other name */
	}
	struct inode *n = new_node(d, S_ISDIR(st.st_mode), st.st_mode & 07777);
	n->number = st.st_ino;
	if (!n->folder) {
		char *text;
		struct error *e = file_read(path, FILE_MAX, &text, &n->synced.len);
		if (e)
			fail(e->message, path);
		n->synced.at = arena_strndup(&d->a, text, n->synced.len);
		free(text);
		return n;
	}
	DIR *dir = opendir(path);
	for (const struct dirent *e; dir && (e = readdir(dir));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		const char *name = arena_strdup(&d->a, e->d_name);
		struct inode *child = load(d, arena_printf(&d->a, "%s/%s", path, name));
		set_entry(d, &n->now, name, child);
		set_entry(d, &n->kept, name, child);
	}
	closedir(dir);
	return n;
}

/* ---- after ---- */

static bool is_behind(const struct move *later, const struct move *m)
{
	for (size_t i = 0; i < later->count; i++) {
		for (size_t k = 0; k < m->count; k++) {
			if (later->steps[i].folder == m->steps[k].folder &&
			    !strcmp(later->steps[i].name, m->steps[k].name))
				return true;
		}
	}
	for (int i = 0; i < 2; i++) {
		const struct inode *n = later->moved[i];
		if (n && n->folder && (n == m->moved[0] || n == m->moved[1]))
			return true;
	}
	return false;
}

static void keep_names(struct disk *d)
{
	struct move_vec *all = &d->moves;
	for (size_t i = 0; i < all->len; i++)
		all->at[i].keep = all->at[i].certain || is_kept(d);
	for (size_t i = all->len; i-- > 0;) {
		for (size_t k = 0; all->at[i].keep && k < i; k++)
			all->at[k].keep |= is_behind(&all->at[i], &all->at[k]);
	}
	for (size_t i = 0; i < all->len; i++) {
		const struct move *m = &all->at[i];
		for (size_t k = 0; m->keep && k < m->count; k++)
			set_entry(d, &m->steps[k].folder->kept, m->steps[k].name, m->steps[k].to);
	}
}

static struct bytes kept_bytes(struct disk *d, const struct inode *n)
{
	struct bytes out = n->synced;
	for (size_t i = 0; i < n->since.len; i++) {
		const struct writing *w = &n->since.at[i];
		size_t len = w->bytes.len;
		if (!is_kept(d))
			continue;
		if (!d->all && draw(d) % 4 == 0)
			len = draw(d) % (len + 1) / 512 * 512; /* sectors are whole */
		out = written(&d->a, out, w, len);
	}
	return out;
}

static void make(struct disk *d, struct inode *n, const char *path)
{
	if (n->made) {
		if (n->folder || link(n->made, path))
			fail("a second name of", path);
		return;
	}
	n->made = path;
	if (n->folder) {
		if (mkdir(path, 0700))
			fail("making", path);
		for (size_t i = 0; i < n->kept.len; i++)
			make(d, n->kept.at[i].node,
			     arena_printf(&d->a, "%s/%s", path, n->kept.at[i].name));
	} else {
		struct bytes bytes = kept_bytes(d, n);
		FILE *out = fopen(path, "we");
		if (!out || fwrite(bytes.at, 1, bytes.len, out) != bytes.len || fclose(out))
			fail("writing", path);
	}
	if (chmod(path, n->mode))
		fail("changing", path);
}

int main(int argc, char **argv)
{
	static const unsigned shares[] = {0, 100, 512, 920, 1000};
	struct disk d = {.root = NULL};
	if (argc != 5) {
		fputs("usage: power_cut BEFORE LOG SEED|all|none OUT\n", stderr);
		return 1;
	}
	d.all = !strcmp(argv[3], "all");
	d.none = !strcmp(argv[3], "none");
	d.seed = strtoull(argv[3], NULL, 10);
	d.share = shares[d.seed % (sizeof(shares) / sizeof(*shares))];
	d.root = load(&d, argv[1]);
	read_log(&d, argv[2]);
	keep_names(&d);
	make(&d, d.root, argv[4]);
	arena_done(&d.a);
	return 0;
}
