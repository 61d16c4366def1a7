// SPDX-License-Identifier: Apache-2.0
// Adobe's own token client, unchanged, against the emulator.
import { strict as assert } from "node:assert";
import { createRequire } from "node:module";
import test from "node:test";
import { Emulator } from "./emulator.mjs";

process.env.LOG_LEVEL = "error";
const require = createRequire(import.meta.url);
const { Ims, getTokenData } = require("@adobe/aio-lib-ims");

test("@adobe/aio-lib-ims", async (t) => {
	const emulator = await Emulator.start();
	t.after(async () => assert.equal(await emulator.stop(), 0));
	const ims = new Ims("prod");
	ims.endpoint = emulator.url;
	const { credentials } = await emulator.control("GET", "state");
	const { clientId, secrets, technicalAccountId } = credentials.find((c) =>
		c.account === "asset-archiver");
	const org = "0123456789ABCDEF01234567@AdobeOrg";
	const scopes = ["openid", "AdobeID", "read_organizations", "additional_info.roles",
		"additional_info.projectedProductContext"];
	let token;

	await t.test("client credentials, as multipart", async () => {
		const result = await ims.getAccessTokenByClientCredentials(clientId,
			secrets[0].secret, org, scopes);
		token = result.access_token.token;
		const data = getTokenData(token);
		assert.deepEqual(Object.keys(data).sort(), [
			"aa_id", "as", "client_id", "created_at", "expires_in", "id", "scope",
				"type", "user_id",
		]);
		assert.equal(data.user_id, technicalAccountId);
		assert.equal(data.expires_in, "86400000");
		assert.ok(Math.abs(result.access_token.expiry - Date.now() - 86400000) < 60000);
	});

	await t.test("refusals", async () => {
		const wrong = (secret, id, wanted) => ims.getAccessTokenByClientCredentials(id,
			secret, org, wanted);
		await assert.rejects(wrong("no", clientId, scopes),
			/invalid client_secret parameter/);
		await assert.rejects(wrong(secrets[0].secret, "0".repeat(32), scopes),
			/invalid client_id parameter/);
		await assert.rejects(wrong(secrets[0].secret, clientId, ["openid", "nothing"]),
			/invalid_scope/);
		await assert.rejects(ims.exchangeJwtToken(clientId, secrets[0].secret, "a.b.c"),
			/invalid_client/);
	});

	await t.test("profile, organisations, roles", async () => {
		const before = await ims.get("/ims/profile/v1", token);
		assert.deepEqual(before.roles, []);
		assert.equal(before.projectedProductContext[0].prodCtx.label,
			"Creative Cloud Enterprise");
		await emulator.control("POST", "give", { account: "asset-archiver",
			role: "storage-administrator" });
		const after = await ims.get("/ims/profile/v1", token);
		assert.deepEqual(after.roles.map((r) => [r.named_role, r.target_type,
			r.organization]), [["storage_admin", "TRG_ORG", org]]);
		const orgs = await ims.getOrganizations(token);
		assert.equal(`${orgs[0].orgRef.ident}@${orgs[0].orgRef.authSrc}`, org);
		const plain = await ims.getAccessTokenByClientCredentials(clientId,
			secrets[0].secret, org, ["openid"]);
		assert.ok(!("roles" in (await ims.get("/ims/profile/v1",
			plain.access_token.token))));
	});

	await t.test("validate and invalidate", async () => {
		assert.equal((await ims.validateToken(token, clientId)).valid, true);
		await ims.invalidateToken(token, clientId, secrets[0].secret);
		assert.equal((await ims.validateToken(token, clientId)).valid, false);
		await assert.rejects(ims.get("/ims/profile/v1", token), /401/);
		assert.equal((await ims.validateToken("rubbish", clientId)).valid, false);
	});
});
