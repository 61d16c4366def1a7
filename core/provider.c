#include "core/provider.h"

#include <string.h>

const char *outcome_name(enum outcome_class class)
{
	static const char *const names[] = {"not sent", "refused", "applied", "partly", "unknown"};
	return names[class];
}

static int by_name(const void *a, const void *b)
{
	const struct account *x = a, *y = b;
	return strcmp(x->meta.name, y->meta.name);
}

struct error *provider_read(const struct provider_reader *reader, struct provider *p,
			    struct arena *a, struct universe *u, unsigned what, struct live *out)
{
	struct error *error = reader->read(p, a, u, what, out);
	if (error)
		return error_wrap(error, "reading the live organisation");
	vec_sort(&out->accounts, by_name);
	for (size_t i = 1; i < out->accounts.len; i++) {
		if (by_name(&out->accounts.at[i - 1], &out->accounts.at[i]) == 0)
			return error_new(ERROR_REMOTE,
					 "provider %s: two live accounts are named \"%s\"",
					 reader->name, out->accounts.at[i].meta.name);
	}
	return NULL;
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
		outcomes[i] = (struct outcome){OUTCOME_UNKNOWN, NULL};
	return writer->execute(p, a, batch, len, outcomes);
}
