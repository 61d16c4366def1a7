// SPDX-License-Identifier: Apache-2.0
// The page of writ report in a browser: what stands first, search, filters, sort, the ways to a
// grant, keys, paper, without scripts; hostile names stay text, nothing is fetched, and axe finds
// nothing to complain about.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync,
	writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { parse } from "parse5";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const root = process.env.WRIT_ROOT;
const work = mkdtempSync(join(tmpdir(), "writ-report-"));
const program = "/usr/bin/chromium";
const states = ["declared", "held", "declared, not held", "held, not declared", "ended",
	"ended, still held", "ended, may still be held", "not seen"];
let browser;

before(async () => {
	assert.ok(existsSync(program),
		`${program} is not there: install Debian's package chromium ("make deps" does)`);
	browser = await chromium.launch({
		executablePath: program,
		args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
			"--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync"],
	});
});
after(async () => {
	await browser?.close();
	rmSync(work, { recursive: true });
});

function writ(...args) {
	const env = { ...process.env, WRIT_NOW: "2026-06-01T00:00:00Z",
		XDG_STATE_HOME: join(work, "state") };
	const run = spawnSync(process.env.WRIT, args, { encoding: "utf8", timeout: 120000,
		cwd: work, maxBuffer: 1 << 28, env });
	assert.equal(run.status, 0, run.stderr);
	return run.stdout;
}

// Opens a page of its own in the browser; whatever it asks of the network, or says in the console,
// fails the test.
async function opened(file, options, use) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 },
		...options });
	const page = await context.newPage();
	const wrong = [];
	page.on("pageerror", (error) => wrong.push(error.message));
	page.on("console", (message) => wrong.push(message.text()));
	page.on("dialog", (dialog) => (wrong.push(dialog.message()), dialog.dismiss()));
	page.on("request", (request) => request.url() === pathToFileURL(join(work, file)).href ||
		wrong.push(request.url()));
	try {
		await page.goto(pathToFileURL(join(work, file)).href);
		await use(page);
	} finally {
		await context.close();
	}
	assert.deepEqual(wrong, []);
}

const rows = (page) => page.locator("#all tr.row");
const names = (page) => page.locator("#all tr.row th button").allTextContents();
const count = (page) => page.locator("#count").textContent();

cpSync(join(root, "tests/data/report"), work, { recursive: true });
writ("report", "--base", "live.yaml", "--format", "html=both.html", "--format", "json=both.json",
	"manifests");
writ("report", "--format", "html=manifests.html", "manifests");
cpSync(join(root, "examples/reviews/smuggled/page.html"), join(work, "review.html"));
const json = JSON.parse(readFileSync(join(work, "both.json"), "utf8"));

// ---- the file ----

const walk = (node, use) => (use(node),
	(node.childNodes ?? []).forEach((child) => walk(child, use)));

// What foreign text must not become: all elements and attributes are those that writ itself writes.
function checkFile(file) {
	const problems = [], scripts = [], styles = [];
	let policy = "";
	const tree = parse(readFileSync(join(work, file), "utf8"),
		{ onParseError: (error) => problems.push(error.code) });
	walk(tree, (node) => {
		for (const { name, value } of node.attrs ?? []) {
			if (/^on|^style$|^src|^srcset$|^action$/.test(name)) problems.push(
				`${node.tagName} ${name}="${value}"`);
			if (name === "href" && !/^#[a-z]+$/.test(value)) problems.push(value);
		}
		if (["img", "link", "iframe", "object", "embed", "form", "base", "use", "image",
			"foreignObject", "audio", "video"].includes(node.tagName)) problems.push(
			node.tagName);
		if (node.tagName === "script") scripts.push(node);
		if (node.tagName === "style") styles.push(node);
		if (node.tagName === "meta" &&
			node.attrs.some(({ value }) =>
			value === "Content-Security-Policy")) policy = node.attrs.find(({ name }) =>
			name === "content").value;
	});
	assert.deepEqual(problems, []);
	assert.equal(styles.length, 1);
	const drawn = new Set(["svg", "g", "rect", "text", "path"]),
		may = new Set(["role", "aria-label", "width", "height", "viewBox", "x", "y", "rx",
		"class", "d"]);
	walk(tree, (node) => {
		if (node.tagName !== "svg") return;
		walk(node, (part) => {
			if (part.tagName && !drawn.has(part.tagName)) problems.push(part.tagName);
			for (const { name } of part.attrs ?? []) if (!may.has(name)) problems.push(
				`${part.tagName} ${name}`);
		});
	});
	assert.deepEqual(problems, []);
	const digest = (node) =>
		`'sha256-${createHash("sha256").update(node.childNodes[0].value).digest("base64")}'`;
	assert.equal(policy,
		`default-src 'none'; base-uri 'none'; form-action 'none'; style-src ${digest(styles[0])}; script-src ${digest(scripts.at(-1))}`);
	return scripts.slice(0, -1);
}

test("one file with a policy that allows its own style and script alone", () => {
	const scripts = checkFile("both.html");
	assert.equal(scripts.length, 1);
	const data = JSON.parse(scripts[0].childNodes[0].value);
	assert.equal(data.cells.length, json.grants.length);
	assert.deepEqual(data.states, states);
	checkFile("manifests.html");
});

// ---- what a reader sees ----

test("who can administer is the first thing to see, and what nobody could see is told there", () =>
	opened("both.html", {}, async (page) => {
		assert.equal(await page.locator("h1").textContent(),
			"5 can administer, and 1 more may; whether 3 more grants are held cannot be seen");
		const powers = page.locator(".power");
		assert.match(await powers.first().locator("h3").textContent(),
			/^system-administrator 2 hold it, 1 is declared, not seen of 1 account$/);
		assert.ok((await powers.first().boundingBox()).y < 450);
		assert.deepEqual(await powers.first().locator("tbody tr th").allTextContents(),
			["user jane@example.com", "user omar@example.com", "template-sync"]);
		assert.deepEqual(await powers.first().locator(".state").allTextContents(),
			["●held", "▲held, not declared", "?not seen"]);
		assert.match(await powers.nth(1).locator("h3").textContent(),
			/not seen of all other users$/);
	}));

test("of manifests alone nothing is said to be held", () =>
	opened("manifests.html", {}, async (page) => {
		assert.match(await page.locator(".sources").textContent(),
			/No snapshot was read: what is held is not told\.$/);
		const shown = await page.locator(".power .state, #all .state").allTextContents();
		assert.ok(shown.length > 5);
		for (const state of shown) assert.match(state, /^(○declared|–ended)$/);
	}));

test("every grant of the JSON has its sign in the table, and nothing else has one", () =>
	opened("both.html", {}, async (page) => {
		const signs = await page.locator("#all tr.row td.mark .state").evaluateAll((all) =>
			all.map((e) => e.closest("td").title));
		const label = (g) => {
			const { api, kind, product, profile, role } = g.entitlement;
			if (api) return `API ${api}`;
			if (kind === "product") return `${product} / ${profile}`;
			return role + (product ? ` of ${product}` : "");
		};
		const who = (g) => g.principal.name === null
			? "all users" : g.principal.kind === "technicalAccount"
			? g.principal.name : `${g.principal.kind} ${g.principal.name}`;
		assert.deepEqual(signs.sort(),
			json.grants.map((g) => `${who(g)}: ${label(g)}: ${g.state}`).sort());
	}));

test("search, filters and sort, in both tables", () =>
	opened("both.html", {}, async (page) => {
		assert.equal(await count(page), "8 accounts, groups and users");
		await page.locator("#search").fill("OPS-1182 asset");
		assert.deepEqual(await names(page), ["asset-archiver"]);
		assert.equal(await count(page), "1 of 8 accounts, groups and users");
		await page.locator("#search").fill("no such thing");
		assert.equal(await count(page), "0 of 8 accounts, groups and users");
		await page.locator("#search").fill("");
		await page.locator("#state").selectOption({ label: "not as declared" });
		assert.deepEqual(await names(page), ["asset-archiver", "forgotten-script",
			"omar@example.com", "report-reader"]);
		await page.locator("#kind").selectOption({ label: "admin roles" });
		assert.deepEqual(await names(page), ["forgotten-script", "omar@example.com",
			"report-reader"]);
		await page.locator("#state").selectOption({ label: "any" });
		await page.locator("#kind").selectOption({ label: "everything" });
		await page.locator("#who").selectOption({ label: "users" });
		assert.deepEqual(await names(page), ["all users", "jane@example.com",
			"omar@example.com"]);
		await page.locator("#who").selectOption({ label: "anybody" });
		await page.locator("#ends").selectOption({ label: "within 365 days" });
		assert.deepEqual(await names(page), ["template-sync"]);
		await page.locator("#ends").selectOption({ label: "whenever" });

		await page.getByLabel("a row for each grant").check();
		assert.equal(await count(page), "13 grants");
		await page.locator("#all thead").getByRole("button", { name: "State" }).click();
		assert.equal(await rows(page).first().locator(".state").textContent(),
			"✕ended, still held");
		assert.equal(await page.locator("#all th[aria-sort]").getAttribute("aria-sort"),
			"ascending");
		await page.locator("#all thead").getByRole("button", { name: "Who" }).click();
		await page.locator("#all thead").getByRole("button", { name: "Who" }).click();
		assert.equal(await page.locator("#all th[aria-sort]").getAttribute("aria-sort"),
			"descending");
		assert.equal((await names(page))[0], "template-sync");
	}));

test("the ways to each grant, in a picture and in words", () =>
	opened("both.html", {}, async (page) => {
		await page.getByRole("button", { name: "asset-archiver" }).click();
		const words = await page.locator(".card .ways").first().innerText();
		assert.match(words,
			/Creative Cloud Enterprise \/ Storage[\s\S]*by bundle storage-access: manifests\/acme\.yaml:21:13, in the bundle manifests\/acme\.yaml:13:7[\s\S]*by its own list: manifests\/acme\.yaml:23:7[\s\S]*until 2026-12-31/);
		const picture = page.getByRole("img",
			{ name: /^Ways of asset-archiver to 4 entitlements/ });
		const texts = (await picture.locator("text").allTextContents()).join("|");
		for (const text of ["asset-archiver", "bundle storage-access", "its own list",
			"ProductAssignment express", "storage-administrator",
			"declared, not held"]) assert.ok(texts.includes(text), text);
		// From the account to each way, and from each way to what it grants; what is not
		// held is a broken line.
		assert.equal(await picture.locator("path").count(), 3 + 5);
		assert.equal(await picture.locator("path.open").count(), 2);
		await page.getByRole("button", { name: "forgotten-script" }).click();
		assert.match((await page.getByRole("img", { name: /forgotten-script/ })
			.locator("text").allTextContents()).join(" "), /no line that was read/);
		await page.getByRole("button", { name: "asset-archiver" }).click();
		assert.equal(await page.locator(".card").count(), 1);
	}));

test("keys alone: to the table, from row to row, open, and back to the search", () =>
	opened("both.html", {}, async (page) => {
		await page.keyboard.press("/");
		assert.equal(await page.evaluate(() => document.activeElement.id), "search");
		await rows(page).first().locator("button").focus();
		const at = () => page.evaluate(() => document.activeElement.textContent);
		await page.keyboard.press("ArrowDown");
		assert.equal(await at(), "asset-archiver");
		await page.keyboard.press("End");
		assert.equal(await at(), "template-sync");
		await page.keyboard.press("Enter");
		assert.equal(await page.evaluate(() =>
			document.activeElement.getAttribute("aria-expanded")), "true");
		assert.match(await page.locator(".card").innerText(),
			/support-administrator\. The snapshot does not show whether it is held\./);
		await page.keyboard.press("Home");
		assert.equal(await at(), "all users");
	}));

test("on paper every row is there, and nothing is folded", () =>
	opened("both.html", {}, async (page) => {
		await page.emulateMedia({ media: "print" });
		await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
		assert.equal(await rows(page).count(), 13);
		assert.ok(!(await page.locator("#tools").isVisible()));
		await page.evaluate(() => dispatchEvent(new Event("afterprint")));
		await page.emulateMedia({ media: "screen" });
		assert.equal(await rows(page).count(), 8);
		const pdf = await page.pdf({ preferCSSPageSize: true });
		assert.ok(pdf.length > 10000);
	}));

test("without scripts: who can administer, whole, and a sentence about the rest", () =>
	opened("both.html", { javaScriptEnabled: false }, async (page) => {
		assert.equal(await page.locator(".power").count(), 5);
		assert.ok(await page.locator(".power").last().isVisible());
		assert.match(await page.locator("#grants").innerText(),
			/drawn by the script in this file, which is switched off/);
		assert.ok(!(await page.locator("#tools").isVisible()));
	}));

test("the ways of who can administer are pictures that need no script, and are on paper", () =>
	opened("both.html", { javaScriptEnabled: false }, async (page) => {
		assert.deepEqual(await page.locator("#ways summary").allTextContents(),
			["asset-archiver", "forgotten-script", "report-reader", "template-sync",
			"user jane@example.com", "user omar@example.com"]);
		const first = page.locator(".way").first();
		await first.locator("summary").click();
		const words = (await first.locator("text").allTextContents()).join(" ");
		assert.match(words, /^asset-archiver owner media-platform@example\. com /);
		assert.match(words, /its own list/);
		assert.ok((await first.locator("svg path").count()) >= 2);
		const { width, height } = await first.locator("svg").boundingBox();
		assert.ok(width > 600 && height > 30, `${width} ${height}`);
		await page.emulateMedia({ media: "print" });
		for (const picture of await page.locator(".way svg").all()) assert.ok(
			await picture.isVisible());
	}));

test("axe finds nothing: light and dark, wide and narrow, both tables, with a row open",
	async () => {
	for (const colorScheme of ["light", "dark"]) {
		for (const width of [1280, 400]) {
			for (const view of ["a row for each name", "a row for each grant"]) {
				await opened("both.html",
					{ colorScheme, viewport: { width, height: 900 } },
					async (page) => {
					await page.getByLabel(view).check();
					await rows(page).nth(1).locator("button").click();
					await page.evaluate(
						readFileSync(require.resolve("axe-core/axe.min.js"),
						"utf8"));
					const { violations } = await page.evaluate(() =>
						axe.run(document));
					assert.deepEqual(violations.map((v) =>
						`${v.id}: ${v.nodes[0].html}`), [],
						`${colorScheme} ${width} ${view}`);
				});
			}
		}
	}
});

test("400 pixels are wide enough: nothing but the table scrolls sideways", () =>
	opened("both.html", { viewport: { width: 400, height: 860 } }, async (page) => {
		assert.ok(await page.evaluate(() =>
			document.documentElement.scrollWidth <= innerWidth));
		assert.equal(await page.locator("#scroller").getAttribute("class"),
			"scroller list");
	}));

// ---- what changed in a period ----

// A repository with a run of seven changes: a page of them alone, and a report with them.
before(() => {
	const repository = join(work, "period");
	cpSync(join(root, "tests/data/quickstart"), repository, { recursive: true });
	writeFileSync(join(repository, ".gitignore"), "live.yaml\n*.html\n");
	const git = (...args) => spawnSync("git",
		["-c", "user.name=Ann", "-c", "user.email=ann@example.com", ...args],
		{ cwd: repository, encoding: "utf8" });
	for (const args of [["init", "-q", "."], ["config", "user.name", "Ann"],
		["config", "user.email", "ann@example.com"], ["add", "-A"],
		["commit", "-qm", "<b>all</b>"]]) assert.equal(git(...args).status, 0, args[0]);
	const env = { ...process.env, WRIT_NOW: "2026-06-01T00:00:00Z",
		XDG_STATE_HOME: join(work, "state") };
	for (const args of [
		["apply", "--auto-approve", "--live", "live.yaml", "--allow-remove", "1",
			"--snapshot", "org", "--commit", "manifests"],
		["report", "--snapshot", "org", "--since", "2026-06-01", "--format",
			`html=${join(work, "period.html")}`, "manifests"],
		["log", "--changes", "--snapshot", "org", "--format",
			`html=${join(work, "changes.html")}`, "manifests"],
	]) {
		const { status, stderr } = spawnSync(process.env.WRIT, args,
			{ cwd: repository, env, encoding: "utf8" });
		assert.equal(status, 0, stderr);
	}
});

const axe = async (page, where) => {
	await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
	const { violations } = await page.evaluate(() => axe.run(document));
	assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), [], where);
};

const ask = (page, by, label) =>
	page.locator(`.changes [data-by=${by}]`).selectOption({ label });

test("what changed in a period stands on the page, with tools of its own", () => {
	checkFile("period.html");
	return opened("period.html", {}, async (page) => {
		await page.getByRole("link", { name: "What changed" }).click();
		assert.match(await page.locator("#changes > p").textContent(),
			/^7 changes from .*: 4 given, 1 taken, 2 created/);
		assert.equal(await page.locator("#changes tbody tr").count(), 7);
		await ask(page, "change", "taken");
		assert.equal(await page.locator("#changes tbody tr:visible").count(), 1);
		// The table of grants has filters of its own, and the key leads to its search.
		await page.locator("h1").click();
		await page.keyboard.press("/");
		assert.equal(await page.evaluate(() => document.activeElement.id), "search");
		assert.ok((await rows(page).count()) > 1);
		await axe(page, "period.html");
	});
});

const shown = (page) => page.locator(".changes tbody tr:visible");
const column = (page, i) => page.locator(`.changes tbody tr:visible > :nth-child(${i})`)
	.allTextContents();
const counted = (page) => page.locator(".changes [role=status]").textContent();

test("the page of changes: search, filters and sort", () => {
	assert.deepEqual(checkFile("changes.html"), []);
	return opened("changes.html", {}, async (page) => {
		assert.equal(await counted(page), "7 changes");
		await page.getByLabel("Search").fill("OPS- taken");
		assert.equal(await counted(page), "0 of 7 changes; with “ops-” and “taken”");
		await page.getByLabel("Search").fill("TEMPLATE");
		const all = await column(page, 3);
		assert.ok(all.length > 0);
		for (const name of all) assert.equal(name, "template-sync");
		await page.getByLabel("Search").fill("");
		await ask(page, "change", "given");
		assert.equal(await counted(page), "4 of 7 changes; change: given");
		for (const verb of await column(page, 2)) assert.equal(verb, "+given");
		await ask(page, "change", "any");
		await ask(page, "what", "accounts and projects themselves");
		assert.equal(await shown(page).count(), 2);
		await ask(page, "what", "what can administer");
		for (const what of await page.locator(".changes tbody tr:visible b").all())
			assert.ok(await what.isVisible());
		await ask(page, "what", "everything");
		await ask(page, "made", "drift");
		assert.equal(await shown(page).count(), 0);
		await ask(page, "made", "a run");
		assert.equal(await shown(page).count(), 7);
		await ask(page, "approved", "nobody, and it was given");
		const alone = await page.locator(".changes tr.alone").count();
		assert.equal(await shown(page).count(), alone);
		await ask(page, "approved", "anybody or nobody");

		const head = page.locator(".changes thead");
		assert.equal(await head.locator("[aria-sort]").textContent(), "When (UTC)");
		await head.getByRole("button", { name: "Who" }).click();
		const up = await column(page, 3);
		assert.deepEqual(up, [...up].sort());
		assert.equal(await head.locator("[aria-sort=ascending]").textContent(), "Who");
		assert.equal(await page.locator(".changes caption").textContent(),
			"One row a change, by “Who”.");
		await head.getByRole("button", { name: "Who" }).click();
		assert.deepEqual(await column(page, 3), [...up].sort().reverse());
		assert.equal(await head.locator("[aria-sort]").getAttribute("aria-sort"),
			"descending");
	});
});

test("the page of changes by keys alone, on paper, and without a script", async () => {
	await opened("changes.html", {}, async (page) => {
		await page.keyboard.press("/");
		await page.keyboard.type("given");
		assert.equal(await shown(page).count(), 4);
		for (let i = 0; i < 7; i++) await page.keyboard.press("Tab");
		assert.equal(await page.evaluate(() => document.activeElement.className), "table");
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		assert.equal(await page.locator("[aria-sort]").getAttribute("aria-sort"),
			"descending");
		// Paper shows what was asked for, and says that it is not all.
		await page.emulateMedia({ media: "print" });
		assert.ok(!(await page.locator(".tools").isVisible()));
		assert.equal(await shown(page).count(), 4);
		assert.ok(await page.getByText("4 of 7 changes; with “given”").isVisible());
		assert.ok((await page.pdf({ preferCSSPageSize: true })).length > 10000);
	});
	await opened("changes.html", { javaScriptEnabled: false }, async (page) => {
		assert.equal(await shown(page).count(), 7);
		assert.equal(await page.locator("button:visible, input:visible").count(), 0);
	});
});

test("of ten thousand changes a part is drawn, all are searched, and paper has all", async () => {
	const page = readFileSync(join(work, "changes.html"), "utf8");
	const rows = page.match(/<tbody>\n([^]*)<\/tbody>/)[1];
	const many = Array.from({ length: 1500 }, (_, i) => rows.replaceAll("<td>", `<td>#${i}# `));
	writeFileSync(join(work, "ten-thousand.html"), page.replace(rows, () => many.join("")));
	await opened("ten-thousand.html", {}, async (page) => {
		const more = page.getByRole("button", { name: /^Show/ });
		assert.equal(await counted(page), "10500 changes");
		assert.equal(await page.locator(".changes tbody tr").count(), 500);
		await more.click();
		assert.equal(await page.locator(".changes tbody tr").count(), 1000);
		assert.equal(await more.textContent(), "Show 500 more of 9500");
		await page.getByLabel("Search").fill("#1499#");
		assert.equal(await counted(page), "7 of 10500 changes; with “#1499#”");
		assert.equal(await shown(page).count(), 7);
		assert.ok(!(await more.isVisible()));
		await page.getByLabel("Search").fill("");
		await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
		assert.equal(await page.locator(".changes tbody tr").count(), 10500);
		await page.evaluate(() => dispatchEvent(new Event("afterprint")));
		assert.equal(await page.locator(".changes tbody tr").count(), 500);
	});
});

test("axe finds nothing on the page of changes: light and dark, wide and narrow", async () => {
	for (const colorScheme of ["light", "dark"])
		for (const width of [1280, 400])
			await opened("changes.html",
				{ colorScheme, viewport: { width, height: 900 } },
				async (page) => {
				assert.ok(await page.evaluate(() =>
					document.documentElement.scrollWidth <= innerWidth));
				await axe(page, `${colorScheme} ${width}`);
			});
});

// Axe measures words of HTML; what it leaves (signs of one character, words in a picture or beside
// a mark of the style) is measured here by WCAG's formula, each over what it stands on.
async function contrast(page, where) {
	await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
	const { passes, violations, incomplete } = await page.evaluate(() => axe.run(document,
		{ runOnly: ["color-contrast"] }));
	assert.deepEqual(violations, [], where);
	const left = incomplete.flatMap((rule) => rule.nodes.map((node) => node.target.join(" ")));
	const weak = await page.evaluate((targets) => {
		const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
		const light = (colour) => {
			const [r, g, b] = parts(colour)
				.map((c) => (c / 255 <= 0.03928
				? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
			return 0.2126 * r + 0.7152 * g + 0.0722 * b;
		};
		const below = (element) => {
			if (element.closest("g")) return getComputedStyle(element.closest("g")
				.querySelector("rect")).fill;
			for (let e = element; e; e = e.parentElement) if (
				(parts(getComputedStyle(e).backgroundColor)[3] ??
				1) === 1) return getComputedStyle(e).backgroundColor;
			return "rgb(255, 255, 255)";
		};
		return targets.flatMap((target) => [...document.querySelectorAll(target)])
			.map((element) => {
			const style = getComputedStyle(element);
			const [low,
				high] = [light(element.closest("svg") ? style.fill : style.color),
				light(below(element))].sort((x, y) => x - y);
			return { html: element.outerHTML, ratio: (high + 0.05) / (low + 0.05) };
		}).filter((e) => !(e.ratio >= 4.5));
	}, left);
	assert.deepEqual(weak, [], where);
	return passes.reduce((sum, rule) => sum + rule.nodes.length, 0) + left.length;
}

test("contrast: every word and sign is measured, light and dark, also those of a period and of a review", async () => {
	for (const colorScheme of ["light", "dark"])
		for (const [file, least] of [["both.html", 60], ["review.html", 10],
			["period.html", 30], ["changes.html", 20]])
			await opened(file, { colorScheme }, async (page) => {
				for (const details of await page.locator("details")
					.all()) await details.evaluate((e) => (e.open = true));
				const measured = await contrast(page, `${file} ${colorScheme}`);
				assert.ok(measured >= least, `${file}: ${measured} measured`);
			});
});

// ---- hostile names ----

test("hostile names, reasons and owners stay text, on the page and in what a row opens",
	async () => {
	const attacks = [
		"<script>alert(1)</script>", "</script><script>alert(2)</script>", "<!--<script>",
			"--><img src=x onerror=alert(3)>", "]]></style><svg onload=alert(4)>",
		"\"><b onmouseover=alert(5)>", "&lt;b&gt;&amp;", "\\u003cb>", "javascript:alert(6)",
			"https://evil.example/x", "=cmd|' /C calc'!A0", "__proto__", "constructor",
			"${alert(7)}", "日本語",
	];
	mkdirSync(join(work, "hostile"));
	const organization = { apiVersion: "writ/v1", kind: "Organization",
		metadata: { name: "acme" }, spec: { provider: "file" } };
	writeFileSync(join(work, "hostile/org.json"), JSON.stringify(organization));
	attacks.forEach((text, i) => writeFileSync(join(work, `hostile/${i}.json`), JSON.stringify({
		apiVersion: "writ/v1", kind: "TechnicalAccount", metadata: { name: `robot-${i}` },
		spec: { description: text, owner: text,
			adminRoles: [{ role: "user-group-administrator", group: text, reason: text,
			ticket: text }],
			products: [{ product: text.replaceAll("_", "x"),
			profile: text.replaceAll("_", "x") }], apis: [text] },
	}).replaceAll("\"user-group-administrator\",\"group\":\"_",
		"\"user-group-administrator\",\"group\":\"x")));
	writ("report", "--format", "html=hostile.html", "--format", "json=hostile.json", "hostile");
	checkFile("hostile.html");
	await opened("hostile.html", {}, async (page) => {
		for (const [i, text] of attacks.entries()) {
			await page.locator("#search").fill(`robot-${i}`);
			const button = page.getByRole("button",
				{ name: `robot-${i}`, exact: true });
			await button.click();
			const shown = await page.locator(".card dd").first().textContent();
			// "[" and the like are shown behind one
			assert.equal(shown.replaceAll("\\", ""), text.replaceAll("\\", ""));
			assert.ok((await page.locator(".card .ways").first().textContent())
				.includes(shown));
			await button.click();
		}
		assert.deepEqual(await page.evaluate(() =>
			[...new Set([...document.body.querySelectorAll("*")].map((e) =>
			e.localName))].filter((name) => ["img", "b", "iframe",
			"a"].includes(name) && !document.querySelector("nav a").matches(name))),
			[]);
	});
});

// ---- many ----

test("five thousand accounts: only the rows in view are in the document, and all can be reached",
	async () => {
	mkdirSync(join(work, "many"));
	writeFileSync(join(work, "many/org.yaml"),
		"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: file}\n");
	const account = (i) =>
		`---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: account-${String(i).padStart(4, "0")}}\nspec:\n  owner: team-${i % 50}@example.com\n  products:\n` +
		[0, 1, 2].map((k) =>
			`    - {product: Product ${(i * 7 + k * 13) % 60}, profile: Default, reason: job ${i}, ticket: OPS-${i}}\n`).join("") + (i % 20 ? "" : "  adminRoles: [storage-administrator]\n");
	writeFileSync(join(work, "many/accounts.yaml"),
		Array.from({ length: 5000 }, (_, i) => account(i)).join("").slice(4));
	writ("report", "--format", "html=many.html", "many");
	await opened("many.html", {}, async (page) => {
		assert.equal(await count(page), "5000 accounts, groups and users");
		const drawn = async () => {
			const n = await rows(page).count();
			assert.ok(n >= 20 && n < 70, `${n} rows`);
			return n;
		};
		await drawn();
		await rows(page).first().locator("button").focus();
		await page.keyboard.press("End");
		assert.equal(await page.evaluate(() => document.activeElement.textContent),
			"account-4999");
		assert.equal(await page.evaluate(() => document.activeElement.closest("tr")
			.getAttribute("aria-rowindex")), "5001");
		await drawn();
		await page.locator("#search").fill("OPS-4321");
		assert.deepEqual(await names(page), ["account-4321"]);
		await page.locator("#search").fill("");
		await page.getByLabel("a row for each grant").check();
		assert.equal(await count(page), "15250 grants");
		await page.locator("#scroller").evaluate((e) => (e.scrollTop = e.scrollHeight / 2));
		await page.waitForFunction(() =>
			Number(document.querySelector("#all tr.row")
			.getAttribute("aria-rowindex")) > 7000);
		await drawn();
		// 250 of them administer: folded, but there.
		assert.match(await page.locator("details.power summary").textContent(),
			/^storage-administrator 250 are declared$/);
	});
});
