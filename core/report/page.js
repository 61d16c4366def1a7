// SPDX-License-Identifier: Apache-2.0
// The script of a report's page: the table of all grants, of which only the rows in view are in the
// document, and the picture of the ways to a grant. Foreign text gets into the page as text alone,
// by textContent. table.js has what other pages need too, page.js what is known of grants and
// which are asked for, page_ways.js what is said of one of them, page_table.js the tables and what
// a person does; in this order they are one script.
const data = JSON.parse(document.getElementById("data").textContent);
const text = (i) => data.texts[i];
const byId = (id) => document.getElementById(id);

// Sign, name of the class, and the weight with which a state wants to be looked at.
const states = [
	{ sign: "○", css: "declared", weight: 1 },
	{ sign: "●", css: "held", weight: 1 },
	{ sign: "◇", css: "pending", weight: 3 },
	{ sign: "▲", css: "undeclared", weight: 5 },
	{ sign: "–", css: "ended", weight: 0 },
	{ sign: "✕", css: "overdue", weight: 6 },
	{ sign: "✕?", css: "lingering", weight: 4 },
	{ sign: "?", css: "unseen", weight: 2 },
].map((s, i) => ({ ...s, name: data.states[i] }));
const UNSEEN = 7;

function make(tag, attributes, ...children) {
	const svg = ["svg", "rect", "path", "text", "tspan", "title", "g"].includes(tag);
	const node = svg
		? document.createElementNS("http://www.w3.org/2000/svg", tag)
		: document.createElement(tag);
	for (const [name, value] of Object.entries(attributes ?? {}))
		node.setAttribute(name, value);
	node.append(
		...children.filter(
			(child) => child !== null && child !== undefined && child !== "",
		),
	);
	return node;
}

// ---- the model ----

const kinds = ["account", "group", "user", ""]; // the last: all users
const isNamedAlone = (p) => p.kind === 0 || p.kind === 3;
const entitlements = data.entitlements.map(([kind, label, power]) => ({
	kind,
	label: text(label),
	power: power === 1,
}));
const ways = data.ways.map(
	([kind, document_, bundle, at, bundleAt, reason, ticket, expires, expired, commit]) => ({
		kind,
		document: text(document_),
		bundle: text(bundle),
		at: text(at),
		bundleAt: text(bundleAt),
		reason: text(reason),
		ticket: text(ticket),
		expires: text(expires),
		expired: expired === 1,
		commit: data.commits[commit],
	}),
);
const cells = data.cells.map(
	([who, what, state, bare, expires, since, said, drift, reason, ticket, way, count]) => ({
		who,
		what,
		state,
		bare: bare === 1,
		expires: text(expires),
		since: text(since),
		said: text(said),
		drift: text(drift),
		reason: text(reason),
		ticket: text(ticket),
		ways: ways.slice(way, way + count),
	}),
);
const principals = data.principals.map(([kind, name, owner, description, email, notes]) => ({
	kind,
	name: text(name),
	owner: text(owner),
	description: text(description),
	email: text(email),
	notes: text(notes),
	cells: [],
}));
for (const cell of cells) principals[cell.who].cells.push(cell);

const folded = (...parts) => parts.filter(Boolean).join("\n").toLowerCase();
// What a row of the list is of: a grant, or all that nobody could see of one principal.
const lines = [];
for (const [index, p] of principals.entries()) {
	p.index = index;
	p.bare = p.cells.filter((cell) => cell.bare);
	p.known = p.cells.filter((cell) => !cell.bare);
	p.powers = p.cells.filter((cell) => !cell.bare && entitlements[cell.what].power).length;
	p.weight = p.cells.reduce((most, cell) => Math.max(most, states[cell.state].weight), 0);
	p.end =
		p.known
			.map((cell) => cell.expires)
			.filter(Boolean)
			.sort()[0] ?? "";
	p.label = isNamedAlone(p) ? p.name : `${kinds[p.kind]} ${p.name}`;
	p.text = folded(
		p.label,
		p.owner,
		p.description,
		p.email,
		...p.known.flatMap((cell) => [
			entitlements[cell.what].label,
			cell.reason,
			cell.ticket,
		]),
	);
	for (const cell of p.known) {
		const label = entitlements[cell.what].label;
		lines.push({
			p,
			cells: [cell],
			what: label,
			state: cell.state,
			until: cell.expires ?? "",
			since: cell.since ?? cell.said ?? "",
			why: [cell.reason, cell.ticket].filter(Boolean).join(", "),
			owner: p.owner ?? "",
			text: folded(p.label, p.owner, label, cell.reason, cell.ticket),
		});
	}
	if (p.bare.length) {
		const label = p.bare.map((cell) => entitlements[cell.what].label).join(", ");
		lines.push({
			p,
			cells: p.bare,
			what: label,
			state: UNSEEN,
			until: "",
			since: "",
			why: "",
			owner: p.owner ?? "",
			text: folded(p.label, p.owner, label),
		});
	}
}
const columns = entitlements
	.map((e, index) => ({ ...e, index }))
	.filter((e) => cells.some((cell) => cell.what === e.index));

// ---- filters ----

const filter = { words: [], kind: "", state: "", who: "", ends: "" };
const looks = new Set([2, 3, 5, 6]);
function takesCell(cell) {
	const e = entitlements[cell.what];
	if (
		filter.kind === "power"
			? !e.power
			: filter.kind !== "" && e.kind !== Number(filter.kind)
	)
		return false;
	if (
		filter.state === "look"
			? !looks.has(cell.state)
			: filter.state !== "" && cell.state !== Number(filter.state)
	)
		return false;
	return (
		filter.ends === "" ||
		(cell.expires !== null && cell.expires >= data.today && cell.expires <= filter.ends)
	);
}
const takesText = (haystack) => takesWords(haystack, filter.words);
const takesWho = (p) =>
	filter.who === "" || p.kind === Number(filter.who) || (p.kind === 3 && filter.who === "2");
const filtersCells = () => filter.kind !== "" || filter.state !== "" || filter.ends !== "";
