// SPDX-License-Identifier: Apache-2.0
// The tables of grants, and what a person does with them.
// ---- the two tables ----

// What a column of the grid is sorted by: how much the state of its mark wants to be looked at.
function weightOf(p, what) {
	const found = p.cells.find((c) => c.what === what);
	return found ? 1 + states[found.state].weight : 0;
}

// One mark of the grid; no cell: nothing is known of the two.
function markOf(p, what, cell) {
	if (!cell) return make("td", { class: "mark" });
	const title = `${p.label}: ${entitlements[what].label}: ${states[cell.state].name}`;
	return make("td", { class: "mark", title }, stateOf(cell.state, true));
}

const views = {
	grid: {
		rows: principals.filter((p) => p.cells.length || p.notes !== null),
		takes: (p) =>
			takesWho(p) &&
			takesText(p.text) &&
			(!filtersCells() || p.cells.some(takesCell)),
		columns: () => [
			{ name: "Who", sort: (p) => p.name.toLowerCase() },
			{ name: "Powers", sort: (p) => -p.powers },
			...columns
				.filter(
					(e) =>
						filter.kind === "" ||
						(filter.kind === "power"
							? e.power
							: e.kind === Number(filter.kind)),
				)
				.map((e) => ({
					name: e.label,
					css: e.power ? "column power-column" : "column",
					what: e.index,
					sort: (p) => -weightOf(p, e.index),
				})),
			{ name: "Next end", sort: (p) => p.end || "\uffff" },
			{ name: "Owner", css: "rest", sort: (p) => p.owner ?? "\uffff" },
		],
		fill: (p, shown) => {
			const marks = new Map(p.cells.map((c) => [c.what, c]));
			return [
				nameOf(p),
				cell(p.powers ? String(p.powers) : ""),
				...shown
					.slice(2, -2)
					.map(({ what }) => markOf(p, what, marks.get(what))),
				cell(p.end),
				cell(p.owner),
			];
		},
	},
	list: {
		rows: lines,
		takes: (line) =>
			takesWho(line.p) &&
			takesText(line.text) &&
			(!filtersCells() || line.cells.some(takesCell)),
		columns: () => [
			{ name: "Who", sort: (line) => line.p.name.toLowerCase() },
			{ name: "What", css: "w-what", sort: (line) => line.what },
			{
				name: "State",
				css: "w-state",
				sort: (line) => -states[line.state].weight,
			},
			{ name: "Until", css: "day", sort: (line) => line.until || "\uffff" },
			{ name: "Since", css: "day", sort: (line) => line.since || "\uffff" },
			{ name: "Why", sort: (line) => line.why || "\uffff" },
			{ name: "Owner", css: "w-owner", sort: (line) => line.owner || "\uffff" },
		],
		fill: (line) => [
			nameOf(line),
			make(
				"td",
				{ title: line.what },
				make("div", { class: "clamp" }, line.what),
			),
			make("td", {}, stateOf(line.state)),
			cell(line.until),
			cell(line.since),
			cell(line.why),
			cell(line.owner),
		],
	},
};

const OVERSCAN = 8;
const narrow = matchMedia("(max-width: 40rem)");
let HEIGHT = 34; // of a row, as in the style
const scroller = byId("scroller"),
	table = byId("all"),
	head = make("thead", {}),
	body = make("tbody", {});
const above = make("tr", { class: "space", "aria-hidden": "true" }, make("td", {})),
	below = make("tr", { class: "space", "aria-hidden": "true" }, make("td", {}));
table.append(head, body);
let view = views.grid,
	shown = [],
	order = [],
	printing = false;
const sorted = { column: 0, down: false };
const open = new Map(); // row: the height of what it shows more
const drawn = new Map(); // row: its elements that are in the document

// Where a row begins, open ones above it counted.
function opened() {
	const places = [];
	if (open.size) order.forEach((row, i) => open.has(row) && places.push([i, open.get(row)]));
	return places;
}
const topOf = (index, places) =>
	places.reduce((sum, [i, height]) => sum + (i < index ? height : 0), index * HEIGHT);
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
		elements.push(
			make(
				"tr",
				{ class: "more" },
				make("td", { colspan: shown.length }, card(row)),
			),
		);
		elements[0].querySelector("button").setAttribute("aria-expanded", "true");
		elements[1].firstChild.firstChild.style.width = printing
			? ""
			: `${scroller.clientWidth}px`;
	}
	elements[0].setAttribute("aria-rowindex", index + 2);
	return elements;
}

function draw() {
	HEIGHT = narrow.matches && view === views.list ? 46 : 34;
	const places = opened();
	const first = printing ? 0 : Math.max(0, indexAt(scroller.scrollTop, places) - OVERSCAN);
	const last = printing
		? order.length
		: Math.min(order.length, indexAt(scroller.scrollTop + innerHeight, places));
	const wanted = new Set(order.slice(first, last));
	for (const [row, elements] of drawn) {
		if (wanted.has(row)) continue;
		for (const element of elements) element.remove();
		drawn.delete(row);
	}
	above.firstChild.style.height = `${topOf(first, places)}px`;
	const rest = topOf(order.length, places) - topOf(last, places);
	below.firstChild.style.height = `${Math.max(0, rest)}px`;
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
	if (!moved || printing) return;
	const places = opened();
	const last = order.indexOf([...drawn.keys()].pop()) + 1;
	const rest = topOf(order.length, places) - topOf(last, places);
	below.firstChild.style.height = `${Math.max(0, rest)}px`;
}

function drawHead() {
	shown = view.columns();
	head.replaceChildren(
		make(
			"tr",
			{ "aria-rowindex": "1" },
			...shown.map((column, i) => {
				const button = headButton(column.name, () => {
					turn(sorted, i);
					update(true);
					head.rows[0].cells[i].firstChild.focus();
				});
				const th = make(
					"th",
					{ scope: "col", class: column.css ?? "" },
					button,
				);
				markSorted(th, sorted, i);
				return th;
			}),
		),
	);
	table.setAttribute("aria-colcount", shown.length);
	// A table of fixed columns is laid out by its head alone: what stands in a row then costs
	// nothing.
	table.style.minWidth =
		view === views.grid && !printing ? `${shown.length * 2.1 + 44}rem` : "";
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
		for (const elements of drawn.values())
			for (const element of elements) element.remove();
		drawn.clear();
		drawHead();
		arrange();
	}
	order = view.rows.filter(view.takes);
	table.setAttribute("aria-rowcount", order.length + 1);
	const [one, many] =
		view === views.grid
			? ["account, group or user", "accounts, groups and users"]
			: ["grant", "grants"];
	const all = view.rows.length;
	const some = order.length === all ? "" : `${order.length} of `;
	byId("count").textContent = `${some}${all} ${all === 1 ? one : many}`;
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
	const i = Math.max(0, Math.min(order.length - 1, index)),
		places = opened();
	const top = topOf(i, places),
		headHeight = head.offsetHeight;
	if (top < scroller.scrollTop) scroller.scrollTop = top;
	else if (top + HEIGHT + headHeight > scroller.scrollTop + scroller.clientHeight)
		scroller.scrollTop = top + HEIGHT + headHeight - scroller.clientHeight;
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
	const steps = {
		ArrowDown: 1,
		ArrowUp: -1,
		PageDown: page,
		PageUp: -page,
		Home: -order.length,
		End: order.length,
	};
	if (!row || !(event.key in steps)) return;
	event.preventDefault();
	focusRow(order.indexOf(row) + steps[event.key]);
});
scroller.addEventListener("scroll", draw, { passive: true });
addEventListener("resize", draw);
byId("search").addEventListener("input", (event) => {
	filter.words = wordsOf(event.target.value);
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
