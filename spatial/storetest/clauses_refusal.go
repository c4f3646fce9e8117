package storetest

import (
	"context"
	"errors"
	"iter"
	"math"
	"strings"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// refusalClauses say which imports are refused, and that these leave no trace.
var refusalClauses = []clause{
	{"an id given twice for the same time is refused", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		p.refuse(replace("m", thing("b", "1"), thing("a", "2"), thing("b", "2")), spatial.ErrInvalid, "duplicate-id")
		p.refuse(replace("n", thing("b", "1"), thing("c", "2"), thing("b", "1")), spatial.ErrInvalid, "duplicate-id")
		p.refuse(replace("m", thing("a", "1"), thing("a", "1")), spatial.ErrInvalid, "duplicate-id")
		p.refuse(in("new", replace("m", thing("a", "1"), thing("a", "1"))), spatial.ErrInvalid, "duplicate-id")
	}},
	{"an id given twice for overlapping times is refused", func(p *play) {
		overlap := []spatial.Feature{thing("b", "1"), thing("a", "1", valid("2020-01-01", "2022-01-01")), thing("a", "2", valid("2021-12-31", ""))}
		p.refuse(replace("m", overlap...), spatial.ErrInvalid, "duplicate-id")
		p.put(replace("m", thing("a", "1", valid("2020-01-01", "2022-01-01"))))
		p.refuse(replace("m", overlap...), spatial.ErrInvalid, "duplicate-id")
		p.refuse(replace("m", thing("a", "9"), thing("a", "1", valid("2020-01-01", "2022-01-01"))), spatial.ErrInvalid, "duplicate-id")
	}},
	{"an id given twice to a continuing import is refused", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		p.refuse(continueFrom("2024-05-01", "m", thing("a", "1"), thing("a", "1")), spatial.ErrInvalid, "duplicate-id")
		p.refuse(continueFrom("2024-05-01", "m", thing("a", "2"), thing("a", "1")), spatial.ErrInvalid, "duplicate-id")
		p.refuse(continueFrom("2024-05-01", "m", thing("b", "2"), thing("b", "1")), spatial.ErrInvalid, "duplicate-id")
	}},
	{"an id that another model holds at the same time is refused", func(p *play) {
		p.put(replace("m", thing("a", "1", valid("2020-01-01", "2022-01-01")), thing("b", "1")))
		p.refuse(replace("n", thing("c", "1"), thing("b", "2")), spatial.ErrConflict, "id-taken")
		p.refuse(replace("n", thing("b", "1")), spatial.ErrConflict, "id-taken")
		p.refuse(replace("n", thing("a", "2", valid("2021-01-01", "2023-01-01"))), spatial.ErrConflict, "id-taken")
		p.refuse(continueFrom("2021-01-01", "n", thing("a", "2")), spatial.ErrConflict, "id-taken")
		p.put(continueFrom("2022-01-01", "n", thing("a", "2")))
		p.refuse(continueFrom("2021-01-01", "m", thing("a", "1"), thing("b", "1")), spatial.ErrConflict, "id-taken")
		p.check()
	}},
	{"a continuing import of features with a validity is refused", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		p.refuse(continueFrom("2024-05-01", "m", thing("a", "1", valid("2020-01-01", ""))), spatial.ErrInvalid, "")
	}},
	{"an error from the features leaves nothing", func(p *play) {
		broken := errors.New("the file is torn")
		tear := func(list ...spatial.Feature) iter.Seq2[spatial.Feature, error] {
			return func(yield func(spatial.Feature, error) bool) {
				for _, f := range list {
					if !yield(f, nil) {
						return
					}
				}
				yield(spatial.Feature{}, broken)
			}
		}
		p.put(replace("m", thing("a", "1"), thing("b", "1")))
		for _, name := range []string{city, "new"} {
			i := in(name, replace("m"))
			i.Features = tear(thing("a", "2"), thing("c", "1", body(stand(tetrahedron(1), 0, 0, 0, ""))))
			i.Frame = frame(114, 22)
			i.Collection.Title = "new title"
			p.refuse(i, broken, "")
		}
	}},
	{"a cancelled context leaves nothing", func(p *play) {
		p.put(replace("m", thing("a", "1"), thing("b", "1")))
		before := p.state()
		ctx, cancel := context.WithCancel(p.ctx)
		defer cancel()
		i := replace("m")
		i.Features = func(yield func(spatial.Feature, error) bool) {
			for n := range 5000 {
				if n == 3 {
					cancel()
				}
				if !yield(thing("x"+strings.Repeat("y", n%50)+string(rune('a'+n%26)), "2"), nil) {
					return
				}
			}
		}
		_, err := p.store.Apply(ctx, i)
		p.wantError(err, context.Canceled, "")
		p.catchUp()
		p.same("the store", p.state(), before)
		p.put(replace("m", thing("a", "3")))
		p.check()
	}},
	{"a context cancelled beforehand leaves nothing", func(p *play) {
		ctx, cancel := context.WithCancel(p.ctx)
		cancel()
		before := p.state()
		_, err := p.store.Apply(ctx, replace("m", thing("a", "1")))
		p.wantError(err, context.Canceled, "")
		p.same("the store", p.state(), before)
	}},
	{"features that cannot be stored are refused", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		mixed := geom.NewGeometryCollection()
		if err := mixed.Push(geom.NewPointFlat(geom.XY, []float64{1, 2}), geom.NewPointFlat(geom.XYZ, []float64{1, 2, 3})); err != nil {
			p.Fatal(err)
		}
		for _, bad := range []spatial.Feature{
			thing("", "no id"),
			thing(strings.Repeat("x", spatial.MaxIDLength+1), "long id"),
			thing("a\xff", "no UTF-8"),
			thing("a\x00b", "NUL"),
			thing("b", "empty interval", valid("2020-01-01", "2020-01-01")),
			thing("b", "off the Earth", at(200, 22)),
			thing("b", "NaN", at(math.NaN(), 22)),
			thing("b", "heights backwards", heights(3, 2)),
			thing("b", "measures", shape(geom.NewPointFlat(geom.XYM, []float64{1, 2, 3}))),
			thing("b", "mixed layouts", shape(mixed)),
		} {
			p.refuse(replace("m", thing("a", "1"), bad), spatial.ErrInvalid, "")
		}
	}},
	{"names that are none are refused", func(p *play) {
		p.refuse(in("", replace("m")), spatial.ErrInvalid, "invalid-name")
		p.refuse(in("a/b", replace("m")), spatial.ErrInvalid, "invalid-name")
		p.refuse(replace(""), spatial.ErrInvalid, "invalid-name")
		p.refuse(replace("a b"), spatial.ErrInvalid, "invalid-name")
	}},
	{"purging what is not there is not found", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		before := p.state()
		_, err := p.store.Purge(p.ctx, "nowhere", "")
		p.wantError(err, spatial.ErrNotFound, "")
		_, err = p.store.Purge(p.ctx, city, "nobody")
		p.wantError(err, spatial.ErrNotFound, "")
		p.same("the store", p.state(), before)
	}},
}
