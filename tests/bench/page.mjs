// SPDX-License-Identifier: Apache-2.0
// page.mjs PAGE QUERY TIMES: how long Chromium needs until the map's page stands, and from a query to
// the place that it leads to; one line of JSON for each time. A fresh page each time, as for a user who
// opens the file. Playwright comes from the browser tests.
import { chromium } from '../browser/node_modules/playwright-core/index.mjs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [file, query, times] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'cadastre-page-'));
const browser = await chromium.launchPersistentContext(folder, {
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	viewport: { width: 1280, height: 800 },
	args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
		'--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

// Drawing happens in animation frames: after two more, what was asked for is on the screen.
const drawn = (page) => page.evaluate(() => new Promise((done) =>
	requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));

async function once() {
	const page = await browser.newPage();
	let requests = -1; // without the file itself

	page.on('request', () => { requests++; });
	let begun = performance.now();
	await page.goto(pathToFileURL(file).href);
	await drawn(page);
	const ready = performance.now() - begun;

	begun = performance.now();
	await page.fill('#query', query);
	await page.press('#query', 'Enter');
	await drawn(page);
	const search = performance.now() - begun;
	const found = await page.textContent('#fileName');

	console.log(JSON.stringify({ ready: ready / 1000, search: search / 1000, found, requests }));
	await page.close();
}

try {
	for (let i = 0; i < Number(times); i++)
		await once();
} finally {
	await browser.close();
	rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
