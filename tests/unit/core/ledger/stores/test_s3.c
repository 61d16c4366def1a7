/* SPDX-License-Identifier: Apache-2.0 */
/* What the store makes of answers that a gateway gives seldom, by a server that gives them as it is
 * told. That it keeps a ledger is shown on a real gateway: tests/conformance/s3.c. */
#include "core/ledger/stores/stores.h"

#include <signal.h>
#include <sys/wait.h>

#include "core/ledger/place.h"
#include "core/ledger/stores/s3_list.h"
#include "core/util/clock.h"
#include "core/util/digest.h"
#include "tests/unit/check.h"
#include "tests/unit/loopback.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\n"
#define KEPT                                                                                       \
	{                                                                                          \
		"HTTP/1.1 412 Precondition Failed\r\n", "", .to = "PUT /b/writ/acme/probe"         \
	}
#define FIRST "PUT /b/writ/acme/000000000001"

static struct loopback server;

static struct secret *secret_of(const char *text)
{
	ARENA a = {0};
	return secret_take(arena_strdup(&a, text), strlen(text));
}

static struct s3_settings settings;
static struct secret *key_id, *secret, *token;

static int make_keys(void **state UNUSED)
{
	settings = (struct s3_settings){.region = "eu-test-1", .bucket = "b"};
	key_id = secret_of("KEYID");
	secret = secret_of("not-to-be-seen");
	token = secret_of("TOKEN==");
	return 0;
}

static int wipe_keys(void **state UNUSED)
{
	secret_free(key_id);
	secret_free(secret);
	secret_free(token);
	return 0;
}

/* A store whose every request gets the first row that fits. */
static struct store *serve(const struct loopback_answer *rows, size_t count)
{
	struct store *s = NULL;
	const struct s3_keys keys = {key_id, secret, token};
	loopback_start(&server, rows, count);
	settings.endpoint = server.url;
	assert_ok(s3_store_open(&settings, &keys, "acme", &s));
	return s;
}
#define SERVE(rows) serve(rows, COUNT(rows))

static void end(struct store *s)
{
	s->kind->close(s);
	loopback_stop(&server);
}

static struct error *append(struct store *s, enum append_answer *answer)
{
	ARENA a = {0};
	const char *words = NULL;
	struct new_record record = {.number = 1, .bytes = "{\"n\": 1}", .len = 8};
	return s->kind->append(s, &a, &record, answer, &words);
}

static void fails_with(struct error *error, enum error_code code, const char *words)
{
	assert_non_null(error);
	if (!strstr(error->message, words))
		fail_msg("\"%s\" instead of \"%s\"", error->message, words);
	assert_null(strstr(error->message, "not-to-be-seen"));
	assert_int_equal(error->code, code);
	error_free(error);
}

/* ---- making ---- */

#define XML_OF(code)                                                                               \
	"<?xml version=\"1.0\"?><Error><Code>" code "</Code><Message>m</Message></Error>"

static void answers_to_a_put(void **state UNUSED)
{
	static const struct {
		struct loopback_answer answer;
		enum append_answer is;
	} rows[] = {
		{{OK_HEAD, "", .to = FIRST}, APPEND_DONE},
		{{"HTTP/1.1 412 Precondition Failed\r\n", "", .to = FIRST}, APPEND_TAKEN},
		{{"HTTP/1.1 409 Conflict\r\n", XML_OF("ConditionalRequestConflict"), .to = FIRST},
		 APPEND_UNANSWERED},
		{{"HTTP/1.1 503 Slow Down\r\n", XML_OF("SlowDown"), .to = FIRST},
		 APPEND_UNANSWERED},
		{{"HTTP/1.1 500 Internal\r\n", "", .to = FIRST}, APPEND_UNANSWERED},
		{{"HTTP/1.1 429 Too Many\r\n", "", .to = FIRST}, APPEND_UNANSWERED},
		{{"HTTP/1.1 202 Accepted\r\n", "", .to = FIRST}, APPEND_UNANSWERED},
		{{NULL, .to = FIRST}, APPEND_UNANSWERED},
		{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", .end = true, .to = FIRST},
		 APPEND_UNANSWERED},
		{{"nonsense\r\n\r\n", .end = true, .to = FIRST}, APPEND_UNANSWERED},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum append_answer answer = APPEND_TAKEN;
		const struct loopback_answer script[] = {
			KEPT, rows[i].answer, {OK_HEAD, "", .to = "PUT /b/writ/acme/head"}};
		struct store *s = SERVE(script);
		assert_ok(append(s, &answer));
		assert_int_equal(answer, rows[i].is);
		end(s);
	}
}

static void refusals_of_a_put(void **state UNUSED)
{
	static const struct {
		struct loopback_answer answer;
		enum error_code code;
		const char *words;
	} rows[] = {
		{{"HTTP/1.1 403 Forbidden\r\n", XML_OF("AccessDenied"), .to = FIRST},
		 ERROR_DENIED,
		 "403 AccessDenied"},
		{{"HTTP/1.1 401 Unauthorized\r\n", "", .to = FIRST},
		 ERROR_DENIED,
		 "it answers 401"},
		{{"HTTP/1.1 404 Not Found\r\n", XML_OF("NoSuchBucket"), .to = FIRST},
		 ERROR_SYSTEM,
		 "404 NoSuchBucket"},
		{{"HTTP/1.1 501 Not Implemented\r\n", XML_OF("NotImplemented"), .to = FIRST},
		 ERROR_SYSTEM,
		 "501 NotImplemented"},
		{{"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\n", "",
		  .to = FIRST},
		 ERROR_SYSTEM,
		 "it answers 307"},
		{{"HTTP/1.1 400 Bad\r\n", "<Code>\x1b[31m\xe2\x80\xae</Code>", .to = FIRST},
		 ERROR_SYSTEM,
		 "bucket b at http://127.0.0.1"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum append_answer answer;
		const struct loopback_answer script[] = {KEPT, rows[i].answer};
		struct store *s = SERVE(script);
		fails_with(append(s, &answer), rows[i].code, rows[i].words);
		assert_int_equal(server.asked, 2);
		end(s);
	}
}

static void the_same_bytes_after_a_lost_answer_are_taken(void **state UNUSED)
{
	static const struct loopback_answer script[] = {
		KEPT,
		{NULL, .to = FIRST, .times = 2}, /* libcurl tries a kept connection anew */
		{"HTTP/1.1 412 Precondition Failed\r\n", "", .to = FIRST},
	};
	enum append_answer answer;
	struct store *s = SERVE(script);
	assert_ok(append(s, &answer));
	assert_int_equal(answer, APPEND_UNANSWERED);
	assert_ok(append(s, &answer));
	assert_int_equal(answer, APPEND_TAKEN);
	end(s);
}

/* A server that takes the request and says nothing is given up in time. */
static void silence_is_no_answer(void **state UNUSED)
{
	static const struct loopback_answer script[] = {KEPT, {"", .to = FIRST}};
	enum append_answer answer;
	struct store *s = SERVE(script);
	assert_ok(append(s, &answer));
	assert_int_equal(answer, APPEND_UNANSWERED);
	end(s);
}

/* It would put one run's record over another's. */
static void a_store_without_conditions_is_refused(void **state UNUSED)
{
	static const struct loopback_answer script[] = {{OK_HEAD, "", .to = "PUT *"}};
	enum append_answer answer;
	struct store *s = SERVE(script);
	fails_with(append(s, &answer), ERROR_SYSTEM, "does not keep the condition If-None-Match");
	assert_int_equal(server.asked, 2);
	assert_non_null(strstr(server.requests[1], "PUT /b/writ/acme/probe "));
	end(s);
}

static void a_new_store_makes_its_probe_and_goes_on(void **state UNUSED)
{
	static const struct loopback_answer script[] = {
		{OK_HEAD, "", .to = "PUT /b/writ/acme/probe", .times = 1},
		KEPT,
		{OK_HEAD, "", .to = "PUT *"},
	};
	enum append_answer answer;
	struct store *s = SERVE(script);
	assert_ok(append(s, &answer));
	assert_int_equal(answer, APPEND_DONE);
	assert_int_equal(server.asked, 4);
	end(s);
}

static void a_put_is_signed(void **state UNUSED)
{
	static const struct loopback_answer script[] = {KEPT, {OK_HEAD, "", .to = "PUT *"}};
	static const char *const parts[] = {
		FIRST " HTTP/1.1\r\n",
		"\r\nIf-None-Match: *\r\n",
		"\r\nx-amz-security-token: TOKEN==\r\n",
		"Authorization: AWS4-HMAC-SHA256 Credential=KEYID/",
		"/eu-test-1/s3/aws4_request, SignedHeaders=content-type;host;if-none-match;",
		";x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=",
		"\r\n\r\n{\"n\": 1}",
	};
	unsigned char digest[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];
	enum append_answer answer;
	struct store *s = SERVE(script);
	assert_ok(append(s, &answer));
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (!strstr(server.requests[1], parts[i]))
			fail_msg("\"%s\" is not in \"%s\"", parts[i], server.requests[1]);
	}
	sha256_of("{\"n\": 1}", 8, digest);
	sha256_hex(digest, SHA256_SIZE, text);
	assert_non_null(strstr(server.requests[1], text));
	assert_non_null(strstr(server.requests[2], "PUT /b/writ/acme/head "));
	assert_non_null(strstr(server.requests[2], "\r\n\r\n1"));
	end(s);
}

/* ---- the head ---- */

#define LIST(truncated, keys)                                                                      \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "                           \
	"xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><IsTruncated>" truncated  \
	"</IsTruncated>" keys "</ListBucketResult>"
#define KEY(name) "<Contents><Key>writ/acme/" name "</Key><Size>9</Size></Contents>"
#define HINT(text)                                                                                 \
	{                                                                                          \
		OK_HEAD, text, .to = "GET /b/writ/acme/head"                                       \
	}
#define NO_HINT                                                                                    \
	{                                                                                          \
		"HTTP/1.1 404 Not Found\r\n", XML_OF("NoSuchKey"), .to = "GET /b/writ/acme/head"   \
	}
#define BEHIND(number)                                                                             \
	"GET /b?list-type=2&max-keys=1000&prefix=writ%2Facme%2F&start-after=writ%2Facme%2F" number

static void the_head_takes_three_requests(void **state UNUSED)
{
	static const struct loopback_answer script[] = {
		HINT("41"),
		{OK_HEAD,
		 LIST("false", KEY("000000000041") KEY("000000000042") KEY("beat") KEY("head")),
		 .to = BEHIND("000000000040")},
		{OK_HEAD, "the record", .to = "GET /b/writ/acme/000000000042"},
		{OK_HEAD, LIST("false", KEY("000000000042") KEY("beat")),
		 .to = BEHIND("000000000041")},
	};
	ARENA a = {0};
	struct stored_record head;
	struct store *s = SERVE(script);
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 42);
	assert_string_equal(head.bytes, "the record");
	assert_int_equal(server.asked, 3);
	assert_ok(s->kind->head(s, &a, &head)); /* it knows where to look now */
	assert_int_equal(server.asked, 5);
	end(s);
}

static void a_head_without_a_hint_is_found_in_pages(void **state UNUSED)
{
	static const struct loopback_answer script[] = {
		HINT("what?"),
		{OK_HEAD, LIST("true", KEY("000000000001") KEY("000000000002")),
		 .to = BEHIND("000000000000")},
		{OK_HEAD, LIST("true", KEY("000000000003") KEY("beat")),
		 .to = BEHIND("000000000002")},
		{OK_HEAD, "third", .to = "GET /b/writ/acme/000000000003"},
	};
	ARENA a = {0};
	struct stored_record head;
	struct store *s = SERVE(script);
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 3);
	end(s);
}

static void what_the_list_shows_is_judged(void **state UNUSED)
{
	static const struct {
		struct loopback_answer hint;
		const char *list, *words;
		enum error_code code;
	} rows[] = {
		{HINT("7"), LIST("false", ""), "has no record 7", ERROR_INPUT},
		{HINT("7"), LIST("false", KEY("000000000008")), "has no record 7", ERROR_INPUT},
		{NO_HINT, LIST("false", KEY("000000000001") KEY("000000000003")), "has no record 2",
		 ERROR_INPUT},
		{NO_HINT, LIST("maybe", ""), "what is no list", ERROR_INPUT},
		{NO_HINT, "<html></html>", "what is no list", ERROR_INPUT},
		{NO_HINT, LIST("false", "<Contents><Key>&nope;</Key></Contents>"),
		 "a key is no text", ERROR_INPUT},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct stored_record head;
		const struct loopback_answer script[] = {
			rows[i].hint, {OK_HEAD, rows[i].list, .to = "GET /b[?]*"}};
		struct store *s = SERVE(script);
		fails_with(s->kind->head(s, &a, &head), rows[i].code, rows[i].words);
		end(s);
	}
}

/* What only reads is asked again, and not for ever. */
static void reads_are_repeated(void **state UNUSED)
{
	static const struct loopback_answer once[] =
		{
			{"HTTP/1.1 503 Slow Down\r\n", XML_OF("SlowDown"), .to = "GET *",
			 .times = 1},
			{NULL, .to = "GET *", .times = 1},
			{OK_HEAD, "one 1", .to = "GET /b/writ/acme/beat"},
		},
					    always[] = {{"HTTP/1.1 503 Slow Down\r\n",
							 XML_OF("SlowDown"), .to = "GET *"}};
	ARENA a = {0};
	const char *beat;
	struct store *s = SERVE(once);
	assert_ok(s->kind->read_beat(s, &a, &beat));
	assert_string_equal(beat, "one 1");
	end(s);
	s = SERVE(always);
	fails_with(s->kind->read_beat(s, &a, &beat), ERROR_SYSTEM, "503 SlowDown");
	assert_int_equal(server.asked, 3);
	end(s);
}

static void an_endless_answer_is_cut(void **state UNUSED)
{
	static const struct loopback_answer script[] = {
		{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
		 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		 "xxxx",
		 .repeat = 40000, .end = true, .to = "GET *"}};
	ARENA a = {0};
	struct stored_record_vec found = {0};
	struct store *s = SERVE(script);
	fails_with(s->kind->read(s, &a, 1, 1, &found), ERROR_SYSTEM, "too large");
	end(s);
}

/* ---- whom it talks to ---- */

static pid_t start_tls(const char *folder, int port)
{
	ARENA a = {0};
	const char *script = arena_printf(
		&a,
		"cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
		"-days 2 "
		"-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key -out cert "
		"2>/dev/null && exec openssl s_server -quiet -www -accept 127.0.0.1:%d -key key "
		"-cert "
		"cert >/dev/null 2>&1",
		folder, port);
	pid_t child = fork();
	if (child == 0) {
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(99);
	}
	return child;
}

static struct error *read_first(const char *ca_file, const char *host, int port)
{
	ARENA a = {0};
	struct store *s = NULL;
	struct stored_record_vec found = {0};
	const struct s3_keys keys = {key_id, secret, NULL};
	struct s3_settings to = settings;
	to.ca_file = ca_file;
	to.endpoint = arena_printf(&a, "https://%s:%d", host, port);
	TRY(s3_store_open(&to, &keys, "acme", &s));
	struct error *error = s->kind->read(s, &a, 1, 1, &found);
	s->kind->close(s);
	return error;
}

static void a_server_proves_its_name(void **state UNUSED)
{
	ARENA a = {0};
	struct error *error = NULL;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(at);
	char folder[] = "/tmp/writ-s3-XXXXXX";
	assert_non_null(mkdtemp(folder));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	close(fd);
	int port = ntohs(at.sin_port);
	const char *cert = arena_printf(&a, "%s/cert", folder);
	pid_t child = start_tls(folder, port);
	for (int i = 0; i < 100; i++) { /* until it listens */
		error_free(error);
		error = access(cert, F_OK) ? error_new(ERROR_SYSTEM, "not yet")
					   : read_first(cert, "localhost", port);
		if (!error)
			break;
		clock_sleep_ms(50);
	}
	assert_ok(error);
	fails_with(read_first(NULL, "localhost", port), ERROR_SYSTEM, "certificate");
	fails_with(read_first(cert, "127.0.0.1", port), ERROR_SYSTEM, "127.0.0.1");
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
	assert_int_equal(
		unlink(cert) || unlink(arena_printf(&a, "%s/key", folder)) || rmdir(folder), 0);
}

/* ---- keys and lists ---- */

static void keys_are_read_from_a_list(void **state UNUSED)
{
	ARENA a = {0};
	struct s3_key_vec keys = {0};
	bool more = false;
	const char *text =
		LIST("true", "<Contents><Key>a&amp;b&lt;c&gt;d&quot;e&apos;f</Key></Contents>"
			     "<Contents><Key></Key></Contents>");
	assert_ok(s3_list_read(&a, text, strlen(text), &keys, &more));
	assert_true(more);
	assert_int_equal(keys.len, 2);
	assert_string_equal(keys.at[0], "a&b<c>d\"e'f");
	assert_string_equal(keys.at[1], "");
	static const char *const bad[] = {
		"", LIST("false", "<Key>a<b</Key>"), LIST("false", "<Key>&#10;</Key>"),
		"<ListBucketResult><IsTruncated>false</IsTruncated><Key>a</Key>",
		"<ListBucketResult></ListBucketResult>"};
	for (size_t i = 0; i < COUNT(bad); i++)
		fails_with(s3_list_read(&a, bad[i], strlen(bad[i]), &keys, &more), ERROR_INPUT,
			   "is no list");
	fails_with(s3_list_read(&a, "<ListBucketResult>\0", 19, &keys, &more), ERROR_INPUT,
		   "is no list");
}

static void what_does_not_belong_into_a_header_is_refused(void **state UNUSED)
{
	struct store *s = NULL;
	struct secret *bad = secret_of("KEY\r\nX-Other: 1");
	const struct s3_keys id = {bad, secret, NULL}, session = {key_id, secret, bad},
			     good = {key_id, secret, NULL};
	struct s3_settings region = settings, bucket = settings;
	settings.endpoint = region.endpoint = bucket.endpoint = "https://127.0.0.1:1";
	region.region = "eu:s3";
	bucket.bucket = "a/b";
	fails_with(s3_store_open(&settings, &id, "acme", &s), ERROR_INPUT, "access key");
	fails_with(s3_store_open(&settings, &session, "acme", &s), ERROR_INPUT, "session token");
	fails_with(s3_store_open(&region, &good, "acme", &s), ERROR_INPUT, "region or bucket");
	fails_with(s3_store_open(&bucket, &good, "acme", &s), ERROR_INPUT, "region or bucket");
	secret_free(bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_to_a_put),
		cmocka_unit_test(refusals_of_a_put),
		cmocka_unit_test(the_same_bytes_after_a_lost_answer_are_taken),
		cmocka_unit_test(silence_is_no_answer),
		cmocka_unit_test(a_store_without_conditions_is_refused),
		cmocka_unit_test(a_new_store_makes_its_probe_and_goes_on),
		cmocka_unit_test(a_put_is_signed),
		cmocka_unit_test(the_head_takes_three_requests),
		cmocka_unit_test(a_head_without_a_hint_is_found_in_pages),
		cmocka_unit_test(what_the_list_shows_is_judged),
		cmocka_unit_test(reads_are_repeated),
		cmocka_unit_test(an_endless_answer_is_cut),
		cmocka_unit_test(a_server_proves_its_name),
		cmocka_unit_test(keys_are_read_from_a_list),
		cmocka_unit_test(what_does_not_belong_into_a_header_is_refused),
	};
	return cmocka_run_group_tests(tests, make_keys, wipe_keys);
}
