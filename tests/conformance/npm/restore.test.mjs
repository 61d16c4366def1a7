// SPDX-License-Identifier: Apache-2.0
// The way back to an earlier snapshot, said a second time: an organisation is recorded, lives on
// under other manifests and other hands, and is restored. Live is then what it was, as sets, and
// nothing is left to do. MODEL_RUNS says how many (default 40), MODEL_SEED where to begin; a
// failure prints its seed.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { GROUPS, PRODUCTS, USERS, account, chance, describe, draw, interfere, keyOf, kindOf,
	makeHome, makeLive, makeManifests, nameOf, pair, readLive, seed, split, toYaml,
	writ,
} from "./plan_model.mjs";

const work = mkdtempSync(join(tmpdir(), "writ-restore-"));
after(() => rmSync(work, { recursive: true }));
const RUNS = Number(process.env.MODEL_RUNS ?? 40);
const SEED = Number(process.env.MODEL_SEED ?? 1);
const CONSENT = ["--allow-remove", "100%", "--allow-admin-grants", "1000"];
const WHERE = ["--live", "live.yaml", "--snapshot", "snaps/acme"];

const copy = (live) => ({ ...live, accounts: new Map(live.accounts), pairs: new Set(live.pairs) });

function readAll(folder, like) {
	const found = readLive(join(folder, "live.yaml"));
	return { ...like, pairs: found.pairs, accounts: new Map([...found.accounts]
		.map(([name, owner]) => [name, { owner, id: found.ids.get(name) }])) };
}

// The live name of each account of then: whoever has its name, else who has its id. Of two accounts
// of then, or one of then and another, one may have the other's name.
function findNames(then, now) {
	const names = new Map(), taken = new Set(), apart = new Set();
	const nameOfId = (all, id) => [...all.accounts].find(([, one]) => one.id === id)?.[0];
	for (const [name, { id }] of then.accounts) {
		const live = now.accounts.get(name);
		if (!live)
			continue;
		names.set(name, name) && taken.add(name);
		if (live.id !== id && (nameOfId(now, id) ?? nameOfId(then, live.id)))
			apart.add(name);
	}
	for (const [name, { id }] of then.accounts) {
		const other = nameOfId(now, id);
		if (!names.has(name) && other && !taken.has(other))
			names.set(name, other) && taken.add(other);
	}
	return { names, taken, apart };
}

// What the plan of the way back says, and what is live behind it.
function wayBack(then, now, prune) {
	const { names, taken, apart } = findNames(then, now);
	const plan = { changes: new Set(), unlisted: new Set() };
	const next = { accounts: new Map(), pairs: new Set() };
	const nameThen = new Map([...names].map(([name, live]) => [live, name]));
	for (const [name, { owner }] of then.accounts) {
		const live = now.accounts.get(names.get(name));
		if (!live)
			plan.changes.add(`${account(name)} create`);
		else if (names.get(name) !== name || (owner && live.owner !== owner))
			plan.changes.add(`${account(name)} update`);
		next.accounts.set(name, owner ?? live?.owner);
	}
	const isOther = (who) => kindOf(who) === "technicalAccount" && !taken.has(nameOf(who));
	for (const name of now.accounts.keys()) {
		if (taken.has(name))
			continue;
		if (prune)
			plan.changes.add(`${account(name)} delete`);
		else
			plan.unlisted.add(account(name)) && next.accounts.set(name,
				now.accounts.get(name).owner);
	}
	const held = new Set();
	for (const one of now.pairs) {
		const [who, what] = split(one);
		if (isOther(who) && prune)
			continue; // it goes with its account
		held.add(kindOf(who) === "technicalAccount" && !isOther(who) ?
			pair(account(nameThen.get(nameOf(who))), what) : one);
	}
	for (const one of then.pairs) {
		next.pairs.add(one);
		held.has(one) || plan.changes.add(`${one} create`);
	}
	for (const one of held)
		then.pairs.has(one) || plan.changes.add(`${one} delete`);
	return { plan, next, apart };
}

function life(number) {
	const folder = makeHome(work, number);
	seed(number);
	const git = (...args) => spawnSync("git", args, { cwd: join(folder, "snaps"),
		encoding: "utf8" });
	const { live } = makeLive(true);
	Object.assign(live, { users: USERS, groups: GROUPS, products: PRODUCTS });
	const save = (one) => writeFileSync(join(folder, "live.yaml"), toYaml(describe(one)));
	save(live);
	writ(folder, ["snapshot", ...WHERE, "--commit"], [0]);
	const then = copy(live), first = git("rev-parse", "HEAD").stdout.trim();
	let now = copy(live);
	for (let i = draw(3); i >= 0; i--) {
		interfere(now, 8, 50);
		save(now);
		if (chance(40)) {
			writ(folder, ["snapshot", ...WHERE, "--commit"], [0]);
		} else if (chance(60)) {
			writeFileSync(join(folder, "wanted.yaml"),
				toYaml(makeManifests(now, false)));
			writ(folder, ["apply", ...WHERE, "--auto-approve", "--commit", ...CONSENT,
				"--allow-live-shrink", "wanted.yaml"], [0, 4, 6]);
			now = readAll(folder, now);
		}
	}
	const prune = chance(50);
	const restore = (...more) => JSON.parse(writ(folder, ["restore", ...WHERE, ...CONSENT,
		...(prune ? ["--prune"] : []), "--format", "json", ...more], [0]).stdout);
	const plan = restore("--from", first, "--out", "back.json");
	const due = wayBack(then, now, prune), where = `seed ${number}${prune ? ", pruned" : ""}`;
	assert.deepEqual(plan.changes.map((c) => `${keyOf(c)} ${c.change.actions[0]}`).sort(),
		[...due.plan.changes].sort(), where);
	assert.deepEqual(plan.unlisted.map(keyOf).sort(), [...due.plan.unlisted].sort(), where);
	// Who has another's name while that one is live is told, whatever was recorded since.
	const told = (plan.identity ?? []).filter((one) => one.kind === "made-anew")
		.map((one) => one.account);
	assert.deepEqual([...due.apart].filter((name) => !told.includes(name)), [], where);
	if (plan.guards.some((g) => g.verdict === "refused") ||
	    plan.changes.some((c) => c.withheld))
		return;
	const { status } = writ(folder, ["apply", "--plan", "back.json", ...WHERE, "--commit"],
		[0, 4]);
	if (status === 4) // held to the limits of the last apply
		return;
	const found = readAll(folder, now);
	assert.deepEqual([...found.pairs].sort(), [...due.next.pairs].sort(), where);
	assert.deepEqual([...found.accounts].map(([name, { owner }]) => [name, owner]).sort(),
		[...due.next.accounts].sort(), where);
	const again = restore();
	assert.deepEqual(again.changes, [], where);
}

test("what is restored is what it was", () => {
	for (let number = SEED; number < SEED + RUNS; number++)
		life(number);
});
