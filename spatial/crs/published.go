package crs

import "fmt"

// unasked says when a published transform is used without being configured.
type unasked int

const (
	never  unasked = iota
	direct         // between its own two datums
	always         // and to reach any other frame of the null-offset list
)

// publishedRow is a Helmert transform of the EPSG dataset.
type publishedRow struct {
	code, from, to int // from and to are datum codes
	name           string
	p              [7]float64 // DX DY DZ, RX RY RZ, ppm
	convention     RotationConvention
	accuracy       float64
	area           string
	unasked        unasked
}

// published lists transforms of the EPSG dataset by their code. Those used unasked are
// what PROJ takes too when it has no grids: the one transform in force, given by the
// datum's own authority for the whole area, at 1 m or better. All others are taken only
// when the caller names them, since their areas or accuracies compete.
var published = []publishedRow{
	{9281, 6289, 6258, "Amersfoort to ETRS89 (8)", [7]float64{565.7381, 50.4018, 465.2904, 1.91514 * microradian, -1.60363 * microradian, 9.09546 * microradian, 4.07244}, CoordinateFrame, 0.25, "Netherlands, onshore", always},
	{6698, 6612, 1128, "JGD2000 to JGD2011 (2)", [7]float64{}, "", 1, "Japan, except the north of Honshu, which the earthquake of 2011 moved by up to 5 m", always},
	{1826, 6612, 6326, "JGD2000 to WGS 84 (1)", [7]float64{}, "", 1, "Japan, except the north of Honshu, which the earthquake of 2011 moved by up to 5 m", direct},
	{8048, 6283, 1168, "GDA94 to GDA2020 (1)", [7]float64{0.06155, -0.01087, -0.04019, -0.0394924, -0.0327221, -0.0328979, -0.009994}, CoordinateFrame, 0.01, "Australia", direct},
	{1825, 6611, 6326, "Hong Kong 1980 to WGS 84 (1)", [7]float64{-162.619, -276.959, -161.764, -0.067753, 2.243648, 1.158828, -1.094246}, CoordinateFrame, 1, "Hong Kong", always},

	{4833, 6289, 6326, "Amersfoort to WGS 84 (4)", [7]float64{565.4171, 50.3319, 465.5524, 1.9342 * microradian, -1.6677 * microradian, 9.1019 * microradian, 4.0725}, CoordinateFrame, 1, "Netherlands, onshore", direct},
	{1777, 6314, 6326, "DHDN to WGS 84 (2)", [7]float64{598.1, 73.7, 418.2, 0.202, 0.045, -2.455, 6.7}, PositionVector, 3, "Germany, western states", never},
	{15869, 6314, 6326, "DHDN to WGS 84 (3)", [7]float64{612.4, 77, 440.2, -0.054, 0.057, -2.797, 2.55}, PositionVector, 2, "Germany, eastern states", never},
	{1778, 6314, 6258, "DHDN to ETRS89 (3)", [7]float64{597.1, 71.4, 412.1, 0.894, 0.068, -1.563, 7.58}, PositionVector, 1, "Germany, western states, south", never},
	{1779, 6314, 6258, "DHDN to ETRS89 (4)", [7]float64{584.8, 67, 400.3, 0.105, 0.013, -2.378, 10.29}, PositionVector, 1, "Germany, western states, centre", never},
	{1780, 6314, 6258, "DHDN to ETRS89 (5)", [7]float64{590.5, 69.5, 411.6, -0.796, -0.052, -3.601, 8.3}, PositionVector, 1, "Germany, western states, north", never},
	{1618, 6312, 6326, "MGI to WGS 84 (3)", [7]float64{577.326, 90.129, 463.919, 5.137, 1.474, 5.297, 2.4232}, PositionVector, 1.5, "Austria", never},
	{15928, 6313, 6258, "BD72 to ETRS89 (2)", [7]float64{-106.8686, 52.2978, -103.7239, -0.3366, 0.457, -1.8422, -1.2747}, CoordinateFrame, 0.2, "Belgium, onshore", never},
	{1314, 6277, 6326, "OSGB36 to WGS 84 (6)", [7]float64{446.448, -125.157, 542.06, 0.15, 0.247, 0.842, -20.489}, PositionVector, 2, "Great Britain", never},
	{1188, 6269, 6326, "NAD83 to WGS 84 (1)", [7]float64{}, "", 4, "Canada and USA", never},
	{15931, 6759, 6326, "NAD83(NSRS2007) to WGS 84 (1)", [7]float64{}, "", 2, "USA", never},
	{9774, 1116, 6326, "NAD83(2011) to WGS 84 (1)", [7]float64{}, "", 2, "USA", never},
	{15484, 6301, 6326, "Tokyo to WGS 84 (108)", [7]float64{-146.414, 507.337, 680.507}, "", 9, "Japan, onshore", never},
	{3830, 1026, 6326, "TWD97 to WGS 84 (1)", [7]float64{}, "", 1, "Taiwan", never},
	{15831, 6737, 6326, "KGD2002 to WGS 84 (1)", [7]float64{}, "", 1, "Republic of Korea", never},
	{8886, 6757, 6326, "SVY21 to WGS 84 (1)", [7]float64{}, "", 1, "Singapore", never},
	{1565, 6167, 6326, "NZGD2000 to WGS 84 (1)", [7]float64{}, "", 1, "New Zealand", never},
	{15894, 6674, 6326, "SIRGAS 2000 to WGS 84 (1)", [7]float64{}, "", 1, "Latin America", never},
	{15879, 6747, 6326, "GR96 to WGS 84 (1)", [7]float64{}, "", 1, "Greenland", never},
}

// microradian converts the microradians in which EPSG gives some rotations to arc-seconds.
const microradian = 648000 / 3.14159265358979323846 * 1e-6

// helmert returns the row as a transform.
func (r publishedRow) helmert() Helmert {
	from, _ := DatumByCode(r.from)
	to, _ := DatumByCode(r.to)
	return Helmert{
		Code: r.code, Name: r.name, From: from, To: to, DX: r.p[0], DY: r.p[1], DZ: r.p[2],
		RX: r.p[3], RY: r.p[4], RZ: r.p[5], ScalePPM: r.p[6],
		Convention: r.convention, Accuracy: r.accuracy, Area: r.area,
	}
}

// PublishedTransform returns a Helmert transform of the EPSG dataset by its operation
// code, such as 1777 for DHDN to WGS 84, to be handed to Transform. A code that is not in
// the small table here is an error with code datum-transform-required.
func PublishedTransform(code int) (Helmert, error) {
	for _, r := range published {
		if r.code == code {
			return r.helmert(), nil
		}
	}
	return Helmert{}, &Error{Code: CodeDatumTransform, Message: fmt.Sprintf("the datum transform EPSG:%d is not known here", code),
		Hint: "give its parameters instead"}
}

// PublishedTransforms returns all transforms in the table that start at a datum.
func PublishedTransforms(from *Datum) []Helmert {
	var all []Helmert
	for _, r := range published {
		if r.from == from.code {
			all = append(all, r.helmert())
		}
	}
	return all
}

// unaskedTransform returns the transform between two datums that is used without being
// configured: the direct one, else one from the first to the null-offset list.
func unaskedTransform(from, to *Datum) (h Helmert, ok bool) {
	for _, r := range published {
		if r.from != from.code || r.unasked == never {
			continue
		}
		if r.to == to.code {
			return r.helmert(), true
		}
		if r.unasked == always && !ok {
			h, ok = r.helmert(), true
		}
	}
	return h, ok
}
