/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/timeline_cache.h"

#include <string.h>
#include <sys/stat.h>

#include "core/util/digest.h"
#include "core/util/file.h"
#include "core/util/str.h"

#define FIRST_LINE "writ timeline 5"
#define CACHE_MAX ((size_t)1 << 30) /* a million snapshots of a small organisation */
#define FIELDS_MAX 12

const char *timeline_cache_path(struct arena *a, const char *repository, const char *folder)
{
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (!base || *base != '/')
		base = home && *home == '/' ? arena_printf(a, "%s/.cache", home) : NULL;
	if (!base)
		return NULL;
	struct sha256 *sum = sha256_new();
	sha256_add_text(sum, repository);
	sha256_add_text(sum, folder);
	sha256_end(sum, digest);
	sha256_text(digest, text);
	return arena_printf(a, "%s/writ/timeline-%.16s", base, text + strlen("sha256:"));
}

/* ---- writing ---- */

/* A field: what divides fields and lines is escaped, NULL is "\0". */
static void add_field(struct str *out, const char *text)
{
	str_addc(out, '\t');
	if (!text)
		str_add(out, "\\0");
	for (; text && *text; text++) {
		if (*text == '\t')
			str_add(out, "\\t");
		else if (*text == '\n')
			str_add(out, "\\n");
		else if (*text == '\\')
			str_add(out, "\\\\");
		else
			str_addc(out, *text);
	}
}

static void add_moment(struct str *out, const struct moment *m)
{
	str_printf(out, "m\t%s\t%lld", m->id, (long long)m->time);
	add_field(out, m->author);
	add_field(out, m->email);
	add_field(out, m->subject);
	add_field(out, m->run);
	add_field(out, m->plan);
	add_field(out, m->drift);
	add_field(out, m->damage);
	add_field(out, m->edited);
	add_field(out, m->actor);
	str_addc(out, '\n');
}

static void add_names(struct str *out, const struct universe *u)
{
	for (uint32_t i = 0; i < universe_principals(u); i++) {
		const struct principal *p = universe_principal_numbered(u, i);
		str_printf(out, "p\t%u", p->kind);
		add_field(out, p->name);
		str_addc(out, '\n');
	}
	for (uint32_t i = 0; i < universe_entitlements(u); i++) {
		const struct entitlement *e = universe_entitlement_numbered(u, i);
		str_printf(out, "e\t%u", e->role);
		add_field(out, e->product);
		add_field(out, e->profile);
		add_field(out, e->group);
		add_field(out, e->api);
		str_addc(out, '\n');
	}
}

static char sign_of(const struct shift *s)
{
	if (s->hidden)
		return s->came ? '?' : '!';
	return s->came ? '+' : '-';
}

struct error *timeline_cache_write(const char *path, struct arena *a, const struct timeline *t)
{
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	struct str out = STR(a);
	str_add(&out, FIRST_LINE "\n");
	add_names(&out, t->universe);
	for (size_t i = 0, s = 0; i < t->moments.len; i++) {
		add_moment(&out, &t->moments.at[i]);
		for (; s < t->shifts.len && t->shifts.at[s].moment == i; s++)
			str_printf(&out, "%c\t%u\t%u\n", sign_of(&t->shifts.at[s]),
				   t->shifts.at[s].principal, t->shifts.at[s].entitlement);
	}
	sha256_of(out.at, out.len, digest);
	sha256_text(digest, text);
	str_printf(&out, "%s\n", text);
	const char *slash = strrchr(path, '/');
	TRY(file_make_folders(arena_strndup(a, path, (size_t)(slash - path)), 0700));
	return file_write_atomic(path, out.at, out.len, 0600);
}

/* ---- reading ---- */

struct cache_loader {
	struct intern *strings;
	struct arena *arena;
	struct timeline *t;
};

/* Cuts a line at its tabs, undoing escapes in place. */
static size_t cut_fields(char *line, char *fields[static FIELDS_MAX])
{
	size_t count = 0;
	char *from = line, *to = line;
	fields[count++] = line;
	for (;; from++) {
		char c = *from;
		if (c == '\\' && from[1]) {
			from++;
			if (*from == '0') { /* the whole field */
				fields[count - 1] = NULL;
				continue;
			}
			*to++ = (char)(*from == 't' ? '\t' : *from == 'n' ? '\n' : *from);
			continue;
		}
		*to++ = (char)(c == '\t' ? '\0' : c);
		if (!c)
			return count;
		if (c != '\t')
			continue;
		if (count == FIELDS_MAX)
			return SIZE_MAX;
		fields[count++] = to;
	}
}

static bool number(const char *text, uint64_t max, uint64_t *out)
{
	char *end;
	if (!text || *text < '0' || *text > '9' || strlen(text) > 18)
		return false;
	*out = strtoull(text, &end, 10);
	return *end == '\0' && *out <= max;
}

static const char *name(const struct cache_loader *l, const char *text)
{
	return text ? intern(l->strings, text) : NULL;
}

static bool take_principal(struct cache_loader *l, char *const *f, size_t count)
{
	uint64_t kind;
	struct universe *u = l->t->universe;
	size_t due = universe_principals(u);
	return count == 3 && f[2] && number(f[1], PRINCIPAL_USER, &kind) &&
	       universe_principal(u, kind, name(l, f[2]), true) == due;
}

static bool take_entitlement(struct cache_loader *l, char *const *f, size_t count)
{
	uint64_t role;
	struct universe *u = l->t->universe;
	size_t due = universe_entitlements(u);
	if (count != 6 || !number(f[1], ROLE_COUNT - 1, &role))
		return false;
	const struct entitlement e = {name(l, f[2]), name(l, f[3]), name(l, f[4]), role,
				      name(l, f[5])};
	return universe_number(u, &e) == due;
}

static bool take_moment(struct cache_loader *l, char *const *f, size_t count)
{
	uint64_t time;
	if (count != FIELDS_MAX || !f[1] || !number(f[2], INT64_MAX, &time))
		return false;
	vec_push(l->arena, &l->t->moments,
		 (struct moment){.id = f[1],
				 .time = (int64_t)time,
				 .author = f[3],
				 .email = f[4],
				 .subject = f[5],
				 .run = f[6],
				 .plan = f[7],
				 .drift = f[8],
				 .damage = f[9],
				 .edited = f[10],
				 .actor = f[11]});
	return true;
}

static bool take_shift(struct cache_loader *l, char *const *f, size_t count)
{
	uint64_t p, e;
	struct universe *u = l->t->universe;
	if (count != 3 || l->t->moments.len == 0 || !number(f[1], UINT32_MAX, &p) ||
	    !number(f[2], UINT32_MAX, &e) || p >= universe_principals(u) ||
	    e >= universe_entitlements(u))
		return false;
	vec_push(l->arena, &l->t->shifts,
		 (struct shift){(uint32_t)(l->t->moments.len - 1), (uint32_t)p, (uint32_t)e,
				*f[0] == '+' || *f[0] == '?', *f[0] == '?' || *f[0] == '!'});
	return true;
}

static bool take_line(struct cache_loader *l, char *line)
{
	char *f[FIELDS_MAX];
	size_t count = cut_fields(line, f);
	if (count == SIZE_MAX || !f[0])
		return false;
	switch (*f[0]) {
	case 'p':
		return take_principal(l, f, count);
	case 'e':
		return take_entitlement(l, f, count);
	case 'm':
		return take_moment(l, f, count);
	case '+':
	case '-':
	case '?':
	case '!':
		return take_shift(l, f, count);
	default:
		return false;
	}
}

/* Whether the last line is the digest of all before it; then that line is cut off. */
static bool is_sound(char *text, size_t *len)
{
	unsigned char digest[SHA256_SIZE];
	char due[SHA256_TEXT];
	size_t tail = SHA256_TEXT; /* the digest and its line feed */
	if (*len < tail || strlen(text) != *len)
		return false;
	sha256_of(text, *len - tail, digest);
	sha256_text(digest, due);
	if (strncmp(text + *len - tail, due, tail - 1) != 0 || text[*len - 1] != '\n')
		return false;
	*len -= tail;
	text[*len] = '\0';
	return true;
}

static bool take_all(struct cache_loader *l, char *text)
{
	char *line = text + strlen(FIRST_LINE) + 1;
	if (strncmp(text, FIRST_LINE "\n", strlen(FIRST_LINE) + 1) != 0)
		return false;
	while (*line) {
		char *end = strchr(line, '\n');
		if (!end)
			return false;
		*end = '\0';
		if (!take_line(l, line))
			return false;
		line = end + 1;
	}
	return true;
}

void timeline_cache_read(const char *path, struct intern *strings, struct arena *a,
			 struct timeline *out)
{
	CLEANUP(free) char *bytes = NULL;
	size_t len;
	struct cache_loader l = {strings, a, out};
	struct error *error = file_read(path, CACHE_MAX, &bytes, &len);
	if (error) { /* there is none yet */
		error_free(error);
		return;
	}
	char *text = arena_strndup(a, bytes, len); /* moments point into it */
	if (is_sound(text, &len) && take_all(&l, text))
		return;
	universe_free(out->universe);
	*out = (struct timeline){.universe = universe_new(strings)};
}
