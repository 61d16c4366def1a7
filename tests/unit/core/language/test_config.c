/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "core/language/config.h"
#include "tests/unit/check.h"

struct fixture {
	struct arena arena;
	struct intern *strings;
	struct report report;
	char folder[32];
};

static const char *const variables[] = {"WRIT_CONFIG",
					"XDG_CONFIG_HOME",
					"HOME",
					"WRIT_ADOBE_ORG_ID",
					"WRIT_ADOBE_CLIENT_ID",
					"WRIT_ADOBE_CLIENT_SECRET",
					"WRIT_ADOBE_CLIENT_SECRET_FILE",
					"WRIT_ADOBE_USER_CLIENT_ID",
					"WRIT_ADOBE_USER_TOKEN",
					"WRIT_ADOBE_USER_TOKEN_FILE"};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		unsetenv(variables[i]);
	f->strings = intern_new();
	f->report.arena = &f->arena;
	snprintf(f->folder, sizeof(f->folder), "/tmp/test_config.XXXXXX");
	*state = f;
	return mkdtemp(f->folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	int failed = rmdir(f->folder);
	intern_free(f->strings);
	arena_done(&f->arena);
	free(f);
	return failed;
}

static struct config load(struct fixture *f, const char *path)
{
	struct config config;
	struct error *error = config_load(path, f->strings, &f->arena, &f->report, &config);
	assert_ok(error);
	assert_int_equal(f->report.errors, 0);
	return config;
}

static void assert_fails(struct fixture *f, const char *message)
{
	struct config config;
	struct error *error = config_load(NULL, f->strings, &f->arena, &f->report, &config);
	assert_non_null(error);
	if (!strstr(error->message, message))
		fail_msg("\"%s\" instead of \"%s\"", error->message, message);
	assert_int_equal(config.organizations.len, 0);
	error_free(error);
}

static const char *full(struct fixture *f)
{
	return in_tree(&f->arena, "tests/data/config/full.yaml");
}

static void assert_path(const char *path, const char *end)
{
	size_t len = strlen(path), tail = strlen(end);
	assert_true(len >= tail);
	assert_string_equal(path + len - tail, end);
}

static void every_key_is_read(void **state)
{
	struct fixture *f = *state;
	struct config config = load(f, full(f));
	const struct organization_config *o = config_find(&config, "acme", NULL);
	assert_non_null(o);
	assert_int_equal(config.organizations.len, 3);
	assert_int_equal(o->at.line, 4);
	assert_string_equal(o->org_id, "0123456789ABCDEF01234567@AdobeOrg");
	assert_string_equal(o->endpoints.ims, "http://127.0.0.1:8080");
	assert_string_equal(o->endpoints.storage, "https://storage.example/v1");
	assert_true(o->allow_local);
	assert_path(o->ca_file, "/tests/data/config/ca.pem");
	assert_int_equal(strlen(o->pinned_key), 2 * strlen("sha256//") + 2 * 44 + 1);
	assert_string_equal(o->server.client_id, "0f1e2d3c");
	assert_int_equal(o->server.secret.kind, SECRET_FILE);
	assert_path(o->server.secret.name, "/tests/data/config/secrets/acme");
	assert_string_equal(o->server.scopes, "openid,AdobeID");
	assert_int_equal(o->user.token.kind, SECRET_COMMAND);
	assert_string_equal(o->user.token.argv[2], "adobe/token");
	assert_null(o->user.token.argv[3]);
	assert_int_equal(o->accounts.len, 2);
	assert_int_equal(o->accounts.at[0].secret.kind, SECRET_ENV);
	assert_string_equal(o->accounts.at[0].secret.name, "ARCHIVER_SECRET");
	assert_string_equal(o->accounts.at[1].name, "report-reader");
	assert_int_equal(o->accounts.at[1].secret.kind, SECRET_FD);
	assert_int_equal(o->accounts.at[1].secret.fd, 7);
	assert_string_equal(o->sink_directory, "/run/writ/secrets");
	assert_null(o->sink_command);
	assert_string_equal(o->role_writer[1], "--quiet");
	assert_int_equal(o->account_roles, ACCOUNT_ROLES_USER_MANAGEMENT);
	assert_int_equal(o->connections, 2);
	assert_int_equal(o->max_wait, 90);
	assert_int_equal(o->ledger.kind, LEDGER_POSTGRES);
	assert_string_equal(o->ledger.postgres.name, "WRIT_PG");
	assert_int_equal(o->ledger.lease, 90);
	o = config_find(&config, "third", NULL);
	assert_int_equal(o->ledger.kind, LEDGER_S3);
	assert_string_equal(o->ledger.s3.endpoint, "https://s3.eu-central-1.amazonaws.com");
	assert_string_equal(o->ledger.s3.region, "eu-central-1");
	assert_string_equal(o->ledger.s3.bucket, "acme-writ");
	assert_string_equal(o->ledger.s3.prefix, "ledgers");
	assert_path(o->ledger.s3.ca_file, "/tests/data/config/ca.pem");
	assert_string_equal(o->ledger.s3.key_id.name, "AWS_ACCESS_KEY_ID");
	assert_string_equal(o->ledger.s3.secret.name, "AWS_SECRET_ACCESS_KEY");
	assert_string_equal(o->ledger.s3.token.name, "AWS_SESSION_TOKEN");
}

static void policy_and_snapshot_are_read(void **state)
{
	struct fixture *f = *state;
	struct config config = load(f, full(f));
	const struct organization_config *o = config_find(&config, "acme", NULL);
	assert_int_equal(o->policy.guards.max_removals, 3);
	assert_int_equal(o->policy.guards.max_removal_delta, 10);
	assert_int_equal(o->policy.guards.max_admin_grants, 1);
	assert_int_equal(o->policy.guards.min_holders[ROLE_SYSTEM_ADMINISTRATOR], 3);
	assert_int_equal(o->policy.guards.min_holders[ROLE_SUPPORT_ADMINISTRATOR], 1);
	assert_int_equal(o->policy.guards.min_holders[ROLE_DEVELOPER], -1);
	assert_int_equal(o->policy.guards.min_persons, 2);
	assert_int_equal(o->policy.max_live_shrink, 40);
	assert_int_equal(o->policy.required.len, 2);
	assert_string_equal(o->policy.required.at[0].user, "head@example.com");
	assert_int_equal(o->policy.required.at[1].role, ROLE_USER_GROUP_ADMINISTRATOR);
	assert_string_equal(o->policy.required.at[1].group, "Design");
	assert_string_equal(o->policy.required.at[1].user_group, "Leads");
	assert_path(o->snapshot.repository, "/tests/data/config/../estate");
	assert_string_equal(o->snapshot.folder, "adobe");
	assert_string_equal(o->snapshot.author_email, "writ@example.com");
	assert_int_equal(o->snapshot.sign.kind, SIGN_FILE);
	assert_string_equal(o->snapshot.sign.file, "/etc/writ/id_ed25519");
	assert_int_equal(o->sign_plans.kind, SIGN_AGENT);
	assert_string_equal(o->sign_plans.agent, "ssh-ed25519 AAAA");
	assert_false(o->snapshot.commit);
	assert_path(o->signers, "/tests/data/config/allowed_signers");
}

static void what_is_unsaid_has_defaults(void **state)
{
	struct fixture *f = *state;
	struct config config = load(f, full(f));
	const struct organization_config *o = config_find(&config, "other", NULL);
	assert_string_equal(o->endpoints.ims, "https://ims-na1.adobelogin.com");
	assert_int_equal(o->server.secret.kind, SECRET_NONE);
	assert_null(o->server.client_id);
	assert_null(o->role_writer);
	assert_int_equal(o->account_roles, ACCOUNT_ROLES_MANUAL);
	assert_int_equal(o->connections, CONFIG_CONNECTIONS_MAX);
	assert_int_equal(o->max_wait, -1);
	assert_int_equal(o->policy.guards.min_holders[ROLE_SYSTEM_ADMINISTRATOR], -1);
	assert_int_equal(o->policy.max_live_shrink, -1);
	assert_null(o->snapshot.repository);
	assert_true(o->snapshot.commit);
	assert_int_equal(o->ledger.kind, LEDGER_GIT);
	assert_null(o->ledger.folder);
	assert_string_equal(o->ledger.git_remote, "origin");
	assert_string_equal(o->ledger.git_ref, "refs/heads/writ/acme");
	assert_path(o->ledger.git_repository, "/tests/data/config/../ledger");
	assert_int_equal(o->ledger.lease, -1);
}

static void organisations_are_found_by_name_and_id(void **state)
{
	static const struct {
		const char *name, *id;
		int found; /* index; -1: none */
	} rows[] = {
		{"acme", NULL, 0},
		{"other", "89ABCDEF0123456789ABCDEF@AdobeOrg", 1},
		{NULL, "89ABCDEF0123456789ABCDEF@AdobeOrg", 1},
		{"acme", "89ABCDEF0123456789ABCDEF@AdobeOrg", -1},
		{"nobody", NULL, -1},
	};
	struct fixture *f = *state;
	struct config config = load(f, full(f));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct organization_config *o =
			config_find(&config, rows[i].name, rows[i].id);
		assert_ptr_equal(o, rows[i].found < 0 ? NULL
						      : &config.organizations.at[rows[i].found]);
	}
}

static void the_environment_serves_one(void **state)
{
	struct fixture *f = *state;
	setenv("WRIT_ADOBE_ORG_ID", "x@AdobeOrg", 1);
	assert_int_equal(load(f, NULL).organizations.len, 0);
	setenv("WRIT_ADOBE_CLIENT_ID", "client", 1);
	setenv("WRIT_ADOBE_CLIENT_SECRET", "s3cret", 1);
	setenv("WRIT_ADOBE_USER_TOKEN_FILE", "/run/token", 1);
	struct config config = load(f, NULL);
	const struct organization_config *o = config_find(&config, "whatever", "x@AdobeOrg");
	assert_non_null(o);
	assert_null(config_find(&config, "whatever", "y@AdobeOrg"));
	assert_string_equal(o->server.client_id, "client");
	assert_int_equal(o->server.secret.kind, SECRET_ENV);
	assert_string_equal(o->server.secret.name, "WRIT_ADOBE_CLIENT_SECRET");
	assert_string_equal(o->user.client_id, "client");
	assert_int_equal(o->user.token.kind, SECRET_FILE);
	assert_string_equal(o->endpoints.console, "https://developers.adobe.io");
}

static void a_half_environment_is_refused(void **state)
{
	struct fixture *f = *state;
	setenv("WRIT_ADOBE_CLIENT_SECRET", "s3cret", 1);
	assert_fails(f, "WRIT_ADOBE_ORG_ID is not set");
	setenv("WRIT_ADOBE_ORG_ID", "x@AdobeOrg", 1);
	assert_fails(f, "WRIT_ADOBE_CLIENT_SECRET needs WRIT_ADOBE_CLIENT_ID");
	setenv("WRIT_ADOBE_CLIENT_SECRET_FILE", "/run/secret", 1);
	assert_fails(f, "both WRIT_ADOBE_CLIENT_SECRET and WRIT_ADOBE_CLIENT_SECRET_FILE");
	unsetenv("WRIT_ADOBE_CLIENT_SECRET");
	unsetenv("WRIT_ADOBE_CLIENT_SECRET_FILE");
	setenv("WRIT_ADOBE_USER_TOKEN", "t0ken", 1);
	assert_fails(f, "WRIT_ADOBE_USER_TOKEN needs WRIT_ADOBE_USER_CLIENT_ID");
}

/* Each place wins over the next one. */
static void the_first_place_with_a_file_counts(void **state)
{
	struct fixture *f = *state;
	const char *home = arena_printf(&f->arena, "%s/.config", f->folder);
	const char *writ = arena_printf(&f->arena, "%s/writ", home);
	const char *link = arena_printf(&f->arena, "%s/config.yaml", writ);
	assert_int_equal(mkdir(home, 0700) || mkdir(writ, 0700), 0);
	setenv("HOME", f->folder, 1);
	assert_null(load(f, NULL).file);
	char *target = realpath(full(f), NULL);
	assert_int_equal(symlink(target, link), 0);
	free(target);
	assert_string_equal(load(f, NULL).file, link);
	setenv("XDG_CONFIG_HOME", f->folder, 1);
	assert_null(load(f, NULL).file);
	setenv("XDG_CONFIG_HOME", home, 1);
	assert_string_equal(load(f, NULL).file, link);
	setenv("WRIT_CONFIG", "/nowhere/config.yaml", 1);
	assert_fails(f, "reading the configuration");
	assert_string_equal(load(f, full(f)).file, full(f));
	assert_int_equal(unlink(link) || rmdir(writ) || rmdir(home), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_key_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(policy_and_snapshot_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_unsaid_has_defaults, set_up, tear_down),
		cmocka_unit_test_setup_teardown(organisations_are_found_by_name_and_id, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_environment_serves_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_half_environment_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_first_place_with_a_file_counts, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
