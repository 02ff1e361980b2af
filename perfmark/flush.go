package perfmark

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// FileVariable is the environment variable that names the file to which
// [Flush] writes. "%p" in it stands for the process ID. A name that ends in
// ".json" asks for JSON, any other for a profile.
const FileVariable = "PERFMARK_FILE"

// Flush writes what is known to the file that the environment names, and does
// nothing if it names none. The end of a test, or a signal, is the time for
// it: deferred calls do not run when a program exits.
func Flush() error {
	name := os.Getenv(FileVariable)
	if name == "" {
		return nil
	}
	return WriteFile(strings.ReplaceAll(name, "%p", strconv.Itoa(os.Getpid())))
}

// WriteFile writes what is known to a file: JSON if its name ends in ".json",
// a profile otherwise. Whoever reads the file meanwhile sees the old one.
func WriteFile(name string) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".perfmark-*")
	if err != nil {
		return fmt.Errorf("writing marks to %s: %w", name, err)
	}
	write := WriteProfile
	if strings.HasSuffix(name, ".json") {
		write = func(w io.Writer) error { return WriteJSON(w) }
	}
	err = errors.Join(write(tmp), tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		os.Remove(tmp.Name())
		return fmt.Errorf("writing marks to %s: %w", name, err)
	}
	return nil
}

// FlushOnSignal calls [Flush] whenever one of the signals arrives; without
// signals, when the process is asked to end (SIGINT, SIGTERM), and then lets
// it end as it would have. Errors go to report, which may be nil. Stop ends
// it.
func FlushOnSignal(report func(error), signals ...os.Signal) (stop func()) {
	ending := len(signals) == 0
	if ending {
		signals = []os.Signal{os.Interrupt, syscall.SIGTERM}
	}
	arrived, stopped := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(arrived, signals...)
	go func() {
		for {
			select {
			case <-stopped:
				return
			case sig := <-arrived:
				if err := Flush(); err != nil && report != nil {
					report(err)
				}
				if ending {
					signal.Stop(arrived)
					raise(sig)
				}
			}
		}
	}()
	return sync.OnceFunc(func() {
		signal.Stop(arrived)
		close(stopped)
	})
}

// raise sends the process a signal that it no longer catches. Where that
// cannot be done, as on Windows, it exits as a shell would report it.
func raise(sig os.Signal) {
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = p.Signal(sig)
	}
	if err != nil {
		os.Exit(130)
	}
}

// Start prepares a program whose marks go to a file ([FileVariable]); if the
// environment names none, it does nothing. The file is written when the
// process is asked to end, and when finish is called: perflint mark puts
//
//	defer perfmark.Start(handles)()
//
// into main. A program that handles signals itself is left to end in its own
// way; any other ends as if the signal had not been caught.
func Start(handles bool) (finish func()) {
	if os.Getenv(FileVariable) == "" {
		return func() {}
	}
	report := func(err error) { fmt.Fprintln(os.Stderr, "perfmark:", err) }
	var signals []os.Signal
	if handles {
		signals = []os.Signal{os.Interrupt, syscall.SIGTERM}
	}
	stop := FlushOnSignal(report, signals...)
	return func() {
		stop()
		if err := Flush(); err != nil {
			report(err)
		}
	}
}
