/* SPDX-License-Identifier: Apache-2.0 */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/plan/plan.h"
#include "core/util/file.h"
#include "providers/file/file.h"
#include "tests/unit/check.h"
#include "tests/unit/outcome_name.h"

#define HEAD                                                                                       \
	"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: "       \
	"file}\nstatus:\n  products: [{product: P, profile: A}]\n  users: [jane@example.com]\n  "  \
	"groups: [Writers]\n"
#define ACCOUNT(name, spec)                                                                        \
	"---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: " name                 \
	"}\nspec: " spec "\n"
#define LIVE HEAD ACCOUNT("one", "{products: [{product: P, profile: A}]}") ACCOUNT("two", "{}")

static char folder[32];
static struct arena arena;
static struct intern *strings;

static const char *at(const char *name)
{
	return arena_printf(&arena, "%s/%s", folder, name);
}

static void write_text(const char *name, const char *text)
{
	assert_ok(file_write_atomic(at(name), text, strlen(text), 0600));
}

static const char *text_of(const char *name)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	assert_ok(file_read(at(name), 100000, &text, &len));
	return arena_strdup(&arena, text);
}

static int remove_one(const char *path, const struct stat *st UNUSED, int kind UNUSED,
		      struct FTW *where UNUSED)
{
	return remove(path);
}

static int set_up(void **state UNUSED)
{
	strings = intern_new();
	strcpy(folder, "/tmp/writ-live-XXXXXX");
	return !mkdtemp(folder);
}

static int tear_down(void **state UNUSED)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	intern_free(strings);
	arena_done(&arena);
	return 0;
}

static struct provider *open_at(const char *path)
{
	struct provider *p = NULL;
	const struct settings settings = {.strings = strings, .live_path = path};
	assert_ok(file_reader.open(&settings, &p));
	return p;
}

/* ---- changes, by name ---- */

static const struct principal *who(enum principal_kind kind, const char *name)
{
	struct principal *p = arena_zalloc(&arena, sizeof(*p));
	*p = (struct principal){intern(strings, name), kind};
	return p;
}

static const struct account *account_of(const char *name)
{
	struct account *a = arena_zalloc(&arena, sizeof(*a));
	a->meta.name = intern(strings, name);
	return a;
}

/* "+one" makes an account, "-one" deletes it, "one>two" renames it, "one=text" describes it;
 * "+one:A" and "-one:A" give and take profile A of P, to a user where there is an "@", to a group
 * where there is a "#". */
static struct change change_of(const char *word)
{
	const char *colon = strchr(word, ':'), *arrow = strchr(word, '>'),
		   *equal = strchr(word, '=');
	bool add = *word == '+', take = *word == '-';
	const char *name = word + (add || take);
	const char *end = colon ? colon : arrow ? arrow : equal ? equal : name + strlen(name);
	name = arena_strndup(&arena, name, (size_t)(end - name));
	struct change c = {.action = add    ? ACTION_CREATE
				     : take ? ACTION_DELETE
					    : ACTION_UPDATE,
			   .type = colon ? CHANGE_GRANT : CHANGE_ACCOUNT};
	enum principal_kind kind = strchr(name, '@')   ? PRINCIPAL_USER
				   : strchr(name, '#') ? PRINCIPAL_GROUP
						       : PRINCIPAL_ACCOUNT;
	c.principal = who(kind, arrow ? arrow + 1 : name);
	if (colon) {
		struct entitlement *e = arena_zalloc(&arena, sizeof(*e));
		e->product = intern(strings, "P");
		e->profile = intern(strings, colon + 1);
		c.entitlement = e;
		return c;
	}
	if (!add)
		c.before = account_of(name);
	if (!take)
		c.after = account_of(arrow ? arrow + 1 : name);
	if (arrow)
		c.reason = REASON_RENAMED;
	if (equal) {
		struct account *after = arena_zalloc(&arena, sizeof(*after));
		*after = *c.after;
		after->description = intern(strings, equal + 1);
		c.after = after;
		c.attributes = ATTRIBUTE_DESCRIPTION;
	}
	return c;
}

/* Carries out words; "applied; refused: why", or "error why". */
static const char *run(struct provider *p, const char *const *words)
{
	struct change changes[8];
	const struct change *batch[8] = {0};
	struct outcome outcomes[8] = {0};
	size_t len = 0;
	for (; words[len]; len++) {
		changes[len] = change_of(words[len]);
		batch[len] = &changes[len];
	}
	struct error *error = file_writer.execute(p, &arena, batch, len, outcomes);
	if (error) {
		const struct error *root = error;
		while (root->cause)
			root = root->cause;
		const char *said = arena_printf(&arena, "error %s", root->message);
		error_free(error);
		return said;
	}
	struct str out = STR(&arena);
	for (size_t i = 0; i < len; i++)
		str_printf(&out, "%s%s%s%s", i ? "; " : "", outcome_name(outcomes[i].class),
			   outcomes[i].message ? ": " : "",
			   outcomes[i].message ? outcomes[i].message : "");
	return str_text(&out);
}

struct row {
	const char *words[6];
	const char *told;
	const char *has, *lacks; /* of the file afterwards; NULL: no matter */
};

static const struct row rows[] = {
	{{"+new"}, "applied", "name: new\n", NULL},
	{{"+new", "+new:A"}, "applied; applied", "name: new\n", NULL},
	{{"+a", "+b", "+c", "+d", "+b:A"},
	 "applied; applied; applied; applied; applied",
	 "name: d\n",
	 NULL},
	{{"-one:A", "-two:A", "-three:A", "-four:A", "-five:A"},
	 "applied; applied; applied; applied; applied",
	 "name: one",
	 "profile: A\n---"},
	{{"one>a", "two>b"}, "applied; applied", "name: b\n", "name: two"},
	{{"-one", "+one"}, "applied; refused: there is already", "name: two", NULL},
	{{"+one"}, "refused: there is already an account \"one\"", NULL, NULL},
	{{"-none"}, "refused: there is no account \"none\"", NULL, NULL},
	{{"none=x"}, "refused: there is no account \"none\"", NULL, NULL},
	{{"one=Reads all"}, "applied", "description: Reads all", NULL},
	{{"-one"}, "applied", "name: two", "name: one"},
	{{"-one", "-two", "-one:A"}, "applied; applied; applied", NULL, "profile: A\n  products"},
	{{"one>other"}, "applied", "name: other", "name: one"},
	{{"one>other", "-other:A"}, "applied; applied", "name: other", "name: one"},
	{{"two>one"}, "refused: there is already an account \"one\"", "name: two", NULL},
	{{"two>three", "one>two"}, "applied; applied", "name: three", "name: one"},
	{{"one>two", "two>one"},
	 "applied; applied",
	 "name: two\nspec:\n  credential: one\n  adminRoles: []\n  products:\n    - {product: P",
	 NULL},
	{{"+two:A", "-one:A"}, "applied; applied", "name: two", NULL},
	{{"+none:A"}, "refused: there is no account \"none\"", NULL, NULL},
	/* what is so already, or is asked for twice, is there once */
	{{"+one:A", "+two:A", "+two:A"},
	 "applied; applied; applied",
	 "name: two",
	 "profile: A}\n    - {product: P, profile: A}"},
	{{"+jane@example.com:A"}, "applied", "user: jane@example.com", NULL},
	{{"+joe@example.com:A"}, "refused: ", NULL, "joe"},
	{{"+jane@example.com:B"}, "refused: ", NULL, "profile: B"},
	{{"+#Designers:A"}, "refused: ", NULL, "Designers"},
};

static void every_change_has_its_outcome(void **state UNUSED)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		write_text("live.yaml", LIVE);
		struct provider *p = open_at(at("live.yaml"));
		const char *said = run(p, rows[i].words), *text = text_of("live.yaml");
		file_reader.close(p);
		assert_begins(i, said, rows[i].told);
		if (rows[i].has && !strstr(text, rows[i].has))
			fail_msg("row %zu lacks \"%s\": %s", i, rows[i].has, text);
		if (rows[i].lacks && strstr(text, rows[i].lacks))
			fail_msg("row %zu has \"%s\": %s", i, rows[i].lacks, text);
	}
}

static void an_organisation_without_accounts(void **state UNUSED)
{
	static const char *const words[] = {"-none", "+new", NULL};
	write_text("live.yaml", HEAD);
	struct provider *p = open_at(at("live.yaml"));
	assert_string_equal(run(p, words), "refused: there is no account \"none\"; applied");
	file_reader.close(p);
	assert_non_null(strstr(text_of("live.yaml"), "name: new"));
}

/* ---- folders ---- */

static void write_folder(const char *name, const char *file)
{
	assert_int_equal(mkdir(at(name), 0755), 0);
	write_text(arena_printf(&arena, "%s/%s", name, file), LIVE);
}

static void a_folder_is_replaced_as_a_whole(void **state UNUSED)
{
	static const char *const words[] = {"+new", NULL};
	static const char *const names[] = {"a.yaml", "a.yml"};
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *live = arena_printf(&arena, "live%zu", i);
		write_folder(live, names[i]);
		/* what a run that was killed left */
		const char *left = arena_printf(&arena, ".%s.writ-tmp", live);
		assert_int_equal(mkdir(at(left), 0755), 0);
		write_text(arena_printf(&arena, "%s/junk.yaml", left), "junk");
		struct provider *p = open_at(at(live));
		assert_string_equal(run(p, words), "applied");
		file_reader.close(p);
		assert_int_not_equal(access(at(left), F_OK), 0);
		assert_int_not_equal(
			access(at(arena_printf(&arena, "%s/%s", live, names[i])), F_OK), 0);
	}
}

static void a_folder_that_holds_more_is_left_alone(void **state UNUSED)
{
	static const struct {
		const char *name;
		bool folder;
		const char *told;
	} odd[] = {
		{"notes.txt", false, "error the live folder also holds \"notes.txt\""},
		{"README", false, "error the live folder also holds \"README\""},
		{"more.yaml", true, "error the live folder also holds \"more.yaml\""},
		{"b.json", false, "error"},
	};
	static const char *const words[] = {"+new", NULL};
	for (size_t i = 0; i < COUNT(odd); i++) {
		const char *live = arena_printf(&arena, "live%zu", i);
		const char *more = arena_printf(&arena, "%s/%s", live, odd[i].name);
		write_folder(live, "a.yaml");
		if (odd[i].folder)
			assert_int_equal(mkdir(at(more), 0755), 0);
		else
			write_text(more, odd[i].name);
		struct provider *p = open_at(at(live));
		const char *said = run(p, words);
		file_reader.close(p);
		assert_begins(i, said, odd[i].told);
		assert_string_equal(text_of(arena_printf(&arena, "%s/a.yaml", live)), LIVE);
	}
}

/* What stands where the new folder is to be made, and is not ours. */
static void what_is_in_the_way_is_not_removed(void **state UNUSED)
{
	static const char *const words[] = {"+new", NULL};
	write_folder("live", "a.yaml");
	assert_int_equal(mkdir(at(".live.writ-tmp"), 0755), 0);
	assert_int_equal(mkdir(at(".live.writ-tmp/deep"), 0755), 0);
	struct provider *p = open_at(at("live"));
	assert_non_null(strstr(run(p, words), "error removing"));
	assert_int_equal(rmdir(at(".live.writ-tmp/deep")) || rmdir(at(".live.writ-tmp")), 0);
	write_text(".live.writ-tmp", "mine");
	assert_non_null(strstr(run(p, words), "error opening"));
	assert_string_equal(text_of(".live.writ-tmp"), "mine");
	assert_string_equal(text_of("live/a.yaml"), LIVE);
	file_reader.close(p);
}

/* ---- what cannot be opened, read or written ---- */

static void what_cannot_be_opened(void **state UNUSED)
{
	struct provider *p = NULL;
	struct settings settings = {.strings = strings};
	struct error *error = file_reader.open(&settings, &p);
	assert_int_equal(error->code, ERROR_USAGE);
	error_free(error);
	const char *const paths[] = {at("none.yaml"), "/dev/null/x", "/dev/null/x:y"};
	for (size_t i = 0; i < COUNT(paths); i++) {
		settings.live_path = paths[i];
		error = file_reader.open(&settings, &p);
		assert_int_equal(error->code, ERROR_SYSTEM);
		assert_non_null(strstr(error->message, "opening the live organisation"));
		error_free(error);
	}
	assert_null(p);
	file_reader.close(NULL);
}

static void a_revision_is_never_changed(void **state UNUSED)
{
	struct provider *p = open_at("HEAD~1:live.yaml");
	assert_string_equal(file_reader.identity(p), "HEAD~1:live.yaml");
	struct error *error = file_writer.begin(p, NULL);
	assert_int_equal(error->code, ERROR_INPUT);
	assert_non_null(strstr(error->message, "is a revision: it is read, never changed"));
	error_free(error);
	file_reader.close(p);
	write_text("live.yaml", LIVE);
	p = open_at(at("live.yaml"));
	assert_ok(file_writer.begin(p, NULL));
	assert_int_equal(file_reader.can_account(p), CAN_API);
	assert_null(file_reader.check_account(p, &arena, account_of("x")));
	file_reader.close(p);
}

static void what_went_away_meanwhile(void **state UNUSED)
{
	static const char *const words[] = {"+new", NULL};
	assert_int_equal(mkdir(at("inner"), 0755), 0);
	write_text("inner/live.yaml", LIVE);
	struct provider *p = open_at(at("inner/live.yaml"));
	write_text("inner/live.yaml", "apiVersion: [");
	assert_int_equal(strncmp(run(p, words), "error ", 6), 0);
	assert_int_equal(unlink(at("inner/live.yaml")), 0);
	assert_int_equal(strncmp(run(p, words), "error ", 6), 0);
	assert_int_equal(rmdir(at("inner")), 0);
	assert_non_null(strstr(run(p, words), "error locking"));
	file_reader.close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_change_has_its_outcome, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_organisation_without_accounts, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_folder_is_replaced_as_a_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_folder_that_holds_more_is_left_alone, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_in_the_way_is_not_removed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_opened, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_revision_is_never_changed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_went_away_meanwhile, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
