package shape_test

import (
	"fmt"
	"testing"

	"github.com/shikong-cim/shikong/ifc/shape"
)

// twice is a wall with a solid and a grooved one, and a second wall with the same two
// items in the other order.
const twice = `#300=IFCBOOLEANRESULT(.DIFFERENCE.,#31,#301);
#301=IFCEXTRUDEDAREASOLID(#32,#34,#22,9000.);
#302=IFCEXTRUDEDAREASOLID(#32,#20,#22,1000.);
#303=IFCWALL('3000000000000000000001',$,$,$,$,#50,#304,$,$);
#304=IFCPRODUCTDEFINITIONSHAPE($,$,(#305));
#305=IFCSHAPEREPRESENTATION(#10,'Body','SweptSolid',(#302,#300));`

func TestItemsOfSeveralRepresentationsAreBuiltOnce(t *testing.T) {
	m := load(t, "IFC4", "#300,#302", twice)
	b := shape.New(m, fine)
	first, second := b.Product(m.Find(100)), b.Product(m.Find(303))
	if first.Outcome != shape.Exact || second.Outcome != shape.Exact || len(first.Instances) != 2 || len(second.Instances) != 2 {
		t.Fatalf("results %+v and %+v, want two exact ones of two instances", first, second)
	}
	if first.Instances[0].Mesh != second.Instances[1].Mesh || first.Instances[1].Mesh != second.Instances[0].Mesh {
		t.Error("the second product has meshes of its own")
	}
}

func TestNoOutcomeDependsOnWhatWasBuiltBefore(t *testing.T) {
	m := load(t, "IFC4", "#300,#302", twice)
	seen := make(map[string]bool)
	for steps := int64(20); steps < 40_000; steps += steps/16 + 1 {
		opt := shape.Options{Steps: steps, Chord: fine.Chord, MaxTurn: fine.MaxTurn}
		show := func(r shape.Result) string {
			triangles := 0
			for _, in := range r.Instances {
				triangles += in.Mesh.NumTriangles()
			}
			return fmt.Sprint(r.Outcome, r.Code, r.Entity, triangles)
		}
		alone := map[uint64]string{}
		for _, n := range []uint64{100, 303} {
			alone[n] = show(shape.New(m, opt).Product(m.Find(n)))
			seen[alone[n]] = true
		}
		for _, order := range [][]uint64{{100, 303}, {303, 100}, {100, 303, 100}} {
			b := shape.New(m, opt)
			for _, n := range order {
				if got := show(b.Product(m.Find(n))); got != alone[n] {
					t.Errorf("%d steps, in the order %v: #%d is %s, by itself %s", steps, order, n, got, alone[n])
				}
			}
		}
	}
	if len(seen) < 4 {
		t.Errorf("all budgets gave the same: %v", seen)
	}
}
