/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "core/apply/applier.h"
#include "core/util/clock.h"
#include "core/util/file.h"
#include "core/util/json.h"

#define RESERVE_RECORD                                                                             \
	256 /* bytes of journal for one change: its id in an intent, its result, its               \
	       reconciliation */

/* ---- earlier runs ---- */

VEC(name_list, const char *);

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Paths of all journals, oldest first. */
static struct error *list_journals(struct arena *a, const char *state, struct name_list *out)
{
	const char *folder = arena_printf(a, "%s/journal", state);
	CLEANUP(closedir) DIR *dir = opendir(folder);
	if (!dir)
		return error_errno(errno, "opening %s", folder);
	for (const struct dirent *e;;) {
		TRY(file_next(dir, folder, &e));
		if (!e)
			break;
		size_t len = strlen(e->d_name);
		if (len > 4 && !strcmp(e->d_name + len - 4, ".wal"))
			vec_push(a, out, arena_printf(a, "%s/%s", folder, e->d_name));
	}
	vec_sort(out, by_text);
	return NULL;
}

static const char *plan_path(struct arena *a, const char *journal)
{
	return arena_printf(a, "%.*s.plan.json", (int)(strlen(journal) - 4), journal);
}

/* Where the signature of a plan is: beside it, under the name that it had beside the file. */
static struct error *save_signature(const char *saved, const char *signature, struct arena *a)
{
	if (!signature)
		return NULL;
	return file_write_atomic(arena_printf(a, "%s.sig", saved), signature, strlen(signature),
				 0600);
}

/* What a journal says of its run. */
struct journal_outline {
	const char *path;
	char digest[SHA256_TEXT]; /* of its plan; "" when it never began */
	bool ended;
};

static struct error *read_history(struct arena *a, const char *path, struct journal_outline *out)
{
	struct journal_record_vec records = {0};
	struct journal_state state;
	struct json_span value;
	*out = (struct journal_outline){.path = path};
	TRY(journal_read(path, a, &records, &state));
	out->ended = state.ended || records.len == 0;
	if (records.len == 0)
		return NULL;
	struct json_span begin = {records.at[0].payload, records.at[0].len};
	TRY(json_check(path, begin.at, begin.len));
	const char *digest = json_member(begin, "plan", &value) ? json_string(a, value) : NULL;
	if (digest && strlen(digest) < sizeof(out->digest))
		memcpy(out->digest, digest, strlen(digest) + 1);
	return NULL;
}

struct error *apply_find_unfinished(struct arena *a, const char *state, const char **out,
				    const char **out_digest)
{
	struct name_list journals = {0};
	*out = *out_digest = NULL;
	TRY(list_journals(a, state, &journals));
	for (size_t i = 0; i < journals.len; i++) {
		struct journal_outline h;
		TRY(read_history(a, journals.at[i], &h));
		if (h.ended)
			continue;
		*out = plan_path(a, h.path);
		*out_digest = arena_strdup(a, h.digest);
	}
	return NULL;
}

static struct error *end_journal(struct journal *j, const char *why)
{
	TRY(journal_append(j, RECORD_END, why, strlen(why)));
	return journal_sync(j);
}

/* Nothing would remember the secret that a run owes. */
static struct error *check_owed(struct arena *a, const struct provider_writer *w,
				struct provider *session, const char *journal)
{
	const char *account = NULL;
	if (!provider_has_sink(w, session))
		return NULL;
	TRY(recall_owed(a, journal, &account));
	if (!account)
		return NULL;
	return error_new(
		ERROR_REFUSED,
		"an earlier run was making account \"%s\", whose secret has not reached the "
		"sink (%s): `writ apply --resume` hands it over; nothing was sent",
		account, journal);
}

struct error *apply_check_owed(struct arena *a, const char *state, const struct provider_writer *w,
			       struct provider *session)
{
	struct name_list journals = {0};
	TRY(list_journals(a, state, &journals));
	for (size_t i = 0; i < journals.len; i++) {
		struct journal_outline h;
		TRY(read_history(a, journals.at[i], &h));
		if (!h.ended)
			TRY(check_owed(a, w, session, h.path));
	}
	return NULL;
}

/* A run that stopped part-way gives way to a plan that was made from what it left. */
static struct error *supersede(struct applier *p, const struct journal_outline *h)
{
	struct journal *j = NULL;
	TRY(check_owed(p->arena, p->in->provider->writer, p->in->session, h->path));
	TRY(journal_open(h->path, &j));
	struct error *error = end_journal(j, "{\"end\": \"superseded\"}");
	journal_close(j);
	if (!error && p->in->note)
		p->in->note(arena_printf(
			p->arena,
			"an earlier run stopped part-way (%s); this plan starts from what it left",
			h->path));
	return error;
}

/* Whether a journal's name says that it is of this plan: ".../TIME-DIGEST-SERIAL.wal". */
static bool is_named_for(const struct applier *p, const char *path)
{
	const char *mark = arena_printf(p->arena, "-%.12s-", p->in->planned->digest + 7);
	const char *slash = strrchr(path, '/');
	return strstr(slash ? slash : path, mark) != NULL;
}

/* A journal without its beginning, which is on disk before anything is sent, does not tell whether
 * its plan was used. */
static struct error *check_begun(const struct applier *p, const struct journal_outline *h)
{
	if (*h->digest || !p->in->saved || !is_named_for(p, h->path))
		return NULL;
	return error_new(
		ERROR_REFUSED,
		"%s is of this plan and has no beginning, so it is not known whether the plan "
		"was used; make a new plan, or move that file away if nothing was begun",
		h->path);
}

/* Looks at earlier runs: the same plan goes on where it stopped, or was used; others are closed.
 * Two runs of one second can have the same plan: the one that stopped goes on though the other
 * ended. */
struct error *applier_settle_history(struct applier *p)
{
	struct name_list journals = {0};
	VEC(, struct journal_outline) all = {0};
	bool used = false, stopped = false;
	TRY(list_journals(p->arena, p->in->state, &journals));
	for (size_t i = 0; i < journals.len; i++) {
		struct journal_outline h;
		TRY(read_history(p->arena, journals.at[i], &h));
		TRY(check_begun(p, &h));
		bool same = !strcmp(h.digest, p->in->planned->digest);
		used |= same && h.ended;
		stopped |= same && !h.ended;
		vec_push(p->arena, &all, h);
	}
	if (used && !stopped && p->in->saved)
		return error_new(ERROR_REFUSED,
				 "this plan has been applied already; make a new one");
	for (size_t i = 0; i < all.len; i++) {
		const struct journal_outline *h = &all.at[i];
		if (h->ended)
			continue;
		if (strcmp(h->digest, p->in->planned->digest) != 0) {
			TRY(supersede(p, h));
			continue;
		}
		TRY(journal_open(h->path, &p->journal));
		p->out->journal = h->path;
		p->resumed = true;
		TRY(applier_recall(p, h->path));
	}
	return NULL;
}

/* ---- this run ---- */

/* "USER on HOST", as the system knows them and not as the environment says. */
static const char *operator_name(struct arena *a)
{
	char host[65] = "", buffer[4096];
	struct passwd entry, *found = NULL;
	gethostname(host, sizeof(host) - 1);
	getpwuid_r(geteuid(), &entry, buffer, sizeof(buffer), &found);
	if (!found || !*found->pw_name)
		return arena_printf(a, "user %u on %s", (unsigned)geteuid(), host);
	return arena_printf(a, "%s on %s", found->pw_name, host);
}

static struct error *record_begin(struct applier *p, const char *moment)
{
	const struct plan *plan = p->plan;
	struct str record = STR(p->arena);
	str_add(&record, "{\"plan\": ");
	json_add_text(&record, p->in->planned->digest);
	str_add(&record, ", \"organization\": ");
	json_add_text(&record, plan->organization);
	str_add(&record, ", \"by\": ");
	json_add_text(&record, operator_name(p->arena));
	str_printf(&record, ", \"begun\": \"%s\", \"changes\": %zu}", moment, plan->changes.len);
	TRY(journal_append(p->journal, RECORD_BEGIN, record.at, record.len));
	return journal_sync(p->journal);
}

struct error *applier_begin(struct applier *p)
{
	char moment[TIME_TEXT];
	time_format(p->in->now, moment);
	/* Runs sort by time; the digest tells those of one second apart. */
	const char *path = NULL;
	for (int serial = 0;; serial++) {
		path = arena_printf(p->arena,
				    "%s/journal/%.4s%.2s%.2sT%.2s%.2s%.2sZ-%.12s-%03d.wal",
				    p->in->state, moment, moment + 5, moment + 8, moment + 11,
				    moment + 14, moment + 17, p->in->planned->digest + 7, serial);
		struct stat st;
		if (serial == 999 || (stat(path, &st) && errno == ENOENT))
			break;
	}
	const char *saved = plan_path(p->arena, path);
	size_t reserve = 4096 + p->plan->changes.len * RESERVE_RECORD;
	struct error *error =
		file_write_atomic(saved, p->in->planned->bytes, p->in->planned->len, 0600);
	if (!error)
		error = save_signature(saved, p->in->planned->signature, p->arena);
	if (!error)
		error = journal_create(path, reserve, &p->journal);
	if (!error)
		error = record_begin(p, moment);
	if (error) { /* nothing is sent, so there is no run to resume */
		if (p->journal)
			journal_discard(p->journal);
		p->journal = NULL;
		unlink(saved);
		unlink(arena_printf(p->arena, "%s.sig", saved));
		return error;
	}
	p->out->journal = path;
	return NULL;
}

/* Accounts to be made are named, for their secrets are owed from then on. */
static void add_made(const struct applier *p, const size_t *numbers, size_t len, struct str *out)
{
	size_t made = 0;
	for (size_t i = 0; i < len; i++) {
		const struct change *c = &p->plan->changes.at[numbers[i]];
		if (c->type != CHANGE_ACCOUNT || c->action != ACTION_CREATE)
			continue;
		str_printf(out, "%s{\"change\": \"c%zu\", \"account\": ",
			   made++ ? ", " : ", \"made\": [", numbers[i] + 1);
		json_add_text(out, c->principal->name);
		str_addc(out, '}');
	}
	if (made)
		str_addc(out, ']');
}

struct error *applier_record_intent(struct applier *p, const size_t *numbers, size_t len)
{
	struct str record = STR(p->arena);
	str_add(&record, "{\"changes\": [");
	for (size_t i = 0; i < len; i++) {
		str_printf(&record, "%s\"c%zu\"", i ? ", " : "", numbers[i] + 1);
		p->recalled[numbers[i]].sent = true;
	}
	str_addc(&record, ']');
	add_made(p, numbers, len, &record);
	str_addc(&record, '}');
	TRY(journal_append(p->journal, RECORD_INTENT, record.at, record.len));
	return journal_sync(p->journal);
}

struct error *applier_record_fate(struct applier *p, enum record_type type, size_t i)
{
	struct str record = STR(p->arena);
	str_printf(&record, "{\"change\": \"c%zu\", \"outcome\": \"%s\", \"message\": ", i + 1,
		   fate_name(p->out->fates[i]));
	json_add_text(&record, p->out->messages[i]);
	str_add(&record, p->recalled[i].once ? ", \"once\": true}" : "}");
	return journal_append(p->journal, type, record.at, record.len);
}

/* What was not to be sent has no record of its own. */
static void add_ids(const struct applier *p, const char *key, enum fate fate, struct str *out)
{
	size_t count = 0;
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->out->fates[i] != fate)
			continue;
		if (count++ == 0)
			str_printf(out, ", \"%s\": [", key);
		str_printf(out, "%s\"c%zu\"", count > 1 ? ", " : "", i + 1);
	}
	str_add(out, count ? "]" : "");
}

struct error *applier_end(struct applier *p)
{
	struct str record = STR(p->arena);
	str_add(&record, "{\"end\": \"done\"");
	add_ids(p, "manual", FATE_MANUAL, &record);
	add_ids(p, "withheld", FATE_WITHHELD, &record);
	str_addc(&record, '}');
	return end_journal(p->journal, str_text(&record));
}
