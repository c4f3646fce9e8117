package ifc

import (
	"context"
	"iter"
	"sync"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/spatial"
)

// task is one product on its way through a worker.
type task struct {
	product  model.Entity
	id, code string // code is what is wrong with the GlobalId
	done     chan made
}

// made is what a worker makes of a product.
type made struct {
	feature spatial.Feature
	skip    bool // the product is nothing in space
	outcome shape.Outcome
	body    bool
	issues  []spatial.Issue
	planned bool // there are scheduled dates for it, which are not in use
}

// waiting is how many finished products may wait, for each worker, for a slow one before
// them.
const waiting = 8

// Features yields a feature for every product that is something in space, in file order.
// The only error is the context's. It may be read once.
func (d *Delivery) Features(ctx context.Context) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var workers sync.WaitGroup
		defer workers.Wait()
		defer cancel()
		products := d.model.Products()
		d.ids = idsOf(d.model, d.opt.Model, d.opt.Taken)
		order := d.start(ctx, &workers, products)
		d.tally.begin(len(products))
		n := 0
		for t := range order {
			var r made
			select {
			case r = <-t.done:
			case <-ctx.Done():
			}
			if err := ctx.Err(); err != nil {
				yield(spatial.Feature{}, err)
				return
			}
			n++
			d.progress(n, len(products))
			d.tally.add(r)
			if !r.skip && !yield(r.feature, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(spatial.Feature{}, err)
		}
	}
}

// start sets the workers to work and returns the tasks in file order.
func (d *Delivery) start(ctx context.Context, wg *sync.WaitGroup, products []model.Entity) <-chan task {
	n := d.opt.workers()
	jobs := make(chan task)
	order := make(chan task, n*waiting)
	wg.Go(func() {
		defer close(order)
		defer close(jobs)
		for i, p := range products {
			t := task{product: p, id: d.ids.list[i], code: d.ids.codes[i], done: make(chan made, 1)}
			for _, to := range [2]chan task{order, jobs} {
				select {
				case to <- t:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	for range n {
		wg.Go(func() {
			w := d.worker()
			for t := range jobs {
				t.done <- w.make(t)
			}
		})
	}
	return order
}

func (d *Delivery) progress(done, products int) {
	if d.opt.Progress == nil || done%64 != 0 && done != products {
		return
	}
	size := d.file.Size()
	d.opt.Progress(int64(float64(size)*float64(done)/float64(products)), size)
}

// worker makes features; it belongs to one goroutine.
type worker struct {
	d      *Delivery
	shapes *shape.Builder
	reader *model.Reader
	kernel kernel.Settings
}

func (d *Delivery) worker() *worker {
	return &worker{d: d, shapes: shape.New(d.model, d.opt.Shape), reader: d.model.Reader()}
}
