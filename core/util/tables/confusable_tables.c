/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the tables of core/util/confusables.c from ICU's data (Unicode Technical Standard 39),
 * when the program is built: what a character can be taken for, and the script that it belongs to.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#define TEXT_MAX 64 /* units of UTF-16; the longest look-alike has 18 */

static void check(UErrorCode code)
{
	if (U_SUCCESS(code))
		return;
	fprintf(stderr, "ICU: %s\n", u_errorName(code));
	abort();
}

static bool is_text(UChar32 c)
{
	int8_t type = u_charType(c);
	return type != U_UNASSIGNED && type != U_PRIVATE_USE_CHAR && type != U_SURROGATE;
}

static void print_text(const UChar *text, int32_t len)
{
	char bytes[TEXT_MAX * 3 + 1];
	UErrorCode code = U_ZERO_ERROR;
	u_strToUTF8(bytes, sizeof(bytes), NULL, text, len, &code);
	check(code);
	for (const char *at = bytes; *at; at++)
		printf("\\%03o", (unsigned char)*at);
}

/* Prints the look-alike of a character. Texts are looked up in normal form D, so only characters
 * that stand in it are listed. */
static void print_look_alike(const USpoofChecker *checker, const UNormalizer2 *form, UChar32 c)
{
	UChar text[2], plain[TEXT_MAX], other[TEXT_MAX];
	int32_t len = 0;
	UErrorCode code = U_ZERO_ERROR;
	U16_APPEND_UNSAFE(text, len, c);
	int32_t plain_len = unorm2_normalize(form, text, len, plain, TEXT_MAX, &code);
	int32_t other_len = uspoof_getSkeleton(checker, 0, text, len, other, TEXT_MAX, &code);
	check(code);
	if (plain_len != len || memcmp(plain, text, (size_t)len * sizeof(*text)) != 0 ||
	    (other_len == len && !memcmp(other, text, (size_t)len * sizeof(*text))))
		return;
	printf("\t{0x%X, \"", (unsigned)c);
	print_text(other, other_len);
	printf("\"},\n");
}

static UScriptCode script_of(UChar32 c)
{
	UErrorCode code = U_ZERO_ERROR;
	UScriptCode script = uscript_getScript(c, &code);
	check(code);
	bool any = script == USCRIPT_COMMON || script == USCRIPT_INHERITED ||
		   script == USCRIPT_UNKNOWN;
	return any ? USCRIPT_COMMON : script;
}

static void print_scripts(void)
{
	UChar32 from = 0;
	for (UChar32 c = 1; c <= UCHAR_MAX_VALUE + 1; c++) {
		UScriptCode script = script_of(from);
		if (c <= UCHAR_MAX_VALUE && script_of(c) == script)
			continue;
		if (script != USCRIPT_COMMON)
			printf("\t{0x%X, 0x%X, \"%s\"},\n", (unsigned)from, (unsigned)c - 1,
			       uscript_getName(script));
		from = c;
	}
}

int main(void)
{
	UErrorCode code = U_ZERO_ERROR;
	USpoofChecker *checker = uspoof_open(&code);
	const UNormalizer2 *form = unorm2_getNFDInstance(&code);
	check(code);
	printf("static const struct look_alike look_alikes[] = {\n");
	for (UChar32 c = '!'; c <= UCHAR_MAX_VALUE; c++) {
		if (is_text(c))
			print_look_alike(checker, form, c);
	}
	printf("};\n\nstatic const struct script_range script_ranges[] = {\n");
	print_scripts();
	printf("};\n");
	uspoof_close(checker);
	return 0;
}
