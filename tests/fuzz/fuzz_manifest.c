/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests: the character gate, YAML, the field tables and the rules across documents. */
#include <string.h>

#include "core/language/check.h"
#include "core/language/schema_decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(void *context, const struct node *root)
{
	schema_decode(context, root);
}

/* The first byte chooses YAML or JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA a = {0};
	struct model model = {0};
	struct report report = {.arena = &a};
	if (size == 0)
		return 0;
	struct intern *strings = intern_new();
	const char *text = arena_strndup(&a, (const char *)data + 1, size - 1);
	struct yaml_source source = {"fuzz", text, size - 1, 1, data[0] & 1};
	struct decoder d = {.strings = strings,
			    .arena = &a,
			    .lists = &a,
			    .report = &report,
			    .file = "fuzz",
			    .model = &model};
	if (yaml_check_start("fuzz", text, size - 1, &report))
		yaml_read(&source, &report, decode, &d);
	check_model(&model, (struct location){"fuzz", 1, 1}, &report);
	report_sort(&report);
	if (report.errors == 0)
		lint_model(&model, &a, 20000, strings, &(struct lint_options){0}, &report);
	intern_free(strings);
	return 0;
}
