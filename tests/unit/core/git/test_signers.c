/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/signers.h"
#include "core/util/file.h"
#include "core/util/str.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

static const char *public_key;

static int make_key(void **state)
{
	static char line[256];
	char *text = NULL;
	size_t len = 0;
	ARENA a = {0};
	if (make_folder(state) ||
	    shell("ssh-keygen -q -t ed25519 -N '' -f key; cut -d ' ' -f 1,2 key.pub >public"))
		return -1;
	struct error *error = file_read(in_folder(&a, "public"), sizeof(line) - 1, &text, &len);
	if (error) {
		error_free(error);
		return -1;
	}
	snprintf(line, sizeof(line), "%.*s", (int)len - 1, text);
	free(text);
	setenv("TZ", "UTC", 1);
	public_key = line;
	return 0;
}

/* Parses a file whose every KEY stands for the public key. */
static struct error *parse(struct arena *a, const char *text, struct signers *out)
{
	struct str file = STR(a);
	for (const char *at = text; *at;) {
		size_t len = strncmp(at, "KEY", 3) ? 1 : 3;
		str_addn(&file, len == 3 ? public_key : at, len == 3 ? strlen(public_key) : 1);
		at += len;
	}
	return signers_parse("allowed", str_text(&file), file.len, a, out);
}

#define MIDNIGHT INT64_C(1767225600) /* 2026-01-01 in UTC */

static void lines_that_are_read(void **state UNUSED)
{
	static const struct {
		const char *text, *principals, *namespaces;
		int64_t after, before;
	} rows[] = {
		{"a@b KEY", "a@b", NULL, INT64_MIN, INT64_MAX},
		{"\r\n \t\r\n# x\n\"a@b\"\tKEY and more\r\n", "a@b", NULL, INT64_MIN, INT64_MAX},
		{"a,!b KEY", "a,!b", NULL, INT64_MIN, INT64_MAX},
		{"a namespaces=\"x\\\"y z\" KEY", "a", "x\"y z", INT64_MIN, INT64_MAX},
		{"a namespaces=\"x\\y\" KEY", "a", "x\\y", INT64_MIN, INT64_MAX},
		{"a valid-after=\"20260101\",valid-before=\"20260101000102Z\" KEY", "a", NULL,
		 MIDNIGHT, MIDNIGHT + 62},
		{"a valid-before=\"202601010100\",NAMESPACES=\"n\" KEY", "a", "n", INT64_MIN,
		 MIDNIGHT + 3600},
		{"a valid-after=\"20240229\" KEY", "a", NULL, INT64_C(1709164800), INT64_MAX},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct signers signers;
		struct error *error = parse(&a, rows[i].text, &signers);
		if (error)
			fail_msg("row %zu: %s", i, error->message);
		assert_int_equal(signers.all.len, 1);
		const struct signer *s = signers.all.at;
		assert_string_equal(s->principals, rows[i].principals);
		if (rows[i].namespaces)
			assert_string_equal(s->namespaces, rows[i].namespaces);
		else
			assert_null(s->namespaces);
		assert_true(s->valid_after == rows[i].after);
		assert_true(s->valid_before == rows[i].before);
	}
}

/* Sound, and none of them signs. */
static void lines_that_never_match(void **state UNUSED)
{
	static const char *const rows[] = {
		"",
		"\r",
		"# a KEY",
		"a cert-authority KEY",
		"a cert-authority,namespaces=\"x\" KEY",
		"a ssh-rsa AAAAB3NzaC1yc2EAAAAA",
		"a ecdsa-x AAAAB2VjZHNhLXgAAAAA",
		"a sk-x AAAABHNrLXgAAAAA",
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct signers signers;
		struct error *error = parse(&a, rows[i], &signers);
		if (error)
			fail_msg("%s: %s", rows[i], error->message);
		assert_int_equal(signers.all.len, 0);
	}
}

static void lines_that_spoil_the_file(void **state UNUSED)
{
#define PRINCIPALS "it does not begin with principals"
#define OPTION "an option that is unknown, malformed or stands twice"
#define COMMA "a comma stands between options"
#define KEYLESS "no public key such as \"ssh-ed25519 AAAA...\""
#define AFTER "valid-after is no time such as 20270331Z"
#define BEFORE "valid-before is no time such as 20270331Z"
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"\"a KEY", PRINCIPALS},
		{"\"a\\", PRINCIPALS},
		{"\"\" KEY", PRINCIPALS},
		{"\" KEY", PRINCIPALS},
		{"\"a\"b KEY", PRINCIPALS},
		{"a,,b KEY", PRINCIPALS},
		{"a, KEY", PRINCIPALS},
		{"a,! KEY", PRINCIPALS},
		{"a", KEYLESS},
		{"a ssh-ed25519", KEYLESS},
		{"a ssh-ed25519 \"AAAA", KEYLESS},
		{"a \"x", KEYLESS},
		{"a namespaces=\"x\" \"y", KEYLESS},
		{"a namespaces=\"x\"", KEYLESS},
		{"a ssh-rsa KEY", KEYLESS},
		{"a other KEY", OPTION},
		{"a namespaces KEY", OPTION},
		{"a namespaces=x KEY", OPTION},
		{"a namespaces=\"\" KEY", OPTION},
		{"a namespaces=\"x\",namespaces=\"y\" KEY", OPTION},
		{"a cert-authority,cert-authority KEY", OPTION},
		{"a valid-before=\"20260101\",valid-before=\"20260101\" KEY", OPTION},
		{"a namespaces=\"x\", KEY", OPTION},
		{"a namespaces=\"x\"y KEY", COMMA},
		{"a cert-authority=\"x\" KEY", COMMA},
		{"a valid-after=\"2026\" KEY", AFTER},
		{"a valid-after=\"20260101z\" KEY", AFTER},
		{"a valid-after=\"19691231\" KEY", AFTER},
		{"a valid-after=\"20260230\" KEY", AFTER},
		{"a valid-after=\"20261301\" KEY", AFTER},
		{"a valid-after=\"20261201 \" KEY", AFTER},
		{"a valid-before=\"202601012400\" KEY", BEFORE},
		{"a valid-before=\"202601010060\" KEY", BEFORE},
		{"a valid-before=\"20260101000060\" KEY", BEFORE},
		{"a valid-after=\"20260102\",valid-before=\"20260101\" KEY",
		 "valid-after is later than valid-before"},
	};
#undef PRINCIPALS
#undef OPTION
#undef COMMA
#undef KEYLESS
#undef AFTER
#undef BEFORE
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct signers signers;
		CLEANUP(error_free)
		struct error *error =
			parse(&a, arena_printf(&a, "a KEY\n%s\n", rows[i].text), &signers);
		if (!error)
			fail_msg("%s: taken", rows[i].text);
		if (strcmp(error->message, rows[i].says) != 0)
			fail_msg("%s: \"%s\"", rows[i].text, error->message);
		assert_int_equal(error->where.line, 2);
	}
	ARENA a = {0};
	struct signers signers;
	CLEANUP(error_free)
	struct error *error = signers_parse("allowed", "#\0", 2, &a, &signers);
	assert_string_equal(error->message, "a NUL in it");
}

static void a_namespace_is_matched_as_ssh_does(void **state UNUSED)
{
	static const struct {
		const char *list;
		bool holds;
	} rows[] = {
		{"writ-plan", true},   {"writ-plan*", true},  {"writ-plan**", true},
		{"*", true},	       {"w*t-*n", true},      {"*-pla?", true},
		{"writ-plan?", false}, {"writ-pla", false},   {"*x", false},
		{"w*x*", false},       {"x,*plan", true},     {"writ-plan,!w*", false},
		{"!x,*", true},	       {"!writ-plan", false},
	};
	ARENA a = {0};
	struct ssh_key *key = NULL;
	const char *signature = NULL, *by = NULL;
	assert_ok(ssh_key_load(in_folder(&a, "key"), &key));
	assert_ok(sshsig_sign(key, "writ-plan", "data", 4, &a, &signature));
	ssh_key_free(key);
	const struct signed_data data = {"writ-plan", "data", 4, MIDNIGHT};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct signers signers;
		assert_ok(parse(&a, arena_printf(&a, "ann namespaces=\"%s\" KEY", rows[i].list),
				&signers));
		CLEANUP(error_free)
		struct error *error =
			signers_check(&signers, signature, strlen(signature), &data, &by);
		if (!error != rows[i].holds)
			fail_msg("%s: %s", rows[i].list, error ? error->message : "holds");
		if (error)
			assert_string_equal(
				error->message,
				"the key of ann (allowed, line 1) may not sign in this namespace");
		else
			assert_string_equal(by, "ann");
	}
}

/* To the second, and the first line that may sign is the one that is named. */
static void a_key_is_valid_for_a_time(void **state UNUSED)
{
	static const struct {
		int64_t when;
		const char *says;
	} rows[] = {
		{MIDNIGHT - 1, "the key of two (allowed, line 2) is not valid yet"},
		{MIDNIGHT, "one"},
		{MIDNIGHT + 60, "one"},
		{MIDNIGHT + 61, "the key of two (allowed, line 2) is not valid yet"},
		{MIDNIGHT + 120, "two"},
		{MIDNIGHT + 181, "the key of two (allowed, line 2) is no longer valid"},
	};
	ARENA a = {0};
	struct ssh_key *key = NULL;
	struct signers signers;
	const char *signature = NULL;
	assert_ok(ssh_key_load(in_folder(&a, "key"), &key));
	assert_ok(sshsig_sign(key, "git", "data", 4, &a, &signature));
	ssh_key_free(key);
	assert_ok(parse(&a,
			"one valid-after=\"20260101\",valid-before=\"202601010001\" KEY\n"
			"two valid-after=\"202601010002\",valid-before=\"202601010003\" KEY",
			&signers));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *by = NULL;
		const struct signed_data data = {"git", "data", 4, rows[i].when};
		CLEANUP(error_free)
		struct error *error =
			signers_check(&signers, signature, strlen(signature), &data, &by);
		assert_string_equal(error ? error->message : by, rows[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_are_read),
		cmocka_unit_test(lines_that_never_match),
		cmocka_unit_test(lines_that_spoil_the_file),
		cmocka_unit_test(a_namespace_is_matched_as_ssh_does),
		cmocka_unit_test(a_key_is_valid_for_a_time),
	};
	return cmocka_run_group_tests(tests, make_key, drop_folder);
}
