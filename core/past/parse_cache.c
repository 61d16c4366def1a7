/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/parse_cache.h"

#include <string.h>

#include "core/language/schema_decode.h"
#include "core/language/yaml.h"

#define MEMO_BYTES ((size_t)64 << 20) /* of text, after which all is parsed anew */

/* One document and what it says. */
struct remembered {
	unsigned char digest[SHA256_SIZE];
	const struct model *model;
};
VEC(remembered_vec, struct remembered);

struct parse_cache {
	struct arena arena;
	struct remembered_vec last; /* the documents of the last set, sorted */
	size_t bytes;
};

struct parse_cache *parse_cache_new(void)
{
	struct parse_cache *memo = xmalloc(sizeof(*memo));
	*memo = (struct parse_cache){.bytes = 0};
	return memo;
}

void parse_cache_free(struct parse_cache *memo)
{
	if (memo)
		arena_done(&memo->arena);
	free(memo);
}

static int by_digest(const void *a, const void *b)
{
	const struct remembered *x = a, *y = b;
	return memcmp(x->digest, y->digest, sizeof(x->digest));
}

static void decode(void *context, const struct node *root)
{
	schema_decode(context, root);
}

static const struct model *parse_document(const struct manifest_reader *reader,
					  struct parse_cache *memo, const char *file,
					  const char *text, size_t len)
{
	struct model *model = arena_zalloc(&memo->arena, sizeof(*model));
	struct yaml_source source = {file, text, len, 1, yaml_is_json(file)};
	struct decoder d = {.strings = reader->strings,
			    .arena = &memo->arena,
			    .lists = &memo->arena,
			    .report = reader->report,
			    .file = intern(reader->strings, file),
			    .model = model};
	yaml_read(&source, reader->report, decode, &d);
	memo->bytes += len;
	return model;
}

#define APPEND(a, from, to, list)                                                                  \
	for (size_t i_ = 0; i_ < (from)->list.len; i_++)                                           \
	vec_push(a, &(to)->list, (from)->list.at[i_])

static void append(struct arena *a, const struct model *from, struct model *to)
{
	APPEND(a, from, to, organizations);
	APPEND(a, from, to, bundles);
	APPEND(a, from, to, accounts);
	APPEND(a, from, to, roles);
	APPEND(a, from, to, products);
}

static void take_document(const struct manifest_reader *reader, struct parse_cache *memo,
			  const char *file, const char *text, size_t len,
			  struct remembered_vec *now)
{
	struct remembered r = {.model = NULL};
	sha256_of(text, len, r.digest);
	const struct remembered *known = vec_find(&memo->last, &r, by_digest);
	r.model = known ? known->model : parse_document(reader, memo, file, text, len);
	vec_push(reader->arena, now, r);
}

static void take_documents(const struct manifest_reader *reader, struct parse_cache *memo,
			   const struct stored_file *f, struct remembered_vec *now)
{
	if (!yaml_check_start(f->path, f->bytes, f->len, reader->report))
		return;
	for (size_t at = 0, end; at < f->len; at = end) {
		end = yaml_is_json(f->path) ? f->len : yaml_next_document(f->bytes, f->len, at);
		take_document(reader, memo, f->path, f->bytes + at, end - at, now);
	}
}

static void forget(struct parse_cache *memo)
{
	arena_done(&memo->arena);
	*memo = (struct parse_cache){.bytes = 0};
}

bool parse_cache_parse(struct parse_cache *memo, const struct manifest_reader *reader,
		       const struct stored_file_vec *files, struct model *out)
{
	struct report report = {.arena = reader->arena};
	struct manifest_reader quiet = *reader;
	struct remembered_vec now = {0};
	quiet.report = &report;
	if (memo->bytes > MEMO_BYTES)
		forget(memo);
	for (size_t i = 0; i < files->len; i++)
		take_documents(&quiet, memo, &files->at[i], &now);
	for (size_t i = 0; i < now.len; i++)
		append(reader->arena, now.at[i].model, out);
	vec_sort(&now, by_digest);
	memo->last.len = 0;
	for (size_t i = 0; i < now.len; i++)
		vec_push(&memo->arena, &memo->last, now.at[i]);
	if (report.items.len)
		forget(memo); /* what has findings is not remembered */
	return report.items.len == 0;
}
