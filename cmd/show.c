#include "cmd/command.h"
#include "core/emit.h"
#include "core/journal.h"
#include "core/planfile.h"
#include "core/render.h"
#include "core/util/file.h"
#include "core/util/json.h"
#include "core/util/unicode.h"
#include "providers/registry.h"

static const char *record_name(enum record_type type)
{
	static const char *const names[] = {"", "begin", "intent", "result", "reconciled", "end"};
	return names[type];
}

static struct error *show_journal(struct run *run, const char *path, const char *bytes, size_t len)
{
	struct record_vec records = {0};
	struct journal_state state;
	char head[SHA256_TEXT];
	TRY(journal_parse(path, bytes, len, &run->arena, &records, &state));
	sha256_text(state.head, head);
	for (size_t k = 0; k < run->options.outputs.len; k++) {
		const struct output *o = &run->options.outputs.at[k];
		bool json = o->format == FORMAT_JSON;
		struct str out = STR(&run->arena);
		if (json)
			str_printf(
				&out,
				"{\"chain\": \"%s\", \"ended\": %s, \"torn\": %zu, \"records\": [",
				head, state.ended ? "true" : "false", state.torn);
		for (size_t i = 0; i < records.len; i++) {
			const struct record *r = &records.at[i];
			struct str shown = STR(&run->arena);
			if (json) {
				str_printf(&out,
					   "%s\n  {\"sequence\": %llu, \"type\": \"%s\", "
					   "\"payload\": ",
					   i ? "," : "", (unsigned long long)r->sequence,
					   record_name(r->type));
				struct error *bad = json_check(path, r->payload, r->len);
				if (bad)
					json_add_text(&out, "not JSON");
				else
					str_addn(&out, r->payload, r->len);
				error_free(bad);
				str_addc(&out, '}');
				continue;
			}
			text_escape(&shown, r->payload, r->len, 0);
			str_printf(&out, "%6llu  %-10s %s\n", (unsigned long long)r->sequence,
				   record_name(r->type), str_text(&shown));
		}
		if (json)
			str_add(&out, "\n]}\n");
		else
			str_printf(&out, "%s, chain %s%s\n", state.ended ? "Ended" : "Not ended",
				   head,
				   state.torn ? ", with a record that was never finished" : "");
		TRY(output_write(o, str_text(&out), out.len));
	}
	return NULL;
}

static struct error *show_saved_plan(struct run *run, const char *path, const char *bytes,
				     size_t len)
{
	struct plan plan = {0};
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	TRY(planfile_parse(path, bytes, len, run->strings, &run->arena, &plan));
	plan_rank(&plan, run->strings);
	sha256_of(bytes, len, digest);
	sha256_text(digest, text);
	return show_plan(run, &plan, bytes, len, text);
}

/* A snapshot, manifest or live file: the organisation in its canonical spelling. */
static struct error *show_organization(struct run *run)
{
	struct session session = {0};
	struct live live = {0};
	struct str out = STR(&run->arena);
	run->options.live = run->options.paths[0];
	TRY(open_session(run, &(struct service){0}, &session));
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
		error = output_write(&(struct output){FORMAT_TEXT, NULL}, str_text(&out), out.len);
	}
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
