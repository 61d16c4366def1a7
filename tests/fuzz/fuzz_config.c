/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's configuration: the gate, YAML and its field tables. */
#include <string.h>

#include "core/language/config_table.h"
#include "core/language/schema_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(void *context, const struct node *root)
{
	struct config config = {0};
	if (schema_read_table(context, &config_document, root, &config) &&
	    config.organizations.len > 0 && !config_find(&config, NULL, NULL))
		__builtin_trap();
}

/* The first byte chooses YAML or JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA a = {0};
	struct report report = {.arena = &a};
	if (size == 0)
		return 0;
	struct intern *strings = intern_new();
	const char *text = arena_strndup(&a, (const char *)data + 1, size - 1);
	struct yaml_source source = {"etc/fuzz", text, size - 1, 1, data[0] & 1};
	struct decoder d = {.strings = strings, .arena = &a, .report = &report, .file = "etc/fuzz"};
	if (yaml_check_start("etc/fuzz", text, size - 1, &report))
		yaml_read(&source, &report, decode, &d);
	intern_free(strings);
	return 0;
}
