package crs_test

import (
	"errors"
	"fmt"

	"github.com/shikong-cim/shikong/spatial/crs"
)

func ExampleTransform() {
	from, _ := crs.Parse("CGCS2000_3_Degree_GK_CM_114E")
	op, _ := crs.Transform(from, crs.WGS84())
	coords := []float64{505952.246, 2493940.801, 12.5}
	_ = op.Apply(coords, 3)
	fmt.Printf("%.6f %.6f %.1f\n", coords[0], coords[1], coords[2])
	fmt.Println(op.Accuracy(), "m:", op.Notes()[0])
	// Output:
	// 114.057865 22.543096 12.5
	// 1 m: China 2000 and World Geodetic System 1984 are taken as the same (null offset), 1 m
}

func ExampleTransform_refused() {
	from, _ := crs.ByCode(2434)
	_, err := crs.Transform(from, crs.CGCS2000())
	var e *crs.Error
	fmt.Println(errors.As(err, &e), e.Code)
	// Output: true datum-transform-required
}

func ExampleCRS_Check() {
	c, _ := crs.Parse("EPSG:4547")
	fmt.Println(c.Check(38505952.246, 2493940.801))
	// Output: the easting 38505952.25 carries the zone number 38, but EPSG:4547 (CGCS2000 / 3-degree Gauss-Kruger CM 114E) has none; use EPSG:4526 (CGCS2000 / 3-degree Gauss-Kruger zone 38)
}

func ExampleNewENU() {
	frame, _ := crs.NewENU(crs.CGCS2000().Datum(), 114.05, 22.54, 0)
	e, n, u := frame.Forward(114.06, 22.54, 30)
	fmt.Printf("%.2f %.2f %.2f\n", e, n, u)
	// Output: 1028.67 0.03 29.92
}
