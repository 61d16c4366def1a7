/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/cleanup.h"
#include "core/util/digest.h"
#include "tests/unit/check.h"

/* FIPS 180-4, examples of NIST. */
static const struct {
	const char *text, *digest;
} digests[] = {
	{"", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	 "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void digests_are_sha256(void **state UNUSED)
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(*digests); i++) {
		unsigned char digest[SHA256_SIZE];
		char text[SHA256_TEXT];
		sha256_of(digests[i].text, strlen(digests[i].text), digest);
		sha256_text(digest, text);
		assert_string_equal(text, digests[i].digest);
	}
}

static void digests_parse_back(void **state UNUSED)
{
	static const char *const bad[] = {
		"", "sha256:", "sha1:ab", "e3b0c44298fc1c14",
		("sha256:E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca"
		 "495991b7852b855")};
	unsigned char digest[SHA256_SIZE], again[SHA256_SIZE];
	sha256_of("abc", 3, digest);
	assert_true(sha256_parse(digests[1].digest, again));
	assert_memory_equal(digest, again, SHA256_SIZE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(sha256_parse(bad[i], again));
	assert_memory_equal(digest, again, SHA256_SIZE);
}

/* As git hash-object says. */
static void blobs_have_the_ids_of_git(void **state UNUSED)
{
	char id[BLOB_ID];
	blob_end(blob_new(0), id);
	assert_string_equal(id, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
	struct blob *b = blob_new(4);
	blob_add(b, "ab", 2);
	blob_add(b, "c\n", 2);
	blob_end(b, id);
	assert_string_equal(id, "8baef1b4abc478178b004d62031cf7fe6db6f903");
}

static void digests_can_be_made_in_pieces(void **state UNUSED)
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(*digests); i++) {
		unsigned char digest[SHA256_SIZE];
		char text[SHA256_TEXT];
		struct sha256 *s = sha256_new();
		for (const char *at = digests[i].text; *at; at++)
			sha256_add(s, at, 1);
		sha256_end(s, digest);
		sha256_text(digest, text);
		assert_string_equal(text, digests[i].digest);
	}
}

static void fields_do_not_run_together(void **state UNUSED)
{
	static const char *const splits[][2] = {{"ab", "c"}, {"a", "bc"}, {"abc", ""}};
	unsigned char made[3][SHA256_SIZE], expected[SHA256_SIZE];
	for (size_t i = 0; i < 3; i++) {
		struct sha256 *s = sha256_new();
		sha256_add_text(s, splits[i][0]);
		sha256_add_text(s, splits[i][1]);
		sha256_end(s, made[i]);
	}
	sha256_of("ab\0c", 5, expected);
	assert_memory_equal(made[0], expected, SHA256_SIZE);
	assert_memory_not_equal(made[0], made[1], SHA256_SIZE);
	assert_memory_not_equal(made[0], made[2], SHA256_SIZE);
}

static void crc32c_is_castagnolis(void **state UNUSED)
{
	unsigned char zeros[32] = {0}, ones[32], up[32], down[32];
	memset(ones, 0xFF, sizeof(ones));
	for (unsigned char i = 0; i < 32; i++)
		down[31 - i] = up[i] = i;
	/* RFC 3720, appendix B.4, and the check value of the CRC catalogue. */
	assert_int_equal(crc32c(0, zeros, 32), 0x8A9136AA);
	assert_int_equal(crc32c(0, ones, 32), 0x62A8AB43);
	assert_int_equal(crc32c(0, up, 32), 0x46DD794E);
	assert_int_equal(crc32c(0, down, 32), 0x113FDB5C);
	assert_int_equal(crc32c(0, "123456789", 9), 0xE3069283);
	assert_int_equal(crc32c(0, NULL, 0), 0);
	assert_int_equal(crc32c(crc32c(0, "1234", 4), "56789", 5), 0xE3069283);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_sha256),
		cmocka_unit_test(digests_parse_back),
		cmocka_unit_test(blobs_have_the_ids_of_git),
		cmocka_unit_test(digests_can_be_made_in_pieces),
		cmocka_unit_test(fields_do_not_run_together),
		cmocka_unit_test(crc32c_is_castagnolis),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
