package driver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
)

// Write replaces the files by their new contents, each at once or not at
// all. It leaves alone a file that is no longer what the fixes were made for,
// goes on with the others, and returns everything that went wrong.
func (f *Fixes) Write() error {
	var errs []error
	for _, file := range f.Files {
		if err := file.write(); err != nil {
			errs = append(errs, fmt.Errorf("fix %s: %w", file.Name, err))
		}
	}
	return errors.Join(errs...)
}

// write renames a finished file over the old one, so that nobody, not even
// after a crash, sees half of it.
func (f *FixedFile) write() (err error) {
	now, err := os.ReadFile(f.Name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.Old) {
		return errors.New("the file has changed since it was analysed")
	}
	info, err := os.Lstat(f.Name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o200 == 0 {
		return fmt.Errorf("not a regular file that may be written (mode %s)", info.Mode())
	}
	// The go command does not look at files whose names begin with a dot.
	temp, err := os.CreateTemp(filepath.Dir(f.Name), ".perflint-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name()) // the first error is the one to report
		}
	}()
	_, err = temp.Write(f.New)
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err = os.Chmod(temp.Name(), info.Mode().Perm()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), f.Name)
}

// Diff prints the changes as a unified diff that "git apply" and "patch -p1"
// accept when they are run in dir.
func (f *Fixes) Diff(w io.Writer, dir string) error {
	base, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("find the working directory: %w", err)
	}
	for _, file := range f.Files {
		name, err := filepath.Rel(base, file.Name)
		if err != nil {
			return fmt.Errorf("name %s relative to %s: %w", file.Name, base, err)
		}
		name = filepath.ToSlash(name)
		if _, err := w.Write(diff.Diff("a/"+name, file.Old, "b/"+name, file.New)); err != nil {
			return err
		}
	}
	return nil
}
