/* SPDX-License-Identifier: Apache-2.0 */
/* old_journal.h - writes the file that a run left before there was a ledger. */
#ifndef WRIT_OLD_JOURNAL_H
#define WRIT_OLD_JOURNAL_H

#include <string.h>

#include "core/ledger/journal.h"
#include "core/util/str.h"

#define OLD_MAGIC 16

struct old_journal {
	struct str bytes;
	unsigned char head[SHA256_SIZE];
	uint64_t next;
};

static inline void old_journal_begin(struct old_journal *j, struct arena *a)
{
	static const char magic[OLD_MAGIC] = "writ journal 1\n";
	*j = (struct old_journal){.bytes = STR(a), .next = 1};
	str_addn(&j->bytes, magic, sizeof(magic));
	sha256_of(magic, sizeof(magic), j->head);
}

static inline void old_journal_put(struct str *out, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		str_addc(out, (char)(value >> (8 * i)));
}

static inline void old_journal_add(struct old_journal *j, enum record_type type, const char *text)
{
	size_t from = j->bytes.len, len = strlen(text);
	old_journal_put(&j->bytes, len, 4);
	old_journal_put(&j->bytes, type, 4);
	old_journal_put(&j->bytes, j->next++, 8);
	str_addn(&j->bytes, text, len);
	old_journal_put(&j->bytes, crc32c(0, j->bytes.at + from, 16 + len), 4);
	struct sha256 *s = sha256_new();
	sha256_add(s, j->head, SHA256_SIZE);
	sha256_add(s, j->bytes.at + from, 16 + len);
	sha256_end(s, j->head);
	str_addn(&j->bytes, (const char *)j->head, SHA256_SIZE);
}

#endif
