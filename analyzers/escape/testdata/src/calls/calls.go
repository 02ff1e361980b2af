// Package calls has code of the same shape as what is reported, and that is
// right as it is.
package calls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Package variables are initialised once, also by functions.
var (
	word  = regexp.MustCompile(`^\w+$`)                                                  // ok
	lazy  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\w+$`) }) // ok
	table = func() (all []*regexp.Regexp) {
		for range 100 {
			all = append(all, regexp.MustCompile("a")) // ok
		}
		return all
	}()
)

type server struct {
	once sync.Once
	re   *regexp.Regexp
}

func NewServer(patterns []string) *server {
	s := &server{re: regexp.MustCompile("^x")} // ok
	for range patterns {
		regexp.MustCompile("^x") // ok
	}
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := regexp.MustCompile(`^/items/(\d+)$`)            // want `regexp.MustCompile compiles the same pattern for each request, in the HTTP handler \(\*server\).ServeHTTP; compile it once`
	s.once.Do(func() { s.re = regexp.MustCompile("^y") }) // ok
	m := id.FindStringSubmatch(r.URL.Path)
	if m == nil {
		fmt.Fprint(w, s.explain(r.URL.Path))
		return
	}
	if err := s.store(m[1]); err != nil {
		fmt.Fprint(w, regexp.MustCompile("secret=.*").ReplaceAllString(err.Error(), "")) // ok
	}
	s.render(w, m[1])
}

func (s *server) explain(path string) string {
	return regexp.MustCompile("[^a-z]").ReplaceAllString(path, "?") // want `for each call from calls.go:\d+, which runs for each request, in the HTTP handler`
}

var secret *regexp.Regexp

func (s *server) Write(b []byte) (int, error) {
	if secret == nil {
		secret = regexp.MustCompile("secret=.*") // ok
	}
	re := regexp.MustCompile("secret=.*") // want `regexp.MustCompile compiles the same pattern at each call, in the method`
	return len(re.FindString(secret.String())), nil
}

func (s *server) render(w io.Writer, id string) {
	fmt.Fprint(w, regexp.MustCompile(id+"[^a-z]")) // ok
}

func (s *server) store(id string) error {
	if id == "" {
		return errors.New("empty: " + fmt.Sprintf("%d", len(id))) // ok
	}
	return nil
}

// Nobody knows how often this is called.
func match(s string) bool {
	return regexp.MustCompile("^z").MatchString(s) // ok
}

// The rounds are few, or far between.
func few(ctx context.Context, tk *time.Ticker) (out string) {
	for i := 0; i < 3; i++ {
		out += fmt.Sprintf("%d", i) // ok
		defer os.Remove(out)        // ok
	}
	for {
		select {
		case <-tk.C:
			os.Remove(fmt.Sprintf("%d", len(out))) // ok
		case <-ctx.Done():
			return out
		}
	}
}

func retry(work func() error) {
	for work() != nil {
		fmt.Println(fmt.Sprintf("%t", work == nil), regexp.MustCompile("^z")) // ok
		time.Sleep(time.Second)
	}
}

type state int

func (s state) String() string { return "state" }

type failure struct{}

// fmt says something else about these.
func formats(states []state, errs []error, floats []float64, anys []any, bytes [][]byte, ptrs []*int) (out []string) {
	for i := range states {
		out = append(out, fmt.Sprintf("%v", states[i])) // ok
		out = append(out, fmt.Sprintf("%x", states[i])) // ok
		out = append(out, fmt.Sprintf("%v", errs[i]))   // ok
		out = append(out, fmt.Sprintf("%v", floats[i])) // ok
		out = append(out, fmt.Sprintf("%d", anys[i]))   // ok
		out = append(out, fmt.Sprintf("%s", bytes[i]))  // ok
		out = append(out, fmt.Sprintf("%p", ptrs[i]))   // ok
		out = append(out, fmt.Sprintf("%5d", i))        // ok
		out = append(out, fmt.Sprintf("n%d", i))        // ok
		out = append(out, fmt.Sprintf("%q", 'x'))       // ok
		out = append(out, fmt.Sprintf("%d", 1000))      // ok
		out = append(out, fmt.Sprintf("%d", i))         // want `use strconv.Itoa`
	}
	return out
}

// Each round begins anew, or the string does not begin with itself.
func strs(in []string) (last string) {
	for _, s := range in {
		t := "<"
		t += s   // ok
		t += ">" // ok
		last = t
	}
	for _, s := range in {
		last = s + "," // ok
	}
	switch {
	case len(in) > 3:
		last += "…" // ok
	}
	return last
}

// What is known of the length is not enough, too much, or not worth it.
func rooms(in []int, work map[string][]int) {
	for range in {
		var odd []int
		for _, n := range in {
			if n%2 == 1 {
				odd = append(odd, n) // ok
			}
		}
		var first []int
		for _, n := range in {
			if len(first) == 3 {
				break
			}
			first = append(first, n) // ok
		}
		var small []int
		for i := range 4 {
			small = append(small, i) // ok
		}
		var none []struct{}
		for range in {
			none = append(none, struct{}{}) // ok
		}
		queue := []int{}
		for i := 0; i < len(queue); i++ {
			queue = append(queue, i) // ok
		}
		var large []int
		for i := range 100 {
			large = append(large, i) // want `large grows to 100 elements of 8 bytes`
		}
		_, _, _, _, _, _ = odd, first, small, none, queue, large
	}
}

// Not every element has a size.
func collect[T any](in []T) (all []T) {
	for range in {
		var out []T
		var pairs []struct{ x, y T }
		for _, v := range in {
			out = append(out, v)                          // ok
			pairs = append(pairs, struct{ x, y T }{v, v}) // ok
		}
		all = append(out, pairs[0].x)
	}
	return all
}

// It grows with a collection.
func join(in []string) (s string) {
	for _, x := range in {
		s += x // ok
	}
	return s
}

func splits(s, sep string) (n int) {
	for i, part := range strings.Split(s, sep) { // ok
		n += i * len(part)
	}
	parts := strings.Split(s, sep) // ok
	for _, part := range parts {
		n += len(part) / len(parts)
	}
	for _, part := range strings.SplitN(s, sep, 2) { // ok
		n += len(part)
	}
	for part := range strings.SplitSeq(s, sep) { // ok
		n += len(part)
	}
	return n
}

func sizes(in []int) (n int) {
	for range in {
		some := make(map[int]bool) // ok
		for _, k := range in {
			if k > 3 {
				some[k] = true
			}
		}
		first := make(map[int]bool) // ok
		for _, k := range in {
			if len(first) == 3 {
				break
			}
			first[k] = true
		}
		few := make(map[int]bool) // ok
		for i := range 8 {
			few[i] = true
		}
		known := make(map[int]bool, 8) // ok
		for _, k := range in {
			known[k] = true
		}
		n += len(some) + len(first) + len(few) + len(known)
	}
	return n
}

func room(in []int) []int {
	var once []int
	for _, n := range in {
		once = append(once, n) // ok
	}
	return once
}

func lookups(in [][]byte, m map[string]int, set map[string]bool) (n int) {
	for _, b := range in {
		once := string(b) // ok
		n += m[once]
		n += m[string(b)] // ok
		key := string(b)  // ok
		if !set[key] {
			set[key] = true
		}
		other := string(b) // ok
		b[0] = 'x'
		n += m[other] + m[other]
	}
	return n
}

// The resource outlives the round, or another analyzer speaks about it.
func deferred(names []string, mu []*sync.Mutex) ([]io.Reader, error) {
	var all []io.Reader
	for i, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() // ok
		all = append(all, f)
		mu[i].Lock()
		defer mu[i].Unlock() // ok
		_, cancel := context.WithCancel(context.Background())
		defer cancel() // ok
		if g, err := os.Open(name); err == nil {
			defer g.Close() // ok
		}
		t := newTask(name)
		defer t.apply(i) // ok
		func() {
			g, err := os.Open(name)
			if err != nil {
				return
			}
			defer g.Close() // ok
		}()
	}
	return all, nil
}

type task struct{ name string }

func newTask(name string) *task { return &task{name} }
func (t *task) apply(round int) {}

var keep = table

// Write makes the others hot.
func (s state) Write(p []byte) (int, error) {
	formats(nil, nil, nil, nil, nil, nil)
	strs(nil)
	rooms(nil, nil)
	collect([]int{})
	splits("", "")
	join(nil)
	sizes(nil)
	lookups(nil, nil, nil)
	return 0, nil
}

// In a loop of which nothing says that it runs often, a few nanoseconds are
// not worth a word.
func Report(in []int) (s string) {
	for _, n := range in {
		s += fmt.Sprintf("%d", n) // ok
	}
	return s
}
