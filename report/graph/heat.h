/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Colours for shares of a whole: grey for little, over amber to red for much, green for less than
 * nothing (what a base had more of); for light and for dark paper.
 * Not here: what is coloured (dot.h).
 */
#ifndef CPA_GRAPH_HEAT_H
#define CPA_GRAPH_HEAT_H

#include <stdio.h>

#define CPA_HEAT_LEVELS      10
#define CPA_HEAT_COLOR_BYTES 8 /* "#rrggbb" */

/*
 * The level of a share, -CPA_HEAT_LEVELS to CPA_HEAT_LEVELS. Small shares get a level of their own
 * soon: the eye tells 1% from 4% better than 81% from 84%.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int cpa_heat_level(double share);

/*
 * The colours of a level on light paper, of lines and of areas with text on them.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_heat_line(char ret_color[CPA_HEAT_COLOR_BYTES], int level);
void cpa_heat_area(char ret_color[CPA_HEAT_COLOR_BYTES], int level);

/*
 * Style rules for an SVG by dot whose nodes and edges have the class "hN" or "cN" of their level
 * (h hot, c cold): where dark paper is preferred, they get the dark colours.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_heat_dark_style(FILE *file);

/*
 * "h7", "c3"
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_heat_class(char ret_class[8], int level);

#endif
