/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/language/parallel_parse.h"
#include "core/util/file.h"
#include "core/util/manifest_walk.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

#define ACCOUNTS 6000 /* with their comments, some 3 MB: several pieces */

struct fixture {
	struct arena arena;
	struct intern *strings;
	struct report report;
	struct manifest_reader reader;
	struct model model;
};

static struct fixture *fixture(void)
{
	struct fixture *f = calloc(1, sizeof(*f));
	f->strings = intern_new();
	f->report.arena = &f->arena;
	f->reader = (struct manifest_reader){f->strings, &f->arena, &f->report, .repository = NULL};
	return f;
}

static void done(struct fixture *f)
{
	intern_free(f->strings);
	arena_done(&f->arena);
	free(f);
}

/* Documents of uneven length, so that no boundary of a read falls where a document begins. */
static void add_accounts(struct str *out, int count, uint32_t *lines)
{
	uint32_t line = 1;
	for (int i = 0; i < count; i++) {
		str_printf(out, "---\n# %*s\n", i * 37 % 900, "x");
		str_add(out, "apiVersion: writ/v1\nkind: TechnicalAccount\n");
		str_printf(out, "metadata: {name: account-%d}\nspec: {}\n", i);
		lines[i] = line + 4;
		line += 6;
	}
}

static void assert_accounts(const struct fixture *f, int count, const uint32_t *lines)
{
	char name[32];
	assert_int_equal(f->report.errors, 0);
	assert_int_equal(f->model.accounts.len, count);
	for (int i = 0; i < count; i++) {
		const struct account *a = &f->model.accounts.at[i];
		snprintf(name, sizeof(name), "account-%d", i);
		assert_string_equal(a->meta.name, name);
		assert_int_equal(a->meta.name_at.line, lines[i]);
	}
}

static void parse(struct fixture *f, const struct piece_input *input, struct sha256 *digest)
{
	struct piece_input_vec inputs = {0};
	vec_push(&f->arena, &inputs, *input);
	parallel_parse(&f->reader, &inputs, digest, &f->model);
}

static void a_text_keeps_its_order_and_lines(void **state UNUSED)
{
	struct fixture *f = fixture();
	uint32_t lines[ACCOUNTS];
	struct str text = STR(&f->arena);
	add_accounts(&text, ACCOUNTS, lines);
	parse(f, &(struct piece_input){.file = "a.yaml", .text = text.at, .len = text.len}, NULL);
	assert_accounts(f, ACCOUNTS, lines);
	done(f);
}

static struct found_file write_file(struct fixture *f, const struct str *text)
{
	char path[] = "/tmp/test-pieces-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_ok(file_write_all(fd, path, text->at, text->len));
	close(fd);
	return (struct found_file){.path = intern(f->strings, path), .root = -1, .size = text->len};
}

static void a_file_is_what_the_text_is(void **state UNUSED)
{
	struct fixture *f = fixture();
	uint32_t lines[ACCOUNTS];
	unsigned char read[SHA256_SIZE], whole[SHA256_SIZE];
	struct str text = STR(&f->arena);
	add_accounts(&text, ACCOUNTS, lines);
	struct found_file found = write_file(f, &text);
	struct sha256 *digest = sha256_new(), *same = sha256_new();
	parse(f, &(struct piece_input){.file = found.path, .found = &found}, digest);
	assert_accounts(f, ACCOUNTS, lines);
	sha256_add_text(same, ""); /* named itself */
	sha256_add(same, &text.len, sizeof(text.len));
	sha256_add(same, text.at, text.len);
	sha256_end(digest, read);
	sha256_end(same, whole);
	assert_memory_equal(read, whole, SHA256_SIZE);
	unlink(found.path);
	done(f);
}

static void a_file_that_changed_is_named(void **state UNUSED)
{
	for (int way = 0; way < 2; way++) {
		struct fixture *f = fixture();
		uint32_t lines[10];
		struct str text = STR(&f->arena);
		add_accounts(&text, 10, lines);
		struct found_file found = write_file(f, &text);
		if (way == 0)
			found.size++;
		else
			unlink(found.path);
		parse(f, &(struct piece_input){.file = found.path, .found = &found}, NULL);
		assert_int_equal(f->report.errors, 1);
		assert_string_equal(f->report.items.at[0].id, way == 0 ? "E0101" : "E0103");
		assert_non_null(strstr(f->report.items.at[0].summary,
				       way == 0 ? "changed while it was read" : "cannot be read"));
		unlink(found.path);
		done(f);
	}
}

/* Longer than a piece, and one document all the same. */
static void json_is_not_cut(void **state UNUSED)
{
	struct fixture *f = fixture();
	struct str text = STR(&f->arena);
	str_add(&text,
		"{\"apiVersion\": \"writ/v1\", \"kind\": \"AdminRole\", \"metadata\": {\"name\":"
		"\"r\"},\n\"spec\": {\"role\": \"support-administrator\", \"members\": [");
	for (int i = 0; i < 20000; i++)
		str_printf(&text, "%s\n{\"account\": \"account-%d\"}", i ? "," : "", i);
	str_add(&text, "]}}\n");
	parse(f, &(struct piece_input){.file = "a.json", .text = text.at, .len = text.len}, NULL);
	assert_int_equal(f->report.errors, 0);
	assert_int_equal(f->model.roles.len, 1);
	assert_int_equal(f->model.roles.at[0].members.len, 20000);
	done(f);
}

/* A document far longer than a piece, and nothing at all. */
static void long_and_empty_texts(void **state UNUSED)
{
	struct fixture *f = fixture();
	struct str text = STR(&f->arena);
	uint32_t lines[2];
	str_add(&text, "# ");
	str_fill(&text, '-', 2 << 20);
	str_add(&text, "\n");
	add_accounts(&text, 2, lines);
	lines[0]++;
	lines[1]++;
	parse(f, &(struct piece_input){.file = "a.yaml", .text = text.at, .len = text.len}, NULL);
	parse(f, &(struct piece_input){.file = "b.yaml", .text = "", .len = 0}, NULL);
	assert_accounts(f, 2, lines);
	done(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_keeps_its_order_and_lines),
		cmocka_unit_test(a_file_is_what_the_text_is),
		cmocka_unit_test(a_file_that_changed_is_named),
		cmocka_unit_test(json_is_not_cut),
		cmocka_unit_test(long_and_empty_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
