/* SPDX-License-Identifier: Apache-2.0 */
/* What is left to be asked; see forecast.h. */
#include "scanner/campaign/forecast.h"

#include "common/clock.h"

/* Weight of what is foreseen of a pass, as a share of it: a few answers may come early. */
#define PRIOR 0.2

/* A pass, and what is known or foreseen of it. A unit is what one answer settles. */
struct pass {
	double left;		/* questions */
	double open;		/* units that are silent at its end */
	double before, gained;	/* answers of the pass before, and of all of this one */
	double pps;
};

static double positive(double x)
{
	return x > 0 ? x : 0;
}

static double units_of(const struct forecast_sweep *s)
{
	return (double)s->slots * (double)(s->settle ? 1 : s->kinds);
}

/* Share of who is asked in the first pass that does not answer, as far as it can be told. */
static double silent(const struct forecast_sweep *s)
{
	double asked = (double)s->at < units_of(s) ? (double)s->at : units_of(s);

	if (s->pass == 0 || asked <= 0)
		return s->pass == 0 ? s->silence : 1;
	return positive(1 - (double)s->answered / asked);
}

/* At which `open` units are asked: what is left may be of one network, and of few slots. */
static double pps_of(const struct forecast_sweep *s, double open)
{
	double units = units_of(s), most = (double)s->largest * units / (double)s->slots,
	       pps = s->pps;
	double network = s->network_pps * open / (most < open ? most : open),
	       slots = (double)s->slots * open / units;

	if (s->network_pps > 0 && s->largest && network < pps)
		pps = network;
	if (s->gap_us && slots * (double)CLOCK_SECOND / (double)s->gap_us < pps)
		pps = slots * (double)CLOCK_SECOND / (double)s->gap_us;
	return pps;
}

static struct pass first_pass(const struct forecast_sweep *s)
{
	double units = units_of(s), all = (double)s->slots * (double)s->kinds,
	       at = (double)s->at < all ? (double)s->at : all;
	struct pass p = {.left = all - at, .open = units * silent(s), .pps = pps_of(s, units)};

	p.gained = units - p.open;
	/* In the first round everybody has his turn, in the others who was silent. */
	if (s->settle)
		p.left = at < units ? units - at + ((double)s->kinds - 1) * p.open
				    : p.open * (all - at) / (double)s->slots;
	return p;
}

static struct pass later_pass(const struct forecast_sweep *s)
{
	double all = (double)s->slots * (double)s->kinds,
	       share = (double)s->at < all ? (double)s->at / all : 1,
	       open = positive(units_of(s) - (double)s->answered),
	       foreseen = (double)s->before * s->lost;
	struct pass p = {.left = open * (double)(s->settle ? s->kinds : 1) * (1 - share),
		.before = (double)s->before,
		.pps = open > 0 ? pps_of(s, open) : s->pps};

	p.gained = ((double)s->gained + PRIOR * (1 - share) * foreseen) /
		   (share + PRIOR * (1 - share));
	if (p.gained < (double)s->gained)
		p.gained = (double)s->gained;
	p.open = positive(open - (p.gained - (double)s->gained));
	return p;
}

static void add(const struct forecast_sweep *s, struct forecast *all)
{
	struct pass p = s->pass <= 1 ? first_pass(s) : later_pass(s);
	double left = p.left, seconds = p.left / (s->measured > 0 ? s->measured : p.pps);
	unsigned int pass = s->pass ? s->pass : 1;

	while (p.open >= 0.5 && pass < s->passes && forecast_again(pass, p.before, p.gained)) {
		double next = pass == 1 ? p.gained * s->lost
					: p.gained * p.gained / (p.before > 0 ? p.before : 1);
		double questions = p.open * (double)(s->settle ? s->kinds : 1);

		left += questions;
		seconds += (double)s->quiet_us / (double)CLOCK_SECOND +
			   questions / pps_of(s, p.open);
		p.before = p.gained;
		p.gained = next;
		p.open = positive(p.open - next);
		pass++;
	}
	if (p.open >= 0.5)
		seconds += (double)s->patience_us / (double)CLOCK_SECOND;
	all->left += (uint64_t)(left + 0.5);
	all->left_s += seconds;
}

struct forecast forecast(const struct forecast_sweep *sweeps, unsigned int n)
{
	struct forecast all = {0};

	for (unsigned int i = 0; i < n; i++)
		if (sweeps[i].slots && sweeps[i].kinds)
			add(&sweeps[i], &all);
	return all;
}

bool forecast_again(unsigned int pass, double before_last, double last)
{
	return pass == 1 || (last > 0 && 2 * last * last >= before_last);
}

double forecast_by_pace(uint64_t done, uint64_t total, double seconds)
{
	if (!done || done > total)
		return -1;
	return seconds * (double)(total - done) / (double)done;
}
