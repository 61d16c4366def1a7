// SPDX-License-Identifier: Apache-2.0
// What `writ apply --format json` prints, of runs that end in every way: one document, nothing
// behind it, each member of it in the schema, and each of the schema's printed by some run.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";

import { Emulator } from "./emulator.mjs";

const require = createRequire(import.meta.url);
const Ajv = require("ajv/dist/2020");
const root = process.env.WRIT_ROOT;
const ORG = "0123456789ABCDEF01234567@AdobeOrg";
const results = [];
let work;
let emulator;

before(() => {
	work = mkdtempSync(join(tmpdir(), "writ-result-"));
});
after(async () => {
	if (emulator) await emulator.stop();
	rmSync(work, { recursive: true });
});

const at = (name) => join(work, name);

function run(args, more = {}) {
	const env = { ...process.env, XDG_STATE_HOME: at("state"), HOME: work, WRIT_ACTOR: "ann",
		GIT_CONFIG_NOSYSTEM: "1", GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@example.com",
		GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@example.com", ...more };
	return spawnSync(process.env.WRIT, args, { encoding: "utf8", timeout: 60000, cwd: work,
		env });
}

// An apply that must end with `status`; its result, which is kept.
function apply(status, ...args) {
	const ended = run(["apply", "--format", "json", ...args]);
	assert.equal(ended.status, status, `${args.join(" ")}\n${ended.stdout}${ended.stderr}`);
	const result = JSON.parse(ended.stdout);
	assert.equal(result.status, status);
	results.push(result);
	return result;
}

function git(...args) {
	const ended = spawnSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com",
		...args], { encoding: "utf8", cwd: work });
	assert.equal(ended.status, 0, ended.stderr);
}

// The document of the organisation, and others; each is [KIND, NAME, SPEC].
function manifests(name, organization, ...documents) {
	writeFileSync(at(name), ["apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\n" +
		`spec: {${organization}}\n`, ...documents.map(([kind, called, spec]) =>
		`apiVersion: writ/v1\nkind: ${kind}\nmetadata: {name: ${called}}\nspec: {${spec}}\n`)]
		.join("---\n"));
}

const count = (result, fate) => result.changes.filter((c) => c.fate === fate).length;

function agrees(result) {
	const named = { not_tried: "not tried", done: "done", failed: "failed", unknown: "unknown",
		manual: "manual", withheld: "withheld", not_seen: "not seen yet" };
	for (const [key, fate] of Object.entries(named)) assert.equal(result.summary[key],
		count(result, fate), key);
}

test("files: withheld for consent, stopped, gone on with, and nothing to go on with", () => {
	cpSync(join(root, "tests/data/quickstart/manifests"), at("manifests"), { recursive: true });
	mkdirSync(at("live"));
	cpSync(join(root, "tests/data/quickstart/live.yaml"), at("live/live.yaml"));
	const consent = ["--live", "live", "--auto-approve", "--allow-remove", "1"];
	writeFileSync(at("live/notes.txt"), "");
	const stopped = apply(5, ...consent, "manifests");
	assert.match(stopped.resume, /^writ apply --resume /);
	assert.ok(stopped.summary.unknown && stopped.error);
	rmSync(at("live/notes.txt"));
	const resumed = apply(0, "--live", "live", "--auto-approve", "--resume");
	assert.equal(resumed.run, stopped.run);
	assert.equal(resumed.plan, stopped.plan);
	const none = apply(0, "--live", "live", "--auto-approve", "--resume");
	assert.deepEqual([none.plan, none.plan_file, none.run, none.ledger, none.changes],
		[null, null, null, null, []]);
});

test("files: a snapshot that is committed and pushed, and one that is not", () => {
	const live = "live.yaml";
	cpSync(join(root, "tests/data/quickstart/live.yaml"), at(live));
	git("init", "-q", "-b", "main", "repository");
	git("init", "-q", "--bare", "remote.git");
	git("-C", "repository", "remote", "add", "origin", "../remote.git");
	git("-C", "repository", "commit", "-q", "--allow-empty", "-m", "begin");
	const record = ["--live", live, "--auto-approve", "--config", "recording.yaml"];
	writeFileSync(at("recording.yaml"), "apiVersion: writ/v1\nkind: Configuration\n" +
		`organizations: [{name: acme, orgId: ${ORG}, snapshot: {repository: repository, ` +
		"folder: snapshots, commit: true, push: origin}}]\n",
	{ mode: 0o600 });
	const withheld = apply(4, ...record, "manifests");
	assert.equal(withheld.record.pushed, "origin");
	assert.equal(withheld.record.changed, true);
	assert.ok(withheld.record.commits.length && withheld.record.serial >= 1);
	assert.ok(withheld.changes.every((c) => c.fate !== "withheld" || c.withheld === "consent"));
	assert.ok(withheld.guards.some((g) => g.verdict === "withheld" && g.flag));
	writeFileSync(at("remote.git/hooks/pre-receive"), "#!/bin/sh\necho no >&2\nexit 1\n",
		{ mode: 0o755 });
	const refused = apply(8, ...record, "--allow-remove", "1", "manifests");
	assert.ok(refused.guards.some((g) => g.verdict === "allowed"));
	assert.match(refused.record.error,
		/: no \[remote rejected\] \(pre-receive hook declined\)$/);
	assert.equal(refused.record.pushed, null);
});

test("files: what a role's last holders, and who replaces somebody, withhold", () => {
	const system = (...users) => ["AdminRole", "system", "role: system-administrator, " +
		`unlisted: remove, members: [${users.map((user) =>
			`{user: ${user}@example.com}`).join(", ")}]`];
	const owner = (name) => ["TechnicalAccount", "a", `owner: ${name}`];
	const profile = (user) => ["ProductAssignment", "p",
		"product: P, profile: A, unlisted: remove, " +
		`members: [{user: ${user}@example.com}]`];
	manifests("holders.yaml", "provider: file", system("jane", "joe"), profile("jane"),
		owner("x"));
	manifests("fewer.yaml", "provider: file", system("jane"), profile("nobody"),
		owner("y"));
	const live = spawnSync("sed", ["1,/^---/s/^---/status: {users: [jane@example.com, " +
		"joe@example.com]}\\n---/", at("holders.yaml")], { encoding: "utf8" });
	writeFileSync(at("holders-live.yaml"), live.stdout);
	const held = apply(4, "--live", "holders-live.yaml", "--auto-approve",
		"--allow-remove", "2", "fewer.yaml");
	assert.deepEqual(held.changes.map((c) => c.withheld ?? `${c.action} ${c.fate}`).sort(),
		["minHolders", "replacement", "update done"]);
	assert.equal(held.summary.blocked, 1);
});

// The operator's configuration for the emulator, with the seeded account as writ's own.
async function operator(...lines) {
	const state = await emulator.control("GET", "state");
	const [own] = state.credentials.filter((c) => c.account === "asset-archiver");
	const secret = (name, text) => writeFileSync(at(name), text, { mode: 0o600 });
	secret("token", await emulator.userToken());
	secret("secret", own.secrets[0].secret);
	mkdirSync(at("sink"), { mode: 0o700, recursive: true });
	secret("config.yaml", ["apiVersion: writ/v1", "kind: Configuration", "organizations:",
		"  - name: acme", ...[`orgId: ${ORG}`, "allowLocalEndpoints: true",
			`endpoints: {ims: "${emulator.url}", console: "${emulator.url}", ` +
			`userManagement: "${emulator.url}/v2/usermanagement", ` +
			`storage: "${emulator.url}/v1"}`,
			`server: {clientId: ${own.clientId}, clientSecret: {file: secret}}`,
			"user: {clientId: aio-cli-console-auth, token: {file: token}}",
			"secretSink: {directory: sink}", ...lines].map((line) => `    ${line}`), ""]
		.join("\n"));
}

const service = (name, ...documents) =>
	manifests(name, `provider: adobe, orgId: ${ORG}`, ...documents);
const archiver = (spec) => ["TechnicalAccount", "asset-archiver",
	`project: Asset Archiver, ${spec}`];
const configured = ["--config", "config.yaml", "--auto-approve"];

test("a service: by hand, and as attested", async () => {
	emulator = await Emulator.start();
	await operator("policy: {minHolders: 0}");
	service("hand.yaml", archiver("adminRoles: [storage-administrator]"));
	const consent = [...configured, "--allow-admin-grants", "9"];
	const hand = apply(6, ...consent, "hand.yaml");
	const [step] = hand.changes;
	assert.ok(step.fate === "manual" && step.steps.length && step.email && !step.attested);
	const said = run(["apply", "--config", "config.yaml", "--attest", step.address, "--why",
		"done, OPS-7", "hand.yaml"]);
	assert.equal(said.status, 0, said.stderr);
	const attested = apply(0, ...consent, "hand.yaml");
	assert.equal(attested.changes[0].fate, "manual");
	assert.deepEqual([attested.changes[0].attested.by, attested.changes[0].attested.why],
		["ann", "done, OPS-7"]);
});

test("a service: what it refuses", async () => {
	await emulator.control("POST", "faults", { method: "POST",
		path: "/v2/usermanagement/action/*", kind: "status", status: 403 });
	service("refused.yaml", ["ProductAssignment", "fonts", "product: Adobe Fonts, " +
		"profile: All Fonts, members: [{user: kim@example.com}]"]);
	const refused = apply(5, ...configured, "refused.yaml");
	assert.equal(count(refused, "failed"), 1);
	assert.ok(refused.changes[0].message);
	await emulator.control("DELETE", "faults");
});

test("a service: what writ itself needs, and what carries a profile", async () => {
	service("own.yaml", archiver("apis: [Adobe Cloud Storage and Collaboration API, " +
		"I/O Management API, Adobe Admin APIs - Storage Management], unlisted: remove"));
	const own = apply(4, ...configured, "--allow-remove", "100%", "own.yaml");
	assert.ok(own.changes.some((c) => c.withheld === "own"), JSON.stringify(own.changes));
	service("carrier.yaml", archiver("apis: [User Management API, I/O Management API, " +
		"Adobe Admin APIs - Storage Management], unlisted: remove"));
	const carrier = apply(4, ...configured, "--allow-remove", "100%", "carrier.yaml");
	assert.ok(carrier.changes.some((c) => c.withheld === "carrier"),
		JSON.stringify(carrier.changes));
});

test("a service: accepted and not seen yet, and asked for with no answer", async () => {
	await emulator.stop();
	emulator = await Emulator.start("--switch", "visibility-delay-ms=20000");
	await operator("policy: {minHolders: 0}", "patience: 1");
	const made = ["TechnicalAccount", "brand-new",
		"project: Brand New, apis: [User Management API]"];
	service("made.yaml", made);
	const consent = [...configured, "--allow-admin-grants", "9"];
	const late = apply(6, ...consent, "made.yaml");
	assert.ok(count(late, "not seen yet"));
	await emulator.stop();
	emulator = await Emulator.start();
	rmSync(at("state"), { recursive: true });
	await operator("policy: {minHolders: 0}", "patience: 1");
	await emulator.control("POST", "faults", { method: "POST",
		path: "/console/organizations/*/projects", kind: "reset", bytes: 0,
		phase: "before" });
	const unknown = apply(5, ...consent, "made.yaml");
	assert.ok(count(unknown, "unknown"));
	const again = apply(5, ...configured, "--resume");
	assert.match(again.close, /^writ ledger close /);
});

// ---- the schema ----

const schema = JSON.parse(spawnSync(process.env.WRIT, ["schema", "result"],
	{ encoding: "utf8" }).stdout);

// It allows keys that come later. With every object closed it tells a key that it forgot.
function closed(value) {
	if (Array.isArray(value)) return value.map(closed);
	if (!value || typeof value !== "object") return value;
	const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key,
		closed(item)]));
	return copy.properties ? { ...copy, additionalProperties: false } : copy;
}

// Each member that the schema has, as a path, and each value of those that are one of several.
function members(part, path, out) {
	for (const [key, item] of Object.entries(part.properties ?? {})) {
		out.push(`${path}.${key}`, ...(item.enum ?? []).map((value) =>
			`${path}.${key} = ${value}`));
		members(item, `${path}.${key}`, out);
		if (item.items) members(item.items, `${path}.${key}`, out);
	}
	return out;
}

function seen(value, path, out) {
	if (value === null || value === undefined) return out;
	out.add(path).add(`${path} = ${value}`);
	if (Array.isArray(value)) for (const item of value) seen(item, path, out);
	else if (typeof value === "object") {
		for (const [key, item] of Object.entries(value)) seen(item, `${path}.${key}`, out);
	}
	return out;
}

test("the schema has each member of the results above, and they have each of its", () => {
	const ajv = new Ajv({ strict: false, validateFormats: false });
	const [open, shut] = [ajv.compile(schema), ajv.compile(closed(schema))];
	const printed = new Set();
	for (const result of results) {
		assert.ok(shut(result), JSON.stringify([shut.errors, result]));
		agrees(result);
		seen(result, "result", printed);
		for (const key of schema.required) {
			const { [key]: gone, ...rest } = result;
			assert.ok(!open(rest), `without ${key}`);
		}
	}
	const due = members(schema, "result", []);
	assert.ok(due.length > 60);
	assert.deepEqual(due.filter((member) => !printed.has(member)), []);
});
