/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/members.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/util/log.h"

struct crew {
	struct member_vec *members;
	const struct member_watch *watch;
	size_t results;
	size_t shown;	/* members from the first on that ended and were shown */
	int signals;	/* a signalfd */
	sigset_t usual; /* what was blocked before */
	int stopped;	/* the last signal that was passed on; 0 */
	bool asked;	/* a question was asked; there is at most one */
	pid_t own;
};

/* ---- files in memory ---- */

static struct error *make_file(int *out)
{
	*out = memfd_create("writ", MFD_CLOEXEC);
	return *out < 0 ? error_errno(errno, "making a file in memory") : NULL;
}

static struct error *make_files(struct member *m, size_t results)
{
	TRY(make_file(&m->files.out));
	TRY(make_file(&m->files.errors));
	TRY(make_file(&m->files.findings));
	TRY(make_file(&m->files.summary));
	for (size_t i = 0; i < results; i++)
		TRY(make_file(&m->files.results[i]));
	return NULL;
}

const char *member_read(int file, struct arena *a, size_t *len)
{
	struct stat st;
	size_t size = file < 0 || fstat(file, &st) || st.st_size < 0 ? 0 : (size_t)st.st_size;
	char *text = arena_alloc(a, size + 1);
	*len = 0;
	while (*len < size) {
		ssize_t more = pread(file, text + *len, size - *len, (off_t)*len);
		if (more <= 0)
			break;
		*len += (size_t)more;
	}
	text[*len] = '\0';
	return text;
}

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void members_done(struct member_vec *members, size_t results)
{
	for (size_t i = 0; i < members->len; i++) {
		struct member *m = &members->at[i];
		close_file(&m->files.out);
		close_file(&m->files.errors);
		close_file(&m->files.findings);
		close_file(&m->files.summary);
		for (size_t k = 0; k < results; k++)
			close_file(&m->files.results[k]);
		close_file(&m->question);
		close_file(&m->lines);
	}
}

/* ---- in a member ---- */

static bool take_places(const struct member *m)
{
	int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
	bool good = empty >= 0 && dup2(empty, STDIN_FILENO) >= 0 &&
		    dup2(m->files.out, STDOUT_FILENO) >= 0 &&
		    dup2(m->files.errors, STDERR_FILENO) >= 0;
	if (empty > STDERR_FILENO)
		close(empty);
	return good;
}

/* Closes this process's ends of the other members' pipes: while they are open here, the others
 * cannot see an end. */
static void close_lines(const struct crew *c, const struct member *self)
{
	for (size_t i = 0; i < c->members->len; i++) {
		if (&c->members->at[i] == self)
			continue;
		close_file(&c->members->at[i].question);
		close_file(&c->members->at[i].lines);
	}
	close(c->signals);
}

static struct error *become(struct crew *c, struct member *self, int question, int lines)
{
	close_lines(c, self);
	close_file(&self->question);
	close_file(&self->lines);
	self->question = question;
	self->lines = lines;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != c->own) /* the parent died before prctl() */
		return error_new(ERROR_SYSTEM, "the process that started this one is gone");
	setpgid(0, 0);
	sigprocmask(SIG_SETMASK, &c->usual, NULL);
	return take_places(self) ? NULL : error_errno(errno, "taking places of files");
}

void member_tell(const struct member *self, const char *summary)
{
	if (!summary || ftruncate(self->files.summary, 0))
		return;
	if (pwrite(self->files.summary, summary, strlen(summary), 0) < 0)
		log_debug("the summary could not be kept");
}

static struct error *lock(const struct member *self, short type)
{
	struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
	while (self && fcntl(self->turn, F_SETLKW, &whole)) {
		if (errno != EINTR)
			return error_errno(errno, "waiting for a turn");
	}
	return NULL;
}

struct error *member_take_turn(const struct member *self)
{
	return lock(self, F_WRLCK);
}

void member_leave_turn(const struct member *self)
{
	error_free(lock(self, F_UNLCK));
}

struct error *member_ask(const struct member *self, const char *summary)
{
	int question = self->question;
	char answer = MEMBER_NO;
	ssize_t len;
	member_tell(self, summary);
	fflush(NULL);
	if (write(question, &answer, 1) != 1)
		return error_errno(errno, "asking for consent");
	while ((len = read(question, &answer, 1)) < 0 && errno == EINTR)
		;
	if (len == 1 && answer == MEMBER_YES)
		return NULL;
	if (len == 1 && answer == MEMBER_NOBODY)
		return error_new(ERROR_USAGE,
				 "no terminal to ask on: give --auto-approve, or a saved plan");
	return error_new(ERROR_INPUT, "not approved; nothing was changed");
}

/* ---- starting, answering, stopping ---- */

static size_t count(const struct crew *c, enum member_state state)
{
	size_t n = 0;
	for (size_t i = 0; i < c->members->len; i++)
		n += c->members->at[i].state == state;
	return n;
}

static struct member *first(const struct crew *c, enum member_state state)
{
	for (size_t i = 0; i < c->members->len; i++) {
		if (c->members->at[i].state == state)
			return &c->members->at[i];
	}
	return NULL;
}

/* *out_self is set in the new process alone. */
static struct error *start(struct crew *c, struct member *m, struct member **out_self)
{
	int line[2], lines[2] = {-1, -1};
	TRY(make_files(m, c->results));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line))
		return error_errno(errno, "making a line to ask on");
	m->question = line[0];
	if (c->watch->pass && (pipe2(lines, O_CLOEXEC) || fcntl(lines[0], F_SETFL, O_NONBLOCK) < 0))
		return error_errno(errno, "making a pipe");
	m->lines = lines[0];
	m->process = fork();
	if (m->process == 0) {
		*out_self = m;
		return become(c, m, line[1], lines[1]);
	}
	close(line[1]);
	close_file(&lines[1]);
	if (m->process < 0)
		return error_errno(errno, "starting a process");
	setpgid(m->process, m->process); /* both processes do it, since either may run first */
	m->state = MEMBER_WORKS;
	return NULL;
}

static void answer(struct member *m, char word)
{
	if (send(m->question, &word, 1, MSG_NOSIGNAL) != 1)
		close_file(&m->question); /* closing it answers no */
	m->state = MEMBER_WORKS;
}

/* Chooses the next member to start: one that was approved goes first, before others begin. */
static struct error *start_some(struct crew *c, struct member **out_self)
{
	while (!c->stopped && count(c, MEMBER_WORKS) < MEMBERS_AT_ONCE) {
		struct member *m = first(c, MEMBER_APPROVED);
		if (m) {
			answer(m, MEMBER_YES);
			continue;
		}
		m = first(c, MEMBER_NEW);
		if (!m)
			return NULL;
		TRY(start(c, m, out_self));
		if (*out_self)
			return NULL;
	}
	return NULL;
}

/* Passes a signal on to the members that run; those that were not begun never will be. */
static void stop(struct crew *c, int number)
{
	c->stopped = number;
	for (size_t i = 0; i < c->members->len; i++) {
		struct member *m = &c->members->at[i];
		if (m->state == MEMBER_NEW) {
			m->state = MEMBER_ENDED;
			m->status = EXIT_SIGNAL + number;
			m->quiet = true;
		} else if (m->state != MEMBER_ENDED) {
			kill(m->process, number);
		}
	}
}

static void ask_all(struct crew *c)
{
	char word =
		c->stopped ? MEMBER_NO : c->watch->ask(c->watch->context, c->members, c->signals);
	c->asked = true;
	c->shown = 0;
	for (size_t i = 0; i < c->members->len; i++) {
		struct member *m = &c->members->at[i];
		if (m->state == MEMBER_ASKS && word == MEMBER_YES)
			m->state = MEMBER_APPROVED;
		else if (m->state == MEMBER_ASKS)
			answer(m, word);
	}
}

/* ---- what goes on ---- */

/* Passes whole lines on to standard error; the beginning of a line is kept until its end comes. */
static void pass_lines(const struct crew *c, struct member *m, const char *bytes, size_t len)
{
	const char *last = memrchr(bytes, '\n', len);
	size_t whole = last ? (size_t)(last + 1 - bytes) : 0;
	str_addn(&m->line, bytes, whole);
	if (whole) {
		c->watch->pass(c->watch->context, m->line.at, m->line.len);
		str_cut(&m->line, 0);
	}
	str_addn(&m->line, bytes + whole, len - whole);
}

/* Reads once from a member's standard error; false where nothing was left, or it was closed. */
static bool follow(const struct crew *c, struct member *m)
{
	char bytes[65536];
	ssize_t len = read(m->lines, bytes, sizeof(bytes));
	if (len > 0)
		pass_lines(c, m, bytes, (size_t)len);
	else if (len == 0)
		close_file(&m->lines);
	return len > 0;
}

/* ---- waiting ---- */

static void reap(struct crew *c)
{
	for (size_t i = 0; i < c->members->len; i++) {
		struct member *m = &c->members->at[i];
		int status;
		if (m->state == MEMBER_NEW || m->state == MEMBER_ENDED ||
		    waitpid(m->process, &status, WNOHANG) != m->process)
			continue;
		while (m->lines >= 0 && follow(c, m))
			;
		close_file(&m->lines);
		m->state = MEMBER_ENDED;
		m->status =
			WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_SIGNAL + WTERMSIG(status);
		m->cut = m->quiet = !WIFEXITED(status);
		close_file(&m->question);
	}
}

static void take_signals(struct crew *c)
{
	struct signalfd_siginfo info;
	while (read(c->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo != SIGCHLD)
			stop(c, (int)info.ssi_signo);
	}
	reap(c);
}

static void hear(struct member *m)
{
	char word;
	if (recv(m->question, &word, 1, MSG_DONTWAIT) == 1)
		m->state = MEMBER_ASKS;
	else
		close_file(&m->question); /* closing it ends the member */
}

static struct error *wait_for_some(struct crew *c, struct arena *a)
{
	VEC(, struct pollfd) files = {0};
	vec_push(a, &files, (struct pollfd){.fd = c->signals, .events = POLLIN});
	for (size_t i = 0; i < c->members->len; i++) { /* poll() skips negative descriptors */
		const struct member *m = &c->members->at[i];
		bool hears = m->state == MEMBER_WORKS;
		vec_push(a, &files, (struct pollfd){hears ? m->question : -1, POLLIN, 0});
		vec_push(a, &files, (struct pollfd){m->lines, POLLIN, 0});
	}
	if (poll(files.at, files.len, -1) < 0)
		return errno == EINTR ? NULL : error_errno(errno, "waiting for processes");
	for (size_t i = 0; i < c->members->len; i++) {
		if (files.at[2 * i + 1].revents)
			hear(&c->members->at[i]);
		if (files.at[2 * i + 2].revents)
			follow(c, &c->members->at[i]);
	}
	take_signals(c);
	return NULL;
}

/* Shows what members printed in their order: each when all before it were shown. */
static void show_some(struct crew *c)
{
	while (c->shown < c->members->len && c->members->at[c->shown].state == MEMBER_ENDED)
		c->watch->show(c->watch->context, &c->members->at[c->shown++]);
}

static void show_questions(struct crew *c)
{
	for (size_t i = c->shown; i < c->members->len; i++)
		c->watch->show(c->watch->context, &c->members->at[i]);
}

static struct error *step(struct crew *c, struct member **out_self)
{
	ARENA scratch = {0};
	TRY(start_some(c, out_self));
	if (*out_self)
		return NULL;
	show_some(c);
	if (count(c, MEMBER_ASKS) && !count(c, MEMBER_WORKS) && !count(c, MEMBER_APPROVED)) {
		show_questions(c);
		ask_all(c);
		return NULL;
	}
	return count(c, MEMBER_ENDED) < c->members->len ? wait_for_some(c, &scratch) : NULL;
}

static struct error *watch(struct crew *c, struct member **out_self)
{
	while (c->shown < c->members->len) {
		TRY(step(c, out_self));
		if (*out_self)
			return NULL;
	}
	return NULL;
}

/* Signals are read like files meanwhile; one that is ignored, as nohup has it, stays so. */
static struct error *catch_signals(struct crew *c)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction old;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (!sigaction(numbers[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaddset(&set, numbers[i]);
	}
	if (sigprocmask(SIG_BLOCK, &set, &c->usual))
		return error_errno(errno, "blocking signals");
	c->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return c->signals < 0 ? error_errno(errno, "reading signals") : NULL;
}

/* Ends the processes that still run when this one fails. */
static void end_all(struct crew *c)
{
	int status;
	for (size_t i = 0; i < c->members->len; i++) {
		struct member *m = &c->members->at[i];
		if (m->state == MEMBER_NEW || m->state == MEMBER_ENDED)
			continue;
		kill(m->process, SIGTERM);
		while (waitpid(m->process, &status, 0) < 0 && errno == EINTR)
			;
	}
}

struct error *members_run(struct member_vec *members, size_t results,
			  const struct member_watch *watch_, struct member **out_self,
			  int *out_signal)
{
	struct crew c = {.members = members,
			 .watch = watch_,
			 .results = results,
			 .signals = -1,
			 .own = getpid()};
	*out_self = NULL;
	fflush(NULL); /* else each child would print what is buffered again */
	struct error *error = catch_signals(&c);
	if (!error)
		error = watch(&c, out_self);
	if (*out_self)
		return error;
	if (error)
		end_all(&c);
	close_file(&c.signals);
	sigprocmask(SIG_SETMASK, &c.usual, NULL);
	*out_signal = c.stopped;
	return error;
}
