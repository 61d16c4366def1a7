/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/render_organizations.h"

#include <string.h>

#include "core/model/version.h"
#include "tests/unit/check.h"

#define SPAN(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static struct organization_result results[] = {
	{"acme", 0, "done", "Plan: 1 to add.", .result = SPAN("{\"a\": 1}\n")},
	{"a-much-longer-name", 130, "signal", NULL, .cut = true},
	{"beta", 1, "error", "error: `x` | \033[31m\n",
	 .diagnostics = SPAN("{\"valid\": false}\n")},
};
static const struct organization_result_vec all = {results, COUNT(results), COUNT(results)};

static void the_table_has_a_line_each(void **state UNUSED)
{
	ARENA a = {0};
	struct str out = STR(&a);
	render_organizations_text(&out, &all, 130);
	assert_string_equal(str_text(&out),
			    "Organisation        Exit status  Result\n"
			    "acme                0, done      Plan: 1 to add.\n"
			    "a-much-longer-name  130, signal  -\n"
			    "beta                1, error     error: `x` | \\x1B[31m\\n\n"
			    "3 organisations, exit status 130.\n");
	/* A folder of plans may hold one. */
	const struct organization_result_vec one = {results, 1, 1};
	out = (struct str)STR(&a);
	render_organizations_text(&out, &one, 0);
	assert_non_null(strstr(str_text(&out), "\n1 organisation, exit status 0.\n"));
}

static void json_is_one_document(void **state UNUSED)
{
	ARENA a = {0};
	struct str out = STR(&a);
	render_organizations_json(&out, "plan", &all, 130);
	assert_ok(json_check("out", out.at, out.len));
	const char *expected = arena_printf(
		&a,
		"{\"format_version\": \"1.0\", \"writ_version\": \"%s\", \"command\": \"plan\", "
		"\"status\": 130, \"organizations\": [\n"
		" {\"organization\": \"acme\", \"status\": 0, \"summary\": \"Plan: 1 to add.\", "
		"\"result\": {\"a\": 1}, \"diagnostics\": null},\n"
		" {\"organization\": \"a-much-longer-name\", \"status\": 130, \"summary\": null, "
		"\"result\": null, \"diagnostics\": null},\n"
		" {\"organization\": \"beta\", \"status\": 1, "
		"\"summary\": \"error: `x` | \\u001B[31m\\n\", "
		"\"result\": null, \"diagnostics\": {\"valid\": false}}\n]}\n",
		WRIT_VERSION);
	assert_string_equal(str_text(&out), expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_has_a_line_each),
		cmocka_unit_test(json_is_one_document),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
