/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/git_program.h"

#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "core/util/str.h"
#include "core/util/text_escape.h"

#define CONFIGURATION_MAX ((size_t)1 << 20)
#define WORDS_MAX 600
#define REMOTE_SAYS "remote: "
#define OWN_LINES 3 /* lines of git's and ssh's own that are quoted */

/* Git 2.32 is the first that takes the user's configuration from a file that a variable names. */
#define VERSION_MAJOR 2
#define VERSION_MINOR 32

/* ---- what its user's environment and configuration give ---- */

/* Variables that say where git's configuration is. */
static const char *const configuring[] = {"GIT_CONFIG_*", "XDG_CONFIG_HOME", NULL};

/* Variables that say who asks and how the remote is trusted, and those that the credential helpers
 * of CI services read. */
static const char *const asking[] = {"SSH_AUTH_SOCK",
				     "GIT_SSH",
				     "GIT_SSH_COMMAND",
				     "GIT_SSH_VARIANT",
				     "GIT_ASKPASS",
				     "GIT_SSL_CERT",
				     "GIT_SSL_KEY",
				     "GIT_SSL_CAINFO",
				     "GIT_SSL_CAPATH",
				     "SSL_CERT_FILE",
				     "SSL_CERT_DIR",
				     "http_proxy",
				     "https_proxy",
				     "HTTPS_PROXY",
				     "all_proxy",
				     "ALL_PROXY",
				     "no_proxy",
				     "NO_PROXY",
				     "XDG_CONFIG_HOME",
				     "XDG_CACHE_HOME",
				     "DBUS_SESSION_BUS_ADDRESS",
				     "GH_TOKEN",
				     "GITHUB_TOKEN",
				     "GH_CONFIG_DIR",
				     "CI_JOB_TOKEN",
				     "GITLAB_TOKEN",
				     "GITEA_TOKEN",
				     "SYSTEM_ACCESSTOKEN",
				     NULL};

static const char *const fixed_variables[] = {"LC_ALL=C", /* its messages are read here */
					      "GIT_TERMINAL_PROMPT=0",
					      "GCM_INTERACTIVE=never",
					      "GIT_CONFIG_NOSYSTEM=1",
					      "GIT_CONFIG_GLOBAL=/dev/null",
					      "GIT_ATTR_NOSYSTEM=1",
					      "GIT_NO_REPLACE_OBJECTS=1",
					      "GIT_ALLOW_PROTOCOL=file:https:ssh",
					      NULL};

struct git_setting {
	const char *key;
	char *value;
};
VEC(setting_vec, struct git_setting);

static const struct {
	const char *key, *value;
} fixed_settings[] = {
	{"core.hooksPath", "/dev/null"},
	{"gc.auto", "0"},
	{"maintenance.auto", "false"},
	{"protocol.version", "2"},
	{"fetch.recurseSubmodules", "false"},
	{"push.recurseSubmodules", "no"},
	{"push.gpgSign", "false"},
	{"init.defaultBranch", "main"},
	{"credential.interactive", "never"},
};

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static bool ends(const char *text, const char *with)
{
	size_t len = strlen(text), tail = strlen(with);
	return len >= tail && !strcmp(text + len - tail, with);
}

/* Whether a setting is handed on. Git lists keys in lower case but for their middle part. */
static bool is_carried(const char *key)
{
	if (begins(key, "http."))
		return !ends(key, ".sslverify");
	if (begins(key, "url."))
		return ends(key, ".insteadof") || ends(key, ".pushinsteadof");
	return begins(key, "credential.");
}

static const char *find_setting(const struct setting_vec *settings, const char *key)
{
	for (size_t i = 0; i < settings->len; i++) {
		if (!strcmp(settings->at[i].key, key))
			return settings->at[i].value;
	}
	return NULL;
}

/* Parses settings of the form KEY LF VALUE NUL. KEY NUL is a key that is there without a value. */
static void parse_settings(struct arena *a, const struct child_said *said, struct setting_vec *out)
{
	const char *end = said->output + said->output_len;
	for (const char *at = said->output; at < end; at += strlen(at) + 1) {
		size_t len = strcspn(at, "\n");
		vec_push(a, out,
			 (struct git_setting){arena_strndup(a, at, len),
					      at[len] ? arena_strdup(a, at + len + 1)
						      : arena_strdup(a, "true")});
	}
}

/* The variable that keeps git from looking for the repository above its path. */
static const char *ceiling(struct arena *a, const char *repository)
{
	char path[PATH_MAX];
	if (!realpath(repository, path))
		return "GIT_CEILING_DIRECTORIES=";
	char *slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return arena_printf(a, "GIT_CEILING_DIRECTORIES=%s", path);
}

static struct error *read_settings(const struct git_program *g, struct arena *a,
				   const char *repository, struct setting_vec *out)
{
	const char *argv[] = {g->path,	"-C",	  repository ? repository : g->folder,
			      "config", "--list", "--includes",
			      "-z",	NULL};
	struct variable_vec variables = {0};
	struct child_said said = {0};
	child_keep(a, configuring, &variables);
	vec_push(a, &variables, "LC_ALL=C");
	vec_push(a, &variables, ceiling(a, repository ? repository : g->folder));
	vec_push(a, &variables, NULL);
	TRY(child_run(&(struct child_job){.argv = argv,
					  .more = variables.at,
					  .output_max = CONFIGURATION_MAX,
					  .timeout_ms = GIT_LOCAL_MS},
		      a, &said));
	if (!said.well)
		return error_new(ERROR_INPUT, "reading the configuration of git in %s: %s", argv[2],
				 git_words(a, &said));
	parse_settings(a, &said, out);
	/* `output` is const for callers; the memory is this arena's and may be wiped. */
	explicit_bzero((void *)(uintptr_t)said.output, said.output_len);
	return NULL;
}

/* ---- the remote ---- */

/* A remote that is a relative path counts from the repository's folder. */
static const char *absolute(struct arena *a, const char *repository, const char *url)
{
	size_t host = strcspn(url, ":/");
	if (*url == '/' || url[host] == ':' || !repository)
		return url;
	char path[PATH_MAX];
	return arena_printf(a, "%s/%s", realpath(repository, path) ? path : repository, url);
}

static struct error *find_remote(struct arena *a, const struct git_source *source,
				 const struct setting_vec *settings, const char **out_url,
				 const char **out_push)
{
	const char *name = source->remote, *repository = source->repository;
	const char *url = find_setting(settings, arena_printf(a, "remote.%s.url", name));
	const char *push = find_setting(settings, arena_printf(a, "remote.%s.pushurl", name));
	if (!url && strpbrk(name, ":/"))
		url = name;
	if (!url && !repository)
		return error_new(ERROR_INPUT,
				 "the remote \"%s\" of %s is a name, and the configuration says no "
				 "repository that has it",
				 name, source->what);
	if (!url)
		return error_new(ERROR_INPUT, "repository %s has no remote \"%s\" for %s",
				 repository, name, source->what);
	*out_url = absolute(a, repository, url);
	*out_push = push ? absolute(a, repository, push) : NULL;
	return NULL;
}

/* The text without the USER:PASSWORD@ of a URL. */
static const char *without_user(struct arena *a, const char *text)
{
	struct str out = STR(a);
	assert(text);
	for (const char *at = text; *at;) {
		const char *scheme = strstr(at, "://");
		size_t len = scheme ? (size_t)(scheme - at) + 3 : strlen(at);
		str_addn(&out, at, len);
		at += len;
		size_t host = strcspn(at, "/@ \t\n'\"");
		if (scheme && at[host] == '@')
			at += host + 1;
	}
	return str_text(&out);
}

/* ---- the environment of a call ---- */

static void add_setting(struct git_program *g, struct arena *a, size_t *count, const char *key,
			const char *value)
{
	char *held = arena_printf(a, "GIT_CONFIG_VALUE_%zu=%s", *count, value);
	vec_push(a, &g->variables, arena_printf(a, "GIT_CONFIG_KEY_%zu=%s", *count, key));
	vec_push(a, &g->variables, held);
	vec_push(a, &g->secrets, held);
	++*count;
}

static void make_variables(struct git_program *g, struct arena *a, const struct git_source *source,
			   const struct setting_vec *settings, const char *url, const char *push)
{
	size_t count = 0;
	child_keep(a, asking, &g->variables);
	for (const char *const *v = fixed_variables; *v; v++)
		vec_push(a, &g->variables, *v);
	if (source->objects)
		vec_push(a, &g->variables,
			 arena_printf(a, "GIT_OBJECT_DIRECTORY=%s", source->objects));
	if (source->shallow)
		vec_push(a, &g->variables, arena_printf(a, "GIT_SHALLOW_FILE=%s", source->shallow));
	for (size_t i = 0; i < settings->len; i++) {
		if (is_carried(settings->at[i].key))
			add_setting(g, a, &count, settings->at[i].key, settings->at[i].value);
	}
	for (size_t i = 0; i < sizeof(fixed_settings) / sizeof(*fixed_settings); i++)
		add_setting(g, a, &count, fixed_settings[i].key, fixed_settings[i].value);
	add_setting(g, a, &count, "fetch.fsckObjects", source->objects ? "false" : "true");
	add_setting(g, a, &count, "remote." GIT_REMOTE ".url", url);
	if (push)
		add_setting(g, a, &count, "remote." GIT_REMOTE ".pushurl", push);
	vec_push(a, &g->variables, arena_printf(a, "GIT_CONFIG_COUNT=%zu", count));
	vec_push(a, &g->variables, NULL);
}

static void wipe(struct setting_vec *settings)
{
	for (size_t i = 0; i < settings->len; i++)
		explicit_bzero(settings->at[i].value, strlen(settings->at[i].value));
}

void git_program_done(struct git_program *g)
{
	for (size_t i = 0; i < g->secrets.len; i++)
		explicit_bzero(g->secrets.at[i], strlen(g->secrets.at[i]));
}

/* ---- the program ---- */

static struct error *check_version(const struct git_program *g, struct arena *a)
{
	const char *argv[] = {g->path, "version", NULL};
	struct child_said said = {0};
	int major = 0, minor = 0;
	TRY(child_run(&(struct child_job){.argv = argv, .timeout_ms = GIT_LOCAL_MS}, a, &said));
	if (sscanf(said.output, "git version %d.%d", &major, &minor) == 2 &&
	    (major > VERSION_MAJOR || (major == VERSION_MAJOR && minor >= VERSION_MINOR)))
		return NULL;
	return error_new(ERROR_SYSTEM,
			 "%s is not git %d.%d or newer, which talking with a remote needs", g->path,
			 VERSION_MAJOR, VERSION_MINOR);
}

static struct error *make_repository(const struct git_program *g, struct arena *a)
{
	static const char *const arguments[] = {"init",	       "--quiet", "--bare",
						"--template=", ".",	  NULL};
	struct child_said said = {0};
	return git_must(g, a, "making a repository for a while",
			&(struct git_call){.arguments = arguments, .timeout_ms = GIT_LOCAL_MS},
			&said);
}

struct error *git_program_init(struct git_program *g, struct arena *a, const char *folder,
			       const struct git_source *source)
{
	const char *url = NULL, *push = NULL;
	struct setting_vec settings = {0};
	*g = (struct git_program){.path = child_find(a, "git"), .folder = folder};
	if (!g->path)
		return error_new(ERROR_SYSTEM,
				 "there is no git in PATH, which talks with the remote of %s",
				 source->what);
	TRY(check_version(g, a));
	TRY(read_settings(g, a, source->repository, &settings));
	struct error *error = find_remote(a, source, &settings, &url, &push);
	if (!error) {
		g->url = without_user(a, url);
		make_variables(g, a, source, &settings, url, push);
	}
	wipe(&settings);
	return error ? error : make_repository(g, a);
}

struct error *git_run(const struct git_program *g, struct arena *a, const struct git_call *call,
		      struct child_said *out)
{
	/* The repository is named, so that git finds none above the folder when it is gone. */
	const char *argv[GIT_ARGUMENTS + 5] = {g->path, "-C", g->folder, "--git-dir=."};
	size_t count = 4;
	for (const char *const *at = call->arguments; *at; at++) {
		assert(count < GIT_ARGUMENTS + 4);
		argv[count++] = *at;
	}
	argv[count] = NULL;
	return child_run(&(struct child_job){.argv = argv,
					     .more = g->variables.at,
					     .input = call->input,
					     .output_max = call->output_max,
					     .timeout_ms = call->timeout_ms},
			 a, out);
}

struct error *git_must(const struct git_program *g, struct arena *a, const char *doing,
		       const struct git_call *call, struct child_said *out)
{
	TRY(git_run(g, a, call, out));
	if (out->well)
		return NULL;
	return error_new(git_was_denied(out) ? ERROR_DENIED : ERROR_SYSTEM, "%s: %s", doing,
			 git_words(a, out));
}

/* ---- what it says ---- */

bool git_was_denied(const struct child_said *said)
{
	static const char *const signs[] = {
		"Authentication failed",
		"could not read Username",
		"could not read Password",
		"terminal prompts disabled",
		"Permission denied (",
		"requested URL returned error: 401",
		"requested URL returned error: 403",
		"Access denied",
		"Permission to ",
	};
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		if (strstr(said->errors, signs[i]))
			return true;
	}
	return false;
}

/* Whether a line is advice that git adds for people at a terminal. */
static bool is_noise(const char *line)
{
	static const char *const noise[] = {"hint: ", "Please make sure you have the correct",
					    "and the repository exists."};
	for (size_t i = 0; i < sizeof(noise) / sizeof(*noise); i++) {
		if (begins(line, noise[i]))
			return true;
	}
	return false;
}

static const char *without_prefix(const char *line)
{
	static const char *const prefixes[] = {"fatal: ", "error: "};
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (begins(line, prefixes[i]))
			return line + strlen(prefixes[i]);
	}
	return line;
}

static void add_words(struct str *out, const char *line)
{
	line += strspn(line, " \t");
	size_t len = strlen(line);
	while (len && strchr(" \t\r", line[len - 1]))
		len--;
	if (!len || out->len > WORDS_MAX)
		return;
	str_add(out, out->len ? " / " : "");
	text_escape(out, line, len, WORDS_MAX);
}

/* The last lines that are no advice: a program says last what ended it. */
static const char *last_words(struct arena *a, const struct variable_vec *lines)
{
	struct str out = STR(a);
	for (size_t i = lines->len > OWN_LINES ? lines->len - OWN_LINES : 0; i < lines->len; i++)
		add_words(&out, lines->at[i]);
	return out.len ? out.at : "it said nothing";
}

const char *git_words(struct arena *a, const struct child_said *said)
{
	const char *errors = without_user(a, said->errors);
	struct str remote = STR(a);
	struct variable_vec own = {0};
	for (const char *at = errors; *at;) {
		size_t len = strcspn(at, "\n");
		const char *line = arena_strndup(a, at, len);
		if (begins(line, REMOTE_SAYS))
			add_words(&remote, line + strlen(REMOTE_SAYS));
		else if (*line && !is_noise(line))
			vec_push(a, &own, without_prefix(line));
		at += len + (at[len] == '\n');
	}
	return remote.len ? remote.at : last_words(a, &own);
}
