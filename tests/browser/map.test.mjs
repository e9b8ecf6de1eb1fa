// SPDX-License-Identifier: Apache-2.0
// The HTML map as a user meets it. Each test opens a fresh page made from a sample estate and
// fails on any console message, page error, dialog, policy violation or request.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const folder = mkdtempSync(join(tmpdir(), 'cadastre-browser-'));
const LAYERS = {
	regions: 'Networks and systems', links: 'Links', assets: 'Assets', cii: 'CII designation',
	exposure: 'Internet exposure', labels: 'Names',
};
let browser;

before(async () => {
	for (const sample of ['lab', 'hostile', 'empty', 'city', '40000'])
		execFileSync(process.env.PAGE_TOOL, [sample, join(folder, `${sample}.html`)]);
	execFileSync(process.env.PAGE_TOOL, ['lab', join(folder, 'atlas.html'), 'atlas']);
	for (const over of ['later', 'exposure', 'tier'])
		execFileSync(process.env.PAGE_TOOL, ['lab', join(folder, `${over}.html`), 'both', over]);
	browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
		executablePath: process.env.CHROMIUM,
		viewport: { width: 1280, height: 800 },
		args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
			'--disable-background-networking', '--disable-component-update', '--disable-sync'],
	});
});

after(async () => {
	await browser?.close();
	rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

// A test on a page of the sample; complaints of any kind fail it at the end.
function onPage(name, sample, body) {
	test(name, async () => {
		const page = await browser.newPage();
		const url = pathToFileURL(join(folder, `${sample}.html`)).href;
		const complaints = [], requests = [];

		page.on('console', (m) => complaints.push(`console ${m.type()}: ${m.text()}`));
		page.on('pageerror', (e) => complaints.push(`error: ${e.message}`));
		page.on('dialog', (d) => {
			complaints.push(`dialog: ${d.message()}`);
			d.dismiss();
		});
		page.on('request', (r) => requests.push(r.url()));
		await page.addInitScript(() => document.addEventListener('securitypolicyviolation',
			(e) => console.error(`policy: ${e.violatedDirective}`)));
		try {
			await page.goto(url);
			await settled(page);
			await body(page);
			assert.deepEqual(complaints, []);
			assert.deepEqual(requests, [url]);
		} finally {
			await page.close();
		}
	});
}

// Drawing happens in animation frames: two of them, and the page shows its state.
async function settled(page) {
	await page.evaluate(() => new Promise((done) =>
		requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));
}

// What of a sheet is on the screen, in millimetres.
async function view(page, sheet = 0) {
	return page.locator(`#map${sheet}`).evaluate((map) => {
		const { a, e, f } = new DOMMatrix(getComputedStyle(map.firstElementChild).transform);

		return { x: -e / a, y: -f / a, w: map.clientWidth / a, h: map.clientHeight / a };
	});
}

// Until it is narrower than so many millimetres.
async function zoomed(page, width) {
	await page.waitForFunction((w) => {
		const map = document.querySelector('#map0');

		return map.clientWidth / new DOMMatrix(getComputedStyle(map.firstElementChild).transform).a < w;
	}, width);
}

// A sheet's own size in millimetres.
async function sizeOf(page, sheet = 0) {
	return page.evaluate((i) => {
		const { width, height } = JSON.parse(document.getElementById('data').textContent).sheets[i];

		return [width / 100, height / 100];
	}, sheet);
}

// Where the first mark of an asset stands on the screen. Columns: mapper/render/html_data.c.
async function markOf(page, name, sheet = 0) {
	return page.evaluate(([wanted, index]) => {
		const data = JSON.parse(document.getElementById('data').textContent);
		const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
		const numbers = (text) => {
			let last = 1, value = 0, unit = 1, again = false, step = 0;

			return [...text].flatMap((c) => {
				const d = digits.indexOf(c);

				if (c === '*') {
					again = true;
					return [];
				}
				value += (d & 31) * unit;
				unit *= 32;
				if (d & 32)
					return [];
				const times = again ? value : 1;

				step = again ? step : value % 2 ? -(value - 1) / 2 : value / 2;
				value = 0;
				unit = 1;
				again = false;
				return Array.from({ length: times }, () => (last += step) - 1);
			});
		};
		const { heads, tails } = data.assets.name, at = numbers(tails.at);
		let head = '';
		const names = heads.split('\n').slice(0, -1).map((line, i) =>
			(head = head.slice(0, digits.indexOf(line[0])) + line.slice(1)) + tails.words[at[i]]);
		const [asset, x, y, w, h] = ['asset', 'x', 'y', 'w', 'h'].map((column) =>
			numbers(data.sheets[index].marks[column]));
		const i = asset.indexOf(names.indexOf(wanted));
		const matrix = document.querySelector(`#map${index} > svg`).getScreenCTM();

		return new DOMPoint((x[i] + w[i] / 2) / 100, (y[i] + h[i] / 2) / 100)
			.matrixTransform(matrix).toJSON();
	}, [name, sheet]);
}

// The middle of the outline of the first such element that is not covered there, and its title.
async function middleOf(page, selector) {
	return page.evaluate((wanted) => {
		for (const e of document.querySelectorAll(wanted)) {
			const { x, y } = e.getPointAtLength(e.getTotalLength() / 2)
				.matrixTransform(e.getScreenCTM());

			if (document.elementFromPoint(x, y) === e)
				return [x, y, e.dataset.title];
		}
		throw new Error(`nothing to point at: ${wanted}`);
	}, selector);
}

async function search(page, words) {
	await page.getByRole('combobox', { name: 'Search' }).fill(words);
	return page.getByRole('option').locator('b').allTextContents();
}

async function tableOf(page, name) {
	return page.getByRole('table', { name }).locator('tbody tr').evaluateAll((rows) =>
		rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
}

const near = (a, b, tolerance) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

onPage('opens with the whole first sheet', 'lab', async (page) => {
	const { x, y, w, h } = await view(page);
	const [width, height] = await sizeOf(page);

	assert.ok(x <= 0 && y <= 0 && x + w >= width && y + h >= height);
	near(Math.min(w / width, h / height), 1 / 0.98, 0.001);
	assert.match(await page.title(), /^Network map of lanhe( 网络地图)?$/);
	assert.match(await page.locator('h1').textContent(), /^Network map of lanhe( 网络地图)?$/);
	assert.match(await page.locator('header p').textContent(), /^lanhe · as of 2025-11-25 16:00:00 UTC$/);
	assert.equal(await page.locator('#count').textContent(), '39 assets');
	assert.equal(await page.getByRole('tab').count(), 2);
	assert.ok(await page.locator('#sheet0').isVisible());
	assert.ok(await page.locator('#sheet1').isHidden());
	assert.ok(await page.locator('#panel').isHidden());
});

onPage('drag and arrow keys move the map', 'lab', async (page) => {
	const box = await page.locator('#map0').boundingBox();
	const start = await view(page);
	const scale = box.width / start.w;

	await page.mouse.move(box.x + 300, box.y + 300);
	await page.mouse.down();
	await page.mouse.move(box.x + 360, box.y + 280, { steps: 4 });
	await page.mouse.up();
	await settled(page);
	const dragged = await view(page);

	near(start.x - dragged.x, 60 / scale, 0.5);
	near(start.y - dragged.y, -20 / scale, 0.5);
	near(dragged.w, start.w, 0.001);
	assert.ok(await page.locator('#panel').isHidden(), 'a drag is no click');

	await page.locator('#map0').focus();
	await page.keyboard.press('ArrowRight');
	await page.keyboard.press('ArrowDown');
	await settled(page);
	const moved = await view(page);

	assert.ok(moved.x > dragged.x && moved.y > dragged.y);
	await page.keyboard.press('ArrowLeft');
	await page.keyboard.press('ArrowUp');
	await settled(page);
	near((await view(page)).x, dragged.x, 0.001);
});

onPage('wheel, keys and buttons zoom', 'lab', async (page) => {
	const start = await view(page);
	const spot = await markOf(page, 'scada1.lanhe.example');

	await page.mouse.move(spot.x, spot.y);
	await page.mouse.wheel(0, -500);
	await zoomed(page, start.w * 0.7);
	await settled(page);
	const after = await markOf(page, 'scada1.lanhe.example');

	near(after.x, spot.x, 1); // what is under the pointer stays there
	near(after.y, spot.y, 1);

	const widths = [(await view(page)).w];
	const step = async (act) => {
		await act();
		await settled(page);
		widths.unshift((await view(page)).w);
	};

	await step(() => page.getByRole('button', { name: 'Zoom in' }).click());
	assert.ok(widths[0] < widths[1]);
	await step(() => page.getByRole('button', { name: 'Zoom out' }).click());
	near(widths[0], widths[2], 0.001);
	await page.locator('#map0').focus();
	await step(() => page.keyboard.press('+'));
	assert.ok(widths[0] < widths[1]);
	await step(() => page.keyboard.press('-'));
	near(widths[0], widths[2], 0.001);
	await step(() => page.getByRole('button', { name: 'Whole sheet' }).click());
	assert.deepEqual(await view(page), start);

	await page.mouse.move(spot.x, spot.y);
	for (let i = 0; i < 40; i++)
		await page.mouse.wheel(0, -2000);
	await zoomed(page, 6);
	await settled(page);
	assert.ok((await view(page)).w > 1, 'depth has an end');
});

onPage('search finds, shows and highlights', 'lab', async (page) => {
	assert.deepEqual(await search(page, 'relay-a1'), ['relay-a1']);
	await page.keyboard.press('Enter');
	await settled(page);
	assert.equal(await page.locator('#fileName').textContent(), 'relay-a1');
	assert.equal(await page.locator('#map0 .ui-ring').count(), 1);
	const ring = await page.locator('#map0 .ui-ring').boundingBox();
	const box = await page.locator('#map0').boundingBox();
	const mark = await markOf(page, 'relay-a1');

	near(ring.x + ring.width / 2, mark.x, 1);
	near(ring.y + ring.height / 2, mark.y, 1);
	near(mark.x, box.x + box.width / 2, 1);
	near(mark.y, box.y + box.height / 2, 1);
	assert.ok(ring.width > 30 && ring.width < 120);
	/* On every sheet. */
	assert.equal(await page.locator('#map1 .ui-ring').count(), 1);
});

onPage('search by address, product, MAC and system', 'lab', async (page) => {
	assert.deepEqual(await search(page, '198.18.40.14'), ['meter-a1']);
	assert.deepEqual(await search(page, '198.18.40.1'), ['router-a', 'rtu-a1', 'COOLING-A',
		'relay-a1', 'meter-a1', 'BMS-A'], 'the address itself stands first');
	assert.deepEqual(await search(page, 'PM5560'), ['meter-a1', 'meter-b1']);
	assert.deepEqual(await search(page, 'siemens 315-2'), ['COOLING-A']);
	assert.deepEqual(await search(page, '2404/tcp'), ['front-end', 'rtu-a1', 'rtu-b1']);
	for (const mac of ['02:00:00:00:00:1a', '02-00-00-00-00-1A', '0200.0000.001a', '02000000001a'])
		assert.deepEqual(await search(page, mac), ['meter-a1'], mac);
	assert.equal((await search(page, 'outage website')).length, 5);
	assert.deepEqual(await search(page, 'exposed cii'), ['vendor-gw']);
	assert.deepEqual(await search(page, 'no such thing'), []);
	assert.equal(await page.locator('#count').textContent(), 'Nothing found');
	assert.deepEqual(await search(page, ''), []);
	assert.equal(await page.locator('#count').textContent(), '39 assets');
});

onPage('long lists are cut and say so', 'city', async (page) => {
	assert.equal((await search(page, 'asset-')).length, 100);
	assert.equal(await page.locator('#count').textContent(), 'First 100 of 1,990 assets');
});

for (const [name, label] of Object.entries(LAYERS))
	onPage(`the layer "${label}" can be switched`, 'lab', async (page) => {
		const box = page.getByRole('checkbox', { name: label });
		const groups = page.locator(`.layer.${name}`);
		const shown = () => groups.evaluateAll((all) => all.map((g) => g.getClientRects().length > 0
			&& getComputedStyle(g).display !== 'none'));
		const at = await shown();

		assert.equal(at.length, 2);
		assert.ok(at[0], 'it has something on the first sheet');
		await box.uncheck();
		assert.deepEqual(await shown(), [false, false]);
		for (const other of Object.keys(LAYERS).filter((o) => o !== name))
			assert.notEqual(await page.locator(`#s0-${other}`).evaluate((g) =>
				getComputedStyle(g).display), 'none', other);
		await box.check();
		assert.deepEqual(await shown(), at);
	});

// The colours of cells as they are seen: of each by its class, and of ink on dark ones.
async function cellColours(page) {
	return page.evaluate(() => {
		const seen = (selector) => [...new Set([...document.querySelectorAll(selector)].map((e) =>
			getComputedStyle(e).fill))].sort();
		const rows = (selector) => [...new Set([...document.querySelectorAll(selector)].map((e) =>
			getComputedStyle(e).stroke))].sort();

		return {
			cells: seen('.assets [class^="cell-"]:not([class*="-in"]):not([class*="-edge"]):not(.cc)'),
			designated: seen('.assets [class^="cell-"].cc:not([class*="-in"]):not([class*="-edge"])'),
			rows: rows('.assets [class^="cell-"][class*="-in"]:not(.cc)'),
			designatedRows: rows('.assets [class^="cell-"][class*="-in"].cc'),
			symbols: seen('.assets .host-on-dark'),
			legend: seen('.furniture .cell-tier3'),
		};
	});
}

const HOLLOW = 'rgb(255, 255, 255)', BLUE = 'rgb(154, 200, 224)', GREY = 'rgb(223, 227, 230)';
const INK = 'rgb(38, 50, 61)';

onPage('cells are coloured by tier, by designation, or alike', 'lab', async (page) => {
	const group = page.getByRole('group', { name: 'Colour of cells' });
	const key = page.locator('#cellsKey');
	const drawn = await cellColours(page);

	assert.ok(await group.getByRole('radio', { name: 'Protection tier' }).isChecked());
	assert.ok(drawn.cells.length + drawn.designated.length >= 3, JSON.stringify(drawn));

	await group.getByRole('radio', { name: 'CII designation' }).check();
	let now = await cellColours(page);

	assert.deepEqual([now.cells, now.designated], [[HOLLOW], [BLUE]]);
	assert.deepEqual(now.legend, drawn.legend, 'the legend is that of the sheet');
	assert.match(await key.textContent(), /^Of a CII system: \d+ assets\. Of none\.$/);
	assert.equal(await key.getAttribute('aria-live'), 'polite');
	// As many as are designated.
	const n = Number((await key.textContent()).match(/\d+/)[0]);

	assert.equal((await search(page, 'cii')).length, n);

	await group.getByRole('radio', { name: 'All alike' }).check();
	now = await cellColours(page);
	assert.deepEqual([now.cells, now.designated], [[GREY], [GREY]]);
	assert.match(await key.textContent(), /says nothing/);

	// The keyboard alone leads back.
	await group.getByRole('radio', { name: 'All alike' }).focus();
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('ArrowUp');
	assert.ok(await group.getByRole('radio', { name: 'Protection tier' }).isChecked());
	assert.deepEqual(await cellColours(page), drawn);
	// Its layer is a switch of its own.
	await page.getByRole('checkbox', { name: 'Assets' }).uncheck();
	await group.getByRole('radio', { name: 'CII designation' }).check();
	assert.equal(await page.locator('.layer.assets').first().evaluate((g) =>
		getComputedStyle(g).display), 'none');
});

onPage('what is white on dark cells is ink on light ones', 'city', async (page) => {
	const group = page.getByRole('group', { name: 'Colour of cells' });

	assert.deepEqual((await cellColours(page)).symbols, [HOLLOW]);
	for (const choice of ['CII designation', 'All alike']) {
		await group.getByRole('radio', { name: choice }).check();
		assert.deepEqual((await cellColours(page)).symbols, [INK], choice);
	}
});

onPage('rows of cells are coloured as single ones are', '40000', async (page) => {
	const group = page.getByRole('group', { name: 'Colour of cells' });

	await group.getByRole('radio', { name: 'CII designation' }).check();
	const now = await cellColours(page);

	assert.deepEqual([now.rows, now.designatedRows], [[HOLLOW], [BLUE]]);
	await group.getByRole('radio', { name: 'All alike' }).check();
	const alike = await cellColours(page);

	assert.deepEqual([alike.rows, alike.designatedRows], [[GREY], [GREY]]);
});

onPage('what is not on the map is no choice', 'exposure', async (page) => {
	assert.equal(await page.getByRole('radio').count(), 0);
});

onPage('without designations there are two choices', 'tier', async (page) => {
	assert.equal(await page.getByRole('radio').count(), 2);
	assert.equal(await page.getByRole('radio', { name: 'CII designation' }).count(), 0);
});

onPage('what changed stands in the asset file', 'later', async (page) => {
	const flag = () => page.locator('.ui-flags .ui-change').allTextContents();
	const at = async (words) => {
		await search(page, words);
		await page.keyboard.press('Enter');
	};
	// Those with services.
	const [fresh] = await search(page, 'new tcp'), [gone] = await search(page, 'gone tcp');
	const [changed] = await search(page, 'changed');

	await at('gone tcp');
	assert.equal(await page.locator('#fileName').textContent(), gone);
	assert.deepEqual(await flag(), ['Gone since 2025-11-24 16:00:00 UTC']);
	assert.deepEqual([...new Set((await tableOf(page, 'Services')).map((row) => row.at(-1)))],
		['gone']);
	await at(`changed ${changed}`);
	assert.deepEqual(await flag(), ['Changed since 2025-11-24 16:00:00 UTC: software was older']);
	await at(`new tcp ${fresh}`);
	assert.deepEqual(await flag(), ['New since 2025-11-24 16:00:00 UTC']);
	const services = await tableOf(page, 'Services');

	assert.ok(services.length > 0 && services.every((row) => row.length === 5 && row[4] === 'new'));
	assert.ok(await page.getByRole('table', { name: 'Services' })
		.getByRole('columnheader', { name: 'Change' }).isVisible());
	const spot = await markOf(page, fresh);

	await page.getByRole('button', { name: 'Close the asset file' }).click();
	await page.getByRole('button', { name: 'Whole sheet' }).click();
	await settled(page);
	const { x, y } = await markOf(page, fresh);

	assert.ok(spot.x > 0);
	await page.mouse.move(x, y);
	assert.match(await page.getByRole('tooltip').textContent(), /New since 2025-11-24/);
});

onPage('a map of one day says nothing of change', 'lab', async (page) => {
	await search(page, 'relay-a1');
	await page.keyboard.press('Enter');
	assert.equal(await page.locator('.ui-change').count(), 0);
	assert.deepEqual(await search(page, 'changed'), []);
	assert.ok(await page.evaluate(() => !JSON.parse(document.getElementById('data').textContent)
		.assets.change));
});

onPage('a click opens the asset file', 'lab', async (page) => {
	const panel = page.locator('#panel');
	let spot = await markOf(page, 'erp.lanhe.example');

	await page.mouse.click(spot.x, spot.y);
	assert.ok(await panel.isVisible());
	assert.equal(await page.locator('#fileName').textContent(), 'erp.lanhe.example');
	assert.deepEqual(await tableOf(page, 'Services'), [
		['22/tcp198.18.20.13', 'ssh', '', ''], ['443/tcp198.18.20.13', 'https', '', ''],
		['6379/tcp198.18.20.13', 'redis', '', '']]);
	assert.deepEqual(await tableOf(page, 'Addresses'), [
		['198.18.20.13office 198.18.20.0/24', '02:00:00:00:00:0e'],
		['2001:db8:20::132001:db8:20::/64', '02:00:00:00:00:0e']]);
	assert.deepEqual(await tableOf(page, 'Links'), [
		['www.lanhe.example', 'dependency', 'attested'], ['historian', 'flow', 'derived']]);
	assert.match(await panel.textContent(), /Office automation.*Lanhe Power.*not designated as CII/s);

	// Along a link to the CII side.
	await panel.getByRole('button', { name: 'historian' }).click();
	assert.equal(await page.locator('#fileName').textContent(), 'historian');
	assert.match(await panel.textContent(), /CII, no\. LH-2026-001.*energy-power 1\.0/s);
	assert.deepEqual(await page.locator('.ui-flags li').allTextContents(),
		['Database', 'Tier 3', 'CII']);

	// Exposed services are told apart.
	await page.getByRole('button', { name: 'Whole sheet' }).click();
	await settled(page);
	spot = await markOf(page, 'www.lanhe.example');
	await page.mouse.click(spot.x, spot.y);
	assert.deepEqual(await tableOf(page, 'Services'), [
		['22/tcp198.18.10.11', 'ssh', '', ''], ['80/tcp198.18.10.11', 'http', '', 'exposed'],
		['443/tcp198.18.10.11', 'https', '', 'exposed']]);

	await search(page, 'relay-a1'); // one address: it goes without saying
	await page.keyboard.press('Enter');
	assert.deepEqual(await tableOf(page, 'Services'), [['23/tcp', 'telnet', '', ''],
		['20000/tcp', 'dnp3', '', '']]);

	await page.getByRole('button', { name: 'Close the asset file' }).click();
	assert.ok(await panel.isHidden());
	assert.equal(await page.locator('.ui-ring').count(), 0);
});

onPage('a cell of the district opens the same file', 'lab', async (page) => {
	await page.getByRole('tab', { name: 'district' }).click();
	await settled(page);
	const spot = await markOf(page, 'relay-b1', 1);

	await page.mouse.click(spot.x, spot.y);
	assert.equal(await page.locator('#fileName').textContent(), 'relay-b1');
	const box = await page.locator('#map1').boundingBox();

	await page.mouse.click(box.x + 5, box.y + box.height - 5);
	assert.ok(await page.locator('#panel').isHidden(), 'a click on nothing closes it');
});

onPage('a box of the overview opens its page, and that leads back', 'atlas', async (page) => {
	const centre = (target, sheet) => page.evaluate(([t, s]) => {
		const r = document.querySelector(`#map${s} [data-target="${t}"]`).getBoundingClientRect();

		return { x: r.left + r.width / 2, y: r.top + Math.min(4, r.height / 2) };
	}, [target, sheet]);
	const click = async (target, sheet) => {
		const { x, y } = await centre(target, sheet);

		await page.mouse.click(x, y);
		await settled(page);
	};
	const open = () => page.locator('[role=tab][aria-selected=true]').textContent();

	assert.equal(await page.getByRole('tab').count(), 10);
	await click('p4', 0);
	assert.equal(await open(), 'Outage website');
	assert.equal(await page.locator('#heading').textContent(), 'Outage website');
	await click('p1', 3);
	assert.match(await open(), /^Overview/);
});

onPage('the pointer brings up what is under it', 'lab', async (page) => {
	const spot = await markOf(page, 'vendor-gw');
	const tip = page.getByRole('tooltip');

	await page.mouse.move(spot.x, spot.y);
	assert.match(await tip.textContent(), /^vendor-gw.*Moxa.*198\.18\.40\.20.*tier 3.*CII.*Exposed/s);
	// What is not an asset has its title: a network, and a link in the middle of its line.
	await page.mouse.move(...await middleOf(page, '#s0-regions [data-title]'));
	assert.notEqual(await tip.textContent(), '');
	const [x, y, title] = await middleOf(page, '#s0-links [data-title]');

	await page.mouse.move(x, y);
	assert.equal(await tip.textContent(), title);
	await page.mouse.move(spot.x, 5);
	await page.locator('h1').hover();
	assert.ok(await tip.isHidden());
});

onPage('the keyboard is enough', 'lab', async (page) => {
	await page.keyboard.press('/');
	assert.ok(await page.locator('#query').evaluate((e) => e === document.activeElement));
	await page.keyboard.type('scada');
	const query = page.getByRole('combobox', { name: 'Search' });

	assert.equal(await query.getAttribute('aria-expanded'), 'true');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowDown');
	const active = await query.getAttribute('aria-activedescendant');

	assert.equal(await page.locator(`#${active} b`).textContent(), 'scada2.lanhe.example');
	assert.equal(await page.locator(`#${active}`).getAttribute('aria-selected'), 'true');
	assert.equal(await page.locator('#results [aria-selected="true"]').count(), 1);
	await page.keyboard.press('Enter');
	assert.equal(await page.locator('#fileName').textContent(), 'scada2.lanhe.example');
	await page.keyboard.press('Escape'); // the search
	assert.equal(await query.inputValue(), '');
	await page.keyboard.press('Escape'); // the file
	assert.ok(await page.locator('#panel').isHidden());

	await page.getByRole('tab', { name: 'topology' }).focus();
	await page.keyboard.press('ArrowRight');
	assert.ok(await page.locator('#sheet1').isVisible());
	assert.ok(await page.locator('#sheet0').isHidden());
	assert.equal(await page.getByRole('tab', { selected: true }).textContent(), 'district');
	await page.keyboard.press('ArrowRight');
	assert.equal(await page.getByRole('tab', { selected: true }).textContent(), 'topology');
});

onPage('every control has a name', 'lab', async (page) => {
	await search(page, 'core');
	await page.keyboard.press('Enter');
	const nameless = await page.locator('button, input, [role], svg.drawing, [tabindex="0"]')
		.evaluateAll((all) => all.filter((e) => !['presentation', 'search', 'status', 'option',
			'tooltip'].includes(e.getAttribute('role')) && !e.textContent.trim() &&
			!e.ariaLabel && !e.labels?.length && !e.getAttribute('aria-labelledby'))
			.map((e) => e.outerHTML.slice(0, 80)));

	assert.deepEqual(nameless, []);
	for (const name of ['Zoom in', 'Zoom out', 'Whole sheet', 'Close the asset file'])
		assert.equal(await page.getByRole('button', { name, exact: true }).count(), 1, name);
	assert.equal(await page.getByRole('checkbox').count(), 7);
	assert.equal(await page.getByRole('status').textContent(), '1 asset');
});

onPage('hostile names are text and run nothing', 'hostile', async (page) => {
	const counts = () => page.evaluate(() => ['script', 'b.x, img, iframe, object, embed, base, form',
		'[onload], [onerror], [onclick]'].map((s) => document.querySelectorAll(s).length));

	assert.deepEqual(await counts(), [2, 0, 0]);
	assert.match(await page.locator('header p').textContent(), /^realm <b>"&'<\/b>/);
	for (const name of ['<script>alert(1)</script>', ']]>', '"quoted" \'twice\' `thrice`',
		'a & b &amp; c', '-->', '</style></svg>', '\\x1b[31mred\\x1b[0m', 'javascript:alert(1)']) {
		assert.ok((await search(page, name)).includes(name), name);
		await page.getByRole('option').filter({ has: page.locator('b', { hasText: name }) })
			.first().click();
		assert.equal(await page.locator('#fileName').textContent(), name);
		await settled(page);
		const spot = await page.locator('.ui-ring').first().boundingBox();

		await page.mouse.move(spot.x + spot.width / 2, spot.y + spot.height / 2);
		await page.locator('#tip div').first().filter({ hasText: name }).waitFor();
		assert.equal(await page.locator('#tip div').first().textContent(), name);
		assert.ok((await tableOf(page, 'Services'))[0].includes(name));
	}
	assert.deepEqual(await counts(), [2, 0, 0]);
	// A name of 10,000 characters neither widens the page nor pushes the file out of view.
	await search(page, 'WWWWWWWW');
	await page.keyboard.press('Enter');
	assert.equal((await page.locator('#fileName').textContent()).length, 10000);
	assert.ok((await page.locator('#panel').boundingBox()).width <= 420);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
	assert.ok((await page.locator('#file').boundingBox()).y < 400);
});

onPage('an empty estate is a calm page', 'empty', async (page) => {
	assert.equal(await page.locator('#count').textContent(), '0 assets');
	assert.deepEqual(await search(page, 'x'), []);
	await page.mouse.click(640, 400);
	await page.mouse.wheel(0, -300);
	assert.ok(await page.locator('#panel').isHidden());
});

onPage('prints a page per sheet and nothing else', 'lab', async (page) => {
	await search(page, 'core');
	await page.keyboard.press('Enter');
	const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');

	assert.equal(pdf.match(/\/Type \/Page\b/g).length, 2);
	await page.emulateMedia({ media: 'print' });
	for (const gone of ['header', '.ui-side', '#panel', '.ui-mark'])
		assert.ok(await page.locator(gone).first().isHidden(), gone);
	for (const sheet of ['#map0 > svg', '#map1 > svg'])
		assert.ok(await page.locator(sheet).isVisible(), sheet);
});

onPage('in a flat window nothing lies over the map', 'lab', async (page) => {
	await page.setViewportSize({ width: 800, height: 600 });
	await settled(page);
	const map = await page.locator('#map0').boundingBox();

	assert.ok(map.height >= 330, JSON.stringify(map));
	for (const layer of Object.keys(LAYERS)) {
		const box = await page.locator(`#layer-${layer}`).boundingBox();

		assert.ok(box.y + box.height <= map.y, layer);
	}
	await page.fill('#query', 'lanhe');
	await settled(page);
	const after = await page.locator('#map0').boundingBox();
	const side = await page.locator('.ui-side').boundingBox();

	assert.ok(side.y + side.height <= after.y + 1 && after.height >= 200, JSON.stringify(after));
});

onPage('a small window still shows the map', 'lab', async (page) => {
	await page.setViewportSize({ width: 600, height: 800 });
	await settled(page);
	const box = await page.locator('#map0').boundingBox();

	assert.ok(box.width >= 590 && box.height >= 250, JSON.stringify(box));
	const { x, w } = await view(page), [width] = await sizeOf(page);

	assert.ok(x <= 0 && x + w >= width, 'it is fitted again');
});
