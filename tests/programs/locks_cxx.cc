/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue with a condition variable, whose consumer waits for most of the time.
 * Not here: what C calls (locks.c).
 */
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <queue>
#include <thread>

static std::mutex mutex;
static std::condition_variable filled;
static std::queue<int> items;

__attribute__((noinline)) static int take()
{
	std::unique_lock<std::mutex> lock(mutex);
	while (items.empty())
		filled.wait(lock); // the wait
	int item = items.front();
	items.pop();
	return item;
}

__attribute__((noinline)) static void give(int item)
{
	std::lock_guard<std::mutex> lock(mutex);
	items.push(item);
	filled.notify_one();
}

int main()
{
	int sum = 0;
	std::thread consumer([&] {
		for (int i = 0; i < 20; i++)
			sum += take();
	});
	for (int i = 0; i < 20; i++) {
		std::this_thread::sleep_for(std::chrono::milliseconds(10));
		give(i);
	}
	consumer.join();
	std::printf("%d\n", sum);
}
