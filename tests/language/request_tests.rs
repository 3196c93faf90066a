//! `tests`: what a request becomes, what is expected of it, and what is refused.

use agcgen::diagnostic::{Severity, short};
use agcgen::model::{ExpectedBackends, RequestTest};

use super::{check, spec};

const SHOP: &str = "\
workloads:
  web: { image: 'a:1', port: 8080, health: / }
  beta: { image: 'a:1', ports: { http: { containerPort: 8080, servicePort: 80 } }, serviceName: next, health: / }
  worker: { image: 'a:1' }
routes:
  home: { path: /, to: web }
";

/// The test that stands between the braces.
fn the_test(text: &str) -> RequestTest {
    let checked = check(&spec(&format!("{SHOP}tests: {{ a title: {{ {text} }} }}")));
    let told = short(&checked.sources, &checked.found);
    let model = checked.model.unwrap_or_else(|| panic!("{text}: {told}"));
    let [only] = model.tests.as_slice() else {
        panic!("{text}: {:?}", model.tests);
    };
    assert_eq!(only.title, "a title");
    only.clone()
}

/// `method url`, and what else is not as usual.
fn asked(text: &str) -> String {
    let request = the_test(&format!("{text}, backend: web")).request;
    assert_eq!(request.gateway, "shop-gateway");
    let mut asked = format!("{} {}", request.method, request.url);
    for (name, value) in request.headers {
        asked.extend([" ", &name, "=", &value]);
    }
    if request.client_certificate {
        asked += " certificate";
    }
    asked
}

#[test]
fn a_request_is_a_path_a_url_or_a_call_of_grpc() {
    for (text, request) in [
        ("request: GET /", "GET http://main.example/"),
        (
            "request: 'POST /a/b?c=d&e'",
            "POST http://main.example/a/b?c=d&e",
        ),
        ("request: GET /, frontend: main", "GET http://main.example/"),
        (
            "request: GET /, host: Shop.Example.com",
            "GET http://shop.example.com/",
        ),
        (
            "request: GET /, host: shop.example.com, scheme: https",
            "GET https://shop.example.com/",
        ),
        ("request: GET /, scheme: http", "GET http://main.example/"),
        (
            "request: GET /, clientCertificate: true",
            "GET https://main.example/ certificate",
        ),
        (
            "request: GET /, clientCertificate: false",
            "GET http://main.example/",
        ),
        (
            "request: 'HEAD https://a.example:8443'",
            "HEAD https://a.example:8443/",
        ),
        (
            "request: 'GET HTTP://A.example:80/x?y'",
            "GET http://a.example/x?y",
        ),
        (
            "request: 'GET https://a.example/', clientCertificate: true",
            "GET https://a.example/ certificate",
        ),
        (
            "request: GRPC shop.v1.Orders/List, host: a.example",
            "POST http://a.example/shop.v1.Orders/List content-type=application/grpc te=trailers",
        ),
        (
            "request: GRPC Orders/List, headers: { Content-Type: application/grpc+proto }",
            "POST http://main.example/Orders/List Content-Type=application/grpc+proto te=trailers",
        ),
        (
            "request: GET /, headers: { X-Page: 2, host: b.example }",
            "GET http://main.example/ X-Page=2 host=b.example",
        ),
    ] {
        assert_eq!(asked(text), request, "{text}");
    }
}

#[test]
fn backends_are_these_or_have_shares() {
    let backends = |text: &str| match the_test(&format!("request: GET /, backend: {text}"))
        .expected
        .backends
    {
        None => "none".to_owned(),
        Some(ExpectedBackends::These(these)) => these
            .iter()
            .map(|it| format!("{} {}:{}", it.workload, it.service, it.port))
            .collect::<Vec<_>>()
            .join(", "),
        Some(ExpectedBackends::Shares(shares)) => shares
            .iter()
            .map(|(it, share)| format!("{share} {}", it.workload))
            .collect::<Vec<_>>()
            .join(", "),
    };
    for (text, expected) in [
        ("web", "web web:8080"),
        ("[beta, web]", "beta next:80, web web:8080"),
        ("{ web: {} }", "web web:8080"),
        ("{ web: 100% }", "100% web"),
        (
            "{ web: 90%, beta: { share: 10.0% } }",
            "90% web, 10.0% beta",
        ),
        ("{ web: 99.95%, beta: 0.05% }", "99.95% web, 0.05% beta"),
        ("{ web: 0%, beta: 100% }", "0% web, 100% beta"),
        // Of five to one.
        ("{ web: 83%, beta: 17% }", "83% web, 17% beta"),
        ("{ web: 66.7%, beta: 33.33% }", "66.7% web, 33.33% beta"),
    ] {
        assert_eq!(backends(text), expected, "{text}");
    }
}

#[test]
fn a_share_is_compared_with_as_many_digits_as_are_written() {
    let share = |text: &str| agcgen::model::Share::parse(text).expect("a share");
    for (text, weight, of, is) in [
        ("90%", 9, 10, true),
        ("90%", 899, 1000, true),
        ("90%", 894, 1000, false),
        ("90.0%", 899, 1000, false),
        ("33%", 1, 3, true),
        ("33.33%", 1, 3, true),
        ("33.34%", 1, 3, false),
        ("0%", 0, 7, true),
        ("0%", 1, 7, false),
        ("100%", 7, 7, true),
        ("100%", 0, 0, false),
        ("50%", u64::MAX / 2, u64::MAX, true),
    ] {
        assert_eq!(share(text).is(weight, of), is, "{text} of {weight}/{of}");
        assert_eq!(share(text).to_string(), text);
    }
    for text in [
        "",
        "%",
        "90",
        "101%",
        "100.01%",
        "9.%",
        ".5%",
        "1.234%",
        "-1%",
        "+1%",
        "1 %",
        "99999999%",
    ] {
        assert_eq!(agcgen::model::Share::parse(text), None, "{text}");
    }
}

#[test]
fn what_else_is_expected_is_kept_as_it_is() {
    let expected = the_test(
        "request: 'GET /a?b=c', host: a.example, status: 308, location: /d, route: home, responseHeaders: { X-A: 1 }",
    )
    .expected;
    assert_eq!(expected.status, Some(308));
    assert_eq!(
        expected.location.map(|url| url.to_string()),
        Some("http://a.example/d".to_owned())
    );
    assert_eq!(expected.route.as_deref(), Some("home"));
    assert_eq!(
        expected.response_headers,
        [("X-A".to_owned(), "1".to_owned())]
    );
    assert_eq!((expected.backends, expected.path), (None, None));
    let expected = the_test("request: GET /, path: '/x?y', requestHeaders: { X-A: b }").expected;
    assert_eq!(expected.path.as_deref(), Some("/x?y"));
}

#[test]
fn a_location_is_a_url_or_a_path_at_the_same_address() {
    for (request, location, url) in [
        ("GET /", "/x", "http://main.example/x"),
        (
            "GET https://a.example:8443/y",
            "/x?z",
            "https://a.example:8443/x?z",
        ),
        ("GET /", "https://a.example", "https://a.example/"),
        ("GET /", "HTTPS://A.example:443/X", "https://a.example/X"),
    ] {
        let expected = the_test(&format!("request: '{request}', location: '{location}'")).expected;
        assert_eq!(
            expected.location.map(|url| url.to_string()).as_deref(),
            Some(url)
        );
    }
}

#[test]
fn any_line_of_text_is_a_title() {
    let titles = [
        "x-channel: beta",
        "é漢🎉",
        "<b>&amp;</b> ]]> \"'",
        "- a",
        "yes",
        " a",
        "${x} $(id)",
    ];
    let tests: serde_json::Value = titles
        .iter()
        .map(|title| {
            let test = serde_json::json!({ "request": "GET /", "backend": "web" });
            ((*title).to_owned(), test)
        })
        .collect::<serde_json::Map<_, _>>()
        .into();
    let checked = check(&spec(&format!("{SHOP}tests: {tests}")));
    let model = checked.model.expect("a model");
    let taken: Vec<&str> = model.tests.iter().map(|test| test.title.as_str()).collect();
    assert_eq!(taken, titles);
}

#[test]
fn no_tests_are_none() {
    for text in ["", "tests: {}"] {
        let checked = check(&spec(&format!("{SHOP}{text}")));
        assert_eq!(
            checked.model.map(|model| model.tests),
            Some(Vec::new()),
            "{text}"
        );
    }
}

/// What is told of the test between the braces: one line a finding, without its place.
fn told(text: &str) -> Vec<String> {
    let checked = check(&spec(&format!("{SHOP}tests: {{ a title: {{ {text} }} }}")));
    assert!(checked.model.is_none(), "{text}");
    let places = checked.places(Severity::Error);
    let told = short(&checked.sources, &checked.found);
    let told: Vec<&str> = told
        .lines()
        .filter(|line| line.contains(" error["))
        .collect();
    assert_eq!(places.len(), told.len(), "{text}: {told:?}");
    places
        .iter()
        .zip(told)
        .map(|(place, line)| {
            let word = place.splitn(3, ' ').nth(2).unwrap_or_default();
            let (_, said) = line.split_once(" error[").expect("an error");
            format!("{word} | {}", said.replacen("]:", "", 1))
        })
        .collect()
}

#[test]
fn what_cannot_be_sent_is_refused_where_it_stands() {
    for (text, finding) in [
        (
            "request: get /, backend: web",
            "get / | AGC0208 the request `get /` cannot be sent (did you mean `GET`?)",
        ),
        (
            "request: /, backend: web",
            "/ | AGC0208 the request `/` cannot be sent (write the method before it, such as `GET /`)",
        ),
        (
            "request: CONNECT /, backend: web",
            "CONNECT / | AGC0208 the request `CONNECT /` cannot be sent (write one of `GET`, `HEAD`, `POST`, `PUT`, \
             `PATCH`, `DELETE`, `OPTIONS`, `TRACE` and `GRPC`)",
        ),
        (
            "request: GRPC /a.B/C, backend: web",
            "GRPC /a.B/C | AGC0208 the request `GRPC /a.B/C` cannot be sent (write for instance `GRPC shop.v1.Orders/List`)",
        ),
        (
            "request: GET orders, backend: web",
            "GET orders | AGC0208 the request `GET orders` cannot be sent (write for instance `GET /orders` or \
             `GET https://shop.example.com/orders`)",
        ),
        (
            "request: GET /a b, backend: web",
            "GET /a b | AGC0208 the request `GET /a b` cannot be sent (write for instance `GET /orders` or \
             `GET https://shop.example.com/orders`)",
        ),
        (
            "request: 'GET http://[::1]/', backend: web",
            "'GET http://[::1]/' | AGC0208 the request `GET http://[::1]/` cannot be sent (write for instance `GET /orders` or \
             `GET https://shop.example.com/orders`)",
        ),
        (
            "request: 'GET /a?key=tok#', backend: web",
            "'GET /a?key=tok#' | AGC0208 this request cannot be sent (write for instance `GET /orders` or \
             `GET https://shop.example.com/orders`)",
        ),
        (
            "request: GET /, host: shop, backend: web",
            "shop | AGC0016 names of hosts are not in this version of agcgen (write the whole host name, such as \
             `shop.example.com`)",
        ),
        (
            "request: GET /, host: '*.a.example', backend: web",
            "'*.a.example' | AGC0208 no request goes to the host `*.a.example` (write a host name, such as \
             `shop.example.com`)",
        ),
        (
            "request: 'GET http://a.example/', host: b.example, backend: web",
            "host | AGC0208 `host` stands beside a whole URL (remove `host`, or write the path alone in `request`)",
        ),
        (
            "request: 'GET http://a.example/', scheme: http, backend: web",
            "scheme | AGC0208 `scheme` stands beside a whole URL (remove `scheme`, or write the path alone in `request`)",
        ),
        (
            "request: GET /, scheme: http, clientCertificate: true, backend: web",
            "clientCertificate | AGC0208 a client shows its certificate over TLS alone (ask by `https`, or remove \
             `clientCertificate`)",
        ),
        (
            "request: GET /, headers: { 'a b': c }, backend: web",
            "'a b' | AGC0208 no header is called `a b` (write a name of letters, digits and `-`, such as `x-channel`)",
        ),
        (
            "request: GET /, headers: { a: b, A: c }, backend: web",
            "A | AGC0208 the header `A` stands twice (keep one of them)",
        ),
        (
            "request: GET /, headers: { a: ' b' }, backend: web",
            "' b' | AGC0208 the header `a` cannot have this value (write printable ASCII without blanks at its ends)",
        ),
    ] {
        assert_eq!(told(text), [finding], "{text}");
    }
}

#[test]
fn what_cannot_be_is_refused_where_it_stands() {
    for (text, finding) in [
        (
            "request: GET /",
            "a title | AGC0209 the test expects nothing, so it cannot fail (say what has to become of it, for instance \
             `backend: web`)",
        ),
        (
            "request: GET /, backend: web, location: /x",
            "location | AGC0209 `location` and `backend` cannot both be true (remove one of the two; what status a backend \
             answers with, only the backend knows)",
        ),
        (
            "request: GET /, path: /x, status: 404",
            "status | AGC0209 `status` and `path` cannot both be true (remove one of the two; what status a backend answers \
             with, only the backend knows)",
        ),
        (
            "request: GET /, requestHeaders: { a: b }, status: 404",
            "status | AGC0209 `status` and `requestHeaders` cannot both be true (remove one of the two; what status a \
             backend answers with, only the backend knows)",
        ),
        (
            "request: GET /, status: 404, location: /x",
            "404 | AGC0209 an answer of 404 leads nowhere (write one of `301`, `302`, `303`, `307` and `308`, or remove \
             `location`)",
        ),
        (
            "request: GET /, location: x",
            "x | AGC0209 no redirect leads to `x` (write a URL, or a path such as `/orders`)",
        ),
        (
            "request: GET /, path: x",
            "x | AGC0209 no backend sees the path `x` (write a path, such as `/orders`)",
        ),
        (
            "request: GET /, backend: { web: 90%, beta: 9% }",
            "{ web: 90%, beta: 9% } | AGC0209 the shares are 99% together (let them be 100% together)",
        ),
        (
            "request: GET /, backend: { web: 90.00%, beta: 9.99% }",
            "{ web: 90.00%, beta: 9.99% } | AGC0209 the shares are 99.99% together (let them be 100% together)",
        ),
        (
            "request: GET /, backend: { web: 90%, beta: {} }",
            "{ web: 90%, beta: {} } | AGC0209 some of these backends have a share, and some have none (give each a share, or \
             list the names alone for any shares)",
        ),
        (
            "request: GET /, responseHeaders: { a: \"b\\tc\" }",
            "\"b\\tc\" | AGC0209 the header `a` cannot have this value (write printable ASCII without blanks at its ends)",
        ),
    ] {
        assert_eq!(told(text), [finding], "{text}");
    }
}

#[test]
fn names_are_those_of_the_spec() {
    for (text, finding) in [
        (
            "request: GET /, backend: wbe",
            "wbe | AGC0210 unknown workload `wbe` (did you mean `web`?)",
        ),
        (
            "request: GET /, backend: { web: 50%, zzzzzz: 50% }",
            "zzzzzz | AGC0210 unknown workload `zzzzzz` (name a workload of this spec)",
        ),
        (
            "request: GET /, backend: worker",
            "worker | AGC0204 `worker` has no port, so nothing can be sent to it (give the workload a `port`)",
        ),
        (
            "request: GET /, route: hme",
            "hme | AGC0210 unknown route `hme` (did you mean `home`?)",
        ),
        (
            "request: GET /, route: home, frontend: mian",
            "mian | AGC0210 unknown frontend `mian` (did you mean `main`?)",
        ),
    ] {
        let found = told(text);
        assert_eq!(found.first().map(String::as_str), Some(finding), "{text}");
    }
}

#[test]
fn a_title_is_one_line_and_says_something() {
    for (title, message) in [
        (
            "\"a\\nb\"",
            "AGC0101 `a\u{fffd}b` cannot be the title of a test",
        ),
        (
            "\"a\\tb\"",
            "AGC0101 `a\u{fffd}b` cannot be the title of a test",
        ),
        ("\"  \"", "AGC0101 `  ` cannot be the title of a test"),
        ("\"\"", "AGC0014 a test's title has 1 to 120 characters"),
        (
            &"x".repeat(121),
            "AGC0014 a test's title has 1 to 120 characters",
        ),
        (
            "Password=hunter2",
            "AGC0405 this title looks like a password in a connection string",
        ),
    ] {
        let text = spec(&format!(
            "{SHOP}tests: {{ {title}: {{ request: GET /, backend: web }} }}"
        ));
        let checked = check(&text);
        let found: Vec<String> = checked
            .found
            .iter()
            .filter(|finding| finding.code.severity() == Severity::Error)
            .map(|finding| format!("{} {}", finding.code, finding.message))
            .collect();
        assert_eq!(found, [message], "{title}");
        let shown = agcgen::diagnostic::human(&checked.sources, &checked.found);
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

/// What was refused elsewhere is no second mistake in a test.
#[test]
fn a_test_of_what_was_refused_says_nothing() {
    for (rest, codes) in [
        (
            "workloads: { web: { image: 'a:1', prot: 1, port: 1 } }\nroutes: { r: { to: web } }\n\
             tests: { a: { request: GET /, backend: web } }",
            ["AGC0010"],
        ),
        (
            "workloads: { web: { image: 'a:1', port: 1 } }\nroutes: { r: { to: web, pth: / } }\n\
             tests: { a: { request: GET /, route: r } }",
            ["AGC0010"],
        ),
        (
            "workloads: { web: { image: 'a:1', port: 1, canary: {} } }\n\
             tests: { a: { request: GET /, backend: web-canary } }",
            ["AGC0016"],
        ),
    ] {
        let checked = check(&spec(rest));
        let mut found = checked.codes();
        found.retain(|code| !["AGC0206", "AGC0207"].contains(&code.as_str()));
        assert_eq!(found, codes, "{rest}");
    }
}

#[test]
fn credentials_are_seen_in_tests() {
    for place in [
        "headers: { a: AccountKey=abc }",
        "requestHeaders: { a: AccountKey=abc }",
        "path: /?accountkey=abc",
    ] {
        let rest = format!("{SHOP}tests: {{ a: {{ request: GET /, backend: web, {place} }} }}");
        let checked = check(&spec(&rest));
        let mut codes = checked.codes();
        codes.retain(|code| code.as_str() == "AGC0405");
        assert_eq!(codes, ["AGC0405"], "{place}");
    }
}

/// The driver asks the tests; no other file knows of them.
#[test]
fn only_the_driver_knows_of_a_test() {
    let render = |text: &str| {
        let model = check(&spec(text)).model.expect("a model");
        let rendered = agcgen::render::render(&model).expect("files");
        rendered
            .files
            .into_iter()
            .map(|file| (file.path.to_string(), file.text))
            .collect::<Vec<_>>()
    };
    let with = format!("{SHOP}tests: {{ a: {{ request: GET /, backend: web }} }}\n");
    let files = render(SHOP);
    assert!(files.len() > 15, "{}", files.len());
    let with_tests = render(&with);
    assert_eq!(files.len(), with_tests.len());
    let changed: Vec<&str> = files
        .iter()
        .zip(&with_tests)
        .filter(|(one, other)| one != other)
        .map(|((path, _), _)| path.as_str())
        .collect();
    assert_eq!(changed, ["driver/system.tsv"]);
}
