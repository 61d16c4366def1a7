/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.h - a PostgreSQL server of the test's own, and a proxy in front of it that cuts. */
#ifndef WRIT_CLUSTER_H
#define WRIT_CLUSTER_H

#include <arpa/inet.h>
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/util/clock.h"
#include "tests/unit/check.h"

#define NO_POSTGRES 77

struct cluster {
	char folder[64];
	int port;
	pid_t server;
};

static inline int cluster_listen(int *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 8) ||
	    getsockname(fd, (struct sockaddr *)&at, &size))
		abort();
	*port = ntohs(at.sin_port);
	return fd;
}

static inline pid_t cluster_script(const struct cluster *c, const char *verb)
{
	ARENA a = {0};
	const char *script = in_tree(&a, "tests/unit/core/ledger/stores/cluster.sh");
	const char *port = arena_printf(&a, "%d", c->port);
	pid_t child = fork();
	if (child == 0) {
		execl("/bin/sh", "sh", script, verb, c->folder, port, (char *)NULL);
		_exit(99);
	}
	return child;
}

/* A connection of whoever owns the cluster; NULL when there is none. */
static inline PGconn *cluster_admin(const struct cluster *c, const char *database)
{
	ARENA a = {0};
	PGconn *conn = PQconnectdb(
		arena_printf(&a,
			     "host=%s port=%d user=admin password=admin-password dbname=%s "
			     "options='-c client_min_messages=error'",
			     c->folder, c->port, database));
	if (PQstatus(conn) == CONNECTION_OK)
		return conn;
	PQfinish(conn);
	return NULL;
}

/* 60 seconds at most. */
static inline void cluster_start(struct cluster *c)
{
	PGconn *conn = NULL;
	c->server = cluster_script(c, "run");
	for (int i = 0; i < 600 && !(conn = cluster_admin(c, "postgres")); i++)
		clock_sleep_ms(100);
	assert_non_null(conn);
	PQfinish(conn);
}

/* SIGINT: its clients are cut and it ends in order; SIGQUIT: at once, as in a crash. */
static inline void cluster_stop(struct cluster *c, int how)
{
	if (c->server <= 0)
		return;
	kill(c->server, how);
	waitpid(c->server, NULL, 0);
	c->server = 0;
}

/* false when there is no PostgreSQL on this machine. */
static inline bool cluster_make(struct cluster *c)
{
	int status;
	*c = (struct cluster){.folder = "/tmp/writ-cluster-XXXXXX"};
	if (!mkdtemp(c->folder))
		abort();
	chmod(c->folder, 0755);
	close(cluster_listen(&c->port));
	waitpid(cluster_script(c, "make"), &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_POSTGRES)
		return false;
	assert_int_equal(status, 0);
	cluster_start(c);
	return true;
}

static inline void cluster_drop(struct cluster *c)
{
	char command[128];
	cluster_stop(c, SIGINT);
	snprintf(command, sizeof(command), "rm -rf '%s'", c->folder);
	assert_int_equal(system(command), 0);
}

/* The first value of what a statement of the owner's answers, in `a`; the SQLSTATE when it
 * failed. */
static inline const char *cluster_sql(const struct cluster *c, struct arena *a,
				      const char *database, const char *sql)
{
	PGconn *conn = cluster_admin(c, database);
	assert_non_null(conn);
	PGresult *r = PQexec(conn, sql);
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *value = arena_strdup(a, state	   ? state
					    : PQntuples(r) ? PQgetvalue(r, 0, 0)
							   : "");
	PQclear(r);
	PQfinish(conn);
	return value;
}

/* ---- the proxy ---- */

enum proxy_mode {
	PROXY_PASS,
	PROXY_CUT_REQUEST, /* both ends are cut at the next byte of the client, which goes nowhere
			    */
	PROXY_CUT_ANSWER,  /* both ends are cut at the next byte of the server */
	PROXY_SWALLOW,	   /* the client hears nothing more */
};

struct proxy {
	int port, to_port, listener, stop[2];
	_Atomic int mode;
	pthread_t thread;
};

static inline int proxy_dial(const struct proxy *p)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)p->to_port),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* false when both ends are to be closed. */
static inline bool proxy_move(struct proxy *p, int from, int to, int cut_in)
{
	char bytes[65536];
	ssize_t got = read(from, bytes, sizeof(bytes));
	if (got <= 0)
		return false;
	if (p->mode == cut_in) {
		p->mode = PROXY_PASS; /* the next connection gets through */
		return false;
	}
	if (p->mode == PROXY_SWALLOW && cut_in == PROXY_CUT_ANSWER)
		return true;
	for (ssize_t sent = 0, n; sent < got; sent += n) {
		n = send(to, bytes + sent, (size_t)(got - sent), MSG_NOSIGNAL);
		if (n <= 0)
			return false;
	}
	return true;
}

/* One connection after the other, as one store has them. */
static inline void proxy_serve(struct proxy *p, int client)
{
	int server = proxy_dial(p);
	bool open = server >= 0;
	while (open) {
		struct pollfd fds[3] = {
			{client, POLLIN, 0}, {server, POLLIN, 0}, {p->stop[0], POLLIN, 0}};
		open = poll(fds, 3, -1) > 0 && !fds[2].revents;
		if (open && fds[0].revents)
			open = proxy_move(p, client, server, PROXY_CUT_REQUEST);
		if (open && fds[1].revents)
			open = proxy_move(p, server, client, PROXY_CUT_ANSWER);
	}
	close(client);
	if (server >= 0)
		close(server);
}

static inline void *proxy_run(void *context)
{
	struct proxy *p = context;
	for (;;) {
		struct pollfd fds[2] = {{p->listener, POLLIN, 0}, {p->stop[0], POLLIN, 0}};
		if (poll(fds, 2, -1) <= 0 || fds[1].revents)
			return NULL;
		int client = accept(p->listener, NULL, NULL);
		if (client >= 0)
			proxy_serve(p, client);
	}
}

static inline void proxy_start(struct proxy *p, int to_port)
{
	memset(p, 0, sizeof(*p));
	p->to_port = to_port;
	p->listener = cluster_listen(&p->port);
	if (pipe(p->stop) || pthread_create(&p->thread, NULL, proxy_run, p))
		abort();
}

static inline void proxy_stop(struct proxy *p)
{
	close(p->stop[1]);
	pthread_join(p->thread, NULL);
	close(p->listener);
	close(p->stop[0]);
}

#endif
