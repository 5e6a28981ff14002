// SPDX-License-Identifier: BSD-2-Clause

// profiles DIR: a Go program's own profiles, written by other code than ours, with other sizes, stacks
// and labels: heap1 and heap2 (a leak between them), allocs, cpu, mutex, block, goroutine and
// threadcreate, each as DIR/NAME.pb.gz; heap-debug1.txt is the text form.
//
// Not here: what the numbers should be (go tool pprof tells).
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

var keep [][]byte

//go:noinline
func leak(n, size int) {
	for i := 0; i < n; i++ {
		keep = append(keep, make([]byte, size))
	}
}

//go:noinline
func recurse(depth int) {
	if depth == 0 {
		leak(3000, 777)
		return
	}
	recurse(depth - 1)
}

//go:noinline
func churn(n int) {
	for i := 0; i < n; i++ {
		b := make([]byte, 4096)
		if i%500 == 0 {
			keep = append(keep, b)
		}
	}
}

type tree struct{ left, right *tree }

//go:noinline
func (t *tree) grow(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{t.grow(depth - 1), t.grow(depth - 1)}
}

var sink uint64

//go:noinline
func spin(rounds int) {
	for i := 0; i < rounds; i++ {
		sink = sink*6364136223846793005 + 1442695040888963407
	}
}

// burn works for some of the process's CPU time under two labels, so that the CPU profile has samples.
func burn(enough time.Duration) {
	for begin := time.Now(); time.Since(begin) < enough; {
		pprof.Do(context.Background(), pprof.Labels("worker", "purge", "phase", "one"),
			func(context.Context) { spin(1000000) })
		pprof.Do(context.Background(), pprof.Labels("worker", "scan"), func(context.Context) { spin(500000) })
	}
}

// contend makes goroutines wait for one lock and one channel.
func contend() {
	var lock sync.Mutex
	var done sync.WaitGroup
	for i := 0; i < 4; i++ {
		done.Add(1)
		go func() {
			defer done.Done()
			for j := 0; j < 20; j++ {
				lock.Lock()
				time.Sleep(time.Millisecond)
				lock.Unlock()
			}
		}()
	}
	done.Wait()
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "profiles:", err)
		os.Exit(1)
	}
}

func write(dir, name, file string, debug int) {
	f, err := os.Create(filepath.Join(dir, file))
	fail(err)
	fail(pprof.Lookup(name).WriteTo(f, debug))
	fail(f.Close())
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: profiles DIR")
		os.Exit(2)
	}
	dir := os.Args[1]
	runtime.MemProfileRate = 16384
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	leak(3000, 1000)
	churn(5000)
	root := (*tree)(nil).grow(14)
	runtime.GC()
	runtime.GC()
	write(dir, "heap", "heap1.pb.gz", 0)
	leak(9000, 1000)
	recurse(4)
	churn(5000)
	runtime.GC()
	runtime.GC()
	write(dir, "heap", "heap2.pb.gz", 0)
	write(dir, "heap", "heap-debug1.txt", 1)
	write(dir, "allocs", "allocs.pb.gz", 0)

	f, err := os.Create(filepath.Join(dir, "cpu.pb.gz"))
	fail(err)
	fail(pprof.StartCPUProfile(f))
	burn(400 * time.Millisecond)
	pprof.StopCPUProfile()
	fail(f.Close())

	contend()
	write(dir, "mutex", "mutex.pb.gz", 0)
	write(dir, "block", "block.pb.gz", 0)
	hold := make(chan bool)
	for i := 0; i < 5; i++ {
		go func() { <-hold }()
	}
	runtime.Gosched()
	write(dir, "goroutine", "goroutine.pb.gz", 0)
	write(dir, "threadcreate", "threadcreate.pb.gz", 0)
	runtime.KeepAlive(root)
}
