package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/shikong-cim/shikong/api/imports"
	"github.com/shikong-cim/shikong/api/tokens"
	"github.com/shikong-cim/shikong/spatial"
)

// upload sends files to a running server.
type upload struct {
	client imports.Client
	bar    *progress
}

func newUpload(server, tokenFile string, bar *progress) (*upload, error) {
	u, err := url.Parse(server)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, usagef("--server %s is no address; write https://city.example", server)
	}
	secret, err := tokens.ReadSecret(tokenFile)
	if err != nil {
		return nil, fmt.Errorf("--token-file %s: %w", tokenFile, err)
	}
	return &upload{client: imports.Client{Server: server, Token: secret}, bar: bar}, nil
}

// run sends one file and waits for its import. What comes on a pipe is put aside first: the
// server wants to know its size and checksum before it takes it.
func (u *upload) run(ctx context.Context, in spatial.Input, opts spatial.ImportOptions) (spatial.Report, error) {
	src, remove, err := settle(ctx, in)
	if err != nil {
		return spatial.Report{}, err
	}
	defer remove()
	if _, err := formatOf(in.Name, opts.Format); err != nil {
		return spatial.Report{}, err
	}
	nameImport(&opts, in.Name)
	u.bar.start(in.Name, src.bytes)
	defer u.bar.stop()
	return u.client.Upload(ctx, src.path, opts, func(_ imports.Phase, done, total int64) { u.bar.set(done, total) })
}
