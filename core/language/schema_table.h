/* SPDX-License-Identifier: Apache-2.0 */
/* schema_table.h - what a row of the field tables is; shared by schema*.c only. */
#ifndef WRIT_SCHEMA_TABLE_H
#define WRIT_SCHEMA_TABLE_H

#include <stddef.h>

#include "core/language/schema_decode.h"

enum field_type {
	FIELD_TEXT,	   /* any text, also none */
	FIELD_TITLE,	   /* any text, not empty */
	FIELD_NAME,	   /* [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])? */
	FIELD_OBJECT_NAME, /* a product, profile or group of the service */
	FIELD_EMAIL,
	FIELD_DATE,
	FIELD_BOOL,
	FIELD_COUNT,
	FIELD_PERCENT,
	FIELD_HOLDERS, /* a count for system-administrator, or one for each role of a mapping */
	FIELD_CHOICE,  /* one of `choices`, stored as its index + `first` in a uint8_t */
	FIELD_WORD,    /* one of `choices`, stored as a text */
	FIELD_ROLE,    /* the name of a role, stored as enum role in a uint8_t */
	FIELD_LABELS,
	FIELD_MAPPING,	/* fields of `table`, in the same object */
	FIELD_ANYTHING, /* read past; for status of kinds that have none yet */
	FIELD_TITLES,	/* lists of texts, names, object names and e-mails, with their places */
	FIELD_NAMES,
	FIELD_OBJECT_NAMES,
	FIELD_EMAILS,
	FIELD_ENTRIES,	 /* a list of `table` entries */
	FIELD_OBJECT,	 /* fields of `table`, in the struct at `at` */
	FIELD_RECORDS,	 /* a list of mappings, in a VEC of structs of `table->size` bytes */
	FIELD_ARGUMENTS, /* a command: words, an absolute path first, kept with NULL behind them */
	FIELD_PATH,	 /* of a file; relative to the folder of the file that says it */
	FIELD_URL,	 /* https, or http to this machine */
};

#define NOWHERE SIZE_MAX

struct table;

struct field {
	const char *key;
	enum field_type type;
	bool required;
	bool settled; /* the table was chosen by it: no error of a value is left to tell */
	size_t at;    /* offset of the value in the object; NOWHERE: checked but not kept */
	size_t has;   /* offset of a bool that tells whether the key is there; NOWHERE */
	size_t place; /* offset of a struct location that gets the value's place; NOWHERE */
	const struct table *table;
	const char *const *choices; /* ends with NULL */
	uint8_t first;		    /* value of the first choice */
	const char *help, *example; /* example is JSON */
	int32_t least, most;	    /* of a count; most 0: INT32_MAX */
};

/* The document being read. */
struct table;
struct decode {
	struct decoder *to;
	const struct table *table; /* of the mapping whose rules are checked */
	bool sound;
};

/* Checks what the fields of `mapping` are to each other, of which `object` was made. */
typedef void table_check(struct decode *d, const struct node *mapping, void *object);

struct table {
	const char *help;
	const struct field *fields; /* ends with a row without key */
	/* For entries that may be a bare word: the field that it stands for. */
	const char *bare;
	/* Of one record: its size, and what it is before it is read (NULL: zeros). */
	size_t size;
	const void *initial;
	size_t at;	    /* offset of a struct location that gets the record's place; 0 */
	table_check *check; /* NULL: nothing */
	/* What it demands, as members of the JSON Schema object; NULL. */
	const char *conditions;
};

/* The fields of one entry as they are read. Its words are stored apart, so that an entry without
 * any stays small. */
struct entry_draft {
	struct entry entry;
	struct words words;
	const char *account, *user;
	uint8_t user_type;
};

extern const struct table schema_documents[KIND_COUNT];

/* What a document of any kind has, its spec and status unread; for a struct metadata. */
extern const struct table schema_any_document;

/* What both sides say of these guards: manifests and the operator. */
#define MIN_HOLDERS_HELP                                                                           \
	"holders that a role must keep when a plan takes one away: a number for "                  \
	"system-administrator, or a mapping of roles to numbers, for each scope of the role; "     \
	"default: 2 for system-administrator"
#define MIN_PERSONS_HELP                                                                           \
	"users among the holders of system-administrator that a plan must leave; default: 1"

/* Fields of tables: nothing kept, a value, one with a flag or its place. */
#define NONE .at = NOWHERE, .has = NOWHERE, .place = NOWHERE
#define AT(type, member) .at = offsetof(type, member), .has = NOWHERE, .place = NOWHERE
#define HAS(type, member, flag)                                                                    \
	.at = offsetof(type, member), .has = offsetof(type, flag), .place = NOWHERE
#define PLACED(type, member, where)                                                                \
	.at = offsetof(type, member), .has = NOWHERE, .place = offsetof(type, where)

#define VERSION_FIELD                                                                              \
	{                                                                                          \
		"apiVersion", FIELD_CHOICE, true, NONE,                                            \
			.choices = (const char *const[]){API_VERSION, NULL},                       \
			.help = "\"" API_VERSION "\""                                              \
	}

/* What schema_print() and schema_print_manual() print, for any table. */
void schema_print_table(struct str *out, const char *title, const struct table *table);
void schema_print_table_manual(struct str *out, const struct table *table);

/* Whether a URL is http to this machine. */
bool url_is_local(const char *text);

/* The rule on scopes of roles, for a mapping with role, product, profile and group. */
void schema_check_scope(struct decode *d, const struct node *mapping, enum role role);

/* Stands in `conditions` for the scopes of roles, which come from role_table. */
extern const char schema_scopes[];

#endif
