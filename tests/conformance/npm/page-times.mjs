// SPDX-License-Identifier: Apache-2.0
// How long the page of writ report takes in a browser with 5,000 accounts, from the key or the
// click to the frame that shows what comes of it: a line each, in milliseconds, the median and the
// longest of some rounds. Nothing is judged.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const rounds = 7, accounts = 5000;
const work = mkdtempSync(join(tmpdir(), "writ-page-"));
const file = join(work, "access.html");

function account(i) {
	const product = (k) => `    - {product: Product ${(i * 7 + k * 13) % 60}, ` +
		`profile: Default, reason: job ${i}, ticket: OPS-${i}}\n`;
	return "---\napiVersion: writ/v1\nkind: TechnicalAccount\n" +
		`metadata: {name: account-${String(i).padStart(4, "0")}}\nspec:\n` +
		`  owner: team-${i % 50}@example.com\n  products:\n` +
		[0, 1, 2].map(product).join("") +
		(i % 20 ? "" : "  adminRoles: [storage-administrator]\n");
}

function makePage() {
	mkdirSync(join(work, "manifests"));
	writeFileSync(join(work, "manifests/all.yaml"),
		"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\n" +
		"spec: {provider: file}\n" +
		Array.from({ length: accounts }, (_, i) => account(i)).join(""));
	const run = spawnSync(process.env.WRIT, ["report", "--format", `html=${file}`,
		join(work, "manifests")], { encoding: "utf8" });
	if (run.status !== 0)
		throw new Error(run.stderr);
}

// From the first event of what `act` does until `done` is true in a frame of the page.
async function timed(page, act, done) {
	await page.evaluate(() => {
		const begin = (event) => (window.begun ||= event.timeStamp);
		window.begun = 0;
		for (const type of ["keydown", "mousedown"])
			addEventListener(type, begin, { capture: true, once: true });
	});
	await act();
	const time = await page.waitForFunction(`window.begun && (${done})() &&
		performance.now() - window.begun`, undefined, { polling: "raf" });
	return time.jsonValue();
}

const count = 'document.querySelector("#count").textContent';
const steps = [
	["first key of a search", (page) => page.locator("#search").press("4"),
		`() => !${count}.startsWith("5000 ")`],
	["its last key taken back", (page) => page.locator("#search").press("Backspace"),
		`() => ${count}.startsWith("5000 ")`],
	["sorted by owner", (page) => page.locator("#all thead")
		.getByRole("button", { name: "Owner" }).click(),
		'() => document.querySelector("#all thead [aria-sort=ascending]")'],
	["one account unfolded", (page) => page.locator("#all tr.row th button").nth(3).click(),
		'() => document.querySelector("#all [aria-expanded=true]")'],
];

async function round(browser, times) {
	const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
	const add = (name, time) => (times[name] ??= []).push(time);
	await page.goto(pathToFileURL(file).href);
	const loaded = await page.waitForFunction(`document.querySelector("#all tr.row") &&
		performance.now()`, undefined, { polling: "raf" });
	add("opened, the first rows drawn", await loaded.jsonValue());
	await page.locator("#search").focus();
	for (const [name, act, done] of steps)
		add(name, await timed(page, () => act(page), done));
	await page.close();
}

try {
	makePage();
	const browser = await chromium.launch({ executablePath: "/usr/bin/chromium",
		args: ["--headless", "--no-sandbox", "--disable-gpu"] });
	const times = {};
	for (let i = 0; i < rounds; i++)
		await round(browser, times);
	console.log(`page of ${accounts} accounts, ${(statSync(file).size / 1e6).toFixed(1)} MB, ` +
		`Chromium ${browser.version()}: ms, median and longest of ${rounds}`);
	for (const [name, all] of Object.entries(times)) {
		all.sort((a, b) => a - b);
		console.log(`  ${name.padEnd(38)} ${all[rounds >> 1].toFixed(0).padStart(6)} ` +
			`${all[rounds - 1].toFixed(0).padStart(6)}`);
	}
	await browser.close();
} finally {
	rmSync(work, { recursive: true });
}
