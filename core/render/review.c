/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/review.h"

#include <string.h>

#include "core/git/revision_path.h"
#include "core/language/diagnostics.h"
#include "core/render/render.h"
#include "core/util/digest.h"

#define FINGERPRINT_BYTES 16
#define SHORT_MOST 10 /* items */
#define ITEM_BYTES 2  /* every format needs at least so many for an item */

/* ---- making one ---- */

struct review_section *review_open(struct review *r, struct arena *a,
				   const struct review_section *section)
{
	vec_push(a, &r->sections, *section);
	return &r->sections.at[r->sections.len - 1];
}

void review_add(struct review *r, struct arena *a, const struct review_item *item)
{
	struct review_section *s = &r->sections.at[r->sections.len - 1];
	struct review_item copy = *item;
	copy.serial = s->items.len;
	vec_push(a, &s->items, copy);
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_power(const struct review_item *x, const struct review_item *y)
{
	return (x->power > y->power) - (x->power < y->power);
}

/* Orders items by what one line for several of them would say. */
static int by_words(const struct review_item *x, const struct review_item *y)
{
	int order = compare_texts(x->what, y->what);
	if (!order)
		order = compare_texts(x->sign, y->sign);
	if (!order)
		order = compare_texts(x->marks, y->marks);
	return order ? order : compare_texts(x->rule, y->rule);
}

static int by_serial(const struct review_item *x, const struct review_item *y)
{
	return (x->serial > y->serial) - (x->serial < y->serial);
}

static int by_words_then_serial(const void *a, const void *b)
{
	int order = by_power(a, b);
	order = order ? order : by_words(a, b);
	return order ? order : by_serial(a, b);
}

static int by_rank(const struct review_item *x, const struct review_item *y)
{
	int order = by_power(x, y);
	order = order ? order : (x->rank > y->rank) - (x->rank < y->rank);
	return order ? order : by_serial(x, y);
}

static int groups_first(const void *a, const void *b)
{
	const struct review_item *x = a, *y = b;
	if (!x->group != !y->group)
		return x->group ? -1 : 1;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return by_rank(x, y);
}

static int groups_last(const void *a, const void *b)
{
	const struct review_item *x = a, *y = b;
	if (!x->group != !y->group)
		return x->group ? 1 : -1;
	return groups_first(a, b);
}

static bool is_alike(const struct review_item *x, const struct review_item *y)
{
	return x->who && y->who && x->power == y->power && by_words(x, y) == 0;
}

static void number_groups(struct review_section *s)
{
	uint32_t groups = 0;
	vec_sort(&s->items, by_words_then_serial);
	for (size_t i = 0, end; i < s->items.len; i = end) {
		for (end = i + 1;
		     end < s->items.len && is_alike(&s->items.at[i], &s->items.at[end]); end++)
			;
		if (!s->group_from || end - i < s->group_from)
			continue;
		groups++;
		for (size_t k = i; k < end; k++)
			s->items.at[k].group = groups;
	}
}

void review_close(struct review *r)
{
	struct review_section *s = &r->sections.at[r->sections.len - 1];
	if (s->items.len == 0) {
		r->sections.len--;
		return;
	}
	number_groups(s);
	vec_sort(&s->items, s->kept ? groups_last : groups_first);
	s->shown = s->items.len;
	for (size_t i = 0; i < s->items.len; i++)
		s->level = s->items.at[i].level > s->level ? s->items.at[i].level : s->level;
}

void review_add_count(struct review_fact_vec *facts, struct arena *a, const char *name,
		      size_t count)
{
	vec_push(a, facts, (struct review_fact){name, arena_printf(a, "%zu", count)});
}

const char *review_file(struct arena *a, const char *file)
{
	while (!strncmp(file, "./", 2))
		file += 2;
	const char *colon = strchr(file, ':');
	if (colon && colon[1] && revision_path_is(file))
		file = colon + 1;
	return arena_strdup(a, file);
}

/* ---- walking one ---- */

size_t review_run(const struct review_section *s, size_t i)
{
	size_t end = i + 1;
	while (s->items.at[i].group && end < s->items.len &&
	       s->items.at[end].group == s->items.at[i].group)
		end++;
	return end - i;
}

struct line {
	size_t at;
	const struct review_item *item;
};

static int lines_by_power(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = by_power(x->item, y->item);
	return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

size_t review_lines(const struct review_section *s, bool groups, struct arena *a, size_t **out)
{
	size_t count = 0;
	struct line *lines = arena_alloc(a, (s->items.len + 1) * sizeof(*lines));
	*out = arena_alloc(a, (s->items.len + 1) * sizeof(**out));
	for (size_t i = 0; i < s->items.len; i += groups ? review_run(s, i) : 1)
		lines[count++] = (struct line){i, &s->items.at[i]};
	qsort(lines, count, sizeof(*lines), lines_by_power);
	for (size_t i = 0; i < count; i++)
		(*out)[i] = lines[i].at;
	return count;
}

bool review_is_short(const struct review_section *s)
{
	return s->items.len <= SHORT_MOST && (s->kept || (!s->again && !s->aside));
}

const char *review_title(struct arena *a, const struct review_section *s)
{
	return s->of ? arena_printf(a, "%s: %s", s->of, s->title) : s->title;
}

bool review_has_one_reason(const struct review_section *s, size_t i, size_t run)
{
	const struct review_item *first = &s->items.at[i];
	for (size_t k = i + 1; k < i + run; k++) {
		if (compare_texts(first->reason, s->items.at[k].reason) != 0 ||
		    compare_texts(first->ticket, s->items.at[k].ticket) != 0)
			return false;
	}
	return true;
}

const char *review_place(struct arena *a, const struct review_item *item)
{
	if (!item->at.file || item->borrowed)
		return NULL;
	return arena_printf(a, "%s:%u", render_words(a, item->at.file), item->at.line);
}

const char *review_group_place(struct arena *a, const struct review_section *s, size_t i,
			       size_t run)
{
	const struct review_item *first = &s->items.at[i];
	const char *place = review_place(a, first);
	bool same = true;
	for (size_t k = i + 1; k < i + run; k++)
		same &= !location_compare(first->at, s->items.at[k].at);
	return !place || same ? place : arena_printf(a, "%s and %zu more", place, run - 1);
}

struct location review_at(const struct review *r, const struct review_item *item)
{
	return item->at.file ? item->at : r->at;
}

const char *review_joint(const struct review_item *item)
{
	const char sign = item->sign ? *item->sign : ' ';
	return sign == '+' ? "→" : sign == '-' ? "from" : "·";
}

const char *review_sentence(struct arena *a, const struct review_item *item)
{
	struct str out = STR(a);
	const char *separator = ": ";
	const struct {
		const char *before, *text, *behind;
	} rest[] = {{"\"", item->reason, "\""},
		    {"", item->ticket, ""},
		    {"", item->marks, ""},
		    {"", item->note, ""}};
	if (item->of)
		str_printf(&out, "%s: ", item->of);
	str_printf(&out, "%s%s", item->sign ? item->sign : "", item->sign ? " " : "");
	if (item->about && item->who)
		str_printf(&out, "%s: ", item->who);
	str_add(&out, item->what);
	if (item->who && !item->about)
		str_printf(&out, " %s %s", review_joint(item), item->who);
	if (item->about)
		separator = ", ";
	for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++) {
		if (!rest[i].text || !*rest[i].text)
			continue;
		str_printf(&out, "%s%s%s%s", separator, rest[i].before, rest[i].text,
			   rest[i].behind);
		separator = ", ";
	}
	return str_text(&out);
}

const char *review_address(struct arena *a, const struct review_item *item)
{
	const struct change *c = item->change;
	if (!c)
		return item->address;
	return arena_printf(a, "%s %s", change_address(a, c->principal, c->entitlement),
			    action_name(c->action));
}

const char *review_fingerprint(struct arena *a, const struct review_item *item)
{
	unsigned char digest[SHA256_SIZE];
	char *out = arena_alloc(a, 2 * FINGERPRINT_BYTES + 1);
	const char *address = review_address(a, item);
	struct sha256 *s = sha256_new();
	sha256_add_text(s, item->rule);
	sha256_add_text(s, address ? address : item->what);
	if (item->of)
		sha256_add_text(s, item->of);
	sha256_end(s, digest);
	sha256_hex(digest, FINGERPRINT_BYTES, out);
	return out;
}

const char *review_left_out(const struct review *r, struct arena *a)
{
	struct str out = STR(a);
	for (size_t i = 0; i < r->sections.len; i++) {
		const struct review_section *s = &r->sections.at[i];
		if (s->shown < s->items.len)
			str_printf(&out, "%s%zu of \"%s\"", out.len ? ", " : "",
				   s->items.len - s->shown, review_title(a, s));
	}
	return out.len ? str_text(&out) : NULL;
}

const char *review_level_name(enum review_level level)
{
	static const char *const names[LEVEL_COUNT] = {"note", "warning", "error"};
	return names[level];
}

static const struct review_fact rules[] = {
	{"admin-grant", "An administrator right is granted."},
	{"credential", "All grants of an account go to another credential."},
	{"conflict", "The manifests and the organisation both changed it since the snapshot."},
	{"extended-admin", "An administrator right is given until a later day than before."},
	{"extended", "Something is given until a later day than before."},
	{"admin-removal", "An administrator right is taken away."},
	{"account-delete", "A technical account is deleted with all that it holds."},
	{"removal", "A product or an API is taken away."},
	{"ordinary", "Something is made, granted or changed that gives nobody power over others."},
	{"policy", "Guards or rules are looser than before."},
	{"made-anew", "Another account has the name since the last snapshot, or may have it."},
	{"identity", "Which credential an account goes by, and of which project."},
	{"by-hand", "A person has to do it in the service's console."},
	{"blocked",
	 "What a grant is of or for does not exist yet, or a service cannot have an account so."},
	{"failed", "The service refused it."},
	{"unknown", "It was sent, and no answer and no read tells what came of it."},
	{"not-tried", "The run stopped before it was sent."},
	{"late", "The service accepted it, and no read shows it yet."},
	{"withheld", "It needs consent, or a guard keeps it."},
	{"run", "What stopped the run, or its record."},
	{"unseen", "No source shows who holds it."},
	{"guard", "A guard refuses the plan, or withholds some of it."},
	{"drift", "Somebody changed it in the organisation since the snapshot."},
	{"drift-admin", "Somebody granted an administrator right beside the manifests."},
	{"unlisted", "It is live, no manifest lists it, and it is left alone."},
	{"proof", "Whether an account gets in with its own credential."},
	{"excess", "An account has what nothing asks for."},
	{"no-result", "What an organisation came to is not known as a whole."},
	{"organization", "What an organisation came to."},
};

const char *review_rule_text(const char *rule)
{
	const struct diagnostic_info *d = diagnostics_find(rule);
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		if (!strcmp(rules[i].name, rule))
			return rules[i].value;
	}
	return d ? d->title : rule;
}

/* ---- fitting one into a budget ---- */

/* How many items of a kept section no budget takes away: those that stand alone, which come first.
 */
static size_t least_shown(const struct review_section *s)
{
	size_t count = 0, most = s->least ? s->least : s->items.len;
	if (!s->kept)
		return 0;
	most = most < s->items.len ? most : s->items.len;
	while (count < most && !s->items.at[count].group)
		count++;
	return count;
}

static bool fits(const struct review *r, review_renderer *render, size_t most)
{
	ARENA scratch = {0};
	struct str out = STR(&scratch);
	render(&out, r);
	return out.len <= most;
}

/* Shows as many items of a section as fit into the budget; whether the review fits then. */
static bool cut(struct review *r, struct review_section *s, review_renderer *render, size_t most)
{
	size_t low = least_shown(s), high = s->shown;
	s->shown = low;
	if (!fits(r, render, most))
		return false;
	while (low < high) {
		s->shown = low + (high - low + 1) / 2;
		if (fits(r, render, most))
			low = s->shown;
		else
			high = s->shown - 1;
	}
	s->shown = low;
	return true;
}

static bool cut_all(struct review *r, bool kept, review_renderer *render, size_t most)
{
	for (size_t i = r->sections.len; i > 0; i--) {
		struct review_section *s = &r->sections.at[i - 1];
		if (s->kept == kept && s->shown > least_shown(s) && cut(r, s, render, most))
			return true;
	}
	return false;
}

static void show_all(struct review *r)
{
	r->budget = 0;
	for (size_t i = 0; i < r->sections.len; i++)
		r->sections.at[i].shown = r->sections.at[i].items.len;
}

/* Limits each section to the items that could fit by any means, so that no larger number is tried.
 */
static void cap(struct review *r, size_t most)
{
	size_t room = most / ITEM_BYTES;
	for (size_t i = 0; i < r->sections.len; i++) {
		struct review_section *s = &r->sections.at[i];
		size_t least = least_shown(s), most_shown = room < least ? least : room;
		if (s->shown <= most_shown)
			continue;
		s->shown = most_shown;
		r->budget = most;
	}
}

struct error *review_fit(struct review *r, review_renderer *render, size_t most, struct str *out)
{
	size_t start = out->len;
	show_all(r);
	if (most)
		cap(r, most);
	if (most && !fits(r, render, most)) {
		r->budget = most;
		if (!cut_all(r, false, render, most))
			cut_all(r, true, render, most);
	}
	render(out, r);
	if (!most || out->len - start <= most)
		return NULL;
	return error_new(ERROR_INPUT,
			 "--max-bytes %zu is too little: what is never left out takes %zu", most,
			 out->len - start);
}
