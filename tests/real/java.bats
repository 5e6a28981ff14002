# SPDX-License-Identifier: BSD-2-Clause
# A Java program under Debian's OpenJDK, all profilers on: it sorts, hashes, and hands work through a queue to four threads. Compared with
# a run without us: what it prints, its exit status. Code that the JVM compiled has no names outside of it; the JVM's own has.

load ../helpers
load servers

setup() {
	command -v java javac >/dev/null || skip "no JDK (Debian: openjdk-17-jdk-headless)"
	open_place
}

teardown() { close_place; }

@test "java with a queue and four threads" {
	cat >"$place/Program.java" <<-'END'
		import java.util.*;
		import java.util.concurrent.*;
		public class Program {
			static long work(int seed) {
				Random random = new Random(seed);
				TreeMap<String, Integer> map = new TreeMap<>();
				for (int i = 0; i < 20000; i++)
					map.merge("key" + random.nextInt(5000), i, Integer::sum);
				long sum = 0;
				for (Map.Entry<String, Integer> e : map.entrySet())
					sum = sum * 31 + e.getKey().hashCode() + e.getValue();
				return sum;
			}
			public static void main(String[] args) throws Exception {
				ExecutorService pool = Executors.newFixedThreadPool(4);
				List<Future<Long>> results = new ArrayList<>();
				for (int i = 0; i < 40; i++) {
					int seed = i;
					results.add(pool.submit(() -> work(seed)));
				}
				for (Future<Long> result : results)
					System.out.println(result.get());
				pool.shutdown();
				System.gc();
				System.exit(3);
			}
		}
	END
	javac -d "$place" "$place/Program.java"
	both "$every_profiler,rate=64k,dir=$dir" java -Xmx256m -cp "$place" Program
	our_lines 0
	[[ $status == 3 ]]
	all_readable
	cpu_is_all
	names 'os::malloc|Arena::|JNI_CreateJavaVM' "$(largest_of heap)" -sample_index=alloc_space
	names 'C[12]?Compil[a-z]*::' "$(largest_of cpu)"
	names 'JavaThread::' "$(largest_of goroutine)"
	# The compilers' queue, where the program hands in and compilers wait.
	names 'Compile(Broker|Queue)::' "$(largest_of mutex)"
	names 'CompileQueue::get' "$(largest_of block)"
	names 'Parker::park' "$(largest_of block)"
}
