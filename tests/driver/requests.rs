//! The tests of the spec, asked by verify: what is sent, what is compared, and what is said of it.
//!
//! Where it matters what goes over the wire, the real curl asks a server that stands for the frontend.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use crate::{System, environment};

const VERIFY: [&str; 3] = ["verify", "--only", "tests"];

/// A frontend on loopback: answers by method and target, and writes down what it was sent.
struct Frontend {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Frontend {
    fn new(answers: &[(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let answers: BTreeMap<&str, &str> = answers.iter().copied().collect();
        let told = Arc::clone(&heads);
        // It ends with the program.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let head = head_of(&mut stream);
                let (asked, _) = head.split_once(" HTTP/").unwrap();
                let answer = answers.get(asked).copied().unwrap_or("418 not known here");
                told.lock().unwrap().push(head.clone());
                let answer = format!("HTTP/1.1 {answer}\nContent-Length: 0\nConnection: close\n\n");
                stream
                    .write_all(answer.replace('\n', "\r\n").as_bytes())
                    .unwrap();
            }
        });
        Self { port, heads }
    }

    /// Leads the curl of a system here.
    fn serves(&self, system: &System) {
        system.set("server", &self.port.to_string());
    }

    /// What it was sent, each from the request line on, without what curl says of itself.
    fn heads(&self) -> Vec<String> {
        let heads = self.heads.lock().unwrap();
        let heads = heads.iter().map(|head| {
            let lines = head.lines().filter(|line| {
                !line.is_empty() && !line.starts_with("User-Agent: curl/") && *line != "Accept: */*"
            });
            lines.collect::<Vec<_>>().join("\n")
        });
        heads.collect()
    }
}

fn head_of(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

/// Whether there is a curl to ask with; else that is said, past the test harness. With `CI` set it must be there.
fn curl_is_there(what: &str) -> bool {
    let is_there = Command::new("curl").arg("--version").output().is_ok();
    if !is_there {
        assert!(!environment::in_ci(), "NOT CHECKED: {what}: no curl");
        std::io::stderr()
            .write_all(format!("NOT CHECKED: {what}, because there is no curl\n").as_bytes())
            .unwrap();
    }
    is_there
}

#[test]
fn the_example_is_asked_what_its_tests_say() {
    let system = System::up();
    let ran = system.run(&VERIFY);
    ran.succeeds()
        .changes_by(&[])
        .says("== verify tests")
        .says("ok        test the front page: 200; not seen from outside: backend frontend-app\n")
        .says(
            "ok        test the query goes along: 200; not seen from outside: backend data-service, route data-route, \
             path /healthz?page=2\n",
        )
        .does_not_say("== verify traffic");
    let asked = ran.call("curl http://abc.fz01.alb.azure.com/data/healthz?page=2 ");
    for options in [
        " --silent --show-error --max-time 20 --globoff --path-as-is --no-location --proxytunnel --suppress-connect-headers",
        " --output /dev/null --dump-header - ",
    ] {
        assert!(asked.contains(options), "{asked}");
    }
}

#[test]
fn what_is_sent_is_what_the_spec_says_word_by_word() {
    if !curl_is_there("requests of tests, as a server gets them") {
        return;
    }
    let target = "/a/../b/[1-3]/%2e%2E//'$(id)';*?q=$HOME&r=@x";
    let asked = "GET /a/../b/[1-3]/%2e%2E//'$(id)';*?q=$HOME&r=@x";
    let frontend = Frontend::new(&[
        (asked, "200 OK"),
        ("POST /orders", "201 Created"),
        ("PUT /orders", "200 OK"),
        ("HEAD /", "200 OK"),
        ("DELETE /x", "405 No"),
    ]);
    let title = "-n $(id) `id` \"a\" 'b' \\n %s *  é";
    let system = System::up_with_tests(&json!({
        (title): { "request": format!("GET {target}"), "backend": "api-service" },
        "headers": {
            "request": "POST /orders",
            "host": "shop.example.com",
            "headers": {
                "x-file": "@/etc/hostname",
                "x-flag": "--output=/tmp/x",
                "x-code": "$(id) `id` \"a\" 'b' \\n %s *",
                "x-end": "a:",
                "x-empty": "",
                "x-dash": "-",
            },
            "requestHeaders": { "x-empty": "" },
        },
        "a length of its own": {
            "request": "PUT http://shop.example.com:8080/orders",
            "headers": { "Content-Length": "0", "host": "inner.example.com" },
            "backend": "api-service",
        },
        "only the head": { "request": "HEAD /", "backend": "frontend-app" },
        "gone": { "request": "DELETE /x", "backend": { "frontend-app": "90%", "api-service": "10%" } },
    }));
    frontend.serves(&system);
    let ran = system.run(&VERIFY);
    ran.succeeds();
    for line in [
        format!("ok        test {title}: 200; not seen from outside: backend api-service\n"),
        "ok        test headers: 201; not seen from outside: header x-empty: \n".to_owned(),
        "ok        test a length of its own: 200; not seen from outside: backend api-service\n"
            .to_owned(),
        "ok        test only the head: 200;".to_owned(),
        "ok        test gone: 405; not seen from outside: backend 90% frontend-app, 10% api-service\n"
            .to_owned(),
    ] {
        ran.says(&line);
    }
    assert_eq!(
        frontend.heads(),
        [
            format!("{asked} HTTP/1.1\nHost: abc.fz01.alb.azure.com"),
            "POST /orders HTTP/1.1\nHost: shop.example.com\nx-file:@/etc/hostname\nx-flag:--output=/tmp/x\n\
             x-code:$(id) `id` \"a\" 'b' \\n %s *\nx-end:a:\nx-empty:\nx-dash:-\ncontent-length:0"
                .to_owned(),
            "PUT /orders HTTP/1.1\nHost:inner.example.com\nContent-Length:0".to_owned(),
            "HEAD / HTTP/1.1\nHost: abc.fz01.alb.azure.com".to_owned(),
            "DELETE /x HTTP/1.1\nHost: abc.fz01.alb.azure.com".to_owned(),
        ]
    );
    // And in JSON.
    let ran = system.run(&["verify", "--only", "tests", "--output", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["results"][0]["name"], format!("test {title}"));
}

#[test]
fn answers_are_compared_in_the_form_in_which_they_mean_the_same() {
    if !curl_is_there("answers to the requests of tests") {
        return;
    }
    let frontend = Frontend::new(&[
        (
            "GET /whole",
            "302 Found\nLocation: HTTP://SHOP.example.com:80/new?x=1",
        ),
        (
            // What comes before the answer is none.
            "GET /path",
            "103 Early Hints\nLocation: /wrong\nX-Served-By: hint\n\nHTTP/1.1 301 Moved\nlocation: /new/../x",
        ),
        (
            "GET /other",
            "308 Moved\nLocation:   https://other.example.com:443",
        ),
        (
            "GET /secure",
            "307 Moved\nLocation: https://abc.fz01.alb.azure.com/secure",
        ),
        (
            "GET /twice",
            "404 Not Found\nX-Served-By: a ,b\nx-served-by:c\nX-Empty:",
        ),
    ]);
    let system = System::up_with_tests(&json!({
        "whole": { "request": "GET /whole", "host": "shop.example.com", "status": 302, "location": "/new?x=1" },
        "path": { "request": "GET /path", "location": "/new/../x" },
        "other": { "request": "GET /other", "location": "https://other.example.com" },
        // The host that stands for the frontend's own address.
        "secure": { "request": "GET /secure", "location": "https://main.example/secure" },
        "twice": { "request": "GET /twice", "status": 404, "responseHeaders": { "X-Served-by": "a, b, c", "x-empty": "" } },
    }));
    frontend.serves(&system);
    let ran = system.run(&VERIFY);
    ran.succeeds()
        .says("ok        test whole: 302\n")
        .says("ok        test path: 301\n")
        .says("ok        test other: 308\n")
        .says("ok        test secure: 307\n")
        .says("ok        test twice: 404; not seen from outside: that the gateway answers by itself\n");
    // No redirect was followed.
    assert_eq!(frontend.heads().len(), 5);
}

/// What is expected, the answer, and what is said of it.
const WRONG: &[(&str, &str, &str, &str)] = &[
    (
        r#"{ "request": "GET /x", "status": 404 }"#,
        "200",
        "",
        "http://abc.fz01.alb.azure.com/x: it answers 200, not 404. Expected: that the gateway answers by itself",
    ),
    (
        r#"{ "request": "GET /x", "host": "shop.example.com", "status": 301, "location": "/new" }"#,
        "302",
        "Location: http://shop.example.com/new",
        "http://shop.example.com/x: it answers 302, not 301",
    ),
    (
        r#"{ "request": "GET /x", "location": "/new" }"#,
        "302",
        "Location: http://abc.fz01.alb.azure.com/New",
        "it leads to http://abc.fz01.alb.azure.com/New, not to http://abc.fz01.alb.azure.com/new",
    ),
    (
        r#"{ "request": "GET /x", "location": "/new" }"#,
        "302",
        "Location: https://abc.fz01.alb.azure.com/new",
        "it leads to https://abc.fz01.alb.azure.com/new, not to http://abc.fz01.alb.azure.com/new",
    ),
    (
        r#"{ "request": "GET /x", "location": "/new" }"#,
        "302",
        "",
        "it answers 302 and leads nowhere, not to http://abc.fz01.alb.azure.com/new",
    ),
    (
        r#"{ "request": "GET /x", "location": "/new" }"#,
        "201",
        "Location: /new",
        "it answers 201 and leads nowhere, not to http://abc.fz01.alb.azure.com/new",
    ),
    (
        r#"{ "request": "GET /x", "responseHeaders": { "x-served-by": "beta" } }"#,
        "200",
        "X-Served-By-Us: beta",
        "the answer (200) has no header x-served-by, which should be 'beta'",
    ),
    (
        r#"{ "request": "GET /x", "responseHeaders": { "x-served-by": "beta" } }"#,
        "200",
        "X-Served-By: beta\nX-Served-By: \u{1b}]0;title\u{7}alpha",
        "the header x-served-by is 'beta, ]0;titlealpha', not 'beta'",
    ),
    (
        r#"{ "request": "GET /x", "responseHeaders": { "x-a": "", "x-b": "1" } }"#,
        "200",
        "x-a:",
        "has no header x-b",
    ),
    (
        r#"{ "request": "GET /x", "backend": "api-service", "path": "/x" }"#,
        "404",
        "",
        "it answers 404: the gateway, where no backend takes it, or else the backend itself; then ask for a path that it knows. \
         Expected: backend api-service, path /x",
    ),
    (
        r#"{ "request": "GET /x", "route": "api-route" }"#,
        "500",
        "",
        "it answers 500: the gateway",
    ),
    (
        r#"{ "request": "GET /x", "requestHeaders": { "x-a": "1" } }"#,
        "503",
        "",
        "Expected: header x-a: 1",
    ),
];

#[test]
fn what_is_not_as_expected_fails_and_says_what_it_is() {
    let mut seen = 0;
    for (test, status, headers, says) in WRONG {
        let test: Value = serde_json::from_str(test).unwrap();
        let system = System::up_with_tests(&json!({ "it": test }));
        system.set("http", status);
        if !headers.is_empty() {
            system.set("headers", headers);
        }
        let ran = system.run(&VERIFY);
        ran.ends_with(1)
            .says("failed    test it: not within 0 s. http://")
            .says(says)
            .changes_by(&[]);
        assert!(!ran.stdout.contains('\u{1b}'), "{:?}", ran.stdout);
        seen += 1;
    }
    assert_eq!(seen, 12);
}

#[test]
fn no_answer_is_told_as_curl_tells_it() {
    let system = System::up();
    system.fail("/api/healthz", 7, "curl: (7) Failed to connect");
    system
        .run(&VERIFY)
        .ends_with(1)
        .says("failed    test the api sees no prefix: not within 0 s. curl: (7) Failed to connect")
        .says("ok        test the front page: 200");
}

/// An answer that no proxy can give: it is asked for a tunnel.
#[test]
fn a_proxy_answers_nothing_by_itself() {
    if !curl_is_there("tests behind a proxy") {
        return;
    }
    let frontend = || {
        Frontend::new(&[
            ("GET http://abc.fz01.alb.azure.com/", "200 OK"),
            ("GET /", "200 OK"),
            ("CONNECT abc.fz01.alb.azure.com:80", "403 Forbidden"),
        ])
    };
    let proxy = frontend();
    let system = System::up_with_tests(&json!({
        "it": { "request": "GET /", "backend": "frontend-app" },
    }))
    .with("http_proxy", &format!("http://127.0.0.1:{}", proxy.port));
    system.set("server", "");
    system
        .run(&VERIFY)
        .ends_with(1)
        .says("failed    test it: not within 0 s. curl: (56)")
        .says("403");
    let heads = proxy.heads();
    assert_eq!(heads.len(), 1, "{heads:?}");
    assert!(heads[0].starts_with("CONNECT "), "{heads:?}");

    let proxy = frontend();
    let system = System::up().with("http_proxy", &format!("http://127.0.0.1:{}", proxy.port));
    system.set("server", "");
    system
        .run(&["verify", "--only", "traffic"])
        .ends_with(1)
        .says("failed    route frontend-route answers at http://abc.fz01.alb.azure.com/: not within 0 s. curl: (56)");
    let heads = proxy.heads();
    assert!(
        !heads.is_empty() && heads.iter().all(|head| head.starts_with("CONNECT ")),
        "{heads:?}"
    );
}

#[test]
fn what_curl_cannot_ask_is_skipped_with_its_reason() {
    let system = System::up_with_tests(&json!({
        "known clients": { "request": "GET /", "host": "shop.example.com", "clientCertificate": true, "backend": "api-service" },
        "a call": { "request": "GRPC shop.v1.Orders/List", "backend": "api-service" },
        "by hand": { "request": "POST /x", "headers": { "Content-Type": "Application/GRPC+proto" }, "backend": "api-service" },
    }));
    let ran = system.run(&VERIFY);
    ran.succeeds()
        .says("skipped   test known clients: not asked: it needs a certificate of the client.")
        .says(
            "skipped   test a call: not asked: gRPC needs a message, which only its service knows.",
        )
        .says("skipped   test by hand: not asked: gRPC");
    assert!(
        !ran.calls.iter().any(|call| call.words.starts_with("curl")),
        "{:?}",
        ran.calls
    );
}

/// Nobody can have a certificate for Azure's own name.
#[test]
fn certificates_are_checked_but_at_the_frontends_own_address() {
    let system = System::up_with_tests(&json!({
        "ours": { "request": "GET /", "host": "shop.example.com", "scheme": "https", "backend": "api-service" },
        "theirs": { "request": "GET /x", "scheme": "https", "backend": "api-service" },
    }));
    let ran = system.run(&VERIFY);
    ran.succeeds();
    let ours = ran.call("curl https://shop.example.com/ ");
    assert!(
        ours.contains(" --connect-to ::abc.fz01.alb.azure.com: "),
        "{ours}"
    );
    assert!(!ours.contains("--insecure"), "{ours}");
    let theirs = ran.call("curl https://abc.fz01.alb.azure.com/x ");
    assert!(theirs.contains(" --insecure "), "{theirs}");
    assert!(!theirs.contains("--connect-to"), "{theirs}");
}

#[test]
fn without_tests_or_an_address_that_is_said() {
    let system = System::up_with_tests(&json!({}));
    system
        .run(&VERIFY)
        .succeeds()
        .says("unchanged tests: the spec has none");
    let system = System::up();
    std::fs::remove_file(system.path("state/applied/platform")).unwrap();
    system
        .run(&VERIFY)
        .ends_with(1)
        .says("failed    tests at frontend main: gateway cloud-native-gateway has no address yet");
}

/// What is wrong from the beginning does not wait once a test.
#[test]
fn all_tests_share_one_time() {
    let system = System::up()
        .with("AGC_PATIENCE", "2")
        .with("AGC_PAUSE", "0.2");
    system.set("http", "503");
    let ran = system.run(&VERIFY);
    ran.ends_with(1);
    let failed: Vec<&str> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("failed"))
        .collect();
    assert_eq!(failed.len(), 4, "{}", ran.stdout);
    for later in &failed[2..] {
        assert!(later.contains("not within 0 s"), "{}", ran.stdout);
    }
    assert!(!failed[0].contains("not within 0 s"), "{}", ran.stdout);
}
