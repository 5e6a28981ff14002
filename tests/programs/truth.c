/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Known truth for sampled profiles: one call site a size, from 1 byte to 16 MiB; a quarter of the
 * objects stays alive.
 *
 *   truth TABLE RATE                 enough objects of each size for about 200 samples at RATE
 *   truth TABLE RATE change          the same, with the rate changed three times in mid-run
 *   truth TABLE RATE threads COUNT   so many threads, each with a first allocation and a second
 *   truth TABLE RATE crowd           four threads at work while a fifth changes the rate
 *   truth TABLE RATE turns           one thread at work, another changes the rate at each turn
 *
 * TABLE: SITE RATE SIZE ALLOCATED ALIVE, a line for each site and each rate in force. Not here:
 * the statistics (helpers/truth.py).
 */
#define _GNU_SOURCE
#include <cprofalloc.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP(ptr)      __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE       __attribute__((noinline, noclone))
#define OBJECTS_MAX    4000000u
#define SAMPLES_WANTED 200u
#define LIVE_EVERY     4u
#define LIVE_MAX       (1u << 20)

#define SITE(size)                                                                                 \
	NOINLINE void *site_##size(void);                                                          \
	NOINLINE void *site_##size(void)                                                           \
	{                                                                                          \
		void *ptr = malloc(size);                                                          \
		KEEP(ptr);                                                                         \
		return ptr;                                                                        \
	}

SITE(1)
SITE(7)
SITE(16)
SITE(60)
SITE(333)
SITE(1024)
SITE(5000)
SITE(20011)
SITE(65537)
SITE(262144)
SITE(1048573)
SITE(4194301)
SITE(16777216)

static const struct {
	const char *name;
	void *(*make)(void);
	size_t size_bytes;
} sites[] = {
	{"site_1", site_1, 1},
	{"site_7", site_7, 7},
	{"site_16", site_16, 16},
	{"site_60", site_60, 60},
	{"site_333", site_333, 333},
	{"site_1024", site_1024, 1024},
	{"site_5000", site_5000, 5000},
	{"site_20011", site_20011, 20011},
	{"site_65537", site_65537, 65537},
	{"site_262144", site_262144, 262144},
	{"site_1048573", site_1048573, 1048573},
	{"site_4194301", site_4194301, 4194301},
	{"site_16777216", site_16777216, 16777216},
};
#define SITE_COUNT (sizeof(sites) / sizeof(sites[0]))

static FILE *table;
static void **alive; /* kept until exit, so that the last snapshot has them */
static _Atomic size_t alive_count;

static void keep_alive(void *ptr)
{
	size_t at = atomic_fetch_add(&alive_count, 1);

	if (at >= (size_t)SITE_COUNT * LIVE_MAX)
		abort();
	alive[at] = ptr;
}

/* Among other sizes, so that a site's objects are not alone on the line of bytes. */
static void run_sites(uint64_t rate_bytes, uint64_t table_rate)
{
	for (size_t i = 0; i < SITE_COUNT; i++) {
		uint64_t count = SAMPLES_WANTED * rate_bytes / sites[i].size_bytes;
		uint64_t living = 0;

		if (count > OBJECTS_MAX)
			count = OBJECTS_MAX;
		if (count < 32)
			count = 32;
		for (uint64_t n = 0; n < count; n++) {
			void *ptr = sites[i].make();

			if (!ptr)
				abort();
			if (n % LIVE_EVERY) {
				free(ptr);
			} else {
				keep_alive(ptr);
				living++;
			}
		}
		if (table)
			fprintf(table, "%s %lu %zu %lu %lu\n", sites[i].name, table_rate,
				sites[i].size_bytes, count, living);
	}
}

static void run_change(uint64_t rate_bytes)
{
	const uint64_t rates[] = {rate_bytes, rate_bytes * 8, rate_bytes / 4, rate_bytes};

	for (int i = 0; i < 4; i++) {
		cprof_heap_rate(rates[i]);
		run_sites(rate_bytes / 2, rates[i]);
	}
}

/*
 * --- first allocation of a thread
 * --------------------------------------------------------------
 */

static size_t first_bytes;

NOINLINE void *site_first(void);
NOINLINE void *site_first(void)
{
	void *ptr = malloc(first_bytes);
	KEEP(ptr);
	return ptr;
}

NOINLINE void *site_second(void);
NOINLINE void *site_second(void)
{
	void *ptr = malloc(first_bytes);
	KEEP(ptr);
	return ptr;
}

static void *short_thread(void *arg)
{
	void *first = site_first(), *second = site_second();

	free(first);
	free(second);
	return arg;
}

static void run_threads(uint64_t rate_bytes, uint64_t count)
{
	first_bytes = (size_t)(rate_bytes * 7 / 10);
	for (uint64_t i = 0; i < count; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, short_thread, NULL))
			abort();
		pthread_join(thread, NULL);
	}
	fprintf(table, "site_first %lu %zu %lu 0\n", rate_bytes, first_bytes, count);
	fprintf(table, "site_second %lu %zu %lu 0\n", rate_bytes, first_bytes, count);
}

/*
 * --- many threads, and the rate changed by another
 * ------------------------------------------------
 */

static _Atomic int stop;
static uint64_t crowd_rate;

static void *crowd_member(void *arg)
{
	run_sites(crowd_rate / 4, crowd_rate);
	return arg;
}

static void *rate_changer(void *arg)
{
	for (unsigned i = 0; !atomic_load(&stop); i++)
		cprof_heap_rate(i % 2 ? crowd_rate : crowd_rate / 8);
	cprof_heap_rate(crowd_rate);
	return arg;
}

/* The table gets the larger rate: the spread it predicts is the most there can be. */
static void run_crowd(uint64_t rate_bytes)
{
	pthread_t members[4], changer;
	FILE *kept = table;

	table = NULL;
	crowd_rate = rate_bytes;
	pthread_create(&changer, NULL, rate_changer, NULL);
	for (int i = 0; i < 4; i++)
		pthread_create(&members[i], NULL, crowd_member, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(members[i], NULL);
	atomic_store(&stop, 1);
	pthread_join(changer, NULL);
	for (size_t i = 0; i < SITE_COUNT; i++) {
		uint64_t count = SAMPLES_WANTED * (rate_bytes / 4) / sites[i].size_bytes;

		if (count > OBJECTS_MAX)
			count = OBJECTS_MAX;
		if (count < 32)
			count = 32;
		fprintf(kept, "%s %lu %zu %lu %lu\n", sites[i].name, rate_bytes,
			sites[i].size_bytes, count * 4, (count + LIVE_EVERY - 1) / LIVE_EVERY * 4);
	}
	table = kept;
}

/* --- a rate that another thread changes in the middle of a gap -------------------------------- */

#define TURNS 400

static pthread_barrier_t turn;

static uint64_t objects_in_turn(int number)
{
	return 2 * crowd_rate / (number % 2 ? 333 : 60);
}

/* One site has the turns after the rate fell, the other those after it rose. */
static void *turn_taker(void *arg)
{
	for (int number = 0; number < TURNS; number++) {
		uint64_t count = objects_in_turn(number);

		pthread_barrier_wait(&turn);
		for (uint64_t n = 0; n < count; n++) {
			void *ptr = number % 2 ? site_333() : site_60();

			if (n % LIVE_EVERY)
				free(ptr);
			else
				keep_alive(ptr);
		}
		pthread_barrier_wait(&turn);
	}
	return arg;
}

/* As in a crowd, the table gets the larger rate. */
static void run_turns(uint64_t rate_bytes)
{
	uint64_t made[2] = {0}, living[2] = {0};
	pthread_t thread;

	crowd_rate = rate_bytes;
	pthread_barrier_init(&turn, NULL, 2);
	pthread_create(&thread, NULL, turn_taker, NULL);
	for (int number = 0; number < TURNS; number++) {
		cprof_heap_rate(number % 2 ? rate_bytes : rate_bytes / 8);
		made[number % 2] += objects_in_turn(number);
		living[number % 2] += (objects_in_turn(number) + LIVE_EVERY - 1) / LIVE_EVERY;
		pthread_barrier_wait(&turn);
		pthread_barrier_wait(&turn);
	}
	pthread_join(thread, NULL);
	fprintf(table, "site_60 %lu 60 %lu %lu\n", rate_bytes, made[0], living[0]);
	fprintf(table, "site_333 %lu 333 %lu %lu\n", rate_bytes, made[1], living[1]);
}

int main(int argc, char **argv)
{
	uint64_t rate_bytes;

	if (argc < 3)
		return 2;
	table = fopen(argv[1], "w");
	rate_bytes = strtoull(argv[2], NULL, 10);
	alive = calloc((size_t)SITE_COUNT * LIVE_MAX, sizeof(*alive));
	if (!table || !alive)
		return 1;
	cprof_heap_rate(rate_bytes);
	if (argc == 3)
		run_sites(rate_bytes ? rate_bytes : 4096, rate_bytes);
	else if (strcmp(argv[3], "change") == 0)
		run_change(rate_bytes);
	else if (strcmp(argv[3], "threads") == 0)
		run_threads(rate_bytes, strtoull(argv[4], NULL, 10));
	else if (strcmp(argv[3], "turns") == 0)
		run_turns(rate_bytes);
	else
		run_crowd(rate_bytes);
	return fclose(table) ? 1 : 0;
}
