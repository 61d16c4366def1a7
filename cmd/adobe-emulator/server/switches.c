/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/server/switches.h"

#include <assert.h>
#include <string.h>

#include "core/util/nearest.h"

const struct switch_info switch_table[SWITCH_COUNT] = {
#define SWITCH(id, name, choices, initial, help) [SWITCH_##id] = {name, choices, initial, help},
#include "cmd/adobe-emulator/server/switches.def"
#undef SWITCH
};

/* The index of a word in "a|b|c"; -1: it is none of them. */
static int word_index(const char *choices, const char *word)
{
	size_t len = strlen(word);
	int index = 0;
	for (const char *at = choices;; index++) {
		size_t size = strcspn(at, "|");
		if (size == len && !memcmp(at, word, len))
			return index;
		if (!at[size])
			return -1;
		at += size + 1;
	}
}

static bool is_number(const struct switch_info *info)
{
	return !strcmp(info->choices, "N");
}

static struct error *set_value(struct switches *w, int id, const char *value)
{
	const struct switch_info *info = &switch_table[id];
	size_t len = strlen(value);
	if (is_number(info)) {
		if (len == 0 || len > 9 || strspn(value, "0123456789") != len)
			return error_new(ERROR_USAGE, "switch %s takes a whole number", info->name);
		w->value[id] = strtol(value, NULL, 10);
		return NULL;
	}
	int index = word_index(info->choices, value);
	if (index < 0)
		return error_new(ERROR_USAGE, "switch %s takes %s", info->name, info->choices);
	w->value[id] = index;
	return NULL;
}

void switches_init(struct switches *w)
{
	for (int i = 0; i < SWITCH_COUNT; i++) {
		struct error *error = set_value(w, i, switch_table[i].initial);
		assert(!error);
		error_free(error);
	}
}

struct error *switches_set(struct switches *w, const char *name, const char *value)
{
	const char *names[SWITCH_COUNT];
	for (int i = 0; i < SWITCH_COUNT; i++) {
		if (!strcmp(switch_table[i].name, name))
			return set_value(w, i, value);
		names[i] = switch_table[i].name;
	}
	const char *near = nearest_word(name, names, SWITCH_COUNT);
	return error_new(ERROR_USAGE, "no switch \"%.64s\"%s%s%s", name,
			 near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
}

struct error *switches_set_pair(struct switches *w, const char *pair)
{
	ARENA a = {0};
	const char *equals = strchr(pair, '=');
	if (!equals)
		return error_new(ERROR_USAGE, "--switch takes NAME=VALUE");
	return switches_set(w, arena_strndup(&a, pair, (size_t)(equals - pair)), equals + 1);
}

struct tree *switches_tree(const struct switches *w)
{
	struct tree *tree = tree_object();
	for (int i = 0; i < SWITCH_COUNT; i++) {
		const struct switch_info *info = &switch_table[i];
		if (is_number(info)) {
			tree_int_text(tree, info->name, w->value[i]);
			continue;
		}
		const char *at = info->choices;
		for (int64_t skip = w->value[i]; skip > 0; skip--)
			at += strcspn(at, "|") + 1;
		char word[32];
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, "|"), at);
		tree_text(tree, info->name, word);
	}
	return tree;
}

bool switch_is(const struct switches *w, enum switch_id id, const char *word)
{
	int index = word_index(switch_table[id].choices, word);
	assert(index >= 0);
	return w->value[id] == index;
}

int64_t switch_number(const struct switches *w, enum switch_id id)
{
	return w->value[id];
}
