// SPDX-License-Identifier: Apache-2.0
// Adobe's own Developer Console client, unchanged, against the emulator. Its host cannot be
// configured, so it is led there in the two ways that need no certificate: (A) its fetch is
// replaced by one that rewrites the host, (B) plain HTTP through a proxy.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";
import { Emulator } from "./emulator.mjs";

process.env.LOG_LEVEL = "error"; // it logs tokens at debug
const require = createRequire(import.meta.url);
const console_ = require("@adobe/aio-lib-console");
const shippedSpec = require("@adobe/aio-lib-console/spec/api.json");

async function wayA(emulator, token) {
	const client = await console_.init(token, "aio-cli-console-auth", "prod");
	const original = client.sdk.userFetch;
	client.sdk.userFetch = (url, options) => original(url.replace("https://developers.adobe.io",
		emulator.url), options);
	return client;
}

async function wayB(emulator, token) {
	process.env.http_proxy = emulator.url;
	const spec = { ...structuredClone(shippedSpec),
		servers: [{ url: "http://developers.adobe.io/" }] };
	return console_.init(token, "aio-cli-console-auth", "prod", spec);
}

async function refused(status, promise) {
	await assert.rejects(promise, (error) => {
		assert.match(error.message, new RegExp(`${status} - `), error.message);
		return true;
	});
}

for (const [way, connect] of [["A", wayA], ["B", wayB]]) {
	test(`@adobe/aio-lib-console, way ${way}`, async (t) => {
		const emulator = await Emulator.start();
		t.after(async () => {
			delete process.env.http_proxy;
			assert.equal(await emulator.stop(), 0);
		});
		const client = await connect(emulator, await emulator.userToken());
		let org, project, workspace, credential;

		await t.test("organisations, terms, people", async () => {
			const { body } = await client.getOrganizations();
			assert.equal(body[0].code, "0123456789ABCDEF01234567@AdobeOrg");
			assert.equal(body[0].role, "ADMIN");
			org = body[0].id;
			assert.deepEqual((await client.checkOrgDevTerms(org)).body,
				{ accepted: true, current: true });
			assert.equal((await client.acceptOrgDevTerms(org)).body.accepted, true);
			assert.ok((await client.getDevTerms()).body.tc.length > 0);
		});

		await t.test("the catalogue", async () => {
			const services = (await client.getServicesForOrg(org)).body;
			const storage = services.find((s) =>
				s.name === "Adobe Cloud Storage and Collaboration API" &&
				s.type === "entp");
			assert.equal(storage.properties.licenseConfigs[0].name, "Storage");
			assert.ok(services.some((s) => s.code === storage.code &&
				s.type === "adobeid"), "one code, two types");
			const some = (await client.getServicesForOrg(org, ["UserMgmtSDK"])).body;
			assert.deepEqual(some.map((s) => s.code), ["UserMgmtSDK"]);
			const v2 =
				(await client.getServicesForOrgV2(
				"0123456789ABCDEF01234567@AdobeOrg")).body;
			assert.equal(v2.services.length, services.length);
		});

		await t.test("projects: list, create, read, edit", async () => {
			const before = (await client.getProjectsForOrg(org)).body;
			assert.deepEqual(before.map((p) => p.title), ["Asset Archiver"]);
			const made = await client.createProject(org, {
				name: "adobemade", title: "  Adobe Made  ",
					description: "by their client", type: "default",
					who_created: "x",
			});
			assert.equal(made.status, 201);
			assert.equal(made.statusText, "Created");
			project = made.body.projectId;
			assert.match(project, /^\d{19}$/);
			const read = (await client.getProject(org, project)).body;
			assert.equal(read.title, "Adobe Made");
			assert.equal(read.enabled, 1);
			const edited = (await client.editProject(org, project,
				{ name: "adobemade", title: "Edited Title",
				description: "new" })).body;
			assert.equal(edited.id, project);
			assert.equal(edited.title, "Edited Title");
			const answer = await client.createProject(org,
				{ name: "bad-name", title: "x", type: "default" }).catch((e) => e);
			assert.match(answer.message, /400 - .*only alphanumeric/);
		});

		await t.test("workspaces: one of a default project", async () => {
			const list = (await client.getWorkspacesForProject(org, project)).body;
			assert.deepEqual(list.map((w) => w.name), ["Production"]);
			workspace = list[0].id;
			assert.equal((await client.getWorkspace(org, project, workspace)).body.id,
				workspace);
			await refused(400, client.createWorkspace(org, project, { name: "Stage" }));
			assert.equal((await client.getProjectForWorkspace(org,
				workspace)).body.projectId, project);
		});

		await t.test("a credential and its technical account", async () => {
			const made = (await client.createOAuthServerToServerCredential(org, project,
				workspace, "adobe-made", "by their client")).body;
			credential = made.id;
			assert.match(made.apiKey, /^[0-9a-f]{32}$/);
			await refused(409, client.createOAuthServerToServerCredential(org, project,
				workspace, "adobe-made", "again"));
			const list = (await client.getCredentials(org, project, workspace)).body;
			assert.deepEqual(list.map((c) => [c.id_integration, c.flow_type,
				c.integration_type]), [
				[credential, "entp", "oauth_server_to_server"],
			]);
			const detail = (await client.getIntegration(org, credential)).body;
			assert.match(detail.technicalAccountEmail,
				/^[0-9a-f-]{36}@techacct\.adobe\.com$/);
			assert.match(detail.technicalAccountId,
				/^[0-9A-F]{24}@techacct\.adobe\.com$/);
			assert.equal((await client.getWorkspaceForCredential(org,
				credential)).body.workspaceId, workspace);
			assert.equal((await client.getIntegrationsForOrg(org)).body.total, 2);
		});

		await t.test("subscribe, read back", async () => {
			const services = (await client.getServicesForOrg(org)).body;
			const row = services.find((s) => s.code === "AdobeExpressSDK" &&
				s.type === "entp");
			const item = (code, licenceConfigs) => ({ sdkCode: code,
				licenseConfigs: licenceConfigs ?? null, roles: null });
			const beta = row.properties.licenseConfigs.find((l) => l.name === "Beta");
			const chosen = [{ op: "add", id: beta.id, productId: beta.productId }];
			const body = (await client.subscribeCredentialToServices(org, project,
				workspace, "oauth_server_to_server", credential, [
				item("AdobeExpressSDK", chosen), item("AdobeIOManagementAPISDK"),
			])).body;
			assert.deepEqual(body,
				{ sdkList: ["AdobeExpressSDK", "AdobeIOManagementAPISDK"] });
			const refusal =
				(await client.subscribeOAuthServerToServerIntegrationToServices(org,
				credential, [
				item("AdobeIOManagementAPISDK"), item("AdobeExpressSDK", []),
			])).body;
			assert.deepEqual(refusal.error, ["AdobeExpressSDK"],
				"a refusal inside a 200");
			const properties = (await client.getSDKProperties(org, credential,
				"AdobeExpressSDK")).body;
			assert.deepEqual(properties.licenseConfigs.filter((l) => l.selected)
				.map((l) => l.name), ["Beta"]);
			const detail = (await client.getIntegration(org, credential)).body;
			assert.deepEqual(detail.sdkList,
				["AdobeExpressSDK", "AdobeIOManagementAPISDK"]);
			await refused(400,
				client.subscribeOAuthServerToServerIntegrationToServices(org,
				credential, [item("NoSuchSDK")]));
		});

		await t.test("create with services, project and workspace included", async () => {
			const { body } = await client.createOauthS2SCredentialIntegration(org, {
				name: "whole-thing", description: "x",
					services: [{ sdkCode: "CloudStorageCollabSDK",
					licenseConfigs: null, roles: null }],
			});
			assert.deepEqual(body.subscriptionResult,
				{ sdkList: ["CloudStorageCollabSDK"] });
			const properties = (await client.getSDKProperties(org, body.id,
				"CloudStorageCollabSDK")).body;
			assert.equal(properties.licenseConfigs[0].selected, true,
				"the licence comes by itself");
			await client.deleteCredentialById(org, body.projectId, body.workspaceId,
				body.id);
			await client.deleteProject(org, body.projectId);
		});

		await t.test("the download and the secrets: add, list, use, delete", async () => {
			const details = (await client.downloadWorkspaceJson(org, project,
				workspace)).body.project.workspace.details;
			const s2s = details.credentials[0].oauth_server_to_server;
			assert.equal(s2s.client_secrets.length, 1);
			assert.ok(s2s.scopes.includes("manage_client_secrets"));
			const plain = (await client.getIntegrationSecrets(org, credential)).body;
			assert.equal(plain.client_secrets[0].client_secret, s2s.client_secrets[0]);
			const call = (method, tail, more) => client.sdk.apis.Organizations[
				`${method}_console_organizations__orgId__credentials__credentialId__secrets${tail}`](
				{ "x-api-key": "aio-cli-console-auth", Authorization: "placeholder",
					orgId: org, credentialId: credential, ...more }, {});
			const added = (await call("post", "")).body;
			assert.notEqual(added.client_secret, s2s.client_secrets[0]);
			await assert.rejects(call("post", ""), "a third secret");
			const list = (await call("get", "")).body.client_secrets;
			assert.equal(list.length, 2);
			assert.ok(list.every((s) => !("client_secret" in s)));
			const old = list.find((s) => s.uuid !== added.uuid);
			await call("delete", "__secretId_", { secretId: old.uuid });
			const after = (await client.downloadWorkspaceJson(org, project,
				workspace)).body.project.workspace.details;
			assert.deepEqual(after.credentials[0].oauth_server_to_server.client_secrets,
				[added.client_secret]);
		});

		await t.test("writ sees what their client made", () => {
			const run = spawnSync(process.env.WRIT, ["show", emulator.live],
				{ encoding: "utf8" });
			assert.equal(run.status, 0, run.stderr);
			assert.match(run.stdout, /adobe-made/);
			const manifests = `${emulator.live}.manifests.yaml`;
			copyFileSync(emulator.live, manifests);
			const plan = spawnSync(process.env.WRIT, ["plan", "--live", emulator.live,
				"--detailed-exitcode", manifests]);
			assert.equal(plan.status, 0, String(plan.stderr));
		});

		await t.test("delete", async () => {
			await client.deleteCredentialById(org, project, workspace, credential);
			assert.deepEqual((await client.getCredentials(org, project,
				workspace)).body, []);
			await refused(404, client.getIntegration(org, credential));
			assert.equal((await client.deleteProject(org, project)).status, 200);
			assert.deepEqual((await client.getProjectsForOrg(org)).body.map((p) =>
				p.title), ["Asset Archiver"]);
		});

		await t.test("App Builder projects have more workspaces", async () => {
			const made = (await client.createProject(org,
				{ name: "builder", title: "Builder", type: "jaeger" })).body;
			const stage = (await client.createWorkspace(org, made.projectId,
				{ name: "Stage", title: "Stage" })).body;
			assert.equal((await client.editWorkspace(org, made.projectId,
				stage.workspaceId, { name: "Stage2" })).body.name, "Stage2");
			await client.deleteWorkspace(org, made.projectId, stage.workspaceId);
			await client.deleteProject(org, made.projectId);
		});

		await t.test("a 5xx arrives four times, for their client retries every method",
			async () => {
			await emulator.control("POST", "reset", {});
			await emulator.control("POST", "faults", { kind: "status", status: 503,
				count: 0, method: "POST", path: "*/projects" });
			await refused(503, client.createProject(org,
				{ name: "never", title: "Never", type: "default" }));
			const asked = (await emulator.control("GET", "requests")).filter((r) =>
				r.method === "POST");
			assert.equal(asked.length, 4);
			assert.deepEqual(await emulator.changes(), []);
		});
	});
}
