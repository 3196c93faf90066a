package conformance

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	pb "sigs.k8s.io/gateway-api/conformance/echo-basic/grpcechoserver"
	"sigs.k8s.io/gateway-api/conformance/utils/grpc"
)

// SendRPC is grpc.Client: a call is a POST with the method as its path.
func (g *Gateways) SendRPC(_ *testing.T, address string, expected grpc.ExpectedResponse, _ time.Duration) (*grpc.Response, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	var method string
	switch {
	case expected.EchoRequest != nil:
		method = pb.GrpcEcho_Echo_FullMethodName
	case expected.EchoTwoRequest != nil:
		method = pb.GrpcEcho_EchoTwo_FullMethodName
	case expected.EchoThreeRequest != nil:
		method = pb.GrpcEcho_EchoThree_FullMethodName
	default:
		return nil, errors.New("no request is given")
	}
	authority := address
	headers := []header{{"content-type", "application/grpc"}, {"te", "trailers"}}
	if metadata := expected.RequestMetadata; metadata != nil {
		if metadata.Authority != "" {
			authority = metadata.Authority
		}
		for _, name := range slices.Sorted(maps.Keys(metadata.Metadata)) {
			headers = append(headers, header{name, metadata.Metadata[name]})
		}
	}
	got, err := g.send(question{
		address: host,
		method:  http.MethodPost,
		url:     fmt.Sprintf("http://%s%s", address, method),
		headers: append(headers, header{"Host", authority}),
	})
	if err != nil {
		return nil, err
	}
	response := &grpc.Response{Headers: &metadata.MD{}, Trailers: &metadata.MD{}}
	switch {
	case got.status != 0:
		response.Code = codeOf(got.status)
	case got.target == pb.GrpcEcho_Echo_FullMethodName, got.target == pb.GrpcEcho_EchoTwo_FullMethodName:
		response.Response = &pb.EchoResponse{Assertions: &pb.Assertions{
			FullyQualifiedMethod: got.target,
			Authority:            got.host,
			Context:              &pb.Context{Namespace: got.pod.Namespace, Pod: got.pod.Name},
		}}
		for name, values := range got.request {
			for _, value := range values {
				assertions := response.Response.Assertions
				assertions.Headers = append(assertions.Headers, &pb.Header{Key: name, Value: value})
			}
		}
	default:
		// echo-basic serves the two methods above.
		response.Code = codes.Unimplemented
	}
	return response, nil
}

// Close is grpc.Client: no connection is kept.
func (g *Gateways) Close() {}

// codeOf is what a client makes of an answer that is no gRPC (github.com/grpc/grpc, doc/http-grpc-status-mapping.md).
func codeOf(status int) codes.Code {
	switch status {
	case http.StatusBadRequest:
		return codes.Internal
	case http.StatusUnauthorized:
		return codes.Unauthenticated
	case http.StatusForbidden:
		return codes.PermissionDenied
	case http.StatusNotFound:
		return codes.Unimplemented
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return codes.Unavailable
	default:
		return codes.Unknown
	}
}
