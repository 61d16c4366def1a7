/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record/snapshot_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/language/emit.h"
#include "core/util/str.h"

#define STATUS "status:\n"
#define LINEAGE_BYTES 16 /* of SHA-256; far beyond collisions among organisations */

const enum kind snapshot_parts[SNAPSHOT_PARTS] = {KIND_ADMIN_ROLE, KIND_OPEN_DRIFT,
						  KIND_ORGANIZATION, KIND_PRODUCT_ASSIGNMENT,
						  KIND_TECHNICAL_ACCOUNT};

size_t snapshot_stem(const char *file)
{
	return strlen(file) - strlen(".yaml");
}

/* The part that a file belongs to; SNAPSHOT_PARTS when it is no file of a snapshot. */
static size_t part_of(const char *path)
{
	for (size_t i = 0; i < SNAPSHOT_PARTS; i++) {
		const char *file = emit_file_name(snapshot_parts[i]);
		size_t len = snapshot_stem(file);
		if (!strcmp(path, file))
			return i;
		if (snapshot_parts[i] == KIND_TECHNICAL_ACCOUNT && !strncmp(path, file, len) &&
		    path[len] == '/')
			return i;
	}
	return SNAPSHOT_PARTS;
}

bool snapshot_owns(const char *path)
{
	size_t part = part_of(path);
	if (part == SNAPSHOT_PARTS)
		return false;
	const char *slash = strchr(path, '/');
	if (!slash)
		return true;
	size_t digits = strspn(slash + 1, "0123456789abcdef");
	return (digits == 2 || digits == 3) && !strcmp(slash + 1 + digits, ".yaml");
}

struct maker {
	const struct snapshot_input *in;
	struct arena *arena;
	struct snapshot *out;
	struct str front; /* organization.yaml in front of the header */
	char digests[SNAPSHOT_PARTS][SHA256_TEXT];
};

static void add_file(struct maker *m, const char *path, struct str *text)
{
	vec_push(m->arena, &m->out->files,
		 (struct stored_file){path, NULL, str_text(text), text->len});
}

static unsigned digits_for(size_t accounts)
{
	return accounts <= SNAPSHOT_SMALL ? 0 : accounts <= SNAPSHOT_MEDIUM ? 2 : 3;
}

static size_t bucket_of(const char *name, unsigned digits)
{
	unsigned char digest[SHA256_SIZE];
	sha256_of(name, strlen(name), digest);
	size_t value = (size_t)digest[0] << 8 | digest[1];
	return value >> (16 - 4 * digits);
}

/* Where a live account's document stands in the text of all, and the file that it goes to. */
struct account_text {
	const char *at;
	size_t len, bucket;
};

/* Cuts the text of all accounts into one piece for each document, in the order of live accounts. */
static struct account_text *cut_pieces(struct maker *m, struct arena *scratch,
				       const struct str *text, unsigned digits, size_t *sizes)
{
	const struct account_vec *accounts = &m->in->live->accounts;
	struct account_text *pieces = arena_alloc(scratch, accounts->len * sizeof(*pieces));
	const char *at = str_text(text), *end = at + text->len;
	for (size_t i = 0; i < accounts->len; i++) {
		const char *next = strstr(at, "\n---\n");
		size_t len = next ? (size_t)(next + 1 - at) : (size_t)(end - at);
		pieces[i] = (struct account_text){at, len,
						  bucket_of(accounts->at[i].meta.name, digits)};
		sizes[pieces[i].bucket] += len + strlen("---\n");
		at = next ? next + 5 : end;
	}
	return pieces;
}

static void split_accounts(struct maker *m, struct arena *scratch, const struct str *text,
			   unsigned digits)
{
	size_t count = (size_t)1 << (4 * digits), accounts = m->in->live->accounts.len;
	size_t *sizes = arena_zalloc(scratch, count * sizeof(*sizes));
	struct account_text *pieces = cut_pieces(m, scratch, text, digits, sizes);
	struct str *files = arena_zalloc(scratch, count * sizeof(*files));
	const char *name = emit_file_name(KIND_TECHNICAL_ACCOUNT);
	for (size_t i = 0; i < count; i++)
		files[i] = (struct str){m->arena,
					sizes[i] ? arena_alloc(m->arena, sizes[i] + 1) : NULL, 0,
					sizes[i] + 1};
	for (size_t i = 0; i < accounts; i++) {
		struct str *file = &files[pieces[i].bucket];
		if (file->len)
			str_add(file, "---\n");
		str_addn(file, pieces[i].at, pieces[i].len);
	}
	for (size_t i = 0; i < count; i++) {
		if (files[i].len)
			add_file(m,
				 arena_printf(m->arena, "%.*s/%0*zx.yaml", (int)snapshot_stem(name),
					      name, (int)digits, i),
				 &files[i]);
	}
}

static void add_accounts(struct maker *m, struct arena *scratch, struct str *text)
{
	unsigned digits = digits_for(m->in->live->accounts.len);
	if (digits)
		split_accounts(m, scratch, text, digits);
	else
		add_file(m, emit_file_name(KIND_TECHNICAL_ACCOUNT), text);
}

/* SHA-256 over the files of each part; of the organisation's only what stands in front of the
 * header. */
void snapshot_digest(const struct stored_file_vec *files, char out[SNAPSHOT_PARTS][SHA256_TEXT])
{
	for (size_t part = 0; part < SNAPSHOT_PARTS; part++) {
		unsigned char digest[SHA256_SIZE];
		struct sha256 *s = sha256_new();
		for (size_t i = 0; i < files->len; i++) {
			const struct stored_file *f = &files->at[i];
			if (part_of(f->path) != part)
				continue;
			const char *header = snapshot_parts[part] == KIND_ORGANIZATION
						     ? strstr(f->bytes, "\n" SNAPSHOT_HEADER)
						     : NULL;
			sha256_add_text(s, f->path);
			sha256_add(s, f->bytes, header ? (size_t)(header - f->bytes) : f->len);
		}
		sha256_end(s, digest);
		sha256_text(digest, out[part]);
	}
}

/* What tells an organisation from others. */
const char *snapshot_lineage(struct arena *a, const char *organization, const char *org_id)
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 *s = sha256_new();
	char text[2 * LINEAGE_BYTES + 1];
	sha256_add_text(s, "writ-snapshot");
	sha256_add_text(s, organization);
	sha256_add_text(s, org_id ? org_id : "");
	sha256_end(s, digest);
	sha256_hex(digest, LINEAGE_BYTES, text);
	return arena_strdup(a, text);
}

/* Whether some account's grant of a role would not have been seen. */
static bool is_unseen(const struct maker *m, enum role role)
{
	const struct entitlement e = {NULL, NULL, NULL, role};
	for (size_t i = 0; i < m->in->live->accounts.len; i++) {
		const struct account *account = &m->in->live->accounts.at[i];
		struct principal p = {account->meta.name, PRINCIPAL_ACCOUNT};
		if (!provider_sees(m->in->reader, m->in->session, &p, account, &e))
			return true;
	}
	return false;
}

static void add_unknown(struct str *out, bool unknown, const char *prefix, const char *name)
{
	if (unknown)
		str_printf(out, "      - %s %s\n", prefix, name);
}

/* What could not be read: attributes of accounts, roles that accounts may hold unseen, lists of
 * what exists. */
static void add_unknowns(struct maker *m, struct str *out)
{
	static const char *const attributes[] = {"description", "owner", "labels", "project",
						 "credential"};
	const struct catalogue *c = &m->in->live->catalogue;
	struct str list = STR(m->arena);
	for (unsigned i = 0; i < 5; i++)
		add_unknown(&list, !(m->in->reader->attributes & 1U << i), "attribute",
			    attributes[i]);
	for (int role = 1; role < ROLE_COUNT && !provider_shows_all(m->in->reader); role++) {
		if (role_table[role].scope == SCOPE_ORGANIZATION)
			add_unknown(&list, is_unseen(m, role), "role of some accounts",
				    role_table[role].name);
	}
	add_unknown(&list, !c->has_products, "list of", "products");
	add_unknown(&list, !c->has_users, "list of", "users");
	add_unknown(&list, !c->has_groups, "list of", "groups");
	str_printf(out, "    unknown:%s\n%s", list.len ? "" : " []", str_text(&list));
}

/* Whether there is open drift; without it there is neither its file nor its digest. */
static bool has_drift(const struct snapshot_input *in)
{
	return in->open_drift && in->open_drift->len;
}

/* Adds the limits that the next plan compares its own with. */
static void add_policy(const struct guards *g, struct str *out)
{
	str_printf(out,
		   "    policy:\n      maxAdminGrants: %d\n      maxRemovalDelta: \"%d%%\"\n"
		   "      maxRemovals: %d\n      minHolders:\n",
		   (int)g->max_admin_grants, (int)g->max_removal_delta, (int)g->max_removals);
	for (int role = 1; role < ROLE_COUNT; role++) {
		if (g->min_holders[role] > 0 || role == ROLE_SYSTEM_ADMINISTRATOR)
			str_printf(out, "        %s: %d\n", role_table[role].name,
				   (int)g->min_holders[role]);
	}
	str_printf(out, "      minPersons: %d\n", (int)g->min_persons);
}

static void add_text(struct str *out, const char *key, const char *value)
{
	str_printf(out, "      %s: ", key);
	emit_scalar(out, value);
	str_addc(out, '\n');
}

/* Adds what later commands must remember. */
static void add_memory(const struct maker *m, struct str *out)
{
	const struct snapshot_restore *r = m->in->restore;
	const struct text_vec *managed = m->in->managed;
	if (r) {
		str_add(out, "    restore:\n");
		add_text(out, "from", r->from);
		add_text(out, "run", r->run);
		add_text(out, "since", r->since);
	}
	for (size_t i = 0; managed && i < managed->len; i++) {
		str_add(out, i ? "      - " : "    managed:\n      - ");
		emit_scalar(out, managed->at[i].text);
		str_addc(out, '\n');
	}
}

static void add_header(struct maker *m, struct str *out)
{
	const char *source = m->in->live->source, *roles = m->in->roles_from;
	str_printf(out, SNAPSHOT_HEADER "    format: %d\n    serial: %d\n    lineage: \"%s\"\n",
		   SNAPSHOT_FORMAT, (int)m->out->serial, m->out->lineage);
	str_printf(out,
		   "    sources:\n      accounts: \"%s\"\n      adminRoles: \"%s%s\"\n"
		   "      catalogue: \"%s\"\n      products: \"%s\"\n",
		   source, source, roles ? " and the console's export" : "", source, source);
	add_unknowns(m, out);
	if (m->in->policy)
		add_policy(m->in->policy, out);
	add_memory(m, out);
	str_add(out, "    digests:\n");
	for (size_t i = 0; i < SNAPSHOT_PARTS; i++) {
		const char *file = emit_file_name(snapshot_parts[i]);
		if (snapshot_parts[i] == KIND_OPEN_DRIFT && !has_drift(m->in))
			continue;
		str_printf(out, "      %.*s: \"%s\"\n", (int)snapshot_stem(file), file,
			   m->digests[i]);
	}
}

static void set_organization(struct maker *m, const struct str *text)
{
	struct stored_file *file = &m->out->files.at[has_drift(m->in) ? 2 : 1]; /* by path */
	file->bytes = str_text(text);
	file->len = text->len;
}

/* The digests are of all bytes but the header's, so they do not move with the serial. */
static void digest_files(struct maker *m)
{
	if (!strstr(str_text(&m->front), "\n" STATUS))
		str_add(&m->front, STATUS);
	size_t len = m->front.len;
	str_add(&m->front,
		SNAPSHOT_HEADER); /* so that the digest ends where it will be looked for */
	set_organization(m, &m->front);
	snapshot_digest(&m->out->files, m->digests);
	str_cut(&m->front, len);
}

static void set_serial(struct maker *m, int32_t serial)
{
	struct str text = STR(m->arena);
	m->out->serial = serial;
	str_addn(&text, str_text(&m->front), m->front.len);
	add_header(m, &text);
	set_organization(m, &text);
}

void snapshot_make(const struct snapshot_input *input, struct arena *a, struct snapshot *out)
{
	const struct live *live = input->live;
	ARENA scratch = {0};
	struct maker m = {input, a, out, .front = STR(a)};
	struct str texts[KIND_COUNT];
	*out = (struct snapshot){.organization = live->organization,
				 .lineage = snapshot_lineage(a, live->organization, live->org_id)};
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		bool large = kind == KIND_TECHNICAL_ACCOUNT && digits_for(live->accounts.len);
		texts[kind] = (struct str)STR(large ? &scratch : a);
	}
	emit_kinds(texts, live, input->u);
	m.front = texts[KIND_ORGANIZATION];
	add_file(&m, emit_file_name(KIND_ADMIN_ROLE), &texts[KIND_ADMIN_ROLE]);
	if (has_drift(input)) {
		struct str drift = *input->open_drift;
		add_file(&m, emit_file_name(KIND_OPEN_DRIFT), &drift);
	}
	add_file(&m, emit_file_name(KIND_ORGANIZATION), &m.front);
	add_file(&m, emit_file_name(KIND_PRODUCT_ASSIGNMENT), &texts[KIND_PRODUCT_ASSIGNMENT]);
	add_accounts(&m, &scratch, &texts[KIND_TECHNICAL_ACCOUNT]);
	digest_files(&m);
	set_serial(&m, input->base ? input->base->serial : 1);
	if (input->base && !snapshot_is_equal(input->base, out))
		set_serial(&m, input->base->serial + 1);
}

bool snapshot_is_equal(const struct snapshot *a, const struct snapshot *b)
{
	if (a->files.len != b->files.len)
		return false;
	for (size_t i = 0; i < a->files.len; i++) {
		const struct stored_file *x = &a->files.at[i], *y = &b->files.at[i];
		if (x->len != y->len || strcmp(x->path, y->path) != 0 ||
		    memcmp(x->bytes, y->bytes, x->len) != 0)
			return false;
	}
	return true;
}
