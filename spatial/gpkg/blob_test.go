package gpkg_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkb"
	"github.com/twpayne/go-geom/encoding/wkbcommon"
	"github.com/twpayne/go-geom/encoding/wkt"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
)

var shapes = []string{
	"POINT (1 2)", "POINT Z (1 2 3)", "POINT EMPTY",
	"LINESTRING (1 2, 3 4)", "LINESTRING Z (1 2 3, 4 5 6)", "LINESTRING EMPTY",
	"POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1))", "POLYGON Z ((0 0 1, 4 0 1, 4 4 1, 0 0 1))", "POLYGON EMPTY",
	"MULTIPOINT (1 2, 3 4)", "MULTIPOINT (1 2, EMPTY, 3 4)", "MULTIPOINT EMPTY",
	"MULTILINESTRING ((1 2, 3 4), (5 6, 7 8, 9 10))", "MULTILINESTRING EMPTY",
	"MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1)), ((10 10, 11 10, 11 11, 10 10)))", "MULTIPOLYGON EMPTY",
	"GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))", "GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (POINT (1 2)), POLYGON ((0 0, 4 0, 4 4, 0 0)))",
	"GEOMETRYCOLLECTION EMPTY",
}

// TestBlobsAreWhatOthersReadAndWrite takes go-geom's well-known binary as the judge.
func TestBlobsAreWhatOthersReadAndWrite(t *testing.T) {
	for _, text := range shapes {
		t.Run(text, func(t *testing.T) {
			g, err := wkt.Unmarshal(text)
			if err != nil {
				t.Fatal(err)
			}
			blob, err := gpkg.AppendBlob(nil, g, 4490)
			if err != nil {
				t.Fatal(err)
			}
			for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
				body, err := wkb.Marshal(g, order, wkbcommon.WKBOptionEmptyPointHandling(wkbcommon.EmptyPointHandlingNaN))
				if err != nil {
					t.Fatal(err)
				}
				if order == binary.ByteOrder(binary.LittleEndian) && !bytes.HasSuffix(blob, body) {
					t.Errorf("got %x, want %x at the end", blob, body)
				}
				theirs := append([]byte{'G', 'P', 0, 1, 0, 0, 0, 0}, body...)
				got, err := gpkg.ReadBlob(theirs)
				if err != nil {
					t.Fatal(err)
				}
				if again, err := wkt.Marshal(got); err != nil || again != text {
					t.Errorf("%s read as %s, %v", text, again, err)
				}
			}
		})
	}
}

func TestTheHeaderOfABlob(t *testing.T) {
	for _, c := range []struct{ name, wkt, want string }{
		{"a point has no envelope", "POINT (1 2)", "47500001" + "8a110000"},
		{"an empty geometry says so", "POLYGON EMPTY", "47500011" + "8a110000"},
		{"a line has its rectangle", "LINESTRING (1 2, 0 4)", "47500003" + "8a110000" + doubles(0, 1, 2, 4)},
		{"with heights these follow", "LINESTRING Z (1 2 5, 0 4 3)", "47500005" + "8a110000" + doubles(0, 1, 2, 4, 3, 5)},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, err := wkt.Unmarshal(c.wkt)
			if err != nil {
				t.Fatal(err)
			}
			blob, err := gpkg.AppendBlob(nil, g, 4490)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(blob)[:len(c.want)]; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func doubles(list ...float64) string {
	var b []byte
	for _, v := range list {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return hex.EncodeToString(b)
}

func TestBlobsThatAreNoneAreRefused(t *testing.T) {
	ring := "4750000100000000" + "01" + "03000000" + "01000000" + "ffffffff"
	for _, c := range []struct{ name, blob string }{
		{"nothing", ""},
		{"another magic", "5047000100000000"},
		{"a newer version", "4750010100000000"},
		{"an unknown envelope", "4750000b00000000"},
		{"an extended type", "4750002100000000"},
		{"a header that ends early", "475000030000000000"},
		{"no geometry", "4750000100000000"},
		{"a third byte order", "4750000100000000" + "02" + "01000000"},
		{"an unknown type", "4750000100000000" + "01" + "11000000"},
		{"a layout beyond height and measure", "4750000100000000" + "01" + "a10f0000" + doubles(1, 2, 3)},
		{"a point that ends early", "4750000100000000" + "01" + "01000000" + doubles(1)},
		{"a ring of four billion points", ring},
		{"four billion rings", "4750000100000000" + "01" + "03000000" + "ffffffff"},
		{"four billion members", "4750000100000000" + "01" + "07000000" + "ffffffff"},
		{"a line among points", "4750000100000000" + "01" + "04000000" + "01000000" + "01" + "02000000" + doubles(1, 2, 3)},
		{"bytes behind the end", "4750000100000000" + "01" + "01000000" + doubles(1, 2) + "00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := hex.DecodeString(c.blob)
			if err != nil {
				t.Fatal(err)
			}
			if g, err := gpkg.ReadBlob(b); !errors.Is(err, spatial.ErrInvalid) {
				t.Errorf("got %v, %v", g, err)
			}
		})
	}
}

func TestCollectionsNestOnlySoDeep(t *testing.T) {
	var g geom.T = geom.NewPointFlat(geom.XY, []float64{1, 2})
	for depth := 1; depth < 100; depth++ {
		c := geom.NewGeometryCollection()
		if err := c.Push(g); err != nil {
			t.Fatal(err)
		}
		g = c
		blob, err := gpkg.AppendBlob(nil, g, 4326)
		if err != nil {
			if depth < 30 {
				t.Fatalf("depth %d: %v", depth, err)
			}
			return
		}
		if _, err := gpkg.ReadBlob(blob); err != nil {
			t.Fatalf("depth %d is written and not read: %v", depth, err)
		}
	}
	t.Fatal("a hundred levels are taken")
}

func FuzzReadBlob(f *testing.F) {
	for _, text := range shapes {
		g, err := wkt.Unmarshal(text)
		if err != nil {
			f.Fatal(err)
		}
		blob, err := gpkg.AppendBlob(nil, g, 4326)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(blob)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = gpkg.BlobBounds(b)
		g, err := gpkg.ReadBlob(b)
		if err != nil {
			return
		}
		// What is read can be written, and what is written is read as the same.
		blob, err := gpkg.AppendBlob(nil, g, 4326)
		if err != nil {
			t.Fatalf("%x is read and not written: %v", b, err)
		}
		again, err := gpkg.ReadBlob(blob)
		if err != nil {
			t.Fatalf("%x is written and not read: %v", blob, err)
		}
		twice, err := gpkg.AppendBlob(nil, again, 4326)
		if err != nil || !bytes.Equal(blob, twice) {
			t.Fatalf("%x became %x, %v", blob, twice, err)
		}
	})
}

func drawValue(t *rapid.T) spatial.Value {
	switch rapid.IntRange(0, 7).Draw(t, "kind") {
	case 0:
		return spatial.Value{}
	case 1:
		return spatial.BoolOf(rapid.Bool().Draw(t, "bool"))
	case 2:
		return spatial.IntOf(rapid.Int64().Draw(t, "int"))
	case 3:
		return spatial.FloatOf(rapid.Float64().Draw(t, "float"))
	case 4:
		return spatial.JSONOf(rapid.SampledFrom([]string{`[]`, `{}`, `[1,{"a":"]}\"\\"}]`, `{"x":[1.50, null]}`, `18446744073709551616`, `-9223372036854775809`, `1e400`}).Draw(t, "json"))
	}
	return spatial.StringOf(rapid.String().Draw(t, "text"))
}

// TestTheFastReaderOfPropertiesReadsWhatTheCarefulOneReads compares both on rows that follow
// each other, since the fast one remembers names.
func TestTheFastReaderOfPropertiesReadsWhatTheCarefulOneReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var texts []string
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			var list []spatial.Property
			for range rapid.IntRange(1, 6).Draw(t, "properties") {
				name := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "名", ""}), rapid.String()).Draw(t, "name")
				list = append(list, spatial.Property{Name: name, Value: drawValue(t)})
			}
			texts = append(texts, string(spatial.NewProperties(list).AppendJSON(nil)))
		}
		got, ok := gpkg.FastProperties(texts...)
		if !ok {
			for _, text := range texts {
				if bytes.Contains([]byte(text), []byte("e400")) {
					return // left to the careful reader
				}
			}
			t.Fatalf("the fast reader gives up on %q", texts)
		}
		for i, text := range texts {
			want, err := spatial.ParseProperties([]byte(text))
			if err != nil || !slices.Equal(got[i], want) {
				t.Fatalf("%s: got %v, want %v, %v", text, got[i], want, err)
			}
		}
	})
}

func FuzzReadProperties(f *testing.F) {
	for _, text := range []string{`{"a":1}`, `{"a":-1.5e3,"b":"\u0000","c":[{}],"d":null}`, `{`, `{"a"`, `{"a":}`, ` {"a" : 1 }`, `{"a":1}x`, `{"a":--1}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := gpkg.ReadProperties(text)
		want, wantErr := spatial.ParseProperties([]byte(text))
		if err == nil && wantErr == nil && !slices.Equal(got, want) {
			// Only texts that no Properties write may be read otherwise.
			if again := want.AppendJSON(nil); string(again) == text {
				t.Fatalf("%s: got %v, want %v", text, got, want)
			}
		}
	})
}
