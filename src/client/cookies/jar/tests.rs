//! What is kept, what goes where, and what is refused.

use super::*;
use crate::client::limits::COOKIE_BYTES;

const NOW_US: u64 = 1_700_000_000_000_000;

fn at(url: &str) -> Origin {
    let (scheme, host) = match url.split_once("://") {
        Some(("https", host)) => (Scheme::Https, host),
        Some((_, host)) => (Scheme::Http, host),
        None => (Scheme::Http, url),
    };
    Origin {
        scheme,
        host: host.to_owned(),
        port: 80,
    }
}

fn store(jar: &mut Jar, from: &str, path: &str, fields: &[&str]) {
    let origin = at(from);
    for field in fields {
        jar.store(
            field.as_bytes(),
            CookieContext::new(&origin, None, path),
            NOW_US,
        );
    }
}

fn filled(from: &str, path: &str, fields: &[&str]) -> Jar {
    let mut jar = Jar::default();
    store(&mut jar, from, path, fields);
    jar
}

/// The cookies that go along, without the name of the field.
fn sent(jar: &Jar, to: &str, path: &str) -> String {
    sent_with(jar, to, None, path)
}

fn sent_with(jar: &Jar, to: &str, given: Option<&[u8]>, path: &str) -> String {
    let origin = at(to);
    let context = CookieContext::new(&origin, given, path);
    let mut line = Vec::new();
    if jar.applies(context, NOW_US) {
        jar.write_line(context, NOW_US, &mut line);
    }
    let line = String::from_utf8(line).expect("text");
    let value = line.strip_prefix("Cookie: ").unwrap_or(&line);
    value.trim_end_matches("\r\n").to_owned()
}

#[test]
fn the_longest_path_goes_first_and_others_stay() {
    let jar = filled(
        "shop.test",
        "/",
        &["a=1; Path=/", "b=2; Path=/cart", "c=3; Path=/car"],
    );
    assert_eq!(sent(&jar, "shop.test", "/cart/1"), "b=2; a=1");
    assert_eq!(sent(&jar, "shop.test", "/cart"), "b=2; a=1");
    assert_eq!(sent(&jar, "shop.test", "/carts"), "a=1");
    assert_eq!(sent(&jar, "shop.test", "/"), "a=1");
}

#[test]
fn of_the_same_path_the_older_goes_first_also_when_it_was_changed() {
    let jar = filled(
        "shop.test",
        "/x/y",
        &["a=1", "b=2", "c=3; Path=/", "a=4", "c=5; Path=/", "d=6"],
    );
    assert_eq!(sent(&jar, "shop.test", "/x/z"), "a=4; b=2; d=6; c=5");
}

#[test]
fn a_cookie_without_a_path_belongs_to_the_directory() {
    for (from, path) in [
        ("/api/login", "/api"),
        ("/api/", "/api"),
        ("/api", "/"),
        ("/", "/"),
        ("*", "/"),
    ] {
        for field in ["t=1", "t=1; Path=relative", "t=1; Path="] {
            let jar = filled("shop.test", from, &[field]);
            assert_eq!(*jar.cookies[0].path, *path.as_bytes(), "{from} {field}");
        }
    }
    let jar = filled("shop.test", "/api/login", &["t=1"]);
    assert_eq!(sent(&jar, "shop.test", "/api/list"), "t=1");
    assert_eq!(sent(&jar, "shop.test", "/"), "");
}

#[test]
fn domains_reach_down_but_not_up_or_across() {
    let jar = filled(
        "A.shop.test",
        "/",
        &[
            "own=1",
            "wide=2; Domain=.SHOP.test",
            "no=3; Domain=other.test",
            "no=4; Domain=test",
            "no=5; Domain=b.a.shop.test",
            "no=6; Domain=hop.test",
            "no=7; Domain=\u{e9}.test",
        ],
    );
    assert_eq!(sent(&jar, "a.shop.TEST", "/"), "own=1; wide=2");
    assert_eq!(sent(&jar, "b.shop.test", "/"), "wide=2");
    assert_eq!(sent(&jar, "b.a.shop.test", "/"), "wide=2");
    assert_eq!(sent(&jar, "eshop.test", "/"), "");
    assert_eq!(sent(&jar, "test", "/"), "");
}

#[test]
fn a_host_may_name_itself_also_as_an_address_or_without_dots() {
    for host in ["127.0.0.1", "::1", "localhost", "intranet"] {
        let field = format!("a=1; Domain={host}");
        let jar = filled(host, "/", &[&field]);
        assert_eq!(sent(&jar, host, "/"), "a=1");
        let below = format!("x.{host}");
        assert_eq!(sent(&jar, &below, "/"), "", "{below}");
    }
    let jar = filled("10.0.0.1", "/", &["a=1; Domain=0.0.1"]);
    assert!(jar.is_empty());
}

#[test]
fn a_given_host_is_whose_cookies_they_are() {
    let address = at("127.0.0.1");
    let given = |host: &'static [u8]| Some(host);
    let mut jar = Jar::default();
    let context = CookieContext::new(&address, given(b"a.shop.test:8080"), "/");
    jar.store(b"wide=1; Domain=shop.test", context, NOW_US);
    jar.store(b"own=2", context, NOW_US);
    let there = sent_with(&jar, "127.0.0.1", given(b"a.shop.test"), "/");
    assert_eq!(there, "wide=1; own=2");
    let beside = sent_with(&jar, "127.0.0.1", given(b"b.shop.test"), "/");
    assert_eq!(beside, "wide=1");
    assert_eq!(sent(&jar, "127.0.0.1", "/"), "");
    let bracketed = CookieContext::new(&address, given(b"[::1]:80"), "/");
    assert_eq!(bracketed.host, "::1");
    assert_eq!(
        CookieContext::new(&address, given(b""), "/").host,
        "127.0.0.1"
    );
    assert_eq!(
        CookieContext::new(&address, given(b"\xff"), "/").host,
        "127.0.0.1"
    );
}

#[test]
fn secure_cookies_go_where_nobody_listens() {
    for trusted in [
        "https://shop.test",
        "http://localhost",
        "http://a.localhost",
        "http://127.0.0.1",
        "http://127.8.9.10",
        "http://::1",
    ] {
        let jar = filled(trusted, "/", &["s=1; Secure"]);
        assert_eq!(sent(&jar, trusted, "/"), "s=1", "{trusted}");
    }
    let jar = filled("https://shop.test", "/", &["s=1; Secure", "p=2"]);
    assert_eq!(sent(&jar, "http://shop.test", "/"), "p=2");
    for other in ["http://shop.test", "http://10.0.0.1", "http://notlocalhost"] {
        let jar = filled(other, "/", &["s=1; Secure", "p=2"]);
        assert_eq!(sent(&jar, other, "/"), "p=2", "{other}");
    }
}

#[test]
fn a_secure_cookie_is_not_replaced_in_plain_text() {
    let mut jar = filled(
        "https://a.shop.test",
        "/",
        &["s=1; Secure; Domain=shop.test"],
    );
    store(
        &mut jar,
        "http://a.shop.test",
        "/",
        &[
            "s=2; Domain=shop.test",
            "s=; Max-Age=0; Domain=shop.test",
            "s=3",
        ],
    );
    assert_eq!(sent(&jar, "https://a.shop.test", "/"), "s=1");
    store(
        &mut jar,
        "https://a.shop.test",
        "/",
        &["s=4; Domain=shop.test"],
    );
    assert_eq!(sent(&jar, "http://a.shop.test", "/"), "s=4");
}

#[test]
fn prefixes_are_held_to() {
    let kept = [
        "__Secure-a=1; Secure",
        "__Secure-b=1; Secure; Domain=shop.test; Path=/x",
        "__Host-c=1; Secure; Path=/",
    ];
    let refused = [
        "__Secure-d=1",
        "__secure-e=1",
        "__Host-f=1; Path=/",
        "__Host-g=1; Secure",
        "__Host-h=1; Secure; Path=/x",
        "__Host-i=1; Secure; Path=/; Domain=shop.test",
        "__HOST-j=1; Secure",
    ];
    let jar = filled(
        "https://shop.test",
        "/",
        &[&kept[..], &refused[..]].concat(),
    );
    let mut names: Vec<_> = jar.cookies.iter().map(|kept| &*kept.name).collect();
    names.sort_unstable();
    let expected: [&[u8]; 3] = [b"__Host-c", b"__Secure-a", b"__Secure-b"];
    assert_eq!(names, expected);
}

#[test]
fn cookies_end_when_they_say() {
    let from = "shop.test";
    let jar = filled(
        from,
        "/",
        &[
            "x=2; Max-Age=60",
            "y=3; Expires=Wed, 21 Oct 2015 07:28:00 GMT",
            "z=4; Max-Age=60; Expires=Wed, 21 Oct 2015 07:28:00 GMT",
            "for-ever=5; Expires=Fri, 31 Dec 9999 23:59:59 GMT",
            "longer=6; Max-Age=999999999999999999999",
        ],
    );
    assert_eq!(sent(&jar, from, "/"), "x=2; z=4; for-ever=5; longer=6");
    let (origin, later) = (at(from), NOW_US + 60_000_000);
    let mut line = Vec::new();
    jar.write_line(CookieContext::new(&origin, None, "/"), later, &mut line);
    assert_eq!(line, b"Cookie: for-ever=5; longer=6\r\n");
    assert_eq!(jar.value("x", later), None);
    assert_eq!(jar.value("x", NOW_US), Some(&b"2"[..]));
}

#[test]
fn a_logout_in_any_form_of_date_logs_out() {
    for field in [
        "s=; Max-Age=0",
        "s=; Max-Age=-1; Expires=Fri, 31 Dec 9999 23:59:59 GMT",
        "s=gone; expires=Thu, 01-Jan-1970 00:00:00 GMT",
        "s=gone; expires=Thu, 01-Jan-70 00:00:01 GMT",
        "s=gone; expires=Thu Jan  1 00:00:00 1970",
        "s=gone; expires=1 Jan 1970 00:00:00",
    ] {
        let jar = filled("shop.test", "/", &["s=1", field]);
        assert!(jar.is_empty(), "{field}");
    }
}

#[test]
fn bytes_come_back_as_they_went() {
    let mut jar = Jar::default();
    let origin = at("shop.test");
    let context = CookieContext::new(&origin, None, "/");
    jar.store(b"na\xefve=\"caf\xe9 \xff\"", context, NOW_US);
    let mut line = Vec::new();
    jar.write_line(context, NOW_US, &mut line);
    assert_eq!(line, b"Cookie: na\xefve=\"caf\xe9 \xff\"\r\n");
}

#[test]
fn the_jar_is_bounded() {
    let mut jar = Jar::default();
    for number in 0..COOKIES + 5 {
        let field = format!("n{number}=v");
        store(&mut jar, "shop.test", "/", &[&field]);
    }
    let big = format!("big={}", "x".repeat(COOKIE_BYTES));
    store(&mut jar, "shop.test", "/", &[&big]);
    assert_eq!(jar.cookies.len(), COOKIES);
    assert_eq!(jar.value("n4", NOW_US), None);
    assert_eq!(jar.value("n5", NOW_US), Some(&b"v"[..]));
    assert_eq!(jar.value("big", NOW_US), None);
}
