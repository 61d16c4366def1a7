/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/completion.h"

#include <string.h>

#include "cmd/writ/command.h"
#include "core/language/manifest.h"
#include "core/model/declaration.h"
#include "core/util/compare.h"
#include "core/util/unicode.h"

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

/* ---- entitlements ---- */

/* As selector.h takes it apart: "%" and "/" are encoded, and a blank at an end. */
static void add_part(struct str *out, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < len; i++) {
		bool edge = name[i] == ' ' && (i == 0 || i + 1 == len);
		if (edge || name[i] == '%' || name[i] == '/')
			str_printf(out, "%%%02X", (unsigned)name[i]);
		else
			str_addc(out, name[i]);
	}
}

/* Whether a first part means something else than a product. */
static bool is_word(const char *name)
{
	static const char *const words[] = {"role", "product", "api"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!ascii_casecmp(name, words[i]))
			return true;
	}
	for (int i = ROLE_NONE + 1; i < ROLE_COUNT; i++) {
		if (!ascii_casecmp(name, role_table[i].name))
			return true;
	}
	return false;
}

static const char *spell(struct arena *a, const struct entitlement *e)
{
	const char *const parts[] = {e->product, e->profile, e->group, e->api};
	struct str out = STR(a);
	str_add(&out, e->role				  ? role_table[e->role].name
		      : e->api				  ? "api"
		      : e->product && is_word(e->product) ? "product"
							  : "");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (!parts[i])
			continue;
		str_add(&out, out.len ? "/" : "");
		add_part(&out, parts[i]);
	}
	return str_text(&out);
}

struct spelt {
	struct arena *arena;
	VEC(, const char *) names;
};

static void add_line(void *context, const struct declaration_line *line)
{
	struct spelt *all = context;
	const struct entitlement e = declaration_entitlement(line);
	vec_push(all->arena, &all->names, spell(all->arena, &e));
}

/* All roles, since `why` can be asked about one that no manifest names; and what is declared. */
static void add_entitlements(struct str *out, const struct model *m)
{
	ARENA scratch = {0};
	struct spelt all = {.arena = &scratch};
	struct model_index index;
	for (int i = ROLE_NONE + 1; i < ROLE_COUNT; i++)
		vec_push(&scratch, &all.names, role_table[i].name);
	model_index(m, &scratch, &index);
	declaration_walk(m, &index, &(struct declaration_walk){.line = add_line, .context = &all});
	vec_sort(&all.names, compare_texts);
	for (size_t i = 0; i < all.names.len; i++) {
		if (i == 0 || strcmp(all.names.at[i - 1], all.names.at[i]) != 0)
			add_name(out, all.names.at[i]);
	}
}

/* ---- what a script asks for ---- */

static const struct {
	const char *name;
	void (*add)(struct str *out, const struct model *m);
} names[] = {{"accounts", add_accounts}, {"entitlements", add_entitlements}};

/* Errors are dropped: whoever presses a key is helped by what could be read. */
static struct error *print_names(struct run *run, size_t which)
{
	static const char *const here[] = {"."};
	struct report quiet = {.arena = &run->arena};
	const struct manifest_reader reader = {
		.strings = run->strings, .arena = &run->arena, .report = &quiet};
	struct model model = {0};
	struct str out = STR(&run->arena);
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
