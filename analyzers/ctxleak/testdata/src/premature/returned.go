package premature

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"strings"
)

var errStatus = errors.New("status")

func errorResponse(parent context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	return resp, nil // want `the response is returned here without a live context, because of cancel on line 17, which is deferred: reading its body fails with context canceled`
}

func errorBody(parent context.Context, client *http.Client, url string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, errStatus
	}
	return resp.Body, nil // want `the response is returned here`
}

func errorConditional(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	return client.Do(req.WithContext(ctx)) // want `the response is returned here`
}

func errorNamed(parent context.Context, client *http.Client, req *http.Request) (resp *http.Response, err error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	resp, err = client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	return resp, nil // want `the response is returned here`
}

func okRead(parent context.Context, client *http.Client, req *http.Request) ([]byte, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body) // ok
}

func okBodyReplaced(parent context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(strings.NewReader(string(text)))
	return resp, nil // ok
}

func okHeaderOnly(parent context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return resp, nil // ok
}

func okClosed(parent context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	return resp, nil // ok
}

func okStatus(parent context.Context, client *http.Client, req *http.Request) (int, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil // ok
}

func okCallerCancels(parent context.Context, client *http.Client, req *http.Request) (*http.Response, context.CancelFunc, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return resp, cancel, nil // ok
}

func errorRows(parent context.Context, db *sql.DB) (*sql.Rows, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return db.QueryContext(ctx, "select 1") // want `the result of the query is returned here`
}

func errorRow(parent context.Context, db *sql.DB) *sql.Row {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	row := db.QueryRowContext(ctx, "select 1")
	return row // want `the result of the query is returned here`
}

func okRow(parent context.Context, db *sql.DB) (n int, err error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	err = db.QueryRowContext(ctx, "select 1").Scan(&n)
	return n, err // ok
}

func errorTx(parent context.Context, db *sql.DB) (*sql.Tx, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, "set x = 1"); err != nil {
		return nil, err
	}
	return tx, nil // want `the transaction is returned here .* it is rolled back`
}

// A prepared statement needs the context for its preparation only.
func okStmt(parent context.Context, db *sql.DB) (*sql.Stmt, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return db.PrepareContext(ctx, "select 1") // ok
}

func errorCommand(parent context.Context) (*exec.Cmd, error) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sleep", "1")
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return cmd, nil // want `the command is returned here .* its process is killed`
}

func okCommand(parent context.Context) (*exec.Cmd, error) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sleep", "1")
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	return cmd, nil // ok
}

type session struct{ ctx context.Context }

func errorContext(parent context.Context) context.Context {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return context.WithValue(ctx, key{}, 1) // want `the context itself is returned here .* whoever gets it finds it cancelled`
}

func errorStruct(parent context.Context) *session {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return &session{ctx: ctx} // want `the context itself is returned here`
}

func okParentContext(parent context.Context) context.Context {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	use(ctx)
	return parent // ok
}

func okDetachedContext(parent context.Context) context.Context {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return context.WithoutCancel(ctx) // ok
}

func use(ctx context.Context) error { return ctx.Err() }

func okError(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return context.Cause(ctx) // ok
}

type stream interface {
	Header() (map[string][]string, error)
	Trailer() map[string][]string
	CloseSend() error
	Context() context.Context
	SendMsg(m any) error
	RecvMsg(m any) error
}

type service interface {
	Watch(ctx context.Context, n int) (stream, error)
}

func errorStream(parent context.Context, s service) (stream, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return s.Watch(ctx, 1) // want `the stream is returned here`
}

func okStream(parent context.Context, s service) error {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	st, err := s.Watch(ctx, 1)
	if err != nil {
		return err
	}
	return st.RecvMsg(nil) // ok
}

// The shape of argo-cd's revokeServerToken: its callers read the status only.
func okStatusOnly(parent context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return client.Do(req.WithContext(ctx)) // ok
}

func okStatusOnlyCaller(parent context.Context, client *http.Client, req *http.Request) int {
	resp, err := okStatusOnly(parent, client, req)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

func errorRead(parent context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return client.Do(req.WithContext(ctx)) // want `the response is returned here`
}

func errorReadCaller(parent context.Context, client *http.Client, req *http.Request) ([]byte, error) {
	resp, err := errorRead(parent, client, req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

type api struct{ client doer }

type doer interface {
	Do(req *http.Request) (*http.Response, error)
}

func (a *api) send(ctx context.Context, url string) (*http.Response, error) {
	req, err := a.request(ctx, url)
	if err != nil {
		return nil, err
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		return nil, errors.New(string(text))
	}
	return resp, nil
}

func (a *api) request(ctx context.Context, url string) (*http.Request, error) {
	return http.NewRequestWithContext(ctx, "GET", url, nil)
}

// The shape of cloudquery's shopify plugin.
func (a *api) errorCalledAtOnce(parent context.Context, url string) (*http.Response, error) {
	for {
		ctx, cancel := context.WithTimeout(parent, d)
		resp, err := a.send(ctx, url)
		cancel()
		if err == nil {
			return resp, nil // want `the response is returned here without a live context, because of cancel on line \d+, which was called`
		}
	}
}

func (a *api) okCalledOnError(parent context.Context, url string) (*http.Response, func(), error) {
	ctx, cancel := context.WithTimeout(parent, d)
	resp, err := a.send(ctx, url)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return resp, cancel, nil // ok
}

func (a *api) get(ctx context.Context, url string) ([]byte, error) {
	resp, err := a.send(ctx, url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func (a *api) okReadInside(parent context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return a.get(ctx, url) // ok
}

// The shape of kitex's handlers, which pass a context on for its values.
func okBesideError(ctx context.Context, limited bool, read func(context.Context) error) (context.Context, error) {
	if limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	err := read(ctx)
	return ctx, err // ok
}

func ErrorBesideNil(parent context.Context) (context.Context, error) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	return ctx, nil // want `the context itself is returned here .* whoever gets it finds it cancelled`
}
