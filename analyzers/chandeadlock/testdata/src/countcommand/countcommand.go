// Package countcommand has commands, and other things of that name.
package countcommand

import "context"

// A Command is one of a program.
type Command struct {
	Name, Usage string
	Run         func(args []string) error
}

var commands = []Command{{Name: "get", Usage: "get URL", Run: get}}

func work() error { return nil }

// What is left behind ends with the process: possible only.
func get(args []string) error {
	done := make(chan error)
	go func() { done <- work() }() // want `blocks for ever sending to done`
	if len(args) == 0 {
		return nil
	}
	return fetch(context.Background(), done)
}

func fetch(ctx context.Context, done chan error) error {
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// An opCommand is one of a protocol: a server runs it again and again.
type opCommand struct {
	Name string
	Run  func(args []string) error
}

var ops = []opCommand{{Name: "put", Run: put}}

func put(args []string) error {
	done := make(chan error)
	go func() { done <- work() }() // want `blocks for ever sending to done`
	if len(args) == 0 {
		return nil
	}
	return <-done
}

// A getCommand gets its options by their tags.
type getCommand struct {
	Verbose bool `long:"verbose" description:"say more"`
}

// Execute is called with the arguments of the command line: possible only.
func (c *getCommand) Execute(args []string) error {
	done := make(chan error)
	go func() { done <- work() }() // want `blocks for ever sending to done`
	if c.Verbose {
		return nil
	}
	return <-done
}

// Poll may be called at any time.
func (c *getCommand) Poll() error {
	done := make(chan error)
	go func() { done <- work() }() // want `blocks for ever sending to done`
	if c.Verbose {
		return nil
	}
	return <-done
}
