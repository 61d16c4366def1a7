// SPDX-License-Identifier: Apache-2.0
// Starts an emulator of the test's own and talks to its control path.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Emulator {
	static start(...args) {
		return Emulator.of(readFileSync(join(process.env.WRIT_ROOT,
			"tests/emulator/live.yaml")), ...args);
	}

	// Of an organisation of this text.
	static async of(live, ...args) {
		const self = new Emulator();
		self.folder = mkdtempSync(join(tmpdir(), "writ-emulator-"));
		self.live = join(self.folder, "live.yaml");
		writeFileSync(self.live, live);
		self.process = spawn(process.env.ADOBE_EMULATOR,
			["--org", self.live, "--rate-limits", "off", ...args], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		self.url = await new Promise((resolve, reject) => {
			self.process.stdout.once("data", (text) => resolve(String(text).trim()));
			self.process.once("exit",
				(status) => reject(new Error(`the emulator ended with ${status}`)));
		});
		return self;
	}

	async stop() {
		this.process.removeAllListeners("exit");
		const ended = new Promise((resolve) => this.process.once("exit", resolve));
		this.process.kill("SIGTERM");
		const status = await ended;
		rmSync(this.folder, { recursive: true });
		return status;
	}

	async control(method, path, body) {
		const answer = await fetch(`${this.url}/_control/${path}`,
			{ method, body: body && JSON.stringify(body) });
		if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
		return answer.headers.get("content-type").includes("json")
			? answer.json() : answer.text();
	}

	async userToken() {
		return (await this.control("POST", "token", {})).access_token;
	}

	async changes() {
		return (await this.control("GET", "changes")).map((c) => c.what);
	}
}
