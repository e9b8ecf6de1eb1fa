/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PNG writer (ISO/IEC 15948 by cairo). Cairo's images have at most 32767 pixels a side, and
 * a picture should fit into the memory of an office machine: the resolution asked for is a
 * wish, lowered in whole dots per inch until both limits hold. The one used is in the file's
 * pHYs chunk, so that it prints in its true size either way.
 */
#include "mapper/render/render.h"

#include "mapper/render/paint.h"

#include <math.h>

#define PNG_SIDE_MAX 32767
#define PNG_DPI_DEFAULT 144

/* Signature (8 bytes) and IHDR (25 bytes) stand before everything else. */
#define PNG_HEAD_SIZE 33

struct canvas {
	double width_mm, height_mm;
	unsigned int dpi;
};

/* Whole pixels that hold a length; a sliver of rounding does not count. */
static double pixels(double mm, unsigned int dpi)
{
	return fmax(1, ceil(mm * dpi / 25.4 - 1e-6));
}

unsigned int png_resolution(double width_mm, double height_mm, unsigned int wish)
{
	unsigned int dpi = wish ? wish : PNG_DPI_DEFAULT;

	if (dpi > PNG_SIDE_MAX)
		dpi = PNG_SIDE_MAX;
	for (; dpi > 0; dpi--) {
		double w = pixels(width_mm, dpi), h = pixels(height_mm, dpi);

		if (w <= PNG_SIDE_MAX && h <= PNG_SIDE_MAX && w * h <= RENDER_PNG_PIXELS_MAX)
			break;
	}
	return dpi;
}

static uint32_t crc32_of(const uint8_t *p, size_t n)
{
	uint32_t crc = 0xffffffffu;

	while (n--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* The chunk that says how large a pixel is (clause 11.3.5.3). */
static void add_resolution(struct str *out, unsigned int dpi)
{
	uint8_t chunk[21] = {0, 0, 0, 9, 'p', 'H', 'Y', 's'};
	uint32_t per_metre = (uint32_t)lround(dpi / 0.0254);

	put32(chunk + 8, per_metre);
	put32(chunk + 12, per_metre);
	chunk[16] = 1; /* the unit is the metre */
	put32(chunk + 17, crc32_of(chunk + 4, 13));
	str_add(out, chunk, sizeof(chunk));
}

/* cairo's stream, with the resolution put in after the head. */
struct stream {
	struct str *out;
	size_t written;
	unsigned int dpi;
};

static cairo_status_t add_bytes(void *closure, const unsigned char *bytes, unsigned int n)
{
	struct stream *stream = closure;
	unsigned int head = 0;

	if (stream->written < PNG_HEAD_SIZE) {
		head = (unsigned int)(PNG_HEAD_SIZE - stream->written);
		head = head < n ? head : n;
		str_add(stream->out, bytes, head);
		stream->written += head;
		if (stream->written == PNG_HEAD_SIZE)
			add_resolution(stream->out, stream->dpi);
	}
	stream->written += n - head;
	return paint_to_str(stream->out, bytes + head, n - head);
}

static int paint(cairo_surface_t *surface, const struct scene *const *scenes, size_t n,
	const struct canvas *canvas, struct error *reterr)
{
	cairo_t *cr = cairo_create(surface);
	double y = 0;
	int r = 0;

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_scale(cr, canvas->dpi / 25.4, canvas->dpi / 25.4);
	for (size_t i = 0; i < n && !r; i++) {
		cairo_save(cr);
		cairo_translate(cr, 0, y);
		r = paint_scene(cr, scenes[i], reterr);
		cairo_restore(cr);
		y += scenes[i]->height_mm + RENDER_GAP_MM;
	}
	if (!r && cairo_status(cr))
		r = error_set(reterr, ERROR_SYSTEM, "cannot draw the PNG: %s",
			cairo_status_to_string(cairo_status(cr)));
	cairo_destroy(cr);
	return r;
}

int render_png(const struct scene *const *scenes, size_t n, unsigned int dpi, struct str *out,
	struct error *reterr)
{
	struct canvas canvas = {0};
	struct stream stream = {.out = out};
	cairo_surface_t *surface;
	cairo_status_t status;
	int r;

	for (size_t i = 0; i < n; i++) {
		canvas.width_mm = fmax(canvas.width_mm, scenes[i]->width_mm);
		canvas.height_mm += scenes[i]->height_mm + (i ? RENDER_GAP_MM : 0);
	}
	canvas.dpi = png_resolution(canvas.width_mm, canvas.height_mm, dpi);
	if (!canvas.dpi)
		return error_set(reterr, ERROR_USAGE,
			"cannot draw a PNG of %.0f x %.0f mm: too large at any resolution; "
			"draw an "
			"SVG or PDF",
			canvas.width_mm, canvas.height_mm);
	stream.dpi = canvas.dpi;

	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
		(int)pixels(canvas.width_mm, canvas.dpi),
		(int)pixels(canvas.height_mm, canvas.dpi));
	r = paint(surface, scenes, n, &canvas, reterr);
	if (!r) {
		status = cairo_surface_write_to_png_stream(surface, add_bytes, &stream);
		if (status || out->failed || out->len > RENDER_BYTES_MAX)
			r = error_set(reterr, ERROR_SYSTEM, "cannot write the PNG: %s",
				out->failed || !status ? "no memory, or too many bytes"
						       : cairo_status_to_string(status));
	}
	cairo_surface_destroy(surface);
	return r;
}
