#include "core/apply.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "core/journal.h"
#include "core/lock.h"
#include "core/util/clock.h"
#include "core/util/failpoint.h"
#include "core/util/file.h"
#include "core/util/json.h"
#include "core/view.h"
#include "core/waiting.h"

#define LAG_FIRST_MS 100 /* the first pause before another look; each is twice the one before */
#define RESERVE_RECORD                                                                             \
	256 /* bytes of journal for one change: its id in an intent, its result, its reconciliation */

struct applier {
	const struct apply_input *in;
	struct arena *arena;
	struct apply_result *out;
	struct journal *journal;
	char digest[SHA256_TEXT];
	bool resumed;
};

const char *fate_name(enum fate fate)
{
	static const char *const names[FATE_COUNT] = {"not tried", "done",   "failed",
						      "unknown",   "manual", "withheld"};
	return names[fate];
}

/* ---- state on disk ---- */

const char *apply_state_root(struct arena *a)
{
	const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (base && *base == '/')
		return arena_printf(a, "%s/writ", base);
	return home && *home == '/' ? arena_printf(a, "%s/.local/state/writ", home) : NULL;
}

const char *apply_state_path(struct arena *a, const char *organization, const char *identity)
{
	unsigned char digest[SHA256_SIZE];
	const char *root = apply_state_root(a);
	if (!root)
		return NULL;
	sha256_of(identity, strlen(identity), digest);
	return arena_printf(a, "%s/%s-%02x%02x%02x%02x", root, organization, digest[0], digest[1],
			    digest[2], digest[3]);
}

struct error *apply_state_folder(struct arena *a, const char *organization, const char *identity,
				 const char **out)
{
	const char *folder = apply_state_path(a, organization, identity);
	if (!folder)
		return error_new(
			ERROR_SYSTEM,
			"neither XDG_STATE_HOME nor HOME is set: no place for the journal");
	TRY(file_make_folders(arena_printf(a, "%s/journal", folder), 0700));
	*out = folder;
	return NULL;
}

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

/* What a journal says of its run. */
struct history {
	const char *path;
	char digest[SHA256_TEXT]; /* of its plan; "" when it never began */
	bool ended;
};

static struct error *read_history(struct arena *a, const char *path, struct history *out)
{
	struct record_vec records = {0};
	struct journal_state state;
	struct json_span value;
	*out = (struct history){.path = path};
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

struct error *apply_find_unfinished(struct arena *a, const char *state, const char **out)
{
	struct name_list journals = {0};
	*out = NULL;
	TRY(list_journals(a, state, &journals));
	for (size_t i = 0; i < journals.len; i++) {
		struct history h;
		TRY(read_history(a, journals.at[i], &h));
		if (!h.ended)
			*out = plan_path(a, h.path);
	}
	return NULL;
}

static struct error *end_journal(struct journal *j, const char *why)
{
	TRY(journal_append(j, RECORD_END, why, strlen(why)));
	return journal_sync(j);
}

/* A run that stopped part-way gives way to a plan that was made from what it left. */
static struct error *supersede(struct applier *p, const struct history *h)
{
	struct journal *j = NULL;
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

/* Looks at earlier runs: the same plan goes on where it stopped, or was used; others are closed. */
static struct error *settle_history(struct applier *p)
{
	struct name_list journals = {0};
	TRY(list_journals(p->arena, p->in->state, &journals));
	for (size_t i = 0; i < journals.len; i++) {
		struct history h;
		TRY(read_history(p->arena, journals.at[i], &h));
		bool same = !strcmp(h.digest, p->digest);
		if (same && h.ended && p->in->saved)
			return error_new(ERROR_REFUSED,
					 "this plan has been applied already; make a new one");
		if (same && !h.ended) {
			TRY(journal_open(h.path, &p->journal));
			p->out->journal = h.path;
			p->resumed = true;
		} else if (!h.ended) {
			TRY(supersede(p, &h));
		}
	}
	return NULL;
}

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
	const struct plan *plan = p->in->plan;
	struct str record = STR(p->arena);
	str_add(&record, "{\"plan\": ");
	json_add_text(&record, p->digest);
	str_add(&record, ", \"organization\": ");
	json_add_text(&record, plan->organization);
	str_add(&record, ", \"by\": ");
	json_add_text(&record, operator_name(p->arena));
	str_printf(&record, ", \"begun\": \"%s\", \"changes\": %zu}", moment, plan->changes.len);
	TRY(journal_append(p->journal, RECORD_BEGIN, record.at, record.len));
	return journal_sync(p->journal);
}

static struct error *begin(struct applier *p)
{
	char moment[TIME_TEXT];
	time_format(p->in->now, moment);
	/* Runs sort by time; the digest tells those of one second apart. */
	const char *path = NULL;
	for (int serial = 0;; serial++) {
		path = arena_printf(p->arena,
				    "%s/journal/%.4s%.2s%.2sT%.2s%.2s%.2sZ-%.12s-%03d.wal",
				    p->in->state, moment, moment + 5, moment + 8, moment + 11,
				    moment + 14, moment + 17, p->digest + 7, serial);
		struct stat st;
		if (serial == 999 || (stat(path, &st) && errno == ENOENT))
			break;
	}
	TRY(file_write_atomic(plan_path(p->arena, path), p->in->bytes, p->in->len, 0600));
	TRY(journal_create(path, 4096 + p->in->plan->changes.len * RESERVE_RECORD, &p->journal));
	struct error *error = record_begin(p, moment);
	if (error) { /* nothing is sent, so there is no run to resume */
		journal_discard(p->journal);
		p->journal = NULL;
		return error;
	}
	p->out->journal = path;
	return NULL;
}

/* ---- fates ---- */

static void set_fate(struct applier *p, size_t i, enum fate fate, const char *message)
{
	p->out->fates[i] = (uint8_t)fate;
	p->out->messages[i] = message;
}

static struct error *record_fate(struct applier *p, enum record_type type, size_t i)
{
	struct str record = STR(p->arena);
	str_printf(&record, "{\"change\": \"c%zu\", \"outcome\": \"%s\", \"message\": ", i + 1,
		   fate_name((enum fate)p->out->fates[i]));
	json_add_text(&record, p->out->messages[i]);
	str_addc(&record, '}');
	return journal_append(p->journal, type, record.at, record.len);
}

static bool is_to_send(const struct change *c)
{
	return !c->withheld && !change_is_manual(c);
}

static enum fate fate_of(struct outcome o)
{
	switch (o.class) {
	case OUTCOME_APPLIED:
		return FATE_DONE;
	case OUTCOME_NOT_SENT:
		return FATE_NOT_TRIED;
	case OUTCOME_REFUSED:
		return FATE_FAILED;
	default:
		return FATE_UNKNOWN;
	}
}

/* ---- reading before and after ---- */

static bool is_stopped(struct applier *p)
{
	p->out->interrupted |= p->in->stop && *p->in->stop;
	return p->out->interrupted;
}

static struct error *read_view(struct applier *p, struct view *v)
{
	return view_read(v, p->in->provider->reader, p->in->session, p->in->strings, p->arena,
			 p->in->plan);
}

static enum standing standing(const struct applier *p, const struct view *v, size_t i)
{
	return view_standing(v, p->in->provider->reader, &p->in->plan->changes.at[i]);
}

static struct error *check_organization(const struct applier *p, const struct view *v)
{
	const struct plan *plan = p->in->plan;
	if (strcmp(plan->organization, v->live.organization) != 0 ||
	    (plan->org_id && v->live.org_id && strcmp(plan->org_id, v->live.org_id) != 0))
		return error_new(ERROR_REFUSED,
				 "the plan is for organisation \"%s\", live is \"%s\"",
				 plan->organization, v->live.organization);
	return NULL;
}

static enum fate manual_fate(const struct change *c, enum standing now)
{
	return now == STANDING_AFTER && !c->unseen ? FATE_DONE : FATE_MANUAL;
}

/* What waits for a person, in words that hold now: an account's e-mail is known once the account is made. */
static void settle_manual(struct applier *p, const struct view *v)
{
	const struct provider_reader *r = p->in->provider->reader;
	for (size_t i = 0; i < p->in->plan->changes.len; i++) {
		const struct change *c = &p->in->plan->changes.at[i];
		const struct account *live = view_find_account(v, c->principal->name);
		bool user = c->principal->kind == PRINCIPAL_USER;
		p->out->emails[i] = user ? c->principal->name : live ? live->email : NULL;
		p->out->steps[i] = NULL;
		if (p->out->fates[i] != FATE_MANUAL)
			continue;
		set_fate(p, i, manual_fate(c, standing(p, v, i)), NULL);
		if (p->out->fates[i] != FATE_MANUAL || !r->describe)
			continue;
		struct str steps = STR(p->arena);
		r->describe(p->in->session, c, p->out->emails[i], &steps);
		p->out->steps[i] = str_text(&steps);
	}
}

static struct error *save_waiting(struct applier *p)
{
	size_t count = p->in->plan->changes.len;
	bool *waits = arena_zalloc(p->arena, count + 1);
	const char *path = arena_printf(p->arena, "%s/" APPLY_WAITING, p->in->state);
	for (size_t i = 0; i < count; i++)
		waits[i] = p->out->fates[i] == FATE_MANUAL;
	return waiting_save(path, p->arena, p->in->plan, waits, p->in->now);
}

/* Where an account is made by several requests, a run can stop between them: sending the change again finishes it. */
static bool is_half_made(const struct applier *p, const struct change *c)
{
	return p->resumed && c->type == CHANGE_ACCOUNT && c->action == ACTION_CREATE;
}

/* Of a fresh run every change must stand where it was planned from; a resumed one finds some done. */
static struct error *check_standing(struct applier *p, const struct view *v)
{
	struct plan *plan = p->in->plan;
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		enum standing now = c->unseen ? STANDING_BEFORE : standing(p, v, i);
		if (c->withheld)
			set_fate(p, i, FATE_WITHHELD, NULL);
		else if (change_is_manual(c))
			set_fate(p, i, manual_fate(c, now), NULL);
		else if (!p->resumed && now != STANDING_BEFORE)
			return error_new(ERROR_REFUSED,
					 "the plan is stale: %s has changed since; nothing was "
					 "sent, plan again",
					 change_address(p->arena, c->principal, c->entitlement));
		else if (now == STANDING_AFTER)
			set_fate(p, i, FATE_DONE, "found done when resuming");
		else if (now == STANDING_OTHER && !is_half_made(p, c))
			set_fate(p, i, FATE_FAILED, "live has changed since the plan");
	}
	return NULL;
}

static struct error *check_guards(struct applier *p, const struct view *v)
{
	struct plan *plan = p->in->plan;
	struct guard_input input = {.universe = v->universe,
				    .live = &v->live,
				    .pairs = v->pairs.at,
				    .count = v->pairs.len,
				    .operator_policy = p->in->operator_policy,
				    .empty_manifests = plan->empty_manifests};
	plan->policy = policy_strictest(policy_of(p->in->operator_policy), plan->policy);
	guard_judge(plan, &input, p->arena);
	const struct guard *g = guard_find(plan, VERDICT_REFUSED);
	if (!g)
		return NULL;
	return error_new(ERROR_GUARD,
			 "guard %s%s%s refuses: %lld%s, limit %lld%s; nothing was changed%s%s",
			 g->name, g->subject ? " of " : "", g->subject ? g->subject : "",
			 (long long)g->value, guard_unit(g), (long long)g->limit, guard_unit(g),
			 g->flag ? "; allow with " : "", g->flag ? g->flag : "");
}

/* Whether live shows all that was accepted. */
static bool has_caught_up(const struct applier *p, const struct view *v, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (p->out->fates[i] == FATE_DONE && !p->in->plan->changes.at[i].unseen &&
		    standing(p, v, i) != STANDING_AFTER)
			return false;
	}
	return true;
}

/* A service may show later what it has accepted: that is no failure, and nothing to send again. */
static struct error *read_settled(struct applier *p, size_t from, size_t to, struct view *v)
{
	unsigned left = p->in->provider->writer->lag_ms, pause = LAG_FIRST_MS;
	TRY(read_view(p, v));
	while (!has_caught_up(p, v, from, to) && left > 0 && !is_stopped(p)) {
		pause = pause < left ? pause : left;
		view_done(v);
		clock_sleep_ms(pause);
		left -= pause;
		pause *= 2;
		TRY(read_view(p, v));
	}
	return NULL;
}

static const char *not_there(const struct applier *p, size_t i)
{
	const char *why = p->out->messages[i];
	return why ? arena_printf(p->arena, "%s; a read of live does not show it", why)
		   : "a read of live does not show it";
}

/* Corrects what was believed done or unknown by what is live; false when something is not there. Where no read can show
 * it, who made the change is believed. */
static struct error *verify(struct applier *p, size_t from, size_t to, bool *complete)
{
	struct view v;
	TRY(read_settled(p, from, to, &v));
	struct error *error = NULL;
	for (size_t i = from; i < to && !error; i++) {
		enum fate fate = (enum fate)p->out->fates[i];
		if ((fate != FATE_DONE && fate != FATE_UNKNOWN) ||
		    p->in->plan->changes.at[i].unseen)
			continue;
		enum standing now = standing(p, &v, i);
		bool unseen = p->in->plan->changes.at[i].unseen;
		if (fate == FATE_DONE && (now == STANDING_AFTER || unseen))
			continue;
		if (now == STANDING_AFTER)
			set_fate(p, i, FATE_DONE, "seen in live");
		else
			set_fate(p, i, FATE_FAILED, not_there(p, i));
		if (p->journal)
			error = record_fate(p, RECORD_RECONCILED, i);
	}
	settle_manual(p, &v);
	view_done(&v);
	if (!error && p->journal)
		error = journal_sync(p->journal);
	*complete = true;
	for (size_t i = from; i < to; i++)
		*complete &= p->out->fates[i] != FATE_FAILED && p->out->fates[i] != FATE_UNKNOWN;
	return error;
}

/* ---- sending ---- */

struct batch {
	const struct change **changes;
	size_t *numbers;
	struct outcome *outcomes;
	size_t len;
};

static struct error *journal_intent(struct applier *p, const struct batch *b)
{
	struct str record = STR(p->arena);
	str_add(&record, "{\"changes\": [");
	for (size_t i = 0; i < b->len; i++)
		str_printf(&record, "%s\"c%zu\"", i ? ", " : "", b->numbers[i] + 1);
	str_add(&record, "]}");
	TRY(journal_append(p->journal, RECORD_INTENT, record.at, record.len));
	return journal_sync(p->journal);
}

static struct error *send_batch(struct applier *p, struct batch *b)
{
	TRY(journal_intent(p, b));
	FAILPOINT("apply-before-send");
	struct error *error = provider_execute(p->in->provider->writer, p->in->session, p->arena,
					       b->changes, b->len, b->outcomes);
	FAILPOINT("apply-after-send");
	for (size_t i = 0; i < b->len; i++) {
		/* An error that ended the call does not tell how far it came. */
		enum fate fate = error ? FATE_UNKNOWN : fate_of(b->outcomes[i]);
		const char *why =
			error ? arena_strdup(p->arena, error->message) : b->outcomes[i].message;
		set_fate(p, b->numbers[i], fate, why);
		struct error *lost = record_fate(p, RECORD_RESULT, b->numbers[i]);
		if (lost) {
			error_free(error);
			return lost;
		}
	}
	struct error *unsynced = journal_sync(p->journal);
	if (error && unsynced)
		error_free(unsynced);
	return error ? error : unsynced;
}

/* Sends what is left of changes[from .. to), which are of one phase. */
static struct error *run_phase(struct applier *p, size_t from, size_t to)
{
	size_t max = p->in->provider->writer->batch_max, room = to - from < max ? to - from : max;
	struct batch b = {.changes = arena_alloc(p->arena, room * sizeof(*b.changes)),
			  .numbers = arena_alloc(p->arena, room * sizeof(*b.numbers)),
			  .outcomes = arena_alloc(p->arena, room * sizeof(*b.outcomes))};
	for (size_t i = from; i < to && !is_stopped(p);) {
		for (b.len = 0; i < to && b.len < max; i++) {
			const struct change *c = &p->in->plan->changes.at[i];
			if (!is_to_send(c) || p->out->fates[i] != FATE_NOT_TRIED)
				continue;
			b.changes[b.len] = c;
			b.numbers[b.len++] = i;
		}
		if (b.len == 0)
			break;
		b.len = provider_take(p->in->provider->writer, p->in->session, b.changes, b.len);
		i = b.numbers[b.len - 1] + 1;
		TRY(send_batch(p, &b));
	}
	return NULL;
}

static size_t phase_end(const struct plan *plan, size_t from, enum phase phase)
{
	while (from < plan->changes.len && change_phase(&plan->changes.at[from]) == phase)
		from++;
	return from;
}

static bool has_left(const struct applier *p, size_t from)
{
	for (size_t i = from; i < p->in->plan->changes.len; i++) {
		if (is_to_send(&p->in->plan->changes.at[i]) && p->out->fates[i] == FATE_NOT_TRIED)
			return true;
	}
	return false;
}

static struct error *run_phases(struct applier *p)
{
	size_t from = 0;
	for (int phase = 0; phase < PHASE_COUNT && !is_stopped(p); phase++) {
		if (phase == PHASE_REMOVE && from > 0 && has_left(p, from)) {
			bool complete;
			TRY(verify(p, 0, from, &complete));
			if (!complete)
				return NULL; /* what was to replace the removed is not there */
		}
		size_t to = phase_end(p->in->plan, from, (enum phase)phase);
		TRY(run_phase(p, from, to));
		from = to;
	}
	return NULL;
}

static struct error *check_life(const struct applier *p)
{
	char expired[TIME_TEXT];
	if (!p->in->saved || p->resumed || p->in->now <= p->in->plan->expires)
		return NULL;
	time_format(p->in->plan->expires, expired);
	return error_new(ERROR_REFUSED, "the plan expired at %s; make a new one", expired);
}

static struct error *start(struct applier *p)
{
	struct view v;
	TRY(settle_history(p));
	TRY(check_life(p));
	TRY(read_view(p, &v));
	struct error *error = check_organization(p, &v);
	if (!error && !p->resumed)
		error = check_guards(p, &v);
	if (!error)
		error = check_standing(p, &v);
	if (!error)
		settle_manual(p, &v);
	view_done(&v);
	if (error || !has_left(p, 0))
		return error;
	TRY(provider_begin(p->in->provider->writer, p->in->session, p->in->plan));
	return p->journal ? NULL : begin(p);
}

static void count_fates(struct applier *p)
{
	unsigned char head[SHA256_SIZE];
	memset(p->out->count, 0, sizeof(p->out->count));
	for (size_t i = 0; i < p->in->plan->changes.len; i++)
		p->out->count[p->out->fates[i]]++;
	if (!p->journal)
		return;
	journal_head(p->journal, head);
	sha256_text(head, p->out->head);
}

static struct error *run_locked(struct applier *p)
{
	bool complete = true;
	TRY(start(p));
	if (!p->journal)
		return save_waiting(p);
	struct error *error = run_phases(p);
	struct error *unread = verify(p, 0, p->in->plan->changes.len, &complete);
	if (error && unread)
		error_free(unread);
	error = error ? error : unread;
	if (error)
		return error;
	TRY(save_waiting(p));
	if (complete && !has_left(p, 0))
		TRY(end_journal(p->journal, "{\"end\": \"done\"}"));
	return NULL;
}

struct error *apply_run(const struct apply_input *input, struct arena *a, struct apply_result *out)
{
	struct applier p = {.in = input, .arena = a, .out = out};
	unsigned char digest[SHA256_SIZE];
	CLEANUP(close) int lock = -1;
	char host[65] = "", moment[TIME_TEXT];
	gethostname(host, sizeof(host) - 1);
	time_format(input->now, moment);
	sha256_of(input->bytes, input->len, digest);
	sha256_text(digest, p.digest);
	out->fates = arena_zalloc(a, input->plan->changes.len + 1);
	out->messages = arena_zalloc(a, (input->plan->changes.len + 1) * sizeof(*out->messages));
	out->steps = arena_zalloc(a, (input->plan->changes.len + 1) * sizeof(*out->steps));
	out->emails = arena_zalloc(a, (input->plan->changes.len + 1) * sizeof(*out->emails));
	TRY(lock_take(arena_printf(a, "%s/lock", input->state),
		      arena_printf(a, "process %d on %s since %s\n", (int)getpid(), host, moment),
		      &lock));
	struct error *error = run_locked(&p);
	count_fates(&p);
	if (error && p.journal)
		error->code = ERROR_PARTIAL;
	journal_close(p.journal);
	return error;
}
