/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/page.h"

#include <string.h>

#include "core/render/escape.h"
#include "core/util/digest.h"

static const char common[] =
	":root{color-scheme:light dark;--ink:#1c2024;--dim:#5b646e;--paper:#fff;--line:#d8dee4;"
	"--box:#f5f7f9;--red:#b3121d;--red-box:#fff0f0;--amber:#8a5300;--green:#1a6e2e}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--dim:#9aa4ae;--paper:#16191d;"
	"--line:#363c44;--box:#1e2328;--red:#ff8b87;--red-box:#3a1719;--amber:#f0b35a;"
	"--green:#6fcf86}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;padding:1rem 1.25rem 2rem;max-width:72rem;background:var(--paper);"
	"color:var(--ink);font:15px/1.45 system-ui,sans-serif}\n"
	"h1{font-size:1.5rem;line-height:1.25;margin:.2rem 0}\n"
	"h1.alarm,.error>h2,.error>summary{color:var(--red)}\n"
	"h2,summary{font-size:1.05rem;font-weight:600;margin:0}\n"
	".of,.facts dt,.why,.at{color:var(--dim)}\n"
	"section,details{border:1px solid var(--line);border-left-width:4px;border-radius:6px;"
	"padding:.6rem .9rem;margin:.75rem 0;background:var(--box)}\n"
	".error{border-color:var(--red);background:var(--red-box)}\n"
	".warning{border-left-color:var(--amber)}\n"
	"summary{cursor:pointer}\n"
	"ul{list-style:none;margin:.4rem 0 0;padding:0}\n"
	"li{padding:.15rem 0 .15rem 1.5rem;text-indent:-1.5rem;overflow-wrap:anywhere}\n"
	"li ul,li ol{text-indent:0;margin:.1rem 0 .3rem}\n"
	"ol li{text-indent:0;padding-left:0}\n"
	".sign{display:inline-block;width:1.5rem;text-indent:0;font-weight:700;"
	"font-family:monospace}\n"
	".add{color:var(--green)}.drop{color:var(--red)}\n"
	".error .add{color:var(--red)}\n"
	".what{font-weight:600}\n"
	".mark{border:1px solid var(--line);border-radius:4px;padding:0 .35rem;font-size:.85em;"
	"text-indent:0;display:inline-block}\n"
	".at{font:.85em monospace}\n"
	".facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:1rem 0 0;"
	"font-size:.9rem}\n"
	".facts dd{margin:0;font-family:monospace;overflow-wrap:anywhere}\n"
	"@media print{body{max-width:none}details>:not(summary){display:block!important}}\n";

static void add_digest(struct str *out, const char *what, const char *text, size_t len)
{
	unsigned char digest[SHA256_SIZE];
	char hash[SHA256_BASE64];
	sha256_of(text, len, digest);
	sha256_base64(digest, hash);
	str_printf(out, "; %s 'sha256-%s'", what, hash);
}

void page_policy(struct str *out, const char *style, const char *script)
{
	str_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "base-uri 'none'; form-action 'none'");
	add_digest(out, "style-src", style, strlen(style));
	if (*script)
		add_digest(out, "script-src", script, strlen(script));
	str_add(out, "\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, "
		     "initial-scale=1\">\n");
}

void page_begin(struct str *out, const char *title, const char *style, const char *script)
{
	struct str sheet = STR(out->arena);
	str_printf(&sheet, "%s%s", common, style);
	page_policy(out, str_text(&sheet), script);
	str_add(out, "<title>");
	escape_markup(out, title);
	str_printf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", str_text(&sheet));
}

void page_end(struct str *out, const char *script)
{
	str_add(out, "</main>\n");
	if (*script)
		str_printf(out, "<script>%s</script>\n", script);
	str_add(out, "</body>\n</html>\n");
}
