#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/stat.h>

#include "core/sshsig.h"
#include "core/util/file.h"
#include "tests/unit/repository.h"

static int make_keys(void **state)
{
	return make_folder(state) ||
	       shell("ssh-keygen -q -t ed25519 -N '' -C test -f key; ssh-keygen -q -t ed25519 -N "
		     "secret -f encrypted;"
		     "ssh-keygen -q -t rsa -b 2048 -N '' -f rsa; printf 'me %s\\n' \"$(cut -d ' ' "
		     "-f 1,2 key.pub)\" >allowed;"
		     "cp key open; chmod 644 open; echo nonsense >nonsense; chmod 600 nonsense");
}

static const char *read_text(struct arena *a, const char *name)
{
	char *text = NULL;
	size_t len;
	assert_null(file_read(in_folder(a, name), 1 << 20, &text, &len));
	const char *out = arena_strndup(a, text, len);
	free(text);
	return out;
}

/* Signs a text and lets stock ssh-keygen look at the signature. */
static int verify(struct arena *a, const struct ssh_key *key, const char *text, const char *name)
{
	const char *signature = NULL;
	assert_null(sshsig_sign(key, "git", text, strlen(text), a, &signature));
	assert_null(
		file_write_atomic(in_folder(a, "signature"), signature, strlen(signature), 0600));
	assert_null(file_write_atomic(in_folder(a, "text"), text, strlen(text), 0600));
	return shell(arena_printf(
		a,
		"ssh-keygen -q -Y verify -f allowed -I me -n %s -s signature <text >/dev/null 2>&1",
		name));
}

static void ssh_keygen_accepts_them(void **state UNUSED)
{
	ARENA a = {0};
	struct ssh_key *key = NULL;
	assert_null(ssh_key_load(in_folder(&a, "key"), &key));
	char *text = arena_zalloc(&a, 301);
	for (size_t len = 0; len <= 300; len += 75) {
		assert_int_equal(verify(&a, key, text, "git"), 0);
		assert_int_not_equal(verify(&a, key, text, "file"), 0);
		memset(text, 'x', len + 74);
	}
	assert_int_equal(
		shell("printf altered >text; ! ssh-keygen -q -Y verify -f allowed -I me -n "
		      "git -s signature <text >/dev/null 2>&1"),
		0);
	ssh_key_free(key);
}

static void the_agent_signs_too(void **state UNUSED)
{
	ARENA a = {0};
	struct ssh_key *key = NULL;
	const char *signature;
	setenv("SSH_AUTH_SOCK", in_folder(&a, "agent"), 1);
	assert_int_equal(
		shell("eval \"$(ssh-agent -s -a agent)\" >/dev/null; echo $SSH_AGENT_PID >pid; "
		      "SSH_AUTH_SOCK=$PWD/agent ssh-add -q key"),
		0);
	assert_null(ssh_key_from_agent(read_text(&a, "key.pub"), &key));
	assert_int_equal(verify(&a, key, "hello", "git"), 0);
	ssh_key_free(key);
	assert_null(ssh_key_from_agent(read_text(&a, "encrypted.pub"), &key));
	CLEANUP(error_free)
	struct error *unknown = sshsig_sign(key, "git", "x", 1, &a, &signature);
	assert_non_null(unknown);
	assert_non_null(strstr(unknown->message, "holds no such key"));
	assert_int_equal(shell("kill $(cat pid); rm -f agent"), 0);
	CLEANUP(error_free)
	struct error *gone = sshsig_sign(key, "git", "x", 1, &a, &signature);
	assert_non_null(gone);
	unsetenv("SSH_AUTH_SOCK");
	CLEANUP(error_free)
	struct error *unset = sshsig_sign(key, "git", "x", 1, &a, &signature);
	assert_non_null(strstr(unset->message, "SSH_AUTH_SOCK"));
	ssh_key_free(key);
}

static void what_is_no_key_is_refused(void **state UNUSED)
{
	static const struct {
		const char *file, *says;
	} rows[] = {
		{"encrypted", "ssh-agent"},
		{"rsa", "ssh-rsa"},
		{"nonsense", "not a private key"},
		{"key.pub", ""},
		{"open", ""},
		{"absent", ""},
	};
	ARENA a = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ssh_key *key = NULL;
		CLEANUP(error_free)
		struct error *error = ssh_key_load(in_folder(&a, rows[i].file), &key);
		assert_non_null(error);
		assert_null(key);
		if (!strstr(error->message, rows[i].says))
			fail_msg("%s: \"%s\"", rows[i].file, error->message);
	}
	static const char *const public[] = {"", "ssh-ed25519", "ssh-ed25519 AAAA", "key.pub",
					     "ssh-ed25519 !!!!"};
	for (size_t i = 0; i < sizeof(public) / sizeof(*public); i++) {
		struct ssh_key *key = NULL;
		CLEANUP(error_free) struct error *error = ssh_key_from_agent(public[i], &key);
		assert_non_null(error);
		assert_null(key);
	}
}

/* Every shorter file is an error, never a crash. */
static void a_cut_key_is_refused(void **state UNUSED)
{
	ARENA a = {0};
	const char *whole = read_text(&a, "key"), *path = in_folder(&a, "cut");
	const char *end = strstr(whole, "-----END");
	for (const char *to = whole + 36; to < end; to += 3) {
		const char *text = arena_printf(&a, "%.*s\n%s", (int)(to - whole), whole, end);
		struct ssh_key *key = NULL;
		assert_null(file_write_atomic(path, text, strlen(text), 0600));
		struct error *error = ssh_key_load(path, &key);
		/* Padding and comment stand last, and need not be whole. */
		assert_true(error || end - to < 60);
		error_free(error);
		ssh_key_free(key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ssh_keygen_accepts_them),
		cmocka_unit_test(the_agent_signs_too),
		cmocka_unit_test(what_is_no_key_is_refused),
		cmocka_unit_test(a_cut_key_is_refused),
	};
	return cmocka_run_group_tests(tests, make_keys, drop_folder);
}
