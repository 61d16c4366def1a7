/* SPDX-License-Identifier: Apache-2.0 */
/* The suite of all stores against an object store that somebody else wrote; ceph.sh starts one and
 * says in WRIT_S3_* where it is. */
#include "core/ledger/stores/s3_request.h"
#include "core/ledger/stores/stores.h"
#include "tests/unit/core/ledger/store_suite.h"

static struct s3_settings settings = {.region = "us-east-1", .prefix = "team/one & two"};
static struct secret *key_id, *secret, *wrong;

static struct secret *secret_of(const char *text)
{
	ARENA a = {0};
	return secret_take(arena_strdup(&a, text), strlen(text));
}

static struct error *open_with(const struct secret *key, const char *name, struct store **out)
{
	const struct s3_keys keys = {key_id, key, NULL};
	return s3_store_open(&settings, &keys, name, out);
}

static struct store *suite_open(const char *key)
{
	struct store *s = NULL;
	assert_ok(open_with(secret, key, &s));
	return s;
}

static void a_wrong_key_is_denied(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = NULL;
	struct stored_record head;
	struct new_record record = {.number = 1, .bytes = "{}", .len = 2};
	enum append_answer answer;
	const char *words = NULL;
	assert_ok(open_with(wrong, "denied", &s));
	struct error *errors[] = {s->kind->head(s, &a, &head),
				  s->kind->append(s, &a, &record, &answer, &words),
				  s->kind->beat(s, "one 1")};
	for (size_t i = 0; i < COUNT(errors); i++) {
		assert_non_null(errors[i]);
		assert_int_equal(errors[i]->code, ERROR_DENIED);
		assert_non_null(strstr(errors[i]->message, "403 SignatureDoesNotMatch"));
		error_free(errors[i]);
	}
	s->kind->close(s);
}

static void a_bucket_that_is_not_there_is_an_error(void **state UNUSED)
{
	ARENA a = {0};
	struct s3_settings elsewhere = settings;
	const struct s3_keys keys = {key_id, secret, NULL};
	struct stored_record head;
	struct store *s = NULL;
	elsewhere.bucket = "nowhere";
	assert_ok(s3_store_open(&elsewhere, &keys, "acme", &s));
	struct error *error = s->kind->head(s, &a, &head);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_SYSTEM);
	assert_non_null(strstr(error->message, "404 NoSuchBucket"));
	error_free(error);
	s->kind->close(s);
}

/* As an old version, or a hand, may have left it. */
static void spoil_hint(const char *path)
{
	ARENA a = {0};
	struct s3_session *session = NULL;
	struct s3_answer answer;
	const struct s3_keys keys = {key_id, secret, NULL};
	const struct s3_request request = {
		.path = arena_printf(&a, "/%s/%s", settings.bucket, path),
		.bytes = "nothing",
		.len = 7};
	assert_ok(s3_open(&settings, &keys, &session));
	assert_ok(s3_send(session, &a, &request, &answer));
	assert_int_equal(answer.status, 200);
	s3_close(session);
}

/* With a hint and without; then the list has two pages. Other objects stand behind the records. */
static void a_head_is_found_behind_many(void **state UNUSED)
{
	ARENA a = {0};
	struct stored_record head;
	struct store *s = suite_open("many"), *behind = suite_open("many-more");
	suite_fill(behind, 1);
	suite_fill(s, 1010);
	assert_ok(s->kind->beat(s, "one 1"));
	for (int i = 0; i < 2; i++) {
		struct store *other = suite_open("many");
		assert_ok(other->kind->head(other, &a, &head));
		assert_int_equal(head.number, 1010);
		other->kind->close(other);
		spoil_hint("team/one%20%26%20two/many/head");
	}
	s->kind->close(s);
	behind->kind->close(behind);
}

int main(void)
{
	const char *endpoint = getenv("WRIT_S3_ENDPOINT");
	const char *rounds = getenv("WRIT_S3_ROUNDS");
	if (!endpoint) {
		puts("1..0 # SKIP \"make check-s3\" runs it beside an object gateway");
		return 0;
	}
	settings.endpoint = endpoint;
	settings.bucket = getenv("WRIT_S3_BUCKET");
	key_id = secret_of(getenv("WRIT_S3_KEY_ID"));
	secret = secret_of(getenv("WRIT_S3_SECRET"));
	wrong = secret_of("wrong");
	suite_racers = 8;
	suite_rounds = rounds ? (int)strtol(rounds, NULL, 10) : 20;
	const struct CMUnitTest tests[] = {
		STORE_TESTS,
		cmocka_unit_test(a_wrong_key_is_denied),
		cmocka_unit_test(a_bucket_that_is_not_there_is_an_error),
		cmocka_unit_test(a_head_is_found_behind_many),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);
	secret_free(key_id);
	secret_free(secret);
	secret_free(wrong);
	return failures;
}
