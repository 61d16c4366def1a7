/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/wire/curl_transfer.h"

#include <curl/curl.h>
#include <string.h>

#include "core/model/version.h"
#include "core/util/process.h"
#include "core/util/reply.h"
#include "core/util/wiping.h"
#include "providers/adobe/wire/address_class.h"

#define CONNECT_MS 10000L
#define TOTAL_MS 120000L  /* Adobe's own client waits as long (facts/umapi.md, "Limits") */
#define SLOW_BYTES 64L	  /* a second: a server that is slower */
#define SLOW_SECONDS 30L  /* for so long is given up */
#define IDLE_SECONDS 30L  /* an older idle connection is likely dead */
#define LIFE_SECONDS 600L /* names may point elsewhere by then */
#define RESOLVE_SECONDS 60L
#define HEADER_LINES 100
#define HEADER_BYTES ((size_t)64 << 10)

struct transfers {
	int active; /* started and not yet taken by transfers_next() */
	CURLM *multi;
	bool allow_local;
	const char *ca_file, *pinned_key;
};

/* An exchange that is under way. */
struct transfer_state {
	CURL *easy;
	struct curl_slist *headers;
	struct transfers *owner;
	struct seen seen;
	size_t room; /* of seen.body */
	size_t header_lines, header_bytes;
	bool plain;			    /* http: only ever to this machine */
	curl_off_t send_us;		    /* struct exchange, in microseconds */
	bool too_large, forbidden, belated; /* belated: the request was not sent in time */
	char problem[CURL_ERROR_SIZE];
	const char *refused; /* the first option that was not taken; NULL: none */
	CURLcode why_refused;
};

void seen_done(struct seen *s)
{
	if (s->body)
		explicit_bzero(s->body, s->len);
	free(s->body);
	s->body = NULL;
}

static void free_state(struct transfer_state *s)
{
	curl_easy_cleanup(s->easy);
	curl_slist_free_all(s->headers);
	seen_done(&s->seen);
	free(s);
}

/* ---- what comes in ---- */

/* Not realloc(), which would leave a copy of a secret behind. */
static void reserve(struct transfer_state *s, size_t want)
{
	size_t room = s->room ? s->room : 4096;
	while (room < want)
		room *= 2;
	if (room == s->room)
		return;
	char *wider = xmalloc(room);
	if (s->seen.len)
		memcpy(wider, s->seen.body, s->seen.len);
	size_t len = s->seen.len;
	seen_done(&s->seen);
	s->seen.body = wider;
	s->seen.len = len;
	s->room = room;
}

static size_t on_body(char *data, size_t one, size_t len, void *context)
{
	struct transfer_state *s = context;
	len *= one;
	if (len > REPLY_BYTES_MAX - s->seen.len) {
		s->too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	reserve(s, s->seen.len + len);
	memcpy(s->seen.body + s->seen.len, data, len);
	s->seen.len += len;
	return len;
}

/* The value of a header line when it has that name. */
static bool header_is(const char *line, size_t len, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);
	if (len <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
		return false;
	line += n + 1;
	len -= n + 1;
	while (len > 0 && (*line == ' ' || *line == '\t'))
		line++, len--;
	while (len > 0 && strchr(" \t\r\n", line[len - 1]))
		len--;
	if (len >= size)
		len = size - 1;
	memcpy(out, line, len);
	out[len] = '\0';
	return true;
}

static uint32_t small_number(const char *text)
{
	uint32_t number = 0;
	size_t len = strlen(text);
	if (len == 0 || len > 9 || strspn(text, "0123456789") != len)
		return UINT32_MAX;
	for (; *text; text++)
		number = number * 10 + (uint32_t)(*text - '0');
	return number;
}

/* Some headers come twice; the last one counts. */
static void read_header(struct seen *seen, const char *line, size_t len)
{
	struct {
		const char *name;
		uint32_t *number;
	} counts[] = {{"X-Total-Count", &seen->total_count},
		      {"X-Page-Count", &seen->page_count},
		      {"X-Page-Size", &seen->page_size},
		      {"X-Current-Page", &seen->current_page}};
	char value[64];
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		if (header_is(line, len, counts[i].name, value, sizeof(value)))
			*counts[i].number = small_number(value);
	}
	header_is(line, len, "Content-Type", seen->content_type, sizeof(seen->content_type));
	header_is(line, len, "X-Request-Id", seen->request_id, sizeof(seen->request_id));
	if (header_is(line, len, "Retry-After", seen->retry_after, sizeof(seen->retry_after)))
		seen->has_retry_after = true;
	if (header_is(line, len, "Date", value, sizeof(value)))
		seen->date = (int64_t)curl_getdate(value, NULL);
}

/* A status line: what headers said before it belongs to an interim answer. */
static void forget_headers(struct seen *seen)
{
	*seen->content_type = *seen->retry_after = *seen->request_id = '\0';
	seen->has_retry_after = false;
	seen->date = -1;
	seen->total_count = seen->page_count = seen->page_size = seen->current_page = UINT32_MAX;
}

static size_t on_header(char *line, size_t one, size_t len, void *context)
{
	struct transfer_state *s = context;
	len *= one;
	s->header_bytes += len;
	if (++s->header_lines > HEADER_LINES || s->header_bytes > HEADER_BYTES) {
		s->too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	if (len > 5 && !strncmp(line, "HTTP/", 5))
		forget_headers(&s->seen);
	else
		read_header(&s->seen, line, len);
	return len;
}

/* ---- whom it may talk to ---- */

static bool may_talk_to(const struct transfer_state *s, const char *address)
{
	enum peer peer = address_class_of(address);
	if (s->plain)
		return peer == PEER_OWN && s->owner->allow_local;
	return peer == PEER_PUBLIC || (peer != PEER_NONE && s->owner->allow_local);
}

static int on_connected(void *context, char *peer, char *local UNUSED, int peer_port UNUSED,
			int local_port UNUSED)
{
	struct transfer_state *s = context;
	if (may_talk_to(s, peer))
		return CURL_PREREQFUNC_OK;
	s->forbidden = true;
	snprintf(s->seen.problem, sizeof(s->seen.problem),
		 "the address %.45s is of this machine or a private network", peer);
	return CURL_PREREQFUNC_ABORT;
}

/* ---- what goes out ---- */

/* Ends a request that was not sent as a whole in time. */
static int on_progress(void *context, curl_off_t down_all UNUSED, curl_off_t down UNUSED,
		       curl_off_t up_all, curl_off_t up)
{
	struct transfer_state *s = context;
	curl_off_t passed = 0;
	long head = 0;
	curl_easy_getinfo(s->easy, CURLINFO_TOTAL_TIME_T, &passed);
	curl_easy_getinfo(s->easy, CURLINFO_REQUEST_SIZE, &head);
	if (passed < s->send_us || (head > 0 && up >= up_all))
		return 0;
	s->belated = true;
	return 1;
}

static bool is_visible(const char *text)
{
	for (; *text; text++) {
		if (*text <= ' ' || *text > '~')
			return false;
	}
	return true;
}

static void add_header(struct transfer_state *s, const char *name, const char *value)
{
	ARENA scratch = {0};
	struct curl_slist *more =
		curl_slist_append(s->headers, arena_printf(&scratch, "%s: %s", name, value));
	if (!more)
		process_out_of_memory(0);
	s->headers = more;
}

/* An option that this libcurl does not know would be a hole, so each must be taken:
 * see prepare(). */
#define SET(option, value)                                                                         \
	note_option(s, #option, curl_easy_setopt(s->easy, CURLOPT_##option, value))

static void note_option(struct transfer_state *s, const char *option, CURLcode code)
{
	if (!code || s->refused)
		return;
	s->refused = option;
	s->why_refused = code;
}

static void set_limits(struct transfer_state *s)
{
	SET(CONNECTTIMEOUT_MS, CONNECT_MS);
	SET(TIMEOUT_MS, TOTAL_MS);
	SET(LOW_SPEED_LIMIT, SLOW_BYTES);
	SET(LOW_SPEED_TIME, SLOW_SECONDS);
	SET(NOSIGNAL, 1L);
	SET(TCP_KEEPALIVE, 1L);
	SET(MAXAGE_CONN, IDLE_SECONDS);
	SET(MAXLIFETIME_CONN, LIFE_SECONDS);
	SET(DNS_CACHE_TIMEOUT, RESOLVE_SECONDS);
	SET(MAXFILESIZE_LARGE, (curl_off_t)REPLY_BYTES_MAX);
	if (!s->send_us)
		return;
	SET(NOPROGRESS, 0L);
	SET(XFERINFOFUNCTION, on_progress);
	SET(XFERINFODATA, s);
}

static void set_security(struct transfer_state *s)
{
	SET(PROTOCOLS_STR, s->plain ? "http" : "https");
	SET(REDIR_PROTOCOLS_STR, "https");
	SET(FOLLOWLOCATION, 0L);
	SET(MAXREDIRS, 0L);
	SET(UNRESTRICTED_AUTH, 0L);
	SET(AUTOREFERER, 0L);
	SET(SSL_VERIFYPEER, 1L);
	SET(SSL_VERIFYHOST, 2L);
	SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (s->owner->ca_file) {
		SET(CAINFO, s->owner->ca_file);
		SET(CAPATH, NULL);
	}
	if (s->owner->pinned_key)
		SET(PINNEDPUBLICKEY, s->owner->pinned_key);
	SET(NETRC, (long)CURL_NETRC_IGNORED);
	SET(PROXY, "");
	SET(NOPROXY, "*");
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(HTTP09_ALLOWED, 0L);
	SET(PREREQFUNCTION, on_connected);
	SET(PREREQDATA, s);
}

static void set_callbacks(struct transfer_state *s)
{
	SET(WRITEFUNCTION, on_body);
	SET(WRITEDATA, s);
	SET(HEADERFUNCTION, on_header);
	SET(HEADERDATA, s);
	SET(ERRORBUFFER, s->problem);
	SET(PRIVATE, s);
}

static void set_body(struct transfer_state *s, const struct exchange *e)
{
	bool is_post = !strcmp(e->method, "POST");
	if (e->body || is_post) {
		SET(POSTFIELDSIZE_LARGE, (curl_off_t)(e->body ? strlen(e->body) : 0));
		SET(POSTFIELDS, e->body ? e->body : "");
	}
	if (!is_post && strcmp(e->method, "GET") != 0)
		SET(CUSTOMREQUEST, e->method);
}

static struct error *set_request(struct transfer_state *s, const struct exchange *e)
{
	if (!is_visible(e->url) || (e->client_id && !is_visible(e->client_id)) ||
	    (e->bearer && !is_visible(e->bearer)))
		return error_new(ERROR_INPUT, "a blank, control or foreign character in an "
					      "address, client id or token");
	SET(URL, e->url);
	SET(PATH_AS_IS, 1L);
	set_body(s, e);
	SET(FRESH_CONNECT, e->is_read ? 0L : 1L);
	add_header(s, "Accept", "application/json");
	add_header(s, "Content-Type", e->content_type);
	add_header(s, "X-Request-Id", e->request_id);
	if (e->client_id)
		add_header(s, e->client_header, e->client_id);
	struct curl_slist *more = curl_slist_append(s->headers, "Expect:");
	if (!more)
		process_out_of_memory(0);
	s->headers = more;
	SET(HTTPHEADER, s->headers);
	SET(USERAGENT, "writ/" WRIT_VERSION);
	if (e->bearer) {
		SET(HTTPAUTH, CURLAUTH_BEARER);
		SET(XOAUTH2_BEARER, e->bearer);
	}
	return NULL;
}

static struct error *prepare(struct transfer_state *s, const struct exchange *e)
{
	if (!s->easy)
		return error_new(ERROR_SYSTEM, "libcurl gives no handle");
	s->plain = !strncasecmp(e->url, "http:", 5);
	s->send_us = (curl_off_t)e->send_ms * 1000;
	set_limits(s);
	set_security(s);
	set_callbacks(s);
	TRY(set_request(s, e));
	if (s->refused)
		return error_new(ERROR_SYSTEM, "libcurl: %s: %s", s->refused,
				 curl_easy_strerror(s->why_refused));
	return NULL;
}

struct error *transfers_start(struct transfers *t, const struct exchange *e)
{
	struct transfer_state *s = xmalloc(sizeof(*s));
	*s = (struct transfer_state){.easy = curl_easy_init(), .owner = t};
	s->seen.request = e->request;
	forget_headers(&s->seen);
	struct error *error = prepare(s, e);
	if (!error && curl_multi_add_handle(t->multi, s->easy))
		error = error_new(ERROR_SYSTEM, "libcurl does not take another request");
	t->active += !error;
	if (error)
		free_state(s);
	return error;
}

/* ---- how it ended ---- */

/* Whether nothing of the request was sent: whatever libcurl calls the failure, the service cannot
 * have seen it. */
static bool sent_nothing(const struct transfer_state *s)
{
	long bytes = 0;
	return !curl_easy_getinfo(s->easy, CURLINFO_REQUEST_SIZE, &bytes) && bytes == 0;
}

static bool is_hopeless(const struct transfer_state *s, CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
		return true;
	default:
		return s->forbidden;
	}
}

static void conclude(struct transfer_state *s, CURLcode code)
{
	struct seen *seen = &s->seen;
	curl_off_t up = 0, micros = 0;
	long head = 0;
	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &seen->status);
	curl_easy_getinfo(s->easy, CURLINFO_REQUEST_SIZE, &head);
	curl_easy_getinfo(s->easy, CURLINFO_SIZE_UPLOAD_T, &up);
	curl_easy_getinfo(s->easy, CURLINFO_TOTAL_TIME_T, &micros);
	seen->sent = (size_t)head + (size_t)up;
	seen->elapsed_ms = (int64_t)(micros / 1000);
	seen->hopeless = is_hopeless(s, code);
	if (code == CURLE_OK)
		seen->transfer = TRANSFER_COMPLETE;
	else if (s->too_large || code == CURLE_FILESIZE_EXCEEDED)
		seen->transfer = TRANSFER_TOO_LARGE;
	else
		seen->transfer = sent_nothing(s) ? TRANSFER_NOT_CONNECTED : TRANSFER_BROKEN;
	if (seen->transfer == TRANSFER_TOO_LARGE)
		snprintf(seen->problem, sizeof(seen->problem), "the answer is too large");
	else if (s->belated)
		snprintf(seen->problem, sizeof(seen->problem), "it was not sent in time");
	else if (code != CURLE_OK && !s->forbidden)
		snprintf(seen->problem, sizeof(seen->problem), "%s",
			 *s->problem ? s->problem : curl_easy_strerror(code));
}

bool transfers_next(struct transfers *t, struct seen *out)
{
	int left;
	CURLMsg *message;
	while ((message = curl_multi_info_read(t->multi, &left))) {
		struct transfer_state *s = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&s);
		curl_multi_remove_handle(t->multi, s->easy);
		t->active--;
		conclude(s, code);
		*out = s->seen;
		s->seen.body = NULL;
		free_state(s);
		return true;
	}
	return false;
}

void transfers_wait(struct transfers *t, int timeout_ms)
{
	int running = 0;
	curl_multi_perform(t->multi, &running);
	if (running > 0 &&
	    running == t->active) /* else a transfer has ended already and is to be taken first */
		curl_multi_poll(t->multi, NULL, 0, timeout_ms, NULL);
	curl_multi_perform(t->multi, &running);
}

/* ---- the session ---- */

static struct error *open_multi(const struct transfers_options *o, struct transfers *t)
{
	t->multi = curl_multi_init();
	if (!t->multi)
		return error_new(ERROR_SYSTEM, "libcurl gives no handle");
	curl_multi_setopt(t->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	curl_multi_setopt(t->multi, CURLMOPT_MAXCONNECTS, (long)o->connections);
	return NULL;
}

struct error *transfers_open(const struct transfers_options *options, struct transfers **out)
{
	unsetenv("SSLKEYLOGFILE"); /* libcurl would write the keys of its connections there */
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free, wiping_realloc,
				 wiping_strdup, wiping_calloc))
		return error_new(ERROR_SYSTEM, "libcurl does not start");
	struct transfers *t = xmalloc(sizeof(*t));
	*t = (struct transfers){.allow_local = options->allow_local,
				.ca_file = options->ca_file,
				.pinned_key = options->pinned_key};
	struct error *error = open_multi(options, t);
	if (error) {
		transfers_close(t);
		return error;
	}
	*out = t;
	return NULL;
}

void transfers_close(struct transfers *t)
{
	if (!t)
		return;
	if (t->multi)
		curl_multi_cleanup(t->multi);
	curl_global_cleanup();
	free(t);
}
