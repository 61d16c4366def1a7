/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/completion.h"

#include <string.h>

#include "cmd/writ/command.h"
#include "core/language/manifest.h"

/* ---- names ---- */

static void add_name(struct str *out, const char *name)
{
	if (name)
		str_printf(out, "%s\n", name);
}

static void add_accounts(struct str *out, const struct model *m)
{
	for (size_t i = 0; i < m->accounts.len; i++)
		add_name(out, m->accounts.at[i].meta.name);
}

/* All entitlements that there are: `why` can be asked about one that no manifest names. */
static void add_roles(struct str *out, const struct model *m UNUSED)
{
	for (int i = ROLE_NONE + 1; i < ROLE_COUNT; i++)
		add_name(out, role_table[i].name);
}

static const struct {
	const char *name;
	void (*add)(struct str *out, const struct model *m);
} names[] = {{"accounts", add_accounts}, {"roles", add_roles}};

/* Errors are dropped: whoever presses a key is helped by what could be read. */
static struct error *print_names(struct run *run, size_t which)
{
	static const char *const here[] = {"."};
	struct report quiet = {.arena = &run->arena};
	const struct manifest_reader reader = {
		.strings = run->strings, .arena = &run->arena, .report = &quiet};
	struct model model = {0};
	struct str out = STR(&run->arena);
	if (names[which].add == add_accounts)
		TRY(manifest_load(&reader, here, 1, &model, NULL));
	names[which].add(&out, &model);
	return output_write_whole(&run->options.outputs.at[0], str_text(&out), out.len);
}

/* ---- the command ---- */

static const struct {
	const char *name;
	void (*print)(struct str *out, const struct command *commands);
} shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

struct error *cmd_completion(struct run *run, int *status UNUSED)
{
	const char *word = run->options.path_count == 1 ? run->options.paths[0] : "";
	struct str out = STR(&run->arena);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(word, names[i].name))
			return print_names(run, i);
	}
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		if (strcmp(word, shells[i].name) != 0)
			continue;
		shells[i].print(&out, run->commands);
		return output_write_whole(&run->options.outputs.at[0], str_text(&out), out.len);
	}
	return error_new(ERROR_USAGE, "completion takes one SHELL: bash, zsh or fish");
}
