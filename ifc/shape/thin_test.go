package shape_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/shikong-cim/shikong/ifc/shape"
)

// Sheets that are thinner than the chord tolerance, at the default settings: what is left of
// a volume must not hang on where the two curves of a sheet happen to be cut.
func TestThinSheetsKeepTheirVolume(t *testing.T) {
	at := func(radius, degrees float64) string {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		return fmt.Sprintf("(%.9f,%.9f)", radius*cos, radius*sin)
	}
	type sheet struct {
		name, lines string
		area        float64 // in mm²
	}
	var list []sheet
	for _, radius := range []float64{400, 3000, 25000} {
		for _, thick := range []float64{0.5, 1, 6, 40} {
			for _, angle := range []float64{3, 17, 40, 100, 179} {
				outer := radius + thick
				list = append(list, sheet{
					fmt.Sprintf("%g mm between arcs of %g mm and %g°", thick, radius, angle),
					`#301=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#302);
#302=IFCINDEXEDPOLYCURVE(#303,(IFCARCINDEX((1,2,3)),IFCLINEINDEX((3,4)),IFCARCINDEX((4,5,6)),IFCLINEINDEX((6,1))),.F.);
#303=IFCCARTESIANPOINTLIST2D((` + at(outer, 0) + "," + at(outer, angle/2) + "," + at(outer, angle) + "," +
						at(radius, angle) + "," + at(radius, angle/2) + "," + at(radius, 0) + "));",
					angle * math.Pi / 360 * (outer*outer - radius*radius),
				})
			}
			list = append(list, sheet{
				fmt.Sprintf("a tube of %g mm around %g mm", thick, radius),
				fmt.Sprintf("#301=IFCCIRCLEHOLLOWPROFILEDEF(.AREA.,$,#25,%.9f,%.9f);", radius+thick, thick),
				math.Pi * ((radius+thick)*(radius+thick) - radius*radius),
			}, sheet{
				fmt.Sprintf("a disc of %g mm with a hole that leaves %g mm", radius, thick),
				fmt.Sprintf("#301=IFCARBITRARYPROFILEDEFWITHVOIDS(.AREA.,$,#302,(#303));\n#302=IFCCIRCLE(#25,%.9f);\n#303=IFCCIRCLE(#25,%.9f);", radius+thick, radius),
				math.Pi * ((radius+thick)*(radius+thick) - radius*radius),
			})
		}
	}
	// Between an arc and its chord: 2 m wide, 5 mm high.
	radius := (1000*1000 + 5*5) / (2 * 5.)
	half := math.Asin(1000 / radius)
	list = append(list, sheet{"an arc above its chord", `#301=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#302);
#302=IFCINDEXEDPOLYCURVE(#303,(IFCARCINDEX((1,2,3)),IFCLINEINDEX((3,1))),.F.);
#303=IFCCARTESIANPOINTLIST2D(((1000.,0.),(0.,5.),(-1000.,0.)));`, radius * radius * (half - math.Sin(half)*math.Cos(half))})
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", "#300", "#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);\n"+c.lines)
			r := shape.New(m, shape.Options{}).Product(m.Find(100))
			if r.Outcome != shape.Exact || len(r.Instances) != 1 {
				t.Fatalf("outcome %v, %s: %s", r.Outcome, r.Code, r.Message)
			}
			want := c.area * 1e-6
			near(t, "volume", r.Instances[0].Mesh.Volume(), want, 0.005*want)
			if n := r.Instances[0].Mesh.NumTriangles(); n > 12_000 {
				t.Errorf("%d triangles", n)
			}
		})
	}
}
