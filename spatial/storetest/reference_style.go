package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// Styles lists all styles by name.
func (r *Reference) Styles(context.Context) ([]spatial.Style, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []spatial.Style
	for _, s := range r.styles {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b spatial.Style) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

// Style returns one.
func (r *Reference) Style(_ context.Context, name string) (spatial.Style, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s, ok := r.styles[name]
	if !ok {
		return s, noStyle(name)
	}
	return s, nil
}

// PutStyle keeps a style.
func (r *Reference) PutStyle(_ context.Context, s spatial.Style) error {
	if err := spatial.CheckName("style", s.Name); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.styles == nil {
		r.styles = map[string]spatial.Style{}
	}
	s.Changed = time.Now()
	r.styles[s.Name] = s
	return nil
}

// DropStyle removes a style.
func (r *Reference) DropStyle(_ context.Context, name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.styles[name]; !ok {
		return noStyle(name)
	}
	delete(r.styles, name)
	return nil
}

func noStyle(name string) error {
	return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "not-found", Message: fmt.Sprintf("there is no style %q", name)}
}
