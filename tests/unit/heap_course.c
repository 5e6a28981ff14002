/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Call sites whose true course is known, sampled as the library samples.
 * Not here: judging them (report/trend/verdict.c).
 */
#include "tests/unit/heap_course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/memory.h"

/* All objects are followed, sampled or not: the true amount alive must be known. */
struct object {
	double bytes;
	bool is_sampled;
};

struct heap {
	struct object *objects;
	size_t count, capacity;
	double alive_bytes;
	/* Of this step. */
	double births, births_variance, deaths_variance;
};

double heap_course_uniform(uint64_t *random)
{
	/* xorshift64* (Vigna 2016). */
	*random ^= *random >> 12;
	*random ^= *random << 25;
	*random ^= *random >> 27;
	return (double)((*random * UINT64_C(2685821657736338717)) >> 11) / 9007199254740992.;
}

double heap_course_normal(uint64_t *random)
{
	double radius = sqrt(-2 * log(1 - heap_course_uniform(random)));

	return radius * cos(6.283185307179586 * heap_course_uniform(random));
}

static double probability(double bytes)
{
	return -expm1(-bytes / HEAP_COURSE_RATE);
}

/* s^2 (1 - p) / p^2 of one sample. */
static double variance_of(double bytes)
{
	double p = probability(bytes);

	return bytes * bytes * (1 - p) / (p * p);
}

static struct object new_object(struct cpa_site *site, double object_bytes, uint64_t *random)
{
	struct object object = {.bytes = object_bytes};
	double p;

	if (object_bytes <= 0)
		object.bytes = 16 * pow(65536, heap_course_uniform(random));
	p = probability(object.bytes);
	object.is_sampled = heap_course_uniform(random) < p;
	if (object.is_sampled) {
		site->weight = fmax(site->weight, object.bytes * (1 - p) / p);
		site->jump = fmax(site->jump, object.bytes / p);
	}
	return object;
}

static void add_object(struct heap *heap, struct object object)
{
	heap->alive_bytes += object.bytes;
	heap->objects = cpa_memory_room(
		heap->objects, &heap->capacity, heap->count + 1, sizeof(*heap->objects));
	heap->objects[heap->count++] = object;
	if (object.is_sampled) {
		heap->births += object.bytes / probability(object.bytes);
		heap->births_variance += variance_of(object.bytes);
	}
}

static void remove_object(struct heap *heap, size_t at)
{
	if (heap->objects[at].is_sampled)
		heap->deaths_variance += variance_of(heap->objects[at].bytes);
	heap->alive_bytes -= heap->objects[at].bytes;
	heap->objects[at] = heap->objects[--heap->count];
}

static void take_step(struct heap *heap, struct cpa_site *site, struct heap_course_step step,
	double object_bytes, uint64_t *random)
{
	double until = heap->alive_bytes - step.removed * HEAP_COURSE_RATE, born = 0, passed = 0;

	while (step.drops_all && heap->count > 0)
		remove_object(heap, heap->count - 1);
	while (!step.drops_all && heap->count > 0 && heap->alive_bytes > until)
		remove_object(heap, (size_t)(heap_course_uniform(random) * (double)heap->count));
	while (born < step.born * HEAP_COURSE_RATE) {
		struct object object = new_object(site, object_bytes, random);

		add_object(heap, object);
		born += object.bytes;
	}
	while (passed < step.passing * HEAP_COURSE_RATE) {
		struct object object = new_object(site, object_bytes, random);

		passed += object.bytes;
		if (!object.is_sampled)
			continue;
		heap->births += object.bytes / probability(object.bytes);
		heap->births_variance += variance_of(object.bytes);
		heap->deaths_variance += variance_of(object.bytes);
	}
}

void heap_course_fill(struct cpa_site *site, heap_course_law *law, void *context,
	double object_bytes, uint64_t *random)
{
	struct heap heap = {0};
	size_t step, i;

	cpa_site_clear(site);
	for (step = 0; step < site->count; step++) {
		heap.births = heap.births_variance = heap.deaths_variance = 0;
		take_step(&heap, site,
			law(context, random, step, heap.alive_bytes / HEAP_COURSE_RATE),
			object_bytes, random);
		if (step > 0) {
			site->births[step] = heap.births;
			site->births_variance[step] = heap.births_variance;
			site->deaths_variance[step] = heap.deaths_variance;
		}
		for (i = 0; i < heap.count; i++)
			if (heap.objects[i].is_sampled) {
				double bytes = heap.objects[i].bytes;

				site->value[step] += bytes / probability(bytes);
				site->variance[step] += variance_of(bytes);
			}
	}
	free(heap.objects);
}
