// SPDX-License-Identifier: Apache-2.0
// A model of the rules of a plan that shares nothing with the program, and random organisations and
// manifests for it. An organisation is sets: its accounts by name, and the pairs that it holds, as
// "user:u1@example.com role/system-administrator".
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const YAML = require("yaml");

// ---- chance ----

let state, made;
export function seed(number) {
	state = number;
	made = 0;
}

export function draw(below) { // mulberry32
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) % below;
}
export const chance = (percent) => draw(100) < percent;
export const pick = (list) => list[draw(list.length)];
export const some = (list, percent) => list.filter(() => chance(percent));

// ---- the world ----

export const ACCOUNTS = ["a1", "a2", "a3", "a4", "a5", "a6", "b1", "b2"];
export const USERS = ["u1@example.com", "u2@example.com", "u3@example.com", "u4@example.com"];
export const GROUPS = ["Ops", "Web"];
export const PRODUCTS = [{ product: "P", profile: "A" }, { product: "P", profile: "B" },
	{ product: "Q", profile: "A" }];
export const APIS = ["Storage SDK", "Pay SDK", "User Management API"];
const ADMIN_API = "User Management API";
export const ROLES = [{ role: "system-administrator" }, { role: "storage-administrator" },
	{ role: "support-administrator" }, { role: "product-administrator", product: "P" },
	{ role: "developer", product: "Q", profile: "A" },
	{ role: "user-group-administrator", group: "Ops" }];
const EVERYWHERE = ROLES.slice(0, 3).map((r) => r.role);
const PAST = "2026-05-31", TODAY = "2026-06-01";

export const roleKey = (r) =>
	["role", r.role, r.product, r.profile, r.group].filter((x) => x).join("/");
export const productKey = (p) => `product/${p.product}/${p.profile}`;
export const apiKey = (name) => `api/${name}`;
export const isAdmin = (e) => e.startsWith("role/") || e === apiKey(ADMIN_API);
export const pair = (who, what) => `${who} ${what}`; // who has no blank
export const split = (p) => [p.slice(0, p.indexOf(" ")), p.slice(p.indexOf(" ") + 1)];
export const account = (name) => `technicalAccount:${name}`;
export const memberKey = (m) => m.user ? `user:${m.user}` : m.group ? `group:${m.group}` :
	account(m.account ?? m);
export const kindOf = (who) => who.slice(0, who.indexOf(":"));
export const nameOf = (who) => who.slice(who.indexOf(":") + 1);

export const document = (kind, name, spec, more = {}) =>
	({ apiVersion: "writ/v1", kind, metadata: { name, ...more.metadata }, spec,
		...(more.status ? { status: more.status } : {}) });

// A live organisation: what its documents say, and the same as sets.
// Some of what accounts hold is not seen in some of them, unless all is `seen`.
export function makeLive(seen = false) {
	const live = { accounts: new Map(), pairs: new Set(), unseen: new Set(),
		users: some(USERS, 85), groups: some(GROUPS, 85), products: some(PRODUCTS, 85),
	};
	const hides = !seen && chance(30);
	const documents = [document("Organization", "acme", { provider: "file" },
		{ status: { products: live.products, users: live.users, groups: live.groups } })];
	for (const name of some(ACCOUNTS, 60)) {
		const spec = { adminRoles: some(ROLES, 25), products: some(PRODUCTS, 35),
			apis: some(APIS, 35) };
		if (chance(50))
			spec.owner = `o${draw(2)}@example.com`;
		live.accounts.set(name, { owner: spec.owner, id: `id-${name}` });
		for (const [what, keys] of [[spec.adminRoles, roleKey], [spec.products, productKey],
			[spec.apis, apiKey]])
			for (const one of what)
				live.pairs.add(pair(account(name), keys(one)));
		const status = { id: `id-${name}` };
		if (hides && chance(50)) {
			const held = spec.adminRoles.map((one) => one.role);
			status.unseen = some(EVERYWHERE, 50).filter((role) => !held.includes(role));
			for (const role of status.unseen)
				live.unseen.add(pair(account(name), roleKey({ role })));
		}
		documents.push(document("TechnicalAccount", name, spec, { status }));
	}
	const people = [...live.users.map((user) => ({ user })),
		...live.groups.map((group) => ({ group }))];
	const give = (kind, name, spec, key, percent) => {
		const members = some(people, percent);
		for (const m of members)
			live.pairs.add(pair(memberKey(m), key));
		if (members.length)
			documents.push(document(kind, name, { ...spec, members }));
	};
	ROLES.forEach((r, i) => give("AdminRole", `role-${i}`, r, roleKey(r), 30));
	PRODUCTS.forEach((p, i) => give("ProductAssignment", `product-${i}`, p, productKey(p), 30));
	return { live, documents };
}

const maybeEnds = (entry) => chance(12) ? { ...entry, expires: PAST } :
	chance(8) ? { ...entry, expires: TODAY } : entry;

function makeAccount(name, live, free) {
	const spec = {}, metadata = {};
	if (chance(10) && live.accounts.has(name))
		return document("TechnicalAccount", name, { state: "absent" });
	if (chance(60))
		spec.adminRoles = some(ROLES, 20).map(maybeEnds);
	if (chance(60))
		spec.products = some(PRODUCTS, 35).map(maybeEnds);
	if (chance(50))
		spec.apis = some(APIS, 40).map((api) => chance(80) ? api : maybeEnds({ api }));
	if (chance(30))
		spec.bundles = some(["one", "two"], 60);
	if (chance(25))
		spec.unlisted = pick(["keep", "report", "remove"]);
	if (chance(40))
		spec.owner = `o${draw(2)}@example.com`;
	if (!live.accounts.has(name) && free.length && chance(50)) {
		metadata.previously = [free.pop()];
	}
	return document("TechnicalAccount", name, spec, { metadata });
}

// With `renames` some accounts get the place of one that manifests do not name any more.
export function makeManifests(live, renames = true) {
	const declared = some(ACCOUNTS, 60);
	const free = renames ?
		[...live.accounts.keys()].filter((n) => !declared.includes(n)) : [];
	const spec = { provider: "file" };
	if (chance(60))
		spec.unlisted = pick(["keep", "report", "remove"]);
	if (chance(60)) {
		spec.guards = {};
		if (chance(50))
			spec.guards.maxRemovals = draw(4);
		if (chance(50))
			spec.guards.maxRemovalDelta = `${draw(30)}%`;
		if (chance(50))
			spec.guards.maxAdminGrants = draw(6);
		if (chance(50))
			spec.guards.minHolders = draw(5);
		if (chance(50))
			spec.guards.minPersons = draw(3);
	}
	const documents = [document("Organization", "acme", spec)];
	for (const name of ["one", "two"]) {
		const bundle = {};
		if (chance(60))
			bundle.adminRoles = some(ROLES, 20).map(maybeEnds);
		if (chance(60))
			bundle.products = some(PRODUCTS, 40).map(maybeEnds);
		if (chance(40))
			bundle.apis = some(APIS, 40);
		documents.push(document("AccessBundle", name, bundle));
	}
	for (const name of declared)
		documents.push(makeAccount(name, live, free));
	const present = documents.filter((d) => d.kind === "TechnicalAccount" &&
		d.spec.state !== "absent").map((d) => d.metadata.name);
	const member = (name) => chance(70) ? name : maybeEnds({ account: name });
	const members = () => [...some(present, 25).map(member),
		...some(USERS, 35).map((user) => maybeEnds({ user })),
		...some(GROUPS, 30).map((group) => maybeEnds({ group }))];
	const judged = (entry) => chance(60) ?
		{ ...entry, unlisted: pick(["keep", "report", "remove"]) } : entry;
	some(ROLES, 35).forEach((r, i) => documents.push(
		document("AdminRole", `role-${i}`, judged({ ...r, members: members() }))));
	some(PRODUCTS, 35).forEach((p, i) => documents.push(document("ProductAssignment",
		`product-${i}`, judged({ ...p, members: members() }))));
	return documents;
}

// The documents of a live organisation that is given as sets.
export function describe(live) {
	const roles = new Map(ROLES.map((r) => [roleKey(r), r]));
	const products = new Map(PRODUCTS.map((p) => [productKey(p), p]));
	const held = (who, sort) => [...live.pairs].map(split)
		.filter(([one, what]) => one === who && what.startsWith(`${sort}/`))
		.map(([, what]) => what);
	const documents = [document("Organization", "acme", { provider: "file" },
		{ status: { products: live.products, users: live.users, groups: live.groups } })];
	for (const [name, { owner, id }] of live.accounts) {
		const who = account(name);
		documents.push(document("TechnicalAccount", name, {
			...(owner ? { owner } : {}),
			adminRoles: held(who, "role").map((key) => roles.get(key)),
			products: held(who, "product").map((key) => products.get(key)),
			apis: held(who, "api").map((key) => key.slice("api/".length)),
		}, { status: { id } }));
	}
	const member = (who) => kindOf(who) === "user" ? { user: nameOf(who) } :
		{ group: nameOf(who) };
	let number = 0;
	for (const [kind, all] of [["AdminRole", roles], ["ProductAssignment", products]]) {
		for (const [key, spec] of all) {
			const members = [...live.pairs].map(split)
				.filter(([who, what]) => what === key &&
					kindOf(who) !== "technicalAccount")
				.map(([who]) => member(who));
			if (members.length)
				documents.push(document(kind, `d-${number++}`,
					{ ...spec, members }));
		}
	}
	return documents;
}

// ---- somebody else ----

const entitlements = [...ROLES.map(roleKey), ...PRODUCTS.map(productKey), ...APIS.map(apiKey)];

export function togglePair(live) {
	const people = [...live.users.map((user) => memberKey({ user })),
		...live.groups.map((group) => memberKey({ group }))];
	const who = chance(50) && live.accounts.size ? account(pick([...live.accounts.keys()])) :
		pick(people);
	const what = pick(entitlements.filter((e) => who.startsWith("technicalAccount") ||
		!e.startsWith("api/")));
	const one = pair(who, what);
	if (!live.pairs.delete(one))
		live.pairs.add(one);
}

export function dropAccount(live, name) {
	live.accounts.delete(name);
	for (const one of [...live.pairs]) {
		if (split(one)[0] === account(name))
			live.pairs.delete(one);
	}
}

function rename(live, from, to) {
	live.accounts.set(to, live.accounts.get(from));
	for (const one of live.pairs) {
		const [who, what] = split(one);
		if (who === account(from))
			live.pairs.add(pair(account(to), what));
	}
	dropAccount(live, from);
}

// Somebody does up to `most` things, of each hundred `grants` to what is held.
export function interfere(live, most, grants = 60) {
	for (let i = draw(most); i >= 0; i--) {
		const name = pick(ACCOUNTS), other = pick(ACCOUNTS);
		if (chance(grants))
			togglePair(live);
		else if (!live.accounts.has(name))
			live.accounts.set(name, { id: `made-${made++}` });
		else if (chance(35))
			dropAccount(live, name);
		else if (chance(50))
			live.accounts.set(name, { ...live.accounts.get(name),
				owner: `o${draw(3)}@example.com` });
		else if (!live.accounts.has(other))
			rename(live, name, other);
	}
}

// ---- the model: what the manifests say ----

const hasEnded = (entry) => entry.expires !== undefined && entry.expires < TODAY;
const LEVEL = { keep: 1, report: 2, remove: 3 };

export function readManifests(documents) {
	const m = { accounts: new Map(), declared: new Set(), ended: new Set(), claims: new Map(),
		spoken: new Set() };
	const organization = documents.find((d) => d.kind === "Organization").spec;
	m.unlisted = organization.unlisted ?? "report";
	m.isEmpty = !documents.some((d) =>
		["TechnicalAccount", "AdminRole", "ProductAssignment"].includes(d.kind));
	m.guards = organization.guards ?? {};
	const bundles = new Map(documents.filter((d) => d.kind === "AccessBundle")
		.map((d) => [d.metadata.name, d.spec]));
	const declare = (who, what, entry) => {
		const set = typeof entry === "object" && hasEnded(entry) ? m.ended : m.declared;
		set.add(pair(who, what));
	};
	const lists = (who, spec) => {
		for (const r of spec.adminRoles ?? [])
			declare(who, roleKey(r.role ? r : { role: r }), r);
		for (const p of spec.products ?? [])
			declare(who, productKey(p), p);
		for (const a of spec.apis ?? [])
			declare(who, apiKey(a.api ?? a), a);
	};
	for (const d of documents.filter((one) => one.kind === "TechnicalAccount")) {
		const { spec } = d, who = account(d.metadata.name);
		m.accounts.set(d.metadata.name, { spec, previously: d.metadata.previously ?? [] });
		if (spec.state === "absent")
			continue;
		const used = (spec.bundles ?? []).map((name) => bundles.get(name));
		[spec, ...used].forEach((one) => lists(who, one));
		const level = spec.unlisted ?? "remove";
		const claim = (sort) => m.claims.set(`${who} ${sort}`, level);
		if (spec.adminRoles || spec.bundles)
			claim("role");
		if (spec.products || spec.bundles)
			claim("product");
		if (spec.apis || used.some((one) => one.apis))
			claim("api");
	}
	for (const d of documents) {
		const role = d.kind === "AdminRole";
		if (!role && d.kind !== "ProductAssignment")
			continue;
		const what = role ? roleKey(d.spec) : productKey(d.spec);
		const level = d.spec.unlisted ?? "report", before = m.claims.get(what);
		if (!before || LEVEL[level] > LEVEL[before])
			m.claims.set(what, level);
		for (const one of d.spec.members) {
			declare(memberKey(one), what, one);
		}
	}
	return m;
}

// ---- the model: the difference ----

export function exists(live, who, what) {
	const held = [...live.pairs].map(split);
	const name = nameOf(who);
	const lacks = [];
	const userThere = (user) => live.users.includes(user) ||
		held.some(([w]) => w === `user:${user}`);
	const groupThere = (group) => live.groups.includes(group) ||
		held.some(([w, e]) => w === `group:${group}` ||
			e === `role/user-group-administrator/${group}`);
	const isIt = (product, profile, p) => p.product === product &&
		(!profile || p.profile === profile);
	const productThere = (product, profile) =>
		live.products.some((p) => isIt(product, profile, p)) ||
		held.some(([, e]) => {
			const [sort, first, second, third] = e.split("/");
			return sort === "product" ?
				isIt(product, profile, { product: first, profile: second }) :
				sort === "role" &&
				isIt(product, profile, { product: second, profile: third });
		});
	if (kindOf(who) === "user" && !userThere(name))
		lacks.push(who);
	if (kindOf(who) === "group" && !groupThere(name))
		lacks.push(who);
	const [sort, first, second, third] = what.split("/");
	if (sort === "product" && !productThere(first, second))
		lacks.push(what);
	if (sort === "role" && first === "user-group-administrator" && !groupThere(second))
		lacks.push(what);
	if (sort === "role" && first !== "user-group-administrator" && second &&
		!productThere(second, third))
		lacks.push(what);
	return lacks.length === 0;
}

export function difference(live, m) {
	const plan = { changes: new Map(), unlisted: new Set(), blocked: new Set(),
		developers: new Map(), lost: [], adds: [], unseen: new Map() };
	const hide = (what, sort) => {
		const none = { claimed: 0, wanted: 0, ended: 0, unclaimed: 0 };
		const counts = plan.unseen.get(what) ?? none;
		plan.unseen.set(what, { ...counts, [sort]: counts[sort] + 1 });
	};
	const renamed = new Map(); // the live name -> the new one
	const deleted = new Set(); // live names
	const add = (key, change) => plan.changes.set(key, change);
	for (const [name, { spec, previously }] of m.accounts) {
		const there = live.accounts.has(name);
		if (spec.state === "absent") {
			if (there)
				deleted.add(name);
			continue;
		}
		const earlier = there ? undefined : previously.find((p) =>
			live.accounts.has(p) && !m.accounts.has(p));
		if (earlier !== undefined) {
			renamed.set(earlier, name);
			add(account(name), { action: "update", reason: "renamed" });
		} else if (!there) {
			add(account(name), { action: "create", reason: "added" });
		} else if ((spec.owner ?? live.accounts.get(name).owner) !==
			live.accounts.get(name).owner) {
			add(account(name), { action: "update", reason: "changed" });
		}
	}
	for (const name of deleted)
		add(account(name), { action: "delete", reason: "state-absent" });
	for (const name of live.accounts.keys()) {
		if (m.accounts.has(name) || renamed.has(name))
			continue;
		if (m.unlisted === "remove") {
			deleted.add(name);
			add(account(name), { action: "delete", reason: "undeclared" });
		} else if (m.unlisted === "report") {
			plan.unlisted.add(account(name));
		}
	}
	// The grants of a renamed account count as those of the new name.
	const held = new Set(), unseen = new Set();
	for (const one of [...live.pairs, ...live.unseen]) {
		const [who, what] = split(one), isSeen = live.pairs.has(one);
		const isAccount = kindOf(who) === "technicalAccount";
		const name = isAccount ? renamed.get(nameOf(who)) ?? nameOf(who) : undefined;
		if (!isAccount || !deleted.has(nameOf(who)))
			(isSeen ? held : unseen).add(pair(isAccount ? account(name) : who, what));
		else if (isSeen)
			plan.lost.push(what);
	}
	for (const one of m.declared) {
		const [who, what] = split(one);
		if (held.has(one))
			continue;
		if (!exists(live, who, what)) {
			plan.blocked.add(one);
			continue;
		}
		add(one, { action: "create", reason: "added", unknown: unseen.has(one) });
		if (unseen.has(one))
			hide(what, "wanted");
		else
			plan.adds.push(one);
	}
	const unmet = [...plan.changes].filter(([, c]) => c.unknown).map(([key]) => key);
	const unreplaced = new Set([...plan.blocked, ...unmet].map((one) => split(one)[1]));
	for (const one of [...held, ...unseen]) {
		if (m.declared.has(one))
			continue;
		const [who, what] = split(one);
		const sort = what.slice(0, what.indexOf("/"));
		const levels = [m.claims.get(`${who} ${sort}`), m.claims.get(what)]
			.filter((level) => level);
		const best = levels.sort((a, b) => LEVEL[b] - LEVEL[a])[0];
		if (unseen.has(one)) {
			if (m.ended.has(one)) {
				hide(what, "ended");
				add(one, { action: "delete", reason: "expired", unknown: true });
			} else if (best ? best !== "keep" : !isSilenced(m, who))
				hide(what, best ? "claimed" : "unclaimed");
		} else if (m.ended.has(one))
			add(one, { action: "delete", reason: "expired" });
		else if (best === "remove")
			add(one, { action: "delete", reason: "not-listed",
				stays: unreplaced.has(what) });
		else if (best === "report")
			plan.unlisted.add(one);
		else if (!best && isAdmin(what) && !isSilenced(m, who))
			tellUnspoken(plan, one, what);
	}
	const lostOf = (name) => [...live.pairs].map(split).filter(([who]) => who === account(name))
		.map(([, what]) => what);
	const hidesSystem = (name) => live.unseen.has(pair(account(name), SYSTEM));
	return { ...plan, renamed, deleted, held, lostOf, hidesSystem };
}

// Held admin rights that no document speaks of are always told, whoever holds them; developers of a
// profile by their number. An account that says keep is not asked for more.
function isSilenced(m, who) {
	const declared = kindOf(who) === "technicalAccount" && m.accounts.get(nameOf(who));
	return Boolean(declared && declared.spec.unlisted === "keep");
}

function tellUnspoken(plan, one, what) {
	if (what.startsWith("role/developer/"))
		plan.developers.set(what, (plan.developers.get(what) ?? 0) + 1);
	else
		plan.unlisted.add(one);
}

// ---- the model: what is withheld ----

const POLICY = { maxRemovals: 20, maxRemovalDelta: "25%", maxAdminGrants: 5, minHolders: 2,
	minPersons: 1 };
const SYSTEM = roleKey(ROLES[0]);

// Of the operator's limit and the manifests' the strictest counts.
function limit(m, name) {
	const both = [POLICY[name], m.guards[name] ?? POLICY[name]].map((v) => parseInt(v, 10));
	return name.startsWith("min") ? Math.max(...both) : Math.min(...both);
}

export const classOf = (key) => !key.includes(" ") ? "accounts" :
	isAdmin(split(key)[1]) ? "roles" : "products";

function countDeletes(live, model) {
	const t = { roles: 0, products: 0, accounts: 0 };
	const count = { deletes: { ...t }, lost: { ...t }, live: { ...t } };
	for (const [key, c] of model.changes)
		count.deletes[classOf(key)] += c.action === "delete";
	for (const what of model.lost)
		count.lost[isAdmin(what) ? "roles" : "products"]++;
	for (const one of live.pairs)
		count.live[classOf(one)]++;
	for (const [key, c] of model.changes)
		count.live[classOf(key)] += Boolean(c.unknown) && c.action === "delete";
	count.live.accounts = live.accounts.size;
	count.all = count.deletes.roles + count.deletes.products + count.deletes.accounts;
	return count;
}

function isConsented(consent, count, sort) {
	if (consent === undefined)
		return false;
	if (!consent.endsWith("%"))
		return count.all <= Number(consent);
	const gone = count.deletes[sort] + count.lost[sort];
	return gone * 100 <= count.live[sort] * parseInt(consent, 10);
}

// owed: what an earlier apply withheld for want of consent.
function lacksConsent(m, live, model, consent, owed) {
	const count = countDeletes(live, model);
	const gone = count.deletes.products + count.lost.products;
	const isOwed = [...model.changes].some(([key, c]) => c.action === "delete" &&
		classOf(key) === "products" && owed.has(key));
	const isOver = { roles: true, accounts: true, products: isOwed ||
		gone > limit(m, "maxRemovals") ||
		(gone >= 5 && gone * 100 > count.live.products * limit(m, "maxRemovalDelta")) };
	return (sort) => isOver[sort] && !isConsented(consent, count, sort);
}

// A removal that would leave too few system administrators, or too few persons among them, stays.
export function keepHolders(m, model, order, withheld) {
	const holders = new Set();
	for (const one of [...model.held, ...model.adds]) {
		const [who, what] = split(one);
		if (what === SYSTEM)
			holders.add(who);
	}
	for (const name of model.deleted) {
		if (model.lostOf(name).includes(SYSTEM))
			holders.add(account(name));
	}
	const isUser = (who) => kindOf(who) === "user";
	for (const key of order.filter((k) => model.changes.get(k).action === "delete")) {
		const [who, what] = key.includes(" ") ? split(key) : [key, SYSTEM];
		// It may be a holder; whether the others are enough without it is what counts.
		const mayTake = key.includes(" ") ?
			what === SYSTEM && model.changes.get(key).unknown :
			model.hidesSystem(nameOf(who));
		if (mayTake && holders.size < limit(m, "minHolders"))
			withheld.add(key);
		if (what !== SYSTEM || withheld.has(key) || !holders.has(who))
			continue;
		const persons = [...holders].filter(isUser).length - isUser(who);
		if (holders.size - 1 < limit(m, "minHolders") ||
		    (isUser(who) && persons < limit(m, "minPersons")))
			withheld.add(key);
		else
			holders.delete(who);
	}
}

export function withhold(m, live, model, options, order, owed = new Set()) {
	const lacks = lacksConsent(m, live, model, options.remove, owed), withheld = new Set();
	for (const [key, c] of model.changes) {
		const stays = c.stays && !options.unreplaced;
		if (c.action === "delete" && (stays || lacks(classOf(key))))
			withheld.add(key);
	}
	keepHolders(m, model, order, withheld);
	return withheld;
}

export function isRefused(m, live, model, options) {
	const grants = [...model.changes].filter(([key, c]) => c.action === "create" &&
		classOf(key) === "roles").length;
	const tooMany = grants > limit(m, "maxAdminGrants") && !(grants <= options.grants);
	const creates = [...model.changes.values()].some((c) => c.action === "create");
	const all = countDeletes(live, model).all;
	const gone = model.deleted.size;
	const emptied = !creates && gone > 1 && gone >= live.accounts.size;
	return tooMany || (all > 0 && (m.isEmpty || emptied));
}

// What is live when all of the plan is done but what is withheld.
export function become(live, m, model, withheld) {
	const next = { ...live, accounts: new Map(), pairs: new Set(), unseen: new Set() };
	for (const [name, old] of live.accounts) {
		if (model.deleted.has(name) && !withheld.has(account(name)))
			continue;
		next.accounts.set(model.renamed.get(name) ?? name, { ...old });
	}
	for (const [name, { spec }] of m.accounts) {
		if (spec.state === "absent")
			continue;
		const known = next.accounts.get(name) ?? {};
		next.accounts.set(name, { ...known, owner: spec.owner ?? known.owner });
	}
	const move = (pairs, to) => pairs.forEach((one) => {
		const [who, what] = split(one), name = nameOf(who);
		if (kindOf(who) !== "technicalAccount")
			to.add(one);
		else if (!model.deleted.has(name) || withheld.has(who))
			to.add(pair(account(model.renamed.get(name) ?? name), what));
	});
	move(live.pairs, next.pairs);
	move(live.unseen, next.unseen);
	for (const [key, c] of model.changes) {
		if (key.includes(" ") && c.action === "create")
			next.pairs.add(key) && next.unseen.delete(key);
		else if (key.includes(" ") && c.action === "delete" && !withheld.has(key))
			next.pairs.delete(key) || next.unseen.delete(key);
	}
	return next;
}

// ---- the program ----

// A home of its own for a life, with a repository for snapshots.
export function makeHome(work, number) {
	const folder = join(work, String(number));
	mkdirSync(join(folder, "snaps"), { recursive: true });
	writeFileSync(join(folder, ".gitconfig"), "[user]\nname = a\nemail = a@example.com\n");
	spawnSync("git", ["init", "-q", "snaps"], { cwd: folder });
	return folder;
}

export function writ(folder, args, status) {
	const env = { ...process.env, XDG_STATE_HOME: join(folder, "state"),
		WRIT_NOW: "2026-06-01T12:00:00Z", HOME: folder };
	const run = spawnSync(process.env.WRIT, args, { encoding: "utf8", timeout: 60000,
		cwd: folder, maxBuffer: 1 << 26, env });
	assert.equal(run.signal, null, `writ ${args.join(" ")} ended by ${run.signal}`);
	assert.ok(status.includes(run.status),
		`writ ${args.join(" ")}: ${run.status}, due ${status}\n${run.stdout}${run.stderr}`);
	return run;
}

export const entitlementKey = (e) => e.kind === "api" ? apiKey(e.api) :
	e.kind === "product" ? productKey(e) : roleKey(e);
const whoKey = (p) => `${p.kind}:${p.name}`;
export const keyOf = (one) => one.entitlement ?
	pair(whoKey(one.principal), entitlementKey(one.entitlement)) : whoKey(one.principal);

export function riskOf(key, action) {
	const what = key.includes(" ") ? split(key)[1] : undefined;
	if (what === undefined)
		return action === "delete" ? "account-delete" : "ordinary";
	if (isAdmin(what))
		return action === "create" ? "admin-grant" : "admin-removal";
	return action === "create" ? "ordinary" : "removal";
}

export const toYaml = (documents) =>
	documents.map((d) => YAML.stringify(d, { lineWidth: 0 })).join("---\n");

// The live file as sets.
export function readLive(file) {
	const found = { accounts: new Map(), pairs: new Set(), ids: new Map() };
	for (const one of YAML.parseAllDocuments(readFileSync(file, "utf8"))) {
		const { kind, metadata, spec, status } = one.toJS();
		if (kind === "TechnicalAccount") {
			const add = (what) => found.pairs.add(pair(account(metadata.name), what));
			found.accounts.set(metadata.name, spec.owner);
			found.ids.set(metadata.name, status.id);
			(spec.adminRoles ?? [])
				.forEach((r) => add(roleKey(r.role ? r : { role: r })));
			(spec.products ?? []).forEach((p) => add(productKey(p)));
			(spec.apis ?? []).forEach((a) => add(apiKey(a.api ?? a)));
		} else if (kind !== "Organization") {
			for (const m of spec.members)
				found.pairs.add(pair(memberKey(m),
					kind === "AdminRole" ? roleKey(spec) : productKey(spec)));
		}
	}
	return found;
}
