package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
)

// startProfiles starts what -cpuprofile, -memprofile and -trace ask for. The
// returned function stops it and writes the files.
func (f *flags) startProfiles() (stop func() error, err error) {
	var stops []func() error
	stop = func() error {
		var errs []error
		for _, s := range stops {
			errs = append(errs, s())
		}
		return errors.Join(errs...)
	}
	start := func(flag, path string, begin func(*os.File) (func() error, error)) {
		if path == "" || err != nil {
			return
		}
		var file *os.File
		if file, err = os.Create(path); err != nil {
			err = fmt.Errorf("-%s: %w", flag, err)
			return
		}
		var end func() error
		if end, err = begin(file); err != nil {
			err = fmt.Errorf("-%s: %w", flag, err)
			return
		}
		stops = append(stops, func() error { return errors.Join(end(), file.Close()) })
	}
	start("cpuprofile", f.cpuProfile, func(file *os.File) (func() error, error) {
		return func() error { pprof.StopCPUProfile(); return nil }, pprof.StartCPUProfile(file)
	})
	start("trace", f.trace, func(file *os.File) (func() error, error) {
		return func() error { trace.Stop(); return nil }, trace.Start(file)
	})
	start("memprofile", f.memProfile, func(file *os.File) (func() error, error) {
		return func() error {
			runtime.GC() // bring the statistics up to date
			return pprof.Lookup("allocs").WriteTo(file, 0)
		}, nil
	})
	return stop, err
}
