use super::*;
use std::os::unix::net::UnixListener;
use test_support::wait_until;

const TOPOLOGY: &str = "mpatha (36001) dm-0 A,B\nsize=1G\n`-+- policy='x' prio=50 status=active\n  \
                        `- 0:0:0:0 sda 8:0 failed faulty offline\n";

/// A socket name that no other run uses.
fn socket(name: &str) -> String {
    format!("mpathstat-test-{}-{name}", std::process::id())
}

fn own_user() -> u32 {
    nix::unistd::Uid::current().as_raw()
}

fn listen(socket: &str) -> UnixListener {
    UnixListener::bind_addr(&SocketAddr::from_abstract_name(socket).unwrap()).unwrap()
}

/// Sockets with this name, and a file that does not exist.
fn sockets(name: &str) -> Sockets<'_> {
    Sockets { name: name.as_bytes(), file: Path::new("/nowhere/socket") }
}

/// The socket of a multipathd that answers every request with these bytes.
fn multipathd(name: &str, answer: Vec<u8>) -> String {
    let socket = socket(name);
    serve(listen(&socket), answer);
    socket
}

/// Answers every request with these bytes.
fn serve(listener: UnixListener, answer: Vec<u8>) {
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; size_of::<usize>() + 14];
            stream.read_exact(&mut request).unwrap();
            assert!(request.ends_with(b"show topology\0"));
            assert!(request.starts_with(&14usize.to_ne_bytes()));
            stream.write_all(&answer).unwrap();
        }
    });
}

/// Asks a multipathd with this name of a socket.
fn asked(socket: &str) -> Result<Answer, Failure> {
    ask(&sockets(socket).addresses().unwrap(), own_user())
}

fn answer(length: usize) -> Vec<u8> {
    [&length.to_ne_bytes()[..], TOPOLOGY.as_bytes(), b"\0"].concat()
}

/// What comes of an answer with this text.
fn answered(name: &str, text: &[u8]) -> Result<usize, Failure> {
    let socket = multipathd(name, [&text.len().to_ne_bytes()[..], text].concat());
    asked(&socket).map(|answer| answer.states.len())
}

#[test]
fn a_word_that_stands_for_an_answer_is_none() {
    for (name, text) in [
        ("timeout", &b"timeout\n\0"[..]),
        ("fail", b"fail\n\0"),
        ("denied", b"permission deny: need to be root\n\0"),
        ("okay", b"okay\n\0"),
    ] {
        assert_eq!(answered(name, text), Err(Failure::Silent), "{name}");
    }
    for (name, text) in [("ok", &b"ok\n\0"[..]), ("blank", b"\n\0"), ("nul", b"\0"), ("empty", b"")]
    {
        assert_eq!(answered(name, text), Ok(0), "{name}");
    }
}

#[test]
fn the_answer_of_multipathd_is_used_when_it_arrives() {
    let socket = multipathd("answers", answer(TOPOLOGY.len() + 1));
    let mut multipathd = Multipathd::start_of_user(sockets(&socket), own_user()).unwrap();
    wait_until("an answer", || multipathd.latest().is_some());
    let state = multipathd.latest().and_then(|answer| answer.states.get(&b"sda"[..])).unwrap();
    assert_eq!((state.group, &state.states[..]), (Some(1), &b"failed faulty"[..]));
    assert_eq!((&state.group_status[..], &state.priority[..]), (&b"active"[..], &b"50"[..]));
}

#[test]
fn an_answer_with_a_wrong_length_is_refused() {
    for (name, length) in [("endless", usize::MAX), ("short", TOPOLOGY.len() + 9)] {
        assert!(asked(&multipathd(name, answer(length))).is_err(), "{name}");
    }
}

#[test]
fn a_multipathd_that_hangs_delays_nothing() {
    let socket = socket("hangs");
    let _silent = listen(&socket);
    let start = Instant::now();
    let mut multipathd = Multipathd::start_of_user(sockets(&socket), own_user()).unwrap();
    assert!(multipathd.latest().is_none());
    drop(multipathd);
    assert!(start.elapsed() < DEADLINE / 2, "{:?}", start.elapsed());
}

#[test]
fn an_answer_of_another_user_is_refused() {
    let socket = multipathd("foreign", answer(TOPOLOGY.len() + 1));
    let mut foreign = Multipathd::start_of_user(sockets(&socket), own_user() + 1).unwrap();
    wait_until("a refusal", || foreign.latest().is_none() && foreign.failure().is_some());
    assert_eq!(foreign.failure(), Some(Failure::NotRoot));
}

#[test]
fn the_failure_says_whether_multipathd_does_not_run_or_does_not_answer() {
    let asked = |socket: &str| asked(socket).map(drop);
    assert_eq!(asked(&socket("nobody")), Err(Failure::NotRunning));
    assert_eq!(asked(&multipathd("cut", answer(TOPOLOGY.len() + 9))), Err(Failure::Silent));
}

#[test]
fn an_answer_that_is_too_long_is_refused_with_a_message() {
    let socket = multipathd("long", answer(ANSWER_MAX + 1));
    assert_eq!(asked(&socket).map(drop), Err(Failure::TooLong("16 MiB")));
}

#[test]
fn a_multipathd_of_another_network_namespace_answers_on_its_file() {
    let folder = test_support::temp_dir();
    let file = folder.path().join("multipathd.socket");
    let listener = UnixListener::bind(&file).unwrap();
    serve(listener, answer(TOPOLOGY.len() + 1));
    let (nobody, foreign) = (socket("elsewhere"), socket("somebody"));
    let ask = |name: &str, user: u32| {
        let sockets = Sockets { name: name.as_bytes(), file: &file };
        ask(&sockets.addresses().unwrap(), user).map(|answer| answer.states.len())
    };
    assert_eq!(ask(&nobody, own_user()), Ok(1));
    assert_eq!(ask(&nobody, own_user() + 1), Err(Failure::NotRoot));
    let _silent = listen(&foreign);
    assert_eq!(ask(&foreign, own_user() + 1), Err(Failure::NotRoot));
}
