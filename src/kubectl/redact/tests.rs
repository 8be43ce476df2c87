use super::{LineRedactor, redact};

/// The lines of a list without its comments.
fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// The text of a line of `to_hide.txt`, and its secret parts.
fn unmarked(line: &str) -> (String, Vec<String>) {
    let line = line.replace('¦', "");
    let secrets = line.split('‹').skip(1).map(|part| part.split('›').next().unwrap().to_owned());
    (line.replace(['‹', '›'], ""), secrets.collect())
}

#[test]
fn secrets_are_hidden() {
    let mut leaks = Vec::new();
    for line in lines(include_str!("to_hide.txt")) {
        let (text, secrets) = unmarked(line);
        assert!(!secrets.is_empty(), "{line}");
        for text in
            [text.clone(), format!("error: x: {text}"), format!("{text}\nUnable to connect")]
        {
            let shown = redact(&text);
            let words = secrets.iter().flat_map(|secret| secret.split([' ', ',', ';', '"', '/']));
            for word in words.filter(|word| word.len() > 2 && *word != "user") {
                if shown.contains(word) {
                    leaks.push(format!("{text}\n    {shown}"));
                    break;
                }
            }
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}

#[test]
fn helpful_text_stays() {
    let mut lost = Vec::new();
    for line in lines(include_str!("to_keep.txt")) {
        let shown = redact(line);
        if shown != line {
            lost.push(format!("{line}\n    {shown}"));
        }
    }
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn redacting_twice_changes_nothing() {
    for line in lines(include_str!("to_hide.txt")) {
        let once = redact(&unmarked(line).0);
        assert_eq!(redact(&once), once, "{line}");
    }
}

#[test]
fn the_sentence_around_a_secret_stays() {
    for (text, expected) in [
        ("https://me:hunter2@10.0.0.1:6443/api", "https://10.0.0.1:6443/api"),
        ("https://me:p@ss@h/x", "https://h/x"),
        ("https://u:pa/ss@10.0.0.1:6443/x", "https://10.0.0.1:6443/x"),
        (
            "proxyconnect tcp: http://u:p@proxy:3128: refused",
            "proxyconnect tcp: http://proxy:3128: refused",
        ),
        ("Authorization: Bearer abcdef012345.xyz", "Authorization: Bearer REDACTED"),
        (r#"{"token":"abcdefgh"}"#, r#"{"token":"REDACTED"}"#),
        ("GET /x?access_token=abcd1234&limit=5", "GET /x?access_token=REDACTED&limit=5"),
        ("run --token hunter2secret now", "run --token REDACTED now"),
        ("AWS_SECRET_ACCESS_KEY=abcd/efgh+1", "AWS_SECRET_ACCESS_KEY=REDACTED"),
        ("token k8s-aws-v1.aHR0cHM expired", "token REDACTED expired"),
        ("got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJr.c2ln-x here", "got REDACTED here"),
        ("login failed: token=abc1; try again", "login failed: token=REDACTED; try again"),
        (
            "login user:hunter2@host failed: secrets \"db\" not found",
            "login user:REDACTED@host failed: secrets \"db\" not found",
        ),
        (
            "password=hunter2: open the page https://login.example.com/device and enter the code ABCD1234",
            "password=REDACTED: open the page https://login.example.com/device and enter the code ABCD1234",
        ),
    ] {
        assert_eq!(redact(text), expected);
    }
}

#[test]
fn a_pem_block_is_hidden_as_a_whole_and_line_by_line() {
    let block =
        "key:\n-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\nq=\n-----END RSA PRIVATE KEY-----\nfailed";
    let cut = "-----BEGIN EC PRIVATE KEY-----\\nMIIEabc";
    for text in [block, cut] {
        let shown = redact(text);
        assert!(!shown.contains("MIIEabc") && !shown.contains("q="), "{shown}");
    }
    assert!(redact(block).ends_with("failed"), "{}", redact(block));
    let mut redactor = LineRedactor::default();
    let shown: Vec<String> = block.lines().map(|line| redactor.line(line)).collect();
    assert_eq!(shown[2..4], ["REDACTED", "REDACTED"]);
    assert_eq!(shown[5], "failed");
    // A block without an end does not hide kubectl's later lines.
    let mut redactor = LineRedactor::default();
    redactor.line("-----BEGIN PRIVATE KEY-----");
    assert_eq!(redactor.line("MIIEabc"), "REDACTED");
    assert_eq!(redactor.line("error: lost connection to pod"), "error: lost connection to pod");
}

/// Odd and hostile text: no panic, and linear time.
#[test]
fn any_text_is_read_in_linear_time() {
    let pieces = [
        "password=\"",
        "token ",
        "://a:b",
        "@",
        "\\\"",
        "Authorization: ",
        "'",
        "é",
        "{",
        "-----BEGIN ",
        "a",
        "=",
        "secret(",
        "\n",
        "eyJ",
        "“",
        "user:pass",
        " is ",
        "--token ",
        "[",
        "%22",
        "\u{1b}[",
        "😀",
        "/",
        ".",
    ];
    let seconds = |text: &str| {
        let started = std::time::Instant::now();
        redact(text);
        started.elapsed().as_secs()
    };
    for one in pieces {
        assert!(seconds(&one.repeat(3000)) < 10, "{one:?}");
        for other in pieces {
            assert!(seconds(&format!("{one}{other}").repeat(40)) < 10, "{one:?} {other:?}");
        }
    }
}

/// The value after `password=` is hidden, whatever surrounds it.
#[test]
fn secrets_are_found_at_every_position_of_a_line() {
    for before in ["", "x: ", "(", "{\"a\":1,\"", "a;b;", "é ", "\"", "\t", "user=me&", "--x --"] {
        for after in ["", " x", ")", "\"", ";b=c", "\nnext", ", then", "é"] {
            let shown = redact(&format!("{before}password=Zq7xSwordfish{after}"));
            assert!(!shown.contains("Zq7xSwordfish"), "{before:?} {after:?}: {shown}");
        }
    }
}

#[test]
fn a_long_text_is_cut_between_words() {
    let long = 1 << 20;
    for unit in ["://", "secret/", "token=", "\u{201c}é"] {
        let shown = redact(&unit.repeat(long / unit.len()));
        assert!(shown.len() <= super::LONGEST + '…'.len_utf8(), "{unit}: {}", shown.len());
        assert!(shown.ends_with('…'), "{unit}");
    }
    let secret = "token=hunter2hunter2 ";
    let filler = "word ".repeat(super::LONGEST / 5);
    for cut in 0..secret.len() {
        let text = format!("{}{secret}and more", &filler[cut..]);
        let shown = redact(&text);
        assert!(!shown.contains("hunter"), "{cut}");
    }
    let whole = "word ".repeat(super::LONGEST / 5);
    assert_eq!(redact(&whole), whole);
}
