/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/timeline_cache.h"
#include "core/util/digest.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

static bool is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void what_is_written_is_read(void **state UNUSED)
{
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct timeline t = {.universe = universe_new(strings)}, back;
	struct universe *u = t.universe;
	const char *path = in_folder(&a, "made/here/cache");
	const char *odd = intern(strings, "tab\tline\nback\\slash\\0 \\t");
	const struct moment moments[] = {
		{.id = "1", .time = 0},
		{.id = "2", .author = odd, .email = "", .subject = "\t", .time = 1767225600},
		{"3", "a", "b", "c", "d", "e", "f", "g", "h", INT64_C(999999999999999999), NULL,
		 "i\nj"},
	};
	for (size_t i = 0; i < 3; i++)
		vec_push(&a, &t.moments, moments[i]);
	universe_principal(u, PRINCIPAL_ACCOUNT, odd, true);
	universe_principal(u, PRINCIPAL_USER, intern(strings, "jane@example.com"), true);
	universe_entitlement(u, ROLE_SYSTEM_ADMINISTRATOR, NULL, NULL, NULL);
	universe_entitlement(u, ROLE_NONE, intern(strings, "Express"), odd, NULL);
	const struct shift shifts[] = {{0, 0, 1, true, false},
				       {0, 1, 0, true, true},
				       {2, 0, 1, false, false},
				       {2, 1, 0, false, true},
				       {2, 1, 1, true, false}};
	for (size_t i = 0; i < 5; i++)
		vec_push(&a, &t.shifts, shifts[i]);
	assert_ok(timeline_cache_write(path, &a, &t));

	back = (struct timeline){.universe = universe_new(strings)};
	timeline_cache_read(path, strings, &a, &back);
	assert_int_equal(back.moments.len, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct moment *x = &moments[i], *y = &back.moments.at[i];
		assert_true(is_same(x->id, y->id) && is_same(x->author, y->author) &&
			    is_same(x->email, y->email) && is_same(x->subject, y->subject) &&
			    is_same(x->run, y->run) && is_same(x->plan, y->plan) &&
			    is_same(x->drift, y->drift) && is_same(x->damage, y->damage) &&
			    is_same(x->edited, y->edited) && is_same(x->actor, y->actor) &&
			    x->time == y->time);
	}
	assert_int_equal(back.shifts.len, 5);
	for (size_t i = 0; i < 5; i++) {
		const struct shift *x = &shifts[i], *y = &back.shifts.at[i];
		assert_true(x->moment == y->moment && x->principal == y->principal &&
			    x->entitlement == y->entitlement && x->came == y->came &&
			    x->hidden == y->hidden);
	}
	assert_int_equal(universe_principals(back.universe), 2);
	assert_string_equal(universe_principal_numbered(back.universe, 0)->name, odd);
	assert_int_equal(universe_principal_numbered(back.universe, 1)->kind, PRINCIPAL_USER);
	assert_int_equal(universe_entitlements(back.universe), 2);
	assert_int_equal(universe_entitlement_numbered(back.universe, 0)->role,
			 ROLE_SYSTEM_ADMINISTRATOR);
	assert_string_equal(universe_entitlement_numbered(back.universe, 1)->profile, odd);
	assert_null(universe_entitlement_numbered(back.universe, 1)->group);
	universe_free(back.universe);
	universe_free(t.universe);
	intern_free(strings);
}

/* How many moments are read of a file with these bytes. */
static size_t read_bytes(const char *bytes, size_t len)
{
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct timeline t = {.universe = universe_new(strings)};
	const char *path = in_folder(&a, "bytes");
	FILE *out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
	timeline_cache_read(path, strings, &a, &t);
	size_t moments = t.moments.len;
	/* Nothing of a bad file stays. */
	assert_true(moments || (!t.shifts.len && !universe_principals(t.universe) &&
				!universe_entitlements(t.universe)));
	universe_free(t.universe);
	intern_free(strings);
	return moments;
}

/* With the digest of its bytes behind it. */
static size_t read_sound(const char *text)
{
	ARENA a = {0};
	unsigned char digest[SHA256_SIZE];
	char due[SHA256_TEXT];
	sha256_of(text, strlen(text), digest);
	sha256_text(digest, due);
	const char *whole = arena_printf(&a, "%s%s\n", text, due);
	return read_bytes(whole, strlen(whole));
}

#define FIRST "writ timeline 5\n"
#define NAMES "p\t0\tx\ne\t0\tExpress\t\\0\t\\0\t\\0\n"
#define MOMENT "m\tid\t5\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\n"

static void a_line_out_of_place_spoils_it(void **state UNUSED)
{
	static const char *const rows[] = {
		"",
		"writ timeline 2\n" NAMES MOMENT,
		FIRST MOMENT "\n",
		FIRST MOMENT "x\n",
		FIRST MOMENT "\\0\tx\n",
		FIRST MOMENT "p\t0\tx", /* no line feed behind it */
		FIRST MOMENT "p\t0\n",
		FIRST MOMENT "p\t0\tx\ty\n",
		FIRST MOMENT "p\t0\t\\0\n",
		FIRST MOMENT "p\t3\tx\n",
		FIRST MOMENT "p\t\tx\n",
		FIRST MOMENT "p\t\\0\tx\n",
		FIRST MOMENT "p\t-1\tx\n",
		FIRST MOMENT "p\t:\tx\n",
		FIRST MOMENT "p\t0x0\tx\n",
		FIRST MOMENT "p\t0000000000000000000\tx\n",
		FIRST MOMENT NAMES "p\t0\tx\n", /* twice */
		FIRST MOMENT "e\t0\tExpress\t\\0\t\\0\n",
		FIRST MOMENT "e\t99\tExpress\t\\0\t\\0\t\\0\n",
		FIRST MOMENT NAMES "e\t0\tExpress\t\\0\t\\0\t\\0\n",
		FIRST MOMENT "m\tid\t5\n",
		FIRST MOMENT "m\t\\0\t5\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\n",
		FIRST MOMENT "m\tid\tx\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\n",
		FIRST MOMENT "m\tid\t5\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\t\\0\tx\n",
		FIRST NAMES "+\t0\t0\n" MOMENT, /* before any moment */
		FIRST NAMES MOMENT "+\t0\n",
		FIRST NAMES MOMENT "+\tx\t0\n",
		FIRST NAMES MOMENT "+\t0\tx\n",
		FIRST NAMES MOMENT "-\t1\t0\n",
		FIRST NAMES MOMENT "-\t0\t1\n",
	};
	assert_int_equal(read_sound(FIRST NAMES MOMENT "+\t0\t0\n" MOMENT "-\t0\t0\n"), 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (read_sound(rows[i]))
			fail_msg("row %zu is read: %s", i, rows[i]);
	}
}

static void a_changed_byte_spoils_it(void **state UNUSED)
{
	ARENA a = {0};
	unsigned char digest[SHA256_SIZE];
	char due[SHA256_TEXT];
	static const char text[] = FIRST NAMES MOMENT;
	sha256_of(text, strlen(text), digest);
	sha256_text(digest, due);
	char *whole = arena_printf(&a, "%s%s\n", text, due);
	size_t len = strlen(whole);
	assert_int_equal(read_bytes(whole, len), 1);
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(read_bytes(whole, i), 0);
		const char was = whole[i];
		whole[i] = '\0';
		assert_int_equal(read_bytes(whole, len), 0);
		whole[i] = (char)(was ^ 1);
		assert_int_equal(read_bytes(whole, len), 0);
		whole[i] = was;
	}
}

static void the_environment_names_the_place(void **state UNUSED)
{
	static const struct {
		const char *cache, *home, *below;
	} rows[] = {
		{"/c", "/h", "/c/writ/timeline-"},
		{NULL, "/h", "/h/.cache/writ/timeline-"},
		{"", "/h", "/h/.cache/writ/timeline-"},
		{"c", "/h", "/h/.cache/writ/timeline-"},
		{NULL, "h", NULL},
		{NULL, NULL, NULL},
	};
	ARENA a = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].cache)
			setenv("XDG_CACHE_HOME", rows[i].cache, 1);
		else
			unsetenv("XDG_CACHE_HOME");
		if (rows[i].home)
			setenv("HOME", rows[i].home, 1);
		else
			unsetenv("HOME");
		const char *path = timeline_cache_path(&a, "/repository", "folder");
		assert_true(!path == !rows[i].below);
		if (path) {
			assert_int_equal(strncmp(path, rows[i].below, strlen(rows[i].below)), 0);
			assert_int_equal(strlen(path), strlen(rows[i].below) + 16);
			assert_string_not_equal(path,
						timeline_cache_path(&a, "/repository", "other"));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_line_out_of_place_spoils_it),
		cmocka_unit_test(a_changed_byte_spoils_it),
		cmocka_unit_test(the_environment_names_the_place),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
