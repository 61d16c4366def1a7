/* SPDX-License-Identifier: Apache-2.0 */
/* emulator.h - an emulator of the test's own, driven through its control path.
 *
 * One process serves all tests of a program: PUT /_control/manifest puts another organisation
 * before them. The program is $ADOBE_EMULATOR; a test that has none is skipped by its caller. */
#ifndef TESTS_EMULATOR_H
#define TESTS_EMULATOR_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/language/config.h"
#include "core/util/arena.h"
#include "core/util/file.h"
#include "core/util/json.h"

#define EMULATED_ORG "0123456789ABCDEF01234567@AdobeOrg"

struct emulator {
	pid_t pid;
	int port;
	char folder[40], url[64], token[64];
	struct organization_config config;
};

static inline void emulator_fail(const char *what)
{
	fprintf(stderr, "emulator: %s\n", what);
	abort();
}

/* One exchange; the answer's body is in `a`. */
static inline const char *emulator_ask(const struct emulator *e, struct arena *a,
				       const char *method, const char *path, const char *body)
{
	CLEANUP(close) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)e->port)};
	struct str text = STR(a), answer = STR(a);
	char piece[65536];
	ssize_t n;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		emulator_fail("no connection");
	str_printf(&text,
		   "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
		   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		   method, path, strlen(body), body);
	for (size_t sent = 0; sent < text.len; sent += (size_t)n) {
		n = send(fd, text.at + sent, text.len - sent, MSG_NOSIGNAL);
		if (n <= 0)
			emulator_fail("cannot send");
	}
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		str_addn(&answer, piece, (size_t)n);
	const char *start = strstr(str_text(&answer), "\r\n\r\n");
	if (!start || strncmp(str_text(&answer), "HTTP/1.1 2", 10) != 0) {
		fprintf(stderr, "%s %s %s\n%s\n", method, path, body, str_text(&answer));
		emulator_fail("the control path refused");
	}
	return start + 4;
}

static inline const char *emulator_control(const struct emulator *e, struct arena *a,
					   const char *method, const char *path, const char *body)
{
	return emulator_ask(e, a, method, arena_printf(a, "/_control/%s", path), body);
}

static inline void emulator_configure(struct emulator *e)
{
	e->config = (struct organization_config){.org_id = EMULATED_ORG,
						 .allow_local = true,
						 .connections = 8,
						 .max_wait = 2,
						 .endpoints = {e->url, e->url, NULL, NULL}};
	e->config.policy.guards = (struct guards)GUARDS_UNSAID;
	e->config.user.client_id = "aio-cli-console-auth";
	e->config.user.token = (struct secret_source){.kind = SECRET_FILE, .name = e->token};
}

/* Nothing of an earlier organisation stays but the key of its tokens: a new one takes long
 * to make. */
static inline void emulator_forget(struct emulator *e, struct arena *a)
{
	struct json_span key;
	const char *text = emulator_control(e, a, "GET", "state", "");
	if (!json_member((struct json_span){text, strlen(text)}, "signingKey", &key))
		emulator_fail("no key");
	emulator_control(e, a, "PUT", "state",
			 arena_printf(a, "{\"signingKey\": %.*s}", (int)key.len, key.at));
}

/* Puts an organisation before the provider, with a fresh token and an empty log. */
static inline void emulator_put(struct emulator *e, struct arena *a, const char *manifest)
{
	struct json_span value;
	emulator_control(e, a, "PUT", "manifest", manifest);
	emulator_forget(e, a);
	emulator_control(e, a, "DELETE", "faults", "");
	emulator_control(e, a, "DELETE", "switches", "");
	const char *text = emulator_control(e, a, "POST", "token", "{}");
	if (!json_member((struct json_span){text, strlen(text)}, "access_token", &value))
		emulator_fail("no token");
	const char *token = json_string(a, value);
	struct error *error = file_write_atomic(e->token, token, strlen(token), 0600);
	if (error)
		emulator_fail("cannot write the token");
	emulator_control(e, a, "POST", "reset", "");
}

static inline void emulator_start(struct emulator *e, const char *manifest)
{
	ARENA a = {0};
	int pipe_ends[2];
	const char *program = getenv("ADOBE_EMULATOR");
	*e = (struct emulator){.folder = "/tmp/writ-emulated-XXXXXX"};
	if (!program || !mkdtemp(e->folder) || pipe2(pipe_ends, O_CLOEXEC))
		emulator_fail("cannot start: is ADOBE_EMULATOR set?");
	const char *live = arena_printf(&a, "%s/live.yaml", e->folder);
	if (file_write_atomic(live, manifest, strlen(manifest), 0600))
		emulator_fail("cannot write");
	char *const argv[] = {arena_strdup(&a, program), arena_strdup(&a, "--org"),
			      arena_strdup(&a, live),	 arena_strdup(&a, "--rate-limits"),
			      arena_strdup(&a, "off"),	 NULL};
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 1);
	if (posix_spawn(&e->pid, program, &actions, NULL, argv, environ))
		emulator_fail("cannot start");
	posix_spawn_file_actions_destroy(&actions);
	close(pipe_ends[1]);
	ssize_t n = read(pipe_ends[0], e->url, sizeof(e->url) - 1);
	close(pipe_ends[0]);
	if (n <= 0)
		emulator_fail("it ended");
	e->url[strcspn(e->url, "\n")] = '\0';
	e->port = (int)strtol(strrchr(e->url, ':') + 1, NULL, 10);
	snprintf(e->token, sizeof(e->token), "%s/token", e->folder);
	emulator_configure(e);
}

static inline int emulator_unlink(const char *path, const struct stat *st UNUSED, int kind UNUSED,
				  struct FTW *at UNUSED)
{
	return remove(path);
}

static inline void emulator_stop(struct emulator *e)
{
	int status;
	kill(e->pid, SIGTERM);
	waitpid(e->pid, &status, 0);
	nftw(e->folder, emulator_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
