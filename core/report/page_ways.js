// SPDX-License-Identifier: Apache-2.0
// What is said of one grant, and the picture of the ways to it.
// ---- pieces of a row ----

function stateOf(state, short) {
	const s = states[state];
	return make(
		"span",
		{ class: `state s-${s.css}` },
		make("span", { class: "glyph", "aria-hidden": "true" }, s.sign),
		make("span", short ? { class: "sr" } : {}, s.name),
	);
}

function nameOf(row) {
	const p = row.p ?? row;
	const button = make(
		"button",
		{ type: "button", "aria-expanded": "false", title: p.label },
		p.name,
	);
	return make(
		"th",
		{ scope: "row" },
		button,
		isNamedAlone(p) ? null : make("span", { class: "kind" }, ` ${kinds[p.kind]}`),
	);
}

const cell = (value) => make("td", value ? { title: value } : {}, value ?? "");

// ---- the ways to a grant ----

const documents = ["its own list", "AdminRole", "ProductAssignment"];
const nameOfWay = (way) =>
	way.bundle
		? `bundle ${way.bundle}`
		: way.kind === 0
			? documents[0]
			: `${documents[way.kind]} ${way.document}`;

function wordsOfCommit(commit) {
	if (!commit) return null;
	const [id, day, author, merge, merged, by, approver, claimed] = commit.map((value, i) =>
		i === 7 ? value === 1 : text(value),
	);
	if (!id) return make("li", { class: "dim" }, day ?? "");
	return make(
		"li",
		{},
		`written ${day} by ${author}, commit ${id}`,
		merge ? `; merged ${merged} by ${by}, commit ${merge}` : "",
		approver
			? `; approved by ${approver}` +
					(claimed ? " (claimed: no signed merge says so)" : "")
			: "; nobody but its writer stands for it",
	);
}

function wayItem(way) {
	const list = make("ul", {});
	if (way.reason || way.ticket)
		list.append(make("li", {}, [way.reason, way.ticket].filter(Boolean).join(", ")));
	if (way.expires)
		list.append(
			make(
				"li",
				{},
				way.expired ? `ended on ${way.expires}` : `until ${way.expires}`,
			),
		);
	const commit = wordsOfCommit(way.commit);
	if (commit) list.append(commit);
	return make(
		"li",
		{},
		`by ${nameOfWay(way)}: `,
		make("span", { class: "place" }, way.at),
		way.bundleAt
			? make(
					"span",
					{},
					", in the bundle ",
					make("span", { class: "place" }, way.bundleAt),
				)
			: null,
		list,
	);
}

function grantItem(c) {
	const e = entitlements[c.what];
	const notes = [
		c.since && `held since ${c.since}`,
		c.said && `declared since ${c.said}`,
		c.expires && `until ${c.expires}`,
		c.drift && `open drift since ${c.drift}`,
		!c.ways.length && c.reason,
		!c.ways.length && c.ticket,
	];
	return make(
		"li",
		{},
		make("span", { class: "what" }, e.label),
		" ",
		stateOf(c.state),
		make(
			"span",
			{ class: "dim" },
			notes
				.filter(Boolean)
				.map((note) => `, ${note}`)
				.join(""),
		),
		c.ways.length ? make("ul", { class: "ways" }, ...c.ways.map(wayItem)) : null,
	);
}

// A long name in lines of so many characters, cut at a blank or a sign where there is one.
function wrapped(value, width) {
	const out = [];
	let rest = value;
	while (rest.length > width) {
		const cut =
			Math.max(
				...[" ", "-", "_", "/", "@", "."].map((sign) =>
					rest.lastIndexOf(sign, width - 1),
				),
			) + 1;
		const at = cut > width / 3 ? cut : width;
		out.push(rest.slice(0, at));
		rest = rest.slice(at);
	}
	out.push(rest);
	return out;
}

const WIDTH = 230,
	GAP = 90,
	LINE = 15;
function box(node, x) {
	const group = make(
		"g",
		{},
		make("rect", {
			x,
			y: node.y,
			width: WIDTH,
			height: node.height,
			rx: 5,
			class: node.css ?? "",
		}),
	);
	node.lines.forEach(([value, css], i) => {
		const line = make("text", { x: x + 10, y: node.y + 19 + i * LINE, class: css });
		line.textContent = value;
		group.append(line);
	});
	return group;
}
function node(first, second, css) {
	const all = [
		...wrapped(first, 32).map((l) => [l, "what"]),
		...(second ? wrapped(second, 30).map((l) => [l, "dim"]) : []),
	];
	return { lines: all, height: all.length * LINE + 14, css };
}
function stack(nodes) {
	let y = 1;
	for (const n of nodes) {
		n.y = y;
		y += n.height + 12;
	}
	return y;
}

// On the left who, in the middle what says so, on the right what is granted. A line that is broken
// is not known to lead there now.
function picture(p, shown) {
	const middle = new Map(),
		right = [],
		edges = [];
	const css = (state) =>
		looks.has(state) && state !== 2 ? "look" : state === UNSEEN ? "unsure" : "";
	const through = (key, first, second, style) => {
		if (!middle.has(key)) middle.set(key, node(first, second, style));
		return middle.get(key);
	};
	for (const c of shown) {
		const target = node(
			entitlements[c.what].label,
			states[c.state].name + (c.expires ? `, until ${c.expires}` : ""),
			css(c.state),
		);
		const open = c.state !== 1;
		right.push(target);
		for (const way of c.ways)
			edges.push([
				through(
					`${way.kind} ${way.document} ${way.bundle}`,
					nameOfWay(way),
					way.bundle || way.kind === 0
						? way.at.replace(/:\d+(:\d+)?$/, "")
						: way.at,
				),
				target,
				open || way.expired,
			]);
		if (!c.ways.length)
			edges.push([
				through(
					"none",
					c.state === 1
						? "held, as the snapshot saw it"
						: "no line that was read",
					c.state === 1 ? "" : "nothing declares it",
					c.state === 1 ? "" : "unsure",
				),
				target,
				open,
			]);
	}
	const left = node(p.label, p.owner ? `owner ${p.owner}` : "");
	const between = [...middle.values()];
	const height = Math.max(stack([left]), stack(between), stack(right));
	const [x1, x2] = [WIDTH + GAP, 2 * (WIDTH + GAP)];
	left.y = Math.max(1, Math.min(height - left.height - 13, 60));
	const curve = (from, to, fromX, toX, open) => {
		const [y1, y2, half] = [
			from.y + from.height / 2,
			to.y + to.height / 2,
			(fromX + toX) / 2,
		];
		return make("path", {
			d: `M${fromX} ${y1} C${half} ${y1} ${half} ${y2} ${toX} ${y2}`,
			class: open ? "open" : "",
		});
	};
	const width = 3 * WIDTH + 2 * GAP + 2;
	const count = `${right.length} entitlement${right.length === 1 ? "" : "s"}`;
	const label = `Ways of ${p.label} to ${count}; the list below says the same in words`;
	return make(
		"div",
		{
			class: "picture",
			tabindex: "0",
			role: "group",
			"aria-label": "Picture of the ways",
		},
		make(
			"svg",
			{
				role: "img",
				"aria-label": label,
				width,
				height,
				viewBox: `0 0 ${width} ${height}`,
			},
			...between.map((n) =>
				curve(
					left,
					n,
					WIDTH + 1,
					x1 + 1,
					edges.every(([from, , open]) => from !== n || open),
				),
			),
			...edges.map(([from, to, open]) =>
				curve(from, to, x1 + WIDTH + 1, x2 + 1, open),
			),
			box(left, 1),
			...between.map((n) => box(n, x1 + 1)),
			...right.map((n) => box(n, x2 + 1)),
		),
	);
}

function card(row) {
	const p = row.p ?? row;
	const shown = row.p ? row.cells.filter((c) => !c.bare) : p.known;
	const facts = make("dl", {});
	for (const [name, value] of [
		["owner", p.owner ?? (p.kind === 0 ? "not said" : null)],
		["description", p.description],
		["address", p.email],
		["note", p.notes],
	])
		if (value) facts.append(make("dt", {}, name), make("dd", {}, value));
	const bare = row.p ? row.cells.filter((c) => c.bare) : p.bare;
	const list = make("ul", { class: "ways" }, ...shown.map(grantItem));
	if (bare.length)
		list.append(
			make(
				"li",
				{},
				stateOf(UNSEEN),
				`: ${bare.map((c) => entitlements[c.what].label).join(", ")}. ` +
					"The snapshot does not show whether it is held.",
			),
		);
	if (!shown.length && !bare.length)
		list.append(make("li", {}, "nothing is declared or seen"));
	return make(
		"div",
		{ class: "card" },
		facts,
		shown.length ? picture(p, shown.slice(0, 60)) : null,
		list,
		shown.length > 60
			? make(
					"p",
					{ class: "dim" },
					`The picture has the first 60 of ${shown.length}.`,
				)
			: null,
	);
}
