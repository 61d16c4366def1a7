/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/parallel_parse.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "core/language/foreign.h"
#include "core/language/schema_decode.h"
#include "core/language/yaml.h"
#include "core/util/cleanup.h"
#include "core/util/file.h"
#include "core/util/manifest_walk.h"

#define PIECE_BYTES ((size_t)512 << 10) /* enough work to be worth a thread's attention */
#define READ_BYTES ((size_t)64 << 10)	/* to look for a boundary in, behind that */
#define THREADS_MAX 64

/* Some documents of one input, and what became of them. */
struct parse_share {
	struct yaml_source source;
	const char *below;
	struct model model; /* until it is joined */
	struct arena lists; /* of the model, while it waits for the pieces before it */
	bool is_parsed;
	struct report report;
};

struct buffer {
	char *at;
	size_t len, cap;
};

/* The inputs, as one stream of pieces. */
struct stream {
	const struct manifest_reader *reader;
	const struct piece_input_vec *inputs;
	struct sha256 *digest;
	struct model *out;
	pthread_mutex_t lock; /* of it and all that follows, and of the reader's arena and report */
	size_t joined;	      /* pieces that are in the model */
	struct arena spare;   /* for the lists of a worker whose last ones wait */
	size_t next;	      /* the input behind the current one */
	bool is_open;	      /* the current one */
	int fd;		      /* of it; -1: a text */
	bool judging;	      /* whether it is a manifest: nothing is hashed yet */
	size_t size;	      /* of it */
	size_t left;	      /* of its bytes, not read yet */
	struct blob *blob;    /* of what was read of it; NULL: nobody asks */
	uint32_t line;	      /* of it, where the next piece begins */
	struct buffer rest;   /* of it, read behind the last piece */
	struct arena arena;
	VEC(, struct parse_share *) pieces;
	size_t pieces_expected;
};

struct worker {
	struct stream *stream;
	struct buffer text;
	struct arena arena; /* what its documents hold, and its findings */
	struct arena lists; /* of the model of the piece at hand */
	pthread_t thread;
};

/* ---- reading ---- */

static void reserve(struct buffer *b, size_t more)
{
	size_t need = b->len + more + 1; /* a NUL behind the text */
	if (need <= b->cap)
		return;
	b->cap = need < b->cap * 2 ? b->cap * 2 : need;
	b->at = xrealloc(b->at, b->cap);
}

static void append(struct buffer *b, const char *bytes, size_t len)
{
	reserve(b, len);
	if (len)
		memcpy(b->at + b->len, bytes, len);
	b->len += len;
}

static const struct piece_input *current(const struct stream *s)
{
	return &s->inputs->at[s->next - 1];
}

static struct error *changed(const struct stream *s)
{
	return error_at(ERROR_SYSTEM, (struct location){current(s)->file, 1, 1},
			"changed while it was read");
}

static void hash_name(struct stream *s)
{
	sha256_add_text(s->digest, current(s)->below ? current(s)->below : "");
	sha256_add(s->digest, &s->size, sizeof(s->size));
}

static struct error *open_input(struct stream *s)
{
	const struct piece_input *in = &s->inputs->at[s->next++];
	s->line = 1;
	s->left = in->len;
	if (in->found)
		TRY(manifest_walk_open(in->found, MANIFEST_FILE_MAX, &s->fd, &s->left));
	s->is_open = true;
	if (in->found && s->left != in->found->size)
		return changed(s);
	s->size = s->left;
	s->judging = in->maybe;
	if (s->digest && !s->judging)
		hash_name(s);
	if (in->found && s->reader->read)
		s->blob = blob_new(s->left);
	return NULL;
}

/* Git's id of a file that was read; of half a file nothing must be said. */
static void note_id(struct stream *s)
{
	char id[BLOB_ID];
	blob_end(s->blob, id);
	s->blob = NULL;
	if (s->left == 0)
		vec_push(s->reader->arena, s->reader->read,
			 (struct stored_file){.path = current(s)->file,
					      .id = arena_strdup(s->reader->arena, id)});
}

static void close_input(struct stream *s)
{
	if (s->blob)
		note_id(s);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->is_open = false;
	s->rest.len = 0;
}

/* A file must stay as long as it was: some of it may have been parsed by now. */
static struct error *read_file(struct stream *s, struct buffer *b, size_t most, size_t *more)
{
	reserve(b, most);
	TRY(file_read_some(s->fd, current(s)->file, b->at + b->len, most, more));
	if (*more > s->left || (*more == 0 && s->left > 0))
		return changed(s);
	b->len += *more;
	return NULL;
}

/* Sets *more to 0 at the end. */
static struct error *read_some(struct stream *s, struct buffer *b, size_t most, size_t *more)
{
	const struct piece_input *in = current(s);
	if (s->fd >= 0) {
		TRY(read_file(s, b, s->left < most ? s->left + 1 : most, more));
	} else {
		*more = s->left < most ? s->left : most;
		append(b, in->text + (in->len - s->left), *more);
	}
	s->left -= *more;
	if (s->digest && !s->judging)
		sha256_add(s->digest, b->at + b->len - *more, *more);
	if (s->blob)
		blob_add(s->blob, b->at + b->len - *more, *more);
	return NULL;
}

/* Where a document begins behind *searched, its whole marker read; 0: not in this text, which need
 * not be searched again. */
static size_t find_cut(const struct buffer *b, size_t *searched)
{
	size_t cut = yaml_next_document(b->at, b->len, *searched);
	if (cut + sizeof("---") <= b->len)
		return cut;
	const char *last = memrchr(b->at + *searched, '\n', b->len - *searched);
	*searched = last ? (size_t)(last - b->at) : *searched;
	return 0;
}

/* Reads whole documents up to the first end of one behind PIECE_BYTES, or to the end; what comes
 * behind stays for the next piece. JSON is one document. */
static struct error *fill(struct stream *s, struct buffer *b)
{
	bool whole = yaml_is_json(current(s)->file);
	size_t searched = PIECE_BYTES, more = 1, cut = 0;
	b->len = 0;
	append(b, s->rest.at, s->rest.len);
	s->rest.len = 0;
	while (more && !cut) {
		size_t lacking = b->len < PIECE_BYTES ? PIECE_BYTES - b->len : 0;
		TRY(read_some(s, b, lacking + READ_BYTES, &more));
		if (b->len > PIECE_BYTES && !whole)
			cut = find_cut(b, &searched);
	}
	if (cut) {
		append(&s->rest, b->at + cut, b->len - cut);
		b->len = cut;
	}
	b->at[b->len] = '\0';
	return NULL;
}

static struct parse_share *new_piece(struct stream *s, const struct buffer *text)
{
	struct parse_share *p = arena_zalloc(&s->arena, sizeof(*p));
	const char *file = current(s)->file;
	p->source = (struct yaml_source){.file = file,
					 .text = text->at,
					 .len = text->len,
					 .first_line = s->line,
					 .json = yaml_is_json(file),
					 .blemished = true};
	p->below = current(s)->below;
	vec_push(&s->arena, &s->pieces, p);
	s->line += yaml_count_lines(text->at, text->len);
	return p;
}

/* An error about one file is a finding like any other. */
static void report_error(struct stream *s, struct error *error)
{
	report_add(s->reader->report, SEVERITY_ERROR,
		   error->code == ERROR_INPUT ? "E0103" : "E0101",
		   (struct location){current(s)->file, 1, 1}, 0, NULL, "%s", error->message);
	error_free(error);
}

/* Reads the whole file behind its first piece, which did not tell. */
static struct error *read_whole(struct stream *s, struct buffer *text)
{
	append(text, s->rest.at, s->rest.len);
	s->rest.len = 0;
	for (size_t more = 1; more;)
		TRY(read_some(s, text, READ_BYTES, &more));
	text->at[text->len] = '\0';
	return NULL;
}

/* What is reported at 1:1 instead of being parsed. */
static const struct {
	const char *id, *what, *expected;
} broken[] = {
	[FOREIGN_CONFLICT] = {"E0108", "marks of a merge that is not done", "resolve the conflict"},
	[FOREIGN_POINTER] = {"E0109", "a pointer of git LFS, not what it points to",
			     "fetch the file"},
	[FOREIGN_BINARY] = {"E0202", "bytes that are no UTF-8", "expected UTF-8 text"},
};

static void report_broken(struct stream *s, enum foreign judged)
{
	report_add(s->reader->report, SEVERITY_ERROR, broken[judged].id,
		   (struct location){current(s)->file, 1, 1}, 0, broken[judged].expected, "%s",
		   broken[judged].what);
}

/* Sets *good to whether the text is parsed: of what was found below a folder, manifests alone. */
static struct error *judge(struct stream *s, struct buffer *text, bool *good)
{
	enum foreign judged = FOREIGN_NOT;
	if (foreign_has_conflict(text->at, text->len))
		judged = FOREIGN_CONFLICT;
	else if (s->line == 1 && foreign_is_pointer(text->at, text->len))
		judged = FOREIGN_POINTER;
	else if (s->judging && !foreign_has_version(text->at, text->len)) {
		TRY(read_whole(s, text));
		judged = foreign_judge(text->at, text->len);
	}
	if (judged == FOREIGN_OTHER && s->reader->left_out)
		vec_push(s->reader->arena, s->reader->left_out,
			 (struct left_out){current(s)->file, foreign_other});
	else if (judged >= FOREIGN_CONFLICT)
		report_broken(s, judged);
	*good = judged == FOREIGN_NOT;
	if (*good && s->judging && s->digest) {
		hash_name(s);
		sha256_add(s->digest, text->at, text->len);
		sha256_add(s->digest, s->rest.at, s->rest.len);
	}
	s->judging = s->judging && !*good;
	return NULL;
}

/* The next piece of the open input; NULL when there is none. */
static struct parse_share *read_piece(struct stream *s, struct buffer *text)
{
	struct error *error = s->is_open ? NULL : open_input(s);
	bool good = false;
	if (!error)
		error = fill(s, text);
	if (!error)
		error = judge(s, text, &good);
	good = good && text->len > 0 &&
	       (s->line > 1 ||
		yaml_check_start(current(s)->file, text->at, text->len, s->reader->report));
	if (error)
		report_error(s, error);
	if (!good)
		close_input(s);
	return good ? new_piece(s, text) : NULL;
}

/* ---- joining ---- */

/* The first piece that has some is taken as a sample of all, for a list that does not move while it
 * grows. */
#define APPEND(s, m, list)                                                                         \
	do {                                                                                       \
		size_t len_ = (s)->out->list.len;                                                  \
		size_t like_it_ = len_ ? 1 : (s)->pieces_expected;                                 \
		vec_reserve((s)->reader->arena, &(s)->out->list, len_ + (m)->list.len * like_it_); \
		if ((m)->list.len)                                                                 \
			memcpy((s)->out->list.at + len_, (m)->list.at,                             \
			       (m)->list.len * sizeof(*(m)->list.at));                             \
		(s)->out->list.len += (m)->list.len;                                               \
	} while (0)

static void append_model(struct stream *s, const struct model *m)
{
	APPEND(s, m, organizations);
	APPEND(s, m, bundles);
	APPEND(s, m, accounts);
	APPEND(s, m, roles);
	APPEND(s, m, products);
	APPEND(s, m, drifts);
	s->out->dropped |= m->dropped;
}

/* Its memory is the next one's that must wait. */
static void append_waiting(struct stream *s, struct parse_share *p)
{
	append_model(s, &p->model);
	arena_done(&s->spare);
	arena_reset(&p->lists);
	s->spare = p->lists;
}

/* A parsed piece is joined when all before it are, most often at once: its lists are in the
 * processor's cache then, and the worker's next piece has their memory. */
static void join(struct worker *w, struct parse_share *parsed)
{
	struct stream *s = w->stream;
	parsed->is_parsed = true;
	if (s->pieces.at[s->joined] != parsed) {
		parsed->lists = w->lists;
		w->lists = s->spare;
		s->spare = (struct arena){0};
		return;
	}
	append_model(s, &parsed->model);
	arena_reset(&w->lists);
	while (++s->joined < s->pieces.len && s->pieces.at[s->joined]->is_parsed)
		append_waiting(s, s->pieces.at[s->joined]);
}

/* Joins the last one, NULL at the start, and gives the next; NULL: there is none. */
static struct parse_share *next_piece(struct worker *w, struct parse_share *last)
{
	struct stream *s = w->stream;
	struct parse_share *p = NULL;
	pthread_mutex_lock(&s->lock);
	if (last)
		join(w, last);
	while (!p && (s->is_open || s->next < s->inputs->len))
		p = read_piece(s, &w->text);
	pthread_mutex_unlock(&s->lock);
	return p;
}

/* ---- parsing ---- */

static void decode(void *context, const struct node *root)
{
	schema_decode(context, root);
}

static void *work(void *argument)
{
	struct worker *w = argument;
	struct stream *s = w->stream;
	assert(s);
	struct intern_recent recent = {0};
	for (struct parse_share *p = NULL; (p = next_piece(w, p));) {
		p->report.arena = &w->arena;
		struct decoder d = {.strings = s->reader->strings,
				    .recent = &recent,
				    .arena = &w->arena,
				    .lists = &w->lists,
				    .report = &p->report,
				    .file = p->source.file,
				    .below = p->below,
				    .model = &p->model};
		yaml_read(&p->source, &p->report, decode, &d);
	}
	arena_done(&w->lists);
	free(w->text.at);
	return NULL;
}

static size_t size_of(const struct piece_input *in)
{
	return in->found ? in->found->size : in->len;
}

static size_t count_pieces(const struct piece_input_vec *inputs)
{
	size_t bytes = 0;
	for (size_t i = 0; i < inputs->len; i++)
		bytes += size_of(&inputs->at[i]);
	return 1 + bytes / PIECE_BYTES;
}

/* One for each core, but none that would find nothing to do. */
static size_t thread_count(size_t pieces)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t most = cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : (size_t)cores;
	return pieces < most ? pieces : most;
}

/* This thread is the first of the workers, and does it all when no other can be started. */
static void run_workers(struct worker *workers, size_t count)
{
	bool started[THREADS_MAX] = {0};
	for (size_t i = 1; i < count; i++)
		started[i] = !pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	work(&workers[0]);
	for (size_t i = 1; i < count; i++) {
		if (started[i])
			pthread_join(workers[i].thread, NULL);
	}
}

/* What the pieces found, in their order. */
static void collect(struct stream *s, struct worker *workers, size_t count)
{
	for (size_t i = 0; i < s->pieces.len; i++)
		report_join(s->reader->report, &s->pieces.at[i]->report);
	for (size_t i = 0; i < count; i++)
		arena_join(s->reader->arena, &workers[i].arena);
}

void parallel_parse(const struct manifest_reader *reader, const struct piece_input_vec *inputs,
		    struct sha256 *digest, struct model *out)
{
	struct worker workers[THREADS_MAX] = {0};
	struct stream s = {.lock = PTHREAD_MUTEX_INITIALIZER,
			   .reader = reader,
			   .inputs = inputs,
			   .digest = digest,
			   .out = out,
			   .pieces_expected = count_pieces(inputs),
			   .fd = -1};
	size_t count = thread_count(s.pieces_expected);
	for (size_t i = 0; i < count; i++)
		workers[i].stream = &s;
	run_workers(workers, count);
	collect(&s, workers, count);
	free(s.rest.at);
	arena_done(&s.spare);
	arena_done(&s.arena);
	pthread_mutex_destroy(&s.lock);
}
