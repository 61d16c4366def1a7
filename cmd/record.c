#include "cmd/record.h"

#include <string.h>

#include "core/util/log.h"

#define SHORT_ID 12

const char *record_folder(const struct run *run)
{
	return run->options.snapshot ? run->options.snapshot : run->options.out;
}

const struct snapshot_settings *record_settings(const struct organization_config *config)
{
	return config && config->snapshot.repository ? &config->snapshot : NULL;
}

/* ---- the command that does it again ---- */

static void add_word(struct str *out, const char *text)
{
	str_addc(out, ' ');
	if (*text && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  "_-./:@%+=") == strlen(text)) {
		str_add(out, text);
		return;
	}
	str_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			str_add(out, "'\\''");
		else
			str_addc(out, *text);
	}
	str_addc(out, '\'');
}

static void add_option(struct str *out, const char *name, const char *value)
{
	if (!value)
		return;
	str_printf(out, " --%s", name);
	add_word(out, value);
}

static const char *repeat_command(struct run *run, const struct record_place *place,
				  const char *name)
{
	const struct options *o = &run->options;
	struct str out = STR(&run->arena);
	str_add(&out, "writ snapshot");
	if (place->commit)
		str_add(&out, " --commit");
	add_option(&out, "snapshot", place->configured ? NULL : place->folder);
	add_option(&out, "live", o->live);
	add_option(&out, "config", o->config);
	add_option(&out, "org", o->org ? o->org : place->configured ? name : NULL);
	add_option(&out, "roles-from", o->roles_from);
	return str_text(&out);
}

/* ---- recording ---- */

static void note(const char *line)
{
	log_note("%s", line);
}

static void print_result(const struct record_place *place, const struct record_result *r)
{
	printf("Snapshot %d of %s: %s%s.\n", (int)r->serial, r->organization,
	       r->changed ? "changed, " : "nothing new, ",
	       r->written		      ? place->folder
	       : place->commit && !r->changed ? "as committed"
					      : "as it stands");
	for (size_t i = 0; i < r->commit_count; i++)
		printf("Commit %.*s: %s\n", SHORT_ID, r->commits[i].id, r->commits[i].subject);
	if (r->pushed)
		printf("Pushed to %s.\n", r->pushed);
}

static const char *known_name(const struct session *session, const char *name)
{
	return session->config && session->config->name ? session->config->name : name;
}

static struct error *record(struct run *run, const struct session *session,
			    const struct record_place *place, const char *name,
			    const struct record_run *did)
{
	struct record_result result;
	struct record_input input = {.place = place,
				     .reader = session->provider->reader,
				     .session = session->handle,
				     .strings = run->strings,
				     .roles_from = run->options.roles_from,
				     .repeat = repeat_command(run, place, name),
				     .now = run->now,
				     .run = did,
				     .note = note};
	TRY(record_write(&input, &run->arena, &result));
	print_result(place, &result);
	return NULL;
}

struct error *record_snapshot(struct run *run, const struct session *session)
{
	struct record_place place;
	const char *name = known_name(session, "snapshot");
	bool any;
	TRY(record_find_place(&run->arena, record_folder(run), record_settings(session->config),
			      name, run->options.commit, &place, &any));
	if (!any)
		return error_new(ERROR_USAGE, "name the snapshot's folder with --snapshot DIR, or "
					      "configure it");
	return record(run, session, &place, name, NULL);
}
