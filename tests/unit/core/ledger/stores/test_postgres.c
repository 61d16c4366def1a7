/* SPDX-License-Identifier: Apache-2.0 */
/* Against a server of the test's own, by its socket and by TCP, with passwords and certificates. */
#include "core/ledger/stores/stores.h"

#include <sys/mount.h>
#include <sys/random.h>

#include "core/ledger/place.h"
#include "tests/unit/core/ledger/store_suite.h"
#include "tests/unit/core/ledger/stores/cluster.h"

static struct cluster cluster;

/* Lives until the program ends, as the operator's secrets do. */
static struct secret *secret_of(struct arena *a, const char *connection)
{
	return secret_take(arena_strdup(a, connection), strlen(connection));
}

static struct secret *secrets[64];
static size_t secret_count;

static struct error *open_with(const char *connection, const char *key, struct store **out)
{
	ARENA a = {0};
	struct secret *s = secret_of(&a, connection);
	struct error *error = postgres_store_open(s, key, out);
	if (error) {
		secret_free(s);
		return error;
	}
	assert_true(secret_count < COUNT(secrets));
	secrets[secret_count++] = s;
	return NULL;
}

static int drop_secrets(void **state UNUSED)
{
	while (secret_count > 0)
		secret_free(secrets[--secret_count]);
	return 0;
}

/* As `user`, whose password is USER-password, over TCP without TLS. */
static const char *tcp(struct arena *a, int port, const char *more)
{
	return arena_printf(a,
			    "host=127.0.0.1 port=%d user=writ password=writ-password dbname=writ "
			    "sslmode=disable %s",
			    port, more);
}

static struct store *open_tcp(int port, const char *key)
{
	ARENA a = {0};
	struct store *s = NULL;
	assert_ok(open_with(tcp(&a, port, ""), key, &s));
	return s;
}

/* By the socket and by TCP in turn. */
static struct store *suite_open(const char *key)
{
	static int turn;
	ARENA a = {0};
	struct store *s = NULL;
	if (turn++ % 2)
		return open_tcp(cluster.port, key);
	assert_ok(
		open_with(arena_printf(&a, "postgresql://writ:writ-password@/writ?host=%s&port=%d",
				       cluster.folder, cluster.port),
			  key, &s));
	return s;
}

/* It fails with that code, and says these words and no password. */
static void refuses_with(struct error *error, enum error_code code, const char *words)
{
	assert_non_null(error);
	if (!strstr(error->message, words))
		fail_msg("\"%s\" instead of \"%s\"", error->message, words);
	assert_null(strstr(error->message, "writ-password"));
	assert_int_equal(error->code, code);
	error_free(error);
}

static void refuses(const char *connection, enum error_code code, const char *words)
{
	struct store *s = NULL;
	refuses_with(open_with(connection, "refused", &s), code, words);
}

static const char *admin(struct arena *a, const char *sql)
{
	return cluster_sql(&cluster, a, "writ", sql);
}

/* ---- who gets in ---- */

static void a_wrong_password_is_denied(void **state UNUSED)
{
	ARENA a = {0};
	refuses(tcp(&a, cluster.port, "password=wrong"), ERROR_DENIED,
		"password authentication failed for user");
	refuses(tcp(&a, cluster.port, "user=nobody-there"), ERROR_DENIED, "failed");
	refuses(tcp(&a, cluster.port, "dbname=nowhere"), ERROR_SYSTEM, "does not exist");
	refuses(tcp(&a, 1, ""), ERROR_SYSTEM, "refused");
}

/* libpq's words about a string that it cannot read repeat pieces of it. */
static void a_connection_string_is_not_shown(void **state UNUSED)
{
	ARENA a = {0};
	refuses("writ-password", ERROR_INPUT, "is no connection string of PostgreSQL");
	refuses("postgresql://127.0.0.1:writ-password/writ", ERROR_SYSTEM, "no server");
	refuses(tcp(&a, cluster.port, "port=writ-password"), ERROR_SYSTEM, "no server");
}

/* A job's definition may set variables: none leads elsewhere, or brings in a password. */
static void variables_do_not_count(void **state UNUSED)
{
	ARENA a = {0};
	setenv("PGHOSTADDR", "192.0.2.1", 1);
	setenv("PGPASSWORD", "writ-password", 1);
	setenv("PGOPTIONS", "-c search_path=elsewhere", 1);
	struct store *s = open_tcp(cluster.port, "variables");
	suite_fill(s, 1);
	s->kind->close(s);
	setenv("PGPASSWORD", "writ-password", 1);
	refuses(arena_printf(&a, "host=127.0.0.1 port=%d user=writ dbname=writ sslmode=disable",
			     cluster.port),
		ERROR_DENIED, "password");
	assert_null(getenv("PGPASSWORD"));
}

/* Unless the string says otherwise, the server proves who it is. */
static void tls_is_verified(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = NULL;
	const char *to = arena_printf(
		&a,
		"port=%d user=writ password=writ-password dbname=writ sslrootcert=%s/server.crt",
		cluster.port, cluster.folder);
	assert_ok(open_with(arena_printf(&a, "host=localhost %s", to), "tls", &s));
	suite_fill(s, 1);
	s->kind->close(s);
	refuses(arena_printf(&a, "host=127.0.0.1 %s", to), ERROR_SYSTEM,
		"does not match host name");
	refuses(arena_printf(&a, "host=localhost %s sslrootcert=/nowhere", to), ERROR_SYSTEM,
		"root certificate file");
	/* each address is told, the one that nobody listens on too */
	refuses(arena_printf(&a, "host=127.0.0.2,localhost %s sslrootcert=/nowhere", to),
		ERROR_SYSTEM, "root certificate file");
}

/* What it says can be run as it stands. */
static void who_may_make_no_tables_is_told_them(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = NULL;
	const char *to = tcp(&a, cluster.port, "dbname=bare");
	struct error *error = open_with(to, "bare", &s);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_DENIED);
	const char *tables = strstr(error->message, "CREATE TABLE writ_ledger ");
	assert_non_null(tables);
	assert_string_equal(cluster_sql(&cluster, &a, "bare", tables), "");
	error_free(error);
	struct stored_record head;
	assert_ok(open_with(to, "bare", &s));
	refuses_with(s->kind->head(s, &a, &head), ERROR_DENIED, "permission denied for table");
	s->kind->close(s);
}

static void it_needs_few_rights(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = NULL;
	struct stored_record head;
	assert_string_equal(cluster_sql(&cluster, &a, "bare",
					"GRANT SELECT, INSERT ON writ_ledger TO writ; "
					"GRANT SELECT, INSERT, UPDATE ON writ_ledger_beat TO writ"),
			    "");
	assert_ok(open_with(tcp(&a, cluster.port, "dbname=bare"), "few", &s));
	suite_fill(s, 3);
	assert_ok(s->kind->beat(s, "one 1"));
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 3);
	assert_string_equal(s->kind->describe(s, &a), "database bare on 127.0.0.1");
	s->kind->close(s);
}

static void secrets_are_read_once(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = NULL, *again = NULL;
	struct ledger_settings settings = {.kind = LEDGER_POSTGRES,
					   .postgres = {.kind = SECRET_ENV, .name = "WRIT_PG"}};
	struct ledger_place place = {.settings = &settings, .key = "acme-00000000"};
	assert_true(ledger_place_is_shared(&place));
	setenv("WRIT_PG", tcp(&a, cluster.port, ""), 1);
	assert_ok(ledger_place_open(&place, &s));
	assert_null(getenv("WRIT_PG"));
	assert_ok(ledger_place_open(&place, &again));
	suite_fill(s, 1);
	s->kind->close(s);
	again->kind->close(again);
	ledger_place_done(&place);
	refuses_with(ledger_place_open(&place, &s), ERROR_INPUT, "WRIT_PG");
}

/* ---- what the database sees to ---- */

static enum append_answer append_once(struct store *s, uint64_t number, const char *before,
				      struct error **error)
{
	ARENA a = {0};
	enum append_answer answer = APPEND_TAKEN;
	const char *words = NULL;
	const char *bytes = arena_printf(&a, "{\"number\": %d}", (int)number);
	struct new_record record = {.number = number, .bytes = bytes, .len = strlen(bytes)};
	sha256_of(before, strlen(before), record.before);
	*error = s->kind->append(s, &a, &record, &answer, &words);
	return answer;
}

static enum append_answer append_next(struct store *s, uint64_t number)
{
	ARENA a = {0};
	struct error *error;
	enum append_answer answer = append_once(
		s, number, arena_printf(&a, "{\"number\": %d}", (int)number - 1), &error);
	assert_ok(error);
	return answer;
}

static void nothing_follows_another_chain(void **state UNUSED)
{
	struct error *error;
	struct store *s = suite_open("chain");
	suite_fill(s, 2);
	append_once(s, 3, "{\"number\": 1}", &error);
	refuses_with(error, ERROR_INPUT, "record 2 of the ledger in database writ on");
	append_once(s, 4, "{\"number\": 3}", &error);
	refuses_with(error, ERROR_INPUT, "record 3 of the ledger");
	assert_int_equal(append_next(s, 3), APPEND_DONE);
	s->kind->close(s);
}

static void a_row_that_was_taken_away_is_told(void **state UNUSED)
{
	ARENA a = {0};
	struct stored_record_vec found = {0};
	struct error *error;
	struct store *s = suite_open("gap");
	suite_fill(s, 4);
	assert_string_equal(admin(&a, "DELETE FROM writ_ledger WHERE organization = 'gap' AND "
				      "number = 2"),
			    "23503");
	assert_string_equal(admin(&a, "UPDATE writ_ledger SET record = 'other' WHERE organization "
				      "= 'gap' AND number = 2"),
			    "23514");
	/* As whoever owns the server can. */
	assert_string_equal(admin(&a,
				  "SET session_replication_role = replica; DELETE FROM "
				  "writ_ledger WHERE organization = 'gap' AND number IN (2, 4)"),
			    "");
	refuses_with(s->kind->read(s, &a, 1, 3, &found), ERROR_INPUT, "has no record 2");
	append_once(s, 5, "{\"number\": 4}", &error);
	refuses_with(error, ERROR_INPUT, "record 4 of the ledger");
	s->kind->close(s);
}

/* A table of an older version is made fit by its owner alone, who is told how. */
static void an_older_table_is_renewed(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = NULL;
	const char *to = tcp(&a, cluster.port, "dbname=bare");
	static const char older[] =
		"ALTER TABLE writ_ledger DROP CONSTRAINT writ_ledger_contents, ADD CHECK (digest = "
		"sha256(record)); GRANT UPDATE (record) ON writ_ledger TO writ";
	assert_ok(open_with(to, "older", &s));
	suite_fill(s, 3);
	struct new_record left = suite_left(&a, s, 2), other = left;
	refuses_with(s->kind->empty(s, &a, &left), ERROR_DENIED, "GRANT UPDATE (record) ON");
	assert_string_equal(cluster_sql(&cluster, &a, "bare", older), "");
	struct error *error = s->kind->empty(s, &a, &left);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_DENIED);
	const char *sql = strstr(error->message, "ALTER TABLE writ_ledger DROP CONSTRAINT ");
	assert_non_null(sql);
	assert_string_equal(cluster_sql(&cluster, &a, "bare", sql), "");
	error_free(error);
	assert_ok(s->kind->empty(s, &a, &left));
	other.number = 3;
	refuses_with(s->kind->empty(s, &a, &other), ERROR_INPUT, "is another by now");
	s->kind->close(s);
	s = suite_open("older"); /* by the owner */
	suite_fill(s, 3);
	assert_string_equal(admin(&a, "ALTER TABLE writ_ledger DROP CONSTRAINT "
				      "writ_ledger_contents, ADD CHECK (digest = sha256(record)) "
				      "NOT VALID"),
			    "");
	left = suite_left(&a, s, 1);
	assert_ok(s->kind->empty(s, &a, &left));
	s->kind->close(s);
}

static void many_are_read_in_pages(void **state UNUSED)
{
	ARENA a = {0};
	struct stored_record_vec found = {0};
	struct store *s = suite_open("pages");
	suite_fill(s, 200);
	assert_ok(s->kind->read(s, &a, 2, 200, &found));
	assert_int_equal(found.len, 199);
	assert_string_equal(found.at[198].bytes, "{\"number\": 200}");
	assert_int_equal(found.at[64].number, 66);
	s->kind->close(s);
}

/* Whatever the connection or the role says, a record is on the server's disk before it is told. */
static void a_commit_is_synchronous(void **state UNUSED)
{
	static const char *const rows[][2] = {{"off", "on"},
					      {"local", "on"},
					      {"remote_write", "on"},
					      {"remote_apply", "remote_apply"}};
	ARENA a = {0};
	admin(&a, "CREATE TABLE seen (setting text); GRANT ALL ON seen TO writ; CREATE FUNCTION "
		  "note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES "
		  "(current_setting('synchronous_commit')); RETURN NULL; END $$; CREATE TRIGGER "
		  "note AFTER INSERT ON writ_ledger FOR EACH ROW EXECUTE FUNCTION note()");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct store *s = NULL;
		const char *option =
			arena_printf(&a, "options='-c synchronous_commit=%s'", rows[i][0]);
		admin(&a, "DELETE FROM seen");
		assert_ok(open_with(tcp(&a, cluster.port, option), rows[i][0], &s));
		suite_fill(s, 1);
		assert_string_equal(admin(&a, "SELECT setting FROM seen"), rows[i][1]);
		s->kind->close(s);
	}
	assert_string_equal(admin(&a, "DROP TRIGGER note ON writ_ledger"), "");
}

/* ---- what goes wrong under way ---- */

static void lost_answers_are_no_answers(void **state UNUSED)
{
	static const struct {
		enum proxy_mode mode;
		enum append_answer again;
	} rows[] = {{PROXY_CUT_REQUEST, APPEND_DONE},
		    {PROXY_CUT_ANSWER, APPEND_TAKEN},
		    {PROXY_SWALLOW, APPEND_TAKEN}};
	struct proxy proxy;
	proxy_start(&proxy, cluster.port);
	struct store *s = open_tcp(proxy.port, "cut");
	suite_fill(s, 2);
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct stored_record head;
		proxy.mode = (int)rows[i].mode;
		assert_int_equal(append_next(s, 3 + i), APPEND_UNANSWERED);
		proxy.mode = PROXY_PASS;
		assert_int_equal(append_next(s, 3 + i), rows[i].again);
		assert_ok(s->kind->head(s, &a, &head));
		assert_int_equal(head.number, 3 + i);
	}
	s->kind->close(s);
	proxy_stop(&proxy);
}

/* A connection that is dead when it is needed again is made anew, and nobody notices. */
static void a_dead_connection_is_made_anew(void **state UNUSED)
{
	ARENA a = {0};
	struct stored_record head;
	const char *beat;
	struct store *s = open_tcp(cluster.port, "idle");
	suite_fill(s, 2);
	static const char kill_all[] = "SELECT count(pg_terminate_backend(pid)) FROM "
				       "pg_stat_activity WHERE usename = 'writ'";
	admin(&a, kill_all);
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 2);
	admin(&a, kill_all);
	assert_ok(s->kind->read_beat(s, &a, &beat));
	s->kind->close(s);
}

/* The row is there and its transaction is not over when its server process is ended. */
static void a_backend_that_dies_before_the_commit_made_nothing(void **state UNUSED)
{
	ARENA a = {0};
	struct stored_record head;
	struct store *s = suite_open("dies");
	suite_fill(s, 2);
	admin(&a, "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
		  "pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; CREATE CONSTRAINT "
		  "TRIGGER die AFTER INSERT ON writ_ledger DEFERRABLE INITIALLY DEFERRED FOR EACH "
		  "ROW EXECUTE FUNCTION die()");
	assert_int_equal(append_next(s, 3), APPEND_UNANSWERED);
	assert_string_equal(admin(&a, "DROP TRIGGER die ON writ_ledger"), "");
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 2);
	assert_int_equal(append_next(s, 3), APPEND_DONE);
	s->kind->close(s);
}

/* What a database cannot serialise it takes back: the same bytes are tried again. */
static void a_conflict_is_no_answer(void **state UNUSED)
{
	static const char *const states[] = {"40001", "40003", "40P01", "08006", "57014"};
	for (size_t i = 0; i < COUNT(states); i++) {
		ARENA a = {0};
		struct store *s = suite_open(states[i]);
		admin(&a, arena_printf(
				  &a,
				  "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ "
				  "BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '%s'; END $$; CREATE "
				  "TRIGGER fail BEFORE INSERT ON writ_ledger FOR EACH ROW EXECUTE "
				  "FUNCTION fail()",
				  states[i]));
		assert_int_equal(append_next(s, 1), APPEND_UNANSWERED);
		assert_string_equal(admin(&a, "DROP FUNCTION fail CASCADE"), "");
		assert_int_equal(append_next(s, 1), APPEND_DONE);
		s->kind->close(s);
	}
}

static void a_server_that_comes_back_goes_on(void **state UNUSED)
{
	ARENA a = {0};
	struct stored_record head;
	struct store *s = suite_open("restart");
	suite_fill(s, 2);
	cluster_stop(&cluster, SIGQUIT);
	assert_int_equal(append_next(s, 3), APPEND_UNANSWERED);
	refuses_with(s->kind->head(s, &a, &head), ERROR_SYSTEM,
		     "the database server of the ledger");
	cluster_start(&cluster);
	assert_int_equal(append_next(s, 3), APPEND_DONE);
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 3);
	s->kind->close(s);
}

/* It may be behind the one that takes records. */
static void a_standby_is_refused(void **state UNUSED)
{
	ARENA a = {0};
	const char *signal_file = arena_printf(&a, "%s/data/standby.signal", cluster.folder);
	cluster_stop(&cluster, SIGINT);
	FILE *file = fopen(signal_file, "w");
	assert_non_null(file);
	fclose(file);
	cluster_start(&cluster);
	refuses(tcp(&a, cluster.port, ""), ERROR_SYSTEM, "standby");
	cluster_stop(&cluster, SIGINT);
	assert_int_equal(unlink(signal_file), 0);
	cluster_start(&cluster);
}

static void a_server_that_does_not_sync_is_refused(void **state UNUSED)
{
	ARENA a = {0};
	assert_string_equal(admin(&a, "ALTER SYSTEM SET fsync = off"), "");
	admin(&a, "SELECT pg_reload_conf()");
	for (int i = 0; i < 100 && strcmp(admin(&a, "SHOW fsync"), "off") != 0; i++)
		clock_sleep_ms(50);
	refuses(tcp(&a, cluster.port, ""), ERROR_SYSTEM, "fsync is off");
	assert_string_equal(admin(&a, "ALTER SYSTEM RESET fsync"), "");
	admin(&a, "SELECT pg_reload_conf()");
	for (int i = 0; i < 100 && strcmp(admin(&a, "SHOW fsync"), "on") != 0; i++)
		clock_sleep_ms(50);
}

/* ---- a full disk ---- */

/* Appends until it fails. */
static struct error *fill_up(struct store *s, uint64_t *made)
{
	for (*made = 0; *made < 64; ++*made) {
		ARENA a = {0};
		static unsigned char noise[256 << 10], before[SHA256_SIZE];
		enum append_answer answer = APPEND_UNANSWERED;
		const char *words = NULL;
		for (size_t i = 0; i < sizeof(noise); i += 256)
			assert_int_equal(getrandom(noise + i, 256, 0), 256);
		struct new_record record = {*made + 1, (const char *)noise, sizeof(noise), {0}};
		memcpy(record.before, before, sizeof(before));
		TRY(s->kind->append(s, &a, &record, &answer, &words));
		assert_int_equal(answer, APPEND_DONE);
		sha256_of(noise, sizeof(noise), before);
	}
	return NULL;
}

static void a_full_disk_is_an_error_and_harms_nothing(void **state UNUSED)
{
	ARENA a = {0};
	uint64_t made;
	struct stored_record head;
	const char *disk = arena_printf(&a, "%s/disk", cluster.folder);
	struct stat owner;
	assert_int_equal(stat(arena_printf(&a, "%s/data", cluster.folder), &owner), 0);
	assert_int_equal(mkdir(disk, 0700), 0);
	if (mount("none", disk, "tmpfs", 0, "size=4m")) {
		print_message("# no small disk can be made here\n"); /* by root, and where it may */
		return;
	}
	assert_int_equal(chown(disk, owner.st_uid, owner.st_gid), 0);
	assert_string_equal(
		admin(&a, arena_printf(&a, "CREATE TABLESPACE small LOCATION '%s'", disk)), "");
	assert_string_equal(
		cluster_sql(&cluster, &a, "postgres",
			    "CREATE DATABASE full_disk OWNER writ TABLESPACE pg_default"),
		"");
	struct store *s = NULL;
	assert_ok(open_with(tcp(&a, cluster.port, "dbname=full_disk"), "full", &s));
	assert_string_equal(cluster_sql(&cluster, &a, "full_disk",
					"ALTER TABLE writ_ledger SET TABLESPACE small"),
			    "");
	refuses_with(fill_up(s, &made), ERROR_SYSTEM, "No space left on device");
	assert_true(made > 0);
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, made);
	s->kind->close(s);
	cluster_sql(&cluster, &a, "postgres", "DROP DATABASE full_disk");
	assert_string_equal(admin(&a, "DROP TABLESPACE small"), "");
	assert_int_equal(umount2(disk, MNT_DETACH), 0);
}

static int start_cluster(void **state UNUSED)
{
	ARENA a = {0};
	cluster_sql(&cluster, &a, "postgres", "CREATE ROLE writ LOGIN PASSWORD 'writ-password'");
	cluster_sql(&cluster, &a, "postgres", "CREATE DATABASE writ OWNER writ");
	cluster_sql(&cluster, &a, "postgres", "CREATE DATABASE bare");
	return 0;
}

static int end_cluster(void **state UNUSED)
{
	cluster_drop(&cluster);
	return 0;
}

#define TEST(test) cmocka_unit_test_teardown(test, drop_secrets)

int main(void)
{
	if (!cluster_make(&cluster)) {
		puts("1..0 # SKIP there is no PostgreSQL on this machine");
		return 0;
	}
	suite_racers = 8;
	suite_rounds = 20;
	const struct CMUnitTest tests[] = {
		STORE_TESTS,
		TEST(a_wrong_password_is_denied),
		TEST(a_connection_string_is_not_shown),
		TEST(variables_do_not_count),
		TEST(tls_is_verified),
		TEST(who_may_make_no_tables_is_told_them),
		TEST(it_needs_few_rights),
		TEST(secrets_are_read_once),
		TEST(nothing_follows_another_chain),
		TEST(a_row_that_was_taken_away_is_told),
		TEST(an_older_table_is_renewed),
		TEST(many_are_read_in_pages),
		TEST(a_commit_is_synchronous),
		TEST(lost_answers_are_no_answers),
		TEST(a_dead_connection_is_made_anew),
		TEST(a_backend_that_dies_before_the_commit_made_nothing),
		TEST(a_conflict_is_no_answer),
		TEST(a_server_that_comes_back_goes_on),
		TEST(a_standby_is_refused),
		TEST(a_server_that_does_not_sync_is_refused),
		TEST(a_full_disk_is_an_error_and_harms_nothing),
	};
	return cmocka_run_group_tests(tests, start_cluster, end_cluster);
}
