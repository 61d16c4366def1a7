/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/edit/edit.h"
#include "tests/unit/check.h"

/* What to do; places are where `document` and `item` begin in the text. */
struct step {
	enum edit_kind kind;
	const char *document, *item;
	const char *parent, *parent2;
	const char *key, *value;
	struct edit_item what;
};

static struct location find(const char *text, const char *snippet)
{
	struct location at = {"t.yaml", 1, 1};
	const char *found = snippet ? strstr(text, snippet) : NULL;
	if (!found)
		return (struct location){"t.yaml", 0, 0};
	for (const char *p = text; p < found; p++) {
		at.column = *p == '\n' ? 1 : at.column + ((*p & 0xC0) != 0x80);
		at.line += *p == '\n';
	}
	return at;
}

#define STEPS_MAX 4

/* The text afterwards, or the error's message. */
static const char *edited(struct arena *a, const char *text, const struct step *steps,
			  const char *file)
{
	struct edit_vec edits = {0};
	struct str out = STR(a);
	for (size_t i = 0; i < STEPS_MAX && steps[i].document; i++) {
		const struct step *s = &steps[i];
		struct edit e = {s->kind,
				 find(text, s->document),
				 find(text, s->item),
				 {s->parent, s->parent2},
				 s->key,
				 s->value,
				 s->what};
		e.document.file = file;
		vec_push(a, &edits, e);
	}
	struct error *error = edit_text(file, text, strlen(text), &edits, &out);
	if (!error)
		return str_text(&out);
	assert_int_equal(error->code, ERROR_INPUT);
	const char *message = arena_printf(a, "%u:%u: %s", error->where.line, error->where.column,
					   error->message);
	error_free(error);
	return message;
}

#define ADD(list, ...)                                                                             \
	{                                                                                          \
		.kind = EDIT_ADD_ITEM, .document = "kind", .parent = "spec", .key = (list),        \
		.what = __VA_ARGS__                                                                \
	}
#define REMOVE(snippet)                                                                            \
	{                                                                                          \
		.kind = EDIT_REMOVE_ITEM, .document = "kind", .item = (snippet)                    \
	}
#define SET(name, text)                                                                            \
	{                                                                                          \
		.kind = EDIT_SET, .document = "kind", .parent = "spec", .key = (name),             \
		.value = (text)                                                                    \
	}
#define UNSET(name)                                                                                \
	{                                                                                          \
		.kind = EDIT_UNSET, .document = "kind", .parent = "spec", .key = (name)            \
	}
#define LABEL(name, text)                                                                          \
	{                                                                                          \
		.kind = EDIT_SET, .document = "kind", .parent = "metadata", .parent2 = "labels",   \
		.key = (name), .value = (text)                                                     \
	}
#define UNLABEL(name)                                                                              \
	{                                                                                          \
		.kind = EDIT_UNSET, .document = "kind", .parent = "metadata", .parent2 = "labels", \
		.key = (name)                                                                      \
	}
#define WORD(text)                                                                                 \
	{                                                                                          \
		.bare = (text)                                                                     \
	}
#define PROFILE(p, q)                                                                              \
	{                                                                                          \
		.fields = { {"product", p}, {"profile", q} }                                       \
	}

struct row {
	const char *before;
	struct step steps[STEPS_MAX];
	const char *after;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ARENA a = {0};
		assert_string_equal(edited(&a, rows[i].before, rows[i].steps, "t.yaml"),
				    rows[i].after);
	}
}

static void items_are_added_as_their_neighbours_stand(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"kind: A\nspec:\n  roles:\n    - a # first\n    # below\n  x: y\n",
		 {ADD("roles", WORD("b"))},
		 "kind: A\nspec:\n  roles:\n    - a # first\n    - b\n    # below\n  x: y\n"},
		{"kind: A\nspec:\n  roles:\n  - a\n",
		 {ADD("roles", PROFILE("P Q", "R, S"))},
		 "kind: A\nspec:\n  roles:\n  - a\n  - {product: P Q, profile: \"R, S\"}\n"},
		{"kind: A\nspec:\n  roles:\n    -   product: a\n        profile: b # c\n\n",
		 {ADD("roles", PROFILE("P", "Q")), ADD("roles", WORD("w"))},
		 "kind: A\nspec:\n  roles:\n    -   product: a\n        profile: b # c\n"
		 "    -   product: P\n        profile: Q\n    -   w\n\n"},
		{"kind: A\nspec: {roles: [a, {b: c}], x: y} # t\n",
		 {ADD("roles", WORD("z"))},
		 "kind: A\nspec: {roles: [a, {b: c}, z], x: y} # t\n"},
		{"kind: A\nspec:\n  roles: []\n  x: y\n",
		 {ADD("roles", WORD("z")), ADD("roles", WORD("9"))},
		 "kind: A\nspec:\n  roles:\n    - z\n    - \"9\"\n  x: y\n"},
		{"kind: A\nspec:\n  roles: [ ]  # none\n",
		 {ADD("roles", WORD("z"))},
		 "kind: A\nspec:\n  roles:  # none\n    - z\n"},
		{"kind: A\nspec:\n  roles: [\n    a, # x\n    b # y\n  ]\n",
		 {ADD("roles", WORD("z"))},
		 "kind: A\nspec:\n  roles: [\n    a, # x\n    b, # y\n    z\n  ]\n"},
		{"kind: A\nspec:\n  roles: [\n    a,\n    b,\n  ]",
		 {ADD("roles", WORD("z"))},
		 "kind: A\nspec:\n  roles: [\n    a,\n    b,\n    z,\n  ]"},
		{"kind: A\nspec:\n  x: y",
		 {ADD("roles", WORD("z"))},
		 "kind: A\nspec:\n  x: y\n  roles:\n    - z"},
		{"kind: A\nspec:\n  x:\n  - >-\n    folded\n    text\n\n# end\n",
		 {ADD("roles", WORD("z")), ADD("x", WORD("w"))},
		 "kind: A\nspec:\n  x:\n  - >-\n    folded\n    text\n  - w\n  roles:\n  - z\n\n# "
		 "end\n"},
		{"kind: A\n", {ADD("roles", WORD("b"))}, "kind: A\nspec:\n  roles:\n    - b\n"},
		{"{kind: A}\n",
		 {{.kind = EDIT_ADD_ITEM,
		   .document = "{",
		   .parent = "spec",
		   .key = "roles",
		   .what = WORD("b")}},
		 "{kind: A, spec: {roles: [b]}}\n"},
		{"kind: A\nspec:\n  roles: [\n    a]\n",
		 {ADD("roles", WORD("b"))},
		 "kind: A\nspec:\n  roles: [\n    a, b]\n"},
		{"kind: A\nspec:\n  roles: [\n  ]\n",
		 {ADD("roles", WORD("b"))},
		 "kind: A\nspec:\n  roles: [b\n  ]\n"},
		{"kind: A\nspec: {roles: []}\n",
		 {ADD("roles", WORD("b"))},
		 "kind: A\nspec: {roles: [b]}\n"},
		{"kind: A\nspec:\n  roles:\n    -\n     a\n",
		 {ADD("roles", WORD("b"))},
		 "kind: A\nspec:\n  roles:\n    -\n     a\n    - b\n"},
		{"kind: A\nspec:\n  x: |\n    text",
		 {ADD("roles", WORD("b"))},
		 "kind: A\nspec:\n  x: |\n    text\n  roles:\n    - b"},
		{"kind: A\nspec:\n  x: |\n\n",
		 {ADD("roles", WORD("b"))},
		 "kind: A\nspec:\n  x: |\n  roles:\n    - b\n\n"},
		{"kind: A\nspec:\n  roles: [] \t # none\n",
		 {ADD("roles", WORD("b"))},
		 "kind: A\nspec:\n  roles: \t # none\n    - b\n"},
		{"kind: A\nspec:\n  roles: []\n",
		 {ADD("roles", {.fields = {{"a", "1"},
					   {"b", "x"},
					   {"c", "x"},
					   {"d", "x"},
					   {"e", "x"},
					   {"f", "x"}}})},
		 "kind: A\nspec:\n  roles:\n    - {a: \"1\", b: x, c: x, d: x, e: x, f: x}\n"},
		{"kind: A\nspec:\n  roles:\n    - a: b\n",
		 {ADD("roles", WORD("w")), ADD("roles", PROFILE("P", "Q"))},
		 "kind: A\nspec:\n  roles:\n    - a: b\n    - w\n    - {product: P, profile: Q}\n"},
		{"kind: A\nspec: {}\n",
		 {ADD("roles", WORD("z"))},
		 "kind: A\nspec:\n  roles:\n    - z\n"},
		{"{kind: A, spec: {}}\n",
		 {{.kind = EDIT_ADD_ITEM,
		   .document = "{kind",
		   .parent = "spec",
		   .key = "roles",
		   .what = WORD("z")}},
		 "{kind: A, spec: {roles: [z]}}\n"},
		{"kind: A\r\nspec:\r\n  roles:\r\n    - a\r\n",
		 {ADD("roles", WORD("b"))},
		 "kind: A\r\nspec:\r\n  roles:\r\n    - a\r\n    - b\r\n"},
		{"kind: A\nspec:\n  roles: [\"\xC3\xA9, \", b] # c\n",
		 {ADD("roles", WORD("z")), REMOVE("b]")},
		 "kind: A\nspec:\n  roles: [\"\xC3\xA9, \", z] # c\n"},
	};
	check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void items_go_with_their_lines(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"kind: A\nspec:\n  roles:\n    # above\n    - aa # gone\n    - bb\n",
		 {REMOVE("aa")},
		 "kind: A\nspec:\n  roles:\n    # above\n    - bb\n"},
		{"kind: A\nspec:\n  roles: # why\n    - aa\n    - bb: c\n      dd: e\n  x: y\n",
		 {REMOVE("aa"), REMOVE("bb")},
		 "kind: A\nspec:\n  roles: [] # why\n  x: y\n"},
		{"kind: A\nspec:\n  roles: [aa, bb, cc]\n",
		 {REMOVE("bb")},
		 "kind: A\nspec:\n  roles: [aa, cc]\n"},
		{"kind: A\nspec:\n  roles: [aa, bb, cc]\n",
		 {REMOVE("cc"), REMOVE("aa")},
		 "kind: A\nspec:\n  roles: [bb]\n"},
		{"kind: A\nspec:\n  roles: [{aa: bb}] # t\n",
		 {REMOVE("{aa")},
		 "kind: A\nspec:\n  roles: [] # t\n"},
		{"kind: A\nspec:\n  roles: [\n    aa, # 1\n    bb # 2\n  ]\n",
		 {REMOVE("bb")},
		 "kind: A\nspec:\n  roles: [\n    aa, # 1\n  ]\n"},
		{"kind: A\nspec:\n  roles: [\n    aa, # 1\n    bb]\n",
		 {REMOVE("bb")},
		 "kind: A\nspec:\n  roles: [\n    aa, # 1\n    ]\n"},
		{"kind: A\r\nspec:\r\n  roles:\r\n  - aa\r\n  - bb",
		 {REMOVE("bb")},
		 "kind: A\r\nspec:\r\n  roles:\r\n  - aa\r\n"},
		{"kind: A\nspec:\n  texts:\n  - >-\n    aa\n    bb\n\n  # c\n  - cc\n",
		 {REMOVE(">-")},
		 "kind: A\nspec:\n  texts:\n\n  # c\n  - cc\n"},
		{"kind: A\nspec:\n  texts:\n  - aa\n  - |\n    bb",
		 {REMOVE("|")},
		 "kind: A\nspec:\n  texts:\n  - aa\n"},
		{"kind: A\nspec:\n  roles: [aa , bb , cc]\n",
		 {REMOVE("cc"), REMOVE("aa")},
		 "kind: A\nspec:\n  roles: [bb]\n"},
		{"kind: A\nspec:\n  members: [{account: aa, reason: r}, bb]\n",
		 {{.kind = EDIT_RENAME_MEMBER, .document = "kind", .item = "{acc", .value = "cc"},
		  {.kind = EDIT_RENAME_MEMBER, .document = "kind", .item = "bb", .value = "true"}},
		 "kind: A\nspec:\n  members: [{account: cc, reason: r}, \"true\"]\n"},
	};
	check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void values_are_set_in_their_place(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"kind: A\nspec:\n  owner: a # w\n  x: y\n",
		 {SET("owner", "b c"), SET("x", "9"), SET("new", "z: \"")},
		 "kind: A\nspec:\n  owner: b c # w\n  x: \"9\"\n  new: \"z: \\\"\"\n"},
		{"kind: A\nspec:\n  text: >-\n    folded\n    lines\n  x: y\n",
		 {SET("text", "short")},
		 "kind: A\nspec:\n  text: short\n  x: y\n"},
		{"kind: A\nspec:\n  owner: 'it''s' # w\n  x: y\n",
		 {UNSET("owner")},
		 "kind: A\nspec:\n  x: y\n"},
		{"kind: A\nspec: {owner: a, x: y}\n",
		 {UNSET("x"), SET("owner", "b")},
		 "kind: A\nspec: {owner: b}\n"},
		{"kind: A\nspec:\n  owner: a\n", {UNSET("owner")}, "kind: A\nspec: {}\n"},
		{"kind: A\nmetadata:\n  name: a\nspec: {}\n",
		 {LABEL("team", "b"), LABEL("1", "2")},
		 "kind: A\nmetadata:\n  name: a\n  labels:\n    team: b\n    \"1\": \"2\"\nspec: "
		 "{}\n"},
		{"kind: A\nmetadata: {name: a}\nspec: {}\n",
		 {LABEL("team", "b")},
		 "kind: A\nmetadata: {name: a, labels: {team: b}}\nspec: {}\n"},
		{"kind: A\nmetadata:\n  labels: {a: b, c: d}\n",
		 {UNLABEL("a"), UNLABEL("c"), LABEL("e", "f")},
		 "kind: A\nmetadata:\n  labels: {e: f}\n"},
	};
	check_rows(rows, sizeof(rows) / sizeof(*rows));
}

#define DROP(snippet)                                                                              \
	{                                                                                          \
		.kind = EDIT_REMOVE_DOCUMENT, .document = (snippet)                                \
	}

#define SET_IN(at, k, v)                                                                           \
	{                                                                                          \
		.kind = EDIT_SET_IN_ITEM, .document = "kind", .item = at, .key = k, .value = v,    \
		.what = {                                                                          \
			.bare = "role"                                                             \
		}                                                                                  \
	}

static void values_are_set_in_items(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"kind: A\nspec:\n  roles:\n    - a # why\n",
		 {SET_IN("a #", "expires", "2027-03-31")},
		 "kind: A\nspec:\n  roles:\n    - {role: a, expires: \"2027-03-31\"} # why\n"},
		{"kind: A\nspec: {roles: [{role: a}, b]}\n",
		 {SET_IN("{role:", "end", "x")},
		 "kind: A\nspec: {roles: [{role: a, end: x}, b]}\n"},
		{"kind: A\nspec:\n  roles:\n    - role: a\n      end: y # why\n",
		 {SET_IN("role: a", "end", "x")},
		 "kind: A\nspec:\n  roles:\n    - role: a\n      end: x # why\n"},
		{"kind: A\nspec:\n  roles:\n    - role: a # why\n",
		 {SET_IN("role: a", "end", "x")},
		 "kind: A\nspec:\n  roles:\n    - role: a # why\n      end: x\n"},
		{"kind: A\nspec: {roles: [a]}\n",
		 {SET_IN("spec", "end", "x")},
		 "2:1: the item is not there"},
	};
	check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void documents_come_and_go(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"# head\nk1: a\n---\n# mine\nk2: b\n# banner\n---\nk3: c\n",
		 {DROP("k2")},
		 "# head\nk1: a\n# banner\n---\nk3: c\n"},
		{"# head\nk1: a\n---\nk2: b\n", {DROP("k1")}, "# head\n---\nk2: b\n"},
		{"---\nk1: a\n\n---\nk2: b\n", {DROP("k1")}, "---\nk2: b\n"},
		{"k1: a\n---\nk2: b", {DROP("k2")}, "k1: a\n"},
		{"k1: a\n---\nkind: b\nspec: {x: []}\n---\nk3: c\n",
		 {DROP("k1"), ADD("x", WORD("yes it is")), DROP("k3")},
		 "---\nkind: b\nspec: {x: [yes it is]}\n"},
		{"k1: a\r\n",
		 {{.kind = EDIT_APPEND_DOCUMENT, .document = "k1", .value = "k2: b\nk3: c\n"}},
		 "k1: a\r\n---\r\nk2: b\r\nk3: c\r\n"},
		{"{}", {DROP("{}")}, ""},
		{"kind: A\n...\n",
		 {{.kind = EDIT_APPEND_DOCUMENT, .document = "kind", .value = "k2: b\n"}},
		 "kind: A\n...\n---\nk2: b\n"},
		{"\nkind: A\nspec: {}\n",
		 {{.kind = EDIT_SET,
		   .document = "kind",
		   .parent = "spec",
		   .key = "x",
		   .value = "w"}},
		 "\nkind: A\nspec:\n  x: w\n"},
		{"k1: a # c",
		 {{.kind = EDIT_APPEND_DOCUMENT, .document = "k1", .value = "k2: b\n"}},
		 "k1: a # c\n---\nk2: b\n"},
	};
	check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void what_cannot_be_edited_is_told(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"kind: A\nspec:\n  roles: word\n",
		 {ADD("roles", WORD("b"))},
		 "1:1: there is no list"},
		{"kind: A\nspec: word\n", {SET("owner", "b")}, "1:1: there is no mapping"},
		{"kind: A\nspec:\n  roles:\n    - a\n",
		 {REMOVE("roles")},
		 "3:3: the item is not there"},
		{"kind: A\nspec: {owner: {x: y}}\n",
		 {SET("owner", "b")},
		 "1:1: there is no plain value"},
		{"kind: A\nspec: {}\n", {UNSET("owner")}, "1:1: the key is not there"},
		{"k1: a\n...\nk2: b\n", {DROP("k2")}, "3:1: the document cannot be found again"},
		{"kind: A\nspec: {roles: [a]}\n",
		 {{.kind = EDIT_RENAME_MEMBER, .document = "kind", .item = "roles", .value = "c"}},
		 "2:8: the item is not there"},
		{"kind: A\nspec: {}\n", {UNLABEL("a")}, "1:1: the key is not there"},
		{"kind: A\nspec:\n  roles:\n    -\n      aa\n",
		 {REMOVE("aa")},
		 "5:7: the item does not begin behind its dash"},
		{"--- {kind: A}\n", {SET("x", "y")}, "1:6: the document cannot be found again"},
		{"kind: A # \xE2\x80\xA8 line\nspec: {}\n",
		 {SET("x", "y")},
		 "1:1: the document cannot be found again"},
		{"kind: A\nspec: {a: [}\n",
		 {ADD("a", WORD("b"))},
		 "1:1: the document cannot be found again"},
	};
	check_rows(rows, sizeof(rows) / sizeof(*rows));
	ARENA a = {0};
	static const struct step add[STEPS_MAX] = {ADD("a", WORD("b"))};
	assert_string_equal(edited(&a, "kind: A", add, "x.json"), "1:1: JSON files are not edited");
}

static void an_edit_is_told_to_a_person(void **state)
{
	(void)state;
	static const struct {
		struct edit edit;
		const char *words;
	} rows[] = {
		{{.kind = EDIT_REMOVE_ITEM}, "remove the item"},
		{{.kind = EDIT_RENAME_MEMBER, .value = "a: b"}, "name the account \"a: b\""},
		{{.kind = EDIT_SET, .key = "owner", .value = "me"}, "set owner to me"},
		{{.kind = EDIT_ADD_ITEM, .key = "roles", .item = WORD("b")}, "add b to roles"},
		{{.kind = EDIT_ADD_ITEM, .key = "products", .item = PROFILE("P", "Q")},
		 "add {product: P, profile: Q} to products"},
		{{.kind = EDIT_UNSET, .key = "owner"}, "remove owner"},
		{{.kind = EDIT_REMOVE_DOCUMENT}, "remove the document"},
		{{.kind = EDIT_APPEND_DOCUMENT, .value = "k: v\n"}, "add a document"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		assert_string_equal(edit_describe(&a, &rows[i].edit), rows[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_added_as_their_neighbours_stand),
		cmocka_unit_test(items_go_with_their_lines),
		cmocka_unit_test(values_are_set_in_their_place),
		cmocka_unit_test(values_are_set_in_items),
		cmocka_unit_test(documents_come_and_go),
		cmocka_unit_test(what_cannot_be_edited_is_told),
		cmocka_unit_test(an_edit_is_told_to_a_person),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
