/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/late_results.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/ledger/state_folder.h"
#include "core/util/cleanup.h"
#include "core/util/file.h"
#include "core/util/json.h"

#define KEPT_MAX ((size_t)64 << 20) /* bytes of a file */
#define ENDING ".late"

/* ---- kept ---- */

struct error *late_results_keep(const struct ledger *l, const char *folder, const char *run,
				const struct late_result_vec *results)
{
	ARENA a = {0};
	struct str out = STR(&a);
	unsigned char digest[SHA256_SIZE];
	char head[SHA256_TEXT];
	ledger_digest(l, digest);
	sha256_text(digest, head);
	str_addc(&out, '{');
	json_put_text(&out, "run", run);
	json_put_number(&out, "number", (int64_t)ledger_number(l));
	json_put_text(&out, "head", head);
	str_add(&out, ", \"results\": [");
	for (size_t i = 0; i < results->len; i++) {
		str_add(&out, i ? ",\n" : "\n");
		str_add(&out, results->at[i]);
	}
	str_add(&out, "]}\n");
	TRY(file_make_folders(folder, 0700));
	TRY(state_folder_check(folder));
	return file_write_atomic(arena_printf(&a, "%s/%s" ENDING, folder, ledger_process(l)),
				 out.at, out.len, 0600);
}

/* ---- appended ---- */

static bool is_kept(const char *name)
{
	size_t len = strlen(name), end = strlen(ENDING);
	return name[0] != '.' && len > end && !strcmp(name + len - end, ENDING);
}

static struct error *find_kept(struct arena *a, const char *folder, struct late_result_vec *out)
{
	CLEANUP(closedir) DIR *dir = opendir(folder);
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "opening %s", folder);
	TRY(state_folder_check(folder));
	for (const struct dirent *e;;) {
		TRY(file_next(dir, folder, &e));
		if (!e)
			return NULL;
		if (is_kept(e->d_name))
			vec_push(a, out, arena_printf(a, "%s/%s", folder, e->d_name));
	}
}

/* Whether the ledger has the last record that the run knew. Older programs did not say it. */
static struct error *is_of(struct ledger *l, struct arena *a, struct json_span kept, bool *out)
{
	unsigned char digest[SHA256_SIZE];
	int64_t number = json_get_number(kept, "number", 0);
	*out = true;
	if (!number || !sha256_parse(json_get_word(a, kept, "head"), digest))
		return NULL;
	return ledger_has(l, (uint64_t)number, digest, out);
}

static struct error *add_kept(struct ledger *l, struct arena *a, const char *path, bool *added)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	struct json_span results, item;
	struct json_cursor at = {0};
	TRY(file_read(path, KEPT_MAX, &text, &len));
	TRY(json_check(path, text, len));
	const struct json_span whole = {text, len};
	const char *run = json_get_text(a, whole, "run");
	if (!run || !json_member(whole, "results", &results))
		return error_new(ERROR_INPUT, "%s does not say what came of which run", path);
	TRY(is_of(l, a, whole, added));
	while (*added && json_next(results, &at, &item))
		ledger_add(l, ENTRY_LATE, run, arena_strndup(a, item.at, item.len));
	return NULL;
}

struct error *late_results_append(struct ledger *l, const char *folder, size_t *count, size_t *left)
{
	ARENA a = {0};
	struct late_result_vec kept = {0}, added = {0};
	*count = *left = 0;
	TRY(find_kept(&a, folder, &kept));
	for (size_t i = 0; i < kept.len; i++) {
		bool here = false;
		TRY(add_kept(l, &a, kept.at[i], &here));
		if (here)
			vec_push(&a, &added, kept.at[i]);
	}
	if (added.len)
		TRY(ledger_write(l));
	for (size_t i = 0; i < added.len; i++) {
		if (unlink(added.at[i]))
			return error_errno(errno, "removing %s", added.at[i]);
	}
	*count = added.len;
	*left = kept.len - added.len;
	return NULL;
}
