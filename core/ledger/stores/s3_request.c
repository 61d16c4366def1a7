/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/stores/s3_request.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "core/ledger/store.h"
#include "core/model/version.h"
#include "core/util/digest.h"
#include "core/util/process.h"
#include "core/util/str.h"
#include "core/util/text_escape.h"
#include "core/util/wiping.h"

#define CONNECT_MS 10000L
#define TOTAL_MS 20000L /* several fit into the patience of a ledger */
#define SLOW_BYTES 64L	/* a second, for */
#define SLOW_SECONDS 10L
#define IDLE_SECONDS 30L /* an older idle connection is likely dead */
#define BYTES_MAX (STORE_RECORD_MAX + ((size_t)1 << 20)) /* a list of 1000 keys is under 1 MiB */
#define HEADER_BYTES ((size_t)64 << 10)
#define CODE_MAX 64 /* letters of an error's name */

struct s3_session {
	CURL *easy;
	const struct s3_settings *settings;
	struct s3_keys keys;
	bool plain; /* http: only ever to this machine */
};

/* One request under way. */
struct s3_transfer {
	struct s3_session *session;
	struct curl_slist *headers;
	struct str body;
	size_t header_bytes;
	bool too_large, forbidden;
	char problem[CURL_ERROR_SIZE];
	const char *refused; /* the first option that was not taken; NULL: none */
};

/* ---- what comes in ---- */

static size_t on_body(char *data, size_t one, size_t len, void *context)
{
	struct s3_transfer *s = context;
	len *= one;
	s->too_large |= len > BYTES_MAX - s->body.len;
	if (s->too_large)
		return CURL_WRITEFUNC_ERROR;
	str_addn(&s->body, data, len);
	return len;
}

static size_t on_header(char *line UNUSED, size_t one, size_t len, void *context)
{
	struct s3_transfer *s = context;
	s->header_bytes += one * len;
	s->too_large |= s->header_bytes > HEADER_BYTES;
	return s->too_large ? CURL_WRITEFUNC_ERROR : one * len;
}

static int on_connected(void *context, char *peer, char *local UNUSED, int peer_port UNUSED,
			int local_port UNUSED)
{
	struct s3_transfer *s = context;
	s->forbidden =
		s->session->plain && strncmp(peer, "127.", 4) != 0 && strcmp(peer, "::1") != 0;
	return s->forbidden ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* ---- what goes out ---- */

/* An option that this libcurl does not know would be a hole, so each must be taken. Many of these
 * stand in curl_transfer.c too, with other limits: what both share is a list of constants, and a
 * home for it would make one more place know libcurl. Who tightens one tightens the other. */
#define SET(option, value)                                                                         \
	note_option(s, #option, curl_easy_setopt(s->session->easy, CURLOPT_##option, value))

static void note_option(struct s3_transfer *s, const char *option, CURLcode code)
{
	if (code && !s->refused)
		s->refused = option;
}

static void set_limits(struct s3_transfer *s)
{
	SET(CONNECTTIMEOUT_MS, CONNECT_MS);
	SET(TIMEOUT_MS, TOTAL_MS);
	SET(LOW_SPEED_LIMIT, SLOW_BYTES);
	SET(LOW_SPEED_TIME, SLOW_SECONDS);
	SET(NOSIGNAL, 1L);
	SET(TCP_KEEPALIVE, 1L);
	SET(MAXAGE_CONN, IDLE_SECONDS);
	SET(MAXFILESIZE_LARGE, (curl_off_t)BYTES_MAX);
}

static void set_security(struct s3_transfer *s)
{
	const char *ca_file = s->session->settings->ca_file;
	SET(PROTOCOLS_STR, s->session->plain ? "http" : "https");
	SET(REDIR_PROTOCOLS_STR, "https");
	SET(FOLLOWLOCATION, 0L);
	SET(SSL_VERIFYPEER, 1L);
	SET(SSL_VERIFYHOST, 2L);
	SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (ca_file) {
		SET(CAINFO, ca_file);
		SET(CAPATH, NULL);
	}
	SET(NETRC, (long)CURL_NETRC_IGNORED);
	SET(PROXY, "");
	SET(NOPROXY, "*");
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(HTTP09_ALLOWED, 0L);
	SET(PREREQFUNCTION, on_connected);
	SET(PREREQDATA, s);
}

static void set_callbacks(struct s3_transfer *s)
{
	SET(WRITEFUNCTION, on_body);
	SET(WRITEDATA, s);
	SET(HEADERFUNCTION, on_header);
	SET(HEADERDATA, s);
	SET(ERRORBUFFER, s->problem);
}

static void add_header(struct s3_transfer *s, const char *name, const char *value)
{
	ARENA a = {0};
	struct curl_slist *more =
		curl_slist_append(s->headers, arena_printf(&a, "%s: %s", name, value));
	if (!more)
		process_out_of_memory(0);
	s->headers = more;
}

/* The digest is given, for libcurl 7.88 would sign another one than stores take. */
static void set_signature(struct s3_transfer *s, struct arena *a, const struct s3_request *r)
{
	const struct s3_session *session = s->session;
	unsigned char digest[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];
	sha256_of(r->bytes ? r->bytes : "", r->bytes ? r->len : 0, digest);
	sha256_hex(digest, SHA256_SIZE, text);
	add_header(s, "x-amz-content-sha256", text);
	if (session->keys.token)
		add_header(s, "x-amz-security-token", secret_reveal(session->keys.token));
	SET(AWS_SIGV4, arena_printf(a, "aws:amz:%s:s3", session->settings->region));
	SET(USERNAME, secret_reveal(session->keys.id));
	SET(PASSWORD, secret_reveal(session->keys.secret));
}

static void set_request(struct s3_transfer *s, struct arena *a, const struct s3_request *r)
{
	SET(URL, arena_printf(a, "%s%s", s->session->settings->endpoint, r->path));
	SET(PATH_AS_IS, 1L);
	SET(USERAGENT, "writ/" WRIT_VERSION);
	if (r->bytes) {
		SET(POSTFIELDSIZE_LARGE, (curl_off_t)r->len);
		SET(POSTFIELDS, r->bytes);
		SET(CUSTOMREQUEST, "PUT");
		add_header(s, "Content-Type", "application/json");
	}
	if (r->only_new)
		add_header(s, "If-None-Match", "*");
	set_signature(s, a, r);
	SET(HTTPHEADER, s->headers);
}

/* ---- how it ended ---- */

/* What would fail the same way again; and nothing went out, so that nothing was made. */
static bool is_hopeless(const struct s3_transfer *s, CURLcode code)
{
	long bytes = 0;
	curl_easy_getinfo(s->session->easy, CURLINFO_REQUEST_SIZE, &bytes);
	if (bytes > 0)
		return false;
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
		return true;
	default:
		return s->forbidden;
	}
}

/* "403 AccessDenied": the status, and the name that the answer's text has for the error. */
static const char *error_words(struct arena *a, long status, const char *text)
{
	static const char tag[] = "<Code>";
	const char *code = strstr(text, tag);
	size_t len = 0;
	if (code) {
		code += strlen(tag);
		while (len < CODE_MAX && ((code[len] | 32) >= 'a' && (code[len] | 32) <= 'z'))
			len++;
	}
	return arena_printf(a, "it answers %ld%s%.*s", status, len ? " " : "", (int)len,
			    len ? code : "");
}

static struct error *conclude(struct s3_transfer *s, struct arena *a, CURLcode code,
			      struct s3_answer *out)
{
	struct str words = STR(a);
	const char *why = *s->problem ? s->problem : curl_easy_strerror(code);
	if (s->forbidden)
		why = "http goes to this machine only";
	else if (s->too_large || code == CURLE_FILESIZE_EXCEEDED)
		why = "the answer is too large";
	text_escape(&words, why, strlen(why), 0);
	*out = (struct s3_answer){.bytes = str_text(&s->body), .len = s->body.len};
	if (code && is_hopeless(s, code))
		return error_new(ERROR_SYSTEM, "the object store of the ledger: %s",
				 str_text(&words));
	if (!code)
		curl_easy_getinfo(s->session->easy, CURLINFO_RESPONSE_CODE, &out->status);
	out->words = code ? str_text(&words) : error_words(a, out->status, out->bytes);
	return NULL;
}

struct error *s3_send(struct s3_session *session, struct arena *a, const struct s3_request *request,
		      struct s3_answer *out)
{
	struct s3_transfer s = {.session = session, .body = STR(a)};
	curl_easy_reset(session->easy);
	set_limits(&s);
	set_security(&s);
	set_callbacks(&s);
	set_request(&s, a, request);
	struct error *error = NULL;
	if (s.refused)
		error = error_new(ERROR_SYSTEM, "libcurl does not take %s", s.refused);
	else
		error = conclude(&s, a, curl_easy_perform(session->easy), out);
	curl_slist_free_all(s.headers);
	return error;
}

/* ---- the session ---- */

static bool is_word(const char *text, const char *also)
{
	for (; *text; text++) {
		bool letter = (*text | 32) >= 'a' && (*text | 32) <= 'z';
		if (!letter && (*text < '0' || *text > '9') && !strchr(also, *text))
			return false;
	}
	return true;
}

/* No line break or separator gets into a header. */
static struct error *check_keys(const struct s3_keys *keys)
{
	if (!is_word(secret_reveal(keys->id), "+/=_.-") ||
	    (keys->token && !is_word(secret_reveal(keys->token), "+/=_.-")))
		return error_new(ERROR_INPUT, "the ledger's access key or its session token has "
					      "a character that does not belong there");
	return NULL;
}

struct error *s3_open(const struct s3_settings *settings, const struct s3_keys *keys,
		      struct s3_session **out)
{
	TRY(check_keys(keys));
	if (!is_word(settings->region, "-_") || !is_word(settings->bucket, "-._"))
		return error_new(ERROR_INPUT, "the ledger's region or bucket has a character that "
					      "does not belong there");
	unsetenv("SSLKEYLOGFILE"); /* libcurl would write the keys of its connections there */
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free, wiping_realloc,
				 wiping_strdup, wiping_calloc))
		return error_new(ERROR_SYSTEM, "libcurl does not start");
	CURL *easy = curl_easy_init();
	if (!easy) {
		curl_global_cleanup();
		return error_new(ERROR_SYSTEM, "libcurl gives no handle");
	}
	struct s3_session *s = xmalloc(sizeof(*s));
	*s = (struct s3_session){.easy = easy,
				 .settings = settings,
				 .keys = *keys,
				 .plain = !strncasecmp(settings->endpoint, "http:", 5)};
	*out = s;
	return NULL;
}

void s3_close(struct s3_session *s)
{
	if (!s)
		return;
	curl_easy_cleanup(s->easy);
	curl_global_cleanup();
	free(s);
}
