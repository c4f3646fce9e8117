package cityjson

import (
	"cmp"
	"slices"
	"time"

	"github.com/go-faster/jx"

	"github.com/shikong-cim/shikong/spatial"
)

// versioning is the member of that name of a file in which several states of a city stand side
// by side, like the commits of a repository (the versioning extension of CityJSON). A state
// lists the objects that there are in it; they stand among CityObjects under names of their
// own, and one city object has one id through all of its states.
type versioning struct {
	versions map[string]*version
	branches map[string]string // name → the latest version
	tags     map[string]string
}

// version is one state.
type version struct {
	date    time.Time
	parents []string
	objects map[string]string // name among CityObjects → id, "" where the object says it
}

// stay is when a city object stood in one of its states.
type stay struct {
	id    string
	valid spatial.Interval
}

func readVersioning(d *jx.Decoder) (*versioning, error) {
	v := &versioning{versions: map[string]*version{}, branches: map[string]string{}, tags: map[string]string{}}
	err := d.ObjBytes(func(d *jx.Decoder, key []byte) error {
		switch string(key) {
		case "versions":
			return d.ObjBytes(func(d *jx.Decoder, key []byte) error {
				name := string(key)
				one, err := readVersion(d, name)
				v.versions[name] = one
				return err
			})
		case "branches":
			return readNames(d, v.branches)
		case "tags":
			return readNames(d, v.tags)
		}
		return d.Skip()
	})
	return v, err
}

func readVersion(d *jx.Decoder, name string) (*version, error) {
	v := &version{objects: map[string]string{}}
	err := d.ObjBytes(func(d *jx.Decoder, key []byte) error {
		switch string(key) {
		case "date":
			text, err := d.Str()
			if err != nil {
				return err
			}
			if v.date, err = spatial.ParseTime(text); err != nil {
				return invalid("invalid-versioning", "the version %.40q has the date %.40q", name, text)
			}
			return nil
		case "parents":
			return d.Arr(func(d *jx.Decoder) error {
				parent, err := d.Str()
				v.parents = append(v.parents, parent)
				return err
			})
		case "objects":
			return v.readObjects(d)
		}
		return d.Skip()
	})
	return v, err
}

// readObjects reads the objects of a version: their names by id, or the names alone.
func (v *version) readObjects(d *jx.Decoder) error {
	if d.Next() == jx.Array {
		return d.Arr(func(d *jx.Decoder) error {
			name, err := d.Str()
			v.objects[name] = ""
			return err
		})
	}
	return d.ObjBytes(func(d *jx.Decoder, key []byte) error {
		id := string(key)
		name, err := d.Str()
		v.objects[name] = id
		return err
	})
}

func readNames(d *jx.Decoder, into map[string]string) error {
	return d.ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
		name := string(key)
		into[name], err = d.Str()
		return err
	})
}

// mainBranches are the names of the branch that is taken when nobody names one.
var mainBranches = []string{"main", "master"}

// latest returns the version that a branch, a tag or a version itself of that name stands for;
// without a name that of the main branch, or of the only one.
func (v *versioning) latest(name string) (string, error) {
	if name != "" {
		for _, named := range []map[string]string{v.branches, v.tags} {
			if at, ok := named[name]; ok {
				return at, nil
			}
		}
		if v.versions[name] != nil {
			return name, nil
		}
		return "", invalid("branch-missing", "the file has no branch, tag or version %.40q", name)
	}
	for _, main := range mainBranches {
		if at, ok := v.branches[main]; ok {
			return at, nil
		}
	}
	if len(v.branches) == 1 {
		for _, at := range v.branches {
			return at, nil
		}
	}
	return "", &spatial.Problem{Kind: spatial.ErrInvalid, Code: "branch-missing", Message: "the file has several branches and none of them is called main",
		Hint: "name one with --layer"}
}

// line returns the states of a branch from the first to the latest. Where branches were merged
// it goes back along the first parent, which is the branch itself.
func (v *versioning) line(name string) ([]*version, error) {
	at, err := v.latest(name)
	if err != nil {
		return nil, err
	}
	var list []*version
	for at != "" {
		one := v.versions[at]
		if one == nil || len(list) > len(v.versions) {
			return nil, invalid("invalid-versioning", "the version %.40q is not there, or comes before itself", at)
		}
		if one.date.IsZero() {
			return nil, invalid("invalid-versioning", "the version %.40q has no date", at)
		}
		list, at = append(list, one), ""
		if len(one.parents) > 0 {
			at = one.parents[0]
		}
	}
	slices.Reverse(list)
	if !slices.IsSortedFunc(list, func(later, earlier *version) int { return cmp.Or(later.date.Compare(earlier.date), -1) }) { // of one date is too late
		return nil, invalid("invalid-versioning", "a version is not younger than the one that it was made from")
	}
	return list, nil
}

// others is how many objects are in states of other branches only. The versioning may be nil.
func (v *versioning) others(stays map[string][]stay) int {
	others := map[string]bool{}
	if v != nil {
		for _, state := range v.versions {
			for name := range state.objects {
				if stays[name] == nil {
					others[name] = true
				}
			}
		}
	}
	return len(others)
}

// stays returns when each object stood, by its name among CityObjects: from the date of the
// first state that has it until that of the next that has not.
func (v *versioning) stays(branch string) (map[string][]stay, error) {
	line, err := v.line(branch)
	if err != nil {
		return nil, err
	}
	out := map[string][]stay{}
	for i, state := range line {
		for name, id := range state.objects {
			list := out[name]
			if n := len(list); i > 0 && n > 0 && list[n-1].valid.End.IsZero() {
				continue // it goes on
			}
			out[name] = append(list, stay{id, spatial.Interval{Start: state.date}})
		}
		for name, list := range out {
			if _, still := state.objects[name]; !still && list[len(list)-1].valid.End.IsZero() {
				list[len(list)-1].valid.End = state.date
			}
		}
	}
	return out, nil
}
