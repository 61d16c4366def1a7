/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/organization_results.h"

#include <string.h>

#include "cmd/writ/organization_tables.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/reviewing.h"
#include "core/render/review_organizations.h"
#include "core/render/review_pack.h"
#include "core/util/terminal.h"

/* ---- while they work ---- */

/* What a member's file has behind the first *told bytes, in `a`; moves *told to its end. */
static struct json_span news(int file, size_t *told, struct arena *a)
{
	size_t len;
	const char *text = member_read(file, a, &len);
	struct json_span fresh = {text + *told, len - *told};
	*told = len;
	return fresh;
}

static void put(FILE *to, const char *name, bool *named, struct json_span text)
{
	if (text.len == 0)
		return;
	if (!*named && to == stderr)
		fprintf(to, "writ: organisation %s:\n", name);
	else if (!*named)
		fprintf(to, "Organisation %s\n\n", name);
	*named = true;
	terminal_write(to, text.at, text.len);
}

static bool is_shown(const struct output *o)
{
	return !o->file && o->format == FORMAT_TEXT;
}

void results_show(void *context, const struct member *m)
{
	const struct result_screen *s = context;
	const struct output_vec *outputs = &s->run->options.outputs;
	struct shown_words *told = &s->told[m - s->members->at];
	ARENA a = {0};
	bool shown = false;
	put(stderr, m->name, &told->named[1], news(m->files.errors, &told->errors, &a));
	for (size_t i = 0; i < outputs->len && !shown; i++) {
		shown = is_shown(&outputs->at[i]);
		if (shown)
			put(stdout, m->name, &told->named[0],
			    news(m->files.results[i], &told->text, &a));
	}
	put(stdout, m->name, &told->named[0], news(m->files.out, &told->out, &a));
	if (m->state == MEMBER_ENDED && told->named[0])
		putchar('\n');
	fflush(stdout);
}

/* ---- when all have ended ---- */

static const char *word_of(int status)
{
	static const struct {
		int status;
		const char *word;
	} words[] = {{EXIT_DONE, "done"},
		     {EXIT_ERROR, "error"},
		     {EXIT_CHANGES, "changes"},
		     {EXIT_REFUSED, "refused"},
		     {EXIT_GUARD, "guard"},
		     {EXIT_PARTIAL, "stopped part-way"},
		     {EXIT_MANUAL, "something waits"},
		     {EXIT_LOCKED, "locked"},
		     {EXIT_RECORD, "not recorded"},
		     {EXIT_DENIED, "denied"},
		     {EXIT_USAGE, "usage"}};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (words[i].status == status)
			return words[i].word;
	}
	return "signal";
}

static struct json_span document(int file, struct arena *a)
{
	size_t none = 0;
	struct json_span text = news(file, &none, a);
	return text.len ? text : (struct json_span){0};
}

/* The summary of a member that was killed: what it said last, and that nobody knows the rest. */
static const char *cut_short(struct run *run, const struct member *m, const char *said)
{
	bool changes = !strcmp(run->command->name, "apply");
	return arena_printf(&run->arena, "killed by signal %d%s%s; %s", m->status - EXIT_SIGNAL,
			    said ? "; it said last: " : "", said ? said : "",
			    changes ? "what it sent is on record, and the next apply of it, or "
				      "apply --resume, looks what came of it"
				    : "what it would have told is not known");
}

/* Whether a member's output can be shown: of one that was killed only text, which shows where it
 * ends, while half a document would be taken for all of it. */
static bool is_whole(const struct run *run, const struct member *m, size_t number)
{
	return !m->cut || run->options.outputs.at[number].format == FORMAT_TEXT;
}

/* The place of the Organization document in the set. */
static struct location place_of(struct run *run, const char *name)
{
	const struct manifests *set = run->loaded;
	for (size_t i = 0; set && i < set->organizations.len; i++) {
		const struct organization *o = &set->organizations.at[i].organizations.at[0];
		if (!strcmp(o->meta.name, name))
			return (struct location){review_file(&run->arena, o->at.file), o->at.line,
						 o->at.column};
	}
	return (struct location){0};
}

/* The results of all members, each with its part of the output of this number. */
static void collect(struct run *run, const struct member_vec *members, size_t number,
		    struct organization_result_vec *out)
{
	for (size_t i = 0; i < members->len; i++) {
		const struct member *m = &members->at[i];
		struct json_span said = document(m->files.summary, &run->arena);
		struct organization_result r = {
			.name = m->name,
			.at = place_of(run, m->name),
			.status = m->status,
			.word = word_of(m->status),
			.summary = m->cut ? cut_short(run, m, said.at) : said.at,
			.cut = m->cut,
			.result = is_whole(run, m, number)
					  ? document(m->files.results[number], &run->arena)
					  : (struct json_span){0},
			.diagnostics = document(m->files.findings, &run->arena)};
		vec_push(&run->arena, out, r);
	}
}

static void add_text(struct str *out, const struct organization_result_vec *all, bool whole,
		     int status)
{
	for (size_t i = 0; i < all->len && whole; i++) {
		const struct organization_result *r = &all->at[i];
		str_printf(out, "Organisation %s\n\n", r->name);
		if (r->result.at)
			str_addn(out, r->result.at, r->result.len);
		str_addc(out, '\n');
	}
	render_organizations_text(out, all, status);
}

/* ---- reviews ---- */

static void unpack(struct run *run, const struct member *m, size_t number, struct review_vec *out)
{
	struct json_span packed = document(m->files.results[number], &run->arena);
	struct review r;
	while (review_unpack(&packed.at, &packed.len, &run->arena, &r))
		vec_push(&run->arena, out, r);
}

/* Writes the reviews of all members as one. Each member packed the same review for every format
 * that is made of one, so the first is taken. */
static struct error *write_joined(struct run *run, const struct member_vec *members, int status)
{
	const struct output_vec *outputs = &run->options.outputs;
	struct review_vec *reviews = arena_zalloc(&run->arena, members->len * sizeof(*reviews) + 1);
	struct organization_result_vec all = {0};
	struct review joined;
	size_t number = 0;
	while (number < outputs->len && !command_reviews(run->command, outputs->at[number].format))
		number++;
	if (number == outputs->len)
		return NULL;
	collect(run, members, number, &all);
	for (size_t i = 0; i < members->len; i++)
		unpack(run, &members->at[i], number, &reviews[i]);
	review_of_organizations(&joined, &run->arena, run->command->name, &all, reviews, status);
	return write_reviews(run, &joined);
}

static struct error *write_result(struct run *run, const struct member_vec *members, size_t number,
				  int status)
{
	struct output output = run->options.outputs.at[number];
	struct organization_result_vec all = {0};
	struct str out = STR(&run->arena);
	collect(run, members, number, &all);
	if (output.format != FORMAT_JSON && output.format != FORMAT_TEXT)
		return tables_write(run, &output, &all);
	if (output.format == FORMAT_JSON)
		render_organizations_json(&out, run->command->name, &all, status);
	else
		add_text(&out, &all, !is_shown(&output), status);
	output.secret = output.format ==
			FORMAT_JSON; /* a plan in JSON is a secret to others of this machine */
	return output_write(&output, str_text(&out), out.len);
}

struct error *results_write(struct run *run, const struct member_vec *members, int status)
{
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		if (!command_reviews(run->command, run->options.outputs.at[i].format))
			TRY(write_result(run, members, i, status));
	}
	return write_joined(run, members, status);
}
