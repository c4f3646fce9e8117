package step

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/shikong-cim/shikong/spatial"
)

// maxStream bounds what is read from something that is no regular file and so cannot say
// how long it is.
const maxStream = 8 << 30

// Open indexes a STEP file. A regular file is mapped into memory where the system can, so
// that its bytes need no memory of their own; anything else, such as a pipe, is read to
// its end. Close gives the memory back. The file must not be made shorter meanwhile.
func Open(path string) (*File, error) { return OpenIn(path, 1, nil) }

// OpenIn indexes a STEP file as Open does, a long one in some pieces that run may work on at
// once.
func OpenIn(path string, pieces int, run Runner) (*File, error) {
	data, unmap, err := load(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	f, err := ParseIn(data, pieces, run)
	if err != nil {
		if unmap != nil {
			err = errors.Join(err, unmap())
		}
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	f.unmap = unmap
	return f, nil
}

func load(path string) (data []byte, unmap func() error, err error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return nil, nil, err
	}
	switch {
	case info.IsDir():
		return nil, nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "is-folder",
			Message: "it is a folder, not a file"}
	case !info.Mode().IsRegular():
		data, err := io.ReadAll(io.LimitReader(in, maxStream+1))
		if err == nil && len(data) > maxStream {
			err = &spatial.Problem{Kind: spatial.ErrInvalid, Code: "step-too-large",
				Message: "more than 8 GiB came from a stream", Hint: "save it as a file first"}
		}
		return data, nil, err
	case info.Size() == 0:
		return nil, nil, nil
	case info.Size() > math.MaxInt:
		return nil, nil, &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "step-too-large",
			Message: fmt.Sprintf("the file has %d bytes, more than this system can address", info.Size())}
	}
	return mapFile(in, int(info.Size()))
}
