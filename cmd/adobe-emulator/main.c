/* SPDX-License-Identifier: Apache-2.0 */
/* adobe-emulator - the parts of Adobe that writ talks to, over a file. See adobe-emulator(1). */
#include <getopt.h>
#include <signal.h>
#include <string.h>

#include "cmd/adobe-emulator/server/fault_effects.h"
#include "core/model/version.h"

enum { STATUS_DONE = 0, STATUS_ERROR = 1, STATUS_USAGE = 64 };

static const char usage[] =
	"usage: adobe-emulator --org FILE [OPTION...]\n"
	"  --org FILE              the organisation, a manifest\n"
	"  --state FILE            what manifests cannot say; default: FILE.emulator.json of "
	"--org\n"
	"  --port N                default 0: any free port\n"
	"  --rate-limits WHICH     real (default), off, or a scale of time such as 0.01\n"
	"  --switch NAME=VALUE     may be given several times; --list-switches shows them\n"
	"  --cert FILE --key FILE  speak TLS\n"
	"  --list-switches, --help, --version\n";

struct emulator_options {
	const char *org, *state;
	struct listen_options listen;
	bool help, version, list;
};

static struct error *read_port(const char *text, uint16_t *out)
{
	size_t len = strlen(text);
	long port = strtol(text, NULL, 10);
	if (len == 0 || len > 5 || strspn(text, "0123456789") != len || port > 65535)
		return error_new(ERROR_USAGE, "--port takes 0 to 65535");
	*out = (uint16_t)port;
	return NULL;
}

static struct error *read_option(int option, const char *value, struct emulator_options *o,
				 struct server *s)
{
	switch (option) {
	case 'o':
		o->org = value;
		return NULL;
	case 's':
		o->state = value;
		return NULL;
	case 'p':
		return read_port(value, &o->listen.port);
	case 'r':
		return limits_parse(value, &s->limits);
	case 'w':
		return switches_set_pair(&s->switches, value);
	case 'c':
		o->listen.cert = value;
		return NULL;
	case 'k':
		o->listen.key = value;
		return NULL;
	case 'l':
		o->list = true;
		return NULL;
	case 'h':
		o->help = true;
		return NULL;
	case 'v':
		o->version = true;
		return NULL;
	default:
		return error_new(ERROR_USAGE, "see adobe-emulator --help");
	}
}

static struct error *read_options(int argc, char **argv, struct emulator_options *o,
				  struct server *s)
{
	static const struct option rows[] = {
		{"org", required_argument, NULL, 'o'},
		{"state", required_argument, NULL, 's'},
		{"port", required_argument, NULL, 'p'},
		{"rate-limits", required_argument, NULL, 'r'},
		{"switch", required_argument, NULL, 'w'},
		{"cert", required_argument, NULL, 'c'},
		{"key", required_argument, NULL, 'k'},
		{"list-switches", no_argument, NULL, 'l'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},
		{0},
	};
	int option;
	while ((option = getopt_long(argc, argv, "", rows, NULL)) >= 0)
		TRY(read_option(option, optarg, o, s));
	if (o->help || o->version || o->list)
		return NULL;
	if (optind < argc || !o->org)
		return error_new(ERROR_USAGE, "--org FILE is due; see adobe-emulator --help");
	if (!o->listen.cert != !o->listen.key)
		return error_new(ERROR_USAGE, "--cert and --key go together");
	return NULL;
}

static struct error *open_server(struct server *s, const char *org, const char *state)
{
	TRY(org_load(org, state, server_now(s), &s->org));
	TRY(signer_new(s->org->signing_key, &s->signer));
	if (!s->org->signing_key)
		s->org->signing_key = signer_pem(s->signer, &s->org->arena);
	return NULL;
}

static void list_switches(void)
{
	for (int i = 0; i < SWITCH_COUNT; i++)
		printf("%-22s %-24s %-12s %s\n", switch_table[i].name, switch_table[i].choices,
		       switch_table[i].initial, switch_table[i].help);
}

/* Signals are blocked in every thread and taken here, one at a time. */
static struct error *serve(struct server *s, const struct listen_options *options)
{
	struct listener *l;
	sigset_t stop;
	int signal_number;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	signal(SIGPIPE, SIG_IGN);
	TRY(listener_open(options, s, &l));
	printf("%s://127.0.0.1:%u\n", s->scheme, listener_port(l));
	fflush(stdout);
	sigwait(&stop, &signal_number);
	listener_close(l);
	return org_save(s->org);
}

static struct error *run(struct server *s, const struct emulator_options *o)
{
	ARENA a = {0};
	const char *state = o->state;
	if (!state)
		state = arena_printf(&a, "%s.emulator.json", o->org);
	s->scheme = o->listen.cert ? "https" : "http";
	TRY(open_server(s, o->org, state));
	return serve(s, &o->listen);
}

static void done(struct server *s)
{
	signer_free(s->signer);
	org_free(s->org);
	log_done(&s->log);
	faults_done(&s->faults);
	arena_done(&s->limits.arena);
	arena_done(&s->arena);
}

int main(int argc, char **argv)
{
	struct server s = {
		.mutex = PTHREAD_MUTEX_INITIALIZER, .limits.scale = 1, .faults.kinds = fault_kinds};
	struct emulator_options o = {0};
	switches_init(&s.switches);
	log_init(&s.log);
	struct error *error = read_options(argc, argv, &o, &s);
	if (!error && o.help)
		fputs(usage, stdout);
	else if (!error && o.version)
		printf("adobe-emulator %s\n", WRIT_VERSION);
	else if (!error && o.list)
		list_switches();
	else if (!error)
		error = run(&s, &o);
	int status = !error			  ? STATUS_DONE
		     : error->code == ERROR_USAGE ? STATUS_USAGE
						  : STATUS_ERROR;
	if (error)
		error_print(stderr, error);
	error_free(error);
	done(&s);
	return status;
}
