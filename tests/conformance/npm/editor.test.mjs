// SPDX-License-Identifier: Apache-2.0
// What `writ init` writes, in the language server that editors use for YAML; and the Containerfile,
// read by a linter.
import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { after } from "node:test";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const work = mkdtempSync(join(tmpdir(), "writ-editor-"));
after(() => rmSync(work, { recursive: true }));

// Where a package is; undefined where `make npm` did not install it yet.
function folder(name) {
	try {
		return dirname(require.resolve(`${name}/package.json`));
	} catch {
		return undefined;
	}
}

function init(...args) {
	const run = spawnSync(process.env.WRIT, ["init", ...args], { encoding: "utf8", cwd: work,
		timeout: 10000 });
	assert.equal(run.status, 0, run.stderr);
}

// What the server says of each file, as [line, message].
function findings(files, server) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [join(server, "bin/yaml-language-server"),
			"--stdio"]);
		const found = new Map();
		let rest = Buffer.alloc(0);
		const late = setTimeout(() => child.kill(), 60000);
		const send = (message) => {
			const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
			child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
			child.stdin.write(body);
		};
		const answer = (m) => {
			if (m.method && m.id !== undefined)
				send({ id: m.id, result: m.method === "workspace/configuration"
					? m.params.items.map(() => ({ validate: true })) : null });
			if (m.id === 1 && m.result) {
				send({ method: "initialized", params: {} });
				send({ method: "workspace/didChangeConfiguration",
					params: { settings: { yaml: { validate: true } } } });
				for (const file of files)
					send({ method: "textDocument/didOpen",
						params: { textDocument: {
						uri: pathToFileURL(file).href, languageId: "yaml",
							version: 1, text: readFileSync(file,
							"utf8") } } });
			}
			if (m.method === "textDocument/publishDiagnostics")
				found.set(m.params.uri,
					m.params.diagnostics.map((d) => [d.range.start.line + 1,
					d.message]));
			if (found.size === files.length)
				child.kill();
		};
		child.stdout.on("data", (data) => {
			rest = Buffer.concat([rest, data]);
			for (let head; (head =
				/^Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(
				rest.toString("latin1"))); ) {
				const end = head[0].length + Number(head[1]);
				if (rest.length < end)
					break;
				answer(JSON.parse(rest.subarray(head[0].length, end)));
				rest = rest.subarray(end);
			}
		});
		child.on("error", reject);
		send({ id: 1, method: "initialize", params: { processId: process.pid,
			rootUri: pathToFileURL(work).href,
			capabilities: { workspace: { configuration: true } } } });
		child.on("close", () => {
			clearTimeout(late);
			resolve(files.map((file) => found.get(pathToFileURL(file).href)));
		});
	});
}

test("an editor knows what init writes, and what is mistyped in it", async (t) => {
	const server = folder("yaml-language-server");
	if (!server)
		return t.skip("make npm did not install yaml-language-server");
	init("file");
	init("--adobe", "adobe");
	const good = ["file/manifests/organization.yaml", "file/manifests/bundles/reader.yaml",
		"file/manifests/accounts/my-first-account.yaml",
		"adobe/manifests/organization.yaml", "adobe/.writ/config.yaml"].map((name) =>
			join(work, name));
	const bad = [join(work, "file/manifests/accounts/mistyped.yaml"),
		join(work, "adobe/manifests/mistyped.yaml")];
	writeFileSync(bad[0], readFileSync(good[2]));
	appendFileSync(bad[0], "  onwer: x\n");
	writeFileSync(bad[1], readFileSync(good[3], "utf8").replace("unlisted: report",
		"unlisted: reprot"));
	const said = await findings([...good, ...bad], server);
	good.forEach((file, i) => assert.deepEqual(said[i], [], file));
	assert.match(said[5][0][1], /onwer/);
	assert.match(said[6][0][1], /"keep", "report", "remove"/);
});

test("a linter has nothing to say of the Containerfile", (t) => {
	const linter = folder("dockerfilelint");
	if (!linter)
		return t.skip("make npm did not install dockerfilelint");
	const file = join(work, "Dockerfile");
	writeFileSync(file, readFileSync(join(process.env.WRIT_ROOT, ".package/Containerfile")));
	const run = spawnSync(process.execPath, [join(linter, "bin/dockerfilelint"), "-o", "json",
		file], { encoding: "utf8", timeout: 30000 });
	assert.equal(JSON.parse(run.stdout).totalIssues, 0, run.stdout);
	writeFileSync(file, "FROM debian\nRUN sudo true\n");
	const again = spawnSync(process.execPath, [join(linter, "bin/dockerfilelint"), "-o", "json",
		file], { encoding: "utf8", timeout: 30000 });
	assert.ok(JSON.parse(again.stdout).totalIssues > 0);
});
