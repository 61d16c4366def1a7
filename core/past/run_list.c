/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/run_list.h"

#include <errno.h>
#include <string.h>

#include "core/ledger/state_folder.h"
#include "core/render/planfile.h"
#include "core/util/clock.h"
#include "core/util/file.h"
#include "core/util/json.h"

#define ENDING ".wal"
#define CHANGES_MAX ((size_t)100000000) /* far above what a plan file can hold */

const char *run_state_name(enum run_state state)
{
	static const char *const names[RUN_STATE_COUNT] = {"done", "superseded", "open",
							   "unreadable", "elsewhere"};
	return names[state];
}

const char *run_plan_path(struct arena *a, const struct known_run *run)
{
	size_t len = strlen(run->journal) - strlen(ENDING);
	return arena_printf(a, "%.*s.plan.json", (int)len, run->journal);
}

struct error *run_read_plan(struct arena *a, const struct known_run *run, char **bytes, size_t *len)
{
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	TRY(file_read(run_plan_path(a, run), PLANFILE_MAX, bytes, len));
	sha256_of(*bytes, *len, digest);
	sha256_text(digest, text);
	if (run->plan && !strcmp(text, run->plan))
		return NULL;
	free(*bytes);
	*bytes = NULL;
	return error_new(ERROR_INPUT,
			 "the saved plan of run %s is not the one that its journal names",
			 run->name);
}

bool run_is_of(struct arena *a, const struct known_run *run, const char *organization,
	       const char *identity)
{
	const char *state = state_path(a, organization, identity);
	size_t len = state ? strlen(state) : 0;
	return state && run->journal && !strncmp(run->journal, state, len) &&
	       run->journal[len] == '/';
}

/* ---- one journal ---- */

static const char *member_text(struct arena *a, struct json_span object, const char *key)
{
	struct json_span value;
	return json_member(object, key, &value) ? json_string(a, value) : NULL;
}

/* "c12" is 11; SIZE_MAX when it is none of the run's changes. */
static size_t change_number(const struct known_run *r, const char *id)
{
	size_t digits = id && *id == 'c' ? strspn(id + 1, "0123456789") : 0;
	if (!digits || digits > 9 || id[1 + digits])
		return SIZE_MAX;
	size_t number = strtoul(id + 1, NULL, 10);
	return number && number <= r->changes ? number - 1 : SIZE_MAX;
}

static void take_fate(struct arena *a, struct known_run *r, struct json_span payload)
{
	size_t change = change_number(r, member_text(a, payload, "change"));
	const char *outcome = member_text(a, payload, "outcome");
	for (int f = 0; f < FATE_COUNT && change != SIZE_MAX && outcome; f++) {
		if (!strcmp(fate_name(f), outcome))
			r->fates[change] = (uint8_t)f;
	}
}

static void take_ids(struct arena *a, struct known_run *r, struct json_span payload,
		     const char *key, enum fate fate)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(payload, key, &list))
		return;
	while (json_next(list, &cursor, &item)) {
		size_t change = change_number(r, json_string(a, item));
		if (change != SIZE_MAX)
			r->fates[change] = (uint8_t)fate;
	}
}

static void take_begin(struct arena *a, struct known_run *r, struct json_span payload)
{
	struct json_span value;
	int64_t changes = 0;
	const char *begun = member_text(a, payload, "begun");
	const char *organization = member_text(a, payload, "organization");
	r->plan = member_text(a, payload, "plan");
	r->by = member_text(a, payload, "by");
	r->organization = organization ? organization : "";
	if (begun && !time_parse(begun, &r->begun))
		r->damage = "its first record has no sound time";
	if (json_member(payload, "changes", &value) && json_number(value, &changes) &&
	    (size_t)changes <= CHANGES_MAX)
		r->changes = (size_t)changes;
	r->fates = arena_zalloc(a, r->changes + 1);
}

static void take_end(struct arena *a, struct known_run *r, struct json_span payload)
{
	const char *end = member_text(a, payload, "end");
	take_ids(a, r, payload, "manual", FATE_MANUAL);
	take_ids(a, r, payload, "withheld", FATE_WITHHELD);
	r->state = end && !strcmp(end, "superseded") ? RUN_SUPERSEDED : RUN_DONE;
}

static void take_record(struct arena *a, struct known_run *r, const struct journal_record *record)
{
	struct json_span payload = {record->payload, record->len};
	struct error *error = json_check(r->name, payload.at, payload.len);
	if (error) {
		r->damage = arena_printf(a, "record %llu is no JSON",
					 (unsigned long long)record->sequence);
		error_free(error);
		return;
	}
	if (record->sequence == 1)
		take_begin(a, r, payload);
	else if (record->type == RECORD_INTENT)
		take_ids(a, r, payload, "changes", FATE_UNKNOWN); /* until its result */
	else if (record->type == RECORD_RESULT || record->type == RECORD_RECONCILED)
		take_fate(a, r, payload);
	else if (record->type == RECORD_END)
		take_end(a, r, payload);
}

/* The time in a journal's name, for one that cannot tell it: 20260601T000000Z. */
static int64_t time_in_name(const char *name)
{
	char text[TIME_TEXT];
	int64_t out = 0;
	if (strlen(name) < 16)
		return 0;
	snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", name, name + 4, name + 6,
		 name + 9, name + 11, name + 13);
	return time_parse(text, &out) ? out : 0;
}

static void read_journal(struct arena *a, struct known_run *r)
{
	struct journal_state state = {0};
	char head[SHA256_TEXT];
	r->begun = time_in_name(r->name);
	struct error *error = journal_read(r->journal, a, &r->records, &state);
	if (error) {
		r->damage = arena_strdup(a, error->message);
		r->state = RUN_UNREADABLE;
		error_free(error);
		return;
	}
	r->state = RUN_OPEN;
	r->torn = state.torn;
	sha256_text(state.head, head);
	r->head = arena_strdup(a, head);
	for (size_t i = 0; i < r->records.len && !r->damage; i++)
		take_record(a, r, &r->records.at[i]);
	for (size_t i = 0; i < r->changes; i++)
		r->count[r->fates[i]]++;
}

/* ---- all of them ---- */

static bool has_ending(const char *name, const char *ending)
{
	size_t len = strlen(name), tail = strlen(ending);
	return len > tail && !strcmp(name + len - tail, ending);
}

/* Folders are called NAME-XXXXXXXX. */
static bool is_of(const char *folder, const char *organization)
{
	size_t len = strlen(folder);
	return !organization ||
	       (len == strlen(organization) + 9 && !strncmp(folder, organization, len - 9));
}

static struct error *read_folder(struct arena *a, const char *path, const char *organization,
				 struct known_run_vec *out)
{
	CLEANUP(closedir) DIR *dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "opening %s", path);
	for (const struct dirent *e;;) {
		TRY(file_next(dir, path, &e));
		if (!e)
			return NULL;
		if (!has_ending(e->d_name, ENDING))
			continue;
		struct known_run r = {.organization = organization};
		r.name = arena_strndup(a, e->d_name, strlen(e->d_name) - strlen(ENDING));
		r.journal = arena_printf(a, "%s/%s", path, e->d_name);
		read_journal(a, &r);
		vec_push(a, out, r);
	}
}

static struct error *read_state(struct arena *a, const char *organization,
				struct known_run_vec *out)
{
	const char *root = state_root(a);
	if (!root)
		return error_new(ERROR_SYSTEM,
				 "neither XDG_STATE_HOME nor HOME is set: no place with journals");
	CLEANUP(closedir) DIR *dir = opendir(root);
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "opening %s", root);
	for (const struct dirent *e;;) {
		TRY(file_next(dir, root, &e));
		if (!e)
			return NULL;
		size_t len = strlen(e->d_name);
		if (e->d_name[0] == '.' || len < 10 || !is_of(e->d_name, organization))
			continue;
		TRY(read_folder(a, arena_printf(a, "%s/%s/journal", root, e->d_name),
				arena_strndup(a, e->d_name, len - 9), out));
	}
}

static int by_name(const void *a, const void *b)
{
	const struct known_run *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static int by_commit_time(const void *a, const void *b)
{
	const struct commit *x = a, *y = b;
	return (x->commit_time > y->commit_time) - (x->commit_time < y->commit_time);
}

static struct known_run *find(const struct known_run_vec *runs, size_t count, const char *name)
{
	struct known_run key = {.name = name};
	return count ? bsearch(&key, runs->at, count, sizeof(*runs->at), by_name) : NULL;
}

/* Runs with a journal here are sorted; those known from commits alone come behind them, one commit
 * each until joined. */
static void add_commits(struct arena *a, const struct commit_vec *commits,
			struct known_run_vec *out)
{
	size_t here = out->len;
	for (size_t i = 0; i < commits->len; i++) {
		const struct commit *c = &commits->at[i];
		const char *name = commit_trailer(c, "Writ-Run");
		if (!name)
			continue;
		struct known_run *r = find(out, here, name);
		for (size_t k = here; k < out->len && !r; k++)
			r = strcmp(out->at[k].name, name) ? NULL : &out->at[k];
		if (!r) {
			vec_push(a, out,
				 (struct known_run){.name = name,
						    .organization = "",
						    .plan = commit_trailer(c, "Writ-Plan"),
						    .begun = time_in_name(name),
						    .state = RUN_ELSEWHERE});
			r = &out->at[out->len - 1];
		}
		vec_push(a, &r->commits, *c);
	}
	for (size_t i = 0; i < out->len; i++)
		vec_sort(&out->at[i].commits, by_commit_time);
}

struct error *run_list_load(struct arena *a, const char *organization,
			    const struct commit_vec *commits, struct known_run_vec *out)
{
	TRY(read_state(a, organization, out));
	vec_sort(out, by_name);
	add_commits(a, commits, out);
	vec_sort(out, by_name);
	return NULL;
}

struct error *run_list_find(const struct known_run_vec *runs, const char *name,
			    const struct known_run **out)
{
	const struct known_run *found = NULL;
	for (size_t i = 0; i < runs->len; i++) {
		const struct known_run *r = &runs->at[i];
		if (strncmp(r->name, name, strlen(name)) != 0)
			continue;
		if (!strcmp(r->name, name) || !found) {
			found = r;
			if (!strcmp(r->name, name))
				break;
			continue;
		}
		return error_new(ERROR_INPUT, "\"%.64s\" begins the names of several runs: %s, %s",
				 name, found->name, r->name);
	}
	if (!found)
		return error_new(ERROR_INPUT,
				 "there is no run \"%.64s\"; `writ log` lists those there are",
				 name);
	*out = found;
	return NULL;
}

/* ---- checking ---- */

struct verifier {
	struct arena *arena;
	const struct known_run *run;
	struct run_finding_vec *out;
};

static void complain(struct verifier *v, const char *what, bool unchecked)
{
	vec_push(v->arena, v->out, (struct run_finding){v->run, NULL, what, unchecked});
}

static void verify_journal(struct verifier *v)
{
	const struct known_run *r = v->run;
	if (r->damage)
		complain(v, r->damage, false);
	else if (r->torn)
		complain(v,
			 arena_printf(v->arena,
				      "%zu bytes behind the last good record: a write that was cut "
				      "off, or damage",
				      r->torn),
			 false);
	else if (r->records.len == 0)
		complain(v, "the journal is empty: it was never begun, or emptied", false);
	else if (r->records.at[0].type != RECORD_BEGIN || !r->plan)
		complain(v, "the journal does not begin with its plan", false);
}

static void verify_plan(struct verifier *v)
{
	CLEANUP(free) char *bytes = NULL;
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	size_t len;
	if (!v->run->plan)
		return;
	struct error *error =
		file_read(run_plan_path(v->arena, v->run), PLANFILE_MAX, &bytes, &len);
	if (error) {
		complain(v, arena_printf(v->arena, "its plan: %s", error->message), false);
		error_free(error);
		return;
	}
	sha256_of(bytes, len, digest);
	sha256_text(digest, text);
	if (strcmp(text, v->run->plan) != 0)
		complain(v,
			 arena_printf(v->arena, "its plan has digest %s, the journal says %s", text,
				      v->run->plan),
			 false);
}

static bool had_head(const struct known_run *r, const char *head)
{
	for (size_t i = 0; i < r->records.len; i++) {
		char text[SHA256_TEXT];
		sha256_text(r->records.at[i].head, text);
		if (!strcmp(text, head))
			return true;
	}
	return false;
}

static void verify_commit(struct verifier *v, const struct commit *c)
{
	const char *head = commit_trailer(c, "Writ-Journal"),
		   *plan = commit_trailer(c, "Writ-Plan");
	const struct known_run *r = v->run;
	if (r->state == RUN_ELSEWHERE)
		complain(v, arena_printf(v->arena, "commit %.12s: no journal here", c->id), true);
	else if (r->state == RUN_UNREADABLE)
		return; /* told already */
	else if (!head)
		complain(v, arena_printf(v->arena, "commit %.12s has no Writ-Journal", c->id),
			 false);
	else if (!had_head(r, head))
		complain(v,
			 arena_printf(v->arena,
				      "commit %.12s knows the journal with head %s, which its "
				      "chain never had",
				      c->id, head),
			 false);
	else if (plan && r->plan && strcmp(plan, r->plan) != 0)
		complain(v,
			 arena_printf(v->arena, "commit %.12s names another plan, %s", c->id, plan),
			 false);
}

void run_list_verify(struct arena *a, const struct known_run_vec *runs, struct run_finding_vec *out)
{
	for (size_t i = 0; i < runs->len; i++) {
		struct verifier v = {a, &runs->at[i], out};
		if (runs->at[i].journal) {
			verify_journal(&v);
			verify_plan(&v);
		}
		for (size_t k = 0; k < runs->at[i].commits.len; k++)
			verify_commit(&v, &runs->at[i].commits.at[k]);
	}
}
