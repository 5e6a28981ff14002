/* SPDX-License-Identifier: BSD-2-Clause */
/* The mutex and block profiles, switched on for as long as a request lasts. */
#include "report/http/switches.h"

/* Touched by the server's thread alone. */
struct turn {
	uint32_t users;
	int64_t before;
	int64_t set;
};

static struct turn mutex, block;

/* True: the value that was there is to be kept. */
static bool enter(struct turn *turn, int64_t value)
{
	turn->set = value;
	return turn->users++ == 0;
}

/* True: the value before is to be set again. */
static bool leave(struct turn *turn, int64_t now)
{
	return --turn->users == 0 && now == turn->set;
}

void cpa_http_switches_mutex_on(const struct cpa_service *service, int fraction)
{
	int before = service->mutex_fraction(fraction);

	if (enter(&mutex, fraction))
		mutex.before = before;
}

void cpa_http_switches_mutex_off(const struct cpa_service *service)
{
	if (leave(&mutex, service->mutex_fraction(-1)))
		(void)service->mutex_fraction((int)mutex.before);
}

void cpa_http_switches_block_on(const struct cpa_service *service, int64_t rate_ns)
{
	int64_t before = service->block_rate(rate_ns);

	if (enter(&block, rate_ns))
		block.before = before;
}

void cpa_http_switches_block_off(const struct cpa_service *service)
{
	if (leave(&block, service->block_rate(-1)))
		(void)service->block_rate(block.before);
}
