/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Colours for shares of a whole.
 * Not here: what is coloured (dot.c).
 */
#include "report/graph/heat.h"

#include <math.h>
#include <stdlib.h>

#define GREEN_DEGREES 150
#define AMBER_DEGREES 42
#define RED_DEGREES   4

/* Saturation and lightness of level 1 and of the last. */
struct shade {
	double grey; /* lightness of level 0 */
	double first_saturation, last_saturation, first_lightness, last_lightness;
};

static const struct shade light_line = {0.62, 0.35, 0.85, 0.48, 0.40};
static const struct shade light_area = {0.965, 0.60, 0.95, 0.955, 0.885};
static const struct shade dark_line = {0.42, 0.35, 0.80, 0.48, 0.60};
static const struct shade dark_area = {0.16, 0.25, 0.55, 0.155, 0.24};

int cpa_heat_level(double share)
{
	double level = ceil(CPA_HEAT_LEVELS * sqrt(fmin(fabs(share), 1)) - 0.5);

	if (share == 0 || isnan(share))
		return 0;
	level = fmax(level, 1);
	return (int)(share < 0 ? -level : level);
}

/* One of the three parts of a colour, by the usual formula from hue, saturation and lightness. */
static int part(double hue, double saturation, double lightness, double offset)
{
	double at = fmod(offset + hue / 30, 12),
	       chroma = saturation * fmin(lightness, 1 - lightness);

	return (int)lround(255 * (lightness - chroma * fmax(-1, fmin(fmin(at - 3, 9 - at), 1))));
}

static void mix(char ret_color[CPA_HEAT_COLOR_BYTES], const struct shade *shade, int level)
{
	double way = (abs(level) - 1) / (double)(CPA_HEAT_LEVELS - 1), saturation = 0,
	       lightness = shade->grey, hue = GREEN_DEGREES;

	if (level != 0) {
		saturation = shade->first_saturation +
			     way * (shade->last_saturation - shade->first_saturation);
		lightness = shade->first_lightness +
			    way * (shade->last_lightness - shade->first_lightness);
	}
	if (level > 0)
		hue = AMBER_DEGREES + way * (RED_DEGREES - AMBER_DEGREES);
	snprintf(ret_color, CPA_HEAT_COLOR_BYTES, "#%02x%02x%02x",
		(unsigned char)part(hue, saturation, lightness, 0),
		(unsigned char)part(hue, saturation, lightness, 8),
		(unsigned char)part(hue, saturation, lightness, 4));
}

void cpa_heat_line(char ret_color[CPA_HEAT_COLOR_BYTES], int level)
{
	mix(ret_color, &light_line, level);
}

void cpa_heat_area(char ret_color[CPA_HEAT_COLOR_BYTES], int level)
{
	mix(ret_color, &light_area, level);
}

void cpa_heat_class(char ret_class[8], int level)
{
	snprintf(ret_class, 8, "%c%d", level < 0 ? 'c' : 'h', abs(level) % 100);
}

void cpa_heat_dark_style(FILE *file)
{
	char line[CPA_HEAT_COLOR_BYTES], area[CPA_HEAT_COLOR_BYTES], class[8];
	int level;

	fputs("@media (prefers-color-scheme: dark) {\n"
	      "svg { background: #16181c; }\n"
	      ".graph > polygon { fill: #16181c; }\n"
	      "text { fill: #e8e8e8; }\n"
	      "text[fill=\"#666666\"] { fill: #a8a8a8; }\n"
	      ".cluster polygon { stroke: #50545c; }\n"
	      ".node path, .node polygon { fill: var(--area, #24272d); stroke: var(--line, "
	      "#70757f); }\n"
	      ".node polyline { stroke: var(--line, #70757f); }\n"
	      ".edge path { stroke: var(--line, #70757f); }\n"
	      ".edge polygon { fill: var(--line, #70757f); stroke: var(--line, #70757f); }\n",
		file);
	for (level = -CPA_HEAT_LEVELS; level <= CPA_HEAT_LEVELS; level++) {
		mix(line, &dark_line, level);
		mix(area, &dark_area, level);
		cpa_heat_class(class, level);
		fprintf(file, ".%s { --line: %s; --area: %s; }\n", class, line, area);
	}
	fputs("}\n", file);
}
