// SPDX-License-Identifier: Apache-2.0
// What a plan is, said a second time: random organisations and manifests, and a model of the rules.
// The model names every change, what is left alone, what is not possible yet, not seen, and
// withheld; then the plan is applied, and the live file must be what the model says, and the next
// plan only what is left over. MODEL_RUNS says how many (default 300), MODEL_SEED where to begin; a
// failure prints its seed.
import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { become, chance, difference, draw, entitlementKey, isRefused, keyOf, makeLive,
	makeManifests, pick, readLive, readManifests, riskOf, seed, toYaml, withhold, writ,
} from "./plan_model.mjs";

const work = mkdtempSync(join(tmpdir(), "writ-algebra-"));
after(() => rmSync(work, { recursive: true }));
const RUNS = Number(process.env.MODEL_RUNS ?? 300);
const SEED = Number(process.env.MODEL_SEED ?? 1);

const PHASES = ["account create update", "grant create", "grant delete", "account delete"];

// Returns the keys of its changes in their order.
function compare(what, plan, model) {
	const sorted = (map) => [...map].sort();
	const words = (action, reason, risk, unknown) =>
		[action, reason, risk, unknown ? "unknown" : "seen"].join(" ");
	const got = plan.changes.map((c) => [keyOf(c),
		words(c.change.actions[0], c.action_reason, c.risk, c.unknown)]);
	const due = [...model.changes].map(([key, c]) =>
		[key, words(c.action, c.reason, riskOf(key, c.action), c.unknown)]);
	assert.deepEqual(sorted(got), sorted(due), `${what}: changes`);
	const phaseOf = (c) => PHASES.findIndex((p) => p.includes(c.change.actions[0]) &&
		p.startsWith(c.entitlement ? "grant" : "account"));
	const phases = plan.changes.map(phaseOf);
	assert.deepEqual(phases, [...phases].sort(), `${what}: their order`);
	const ofSomebody = plan.unlisted.filter((u) => u.principal);
	assert.deepEqual(ofSomebody.map(keyOf).sort(), [...model.unlisted].sort(),
		`${what}: unlisted`);
	const counted = plan.unlisted.filter((u) => !u.principal)
		.map((u) => [entitlementKey(u.entitlement), u.count]);
	assert.deepEqual(counted, [...model.developers], `${what}: developers`);
	assert.deepEqual(plan.blocked.map(keyOf).sort(), [...model.blocked].sort(),
		`${what}: blocked`);
	const hidden = (plan.unseen ?? []).map((u) => [entitlementKey(u.entitlement),
		{ claimed: u.claimed, wanted: u.wanted, ended: u.ended, unclaimed: u.unclaimed }]);
	assert.deepEqual(sorted(hidden), sorted(model.unseen), `${what}: unseen`);
	return plan.changes.map(keyOf);
}

function sameWithheld(what, plan, withheld) {
	assert.deepEqual(plan.changes.filter((c) => c.withheld).map(keyOf).sort(),
		[...withheld].sort(), `${what}: withheld`);
}

function planOf(folder, options) {
	const run = writ(folder, ["plan", "--live", "live.yaml", "--format", "json", ...options,
		"wanted.yaml"], [0]);
	return JSON.parse(run.stdout);
}

function drawOptions() {
	const options = { flags: [] };
	if (chance(60))
		options.remove = chance(50) ? `${draw(30)}` : `${pick([5, 10, 25, 50, 100])}%`;
	if (chance(80))
		options.grants = draw(40);
	options.unreplaced = chance(20);
	if (options.remove)
		options.flags.push("--allow-remove", options.remove);
	if (options.grants !== undefined)
		options.flags.push("--allow-admin-grants", String(options.grants));
	if (options.unreplaced)
		options.flags.push("--allow-unreplaced");
	return options;
}

function life(number) {
	const folder = join(work, String(number));
	seed(number);
	mkdirSync(folder);
	const { live, documents } = makeLive();
	const manifests = makeManifests(live), options = drawOptions();
	writeFileSync(join(folder, "live.yaml"), toYaml(documents));
	writeFileSync(join(folder, "wanted.yaml"), toYaml(manifests));

	const m = readManifests(manifests), model = difference(live, m);
	const plan = planOf(folder, options.flags), order = compare(`seed ${number}`, plan, model);
	const withheld = withhold(m, live, model, options, order);
	sameWithheld(`seed ${number}`, plan, withheld);
	const refused = isRefused(m, live, model, options);
	assert.equal(plan.guards.some((g) => g.verdict === "refused"), refused,
		`seed ${number}: refused`);

	const pending = model.changes.size > withheld.size;
	const due = refused ? 4 : withheld.size ? 4 : model.blocked.size ? 6 : 0;
	writ(folder, ["apply", "--live", "live.yaml", "--auto-approve", ...options.flags,
		"wanted.yaml"], [due]);
	const next = refused ? live : become(live, m, model, withheld);
	const found = readLive(join(folder, "live.yaml"));
	assert.deepEqual([...found.pairs].sort(), [...next.pairs].sort(), `seed ${number}: live`);
	assert.deepEqual([...found.accounts].sort(),
		[...next.accounts].map(([name, one]) => [name, one.owner]).sort(),
		`seed ${number}: live accounts`);
	const rest = difference(next, m), again = planOf(folder, []);
	const left = compare(`seed ${number}, again`, again, rest);
	sameWithheld(`seed ${number}, again`, again,
		withhold(m, next, rest, {}, left, refused ? new Set() : withheld));
	rmSync(folder, { recursive: true });
	return { pending, withheld: withheld.size > 0, refused, blocked: model.blocked.size > 0 };
}

test("random organisations are planned and become as the rules say", () => {
	const seen = {};
	for (let number = SEED; number < SEED + RUNS; number++) {
		for (const [what, is] of Object.entries(life(number)))
			seen[what] = (seen[what] ?? 0) + is;
	}
	console.log(`# ${RUNS} from seed ${SEED}:`, JSON.stringify(seen));
});
