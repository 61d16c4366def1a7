/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/history_write.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

/* Five commits on the line of first parents, the fourth a merge of one that stands aside. */
static const char *const script =
	"git init -q -b main repo; cd repo\n"
	"commit() { GIT_AUTHOR_DATE=\"$1 +0000\" GIT_COMMITTER_DATE=\"$1 +0000\" git commit -q -F "
	"-; }\n"
	"mkdir -p org/sub org/.hidden other\n"
	"printf 'one\\ntwo\\nthree\\n' >org/a.yaml; echo b >org/a-b.yml; echo c >org/sub/c.json\n"
	"echo n >org/notes.txt; echo h >org/.hidden/h.yaml; echo d >org/.dot.yaml\n"
	"echo e >org/sub/d.yaml; echo x >other/x.yaml\n"
	"git add -A\n"
	"printf 'first\\n\\nbody\\n\\nWrit-Run: r1\\nWrit-Plan: sha256:00\\n' | commit "
	"'1700000000'\n"
	"echo y >other/x.yaml; git add -A; echo elsewhere | commit '1700000100'\n"
	"git checkout -q -b side; printf 'one\\nTWO\\nthree\\n' >org/a.yaml; git add -A\n"
	"printf 'aside\\n' | commit '1700000200'\n"
	"git checkout -q main; echo z >other/x.yaml; git add -A; echo third | commit '1700000300'\n"
	"GIT_AUTHOR_DATE='1700000400 +0000' GIT_COMMITTER_DATE='1700000400 +0000' \\\n"
	"	git merge -q --no-ff -m 'merge side (#7)' side\n"
	"echo w >other/x.yaml; git add -A; echo last | commit '1700000500'\n"
	"cd ..; git clone -q --bare repo bare.git; git init -q -b main empty\n"
	"git init -q -b main linked; cd linked; ln -s /etc/passwd p.yaml; git add -A\n"
	"echo link | commit '1700000000'\n"
	"cd ..; git init -q -b main large; git init -q -b main odd; cd odd; git hash-object -w "
	"--stdin </dev/null\n"
	"printf '100644 "
	"../p.yaml\\0\\346\\235\\342\\233\\262\\321\\326CK\\213)\\256wZ\\330\\302\\344\\214S"
	"\\221' | git hash-object -t tree --literally -w --stdin >tree\n"
	"git update-ref refs/heads/main $(git commit-tree -m odd $(cat tree))\n";

static int make_repositories(void **state)
{
	return make_folder(state) || shell(script);
}

static struct history *open_repository(const char *name)
{
	ARENA a = {0};
	struct history *h = NULL;
	assert_ok(history_open(in_folder(&a, name), &h));
	return h;
}

static void opens_what_is_there_and_nothing_above(void **state UNUSED)
{
	ARENA a = {0};
	struct history *h = NULL;
	static const char *const good[] = {"repo", "repo/.git", "bare.git", "empty"};
	for (size_t i = 0; i < 4; i++) {
		CLEANUP(history_close) struct history *one = open_repository(good[i]);
		assert_int_equal(history_is_bare(one), i == 2);
	}
	assert_failed(history_open(in_folder(&a, "repo/org"), &h), ERROR_INPUT,
		      "no git repository");
	assert_failed(history_open(in_folder(&a, "absent"), &h), ERROR_INPUT, "no git repository");
	assert_null(h);
}

static void finds_the_work_tree_of_a_path(void **state UNUSED)
{
	ARENA a = {0};
	const char *root, *below;
	assert_ok(history_find(&a, in_folder(&a, "repo/org/sub/c.json"), &root, &below));
	assert_string_equal(root, in_folder(&a, "repo"));
	assert_string_equal(below, "org/sub/c.json");
	assert_ok(history_find(&a, in_folder(&a, "repo"), &root, &below));
	assert_string_equal(below, "");
	assert_ok(history_find(&a, in_folder(&a, "bare.git/objects"), &root, &below));
	assert_null(root);
	assert_failed(history_find(&a, in_folder(&a, "absent"), &root, &below), ERROR_SYSTEM,
		      "absent");
}

static void resolves_revisions(void **state UNUSED)
{
	CLEANUP(history_close) struct history *h = open_repository("repo");
	CLEANUP(history_close) struct history *empty = open_repository("empty");
	char id[HISTORY_ID], same[HISTORY_ID], branch[HISTORY_ID];
	assert_ok(history_resolve(h, "HEAD", id));
	assert_ok(history_resolve(h, "main", same));
	assert_string_equal(id, same);
	assert_ok(history_tip(h, NULL, branch));
	assert_string_equal(id, branch);
	assert_ok(history_tip(h, "side", branch));
	assert_string_not_equal(id, branch);
	assert_ok(history_tip(h, "nowhere", branch));
	assert_string_equal(branch, "");
	assert_ok(history_tip(empty, NULL, branch));
	assert_string_equal(branch, "");
	assert_failed(history_resolve(h, "nowhere", id), ERROR_INPUT, "no commit \"nowhere\"");
	assert_failed(history_resolve(empty, "HEAD", id), ERROR_INPUT, "no commit");
	assert_failed(history_resolve(h, "HEAD:org", id), ERROR_INPUT, "no commit");
}

static const char *subjects(struct arena *a, struct history *h, const struct commit_query *query)
{
	struct commit_vec commits = {0};
	const char *text = "";
	assert_ok(history_list(h, a, query, &commits));
	for (size_t i = 0; i < commits.len; i++)
		text = arena_printf(a, "%s%s%s", text, i ? "|" : "", commits.at[i].subject);
	return text;
}

static void lists_commits_of_a_folder(void **state UNUSED)
{
	static const struct {
		struct commit_query query;
		const char *subjects;
	} rows[] = {
		{{"main", NULL, 0, false}, "last|merge side (#7)|third|aside|elsewhere|first"},
		{{"main", "org", 0, false}, "aside|first"},
		{{"main", "org", 0, true}, "aside|first"},
		{{"main", "org", 1, false}, "aside"},
		{{"main", "org/a.yaml", 0, false}, "aside|first"},
		{{"main", "other", 0, true}, "last|third|elsewhere|first"},
		{{"main~3", "other", 0, false}, "elsewhere|first"},
		{{"main", "nowhere", 0, false}, ""},
	};
	CLEANUP(history_close) struct history *h = open_repository("bare.git");
	ARENA a = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(subjects(&a, h, &rows[i].query), rows[i].subjects);
}

static void commits_carry_who_when_and_trailers(void **state UNUSED)
{
	CLEANUP(history_close) struct history *h = open_repository("repo");
	ARENA a = {0};
	struct commit c;
	assert_ok(history_read_commit(h, &a, "main~4", &c));
	assert_string_equal(c.subject, "first");
	assert_string_equal(c.author_name, "Ann");
	assert_string_equal(c.author_email, "ann@example.com");
	assert_string_equal(c.committer_name, "Con");
	assert_int_equal(c.author_time, 1700000000);
	assert_int_equal(c.trailers.len, 2);
	assert_string_equal(commit_trailer(&c, "writ-run"), "r1");
	assert_string_equal(commit_trailer(&c, "Writ-Plan"), "sha256:00");
	assert_null(commit_trailer(&c, "Writ-Journal"));
	assert_int_equal(c.parents, 0);
	assert_ok(history_read_commit(h, &a, "main~1", &c));
	assert_int_equal(c.parents, 2);
}

static void reads_the_files_of_a_folder(void **state UNUSED)
{
	CLEANUP(history_close) struct history *h = open_repository("bare.git");
	static const char *const paths[] = {"a-b.yml", "a.yaml", "sub/c.json", "sub/d.yaml"};
	ARENA a = {0};
	struct stored_file_vec files = {0}, one = {0}, old = {0}, all = {0};
	assert_ok(history_read_files(h, &a, "main", "org", 1000, &files));
	assert_int_equal(files.len, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(files.at[i].path, paths[i]);
	assert_string_equal(files.at[1].bytes, "one\nTWO\nthree\n");
	assert_int_equal(files.at[1].len, 14);
	assert_ok(history_read_files(h, &a, "main", "org/notes.txt", 1000, &one));
	assert_int_equal(one.len, 1);
	assert_string_equal(one.at[0].path, "notes.txt");
	assert_string_equal(one.at[0].bytes, "n\n");
	assert_ok(history_list_files(h, &a, "main~4", "org", &old));
	assert_string_equal(old.at[0].id, files.at[0].id);
	assert_string_not_equal(old.at[1].id, files.at[1].id);
	assert_null(old.at[0].bytes);
	assert_ok(history_list_files(h, &a, "main", "", &all));
	assert_int_equal(all.len, 5);
	assert_string_equal(all.at[4].path, "other/x.yaml");
}

static void refuses_what_is_no_file(void **state UNUSED)
{
	CLEANUP(history_close) struct history *h = open_repository("repo");
	CLEANUP(history_close) struct history *linked = open_repository("linked");
	CLEANUP(history_close) struct history *odd = open_repository("odd");
	ARENA a = {0};
	struct stored_file_vec files = {0};
	bool there;
	assert_failed(history_read_files(h, &a, "main", "org", 3, &files), ERROR_INPUT,
		      "larger than 3 bytes");
	assert_failed(history_list_files(h, &a, "main", "nowhere", &files), ERROR_INPUT,
		      "no \"nowhere\"");
	assert_failed(history_list_files(linked, &a, "main", "", &files), ERROR_INPUT, "a link");
	assert_failed(history_list_files(odd, &a, "main", "", &files), ERROR_INPUT, "is a path");
	assert_ok(history_has(h, "main", "org/sub", &there));
	assert_true(there);
	assert_ok(history_has(h, "main", "org/nothing", &there));
	assert_false(there);
}

/* With `edited`, of these contents. */
static struct error *blame_line(struct history *h, struct arena *a, const char *path,
				const char *edited, uint32_t line, struct blame *out,
				bool *out_found)
{
	return history_blame_lines(h, a, "main", path, edited, edited ? strlen(edited) : 0, &line,
				   1, out, out_found);
}

static void tells_who_wrote_a_line(void **state UNUSED)
{
	CLEANUP(history_close) struct history *h = open_repository("repo");
	ARENA a = {0};
	struct blame b;
	bool found;
	static const char *const edited = "zero\none\nTWO\nthree\n";
	static const char *const by[] = {"first", "aside", "first"};
	for (uint32_t line = 1; line <= 3; line++) {
		assert_ok(blame_line(h, &a, "org/a.yaml", NULL, line, &b, &found));
		assert_true(found);
		assert_string_equal(b.commit.subject, by[line - 1]);
		assert_string_equal(b.path, "org/a.yaml");
		assert_int_equal(b.line, line);
	}
	assert_null(blame_line(h, &a, "org/a.yaml", edited, 1, &b, &found));
	assert_false(found);
	assert_null(blame_line(h, &a, "org/a.yaml", edited, 3, &b, &found));
	assert_true(found);
	assert_string_equal(b.commit.subject, "aside");
	assert_int_equal(b.line, 2);
	assert_failed(blame_line(h, &a, "org/none.yaml", NULL, 1, &b, &found), ERROR_INPUT,
		      "no \"org/none.yaml\"");
	assert_failed(blame_line(h, &a, "org/a.yaml", edited, 9, &b, &found), ERROR_INPUT,
		      "no line 9");
}

static void finds_the_merge_of_a_commit(void **state UNUSED)
{
	CLEANUP(history_close) struct history *h = open_repository("repo");
	ARENA a = {0};
	struct commit c;
	bool found;
	struct merge_index *m, *earlier;
	assert_ok(history_index_merges(h, "main", 0, &m));
	assert_ok(history_index_merges(h, "main~3", 0, &earlier));
	assert_ok(history_find_merge(m, &a, "side", &c, &found));
	assert_true(found);
	assert_string_equal(c.subject, "merge side (#7)");
	assert_ok(history_find_merge(m, &a, "main~2", &c, &found));
	assert_false(found);
	assert_ok(history_find_merge(earlier, &a, "side", &c, &found));
	assert_false(found);
	history_merges_free(m);
	history_merges_free(earlier);
	assert_ok(history_index_merges(h, "main", INT64_MAX, &m)); /* nothing is so young */
	assert_ok(history_find_merge(m, &a, "side", &c, &found));
	assert_false(found);
	history_merges_free(m);
}

static bool owns_all(const char *name UNUSED)
{
	return true;
}

/* Who reads live before another run records has read what is older than the snapshot. */
static void a_folder_that_somebody_recorded_meanwhile_is_refused(void **state UNUSED)
{
	CLEANUP(history_close) struct history *h = open_repository("empty");
	struct stored_file one = {.path = "a.yaml", .bytes = "1", .len = 1},
			   two = {.path = "a.yaml", .bytes = "2", .len = 1};
	struct stored_file_vec first = {&one, 1, 1}, second = {&two, 1, 1};
	struct history_target t = {.folder = "org", .owns = owns_all, .expected = ""};
	char id[HISTORY_ID], seen[HISTORY_ID], none[HISTORY_ID];
	assert_ok(history_commit(h, &t, &first, "first", id));
	assert_ok(history_id_at(h, id, "org", seen));
	assert_ok(history_id_at(h, id, "other", none));
	assert_string_not_equal(seen, "");
	assert_string_equal(none, "");
	assert_failed(history_commit(h, &t, &second, "second", id), ERROR_REFUSED,
		      "has changed since live was read");
	t.expected = seen;
	t.folder = "other/org";
	assert_failed(history_commit(h, &t, &second, "second", id), ERROR_REFUSED, "other/org");
	t.folder = "org";
	assert_ok(history_commit(h, &t, &second, "second", id));
	assert_failed(history_commit(h, &t, &first, "third", id), ERROR_REFUSED, "org");
	t.expected = NULL;
	assert_ok(history_commit(h, &t, &first, "third", id));
}

enum { MANY = 200 };

/* Many new files go into a pack, by way of memory; what comes behind is to reach the disk too. */
static void commits_behind_a_large_one_are_stored(void **state UNUSED)
{
	ARENA a = {0};
	CLEANUP(history_close) struct history *h = open_repository("large");
	struct stored_file_vec many = {0};
	struct stored_file one = {.path = "a.yaml", .bytes = "1", .len = 1};
	struct history_target t = {.folder = "org", .owns = owns_all};
	char id[HISTORY_ID];
	for (int i = 0; i < MANY; i++) {
		const char *bytes = arena_printf(&a, "%d", i);
		vec_push(&a, &many,
			 (struct stored_file){.path = arena_printf(&a, "f%03d.yaml", i),
					      .bytes = bytes,
					      .len = strlen(bytes)});
	}
	assert_ok(history_commit(h, &t, &many, "many", id));
	assert_ok(history_commit(h, &t, &(struct stored_file_vec){&one, 1, 1}, "one", id));
	assert_ok(history_commit(h, &t, &many, "many again", id));
	assert_int_equal(shell("cd large && git fsck --strict --no-dangling && "
			       "[ $(git log --format=%s | grep -c 'many\\|one') -ge 3 ] && "
			       "[ $(ls .git/objects/pack/*.pack | wc -l) = 1 ]"),
			 0);
}

static void commits_have_an_order(void **state UNUSED)
{
	static const struct {
		const char *one, *two;
		enum history_order order;
	} rows[] = {
		{"main", "main", HISTORY_SAME},		{"main~3", "main", HISTORY_BEFORE},
		{"main", "main~1", HISTORY_AFTER},	{"side", "main", HISTORY_BEFORE},
		{"side", "main~2", HISTORY_APART},	{"main~2", "side", HISTORY_APART},
		{"main~1^2", "main~1", HISTORY_BEFORE},
	};
	static const char absent[] = "0123456789012345678901234567890123456789";
	CLEANUP(history_close) struct history *h = open_repository("repo");
	enum history_order order;
	char one[HISTORY_ID], two[HISTORY_ID];
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_ok(history_resolve(h, rows[i].one, one));
		assert_ok(history_resolve(h, rows[i].two, two));
		assert_ok(history_order(h, one, two, &order));
		if (order != rows[i].order)
			fail_msg("%s, %s: %d", rows[i].one, rows[i].two, order);
	}
	assert_ok(history_order(h, absent, two, &order));
	assert_int_equal(order, HISTORY_UNTOLD);
	bool here = true;
	assert_ok(history_has_commit(h, absent, &here));
	assert_false(here);
	assert_ok(history_has_commit(h, one, &here));
	assert_true(here);
	assert_int_equal(shell("git clone -q --depth 1 \"file://$PWD/repo\" cut"), 0);
	CLEANUP(history_close) struct history *cut = open_repository("cut");
	assert_ok(history_resolve(h, "main", one));
	assert_ok(history_resolve(h, "main~3", two));
	assert_ok(history_order(cut, two, one, &order));
	assert_int_equal(order, HISTORY_UNTOLD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_what_is_there_and_nothing_above),
		cmocka_unit_test(finds_the_work_tree_of_a_path),
		cmocka_unit_test(resolves_revisions),
		cmocka_unit_test(lists_commits_of_a_folder),
		cmocka_unit_test(commits_carry_who_when_and_trailers),
		cmocka_unit_test(reads_the_files_of_a_folder),
		cmocka_unit_test(refuses_what_is_no_file),
		cmocka_unit_test(tells_who_wrote_a_line),
		cmocka_unit_test(finds_the_merge_of_a_commit),
		cmocka_unit_test(commits_behind_a_large_one_are_stored),
		cmocka_unit_test(commits_have_an_order),
		cmocka_unit_test(a_folder_that_somebody_recorded_meanwhile_is_refused),
	};
	return cmocka_run_group_tests(tests, make_repositories, drop_folder);
}
