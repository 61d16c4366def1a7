/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cmd/writ/command.h"
#include "cmd/writ/completion.h"
#include "core/language/schema_decode.h"

/* What an option or a command takes. */
enum value {
	VALUE_ANY,
	VALUE_FILE,
	VALUE_ACCOUNT,
	VALUE_ENTITLEMENT,
	VALUE_FORMAT,
	VALUE_LEVEL,
	VALUE_COMMAND,
	VALUE_KIND,
	VALUE_COUNT
};

/* Which options to list: those of one command, or those of all commands that take a value of one
 * sort. */
struct option_words {
	struct str *out;
	enum value value; /* VALUE_COUNT: all options */
	const char *before, *between;
	size_t count;
};

/* The sort of value, by the word that stands for it in the help: "PATH", "[ACCOUNT]". Of two words
 * the first in this table counts, since names stand in front of a PATH. */
static enum value value_of(const char *argument)
{
	static const struct {
		const char *word;
		enum value value;
	} words[] = {
		{"ACCOUNT", VALUE_ACCOUNT},  {"ENTITLEMENT", VALUE_ENTITLEMENT},
		{"PATH", VALUE_FILE},	     {"FILE", VALUE_FILE},
		{"DIR", VALUE_FILE},	     {"KEY", VALUE_FILE},
		{"[COMMAND", VALUE_COMMAND}, {"LEVEL", VALUE_LEVEL},
	};
	if (!strncmp(argument, "KIND[", 5))
		return VALUE_FORMAT;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strstr(argument, words[i].word))
			return words[i].value;
	}
	return strcmp(argument, "KIND") ? VALUE_ANY : VALUE_KIND;
}

static void add_option(void *context, const char *name, const char *argument,
		       const char *help UNUSED)
{
	struct option_words *w = context;
	if (w->value != VALUE_COUNT && (!argument || value_of(argument) != w->value))
		return;
	str_printf(w->out, "%s%s%s", w->count++ ? w->between : "", w->before, name);
}

static void add_options(struct str *out, const struct command *c, enum value value,
			const char *between)
{
	struct option_words w = {out, value, "--", between, 0};
	options_each(c, add_option, &w);
}

static void add_command_names(struct str *out, const struct command *commands)
{
	for (const struct command *c = commands; c->name; c++)
		str_printf(out, "%s%s", c == commands ? "" : " ", c->name);
}

static void add_kind_names(struct str *out)
{
	for (int i = 0; i < KIND_COUNT; i++)
		str_printf(out, "%s%s", i ? " " : "", kind_names[i]);
}

/* The list that `writ completion` has of such values; NULL: they are words of the tables. */
static const char *list_of(enum value value)
{
	return value == VALUE_ACCOUNT	    ? "accounts"
	       : value == VALUE_ENTITLEMENT ? "entitlements"
					    : NULL;
}

static void add_words_of(struct str *out, const struct command *commands, enum value value)
{
	if (value == VALUE_LEVEL)
		str_add(out, "quiet note debug");
	else if (value == VALUE_COMMAND)
		add_command_names(out, commands);
	else if (value == VALUE_KIND)
		add_kind_names(out);
}

static bool takes_files(const struct command *c)
{
	return value_of(c->arguments) == VALUE_FILE || strstr(c->arguments, "PATH");
}

/* The words of the tables that may stand behind a command. */
static void add_arguments(struct str *out, const struct command *commands, const struct command *c)
{
	str_add(out, c->verbs ? c->verbs : "");
	add_words_of(out, commands, value_of(c->arguments));
}

/* The lists of names that may. */
static void add_lists(struct str *out, const struct command *c)
{
	bool account = strstr(c->arguments, "ACCOUNT"), both = strstr(c->arguments, "ENTITLEMENT");
	str_printf(out, "%s%s%s", account ? "accounts" : "", account && both ? " " : "",
		   both ? "entitlements" : "");
}

/* ---- bash ---- */

/* Replies with names as they have to be typed: behind an open quote as that quotes, else with
 * backslashes. Readline takes a word for ended at a colon and the like, so that what stands before
 * the last one is left out. */
static const char bash_names[] =
	"_writ_names() { # LIST...\n"
	"\tlocal line=${COMP_LINE:0:COMP_POINT} open='' raw='' plain='' i c list name reply cut\n"
	"\tlocal breaks=${COMP_WORDBREAKS//[^:=@]/}\n"
	"\tfor ((i = 0; i < ${#line}; i++)); do\n"
	"\t\tc=${line:i:1}\n"
	"\t\tif [[ -z $open && $c == [[:space:]] ]]; then\n"
	"\t\t\traw='' plain=''\n"
	"\t\t\tcontinue\n"
	"\t\tfi\n"
	"\t\traw+=$c\n"
	"\t\tif [[ -n $open && $c == \"$open\" ]]; then\n"
	"\t\t\topen=''\n"
	"\t\telif [[ -z $open && $c == [\\'\\\"] ]]; then\n"
	"\t\t\topen=$c\n"
	"\t\telif [[ $open != \\' && $c == \\\\ ]]; then\n"
	"\t\t\ti=$((i + 1))\n"
	"\t\t\traw+=${line:i:1}\n"
	"\t\t\tplain+=${line:i:1}\n"
	"\t\telse\n"
	"\t\t\tplain+=$c\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tif [[ $raw == --*=* ]]; then\n"
	"\t\traw=${raw#*=}\n"
	"\t\tplain=${plain#*=}\n"
	"\tfi\n"
	"\tcut=''\n"
	"\t[[ -z $open && -n $breaks ]] && cut=${raw%\"${raw##*[\"$breaks\"]}\"}\n"
	"\tfor list; do\n"
	"\t\twhile IFS= read -r name; do\n"
	"\t\t\t[[ $name == \"$plain\"* ]] || continue\n"
	"\t\t\tif [[ -z $open ]]; then\n"
	"\t\t\t\tprintf -v reply %q \"$name\"\n"
	"\t\t\telif [[ $open == \\' ]]; then\n"
	"\t\t\t\treply=${name//\\'/\\'\\\\\\'\\'}\n"
	"\t\t\telse\n"
	"\t\t\t\treply=${name//\\\\/\\\\\\\\}\n"
	"\t\t\t\treply=${reply//\\\"/\\\\\\\"}\n"
	"\t\t\t\treply=${reply//\\$/\\\\\\$}\n"
	"\t\t\t\treply=${reply//\\`/\\\\\\`}\n"
	"\t\t\tfi\n"
	"\t\t\tCOMPREPLY+=(\"${reply#\"$cut\"}\")\n"
	"\t\tdone < <(writ completion \"$list\" 2>/dev/null)\n"
	"\tdone\n"
	"}\n";

static void add_bash_values(struct str *out, const struct command *commands)
{
	str_add(out, "\tcase $before in\n\t");
	add_options(out, NULL, VALUE_FILE, " | ");
	str_add(out, ")\n\t\tcompopt -o default\n\t\treturn\n\t\t;;\n\t");
	add_options(out, NULL, VALUE_FORMAT, " | ");
	str_add(out, ")\n\t\twords=$formats\n\t\t;;\n\t");
	add_options(out, NULL, VALUE_ACCOUNT, " | ");
	str_add(out, ")\n\t\t_writ_names accounts\n\t\treturn\n\t\t;;\n\t");
	add_options(out, NULL, VALUE_LEVEL, " | ");
	str_add(out, ")\n\t\twords='");
	add_words_of(out, commands, VALUE_LEVEL);
	str_add(out, "'\n\t\t;;\n\t");
	add_options(out, NULL, VALUE_ANY, " | ");
	str_add(out, ")\n\t\treturn\n\t\t;;\n\t*)\n"
		     "\t\tif [[ $word == -* ]]; then\n\t\t\twords=$options\n"
		     "\t\telse\n\t\t\t[[ -n $files ]] && compopt -o default\n"
		     "\t\t\twords=$arguments\n\t\tfi\n\t\t;;\n\tesac\n");
}

void completion_bash(struct str *out, const struct command *commands)
{
	str_add(out, "# What bash completes words of writ with; made by `writ completion bash`.\n");
	str_add(out, bash_names);
	str_add(out, "_writ() {\n"
		     "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
		     "\tlocal options='' formats='' arguments='' files='' words='' lists=()\n"
		     "\tCOMPREPLY=()\n"
		     "\tif [[ $word == = ]]; then\n\t\tword=''\n"
		     "\telif [[ $before == = ]]; then\n"
		     "\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n"
		     "\tif [[ $COMP_CWORD -eq 1 ]]; then\n\t\tmapfile -t COMPREPLY < "
		     "<(compgen -W '");
	add_command_names(out, commands);
	str_add(out, "' -- \"$word\")\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n");
	for (const struct command *c = commands; c->name; c++) {
		str_printf(out, "\t%s)\n\t\toptions='", c->name);
		add_options(out, c, VALUE_COUNT, " ");
		str_printf(out, "'\n\t\tformats='%s'\n\t\tfiles=%s\n\t\targuments='",
			   options_formats(out->arena, c), takes_files(c) ? "yes" : "''");
		add_arguments(out, commands, c);
		str_add(out, "'\n\t\tlists=(");
		add_lists(out, c);
		str_add(out, ")\n\t\t;;\n");
	}
	str_add(out, "\t*)\n\t\treturn\n\t\t;;\n\tesac\n");
	add_bash_values(out, commands);
	str_add(out, "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
		     "\t[[ $words != \"$arguments\" ]] || _writ_names \"${lists[@]}\"\n}\n"
		     "complete -F _writ writ\n");
}

/* ---- zsh ---- */

static void add_zsh_option(void *context, const char *name, const char *argument UNUSED,
			   const char *help)
{
	struct str *out = context;
	str_add(out, "\t\t\t");
	str_add_word(out, arena_printf(out->arena, "--%s:%s", name, help ? help : "of a result"));
	str_addc(out, '\n');
}

static void add_zsh_commands(struct str *out, const struct command *commands)
{
	for (const struct command *c = commands; c->name; c++) {
		str_add(out, "\t\t\t");
		str_add_word(out, arena_printf(out->arena, "%s:%s", c->name, c->help));
		str_addc(out, '\n');
	}
}

/* The lines of a list are words as they stand; compadd quotes what it has to. */
static void add_zsh_values(struct str *out, const struct command *commands)
{
	str_add(out, "\tcase $before in\n\t");
	add_options(out, NULL, VALUE_FILE, "|");
	str_add(out, ")\n\t\t_files\n\t\t;;\n\t");
	add_options(out, NULL, VALUE_FORMAT, "|");
	str_add(out, ")\n\t\tcompadd -- ${=formats}\n\t\t;;\n\t");
	add_options(out, NULL, VALUE_ACCOUNT, "|");
	str_add(out, ")\n\t\tcompadd -- ${(f)\"$(writ completion accounts 2>/dev/null)\"}\n"
		     "\t\t;;\n\t");
	add_options(out, NULL, VALUE_LEVEL, "|");
	str_add(out, ")\n\t\tcompadd -- ");
	add_words_of(out, commands, VALUE_LEVEL);
	str_add(out, "\n\t\t;;\n\t");
	add_options(out, NULL, VALUE_ANY, "|");
	str_add(out, ")\n\t\t;;\n\t*)\n"
		     "\t\tif [[ $words[CURRENT] == -* ]]; then\n"
		     "\t\t\t_describe -o option options\n\t\t\treturn\n\t\tfi\n"
		     "\t\tfor list in $lists; do\n"
		     "\t\t\tnames+=(${(f)\"$(writ completion $list 2>/dev/null)\"})\n"
		     "\t\tdone\n"
		     "\t\tif ! compadd -- $names && [[ -n $files ]]; then\n"
		     "\t\t\t_files\n\t\tfi\n\t\t;;\n\tesac\n");
}

void completion_zsh(struct str *out, const struct command *commands)
{
	str_add(out, "#compdef writ\n"
		     "# What zsh completes words of writ with; made by `writ completion zsh`.\n"
		     "_writ() {\n\tlocal before=$words[CURRENT-1] formats='' files='' list\n"
		     "\tlocal -a options commands names lists\n\tif (( CURRENT == 2 )); then\n"
		     "\t\tcommands=(\n");
	add_zsh_commands(out, commands);
	str_add(out, "\t\t)\n\t\t_describe command commands\n\t\treturn\n\tfi\n"
		     "\tcase $words[2] in\n");
	for (const struct command *c = commands; c->name; c++) {
		str_printf(out, "\t%s)\n\t\toptions=(\n", c->name);
		options_each(c, add_zsh_option, out);
		str_printf(out, "\t\t)\n\t\tformats='%s'\n\t\tfiles=%s\n\t\tnames=(",
			   options_formats(out->arena, c), takes_files(c) ? "yes" : "''");
		add_arguments(out, commands, c);
		str_add(out, ")\n\t\tlists=(");
		add_lists(out, c);
		str_add(out, ")\n\t\t;;\n");
	}
	str_add(out, "\tesac\n");
	add_zsh_values(out, commands);
	/* The script works as a file of $fpath, which zsh runs to complete, and when it is sourced.
	 */
	str_add(out, "}\nif [[ $funcstack[1] == _writ ]]; then\n\t_writ \"$@\"\nelse\n"
		     "\tcompdef _writ writ\nfi\n");
}

/* ---- fish ---- */

struct fish_option {
	struct str *out;
	const struct command *commands, *command; /* all, and the one that takes it */
};

static void begin_fish(struct str *out, const struct command *c)
{
	str_printf(out, "complete -c writ -n '__fish_seen_subcommand_from %s'", c->name);
}

/* Each word gets quotes of its own, since fish runs (...) inside of what it completes with. */
static void add_fish_words(struct str *out, const struct command *commands, enum value value)
{
	struct str words = STR(out->arena);
	if (list_of(value))
		str_printf(&words, "(writ completion %s 2>/dev/null)", list_of(value));
	else
		add_words_of(&words, commands, value);
	str_printf(out, " -a '%s'", str_text(&words));
}

static void add_fish_option(void *context, const char *name, const char *argument, const char *help)
{
	const struct fish_option *f = context;
	const struct command *commands = f->commands;
	struct str *out = f->out;
	enum value value = argument ? value_of(argument) : VALUE_ANY;
	begin_fish(out, f->command);
	str_printf(out, " -l %s%s", name, !argument ? "" : value == VALUE_FILE ? " -r -F" : " -x");
	if (value == VALUE_FORMAT)
		str_printf(out, " -a '%s'", options_formats(out->arena, f->command));
	else if (value != VALUE_ANY && value != VALUE_FILE)
		add_fish_words(out, commands, value);
	str_add(out, " -d ");
	str_add_word(out, help ? help : "of a result");
	str_addc(out, '\n');
}

static void add_fish_arguments(struct str *out, const struct command *commands,
			       const struct command *c)
{
	enum value value = value_of(c->arguments);
	begin_fish(out, c);
	str_add(out, takes_files(c) ? " -F" : " -f");
	if (c->verbs)
		str_printf(out, " -a '%s'", c->verbs);
	if (value != VALUE_ANY && value != VALUE_FILE)
		add_fish_words(out, commands, value);
	str_addc(out, '\n');
	if (value != VALUE_ACCOUNT || !strstr(c->arguments, "ENTITLEMENT"))
		return;
	begin_fish(out, c);
	add_fish_words(out, commands, VALUE_ENTITLEMENT);
	str_addc(out, '\n');
}

void completion_fish(struct str *out, const struct command *commands)
{
	str_add(out, "# What fish completes words of writ with; made by `writ completion fish`.\n"
		     "complete -c writ -f\n");
	for (const struct command *c = commands; c->name; c++) {
		struct fish_option f = {out, commands, c};
		str_printf(out, "complete -c writ -n __fish_use_subcommand -a %s -d ", c->name);
		str_add_word(out, c->help);
		str_addc(out, '\n');
		add_fish_arguments(out, commands, c);
		options_each(c, add_fish_option, &f);
	}
}
