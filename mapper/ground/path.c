/* SPDX-License-Identifier: Apache-2.0 */
/* The data of a path (SVG 1.1, 8.3), handed to the builder point by point; see internal.h. */
#include "mapper/ground/internal.h"

#include <math.h>
#include <string.h>

#define BAD_DATA "the data of a path (d) are not those of SVG"

struct pen {
	struct base_builder *b;
	struct base_text text;
	double x, y;		 /* where it is */
	double begin_x, begin_y; /* of the outline */
	double bend_x, bend_y;	 /* the last control point, for those that say none */
	char last;		 /* the command before, in capitals */
	bool open;		 /* an outline has begun */
};

/* `n` numbers; of a small letter they count from where the pen is. */
static bool take(struct pen *p, double *v, int n, bool from_pen)
{
	for (int i = 0; i < n; i++) {
		if (!base_number(&p->text, &v[i]))
			return false;
		if (from_pen)
			v[i] += i % 2 ? p->y : p->x;
	}
	return true;
}

/* After an outline was closed the next one begins where it began. */
static void begin(struct pen *p)
{
	if (!p->open)
		base_move(p->b, p->x, p->y);
	p->open = true;
}

static void line(struct pen *p, double x, double y)
{
	begin(p);
	base_line_to(p->b, x, y);
	p->x = x;
	p->y = y;
}

static void curve(struct pen *p, const double v[6])
{
	begin(p);
	base_curve(p->b, p->x, p->y, v);
	p->bend_x = v[2];
	p->bend_y = v[3];
	p->x = v[4];
	p->y = v[5];
}

/* A curve with one control point as one with two. */
static void quadratic(struct pen *p, double bend_x, double bend_y, double x, double y)
{
	curve(p, (const double[]){p->x + 2.0 / 3 * (bend_x - p->x),
			 p->y + 2.0 / 3 * (bend_y - p->y), x + 2.0 / 3 * (bend_x - x),
			 y + 2.0 / 3 * (bend_y - y), x, y});
	p->bend_x = bend_x;
	p->bend_y = bend_y;
}

/* From the ends of an arc to its middle (SVG 1.1, F.6.5). */
static void arc(struct pen *p, double rx, double ry, double turn, bool large, bool sweep,
	double x, double y)
{
	double c = cos(turn), s = sin(turn);
	double dx = (p->x - x) / 2, dy = (p->y - y) / 2;
	double u = c * dx + s * dy, v = c * dy - s * dx, grow, rest, cu, cv, from, by;

	rx = fabs(rx);
	ry = fabs(ry);
	if (rx < 1e-9 || ry < 1e-9 || (p->x == x && p->y == y)) {
		line(p, x, y);
		return;
	}
	grow = u * u / (rx * rx) + v * v / (ry * ry);
	if (grow > 1) {
		rx *= sqrt(grow);
		ry *= sqrt(grow);
		grow = 1;
	}
	rest = grow > 0 ? sqrt((1 - grow) / grow) * (large == sweep ? -1 : 1) : 0;
	cu = rest * rx * v / ry;
	cv = -rest * ry * u / rx;
	from = atan2((v - cv) / ry, (u - cu) / rx);
	by = atan2((-v - cv) / ry, (-u - cu) / rx) - from;
	if (sweep && by < 0)
		by += 2 * M_PI;
	if (!sweep && by > 0)
		by -= 2 * M_PI;
	begin(p);
	base_arc(p->b, c * cu - s * cv + (p->x + x) / 2, s * cu + c * cv + (p->y + y) / 2, rx,
		ry, turn, from, by);
	base_line_to(p->b, x, y);
	p->x = x;
	p->y = y;
}

static bool take_arc(struct pen *p, bool from_pen)
{
	double r[3], to[2];
	bool large, sweep;

	if (!take(p, r, 3, false) || !base_flag(&p->text, &large) ||
		!base_flag(&p->text, &sweep) || !take(p, to, 2, from_pen))
		return false;
	arc(p, r[0], r[1], r[2] * M_PI / 180, large, sweep, to[0], to[1]);
	return true;
}

/* The mirrored control point, if the command before had one of that kind. */
static void mirror(const struct pen *p, const char *kinds, double *x, double *y)
{
	bool had = p->last && strchr(kinds, p->last);

	*x = had ? 2 * p->x - p->bend_x : p->x;
	*y = had ? 2 * p->y - p->bend_y : p->y;
}

static bool take_curve(struct pen *p, char verb, bool from_pen)
{
	double v[6], x, y;

	switch (verb) {
	case 'C':
		if (!take(p, v, 6, from_pen))
			return false;
		curve(p, v);
		return true;
	case 'S':
		if (!take(p, v + 2, 4, from_pen))
			return false;
		mirror(p, "CS", &v[0], &v[1]);
		curve(p, v);
		return true;
	case 'Q':
		if (!take(p, v, 4, from_pen))
			return false;
		quadratic(p, v[0], v[1], v[2], v[3]);
		return true;
	default:
		if (!take(p, v, 2, from_pen))
			return false;
		mirror(p, "QT", &x, &y);
		quadratic(p, x, y, v[0], v[1]);
		return true;
	}
}

static bool take_move(struct pen *p, bool from_pen)
{
	double v[2];

	if (!take(p, v, 2, from_pen))
		return false;
	p->x = p->begin_x = v[0];
	p->y = p->begin_y = v[1];
	p->open = false;
	begin(p);
	return true;
}

/* One command with its numbers. */
static bool step(struct pen *p, char verb, bool from_pen)
{
	double v[2];

	switch (verb) {
	case 'M':
		return take_move(p, from_pen);
	case 'L':
		if (!take(p, v, 2, from_pen))
			return false;
		line(p, v[0], v[1]);
		return true;
	case 'H':
		if (!take(p, v, 1, from_pen))
			return false;
		line(p, v[0], p->y);
		return true;
	case 'V':
		if (!take(p, v, 1, false))
			return false;
		line(p, p->x, v[0] + (from_pen ? p->y : 0));
		return true;
	case 'A':
		return take_arc(p, from_pen);
	case 'Z':
		base_close(p->b);
		p->x = p->begin_x;
		p->y = p->begin_y;
		p->open = false;
		return true;
	default:
		return take_curve(p, verb, from_pen);
	}
}

void base_path(struct base_builder *b, const char *data)
{
	struct pen p = {.b = b, .text = {data}};
	char verb = 0, written = 0;

	while (!base_blank(&p.text) && !b->fault) {
		char c = *p.text.at;

		if (strchr("MmLlHhVvCcSsQqTtAaZz", c)) {
			written = c;
			p.text.at++;
		} else if (verb == 'Z' || verb == 0) {
			base_fault(b, BAD_DATA);
			return;
		} else if (verb == 'M') { /* what follows a move are lines */
			written = written == 'm' ? 'l' : 'L';
		}
		verb = (char)(written & ~0x20);
		if ((!p.last && verb != 'M') || !step(&p, verb, written & 0x20)) {
			base_fault(b, BAD_DATA);
			return;
		}
		p.last = verb;
	}
}
