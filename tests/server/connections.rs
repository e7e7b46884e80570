//! A connection that fails says why: in time, and without secrets.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use odm::{Database, Error, ErrorKind, Outcome, prelude::*};
use tests::Standalone;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
}

const PASSWORD: &str = "s3cret-marker";
const LIMIT: Duration = Duration::from_secs(1);
/// It takes half a second, and more on a busy machine. The driver's own limit is 30 s.
const SOON: Duration = Duration::from_secs(5);

async fn connect(uri: &str) -> Database {
    odm::connect(uri).await.unwrap()
}

/// The errors of a read and a write, which must not have been sent.
async fn refused(db: &Database, limit: Option<Duration>) -> [Error; 2] {
    let (mut find, mut insert) = (Item::find(), Item::insert(&Item { id: 1 }));
    if let Some(limit) = limit {
        (find, insert) = (find.timeout(limit), insert.timeout(limit));
    }
    let (read, write) = futures::join!(find.all(db), insert.run(db));
    let errors = [read.unwrap_err(), write.unwrap_err()];
    assert_eq!(errors[1].outcome(), Outcome::NotSent, "{:?}", errors[1]);
    errors
}

/// Both errors name the cause, and no password.
fn assert_named(errors: &[Error], causes: &[&str]) {
    for error in errors {
        let text = error.to_string();
        assert!(causes.iter().all(|cause| text.contains(cause)), "{text}");
        assert!(!format!("{error:?}{error:#?}{text}").contains(PASSWORD), "{error:?}");
        assert!(!text.contains('\n'), "{text}");
    }
}

fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn a_closed_port_is_named_when_the_limit_passes() {
    let address = closed_port();
    let db = connect(&format!("mongodb://u:{PASSWORD}@{address}/shop")).await;
    let errors = refused(&db, Some(LIMIT)).await;
    assert!(errors.iter().all(|error| matches!(error.kind(), ErrorKind::Timeout)), "{errors:?}");
    assert_named(&errors, &[&address.to_string(), "refused"]);
}

#[tokio::test]
async fn a_closed_port_is_named_when_the_driver_gives_up() {
    let address = closed_port();
    let uri = format!("mongodb://u:{PASSWORD}@{address}/shop?serverSelectionTimeoutMS=700");
    let errors = refused(&connect(&uri).await, None).await;
    assert!(errors.iter().all(|error| matches!(error.kind(), ErrorKind::Unavailable(_))));
    assert_named(&errors, &[&format!("reached: {address}"), "refused"]);
}

#[tokio::test]
async fn a_host_that_is_not_known_is_named_when_the_limit_passes() {
    let uri = format!("mongodb://u:{PASSWORD}@no-such-host.invalid/shop");
    let errors = refused(&connect(&uri).await, Some(LIMIT * 5)).await;
    assert_named(&errors, &["no-such-host.invalid"]);
}

/// A certificate for `127.0.0.1` by itself, and the key with it.
struct Certificate(PathBuf);

impl Certificate {
    /// `None` if the machine has no `openssl`.
    fn make(name: &str) -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("odm-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .args(["-keyout", "key.pem", "-out", "ca.pem"])
            .current_dir(&folder)
            .output()
            .ok()?;
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        std::fs::write(folder.join("both.pem"), read("key.pem") + &read("ca.pem")).unwrap();
        Some(Self(folder))
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(Path::new(&self.0));
    }
}

/// Tells the cause in time, also without a limit, and also to the second operation: it will not
/// pass.
async fn assert_at_once(uri: &str, causes: &[&str]) -> [Error; 2] {
    for limit in [None, Some(SOON)] {
        let db = connect(uri).await;
        for _ in 0..2 {
            let begun = Instant::now();
            let errors = refused(&db, limit).await;
            assert!(begun.elapsed() < SOON, "{:?}: {errors:?}", begun.elapsed());
            assert_named(&errors, causes);
        }
    }
    refused(&connect(uri).await, Some(LIMIT)).await
}

#[tokio::test]
async fn a_server_without_tls_is_named_at_once() {
    let server = Standalone::start().await;
    let address = server.member().address();
    let uri = format!("mongodb://{address}/shop?directConnection=true&tls=true");
    let limited = assert_at_once(&uri, &["tls", &address.to_string()]).await;
    assert_named(&limited, &["tls"]);
}

#[tokio::test]
async fn a_certificate_that_is_refused_is_named_at_once() {
    let (Some(own), Some(other)) = (Certificate::make("own"), Certificate::make("other")) else {
        eprintln!("there is no openssl");
        return;
    };
    let file = own.file("both.pem");
    let key = ["--tlsMode", "preferTLS", "--tlsCertificateKeyFile", &file];
    let server = Standalone::start_with(&key).await;
    let port = server.member().address().port();
    let uri = |host: &str, ca: &str| {
        format!("mongodb://{host}:{port}/shop?directConnection=true&tls=true&tlsCAFile={ca}")
    };
    let db = connect(&uri("127.0.0.1", &own.file("ca.pem"))).await;
    Item::insert(&Item { id: 7 }).run(&db).await.unwrap();

    let unknown = uri("127.0.0.1", &other.file("ca.pem"));
    let limited = assert_at_once(&unknown, &["certificate"]).await;
    assert_named(&limited, &["certificate"]);
    let wrong_name = uri("localhost", &own.file("ca.pem"));
    let limited = assert_at_once(&wrong_name, &["certificate"]).await;
    assert_named(&limited, &["certificate"]);
}

#[tokio::test]
async fn a_wrong_password_is_named_at_once_and_not_shown() {
    let server = Standalone::start_with(&["--auth"]).await;
    let address = server.member().address();
    // The first user has roles of `admin` only; it makes the second.
    let root = doc! { "createUser": "root", "pwd": "root", "roles": ["root"] };
    server.member().run(root).await;
    let root = connect(&format!("mongodb://root:root@{address}/admin?directConnection=true")).await;
    let roles = vec![doc! { "role": "readWrite", "db": "shop" }];
    let user = doc! { "createUser": "ann", "pwd": "right", "roles": roles };
    root.as_driver().run_command(user).await.unwrap();
    let uri = |password: &str| {
        format!("mongodb://ann:{password}@{address}/shop?directConnection=true&authSource=admin")
    };
    let db = connect(&uri("right")).await;
    Item::insert(&Item { id: 7 }).run(&db).await.unwrap();

    let limited = assert_at_once(&uri(PASSWORD), &["uthentication"]).await;
    assert_named(&limited, &["uthentication"]);
    let client = odm::mongodb::Client::with_uri_str(uri(PASSWORD)).await.unwrap();
    let brought_along = Database::from_driver(client.database("shop"));
    assert_named(&self::refused(&brought_along, None).await, &["uthentication"]);
    let refused = |error: &Error| matches!(error.kind(), ErrorKind::Unauthorized(_));
    assert!(limited.iter().all(refused), "{limited:?}");

    // A password that is right later is tried.
    let early = connect(&(uri("later") + "&heartbeatFrequencyMS=500")).await;
    self::refused(&early, None).await;
    let change = doc! { "updateUser": "ann", "pwd": "later" };
    root.as_driver().run_command(change).await.unwrap();
    let begun = Instant::now();
    while Item::find().all(&early).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it is not tried again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let other = db.sibling("other");
    let marked = doc! { "n": PASSWORD };
    let command = Item::find().raw(marked.clone()).all(&other).await.unwrap_err();
    assert!(refused(&command), "{command:?}");
    assert!(command.to_string().ends_with("to execute command find"), "{command}");
    assert_named(std::slice::from_ref(&command), &[]);
    assert!(command.server_message().unwrap().contains(PASSWORD), "{:?}", command.server_message());
}
