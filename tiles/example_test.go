package tiles_test

import (
	"fmt"

	"github.com/shikong-cim/shikong/tiles"
)

func ExampleAt() {
	c := tiles.At(114.057865, 22.543096, 14)
	b := c.Box()
	fmt.Printf("%s from %.4f, %.4f to %.4f, %.4f\n", c, b.Min[0], b.Min[1], b.Max[0], b.Max[1])
	// Output: 14/13382/7138 from 114.0381, 22.5329 to 114.0601, 22.5531
}
