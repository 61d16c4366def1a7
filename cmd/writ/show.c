/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cmd/writ/planning.h"
#include "cmd/writ/reviewing.h"
#include "core/language/emit.h"
#include "core/ledger/journal.h"
#include "core/render/planfile.h"
#include "core/render/render.h"
#include "core/util/file.h"
#include "core/util/json.h"
#include "core/util/unicode.h"
#include "providers/registry.h"

static const char *record_name(enum record_type type)
{
	static const char *const names[] = {"", "begin", "intent", "result", "reconciled", "end"};
	return names[type];
}

struct shown_journal {
	const char *path;
	struct journal_record_vec records;
	struct journal_state state;
	char head[SHA256_TEXT];
};

static void add_journal_json(struct str *out, const struct shown_journal *j)
{
	str_printf(out, "{\"chain\": \"%s\", \"ended\": %s, \"torn\": %zu, \"records\": [", j->head,
		   j->state.ended ? "true" : "false", j->state.torn);
	for (size_t i = 0; i < j->records.len; i++) {
		const struct journal_record *r = &j->records.at[i];
		str_printf(out, "%s\n  {\"sequence\": %llu, \"type\": \"%s\", \"payload\": ",
			   i ? "," : "", (unsigned long long)r->sequence, record_name(r->type));
		struct error *bad = json_check(j->path, r->payload, r->len);
		if (bad)
			json_add_text(out, "not JSON");
		else
			str_addn(out, r->payload, r->len);
		error_free(bad);
		str_addc(out, '}');
	}
	str_add(out, "\n]}\n");
}

static void add_journal_text(struct str *out, const struct shown_journal *j)
{
	for (size_t i = 0; i < j->records.len; i++) {
		const struct journal_record *r = &j->records.at[i];
		struct str payload = STR(out->arena);
		text_escape(&payload, r->payload, r->len, 0);
		str_printf(out, "%6llu  %-10s %s\n", (unsigned long long)r->sequence,
			   record_name(r->type), str_text(&payload));
	}
	str_printf(out, "%s, chain %s%s\n", j->state.ended ? "Ended" : "Not ended", j->head,
		   j->state.torn ? ", with a record that was never finished" : "");
}

static void render_journal(struct str *out, enum format format, const void *journal)
{
	if (format == FORMAT_JSON)
		add_journal_json(out, journal);
	else
		add_journal_text(out, journal);
}

static struct error *show_journal(struct run *run, const char *path, const char *bytes, size_t len)
{
	struct shown_journal j = {.path = path};
	TRY(refuse_reviews(run, "a journal"));
	TRY(journal_parse(path, bytes, len, &run->arena, &j.records, &j.state));
	sha256_text(j.state.head, j.head);
	return output_all(run, render_journal, &j);
}

static struct error *show_saved_plan(struct run *run, const char *path, const char *bytes,
				     size_t len)
{
	struct plan plan = {0};
	struct planned planned;
	TRY(planfile_parse(path, bytes, len, run->strings, &run->arena, &plan));
	plan_rank(&plan, run->strings);
	planfile_hold(&plan, bytes, len, &planned);
	return show_plan(run, &planned);
}

/* A snapshot, manifest or live file: the organisation in its canonical spelling. */
static struct error *show_organization(struct run *run)
{
	struct session session = {0};
	struct live live = {0};
	struct str out = STR(&run->arena);
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		if (run->options.outputs.at[i].format != FORMAT_TEXT)
			return error_new(ERROR_USAGE,
					 "%s holds an organisation, which is shown as manifests: "
					 "--format text alone is taken",
					 run->options.paths[0]);
	}
	TRY(open_session_at(run, run->options.paths[0], &(struct named_organization){0}, &session));
	if (run->report.errors)
		return NULL;
	struct universe *u = universe_new(run->strings);
	struct error *error = provider_read(session.provider->reader, session.handle, &run->arena,
					    u, &query_all, &live);
	if (!error) {
		for (size_t i = 0; i < live.accounts.len; i++)
			universe_principal(u, PRINCIPAL_ACCOUNT, live.accounts.at[i].meta.name,
					   true);
		universe_rank(u);
		emit_all(&out, &live, u);
	}
	for (size_t i = 0; i < run->options.outputs.len && !error; i++)
		error = output_write(&run->options.outputs.at[i], str_text(&out), out.len);
	universe_free(u);
	close_session(&session);
	return error;
}

struct error *cmd_show(struct run *run, int *status UNUSED)
{
	CLEANUP(free) char *bytes = NULL;
	size_t len;
	if (run->options.path_count != 1)
		return error_new(ERROR_USAGE, "show takes one FILE");
	const char *path = run->options.paths[0];
	struct error *error = file_read(path, PLANFILE_MAX, &bytes, &len);
	if (error && access(path, F_OK))
		return error;
	if (error) {
		error_free(error);
		return show_organization(run);
	}
	if (journal_is(bytes, len))
		return show_journal(run, path, bytes, len);
	if (planfile_is(bytes, len))
		return show_saved_plan(run, path, bytes, len);
	return show_organization(run);
}
