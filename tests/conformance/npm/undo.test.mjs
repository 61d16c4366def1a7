// SPDX-License-Identifier: Apache-2.0
// The way back from a run, said a second time: random manifests are applied, somebody else changes
// what is live, and the run is undone. What the run did and live still has goes back, and nothing
// else. MODEL_RUNS says how many (default 60), MODEL_SEED where to begin; a failure prints its
// seed.
import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { account, become, chance, describe, difference, draw, dropAccount, exists, isRefused, keyOf,
	kindOf, makeLive, makeManifests, nameOf, pair, pick, readLive, readManifests, seed, split,
	toYaml, togglePair, withhold, writ,
} from "./plan_model.mjs";

const work = mkdtempSync(join(tmpdir(), "writ-undo-"));
after(() => rmSync(work, { recursive: true }));
const RUNS = Number(process.env.MODEL_RUNS ?? 60);
const SEED = Number(process.env.MODEL_SEED ?? 1);
const CONSENT = ["--allow-remove", "100%", "--allow-admin-grants", "1000"];
const ALL = { remove: "100%", grants: 1000, unreplaced: true };

function interfere(live) {
	for (let i = draw(6); i > 0; i--) {
		const name = pick([...live.accounts.keys(), "nobody"]);
		if (chance(75) || name === "nobody")
			togglePair(live);
		else if (chance(40))
			dropAccount(live, name);
		else
			live.accounts.get(name).owner = `o${draw(2)}@example.com`;
	}
}

// The changes that take a run back: `before` is what was live when it was planned.
function wayBack(before, m, done, now) {
	const back = new Map(), isMade = new Set(), isGone = new Set();
	const there = (who) => kindOf(who) !== "technicalAccount" || isMade.has(who) ||
		(now.accounts.has(nameOf(who)) && !isGone.has(who));
	for (const [key, action] of done) {
		const name = nameOf(key), live = now.accounts.get(name);
		if (key.includes(" "))
			continue;
		const was = before.accounts.get(name)?.owner;
		const said = m.accounts.get(name)?.spec.owner;
		if (action === "create" && live)
			back.set(key, "delete") && isGone.add(key);
		else if (action === "delete" && !live)
			back.set(key, "create") && isMade.add(key);
		else if (action === "update" && live && live.owner === said && was !== undefined)
			back.set(key, "update");
	}
	for (const [key, action] of done) {
		const [who] = split(key);
		if (!key.includes(" ") || !there(who))
			continue;
		if (action === "create" && now.pairs.has(key))
			back.set(key, "delete");
		else if (action === "delete" && !now.pairs.has(key))
			back.set(key, "create");
	}
	for (const one of before.pairs) {
		if (isMade.has(split(one)[0]))
			back.set(one, "create");
	}
	return back;
}

function life(number) {
	const folder = join(work, String(number));
	seed(number);
	mkdirSync(folder);
	const { live } = makeLive(true), manifests = makeManifests(live, false);
	writeFileSync(join(folder, "live.yaml"), toYaml(describe(live)));
	writeFileSync(join(folder, "wanted.yaml"), toYaml(manifests));
	const m = readManifests(manifests), model = difference(live, m);
	const planned = JSON.parse(writ(folder, ["plan", "--live", "live.yaml", "--format", "json",
		...CONSENT, "--allow-unreplaced", "wanted.yaml"], [0]).stdout);
	const withheld = withhold(m, live, model, ALL, planned.changes.map(keyOf));
	if (isRefused(m, live, model, ALL) || model.changes.size === withheld.size)
		return false;
	const applied = writ(folder, ["apply", "--live", "live.yaml", "--auto-approve", "--format",
		"json", ...CONSENT, "--allow-unreplaced", "wanted.yaml"], [0, 4, 6]);
	const done = [...model.changes].filter(([key]) => !withheld.has(key))
		.map(([key, c]) => [key, c.action]);
	const now = become(live, m, model, withheld);
	for (const [name, id] of readLive(join(folder, "live.yaml")).ids)
		now.accounts.get(name).id = id;
	interfere(now);
	writeFileSync(join(folder, "live.yaml"), toYaml(describe(now)));
	const undo = JSON.parse(writ(folder, ["undo", "--live", "live.yaml", "--format", "json",
		...CONSENT, JSON.parse(applied.stdout).run], [0]).stdout);
	const due = [...wayBack(live, m, done, now)].map(([key, action]) =>
		key.includes(" ") && action === "create" && !exists(now, ...split(key)) ?
			`${key} is not possible` : `${key} ${action}`);
	const told = [...undo.changes.map((c) => `${keyOf(c)} ${c.change.actions[0]}`),
		...undo.blocked.map((b) => `${keyOf(b)} is not possible`)];
	assert.deepEqual(told.sort(), due.sort(), `seed ${number}: the way back`);
	rmSync(folder, { recursive: true });
	return true;
}

test("runs are undone as far as live still has what they did", () => {
	let undone = 0;
	for (let number = SEED; number < SEED + RUNS; number++)
		undone += life(number);
	console.log(`# ${undone} runs undone of ${RUNS} from seed ${SEED}`);
});
