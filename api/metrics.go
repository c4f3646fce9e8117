package api

import (
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what Prometheus sees of the server.
type metrics struct {
	requests *prometheus.HistogramVec
	bytes    *prometheus.CounterVec
	inFlight prometheus.Gauge
	panics   prometheus.Counter
	events   prometheus.Gauge
	handler  echo.HandlerFunc
}

func newMetrics(r *prometheus.Registry) *metrics {
	m := &metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "shikong_http_request_seconds",
			Help:    "Time to answer, by method, route and status.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"method", "route", "status"}),
		bytes:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "shikong_http_response_bytes_total", Help: "Bytes of bodies before compression, by route."}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "shikong_http_requests_in_flight", Help: "Requests being answered."}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "shikong_http_panics_total", Help: "Handlers that panicked."}),
		events:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "shikong_event_clients", Help: "Open event streams."}),
	}
	r.MustRegister(m.requests, m.bytes, m.inFlight, m.panics, m.events)
	m.handler = echo.WrapHandler(promhttp.HandlerFor(r, promhttp.HandlerOpts{DisableCompression: true}))
	return m
}

func (m *metrics) observe(method, route string, status int, took time.Duration, bytes int64) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
	default:
		method = "other" // whatever clients invent must not become a label
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
	m.bytes.WithLabelValues(route).Add(float64(bytes))
}
