/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/evp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "core/git/sshsig.h"
#include "core/util/file.h"
#include "tests/unit/check.h"
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
	assert_ok(file_read(in_folder(a, name), 1 << 20, &text, &len));
	const char *out = arena_strndup(a, text, len);
	free(text);
	return out;
}

/* Signs a text and lets stock ssh-keygen look at the signature. */
static int verify(struct arena *a, const struct ssh_key *key, const char *text, const char *name)
{
	const char *signature = NULL;
	assert_ok(sshsig_sign(key, "git", text, strlen(text), a, &signature));
	assert_null(
		file_write_atomic(in_folder(a, "signature"), signature, strlen(signature), 0600));
	assert_ok(file_write_atomic(in_folder(a, "text"), text, strlen(text), 0600));
	return shell(arena_printf(
		a,
		"ssh-keygen -q -Y verify -f allowed -I me -n %s -s signature <text >/dev/null 2>&1",
		name));
}

static void ssh_keygen_accepts_them(void **state UNUSED)
{
	ARENA a = {0};
	struct ssh_key *key = NULL;
	assert_ok(ssh_key_load(in_folder(&a, "key"), &key));
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
	assert_ok(ssh_key_from_agent(read_text(&a, "key.pub"), &key));
	assert_int_equal(verify(&a, key, "hello", "git"), 0);
	ssh_key_free(key);
	assert_ok(ssh_key_from_agent(read_text(&a, "encrypted.pub"), &key));
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
		assert_ok(file_write_atomic(path, text, strlen(text), 0600));
		struct error *error = ssh_key_load(path, &key);
		/* Padding and comment stand last, and need not be whole. */
		assert_true(error || end - to < 60);
		error_free(error);
		ssh_key_free(key);
	}
}

/* ---- armor, taken apart and put together ---- */

struct wire_blob {
	unsigned char *at;
	size_t len;
};

#define SIGNATURE_ARMOR "SSH SIGNATURE"
#define KEY_ARMOR "OPENSSH PRIVATE KEY"

static struct wire_blob open_armor(struct arena *a, const char *text)
{
	char *base64 = arena_zalloc(a, strlen(text) + 1);
	size_t len = 0, padding;
	const char *at = strchr(text, '\n'), *end = strstr(at, "-----END");
	for (; at < end; at++) {
		if (*at != '\n')
			base64[len++] = *at;
	}
	padding = (base64[len - 1] == '=') + (base64[len - 2] == '=');
	struct wire_blob out = {arena_alloc(a, len), 0};
	int got = EVP_DecodeBlock(out.at, (unsigned char *)base64, (int)len);
	assert_true(got > 0);
	out.len = (size_t)got - padding;
	return out;
}

static const char *close_armor(struct arena *a, const char *what, const void *at, size_t len)
{
	char *base64 = arena_alloc(a, len / 3 * 4 + 8);
	EVP_EncodeBlock((unsigned char *)base64, at, (int)len);
	return arena_printf(a, "-----BEGIN %s-----\n%s\n-----END %s-----\n", what, base64, what);
}

static bool holds(struct arena *a, const void *blob, size_t len)
{
	unsigned char key[SSHSIG_KEY];
	const char *text = close_armor(a, SIGNATURE_ARMOR, blob, len);
	struct error *error = sshsig_verify(text, strlen(text), "git", "hello", 5, key);
	bool good = !error;
	error_free(error);
	return good;
}

static const char *sign_hello(struct arena *a)
{
	struct ssh_key *key = NULL;
	const char *text;
	assert_ok(ssh_key_load(in_folder(a, "key"), &key));
	assert_ok(sshsig_sign(key, "git", "hello", 5, a, &text));
	ssh_key_free(key);
	return text;
}

/* Not one bit may differ, and nothing be missing or too much. */
static void another_signature_does_not_hold(void **state UNUSED)
{
	ARENA a = {0};
	struct wire_blob s = open_armor(&a, sign_hello(&a));
	assert_true(holds(&a, s.at, s.len));
	for (size_t i = 0; i < s.len; i++) {
		ARENA scratch = {0};
		unsigned char *copy = arena_alloc(&scratch, s.len + 1);
		memcpy(copy, s.at, s.len);
		for (unsigned bit = 0; bit < 8; bit++) {
			copy[i] = (unsigned char)(s.at[i] ^ (1U << bit));
			if (holds(&scratch, copy, s.len))
				fail_msg("bit %u of byte %zu", bit, i);
		}
		assert_false(holds(&scratch, s.at, i));
		memcpy(copy, s.at, s.len);
		copy[s.len] = 0;
		assert_false(holds(&scratch, copy, s.len + 1));
	}
}

/* What stands around the armor, or in it, and is none of it. */
static void armor_is_alone(void **state UNUSED)
{
	ARENA a = {0};
	const char *text = sign_hello(&a);
	size_t len = strlen(text);
	const struct {
		const char *text;
		size_t len;
		bool good;
	} rows[] = {
		{text, len, true},
		{arena_printf(&a, "%s\n", text), len + 1, true},
		{arena_printf(&a, "%s\n\n", text), len + 2, false},
		{arena_printf(&a, "%sx", text), len + 1, false},
		{arena_printf(&a, " %s", text), len + 1, false},
		{arena_printf(&a, "%.*s", 60, text), 60, false},
		{arena_printf(&a, "%s\n%s", text, text), len + len + 1, false},
		{arena_printf(&a, "%s\n", text), len + 2, false}, /* a NUL at its end */
		{arena_printf(&a, "%s%*s", text, 16384, ""), len + 16384, false},
		{close_armor(&a, SIGNATURE_ARMOR, "", 0), 59, false},
		{"", 0, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned char key[SSHSIG_KEY];
		struct error *error =
			sshsig_verify(rows[i].text, rows[i].len, "git", "hello", 5, key);
		if (!error != rows[i].good)
			fail_msg("row %zu", i);
		error_free(error);
	}
}

/* Each byte before the seed has its only value, but for the two that must be equal. */
static void a_changed_key_is_refused(void **state UNUSED)
{
	ARENA a = {0};
	const char *path = in_folder(&a, "changed");
	struct wire_blob k = open_armor(&a, read_text(&a, "key"));
	/* behind the public key, which begins with its type too */
	const unsigned char *type = memmem(k.at + 60, k.len - 60, "ssh-ed25519", 11);
	size_t seed = (size_t)(type - k.at) + 11 + 4 + 32 + 4;
	for (size_t i = 0; i < seed; i++) {
		ARENA scratch = {0};
		struct ssh_key *key = NULL;
		k.at[i] ^= 0x20;
		const char *text = close_armor(&scratch, KEY_ARMOR, k.at, k.len);
		k.at[i] ^= 0x20;
		assert_ok(file_write_atomic(path, text, strlen(text), 0600));
		struct error *error = ssh_key_load(path, &key);
		if (!error)
			fail_msg("byte %zu", i);
		error_free(error);
	}
	struct ssh_key *key = NULL;
	k.at[seed + 32] ^= 1; /* the second copy of the public key */
	const char *text = close_armor(&a, KEY_ARMOR, k.at, k.len);
	assert_ok(file_write_atomic(path, text, strlen(text), 0600));
	CLEANUP(error_free) struct error *error = ssh_key_load(path, &key);
	assert_non_null(error);
}

static void public_keys_are_whole(void **state UNUSED)
{
	ARENA a = {0};
	unsigned char blob[64] = "\0\0\0\013ssh-ed25519\0\0\0\040", key[SSHSIG_KEY];
	static const struct {
		const char *type;
		size_t len;
		bool good, usable;
	} rows[] = {
		{"ssh-ed25519", 51, true, true},   {"ssh-ed25519", 52, false, true},
		{"ssh-ed25519", 50, false, true},  {"ssh-ed25519", 15, false, false},
		{"ssh-ed25519", 14, false, false}, {"ssh-rsa", 51, false, false},
	};
	bool usable;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char base64[100];
		usable = false;
		EVP_EncodeBlock((unsigned char *)base64, blob, (int)rows[i].len);
		assert_int_equal(ssh_public_read(rows[i].type, base64, &usable, key), rows[i].good);
		assert_int_equal(usable, rows[i].usable);
	}
	assert_false(ssh_public_read("ssh-ed25519", "=", &usable, key));
	assert_false(ssh_public_read("ssh-ed25519", "", &usable, key));
	char *endless = arena_zalloc(&a, 20001);
	memset(endless, 'A', 20000);
	assert_false(ssh_public_read("ssh-ed25519", endless, &usable, key));
}

/* ---- an agent that misbehaves ---- */

static pid_t start_agent(const struct sockaddr_un *address, const void *answer, size_t len)
{
	int listening = socket(AF_UNIX, SOCK_STREAM, 0);
	unlink(address->sun_path);
	assert_int_equal(bind(listening, (const struct sockaddr *)address, sizeof(*address)), 0);
	assert_int_equal(listen(listening, 1), 0);
	pid_t child = fork();
	if (child == 0) {
		unsigned char asked[4096];
		int client = accept(listening, NULL, NULL);
		bool heard = read(client, asked, sizeof(asked)) > 0;
		_exit(heard && write(client, answer, len) == (ssize_t)len ? 0 : 1);
	}
	close(listening);
	return child;
}

#define AGENT_TYPE "\0\0\0\013ssh-ed25519"
static void an_agent_may_answer_anything(void **state UNUSED)
{
	static const struct {
		const char *at;
		size_t len;
		const char *says;
	} rows[] = {
		{"", 0, "does not answer"},
		{"\0\0", 2, "does not answer"},
		{"\0\0\0\0", 4, "does not answer"},
		{"\177\0\0\0", 4, "does not answer"},
		{"\0\0\0\2\016", 5, "does not answer"},
		{"\0\0\0\1\5", 5, "holds no such key"},
		{"\0\0\0\1\016", 5, "nonsense"},
		{"\0\0\0\5\016\0\0\0\0", 9, "nonsense"},
		{"\0\0\0\014\016\0\0\0\7\0\0\0\3rsa", 16, "nonsense"},
		{"\0\0\0\030\016\0\0\0\023" AGENT_TYPE "\0\0\0\0", 28, "nonsense"},
	};
	ARENA a = {0};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct ssh_key *key = NULL;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", in_folder(&a, "fake"));
	setenv("SSH_AUTH_SOCK", address.sun_path, 1);
	assert_ok(ssh_key_from_agent(read_text(&a, "key.pub"), &key));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *signature;
		int status;
		pid_t agent = start_agent(&address, rows[i].at, rows[i].len);
		struct error *error = sshsig_sign(key, "git", "x", 1, &a, &signature);
		assert_non_null(error);
		if (!strstr(error->message, rows[i].says))
			fail_msg("row %zu: %s", i, error->message);
		error_free(error);
		assert_int_equal(waitpid(agent, &status, 0), agent);
		assert_int_equal(status, 0);
	}
	const char *signature;
	setenv("SSH_AUTH_SOCK", arena_printf(&a, "/%0200d", 0), 1);
	CLEANUP(error_free) struct error *error = sshsig_sign(key, "git", "x", 1, &a, &signature);
	assert_non_null(strstr(error->message, "SSH_AUTH_SOCK"));
	unsetenv("SSH_AUTH_SOCK");
	ssh_key_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ssh_keygen_accepts_them),
		cmocka_unit_test(the_agent_signs_too),
		cmocka_unit_test(what_is_no_key_is_refused),
		cmocka_unit_test(a_cut_key_is_refused),
		cmocka_unit_test(another_signature_does_not_hold),
		cmocka_unit_test(armor_is_alone),
		cmocka_unit_test(a_changed_key_is_refused),
		cmocka_unit_test(public_keys_are_whole),
		cmocka_unit_test(an_agent_may_answer_anything),
	};
	return cmocka_run_group_tests(tests, make_keys, drop_folder);
}
