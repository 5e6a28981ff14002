// SPDX-License-Identifier: BSD-2-Clause

// known_heap PROFILE TABLE RATE PLAN: a Go heap with a known truth, written by Go's own runtime/pprof. The call sites are in the map
// sites, which the test writes: one function each, ten under each caller. Sizes are size classes of Go's, so that what is asked for is
// what is held. TABLE as that of programs/sites.c. Not here: the judge (helpers/coverage.py).
package main

import (
	"fmt"
	"math"
	"math/rand"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
)

var (
	small = []int{16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256}
	large = []int{16384, 18432, 20480, 24576, 28672, 32768, 40960, 49152, 57344, 65536}
	mixed = []int{16, 64, 256, 1024, 4096, 8192, 16384, 32768}
	keep  [1 << 22][]byte
	kept  int

	before []byte
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// pick: so many of these sizes, with a count for each that makes samples in all, as programs/sites.c plans them.
func pick(random *rand.Rand, from []int, count int, rate float64, byBytes bool) (sizes, counts []int) {
	samples := 3 * math.Pow(10, random.Float64()) / float64(count)
	for i := 0; i < count; i++ {
		size := from[i%len(from)]
		if count < len(from) {
			size = from[random.Intn(len(from))]
		}
		objects := samples * rate / float64(size)
		if !byBytes {
			objects = samples / -math.Expm1(-float64(size)/rate)
		}
		sizes = append(sizes, size)
		counts = append(counts, int(objects+random.Float64()))
	}
	return sizes, counts
}

func main() {
	rate, err := strconv.Atoi(os.Args[3])
	check(err)
	plan, err := strconv.Atoi(os.Args[4])
	check(err)
	runtime.GOMAXPROCS(1)
	runtime.MemProfileRate = rate
	// The way to the next sample is still that of the rate before.
	for i := 0; i < 32; i++ {
		before = make([]byte, 1<<20)
	}
	debug.SetGCPercent(-1)
	table, err := os.Create(os.Args[2])
	check(err)
	random := rand.New(rand.NewSource(int64(plan)))
	for i, site := range sites {
		var sizes, counts []int
		kind := []string{"small", "large", "mixed"}[i%3]
		switch kind {
		case "small":
			sizes, counts = pick(random, small, 3, float64(rate), true)
		case "large":
			sizes, counts = pick(random, large, 3, float64(rate), false)
		default:
			sizes, counts = pick(random, mixed, len(mixed), float64(rate), true)
		}
		objects, bytes := 0, 0
		for j, size := range sizes {
			site(size, counts[j])
			objects += counts[j]
			bytes += counts[j] * size
		}
		fmt.Fprintf(table, "main.site_%03d main.caller_%02d %s %d %d\n", i, i/10, kind, objects, bytes)
	}
	check(table.Close())
	runtime.GC()
	runtime.GC()
	profile, err := os.Create(os.Args[1])
	check(err)
	check(pprof.Lookup("heap").WriteTo(profile, 0))
	check(profile.Close())
	runtime.KeepAlive(&keep)
}
