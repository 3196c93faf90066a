//! Container images that are known by name.

/// Image of the Job that makes database users, where the spec names none: a third party's build of go-sqlcmd with a shell.
///
/// Microsoft publishes no such image (microsoft/go-sqlcmd issue 574, open in 2026-11; `mssql-tools` holds the older
/// sqlcmd, which knows no workload identity). Not tried, and the runbook says so.
pub const SQL_GRANTS: &str = "docker.io/fabiang/sqlcmd:1.8.2";

/// Repositories of images that start as root, and what to use instead. From the images' own documentation, 2026-11.
pub const START_AS_ROOT: &[(&str, &str)] = &[
    (
        "nginx",
        "nginxinc/nginx-unprivileged, which listens on 8080",
    ),
    ("httpd", "an image built to listen on 8080 as a user"),
    ("redis", "bitnami-style images that set a user"),
    ("mysql", "a managed database"),
    ("postgres", "a managed database"),
    ("traefik", "the tag of your own that sets a user"),
    ("haproxy", "haproxytech images that set a user"),
    ("python", "an image of your own that sets a user"),
    ("node", "an image of your own that says `USER node`"),
    ("ubuntu", "an image of your own that sets a user"),
    ("debian", "an image of your own that sets a user"),
    ("alpine", "an image of your own that sets a user"),
    ("busybox", "an image of your own that sets a user"),
];
