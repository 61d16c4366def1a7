// SPDX-License-Identifier: Apache-2.0
// What is agreed, and what is drift, said a second time: random lives of an organisation in which
// somebody changes what is live, manifests are applied, snapshots are recorded and drift is
// reverted. The model knows what is agreed by the rules alone. MODEL_RUNS says how many lives
// (default 20), MODEL_SEED where to begin; a failure prints its seed.
import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { GROUPS, PRODUCTS, USERS, account, become, chance, describe, difference, document,
	interfere, isRefused, keepHolders, keyOf, kindOf, makeHome, makeLive, makeManifests,
	nameOf, pair, pick, readLive, readManifests, seed, some, split, toYaml, withhold, writ,
} from "./plan_model.mjs";

const work = mkdtempSync(join(tmpdir(), "writ-drift-"));
after(() => rmSync(work, { recursive: true }));
const RUNS = Number(process.env.MODEL_RUNS ?? 20);
const SEED = Number(process.env.MODEL_SEED ?? 1);
const STEPS = 8;
const ALL = { remove: "100%", grants: 1000, unreplaced: true,
	flags: ["--allow-remove", "100%", "--allow-admin-grants", "1000", "--allow-unreplaced",
		"--allow-live-shrink"] };

// ---- the model ----

// What is agreed: accounts, each with what it holds, and the pairs of users and groups.
const held = (live, name) => new Set([...live.pairs].map(split)
	.filter(([who]) => who === account(name)).map(([, what]) => what));

function agreeToAll(live) {
	return {
		accounts: [...live.accounts].map(([name, { id, owner }]) =>
			({ name, id, owner, held: held(live, name) })),
		pairs: new Set([...live.pairs].filter((p) => !p.startsWith("technicalAccount:"))),
	};
}

// The live name of each agreed account: by its id, else by its name where nobody else has it.
function findNames(agreed, live) {
	const names = new Map(), taken = new Set();
	for (const a of agreed.accounts) {
		const found = [...live.accounts].find(([, one]) => one.id === a.id);
		if (found)
			names.set(a, found[0]) && taken.add(found[0]);
	}
	for (const a of agreed.accounts) {
		if (!names.has(a) && live.accounts.has(a.name) && !taken.has(a.name))
			names.set(a, a.name) && taken.add(a.name);
	}
	return { names, taken };
}

function findDrift(agreed, live) {
	const items = new Set(), { names, taken } = findNames(agreed, live);
	const compare = (who, was, now) => {
		for (const what of now)
			was.has(what) || items.add(`${pair(who, what)} appeared`);
		for (const what of was)
			now.has(what) || items.add(`${pair(who, what)} gone`);
	};
	for (const a of agreed.accounts) {
		const name = names.get(a), now = { ...live.accounts.get(name), name };
		const differs = ["id", "name", "owner"].filter((key) => a[key] !== now[key]);
		if (!name)
			items.add(`${account(a.name)} gone`);
		else if (differs.length)
			items.add(`${account(name)} changed ${differs}`);
		if (name)
			compare(account(name), a.held, held(live, name));
	}
	for (const name of live.accounts.keys()) {
		if (taken.has(name))
			continue;
		items.add(`${account(name)} appeared`);
		compare(account(name), new Set(), held(live, name));
	}
	for (const one of live.pairs) {
		if (!one.startsWith("technicalAccount:") && !agreed.pairs.has(one))
			items.add(`${one} appeared`);
	}
	for (const one of agreed.pairs)
		live.pairs.has(one) || items.add(`${one} gone`);
	return items;
}

// A document that keeps what it does not list says nothing of it.
const isClaimed = (m, who, what) => [what, `${who} ${what.slice(0, what.indexOf("/"))}`]
	.some((key) => m.claims.has(key) && m.claims.get(key) !== "keep");

const agree = (set, what, is) => is ? set.add(what) : set.delete(what);

// A user's or group's profile that the last apply's manifests neither want nor claim is agreed by
// whoever records it.
function record(agreed, live, managed) {
	for (const one of new Set([...agreed.pairs, ...live.pairs])) {
		const [who, what] = split(one);
		if (kindOf(who) !== "technicalAccount" && what.startsWith("product/") &&
		    ![managed.declared, managed.ended].some((set) => set.has(one)) &&
		    !isClaimed(managed, who, what))
			agree(agreed.pairs, one, live.pairs.has(one));
	}
}

// An account that somebody renamed is meant by the name that it had, unless manifests use the new
// one for somebody else.
function follow(m, agreed, live) {
	const names = new Map(), { names: now } = findNames(agreed, live);
	for (const a of agreed.accounts) {
		const said = m.accounts.get(a.name), name = now.get(a);
		if (said && said.spec.state !== "absent" && name && !live.accounts.has(a.name) &&
		    !m.accounts.has(name))
			names.set(account(a.name), account(name));
	}
	const who = (key) => names.get(key) ?? key;
	const move = (key) => key.includes(" ") ? pair(who(split(key)[0]), split(key)[1]) : key;
	return { followed: new Set(names.values()), m: { ...m,
		accounts: new Map([...m.accounts].map(([n, a]) => [nameOf(who(account(n))), a])),
		declared: new Set([...m.declared].map(move)),
		ended: new Set([...m.ended].map(move)),
		claims: new Map([...m.claims].map(([key, level]) => [move(key), level])) } };
}

// No two accounts are agreed under one name: it is that of who has it.
function keepNamesApart(agreed, live) {
	const { names } = findNames(agreed, live);
	const hasName = (name) => (b) => b.name === name && names.get(b) === name;
	const lost = () => agreed.accounts.find((a) => names.get(a) !== a.name &&
		agreed.accounts.some(hasName(a.name)));
	for (let a = lost(); a; a = lost()) {
		const name = names.get(a), { id, owner } = live.accounts.get(name) ?? {};
		if (name)
			Object.assign(a, { name, id, owner });
		else
			agreed.accounts.splice(agreed.accounts.indexOf(a), 1);
	}
}

// What a run made is agreed, and so is that the whole manifests and live say the same. `then` is
// what was live before.
function agreeByApply(agreed, then, live, plan) {
	const { m, said, model, withheld, followed } = plan;
	const { names, taken } = findNames(agreed, live);
	const { names: before } = findNames(agreed, then);
	const isDone = (key) => model.changes.has(key) && !withheld.has(key);
	const isMade = (who) => model.changes.get(who)?.action === "create";
	const decide = (who, set, all, now) => {
		for (const what of new Set([...all, ...now])) {
			const one = pair(who, what), is = now.has(what);
			const isUnwanted = () => !m.declared.has(one) && !isMade(who) &&
				(m.ended.has(one) || isClaimed(m, who, what));
			if (isDone(one) || (is ? m.declared.has(one) : isUnwanted()))
				agree(set, what, is);
		}
	};
	agreed.accounts = agreed.accounts.filter((a) => {
		const name = names.get(a), doc = m.accounts.get(name ?? a.name);
		if (!name) // what it held goes with it
			return !(isDone(account(before.get(a) ?? a.name)) ||
				(doc ? doc.spec.state === "absent" : m.unlisted !== "keep"));
		const who = account(name), now = live.accounts.get(name);
		const isSaid = doc && !followed.has(who) &&
			(a.owner === now.owner || doc.spec.owner !== undefined) &&
			(a.name === name || !said.accounts.has(a.name));
		if (isMade(who) || (isSaid && !isDone(who)))
			Object.assign(a, { ...now, name, owner: now.owner });
		else if (isDone(who))
			a.owner = now.owner;
		decide(who, a.held, [...a.held], held(live, name));
		return true;
	});
	for (const [name, one] of live.accounts) {
		if (taken.has(name) || !m.accounts.has(name))
			continue;
		const a = { name, id: one.id, owner: one.owner, held: new Set() };
		decide(account(name), a.held, [], held(live, name));
		agreed.accounts.push(a);
	}
	keepNamesApart(agreed, live);
	for (const who of new Set([...agreed.pairs, ...live.pairs].map((p) => split(p)[0]))) {
		if (kindOf(who) === "technicalAccount")
			continue;
		const of = (pairs) => new Set([...pairs].map(split).filter(([w]) => w === who)
			.map(([, what]) => what));
		const was = of(agreed.pairs);
		decide(who, was, [...was], of(live.pairs));
		for (const what of [...of(agreed.pairs), ...was])
			agree(agreed.pairs, pair(who, what), was.has(what));
	}
}

// ---- a life ----

function tellDrift(folder, where, agreed, live) {
	const run = writ(folder, ["drift", "--live", "live.yaml", "--snapshot", "snaps/acme",
		"--format", "json"], [0, 2]);
	// A credential that nobody says is called as its account is.
	const told = JSON.parse(run.stdout).drift.map((d) => {
		const isRenamed = d.before && d.after && d.before.name !== d.after.name;
		const differs = [...d.differs.filter((one) => one !== "credential"),
			...(isRenamed ? ["name"] : [])];
		return [keyOf(d), d.kind, differs.sort().join()].join(" ").trimEnd();
	});
	const due = findDrift(agreed, live);
	assert.deepEqual(told.sort(), [...due].sort(), `${where}: drift`);
	assert.equal(run.status, due.size ? 2 : 0, `${where}: the exit status of drift`);
}

function applyManifests(folder, where, w) {
	const manifests = makeManifests(w.live, false);
	writeFileSync(join(folder, "wanted.yaml"), toYaml(manifests));
	const said = readManifests(manifests);
	const { m, followed } = w.agreed ? follow(said, w.agreed, w.live) :
		{ m: said, followed: new Set() };
	const model = difference(w.live, m), then = w.live;
	const base = w.agreed ? ["--base", "snaps/acme"] : [];
	const plan = JSON.parse(writ(folder, ["plan", "--live", "live.yaml", ...base,
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
		w.agreed = agreeToAll(w.live);
	agreeByApply(w.agreed, then, w.live, { m, said, model, withheld, followed });
	w.managed = m;
	record(w.agreed, w.live, w.managed);
}

// The way back to what is agreed, as changes; of accounts that have their names.
function wayBack(agreed, live) {
	const back = { changes: new Map(), held: live.pairs, adds: [], deleted: new Set(),
		lostOf: (name) => [...held(live, name)], hidesSystem: () => false };
	const { names, taken } = findNames(agreed, live);
	const pairs = new Set(agreed.pairs);
	for (const a of agreed.accounts) {
		const name = names.get(a), who = account(a.name);
		// What a document does not say is not compared, such as that there is no owner.
		const isOther = name && a.owner !== undefined &&
			live.accounts.get(name).owner !== a.owner;
		if (!name || isOther)
			back.changes.set(who, { action: name ? "update" : "create" });
		a.held.forEach((what) => pairs.add(pair(who, what)));
	}
	for (const name of live.accounts.keys()) {
		if (taken.has(name))
			continue;
		back.changes.set(account(name), { action: "delete" });
		back.deleted.add(name);
	}
	for (const one of pairs) {
		if (!live.pairs.has(one))
			back.changes.set(one, { action: "create" }) && back.adds.push(one);
	}
	for (const one of live.pairs) {
		const [who] = split(one);
		if (!pairs.has(one) && !back.deleted.has(nameOf(who)))
			back.changes.set(one, { action: "delete" });
	}
	return { ...back, pairs };
}

function revert(folder, where, w) {
	const { names } = findNames(w.agreed, w.live);
	if ([...names].some(([a, name]) => a.name !== name))
		return;
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
	const ids = readLive(join(folder, "live.yaml")).ids;
	const next = { ...w.live, accounts: new Map(), pairs: new Set(back.pairs) };
	for (const a of w.agreed.accounts) {
		const now = w.live.accounts.get(names.get(a));
		if (!now)
			a.id = ids.get(a.name);
		next.accounts.set(a.name, { id: ids.get(a.name), owner: a.owner ?? now?.owner });
	}
	for (const key of withheld) {
		const name = nameOf(key);
		if (key.includes(" ")) {
			next.pairs.add(key);
			continue;
		}
		next.accounts.set(name, w.live.accounts.get(name));
		held(w.live, name).forEach((what) => next.pairs.add(pair(key, what)));
	}
	w.live = next;
	record(w.agreed, w.live, w.managed);
}

function takeSnapshot(folder, where, w) {
	writ(folder, ["snapshot", "--live", "live.yaml", "--snapshot", "snaps/acme", "--commit"],
		[0]);
	if (w.agreed)
		record(w.agreed, w.live, w.managed);
	else
		w.agreed = agreeToAll(w.live);
}

function life(number) {
	const folder = makeHome(work, number);
	seed(number);
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
		w.live = { ...w.live, accounts: new Map(w.live.accounts),
			pairs: new Set(w.live.pairs) };
		interfere(w.live, 4);
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
