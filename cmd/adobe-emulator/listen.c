/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <microhttpd.h>

#include "cmd/adobe-emulator/server/router.h"
#include "cmd/adobe-emulator/wire/http.h"
#include "core/util/file.h"

#define IDLE_SECONDS 120 /* of a connection that is kept alive */
#define HEADERS_MAX ((size_t)64 << 10)
#define CONNECTIONS_MAX 256 /* each has a thread; tests open about eight */

struct listener {
	struct MHD_Daemon *daemon;
	struct server *server;
	char *cert, *key;
	bool tls;
	atomic_bool stopping;
};

/* A request that is being served: its memory, and its body as it comes in. */
struct served_request {
	struct arena arena;
	struct request request;
	struct str body;
	bool started, too_large;
};

static void *begin_exchange(void *context UNUSED, const char *target,
			    struct MHD_Connection *connection UNUSED)
{
	struct served_request *x = xmalloc(sizeof(*x));
	*x = (struct served_request){0};
	x->request.arena = &x->arena;
	x->request.target = arena_strdup(&x->arena, target);
	x->body = (struct str)STR(&x->arena);
	return x;
}

static void end_exchange(void *context UNUSED, struct MHD_Connection *connection UNUSED,
			 void **slot, enum MHD_RequestTerminationCode why UNUSED)
{
	struct served_request *x = *slot;
	if (!x)
		return;
	arena_done(&x->arena);
	free(x);
	*slot = NULL;
}

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind UNUSED, const char *name,
				  const char *value)
{
	struct request *r = context;
	vec_push(r->arena, &r->headers,
		 (struct pair_text){arena_strdup(r->arena, name),
				    arena_strdup(r->arena, value ? value : "")});
	return MHD_YES;
}

/* ---- faulty deliveries ---- */

static bool client_left(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLRDHUP};
	return poll(&p, 1, 0) > 0;
}

/* Waits in small steps, so that a client that leaves and a stop are noticed. */
static void wait_ms(struct listener *l, int fd, int64_t ms)
{
	const struct timespec step = {.tv_nsec = 10 * 1000000L};
	struct timespec now, start;
	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		nanosleep(&step, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (!l->stopping && !client_left(fd) &&
		 (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < ms);
}

static void send_all(int fd, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN) {
			struct pollfd p = {.fd = fd, .events = POLLOUT};
			if (poll(&p, 1, 5000) > 0)
				continue;
		}
		if (sent <= 0)
			return;
		at += sent;
		len -= (size_t)sent;
	}
}

static void drip(struct listener *l, int fd, const struct str *message, int step_ms)
{
	for (size_t i = 0; i < message->len && !l->stopping && !client_left(fd); i++) {
		send_all(fd, message->at + i, 1);
		wait_ms(l, fd, step_ms);
	}
}

/* A reset at once: dissolving the association of a connected TCP socket sends RST (tcp(7)). */
static void reset(int fd)
{
	struct sockaddr none = {.sa_family = AF_UNSPEC};
	if (connect(fd, &none, sizeof(none)))
		shutdown(fd, SHUT_RDWR);
}

/* Writes to the socket behind the library's back and has it drop the connection. Under TLS nothing
 * is written: the bytes would not be part of the encrypted stream. */
static enum MHD_Result deliver_broken(struct listener *l, struct served_request *x, int fd,
				      const struct response *response)
{
	struct str message = STR(&x->arena);
	response_render(response, &message);
	size_t cut = response->cut < message.len ? response->cut : message.len;
	if (l->tls)
		cut = 0;
	switch (response->delivery) {
	case DELIVER_HANG:
		wait_ms(l, fd, response->delay_ms);
		break;
	case DELIVER_DRIP:
		if (!l->tls)
			drip(l, fd, &message, response->delay_ms);
		break;
	case DELIVER_RESET:
		send_all(fd, message.at, cut);
		reset(fd);
		break;
	default:
		send_all(fd, message.at, cut);
		break;
	}
	return MHD_NO;
}

/* ---- requests ---- */

static enum MHD_Result deliver(struct MHD_Connection *connection, const struct response *response)
{
	struct MHD_Response *sent = MHD_create_response_from_buffer(
		response->len, (void *)(uintptr_t)response->body, MHD_RESPMEM_MUST_COPY);
	if (!sent)
		return MHD_NO;
	if (response->type)
		MHD_add_response_header(sent, "Content-Type", response->type);
	for (size_t i = 0; i < response->headers.len; i++)
		MHD_add_response_header(sent, response->headers.at[i].name,
					response->headers.at[i].value);
	enum MHD_Result result = MHD_queue_response(connection, (unsigned)response->status, sent);
	MHD_destroy_response(sent);
	return result;
}

static int socket_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static enum MHD_Result answer(struct listener *l, struct MHD_Connection *connection,
			      struct served_request *x)
{
	struct response response = {.status = 500, .body = ""};
	int fd = socket_of(connection);
	x->request.body = str_text(&x->body);
	x->request.body_len = x->body.len;
	if (x->too_large)
		response_empty(&response, 413);
	else
		router_answer(l->server, &x->request, &response);
	if (response.delivery != DELIVER_WHOLE)
		return deliver_broken(l, x, fd, &response);
	if (response.delay_ms > 0)
		wait_ms(l, fd, response.delay_ms);
	return deliver(connection, &response);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection,
			      const char *url UNUSED, const char *method,
			      const char *version UNUSED, const char *data, size_t *len,
			      void **slot)
{
	struct listener *l = context;
	struct served_request *x = *slot;
	if (!x->started) {
		x->started = true;
		x->request.method = arena_strdup(&x->arena, method);
		MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header, &x->request);
		return MHD_YES;
	}
	if (*len == 0)
		return answer(l, connection, x);
	x->too_large |= x->body.len + *len > BODY_MAX;
	if (!x->too_large)
		str_addn(&x->body, data, *len);
	*len = 0;
	return MHD_YES;
}

static size_t keep_escapes(void *context UNUSED, struct MHD_Connection *connection UNUSED,
			   char *text)
{
	return strlen(text);
}

static struct error *read_pem(const char *path, char **out)
{
	size_t len;
	return file_read(path, 1 << 20, out, &len);
}

struct error *listener_open(const struct listen_options *options, struct server *server,
			    struct listener **out)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(options->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct listener *l = xmalloc(sizeof(*l));
	*l = (struct listener){.server = server, .tls = options->cert != NULL};
	struct error *error = NULL;
	if (l->tls) {
		error = read_pem(options->cert, &l->cert);
		if (!error)
			error = read_pem(options->key, &l->key);
	}
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, l->cert},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, l->key},
		{MHD_OPTION_END, 0, NULL},
	};
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
			 MHD_USE_POLL | (l->tls ? MHD_USE_TLS : 0);
	if (!error)
		l->daemon =
			MHD_start_daemon(flags, 0, NULL, NULL, handle, l, MHD_OPTION_SOCK_ADDR,
					 &address, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange,
					 NULL, MHD_OPTION_NOTIFY_COMPLETED, end_exchange, NULL,
					 MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
					 MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
					 MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADERS_MAX,
					 MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
					 MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_ARRAY,
					 l->tls ? tls : tls + 2, MHD_OPTION_END);
	if (!error && !l->daemon)
		error = error_errno(errno, "listening on 127.0.0.1:%u", options->port);
	if (error)
		listener_close(l);
	else
		*out = l;
	return error;
}

uint16_t listener_port(const struct listener *l)
{
	return MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

void listener_close(struct listener *l)
{
	if (!l)
		return;
	l->stopping = true;
	if (l->daemon)
		MHD_stop_daemon(l->daemon);
	free(l->cert);
	free(l->key);
	free(l);
}
