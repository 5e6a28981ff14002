// SPDX-License-Identifier: BSD-2-Clause
// C++ call sites: methods, templates, lambdas, constructors, and the standard library calling
// operator new on their behalf. Not here: C (names.c).
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE  __attribute__((noinline, noclone))

namespace shop
{
struct Item {
	char bytes[1009];
};

class Basket
{
	Item *first;
	int *second;

      public:
	NOINLINE Basket() : first(new Item), second(nullptr)
	{
		KEEP(first);
	}

	NOINLINE void fill(int count)
	{
		second = new int[count];
		KEEP(second);
	}
};

template <typename T> NOINLINE T *make_one()
{
	T *one = new T;
	KEEP(one);
	return one;
}
} // namespace shop

NOINLINE void *caller_of_nothrow()
{
	char *ptr = new (std::nothrow) char[3001];
	KEEP(ptr);
	return ptr;
}

struct alignas(128) Wide {
	char bytes[256];
};

NOINLINE void *caller_of_aligned_new()
{
	Wide *ptr = new Wide;
	KEEP(ptr);
	return ptr;
}

int main()
{
	shop::Basket *basket = new shop::Basket;
	basket->fill(501);
	auto *item = shop::make_one<shop::Item>();
	auto *text = shop::make_one<std::string>();
	auto lambda = [](size_t count) __attribute__((noinline))
	{
		auto *ptr = new char[count];
		KEEP(ptr);
		return ptr;
	};
	void *kept[] = {
		basket, item, text, lambda(4001), caller_of_nothrow(), caller_of_aligned_new()};
	KEEP(kept[0]);
	return 0;
}
