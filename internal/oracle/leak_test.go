package oracle

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

// TestManyCasesLeaveNothingBehind runs the examiner in this process, where its
// goroutines and files can be counted.
func TestManyCasesLeaveNothingBehind(t *testing.T) {
	rounds := 100
	if testing.Short() {
		rounds = 25
	}
	t.Setenv("HOME", "") // restored afterwards: judging unsets it
	dir := t.TempDir()
	t.Chdir(dir)
	e, err := newExaminer(dir)
	if err != nil {
		t.Fatal(err)
	}
	operator := operatorJWT(t, nil)
	cases := []func() *Case{
		func() *Case {
			return &Case{Root: "a", Files: files("a", "server_name: s\njetstream: enabled\ncluster { name: a, port: 6222, routes: [\"nats://h:1\"] }\n"+
				"accounts { A { users [ { user: u, password: p } ], exports [ { service: q } ] }, B { imports [ { service { account: A, subject: q } } ] } }\n")}
		},
		func() *Case {
			return &Case{Root: "a", Files: files("a", "include d/b\ntls { cert_file: /x/c.pem, key_file: /x/k.pem, connection_rate_limit: 5 }\n", "d/b", "port: 4222\n")}
		},
		func() *Case {
			return &Case{Root: "a", Files: files("a", "operator: "+operator+"\nresolver { type: cache, dir: \"/var/lib/nats\", ttl: \"1h\" }\nsystem_account: X\n")}
		},
		func() *Case {
			return &Case{Root: "a", Files: files("a", "system_account: X\nmqtt { port: 1883 }\ngateway { name: x }\nwebsocket { port: 80 }\nnonsense: 1\n")}
		},
	}
	judge := func() {
		for _, c := range cases {
			if a := e.answer(c()); a.Verdict.NotJudged != "" {
				t.Fatal(a.Verdict.NotJudged)
			}
		}
	}
	judge()
	goroutines, heap, open := runtime.NumGoroutine(), heapInUse(), openFiles(t)
	for range rounds {
		judge()
	}
	for range 100 {
		if runtime.NumGoroutine() <= goroutines {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines, %d at the start", n, goroutines)
	}
	if h := heapInUse(); h > heap+16<<20 {
		t.Errorf("%d MB in use, %d at the start", h>>20, heap>>20)
	}
	if n := openFiles(t); n > open {
		t.Errorf("%d open files, %d at the start", n, open)
	}
	if entries, _ := os.ReadDir("."); len(entries) != 5 {
		t.Errorf("the working directory holds %v", entries)
	}
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// openFiles counts this process's open files, 0 where the system does not say.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", os.Getpid()))
	if err != nil {
		return 0
	}
	return len(entries)
}
