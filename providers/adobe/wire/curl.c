/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl, loaded when the first request is due.
 *
 * It brings some twenty libraries along. The loader's work for them took longer than all else that
 * a command without a network does, so only commands that talk to a service pay for it. The
 * functions stand in front of those of the same names; curl_global_init() is called before all
 * others and tells when the library is not there. The library is asked for at each call, which
 * costs a microsecond and needs no state; it is never unloaded. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>

#define LIBRARY "libcurl.so.4" /* the name of its binary interface since 2006 */
#define REAL(name) ((__typeof__(&(name)))find(#name))

/* Macros of the header that only look at the arguments. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

static void *find(const char *name)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	return library ? dlsym(library, name) : NULL;
}

CURLcode curl_global_init(long flags)
{
	__typeof__(&curl_global_init) real = REAL(curl_global_init);
	return real ? real(flags) : CURLE_FAILED_INIT;
}

void curl_global_cleanup(void)
{
	REAL(curl_global_cleanup)();
}

CURL *curl_easy_init(void)
{
	return REAL(curl_easy_init)();
}

void curl_easy_cleanup(CURL *easy)
{
	REAL(curl_easy_cleanup)(easy);
}

const char *curl_easy_strerror(CURLcode code)
{
	return REAL(curl_easy_strerror)(code);
}

/* An option's number tells the type of its value. */
CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
	__typeof__(&curl_easy_setopt) real = REAL(curl_easy_setopt);
	CURLcode code;
	va_list args;
	va_start(args, option);
	if (option < CURLOPTTYPE_OBJECTPOINT)
		code = real(easy, option, va_arg(args, long));
	else if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
		code = real(easy, option, va_arg(args, curl_off_t));
	else
		code = real(easy, option, va_arg(args, void *));
	va_end(args);
	return code;
}

CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...)
{
	va_list args;
	va_start(args, info);
	CURLcode code = REAL(curl_easy_getinfo)(easy, info, va_arg(args, void *));
	va_end(args);
	return code;
}

CURLM *curl_multi_init(void)
{
	return REAL(curl_multi_init)();
}

CURLMcode curl_multi_cleanup(CURLM *multi)
{
	return REAL(curl_multi_cleanup)(multi);
}

CURLMcode curl_multi_setopt(CURLM *multi, CURLMoption option, ...)
{
	__typeof__(&curl_multi_setopt) real = REAL(curl_multi_setopt);
	CURLMcode code;
	va_list args;
	va_start(args, option);
	if (option < CURLOPTTYPE_OBJECTPOINT)
		code = real(multi, option, va_arg(args, long));
	else
		code = real(multi, option, va_arg(args, void *));
	va_end(args);
	return code;
}

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy)
{
	return REAL(curl_multi_add_handle)(multi, easy);
}

CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy)
{
	return REAL(curl_multi_remove_handle)(multi, easy);
}

CURLMcode curl_multi_perform(CURLM *multi, int *running)
{
	return REAL(curl_multi_perform)(multi, running);
}

CURLMcode curl_multi_poll(CURLM *multi, struct curl_waitfd extra[], unsigned count, int timeout_ms,
			  int *ready)
{
	return REAL(curl_multi_poll)(multi, extra, count, timeout_ms, ready);
}

CURLMsg *curl_multi_info_read(CURLM *multi, int *left)
{
	return REAL(curl_multi_info_read)(multi, left);
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text)
{
	return REAL(curl_slist_append)(list, text);
}

void curl_slist_free_all(struct curl_slist *list)
{
	REAL(curl_slist_free_all)(list);
}

time_t curl_getdate(const char *text, const time_t *unused)
{
	return REAL(curl_getdate)(text, unused);
}
