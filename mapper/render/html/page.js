// SPDX-License-Identifier: Apache-2.0
// The map's page: pan, zoom, search, layers, tooltips and the asset file. It reads the columns
// in #data and asks for nothing else; foreign text enters the page as text nodes only.
'use strict';
(() => {
const SVG = 'http://www.w3.org/2000/svg';
const RESULTS_MAX = 100;  // rows shown for a search
const DEPTH_MAX = 200;    // pixels per millimetre when zoomed in fully
const CLICK_SLACK = 4;    // pixels a pointer may wander and still click
const data = JSON.parse(document.getElementById('data').textContent);
const { assets, addresses, services, systems, subnets, links } = data;

// ---- columns: as html_data.c writes them -------------------------------------------------

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digitOf = new Uint8Array(128);

[...DIGITS].forEach((c, i) => { digitOf[c.charCodeAt(0)] = i; });

// Differences, five bits in a digit, the lowest first; the first bit is the sign. After a star stands
// how many times more the difference before comes again.
function differencesOf(text, zero, one, of, each) {
	let again = false, difference = zero, value = zero, unit = one;

	for (let i = 0; i < text.length; i++) {
		const c = text.charCodeAt(i), d = digitOf[c];

		if (c === 42) {
			again = true;
			continue;
		}
		value += of(d & 31) * unit;
		unit *= of(32);
		if (d & 32)
			continue;
		if (again) {
			for (; value > 0; value--)
				each(difference);
		} else {
			difference = value % of(2) ? -(value - one) / of(2) : value / of(2);
			each(difference);
		}
		again = false;
		value = zero;
		unit = one;
	}
}

// Every number is one more than it means, so that -1 can be said.
function numbersOf(text) {
	const out = [];
	let last = 1;

	differencesOf(text, 0, 1, Number, (difference) => out.push((last += difference) - 1));
	return out;
}

// The same of numbers that a number cannot hold.
function bigsOf(text) {
	const out = [];
	let last = 0n;

	differencesOf(text, 0n, 1n, BigInt, (difference) => out.push(last += difference));
	return out;
}

function headsOf(text) {
	let last = '';

	return text.split('\n').slice(0, -1).map((line) =>
		last = last.slice(0, digitOf[line.charCodeAt(0)]) + line.slice(1));
}

function columnOf(column) {
	if (typeof column === 'string')
		return numbersOf(column);
	if (column.wide !== undefined)
		return bigsOf(column.wide);
	if (column.heads !== undefined) {
		const tails = columnOf(column.tails);

		return headsOf(column.heads).map((head, i) => head + tails[i]);
	}
	if (column.words)
		return numbersOf(column.at).map((i) => column.words[i]);
	if (column.texts) {
		const out = [];

		numbersOf(column.at).forEach((at, i) => { out[at] = column.texts[i]; });
		return out;
	}
	return column;
}

// Read when something of the column is asked for: the sheet stands before that.
function readLater(table, name, column) {
	Object.defineProperty(table, name, { configurable: true, get() {
		const value = columnOf(column);

		Object.defineProperty(table, name, { value });
		return value;
	} });
}

for (const table of [assets, addresses, services, systems, subnets, links,
	...data.sheets.map((sheet) => sheet.marks)])
	for (const [name, column] of Object.entries(table))
		if (typeof column !== 'number')
			readLater(table, name, column);

function addressOf(i) {
	const n = addresses.v4[i];

	return n ? `${n >>> 24}.${n >>> 16 & 255}.${n >>> 8 & 255}.${n & 255}`
		: addresses.text[i] ?? '';
}

const bytes = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

function macText(number, between = ':') {
	const high = Math.floor(number / 0x1000000), low = number % 0x1000000;

	return number ? [bytes[high >> 16], bytes[high >> 8 & 255], bytes[high & 255],
		bytes[low >> 16], bytes[low >> 8 & 255], bytes[low & 255]].join(between) : '';
}

const $ = (id) => document.getElementById(id);

// ---- small builders --------------------------------------------------------------------

function element(name, text, className) {
	const e = document.createElement(name);

	if (text !== undefined)
		e.textContent = text;
	if (className)
		e.className = className;
	return e;
}

function plural(n, one) {
	return `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;
}

// ---- facts -----------------------------------------------------------------------------

function range(first, n) {
	const out = [];

	for (let i = 0; i < n; i++)
		out.push(first + i);
	return out;
}

function addressesOf(a) {
	return range(assets.firstAddress[a], assets.nAddresses[a]);
}

function servicesOf(a) {
	return range(assets.firstService[a], assets.nServices[a]);
}

function nameOf(a) {
	return assets.name[a].trim() || `asset ${assets.id[a]}`;
}

function portOf(s) {
	return `${services.port[s]}/${services.transport[s]}`;
}

// What became of a record since the other day: 'new', 'changed', 'gone', or '' for nothing, and on
// a map of one day.
function changeOf(records, i) {
	return records.change ? data.changeNames[records.change[i]] : '';
}

const networks = subnets.cidr.map((cidr, n) => [subnets.name[n], cidr].filter(Boolean).join(' '));

function networkOf(i) {
	return networks[addresses.subnet[i]] ?? '';
}

const systemLines = systems.id.map((id, s) => [id, systems.name[s], systems.organisation[s],
	systems.sector[s], `tier ${systems.tier[s]}`, systems.designated[s] ? 'cii' : ''].join('\n'));

function macLine(number) {
	return number ? `\n${macText(number)}\n${macText(number, '')}` : '';
}

// What is searched: everything known of an asset, in one lower-case line.
function searchLine(a) {
	const s = assets.system[a];
	let line = `${assets.name[a]}\n${assets.vendor[a]}\n${assets.model[a]}\n${assets.os[a]}\n${
		data.roles[assets.role[a]]}${macLine(assets.mac[a])}`;

	for (const i of addressesOf(a))
		line += `\n${addressOf(i)}\n${networkOf(i)}${macLine(addresses.mac[i])}`;
	for (const i of servicesOf(a))
		line += `\n${portOf(i)}\n${services.protocol[i]}\n${services.product[i]}\n${
			services.version[i]}`;
	if (s >= 0)
		line += `\n${systemLines[s]}`;
	if (assets.exposed[a])
		line += '\nexposed';
	line += `\n${changeOf(assets, a)} ${assets.differs?.[a] ?? ''}`;
	return line.toLowerCase();
}

// Made while nobody waits; a search makes those that are missing.
const LINES_AT_ONCE = 2000;
const lines = [];

function makeLines(n) {
	for (let a = lines.length; a < n; a++)
		lines.push(searchLine(a));
}

function makeLinesLater() {
	if (lines.length === assets.name.length)
		return;
	makeLines(Math.min(lines.length + LINES_AT_ONCE, assets.name.length));
	setTimeout(makeLinesLater, 0);
}

// ---- sheets: view, marks, highlight ----------------------------------------------------

class Sheet {
	constructor(description, index) {
		this.map = $(`map${index}`);
		this.svg = this.map.querySelector('svg');
		this.panel = $(`sheet${index}`);
		this.tab = $(`tab${index}`);
		this.name = description.name;
		this.title = description.title;
		this.width = description.width / 100;
		this.height = description.height / 100;
		this.marks = description.marks;
		this.ring = document.createElementNS(SVG, 'g');
		this.ring.setAttribute('class', 'ui-mark');
		this.svg.append(this.ring);
		this.fitted = true;
		this.drawing = 0;
		this.x = this.width / 2;
		this.y = this.height / 2;
		this.scale = 1;
	}

	fitScale() {
		return Math.max(1e-3, 0.98 * Math.min(this.map.clientWidth / this.width,
			this.map.clientHeight / this.height));
	}

	fit() {
		this.fitted = true;
		this.moveTo(this.width / 2, this.height / 2, this.fitScale());
	}

	moveTo(x, y, scale) {
		this.scale = Math.min(Math.max(scale, this.fitScale() / 2), DEPTH_MAX);
		this.x = Math.min(Math.max(x, 0), this.width);
		this.y = Math.min(Math.max(y, 0), this.height);
		if (!this.drawing)
			this.drawing = requestAnimationFrame(() => this.draw());
	}

	draw() {
		const w = this.map.clientWidth, h = this.map.clientHeight;

		this.drawing = 0;
		// Of a transform nothing is laid out anew, as of a viewBox all texts would be.
		this.svg.style.transform = `translate(${w / 2 - this.x * this.scale}px, ${
			h / 2 - this.y * this.scale}px) scale(${this.scale})`;
		this.ring.style.setProperty('--pixel', 1 / this.scale);
	}

	resize() {
		if (this.fitted)
			this.fit();
		else
			this.moveTo(this.x, this.y, this.scale);
	}

	// Where a pixel of the page lies on the sheet, in millimetres.
	at(clientX, clientY) {
		const box = this.map.getBoundingClientRect();

		return {
			x: this.x + (clientX - box.left - box.width / 2) / this.scale,
			y: this.y + (clientY - box.top - box.height / 2) / this.scale,
		};
	}

	pan(dx, dy) {
		this.fitted = false;
		this.moveTo(this.x - dx / this.scale, this.y - dy / this.scale, this.scale);
	}

	// The point under (clientX, clientY) stays there.
	zoom(factor, clientX, clientY) {
		const box = this.map.getBoundingClientRect();
		const px = clientX ?? box.left + box.width / 2, py = clientY ?? box.top + box.height / 2;
		const before = this.at(px, py);
		const scale = Math.min(Math.max(this.scale * factor, this.fitScale() / 2), DEPTH_MAX);

		this.fitted = false;
		this.moveTo(before.x - (px - box.left - box.width / 2) / scale,
			before.y - (py - box.top - box.height / 2) / scale, scale);
	}

	// The smallest mark at the point, or -1. Marks come in hundredths of a millimetre.
	hit(point) {
		const { asset, x, y, w, h } = this.marks;
		const px = point.x * 100, py = point.y * 100, slack = 200 / this.scale;
		let best = -1, least = Infinity;

		for (let i = 0; i < asset.length; i++) {
			if (px < x[i] - slack || px > x[i] + w[i] + slack || py < y[i] - slack ||
			    py > y[i] + h[i] + slack || w[i] * h[i] >= least)
				continue;
			best = asset[i];
			least = w[i] * h[i];
		}
		return best;
	}

	covers(i, k) {
		const { x, y, w, h } = this.marks;

		return x[i] <= x[k] && y[i] <= y[k] && x[i] + w[i] >= x[k] + w[k] &&
			y[i] + h[i] >= y[k] + h[k];
	}

	// The places of an asset: its own marks, or whatever else points to it. Of marks that
	// lie on each other the largest counts.
	places(a) {
		const { asset, main } = this.marks;
		const own = [];

		for (let i = 0; i < main; i++)
			if (asset[i] === a && !own.some((k) => this.covers(k, i)))
				own.push(i);
		return own.length ? own.filter((k) => !own.some((i) => i !== k && this.covers(i, k)))
			: [asset.indexOf(a)].filter((i) => i >= 0);
	}

	highlight(a) {
		const { x, y, w, h } = this.marks;

		this.ring.replaceChildren();
		for (const i of a < 0 ? [] : this.places(a)) {
			const pad = Math.min(Math.max(30, 0.1 * Math.max(w[i], h[i])), 120);

			for (const kind of ['ui-halo', 'ui-ring']) {
				const r = document.createElementNS(SVG, 'rect');

				r.setAttribute('class', kind);
				r.setAttribute('x', (x[i] - pad) / 100);
				r.setAttribute('y', (y[i] - pad) / 100);
				r.setAttribute('width', (w[i] + 2 * pad) / 100);
				r.setAttribute('height', (h[i] + 2 * pad) / 100);
				r.setAttribute('rx', pad / 100);
				this.ring.append(r);
			}
		}
	}

	show(a) {
		const [i] = this.places(a);
		const { x, y, w, h } = this.marks;

		if (i === undefined)
			return false;
		this.fitted = false;
		this.moveTo((x[i] + w[i] / 2) / 100, (y[i] + h[i] / 2) / 100,
			Math.max(this.scale, 4400 / Math.max(w[i], h[i])));
		return true;
	}
}

const sheets = data.sheets.map((description, i) => new Sheet(description, i));
let current = sheets[0];
let selected = -1;

function openSheet(sheet, focus) {
	current = sheet;
	for (const s of sheets) {
		s.panel.hidden = s !== sheet;
		s.tab.setAttribute('aria-selected', String(s === sheet));
		s.tab.tabIndex = s === sheet ? 0 : -1;
	}
	sheet.tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
	$('heading').textContent = sheet.title;
	hideTip();
	sheet.resize();
	sheet.highlight(selected);
	if (focus)
		sheet.tab.focus();
}

function bindTabs() {
	sheets.forEach((sheet, i) => {
		sheet.tab.addEventListener('click', () => openSheet(sheet, true));
		sheet.tab.addEventListener('keydown', (event) => {
			const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];

			if (step)
				openSheet(sheets[(i + step + sheets.length) % sheets.length], true);
		});
	});
}

// ---- selection and the asset file ------------------------------------------------------

function definitions(rows) {
	const dl = element('dl');

	for (const [term, text] of rows)
		if (text !== '' && text !== undefined)
			dl.append(element('dt', term), element('dd', text));
	return dl;
}

// A table of text; a cell may also be a ready element.
function table(caption, heads, rows) {
	const t = element('table'), head = element('tr'), body = element('tbody');

	t.setAttribute('aria-label', caption);
	for (const h of heads) {
		const th = element('th', h);

		th.scope = 'col';
		head.append(th);
	}
	for (const row of rows) {
		const tr = element('tr');

		for (const cell of row)
			tr.append(cell instanceof Element ? cell : element('td', cell));
		body.append(tr);
	}
	t.append(element('thead'), body);
	t.tHead.append(head);
	return t;
}

function section(title, n, make) {
	return [element('h3', title), n ? make() : element('p', 'None known.', 'ui-none')];
}

// "Changed since 2026-03-01 00:00:00 UTC: + tcp/443, name was x"
function changeText(a) {
	const change = changeOf(assets, a), differs = assets.differs?.[a];

	return change && `${change[0].toUpperCase()}${change.slice(1)} since ${data.since}${
		differs ? `: ${differs}` : ''}`;
}

// Cells that a table has of a day that is told against another.
function changeCells(records, i) {
	const change = changeOf(records, i);

	return records.change ? [element('td', change, change ? 'ui-change' : '')] : [];
}

function flags(a) {
	const s = assets.system[a], list = element('ul', undefined, 'ui-flags');

	list.append(element('li', data.roles[assets.role[a]]));
	if (s >= 0)
		list.append(element('li', systems.tier[s] ? `Tier ${systems.tier[s]}`
			: 'Tier not determined'));
	if (s >= 0 && systems.designated[s])
		list.append(element('li', 'CII', 'ui-cii'));
	if (assets.exposed[a])
		list.append(element('li', 'Exposed to the Internet', 'ui-exposed'));
	if (changeOf(assets, a))
		list.append(element('li', changeText(a), 'ui-change'));
	return list;
}

function systemFacts(a) {
	const s = assets.system[a];

	if (s < 0)
		return [element('h3', 'System'),
			element('p', 'Not assigned to a system.', 'ui-none')];
	return [element('h3', 'System'), definitions([
		['Name', systems.name[s]],
		['Register id', systems.id[s]],
		['Organisation', systems.organisation[s]],
		['Sector', systems.sector[s]],
		['Key business', systems.business[s]],
		['Protection tier', systems.tier[s] ? String(systems.tier[s]) : 'not determined'],
		['Designation', systems.designated[s]
			? `CII, no. ${systems.number[s] || 'unknown'}` : 'not designated as CII'],
		['By norm pack', systems.designated[s] ? systems.pack[s] : ''],
		['Change', changeOf(systems, s)],
	])];
}

function serviceRows(a) {
	const port = (i) => {
		const cell = element('td', portOf(i));

		if (assets.nAddresses[a] > 1 && services.address[i] >= 0)
			cell.append(element('small', addressOf(services.address[i])));
		return cell;
	};

	return servicesOf(a).map((i) => [
		port(i), services.protocol[i],
		[services.product[i], services.version[i]].filter(Boolean).join(' '),
		element('td', services.exposed[i] ? 'exposed' : '',
			services.exposed[i] ? 'ui-exposed' : ''),
		...changeCells(services, i),
	]);
}

function addressRow(i) {
	const cell = element('td', addressOf(i));

	cell.append(element('small', networkOf(i)));
	return [cell, element('td', macText(addresses.mac[i]), 'ui-mac')];
}

function linkRows(a) {
	const rows = [];

	for (let i = 0; i < links.from.length; i++) {
		if (links.from[i] !== a && links.to[i] !== a)
			continue;
		const peer = links.from[i] === a ? links.to[i] : links.from[i];
		const cell = element('td'), button = element('button', nameOf(peer));

		button.type = 'button';
		button.addEventListener('click', () => select(peer, true));
		cell.append(button);
		rows.push([cell, data.layerNames[links.layer[i]], data.gradeNames[links.grade[i]],
			...changeCells(links, i)]);
	}
	return rows;
}

function fillFile(a) {
	const list = addressesOf(a), near = linkRows(a);
	const change = assets.change ? ['Change'] : [];

	$('fileName').textContent = nameOf(a);
	$('file').replaceChildren(flags(a),
		element('h3', 'Identity'), definitions([
			['Asset id', String(assets.id[a])],
			['Vendor', assets.vendor[a]],
			['Model', assets.model[a]],
			['System software', assets.os[a]],
			['MAC', macText(assets.mac[a])],
		]),
		...systemFacts(a),
		...section('Addresses', list.length, () => table('Addresses',
			['Address and network', 'MAC'], list.map(addressRow))),
		...section('Services', assets.nServices[a], () => table('Services',
			['Port', 'Protocol', 'Product', '', ...change], serviceRows(a))),
		...section('Links', near.length, () => table('Links',
			['To', 'Kind', 'Evidence', ...change], near)));
}

// Selects an asset: highlight, file, and, if it came from a list, the place on the sheet.
function select(a, go) {
	selected = a;
	fillFile(a);
	$('panel').hidden = false;
	$('panel').scrollTop = 0;
	if (go && !current.places(a).length) {
		const other = sheets.find((s) => s.places(a).length);

		if (other)
			openSheet(other, false);
	}
	current.resize();
	for (const s of sheets)
		s.highlight(a);
	if (go)
		current.show(a);
}

function closeFile() {
	const had = $('panel').contains(document.activeElement);

	selected = -1;
	$('panel').hidden = true;
	for (const s of sheets)
		s.highlight(-1);
	if (had)
		current.map.focus();
}

// ---- tooltip ---------------------------------------------------------------------------

function tipLines(a) {
	const s = assets.system[a];
	const list = addressesOf(a).map((i) => addressOf(i));

	return [nameOf(a),
		[data.roles[assets.role[a]], assets.vendor[a], assets.model[a]]
			.filter(Boolean).join(', '),
		list.length > 4 ? `${list.slice(0, 4).join('  ')}  and ${list.length - 4} more`
			: list.join('  '),
		s < 0 ? '' : `${systems.name[s]}${systems.tier[s] ? `, tier ${systems.tier[s]}` : ''}`,
		s >= 0 && systems.designated[s] ? 'CII' : '',
		assets.exposed[a] ? 'Exposed to the Internet' : '',
		changeText(a)].filter(Boolean);
}

// A title on what is not an asset: looked for around the pointer, for links are thin.
function titleAt(x, y) {
	for (const [dx, dy] of [[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3]]) {
		const found = document.elementFromPoint(x + dx, y + dy);
		const titled = found && current.svg.contains(found) && found.closest('[data-title]');

		if (titled)
			return titled.dataset.title;
	}
	return '';
}

// The sheet that what lies there leads to.
function linkAt(x, y) {
	const link = document.elementsFromPoint(x, y)
		.find((e) => e.dataset.target && current.svg.contains(e));

	return link ? sheets.find((s) => s.name === link.dataset.target) : undefined;
}

function hideTip() {
	$('tip').hidden = true;
	for (const s of sheets)
		s.map.classList.remove('ui-over');
}

function assetAt(event) {
	return $('layer-assets')?.checked ? current.hit(current.at(event.clientX, event.clientY)) : -1;
}

function hover(event) {
	const a = assetAt(event), tip = $('tip');
	const stage = $('stage').getBoundingClientRect();
	const title = a < 0 ? titleAt(event.clientX, event.clientY) : '';

	current.map.classList.toggle('ui-over',
		a >= 0 || linkAt(event.clientX, event.clientY) !== undefined);
	if (a < 0 && !title) {
		tip.hidden = true;
		return;
	}
	tip.replaceChildren(...(a >= 0 ? tipLines(a) : title.split('\n'))
		.map((line) => element('div', line)));
	tip.hidden = false;
	tip.style.left = `${Math.max(4, Math.min(event.clientX - stage.left + 14,
		stage.width - tip.offsetWidth - 4))}px`;
	tip.style.top = `${Math.max(4, Math.min(event.clientY - stage.top + 16,
		stage.height - tip.offsetHeight - 4))}px`;
}

// ---- pointer and keys on the map -------------------------------------------------------

const pointers = new Map(); // by id: where each finger or button is
let wandered = 0;

function pointerDown(event) {
	if (event.button > 0)
		return;
	pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
	if (pointers.size === 1)
		wandered = 0;
}

function pointerMove(event) {
	const last = pointers.get(event.pointerId);

	if (!last) {
		hover(event);
		return;
	}
	const dx = event.clientX - last.x, dy = event.clientY - last.y;
	const spread = () => {
		const [p, q] = [...pointers.values()];

		return Math.hypot(p.x - q.x, p.y - q.y) || 1;
	};
	const before = pointers.size === 2 ? spread() : 0;

	wandered += Math.abs(dx) + Math.abs(dy);
	if (wandered <= CLICK_SLACK)
		return;
	last.x = event.clientX;
	last.y = event.clientY;
	hideTip();
	current.map.setPointerCapture(event.pointerId);
	current.map.classList.add('ui-dragging');
	if (pointers.size === 2)
		current.zoom(spread() / before, event.clientX, event.clientY);
	else
		current.pan(dx, dy);
}

function pointerUp(event) {
	if (!pointers.delete(event.pointerId))
		return;
	current.map.classList.remove('ui-dragging');
	if (event.type === 'pointerup' && wandered <= CLICK_SLACK) {
		const a = assetAt(event);

		const sheet = a < 0 ? linkAt(event.clientX, event.clientY) : undefined;

		if (a >= 0) {
			hideTip(); // the asset file says more
			select(a, false);
		} else if (sheet) {
			openSheet(sheet, true);
		} else {
			closeFile();
		}
	}
}

function wheel(event) {
	const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;

	event.preventDefault();
	hideTip();
	current.zoom(Math.exp(-event.deltaY * unit * 0.0016), event.clientX, event.clientY);
}

function mapKey(event) {
	const step = Math.min(current.map.clientWidth, current.map.clientHeight) / 8;
	const actions = {
		ArrowLeft: () => current.pan(step, 0), ArrowRight: () => current.pan(-step, 0),
		ArrowUp: () => current.pan(0, step), ArrowDown: () => current.pan(0, -step),
		'+': () => current.zoom(1.4), '=': () => current.zoom(1.4),
		'-': () => current.zoom(1 / 1.4), '_': () => current.zoom(1 / 1.4),
		0: () => current.fit(), Home: () => current.fit(),
	};

	if (event.ctrlKey || event.metaKey || event.altKey || !actions[event.key])
		return;
	event.preventDefault();
	hideTip();
	actions[event.key]();
}

function bindMaps() {
	for (const sheet of sheets) {
		sheet.map.addEventListener('pointerdown', pointerDown);
		sheet.map.addEventListener('pointermove', pointerMove);
		sheet.map.addEventListener('pointerup', pointerUp);
		sheet.map.addEventListener('pointercancel', pointerUp);
		sheet.map.addEventListener('pointerleave', hideTip);
		sheet.map.addEventListener('wheel', wheel, { passive: false });
		sheet.map.addEventListener('keydown', mapKey);
	}
	new ResizeObserver(() => current.resize()).observe($('stage'));
	$('zoomIn').addEventListener('click', () => current.zoom(1.4));
	$('zoomOut').addEventListener('click', () => current.zoom(1 / 1.4));
	$('zoomFit').addEventListener('click', () => current.fit());
}

// ---- search ----------------------------------------------------------------------------

let found = [];  // assets in the list
let active = -1; // which of them is active

// Hardware addresses are written in many ways: 02-00-5e.., 0200.5e..
function termsOf(query) {
	return query.toLowerCase().split(/\s+/).filter(Boolean).map((term) =>
		/^[0-9a-f]{2,4}([-.][0-9a-f]{2,4}){2,5}$/.test(term) && !/^\d+(\.\d+){3}$/.test(term)
			? term.replace(/[-.]/g, '') : term);
}

// 0 best: the name or an address itself; then their beginnings; then anything else.
function rank(a, query) {
	const keys = [assets.name[a].toLowerCase(),
		...addressesOf(a).map((i) => addressOf(i))];

	return keys.includes(query) ? 0 : keys.some((k) => k.startsWith(query)) ? 1 : 2;
}

function findAssets(query) {
	const terms = termsOf(query), whole = query.trim().toLowerCase();
	const matches = [];

	if (!terms.length)
		return matches;
	makeLines(assets.name.length);
	for (let a = 0; a < lines.length; a++)
		if (terms.every((term) => lines[a].includes(term)))
			matches.push([rank(a, whole), a]);
	return matches.sort((p, q) => p[0] - q[0] || p[1] - q[1]).map((m) => m[1]);
}

// Under the name: the first address, and the first service that made it a match.
function resultNote(a, query) {
	const terms = termsOf(query), notes = [];
	const list = addressesOf(a);
	const why = list.find((i) => terms.some((t) => addressOf(i).includes(t))) ?? list[0];

	if (why !== undefined && addressOf(why) !== assets.name[a])
		notes.push(addressOf(why));
	const service = servicesOf(a).find((i) => terms.some((t) =>
		`${services.protocol[i]} ${services.product[i]} ${services.version[i]}`
			.toLowerCase().includes(t)));

	if (service !== undefined)
		notes.push(`${portOf(service)} ${services.product[service] ||
			services.protocol[service]}`);
	else
		notes.push(data.roles[assets.role[a]]);
	return notes.join(' · ');
}

function setActive(i) {
	const rows = $('results').children;

	if (rows[active])
		rows[active].setAttribute('aria-selected', 'false');
	active = i;
	if (rows[i]) {
		rows[i].setAttribute('aria-selected', 'true');
		rows[i].scrollIntoView({ block: 'nearest' });
		$('query').setAttribute('aria-activedescendant', rows[i].id);
	} else {
		$('query').removeAttribute('aria-activedescendant');
	}
}

function search() {
	const query = $('query').value, all = findAssets(query);

	found = all.slice(0, RESULTS_MAX);
	$('results').replaceChildren(...found.map((a, i) => {
		const row = element('li');

		row.id = `result${i}`;
		row.setAttribute('role', 'option');
		row.setAttribute('aria-selected', 'false');
		row.append(element('b', nameOf(a)), element('span', resultNote(a, query)));
		row.addEventListener('click', () => {
			setActive(i);
			select(a, true);
		});
		return row;
	}));
	active = -1;
	setActive(-1);
	$('query').setAttribute('aria-expanded', String(found.length > 0));
	$('count').textContent = !query.trim() ? plural(assets.name.length, 'asset')
		: all.length > RESULTS_MAX ? `First ${RESULTS_MAX} of ${plural(all.length, 'asset')}`
			: all.length ? plural(all.length, 'asset') : 'Nothing found';
}

function searchKey(event) {
	if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
		const step = event.key === 'ArrowDown' ? 1 : -1;

		event.preventDefault();
		if (found.length)
			setActive((active + step + found.length) % found.length);
	} else if (event.key === 'Enter' && found.length) {
		setActive(Math.max(active, 0));
		select(found[active], true);
	} else if (event.key === 'Escape' && $('query').value) {
		event.stopPropagation();
		$('query').value = '';
		search();
	}
}

function bindSearch() {
	$('query').addEventListener('input', search);
	$('query').addEventListener('keydown', searchKey);
	document.addEventListener('keydown', (event) => {
		if (event.key === 'Escape') {
			closeFile();
		} else if (event.key === '/' && document.activeElement !== $('query')) {
			event.preventDefault();
			$('query').focus();
		}
	});
	search();
}

// ---- layers ----------------------------------------------------------------------------

function bindLayers() {
	for (const box of document.querySelectorAll('.ui-layers input[data-layer]')) {
		const apply = () => {
			for (const g of document.querySelectorAll(`.drawing .layer.${box.dataset.layer}`))
				g.style.display = box.checked ? '' : 'none';
			hideTip();
		};

		box.addEventListener('change', apply);
		apply(); // a browser may remember the box of an earlier visit
	}
}

// What the colour of cells says: their tier, as drawn; whether they are of a CII system; nothing.
function colourCells(by) {
	const n = assets.system.filter((s, a) => s >= 0 && systems.designated[s] &&
		changeOf(assets, a) !== 'gone').length;
	const key = (name, text) => {
		const e = element('span', text, 'ui-sample');

		e.prepend(element('span', undefined, `ui-swatch ${name}`));
		return e;
	};

	$('stage').dataset.cells = by;
	$('cellsKey').replaceChildren(...{
		tier: ['Lightness: see the legend of the sheet.'],
		cii: [key('ui-designated', `Of a CII system: ${plural(n, 'asset')}.`), ' ',
			key('', 'Of none.')],
		none: ['Colour says nothing.'],
	}[by]);
}

function bindCells() {
	for (const choice of document.querySelectorAll('.ui-cells input')) {
		choice.addEventListener('change', () => colourCells(choice.value));
		if (choice.checked)
			colourCells(choice.value);
	}
}

bindTabs();
bindMaps();
bindSearch();
bindLayers();
bindCells();
$('close').addEventListener('click', closeFile);
openSheet(sheets[0], false);
setTimeout(makeLinesLater, 0);
})();
