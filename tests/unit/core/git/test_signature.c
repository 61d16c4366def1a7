/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/signature.h"
#include "core/util/file.h"
#include "core/util/str.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

#define WHEN INT64_C(1780272000) /* 2026-06-01 */
static const char words[] = "what is signed\n";
static const char armor[] = "-----BEGIN SSH SIGNATURE-----\n"
			    "U1NIU0lH\n"
			    "-----END SSH SIGNATURE-----\n";

/* A key of each type, a certificate, and lists of who may sign. */
static int make_keys(void **state)
{
	setenv("TZ", "UTC", 1);
	unsetenv("SSH_AUTH_SOCK");
	if (make_folder(state))
		return -1;
	return shell("make() { ssh-keygen -q -t $2 -N '' -C $1 -f $1; echo \"$1@example.com $(cat "
		     "$1.pub)\" >>allowed; }\n"
		     "make ed25519 ed25519; make rsa 'rsa -b 2048'; make ecdsa256 'ecdsa -b 256'\n"
		     "make ecdsa384 'ecdsa -b 384'; make ecdsa521 'ecdsa -b 521'\n"
		     "ssh-keygen -q -t ed25519 -N '' -f other; ssh-keygen -q -t rsa -N '' -f ca\n"
		     "ssh-keygen -q -t ed25519 -N '' -f holder\n"
		     "ssh-keygen -q -s ca -I id -n ann@example.com -V "
		     "20260101000000:20270101000000 holder.pub\n"
		     "echo \"*@example.com cert-authority $(cat ca.pub)\" >authorities\n"
		     "ssh-keygen -q -t ed25519 -N secret -f locked\n"
		     "chmod 644 allowed authorities; printf 'what is signed\\n' >words");
}

static const char *sign_with(struct arena *a, const char *key)
{
	const char *signature = NULL;
	const struct signing signing = {.file = in_folder(a, key), .kind = SIGN_FILE};
	struct error *error =
		signature_make(&signing, SIGNATURE_PLAN, words, strlen(words), a, &signature);
	if (error)
		print_message("%s: %s\n", key, error->message);
	assert_null(error);
	return signature;
}

static struct error *check_text(struct arena *a, const char *list, const char *revoked,
				const char *signature, size_t len, const char **by)
{
	const struct signed_data data = {SIGNATURE_PLAN, words, strlen(words), WHEN};
	struct signers signers;
	TRY(signers_load(in_folder(a, list), revoked ? in_folder(a, revoked) : NULL, a, &signers));
	return signature_check(&signers, signature, len, &data, a, by);
}

static const char *read_text(struct arena *a, const char *name)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	assert_null(file_read(in_folder(a, name), 65536, &text, &len));
	return arena_strndup(a, text, len);
}

static void write_text(struct arena *a, const char *name, const char *text)
{
	assert_null(file_write_atomic(in_folder(a, name), text, strlen(text), 0644));
}

static void every_type_both_ways(void **state UNUSED)
{
	static const struct {
		const char *key, *list, *by;
	} rows[] = {
		{"ed25519", "allowed", "ed25519@example.com"},
		{"rsa", "allowed", "rsa@example.com"},
		{"ecdsa256", "allowed", "ecdsa256@example.com"},
		{"ecdsa384", "allowed", "ecdsa384@example.com"},
		{"ecdsa521", "allowed", "ecdsa521@example.com"},
		{"holder-cert.pub", "authorities", "ann@example.com"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *by = NULL, *ours = sign_with(&a, rows[i].key);
		write_text(&a, "ours.sig", arena_printf(&a, "%s\n", ours));
		assert_int_equal(shell(arena_printf(&a,
						    "ssh-keygen -q -Y verify -f %s -I %s -n "
						    "writ-plan -O verify-time=20260601 -s "
						    "ours.sig <words",
						    rows[i].list, rows[i].by)),
				 0);
		assert_int_equal(shell(arena_printf(&a,
						    "ssh-keygen -q -Y sign -n writ-plan -f %s "
						    "<words >theirs.sig",
						    rows[i].key)),
				 0);
		const char *theirs = read_text(&a, "theirs.sig");
		assert_null(check_text(&a, rows[i].list, NULL, theirs, strlen(theirs), &by));
		assert_string_equal(by, rows[i].by);
	}
}

/* Whether two texts are the same but for white space, which armor does not mind. */
static bool same_but_blanks(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " \t\n\v\f\r");
		b += strspn(b, " \t\n\v\f\r");
		if (*a != *b)
			return false;
		if (!*a)
			return true;
	}
}

/* The bit of each byte differs, so that eight neighbours show all. */
static void altered_signatures(void **state UNUSED)
{
	ARENA a = {0};
	const char *good = sign_with(&a, "ed25519"), *by = NULL;
	size_t len = strlen(good), taken = 0;
	for (size_t i = 0; i < len; i++) {
		char *bad = arena_strdup(&a, good);
		bad[i] = (char)(bad[i] ^ 1 << i % 8);
		struct error *error = check_text(&a, "allowed", NULL, bad, len, &by);
		if (error)
			assert_int_equal(error->code, ERROR_INPUT);
		else if (!same_but_blanks(good, bad))
			taken++;
		error_free(error);
	}
	assert_int_equal(taken, 0);
	struct error *error = check_text(&a, "allowed", NULL, good, len / 2, &by);
	assert_int_equal(error->code, ERROR_INPUT);
	error_free(error);
}

/* ssh-keygen reads up to the first end and passes over the rest. */
static void what_stands_behind_a_signature(void **state UNUSED)
{
	static const struct {
		const char *text;
		size_t len;
		bool fine;
	} rows[] = {
		{"", 0, true},	      {"\n", 1, true},
		{" \t\r\n", 4, true}, {"x", 1, false},
		{"\nx", 2, false},    {"\n-----END SSH SIGNATURE-----", 29, false},
		{"\0", 1, false},     {"\n\0\n", 3, false},
	};
	ARENA a = {0};
	const char *good = sign_with(&a, "ed25519"), *by = NULL;
	size_t len = strlen(good);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = arena_alloc(&a, len + rows[i].len + 1);
		memcpy(text, good, len);
		memcpy(text + len, rows[i].text, rows[i].len);
		struct error *error = check_text(&a, "allowed", NULL, text, len + rows[i].len, &by);
		assert_true(!error == rows[i].fine);
		if (error)
			assert_int_equal(error->code, ERROR_INPUT);
		error_free(error);
	}
}

static void who_may_not(void **state UNUSED)
{
	static const struct {
		const char *list, *revoked, *words;
	} rows[] = {
		{"empty", NULL, "not among"},
		{"others", NULL, "not among"},
		{"negated", NULL, "not among"},
		{"namespace", NULL, "may not sign this"},
		{"past", NULL, "not among"},
		{"future", NULL, "not among"},
		{"nonsense", NULL, "not among"},
		{"allowed", "revoked", "may not sign this"},
		{"allowed", "revoked.krl", "may not sign this"},
	};
	ARENA a = {0};
	const char *signature = sign_with(&a, "ed25519"), *by = NULL;
	assert_int_equal(
		shell("k=$(cat ed25519.pub); : >empty; echo \"x@y $(cat other.pub)\" >others\n"
		      "echo \"!x@y $k\" >negated; echo \"x@y namespaces=\\\"git\\\" $k\" "
		      ">namespace\n"
		      "echo \"x@y valid-before=\\\"20260101\\\" $k\" >past\n"
		      "echo \"x@y valid-after=\\\"20270101\\\" $k\" >future\n"
		      "echo \"x@y forbids=\\\"all\\\" $k\" >nonsense; cp ed25519.pub revoked\n"
		      "ssh-keygen -q -k -f revoked.krl ed25519.pub; ssh-keygen -q -k -f fine.krl "
		      "other.pub\nchmod 644 *.krl"),
		0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct error *error = check_text(&a, rows[i].list, rows[i].revoked, signature,
						 strlen(signature), &by);
		assert_non_null(error);
		assert_int_equal(error->code, ERROR_DENIED);
		assert_non_null(strstr(error->message, rows[i].words));
		error_free(error);
	}
	assert_null(check_text(&a, "allowed", "fine.krl", signature, strlen(signature), &by));
}

static void lists_that_are_not_trusted(void **state UNUSED)
{
	ARENA a = {0};
	const char *by;
	assert_int_equal(shell("cp allowed open; chmod 666 open; cp allowed sound; mkdir dir"), 0);
	static const struct {
		const char *list, *revoked, *words;
	} rows[] = {
		{"open", NULL, "the file of allowed signers may be written by others"},
		{"dir", NULL, "the file of allowed signers is not a regular file"},
		{"nowhere", NULL, "No such file"},
		{"sound", "open", "the file of revoked keys may be written by others"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct error *error =
			check_text(&a, rows[i].list, rows[i].revoked, "anything", 8, &by);
		assert_non_null(error);
		assert_non_null(strstr(error->message, rows[i].words));
		error_free(error);
	}
}

static void keys_that_do_not_sign(void **state UNUSED)
{
	static const char *const keys[] = {"locked", "nowhere", "words", "allowed"};
	ARENA a = {0};
	const char *signature;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct signing signing = {.file = in_folder(&a, keys[i]), .kind = SIGN_FILE};
		struct error *error =
			signature_make(&signing, SIGNATURE_PLAN, "x", 1, &a, &signature);
		assert_non_null(error);
		assert_int_equal(error->code, ERROR_INPUT);
		assert_non_null(strstr(error->message, "ssh-keygen: "));
		error_free(error);
	}
}

static void without_openssh(void **state UNUSED)
{
	ARENA a = {0};
	const char *signature, *by, *path = arena_strdup(&a, getenv("PATH"));
	const struct signing signing = {.file = in_folder(&a, "ed25519"), .kind = SIGN_FILE};
	setenv("PATH", in_folder(&a, ""), 1);
	struct error *errors[] = {
		signature_make(&signing, SIGNATURE_PLAN, "x", 1, &a, &signature),
		check_text(&a, "allowed", NULL, armor, strlen(armor), &by),
	};
	for (size_t i = 0; i < 2; i++) {
		assert_non_null(errors[i]);
		assert_int_equal(errors[i]->code, ERROR_REFUSED);
		assert_non_null(strstr(errors[i]->message, "ssh-keygen is not in PATH"));
		error_free(errors[i]);
	}
	setenv("PATH", path, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_both_ways),
		cmocka_unit_test(altered_signatures),
		cmocka_unit_test(what_stands_behind_a_signature),
		cmocka_unit_test(who_may_not),
		cmocka_unit_test(keys_that_do_not_sign),
		cmocka_unit_test(lists_that_are_not_trusted),
		cmocka_unit_test(without_openssh),
	};
	return cmocka_run_group_tests(tests, make_keys, drop_folder);
}
