// SPDX-License-Identifier: BSD-2-Clause
// Memory held by C++ containers at exit: deep stacks of inlined templates, methods, lambdas and operators, for -O2.
// Not here: known amounts (plan_cxx.cc).
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace shop
{

struct Item {
	std::string name;
	std::vector<int> prices;
	explicit Item(int n)
	    : name("item number " + std::to_string(n) + " with a long name"), prices(n % 50)
	{
	}
};

class Store
{
      public:
	void fill(int count)
	{
		for (int n = 0; n < count; n++)
			add(std::make_shared<Item>(n));
	}
	void add(std::shared_ptr<Item> item)
	{
		by_name[item->name] = item;
		by_price[item->prices.size()].push_back(std::move(item));
	}
	Store &operator+=(int count)
	{
		fill(count);
		return *this;
	}

      private:
	std::unordered_map<std::string, std::shared_ptr<Item>> by_name;
	std::map<std::size_t, std::vector<std::shared_ptr<Item>>> by_price;
};

namespace
{
template <typename T> T *keep(const std::function<T *()> &make)
{
	return make();
}
} // namespace

} // namespace shop

int main()
{
	// Never freed: what is there at exit is the profile.
	auto *store = new shop::Store;
	*store += 4000;
	store->fill(1000);
	auto *numbers = shop::keep<std::vector<std::string>>([] {
		auto *texts = new std::vector<std::string>;
		for (int i = 0; i < 5000; i++)
			texts->push_back(std::string(i % 100, 'x'));
		return texts;
	});
	return numbers->empty();
}
