// SPDX-License-Identifier: Apache-2.0
// What is agreed, and what is drift, said a second time: random lives of an organisation in which
// somebody changes what is live, manifests are applied, snapshots are recorded and drift is
// reverted. The model knows what is agreed by the rules alone. MODEL_RUNS says how many lives
// (default 25), MODEL_SEED where to begin; a failure prints its seed.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ACCOUNTS, GROUPS, PRODUCTS, USERS, account, become, chance, describe, difference, draw,
	dropAccount, isRefused, keepHolders, keyOf, kindOf, makeLive, makeManifests, nameOf, pair,
	pick, readLive, readManifests, seed, split, toYaml, togglePair, withhold, writ,
} from "./plan_model.mjs";

const work = mkdtempSync(join(tmpdir(), "writ-drift-"));
after(() => rmSync(work, { recursive: true }));
const RUNS = Number(process.env.MODEL_RUNS ?? 25);
const SEED = Number(process.env.MODEL_SEED ?? 1);
const STEPS = 8;
const ALL = { remove: "100%", grants: 1000, unreplaced: true,
	flags: ["--allow-remove", "100%", "--allow-admin-grants", "1000", "--allow-unreplaced",
		"--allow-live-shrink"] };

// ---- somebody else ----

let made;
function interfere(live) {
	for (let i = draw(4); i >= 0; i--) {
		const name = pick(ACCOUNTS);
		if (chance(70))
			togglePair(live);
		else if (!live.accounts.has(name))
			live.accounts.set(name, { id: `made-${made++}` });
		else if (chance(50))
			dropAccount(live, name);
		else
			live.accounts.set(name, { ...live.accounts.get(name),
				owner: `o${draw(3)}@example.com` });
	}
}

// ---- the model ----

const copy = (one) => ({ ...one, pairs: new Set(one.pairs),
	accounts: new Map([...one.accounts].map(([name, a]) => [name, { ...a }])) });

const isThere = (live, who) => kindOf(who) !== "technicalAccount" ||
	live.accounts.has(nameOf(who));

function findDrift(agreed, live) {
	const items = new Set();
	for (const [name, was] of agreed.accounts) {
		const now = live.accounts.get(name);
		const differs = now ? ["id", "owner"].filter((key) => was[key] !== now[key]) : [];
		if (!now)
			items.add(`${account(name)} gone`);
		else if (differs.length)
			items.add(`${account(name)} changed ${differs}`);
	}
	for (const name of live.accounts.keys()) {
		if (!agreed.accounts.has(name))
			items.add(`${account(name)} appeared`);
	}
	for (const one of live.pairs) {
		if (!agreed.pairs.has(one))
			items.add(`${one} appeared`);
	}
	for (const one of agreed.pairs) {
		if (!live.pairs.has(one) && isThere(live, split(one)[0]))
			items.add(`${one} gone`);
	}
	return items;
}

// A document that keeps what it does not list says nothing of it.
const isClaimed = (m, who, what) => [what, `${who} ${what.slice(0, what.indexOf("/"))}`]
	.some((key) => m.claims.has(key) && m.claims.get(key) !== "keep");

// A user's or group's profile that the last apply's manifests neither want nor claim is agreed by
// whoever records it.
function record(agreed, live, managed) {
	for (const one of [...agreed.pairs, ...live.pairs]) {
		const [who, what] = split(one);
		if (kindOf(who) === "technicalAccount" || !what.startsWith("product/") ||
		    [managed.declared, managed.ended].some((set) => set.has(one)) ||
		    isClaimed(managed, who, what))
			continue;
		if (live.pairs.has(one))
			agreed.pairs.add(one);
		else
			agreed.pairs.delete(one);
	}
}

// What a run made is agreed, and so is that the whole manifests and live say the same.
function agreeByApply(agreed, live, m, model, withheld) {
	const isDone = (key) => model.changes.has(key) && !withheld.has(key);
	const isMade = (who) => model.changes.get(who)?.action === "create";
	for (const name of new Set([...agreed.accounts.keys(), ...live.accounts.keys()])) {
		const now = live.accounts.get(name), said = m.accounts.get(name);
		const isWanted = said && said.spec.state !== "absent";
		const was = agreed.accounts.get(name);
		if (now && isWanted) {
			// An item is closed as a whole, or what a run changed of it.
			if (!was || isMade(account(name)) || (!isDone(account(name)) &&
				(was.owner === now.owner || said.spec.owner !== undefined)))
				agreed.accounts.set(name, { ...now });
			else if (isDone(account(name)))
				was.owner = now.owner;
		} else if (!now && (isDone(account(name)) ||
			(said ? !isWanted : m.unlisted !== "keep"))) {
			dropAccount(agreed, name);
		}
	}
	for (const one of new Set([...agreed.pairs, ...live.pairs])) {
		const [who, what] = split(one);
		if (live.pairs.has(one) && (isDone(one) || m.declared.has(one)))
			agreed.pairs.add(one);
		// What an account held goes with it; when it is made again the next apply decides.
		else if (!live.pairs.has(one) && !m.declared.has(one) && !isMade(who) &&
			isThere(live, who) &&
			(isDone(one) || m.ended.has(one) || isClaimed(m, who, what)))
			agreed.pairs.delete(one);
	}
}

// ---- a life ----

function tellDrift(folder, where, agreed, live) {
	const run = writ(folder, ["drift", "--live", "live.yaml", "--snapshot", "snaps/acme",
		"--format", "json"], [0, 2]);
	const told = JSON.parse(run.stdout).drift.map((d) =>
		[keyOf(d), d.kind, d.differs.sort().join()].join(" ").trimEnd());
	const due = findDrift(agreed, live);
	assert.deepEqual(told.sort(), [...due].sort(), `${where}: drift`);
	assert.equal(run.status, due.size ? 2 : 0, `${where}: the exit status of drift`);
}

function applyManifests(folder, where, w) {
	const manifests = makeManifests(w.live, false);
	writeFileSync(join(folder, "wanted.yaml"), toYaml(manifests));
	const m = readManifests(manifests), model = difference(w.live, m);
	const plan = JSON.parse(writ(folder, ["plan", "--live", "live.yaml",
		"--format", "json", ...ALL.flags, "wanted.yaml"], [0]).stdout);
	const withheld = withhold(m, w.live, model, ALL, plan.changes.map(keyOf));
	const refused = isRefused(m, w.live, model, ALL);
	writ(folder, ["apply", "--live", "live.yaml", "--auto-approve", "--snapshot", "snaps/acme",
		"--commit", ...ALL.flags, "wanted.yaml"],
	[refused || withheld.size ? 4 : model.blocked.size ? 6 : 0]);
	if (refused)
		return;
	w.live = become(w.live, m, model, withheld);
	for (const [name, one] of readLive(join(folder, "live.yaml")).ids)
		w.live.accounts.get(name).id = one;
	if (!w.agreed)
		w.agreed = copy(w.live);
	agreeByApply(w.agreed, w.live, m, model, withheld);
	w.managed = m;
	record(w.agreed, w.live, w.managed);
}

// The way back to what is agreed, as changes.
function wayBack(agreed, live) {
	const back = { changes: new Map(), held: live.pairs, adds: [], deleted: new Set(),
		lostOf: (name) => [...live.pairs].map(split)
			.filter(([who]) => who === account(name)).map(([, what]) => what),
		hidesSystem: () => false };
	for (const [name, was] of agreed.accounts) {
		const now = live.accounts.get(name);
		// What a document does not say is not compared, such as that there is no owner.
		if (!now || (was.owner !== undefined && now.owner !== was.owner))
			back.changes.set(account(name), { action: now ? "update" : "create" });
	}
	for (const name of live.accounts.keys()) {
		if (!agreed.accounts.has(name)) {
			back.changes.set(account(name), { action: "delete" });
			back.deleted.add(name);
		}
	}
	for (const one of agreed.pairs) {
		if (!live.pairs.has(one)) {
			back.changes.set(one, { action: "create" });
			back.adds.push(one);
		}
	}
	for (const one of live.pairs) {
		const [who] = split(one);
		if (!agreed.pairs.has(one) && !back.deleted.has(nameOf(who)))
			back.changes.set(one, { action: "delete" });
	}
	return back;
}

function revert(folder, where, w) {
	const back = wayBack(w.agreed, w.live), withheld = new Set();
	const run = writ(folder, ["drift", "revert", "--live", "live.yaml", "--snapshot",
		"snaps/acme", "--format", "json", "--out", "back.json", "--allow-remove", "100%",
		"--allow-admin-grants", "1000"], [0]);
	const plan = JSON.parse(run.stdout);
	const told = plan.changes.map((c) => `${keyOf(c)} ${c.change.actions[0]}`);
	const due = [...back.changes].map(([key, c]) => `${key} ${c.action}`);
	assert.deepEqual(told.sort(), due.sort(), `${where}: changes`);
	// Nobody vouches for the saved plan: it is held to the limits of the last apply.
	keepHolders(w.managed, back, plan.changes.map(keyOf), withheld);
	if (plan.guards.some((g) => g.verdict === "refused"))
		return;
	writ(folder, ["apply", "--plan", "back.json", "--live", "live.yaml", "--snapshot",
		"snaps/acme", "--commit"], [withheld.size ? 4 : 0]);
	const next = copy(w.agreed), ids = readLive(join(folder, "live.yaml")).ids;
	for (const [name, one] of next.accounts) {
		if (!w.live.accounts.has(name))
			w.agreed.accounts.get(name).id = ids.get(name);
		one.id = ids.get(name);
		one.owner ??= w.live.accounts.get(name)?.owner;
	}
	for (const key of withheld) {
		const name = nameOf(key);
		if (key.includes(" ")) {
			next.pairs.add(key);
			continue;
		}
		next.accounts.set(name, w.live.accounts.get(name));
		back.lostOf(name).forEach((what) => next.pairs.add(pair(key, what)));
	}
	w.live = { ...w.live, accounts: next.accounts, pairs: next.pairs };
	record(w.agreed, w.live, w.managed);
}

function takeSnapshot(folder, where, w) {
	writ(folder, ["snapshot", "--live", "live.yaml", "--snapshot", "snaps/acme", "--commit"],
		[0]);
	if (w.agreed)
		record(w.agreed, w.live, w.managed);
	else
		w.agreed = copy(w.live);
}

function life(number) {
	const folder = join(work, String(number));
	seed(number);
	made = 0;
	mkdirSync(join(folder, "snaps"), { recursive: true });
	writeFileSync(join(folder, ".gitconfig"), "[user]\nname = a\nemail = a@example.com\n");
	spawnSync("git", ["init", "-q", "snaps"], { cwd: folder });
	const w = { live: makeLive(true).live, agreed: undefined,
		managed: { declared: new Set(), ended: new Set(), claims: new Map(), guards: {} } };
	w.live.users = USERS;
	w.live.groups = GROUPS;
	w.live.products = PRODUCTS;
	for (let step = 0; step < STEPS; step++) {
		const where = `seed ${number}, step ${step}`;
		writeFileSync(join(folder, "live.yaml"), toYaml(describe(w.live)));
		const [what, act] = chance(50) || !w.agreed ? ["apply", applyManifests] :
			pick([["snapshot", takeSnapshot], ["revert", revert]]);
		act(folder, `${where}, ${what}`, w);
		if (w.agreed)
			tellDrift(folder, `${where}, behind ${what}`, w.agreed, w.live);
		w.live = copy(w.live);
		interfere(w.live);
		writeFileSync(join(folder, "live.yaml"), toYaml(describe(w.live)));
		if (w.agreed)
			tellDrift(folder, `${where}, behind somebody else`, w.agreed, w.live);
	}
	rmSync(folder, { recursive: true });
}

test("what is drift in random lives is what the rules say", () => {
	for (let number = SEED; number < SEED + RUNS; number++)
		life(number);
});
