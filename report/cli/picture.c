/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes a page of the SVG that Graphviz draws.
 * Not here: the colours (report/graph/heat.c), drawing (graphviz.c).
 */
#include "report/cli/picture.h"

#include <string.h>

#include "report/graph/heat.h"

/*
 * Runs only where the SVG is the whole document: embedded or printed it is a picture. At first all
 * of it is seen, small ones in their natural size (4/3 pixels to a point). No name from the profile
 * goes through it.
 */
static const char script[] =
	"(function () {\n"
	"\tvar svg = document.documentElement, all = svg.viewBox && svg.viewBox.baseVal;\n"
	"\tif (!all || svg.nodeName !== 'svg')\n"
	"\t\treturn;\n"
	"\tvar full = {x: all.x, y: all.y, w: all.width, h: all.height}, natural = 4 / 3;\n"
	"\tvar x, y, scale, drag = null, touched = false;\n"
	"\tfunction draw() {\n"
	"\t\tsvg.setAttribute('viewBox', [x, y, innerWidth / scale, innerHeight / scale].join(' "
	"'));\n"
	"\t}\n"
	"\tfunction fit() {\n"
	"\t\tscale = Math.min(innerWidth / full.w, innerHeight / full.h, natural);\n"
	"\t\tx = full.x - (innerWidth / scale - full.w) / 2;\n"
	"\t\ty = full.y - Math.max(0, innerHeight / scale - full.h) / 4;\n"
	"\t\ttouched = false;\n"
	"\t\tdraw();\n"
	"\t}\n"
	"\tfunction zoom(factor, px, py) {\n"
	"\t\tvar next = Math.min(16, Math.max(0.02, scale * factor));\n"
	"\t\tx += px / scale - px / next;\n"
	"\t\ty += py / scale - py / next;\n"
	"\t\tscale = next;\n"
	"\t\ttouched = true;\n"
	"\t\tdraw();\n"
	"\t}\n"
	"\tfunction move(dx, dy) {\n"
	"\t\tx += dx / scale;\n"
	"\t\ty += dy / scale;\n"
	"\t\ttouched = true;\n"
	"\t\tdraw();\n"
	"\t}\n"
	"\tfunction middle(factor) {\n"
	"\t\tzoom(factor, innerWidth / 2, innerHeight / 2);\n"
	"\t}\n"
	"\tvar keys = {\n"
	"\t\t'+': function () { middle(1.25); },\n"
	"\t\t'=': function () { middle(1.25); },\n"
	"\t\t'-': function () { middle(0.8); },\n"
	"\t\t'0': fit,\n"
	"\t\t'1': function () { middle(natural / scale); },\n"
	"\t\tArrowLeft: function () { move(-80, 0); },\n"
	"\t\tArrowRight: function () { move(80, 0); },\n"
	"\t\tArrowUp: function () { move(0, -80); },\n"
	"\t\tArrowDown: function () { move(0, 80); }\n"
	"\t};\n"
	"\taddEventListener('wheel', function (event) {\n"
	"\t\tevent.preventDefault();\n"
	"\t\tzoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX, "
	"event.clientY);\n"
	"\t}, {passive: false});\n"
	"\taddEventListener('keydown', function (event) {\n"
	"\t\tif (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key])\n"
	"\t\t\treturn;\n"
	"\t\tevent.preventDefault();\n"
	"\t\tkeys[event.key]();\n"
	"\t});\n"
	"\taddEventListener('pointerdown', function (event) {\n"
	"\t\tif (event.button === 0)\n"
	"\t\t\tdrag = [event.clientX, event.clientY];\n"
	"\t});\n"
	"\taddEventListener('pointermove', function (event) {\n"
	"\t\tif (!drag)\n"
	"\t\t\treturn;\n"
	"\t\tmove(drag[0] - event.clientX, drag[1] - event.clientY);\n"
	"\t\tdrag = [event.clientX, event.clientY];\n"
	"\t});\n"
	"\taddEventListener('pointerup', function () { drag = null; });\n"
	"\taddEventListener('resize', function () { if (touched) draw(); else fit(); });\n"
	"\taddEventListener('beforeprint', fit);\n"
	"\tfit();\n"
	"\tsvg.dataset.state = 'ready';\n"
	"})();\n";

/* Behind `name="..."` in the bytes from at to end; NULL when it is not there. */
static const char *behind_attribute(const char *at, const char *end, const char *name)
{
	const char *found = memmem(at, (size_t)(end - at), name, strlen(name));

	if (found == NULL)
		return NULL;
	found = memchr(found + strlen(name), '"', (size_t)(end - found) - strlen(name));
	return found != NULL ? found + 1 : NULL;
}

static void put_page(FILE *to)
{
	fputs("\n<style>\n"
	      "text { user-select: none; }\n"
	      ".node:hover path, .node:hover > g > a > polygon { stroke-width: 2.5; }\n",
		to);
	cpa_heat_dark_style(to);
	fprintf(to, "</style>\n<script><![CDATA[\n%s]]></script>", script);
}

void cpa_cli_picture_print(FILE *to, const char *svg, size_t svg_bytes)
{
	const char *end = svg + svg_bytes, *tag = memmem(svg, svg_bytes, "<svg", 4), *close, *rest;

	close = tag != NULL ? memchr(tag, '>', (size_t)(end - tag)) : NULL;
	if (close == NULL) {
		fwrite(svg, 1, svg_bytes, to);
		return;
	}
	/* The size is the window's; the viewBox keeps the proportions. */
	fwrite(svg, 1, (size_t)(tag - svg), to);
	fputs("<svg", to);
	rest = behind_attribute(tag, close, " width=\"");
	rest = rest != NULL ? behind_attribute(rest, close, " height=\"") : NULL;
	if (rest != NULL)
		fputs(" width=\"100%\" height=\"100%\"", to);
	else
		rest = tag + 4;
	fwrite(rest, 1, (size_t)(close + 1 - rest), to);
	put_page(to);
	fwrite(close + 1, 1, (size_t)(end - close - 1), to);
}
