// SPDX-License-Identifier: BSD-2-Clause
// The plan's C++ call sites: each operator new with each operator delete that may follow it.
// Not here: counting (plan.c).
#include "plan.h"

#include <cstdint>
#include <new>

namespace
{
constexpr std::align_val_t wide{256};

std::size_t last_bytes; // what a sized delete is told

#define SITE(name, expression)                                                                     \
	extern "C" NOINLINE void *site_##name(size_t size_bytes, size_t *req_bytes)                \
	{                                                                                          \
		void *ptr;                                                                         \
		*req_bytes = size_bytes;                                                           \
		ptr = expression;                                                                  \
		KEEP(ptr);                                                                         \
		return ptr;                                                                        \
	}

SITE(new, operator new(size_bytes))
SITE(new_array, operator new[](size_bytes))
SITE(new_nothrow, operator new(size_bytes, std::nothrow))
SITE(new_array_nothrow, operator new[](size_bytes, std::nothrow))
SITE(new_aligned, operator new(size_bytes, wide))
SITE(new_array_aligned, operator new[](size_bytes, wide))
SITE(new_aligned_nothrow, operator new(size_bytes, wide, std::nothrow))
SITE(new_array_aligned_nothrow, operator new[](size_bytes, wide, std::nothrow))
SITE(new_char_array, new char[size_bytes])
// Too much: nothing is born, whichever way the failure is told.
SITE(new_nothrow_huge, operator new(SIZE_MAX / 2 + size_bytes, std::nothrow))

extern "C" NOINLINE void *site_new_huge(size_t size_bytes, size_t *req_bytes)
{
	void *ptr = nullptr;

	*req_bytes = size_bytes;
	try {
		ptr = operator new(SIZE_MAX / 2 + size_bytes);
	} catch (const std::bad_alloc &) {
	}
	KEEP(ptr);
	return ptr;
}

// The new_handler is asked as long as there is none, and may throw.
extern "C" NOINLINE void *site_new_handler(size_t size_bytes, size_t *req_bytes)
{
	static int called;
	void *ptr = nullptr;

	*req_bytes = size_bytes;
	called = 0;
	std::set_new_handler([] {
		if (++called == 3)
			throw std::bad_alloc();
	});
	try {
		ptr = operator new(SIZE_MAX / 2 + size_bytes);
	} catch (const std::bad_alloc &) {
	}
	std::set_new_handler(nullptr);
	if (called != 3)
		__builtin_trap();
	KEEP(ptr);
	return ptr;
}

void del(void *ptr, size_t)
{
	operator delete(ptr);
}
void del_sized(void *ptr, size_t size_bytes)
{
	operator delete(ptr, size_bytes);
}
void del_nothrow(void *ptr, size_t)
{
	operator delete(ptr, std::nothrow);
}
void del_array(void *ptr, size_t)
{
	operator delete[](ptr);
}
void del_array_sized(void *ptr, size_t size_bytes)
{
	operator delete[](ptr, size_bytes);
}
void del_array_nothrow(void *ptr, size_t)
{
	operator delete[](ptr, std::nothrow);
}
void del_aligned(void *ptr, size_t)
{
	operator delete(ptr, wide);
}
void del_aligned_sized(void *ptr, size_t size_bytes)
{
	operator delete(ptr, size_bytes, wide);
}
void del_aligned_nothrow(void *ptr, size_t)
{
	operator delete(ptr, wide, std::nothrow);
}
void del_array_aligned(void *ptr, size_t)
{
	operator delete[](ptr, wide);
}
void del_array_aligned_sized(void *ptr, size_t size_bytes)
{
	operator delete[](ptr, size_bytes, wide);
}
void del_array_aligned_nothrow(void *ptr, size_t)
{
	operator delete[](ptr, wide, std::nothrow);
}

void del_either(void *ptr, size_t size_bytes)
{
	if (++last_bytes & 1)
		del(ptr, size_bytes);
	else
		del_sized(ptr, size_bytes);
}

void del_array_either(void *ptr, size_t size_bytes)
{
	if (++last_bytes & 1)
		del_array(ptr, size_bytes);
	else
		del_array_sized(ptr, size_bytes);
}
} // namespace

const struct plan_site plan_cxx_sites[] = {
	{"site_new", site_new, del_either, 0},
	{"site_new_array", site_new_array, del_array_either, 0},
	{"site_new_nothrow", site_new_nothrow, del_nothrow, 0},
	{"site_new_array_nothrow", site_new_array_nothrow, del_array_nothrow, 0},
	{"site_new_aligned", site_new_aligned, del_aligned_sized, 0},
	{"site_new_array_aligned", site_new_array_aligned, del_array_aligned_sized, 0},
	{"site_new_aligned_nothrow", site_new_aligned_nothrow, del_aligned_nothrow, 0},
	{"site_new_array_aligned_nothrow", site_new_array_aligned_nothrow,
		del_array_aligned_nothrow, 0},
	{"site_new_aligned", site_new_aligned, del_aligned, 0},
	{"site_new_array_aligned", site_new_array_aligned, del_array_aligned, 0},
	{"site_new_char_array", site_new_char_array, del_array, 0},
	{"site_new_nothrow_huge", site_new_nothrow_huge, del, 0},
	{"site_new_huge", site_new_huge, del, 0},
	{"site_new_handler", site_new_handler, del, 0},
};
const size_t plan_cxx_site_count = sizeof(plan_cxx_sites) / sizeof(plan_cxx_sites[0]);
