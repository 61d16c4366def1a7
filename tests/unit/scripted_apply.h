/* SPDX-License-Identifier: Apache-2.0 */
/* scripted_apply.h - plans beside a scripted service, carried out step by step. */
#ifndef WRIT_TEST_SCRIPTED_APPLY_H
#define WRIT_TEST_SCRIPTED_APPLY_H

#include <ctype.h>
#include <sys/wait.h>

#include "core/apply/apply.h"
#include "core/language/check.h"
#include "core/language/manifest.h"
#include "core/render/planfile.h"
#include "tests/unit/fence.h"
#include "tests/unit/scripted_service.h"

/* ---- a plan ---- */

static void want_list(struct str *out, const struct holdings *h, int what)
{
	static const char *const heads[WHAT] = {"role: system-administrator",
						"role: support-administrator",
						"product: P, profile: A"};
	ARENA a = {0};
	bool first = true;
	struct holdings expired = {0}, lasting = {0};
	let(&expired, service.scene->expired, true);
	let(&lasting, service.scene->lasting, true);
	str_printf(out,
		   "---\napiVersion: writ/v1\nkind: %s\nmetadata: {name: w%d}\nspec: {%s, "
		   "unlisted: remove, members: [",
		   what == PRODUCT ? "ProductAssignment" : "AdminRole", what, heads[what]);
	for (int who = OPS; who < WHO; who++) {
		const char *end = expired.held[who][what]   ? ", expires: 2026-05-31"
				  : lasting.held[who][what] ? ", expires: 2026-07-31"
							    : "";
		if (!h->held[who][what])
			continue;
		str_printf(out, "%s{%s: %s%s}", first ? "" : ", ", who == OPS ? "group" : "user",
			   full_name(&a, who), end);
		first = false;
	}
	str_add(out, "]}\n");
}

static void want_account(struct str *out, const struct holdings *h, int who)
{
	const bool *held = h->held[who];
	str_printf(out,
		   "---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: %s}\n"
		   "spec: {adminRoles: [%s%s%s], products: [%s]}\n",
		   who_names[who], held[SYS] ? "system-administrator" : "",
		   held[SYS] && held[SUPPORT] ? ", " : "",
		   held[SUPPORT] ? "support-administrator" : "",
		   held[PRODUCT] ? "{product: P, profile: A}" : "");
}

static const char *manifests_of(struct arena *a, const struct scene *s)
{
	struct str out = STR(a);
	struct holdings wanted = {0}, absent = {0};
	let(&wanted, s->wanted, true);
	let(&absent, s->absent, true);
	str_printf(&out,
		   "apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: "
		   "{provider: file, unlisted: report, guards: {minHolders: "
		   "{system-administrator: %d, support-administrator: %d}, minPersons: 1}}\n",
		   s->min_sys ? s->min_sys : 2, s->min_support);
	for (int what = 0; what < WHAT; what++)
		want_list(&out, &wanted, what);
	for (int who = 0; who < ACCOUNTS; who++) {
		if (wanted.there[who])
			want_account(&out, &wanted, who);
		else if (absent.there[who])
			str_printf(&out,
				   "---\napiVersion: writ/v1\nkind: TechnicalAccount\n"
				   "metadata: {name: %s}\nspec: {state: absent}\n",
				   who_names[who]);
	}
	return str_text(&out);
}

static uint64_t records_so_far(void)
{
	struct ledger *l = open_again();
	uint64_t number = ledger_number(l);
	ledger_close(l);
	return number;
}

static void plan_of(struct plan *plan)
{
	struct arena *a = &service.arena;
	const struct scene *s = service.scene;
	const char *text = manifests_of(a, s);
	struct report report = {.arena = a};
	struct manifest_reader reader = {.strings = service.strings, .arena = a, .report = &report};
	struct stored_file_vec files = {0};
	struct model *model = arena_zalloc(a, sizeof(*model));
	struct model_index *index = arena_zalloc(a, sizeof(*index));
	struct live *live = arena_zalloc(a, sizeof(*live));
	struct universe *u = universe_new(service.strings);
	service.universes[service.plans++] = u;
	vec_push(a, &files, (struct stored_file){"m.yaml", NULL, text, strlen(text)});
	manifest_parse(&reader, NULL, &files, model);
	check_model(model, (struct location){"m.yaml", 1, 1}, &report);
	assert_int_equal(report.errors, 0);
	model_index(model, a, index);
	assert_ok(provider_read(&scripted_reader, NULL, a, u, &query_all, live));
	struct consent consent = {.admin_grants = 100,
				  .removals = s->percent_given < 0 ? CONSENT_NONE : CONSENT_PERCENT,
				  .amount = s->percent_given ? s->percent_given : 100};
	struct plan_input input = {.wanted = model,
				   .index = index,
				   .live = live,
				   .universe = u,
				   .reader = &scripted_reader,
				   .consent = consent,
				   .now = BEGIN + s->later};
	plan_make(&input, a, &report, plan);
	sha256_of(text, strlen(text), plan->manifest_digest);
	plan->ledger_number = records_so_far();
	assert_int_equal(report.errors, 0);
}

/* ---- an apply ---- */

static struct error *service_store(void *key, struct store **out)
{
	return folder_store_open(key, out);
}

static void add_fates(struct str *out, const struct plan *plan, const struct result *result)
{
	static const char letters[FATE_COUNT + 1] = "-dfumwl";
	for (size_t i = 0; result->fates && i < plan->changes.len; i++) {
		enum fate fate = result->fates[i];
		str_addc(out, letters[fate]);
		if (fate != FATE_DONE && result->messages[i])
			str_printf(out, "[%s]", result->messages[i]);
	}
}

/* A run is called by its plan's digest, which says nothing here: "RUN-000". */
static const char *without_digests(struct arena *a, const char *text)
{
	static const char form[] = "00000000T000000Z-000000000000-";
	struct str out = STR(a);
	while (*text) {
		size_t i = 0;
		while (i < sizeof(form) - 1 &&
		       (form[i] == '0' ? isxdigit((unsigned char)text[i]) != 0
				       : text[i] == form[i]))
			i++;
		if (i < sizeof(form) - 1) {
			str_addc(&out, *text++);
			continue;
		}
		str_add(&out, "RUN-");
		text += i;
	}
	return str_text(&out);
}

/* Each change has one fate. */
static void check_counts(const struct plan *plan, const struct result *result)
{
	size_t count[FATE_COUNT] = {0};
	for (size_t i = 0; result->fates && i < plan->changes.len; i++)
		count[result->fates[i]]++;
	for (int fate = 0; fate < FATE_COUNT; fate++)
		assert_int_equal(result->count[fate], count[fate]);
}

/* A run that has begun says where it is on record, and no other does. */
static void check_place(const struct result *result, struct ledger *l)
{
	unsigned char digest[SHA256_SIZE];
	char head[SHA256_TEXT];
	assert_int_equal(result->run != NULL, result->ledger != NULL);
	if (!result->run)
		return;
	ledger_digest(l, digest);
	sha256_text(digest, head);
	assert_int_equal(result->number, ledger_number(l));
	assert_string_equal(result->head, head);
}

static void run_and_close(const struct apply_input *input, struct str *out)
{
	ARENA a = {0};
	struct result result = {0};
	struct applier *held = NULL;
	const struct step *step = service.step;
	const struct apply_closing closing = {step->commit, NULL, step->uncommitted};
	struct error *error = apply_run(input, &a, &result, &held);
	check_place(&result, input->ledger);
	check_counts(input->planned->plan, &result);
	str_add(out, str_text(&service.trace));
	str_add(out, "| ");
	add_fates(out, input->planned->plan, &result);
	str_printf(out, " | %s%s", error ? error->message : "no error",
		   error && held ? " (goes on)" : "");
	error_free(error);
	assert_ok(apply_close(held, &closing));
}

static struct error *note_reserve(struct store *s UNUSED, size_t bytes)
{
	service.reserved = bytes;
	return NULL;
}

/* "R (+u0.sys -u1.sys) R | dd | no error": R is a read, r one of roles alone, and what stands in
 * brackets one call. */
static const char *apply_step(const struct planned *planned, const struct step *step)
{
	ARENA a = {0};
	const struct provider_writer writer = {
		.batch_max = service.scene->batch ? service.scene->batch : 10,
		.patience_ms = service_patience,
		.execute = service_execute,
		.has_sink = service_has_sink,
		.deliver = service_deliver};
	const struct provider_entry entry = {&scripted_reader, &writer, NULL};
	const struct hold_request request = {.holder = holder_of_this(&a, "ann")};
	struct ledger *ledger = open_again();
	struct store_kind kind = *ledger_store(ledger)->kind;
	struct str out = STR(&service.arena);
	kind.reserve = note_reserve;
	ledger_store(ledger)->kind = &kind;
	service.step = step;
	service.trace = (struct str)STR(&service.arena);
	service.reads = service.calls = service.answered = service.looks = 0;
	service.stop = 0;
	let(service.now, step->before, false);
	struct apply_input input = {.planned = planned,
				    .saved = !step->unsaved,
				    .whole = !step->part,
				    .expected = step->expected,
				    .untold = step->untold,
				    .provider = &entry,
				    .strings = service.strings,
				    .ledger = ledger,
				    .hold = &request,
				    .open_store = service_store,
				    .open_context = (void *)(uintptr_t)service.key,
				    .now = BEGIN + step->later,
				    .stop = &service.stop};
	run_and_close(&input, &out);
	ledger_close(ledger);
	return without_digests(&service.arena, str_text(&out));
}

/* The same in a process that dies in the middle of it. */
static const char *die_in_step(const struct planned *planned, const struct step *step)
{
	int status = 1;
	pid_t child = fork();
	if (child == 0) {
		apply_step(planned, step);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status == 0 ? "died" : "lived";
}

static void begin_scene(const struct scene *scene, const char *key)
{
	service = (struct scripted_service){.scene = scene, .strings = intern_new()};
	service.key = arena_printf(&service.arena, "%s/%s", service_folder, key);
	service.trace = (struct str)STR(&service.arena);
	service.now = mmap(NULL, sizeof(*service.now), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(service.now, MAP_FAILED);
	let(service.now, scene->held, true);
}

static void end_scene(void)
{
	munmap(service.now, sizeof(*service.now));
	while (service.plans)
		universe_free(service.universes[--service.plans]);
	intern_free(service.strings);
	arena_done(&service.arena);
}

/* A plan of what is live now. */
struct prepared {
	struct plan plan;
	struct planned planned;
	size_t len; /* bytes of its changes, which are fenced */
};

static void prepare(const struct scene *scene, struct prepared *out)
{
	*out = (struct prepared){{{0}}};
	service.scene = scene;
	plan_of(&out->plan);
	planfile_render(&out->plan, &service.arena, &out->planned);
	out->len = out->plan.changes.len * sizeof(*out->plan.changes.at);
	out->plan.changes.at = fenced(out->plan.changes.at, out->len);
}

static void drop(struct prepared *prepared)
{
	unfence(prepared->plan.changes.at, prepared->len);
}

/* Carries the same plan out, step by step, and compares. */
static void carry(const struct scene *scene, const struct prepared *prepared, const char *name,
		  const struct step *steps, size_t count)
{
	service.scene = scene;
	for (size_t i = 0; i < count; i++) {
		const char *was = steps[i].dies_behind ? die_in_step(&prepared->planned, &steps[i])
						       : apply_step(&prepared->planned, &steps[i]);
		if (strcmp(was, steps[i].due) != 0)
			fail_msg("%s, step %zu:\n%s\nis not\n%s", name, i + 1, was, steps[i].due);
	}
}

/* Both. */
static void play_steps(const struct scene *scene, const char *name, const struct step *steps,
		       size_t count)
{
	struct prepared prepared;
	prepare(scene, &prepared);
	carry(scene, &prepared, name, steps, count);
	drop(&prepared);
}

static int make_service_folder(void **state UNUSED)
{
	return mkdtemp(service_folder) ? 0 : -1;
}

static int drop_service_folder(void **state UNUSED)
{
	char command[64];
	snprintf(command, sizeof(command), "exec rm -rf '%s'", service_folder);
	return system(command);
}

#endif
