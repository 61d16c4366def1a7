/* SPDX-License-Identifier: Apache-2.0 */
#include "core/contract/provider.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

struct error *provider_begin(const struct provider_writer *writer, struct provider *p,
			     const struct plan *plan)
{
	return writer->begin ? writer->begin(p, plan) : NULL;
}

void provider_set_leave(const struct provider_writer *writer, struct provider *p,
			const struct leave *leave)
{
	if (writer->set_leave)
		writer->set_leave(p, leave);
}

unsigned provider_ask_leave(const struct leave *leave)
{
	return leave ? leave->ask(leave->context) : UINT_MAX;
}

const char *provider_identity_of(const struct provider_reader *reader,
				 const struct settings *settings, struct arena *a)
{
	return reader->identity_of ? reader->identity_of(settings, a) : NULL;
}

bool provider_is_admin(const struct provider_reader *reader, struct provider *p,
		       const struct entitlement *e)
{
	if (!e->api)
		return e->role != ROLE_NONE;
	return api_is_admin(e->api) ||
	       (reader && reader->is_admin_api && reader->is_admin_api(p, e->api));
}

unsigned provider_queues(const struct provider_writer *writer)
{
	return writer->queue ? writer->queues : 1;
}

unsigned provider_queue(const struct provider_writer *writer, const struct change *change)
{
	unsigned queue = writer->queue ? writer->queue(change) : 0;
	assert(queue < provider_queues(writer));
	return queue;
}

size_t provider_take(const struct provider_writer *writer, struct provider *p,
		     const struct change *const *changes, size_t len)
{
	size_t taken = writer->take ? writer->take(p, changes, len) : len;
	assert(taken >= 1 && taken <= len);
	return taken;
}

struct error *provider_execute(const struct provider_writer *writer, struct provider *p,
			       struct arena *a, const struct change *const *batch, size_t len,
			       struct outcome *outcomes)
{
	if (len == 0)
		return NULL;
	if (len > writer->batch_max)
		return error_new(ERROR_SYSTEM, "batch of %zu changes; the provider takes %zu", len,
				 writer->batch_max);
	for (size_t i = 0; i < len; i++)
		outcomes[i] = (struct outcome){OUTCOME_UNKNOWN, NULL, outcomes[i].once,
					       outcomes[i].tried};
	return writer->execute(p, a, batch, len, outcomes);
}

struct error *provider_open(const struct provider_reader *reader, const struct settings *settings,
			    struct provider **out)
{
	return reader->open(settings, out);
}

void provider_close(const struct provider_reader *reader, struct provider *p)
{
	reader->close(p);
}

const char *provider_identity(const struct provider_reader *reader, struct provider *p)
{
	return reader->identity(p);
}

enum capability provider_can_account(const struct provider_reader *reader, struct provider *p)
{
	return reader->can_account(p);
}

enum capability provider_can_grant(const struct provider_reader *reader, struct provider *p,
				   const struct principal *principal, const struct account *account,
				   const struct entitlement *e)
{
	return reader->can_grant(p, principal, account, e);
}

const char *provider_explain(const struct provider_reader *reader, struct provider *p,
			     struct arena *a, const struct principal *principal,
			     const struct account *account, const struct entitlement *e)
{
	return reader->explain ? reader->explain(p, a, principal, account, e) : NULL;
}

const char *provider_same_api(const struct provider_reader *reader, struct provider *p,
			      const struct account *account, const char *api)
{
	return reader->same_api ? reader->same_api(p, account, api) : NULL;
}

void provider_check_names(const struct provider_reader *reader, struct arena *a,
			  const struct account *account, struct refusal_vec *out)
{
	if (reader->check_names)
		reader->check_names(a, account, out);
}

const char *provider_check_kind(const struct provider_reader *reader, enum principal_kind kind,
				const struct entitlement *e)
{
	return reader->check_kind ? reader->check_kind(kind, e) : NULL;
}

const char *provider_check_account(const struct provider_reader *reader, struct provider *p,
				   struct arena *a, const struct account *account)
{
	return reader->check_account(p, a, account);
}

bool provider_carries(const struct provider_reader *reader, struct provider *p, const char *api,
		      const struct entitlement *product)
{
	return reader->carries && reader->carries(p, api, product);
}

bool provider_has_unnamed(const struct provider_reader *reader, struct provider *p,
			  const char *account, const char *api)
{
	return reader->has_unnamed && reader->has_unnamed(p, account, api);
}

const char *provider_project_of(const struct provider_reader *reader, struct arena *a,
				const struct account *account)
{
	return reader->project_of ? reader->project_of(a, account) : NULL;
}

struct error *provider_look_at_projects(const struct provider_reader *reader, struct provider *p,
					struct made_project_vec *all)
{
	for (size_t i = 0; i < all->len; i++)
		all->at[i].standing = PROJECT_UNSEEN;
	if (!reader->look_at_projects || all->len == 0)
		return NULL;
	return reader->look_at_projects(p, all);
}

bool provider_shows_all(const struct provider_reader *reader)
{
	return !reader || !reader->sees;
}

bool provider_sees(const struct provider_reader *reader, struct provider *p,
		   const struct principal *principal, const struct account *account,
		   const struct entitlement *e)
{
	return provider_shows_all(reader) || reader->sees(p, principal, account, e);
}

bool provider_hides_role(const struct provider_reader *reader, struct provider *p,
			 const struct principal *principal, const struct account *account)
{
	for (enum role role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		const struct entitlement e = {.role = role};
		if (role_table[role].scope == SCOPE_ORGANIZATION &&
		    !provider_sees(reader, p, principal, account, &e))
			return true;
	}
	return false;
}

const char *provider_source_of(const struct provider_reader *reader, struct provider *p,
			       const struct principal *principal, const struct account *account,
			       const struct entitlement *e)
{
	return reader->source_of ? reader->source_of(p, principal, account, e) : NULL;
}

const char *provider_idle(const struct provider_reader *reader, struct provider *p,
			  const struct principal *principal, const struct entitlement *e)
{
	return reader->idle ? reader->idle(p, principal, e) : NULL;
}

const char *provider_describe(const struct provider_reader *reader, struct provider *p,
			      struct arena *a, const struct change *change, const char *email)
{
	struct str steps = STR(a);
	if (!reader->describe)
		return NULL;
	reader->describe(p, change, email, &steps);
	return str_text(&steps);
}

const char *provider_note(const struct provider_reader *reader, struct provider *p, struct arena *a,
			  const struct plan *plan, const struct change *change)
{
	return reader->note ? reader->note(p, a, plan, change) : NULL;
}

void provider_export_manual(const struct provider_reader *reader, struct provider *p,
			    const struct change *const *changes, const char *const *emails,
			    size_t len, struct str *out)
{
	reader->export_manual(p, changes, emails, len, out);
}

void provider_price(const struct provider_reader *reader, struct provider *p,
		    const struct plan *plan, struct cost *out)
{
	if (reader->price)
		reader->price(p, plan, out);
}

unsigned provider_patience_ms(const struct provider_writer *writer, struct provider *p)
{
	return writer->patience_ms ? writer->patience_ms(p) : 0;
}

bool provider_has_sink(const struct provider_writer *writer, struct provider *p)
{
	return writer->has_sink && writer->has_sink(p);
}

struct error *provider_deliver(const struct provider_writer *writer, struct provider *p,
			       struct arena *a, const char *account, bool again,
			       struct outcome *out)
{
	return writer->deliver(p, a, account, again, out);
}

struct error *provider_verify(const struct provider_access *access, struct provider *p,
			      struct arena *a, const struct account *account,
			      const struct entry_vec *licences, struct proof_vec *out,
			      struct line_vec *not_looked_at)
{
	return access->verify(p, a, account, licences, out, not_looked_at);
}

struct error *provider_rotate(const struct provider_access *access, struct provider *p,
			      struct arena *a, const struct account *account, enum rotate_way way,
			      bool *done, const char **message)
{
	return access->rotate(p, a, account, way, done, message);
}
