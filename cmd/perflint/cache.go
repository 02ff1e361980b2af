package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/perflint/perflint/internal/driver"
)

// cacheOff is the value of -cache and PERFLINT_CACHE for no cache.
const cacheOff = "off"

// cacheDir returns the folder of the cache: the flag's value, else that of
// PERFLINT_CACHE, else perflint in the user's cache folder. It returns "" if
// there is to be no cache.
func cacheDir(value string) (string, error) {
	if value == "" {
		value = os.Getenv("PERFLINT_CACHE")
	}
	switch value {
	case cacheOff:
		return "", nil
	case "":
		dir, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find the cache: %w; name a folder with -cache or PERFLINT_CACHE, or switch it off with -cache=off", err)
		}
		return filepath.Join(dir, "perflint"), nil
	}
	return filepath.Abs(value)
}

// openCache opens the cache for a run. One that was not asked for by name is
// done without where it cannot be had, as in a container without a home.
func (a *app) openCache(value string) (*driver.Cache, error) {
	named := value != "" || os.Getenv("PERFLINT_CACHE") != ""
	dir, err := cacheDir(value)
	if err == nil && dir == "" {
		return nil, nil
	}
	var cache *driver.Cache
	if err == nil {
		cache, err = driver.OpenCache(dir)
	}
	if err != nil && !named {
		return nil, nil
	}
	return cache, err
}

// cacheCommand shows or empties the cache.
func (a *app) cacheCommand(args []string) int {
	set := flag.NewFlagSet("cache", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	value := set.String("cache", "", "")
	if err := set.Parse(args); err != nil {
		return a.fail(fmt.Errorf("cache: %w", err))
	}
	if set.NArg() != 1 {
		return a.fail(errors.New("cache: want 'perflint cache [-cache DIR] info' or 'perflint cache [-cache DIR] clean'"))
	}
	dir, err := cacheDir(*value)
	if err != nil {
		return a.fail(fmt.Errorf("cache: %w", err))
	}
	if dir == "" {
		fmt.Fprintln(a.stdout, "the cache is off")
		return exitClean
	}
	cache, err := driver.OpenCache(dir)
	if err != nil {
		return a.fail(fmt.Errorf("cache: %w", err))
	}
	switch set.Arg(0) {
	case "info":
		info, err := cache.Info()
		if err != nil {
			return a.fail(fmt.Errorf("cache: %w", err))
		}
		fmt.Fprintf(a.stdout, "%s: %s, %s\n", info.Dir, count(info.Entries/2, "entry"), megabytes(info.Bytes))
	case "clean":
		if err := cache.Clean(); err != nil {
			return a.fail(fmt.Errorf("cache: %w", err))
		}
	default:
		return a.fail(fmt.Errorf("cache: unknown command %q: want info or clean", set.Arg(0)))
	}
	return exitClean
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
