package p

type conn struct {
	C    chan int
	Body *body
	n    int
}

type body struct{}

func (*conn) Close() error
func (*conn) Reopen()
func (*conn) Send(int)
func dial() (*conn, error)
func closeAll(*conn)
func ping(*conn)
func give(*conn)
func cond() bool

type server struct{ c *conn }

func lostNever() {
	c, _ := dial()
	c.Send(1)
}

func okErrorEdge() error {
	c, err := dial()
	if err != nil {
		return err
	}
	return c.Close()
}

func lostOnPath() error {
	c, err := dial()
	if err != nil {
		return err
	}
	if cond() {
		return nil
	}
	return c.Close()
}

func okNilEdge() {
	c, _ := dial()
	if c == nil {
		return
	}
	c.Close()
}

func okErrorInVariable() (err error) {
	var c *conn
	defer func() { _ = err }()
	if c, err = dial(); err != nil {
		return err
	}
	closeAll(c)
	return nil
}

func lostBorrowed() error {
	c, err := dial()
	if err != nil {
		return err
	}
	ping(c)
	return nil
}

func okGiven() error {
	c, err := dial()
	if err != nil {
		return err
	}
	give(c)
	return nil
}

func lostReopened() error {
	c, err := dial()
	if err != nil {
		return err
	}
	c.Close()
	c.Reopen()
	return nil
}

func okDeferReopened() error {
	c, err := dial()
	if err != nil {
		return err
	}
	defer c.Close()
	c.Close()
	c.Reopen()
	return nil
}

func okDrained() error {
	c, err := dial()
	if err != nil {
		return err
	}
	<-c.C
	return nil
}

// Received from in one case only.
func lostSelect(other chan int) {
	c, _ := dial()
	if c == nil {
		return
	}
	select {
	case <-c.C:
	case <-other:
	}
}

func okSelect(other chan int) {
	c, _ := dial()
	if c == nil {
		return
	}
	select {
	case <-c.C:
	case <-other:
		c.Close()
	}
}

func okField(s *server) error {
	c, err := dial()
	s.c = c
	return err
}

func okMethodValue() {
	c, _ := dial()
	if c != nil {
		defer func(f func() error) { f() }(c.Close)
	}
}

func Fresh() *conn {
	c, err := dial()
	if err != nil {
		return nil
	}
	return c
}

func FreshOrError() (*conn, error) { return dial() }

func Borrow(c *conn)             { c.Send(1) }
func BorrowTwice(n int, c *conn) { Borrow(c); Borrow(c) }
func Close(c *conn)              { c.Close() }
func Maybe(c *conn) {
	if cond() {
		c.Close()
	}
}

func lostFresh() {
	if c := Fresh(); c != nil {
		Borrow(c)
	}
}

func okFresh() {
	if c := Fresh(); c != nil {
		Close(c)
	}
}

func okMaybe() {
	if c := Fresh(); c != nil {
		Maybe(c)
	}
}

func noError(err error) bool
func wrap(err error) error
func retry(err error) (bool, error)

func okVerdict() {
	c, err := dial()
	if !noError(err) {
		return
	}
	c.Close()
}

func okWrapped() error {
	c, err := dial()
	if err = wrap(err); err != nil {
		return err
	}
	return c.Close()
}

func okRetried() (bool, error) {
	c, err := dial()
	again, err := retry(err)
	if again {
		return true, err
	}
	if err != nil {
		return false, err
	}
	return false, c.Close()
}

// The verdict tells nothing once the error is known to be nil.
func lostAfterVerdict() error {
	c, err := dial()
	if noError(err) {
		ping(nil)
	}
	if err != nil {
		return err
	}
	if cond() {
		return nil
	}
	return c.Close()
}
