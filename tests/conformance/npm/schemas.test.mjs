// SPDX-License-Identifier: Apache-2.0
// What writ prints, against its own schemas; and the schemas against writ, one small change at a
// time.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync,
	writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";

const require = createRequire(import.meta.url);
const Ajv = require("ajv/dist/2020");
const YAML = require("yaml");
const root = process.env.WRIT_ROOT;
const work = mkdtempSync(join(tmpdir(), "writ-schemas-"));
after(() => rmSync(work, { recursive: true }));

function writ(args) {
	const env = { ...process.env, XDG_STATE_HOME: join(work, "state"),
		WRIT_NOW: "2026-06-01T00:00:00Z" };
	const run = spawnSync(process.env.WRIT, args, { encoding: "utf8", timeout: 60000, cwd: work,
		maxBuffer: 1 << 28, env });
	assert.equal(run.signal, null, `writ ${args.join(" ")} ended by ${run.signal}`);
	return run;
}

function files(folder, wanted) {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && wanted.test(entry.name))
		.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

const schema = (kind) => JSON.parse(writ(["schema", kind]).stdout);
const ajv = new Ajv({ strict: false, validateFormats: false });
const compiled = new Map();
function accepts(kind, document) {
	if (!compiled.has(kind)) compiled.set(kind, ajv.compile(schema(kind)));
	return compiled.get(kind)(document);
}

// A schema of what writ prints allows keys that come later. With every object closed it tells a key
// that it forgot.
function closed(value) {
	if (Array.isArray(value)) return value.map(closed);
	if (!value || typeof value !== "object") return value;
	const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key,
		closed(item)]));
	return copy.properties && !("additionalProperties" in copy)
		? { ...copy, additionalProperties: false } : copy;
}
const describes = Object.fromEntries(["plan", "ledger", "report", "organizations",
	"events"].map((kind) => [kind, ajv.compile(closed(schema(kind)))]));

function described(kind, document, where) {
	assert.ok(describes[kind](document), `${where}: ${JSON.stringify(describes[kind].errors)}`);
}

test("every plan that is kept as a golden file or made of an example", () => {
	let count = 0;
	for (const file of files(join(root, "tests/cli/golden"), /./)) {
		const text = /^# standard output\n(\{[^]*?\n?)# standard error$/m.exec(
			readFileSync(file, "utf8"));
		let document;
		try {
			document = JSON.parse(text?.[1]);
		} catch {
			continue;
		}
		if (!document.changes || !document.manifest) continue; // no plan
		described("plan", document, file);
		count++;
	}
	assert.ok(count >= 1, `${count} golden plans`);
	for (const example of readdirSync(join(root, "examples"))
		.filter((name) => existsSync(join(root, "examples", name, "live.yaml")))) {
		const folder = join(root, "examples", example);
		const run = writ(["plan", "--live", join(folder, "live.yaml"), "--out", "plan.json",
			join(folder, "manifests")]);
		assert.equal(run.status, 0, run.stderr);
		described("plan", JSON.parse(readFileSync(join(work, "plan.json"), "utf8")),
			example);
		count++;
	}
	assert.ok(count >= 4, `${count} plans`);
});

test("plans with renames, deletions, expiries, labels, APIs and words", () => {
	const head = (status) =>
		`apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: file, unlisted: remove}\n${status}`;
	const account = (meta, spec) =>
		`---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: ${meta}\nspec: ${spec}\n`;
	writeFileSync(join(work, "live.yaml"), head("") +
		account("{name: old, labels: {a: b}}",
			"{owner: x, products: [{product: P, profile: A}]}") +
		account("{name: gone}", "{adminRoles: [support-administrator]}") +
			account("{name: stray}", "{}"));
	writeFileSync(join(work, "wanted.yaml"), head("") +
		account("{name: new, previously: [old], labels: {a: c}}",
			"{owner: y, description: d, project: Q, apis: [z, y], products: [{product: P, profile: A, expires: 2026-05-01}, {product: P, profile: B, reason: r, ticket: t, expires: 2027-01-01}]}") +
		account("{name: gone}", "{state: absent}"));
	const run = writ(["plan", "--live", "live.yaml", "--allow-remove", "100%", "--format",
		"json", "wanted.yaml"]);
	assert.equal(run.status, 0, run.stderr);
	const plan = JSON.parse(run.stdout);
	assert.deepEqual([...new Set(plan.changes.map((c) => c.action_reason))].sort(),
		["added", "expired", "renamed", "state-absent", "undeclared"]);
	described("plan", plan, "changes of all kinds");
});

test("every key of a plan is due, and no value of another type passes", () => {
	const folder = join(root, "tests/data/quickstart");
	const text = writ(["plan", "--live", join(folder, "live.yaml"), "--format", "json",
		join(folder, "manifests")]).stdout;
	for (const key of Object.keys(JSON.parse(text))) {
		const plan = JSON.parse(text);
		delete plan[key];
		assert.ok(!accepts("plan", plan), `without ${key}`);
		assert.ok(!accepts("plan", { ...JSON.parse(text), [key]: 1 }),
			`${key} as a number`);
	}
});

test("the records of runs that ended, stopped, resumed and were superseded", () => {
	const folder = join(root, "tests/data/quickstart");
	const apply = ["apply", "--live", "live", "--auto-approve", "--allow-remove", "1"];
	cpSync(join(folder, "manifests"), join(work, "manifests"), { recursive: true });
	for (const last of [["--resume"], ["--target", "asset-archiver", "manifests"]]) {
		rmSync(join(work, "live"), { recursive: true, force: true });
		mkdirSync(join(work, "live"));
		cpSync(join(folder, "live.yaml"), join(work, "live/live.yaml"));
		writeFileSync(join(work, "live/notes.txt"), "");
		assert.equal(writ([...apply, "manifests"]).status, 5);
		rmSync(join(work, "live/notes.txt"));
		assert.equal(
			writ([...apply.slice(0, 6).filter((a) => last[0] !== "--resume" ||
			!/allow|^1$/.test(a)), ...last]).status, 0);
	}
	const seen = new Set();
	const records = files(join(work, "state"), /^[0-9]{12}$/);
	for (const file of records) {
		const record = JSON.parse(readFileSync(file, "utf8"));
		described("ledger", record, file);
		for (const { type, body } of record.entries) seen.add(type).add(body.outcome ??
			body.end ?? type);
		for (const key of Object.keys(record)) assert.ok(!accepts("ledger",
			{ ...record, [key]: true }), key);
		const [begin] = record.entries.filter(({ type }) => type === "begin");
		if (!begin) continue;
		begin.body.plan = "sha256:0";
		assert.ok(!accepts("ledger", record));
	}
	const types = ["begin", "done", "end", "hold", "intent", "plan", "reconciled", "release",
		"result", "state", "superseded", "unknown"];
	assert.deepEqual([...seen].sort(), types);
	assert.ok(records.length >= 3);
});

test("what is printed of several organisations, of one that fails too", () => {
	const document = (name) =>
		`apiVersion: writ/v1\nkind: Organization\nmetadata: {name: ${name}}\nspec: {provider: file}\n`;
	mkdirSync(join(work, "lives"));
	writeFileSync(join(work, "lives/acme.yaml"), document("acme"));
	writeFileSync(join(work, "several.yaml"), `${document("acme")}---\n${document("beta")}`);
	const run = writ(["plan", "--live", "lives", "--format", "json", "several.yaml"]);
	assert.equal(run.status, 1, run.stderr);
	const printed = JSON.parse(run.stdout);
	described("organizations", printed, "plan");
	described("plan", printed.organizations[0].result, "plan");
	assert.equal(printed.organizations[1].diagnostics.error_count, 1);
	for (const key of Object.keys(printed.organizations[0])) {
		const { [key]: gone, ...rest } = printed.organizations[0];
		assert.ok(!accepts("organizations", { ...printed, organizations: [rest] }),
			`without ${key}`);
	}
});

test("every line of an event stream", () => {
	const folder = join(work, "stream");
	cpSync(join(root, "tests/data/quickstart"), folder, { recursive: true });
	const live = ["--live", "stream/live.yaml"];
	const types = new Set();
	const lines = (args) => {
		const run = writ([...args, "--json", ...live]);
		for (const line of run.stdout.trim().split("\n")) {
			const event = JSON.parse(line);
			described("events", event, line);
			types.add(event.type);
			for (const key of Object.keys(event)) assert.ok(!accepts("events",
				{ ...event, [key]: [1] }), key);
		}
		return run.status;
	};
	assert.equal(lines(["plan", "stream/manifests"]), 0);
	assert.equal(lines(["apply", "--auto-approve", "stream/manifests"]), 4);
	assert.equal(lines(["import", "--out", "stream/imported"]), 0);
	assert.equal(lines(["restore", "--from", "stream/imported"]), 0);
	assert.equal(lines(["apply", "--auto-approve", "--allow-remove", "1", "stream/manifests"]),
		0);
	assert.equal(lines(["drift", "--base", "stream/imported"]), 2);
	assert.equal(lines(["plan", "stream/nowhere"]), 1);
	assert.deepEqual([...types].sort(), ["apply_complete", "apply_left", "apply_progress",
		"apply_start", "change_summary", "diagnostic", "end", "log",
		"planned_change", "resource_drift", "version"]);
});

test("reports of manifests, of a snapshot, of both", () => {
	const folder = join(root, "tests/data/report");
	const manifests = join(folder, "manifests");
	writ(["snapshot", "--live", join(folder, "live.yaml"), "--out", "seen"]);
	for (const args of [[manifests], ["--base", join(folder, "live.yaml"), manifests],
		["seen"]]) {
		const run = writ(["report", "--format", "json", ...args]);
		assert.equal(run.status, 0, run.stderr);
		const report = JSON.parse(run.stdout);
		assert.ok(report.grants.length >= 8);
		described("report", report, args.join(" "));
		for (const key of Object.keys(report)) assert.ok(!accepts("report",
			{ ...report, [key]: 1 }), key);
		for (const key of Object.keys(report.grants[0])) {
			const { [key]: gone, ...rest } = report.grants[0];
			assert.ok(!accepts("report", { ...report, grants: [rest] }),
				`without ${key}`);
		}
	}
});

// ---- one change at a time ----

// As our reader types scalars: true, false and whole numbers where a schema wants them, text
// everywhere else.
function typed(value, key) {
	if (Array.isArray(value)) return value.map((item) => typed(item, key));
	if (value && typeof value === "object") return Object.fromEntries(Object.entries(value)
		.map(([k, v]) => [k, typed(v, k)]));
	if (["protect", "allowLocalEndpoints", "commit"].includes(key) &&
		/^(true|false)$/.test(value)) return value === "true";
	if (["maxRemovals", "maxAdminGrants", "minHolders", "connections", "maxWait",
		"fd"].includes(key) && /^\d+$/.test(value)) return Number(value);
	return value;
}

function documents(file) {
	return YAML.parseAllDocuments(readFileSync(file, "utf8"), { schema: "failsafe" }).map((d) =>
		typed(d.toJS())).filter(Boolean);
}

// What may stand in place of a value. A number or truth value where a text is due is left out: to
// our reader it is that text.
function replacements(value) {
	const shapes = [{}, [], "", "nonsense", " x", "_x", "A b", "x".repeat(251), ["nonsense"],
		[{}], [[]], { nonsense: "x" }];
	if (typeof value === "number") return [...shapes, -1, 2 ** 31, 1.5, true, "3", 0, 7];
	if (typeof value === "boolean") return [...shapes, 1, !value, "yes", "true"];
	return shapes;
}

// Every document that differs from this one in one place.
function* changed(value, rebuild) {
	for (const other of replacements(value)) yield rebuild(other);
	if (Array.isArray(value)) {
		for (const extra of ["nonsense", "", {}, [], ...value.slice(0, 1)]) yield rebuild(
			[...value, extra]);
		for (let i = 0; i < value.length; i++) {
			yield rebuild(value.toSpliced ? value.toSpliced(i,
				1) : value.filter((_, k) => k !== i));
			yield* changed(value[i],
				(item) => rebuild(value.map((old, k) => (k === i ? item : old))));
		}
	} else if (value && typeof value === "object") {
		for (const key of ["nonsense", "role", "product", "profile", "group", "user",
			"account", "members", "unlisted", "status"])
			if (!(key in value)) yield rebuild({ ...value, [key]: "nonsense" });
		for (const key of Object.keys(value)) {
			const { [key]: old, ...rest } = value;
			yield rebuild(rest);
			yield rebuild({ ...rest, [`${key}x`]: old });
			yield* changed(old, (item) => rebuild({ ...value, [key]: item }));
		}
	}
}

// Documents that use every field of their kind.
const head = (kind, spec, rest = {}) => ({ apiVersion: "writ/v1", kind,
	metadata: { name: "a", labels: { x: "y" } }, spec, ...rest });
const words = { reason: "r", ticket: "t", expires: "2027-03-31" };
const full = [
	head("Organization", { provider: "adobe", orgId: "x", unlisted: "keep",
		enterpriseStorage: [{ product: "P" }, { product: "P", profile: "Q" }],
		guards: { maxRemovals: 5, maxRemovalDelta: "25%", maxAdminGrants: 2,
			minHolders: 1 } },
		{ status: { products: [{ product: "P", profile: "Q" }], users: ["a@b.example"],
			groups: ["G"] } }),
	head("AccessBundle",
		{ adminRoles: ["storage-administrator", { role: "developer", product: "P",
		profile: "Q", ...words }, { role: "user-group-administrator", group: "G" },
		{ role: "product-administrator", product: "P" }],
			products: [{ product: "P", profile: "Q", ...words }] }, { status: {} }),
	{ ...head("TechnicalAccount", { description: "d", owner: "o", project: "p", credential: "c",
		apis: ["x"], bundles: ["b"], adminRoles: ["support-administrator"],
		products: [{ product: "P", profile: "Q" }], unlisted: "report", protect: true,
			state: "present" }, { status: { id: "i", email: "a@b.example" } }),
	metadata: { name: "a", labels: {}, previously: ["b"] } },
	head("TechnicalAccount", { state: "absent", protect: false, adminRoles: [], products: [],
		bundles: [] }),
	head("AdminRole", { role: "product-profile-administrator", product: "P", profile: "Q",
		members: ["a", { user: "a@b.example", ...words }, { group: "G" }, { account: "a" }],
		unlisted: "remove" }),
	head("AdminRole", { role: "user-group-administrator", group: "G", members: [] }),
	head("ProductAssignment",
		{ product: "P", profile: "Q", members: ["a", { user: "a@b.example" },
		{ group: "G", ...words }], unlisted: "keep" }),
];

// Ids of what one document alone can be blamed for; E0107 and the like are about YAML, E05xx about
// several documents.
const structural = /^E04|^E050[56]$/;

test("every one-step change of a document gets the same verdict from a public validator and from writ", () => {
	const folder = join(work, "changes");
	const texts = new Set();
	const examples = [...files(join(root, "examples"), /[.]yaml$/)].flatMap(documents);
	for (const document of [...full, ...examples]) texts.add(JSON.stringify(document));
	for (const text of [...texts].slice(0, full.length + 16)) for (
		const other of changed(JSON.parse(text), (v) => v)) texts.add(
		JSON.stringify(other));
	mkdirSync(folder);
	const all = [...texts];
	all.forEach((text, i) => writeFileSync(join(folder, `${i}.json`), text));
	const run = writ(["validate", "--format", "json", "changes"]);
	const refused = new Map();
	for (const d of JSON.parse(run.stdout).diagnostics) {
		const file = /^changes\/(\d+)\.json$/.exec(d.range.filename);
		if (file && d.severity === "error" && structural.test(d.id)) refused.set(
			Number(file[1]), d);
	}
	const differ = [];
	const verdicts = [0, 0];
	all.forEach((text, i) => {
		const document = JSON.parse(text);
		const known = document && typeof document === "object" &&
			!Array.isArray(document) && ["Organization", "AccessBundle",
			"TechnicalAccount", "AdminRole",
			"ProductAssignment"].includes(document.kind);
		const theirs = known && accepts(document.kind, document);
		verdicts[Number(theirs)]++;
		if (known && theirs !== !refused.has(i)) differ.push(
			`ajv ${theirs}, writ ${refused.get(i)?.summary ?? "accepts"}: ${text}`);
	});
	assert.equal(differ.length, 0,
		`${differ.length} of ${all.length}:\n${differ.slice(0, 12).join("\n")}`);
	assert.ok(all.length > 5000 && verdicts[1] > 500,
		`${all.length} documents, ${verdicts[1]} sound`);
});

test("every one-step change of a configuration too", () => {
	const [document] = documents(join(root, "tests/data/config/full.yaml"));
	const texts = new Set([JSON.stringify(document)]);
	for (const other of changed(document, (v) => v)) texts.add(JSON.stringify(other));
	const manifests = join(root, "tests/data/quickstart/manifests");
	const differ = [];
	let n = 0;
	for (const text of texts) {
		if (n++ % 10) continue; // a run of writ for each: a sample of them
		writeFileSync(join(work, "config.json"), text, { mode: 0o600 });
		const run = writ(["validate", "--config", "config.json", manifests]);
		if (/\[E0806\]/.test(run.stderr)) continue;
		const theirs = accepts("Configuration", JSON.parse(text));
		if (theirs !== (run.status === 0)) differ.push(
			`ajv ${theirs}, writ ${run.stderr}: ${text}`);
	}
	assert.equal(differ.length, 0,
		`${differ.length} of ${n}:\n${differ.slice(0, 8).join("\n")}`);
	assert.ok(n > 500, `${n} configurations`);
});
