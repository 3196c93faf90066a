//! HTTP, as far as a gateway takes part in it.

/// Methods that a route can match (Gateway API v1.5.1, `HTTPMethod`, read 2026-11), but `CONNECT`: it asks for no path.
pub const METHODS: &[&str] = &[
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
];

/// Statuses of a redirect (Gateway API v1.5.1, `HTTPRequestRedirectFilter`, read 2026-11).
pub const REDIRECTS: &[u16] = &[301, 302, 303, 307, 308];

/// Most characters of a header's name and of its value (Gateway API v1.5.1, `HTTPHeader`, read 2026-11).
pub const HEADER_MOST: (usize, usize) = (256, 4096);

/// Headers of every call of gRPC (gRPC over HTTP/2, read 2026-11: "Call-Definition → Method Scheme Path TE … Content-Type").
pub const GRPC_HEADERS: &[(&str, &str)] =
    &[("content-type", "application/grpc"), ("te", "trailers")];
