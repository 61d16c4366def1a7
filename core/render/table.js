// SPDX-License-Identifier: Apache-2.0
// What tables have in common, and tables that stand in the document whole: search, filters, sort.
// Such a one is in an element of class "rows", with its tools, the line that counts and the table;
// a row says in data-NAME what the select of data-by=NAME can ask for. Without a script it is as
// it stands, and its tools are hidden.
"use strict";
const wordsOf = (value) => value.toLowerCase().split(/\s+/).filter(Boolean);
const takesWords = (haystack, words) => words.every((word) => haystack.includes(word));

// Where a click on a column's head leads to: up first, then down.
function turn(sorted, column) {
	sorted.down = sorted.column === column && !sorted.down;
	sorted.column = column;
}
function markSorted(th, sorted, column) {
	if (sorted.column === column)
		th.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
	else th.removeAttribute("aria-sort");
}
function headButton(name, click) {
	const button = document.createElement("button");
	button.type = "button";
	button.title = `${name}: sort`;
	button.textContent = name;
	button.addEventListener("click", click);
	return button;
}

// So many rows are in the document at once: laying out ten thousand takes a browser many seconds.
const AT_ONCE = 500;

function useRows(part) {
	const table = part.querySelector("table"),
		body = table.tBodies[0],
		count = part.querySelector("[role=status]"),
		search = part.querySelector("input[type=search]"),
		selects = [...part.querySelectorAll("select")],
		more = part.querySelector("button"),
		heads = [...table.tHead.rows[0].cells];
	const rows = [...body.rows].map((row) => ({ row }));
	const sorted = { column: 0, down: false };
	const { one, many } = part.dataset;
	const order = new Intl.Collator("en", { numeric: true });
	let taken = rows,
		limit = AT_ONCE;

	function draw() {
		const drawn = document.createDocumentFragment();
		for (const { row } of taken.slice(0, limit)) drawn.append(row);
		body.replaceChildren(drawn);
		const left = taken.length - limit;
		more.hidden = left <= 0;
		more.textContent = `Show ${Math.min(left, AT_ONCE)} more of ${left}`;
	}

	function takes(each, asked, words) {
		const { row } = each;
		if (words.length)
			each.text ??= [...row.cells]
				.map((cell) => cell.textContent)
				.join("\n")
				.toLowerCase();
		return (
			asked.every(({ value, dataset }) =>
				row.dataset[dataset.by].split(" ").includes(value),
			) &&
			(!words.length || takesWords(each.text, words))
		);
	}

	function filter() {
		const words = wordsOf(search.value);
		const asked = selects.filter((select) => select.value);
		taken = rows.filter((each) => takes(each, asked, words));
		limit = AT_ONCE;
		draw();
		const some = taken.length === rows.length ? "" : `${taken.length} of `;
		const by = asked.map(
			(select) =>
				`${select.parentNode.firstChild.textContent.toLowerCase()}: ` +
				select.selectedOptions[0].textContent,
		);
		if (words.length) by.push(`with “${words.join("” and “")}”`);
		count.textContent =
			`${some}${rows.length} ${rows.length === 1 ? one : many}` +
			(by.length ? `; ${by.join("; ")}` : "");
	}

	function sort(column) {
		turn(sorted, column);
		heads.forEach((th, i) => markSorted(th, sorted, i));
		const keys = new Map();
		rows.forEach(({ row }, i) => keys.set(row, [row.cells[column].textContent, i]));
		const sign = sorted.down ? -1 : 1;
		rows.sort((a, b) => {
			const [[x, i], [y, j]] = [keys.get(a.row), keys.get(b.row)];
			return sign * order.compare(x, y) || i - j;
		});
		const name = heads[column].textContent;
		const down = sorted.down ? ", the last first" : "";
		table.caption.textContent = `One row ${part.dataset.of}, by “${name}”${down}.`;
		filter();
	}

	heads.forEach((th, i) => {
		th.replaceChildren(headButton(th.textContent, () => sort(i)));
		markSorted(th, sorted, i);
	});
	search.addEventListener("input", filter);
	for (const select of selects) select.addEventListener("change", filter);
	more.addEventListener("click", () => {
		limit += AT_ONCE;
		draw();
		if (more.hidden) table.parentNode.focus();
	});
	// On paper there is nothing to press.
	addEventListener("beforeprint", () => {
		limit = Infinity;
		draw();
	});
	addEventListener("afterprint", filter);
	for (const each of part.querySelectorAll(":scope > [hidden]")) each.hidden = false;
	filter(); // also what a browser kept of the last visit
}
for (const part of document.querySelectorAll(".rows")) useRows(part);

addEventListener("keydown", (event) => {
	if (event.key !== "/" || event.target.closest("input, select")) return;
	const search =
		document.getElementById("search") ??
		document.querySelector(".rows input[type=search]");
	if (!search) return;
	event.preventDefault();
	search.focus();
});
