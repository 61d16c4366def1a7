// SPDX-License-Identifier: Apache-2.0
// The script of a report's page: the table of all grants, of which only the rows in view are in the document, and the
// picture of the ways to a grant. Foreign text gets into the page as text alone, by textContent.
"use strict";
(() => {
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
		const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
		for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
		node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
		return node;
	}

	// ---- the model ----

	const kinds = ["account", "group", "user", ""]; // the last: all users
	const isNamedAlone = (p) => p.kind === 0 || p.kind === 3;
	const entitlements = data.entitlements.map(([kind, label, power]) => ({ kind, label: text(label), power: power === 1 }));
	const ways = data.ways.map(([kind, document_, bundle, at, bundleAt, reason, ticket, expires, expired, commit]) => ({
		kind, document: text(document_), bundle: text(bundle), at: text(at), bundleAt: text(bundleAt), reason: text(reason), ticket: text(ticket),
		expires: text(expires), expired: expired === 1, commit: data.commits[commit],
	}));
	const cells = data.cells.map(([who, what, state, bare, expires, since, said, drift, reason, ticket, way, count]) => ({
		who, what, state, bare: bare === 1, expires: text(expires), since: text(since), said: text(said), drift: text(drift), reason: text(reason),
		ticket: text(ticket), ways: ways.slice(way, way + count),
	}));
	const principals = data.principals.map(([kind, name, owner, description, email, notes]) => ({
		kind, name: text(name), owner: text(owner), description: text(description), email: text(email), notes: text(notes), cells: [],
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
		p.end = p.known.map((cell) => cell.expires).filter(Boolean).sort()[0] ?? "";
		p.label = isNamedAlone(p) ? p.name : `${kinds[p.kind]} ${p.name}`;
		p.text = folded(p.label, p.owner, p.description, p.email, ...p.known.flatMap((cell) => [entitlements[cell.what].label, cell.reason, cell.ticket]));
		for (const cell of p.known) {
			const label = entitlements[cell.what].label;
			lines.push({ p, cells: [cell], what: label, state: cell.state, until: cell.expires ?? "", since: cell.since ?? cell.said ?? "", why: [cell.reason, cell.ticket].filter(Boolean).join(", "), owner: p.owner ?? "", text: folded(p.label, p.owner, label, cell.reason, cell.ticket) });
		}
		if (p.bare.length) {
			const label = p.bare.map((cell) => entitlements[cell.what].label).join(", ");
			lines.push({ p, cells: p.bare, what: label, state: UNSEEN, until: "", since: "", why: "", owner: p.owner ?? "", text: folded(p.label, p.owner, label) });
		}
	}
	const columns = entitlements.map((e, index) => ({ ...e, index })).filter((e) => cells.some((cell) => cell.what === e.index));

	// ---- filters ----

	const filter = { words: [], kind: "", state: "", who: "", ends: "" };
	const looks = new Set([2, 3, 5, 6]);
	function takesCell(cell) {
		const e = entitlements[cell.what];
		if (filter.kind === "power" ? !e.power : filter.kind !== "" && e.kind !== Number(filter.kind)) return false;
		if (filter.state === "look" ? !looks.has(cell.state) : filter.state !== "" && cell.state !== Number(filter.state)) return false;
		return filter.ends === "" || (cell.expires !== null && cell.expires >= data.today && cell.expires <= filter.ends);
	}
	const takesText = (haystack) => filter.words.every((word) => haystack.includes(word));
	const takesWho = (p) => filter.who === "" || p.kind === Number(filter.who) || (p.kind === 3 && filter.who === "2");
	const filtersCells = () => filter.kind !== "" || filter.state !== "" || filter.ends !== "";

	// ---- pieces of a row ----

	function stateOf(state, short) {
		const s = states[state];
		return make("span", { class: `state s-${s.css}` }, make("span", { class: "glyph", "aria-hidden": "true" }, s.sign), make("span", short ? { class: "sr" } : {}, s.name));
	}

	function nameOf(row) {
		const p = row.p ?? row;
		const button = make("button", { type: "button", "aria-expanded": "false", title: p.label }, p.name);
		return make("th", { scope: "row" }, button, isNamedAlone(p) ? null : make("span", { class: "kind" }, ` ${kinds[p.kind]}`));
	}

	const cell = (value) => make("td", value ? { title: value } : {}, value ?? "");

	// ---- the ways to a grant ----

	const documents = ["its own list", "AdminRole", "ProductAssignment"];
	const nameOfWay = (way) => (way.bundle ? `bundle ${way.bundle}` : way.kind === 0 ? documents[0] : `${documents[way.kind]} ${way.document}`);

	function wordsOfCommit(commit) {
		if (!commit) return null;
		const [id, day, author, merge, merged, by, approver, claimed] = commit.map((value, i) => (i === 7 ? value === 1 : text(value)));
		if (!id) return make("li", { class: "dim" }, day ?? "");
		return make("li", {}, `written ${day} by ${author}, commit ${id}`, merge ? `; merged ${merged} by ${by}, commit ${merge}` : "", approver ? `; approved by ${approver}${claimed ? " (claimed: no signed merge says so)" : ""}` : "; nobody but its writer stands for it");
	}

	function wayItem(way) {
		const list = make("ul", {});
		if (way.reason || way.ticket) list.append(make("li", {}, [way.reason, way.ticket].filter(Boolean).join(", ")));
		if (way.expires) list.append(make("li", {}, way.expired ? `ended on ${way.expires}` : `until ${way.expires}`));
		const commit = wordsOfCommit(way.commit);
		if (commit) list.append(commit);
		return make("li", {}, `by ${nameOfWay(way)}: `, make("span", { class: "place" }, way.at), way.bundleAt ? make("span", {}, ", in the bundle ", make("span", { class: "place" }, way.bundleAt)) : null, list);
	}

	function grantItem(c) {
		const e = entitlements[c.what];
		const notes = [c.since && `held since ${c.since}`, c.said && `declared since ${c.said}`, c.expires && `until ${c.expires}`, c.drift && `open drift since ${c.drift}`, !c.ways.length && c.reason, !c.ways.length && c.ticket];
		return make("li", {}, make("span", { class: "what" }, e.label), " ", stateOf(c.state), make("span", { class: "dim" }, notes.filter(Boolean).map((note) => `, ${note}`).join("")), c.ways.length ? make("ul", { class: "ways" }, ...c.ways.map(wayItem)) : null);
	}

	// A long name in lines of so many characters, cut at a blank or a sign where there is one.
	function wrapped(value, width) {
		const out = [];
		let rest = value;
		while (rest.length > width) {
			const cut = Math.max(...[" ", "-", "_", "/", "@", "."].map((sign) => rest.lastIndexOf(sign, width - 1))) + 1;
			const at = cut > width / 3 ? cut : width;
			out.push(rest.slice(0, at));
			rest = rest.slice(at);
		}
		out.push(rest);
		return out;
	}

	const WIDTH = 230, GAP = 90, LINE = 15;
	function box(node, x) {
		const group = make("g", {}, make("rect", { x, y: node.y, width: WIDTH, height: node.height, rx: 5, class: node.css ?? "" }));
		node.lines.forEach(([value, css], i) => {
			const line = make("text", { x: x + 10, y: node.y + 19 + i * LINE, class: css });
			line.textContent = value;
			group.append(line);
		});
		return group;
	}
	function node(first, second, css) {
		const all = [...wrapped(first, 32).map((l) => [l, "what"]), ...(second ? wrapped(second, 30).map((l) => [l, "dim"]) : [])];
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

	// On the left who, in the middle what says so, on the right what is granted. A line that is broken is not known to lead there now.
	function picture(p, shown) {
		const middle = new Map(), right = [], edges = [];
		const css = (state) => (looks.has(state) && state !== 2 ? "look" : state === UNSEEN ? "unsure" : "");
		const through = (key, first, second, style) => {
			if (!middle.has(key)) middle.set(key, node(first, second, style));
			return middle.get(key);
		};
		for (const c of shown) {
			const target = node(entitlements[c.what].label, states[c.state].name + (c.expires ? `, until ${c.expires}` : ""), css(c.state));
			const open = c.state !== 1;
			right.push(target);
			for (const way of c.ways) edges.push([through(`${way.kind} ${way.document} ${way.bundle}`, nameOfWay(way), way.bundle || way.kind === 0 ? way.at.replace(/:\d+(:\d+)?$/, "") : way.at), target, open || way.expired]);
			if (!c.ways.length) edges.push([through("none", c.state === 1 ? "held, as the snapshot saw it" : "no line that was read", c.state === 1 ? "" : "nothing declares it", c.state === 1 ? "" : "unsure"), target, open]);
		}
		const left = node(p.label, p.owner ? `owner ${p.owner}` : "");
		const between = [...middle.values()];
		const height = Math.max(stack([left]), stack(between), stack(right));
		const [x1, x2] = [WIDTH + GAP, 2 * (WIDTH + GAP)];
		left.y = Math.max(1, Math.min(height - left.height - 13, 60));
		const curve = (from, to, fromX, toX, open) => {
			const [y1, y2, half] = [from.y + from.height / 2, to.y + to.height / 2, (fromX + toX) / 2];
			return make("path", { d: `M${fromX} ${y1} C${half} ${y1} ${half} ${y2} ${toX} ${y2}`, class: open ? "open" : "" });
		};
		const width = 3 * WIDTH + 2 * GAP + 2;
		const label = `Ways of ${p.label} to ${right.length} entitlement${right.length === 1 ? "" : "s"}; the list below says the same in words`;
		return make("div", { class: "picture", tabindex: "0", role: "group", "aria-label": "Picture of the ways" }, make("svg", { role: "img", "aria-label": label, width, height, viewBox: `0 0 ${width} ${height}` },
			...between.map((n) => curve(left, n, WIDTH + 1, x1 + 1, edges.every(([from, , open]) => from !== n || open))),
			...edges.map(([from, to, open]) => curve(from, to, x1 + WIDTH + 1, x2 + 1, open)),
			box(left, 1), ...between.map((n) => box(n, x1 + 1)), ...right.map((n) => box(n, x2 + 1))));
	}

	function card(row) {
		const p = row.p ?? row;
		const shown = row.p ? row.cells.filter((c) => !c.bare) : p.known;
		const facts = make("dl", {});
		for (const [name, value] of [["owner", p.owner ?? (p.kind === 0 ? "not said" : null)], ["description", p.description], ["address", p.email], ["note", p.notes]])
			if (value) facts.append(make("dt", {}, name), make("dd", {}, value));
		const bare = row.p ? row.cells.filter((c) => c.bare) : p.bare;
		const list = make("ul", { class: "ways" }, ...shown.map(grantItem));
		if (bare.length) list.append(make("li", {}, stateOf(UNSEEN), `: ${bare.map((c) => entitlements[c.what].label).join(", ")}. The snapshot does not show whether it is held.`));
		if (!shown.length && !bare.length) list.append(make("li", {}, "nothing is declared or seen"));
		return make("div", { class: "card" }, facts, shown.length ? picture(p, shown.slice(0, 60)) : null, list, shown.length > 60 ? make("p", { class: "dim" }, `The picture has the first 60 of ${shown.length}.`) : null);
	}

	// ---- the two tables ----

	const views = {
		grid: {
			rows: principals.filter((p) => p.cells.length || p.notes !== null),
			takes: (p) => takesWho(p) && takesText(p.text) && (!filtersCells() || p.cells.some(takesCell)),
			columns: () => [
				{ name: "Who", sort: (p) => p.name.toLowerCase() },
				{ name: "Powers", sort: (p) => -p.powers },
				...columns.filter((e) => filter.kind === "" || (filter.kind === "power" ? e.power : e.kind === Number(filter.kind)))
					.map((e) => ({ name: e.label, css: e.power ? "column power-column" : "column", what: e.index, sort: (p) => -(p.cells.find((c) => c.what === e.index) ? 1 + states[p.cells.find((c) => c.what === e.index).state].weight : 0) })),
				{ name: "Next end", sort: (p) => p.end || "\uffff" },
				{ name: "Owner", css: "rest", sort: (p) => p.owner ?? "\uffff" },
			],
			fill: (p, shown) => {
				const marks = new Map(p.cells.map((c) => [c.what, c]));
				return [nameOf(p), cell(p.powers ? String(p.powers) : ""), ...shown.slice(2, -2).map(({ what }) => {
					const c = marks.get(what);
					return c ? make("td", { class: "mark", title: `${p.label}: ${entitlements[what].label}: ${states[c.state].name}` }, stateOf(c.state, true)) : make("td", { class: "mark" });
				}), cell(p.end), cell(p.owner)];
			},
		},
		list: {
			rows: lines,
			takes: (line) => takesWho(line.p) && takesText(line.text) && (!filtersCells() || line.cells.some(takesCell)),
			columns: () => [
				{ name: "Who", sort: (line) => line.p.name.toLowerCase() },
				{ name: "What", css: "w-what", sort: (line) => line.what },
				{ name: "State", css: "w-state", sort: (line) => -states[line.state].weight },
				{ name: "Until", css: "day", sort: (line) => line.until || "\uffff" },
				{ name: "Since", css: "day", sort: (line) => line.since || "\uffff" },
				{ name: "Why", sort: (line) => line.why || "\uffff" },
				{ name: "Owner", css: "w-owner", sort: (line) => line.owner || "\uffff" },
			],
			fill: (line) => [nameOf(line), make("td", { title: line.what }, make("div", { class: "clamp" }, line.what)), make("td", {}, stateOf(line.state)), cell(line.until), cell(line.since), cell(line.why), cell(line.owner)],
		},
	};

	const OVERSCAN = 8;
	const narrow = matchMedia("(max-width: 40rem)");
	let HEIGHT = 34; // of a row, as in the style
	const scroller = byId("scroller"), table = byId("all"), head = make("thead", {}), body = make("tbody", {});
	const above = make("tr", { class: "space", "aria-hidden": "true" }, make("td", {})), below = make("tr", { class: "space", "aria-hidden": "true" }, make("td", {}));
	table.append(head, body);
	let view = views.grid, shown = [], order = [], printing = false;
	const sorted = { column: 0, down: false };
	const open = new Map(); // row: the height of what it shows more
	const drawn = new Map(); // row: its elements that are in the document

	// Where a row begins, open ones above it counted.
	function opened() {
		const places = [];
		if (open.size) order.forEach((row, i) => open.has(row) && places.push([i, open.get(row)]));
		return places;
	}
	const topOf = (index, places) => places.reduce((sum, [i, height]) => sum + (i < index ? height : 0), index * HEIGHT);
	function indexAt(y, places) {
		let before = 0;
		for (const [i, height] of places) {
			if (y < (i + 1) * HEIGHT + before) break;
			if (y < (i + 1) * HEIGHT + before + height) return i;
			before += height;
		}
		return Math.max(0, Math.min(order.length, Math.floor((y - before) / HEIGHT)));
	}

	function elementsOf(row, index) {
		let elements = drawn.get(row);
		if (!elements) {
			elements = [make("tr", { class: "row" }, ...view.fill(row, shown))];
			elements[0].row = row;
			drawn.set(row, elements);
		}
		if (open.has(row) && elements.length === 1) {
			elements.push(make("tr", { class: "more" }, make("td", { colspan: shown.length }, card(row))));
			elements[0].querySelector("button").setAttribute("aria-expanded", "true");
			elements[1].firstChild.firstChild.style.width = printing ? "" : `${scroller.clientWidth}px`;
		}
		elements[0].setAttribute("aria-rowindex", index + 2);
		return elements;
	}

	function draw() {
		HEIGHT = narrow.matches && view === views.list ? 46 : 34;
		const places = opened();
		const first = printing ? 0 : Math.max(0, indexAt(scroller.scrollTop, places) - OVERSCAN);
		const last = printing ? order.length : Math.min(order.length, indexAt(scroller.scrollTop + innerHeight, places));
		const wanted = new Set(order.slice(first, last));
		for (const [row, elements] of drawn) {
			if (wanted.has(row)) continue;
			for (const element of elements) element.remove();
			drawn.delete(row);
		}
		above.firstChild.style.height = `${topOf(first, places)}px`;
		below.firstChild.style.height = `${Math.max(0, topOf(order.length, places) - topOf(last, places))}px`;
		if (above.parentNode !== body) body.replaceChildren(above, below);
		let at = above.nextSibling;
		for (let i = first; i < last; i++) {
			for (const element of elementsOf(order[i], i)) {
				if (element === at) at = at.nextSibling;
				else body.insertBefore(element, at);
			}
		}
		measure();
	}

	// What an open row shows is as high as it is; the rows below move by that.
	function measure() {
		let moved = false;
		for (const [row, elements] of drawn) {
			const height = elements[1]?.offsetHeight;
			if (height && open.has(row) && open.get(row) !== height) {
				open.set(row, height);
				moved = true;
			}
		}
		if (moved && !printing) below.firstChild.style.height = `${Math.max(0, topOf(order.length, opened()) - topOf(order.indexOf([...drawn.keys()].pop()) + 1, opened()))}px`;
	}

	function drawHead() {
		shown = view.columns();
		head.replaceChildren(make("tr", { "aria-rowindex": "1" }, ...shown.map((column, i) => {
			const button = make("button", { type: "button", title: `${column.name}: sort` }, column.name);
			const th = make("th", { scope: "col", class: column.css ?? "" }, button);
			if (i === sorted.column) th.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
			button.addEventListener("click", () => {
				sorted.down = sorted.column === i && !sorted.down;
				sorted.column = i;
				update(true);
				head.rows[0].cells[i].firstChild.focus();
			});
			return th;
		})));
		table.setAttribute("aria-colcount", shown.length);
		// A table of fixed columns is laid out by its head alone: what stands in a row costs nothing then.
		table.style.minWidth = view === views.grid && !printing ? `${shown.length * 2.1 + 44}rem` : "";
		scroller.className = `scroller ${view === views.list ? "list" : "grid"}`;
	}

	function arrange() {
		const key = (shown[sorted.column] ?? shown[0]).sort;
		const keys = new Map(view.rows.map((row) => [row, key(row)]));
		const sign = sorted.down ? -1 : 1;
		view.rows.sort((a, b) => {
			const [x, y] = [keys.get(a), keys.get(b)];
			if (x !== y) return x < y ? -sign : sign;
			return (a.p ?? a).index - (b.p ?? b).index;
		});
	}

	function update(again) {
		if (again) {
			for (const elements of drawn.values()) for (const element of elements) element.remove();
			drawn.clear();
			drawHead();
			arrange();
		}
		order = view.rows.filter(view.takes);
		table.setAttribute("aria-rowcount", order.length + 1);
		const [one, many] = view === views.grid ? ["account, group or user", "accounts, groups and users"] : ["grant", "grants"];
		byId("count").textContent = `${order.length === view.rows.length ? "" : `${order.length} of `}${view.rows.length} ${view.rows.length === 1 ? one : many}`;
		scroller.scrollTop = 0;
		draw();
	}

	// ---- what a person does ----

	function toggle(row) {
		const elements = drawn.get(row);
		if (open.has(row)) {
			open.delete(row);
			elements?.splice(1).forEach((element) => element.remove());
			elements?.[0].querySelector("button").setAttribute("aria-expanded", "false");
		} else {
			open.set(row, 0);
		}
		draw();
	}

	function focusRow(index) {
		const i = Math.max(0, Math.min(order.length - 1, index)), places = opened();
		const top = topOf(i, places), headHeight = head.offsetHeight;
		if (top < scroller.scrollTop) scroller.scrollTop = top;
		else if (top + HEIGHT + headHeight > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + HEIGHT + headHeight - scroller.clientHeight;
		draw();
		drawn.get(order[i])?.[0].querySelector("button").focus({ preventScroll: true });
	}

	body.addEventListener("click", (event) => {
		const row = event.target.closest("tr.row")?.row;
		if (row && !String(getSelection())) toggle(row);
	});
	body.addEventListener("keydown", (event) => {
		const row = event.target.closest("tr.row")?.row;
		const page = Math.max(1, Math.floor(scroller.clientHeight / HEIGHT) - 3);
		const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -order.length, End: order.length };
		if (!row || !(event.key in steps)) return;
		event.preventDefault();
		focusRow(order.indexOf(row) + steps[event.key]);
	});
	scroller.addEventListener("scroll", draw, { passive: true });
	addEventListener("resize", draw);
	byId("search").addEventListener("input", (event) => {
		filter.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
		update(false);
	});
	for (const name of ["kind", "state", "who", "ends"])
		byId(name).addEventListener("change", (event) => {
			filter[name] = event.target.value;
			update(name === "kind");
		});
	for (const input of document.getElementsByName("view"))
		input.addEventListener("change", () => {
			show(views[input.value]);
		});
	function show(next) {
		view = next;
		sorted.column = 0;
		sorted.down = false;
		open.clear();
		update(true);
	}
	addEventListener("keydown", (event) => {
		if (event.key !== "/" || event.target.closest("input, select")) return;
		event.preventDefault();
		byId("search").focus();
	});

	// On paper there is no scrolling: every row, a grant each.
	let before = view;
	addEventListener("beforeprint", () => {
		before = view;
		printing = true;
		for (const details of document.querySelectorAll("details")) details.open = true;
		show(views.list);
	});
	addEventListener("afterprint", () => {
		printing = false;
		show(before);
	});

	byId("tools").hidden = byId("count").hidden = byId("legend").hidden = scroller.hidden = false;
	if (narrow.matches) {
		document.getElementsByName("view")[1].checked = true;
		view = views.list;
	}
	update(true);
	document.documentElement.dataset.ready = "yes";
})();
