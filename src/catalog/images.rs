//! Container images that are known by name.

/// Image of the Job that makes database users, where the spec names none: a third party's build of go-sqlcmd with a shell.
///
/// Microsoft publishes no such image (microsoft/go-sqlcmd issue 574, open in 2026-11; `mssql-tools` holds the older
/// sqlcmd, which knows no workload identity, and so does fabiang/sqlcmd).
///
/// Seen on 2026-11-30, in fabiang/docker-go-sqlcmd: the Dockerfile puts sqlcmd into `/usr/local/bin` of `alpine`; the README
/// names tags 1.x.0; a workflow proposes one for each release of go-sqlcmd. The newest that its stored builds make is 1.2.1.
/// 1.7.0 is the first release that is known to have workload identity: go-mssqldb 1.7.2 (microsoft/go-sqlcmd pull request
/// 534), whose azidentity has it since go-mssqldb 1.1.0 (cloudquery issue 13269). Not seen: whether the registry has this
/// tag. Not tried. The runbook says both.
pub const SQL_GRANTS: &str = "docker.io/fabiang/go-sqlcmd:1.7.0";

/// What to use where nothing better is known. A name would not do: see [`NAME_THEIR_USER`].
pub const OWN: &str = "an image of your own that gives its user as a number, as in `USER 1000`";

/// Docker's official images that start as root, also those whose program then becomes another user, and what to use
/// instead. From the images' own Dockerfiles and documentation, 2026-11.
pub const START_AS_ROOT: &[(&str, &str)] = &[
    (
        "nginx",
        "nginxinc/nginx-unprivileged, which listens on 8080",
    ),
    ("httpd", OWN),
    ("caddy", OWN),
    ("traefik", OWN),
    ("tomcat", OWN),
    ("wordpress", OWN),
    ("redis", OWN),
    ("rabbitmq", OWN),
    ("mysql", "a managed database"),
    ("mariadb", "a managed database"),
    ("postgres", "a managed database"),
    ("mongo", "a managed database"),
    ("python", OWN),
    ("node", OWN),
    ("php", OWN),
    ("ruby", OWN),
    ("golang", OWN),
    ("ubuntu", OWN),
    ("debian", OWN),
    ("alpine", OWN),
    ("busybox", OWN),
];

/// Docker's official images that give their user by name, from their Dockerfiles, 2026-11. `runAsNonRoot` needs a number:
/// the kubelet does not look a name up (`verifyRunAsNonRoot` of Kubernetes).
pub const NAME_THEIR_USER: &[&str] = &["adminer", "haproxy", "jetty", "memcached"];
