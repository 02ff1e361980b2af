package driver

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/cache"

	"github.com/perflint/perflint/internal/finding"
)

// A Cache keeps the outcomes of packages for later runs. Several processes may
// use one folder at the same time, and may be killed at any moment: entries
// are named by the hash of what they depend on and carry the hash of what they
// contain, so that one that is incomplete, damaged or somebody else's is as
// good as none. Failures to write are not errors; the next run does the work
// again.
type Cache struct {
	dir   string
	store *cache.Cache
}

// maxCacheSize is the size in bytes that a cache is trimmed to, sooner or
// later. Entries that were not used for five days go first.
const maxCacheSize = 2 << 30

// OpenCache opens the cache in a folder, which is made if it is not there. A
// name that cannot be a folder's is an error. A folder that cannot be used,
// because it is read-only and empty for example, is done without.
func OpenCache(dir string) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o755); errors.Is(err, syscall.ENOTDIR) {
		return nil, fmt.Errorf("open the cache: %w", err)
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("open the cache: %s is not a folder", dir)
	}
	store, err := cache.Open(dir)
	if err != nil {
		store = nil
	}
	return &Cache{dir: dir, store: store}, nil
}

// A record is one of the things that the cache keeps of a package. They are
// apart because a run without changes needs only the small ones.
type record string

const (
	digestRecord   record = "digest"
	imageRecord    record = "image"
	findingsRecord record = "findings" // followed by what they depend on
)

// findingsRecord returns the record of the node's findings, of which there is
// one for each set of options that change only what is shown.
func (n *node) findingsRecord() record { return findingsRecord + record(n.shown) }

// get returns a record. It begins with its own key, so that an entry that
// was moved to another name is not taken for what it is not.
func (c *Cache) get(key cache.ActionID, r record) ([]byte, bool) {
	if c.store == nil {
		return nil, false
	}
	id := cache.Subkey(key, string(r))
	data, _, err := c.store.GetBytes(id)
	if err != nil || len(data) < len(id) || !bytes.Equal(data[:len(id)], id[:]) {
		return nil, false
	}
	return data[len(id):], true
}

func (c *Cache) put(key cache.ActionID, r record, data []byte) {
	if c.store == nil {
		return
	}
	id := cache.Subkey(key, string(r))
	_ = c.store.PutBytes(id, append(id[:], data...)) // a full disk costs speed only
}

// A digest stands for all that importers can learn from a package.
type digest struct {
	image [32]byte // types and facts of the package, and facts of what it imports
	facts [32]byte // the facts alone
}

// lookup fills in the outcome of a node from an earlier run. It reports false
// if there is none, or none with findings where these are needed.
func (c *Cache) lookup(n *node, findings bool) bool {
	aged := c.aged(n.key, digestRecord)
	data, ok := c.get(n.key, digestRecord)
	if !ok || len(data) != 64 {
		return false
	}
	var list []finding.Finding
	if findings {
		data, ok := c.get(n.key, n.findingsRecord())
		if !ok || len(data) > 0 && gob.NewDecoder(bytes.NewReader(data)).Decode(&list) != nil {
			return false
		}
	}
	copy(n.digest.image[:], data[:32])
	copy(n.digest.facts[:], data[32:])
	n.findings, n.sealed, n.cached = list, true, true
	if aged {
		// The image is not needed now, but may be when something changes.
		c.touch(n.key, imageRecord)
		c.touch(n.key, n.findingsRecord())
	}
	return true
}

// aged reports whether the store will note that a record was used: it does
// so once an hour.
func (c *Cache) aged(key cache.ActionID, r record) bool {
	id := cache.Subkey(key, string(r))
	info, err := os.Stat(filepath.Join(c.dir, fmt.Sprintf("%02x", id[0]), fmt.Sprintf("%x-a", id)))
	return err == nil && time.Since(info.ModTime()) >= time.Hour
}

// touch notes that a record was used.
func (c *Cache) touch(key cache.ActionID, r record) {
	if entry, err := c.store.Get(cache.Subkey(key, string(r))); err == nil {
		c.store.OutputFile(entry.OutputID)
	}
}

// keep stores the outcome of a node for later runs.
func (c *Cache) keep(n *node, findings bool) {
	if findings {
		var buf bytes.Buffer
		if len(n.findings) > 0 {
			if err := gob.NewEncoder(&buf).Encode(n.findings); err != nil {
				return // not storable: analysed again next time
			}
		}
		c.put(n.key, n.findingsRecord(), buf.Bytes())
	}
	c.put(n.key, imageRecord, n.image.bytes())
	c.put(n.key, digestRecord, append(n.digest.image[:], n.digest.facts[:]...))
}

// image returns the image of a node that lookup has found, or nil if it is
// not there any more.
func (c *Cache) image(n *node) *image {
	data, ok := c.get(n.key, imageRecord)
	if !ok || len(data) < 8 {
		return nil
	}
	size := binary.LittleEndian.Uint64(data)
	if data = data[8:]; size > uint64(len(data)) {
		return nil
	}
	return &image{types: data[:size:size], facts: data[size:]}
}

// bytes returns the stored form of an image.
func (im *image) bytes() []byte {
	data := binary.LittleEndian.AppendUint64(nil, uint64(len(im.types)))
	return append(append(data, im.types...), im.facts...)
}

// CacheInfo describes a cache.
type CacheInfo struct {
	Dir     string
	Entries int
	Bytes   int64
}

// Info returns what the cache holds.
func (c *Cache) Info() (CacheInfo, error) {
	info := CacheInfo{Dir: c.dir}
	files, err := c.files()
	for _, f := range files {
		info.Entries++
		info.Bytes += f.size
	}
	return info, err
}

// Clean removes all entries. A run that is under way loses nothing but time.
func (c *Cache) Clean() error {
	removeTrees(filepath.Join(c.dir, treeFolder), "", time.Now().Add(-staleTree))
	files, err := c.files()
	errs := []error{err}
	for _, f := range files {
		if err := os.Remove(f.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// A cacheFile is a file of the cache; an entry has two.
type cacheFile struct {
	name string
	size int64
	used time.Time // the last time, to the hour
}

// files returns the files of the cache, and none of those that somebody may
// have put beside them.
func (c *Cache) files() ([]cacheFile, error) {
	var files []cacheFile
	for i := range 256 {
		folder := filepath.Join(c.dir, fmt.Sprintf("%02x", i))
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue // not there, or not a folder: nothing of ours
		}
		for _, e := range entries {
			name := e.Name()
			if len(name) != 66 || !strings.HasPrefix(name, fmt.Sprintf("%02x", i)) || name[64:] != "-a" && name[64:] != "-d" {
				continue
			}
			info, err := e.Info()
			if err != nil || !info.Mode().IsRegular() {
				continue // removed by another process in between
			}
			files = append(files, cacheFile{filepath.Join(folder, name), info.Size(), info.ModTime()})
		}
	}
	return files, nil
}

// trim removes entries that were not used for days and, if the cache is still
// too large, those not used for longest. It looks at most once an hour. What
// the clock does cannot make it keep too much: sizes count, and times decide
// about the order only.
func (c *Cache) trim(limit int64) {
	if c.store == nil {
		return
	}
	_ = c.store.Trim() // at most once a day; a failure leaves a larger cache
	marker := filepath.Join(c.dir, "size-checked")
	if info, err := os.Lstat(marker); err == nil {
		if info.Mode()&fs.ModeSymlink != 0 && os.Remove(marker) != nil {
			return // it is not ours to write to where it points
		}
		if age := time.Since(info.ModTime()); age >= 0 && age < time.Hour {
			return
		}
	}
	now := time.Now()
	if os.WriteFile(marker, nil, 0o644) != nil && os.Chtimes(marker, now, now) != nil {
		return // a folder that cannot be written
	}
	files, _ := c.files()
	var total int64
	for _, f := range files {
		total += f.size
		if f.used.Sub(now) > time.Hour {
			_ = os.Chtimes(f.name, now, now) // the clock was wrong; it would stay for ever
		}
	}
	if total <= limit {
		return
	}
	slices.SortFunc(files, func(a, b cacheFile) int {
		return cmp.Or(a.used.Compare(b.used), cmp.Compare(a.name, b.name))
	})
	for _, f := range files {
		if total <= limit*3/4 {
			break
		}
		if err := os.Remove(f.name); err == nil || errors.Is(err, fs.ErrNotExist) {
			total -= f.size
		}
	}
}
