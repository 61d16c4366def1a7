/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot read from its files: its header, whose it is, and whether it is as it was written. */
#include <stdlib.h>
#include <string.h>

#include "core/language/emit.h"
#include "core/record/snapshot_parts.h"
#include "core/util/str.h"

static const struct stored_file *find_file(const struct stored_file_vec *files, const char *path)
{
	for (size_t i = 0; i < files->len; i++) {
		if (!strcmp(files->at[i].path, path))
			return &files->at[i];
	}
	return NULL;
}

/* The first line of a conflict that a merge left; 0 when there is none. */
static uint32_t find_conflict(const char *text)
{
	static const char mark[] = "<<<<<<< ";
	const char *found = strncmp(text, mark, 8) == 0 ? text : strstr(text, "\n<<<<<<< ");
	uint32_t line = 1;
	if (!found)
		return 0;
	for (const char *at = text; at <= found; at++)
		line += *at == '\n';
	return line;
}

static struct error *check_conflicts(const char *place, const struct stored_file_vec *files,
				     struct arena *a)
{
	for (size_t i = 0; i < files->len; i++) {
		const struct stored_file *f = &files->at[i];
		uint32_t line = find_conflict(f->bytes);
		if (line)
			return error_at(ERROR_INPUT,
					(struct location){arena_printf(a, "%s/%s", place, f->path),
							  line, 1},
					"a merge left its conflict in this snapshot; take one "
					"side's files whole, both were seen live");
	}
	return NULL;
}

/* The value of "    key: value" or of "    key: "value"" in the header; NULL. */
static const char *header_value(struct arena *a, const char *header, const char *key)
{
	const char *line = strstr(header, arena_printf(a, "\n    %s: ", key));
	if (!line)
		return NULL;
	const char *at = line + strlen(key) + 7;
	bool quoted = *at == '"';
	at += quoted;
	return arena_strndup(a, at, strcspn(at, quoted ? "\"\n" : "\n"));
}

static int32_t header_number(struct arena *a, const char *header, const char *key)
{
	const char *text = header_value(a, header, key);
	char *end = NULL;
	long value = text ? strtol(text, &end, 10) : -1;
	return !end || *end || value < 0 || value > INT32_MAX ? -1 : (int32_t)value;
}

/* metadata.name as the snapshot spells it. */
static const char *organization_name(struct arena *a, const char *text)
{
	const char *line = strstr(text, "\n  name: ");
	if (!line)
		return NULL;
	const char *at = line + 9;
	bool quoted = *at == '"';
	at += quoted;
	return arena_strndup(a, at, strcspn(at, quoted ? "\"\n" : "\n"));
}

static struct error *parse_header(const char *place, struct arena *a, const char *text,
				  struct snapshot *out)
{
	const char *header = strstr(text, "\n" SNAPSHOT_HEADER);
	if (!header && strstr(text, "\r\n"))
		return error_new(
			ERROR_INPUT,
			"%s has other line ends than it was written with, as a checkout "
			"with core.autocrlf makes them; check it out again with \"* -text\" "
			"in its .gitattributes",
			place);
	if (!header)
		return error_new(
			ERROR_INPUT,
			"%s holds manifests but no snapshot: its %s has no status.snapshot", place,
			emit_file_name(KIND_ORGANIZATION));
	int32_t format = header_number(a, header, "format");
	out->serial = header_number(a, header, "serial");
	out->lineage = header_value(a, header, "lineage");
	out->organization = organization_name(a, text);
	if (format > SNAPSHOT_FORMAT)
		return error_new(ERROR_INPUT,
				 "snapshot %s has format %d, this program knows %d: a newer writ "
				 "wrote it",
				 place, (int)format, SNAPSHOT_FORMAT);
	if (format < 1 || out->serial < 0 || !out->lineage)
		return error_new(ERROR_INPUT, "the header of snapshot %s was damaged by hand",
				 place);
	return NULL;
}

struct error *snapshot_parse(const char *place, struct arena *a, struct snapshot *out)
{
	const struct stored_file *o = find_file(&out->files, emit_file_name(KIND_ORGANIZATION));
	out->place = place;
	TRY(check_conflicts(place, &out->files, a));
	if (!o)
		return error_new(ERROR_INPUT, "%s is no snapshot: it has no %s", place,
				 emit_file_name(KIND_ORGANIZATION));
	return parse_header(place, a, o->bytes, out);
}

struct error *snapshot_examine(const char *place, struct arena *a, struct snapshot *s,
			       const char **out_edited)
{
	const struct stored_file *o = find_file(&s->files, emit_file_name(KIND_ORGANIZATION));
	*out_edited = NULL;
	if (!o || !strstr(o->bytes, "\n" SNAPSHOT_HEADER))
		return check_conflicts(place, &s->files, a);
	TRY(snapshot_parse(place, a, s));
	*out_edited = snapshot_find_edited(s, a);
	return NULL;
}

struct error *snapshot_check_organization(const struct snapshot *s, const char *organization,
					  const char *org_id)
{
	ARENA a = {0};
	const char *due = snapshot_lineage(&a, organization, org_id);
	if (!strcmp(due, s->lineage))
		return NULL;
	return error_new(
		ERROR_INPUT,
		"snapshot %s is of another organisation: \"%s\" with its own id, not \"%s\"%s%s",
		s->place, s->organization ? s->organization : "?", organization,
		org_id ? " with id " : "", org_id ? org_id : "");
}

const char *snapshot_find_edited(const struct snapshot *s, struct arena *a)
{
	char digests[SNAPSHOT_PARTS][SHA256_TEXT];
	const struct stored_file *o = find_file(&s->files, emit_file_name(KIND_ORGANIZATION));
	const char *header = o ? strstr(o->bytes, "\n" SNAPSHOT_HEADER) : NULL;
	snapshot_digest(&s->files, digests);
	for (size_t i = 0; i < SNAPSHOT_PARTS; i++) {
		const char *file = emit_file_name(snapshot_parts[i]);
		const char *key = arena_printf(a, "  %.*s", (int)snapshot_stem(file), file);
		const char *said = header ? header_value(a, header, key) : NULL;
		if (snapshot_parts[i] == KIND_OPEN_DRIFT && !said && !find_file(&s->files, file))
			continue;
		if (!said || strcmp(said, digests[i]) != 0)
			return find_file(&s->files, file)
				       ? file
				       : arena_printf(a, "%.*s/", (int)snapshot_stem(file), file);
	}
	return NULL;
}
