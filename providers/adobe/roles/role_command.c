/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/roles/role_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "core/util/child.h"
#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/log.h"
#include "core/util/reply.h"
#include "core/util/text_escape.h"

#define MESSAGE_MAX 200 /* bytes shown of what a program says */

/* ---- texts ---- */

static void add_member(struct str *out, const char *key, const char *text)
{
	if (out->at[out->len - 1] != '{')
		str_add(out, ", ");
	json_add_key(out, key);
	json_add_text(out, text);
}

static void open_member(struct str *out, const char *key)
{
	str_add(out, ", ");
	json_add_key(out, key);
	str_addc(out, '{');
}

void role_command_request(const struct role_command *w, const struct change *c, const char *email,
			  size_t id, struct str *out)
{
	const struct entitlement *e = c->entitlement;
	str_addc(out, '{');
	add_member(out, "format_version", "1.0");
	add_member(out, "id", arena_printf(out->arena, "%zu", id));
	add_member(out, "action", c->action == ACTION_CREATE ? "grant" : "revoke");
	open_member(out, "organization");
	add_member(out, "name", w->organization);
	add_member(out, "orgId", w->org_id);
	str_addc(out, '}');
	open_member(out, "principal");
	add_member(out, "kind", principal_kind_name(c->principal->kind));
	add_member(out, "name", c->principal->name);
	add_member(out, "email", email);
	str_addc(out, '}');
	open_member(out, "entitlement");
	add_member(out, "kind", "role");
	add_member(out, "role", role_table[e->role].name);
	add_member(out, "product", e->product);
	add_member(out, "profile", e->profile);
	add_member(out, "group", e->group);
	str_add(out, "}}");
}

static const char *shown(struct arena *a, const char *text)
{
	struct str out = STR(a);
	text_escape(&out, text, strlen(text), MESSAGE_MAX);
	return str_text(&out);
}

static struct outcome unknown(const char *why)
{
	return (struct outcome){OUTCOME_UNKNOWN, why};
}

/* *valid is true when the program itself named the outcome. */
static struct outcome read_answer(const struct reply *answer, size_t id, struct arena *a,
				  bool *valid)
{
	static const struct {
		const char *word;
		enum outcome_class class;
	} rows[] = {{"applied", OUTCOME_APPLIED},
		    {"refused", OUTCOME_REFUSED},
		    {"unknown", OUTCOME_UNKNOWN}};
	const char *own = reply_id(answer, "id", a), *word = reply_text(answer, "outcome");
	const char *message = reply_text(answer, "message");
	if (!own)
		own = reply_text(answer, "id");
	if (!own || strcmp(own, arena_printf(a, "%zu", id)) != 0)
		return unknown("the role writer answered something else");
	for (size_t i = 0; word && i < sizeof(rows) / sizeof(*rows); i++) {
		*valid = !strcmp(word, rows[i].word);
		if (*valid)
			return (struct outcome){rows[i].class, message ? shown(a, message) : NULL};
	}
	return unknown("the role writer's answer has no outcome");
}

struct outcome role_command_understand(const char *line, size_t len, size_t id, struct arena *a,
				       bool *out_valid)
{
	const char *why = NULL;
	struct reply *answer = reply_parse(line, len, &why);
	*out_valid = false;
	if (!answer)
		return unknown(arena_printf(a, "the role writer's answer is no JSON: %s", why));
	struct outcome outcome = read_answer(answer, id, a, out_valid);
	reply_free(answer);
	return outcome;
}

/* ---- the program ---- */

struct talk {
	int to, from; /* this end of the program's input and output, both not blocking */
	pid_t child;
	int64_t deadline;
	char *line; /* WRITER_LINE_MAX bytes */
	size_t len; /* bytes of `line` that are filled */
};

/* Waits until the descriptor is ready or the deadline is there. */
static bool is_ready(int fd, short events, int64_t deadline)
{
	struct pollfd wait = {.fd = fd, .events = events};
	for (;;) {
		int64_t left = deadline - clock_steady_ms();
		int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;
		if (ready >= 0 || errno != EINTR)
			return ready > 0;
	}
}

/* Writes a request. Returns what is wrong, or NULL; *sent is true as soon as one byte went out. */
static const char *say(struct talk *t, const char *text, size_t len, bool *sent)
{
	while (len > 0) {
		if (!is_ready(t->to, POLLOUT, t->deadline))
			return "the role writer did not take the request in time";
		ssize_t put = write(t->to, text, len);
		if (put < 0 && errno != EINTR && errno != EAGAIN)
			return "the role writer took no request";
		text += put > 0 ? put : 0;
		len -= put > 0 ? (size_t)put : 0;
		*sent |= put > 0;
	}
	return NULL;
}

/* Reads up to a newline, whose offset is *end. Returns what is wrong, or NULL. */
static const char *listen(struct talk *t, size_t *end)
{
	for (;;) {
		const char *newline = memchr(t->line, '\n', t->len);
		if (newline) {
			*end = (size_t)(newline - t->line);
			return NULL;
		}
		if (t->len == WRITER_LINE_MAX)
			return "the role writer's answer is too long";
		if (!is_ready(t->from, POLLIN, t->deadline))
			return "the role writer did not answer in time";
		ssize_t got = read(t->from, t->line + t->len, WRITER_LINE_MAX - t->len);
		if (got == 0)
			return "the role writer ended without an answer";
		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return "the role writer's answer cannot be read";
		t->len += got > 0 ? (size_t)got : 0;
	}
}

/* Sends one request and reads its answer. False when the program cannot be used any more. */
static bool exchange(struct talk *t, struct arena *a, const char *request, size_t len, size_t id,
		     struct outcome *out)
{
	bool sent = false;
	size_t end = 0;
	const char *wrong = say(t, request, len, &sent);
	if (wrong) {
		*out = (struct outcome){sent ? OUTCOME_UNKNOWN : OUTCOME_NOT_SENT, wrong};
		return false;
	}
	wrong = listen(t, &end);
	if (wrong) {
		*out = unknown(wrong);
		return false;
	}
	bool valid;
	*out = role_command_understand(t->line, end, id, a, &valid);
	t->len -= end + 1;
	memmove(t->line, t->line + end + 1, t->len);
	if (t->len == 0 || !valid)
		return valid;
	*out = unknown("the role writer answered more than it was asked");
	return false;
}

/* Makes a pipe whose end in this process does not block; the program's end does, as programs
 * expect. */
static bool make_pipe(int ends[2], int ours)
{
	if (pipe2(ends, O_CLOEXEC))
		return false;
	fcntl(ends[ours], F_SETFL, O_NONBLOCK);
	return true;
}

static int start(const struct role_command *w, struct talk *t)
{
	int input[2], output[2];
	if (!make_pipe(input, 1))
		return errno;
	if (!make_pipe(output, 0)) {
		int failed = errno;
		close(input[0]);
		close(input[1]);
		return failed;
	}
	int failed = child_start(w->argv, NULL, input[0], output[1], &t->child);
	close(input[0]);
	close(output[1]);
	t->to = input[1];
	t->from = output[0];
	if (failed) {
		close(t->to);
		close(t->from);
	}
	return failed;
}

static void finish(const struct role_command *w, struct talk *t, unsigned wait_ms, bool good)
{
	close(t->to);
	close(t->from);
	const char *wrong = child_end(t->child, clock_steady_ms() + wait_ms,
				      good ? NULL : "was ended: its answers were of no use");
	if (wrong)
		log_note("the role writer %s %s", w->argv[0], wrong);
}

/* Whether another request may be sent. */
static bool may_begin(const struct role_command *w, struct outcome *out)
{
	if (provider_ask_leave(w->leave))
		return true;
	out->message = "it was not begun, for the run may send nothing more";
	return false;
}

void role_command_run(const struct role_command *w, struct arena *a,
		      const struct change *const *changes, const char *const *emails, size_t len,
		      struct outcome *outcomes)
{
	unsigned wait_ms = w->answer_ms ? w->answer_ms : ROLE_COMMAND_ANSWER_MS;
	struct talk t = {.line = arena_alloc(a, WRITER_LINE_MAX)};
	int failed = start(w, &t);
	bool good = !failed;
	const char *why = failed ? arena_printf(a, "the role writer %s cannot be started: %s",
						w->argv[0], strerrordesc_np(failed))
				 : "the role writer failed before";
	for (size_t i = 0; i < len; i++) {
		outcomes[i] = (struct outcome){OUTCOME_NOT_SENT, why};
		if (!good || !may_begin(w, &outcomes[i]))
			continue;
		struct str request = STR(a);
		role_command_request(w, changes[i], emails[i], i + 1, &request);
		str_addc(&request, '\n');
		t.deadline = clock_steady_ms() + wait_ms;
		good = exchange(&t, a, request.at, request.len, i + 1, &outcomes[i]);
	}
	if (!failed)
		finish(w, &t, wait_ms, good);
}
