/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/option_table.h"

#include <errno.h>
#include <string.h>

#include "core/util/nearest.h"

/* Whether the help shows the option for this command; NULL: for any command. */
static bool is_shown(const struct command *command, const struct option_row *row)
{
	return !row->older && (!command || command_takes(command, row->name));
}

static struct error *unknown(struct parsing *p, const char *name)
{
	VEC(, const char *) names = {0};
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (is_shown(p->command, row))
			vec_push(p->arena, &names, row->name);
	}
	const char *near = nearest_word(name, names.at, names.len);
	if (near)
		return error_new(ERROR_USAGE, "unknown option --%.64s; did you mean --%s?", name,
				 near);
	return error_new(ERROR_USAGE, "unknown option --%.64s", name);
}

static const struct option_row *find_row(const struct command *command, const char *name,
					 size_t len)
{
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (strlen(row->name) == len && !strncmp(row->name, name, len) &&
		    command_takes(command, row->name))
			return row;
	}
	return NULL;
}

/* One "--name", "--name=argument" or "--name argument"; *used counts words of argv. */
static struct error *parse_option(struct parsing *p, int argc, char **argv, int *used)
{
	const char *name = argv[0] + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct option_row *row = find_row(p->command, name, len);
	const char *argument = equals ? equals + 1 : NULL;
	*used = 1;
	if (!row)
		return unknown(p, arena_strndup(p->arena, name, len));
	if (!row->argument && argument)
		return error_new(ERROR_USAGE, "--%s takes no argument", row->name);
	if (row->argument && row->argument[0] == '[' && !argument && argc < 2)
		return row->parse(p, "");
	if (row->argument && !argument) {
		if (argc < 2)
			return error_new(ERROR_USAGE, "--%s needs %s", row->name, row->argument);
		argument = argv[1];
		*used = 2;
	}
	/* Refuses an empty word, as an unset variable of a script leaves it: "" in front of a
	 * folder's name would be "/". */
	if (row->argument && !*argument)
		return error_new(ERROR_USAGE, "--%s needs %s, not an empty word", row->name,
				 row->argument);
	return row->parse(p, argument);
}

/* Refuses --json with a result on the same standard output: lines and document would be mixed. */
static struct error *check_json(const struct options *o)
{
	if (o->json && o->json_into)
		return error_new(ERROR_USAGE, "give one of --json and --json-into");
	for (size_t i = 0; o->json && i < o->outputs.len; i++) {
		if (!o->outputs.at[i].file)
			return error_new(ERROR_USAGE,
					 "--json writes to standard output; give --format a file, "
					 "or --json-into FILE");
	}
	return NULL;
}

struct error *options_parse(const struct command *command, int argc, char **argv, struct arena *a,
			    struct options *o)
{
	struct parsing p = {command, a, o};
	const char **paths = arena_alloc(a, ((size_t)argc + 1) * sizeof(*paths));
	bool only_paths = false;
	o->consent.admin_grants = -1;
	o->paths = paths;
	for (int i = 0, used; i < argc; i += used) {
		used = 1;
		if (!only_paths && !strcmp(argv[i], "--"))
			only_paths = true;
		else if (!only_paths && !strncmp(argv[i], "--", 2))
			TRY(parse_option(&p, argc - i, argv + i, &used));
		else if (!only_paths && argv[i][0] == '-' && argv[i][1])
			return error_new(ERROR_USAGE, "unknown option %.64s; options are --long",
					 argv[i]);
		else if (!argv[i][0])
			return error_new(ERROR_USAGE, "%s: argument %d is an empty word",
					 command->name, i + 1);
		else
			paths[o->path_count++] = argv[i];
	}
	if (o->outputs.len == 0 && !o->json)
		vec_push(a, &o->outputs, (struct output){FORMAT_TEXT, NULL});
	TRY(check_json(o));
	TRY(options_check_places(o, command));
	for (size_t i = 0; i < o->path_count; i++)
		TRY(options_check_results(o, o->paths[i]));
	return o->live ? options_check_results(o, o->live) : NULL;
}

struct arguments arguments_of(const struct options *options)
{
	return (struct arguments){options->paths, options->path_count};
}

struct arguments arguments_behind(struct arguments words, size_t first)
{
	return (struct arguments){words.at + first, words.count - first};
}

struct error *options_manifests(const struct options *options, size_t names, struct arguments *out)
{
	static const char *const here[] = {"."};
	struct arguments words = arguments_of(options);
	if (words.count > names && options->manifests)
		return error_new(ERROR_USAGE,
				 "the manifests are said twice: by --manifests, and by \"%.64s\"",
				 words.at[names]);
	if (options->manifests)
		*out = (struct arguments){&options->manifests, 1};
	else
		*out = words.count > names ? arguments_behind(words, names)
					   : (struct arguments){here, 1};
	return NULL;
}

struct error *options_past_manifests(const struct options *options, size_t names, const char **out)
{
	struct arguments all = arguments_of(options);
	TRY(options_manifests(options, names, &all));
	if (all.count > 1)
		return error_new(
			ERROR_USAGE,
			"what manifests said in the past is asked of one PATH: \"%.64s\" or "
			"\"%.64s\"",
			all.at[0], all.at[1]);
	if (access(all.at[0], F_OK))
		return error_errno(errno, "finding %.200s", all.at[0]);
	*out = all.at[0];
	return NULL;
}

void options_print(FILE *out, const struct command *command)
{
	ARENA scratch = {0};
	for (const struct option_row *row = option_rows; row->name; row++) {
		char left[48];
		if (!is_shown(command, row))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", row->name, row->argument ? " " : "",
			 row->argument ? row->argument : "");
		if (row->help)
			fprintf(out, "  %-28s %s\n", left, row->help);
		else
			fprintf(out, "  %-28s text (default)%s%s; repeatable\n", left,
				command_list_formats(&scratch, command) + strlen("text"),
				command_takes(command, "max-bytes")
					? ""
					: ", to standard output or a file");
	}
}

void options_each(const struct command *command,
		  void (*use)(void *context, const char *name, const char *argument,
			      const char *help),
		  void *context)
{
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (is_shown(command, row))
			use(context, row->name, row->argument, row->help);
	}
}

void option_add(struct str *out, const char *name, const char *value)
{
	if (!value)
		return;
	str_printf(out, " --%s ", name);
	str_add_word(out, value);
}
