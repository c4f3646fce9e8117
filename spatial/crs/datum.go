package crs

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Datum is a geodetic reference frame: what ties an ellipsoid to the Earth. Two datums
// give the same place different longitudes and latitudes, up to hundreds of metres apart.
type Datum struct {
	code      int
	name      string
	ellipsoid Ellipsoid
	aliases   []string // further names, as files spell them
	list      *nullOffset
}

// nullOffset is a place on the list of frames between which longitude, latitude and
// height are taken over unchanged.
type nullOffset struct {
	frame    string
	accuracy float64 // metres, against WGS 84
	note     string
}

// The null-offset list. It is short on purpose: each of these frames is a realisation of
// the same geocentric system, off from the others by the motion of its plate since its
// epoch and by centimetres of realisation. The accuracies are those that EPSG gives the
// null transformation to WGS 84 (1149, 9936, 8450); for CGCS2000 EPSG has none, and 1 m
// covers the 3 cm a year by which eastern Asia moved since 2000.
var (
	listWGS84    = &nullOffset{"WGS 84", 0, ""}
	listITRF     = &nullOffset{"ITRF", 1, "ITRF coordinates move with their epoch, 2 to 7 cm a year"}
	listCGCS2000 = &nullOffset{"CGCS2000", 1, "CGCS2000 is ITRF97 at epoch 2000.0; the plate has moved about 3 cm a year since"}
	listETRS89   = &nullOffset{"ETRS89", 1, "ETRS89 moves with Europe, about 2.5 cm a year against WGS 84 since 1989"}
	listJGD2011  = &nullOffset{"JGD2011", 1, "JGD2011 is ITRF94/ITRF2008 at epochs 1997.0 and 2011.4"}
	listGDA2020  = &nullOffset{"GDA2020", 3, "GDA2020 is ITRF2014 at epoch 2020.0; Australia moves 7 cm a year"}
)

// NewDatum returns a datum of one's own, such as that of a city's grid. It is the same only
// as one of the same name and ellipsoid, and goes nowhere without a configured transform.
func NewDatum(name string, e Ellipsoid) (*Datum, error) {
	if !e.valid() || nameKey(name) == "" {
		return nil, unsupported("give a name, the semi-major axis in metres and the inverse flattening",
			"the datum %s on the ellipsoid %s with semi-major axis %g and inverse flattening %g is not one of the Earth", quote(name), quote(e.Name), e.A, e.InvF)
	}
	return &Datum{name: name, ellipsoid: e}, nil
}

// Name returns the name in the EPSG dataset, or what the file that declared it says.
func (d *Datum) Name() string { return d.name }

// Code returns the EPSG datum code, 0 for a datum that only a file declared.
func (d *Datum) Code() int { return d.code }

// Ellipsoid returns the figure that the datum measures on.
func (d *Datum) Ellipsoid() Ellipsoid { return d.ellipsoid }

// NullOffset reports whether the datum is on the list of frames between which coordinates
// are taken over unchanged, under which frame's name, and how many metres it may be off
// from WGS 84.
func (d *Datum) NullOffset() (frame string, accuracy float64, ok bool) {
	if d.list == nil {
		return "", 0, false
	}
	return d.list.frame, d.list.accuracy, true
}

// same reports whether two values mean the same datum. Datums without a code are the same
// when name and ellipsoid are.
func (d *Datum) same(o *Datum) bool {
	if d == o {
		return true
	}
	if d.code != 0 || o.code != 0 {
		return d.code == o.code
	}
	return nameKey(d.name) == nameKey(o.name) && d.ellipsoid.sameAs(o.ellipsoid)
}

// DatumByCode returns the datum of an EPSG datum code such as 6326, or an error with code
// crs-unsupported.
func DatumByCode(code int) (*Datum, error) {
	if d, ok := datumIndex().byCode[code]; ok {
		return d, nil
	}
	return nil, unsupported("", "the datum EPSG:%d is not known here", code)
}

// DatumByName returns the datum that a name means: EPSG's, ESRI's with or without "D_",
// the name of its geographic system, or a system's code such as "EPSG:4326". The error has
// code crs-unsupported.
func DatumByName(name string) (*Datum, error) {
	if d := datumNamed(name); d != nil {
		return d, nil
	}
	if c, err := parseIdentifier(name); err == nil {
		return c.datum, nil
	}
	return nil, unsupported("", "the datum %s is not known here", quote(name))
}

// datumNamed finds a datum by its name or an alias, nil when there is none.
func datumNamed(name string) *Datum {
	return datumIndex().byName[nameKey(name)]
}

//go:embed datums.tsv
var datumTable string

// datumTables finds datums by code and by the key of their names.
type datumTables struct {
	byCode map[int]*Datum
	byName map[string]*Datum
}

// datumIndex is made once, on first use. Of two datums with one name the first counts, and
// the ones below come before those of datums.tsv.
var datumIndex = sync.OnceValue(func() datumTables {
	t := datumTables{byCode: map[int]*Datum{}, byName: map[string]*Datum{}}
	put := func(d *Datum) {
		t.byCode[d.code] = d
		for _, name := range append([]string{d.name}, d.aliases...) {
			if key := nameKey(name); key != "" && t.byName[key] == nil {
				t.byName[key] = d
			}
		}
	}
	for _, d := range datums {
		put(d)
	}
	for line := range strings.Lines(datumTable) {
		if line[0] == '#' {
			continue
		}
		put(parseDatum(strings.Split(strings.TrimSuffix(line, "\n"), "\t")))
	}
	return t
})

// parseDatum reads a line of datums.tsv: code, name, ellipsoid, axis, inverse flattening and
// further names.
func parseDatum(f []string) *Datum {
	code, err := strconv.Atoi(f[0])
	if err != nil || len(f) != 6 {
		panic(fmt.Sprintf("crs: datums.tsv is embedded: %q", f)) //nolint:forbidigo // only a broken build has another
	}
	a, _ := strconv.ParseFloat(f[3], 64)
	invF, _ := strconv.ParseFloat(f[4], 64)
	d := &Datum{code: code, name: f[1], ellipsoid: Ellipsoid{f[2], a, invF}}
	if f[5] != "" {
		d.aliases = strings.Split(f[5], "|")
	}
	return d
}

// datums are those with a word of their own to say; datums.tsv has the others. Realisations of ETRS89 stand on the
// null-offset list with it: EPSG gives each a null transformation of 0 to 0.5 m.
var datums = []*Datum{
	{code: 6326, name: "World Geodetic System 1984", ellipsoid: ellWGS84, list: listWGS84,
		aliases: []string{"WGS 84", "WGS84", "WGS_1984", "World Geodetic System 1984 ensemble"}},
	{code: 1043, name: "China 2000", ellipsoid: ellCGCS2000, list: listCGCS2000,
		aliases: []string{"CGCS2000", "China_2000", "China Geodetic Coordinate System 2000", "CGCS_2000", "China_Geodetic_Coordinate_System_2000", "国家2000", "2000国家大地坐标系"}},
	{code: 1128, name: "Japanese Geodetic Datum 2011", ellipsoid: ellGRS80, list: listJGD2011,
		aliases: []string{"JGD2011", "JGD_2011"}},
	{code: 6258, name: "European Terrestrial Reference System 1989", ellipsoid: ellGRS80, list: listETRS89,
		aliases: []string{"ETRS89", "ETRS_1989", "European Terrestrial Reference System 1989 ensemble"}},
	{code: 1168, name: "Geocentric Datum of Australia 2020", ellipsoid: ellGRS80, list: listGDA2020,
		aliases: []string{"GDA2020", "GDA_2020"}},

	{code: 6655, name: "International Terrestrial Reference Frame 1997", ellipsoid: ellGRS80, list: listITRF, aliases: []string{"ITRF97", "ITRF_1997"}},
	{code: 6656, name: "International Terrestrial Reference Frame 2000", ellipsoid: ellGRS80, list: listITRF, aliases: []string{"ITRF2000", "ITRF_2000"}},
	{code: 6896, name: "International Terrestrial Reference Frame 2005", ellipsoid: ellGRS80, list: listITRF, aliases: []string{"ITRF2005", "ITRF_2005"}},
	{code: 1061, name: "International Terrestrial Reference Frame 2008", ellipsoid: ellGRS80, list: listITRF, aliases: []string{"ITRF2008", "ITRF_2008"}},
	{code: 1165, name: "International Terrestrial Reference Frame 2014", ellipsoid: ellGRS80, list: listITRF, aliases: []string{"ITRF2014", "ITRF_2014"}},
	{code: 1322, name: "International Terrestrial Reference Frame 2020", ellipsoid: ellGRS80, list: listITRF, aliases: []string{"ITRF2020", "ITRF_2020"}},

	{code: 6619, name: "SWEREF99", ellipsoid: ellGRS80, list: listETRS89},
	{code: 6171, name: "Reseau Geodesique Francais 1993 v1", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"RGF93 v1", "RGF93", "RGF_1993", "Reseau_Geodesique_Francais_1993"}},
	{code: 1312, name: "Reseau Geodesique Francais 1993 v2", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"RGF93 v2"}},
	{code: 1313, name: "Reseau Geodesique Francais 1993 v2b", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"RGF93 v2b"}},
	{code: 1132, name: "Rete Dinamica Nazionale 2008", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"RDN2008"}},
	{code: 6670, name: "Istituto Geografico Militaire 1995", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"IGM95", "IGM_1995"}},
	{code: 1167, name: "Bulgaria Geodetic System 2005", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"BGS2005"}},
	{code: 1305, name: "ETRF2000 Poland", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"ETRF2000-PL"}},
	{code: 1353, name: "ETRS89/DREF91 Realization 2016", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"ETRS89/DREF91/2016"}},
	{code: 1358, name: "BH_ETRS89", ellipsoid: ellGRS80, list: listETRS89},
	{code: 1214, name: "Serbian Spatial Reference System 2000", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"SRB_ETRS89"}},
	{code: 6126, name: "Lithuania 1994 (ETRS89)", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"LKS94", "Lithuania_1994"}},
	{code: 6661, name: "Latvian geodetic coordinate system 1992", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"LKS-92", "Latvia_1992"}},
	{code: 6173, name: "IRENET95", ellipsoid: ellGRS80, list: listETRS89},
	{code: 6180, name: "Estonia 1997", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"EST97"}},
	{code: 6761, name: "Croatian Terrestrial Reference System", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"HTRS96"}},
	{code: 6765, name: "Slovenia Geodetic Datum 1996", ellipsoid: ellGRS80, list: listETRS89, aliases: []string{"Slovenia 1996", "D96"}},

	{code: 6214, name: "Beijing 1954", ellipsoid: ellKrass, aliases: []string{"Beijing_1954", "北京54"}},
	{code: 6610, name: "Xian 1980", ellipsoid: ellIAG75, aliases: []string{"Xian_1980", "西安80"}},
	{code: 1045, name: "New Beijing", ellipsoid: ellKrass},
	{code: 6611, name: "Hong Kong 1980", ellipsoid: ellIntl, aliases: []string{"HK1980", "HK80"}},
	{code: 1026, name: "Taiwan Datum 1997", ellipsoid: ellGRS80, aliases: []string{"TWD97", "TWD_1997"}},
	{code: 6612, name: "Japanese Geodetic Datum 2000", ellipsoid: ellGRS80, aliases: []string{"JGD2000", "JGD_2000"}},
	{code: 6301, name: "Tokyo", ellipsoid: ellBessel, aliases: []string{"Tokyo 1918"}},
	{code: 6737, name: "Korean Geodetic Datum 2002", ellipsoid: ellGRS80, aliases: []string{"KGD2002", "Korea_2000", "Korea_Geodetic_Datum_2002"}},
	{code: 6757, name: "SVY21", ellipsoid: ellWGS84},
	{code: 6283, name: "Geocentric Datum of Australia 1994", ellipsoid: ellGRS80, aliases: []string{"GDA94", "GDA_1994"}},
	{code: 6167, name: "New Zealand Geodetic Datum 2000", ellipsoid: ellGRS80, aliases: []string{"NZGD2000", "NZGD_2000"}},
	{code: 6289, name: "Amersfoort", ellipsoid: ellBessel},
	{code: 6314, name: "Deutsches Hauptdreiecksnetz", ellipsoid: ellBessel, aliases: []string{"DHDN", "Deutsche_Hauptdreiecksnetz"}},
	{code: 6312, name: "Militar-Geographische Institut", ellipsoid: ellBessel, aliases: []string{"MGI"}},
	{code: 6313, name: "Reseau National Belge 1972", ellipsoid: ellIntl, aliases: []string{"BD72", "Belge_1972"}},
	{code: 6277, name: "Ordnance Survey of Great Britain 1936", ellipsoid: ellAiry, aliases: []string{"OSGB36", "OSGB_1936"}},
	{code: 6230, name: "European Datum 1950", ellipsoid: ellIntl, aliases: []string{"ED50", "European_1950"}},
	{code: 6269, name: "North American Datum 1983", ellipsoid: ellGRS80, aliases: []string{"NAD83", "North_American_1983"}},
	{code: 6759, name: "NAD83 (National Spatial Reference System 2007)", ellipsoid: ellGRS80, aliases: []string{"NAD83(NSRS2007)", "NAD_1983_NSRS2007"}},
	{code: 1116, name: "NAD83 (National Spatial Reference System 2011)", ellipsoid: ellGRS80, aliases: []string{"NAD83(2011)", "NAD_1983_2011"}},
	{code: 6674, name: "Sistema de Referencia Geocentrico para las AmericaS 2000", ellipsoid: ellGRS80, aliases: []string{"SIRGAS 2000", "SIRGAS_2000"}},
	{code: 6747, name: "Greenland 1996", ellipsoid: ellGRS80, aliases: []string{"GR96", "Greenland_1996"}},
}
