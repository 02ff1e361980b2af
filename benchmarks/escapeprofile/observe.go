package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// A benchmark is a package and what is given to -bench.
type benchmark struct{ pkg, bench string }

// A suite is what to run, and where.
type suite struct {
	dir        string
	folder     string // of the profiles
	rounds     int
	patterns   []string // of the packages to look at
	benchmarks []benchmark
}

// profileInit makes the runtime record what initialisers allocate, which run
// before the flags of a test are read. It needs the command env.
const profileInit = "-exec=env GODEBUG=memprofilerate=1"

// observe runs the benchmarks, unless the folder has their profiles, and reads
// what they have recorded.
func (s *suite) observe(ctx context.Context) (*observation, error) {
	packages, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	overlay, err := s.withoutTiny()
	if err != nil {
		return nil, err
	}
	o := newObservation(packages)
	for i, b := range s.benchmarks {
		mem := filepath.Join(s.folder, fmt.Sprintf("mem%d.out", i))
		cover := filepath.Join(s.folder, fmt.Sprintf("cover%d.out", i))
		if err := s.test(ctx, b, mem, "-memprofile", "-memprofilerate=1", profileInit, overlay); err != nil {
			return nil, err
		}
		if err := s.test(ctx, b, cover, "-coverprofile", "-coverpkg="+strings.Join(s.patterns, ",")); err != nil {
			return nil, err
		}
		if err := o.readMemory(mem); err != nil {
			return nil, err
		}
		if err := o.readCoverage(cover); err != nil {
			return nil, err
		}
		o.files = append(o.files, mem)
	}
	o.settle()
	return o, nil
}

// test runs a benchmark with a flag that makes it write a file, if that is not
// there, and other flags.
func (s *suite) test(ctx context.Context, b benchmark, file, flag string, others ...string) error {
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	binary := filepath.Join(s.folder, "escapeprofile.test")
	args := append([]string{"test", "-run=^$", "-bench=" + b.bench, fmt.Sprintf("-benchtime=%dx", s.rounds), "-timeout=60m", "-o=" + binary, flag + "=" + file + ".part"}, others...)
	cmd := exec.CommandContext(ctx, "go", append(args, b.pkg)...)
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go test %s: %w\n%s", b.pkg, err, out)
	}
	return os.Rename(file+".part", file)
}

// list returns the folder of each package, by its import path.
func (s *suite) list(ctx context.Context) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-f={{.ImportPath}}\t{{.Dir}}", "--"}, s.patterns...)...)
	cmd.Dir, cmd.Stderr = s.dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	packages := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		if path, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			packages[path] = dir
		}
	}
	return packages, nil
}

// A block is a part of a file that is executed as a whole.
type block struct{ from, to spot }

// A spot is a position in a file.
type spot struct{ line, column int }

func (s spot) before(t spot) bool {
	return s.line < t.line || s.line == t.line && s.column < t.column
}

// readCoverage reads which blocks are executed. Lines of a coverage profile
// look like "import/path/file.go:12.34,56.7 3 1".
func (o *observation) readCoverage(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data)) {
		at := strings.LastIndexByte(line, ':')
		fields := strings.Fields(line[at+1:])
		if at < 0 || len(fields) != 3 || fields[2] == "0" {
			continue
		}
		path, base := filepath.Split(line[:at])
		dir, ok := o.packages[strings.TrimSuffix(path, "/")]
		if !ok {
			continue
		}
		from, to, _ := strings.Cut(fields[0], ",")
		begin, err := parseSpot(from)
		if err != nil {
			return fmt.Errorf("%s: %q: %w", name, line, err)
		}
		end, err := parseSpot(to)
		if err != nil {
			return fmt.Errorf("%s: %q: %w", name, line, err)
		}
		file := filepath.Join(dir, base)
		o.blocks[file] = append(o.blocks[file], block{begin, end})
	}
	return nil
}

func parseSpot(text string) (spot, error) {
	line, column, _ := strings.Cut(text, ".")
	l, err := strconv.Atoi(line)
	if err != nil {
		return spot{}, err
	}
	c, err := strconv.Atoi(column)
	return spot{l, c}, err
}
