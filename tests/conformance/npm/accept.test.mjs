// SPDX-License-Identifier: Apache-2.0
// Accepting drift, said a second time: manifests are applied, somebody else changes what is live,
// and all or some of that drift is accepted into the manifests. By the rules of a plan alone, what
// was accepted is then wanted as it is, all else is wanted as before, and an apply agrees to it.
// MODEL_RUNS says how many (default 40), MODEL_SEED where to begin; a failure prints its seed.
import { strict as assert } from "node:assert";
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { GROUPS, PRODUCTS, USERS, account, chance, describe, difference, document, interfere,
	isRefused, keyOf, makeHome, makeLive, makeManifests, readLive, readManifests, seed,
	split, toYaml, writ,
} from "./plan_model.mjs";

const YAML = createRequire(import.meta.url)("yaml");
const work = mkdtempSync(join(tmpdir(), "writ-accept-"));
after(() => rmSync(work, { recursive: true }));
const RUNS = Number(process.env.MODEL_RUNS ?? 40);
const SEED = Number(process.env.MODEL_SEED ?? 1);
const ALL = { remove: "100%", grants: 1000, unreplaced: true,
	flags: ["--allow-remove", "100%", "--allow-admin-grants", "1000", "--allow-unreplaced",
		"--allow-live-shrink"] };
const ARE_LIVE = ["--live", "live.yaml", "--snapshot", "snaps/acme"];

const readYaml = (file) => YAML.parseAllDocuments(readFileSync(file, "utf8")).map((d) => d.toJS());

// What a plan would do, with the accounts that are to be left out.
function wouldDo(live, m, isLeftOut, isNewlySaid) {
	const plan = difference(live, m);
	const keep = (key) => !isLeftOut(key);
	return {
		changes: [...plan.changes].map(([key, c]) => `${key} ${c.action}`).filter(keep)
			.sort(),
		unlisted: [...plan.unlisted].filter(keep)
			.filter((key) => !isNewlySaid(split(key)[1])).sort(),
		blocked: [...plan.blocked].filter(keep).sort(),
	};
}

function life(number) {
	const folder = makeHome(work, number);
	seed(number);
	const { live } = makeLive(true), manifests = makeManifests(live, false);
	Object.assign(live, { users: USERS, groups: GROUPS, products: PRODUCTS });
	writeFileSync(join(folder, "live.yaml"), toYaml(describe(live)));
	writeFileSync(join(folder, "wanted.yaml"), toYaml(manifests));
	const m = readManifests(manifests), model = difference(live, m);
	const apply = (status) => writ(folder, ["apply", ...ARE_LIVE, "--auto-approve", "--commit",
		...ALL.flags, "wanted.yaml"], status);
	const drift = () => JSON.parse(writ(folder, ["drift", ...ARE_LIVE, "--format", "json"],
		[0, 2]).stdout).drift;
	if (isRefused(m, live, model, ALL))
		return;
	apply([0, 4, 6]);
	const found = readLive(join(folder, "live.yaml"));
	const now = { ...live, pairs: found.pairs, accounts: new Map([...found.accounts]
		.map(([name, owner]) => [name, { owner, id: found.ids.get(name) }])) };
	interfere(now, 6);
	writeFileSync(join(folder, "live.yaml"), toYaml(describe(now)));

	const items = drift();
	const chosen = chance(50) ? items : items.filter(() => chance(50));
	if (!chosen.length)
		return;
	const run = writ(folder, ["drift", "accept", ...ARE_LIVE, "--commit", "--format", "json",
		...(chosen === items ? [] : chosen.map((d) => d.fingerprint)), "wanted.yaml"],
	[0, 1]);
	const outcomes = JSON.parse(run.stdout).drift;
	const outcome = new Map(outcomes.map((d) => [d.fingerprint, d.outcome]));
	const where = `seed ${number}\n${JSON.stringify(outcomes)}\n${run.stderr}`;
	assert.deepEqual([...outcome.keys()].sort(), chosen.map((d) => d.fingerprint).sort(),
		where);
	const isAccepted = (d) => outcome.get(d.fingerprint) !== "refused";
	const taken = chosen.filter(isAccepted);

	const m1 = readManifests(readYaml(join(folder, "wanted.yaml")));
	const plan = difference(now, m1);
	for (const d of taken) {
		const key = keyOf(d);
		// What manifests cannot say is not said, and is told as what is not listed.
		const isUnsaid = outcome.get(d.fingerprint) === "written" &&
			d.kind === "appeared" && plan.unlisted.has(key);
		const back = { appeared: "delete", gone: "create", changed: "update" }[d.kind];
		const isTakenBack = plan.changes.get(key)?.action === back;
		assert.ok(!isTakenBack && !isUnsaid && !plan.blocked.has(key),
			`${where}: ${key} ${d.kind} is not accepted`);
	}
	// An account that gets a document is declared with what was accepted; the rest is reported.
	const declared = [...m1.accounts.keys()].filter((name) => !m.accounts.has(name))
		.map(account);
	for (const key of plan.changes.keys()) {
		const isClaimed = key.includes(" ") && m.claims.get(split(key)[1]) === "remove";
		assert.ok(isClaimed || !declared.includes(key.split(" ")[0]), `${where}: ${key}`);
	}
	const whole = new Set([...declared, ...taken.filter((d) => !d.entitlement)
		.flatMap((d) => [keyOf(d), d.before?.name && account(d.before.name)])]);
	const pairs = new Set(taken.filter((d) => d.entitlement).map(keyOf));
	const isLeftOut = (key) => pairs.has(key.replace(/ (create|update|delete)$/, "")) ||
		whole.has(key.split(" ")[0]);
	// A new document about a role or profile reports who else holds it.
	const isNewlySaid = (what) => m1.claims.has(what) && !m.claims.has(what);
	assert.deepEqual(wouldDo(now, m1, isLeftOut, isNewlySaid),
		wouldDo(now, m, isLeftOut, isNewlySaid), where);

	// What is agreed is no drift any more, and what is written is none behind an apply.
	const isAgreed = (d) => outcome.get(d.fingerprint) === "agreed";
	const told = (d) => `${keyOf(d)} ${d.kind}`;
	const expectNone = (which, left) => assert.deepEqual(left.map(told)
		.filter((one) => which.map(told).includes(one)), [], where);
	expectNone(taken.filter(isAgreed), drift());
	if (isRefused(m1, now, plan, ALL))
		return;
	apply([0, 4, 6]);
	expectNone(taken, drift());
}

test("what is accepted is wanted as it is, and all else as before", () => {
	for (let number = SEED; number < SEED + RUNS; number++)
		life(number);
});
