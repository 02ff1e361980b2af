package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestCacheSafety does to the cache what happens to files in the world. Each
// answer after that must be the one that there is without a cache.
func TestCacheSafety(t *testing.T) {
	l := newLab(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"killed", l.testKilled},
		{"together", l.testTogether},
		{"damaged", l.testDamaged},
		{"obstructed", l.testObstructed},
		{"full disk", l.testFullDisk},
		{"read-only", l.testReadOnly},
		{"wrong clock", l.testWrongClock},
	} {
		l.rnd = rand.New(rand.NewPCG(1, 2))
		l.write(t, 0)
		t.Run(test.name, test.run)
	}
}

// A lab is a module of 25 packages in five layers, with the answers that
// perflint gives without a cache.
type lab struct {
	bin, dir string
	rnd      *rand.Rand
	variant  int // of the module's text
	want     [len(exits)]answer
}

// exits says, for each variant of the module, which packages of the lowest
// layer have a function that does not return. That is a fact, which goes up
// through all layers and decides where contexts leak.
var exits = [...]uint{0, 1 | 4 | 16, 31}

// An answer is what a user gets of a run.
type answer struct {
	stdout, stderr string
	exit           int
}

func newLab(t *testing.T) *lab {
	bin, err := exec.LookPath("perflint") // this test's binary; see TestMain
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{bin: bin, dir: dir, rnd: rand.New(rand.NewPCG(1, 2))}
	writeFile(t, filepath.Join(dir, "go.mod"), "module example.com/m\n\ngo 1.26\n")
	for i := range exits {
		l.write(t, i)
		l.want[i] = l.run(cacheOff)
		if l.want[i].exit != exitFindings || l.want[i].stderr != "" || i > 0 && l.want[i] == l.want[i-1] {
			t.Fatalf("variant %d without a cache: %+v", i, l.want[i])
		}
	}
	return l
}

// write gives the module one of the texts that have a variant's answer. A
// constant that all packages export makes all texts different.
func (l *lab) write(t *testing.T, variant int) {
	t.Helper()
	l.variant = variant
	for layer := range 5 {
		for i := range 5 {
			name := fmt.Sprintf("p%d%d", layer, i)
			if err := os.MkdirAll(filepath.Join(l.dir, name), 0o755); err != nil {
				t.Fatal(err)
			}
			below, beside := fmt.Sprintf("p%d%d", layer-1, i), fmt.Sprintf("p%d%d", layer-1, (i+1)%5)
			imports, stamp := fmt.Sprintf("%q\n\t%q", "example.com/m/"+below, "example.com/m/"+beside), below+".Stamp"
			fail, other := below+".Fail()", beside+".Fail()"
			if layer == 0 {
				imports, stamp, fail, other = "", strconv.FormatInt(l.rnd.Int64(), 10), "", "Fail()"
				if exits[variant]&(1<<i) != 0 {
					fail = "panic(0)"
				}
			}
			lines := strings.Repeat("//\n", variant*i) // move all positions
			text := fmt.Sprintf(labText, lines, name, imports, stamp, fail, other)
			writeFile(t, filepath.Join(l.dir, name, "p.go"), text)
		}
	}
}

const labText = `%spackage %s

import (
	"context"

	%s
)

const Stamp = %s

func Fail() { %s }

func Leak(parent context.Context, err error) context.Context {
	ctx, cancel := context.WithCancel(parent)
	if err != nil {
		%s
		return nil
	}
	cancel()
	return ctx
}

func Drop(ctx context.Context) context.Context {
	ctx, _ = context.WithCancel(ctx)
	return ctx
}
`

func (l *lab) command(cache string, flags ...string) *exec.Cmd {
	cmd := exec.Command(l.bin, slices.Concat([]string{"-cache=" + cache, "-format=json"}, flags, []string{"./..."})...)
	cmd.Dir = l.dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=")
	return cmd
}

func (l *lab) run(cache string, flags ...string) answer {
	cmd := l.command(cache, flags...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		return answer{stderr: err.Error(), exit: -1}
	}
	return answer{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// check compares the answer of a run with the one without a cache.
func (l *lab) check(t *testing.T, cache, what string) {
	t.Helper()
	l.compare(t, l.run(cache), what)
}

func (l *lab) compare(t *testing.T, got answer, what string) {
	t.Helper()
	if want := l.want[l.variant]; got != want {
		t.Errorf("%s: exit code %d, want %d; standard error %q; %s", what,
			got.exit, want.exit, got.stderr, firstDifference(got.stdout, want.stdout))
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("got\n%s\nwant\n%s", g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

var statsCache = regexp.MustCompile(`(?m)^cache +\d+ hits, (\d+) misses$`)

// misses compares the answer of a run and returns how many packages it had to
// analyse.
func (l *lab) misses(t *testing.T, cache, what string) int {
	t.Helper()
	got := l.run(cache, "-stats")
	m := statsCache.FindStringSubmatch(got.stderr)
	if m == nil {
		t.Fatalf("%s: no line about the cache in %q", what, got.stderr)
	}
	got.stderr = ""
	l.compare(t, got, what)
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// usable demands that the next answer comes from the cache.
func (l *lab) usable(t *testing.T, cache, what string) {
	t.Helper()
	l.check(t, cache, what)
	if n := l.misses(t, cache, what); n > 0 {
		t.Errorf("%s: %d packages are not in the cache after a run", what, n)
	}
}

// entries returns the files of a cache.
func entries(t *testing.T, cache string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(cache, "[0-9a-f][0-9a-f]", "*-[ad]"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no entries in %s: %v", cache, err)
	}
	return names
}

// rounds returns a number of rounds, fewer in short mode.
func rounds(n int) int {
	if testing.Short() {
		return (n + 9) / 10
	}
	return n
}

// Runs are killed at random moments of the time that they take, some with an
// empty cache, some after a change.
func (l *lab) testKilled(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	timed := func(what string) time.Duration {
		begin := time.Now()
		l.check(t, cache, what)
		return time.Since(begin)
	}
	cold := timed("empty cache")
	l.write(t, 1)
	changed := timed("all changed")
	killed := 0
	n := rounds(50)
	for i := range n {
		limit := changed
		if i%5 == 0 {
			limit = cold
			if err := os.RemoveAll(cache); err != nil {
				t.Fatal(err)
			}
		}
		l.write(t, l.rnd.IntN(len(exits)))
		after := time.Duration(l.rnd.Int64N(int64(limit)))
		if l.kill(t, cache, after) {
			killed++
		}
		if i%3 == 0 { // else the next run goes on where this one ended
			l.write(t, l.rnd.IntN(len(exits)))
		}
		l.check(t, cache, fmt.Sprintf("after kill %d at %v of %v", i, after, limit))
	}
	t.Logf("%d of %d runs were killed; a cold one takes %v, one after a change %v", killed, n, cold, changed)
	if killed < n/4 {
		t.Errorf("only %d of %d runs were killed before they were done", killed, n)
	}
	l.usable(t, cache, "after all kills")
}

// kill starts a run and kills it after a while. It reports false if the run
// was done before.
func (l *lab) kill(t *testing.T, cache string, after time.Duration) bool {
	t.Helper()
	cmd := l.command(cache)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	go func() {
		_ = cmd.Wait() // how it ended does not matter
		close(done)
	}()
	select {
	case <-done:
		return false
	case <-time.After(after):
		err := cmd.Process.Kill() // SIGKILL, or what the system has
		<-done
		return err == nil
	}
}

// Four processes work with the same empty folder at the same time; in the last
// round, others empty it meanwhile.
func (l *lab) testTogether(t *testing.T) {
	var first []string
	n := rounds(3)
	for round := range n {
		cache := filepath.Join(t.TempDir(), "cache")
		stop, cleaned := make(chan bool), make(chan error, 1)
		go func() { cleaned <- l.cleanUntil(stop, cache, round == n-1) }()
		var got [4]answer
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() { got[i] = l.run(cache, fmt.Sprintf("-j=%d", i*i+1)) })
		}
		wg.Wait()
		close(stop)
		if err := <-cleaned; err != nil {
			t.Error(err)
		}
		for i := range got {
			l.compare(t, got[i], fmt.Sprintf("round %d, process %d", round, i))
		}
		if round == n-1 {
			l.usable(t, cache, "emptied while in use")
			continue
		}
		if n := l.misses(t, cache, "after four"); n > 0 {
			t.Errorf("%d packages are not in the cache after four processes", n)
		}
		names := entries(t, cache)
		for i := range names {
			names[i] = filepath.Base(names[i])
		}
		if first == nil {
			first = names
		} else if !slices.Equal(names, first) {
			t.Errorf("round %d: the same work made other entries", round)
		}
	}
}

// cleanUntil empties a cache again and again, if it is to.
func (l *lab) cleanUntil(stop <-chan bool, cache string, clean bool) error {
	for clean {
		select {
		case <-stop:
			return nil
		case <-time.After(20 * time.Millisecond):
			if out, err := exec.Command(l.bin, "cache", "-cache="+cache, "clean").CombinedOutput(); err != nil {
				return fmt.Errorf("cache clean: %w: %s", err, out)
			}
		}
	}
	return nil
}

// A harm is something that happens to one file of the cache. The other file
// is one of the same kind.
type harm struct {
	name string
	do   func(l *lab, file, other string, data []byte) error
}

var harms = []harm{
	{"removed", func(_ *lab, file, _ string, _ []byte) error { return os.Remove(file) }},
	{"emptied", func(_ *lab, file, _ string, _ []byte) error { return os.Truncate(file, 0) }},
	{"truncated", func(l *lab, file, _ string, data []byte) error {
		return os.Truncate(file, l.rnd.Int64N(int64(len(data)+1)))
	}},
	{"bits flipped", func(l *lab, file, _ string, data []byte) error {
		for range 1 + l.rnd.IntN(3) {
			data[l.rnd.IntN(len(data))] ^= 1 << l.rnd.IntN(8)
		}
		return os.WriteFile(file, data, 0o644)
	}},
	{"zeroed", func(_ *lab, file, _ string, data []byte) error {
		return os.WriteFile(file, make([]byte, len(data)), 0o644)
	}},
	{"lengthened", func(_ *lab, file, _ string, data []byte) error {
		return os.WriteFile(file, append(data, data...), 0o644)
	}},
	{"foreign", func(_ *lab, file, _ string, _ []byte) error {
		return os.WriteFile(file, []byte("not what you think\n"), 0o644)
	}},
	{"exchanged", func(_ *lab, file, other string, data []byte) error {
		theirs, err := os.ReadFile(other)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(file, theirs, 0o644), os.WriteFile(other, data, 0o644))
	}},
	{"renamed", func(_ *lab, file, other string, _ []byte) error { return os.Rename(other, file) }},
	{"readdressed", readdress},
	{"made a folder", func(_ *lab, file, _ string, _ []byte) error {
		return errors.Join(os.Remove(file), os.MkdirAll(filepath.Join(file, "sub"), 0o755))
	}},
	{"made a dangling link", func(_ *lab, file, _ string, _ []byte) error {
		return errors.Join(os.Remove(file), os.Symlink(filepath.Join(filepath.Dir(file), "nowhere"), file))
	}},
	{"made a link to another", func(_ *lab, file, other string, _ []byte) error {
		return errors.Join(os.Remove(file), os.Symlink(other, file))
	}},
	{"forbidden", func(_ *lab, file, _ string, _ []byte) error { return os.Chmod(file, 0) }},
}

// readdress makes an index file point to the data of another entry, with all
// hashes right.
func readdress(_ *lab, file, other string, _ []byte) error {
	index, err := os.ReadFile(other)
	if err != nil || !strings.HasSuffix(file, "-a") {
		return err
	}
	id := strings.TrimSuffix(filepath.Base(file), "-a")
	return os.WriteFile(file, bytes.Replace(index, index[3:3+hex.EncodedLen(32)], []byte(id), 1), 0o644)
}

// Files of the cache are damaged, each kind of damage by itself at first, then
// all kinds at once.
func (l *lab) testDamaged(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	l.usable(t, cache, "first run")
	for _, name := range []string{"README", "00/notes.txt", "00/notes-a", "00/" + strings.Repeat("0", 64) + "-d"} {
		writeFile(t, filepath.Join(cache, filepath.FromSlash(name)), "mine")
	}
	n := len(harms) + 4
	for round := range n {
		if testing.Short() && round < n-2 {
			continue
		}
		chosen := harms
		if round < len(harms) {
			chosen = harms[round : round+1]
		}
		l.harm(t, cache, chosen)
		what := fmt.Sprintf("round %d, %s", round, chosen[0].name)
		if round%2 == 1 { // all packages need what is kept of others
			l.write(t, l.rnd.IntN(len(exits)))
		}
		l.check(t, cache, what)
		if clearObstacles(t, cache) {
			l.check(t, cache, what+", and cleared")
		}
		if n := l.misses(t, cache, what+", and repaired"); n > 0 {
			t.Errorf("%s: %d packages are not in the cache after a run", what, n)
		}
	}
}

// harm does something to every tenth file of a cache.
func (l *lab) harm(t *testing.T, cache string, chosen []harm) {
	t.Helper()
	alike := make(map[string][]string)
	files := entries(t, cache)
	for _, file := range files {
		alike[kindOf(file)] = append(alike[kindOf(file)], file)
	}
	done := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		others := alike[kindOf(file)]
		if l.rnd.IntN(10) > 0 || err != nil || len(data) == 0 || len(others) == 0 {
			continue // for another time, or not there any more
		}
		other := others[l.rnd.IntN(len(others))]
		if other == file {
			continue
		}
		if err := chosen[l.rnd.IntN(len(chosen))].do(l, file, other, data); err == nil {
			done++
		} // else the other file is not there any more, or there are no links
	}
	if done == 0 && runtime.GOOS != "windows" {
		t.Errorf("nothing was %s", chosen[0].name)
	}
}

// kindOf tells index files and data files apart, and each of these by the
// length of the data, so that files of a kind could be taken for each other.
func kindOf(file string) string {
	if data, err := os.ReadFile(file); strings.HasSuffix(file, "-d") {
		return fmt.Sprint("data ", len(data)/100)
	} else if fields := strings.Fields(string(data)); err == nil && len(fields) == 5 {
		size, _ := strconv.Atoi(fields[3])
		return fmt.Sprint("index ", size/100)
	}
	return ""
}

// clearObstacles removes all that is in the place of an entry but a file that
// can be read and written. It reports whether there was anything.
func clearObstacles(t *testing.T, cache string) bool {
	t.Helper()
	found := false
	for _, name := range entries(t, cache) {
		if info, err := os.Lstat(name); err == nil && (!info.Mode().IsRegular() || info.Mode().Perm()&0o600 != 0o600) {
			found = true
			if err := os.RemoveAll(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	return found
}

// Something stands where the cache wants to have its own.
func (l *lab) testObstructed(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole")
	l.usable(t, whole, "first run")
	place := func(name string, put func(string) error) func(string) error {
		return func(cache string) error {
			name := filepath.Join(cache, name)
			return errors.Join(os.RemoveAll(name), put(name))
		}
	}
	for what, obstruct := range map[string]func(cache string) error{
		"no folder":            place("7f", func(string) error { return nil }),
		"file for a folder":    place("7f", func(name string) error { return os.WriteFile(name, nil, 0o644) }),
		"folder for trim.txt":  place("trim.txt", func(name string) error { return os.Mkdir(name, 0o755) }),
		"text for trim.txt":    place("trim.txt", func(name string) error { return os.WriteFile(name, []byte("?"), 0o644) }),
		"folder for a marker":  place("size-checked", func(name string) error { return os.Mkdir(name, 0o755) }),
		"folders of other use": func(cache string) error { return os.MkdirAll(filepath.Join(cache, "00", "11"), 0o755) },
	} {
		cache := filepath.Join(t.TempDir(), "cache")
		if err := os.CopyFS(cache, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		if err := obstruct(cache); err != nil {
			t.Logf("%s: %v", what, err)
			continue
		}
		l.check(t, cache, what)
		for _, command := range []string{"info", "clean"} {
			if out, err := exec.Command(l.bin, "cache", "-cache="+cache, command).CombinedOutput(); err != nil {
				t.Errorf("%s: cache %s: %v\n%s", what, command, err, out)
			}
		}
	}
}

// mount mounts a file system, which takes a privilege, on a new folder.
func mount(t *testing.T, args ...string) string {
	t.Helper()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("only root on Linux can mount a small disk")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", append(args, dir)...).CombinedOutput(); err != nil {
		t.Skipf("mount: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// tmpfs mounts a file system in memory.
func tmpfs(t *testing.T, options string) string {
	t.Helper()
	return mount(t, "-t", "tmpfs", "-o", options, "tmpfs")
}

func remount(t *testing.T, dir, options string) {
	t.Helper()
	if out, err := exec.Command("mount", "-o", "remount,"+options, dir).CombinedOutput(); err != nil {
		t.Fatalf("mount: %v: %s", err, out)
	}
}

// The disk has no room for all entries, or not even for folders.
func (l *lab) testFullDisk(t *testing.T) {
	for _, size := range []string{"size=600k", "nr_inodes=100"} {
		t.Run(size, func(t *testing.T) {
			disk := tmpfs(t, size)
			cache := filepath.Join(disk, "cache")
			l.check(t, cache, "empty")
			if n := l.misses(t, cache, "full"); n == 0 {
				t.Error("the disk is not full")
			}
			l.write(t, (l.variant+1)%len(exits))
			l.check(t, cache, "full and changed")
			remount(t, disk, "size=64m,nr_inodes=10000")
			l.usable(t, cache, "with room")
		})
		if testing.Short() {
			return
		}
	}
	t.Run("ext4", l.testFullImage)
}

// testFullImage fills a disk image, whose file system delays its writes.
func (l *lab) testFullImage(t *testing.T) {
	image := filepath.Join(t.TempDir(), "image")
	writeFile(t, image, "")
	if err := os.Truncate(image, 1<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.ext4", "-q", "-b", "1024", "-N", "1024", "-O", "^has_journal", image).CombinedOutput(); err != nil {
		t.Skipf("mkfs.ext4: %v: %s", err, out)
	}
	disk := mount(t, "-o", "loop", image)
	cache := filepath.Join(disk, "cache")
	l.check(t, cache, "empty")
	if n := l.misses(t, cache, "full"); n == 0 {
		t.Error("the disk is not full")
	}
	l.write(t, (l.variant+1)%len(exits))
	l.check(t, cache, "full and changed")
	if out, err := exec.Command(l.bin, "cache", "-cache="+cache, "clean").CombinedOutput(); err != nil {
		t.Errorf("cache clean: %v\n%s", err, out)
	}
	l.check(t, cache, "clean")
}

// A folder that cannot be written is read if it has entries, and else done
// without.
func (l *lab) testReadOnly(t *testing.T) {
	var dir string
	forbid := func() { remount(t, dir, "ro") }
	if os.Getuid() == 0 { // modes do not stop root
		dir = tmpfs(t, "size=64m")
	} else {
		dir = t.TempDir()
		chmod := func(mode fs.FileMode) {
			_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
				if err == nil && d.IsDir() {
					return os.Chmod(name, mode)
				}
				return err
			})
		}
		forbid = func() { chmod(0o555) }
		t.Cleanup(func() {
			_ = os.Chmod(dir, 0o755)
			chmod(0o755)
		})
	}
	filled, empty := filepath.Join(dir, "filled"), filepath.Join(dir, "empty")
	l.check(t, filled, "first run")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	forbid()
	if err := os.WriteFile(filepath.Join(filled, "00", "probe"), nil, 0o644); err == nil {
		t.Skip("the folder can still be written")
	}
	if n := l.misses(t, filled, "filled"); n > 0 {
		t.Errorf("%d packages were not taken from the cache", n)
	}
	l.check(t, empty, "empty")
	l.check(t, filepath.Join(dir, "none"), "not there")
	l.write(t, (l.variant+1)%len(exits))
	l.check(t, filled, "filled, and changed")
}

// The clock jumps into the future and back, or into the past and back.
func (l *lab) testWrongClock(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	future, past := time.Now().AddDate(70, 0, 0), time.Unix(1, 0)
	l.write(t, 0)
	l.usable(t, cache, "first run")

	setTimes(t, cache, future)
	l.write(t, 1)
	l.usable(t, cache, "in the past of all entries")
	for _, name := range entries(t, cache) {
		if info, err := os.Stat(name); err != nil || time.Until(info.ModTime()) > time.Hour {
			t.Fatalf("%s is kept for ever: %v, %v", name, info.ModTime(), err)
		}
	}

	before := len(entries(t, cache))
	setTimes(t, cache, past)
	l.usable(t, cache, "in the future of all entries")
	if after := len(entries(t, cache)); after >= before {
		t.Errorf("%d files before the clock was set right, %d after", before, after)
	}
	l.write(t, 2)
	l.usable(t, cache, "after a change")

	// The marker of the last look at the age of entries may be wrong, too.
	before = len(entries(t, cache))
	setTimes(t, cache, past)
	writeFile(t, filepath.Join(cache, "trim.txt"), strconv.FormatInt(future.Unix(), 10))
	l.usable(t, cache, "after a look in the future")
	if after := len(entries(t, cache)); after >= before {
		t.Errorf("%d files before, %d after a look in the future", before, after)
	}
}

// setTimes sets the times of all files and markers of a cache.
func setTimes(t *testing.T, cache string, when time.Time) {
	t.Helper()
	writeFile(t, filepath.Join(cache, "trim.txt"), strconv.FormatInt(when.Unix(), 10))
	err := filepath.WalkDir(cache, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(name, when, when)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
