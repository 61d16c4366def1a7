/* SPDX-License-Identifier: Apache-2.0 */
/* loopback.h - a server on 127.0.0.1 that gives the answers of a script: one a request, in order;
 * or, where answers say what they are for, the first that fits. */
#ifndef TEST_LOOPBACK_H
#define TEST_LOOPBACK_H

#include <arpa/inet.h>
#include <errno.h>
#include <fnmatch.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK_CONNECTIONS 32
#define LOOPBACK_REQUESTS 64
#define LOOPBACK_ANSWERS 64

struct loopback_answer {
	const char *head; /* NULL: the connection is reset without a byte */
	const char *body; /* with its Content-Length; NULL: `head` is all there is, as it stands */
	size_t repeat;	  /* how often `head` is sent again */
	bool end;	  /* the connection ends behind it */
	const char *to;	  /* "GET /path*": what it answers; of the first row, of all or of none */
	unsigned times;	  /* how often; 0: always */
};

struct loopback {
	const struct loopback_answer *script;
	size_t count; /* answers in the script; what comes beyond gets the last one again */
	char url[64];
	int listener, stop[2];
	pthread_t thread;
	struct pollfd fds[LOOPBACK_CONNECTIONS + 2];
	size_t open, accepted, asked;
	unsigned given[LOOPBACK_ANSWERS];
	char requests[LOOPBACK_REQUESTS][2048]; /* their bytes, as they came */
};

static inline void loopback_cut(int fd)
{
	struct linger hard = {1, 0};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
}

/* Reads one request; false when the client has gone. */
static inline bool loopback_read(int fd, char *out, size_t size)
{
	size_t len = 0;
	for (;;) {
		ssize_t got = read(fd, out + len, size - 1 - len);
		if (got <= 0)
			return false;
		len += (size_t)got;
		out[len] = '\0';
		char *end = strstr(out, "\r\n\r\n"), *body = strcasestr(out, "Content-Length:");
		if (end &&
		    len >= (size_t)(end - out) + 4 + (body ? strtoul(body + 15, NULL, 10) : 0))
			return true;
	}
}

static inline const struct loopback_answer *loopback_pick(struct loopback *l, const char *request)
{
	static const struct loopback_answer none = {
		"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n", "{}"};
	char line[512];
	if (!l->script[0].to)
		return &l->script[l->asked < l->count ? l->asked : l->count - 1];
	snprintf(line, sizeof(line), "%.*s",
		 (int)strcspn(strchr(request, ' ') + 1, " ") + (int)strcspn(request, " ") + 1,
		 request);
	for (size_t i = 0; i < l->count && i < LOOPBACK_ANSWERS; i++) {
		const struct loopback_answer *a = &l->script[i];
		if ((a->times && l->given[i] == a->times) || fnmatch(a->to, line, 0) != 0)
			continue;
		l->given[i]++;
		return a;
	}
	return &none;
}

/* false when the connection is over. */
static inline bool loopback_serve(struct loopback *l, int fd)
{
	char request[2048];
	if (!loopback_read(fd, request, sizeof(request))) {
		close(fd);
		return false;
	}
	const struct loopback_answer *a = loopback_pick(l, request);
	if (l->asked < LOOPBACK_REQUESTS)
		memcpy(l->requests[l->asked], request, sizeof(request));
	l->asked++;
	for (size_t i = 0; a->head && i <= a->repeat; i++) {
		if (send(fd, a->head, strlen(a->head), MSG_NOSIGNAL | (a->body ? MSG_MORE : 0)) < 0)
			break;
	}
	if (a->body)
		dprintf(fd, "Content-Length: %zu\r\n\r\n%s", strlen(a->body), a->body);
	if (a->head && !a->end)
		return true;
	if (a->head)
		close(fd);
	else
		loopback_cut(fd);
	return false;
}

static inline void *loopback_run(void *context)
{
	struct loopback *l = context;
	l->fds[0] = (struct pollfd){.fd = l->stop[0], .events = POLLIN};
	l->fds[1] = (struct pollfd){.fd = l->listener, .events = POLLIN};
	while (poll(l->fds, l->open + 2, -1) >= 0 && !l->fds[0].revents) {
		for (size_t i = 2; i < l->open + 2; i++) {
			if (l->fds[i].revents && !loopback_serve(l, l->fds[i].fd))
				l->fds[i--] = l->fds[--l->open + 2];
		}
		if (l->fds[1].revents && l->open < LOOPBACK_CONNECTIONS) {
			int fd = accept(l->listener, NULL, NULL);
			l->accepted += fd >= 0;
			if (fd >= 0)
				l->fds[l->open++ + 2] = (struct pollfd){.fd = fd, .events = POLLIN};
		}
	}
	return NULL;
}

static inline void loopback_start(struct loopback *l, const struct loopback_answer *script,
				  size_t count)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(at);
	memset(l, 0, sizeof(*l));
	l->script = script;
	l->count = count;
	l->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->listener < 0 || bind(l->listener, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(l->listener, 16) || getsockname(l->listener, (struct sockaddr *)&at, &size) ||
	    pipe(l->stop))
		abort();
	snprintf(l->url, sizeof(l->url), "http://127.0.0.1:%d", ntohs(at.sin_port));
	if (pthread_create(&l->thread, NULL, loopback_run, l))
		abort();
}

/* What was asked may be looked at afterwards. */
static inline void loopback_stop(struct loopback *l)
{
	close(l->stop[1]);
	pthread_join(l->thread, NULL);
	for (size_t i = 2; i < l->open + 2; i++)
		close(l->fds[i].fd);
	close(l->listener);
	close(l->stop[0]);
}

#endif
