// SPDX-License-Identifier: Apache-2.0
// The calendar of `writ expiring`, read by a program that many calendars are built on.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import ICAL from "ical.js";

const work = mkdtempSync(join(tmpdir(), "writ-ics-"));
after(() => rmSync(work, { recursive: true }));

// Texts that need escaping or folding in the middle of a character.
const reasons = [
	"plain",
	"comma, semicolon; back\\slash: colon \"quotes\"",
	"ü".repeat(200),
	"a" + "日本語".repeat(60),
	"🗓️".replace(/\uFE0F/g, "").repeat(50),
	"-".repeat(74) + "é",
	"=cmd|' /C calc'!A0",
];

function expiring(documents, format = "ics") {
	writeFileSync(join(work, "all.json"), JSON.stringify(documents[0]));
	documents.slice(1).forEach((d, i) => writeFileSync(join(work, `d${i}.json`),
		JSON.stringify(d)));
	const run = spawnSync(process.env.WRIT, ["expiring", "--format", format, work], {
		encoding: "utf8", timeout: 10000,
			env: { ...process.env, WRIT_NOW: "2026-06-01T10:20:30Z" },
	});
	assert.equal(run.status, 0, run.stderr);
	return run.stdout;
}

const organization = { apiVersion: "writ/v1", kind: "Organization", metadata: { name: "acme" },
	spec: { provider: "file" } };
const account = {
	apiVersion: "writ/v1", kind: "TechnicalAccount", metadata: { name: "night-build" },
	spec: {
		owner: "build@example.com",
		products: reasons.map((reason, i) => ({ product: "Söme, Product; x",
			profile: `P${i}`, reason, ticket: "OPS-1", expires: `2026-06-1${i}` })),
	},
};

test("a public parser reads every event, and gets the texts back", () => {
	const text = expiring([organization, account]);
	const lines = text.split("\r\n");
	assert.equal(lines.pop(), "");
	for (const line of lines) {
		assert.ok(Buffer.byteLength(line) <= 75, line);
		assert.ok(!/[\r\n]/.test(line) && !line.includes("\uFFFD"), line);
	}
	const calendar = new ICAL.Component(ICAL.parse(text));
	assert.equal(calendar.getFirstPropertyValue("version"), "2.0");
	const events = calendar.getAllSubcomponents("vevent").map((e) => new ICAL.Event(e,
		{ strictExceptions: true }));
	assert.equal(events.length, reasons.length);
	events.forEach((event, i) => {
		assert.ok(event.startDate.isDate);
		assert.equal(event.startDate.toString(), `2026-06-1${i}`);
		assert.equal(event.endDate.toString(), event.startDate.clone().adjust(1, 0, 0,
			0).toString());
		assert.equal(event.summary, `night-build: last day of Söme, Product; x / P${i}`);
		const description = event.description.split("\n");
		assert.equal(description[1], `Reason: ${reasons[i]}`);
		assert.equal(description[2], "Ticket: OPS-1");
		assert.equal(description[3], "Owner: build@example.com");
		assert.equal(event.component.getFirstPropertyValue("dtstamp").toString(),
			"2026-06-01T10:20:30Z");
	});
	assert.equal(new Set(events.map((e) => e.uid)).size, reasons.length);
});

test("a calendar without events is one too", () => {
	const calendar =
		new ICAL.Component(
		ICAL.parse(expiring([organization,
		{ ...account, spec: { owner: "a@example.com" } }])));
	assert.equal(calendar.getAllSubcomponents("vevent").length, 0);
	assert.ok(calendar.getAllSubcomponents().length > 0);
});
