/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/holder.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/util/json.h"

#define STAT_MAX 4096		   /* bytes; the system's own line is under 400 */
#define PASSWD_MAX (1 << 20)	   /* bytes */
#define SEARCH_RESERVE (256 << 10) /* bytes; a configuration and the libraries that it names */
#define STARTED_FIELD 20	   /* of /proc/PID/stat, counted from the one behind the name */

/* ---- the process ---- */

static const char *first_line(struct arena *a, const char *path)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	struct error *error = file_read(path, STAT_MAX, &text, &len);
	error_free(error);
	return error ? "" : arena_strndup(a, text, strcspn(text, "\n"));
}

static const char *link_of(struct arena *a, const char *path)
{
	char text[128];
	ssize_t len = readlink(path, text, sizeof(text));
	return len > 0 ? arena_strndup(a, text, (size_t)len) : "";
}

/* State and start of a process; false when it is not there, or the system does not tell. */
static bool read_stat(int64_t pid, char *state, int64_t *started)
{
	ARENA a = {0};
	const char *line = first_line(&a, arena_printf(&a, "/proc/%lld/stat", (long long)pid));
	const char *at = strrchr(line, ')'); /* a program's name may hold anything */
	if (!at || at[1] != ' ')
		return false;
	*state = at[2];
	at += 2;
	for (int field = 1; field < STARTED_FIELD && at; field++)
		at = (at = strchr(at, ' ')) ? at + 1 : NULL;
	*started = at ? strtoll(at, NULL, 10) : 0;
	return *started > 0;
}

struct holder holder_of_this(struct arena *a, const char *actor)
{
	char host[65] = "", state;
	struct holder h = {.actor = actor,
			   .boot = first_line(a, "/proc/sys/kernel/random/boot_id"),
			   .pid_namespace = link_of(a, "/proc/self/ns/pid"),
			   .pid = getpid()};
	gethostname(host, sizeof(host) - 1);
	h.host = arena_strdup(a, host);
	if (!read_stat(h.pid, &state, &h.started))
		h.started = 0;
	return h;
}

/* No process has the number. Where others are hidden from who asks (proc(5), hidepid), they are not
 * in /proc, but a signal would still find them. */
static bool is_free(int64_t pid)
{
	return pid > 0 && pid <= INT_MAX && kill((pid_t)pid, 0) && errno == ESRCH;
}

enum presence { PRESENCE_ELSEWHERE, PRESENCE_HERE, PRESENCE_GONE, PRESENCE_HIDDEN };

static enum presence find_presence(const struct holder *h)
{
	ARENA a = {0};
	char state;
	int64_t started;
	if (!*h->boot || !*h->pid_namespace || !h->started)
		return PRESENCE_ELSEWHERE;
	struct holder here = holder_of_this(&a, NULL);
	if (!*here.boot || !*here.pid_namespace || !here.started)
		return strcmp(h->host, here.host) ? PRESENCE_ELSEWHERE : PRESENCE_HIDDEN;
	if (strcmp(h->boot, here.boot) != 0 || strcmp(h->pid_namespace, here.pid_namespace) != 0)
		return PRESENCE_ELSEWHERE;
	if (!read_stat(h->pid, &state, &started))
		return is_free(h->pid) ? PRESENCE_GONE : PRESENCE_HIDDEN;
	return started != h->started || state == 'Z' || state == 'X' ? PRESENCE_GONE
								     : PRESENCE_HERE;
}

bool holder_is_gone(const struct holder *h)
{
	return find_presence(h) == PRESENCE_GONE;
}

bool holder_is_hidden(const struct holder *h)
{
	return find_presence(h) == PRESENCE_HIDDEN;
}

/* ---- as text ---- */

void holder_add(const struct holder *h, struct str *out)
{
	json_add_key(out, "actor");
	json_add_text(out, h->actor);
	json_put_text(out, "host", h->host);
	json_put_text(out, "boot", h->boot);
	json_put_text(out, "pid_namespace", h->pid_namespace);
	json_put_number(out, "pid", h->pid);
	json_put_number(out, "started", h->started);
	json_put_number(out, "lease_ms", h->lease_ms);
}

struct holder holder_parse(struct arena *a, struct json_span body)
{
	return (struct holder){.actor = json_get_word(a, body, "actor"),
			       .host = json_get_word(a, body, "host"),
			       .boot = json_get_word(a, body, "boot"),
			       .pid_namespace = json_get_word(a, body, "pid_namespace"),
			       .pid = json_get_number(body, "pid", 0),
			       .started = json_get_number(body, "started", 0),
			       .lease_ms = json_get_number(body, "lease_ms", 0)};
}

/* ---- the actor ---- */

/* What services set in their jobs: who started one, and where it is seen; each by its own manual.
 */
static const struct {
	const char *marker, *who, *where;
} services[] = {
	{"GITHUB_ACTIONS", "GITHUB_ACTOR", NULL},
	{"GITLAB_CI", "GITLAB_USER_LOGIN", "CI_JOB_URL"},
	{"BITBUCKET_BUILD_NUMBER", "BITBUCKET_STEP_TRIGGERER_UUID", NULL},
	{"CIRCLECI", "CIRCLE_USERNAME", "CIRCLE_BUILD_URL"},
	{"TF_BUILD", "BUILD_REQUESTEDFOREMAIL", NULL},
	{"JENKINS_URL", "BUILD_USER_ID", "BUILD_URL"},
};

static const char *set_variable(const char *name)
{
	const char *value = name ? getenv(name) : NULL;
	return value && *value ? value : NULL;
}

static const char *github_run(struct arena *a)
{
	const char *server = set_variable("GITHUB_SERVER_URL"),
		   *repository = set_variable("GITHUB_REPOSITORY"),
		   *run = set_variable("GITHUB_RUN_ID");
	return server && repository && run
		       ? arena_printf(a, "%s/%s/actions/runs/%s", server, repository, run)
		       : NULL;
}

static const char *job_actor(struct arena *a)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++) {
		const char *who = set_variable(services[i].who);
		if (!set_variable(services[i].marker) || !who)
			continue;
		const char *where = i == 0 ? github_run(a) : set_variable(services[i].where);
		return where ? arena_printf(a, "%s (%s)", who, where) : arena_strdup(a, who);
	}
	return NULL;
}

/* "NAME:PASSWORD:UID:...", a line each. */
static const char *find_user(struct arena *a, const char *text, uid_t uid)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t name = strcspn(text, ":\n");
		const char *at = text[name] == ':' ? text + name + 1 : text;
		at += strcspn(at, ":\n");
		if (*at != ':' || at == text + name || !isdigit((unsigned char)at[1]))
			continue;
		if (strtoul(at + 1, NULL, 10) == uid)
			return arena_strndup(a, text, name);
	}
	return NULL;
}

/* glibc's search through all that is configured ends the process by a signal where it gets no
 * memory to read its own configuration (2.36), so there has to be some. */
static const char *search_user(struct arena *a, uid_t uid)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;
	free(xmalloc(SEARCH_RESERVE));
	getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found);
	return found ? arena_strdup(a, found->pw_name) : NULL;
}

/* Most users are in /etc/passwd, which is searched first anyway and needs nothing of glibc to be
 * read. */
static const char *user_name(struct arena *a, uid_t uid)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	struct error *error = file_read("/etc/passwd", PASSWD_MAX, &text, &len);
	const char *name = error ? NULL : find_user(a, text, uid);
	error_free(error);
	return name ? name : search_user(a, uid);
}

static const char *system_actor(struct arena *a)
{
	char host[65] = "";
	const char *name = user_name(a, geteuid());
	gethostname(host, sizeof(host) - 1);
	if (!name || !*name)
		return arena_printf(a, "user %u on %s", (unsigned)geteuid(), host);
	return arena_printf(a, "%s on %s", name, host);
}

const char *holder_name(struct arena *a, const struct holder *h)
{
	const char *place = arena_printf(a, " on %s", h->host);
	size_t len = strlen(h->actor), tail = strlen(place);
	bool says = len > tail && !strcmp(h->actor + len - tail, place);
	return says ? h->actor : arena_printf(a, "%s%s", h->actor, place);
}

const char *actor_name(struct arena *a, const char *said)
{
	const char *name = said ? said : set_variable("WRIT_ACTOR");
	if (name)
		return name;
	name = job_actor(a);
	return name ? name : system_actor(a);
}
