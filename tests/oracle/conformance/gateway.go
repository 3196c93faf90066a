package conformance

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/gateway-api/conformance/utils/roundtripper"
)

// Gateways answer requests: what they decide is the engine's word, what their backends say is what echo-basic would.
type Gateways struct {
	cluster *Cluster
	lock    sync.Mutex
	// What each question has been answered with so far, so that its shares come out even.
	turns map[string][]int
	// Where those are served that speak gRPC, by address and port.
	served map[string]string
}

// NewGateways are those of a cluster.
func NewGateways(cluster *Cluster) *Gateways {
	return &Gateways{cluster: cluster, turns: map[string][]int{}, served: map[string]string{}}
}

// question is one request on its way to the engine.
type question struct {
	address        string
	method         string
	url            string
	headers        []header
	hasCertificate bool
}

// reached is where a request got to: a backend, or no further than the gateway.
type reached struct {
	// What the gateway answers by itself; 0 where a backend does.
	status  int
	headers http.Header
	// Otherwise: the Pod, and the request that it sees.
	pod     types.NamespacedName
	method  string
	host    string
	target  string
	request http.Header
	// What happens to the answer of the Pod.
	change func(http.Header)
}

// send asks the engine, and takes the next of the backends that it names.
func (g *Gateways) send(asked question) (*reached, error) {
	file, gateway, err := g.cluster.Behind(asked.address)
	if err != nil {
		return nil, err
	}
	arguments := []string{file, asked.method, asked.url, "--gateway", gateway.String()}
	for _, header := range asked.headers {
		arguments = append(arguments, "-H", header.Name+": "+header.Value)
	}
	if asked.hasCertificate {
		arguments = append(arguments, "--client-cert")
	}
	var said traced
	if err := g.cluster.engine.ask(&said, arguments...); err != nil {
		return nil, err
	}
	turn := strings.Join(arguments, "\x00")
	answer := said.Answer
	if answer.Status != nil {
		headers := headersOf(answer.ResponseHeaders)
		if answer.Location != nil {
			headers.Set("Location", *answer.Location)
		}
		return &reached{status: *answer.Status, headers: headers}, nil
	}
	if len(answer.Backends) == 0 {
		return nil, fmt.Errorf("no answer: %s", answer.Reason)
	}
	weights := make([]int, 0, len(answer.Backends))
	for _, backend := range answer.Backends {
		weights = append(weights, backend.Share.Weight)
	}
	chosen := answer.Backends[g.next(turn, weights)]
	if chosen.Status != nil {
		return &reached{status: *chosen.Status, headers: http.Header{}}, nil
	}
	if chosen.Service == nil || chosen.Request == nil {
		return nil, errors.New("a backend has neither a status nor a request")
	}
	target := chosen.Request.Path
	if chosen.Request.Query != "" {
		target += "?" + chosen.Request.Query
	}
	for index, mirror := range answer.Mirrors {
		if mirror.Service == nil {
			continue
		}
		weights := []int{mirror.Share.Weight, mirror.Share.Of - mirror.Share.Weight}
		if g.next(fmt.Sprintf("%s\x00mirror %d", turn, index), weights) != 0 {
			continue
		}
		// It is sent when the answer has left already, and the log of a Pod knows whole seconds only.
		if err := g.write(*mirror.Service, target, time.Now().Add(time.Second)); err != nil {
			return nil, err
		}
	}
	pod, err := g.pod(*chosen.Service)
	if err != nil {
		return nil, err
	}
	if pod == nil {
		return &reached{status: http.StatusServiceUnavailable, headers: http.Header{}}, nil
	}
	changes := chosen.ResponseHeaders
	return &reached{
		pod:     *pod,
		method:  chosen.Request.Method,
		host:    chosen.Request.Host,
		target:  target,
		request: headersOf(chosen.Request.Headers),
		change: func(headers http.Header) {
			for _, header := range changes.Set {
				headers.Set(header.Name, header.Value)
			}
			for _, header := range changes.Add {
				headers.Add(header.Name, header.Value)
			}
			for _, name := range changes.Remove {
				headers.Del(name)
			}
		},
	}, nil
}

// next takes turns by weight, the same in every run: each time the one that is furthest behind its share.
func (g *Gateways) next(turn string, weights []int) int {
	g.lock.Lock()
	defer g.lock.Unlock()
	credits, isKnown := g.turns[turn]
	if !isKnown {
		credits = make([]int, len(weights))
		g.turns[turn] = credits
	}
	best, sum := 0, 0
	for index, weight := range weights {
		credits[index] += weight
		sum += weight
		if credits[index] > credits[best] {
			best = index
		}
	}
	credits[best] -= sum
	return best
}

// pod is the first behind a service; nil where there is none.
func (g *Gateways) pod(of service) (*types.NamespacedName, error) {
	pods, err := g.cluster.Pods(types.NamespacedName{Namespace: of.Namespace, Name: of.Name})
	if err != nil || len(pods) == 0 {
		return nil, err
	}
	return &pods[0], nil
}

// write is echo-basic's line about a request, as the suite searches for it.
func (g *Gateways) write(to service, target string, at time.Time) error {
	pod, err := g.pod(to)
	if err != nil || pod == nil {
		return err
	}
	g.cluster.Write(*pod, at, fmt.Sprintf("Echoing back request made to %s to client (10.1.0.1:1)", target))
	return nil
}

func headersOf(list []header) http.Header {
	headers := http.Header{}
	for _, header := range list {
		headers.Add(header.Name, header.Value)
	}
	return headers
}

// CaptureRoundTrip is roundtripper.RoundTripper.
func (g *Gateways) CaptureRoundTrip(
	request roundtripper.Request,
) (*roundtripper.CapturedRequest, *roundtripper.CapturedResponse, error) {
	target, host := request.URL, request.Host
	if host == "" {
		host = target.Host
	}
	if request.ServerName != "" {
		// The client connects to the address and names the server in its handshake.
		target.Host = request.ServerName
		if port := request.URL.Port(); port != "" {
			target.Host = net.JoinHostPort(request.ServerName, port)
		}
	}
	method := request.Method
	if method == "" {
		method = http.MethodGet
	}
	headers := []header{{"Host", host}}
	for _, name := range slices.Sorted(maps.Keys(request.Headers)) {
		headers = append(headers, header{name, request.Headers[name][0]})
	}
	got, err := g.send(question{
		address:        request.URL.Hostname(),
		method:         method,
		url:            target.String(),
		headers:        headers,
		hasCertificate: request.GetClientCertificateHook != nil,
	})
	if err != nil {
		return nil, nil, err
	}
	response := &roundtripper.CapturedResponse{Protocol: "HTTP/1.1"}
	if got.status != 0 {
		response.StatusCode, response.Headers = got.status, got.headers
		if roundtripper.IsRedirect(got.status) {
			if !request.UnfollowRedirect {
				return nil, nil, fmt.Errorf("a redirect to %q, which is not followed here", got.headers.Get("Location"))
			}
			location, err := url.Parse(got.headers.Get("Location"))
			if err != nil {
				return nil, nil, err
			}
			response.RedirectRequest = &roundtripper.RedirectRequest{
				Scheme: location.Scheme,
				Host:   location.Hostname(),
				Port:   location.Port(),
				Path:   location.Path,
			}
		}
		return &roundtripper.CapturedRequest{Method: method}, response, nil
	}
	response.StatusCode = http.StatusOK
	response.Headers = http.Header{"Content-Type": {"application/json"}, "X-Content-Type-Options": {"nosniff"}}
	echoHeaders(response.Headers, got.request)
	got.change(response.Headers)
	return &roundtripper.CapturedRequest{
		Path:      got.target,
		Host:      got.host,
		Method:    got.method,
		Protocol:  "HTTP/1.1",
		Headers:   got.request,
		Namespace: got.pod.Namespace,
		Pod:       got.pod.Name,
	}, response, nil
}

// echoHeaders are those that a request asks echo-basic for: `X-Echo-Set-Header: name:value,name:value`.
func echoHeaders(response, request http.Header) {
	for _, list := range request.Values("X-Echo-Set-Header") {
		for pair := range strings.SplitSeq(list, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), ":")
			if name == "" {
				continue
			}
			if there := response.Get(name); there != "" {
				value = there + "," + strings.TrimSpace(value)
			}
			response.Set(name, value)
		}
	}
}
