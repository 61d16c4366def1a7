// SPDX-License-Identifier: Apache-2.0
// Adobe's own Developer Console client and writ over one organisation: each sees what the other
// made.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import test from "node:test";
import { Emulator } from "./emulator.mjs";

process.env.LOG_LEVEL = "error"; // the client logs tokens at debug
const require = createRequire(import.meta.url);
const console_ = require("@adobe/aio-lib-console");
const ORG = "0123456789ABCDEF01234567@AdobeOrg";

function configuration(url) {
	return `apiVersion: writ/v1
kind: Configuration
organizations:
  - name: acme
    orgId: ${ORG}
    allowLocalEndpoints: true
    endpoints:
      ims: "${url}"
      console: "${url}"
      userManagement: "${url}/v2/usermanagement"
      storage: "${url}/v1"
    user: {clientId: aio-cli-console-auth, token: {file: token}}
`;
}

const manifest = `apiVersion: writ/v1
kind: Organization
metadata: {name: acme}
spec: {provider: adobe, orgId: ${ORG}}
---
apiVersion: writ/v1
kind: TechnicalAccount
metadata: {name: writ-made}
spec:
  project: Writ Made
  description: by writ
  apis: [AdobeExpressSDK]
  products: [{product: Adobe Express, profile: Beta}]
---
apiVersion: writ/v1
kind: TechnicalAccount
metadata: {name: adobe-made}
spec: {project: Adobe Made, description: by their client, apis: [], products: []}
`;

function writ(emulator, ...args) {
	const result = spawnSync(process.env.WRIT, args, {
		cwd: emulator.folder,
		encoding: "utf8",
		env: { ...process.env, WRIT_CONFIG: join(emulator.folder, "config.yaml"),
			XDG_STATE_HOME: join(emulator.folder, "state") },
	});
	return { status: result.status, out: result.stdout + result.stderr };
}

test("writ and @adobe/aio-lib-console see each other's work", async (t) => {
	const emulator = await Emulator.start();
	t.after(async () => assert.equal(await emulator.stop(), 0));
	const token = await emulator.userToken();
	const client = await console_.init(token, "aio-cli-console-auth", "prod");
	const original = client.sdk.userFetch;
	client.sdk.userFetch = (url, options) => original(url.replace("https://developers.adobe.io",
		emulator.url), options);
	writeFileSync(join(emulator.folder, "token"), token, { mode: 0o600 });
	writeFileSync(join(emulator.folder, "config.yaml"), configuration(emulator.url),
		{ mode: 0o600 });
	writeFileSync(join(emulator.folder, "wanted.yaml"), manifest);
	const org = (await client.getOrganizations()).body[0].id;

	await t.test("a credential made by Adobe's client is seen by writ", async () => {
		const made = (await client.createProject(org,
			{ name: "adobemade", title: "Adobe Made", description: "x",
			type: "default" })).body;
		await client.createOAuthServerToServerCredential(org, made.projectId,
			made.workspaceId, "adobe-made", "by their client");
		const plan = writ(emulator, "plan", "wanted.yaml");
		assert.equal(plan.status, 0, plan.out);
		assert.match(plan.out, /writ-made\n\s+\+ technical account/);
		assert.doesNotMatch(plan.out, /adobe-made\n\s+\+ technical account/);
	});

	await t.test("what writ applies is seen by Adobe's client", async () => {
		const apply = writ(emulator, "apply", "--auto-approve", "wanted.yaml");
		assert.equal(apply.status, 0, apply.out);
		const project = (await client.getProjectsForOrg(org)).body.find((p) =>
			p.title === "Writ Made");
		assert.ok(project, "the project");
		const workspace = (await client.getWorkspacesForProject(org, project.id)).body[0];
		const credential = (await client.getCredentials(org, project.id,
			workspace.id)).body[0];
		assert.equal(credential.integration_name, "writ-made");
		assert.equal(credential.integration_type, "oauth_server_to_server");
		const detail = (await client.getIntegration(org, credential.id_integration)).body;
		assert.equal(detail.description, "by writ");
		assert.deepEqual(detail.sdkList, ["AdobeExpressSDK"]);
		assert.deepEqual(detail.serviceProperties[0].licenseConfigs.map((l) => l.name),
			["Beta"]);
	});

	await t.test("what Adobe's client changes is seen by writ, and then nothing is left",
		async () => {
		assert.equal(writ(emulator, "plan", "--detailed-exitcode", "wanted.yaml").status,
			0);
		const project = (await client.getProjectsForOrg(org)).body.find((p) =>
			p.title === "Writ Made");
		const workspace = (await client.getWorkspacesForProject(org, project.id)).body[0];
		const credential = (await client.getCredentials(org, project.id,
			workspace.id)).body[0];
		await client.deleteCredential(org, project.id, workspace.id, "entp",
			credential.id_integration);
		const plan = writ(emulator, "plan", "--detailed-exitcode", "wanted.yaml");
		assert.equal(plan.status, 2, plan.out);
		assert.match(plan.out, /writ-made\n\s+\+ technical account/);
		const apply = writ(emulator, "apply", "--auto-approve", "wanted.yaml");
		assert.equal(apply.status, 0, apply.out);
		assert.equal(writ(emulator, "plan", "--detailed-exitcode", "wanted.yaml").status,
			0);
	});
});
