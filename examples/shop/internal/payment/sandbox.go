package payment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Sandbox is a transport that plays the provider without a network, for
// development. It approves every card except "declined".
type Sandbox struct{}

// RoundTrip implements [http.RoundTripper].
func (Sandbox) RoundTrip(req *http.Request) (*http.Response, error) {
	defer req.Body.Close()
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	var in chargeRequest
	if err := json.NewDecoder(req.Body).Decode(&in); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	auth := authorization{ID: "sandbox-" + in.Order, Approved: in.Card != "declined"}
	if !auth.Approved {
		auth.Reason = "the sandbox declines this card"
	}
	body, err := json.Marshal(auth)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return &http.Response{
		StatusCode:    http.StatusOK,
		Status:        "200 OK",
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       req,
	}, nil
}
