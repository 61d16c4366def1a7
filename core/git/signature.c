/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/signature.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/util/str.h"
#include "core/util/text_escape.h"
#include "core/util/trusted_file.h"

#define PROGRAM "ssh-keygen"
#define ARGUMENTS_MAX 20
#define SIGN_MS 60000  /* a person may have to touch a key */
#define CHECK_MS 30000 /* for a check, which only computes */
#define SHOWN_MAX 300  /* bytes of ssh-keygen's own words that are quoted */
#define SIGNATURE_BEGIN "-----BEGIN SSH SIGNATURE-----"
#define SIGNATURE_END "-----END SSH SIGNATURE-----"

/* How ssh-keygen's command line names open files (child_job.files). */
#define FIRST_FILE "/dev/fd/3"
#define SECOND_FILE "/dev/fd/4"
#define THIRD_FILE "/dev/fd/5"

/* ---- running it ---- */

#define VARIABLES_MAX 8

/* The variables of ssh-keygen: messages in English, what it needs to find an agent and to ask a
 * person, and the time zone that the file of signers counts in. */
static void fill_variables(struct arena *a, const char *room[static VARIABLES_MAX])
{
	static const char *const names[] = {"SSH_AUTH_SOCK",	   "SSH_ASKPASS",
					    "SSH_ASKPASS_REQUIRE", "DISPLAY",
					    "WAYLAND_DISPLAY",	   "TZ"};
	size_t count = 0;
	room[count++] = "LC_ALL=C";
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = getenv(names[i]);
		if (value)
			room[count++] = arena_printf(a, "%s=%s", names[i], value);
	}
	room[count] = NULL;
}

static struct error *run(const struct child_job *job, const char **argv, struct arena *a,
			 struct child_said *out)
{
	const char *variables[VARIABLES_MAX];
	argv[0] = child_find(a, PROGRAM);
	if (!argv[0])
		return error_new(ERROR_REFUSED,
				 PROGRAM " is not in PATH; OpenSSH makes and checks signatures, "
					 "install it (package openssh-client)");
	fill_variables(a, variables);
	struct child_job whole = *job;
	whole.argv = argv;
	whole.more = variables;
	return child_run(&whole, a, out);
}

/* The last line that it said on standard error or, if that is empty, on standard output. */
static const char *last_words(const struct child_said *said, struct arena *a)
{
	struct str shown = STR(a);
	assert(said->errors && said->output); /* of a child that ran */
	const char *text = *said->errors ? said->errors : said->output, *from = text;
	size_t len = strlen(text);
	while (len && strchr("\r\n", text[len - 1]))
		len--;
	for (const char *at = text; at < text + len; at++) {
		if (*at == '\n')
			from = at + 1;
	}
	text_escape(&shown, from, (size_t)(text + len - from), SHOWN_MAX);
	return shown.len ? str_text(&shown) : "it does not say why";
}

/* ---- signing ---- */

struct error *signature_make(const struct signing *signing, const char *name, const void *data,
			     size_t len, struct arena *a, const char **out)
{
	bool agent = signing->kind == SIGN_AGENT;
	const char *key = agent ? FIRST_FILE : signing->file;
	const char *argv[] = {NULL, "-Y", "sign", "-n", name, "-f", key, agent ? "-U" : NULL, NULL};
	struct child_bytes public = {signing->agent, agent ? strlen(signing->agent) : 0};
	struct child_job job = {
		.input = {data, len}, .files = &public, .file_count = agent, .timeout_ms = SIGN_MS};
	struct child_said said = {0};
	TRY(run(&job, argv, a, &said));
	if (!said.well || strncmp(said.output, SIGNATURE_BEGIN, strlen(SIGNATURE_BEGIN)) != 0)
		return error_new(ERROR_INPUT, "%s does not sign: " PROGRAM ": %s",
				 agent ? "the key of ssh-agent" : signing->file,
				 last_words(&said, a));
	size_t end = strlen(said.output);
	while (end && said.output[end - 1] == '\n')
		end--;
	*out = arena_strndup(a, said.output, end);
	return NULL;
}

/* ---- who may sign ---- */

static struct error *load_trusted(const char *path, const char *what, struct arena *a,
				  struct child_bytes *out)
{
	CLEANUP(free) char *text = NULL;
	const char *objection = NULL;
	size_t len = 0;
	TRY(trusted_file_read(path, SIGNERS_FILE_MAX, &objection, &text, &len));
	if (objection)
		return error_at(ERROR_INPUT, (struct location){path, 1, 1}, "%s %s", what,
				objection);
	*out = (struct child_bytes){arena_strndup(a, text, len), len};
	return NULL;
}

struct error *signers_load(const char *path, const char *revoked, struct arena *a,
			   struct signers *out)
{
	*out = (struct signers){.file = path};
	TRY(load_trusted(path, "the file of allowed signers", a, &out->allowed));
	return revoked ? load_trusted(revoked, "the file of revoked keys", a, &out->revoked) : NULL;
}

/* ---- checking ---- */

/* One question about a signature. */
struct signature_question {
	const struct signers *signers;
	const struct signed_data *data;
	struct child_bytes signature;
	struct arena *arena;
};

static struct error *ask(const struct signature_question *q, const char **argv,
			 struct child_said *out)
{
	struct child_bytes files[] = {q->signature, q->signers->allowed, q->signers->revoked};
	struct child_job job = {.input = {q->data->at, q->data->len},
				.files = files,
				.file_count = q->signers->revoked.at ? 3 : 2,
				.timeout_ms = CHECK_MS};
	return run(&job, argv, q->arena, out);
}

/* The option with the moment to check at, in local time, which the file of signers is in where it
 * does not say "Z": older versions of ssh-keygen take no other. */
static const char *moment_option(struct arena *a, int64_t when)
{
	struct tm tm;
	char text[32] = "";
	time_t moment = (time_t)when;
	if (localtime_r(&moment, &tm))
		strftime(text, sizeof(text), "%Y%m%d%H%M%S", &tm);
	return arena_printf(a, "-Overify-time=%s", text);
}

/* Checks that it is a signature of these bytes, by whomever. */
static struct error *check_bytes(const struct signature_question *q)
{
	const char *argv[] = {NULL,	     "-Y", "check-novalidate", "-n",
			      q->data->name, "-s", FIRST_FILE,	       NULL};
	struct child_said said = {0};
	TRY(ask(q, argv, &said));
	return said.well ? NULL
			 : error_new(ERROR_INPUT, PROGRAM ": %s", last_words(&said, q->arena));
}

/* Finds the principals whose lines have the key, one a line; *out is "" when there are none. */
static struct error *find_principals(const struct signature_question *q, const char **out)
{
	const char *argv[] = {NULL, "-Y",	 "find-principals",
			      "-f", SECOND_FILE, moment_option(q->arena, q->data->when),
			      "-s", FIRST_FILE,	 NULL};
	struct child_said said = {0};
	TRY(ask(q, argv, &said));
	*out = said.well ? said.output : "";
	return NULL;
}

static struct error *verify(const struct signature_question *q, const char *principal,
			    struct child_said *out)
{
	const char *argv[] = {NULL,
			      "-Y",
			      "verify",
			      "-n",
			      q->data->name,
			      "-f",
			      SECOND_FILE,
			      "-I",
			      principal,
			      "-s",
			      FIRST_FILE,
			      moment_option(q->arena, q->data->when),
			      q->signers->revoked.at ? "-r" : NULL,
			      THIRD_FILE,
			      NULL};
	return ask(q, argv, out);
}

static struct error *deny(const struct signature_question *q, const char *principal,
			  const struct child_said *last)
{
	if (!principal)
		return error_new(ERROR_DENIED,
				 "the key that signed is not among those of %s that are valid then",
				 q->signers->file);
	return error_new(ERROR_DENIED, "the key of %s (%s) may not sign this: " PROGRAM ": %s",
			 principal, q->signers->file, last_words(last, q->arena));
}

/* A principal as a message may show it. */
static const char *shown(struct arena *a, const char *principal)
{
	struct str out = STR(a);
	text_escape(&out, principal, strlen(principal), 200);
	return str_text(&out);
}

/* Whether nothing stands behind the signature: ssh-keygen takes no notice of it, but whoever reads
 * the file might. */
static bool ends_with_armor(const char *text, size_t len)
{
	while (len && strchr(" \t\r\n", text[len - 1]) && text[len - 1])
		len--;
	size_t end = strlen(SIGNATURE_END);
	return len >= end && !memcmp(text + len - end, SIGNATURE_END, end) &&
	       memmem(text, len, SIGNATURE_END, end) == text + len - end;
}

struct error *signature_check(const struct signers *signers, const char *signature, size_t len,
			      const struct signed_data *data, struct arena *a, const char **out_by)
{
	const struct signature_question q = {signers, data, {signature, len}, a};
	struct child_said last = {.output = "", .errors = ""};
	const char *principals, *principal = NULL;
	if (!ends_with_armor(signature, len))
		return error_new(ERROR_INPUT, "it is no SSH signature, or more than one");
	TRY(find_principals(&q, &principals));
	for (const char *at = principals; *at;) {
		size_t width = strcspn(at, "\r\n");
		if (width && *at != '!') { /* a pattern with "!" forbids a name */
			principal = arena_strndup(a, at, width);
			TRY(verify(&q, principal, &last));
		}
		if (last.well) {
			*out_by = principal;
			return NULL;
		}
		at += width + strspn(at + width, "\r\n");
	}
	TRY(check_bytes(&q));
	return deny(&q, principal ? shown(a, principal) : NULL, &last);
}
