package conformance

import (
	"encoding/binary"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/resolver"
	"google.golang.org/protobuf/proto"
	pb "sigs.k8s.io/gateway-api/conformance/echo-basic/grpcechoserver"
)

// gRPC is spoken for real, since one of the suite's tests brings its own client: a resolver leads every client from the
// address of a Gateway to a server on this machine, which asks the engine.

// Scheme is resolver.Builder.
func (g *Gateways) Scheme() string { return "gateways" }

// Build is resolver.Builder.
func (g *Gateways) Build(
	target resolver.Target, connection resolver.ClientConn, _ resolver.BuildOptions,
) (resolver.Resolver, error) {
	address, err := g.serve(target.Endpoint())
	if err != nil {
		return nil, err
	}
	return found{}, connection.UpdateState(resolver.State{Addresses: []resolver.Address{{Addr: address}}})
}

// found is a resolver that has no more to say.
type found struct{}

func (found) ResolveNow(resolver.ResolveNowOptions) {}
func (found) Close()                                {}

// serve is where the Gateway with this address and port can be reached.
func (g *Gateways) serve(endpoint string) (string, error) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if address, isServed := g.served[endpoint]; isServed {
		return address, nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Protocols: new(http.Protocols)}
	server.Protocols.SetUnencryptedHTTP2(true)
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.answerCall(endpoint, w, r) })
	// It ends with the program.
	go func() { _ = server.Serve(listener) }()
	g.served[endpoint] = listener.Addr().String()
	return g.served[endpoint], nil
}

func (g *Gateways) answerCall(endpoint string, w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	headers := []header{{"Host", r.Host}}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		// What is left of the client's patience is another number each time.
		if name == "Grpc-Timeout" {
			continue
		}
		for _, value := range r.Header[name] {
			headers = append(headers, header{strings.ToLower(name), value})
		}
	}
	got, err := g.send(question{address: host, method: r.Method, url: "http://" + endpoint + r.RequestURI, headers: headers})
	switch {
	case err != nil:
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", number(codes.Internal))
		w.Header().Set("Grpc-Message", strings.Join(strings.Fields(err.Error()), " "))
	case got.status != 0:
		// No gRPC: what that means is the client's to say.
		w.WriteHeader(got.status)
	case got.target == pb.GrpcEcho_Echo_FullMethodName, got.target == pb.GrpcEcho_EchoTwo_FullMethodName:
		g.echoCall(w, got)
	default:
		// echo-basic serves the two methods above.
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", number(codes.Unimplemented))
	}
}

// echoCall answers as echo-basic does: one message, behind its length.
func (g *Gateways) echoCall(w http.ResponseWriter, got *reached) {
	assertions := &pb.Assertions{
		FullyQualifiedMethod: got.target,
		Authority:            got.host,
		Context:              &pb.Context{Namespace: got.pod.Namespace, Pod: got.pod.Name},
	}
	for name, values := range got.request {
		for _, value := range values {
			assertions.Headers = append(assertions.Headers, &pb.Header{Key: strings.ToLower(name), Value: value})
		}
	}
	message, err := proto.Marshal(&pb.EchoResponse{Assertions: assertions})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "Grpc-Status")
	got.change(w.Header())
	_, _ = w.Write(append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...))
	w.Header().Set("Grpc-Status", number(codes.OK))
}

func number(code codes.Code) string {
	return strconv.Itoa(int(code))
}
