package tiles

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
)

// flights has each piece of work done once for all who wait for it, and stops it when the
// last of them has gone.
type flights struct {
	mu   sync.Mutex
	list map[string]*flight
}

type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int
	body    []byte
	err     error
}

// do returns what work returns. The work runs in its own goroutine under a context that
// ends when nobody waits any longer; a panic in it is an error.
func (f *flights) do(ctx context.Context, key string, work func(context.Context) ([]byte, error)) ([]byte, error) {
	f.mu.Lock()
	one, ok := f.list[key]
	if !ok {
		inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
		one = &flight{done: make(chan struct{}), cancel: cancel}
		f.list[key] = one
		go func() {
			defer cancel()
			one.body, one.err = guarded(inner, work)
			f.forget(key, one)
			close(one.done)
		}()
	}
	one.waiting++
	f.mu.Unlock()

	select {
	case <-one.done:
		return one.body, one.err
	case <-ctx.Done():
		f.mu.Lock()
		defer f.mu.Unlock()
		if one.waiting--; one.waiting == 0 {
			one.cancel()
			if f.list[key] == one {
				delete(f.list, key) // who comes now begins anew
			}
		}
		return nil, ctx.Err()
	}
}

func (f *flights) forget(key string, one *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.list[key] == one {
		delete(f.list, key)
	}
}

func guarded(ctx context.Context, work func(context.Context) ([]byte, error)) (body []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("make a tile: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx)
}
