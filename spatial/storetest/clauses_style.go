package storetest

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/spatial"
)

// styleClauses say how a store keeps styles.
var styleClauses = []clause{
	{"a style is kept until it is dropped, and counts as no change", func(p *play) {
		s, ok := p.store.(spatial.Styles)
		if !ok {
			p.Fatalf("%T keeps no styles", p.store)
		}
		p.put(replace("m", thing("a", "1")))
		before, err := p.store.Meta(p.ctx)
		p.must(err)
		names := func() (list []string) {
			all, err := s.Styles(p.ctx)
			p.must(err)
			for _, one := range all {
				list = append(list, one.Name+" "+string(one.Body))
			}
			return list
		}
		if got := names(); len(got) != 0 {
			p.Fatalf("a new store has the styles %v", got)
		}
		p.must(s.PutStyle(p.ctx, spatial.Style{Name: "夜", Body: json.RawMessage(`{"version":8,"name":"夜 \"1\""}`)}))
		p.must(s.PutStyle(p.ctx, spatial.Style{Name: "day", Body: json.RawMessage(`{}`)}))
		p.must(s.PutStyle(p.ctx, spatial.Style{Name: "day", Body: json.RawMessage(`{"version":8}`)}))
		if diff := cmp.Diff([]string{`day {"version":8}`, `夜 {"version":8,"name":"夜 \"1\""}`}, names()); diff != "" {
			p.Fatalf("-want +got:\n%s", diff)
		}
		one, err := s.Style(p.ctx, "day")
		if err != nil || string(one.Body) != `{"version":8}` || time.Since(one.Changed) > time.Hour || time.Until(one.Changed) > time.Hour {
			p.Fatalf("%+v, %v", one, err)
		}
		p.must(s.DropStyle(p.ctx, "day"))
		if _, err := s.Style(p.ctx, "day"); !errors.Is(err, spatial.ErrNotFound) {
			p.Fatalf("a dropped style: %v", err)
		}
		if err := s.DropStyle(p.ctx, "day"); !errors.Is(err, spatial.ErrNotFound) {
			p.Fatalf("dropped twice: %v", err)
		}
		if err := s.PutStyle(p.ctx, spatial.Style{Name: "../etc", Body: json.RawMessage(`{}`)}); !errors.Is(err, spatial.ErrInvalid) {
			p.Fatalf("a name that is none: %v", err)
		}
		if after, err := p.store.Meta(p.ctx); err != nil || after != before {
			p.Fatalf("%+v after %+v, %v", after, before, err)
		}
		p.check()
	}},
}
