/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/organizations.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/writ/ledger_access.h"
#include "cmd/writ/members.h"
#include "cmd/writ/organization_options.h"
#include "cmd/writ/organization_results.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/streaming.h"
#include "core/util/compare.h"
#include "core/util/terminal.h"

/* ---- the worst of them ---- */

/* The exit statuses in the order in which a person has to know of them, the last one first. Half
 * done is worse than not done, and that is worse than done but for something that waits. */
static const int by_urgency[] = {EXIT_DONE,   EXIT_CHANGES, EXIT_MANUAL,  EXIT_RECORD,
				 EXIT_GUARD,  EXIT_USAGE,   EXIT_LOCKED,  EXIT_REFUSED,
				 EXIT_DENIED, EXIT_ERROR,   EXIT_PARTIAL, EXIT_SIGNAL};

static size_t urgency(int status)
{
	size_t i = 0, last = sizeof(by_urgency) / sizeof(*by_urgency) - 1;
	while (i < last && by_urgency[i] != status)
		i++;
	return i;
}

static int worse_status(int a, int b)
{
	return urgency(b) > urgency(a) ? b : a;
}

/* ---- consent ---- */

/* Reads one line from the terminal; false when a signal comes first. */
static char read_answer(int signals)
{
	char line[16];
	struct pollfd files[] = {{.fd = STDIN_FILENO, .events = POLLIN},
				 {.fd = signals, .events = POLLIN}};
	while (poll(files, 2, -1) < 0 && errno == EINTR)
		;
	if (files[1].revents)
		return MEMBER_NO;
	ssize_t len = read(STDIN_FILENO, line, sizeof(line));
	return len == 4 && !memcmp(line, "yes\n", 4) ? MEMBER_YES : MEMBER_NO;
}

/* The question names what is consented to and what is not among it: nobody consents to what was not
 * shown. */
static void add_question(struct str *out, const struct member_vec *members)
{
	size_t asking = 0;
	for (size_t i = 0; i < members->len; i++) {
		const struct member *m = &members->at[i];
		size_t len;
		const char *summary = member_read(m->files.summary, out->arena, &len);
		if (m->state == MEMBER_ASKS)
			str_printf(out, "%s: %s\n", m->name, summary);
		else if (m->status != EXIT_DONE)
			str_printf(out, "%s: exit status %d, and not among these\n", m->name,
				   m->status);
		asking += m->state == MEMBER_ASKS;
	}
	str_printf(out, "Only \"yes\" is taken for consent. Apply %zu plan%s? ", asking,
		   asking == 1 ? "" : "s");
}

static char ask_person(void *context, const struct member_vec *members, int signals)
{
	ARENA a = {0};
	const struct result_screen *screen = context;
	struct str question = STR(&a);
	if (!isatty(STDIN_FILENO))
		return MEMBER_NOBODY;
	add_question(&question, members);
	terminal_write(stderr, str_text(&question), question.len);
	for (size_t i = 0; i < members->len; i++)
		screen->told[i].named[0] = screen->told[i].named[1] = false;
	return read_answer(signals);
}

/* ---- all of them ---- */

static void pass_lines(void *context UNUSED, const char *lines, size_t len)
{
	stream_pass(lines, len);
}

/* Runs in a member's process: the command, as if there were this organisation alone. */
static struct error *work(struct run *run, const struct member *self, organization_function *one,
			  int *status)
{
	struct run own = {.program = run->program,
			  .command = run->command,
			  .options = options_of_member(run, self),
			  .strings = run->strings,
			  .config = run->config,
			  .configured = run->configured,
			  .loaded = run->loaded,
			  .now = run->now,
			  .member = self};
	own.report.arena = &own.arena;
	stream_take_part(self->name, self->lines);
	run->report = (struct report){.arena = &run->arena};
	struct error *error = one(&own, status);
	ledger_access_done(&own);
	*status = run_finish(&own, error, *status);
	arena_done(&own.arena);
	return NULL;
}

static void add_members(struct run *run, const struct line_vec *names, int turn,
			struct member_vec *out)
{
	size_t count = run->options.outputs.len;
	for (size_t i = 0; i < names->len; i++) {
		struct member m = {.name = names->at[i],
				   .files = {-1, -1, -1, -1, NULL},
				   .question = -1,
				   .lines = -1,
				   .line = STR(&run->arena),
				   .turn = turn};
		m.files.results = arena_alloc(&run->arena, count * sizeof(int) + 1);
		for (size_t k = 0; k < count; k++)
			m.files.results[k] = -1;
		vec_push(&run->arena, out, m);
	}
}

static struct error *conclude(struct run *run, const struct member_vec *members, int signal,
			      int *status)
{
	*status = signal ? EXIT_SIGNAL + signal : EXIT_DONE;
	for (size_t i = 0; i < members->len; i++) {
		*status = worse_status(*status, members->at[i].status);
		if (members->at[i].quiet)
			stream_end(members->at[i].name, members->at[i].status);
	}
	run->told = true;
	run->changed = !strcmp(run->command->name, "apply");
	struct error *error = results_write(run, members, *status);
	if (error && run->changed)
		error->code = ERROR_RECORD;
	if (error && urgency(*status) > urgency(exit_status_of(error->code))) {
		/* An organisation may have ended with a worse status, and then that is the
		 * command's. */
		error_print(stderr, error);
		error_free(error);
		return NULL;
	}
	return error;
}

struct error *organizations_named(struct run *run, const struct line_vec *names,
				  organization_function *one, int *status)
{
	struct member_vec members = {0};
	struct result_screen screen = {.run = run};
	struct member *self;
	int signal = 0;
	CLEANUP(close) int turn = memfd_create("turn", MFD_CLOEXEC);
	if (strstr(run->command->options,
		   " config ")) /* a mistake in the configuration is one for all members */
		TRY(load_config_that_counts(run));
	if (run->report.errors)
		return NULL;
	TRY(check_options_of_all(run, names));
	if (turn < 0)
		return error_errno(errno, "making a file in memory");
	add_members(run, names, turn, &members);
	screen.members = &members;
	screen.told = arena_zalloc(&run->arena, members.len * sizeof(*screen.told));
	const struct member_watch watch = {stream_is_open() ? pass_lines : NULL, results_show,
					   ask_person, &screen};
	struct error *error =
		members_run(&members, run->options.outputs.len, &watch, &self, &signal);
	if (!error)
		error = self ? work(run, self, one, status)
			     : conclude(run, &members, signal, status);
	members_done(&members, run->options.outputs.len);
	return error;
}

struct error *organizations_of_set(struct run *run, struct arguments paths,
				   organization_function *one, int *status)
{
	struct manifests *m = arena_zalloc(&run->arena, sizeof(*m));
	struct line_vec names = {0};
	TRY(load_set(run, paths.at, paths.count, true, m));
	if (run->report.errors)
		return NULL;
	run->loaded = m;
	if (run->options.org || m->organizations.len == 1)
		return one(run, status);
	for (size_t i = 0; i < m->organizations.len; i++)
		vec_push(&run->arena, &names, m->organizations.at[i].organizations.at[0].meta.name);
	return organizations_named(run, &names, one, status);
}

struct error *organizations_configured(struct run *run, organization_function *one, int *status)
{
	const struct options *o = &run->options;
	struct line_vec names = {0};
	if (o->org || o->live || o->base)
		return one(run, status);
	TRY(load_config(run));
	if (run->report.errors)
		return NULL;
	if (run->config.organizations.len < 2)
		return one(run, status);
	for (size_t i = 0; i < run->config.organizations.len; i++)
		vec_push(&run->arena, &names, run->config.organizations.at[i].name);
	vec_sort(&names, compare_texts);
	return organizations_named(run, &names, one, status);
}
