// Command load sends requests to a server and prints how much CPU time the
// server's process took for each, in nanoseconds, by its /proc/PID/schedstat
// (Linux only: the time of its threads on a processor).
//
//	load -pid PID -n 2000 URL
package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	pid := flag.Int("pid", 0, "the server's `process`")
	n := flag.Int("n", 2000, "number of `requests`")
	flag.Parse()
	before, err := cpu(*pid)
	if err == nil {
		err = send(flag.Arg(0), *n)
	}
	var after int64
	if err == nil {
		after, err = cpu(*pid)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
	fmt.Println((after - before) / int64(*n))
}

// send sends n requests, one after the other, over one connection.
func send(url string, n int) error {
	for range n {
		resp, err := http.Get(url)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", url, resp.Status)
		}
	}
	return nil
}

// cpu returns the time that the threads of a process have run.
func cpu(pid int) (int64, error) {
	names, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("process %d has no schedstat: %v", pid, err)
	}
	var sum int64
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return 0, err
		}
		fields := strings.Fields(string(text))
		if len(fields) == 0 {
			return 0, fmt.Errorf("%s is empty", name)
		}
		ns, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		sum += ns
	}
	return sum, nil
}
